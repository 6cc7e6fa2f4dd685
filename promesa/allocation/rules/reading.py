"""An instance as JSON, read with all its faults at once.

Numbers come as text or as JSON numbers and are never binary fractions. Identities are texts, so `7` and `"7"` are the same.
What the instance does not name is left at its default; fields nobody knows are passed over.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from promesa.allocation.rules.instance import (
    DEFAULT_OBJECTIVE,
    MILLION,
    Ceiling,
    Floor,
    Instance,
    Line,
    Lot,
    Rule,
    Strategy,
)
from promesa.allocation.rules.limits import TRAITS

MOST = 10**12
MOST_ROWS = 2_000_000
MOST_TEXT = 200
OBJECTIVES = (*DEFAULT_OBJECTIVE, "weighted_complete")
NUMBER = re.compile(r"[+-]?[0-9]{1,40}(\.[0-9]{1,40})?([eE][+-]?[0-9]{1,3})?", re.ASCII)
HALVES = re.compile("[\ud800-\udfff]")  # halves of a character, which no file can hold
REQUIRED = object()


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with an instance: where, and what, as code and parameters."""

    where: str
    code: str
    params: Mapping[str, Any]


class Unreadable(ValueError):
    """The instance has faults: all of them, in the order in which they stand."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(f"{len(faults)} faults")
        self.faults = tuple(faults)


def read_instance(text: str | bytes) -> Instance:
    """The instance that a JSON document describes (see `docs/rooms/allocation.md`).

    :raises Unreadable: with every fault that was found.
    """
    faults: list[Fault] = []
    return _Reader(faults).instance(_document(text, faults))


def _document(text: str | bytes, faults: list[Fault]) -> Any:
    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            twice = [_shown(name) for name, count in Counter(name for name, _ in pairs).items() if count > 1]
            faults.extend(Fault("", "instance_twice", {"value": name, "name": name}) for name in twice)
        return found

    try:
        if isinstance(text, bytes):
            text = text.decode("utf-8-sig")
        return json.loads(
            text, parse_float=Decimal, parse_int=_whole, parse_constant=_NoNumber, object_pairs_hook=once
        )  # fmt: skip
    except RecursionError:
        raise Unreadable([Fault("", "instance_too_deep", {})]) from None
    except UnicodeDecodeError as fault:
        raise Unreadable([Fault("", "instance_not_utf8", {"place": fault.start})]) from None
    except json.JSONDecodeError as fault:
        params = {"row": fault.lineno, "column": fault.colno}
        raise Unreadable([Fault("", "instance_not_json", params)]) from None


def _whole(text: str) -> int | Decimal:
    return int(text) if len(text) < 20 else Decimal(text)


class _NoNumber:
    """`NaN` or `Infinity`, which JSON does not know: no number, but shown as it was written."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __str__(self) -> str:
        return self.text


