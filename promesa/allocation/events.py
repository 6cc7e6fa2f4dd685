"""What can happen to a plan, and to goods held for a quotation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class _OfPlan:
    SUBJECT: ClassVar[str] = "plan"
    plan_id: int


@dataclass(frozen=True, slots=True)
class PlanOpened(_OfPlan):
    """Somebody began to plan who gets what of these items."""

    items: int
    name: str


@dataclass(frozen=True, slots=True)
class ScenarioSaved(_OfPlan):
    letter: str
    hash: str


@dataclass(frozen=True, slots=True)
class PlanProposed(_OfPlan):
    """A scenario is laid before sales and customer service; it never changes any more."""

    letter: str
    hash: str


@dataclass(frozen=True, slots=True)
class PlanSigned(_OfPlan):
    """One side has agreed; `complete` when it was the second."""

    letter: str
    side: str
    hash: str
    complete: bool


@dataclass(frozen=True, slots=True)
class RunMade(_OfPlan):
    """A sharing was worked out; nothing outside it changed."""

    run: int
    letter: str
    lines: int


@dataclass(frozen=True, slots=True)
class PartPublished(_OfPlan):
    """What hangs together of a run was put in force: claims moved, promises given anew."""

    run: int
    part: int
    lines: int
    orders: int


@dataclass(frozen=True, slots=True)
class PartRefused(_OfPlan):
    """Orders or supply changed since the run: this part must be worked out again."""

    run: int
    part: int
    changes: int


@dataclass(frozen=True, slots=True)
class PlanPublished(_OfPlan):
    """A run is in force, its customers have their notices."""

    run: int
    parts: int
    refused: int
    notices: int


@dataclass(frozen=True, slots=True)
class NoticeAnswered(_OfPlan):
    """A customer said what should become of what they do not get."""

    notice: int
    customer: int
    lines: int


@dataclass(frozen=True, slots=True)
class ShareMoved:
    """At the last minute a quantity went to a line of this order, from another line or from what was free."""

    SUBJECT: ClassVar[str] = "order"
    order_id: int
    override: int
    quantity: str
    reason: str


@dataclass(frozen=True, slots=True)
class PlanClosed(_OfPlan):
    """The plan protects and limits nobody any more."""

    reason: str


@dataclass(frozen=True, slots=True)
class GoodsHeld:
    """Goods are held for a quotation until a moment; `short_lines` of it got less than they ask for."""

    SUBJECT: ClassVar[str] = "order"
    order_id: int
    until: str
    lines: int
    short_lines: int


@dataclass(frozen=True, slots=True)
class HoldLapsed:
    """What was held for a quotation is free for others: its time is up, or it was given up by hand."""

    SUBJECT: ClassVar[str] = "order"
    order_id: int
    lapsed: bool
