"""A sharing of scarce supply as plain values: what there is, who wants it, what was agreed, and what came of it.

Quantities, weights, margins and service debts are whole millionths (`MILLION`), as the database keeps them: exact, and quick
for hundreds of thousands of lines. Identities are any values that compare equal; where ties are broken by identity
they are compared by length, then by text.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, NamedTuple, overload

MILLION = 1_000_000
Id = Hashable


class Rule(StrEnum):
    """How what is left is divided inside a tier."""

    PROPORTIONAL = "proportional"
    MAX_MIN = "max_min"
    WEIGHTED_MAX_MIN = "weighted_max_min"
    EQUAL_LOSSES = "equal_losses"
    PRIORITY = "priority"
    DAYS_OF_SUPPLY = "days_of_supply"
    BEST = "best"


class Strategy(StrEnum):
    """What may be done to what a line already has."""

    GUARANTEE = "guarantee"
    KEEP_OR_BETTER = "keep_or_better"
    IMPROVE = "improve"
    SHARE = "share"
    SPARE = "spare"
    DONOR = "donor"
    UNTOUCHED = "untouched"


class Lot(NamedTuple):
    """Supply of one item: on hand, or coming on a day. What has an expiry date must outlive a line's minimum life."""

    id: Id
    item: Id
    quantity: int
    available_on: date
    expires_on: date | None = None


class Line(NamedTuple):
    """What one order line wants, and what it has (`confirmed`).

    `base` is what proportionality goes by, if not the open quantity: a quota, a forecast, or history capped by the order.
    `groups` are further traits that floors and ceilings may name (region, channel), as pairs. `latest_on` is the last day on
    which goods may come for it, where they may come later than asked.
    """

    id: Id
    order: Id
    customer: Id
    segment: Id
    tier: int
    weight: int
    item: Id
    open_quantity: int
    pack: int = MILLION
    minimum: int = 0
    complete_order: bool = False
    requested_on: date | None = None
    entered_at: str = ""
    minimum_life_days: int = 0
    strategy: str = Strategy.SHARE
    confirmed: int = 0
    margin: int = 0
    service_debt: int = 0
    frozen: bool = False
    base: int | None = None
    stock: int = 0
    daily_demand: int = 0
    groups: tuple[tuple[str, Id], ...] = ()
    latest_on: date | None = None


class Floor(NamedTuple):
    """A guaranteed minimum of a group: so much, or all it asks if that is less. Rank 1 is served first."""

    group: tuple[tuple[str, Id], ...]
    item: Id | None
    quantity: int
    rank: int = 1


class Ceiling(NamedTuple):
    """A quota: the group gets no more than so much of an item, or of all items together."""

    group: tuple[tuple[str, Id], ...]
    item: Id | None
    quantity: int


DEFAULT_OBJECTIVE = ("floors", "tiers", "complete", "margin", "drops", "churn", "fefo")


@dataclass(frozen=True, slots=True)
class Instance:
    """One sharing to decide. `retain` is kept back for days of supply, by item.

    `whole_lines`: where this is a part of a larger sharing, how many lines that has; 0 if it is the whole.
    """

    as_of: date
    rule: str
    supply: Sequence[Lot]
    lines: Sequence[Line]
    floors: Sequence[Floor] = ()
    ceilings: Sequence[Ceiling] = ()
    objective: Sequence[str] = DEFAULT_OBJECTIVE
    time_limit_s: float = 60.0
    node_limit: int | None = None
    retain: Mapping[Id, int] = field(default_factory=dict)
    whole_lines: int = 0


class Share(NamedTuple):
    """So much of one lot for one line."""

    line: Id
    lot: Id
    quantity: int


class Step(NamedTuple):
    """One rule that shaped what a line gets, as code and parameters; words are in `labels`."""

    code: str
    params: Mapping[str, Any]


class Trace(Sequence[Step]):
    """The steps of one line, kept as bare tuples (a code, then its values) and made into `Step` only when read."""

    __slots__ = ("bare",)

    def __init__(self, bare: tuple[tuple[Any, ...], ...]) -> None:
        self.bare = bare

    @overload
    def __getitem__(self, place: int) -> Step: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Step]: ...
    def __getitem__(self, place: int | slice) -> Step | Sequence[Step]:
        if isinstance(place, slice):
            return tuple(_step(one) for one in self.bare[place])
        return _step(self.bare[place])

    def __len__(self) -> int:
        return len(self.bare)

    def __eq__(self, other: object) -> bool:
        return tuple(self) == tuple(other) if isinstance(other, Sequence) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.bare)

    def __repr__(self) -> str:
        return f"Trace({self.bare!r})"


# The parameters of the steps that the engine writes, in the order of their values.
STEP_PARAMS: dict[str, tuple[str, ...]] = {
    "share_supply": ("supply_quantity", "asked_quantity"),
    "share_no_lot": ("lots",),
    "share_usable": ("usable_quantity",),
    "share_fixed": ("quantity",),
    "share_kept": ("quantity",),
    "share_had": ("quantity",),
    "share_floor": ("quantity",),
    "share_minimum": ("least_quantity",),
    "share_incomplete": ("order",),
    "share_packs": ("pack_quantity", "quantity"),
    "share_units": ("quantity",),
    "share_ceiling": ("ceiling_quantity",),
    "share_result": ("quantity", "open_quantity"),
    "share_all": ("quantity",),
    "share_part": ("quantity", "open_quantity"),
    "share_nothing": (),
    "share_by_proportional": ("tier", "share_quantity"),
    "share_by_max_min": ("tier", "share_quantity"),
    "share_by_weighted_max_min": ("tier", "share_quantity"),
    "share_by_equal_losses": ("tier", "share_quantity"),
    "share_by_days_of_supply": ("tier", "share_quantity"),
    "share_by_priority": ("tier", "share_quantity"),
}


def _step(bare: tuple[Any, ...]) -> Step:
    return Step(bare[0], dict(zip(STEP_PARAMS[bare[0]], bare[1:], strict=True)))


class Outcome(NamedTuple):
    """What a line gets, and the rules that led there, in the order in which they spoke."""

    line: Id
    quantity: int
    why: Sequence[Step]


class Unkept(NamedTuple):
    """Something agreed that could not be kept (`subject`: a line, a floor), for a person to see."""

    code: str
    subject: Id
    params: Mapping[str, Any]


class Objective(NamedTuple):
    """What the sharing is worth. Millionths but for `complete_orders`; `tiers` from the first, units times weight."""

    floors_missed: int
    tiers: tuple[int, ...]
    complete_orders: int
    weighted_complete: int
    margin: int


@dataclass(frozen=True, slots=True)
class Decision:
    """Shares by lot, outcomes in the order of the instance's lines, and for `best` the bound that proves how good it is.

    `bound` is of the last objective that was optimised; `gap` its distance as a fraction; both None for the other rules.
    """

    shares: tuple[Share, ...]
    outcomes: tuple[Outcome, ...]
    exceptions: tuple[Unkept, ...]
    objective: Objective
    bound: int | None = None
    gap: float | None = None
    proved: bool = True
