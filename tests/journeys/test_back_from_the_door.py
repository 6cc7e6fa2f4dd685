"""Part of a delivery never arrives: what is still wanted gets a new promise by itself, and the first one stays measured."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest

from promesa.cli.check import broken
from promesa.fulfilment import operations as fulfilment
from promesa.fulfilment.rules import Part
from promesa.inventory.models import Claim
from promesa.orders import operations as orders
from promesa.orders.models import Promise
from promesa.orders.tests.world import AT, CLERK, make_world

pytestmark = pytest.mark.django_db(transaction=True)


def test_what_was_not_in_the_lorry_is_promised_again_from_stock(settle: Callable[[], None]) -> None:
    world = make_world(stock=100)
    captured = orders.capture_order(draft=world.draft(10, 20), by=CLERK, at=AT)
    assert captured.order_id is not None
    settle()
    advice = fulfilment.despatch(order_id=captured.order_id, by=CLERK, at=AT + timedelta(hours=6))
    fulfilment.deliver(
        number=advice.number, by=CLERK, at=AT + timedelta(days=1), signed_by="Luis",
        outcomes={1: [Part("accepted", Decimal(7)), Part("short", Decimal(3))]},
    )  # fmt: skip
    settle()
    again = Promise.objects.get(line__order_id=captured.order_id, sequence=2)
    assert (again.line.line_number, again.quantity, again.cause, again.is_first) == (1, 3, "C5", False)
    assert Promise.objects.filter(is_first=True).count() == 2
    assert Claim.objects.get().quantity == 3
    assert [one["rows"] for one in broken()] == [0] * 20
