"""What is agreed about scarce items, and how it applies to a line.

Customers, items and orders are named by number; whoever loads them puts ids in their place (`resolved`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from promesa.allocation.rules.instance import DEFAULT_OBJECTIVE, MILLION, Rule, Strategy

OBJECTIVES = (*DEFAULT_OBJECTIVE, "weighted_complete")
BASES = ("orders", "quota", "history")
TRAITS = ("customer", "segment", "tier", "region", "channel", "order", "item")
DECAYS = ("none", "linear")
Group = tuple[tuple[str, Any], ...]


class Guarantee(NamedTuple):
    """A floor: so much for a group, or all it asks if that is less; rank 1 first. It may melt away until its end."""

    group: Group
    item: Any
    quantity: int
    rank: int = 1
    decay: str = "none"
    valid_from: date | None = None
    valid_to: date | None = None
    reason: str = ""


class Quota(NamedTuple):
    """A ceiling: no more than so much for a group in a period."""

    group: Group
    item: Any
    quantity: int
    valid_from: date | None = None
    valid_to: date | None = None
    reason: str = ""


class Treatment(NamedTuple):
    """What a group may expect: strategy, tier, weight; what is None is left to the next that matches."""

    group: Group
    strategy: str | None = None
    tier: int | None = None
    weight: int | None = None
    reason: str = ""


class BaseQuota(NamedTuple):
    """What a customer was to get of an item: the base of proportionality when it is by quota."""

    customer: Any
    item: Any
    quantity: int


class Holding(NamedTuple):
    """What a customer has of an item and uses a day, for days of supply."""

    customer: Any
    item: Any
    stock: int
    daily_demand: int


class Penalty(NamedTuple):
    """What giving less than promised costs, in per cent (millionths) of the net value."""

    group: Group
    percent: int


@dataclass(frozen=True, slots=True)
class Agreement:
    """One way of sharing. `exceptions` go before `treatments`; the first that matches decides."""

    items: tuple[Any, ...]
    warehouse: str = ""
    horizon_to: date | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    rule: str = Rule.PROPORTIONAL
    base: str = "orders"
    history_weeks: int = 13
    strategy: str = Strategy.SHARE
    tiers: Mapping[str, int] = field(default_factory=dict)
    treatments: tuple[Treatment, ...] = ()
    exceptions: tuple[Treatment, ...] = ()
    floors: tuple[Guarantee, ...] = ()
    ceilings: tuple[Quota, ...] = ()
    quotas: tuple[BaseQuota, ...] = ()
    stocks: tuple[Holding, ...] = ()
    penalties: tuple[Penalty, ...] = ()
    retain: Mapping[Any, int] = field(default_factory=dict)
    objective: tuple[str, ...] = DEFAULT_OBJECTIVE
    frozen_days: int = 0
    late_days: int | None = (
        None  # goods may come so many days after the day asked for; None: any day before the horizon
    )
    time_limit_s: int = 60
    node_limit: int | None = None

    @property
    def limits(self) -> tuple[Guarantee | Quota, ...]:
        """Floors, then ceilings."""
        return (*self.floors, *self.ceilings)

    @property
    def groups(self) -> list[Group]:
        """Every group that is named."""
        rows: list[Guarantee | Quota | Treatment | Penalty] = [*self.limits, *self.treatments, *self.exceptions]
        return [one.group for one in (*rows, *self.penalties)]

    def named(self, trait: str) -> set[Any]:
        """All customers, orders or items (by `trait`) that the agreement names."""
        found = {value for group in self.groups for name, value in group if name == trait}
        if trait == "customer":
            found |= {one.customer for one in self.quotas} | {one.customer for one in self.stocks}
        if trait == "item":
            found |= {*self.items, *self.retain, *(one.item for one in self.quotas), *(one.item for one in self.stocks)}
            found |= {one.item for one in self.limits if one.item is not None}
        return found


def resolved(agreement: Agreement, ids: Mapping[str, Mapping[Any, Any]]) -> Agreement:
    """The same with ids instead of numbers: `ids` gives them by trait (customer, order, item)."""

    def of(trait: str, value: Any) -> Any:
        return ids[trait][value] if trait in ids and value is not None else value

    def group(pairs: Group) -> Group:
        return tuple((trait, of(trait, value)) for trait, value in pairs)

    return replace(
        agreement,
        items=tuple(of("item", one) for one in agreement.items),
        retain={of("item", item): quantity for item, quantity in agreement.retain.items()},
        treatments=tuple(one._replace(group=group(one.group)) for one in agreement.treatments),
        exceptions=tuple(one._replace(group=group(one.group)) for one in agreement.exceptions),
        penalties=tuple(one._replace(group=group(one.group)) for one in agreement.penalties),
        floors=tuple(one._replace(group=group(one.group), item=of("item", one.item)) for one in agreement.floors),
        ceilings=tuple(one._replace(group=group(one.group), item=of("item", one.item)) for one in agreement.ceilings),
        quotas=tuple(
            one._replace(customer=of("customer", one.customer), item=of("item", one.item)) for one in agreement.quotas
        ),
        stocks=tuple(
            one._replace(customer=of("customer", one.customer), item=of("item", one.item)) for one in agreement.stocks
        ),
    )


def matches(group: Group, traits: Mapping[str, Any]) -> bool:
    """Whether all that the group names is so of the line."""
    return all(traits.get(name) == value for name, value in group)


class Treated(NamedTuple):
    """What applies to a line."""

    strategy: str
    tier: int
    weight: int
    penalty_percent: int
    reason: str


def treated(agreement: Agreement, traits: Mapping[str, Any]) -> Treated:
    """How a line of these traits is treated: `tier` among them is the one that its order has."""
    strategy: str | None = None
    tier: int | None = None
    weight: int | None = None
    reason = ""
    for one in (*agreement.exceptions, *agreement.treatments):
        if (strategy is None or tier is None or weight is None) and matches(one.group, traits):
            strategy = one.strategy if strategy is None else strategy
            tier = one.tier if tier is None else tier
            weight = one.weight if weight is None else weight
            reason = reason or one.reason
    if tier is None:
        tier = agreement.tiers.get(traits.get("segment", ""), traits.get("tier", 9))
    percent = next((one.percent for one in agreement.penalties if matches(one.group, traits)), 0)
    return Treated(strategy or agreement.strategy, tier, MILLION if weight is None else weight, percent, reason)


def standing(floor: Guarantee | Quota, on: date, begins: date, ends: date) -> int:
    """How much of a floor or ceiling stands on a day: none outside its period (the plan's, if it has none of its own); a
    floor that decays falls evenly from its first day to its end."""
    start, end = floor.valid_from or begins, floor.valid_to or ends
    if not start <= on < end:
        return 0
    if isinstance(floor, Quota) or floor.decay != "linear":
        return floor.quantity
    return floor.quantity * (end - on).days // (end - start).days


def in_period(one: Guarantee | Quota, on: date, begins: date, ends: date) -> bool:
    """Whether it binds on this day."""
    return (one.valid_from or begins) <= on < (one.valid_to or ends)


def digest(content: Mapping[str, Any]) -> str:
    """SHA-256 of the content with its keys in order: the same agreement has the same hash."""
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def as_content(agreement: Agreement) -> dict[str, Any]:
    """The JSON that says it, always in the same words: quantities as text, what is not said left out."""
    plain: dict[str, Any] = {
        "items": list(agreement.items), "warehouse": agreement.warehouse, "rule": str(agreement.rule),
        "base": agreement.base, "history_weeks": agreement.history_weeks, "strategy": str(agreement.strategy),
        "tiers": dict(agreement.tiers), "objective": list(agreement.objective), "frozen_days": agreement.frozen_days,
        "time_limit_s": agreement.time_limit_s, "node_limit": agreement.node_limit, "late_days": agreement.late_days,
        "retain": {item: written(quantity) for item, quantity in agreement.retain.items()},
    }  # fmt: skip
    for name in ("horizon_to", "valid_from", "valid_to"):
        day = getattr(agreement, name)
        plain[name] = day.isoformat() if day else None
    for name in ("treatments", "exceptions", "floors", "ceilings", "quotas", "stocks", "penalties"):
        plain[name] = [_row(one) for one in getattr(agreement, name)]
    return {name: value for name, value in plain.items() if value not in (None, "", {})}


def _row(one: Any) -> dict[str, Any]:
    said: dict[str, Any] = {}
    for name, value in one._asdict().items():
        if value is None or value == "":
            continue
        if name == "group":
            said[name] = dict(value)
        elif name in ("quantity", "weight", "percent", "stock", "daily_demand"):
            said[name] = written(value)
        else:
            said[name] = value.isoformat() if isinstance(value, date) else value
    return said


def written(millionths: int) -> str:
    """Millionths as a decimal number without idle zeros."""
    return f"{(Decimal(millionths) / MILLION).normalize():f}"


def inflation(ordered: Iterable[int], usual: Iterable[int]) -> Decimal | None:
    """How many times what is usual was ordered, to three decimals; None without history."""
    asked, before = sum(ordered), sum(usual)
    return (Decimal(asked) / before).quantize(Decimal("0.001")) if before else None
