"""Many orders in turns: what becomes of them is what becomes of them in a single turn."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal as D  # noqa: N817
from typing import Any

import pytest
from django.db import transaction

from promesa.core import relay
from promesa.customers.models import Segment
from promesa.inventory.models import Claim, Receipt, Stock
from promesa.orders.models import Finding, Order, OrderLine
from promesa.orders.operations import capture, capture_orders
from promesa.orders.rules import OrderDraft
from promesa.orders.tests.world import AT, CLERK, World, another_customer, expect, make_world

pytestmark = [pytest.mark.django_db, pytest.mark.wired]


def a_scarce_world() -> tuple[World, list[OrderDraft]]:
    """More is wanted than there is; the better tier comes last in the file, an older order in its midst."""
    world = make_world(items=3, stock=20, credit=D(150))
    expect(world, 15)
    plain = Segment.objects.create(code="plain", name_es="Normal", name_en="Plain", tier=5)
    others = [another_customer(world, n) for n in (2, 3)]
    for other in others:
        other.segment = plain
        other.save()
    drafts = [
        world.draft(n % 4 + 1, n % 3, 2, customer_id=others[n % 2].pk, po_number=f"PO-{n % 8}",
                    ordered_at=AT - timedelta(hours=1) if n == 7 else None)
        for n in range(14)
    ]  # fmt: skip
    return world, [*drafts, world.draft("0.5", po_number="X"), *(world.draft(6, po_number=f"T-{n}") for n in range(6))]


def what_became(drafts: list[OrderDraft]) -> dict[str, Any]:
    """All that was decided, by the place of the draft and not by ids; the transaction is undone."""
    with transaction.atomic():
        captured = capture_orders(drafts=drafts, by=CLERK, at=AT)
        place = {one.order_id: one.draft for one in captured}
        found = {
            "answers": [(one.draft, one.state, tuple(sorted(f.code for f in one.findings))) for one in captured],
            "orders": sorted((place[o.pk], o.state, o.total_amount) for o in Order.objects.all()),
            "lines": sorted((place[x.order_id], x.line_number, x.promised) for x in OrderLine.objects.all()),
            "findings": sorted((place[f.order_id], f.code) for f in Finding.objects.all()),
            "stock": sorted(Stock.objects.values_list("item__sku", "claimed")),
            "receipts": sorted(Receipt.objects.values_list("number", "claimed")),
            "claimed": sum((claim.quantity for claim in Claim.objects.all()), D(0)),
            "numbers": [one.number for one in captured] == sorted(one.number for one in captured),
        }
        transaction.set_rollback(True)
    return found


@pytest.mark.parametrize("turn", [1, 4, 7])
def test_turns_decide_what_a_single_turn_decides(turn: int, monkeypatch: pytest.MonkeyPatch) -> None:
    _, drafts = a_scarce_world()
    at_once = what_became(drafts)
    monkeypatch.setattr(capture, "TURN", turn)
    in_turns = what_became(drafts)
    assert in_turns == at_once
    # The case is worth its name: something is short, repeats, exceeds its credit, and the counters are those of the claims.
    codes = {code for _, code in at_once["findings"]}
    assert {"po_repeated_other", "credit_exceeded", "supply_short"} <= codes
    assert any(promised == 0 for _, _, promised in at_once["lines"])
    assert at_once["numbers"]
    counted = sum((claimed for _, claimed in at_once["stock"] + at_once["receipts"]), D(0))
    assert counted == at_once["claimed"] == sum((promised for _, _, promised in at_once["lines"]), D(0))


@pytest.mark.parametrize("turn", [2, 100])
def test_a_better_tier_at_the_end_of_a_file_is_served_before_the_rest(
    turn: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    world, _ = a_scarce_world()
    plain = another_customer(world, 9)
    plain.segment = Segment.objects.get(code="plain")
    plain.save()
    Receipt.objects.all().delete()
    monkeypatch.setattr(capture, "TURN", turn)
    drafts = [world.draft(5, customer_id=plain.pk, po_number=f"P-{n}") for n in range(5)]
    captured = capture_orders(drafts=[*drafts, world.draft(18, po_number="T")], by=CLERK, at=AT)
    relay.drain()
    promised = [OrderLine.objects.get(order_id=one.order_id).promised for one in captured]
    assert promised[-1] == 18
    assert sum(promised[:-1]) == 2
