"""A sharing as rows for the database: decided and laid out here, by as many processes as the machine has room for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import itemgetter
from typing import Any, NamedTuple

from pydantic_core import to_json

from promesa.allocation.engines import HERE, Engine
from promesa.allocation.rules.asking import Had, Prepared, lot_of
from promesa.allocation.rules.cutting import Cut
from promesa.allocation.rules.deciding import decide
from promesa.allocation.rules.instance import MILLION, Decision, Line, Objective, Outcome, Rule, Share, Trace, Unkept
from promesa.allocation.rules.valuing import objective_of, unkept_of
from promesa.core import forks

# From so many lines on the work is shared: below, a copy of the process costs more than it brings.
SHARED_FROM = 20_000


class Laid(NamedTuple):
    """What was decided of some lines: where they stand in the instance, what they get, which of them get it otherwise than
    before; their rows, each from what follows the number of its part; and the rows of their shares.
    """

    places: Sequence[int]
    totals: Sequence[int]
    changed: Sequence[int]
    lines: Sequence[str]
    shares: Sequence[str]


@dataclass(frozen=True, slots=True)
class Result:
    """A sharing, laid out, and what is to be said of it as a whole."""

    laid: Sequence[Laid]
    exceptions: Sequence[Unkept]
    objective: Objective
    bound: int | None = None
    gap: float | None = None
    proved: bool = True
    elsewhere: Mapping[str, Any] | None = None  # where it was decided, if not here


def work_through(prepared: Prepared, ids: Sequence[int], engine: Engine) -> Result:
    """Decide and lay out; `ids` are those of the rows of the lines. Where an engine decides elsewhere, it is laid out here."""
    instance = prepared.instance
    many = forks.processors()
    if engine is HERE and many > 1 and len(instance.lines) >= SHARED_FROM and instance.rule != Rule.BEST:
        cut = Cut(instance)
        if len(cut.parts) > 1:
            return _together(prepared, ids, cut, many)
    decision = engine.share_out(instance)
    return Result(
        [lay_out(prepared, ids, range(len(instance.lines)), decision)], decision.exceptions, decision.objective, decision.bound,
        decision.gap, decision.proved, engine.told(),
    )  # fmt: skip


def _together(prepared: Prepared, ids: Sequence[int], cut: Cut, many: int) -> Result:
    """Lines that hang together are decided together, so the same comes of it as if one process had done all."""
    instance = prepared.instance
    bundles = cut.bundles(many)

    def work(at: int) -> Laid:
        places, part = cut.part(bundles[at])
        return lay_out(prepared, ids, places, decide(part))

    laid = forks.shared(work, len(bundles))
    totals = [0] * len(instance.lines)
    for one in laid:
        for place, total in zip(one.places, one.totals, strict=True):
            totals[place] = total
    members = cut.floor_members, cut.ceiling_members
    return Result(
        laid, unkept_of(instance, totals, members), objective_of(instance, totals, floor_members=cut.floor_members)
    )


def lay_out(prepared: Prepared, ids: Sequence[int], places: Sequence[int], decision: Decision) -> Laid:
    """The rows of lines that were decided together; `places` says where each stands in the whole instance."""
    every = prepared.instance.lines
    shares: dict[Any, list[Share]] = defaultdict(list)
    for share in decision.shares:
        shares[share.line].append(share)
    lines = [every[place] for place in places]
    return Laid(
        places=places,
        totals=[one.quantity for one in decision.outcomes],
        changed=[
            place for place, line in zip(places, lines, strict=True) if _moves(line, shares.get(line.id, ()), prepared)
        ],
        lines=[*_line_rows(prepared, lines, decision.outcomes, shares)],
        shares=[
            _share_row(ids[place], share)
            for place, line in zip(places, lines, strict=True)
            for share in shares.get(line.id, ())
        ],
    )


def _moves(line: Line, shares: Sequence[Share], prepared: Prepared) -> bool:
    """Whether what the line gets is other than what it has: another quantity, or from elsewhere."""
    own: Sequence[Had] = prepared.sources_of.get(line.id, ())  # type: ignore[call-overload]
    if len(own) != len(shares):
        return True
    had = sorted([(lot_of(one.stock, one.receipt), one.quantity) for one in own])
    return had != sorted([(share.lot, share.quantity) for share in shares])


def _line_rows(
    prepared: Prepared, lines: Sequence[Line], outcomes: Sequence[Outcome], shares: Mapping[Any, Sequence[Share]]
) -> Iterator[str]:
    penalties = prepared.penalties
    for line, outcome in zip(lines, outcomes, strict=True):
        lost = line.confirmed - outcome.quantity
        penalty = "0"
        if lost > 0 and line.id in penalties:
            penalty = _cents(lost * line.margin * penalties[line.id])  # type: ignore[index]
        yield (
            f"{line.segment}\t{line.tier}\t{line.strategy}\tf\t"
            f"{units(line.open_quantity)}\t{units(line.confirmed)}\t{units(outcome.quantity)}\t{units(line.margin)}\t{penalty}\t"
            f"{_ready(shares.get(line.id, ()), prepared)}\t{_asked(line)}\t{_steps(outcome.why)}"
        )


def fixed_row(line: Line) -> str:
    """The row of a line that stays as it is, from what follows the number of its part."""
    had = units(line.confirmed)
    return (
        f"{line.segment}\t{line.tier}\t{line.strategy}\t{'t' if line.frozen else 'f'}\t"
        f"{units(line.open_quantity)}\t{had}\t{had}\t{units(line.margin)}\t0\t\\N\t{_asked(line)}\t"
        f'[["share_fixed",{line.confirmed}],["share_result",{line.confirmed},{line.open_quantity}]]'
    )


def _ready(shares: Sequence[Share], prepared: Prepared) -> str:
    """When the last of what comes is there."""
    coming = [share.lot for share in shares if share.lot < 0]  # type: ignore[operator]
    if not coming:
        return r"\N"
    return max([prepared.pools[lot].source.available_on for lot in coming]).isoformat()  # type: ignore[index]


def _share_row(row_id: int, share: Share) -> str:
    lot: Any = share.lot
    source = f"{lot}\t\\N" if lot > 0 else f"\\N\t{-lot}"
    return f"{row_id}\t{source}\t{units(share.quantity)}"


@lru_cache(maxsize=100_000)
def units(millionths: int) -> str:
    """Millionths as the database reads them."""
    whole, rest = divmod(millionths, MILLION)
    return f"{whole}.{rest:06d}" if rest else str(whole)


def _cents(value: int) -> str:
    """Quantity x price x per cent, all in millionths, as money."""
    return f"{value / 100 / MILLION**3:.2f}"


# What else the engine is told of a line, where it stands in `Line`, and what is left out as usual.
_KEPT = (
    ("weight", 5, MILLION), ("pack", 8, MILLION), ("minimum", 9, 0), ("complete_order", 10, False), ("minimum_life_days", 13, 0),
    ("service_debt", 17, 0), ("base", 19, None), ("stock", 20, 0), ("daily_demand", 21, 0), ("groups", 22, ()),
)  # fmt: skip
_told_of = itemgetter(*(place for _, place, _ in _KEPT), 11, 12, 23)


def _asked(line: Line) -> str:
    """What else the engine was told, as JSON; what is as usual is left out. Lines of an order are often told the same."""
    return _told(_told_of(line))


@lru_cache(maxsize=50_000)
def _told(values: tuple[Any, ...]) -> str:
    *kept, requested_on, entered_at, latest_on = values
    said: dict[str, Any] = {name: value for (name, _, usual), value in zip(_KEPT, kept, strict=True) if value != usual}
    said["entered_at"] = entered_at
    if requested_on is not None:
        said["requested_on"] = requested_on
        said["latest_on"] = latest_on
    return _escaped(to_json(said).decode())


def _steps(why: Sequence[Any]) -> str:
    if isinstance(why, Trace):
        return _escaped(to_json(why.bare).decode())
    return _escaped(to_json([[step.code, dict(step.params)] for step in why]).decode())


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\") if "\\" in text else text
