"""Demand and supply as they stand, and the sharing that an agreement makes of them.

Stock rows and receipts are lots of one sharing: a receipt's id is its lot's with the sign turned. Lines that the agreement leaves
alone (in the warehouse, or untouched) take no part: what they have is no supply, and counts for floors and ceilings as got.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import starmap
from typing import Any, NamedTuple

from promesa.allocation.rules.agreement import Agreement, Guarantee, Quota, Treated, matches, standing, treated
from promesa.allocation.rules.instance import Ceiling, Floor, Instance, Line, Lot, Strategy


class Wish(NamedTuple):
    """An open line as it stands. Quantities and prices in millionths of base unit and company currency."""

    id: int
    order: int
    customer: int
    segment: str
    tier: int
    item: int
    open_quantity: int
    pack: int
    divisible: bool
    one_delivery: bool
    requested_on: date | None
    entered_at: str
    minimum_life_days: int
    price: int
    frozen: bool
    region: str
    channel: str


class Had(NamedTuple):
    """What one line has claimed of one stock row or receipt."""

    line: int
    stock: int | None
    receipt: int | None
    quantity: int


class Source(NamedTuple):
    """A stock row or receipt: all that is there of it, and what is claimed of it by whomever."""

    stock: int | None
    receipt: int | None
    item: int
    quantity: int
    claimed: int
    available_on: date
    expires_on: date | None


class Gone(NamedTuple):
    """What left for customers of some traits on a day."""

    customer: int
    segment: str
    tier: int
    region: str
    channel: str
    item: int
    on: date
    quantity: int


@dataclass(frozen=True, slots=True)
class Loaded:
    """All that a run is made from, as it was at one moment."""

    wishes: Sequence[Wish]
    had: Sequence[Had]
    sources: Sequence[Source]
    gone: Sequence[Gone]
    debts: dict[tuple[int, int], int]
    usual: dict[tuple[int, int], int]


@dataclass(frozen=True, slots=True)
class Prepared:
    """The instance to decide, the lines that stay as they are, and for each line of either what worse promises cost it."""

    instance: Instance
    fixed: Sequence[Line]
    penalties: Mapping[int, int]
    had: Mapping[int, int]
    pools: Mapping[int, Pool]
    sources_of: Mapping[int, Sequence[Had]]


class Pool(NamedTuple):
    """What of one lot takes part: without what lines outside have claimed."""

    source: Source
    quantity: int
    others: int


def lot_of(stock: int | None, receipt: int | None) -> int:
    """The lot of a stock row or receipt."""
    return stock if stock is not None else -(receipt or 0)


def prepare(loaded: Loaded, agreement: Agreement, *, as_of: date) -> Prepared:
    """The sharing that the agreement makes of what was loaded; its names are ids."""
    lots = {lot_of(one.stock, one.receipt): one for one in loaded.sources}
    had: dict[int, int] = defaultdict(int)
    sources_of: dict[int, list[Had]] = defaultdict(list)
    for one in loaded.had:
        if lot_of(one.stock, one.receipt) in lots:
            had[one.line] += one.quantity
            sources_of[one.line].append(one)
    how = _treatment(agreement)
    extra = _bases(loaded, agreement)
    moving: list[Line] = []
    fixed: list[Line] = []
    penalties: dict[int, int] = {}
    named = _named_traits(agreement)
    debts, horizon, late = loaded.debts, agreement.horizon_to, agreement.late_days
    for wish in loaded.wishes:
        applied = how(wish)
        asked = wish.requested_on
        latest = None if asked is None else horizon if late is None else asked + timedelta(days=late)
        base, stock, daily = extra(wish)
        line = Line(
            wish.id, wish.order, wish.customer, wish.segment, applied.tier, applied.weight, wish.item, wish.open_quantity,
            wish.pack, 0 if wish.divisible else wish.open_quantity // wish.pack * wish.pack, wish.one_delivery, asked,
            wish.entered_at, wish.minimum_life_days, applied.strategy, had.get(wish.id, 0), wish.price,
            debts.get((wish.customer, wish.item), 0), wish.frozen, base, stock, daily, named(wish), latest,
        )  # fmt: skip
        if applied.penalty_percent:
            penalties[wish.id] = applied.penalty_percent
        (fixed if wish.frozen or applied.strategy == Strategy.UNTOUCHED else moving).append(line)
    pools = _pools(lots, moving, sources_of)
    floors, ceilings = _limits(loaded, agreement, fixed, as_of)
    instance = Instance(
        as_of=as_of, rule=agreement.rule, lines=moving, floors=floors, ceilings=ceilings, objective=agreement.objective,
        supply=[
            Lot(lot, one.source.item, one.quantity, one.source.available_on, one.source.expires_on)
            for lot, one in pools.items() if one.quantity > 0
        ],
        time_limit_s=float(agreement.time_limit_s), node_limit=agreement.node_limit, retain=dict(agreement.retain),
    )  # fmt: skip
    return Prepared(instance, fixed, penalties, had, pools, sources_of)


def _pools(
    lots: Mapping[int, Source], moving: Sequence[Line], sources_of: Mapping[int, Sequence[Had]]
) -> dict[int, Pool]:
    own: dict[int, int] = defaultdict(int)
    for line in moving:
        for one in sources_of.get(line.id, ()):  # type: ignore[call-overload]
            own[lot_of(one.stock, one.receipt)] += one.quantity
    return {
        lot: Pool(one, one.quantity - one.claimed + own.get(lot, 0), one.claimed - own.get(lot, 0))
        for lot, one in lots.items()
    }


def _treatment(agreement: Agreement) -> Callable[[Wish], Treated]:
    """How each line is treated; lines of the same traits are asked for once."""
    names = {name for group in agreement.groups for name, _ in group} | {"segment", "tier"}
    ordered = [name for name in ("customer", "segment", "tier", "region", "channel", "order", "item") if name in names]
    places = [Wish._fields.index(name) for name in ordered]
    known: dict[tuple[Any, ...], Treated] = {}

    def how(wish: Wish) -> Treated:
        key = tuple([wish[place] for place in places])
        found = known.get(key)
        if found is None:
            found = known[key] = treated(agreement, dict(zip(ordered, key, strict=True)))
        return found

    return how


def _named_traits(agreement: Agreement) -> Callable[[Wish], tuple[tuple[str, Any], ...]]:
    """The further traits (region, channel) that floors and ceilings name."""
    names = {name for one in agreement.limits for name, _ in one.group} & {"region", "channel"}
    if not names:
        return lambda wish: ()
    kept: dict[tuple[str, str], tuple[tuple[str, Any], ...]] = {}

    def named(wish: Wish) -> tuple[tuple[str, Any], ...]:
        key = (wish.region, wish.channel)
        return kept.setdefault(key, (("region", wish.region), ("channel", wish.channel)))

    return named


def _bases(loaded: Loaded, agreement: Agreement) -> Callable[[Wish], tuple[int | None, int, int]]:
    """What proportionality goes by, and the stock and daily use at the customer's, spread over their lines by what they ask."""
    if agreement.base == "orders" and not agreement.stocks:
        return lambda wish: (None, 0, 0)
    asked: dict[tuple[int, int], int] = defaultdict(int)
    for wish in loaded.wishes:
        asked[wish.customer, wish.item] += wish.open_quantity
    bases: dict[tuple[int, int], int] = {}
    if agreement.base == "quota":
        bases = {(one.customer, one.item): one.quantity for one in agreement.quotas}
    elif agreement.base == "history":
        bases = {key: min(usual, asked[key]) for key, usual in loaded.usual.items() if key in asked}
    stocks = {(one.customer, one.item): one for one in agreement.stocks}

    def of(wish: Wish) -> tuple[int | None, int, int]:
        key = (wish.customer, wish.item)
        whole, mine = asked[key], wish.open_quantity
        base = None
        if agreement.base == "quota":
            base = bases.get(key, 0) * mine // whole
        elif key in bases:
            base = bases[key] * mine // whole
        held = stocks.get(key)
        return base, held.stock * mine // whole if held else 0, held.daily_demand * mine // whole if held else 0

    return of


