"""Invoices, credit and debit notes of others: filed once, whatever file brings them; another under a known number is told."""

from __future__ import annotations

import pytest

from promesa.exchange.tests.company import open_shop, take_in
from promesa.exchange.tests.test_dian import invoice

pytestmark = pytest.mark.django_db


def debit_note(**said) -> bytes:
    content = invoice(root="DebitNote", scheme="CUDE-SHA384", **said).replace(b"InvoiceLine", b"DebitNoteLine")
    return content.replace(b"InvoicedQuantity", b"DebitedQuantity").replace(
        b"LegalMonetaryTotal", b"RequestedMonetaryTotal"
    )


def credit_note(**said) -> bytes:
    content = invoice(root="CreditNote", scheme="CUDE-SHA384", **said).replace(b"InvoiceLine", b"CreditNoteLine")
    return content.replace(b"InvoicedQuantity", b"CreditedQuantity")


def warnings(document):
    return [one.code for one in document.findings.all() if one.code == "bill_number_again"]


@pytest.mark.parametrize("write", [invoice, credit_note, debit_note])
def test_the_same_bill_in_another_file_is_a_duplicate_of_the_first(write):
    open_shop()
    [first] = take_in(write(), "a.xml")
    [again] = take_in(write() + b"\n<!-- sent again -->\n", "b.xml")
    assert (first.outcome, again.outcome, again.reason, again.duplicate_of_id) == (
        "filed",
        "duplicate",
        "DUPLICATE",
        first.pk,
    )
    assert warnings(first) == []


@pytest.mark.parametrize("write", [invoice, credit_note, debit_note])
def test_another_bill_under_a_known_number_is_filed_and_told(write):
    open_shop()
    [first] = take_in(write(), "a.xml")
    [other] = take_in(write().replace(b">Aceite<", b">Vinagre<"), "b.xml")
    assert (first.outcome, other.outcome) == ("filed", "filed")
    assert warnings(other) == ["bill_number_again"]
    [once_more] = take_in(write() + b"\n", "c.xml")
    assert once_more.duplicate_of_id == first.pk


def test_an_invoice_and_a_note_of_one_number_are_two_bills():
    open_shop()
    take_in(invoice(), "a.xml")
    [note] = take_in(debit_note(), "b.xml")
    assert (note.outcome, warnings(note)) == ("filed", [])
