"""Two at once: what the locks prevent, and what happens without them."""

from decimal import Decimal

import pytest
from django.db.models import Sum

from promesa.billing import operations
from promesa.billing.models import Application, Invoice
from promesa.billing.operations import issue, money
from promesa.billing.tests import ground
from promesa.billing.tests.ground import BY
from promesa.core import locks, series
from promesa.core.tests.races import Meeting, race
from promesa.core.verbs import verb
from promesa.customers.models import CreditStanding
from promesa.orders.models import OrderLine
from promesa.orders.operations.ledger import LineOverrun

pytestmark = pytest.mark.django_db(transaction=True)
D = Decimal


def two_payments(at, monkeypatch):
    order = ground.arrived(at, (1, "10.00", 0))
    operations.issue_invoice(order_id=order.pk, by=BY, at=at)
    meeting = Meeting(2)
    monkeypatch.setattr(money, "_apply", meeting.before(money._apply))
    race(
        [
            lambda: operations.receive_payment(customer_id=order.customer_id, amount=D("10.00"), by=BY, at=at)
            for _ in range(2)
        ]
    )
    return Application.objects.aggregate(paid=Sum("amount"))["paid"]


def test_two_payments_of_one_invoice_never_pay_it_twice(at, monkeypatch):
    assert two_payments(at, monkeypatch) == D("10.00")
    assert CreditStanding.objects.values_list("receivable", "unapplied_credit").get() == (0, D("10.00"))


def test_without_the_lock_two_payments_pay_one_invoice_twice(at, monkeypatch):
    order = ground.arrived(at, (1, "10.00", 0), buyer=(buyer := ground.customer()))
    # Something else is owed, so that the CHECK on the counter does not hide the race.
    CreditStanding.objects.filter(customer=buyer).update(receivable=D("100.00"))
    operations.issue_invoice(order_id=order.pk, by=BY, at=at)
    monkeypatch.setattr(locks, "take", lambda **kwargs: None)
    meeting = Meeting(2)
    monkeypatch.setattr(money, "_apply", meeting.before(money._apply))
    pay = lambda: operations.receive_payment(customer_id=buyer.pk, amount=D("10.00"), by=BY, at=at)  # noqa: E731
    race([pay, pay])
    assert Application.objects.aggregate(paid=Sum("amount"))["paid"] == D("20.00")


def two_invoices(at, monkeypatch):
    order = ground.order(at, (2, "10.00", 0))
    # Twice as much left as arrived, so that no CHECK on the line can hide the race.
    ground.tell(order, at, (1, "despatched", 2), (1, "accepted", 1))
    meeting = Meeting(2)
    monkeypatch.setattr(issue, "_drafted", meeting.before(issue._drafted))
    return race([lambda: operations.issue_invoice(order_id=order.pk, by=BY, at=at) for _ in range(2)])


def test_a_delivery_is_invoiced_once_though_two_invoice_it_at_once(at, monkeypatch):
    results = two_invoices(at, monkeypatch)
    assert sorted(type(result).__name__ for result in results) == ["Invoiced", "NothingToInvoice"]
    assert (Invoice.objects.count(), OrderLine.objects.get().invoiced) == (1, 1)


def test_without_the_lock_a_delivery_is_invoiced_twice(at, monkeypatch):
    take = locks.take
    monkeypatch.setattr(locks, "take", lambda **kwargs: None)
    two_invoices(at, monkeypatch)
    monkeypatch.setattr(locks, "take", take)
    assert (Invoice.objects.count(), OrderLine.objects.get().invoiced) == (2, 2)


def test_twenty_invoices_at_once_are_numbered_without_gap_though_some_fail(at, monkeypatch):
    orders = [ground.arrived(at, (1, "10.00", 0)) for _ in range(20)]
    doomed = {order.pk for order in orders[::4]}
    written = issue.write

    def fail_after_numbering(documents, by):
        made = written(documents, by)
        if documents[0].order_id in doomed:
            raise LineOverrun(lines=1)
        return made

    monkeypatch.setattr(issue, "write", fail_after_numbering)
    results = race([lambda pk=order.pk: operations.issue_invoice(order_id=pk, by=BY, at=at) for order in orders])
    assert sum(isinstance(result, LineOverrun) for result in results) == 5
    assert sorted(Invoice.objects.values_list("sequence", flat=True)) == list(range(1, 16))
    assert sorted(result.number for result in results if isinstance(result, issue.Invoiced)) == [
        f"F2026-{n:06d}" for n in range(1, 16)
    ]


def test_a_number_read_before_it_is_locked_is_given_twice(monkeypatch):
    meeting = Meeting(2)

    @verb
    def careless() -> int:
        found = series.bulk.row("SELECT last_number FROM core_numberseries WHERE series = 'F'")
        meeting.wait()
        number = (found[0] if found else 0) + 1
        series.bulk.run(
            """INSERT INTO core_numberseries (series, year, last_number) VALUES ('F', 2026, %s)
               ON CONFLICT (series, year) DO UPDATE SET last_number = excluded.last_number""",
            [number],
        )
        return number

    @verb
    def careful() -> int:
        return series.next_number(series="R", year=2026)

    assert race([careless, careless]) == [1, 1]
    assert sorted(race([careful, careful])) == [1, 2]
