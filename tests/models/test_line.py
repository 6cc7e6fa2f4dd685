"""A line through claim, despatch, delivery, invoice, credit and payment in any order, beside a pure reference of it.

Whatever is done, done wrong or refused, the line's columns, its ledger, the stock, the documents and the credit
counters say what the reference says.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

import pytest
from django.db import transaction
from django.db.models import Sum
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from promesa.billing import operations as billing
from promesa.billing.models import Application, Invoice, Payment
from promesa.core.errors import Refused
from promesa.customers.models import CreditStanding
from promesa.fulfilment import operations as fulfilment
from promesa.fulfilment.rules import Part
from promesa.fulfilment.tests import ground
from promesa.fulfilment.tests.ground import BY
from promesa.inventory import operations as inventory
from promesa.inventory.models import Claim, Stock, StockLeg
from promesa.orders.models import LineEntry, Order, OrderLine

ORDERED, STOCK = Decimal(20), Decimal(60)
PRICE, RATE, BASIS = Decimal("1.115"), Decimal(21), Decimal(1)
NET = Decimal("22.30")
KINDS = ("despatched", "accepted", "refused_final", "brought_back", "invoiced", "credited")
quantities = st.integers(min_value=-1, max_value=24).map(Decimal)
cents = st.integers(min_value=0, max_value=4_000).map(lambda n: Decimal(n) / 100)


def worth(quantity: Decimal) -> Decimal:
    """What the first so many of the line weigh in credit: the whole with tax, in proportion, to the cent."""
    return (NET * Decimal("1.21") * quantity / ORDERED).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)


@dataclass
class Reference:
    """What there should be, in a few numbers."""

    claimed: Decimal = Decimal(0)
    on_hand: Decimal = STOCK
    sums: dict[str, Decimal] = field(default_factory=lambda: dict.fromkeys(KINDS, Decimal(0)))
    on_the_way: dict[int, Decimal] = field(default_factory=dict)
    invoices: dict[str, Decimal] = field(default_factory=dict)  # what is left to credit of each
    released: bool = False

    @property
    def open(self) -> Decimal:
        return ORDERED - self.sums["accepted"] - self.sums["refused_final"]

    @property
    def in_transit(self) -> Decimal:
        return sum(self.on_the_way.values(), Decimal(0))


class LineMachine(RuleBasedStateMachine):
    """The system and its reference, side by side."""

    @initialize()
    def begin(self) -> None:
        self.block = transaction.atomic()
        self.block.__enter__()
        self.at = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
        self.of = ground.item()
        self.stock = ground.stock(self.of, STOCK)
        self.order = ground.order(self.at, (self.of, ORDERED, []))
        OrderLine.objects.filter(order=self.order).update(unit_price=PRICE, net_amount=NET, tax_rate=RATE)
        self.line = self.order.lines.get()
        self.seen = Reference()

    def teardown(self) -> None:
        if hasattr(self, "block"):
            transaction.set_rollback(True)
            self.block.__exit__(None, None, None)

    def tried(self, act, *, possible: bool):
        """Do it; it must be refused exactly when the reference says so."""
        self.at += timedelta(minutes=1)
        done = refusal = None
        try:
            done = act()
        except Refused as refused:
            refusal = refused.sentence("en")
        assert (refusal is None) is possible, refusal or "should have been refused"
        return done

    @rule(quantity=st.integers(min_value=1, max_value=20).map(Decimal))
    def claim(self, quantity):
        if self.seen.claimed + self.seen.in_transit + quantity > self.seen.open:
            return  # nobody promises more than is open
        inventory.reserve(claims=[(self.line.pk, self.stock.pk, None, quantity, "hard")], by=BY, at=self.at)
        self.seen.claimed += quantity

    @rule(quantity=quantities)
    def despatch(self, quantity):
        left = min(self.seen.claimed, self.seen.open - self.seen.in_transit)
        # A line without any claim was never released, so that nothing of it may leave.
        done = self.tried(
            lambda: fulfilment.despatch(order_id=self.order.pk, quantities={1: quantity}, by=BY, at=self.at),
            possible=0 < quantity <= left and self.order_state() == "confirmed",
        )
        if done is not None:
            self.seen.released = True
            self.seen.claimed -= quantity
            self.seen.on_hand -= quantity
            self.seen.sums["despatched"] += quantity
            self.seen.on_the_way[done.advice_id] = quantity

    @rule(
        accepted=quantities,
        refused=st.integers(0, 4).map(Decimal),
        again=st.integers(0, 4).map(Decimal),
        last=st.booleans(),
    )
    def deliver(self, accepted, refused, again, last):
        if not self.seen.on_the_way:
            return
        note = (max if last else min)(self.seen.on_the_way)
        offered = self.seen.on_the_way[note]
        accepted = min(accepted, offered - refused - again) if accepted > 0 else accepted
        parts = [Part("accepted", accepted), Part("refused", refused, "late"), Part("redeliver", again, "absent")]
        parts = [part for part in parts if part.quantity]
        done = self.tried(
            lambda: fulfilment.deliver(advice_id=note, outcomes={1: parts}, by=BY, at=self.at),
            possible=accepted >= 0 and accepted + refused + again == offered,
        )
        if done is not None:
            del self.seen.on_the_way[note]
            self.seen.sums["accepted"] += accepted
            self.seen.sums["refused_final"] += refused
            self.seen.sums["brought_back"] += again
            self.seen.on_hand += refused + again
            self.seen.claimed += again

    @rule()
    def deliver_whole(self):
        for note, offered in list(self.seen.on_the_way.items()):
            fulfilment.deliver(advice_id=note, by=BY, at=self.at)
            del self.seen.on_the_way[note]
            self.seen.sums["accepted"] += offered

    @rule()
    def invoice(self):
        left = self.seen.sums["accepted"] - self.seen.sums["invoiced"]
        done = self.tried(lambda: billing.issue_invoice(order_id=self.order.pk, by=BY, at=self.at), possible=left > 0)
        if done is not None:
            self.seen.sums["invoiced"] += left
            self.seen.invoices[done.number] = left

    @rule(quantity=quantities, last=st.booleans())
    def credit(self, quantity, last):
        if not self.seen.invoices:
            return
        number = (max if last else min)(self.seen.invoices)
        position = {n + 1: line for n, line in enumerate(Invoice.objects.get(number=number).lines.order_by("position"))}
        left = {n: line.quantity - self.credited_of(number, n) for n, line in position.items()}
        done = self.tried(
            lambda: billing.issue_credit_note(invoice=number, cause="C4", lines={1: quantity}, by=BY, at=self.at),
            possible=0 < quantity <= left[1],
        )
        if done is not None:
            self.seen.sums["credited"] += quantity

    @rule(amount=cents)
    def pay(self, amount):
        self.tried(
            lambda: billing.receive_payment(customer_id=self.order.customer_id, amount=amount, by=BY, at=self.at),
            possible=amount > 0,
        )

    def credited_of(self, number, position):
        notes = Invoice.objects.filter(corrects__number=number, lines__position=position)
        return notes.aggregate(sum=Sum("lines__quantity"))["sum"] or Decimal(0)

    def order_state(self):
        return Order.objects.values_list("state", flat=True).get(pk=self.order.pk)

    @invariant()
    def the_line_is_as_the_reference_says(self):
        if not hasattr(self, "line"):
            return
        self.line.refresh_from_db()
        assert {kind: getattr(self.line, kind) for kind in KINDS} == self.seen.sums
        entries = dict(LineEntry.objects.filter(line=self.line).values_list("kind").annotate(Sum("quantity")))
        assert {kind: entries.get(kind, 0) for kind in KINDS} == self.seen.sums

    @invariant()
    def the_stock_is_as_the_reference_says(self):
        if not hasattr(self, "line"):
            return
        self.stock.refresh_from_db()
        claims = Claim.objects.filter(stock=self.stock).aggregate(sum=Sum("quantity"))["sum"] or 0
        legs = StockLeg.objects.filter(stock=self.stock).aggregate(sum=Sum("quantity"))["sum"]
        assert (self.stock.on_hand, self.stock.claimed, claims, legs) == (
            self.seen.on_hand, self.seen.claimed, self.seen.claimed, self.seen.on_hand,
        )  # fmt: skip
        assert Stock.objects.filter(item=self.of).count() == 1

    @invariant()
    def the_counters_equal_what_they_count(self):
        if not hasattr(self, "line"):
            return
        sums, standing = self.seen.sums, CreditStanding.objects.get(customer=self.order.customer)
        documents = dict(Invoice.objects.filter(order=self.order).values_list("kind").annotate(Sum("payable_amount")))
        paid = Payment.objects.filter(customer=self.order.customer).aggregate(sum=Sum("amount"))["sum"] or 0
        applied = Application.objects.filter(invoice__order=self.order).aggregate(sum=Sum("amount"))["sum"] or 0
        owed = documents.get("invoice", 0) - applied
        assert standing.receivable == owed
        assert standing.unapplied_credit == paid + documents.get("credit_note", 0) - applied
        assert standing.delivered_not_invoiced == worth(sums["accepted"]) - worth(sums["invoiced"])
        still = worth(ORDERED) - worth(ORDERED - self.seen.open) if self.seen.released else 0
        assert standing.released_not_delivered == still

    @invariant()
    def an_order_is_closed_only_when_everything_is_done_and_paid(self):
        if not hasattr(self, "line") or self.order_state() != "closed":
            return
        assert (self.seen.open, self.seen.in_transit) == (0, 0)
        assert self.seen.sums["accepted"] == self.seen.sums["invoiced"]


@pytest.mark.django_db
def test_a_line_does_what_its_reference_does():
    run_state_machine_as_test(
        LineMachine,
        settings=settings(
            max_examples=12, stateful_step_count=25, deadline=None, derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip
