"""Judge orders anew and keep what was found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from promesa.core.verbs import verb
from promesa.results.operations import writing
from promesa.results.queries.books import OrderBook, order_books
from promesa.results.rules.alike import Judgement, judge_lines
from promesa.results.rules.facts import Basis, LineFacts
from promesa.results.rules.fill import first_shipment, line_fill
from promesa.results.rules.orders import judge_order
from promesa.results.rules.quality import capture_quality
from promesa.results.rules.verdicts import LineVerdict

CHUNK = 400
ALWAYS = (Basis.REQUESTED, Basis.FIRST, Basis.LAST)


@dataclass(frozen=True, slots=True)
class Refreshed:
    """How much was judged."""

    orders: int
    lines: int
    restated: int


@verb
def refresh_facts(
    *, order_ids: Sequence[int], at: datetime, moments: Mapping[int, datetime] | None = None
) -> Refreshed:
    """Judge these orders by what the rooms below say now, and keep facts, verdicts and losses.

    Drafts are left out. The same call twice changes nothing. A verdict that had become final by `at` stays as it was;
    if it would be another today, a restatement dated `at` is written beside it. `moments` gives orders a moment of
    their own in place of `at`: that of the last thing that happened to them, when many are caught up at once.
    Set-based: the number of statements depends on chunks of orders, not on orders or lines.
    """
    orders = lines = restated = 0
    ids = sorted(set(order_ids))
    for start in range(0, len(ids), CHUNK):
        books = order_books(ids[start : start + CHUNK])
        judged = [_judged(book, (moments or {}).get(book.order.id, at)) for book in books]
        restated += writing.write(judged)
        orders += len(judged)
        lines += sum(len(book.lines) for book in books)
    return Refreshed(orders=orders, lines=lines, restated=restated)


def _judged(book: OrderBook, at: datetime) -> writing.Judged:
    shipped = first_shipment([line for line in book.lines if line.substitute_of is None and not line.void])
    bases = [*ALWAYS, Basis.FEASIBLE] if any(_feasible_differs(line) for line in book.lines) else ALWAYS
    lines = judge_lines(book.lines, bases=bases)
    return writing.Judged(
        book=book,
        at=at,
        first_shipment=shipped,
        fills=[line_fill(line, shipped) for line in book.lines],
        quality=capture_quality(book.defects),
        bases=bases,
        lines=lines,
        orders=[judge_order(_distinct(lines, place), basis=basis) for place, basis in enumerate(bases)],
    )


def _distinct(lines: Sequence[Judgement], place: int) -> list[LineVerdict]:
    """The verdicts of an order's lines on the basis of a place; what many lines share says no more than once."""
    return list({id(line.verdicts[place]): line.verdicts[place] for line in lines}.values())


def _feasible_differs(line: LineFacts) -> bool:
    """Whether the customer asked for less time than the agreed one, so that a second judgement is worth keeping."""
    if not line.feasible or not line.requested:
        return False
    return max(part.end for part in line.feasible) > max(part.end for part in line.requested)
