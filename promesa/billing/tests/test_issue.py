"""Invoices leave once, right, and numbered without gap."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from promesa.billing import operations
from promesa.billing.models import Invoice, InvoiceFault, InvoiceLine
from promesa.billing.tests import ground
from promesa.billing.tests.ground import BY
from promesa.catalog.models import PriceAgreement
from promesa.core.models import Event, NumberSeries
from promesa.customers.models import CreditStanding
from promesa.orders.models import LineEntry, Order, OrderLine
from promesa.work.models import WorkItem

pytestmark = pytest.mark.django_db
D = Decimal


def rows() -> tuple:
    """All that a refused invoice must leave as it was, but for its recorded faults."""
    return (
        Invoice.objects.count(), LineEntry.objects.count(), list(OrderLine.objects.order_by("id").values_list("invoiced")),
        list(NumberSeries.objects.values_list("last_number")),
        list(CreditStanding.objects.values_list("receivable", "delivered_not_invoiced", "unapplied_credit")),
    )  # fmt: skip


def test_what_arrived_is_invoiced_with_the_sums_of_the_norm(at):
    order = ground.arrived(at, (3, "1.115", 21), (10, "2.50", 10), (1, "0.333333", 21))
    made = operations.issue_invoice(order_id=order.pk, by=BY, at=at)
    invoice = Invoice.objects.get()
    assert (invoice.number, made.number, invoice.issued_on, invoice.due_on) == (
        "F2026-000001", "F2026-000001", date(2026, 3, 2), date(2026, 4, 1),
    )  # fmt: skip
    # 3 x 1.115 = 3.345 rounds to 3.35; 0.333333 to 0.33: the lines are rounded, then added.
    assert list(invoice.lines.values_list("position", "net_amount", "despatch_number")) == [
        (1, D("3.35"), "A-2026-000001"), (2, D("25.00"), "A-2026-000001"), (3, D("0.33"), "A-2026-000001"),
    ]  # fmt: skip
    assert list(invoice.taxes.values_list("category", "rate", "base_amount", "tax_amount")) == [
        ("S", 10, D("25.00"), D("2.50")), ("S", 21, D("3.68"), D("0.77")),
    ]  # fmt: skip
    assert (invoice.net_amount, invoice.tax_amount, invoice.gross_amount, invoice.payable_amount) == (
        D("28.68"), D("3.27"), D("31.95"), D("31.95"),
    )  # fmt: skip
    assert list(OrderLine.objects.order_by("id").values_list("invoiced", flat=True)) == [3, 10, 1]
    assert set(LineEntry.objects.filter(kind="invoiced").values_list("reference", flat=True)) == {"F2026-000001"}


def test_the_credit_moves_from_delivered_to_receivable(at):
    order = ground.arrived(at, (10, "2.50", 10))
    assert CreditStanding.objects.get().delivered_not_invoiced == D("27.50")
    operations.issue_invoice(order_id=order.pk, by=BY, at=at)
    standing = CreditStanding.objects.get()
    assert (standing.receivable, standing.delivered_not_invoiced) == (D("27.50"), 0)


def test_each_line_points_at_the_ledger_entry_that_it_bills(at):
    order = ground.order(at, (10, "1", 10))
    ground.tell(order, at, (1, "despatched", 4), (1, "accepted", 4), reference="A-2026-000001")
    ground.tell(order, at, (1, "despatched", 6), (1, "accepted", 6), reference="A-2026-000002")
    operations.issue_invoice(order_id=order.pk, by=BY, at=at)
    accepted = LineEntry.objects.filter(kind="accepted").order_by("id")
    assert list(InvoiceLine.objects.values_list("entry_id", "quantity", "despatch_number")) == [
        (accepted[0].pk, 4, "A-2026-000001"), (accepted[1].pk, 6, "A-2026-000002"),
    ]  # fmt: skip


def test_one_delivery_on_two_invoices_and_two_deliveries_on_one(at):
    order = ground.order(at, (10, "1", 10))
    ground.tell(order, at, (1, "despatched", 10), (1, "accepted", 4))
    operations.issue_invoice(order_id=order.pk, by=BY, at=at)
    ground.tell(order, at, (1, "accepted", 3))
    ground.tell(order, at, (1, "accepted", 2))
    operations.issue_invoice(order_id=order.pk, by=BY, at=at)
    assert list(InvoiceLine.objects.order_by("invoice_id", "position").values_list("invoice__sequence", "quantity")) == [
        (1, 4), (2, 3), (2, 2),
    ]  # fmt: skip


def test_what_is_invoiced_is_not_invoiced_again(at):
    order = ground.arrived(at, (10, "1", 10))
    operations.issue_invoice(order_id=order.pk, by=BY, at=at)
    before = rows(), Event.objects.count()
    with pytest.raises(operations.NothingToInvoice):
        operations.issue_invoice(order_id=order.pk, by=BY, at=at)
    assert (rows(), Event.objects.count()) == before


def test_what_has_not_arrived_is_not_invoiced(at):
    order = ground.order(at, (10, "1", 10))
    ground.tell(order, at, (1, "despatched", 10))
    with pytest.raises(operations.NothingToInvoice):
        operations.issue_invoice(order_id=order.pk, by=BY, at=at)


def test_by_despatch_terms_what_left_is_invoiced_less_what_came_back(at):
    order = ground.order(at, (10, "1", 10), invoice_from="despatch")
    ground.tell(order, at, (1, "despatched", 6), reference="A-1")
    operations.issue_invoice(order_id=order.pk, by=BY, at=at)
    ground.tell(order, at, (1, "despatched", 4), (1, "brought_back", 3), reference="A-2")
    operations.issue_invoice(order_id=order.pk, by=BY, at=at)
    assert list(InvoiceLine.objects.order_by("id").values_list("quantity", "despatch_number")) == [
        (6, "A-1"),
        (1, "A-2"),
    ]
    standing = CreditStanding.objects.get()
    assert (standing.receivable, standing.delivered_not_invoiced, standing.released_not_delivered) == (
        D("7.70"), 0, D("3.30"),
    )  # fmt: skip


def test_a_price_that_differs_from_the_agreement_keeps_the_invoice_from_leaving(at):
    order = ground.arrived(at, (10, "1.20", 10), (5, "3", 10))
    first = OrderLine.objects.get(line_number=1)
    PriceAgreement.objects.create(
        customer=order.customer, item=first.item, currency="EUR", unit_price=D("1.10"), valid_from=date(2026, 1, 1)
    )
    before = rows()
    for _ in range(2):
        with pytest.raises(operations.InvoiceNotRight) as refusal:
            operations.issue_invoice(order_id=order.pk, by=BY, at=at)
    assert [(fault["field"], fault["code"]) for fault in refusal.value.errors] == [("lines.1", "invoice_wrong_price")]
    assert "El precio es 1,20 y el acordado 1,10." in refusal.value.sentence("es")
    assert rows() == before
    fault = InvoiceFault.objects.get()
    assert (fault.order, fault.order_line, fault.code, fault.cause, fault.resolved_at, fault.invoice) == (
        order, first, "invoice_wrong_price", "C3", None, None,
    )  # fmt: skip
    assert WorkItem.objects.values_list("kind", "role", "state").get() == ("invoice_blocked", "finance", "open")
    assert Event.objects.filter(kind="InvoiceBlocked").count() == 1


def test_a_mended_agreement_lets_the_invoice_leave_and_settles_its_faults(at):
    order = ground.arrived(at, (10, "1.20", 10))
    agreement = PriceAgreement.objects.create(
        customer=order.customer, item=OrderLine.objects.get().item, currency="EUR", unit_price=D("1.10"),
        valid_from=date(2026, 1, 1),
    )  # fmt: skip
    with pytest.raises(operations.InvoiceNotRight):
        operations.issue_invoice(order_id=order.pk, by=BY, at=at)
    agreement.unit_price = D("1.20")
    agreement.save()
    later = at + timedelta(hours=1)
    operations.issue_invoice(order_id=order.pk, by=BY, at=later)
    assert InvoiceFault.objects.values_list("resolved_at", "resolved_by").get() == (later, "user:1")
    assert WorkItem.objects.get().state == "done"


def test_a_person_with_the_right_lets_an_invoice_leave_as_it_is(at):
    order = ground.arrived(at, (10, "1.20", 10))
    PriceAgreement.objects.create(
        customer=order.customer, item=OrderLine.objects.get().item, currency="EUR", unit_price=D("1.10"),
        valid_from=date(2026, 1, 1),
    )  # fmt: skip
    made = operations.issue_invoice(order_id=order.pk, by=BY, at=at, despite="así se acordó por teléfono")
    assert made.number == "F2026-000001"
    assert InvoiceFault.objects.values_list("code", "resolved_at").get() == ("invoice_wrong_price", at)
    assert not WorkItem.objects.exists()


def test_a_price_that_a_person_set_is_not_held_against_the_agreement(at):
    order = ground.arrived(at, (10, "1.20", 10))
    line = OrderLine.objects.get()
    OrderLine.objects.update(price_origin="manual")
    PriceAgreement.objects.create(
        customer=order.customer, item=line.item, currency="EUR", unit_price=D("1.10"), valid_from=date(2026, 1, 1)
    )
    assert operations.issue_invoice(order_id=order.pk, by=BY, at=at).number == "F2026-000001"


def test_one_wrong_invoice_of_many_stays_and_the_others_leave(at):
    good, bad = ground.arrived(at, (10, "1", 10)), ground.arrived(at, (10, "1", 10))
    PriceAgreement.objects.create(
        customer=bad.customer, item=bad.lines.get().item, currency="EUR", unit_price=D("2"), valid_from=date(2026, 1, 1)
    )
    made = operations.issue_invoices(order_ids=[bad.pk, good.pk], by=BY, at=at)
    assert {(one.order_id, one.number, len(one.faults)) for one in made} == {
        (bad.pk, "", 1),
        (good.pk, "F2026-000001", 0),
    }


def test_only_so_much_is_invoiced_as_asked(at):
    order = ground.order(at, (10, "1", 10), (3, "1", 10))
    ground.tell(
        order,
        at,
        (1, "despatched", 9),
        (1, "accepted", 4),
        (1, "accepted", 5),
        (2, "despatched", 3),
        (2, "accepted", 3),
    )
    before = rows()
    with pytest.raises(operations.InvoiceBeyondDelivered) as refusal:
        operations.issue_invoice(order_id=order.pk, quantities={1: D(10), 2: D(0), 7: D(1)}, by=BY, at=at)
    assert [fault["field"] for fault in refusal.value.errors] == ["lines.1", "lines.2", "lines.7"]
    assert (rows(), InvoiceFault.objects.count()) == (before, 0)
    operations.issue_invoice(order_id=order.pk, quantities={1: D(6)}, by=BY, at=at)
    operations.issue_invoice(order_id=order.pk, by=BY, at=at)
    assert list(InvoiceLine.objects.order_by("id").values_list("invoice__sequence", "order_line__line_number", "quantity")) == [
        (1, 1, 4), (1, 1, 2), (2, 1, 3), (2, 2, 3),
    ]  # fmt: skip


def test_dates_never_fall_along_a_series(at):
    late, early = ground.arrived(at, (1, "1", 10)), ground.arrived(at, (1, "1", 10))
    operations.issue_invoice(order_id=late.pk, by=BY, at=at + timedelta(days=9))
    operations.issue_invoice(order_id=early.pk, by=BY, at=at)
    assert list(Invoice.objects.order_by("sequence").values_list("order_id", "issued_on", "due_on")) == [
        (late.pk, date(2026, 3, 11), date(2026, 4, 10)), (early.pk, date(2026, 3, 11), date(2026, 4, 10)),
    ]  # fmt: skip


def test_each_year_has_its_own_numbers_and_the_day_is_the_companys(at):
    order = ground.arrived(at, (1, "1", 10))
    # 23:30 in London on the last day of the year is already the next year in Madrid.
    eve = at.replace(year=2026, month=12, day=31, hour=23, minute=30)
    operations.issue_invoice(order_id=order.pk, by=BY, at=eve)
    assert Invoice.objects.values_list("number", "issued_on").get() == ("F2027-000001", date(2027, 1, 1))


@pytest.mark.parametrize(
    "change",
    [
        lambda: Invoice.objects.update(net_amount=1),
        lambda: Invoice.objects.all()._raw_delete("default"),
        lambda: InvoiceLine.objects.update(quantity=1),
        lambda: InvoiceLine.objects.all()._raw_delete("default"),
    ],
)
def test_an_issued_invoice_is_never_changed(at, change):
    order = ground.arrived(at, (10, "1", 10))
    operations.issue_invoice(order_id=order.pk, by=BY, at=at)
    with pytest.raises(IntegrityError), transaction.atomic():
        change()


def test_a_line_cannot_be_slipped_into_an_issued_invoice(at):
    order = ground.arrived(at, (10, "1", 10))
    operations.issue_invoice(order_id=order.pk, by=BY, at=at)
    with pytest.raises(IntegrityError), transaction.atomic():
        InvoiceLine.objects.create(
            invoice=Invoice.objects.get(), position=2, text="x", quantity=1, unit_code="C62", unit_price=1, net_amount=1,
            tax_category="S", tax_rate=10,
        )  # fmt: skip


def test_orders_refused_whole_are_closed_without_an_invoice(at):
    order = ground.order(at, (10, "1", 10))
    ground.tell(order, at, (1, "despatched", 10), (1, "refused_final", 10))
    assert [one.invoice_id for one in operations.issue_invoices(order_ids=[order.pk], by=BY, at=at)] == [None]
    assert Order.objects.get().state == "closed"


def test_one_by_one_and_all_at_once_give_the_same_rows(at):
    def batch():
        buyer = ground.customer()
        return [ground.arrived(at, (3 + n, "1.115", 21), (10, "2.5", 10), buyer=buyer) for n in range(3)]

    single, many = batch(), batch()
    moments = [at + timedelta(days=n) for n in range(3)]
    for order, moment in zip(single, moments, strict=True):
        operations.issue_invoice(order_id=order.pk, by=BY, at=moment)
    operations.issue_invoices(
        order_ids=[order.pk for order in many], by=BY, at=at,
        moments={order.pk: moment for order, moment in zip(many, moments, strict=True)},
    )  # fmt: skip

    def seen(orders, shift):
        ids = [order.pk for order in orders]
        invoices = Invoice.objects.filter(order__in=ids).order_by("sequence")
        lines = InvoiceLine.objects.filter(invoice__order__in=ids).order_by("invoice__sequence", "position")
        entries = LineEntry.objects.filter(line__order__in=ids, kind="invoiced").order_by("id")
        return (
            [(i.sequence - shift, i.gross_amount, i.issued_at, i.payment_days_seen) for i in invoices.extra(
                select={"payment_days_seen": "due_on - issued_on"})],
            list(lines.values_list("quantity", "net_amount", "tax_rate", "position")),
            list(entries.values_list("quantity", "happened_at")),
            list(CreditStanding.objects.filter(customer=orders[0].customer).values_list("receivable", "delivered_not_invoiced")),
            list(Event.objects.filter(kind="InvoiceIssued", subject_id__in=ids).order_by("id").values_list("happened_at")),
        )  # fmt: skip

    assert seen(single, 0) == seen(many, 3)