class _Reader:
    """Collects faults while it reads."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = faults

    def instance(self, document: Any) -> Instance:
        if not isinstance(document, dict):
            raise Unreadable([Fault("", "instance_not_object", {"value": _shown(document)})])
        as_of = self.day(document, "", "as_of", REQUIRED) or date.min
        rule = self.choice(document, "", "rule", tuple(Rule), REQUIRED)
        supply = [self.lot(row, where, as_of) for row, where in self.rows(document, "supply", required=True)]
        lines = [self.line(row, where, rule) for row, where in self.rows(document, "lines", required=True)]
        self.unique("supply", "lot", [lot.id for lot in supply])
        self.unique("lines", "line", [line.id for line in lines])
        known = set(TRAITS) | {name for line in lines for name, _ in line.groups}
        floors = [self.floor(row, where, known) for row, where in self.rows(document, "floors")]
        ceilings = [self.ceiling(row, where, known) for row, where in self.rows(document, "ceilings")]
        found = Instance(
            as_of=as_of,
            rule=rule,
            supply=supply,
            lines=lines,
            floors=floors,
            ceilings=ceilings,
            objective=self.objective(document),
            time_limit_s=float(self.decimal(document, "", "time_limit_s", Decimal(60), least=Decimal(0))),
            node_limit=self.whole(document, "", "node_limit", None, most=10**12),
            retain=self.retain(document),
        )
        if self.faults:
            raise Unreadable(self.faults)
        return found

    # rows

    def lot(self, row: Mapping[str, Any], where: str, as_of: date) -> Lot:
        return Lot(
            id=self.text(row, where, "lot", REQUIRED),
            item=self.text(row, where, "item", REQUIRED),
            quantity=self.millionths(row, where, "quantity", REQUIRED),
            available_on=self.day(row, where, "available_on", as_of) or as_of,
            expires_on=self.day(row, where, "expires_on", None),
        )

    def line(self, row: Mapping[str, Any], where: str, rule: str) -> Line:
        needed = REQUIRED if rule == Rule.DAYS_OF_SUPPLY else 0
        return Line(
            id=self.text(row, where, "line", REQUIRED),
            order=self.text(row, where, "order", REQUIRED),
            customer=self.text(row, where, "customer", REQUIRED),
            segment=self.text(row, where, "segment", ""),
            tier=self.whole(row, where, "tier", 1, least=1, most=1_000_000) or 1,
            weight=self.millionths(row, where, "weight", MILLION),
            item=self.text(row, where, "item", REQUIRED),
            open_quantity=self.millionths(row, where, "open_quantity", REQUIRED),
            pack=self.millionths(row, where, "pack", MILLION, least=1) or MILLION,
            minimum=self.millionths(row, where, "minimum", 0),
            complete_order=self.flag(row, where, "complete_order"),
            requested_on=self.day(row, where, "requested_on", None),
            entered_at=self.moment(row, where, "entered_at"),
            minimum_life_days=self.whole(row, where, "minimum_life_days", 0, most=36_500) or 0,
            strategy=self.choice(row, where, "strategy", tuple(Strategy), Strategy.SHARE),
            confirmed=self.millionths(row, where, "confirmed", 0),
            margin=self.millionths(row, where, "margin", 0, least=-MOST * MILLION),
            service_debt=self.millionths(row, where, "service_debt", 0),
            frozen=self.flag(row, where, "frozen"),
            base=self.millionths(row, where, "base", None) if row.get("base") is not None else None,
            stock=self.millionths(row, where, "stock", needed),
            daily_demand=self.millionths(row, where, "daily_demand", needed),
            groups=self.groups(row, where),
        )

    def floor(self, row: Mapping[str, Any], where: str, known: set[str]) -> Floor:
        return Floor(
            group=self.group(row, where, known),
            item=self.text(row, where, "item", None),
            quantity=self.millionths(row, where, "quantity", REQUIRED),
            rank=self.whole(row, where, "rank", 1, least=1, most=1_000_000) or 1,
        )

    def ceiling(self, row: Mapping[str, Any], where: str, known: set[str]) -> Ceiling:
        return Ceiling(
            group=self.group(row, where, known),
            item=self.text(row, where, "item", None),
            quantity=self.millionths(row, where, "quantity", REQUIRED),
        )

    def group(self, row: Mapping[str, Any], where: str, known: set[str]) -> tuple[tuple[str, Any], ...]:
        group = row.get("group")
        if not isinstance(group, dict):
            self.fault(
                f"{where}.group", "instance_missing" if group is None else "instance_not_object", value=_shown(group)
            )
            return ()
        pairs: list[tuple[str, Any]] = []
        for name in group:
            if name not in known:
                self.fault(f"{where}.group", "instance_unknown", value=_shown(name), known=", ".join(sorted(known)))
            elif name == "tier":
                pairs.append((name, self.whole(group, f"{where}.group", name, 1, least=1)))
            else:
                pairs.append((name, self.text(group, f"{where}.group", name, REQUIRED)))
        return tuple(sorted(pairs))

    def groups(self, row: Mapping[str, Any], where: str) -> tuple[tuple[str, Any], ...]:
        groups = row.get("groups")
        if groups is None:
            return ()
        if not isinstance(groups, dict):
            self.fault(f"{where}.groups", "instance_not_object", value=_shown(groups))
            return ()
        for name in sorted(set(groups) & set(TRAITS)):
            self.fault(f"{where}.groups", "instance_taken", value=name)
        return tuple(sorted((name, self.text(groups, f"{where}.groups", name, REQUIRED)) for name in groups))

    def retain(self, document: Mapping[str, Any]) -> dict[Any, int]:
        retain = document.get("retain")
        if retain is None:
            return {}
        if not isinstance(retain, dict):
            self.fault("retain", "instance_not_object", value=_shown(retain))
            return {}
        return {item: self.millionths(retain, "retain", item, REQUIRED) for item in retain}

    def objective(self, document: Mapping[str, Any]) -> tuple[str, ...]:
        keys = document.get("objective")
        if keys is None:
            return DEFAULT_OBJECTIVE
        if not isinstance(keys, list):
            self.fault("objective", "instance_not_list", value=_shown(keys))
            return DEFAULT_OBJECTIVE
        for place, key in enumerate(keys):
            if key not in OBJECTIVES:
                self.fault(f"objective[{place}]", "instance_unknown", value=_shown(key), known=", ".join(OBJECTIVES))
            elif key in keys[:place]:
                self.fault(f"objective[{place}]", "instance_twice", value=key, name="objective")
        return tuple(str(key) for key in keys)

    def rows(self, document: Mapping[str, Any], name: str, *, required: bool = False) -> list[tuple[Any, str]]:
        found = document.get(name)
        if found is None:
            if required:
                self.fault(name, "instance_missing")
            return []
        if not isinstance(found, list):
            self.fault(name, "instance_not_list", value=_shown(found))
            return []
        if len(found) > MOST_ROWS:
            self.fault(name, "instance_too_many", most=str(MOST_ROWS))
            return []
        rows = []
        for place, row in enumerate(found):
            if isinstance(row, dict):
                rows.append((row, f"{name}[{place}]"))
            else:
                self.fault(f"{name}[{place}]", "instance_not_object", value=_shown(row))
        return rows

    def unique(self, where: str, name: str, ids: Sequence[Any]) -> None:
        seen: set[Any] = set()
        for place, one in enumerate(ids):
            if one in seen and one != "":
                self.fault(f"{where}[{place}].{name}", "instance_twice", value=_shown(one), name=name)
            seen.add(one)

    # values

    def fault(self, where: str, code: str, **params: Any) -> None:
        self.faults.append(Fault(where, code, params))

    def text(self, row: Mapping[str, Any], where: str, name: str, default: Any) -> Any:
        value = row.get(name)
        if isinstance(value, str) and 0 < len(value) <= MOST_TEXT and _is_plain(value):
            return value
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
        if value is None and default is not REQUIRED:
            return default
        if value == "" and default == "":
            return ""
        where = f"{where}.{name}"
        if value is None:
            self.fault(where, "instance_missing")
        else:
            self.fault(where, "instance_bad_text", value=_shown(value), most=MOST_TEXT)
        return ""

    def decimal(self, row: Mapping[str, Any], where: str, name: str, default: Any, *, least: Decimal) -> Decimal:
        """A number of at most six decimals, not below `least`, not above what the database can hold."""
        value = row.get(name)
        if value is None:
            if default is REQUIRED:
                self.fault(_at(where, name), "instance_missing")
                return least
            return Decimal(default)
        number = _number(value)
        if number is None:
            self.fault(_at(where, name), "instance_bad_number", value=_shown(value))
        elif number < least:
            code = "instance_negative" if number < 0 else "instance_too_small"
            self.fault(_at(where, name), code, value=_shown(value))
        elif abs(number) > MOST:
            self.fault(_at(where, name), "instance_too_large", value=_shown(value))
        elif number != number.quantize(Decimal("0.000001")):
            self.fault(_at(where, name), "instance_too_fine", value=_shown(value))
        else:
            return number
        return least

    def millionths(self, row: Mapping[str, Any], where: str, name: str, default: Any, *, least: int = 0) -> int:
        if default is not REQUIRED and row.get(name) is None:
            return int(default or 0)
        number = self.decimal(row, where, name, default, least=Decimal(least).scaleb(-6))
        return int(number.scaleb(6))

    def whole(
        self, row: Mapping[str, Any], where: str, name: str, default: int | None, *, least: int = 0, most: int = MOST
    ) -> int | None:
        if row.get(name) is None:
            return default
        number = _number(row[name])
        if number is None or number != number.to_integral_value():
            self.fault(_at(where, name), "instance_not_whole", value=_shown(row[name]))
        elif not least <= number <= most:
            self.fault(
                _at(where, name),
                "instance_out_of_range",
                value=_shown(row[name]),
                least_value=str(least),
                most_value=str(most),
            )
        else:
            return int(number)
        return default

    def flag(self, row: Mapping[str, Any], where: str, name: str) -> bool:
        value = row.get(name, False)
        if value is None or isinstance(value, bool):
            return bool(value)
        self.fault(_at(where, name), "instance_not_flag", value=_shown(value))
        return False

    def choice(self, row: Mapping[str, Any], where: str, name: str, known: Sequence[str], default: Any) -> str:
        value = row.get(name)
        if value is None:
            if default is not REQUIRED:
                return str(default)
            self.fault(_at(where, name), "instance_missing")
        elif isinstance(value, str) and value in known:
            return value
        else:
            self.fault(_at(where, name), "instance_unknown", value=_shown(value), known=", ".join(known))
        return str(known[0])

    def day(self, row: Mapping[str, Any], where: str, name: str, default: Any) -> date | None:
        value = row.get(name)
        if value is None:
            if default is not REQUIRED:
                found: date | None = default
                return found
            self.fault(_at(where, name), "instance_missing")
            return None
        try:
            if isinstance(value, str) and len(value) == 10:
                return date.fromisoformat(value)
        except ValueError:
            pass
        self.fault(_at(where, name), "instance_bad_day", value=_shown(value))
        return None

    def moment(self, row: Mapping[str, Any], where: str, name: str) -> str:
        """A moment as sortable text in UTC; without a zone it is UTC."""
        value = row.get(name)
        if value is None or value == "":
            return ""
        try:
            if isinstance(value, str) and len(value) <= 40:
                found = datetime.fromisoformat(value)
                found = found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
                return found.isoformat(timespec="microseconds")
        except (ValueError, OverflowError):
            pass
        self.fault(_at(where, name), "instance_bad_moment", value=_shown(value))
        return ""


def _is_plain(text: str) -> bool:
    return "\x00" not in text and (text.isascii() or HALVES.search(text) is None)


def _at(where: str, name: str) -> str:
    return f"{where}.{name}" if where else name


def _number(value: Any) -> Decimal | None:
    if isinstance(value, str):
        if not NUMBER.fullmatch(value):
            return None
        value = Decimal(value)
    elif isinstance(value, bool) or not isinstance(value, int | Decimal):
        return None
    found = Decimal(value)
    if found.is_nan():
        return None
    return found if found.adjusted() <= 40 and found.is_finite() else Decimal(10) ** 40 * (1 if found > 0 else -1)


def _shown(value: Any) -> str:
    """A value in a fault, never longer than a line."""
    if isinstance(value, Decimal | _NoNumber):
        value = str(value)
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return "".join(char if char.isprintable() else "�" for char in text[:60])
