"""What results do when they hear something: look at the order again."""

from __future__ import annotations

from collections.abc import Sequence

from promesa.core.events import Heard
from promesa.results import operations


def judge_again(events: Sequence[Heard]) -> None:
    """Later: whatever happened to an order, its facts are read and judged anew.

    The moment is that of each order's own last event, so that a past that is recorded today is judged as it would have
    been then.
    """
    of_orders = sorted((event for event in events if event.subject_kind == "order"), key=lambda event: event.at)
    moments = {event.subject_id: event.at for event in of_orders}
    if moments:
        operations.refresh_facts(order_ids=sorted(moments), at=max(moments.values()), moments=moments)
