"""Credit notes refer to an invoice, say why, and never exceed it."""

from datetime import timedelta
from decimal import Decimal

import pytest

from promesa.billing import operations
from promesa.billing.models import Application, Invoice, InvoiceFault, InvoiceLine
from promesa.billing.tests import ground
from promesa.billing.tests.ground import BY
from promesa.core.models import Event, NumberSeries
from promesa.customers.models import CreditStanding
from promesa.orders.models import LineEntry, Order, OrderLine

pytestmark = pytest.mark.django_db
D = Decimal


def billed(at, *lines, **kwargs):
    order = ground.arrived(at, *lines, **kwargs)
    return operations.issue_invoice(order_id=order.pk, by=BY, at=at).number


def counters():
    return CreditStanding.objects.values_list("receivable", "unapplied_credit").get()


def rows() -> tuple:
    return (
        Invoice.objects.count(), LineEntry.objects.count(), Event.objects.count(), Application.objects.count(),
        list(NumberSeries.objects.values_list("series", "last_number")), counters(), InvoiceFault.objects.count(),
    )  # fmt: skip


def test_a_whole_invoice_is_given_back_to_the_cent(at):
    number = billed(at, (3, "1.115", 21), (7, "0.333333", 21))
    made = operations.issue_credit_note(invoice=number, cause="C4", note="rechazado", by=BY, at=at)
    note, invoice = Invoice.objects.get(kind="credit_note"), Invoice.objects.get(kind="invoice")
    assert (note.number, note.corrects, note.cause, note.cause_note) == ("R2026-000001", invoice, "C4", "rechazado")
    assert (note.net_amount, note.tax_amount, note.gross_amount) == (
        invoice.net_amount, invoice.tax_amount, invoice.gross_amount,
    )  # fmt: skip
    assert list(OrderLine.objects.order_by("id").values_list("credited", flat=True)) == [3, 7]
    assert (made.applied_amount, made.open_amount, counters()) == (invoice.gross_amount, 0, (0, 0))


def test_credits_in_parts_cancel_the_invoice_to_the_cent(at):
    number = billed(at, (3, "1.115", 21))
    for _ in range(3):
        operations.issue_credit_note(invoice=number, cause="C4", lines={1: D(1)}, by=BY, at=at)
    notes = Invoice.objects.filter(kind="credit_note").order_by("sequence")
    assert [note.net_amount for note in notes] == [D("1.12"), D("1.12"), D("1.11")]
    assert sum(note.gross_amount for note in notes) == Invoice.objects.get(kind="invoice").gross_amount == D("4.05")
    assert counters() == (0, 0)


def test_a_wrong_price_is_given_back_without_a_quantity(at):
    number = billed(at, (10, "2", 10))
    operations.issue_credit_note(invoice=number, cause="C3", amounts={1: D("5.00")}, by=BY, at=at)
    assert OrderLine.objects.get().credited == 0
    assert Invoice.objects.get(kind="credit_note").gross_amount == D("5.50")
    fault = InvoiceFault.objects.get()
    assert (fault.invoice.number, fault.code, fault.cause, fault.params) == (
        number, "invoice_corrected", "C3", {"credit_note": "R2026-000001"},
    )  # fmt: skip
    operations.issue_credit_note(invoice=number, cause="C4", by=BY, at=at)
    assert list(Invoice.objects.filter(kind="credit_note").order_by("id").values_list("net_amount", flat=True)) == [
        D("5.00"), D("15.00"),
    ]  # fmt: skip
    assert counters() == (0, 0)


def test_goods_that_came_back_are_no_fault_of_the_invoice(at):
    operations.issue_credit_note(invoice=billed(at, (10, "2", 10)), cause="X3", lines={1: D(2)}, by=BY, at=at)
    assert not InvoiceFault.objects.exists()


def test_a_credit_after_payment_lies_open_and_pays_the_next_invoice(at):
    buyer = ground.customer()
    number = billed(at, (10, "2", 10), buyer=buyer)
    operations.receive_payment(customer_id=buyer.pk, amount=D("22.00"), by=BY, at=at)
    made = operations.issue_credit_note(invoice=number, cause="C4", lines={1: D(4)}, by=BY, at=at)
    assert (made.applied_amount, made.open_amount, counters()) == (0, D("8.80"), (0, D("8.80")))
    following = billed(at + timedelta(days=1), (10, "2", 10), buyer=buyer)
    application = Application.objects.get(credit_note__isnull=False)
    assert (application.invoice.number, application.amount) == (following, D("8.80"))
    assert counters() == (D("13.20"), 0)


def test_a_credit_that_pays_the_rest_closes_the_order(at):
    number = billed(at, (10, "2", 10))
    buyer = Order.objects.get().customer_id
    operations.receive_payment(customer_id=buyer, amount=D("20.00"), by=BY, at=at)
    assert Order.objects.get().state == "confirmed"
    operations.issue_credit_note(invoice=number, cause="C4", amounts={1: D("1.82")}, by=BY, at=at)
    assert Order.objects.get().state == "closed"
    assert Event.objects.filter(kind="InvoicePaid").count() == 1


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"lines": {1: D(11)}}, "credit_beyond_quantity"),
        ({"lines": {1: D(0)}}, "credit_beyond_quantity"),
        ({"lines": {1: D(-1)}}, "credit_beyond_quantity"),
        ({"lines": {2: D(1)}}, "credit_no_such_line"),
        ({"lines": {1: D(1)}, "amounts": {1: D(1)}}, "credit_no_such_line"),
        ({"amounts": {1: D("20.01")}}, "credit_beyond_amount"),
        ({"amounts": {3: D(1)}}, "credit_no_such_line"),
        ({"lines": {}}, "credit_empty"),
    ],
)
def test_more_than_the_invoice_is_never_given_back(at, given, code):
    number = billed(at, (10, "2", 10))
    before = rows()
    with pytest.raises(operations.CreditBeyondInvoice) as refusal:
        operations.issue_credit_note(invoice=number, cause="C4", by=BY, at=at, **given)
    assert [fault["code"] for fault in refusal.value.errors] == [code]
    assert rows() == before


def test_what_was_given_back_before_counts(at):
    number = billed(at, (10, "2", 10))
    operations.issue_credit_note(invoice=number, cause="C4", lines={1: D(8)}, by=BY, at=at)
    with pytest.raises(operations.CreditBeyondInvoice):
        operations.issue_credit_note(invoice=number, cause="C4", lines={1: D(3)}, by=BY, at=at)
    operations.issue_credit_note(invoice=number, cause="C4", by=BY, at=at)
    with pytest.raises(operations.NothingToCredit):
        operations.issue_credit_note(invoice=number, cause="C4", by=BY, at=at)
    assert InvoiceLine.objects.filter(invoice__kind="credit_note").count() == 2


def test_a_credit_note_says_why(at):
    number = billed(at, (10, "2", 10))
    before = rows()
    for cause in ("", "goodwill"):
        with pytest.raises(operations.CreditNeedsCause):
            operations.issue_credit_note(invoice=number, cause=cause, by=BY, at=at)
    assert rows() == before
