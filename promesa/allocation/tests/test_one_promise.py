"""One answer for whoever asks: a quotation, the order that follows, a change of it, goods held, and what if."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any, NamedTuple

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from promesa.allocation.models import Plan, Protection
from promesa.allocation.operations import hold_goods, promise_again
from promesa.allocation.operations.guarding import _guard
from promesa.allocation.queries.slipping import what_if
from promesa.allocation.quoting import Quote, Typed, quote
from promesa.allocation.tests.scarce import BOSS, LATER, Scarce, plan_of, scarce
from promesa.core.relay import drain
from promesa.customers.models import Customer
from promesa.inventory.models import Receipt
from promesa.inventory.operations import change_receipt_quantity, move_receipt
from promesa.orders.models import Finding, Order, OrderLine, Promise
from promesa.orders.operations import capture_order
from promesa.orders.tests.world import AT, CLERK, D, expect

pytestmark = [pytest.mark.django_db, pytest.mark.wired]
SOON = AT + timedelta(hours=3)
DRAWN = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True
)


class Limit(NamedTuple):
    """A floor or ceiling of a plan in force."""

    kind: str
    group: dict[str, Any]
    quantity: int
    of_item: bool = True


Part = tuple[Decimal, Any, Any, str]
Told = list[tuple[tuple[Part, ...], Decimal, str]]


class Undone(Exception):
    """What was done only to see what would come of it is undone."""


@contextmanager
def undone() -> Iterator[None]:
    """Nothing of what is done within this stays."""
    try:
        with transaction.atomic():
            yield
            raise Undone
    except Undone:
        pass


def put_in_force(case: Scarce, limits: list[Limit]) -> None:
    """As a published plan leaves them, without its run: who has what stays as it is."""
    Protection.objects.all().delete()
    plan = Plan.objects.first() or plan_of(case)
    for one in limits:
        named: dict[str, Any] = {name: value for name, value in one.group.items() if name != "customer"}
        if "customer" in one.group:
            named["customer_id"] = case.customers[one.group["customer"]].pk
        Protection.objects.create(
            plan=plan, warehouse=case.world.warehouse, kind=one.kind, quantity=one.quantity, valid_from=AT.date(),
            item=case.world.items[0] if one.of_item else None, items=[item.pk for item in case.world.items],
            valid_to=AT.date() + timedelta(days=30), **named,
        )  # fmt: skip
    with transaction.atomic():
        _guard(case.world.warehouse.pk, [item.pk for item in case.world.items], BOSS, SOON)


def asked(customer: Customer, *quantities: tuple[str, int], **more: Any) -> Quote:
    lines = [Typed(n, sku, D(quantity), str(quantity), "", None) for n, (sku, quantity) in enumerate(quantities, 1)]
    found = quote(
        **{"customer": customer.number, "ship_to": "", "po_number": "", "requested_on": None, "at": SOON,
           "channel": "desk", **more},
        lines=lines,
    )  # fmt: skip
    assert found is not None
    return found


def told_of(found: Quote) -> Told:
    return [
        (tuple((part.quantity, part.ship_date, part.window_to, part.reason) for part in one.parts), one.missing_quantity,
         one.missing_reason)
        for one in found.promises.values()
    ]  # fmt: skip


def recorded(order_id: int) -> Told:
    """The promises in force of an order's lines, as they are on record."""
    told: Told = []
    for line in OrderLine.objects.filter(order_id=order_id).order_by("line_number"):
        rows = Promise.objects.filter(line=line, sequence=line.promise_sequence).order_by("part")
        parts = tuple(
            (row.quantity, row.ship_date, row.window_to, row.reason["code"]) for row in rows if row.quantity > 0
        )
        why = Finding.objects.filter(line=line, code="supply_short", resolved_at=None).values_list(
            "params__reason", flat=True
        )
        told.append((parts, line.open_quantity - line.promised, why[0] if why else ""))
    return told


GROUPS = st.sampled_from(
    [
        {"customer": 0}, {"customer": 1}, {"customer": 2}, {"segment": "protect"}, {"segment": "build"}, {"tier": 1},
        {"tier": 2}, {"channel": "desk"}, {"channel": "edi"}, {},
    ]
)  # fmt: skip
LIMITS = st.lists(
    st.builds(Limit, st.sampled_from(["floor", "ceiling"]), GROUPS, st.integers(5, 90), st.booleans()), max_size=4
)
QUANTITIES = st.lists(st.integers(1, 90), min_size=1, max_size=2)