def _limits(
    loaded: Loaded, agreement: Agreement, fixed: Sequence[Line], as_of: date
) -> tuple[list[Floor], list[Ceiling]]:
    """Floors and ceilings as far as what left and what stays as it is have not used them up."""
    begins, ends = agreement.valid_from or as_of, agreement.valid_to or date.max
    floors, ceilings = [], []
    for one in agreement.limits:
        start, end = one.valid_from or begins, one.valid_to or ends
        day = max(as_of, start)
        if day >= end or (agreement.horizon_to and start >= agreement.horizon_to):
            continue
        left = max(0, standing(one, day, begins, ends) - _got(one, loaded, agreement, fixed, start, end))
        if isinstance(one, Guarantee):
            floors.append(Floor(one.group, one.item, left, one.rank))
        else:
            ceilings.append(Ceiling(one.group, one.item, left))
    return floors, ceilings


def _got(
    one: Guarantee | Quota, loaded: Loaded, agreement: Agreement, fixed: Sequence[Line], start: date, end: date
) -> int:
    """What a group got already: what left for it in the period, and what its lines that stay as they are have."""
    got = 0
    for gone in loaded.gone:
        if start <= gone.on < end and (one.item is None or one.item == gone.item):
            traits = gone._asdict()
            traits["tier"] = treated(agreement, traits).tier
            got += gone.quantity if matches(one.group, traits) else 0
    for line in fixed:
        if one.item is None or one.item == line.item:
            traits = {**line._asdict(), **dict(line.groups)}
            got += line.confirmed if matches(one.group, traits) else 0
    return got


class Inflated(NamedTuple):
    """What a customer orders beside what they usually do, over the same time; None without history."""

    customer: int
    item: int
    ordered: int
    usual: int | None


def inflated(loaded: Loaded) -> list[Inflated]:
    """How much more than usual each customer ordered of each item, where history was read."""
    asked: dict[tuple[int, int], int] = defaultdict(int)
    for wish in loaded.wishes:
        asked[wish.customer, wish.item] += wish.open_quantity
    rows = (
        (customer, item, ordered, loaded.usual.get((customer, item))) for (customer, item), ordered in asked.items()
    )
    return sorted(starmap(Inflated, rows))
