"""Money comes in and pays invoices."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from promesa.billing import operations, queries
from promesa.billing.models import Application, Invoice, Payment
from promesa.billing.operations import Receipt
from promesa.billing.tests import ground
from promesa.billing.tests.ground import BY
from promesa.core.models import Event
from promesa.customers.models import CreditStanding
from promesa.orders.models import Order
from promesa.work.models import WorkItem
from promesa.work.operations import close_items

pytestmark = pytest.mark.django_db
D = Decimal


def billed(at, amount, buyer, **kwargs):
    """An invoice without tax of an amount."""
    order = ground.arrived(at, (1, amount, 0), buyer=buyer, **kwargs)
    return operations.issue_invoice(order_id=order.pk, by=BY, at=at).number


def counters():
    return CreditStanding.objects.values_list("receivable", "unapplied_credit").get()


def rows() -> tuple:
    return Payment.objects.count(), Application.objects.count(), Event.objects.count(), counters()


def test_the_oldest_due_is_paid_first_and_the_rest_stays_the_customers(at):
    buyer = ground.customer()
    late = billed(at + timedelta(days=1), "30.00", buyer)
    early = billed(at + timedelta(days=2), "50.00", buyer, payment_days=1)
    paid = operations.receive_payment(customer_id=buyer.pk, amount=D("60.00"), by=BY, at=at)
    assert paid.number[:7] == "C-2026-"
    assert (paid.applications, paid.unapplied_amount, counters()) == (
        ((early, D("50.00")), (late, D("10.00"))), 0, (D("20.00"), 0),
    )  # fmt: skip
    more = operations.receive_payment(customer_id=buyer.pk, amount=D("25.00"), by=BY, at=at)
    assert (more.applications, more.unapplied_amount, counters()) == (((late, D("20.00")),), D("5.00"), (0, D("5.00")))


def test_an_order_whose_invoices_are_paid_is_closed(at):
    buyer = ground.customer()
    number = billed(at, "50.00", buyer)
    operations.receive_payment(customer_id=buyer.pk, amount=D("49.99"), by=BY, at=at)
    assert Order.objects.get().state == "confirmed"
    operations.receive_payment(customer_id=buyer.pk, amount=D("0.01"), by=BY, at=at + timedelta(days=1))
    order = Order.objects.get()
    assert (order.state, order.closed_at) == ("closed", at + timedelta(days=1))
    assert list(Event.objects.filter(kind="InvoicePaid").values_list("subject_id", "facts__number")) == [
        (order.pk, number)
    ]


def test_an_order_with_something_still_to_deliver_stays_open_though_it_is_paid(at):
    buyer = ground.customer()
    order = ground.order(at, (2, "10", 0), buyer=buyer)
    ground.tell(order, at, (1, "despatched", 1), (1, "accepted", 1))
    operations.issue_invoice(order_id=order.pk, by=BY, at=at)
    operations.receive_payment(customer_id=buyer.pk, amount=D("10.00"), by=BY, at=at)
    assert Order.objects.get().state == "confirmed"


def test_money_pays_the_invoices_it_names(at):
    buyer = ground.customer()
    one, two, three = (billed(at, "10.00", buyer) for _ in range(3))
    paid = operations.receive_payment(
        customer_id=buyer.pk, amount=D("15.00"), applications={three: None, two: D("2.50")}, by=BY, at=at
    )
    assert (paid.applications, paid.unapplied_amount) == (((three, D("10.00")), (two, D("2.50"))), D("2.50"))
    assert counters() == (D("17.50"), D("2.50"))
    assert operations.apply_payment(number=paid.number, by=BY, at=at) == [(one, D("2.50"))]
    assert counters() == (D("15.00"), 0)
    with pytest.raises(operations.NothingUnapplied):
        operations.apply_payment(number=paid.number, by=BY, at=at)


def test_one_transfer_pays_forty_invoices_less_a_deduction(at):
    buyer = ground.customer()
    numbers = [billed(at, "10.00", buyer) for _ in range(40)]
    wanted = {number: D("10.00") for number in numbers[:-1]} | {numbers[-1]: D("7.00")}
    operations.receive_payment(customer_id=buyer.pk, amount=D("397.00"), applications=wanted, by=BY, at=at)
    assert list(queries.open_invoices(customer_id=buyer.pk).values_list("number", "open_amount")) == [
        (numbers[-1], D("3.00"))
    ]
    assert counters() == (D("3.00"), 0)


def test_every_fault_of_a_payment_is_told_at_once(at):
    buyer, other = ground.customer(), ground.customer()
    mine, theirs = billed(at, "10.00", buyer), billed(at, "10.00", other)
    dollars = billed(at, "10.00", buyer, currency="USD", exchange_rate=D("0.9"))
    CreditStanding.objects.filter(customer=other).delete()
    before = Payment.objects.count(), Application.objects.count(), Event.objects.count()
    wanted = {mine: D("10.01"), theirs: D(1), dollars: None, "F2026-999999": None}
    with pytest.raises(operations.PaymentNotRight) as refusal:
        operations.receive_payment(customer_id=buyer.pk, amount=D("11.00"), applications=wanted, by=BY, at=at)
    assert [(fault["field"], fault["code"]) for fault in refusal.value.errors] == [
        (f"invoices.{mine}", "payment_beyond_open"), (f"invoices.{theirs}", "payment_invoice_not_open"),
        (f"invoices.{dollars}", "payment_other_currency"), ("invoices.F2026-999999", "payment_invoice_not_open"),
        ("amount", "payment_beyond_amount"),
    ]  # fmt: skip
    assert (Payment.objects.count(), Application.objects.count(), Event.objects.count()) == before


@pytest.mark.parametrize("amount", ["0", "-1", "NaN", "1e30", "0.001", "Infinity"])
def test_money_is_a_positive_amount_in_cents(at, amount):
    buyer = ground.customer()
    before = rows()
    with pytest.raises(operations.PaymentNotRight):
        operations.receive_payment(customer_id=buyer.pk, amount=D(amount), by=BY, at=at)
    assert rows() == before


def test_counters_in_the_companys_currency_come_back_to_zero(at):
    buyer = ground.customer()
    number = billed(at, "10.01", buyer, currency="USD", exchange_rate=D("0.91234567"))
    assert counters() == (D("9.13"), 0)
    for amount in ("3.33", "3.33", "3.35"):
        operations.receive_payment(customer_id=buyer.pk, amount=D(amount), currency="USD", by=BY, at=at)
    assert (counters(), Invoice.objects.get(number=number).applications.count()) == ((0, 0), 3)


def test_a_disputed_invoice_is_paid_after_the_others_and_nobody_is_reminded_of_it(at):
    buyer = ground.customer()
    one, two = billed(at, "10.00", buyer, payment_days=0), billed(at, "10.00", buyer, payment_days=1)
    late = at + timedelta(days=5)
    assert operations.remind_overdue(by=BY, at=late) == 2
    operations.dispute(number=one, reason="precio", by=BY, at=late)
    assert sorted(WorkItem.objects.values_list("key", "state")) == [
        (f"dispute:{one}", "open"), (f"reminder:{one}", "dropped"), (f"reminder:{two}", "open"),
    ]  # fmt: skip
    assert operations.remind_overdue(by=BY, at=late) == 0
    assert CreditStanding.objects.get().receivable == D("20.00")
    paid = operations.receive_payment(customer_id=buyer.pk, amount=D("10.00"), by=BY, at=late)
    assert paid.applications == ((two, D("10.00")),)
    assert WorkItem.objects.get(key=f"reminder:{two}").state == "done"
    with pytest.raises(operations.AlreadyDisputed):
        operations.dispute(number=one, reason="precio", by=BY, at=late)
    operations.undispute(number=one, by=BY, at=late)
    assert WorkItem.objects.get(key=f"dispute:{one}").state == "done"
    with pytest.raises(operations.NotDisputed):
        operations.undispute(number=one, by=BY, at=late)
    assert operations.remind_overdue(by=BY, at=late) == 1


def test_a_customer_who_was_asked_for_money_is_asked_again_after_a_week(at):
    number = billed(at, "10.00", ground.customer(), payment_days=0)
    late = at + timedelta(days=5)
    assert operations.remind_overdue(by=BY, at=late) == 1
    close_items(keys=[f"reminder:{number}"], by=BY, at=late)
    assert operations.remind_overdue(by=BY, at=late + timedelta(days=6)) == 0
    assert operations.remind_overdue(by=BY, at=late + timedelta(days=7)) == 1


def test_an_invoice_is_overdue_when_its_day_has_ended_in_the_companys_zone(at):
    billed(at, "10.00", ground.customer(), payment_days=0)
    assert operations.remind_overdue(by=BY, at=at.replace(hour=22, minute=59)) == 0
    assert operations.remind_overdue(by=BY, at=at.replace(hour=23, minute=0)) == 1


def test_ageing_tells_disputes_and_unapplied_money_apart(at):
    buyer = ground.customer()
    for days in (0, 20, 50, 80, 200):
        billed(at - timedelta(days=days), "10.00", buyer, payment_days=0)
    operations.dispute(number=Invoice.objects.order_by("due_on").first().number, reason="x", by=BY, at=at)
    other = billed(at, "5.00", buyer, payment_days=10)
    operations.receive_payment(customer_id=buyer.pk, amount=D("9.00"), applications={other: None}, by=BY, at=at)
    # Dates never fall along a series: all of these were issued on the day of the first, so the due date is its day.
    found = queries.ageing(on=at.date())[0]
    assert (found.total, found.disputed, found.unapplied) == (D("50.00"), D("10.00"), D("4.00"))
    assert queries.ageing(on=at.date() + timedelta(days=100))[0].beyond == D("50.00")
    assert queries.ageing(on=date(2026, 3, 2), customer_id=0) == []


def test_one_by_one_and_all_at_once_give_the_same_rows(at):
    def batch():
        buyer = ground.customer()
        numbers = [billed(at, "10.00", buyer) for _ in range(3)]
        return buyer, numbers

    def receipts(buyer, numbers):
        return [
            Receipt(buyer.pk, D("12.00"), reference="a", at=at + timedelta(days=1)),
            Receipt(buyer.pk, D("4.00"), applications={numbers[2]: D("3.00")}, at=at + timedelta(days=2)),
            Receipt(buyer.pk, D("20.00"), method="card", at=at + timedelta(days=3)),
        ]

    (one, of_one), (all_, of_all) = batch(), batch()
    for r in receipts(one, of_one):
        operations.receive_payment(
            customer_id=r.customer_id, amount=r.amount, applications=r.applications, method=r.method, reference=r.reference,
            by=BY, at=r.at,
        )  # fmt: skip
    operations.receive_payments(receipts=receipts(all_, of_all), by=BY, at=at)

    def seen(buyer, numbers):
        applied = Application.objects.filter(invoice__customer=buyer).order_by("id")
        payments = Payment.objects.filter(customer=buyer).order_by("id")
        ids = [order.pk for order in Order.objects.filter(customer=buyer)]
        return (
            list(payments.values_list("amount", "method", "reference", "received_at")),
            [(numbers.index(a.invoice.number), a.amount, a.applied_at) for a in applied.select_related("invoice")],
            list(CreditStanding.objects.filter(customer=buyer).values_list("receivable", "unapplied_credit")),
            list(Order.objects.filter(customer=buyer).order_by("id").values_list("state", "closed_at")),
            list(
                Event.objects.filter(kind="InvoicePaid", subject_id__in=ids)
                .order_by("subject_id")
                .values_list("happened_at")
            ),
        )

    assert seen(one, of_one) == seen(all_, of_all)