def skus(case: Scarce, quantities: list[int]) -> list[tuple[str, int]]:
    return [(item.sku, quantity) for item, quantity in zip(case.world.items, quantities, strict=False)]


@DRAWN
@given(limits=LIMITS, quantities=QUANTITIES, who=st.integers(0, 2))
def test_a_quotation_and_the_order_that_follows_are_told_the_same(
    ground: Ground, limits: list[Limit], quantities: list[int], who: int
) -> None:
    with undone():
        put_in_force(ground, limits)
        customer = ground.customers[who]
        quoted = told_of(asked(customer, *skus(ground, quantities)))
        order = capture_order(
            draft=ground.world.draft(*quantities, customer_id=customer.pk, po_number="NEW"), by=CLERK, at=SOON
        )
        assert order.order_id is not None
        assert recorded(order.order_id) == quoted


@DRAWN
@given(limits=LIMITS, quantity=st.integers(1, 90), who=st.integers(0, 2))
def test_goods_held_for_a_quotation_are_what_it_was_quoted(
    ground: Ground, limits: list[Limit], quantity: int, who: int
) -> None:
    with undone():
        put_in_force(ground, limits)
        customer = ground.customers[who]
        quoted = told_of(asked(customer, *skus(ground, [quantity])))
        draft = ground.world.draft(quantity, customer_id=customer.pk, po_number="NEW")
        order = capture_order(draft=draft, by=CLERK, at=SOON, submit=False)
        assert order.order_id is not None
        held = hold_goods(order_id=order.order_id, until=SOON + timedelta(days=1), by=CLERK, at=SOON)
        parts = [
            (tuple((part.quantity, part.ship_date, part.window_to, part.reason) for part in one.parts),
             one.missing_quantity, one.missing_reason)
            for one in held.lines
        ]  # fmt: skip
        assert parts == quoted


@DRAWN
@given(limits=LIMITS, more=st.integers(0, 60), who=st.integers(0, 2))
def test_a_change_is_quoted_as_it_will_be_promised(ground: Ground, limits: list[Limit], more: int, who: int) -> None:
    with undone():
        put_in_force(ground, limits)
        line = ground.line(who)
        order = Order.objects.get(pk=line.order_id)
        quantity = int(line.ordered_quantity) + more
        quoted = told_of(asked(ground.customers[who], *skus(ground, [quantity]), order=order.number))
        OrderLine.objects.filter(pk=line.pk).update(ordered_quantity=quantity, unit_quantity=quantity)
        promise_again(order_ids=[order.pk], by=CLERK, at=SOON)
        line.refresh_from_db()
        parts, missing, _ = quoted[0]
        assert line.promised == sum(part[0] for part in parts) == quantity - missing
        # What was promised already is nobody else's, whatever a plan guarantees them.
        assert line.promised >= min(quantity, ground.promised[who])


@DRAWN
@given(limits=LIMITS, less=st.sampled_from([0, 25, 60]))
def test_what_if_says_what_then_becomes_of_each_line(ground: Ground, limits: list[Limit], less: int) -> None:
    with undone():
        put_in_force(ground, limits)
        late = 0 if less else 4
        found = what_if(
            receipt="R-1", at=SOON, horizon_to=(AT + timedelta(days=9)).date(), late_days=late, short_percent=D(less)
        )
        expected = {hit.order: hit.then.quantity for hit in (*found.worse, *found.better)}
        before = quantities_promised()
        if less:
            change_receipt_quantity(number="R-1", quantity=D(60 * (100 - less)) / 100, by=CLERK, at=SOON)
        else:
            move_receipt(number="R-1", expected_at=ground.receipt.expected_at + timedelta(days=4), by=CLERK, at=SOON)
        drain()
        assert quantities_promised() == {**before, **expected}


def quantities_promised() -> dict[str, Decimal]:
    return dict(OrderLine.objects.values_list("order__number", "promised"))


@dataclass
class Ground(Scarce):
    """What the three have, and the receipt that one of them waits for."""

    promised: list[Decimal]
    receipt: Receipt


@pytest.fixture
def ground() -> Ground:
    """Two items, 100 of each there and 60 of the first to come; of the first, three customers have 60, 50 and 20."""
    case = scarce(asked=(60, 50, 20), items=2, stock=100)
    receipt = expect(case.world, 60, days=4)
    promise_again(order_ids=case.orders, by=CLERK, at=LATER)
    promised = [line.promised for line in case.lines()]
    assert promised == [60, 50, 20]
    return Ground(case.world, case.customers, case.orders, promised, receipt)
