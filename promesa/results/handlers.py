"""What results do when they hear something: look at the order again."""

from __future__ import annotations

from collections.abc import Sequence

from promesa.core.events import Heard
from promesa.results import operations


def judge_again(events: Sequence[Heard]) -> None:
    """Later: whatever happened to an order, its facts are read and judged anew.

    The moment is the events' own, so that a past that is recorded today is judged as it would have been then.
    """
    order_ids = {event.subject_id for event in events if event.subject_kind == "order"}
    if order_ids:
        operations.refresh_facts(order_ids=sorted(order_ids), at=max(event.at for event in events))
