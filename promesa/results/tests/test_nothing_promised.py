"""An order of which nothing could be promised is due when it was wanted, and has failed: a total shortage flatters no figure."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from promesa.core import relay
from promesa.core.actors import Actor
from promesa.orders import operations as orders
from promesa.orders.tests.world import make_world
from promesa.results.models import LineVerdict

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.wired]


@pytest.mark.parametrize("day", [None, date(2026, 3, 6)])
def test_lines_without_stock_or_receipt_count_as_failed_on_every_basis(at: datetime, day: date | None) -> None:
    world = make_world(items=2, stock=0)
    asked = {"requested_from": day, "requested_to": day} if day else {}
    captured = orders.capture_order(draft=world.draft(12, 24, **asked), by=Actor("command"), at=at)
    relay.drain()
    verdicts = LineVerdict.objects.filter(line__order_id=captured.order_id)
    assert {one.basis for one in verdicts} >= {"requested", "first", "last"}
    for one in verdicts:
        assert (one.counted, one.in_full, one.perfect, one.cause) == (True, False, False, "C1")
        if day:
            assert one.due_at is not None
            assert at < one.due_at < at + timedelta(days=5)
