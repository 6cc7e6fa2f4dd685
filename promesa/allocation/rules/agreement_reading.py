"""An agreement read from JSON, with all its faults at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

from promesa.allocation.rules.agreement import (
    BASES,
    DECAYS,
    OBJECTIVES,
    TRAITS,
    Agreement,
    BaseQuota,
    Group,
    Guarantee,
    Holding,
    Penalty,
    Quota,
    Treatment,
)
from promesa.allocation.rules.instance import DEFAULT_OBJECTIVE, MILLION, Rule, Strategy

MOST = Decimal("1e12")


class Fault(NamedTuple):
    """What is wrong and where (`floors[2].quantity`)."""

    field: str
    code: str
    params: Mapping[str, Any]


def read_agreement(content: object) -> tuple[Agreement, list[Fault]]:
    """The agreement that JSON says, with all faults at once; what is wrong is left out of it."""
    reader = _Reader()
    if not isinstance(content, Mapping):
        return Agreement(()), [Fault("", "agreement_not_an_object", {})]
    agreement = Agreement(
        items=tuple(dict.fromkeys(reader.texts(content, "items", wanted=True))),
        warehouse=str(content.get("warehouse", "")),
        horizon_to=reader.day(content, "horizon_to", "", wanted=True),
        valid_from=reader.day(content, "valid_from", "", wanted=True),
        valid_to=reader.day(content, "valid_to", "", wanted=True),
        rule=reader.choice(content, "rule", [*Rule], Rule.PROPORTIONAL),
        base=reader.choice(content, "base", BASES, "orders"),
        history_weeks=reader.whole(content, "history_weeks", 13, 1, 260),
        strategy=reader.choice(content, "strategy", [*Strategy], Strategy.SHARE),
        tiers=reader.tiers(content),
        treatments=reader.rows(content, "treatments", reader.treatment),
        exceptions=reader.rows(content, "exceptions", reader.exception),
        floors=reader.rows(content, "floors", reader.floor),
        ceilings=reader.rows(content, "ceilings", reader.ceiling),
        quotas=reader.rows(content, "quotas", reader.quota),
        stocks=reader.rows(content, "stocks", reader.holding),
        penalties=reader.rows(content, "penalties", reader.penalty),
        retain=reader.amounts(content, "retain"),
        objective=reader.objective(content),
        frozen_days=reader.whole(content, "frozen_days", 0, 0, 60),
        late_days=reader.whole(content, "late_days", 0, 0, 366) if content.get("late_days") is not None else None,
        time_limit_s=reader.whole(content, "time_limit_s", 60, 1, 3600),
        node_limit=reader.whole(content, "node_limit", 0, 1, 10**9) if content.get("node_limit") is not None else None,
    )
    known = set(Agreement.__dataclass_fields__)
    for key in content:
        if key not in known:
            reader.fault(str(key), "agreement_unknown_key", received=str(key))
    limits: dict[str, Sequence[Guarantee | Quota]] = {"floors": agreement.floors, "ceilings": agreement.ceilings}
    for name, rows in limits.items():
        for place, one in enumerate(rows):
            if one.item is not None and one.item not in agreement.items:
                reader.fault(f"{name}[{place}].item", "agreement_item_outside", received=one.item)
    start, end = agreement.valid_from, agreement.valid_to
    if start and end and end <= start:
        reader.fault("valid_to", "agreement_ends_before", received=end.isoformat())
    if agreement.base == "quota" and not agreement.quotas:
        reader.fault("quotas", "agreement_no_quotas")
    return agreement, reader.faults


class _Reader:
    """Reads values and gathers what is wrong with them."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []

    def fault(self, where: str, code: str, **params: Any) -> None:
        self.faults.append(Fault(where, code, params))

    def texts(self, content: Mapping[str, Any], key: str, *, wanted: bool = False) -> list[str]:
        found = content.get(key, [])
        if not isinstance(found, list) or not all(isinstance(one, str) and one for one in found):
            self.fault(key, "agreement_not_a_list")
            return []
        if wanted and not found:
            self.fault(key, "agreement_no_items")
        return found

    def choice(self, content: Mapping[str, Any], key: str, known: Sequence[str], default: str, where: str = "") -> str:
        found = content.get(key, default)
        if found not in known:
            self.fault(where + key, "agreement_unknown_choice", received=str(found), known=", ".join(known))
            return default
        return str(found)

    def whole(self, content: Mapping[str, Any], key: str, default: int, least: int, most: int, where: str = "") -> int:
        found = content.get(key, default)
        if isinstance(found, str) and found.isdecimal():
            found = int(found)
        if not isinstance(found, int) or isinstance(found, bool) or not least <= found <= most:
            self.fault(where + key, "agreement_not_a_number", received=str(found), least=least, most=most)
            return default
        return found

    def quantity(self, value: Any, where: str) -> int:
        try:
            found = Decimal(str(value))
        except InvalidOperation:
            found = Decimal("NaN")
        if not found.is_finite() or not 0 <= found < MOST or found * MILLION % 1 or isinstance(value, bool):
            self.fault(where, "agreement_not_a_quantity", received=str(value))
            return 0
        return int(found * MILLION)

    def amounts(self, content: Mapping[str, Any], key: str) -> dict[str, int]:
        found = content.get(key, {})
        if not isinstance(found, Mapping):
            self.fault(key, "agreement_not_an_object")
            return {}
        return {str(name): self.quantity(value, f"{key}.{name}") for name, value in found.items()}

    def tiers(self, content: Mapping[str, Any]) -> dict[str, int]:
        found = content.get("tiers", {})
        if not isinstance(found, Mapping):
            self.fault("tiers", "agreement_not_an_object")
            return {}
        return {str(name): self.whole(found, name, 9, 1, 99, "tiers.") for name in found}

    def objective(self, content: Mapping[str, Any]) -> tuple[str, ...]:
        found = self.texts(content, "objective") if "objective" in content else list(DEFAULT_OBJECTIVE)
        for one in found:
            if one not in OBJECTIVES:
                self.fault("objective", "agreement_unknown_choice", received=one, known=", ".join(OBJECTIVES))
        return tuple(one for one in dict.fromkeys(found) if one in OBJECTIVES)

    def rows(
        self, content: Mapping[str, Any], key: str, read: Callable[[Mapping[str, Any], str], Any]
    ) -> tuple[Any, ...]:
        found = content.get(key, [])
        if not isinstance(found, list):
            self.fault(key, "agreement_not_a_list")
            return ()
        made = []
        for place, one in enumerate(found):
            if isinstance(one, Mapping):
                made.append(read(one, f"{key}[{place}]."))
            else:
                self.fault(f"{key}[{place}]", "agreement_not_an_object")
        return tuple(made)

    def group(self, row: Mapping[str, Any], where: str, *, wanted: bool = True) -> Group:
        found = row.get("group", {})
        if not isinstance(found, Mapping) or (wanted and not found):
            self.fault(where + "group", "agreement_no_group")
            return ()
        for name in found:
            if name not in TRAITS:
                self.fault(where + "group", "agreement_unknown_choice", received=str(name), known=", ".join(TRAITS))
        return tuple(sorted(
            (name, self.whole(found, "tier", 9, 1, 99, where + "group.") if name == "tier" else str(value))
            for name, value in found.items() if name in TRAITS
        ))  # fmt: skip

    def day(self, row: Mapping[str, Any], key: str, where: str, *, wanted: bool = False) -> date | None:
        found = row.get(key)
        if found in (None, ""):
            if wanted:
                self.fault(where + key, "agreement_missing", name=key)
            return None
        try:
            return date.fromisoformat(str(found))
        except ValueError:
            self.fault(where + key, "agreement_not_a_day", received=str(found))
            return None

    def period(self, row: Mapping[str, Any], where: str) -> tuple[date | None, date | None]:
        start, end = self.day(row, "valid_from", where), self.day(row, "valid_to", where)
        if start and end and end <= start:
            self.fault(where + "valid_to", "agreement_ends_before", received=end.isoformat())
            return start, None
        return start, end

    def item(self, row: Mapping[str, Any]) -> str | None:
        return str(row["item"]) if row.get("item") not in (None, "") else None

    def floor(self, row: Mapping[str, Any], where: str) -> Guarantee:
        return Guarantee(
            self.group(row, where), self.item(row), self.quantity(row.get("quantity"), where + "quantity"),
            self.whole(row, "rank", 1, 1, 999, where), self.choice(row, "decay", DECAYS, "none", where),
            *self.period(row, where), str(row.get("reason", ""))[:200],
        )  # fmt: skip

    def ceiling(self, row: Mapping[str, Any], where: str) -> Quota:
        return Quota(
            self.group(row, where, wanted=False), self.item(row), self.quantity(row.get("quantity"), where + "quantity"),
            *self.period(row, where), str(row.get("reason", ""))[:200],
        )  # fmt: skip

    def treatment(self, row: Mapping[str, Any], where: str) -> Treatment:
        strategy = self.choice(row, "strategy", [*Strategy], "", where) if row.get("strategy") else None
        tier = self.whole(row, "tier", 9, 1, 99, where) if row.get("tier") is not None else None
        weight = self.quantity(row["weight"], where + "weight") if row.get("weight") is not None else None
        if strategy is None and tier is None and weight is None:
            self.fault(where.rstrip("."), "agreement_says_nothing")
        return Treatment(self.group(row, where), strategy or None, tier, weight, str(row.get("reason", ""))[:200])

    def exception(self, row: Mapping[str, Any], where: str) -> Treatment:
        if not str(row.get("reason", "")).strip():
            self.fault(where + "reason", "agreement_no_reason")
        return self.treatment(row, where)

    def quota(self, row: Mapping[str, Any], where: str) -> BaseQuota:
        for key in ("customer", "item"):
            if not row.get(key):
                self.fault(where + key, "agreement_missing", name=key)
        return BaseQuota(
            str(row.get("customer", "")),
            str(row.get("item", "")),
            self.quantity(row.get("quantity"), where + "quantity"),
        )

    def holding(self, row: Mapping[str, Any], where: str) -> Holding:
        kept = self.quota({**row, "quantity": row.get("stock", "0")}, where)
        return Holding(
            kept.customer, kept.item, kept.quantity, self.quantity(row.get("daily_demand"), where + "daily_demand")
        )

    def penalty(self, row: Mapping[str, Any], where: str) -> Penalty:
        return Penalty(self.group(row, where, wanted=False), self.quantity(row.get("percent"), where + "percent"))
