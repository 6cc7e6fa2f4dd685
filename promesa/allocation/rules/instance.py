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
from typing import Any, NamedTuple

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
    `groups` are further traits that floors and ceilings may name (region, channel), as pairs.
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
    """One sharing to decide. `retain` is kept back for days of supply, by item."""

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


class Share(NamedTuple):
    """So much of one lot for one line."""

    line: Id
    lot: Id
    quantity: int


class Step(NamedTuple):
    """One rule that shaped what a line gets, as code and parameters; words are in `labels`."""

    code: str
    params: Mapping[str, Any]


class Outcome(NamedTuple):
    """What a line gets, and the rules that led there, in the order in which they spoke."""

    line: Id
    quantity: int
    why: tuple[Step, ...]


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
