"""An error of capture that comes to light later is kept, with whose it was and how far it got."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from promesa.core import words
from promesa.core.errors import NotFound
from promesa.core.models import Event
from promesa.orders import operations
from promesa.orders.models import Finding
from promesa.orders.tests.world import AT, CLERK, make_world

pytestmark = pytest.mark.django_db


def test_an_error_of_ours_that_the_customer_noticed_is_kept_with_who_brought_it_in() -> None:
    world = make_world()
    captured = operations.capture_order(draft=world.draft(10, 5), by=CLERK, at=AT)
    assert captured.order_id is not None
    found = operations.record_error(
        order_id=captured.order_id, line_number=2, aspect="quantity", received="5", right="15", escaped=True,
        minutes=Decimal(12), by=CLERK, at=AT + timedelta(days=3),
    )  # fmt: skip
    kept = Finding.objects.get(pk=found.pk)
    assert (kept.fault, kept.aspect, kept.found_after_release, kept.minutes) == ("ours", "quantity", True, Decimal(12))
    assert (kept.line.line_number, kept.brought_in_by) == (2, CLERK)  # type: ignore[union-attr]
    assert words.say(kept.code, kept.params, "en") == "“5” was captured where the customer had said “15”."
    last = Event.objects.filter(subject_kind="order", subject_id=captured.order_id).order_by("-number")[0]
    assert (last.kind, last.facts["code"]) == ("FindingResolved", "captured_wrong")


def test_an_error_of_a_line_that_is_not_there_is_refused_and_nothing_is_kept() -> None:
    world = make_world()
    captured = operations.capture_order(draft=world.draft(10), by=CLERK, at=AT)
    assert captured.order_id is not None
    with pytest.raises(NotFound):
        operations.record_error(order_id=captured.order_id, line_number=9, aspect="quantity", by=CLERK, at=AT)
    assert Finding.objects.count() == 0
