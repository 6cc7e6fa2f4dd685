"""The invariants of what goes out hold in a run, and find what breaks them."""

import pytest

from promesa.cli.check import broken
from promesa.core import bulk, relay
from promesa.exchange import operations
from promesa.exchange.models import OutgoingDocument
from promesa.exchange.tests.company import AT, BY, CSV, add_customer, add_item, open_shop, take_in
from promesa.exchange.tests.partners import add_partner

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.wired]


def keys(name):
    return next(one["keys"] for one in broken() if one["invariant"] == name)


@pytest.fixture
def order():
    open_shop()
    add_customer("C-1", name="Almacenes Uno")
    add_item("A1")
    add_partner(kinds=["order_response"])
    (document,) = take_in((CSV + "PO-1;C-1;A1;4;2026-03-10\n").encode())
    assert keys("I15") == []  # it has not been heard yet
    relay.drain()
    operations.send_due(by=BY, at=AT)
    return document.order


def test_a_confirmed_order_without_its_answer_is_found(order):
    assert (keys("I15"), keys("I16")) == ([], [])
    bulk.run("UPDATE exchange_outgoingdocument SET basis = '{\"1\": 7}'")
    assert keys("I15") == [f"order {order.number}"]
    bulk.run("DELETE FROM exchange_sendingattempt")
    bulk.run("DELETE FROM exchange_outgoingdocument")
    assert keys("I15") == [f"order {order.number}"]
    operations.drop_answer(partner_code="P-1", kind="order_response", by=BY, at=AT)
    assert keys("I15") == []


def test_a_document_that_was_sent_with_other_bytes_is_found(order):
    row = OutgoingDocument.objects.get()
    bulk.run("UPDATE exchange_sendingattempt SET sha256 = repeat('0', 64)")
    assert keys("I16") == [f"outgoing {row.pk}"]


def test_two_versions_that_say_the_same_are_found(order):
    row = OutgoingDocument.objects.get()
    row.pk, row.version, row.state = None, 2, "to_send"
    row.save()
    assert keys("I16") == [f"outgoing {row.pk}"]
