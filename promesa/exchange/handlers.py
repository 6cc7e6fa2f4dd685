"""What exchange hears: an order that left its draft settles the document that it came in."""

from __future__ import annotations

from collections.abc import Sequence

from promesa.core.events import Heard
from promesa.exchange.operations import settle_documents


def settle(events: Sequence[Heard]) -> None:
    """Heard on FindingResolved (a mended draft was submitted), OrderCancelled and OrderRefused; a repeat finds nothing."""
    last = events[-1]
    settle_documents(order_ids=sorted({one.subject_id for one in events}), by=last.by, at=last.at)
