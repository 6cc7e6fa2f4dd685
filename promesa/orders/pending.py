"""Orders of the running transaction that have their identity but no rows yet.

An order is promised before it is written, so that each of its rows is inserted once, in its final form. Whoever asks for
such an order inside the transaction is answered from here; `operations.writing` writes what is left.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, time
from typing import Any

from promesa.core import verbs
from promesa.core.actors import Actor
from promesa.orders.checks import CheckedOrder
from promesa.orders.rules import PromisedLine

_NOTE = "orders.pending"
_COMING = "orders.coming"


@dataclass(frozen=True, slots=True)
class Shipper:
    """The warehouse that new orders are promised from."""

    id: int
    time_zone: str
    calendar_id: int | None
    cut_off: time
    ships_at: time


@dataclass(slots=True)
class Pending:
    """A checked order with its identity, and its promises once they are given."""

    id: int
    number: str
    state: str
    checked: CheckedOrder
    line_ids: Sequence[int]
    shipper: Shipper | None
    by: Actor
    at: datetime
    promises: Sequence[PromisedLine] = ()
    promised_to: datetime | None = None
    confirmed: bool = False
    written: bool = False
    told_whole: bool = True  # all that there is to tell of it is here; not once rows were added beside it

    @property
    def held(self) -> bool:
        return any(one.hold for one in self.checked.findings)


@dataclass(slots=True)
class Turns:
    """A capture in several turns: the items that any of them may want, what whoever promises them keeps meanwhile, and
    what they do after the last."""

    items: frozenset[int]
    kept: dict[str, Any] = field(default_factory=dict)
    at_end: list[Callable[[], None]] = field(default_factory=list)


def add(orders: Iterable[Pending]) -> None:
    """Remember these until the transaction ends."""
    known: dict[int, Pending] = verbs.current().notes.setdefault(_NOTE, {})
    known.update((one.id, one) for one in orders)


def find(order_id: int) -> Pending | None:
    """The order as this transaction made it, written or not; None if it did not."""
    known: dict[int, Pending] = verbs.noted(_NOTE) or {}
    return known.get(order_id)


def unwritten() -> dict[int, Pending]:
    """All that has no rows yet, by id."""
    known: dict[int, Pending] = verbs.noted(_NOTE) or {}
    return {order_id: one for order_id, one in known.items() if not one.written}


@contextmanager
def in_turns(items: Iterable[int]) -> Iterator[None]:
    """Within this, orders are captured turn by turn. Of which items is said first: supply is locked once for all."""
    notes = verbs.current().notes
    notes[_COMING] = capture = Turns(frozenset(items))
    try:
        yield
        for act in capture.at_end:
            act()
    finally:
        del notes[_COMING]


def turns() -> Turns | None:
    """The capture in several turns that is going on in this transaction, if one is."""
    found: Turns | None = verbs.noted(_COMING)
    return found
