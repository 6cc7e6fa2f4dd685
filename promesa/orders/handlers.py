"""What orders do when they hear something."""

from __future__ import annotations

from collections.abc import Sequence

from promesa.core.actors import PROMESA
from promesa.core.events import Heard
from promesa.orders import operations, queries


def release_confirmed(events: Sequence[Heard]) -> None:
    """Later: what is confirmed, or has a new promise, is released as far as its stock is there."""
    operations.release_lines(
        order_ids={event.subject_id for event in events}, by=PROMESA, at=max(event.at for event in events)
    )


def release_arrived(events: Sequence[Heard]) -> None:
    """Later: when a receipt has arrived, the lines that were promised from it may go."""
    for event in events:
        waiting = queries.waiting_for_release(item_id=int(event.facts["item_id"]))
        if waiting:
            operations.release_lines(order_ids=waiting, by=PROMESA, at=event.at)
