"""The editor of a scenario: the JSON of an agreement as fields and rows, and what was typed back as JSON.

What was typed is kept as text, right or wrong; faults come from the reader of agreements, all at once, each with its field.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict

from promesa.allocation.rules.agreement import BASES, DECAYS, TRAITS
from promesa.allocation.rules.instance import DEFAULT_OBJECTIVE, Rule, Strategy
from promesa.core import words
from promesa.core.ui.format import format_number
from promesa.desk import typed
from promesa.desk.forms_plans import codes_in

HEAD = (
    "name", "items", "horizon_to", "valid_from", "valid_to", "rule", "base", "history_weeks", "strategy", "frozen_days",
    "late_days", "objective", "time_limit_s", "quotas", "stocks", "retain",
)  # fmt: skip
TABLES: dict[str, tuple[str, ...]] = {
    "treatments": ("trait", "value", "strategy", "tier", "weight", "reason"),
    "floors": ("trait", "value", "item", "quantity", "rank", "decay", "reason"),
    "ceilings": ("trait", "value", "item", "quantity", "valid_from", "valid_to", "reason"),
    "exceptions": ("trait", "value", "strategy", "tier", "weight", "reason"),
    "penalties": ("trait", "value", "percent"),
}
NUMBERS = frozenset({"quantity", "weight", "percent", "stock", "daily_demand"})
WHOLE = frozenset({"tier", "rank"})
SEVERAL = "several"
MOST_ROWS = 300
EMPTY = 1
# Cells that say something by themselves; the others of a row have a usual value.
TELLING = frozenset({"value", "quantity", "percent", "reason", "weight", "tier", "valid_from", "valid_to", "strategy"})


@dataclass
class Typed:
    """What stands in the editor, as text."""

    head: dict[str, str] = field(default_factory=dict)
    segments: dict[str, dict[str, str]] = field(default_factory=dict)
    tables: dict[str, list[dict[str, str]]] = field(default_factory=dict)


# --- From the agreement to the fields ------------------------------------------------------------------------------------


def shown(content: Mapping[str, Any], name: str, segments: Sequence[str], lang: str) -> Typed:
    """A stored scenario as its editor shows it."""
    head = {one: str(content.get(one, "") if content.get(one) is not None else "") for one in HEAD}
    head |= {
        "name": name, "items": "\n".join(content.get("items", ())), "objective": ", ".join(content.get("objective", DEFAULT_OBJECTIVE)),
        "quotas": "\n".join(f"{one['customer']}  {one['item']}  {one['quantity']}" for one in content.get("quotas", ())),
        "stocks": "\n".join(
            f"{one['customer']}  {one['item']}  {one.get('stock', '0')}  {one.get('daily_demand', '0')}"
            for one in content.get("stocks", ())
        ),
        "retain": "\n".join(f"{item}  {quantity}" for item, quantity in content.get("retain", {}).items()),
    }  # fmt: skip
    tiers = content.get("tiers", {})
    plain: dict[str, dict[str, str]] = {
        code: {"tier": str(tiers.get(code, "")), "strategy": "", "weight": ""}
        for code in dict.fromkeys((*segments, *tiers))
    }
    rest = []
    seen: set[str] = set()
    for row in content.get("treatments", ()):
        code = row.get("group", {}).get("segment", "")
        if (
            set(row.get("group", {})) == {"segment"}
            and code in plain
            and code not in seen
            and not row.get("reason")
            and row.get("tier") is None
        ):
            seen.add(code)
            plain[code] |= {"strategy": row.get("strategy") or "", "weight": _number(row.get("weight"), lang)}
        else:
            rest.append(row)
    tables = {
        table: [_row(one, cells, lang) for one in (rest if table == "treatments" else content.get(table, ()))]
        for table, cells in TABLES.items()
    }
    return Typed(head, plain, tables)


def _row(one: Mapping[str, Any], cells: Sequence[str], lang: str) -> dict[str, str]:
    trait, value = _trait(one.get("group", {}))
    said = {"trait": trait, "value": value}
    for cell in cells[2:]:
        found = one.get(cell)
        said[cell] = _number(found, lang) if cell in NUMBERS else "" if found is None else str(found)
    return said


def _trait(group: Mapping[str, Any]) -> tuple[str, str]:
    if not group:
        return "", ""
    if len(group) == 1:
        (pair,) = group.items()
        return pair[0], str(pair[1])
    return SEVERAL, "; ".join(f"{name}={value}" for name, value in group.items())


def _number(value: Any, lang: str) -> str:
    if value in (None, ""):
        return ""
    found = typed.number(str(value), "en")
    return str(value) if found is None else format_number(found, lang).replace("\N{MINUS SIGN}", "-")


# --- What was typed ------------------------------------------------------------------------------------------------------


def read(data: QueryDict, segments: Sequence[str]) -> Typed:
    """What was typed, as it was typed."""
    head = {
        one: typed.paragraph(data.get(one, ""), 12_000) if one in ("items", "quotas", "stocks", "retain")
        else typed.line(data.get(one, ""), 200) for one in HEAD
    }  # fmt: skip
    plain = {
        code: {cell: typed.line(data.get(f"segment-{code}-{cell}", ""), 30) for cell in ("tier", "strategy", "weight")}
        for code in dict.fromkeys((*segments, *data.getlist("segment")[:200]))
    }
    tables = {}
    for table, cells in TABLES.items():
        count = data.get(f"{table}-count", "0")
        rows = min(int(count), MOST_ROWS) if count.isdecimal() and len(count) < 5 else 0
        tables[table] = [
            {cell: typed.line(data.get(f"{table}-{at}-{cell}", ""), 200) for cell in cells} for at in range(rows)
        ]
    return Typed(head, plain, tables)


def content_of(said: Typed, lang: str) -> tuple[dict[str, Any], dict[str, str]]:
    """The agreement that is meant, and for each row of its JSON the prefix of its fields in the editor."""
    head = said.head
    content: dict[str, Any] = {
        "items": codes_in(head["items"]), "horizon_to": head["horizon_to"], "valid_from": head["valid_from"],
        "valid_to": head["valid_to"], "rule": head["rule"] or Rule.PROPORTIONAL, "base": head["base"] or "orders",
        "strategy": head["strategy"] or Strategy.SHARE, "objective": codes_in(head["objective"]) or list(DEFAULT_OBJECTIVE),
        "tiers": {code: one["tier"] for code, one in said.segments.items() if one["tier"]},
    }  # fmt: skip
    for one in ("history_weeks", "frozen_days", "late_days", "time_limit_s"):
        if head[one]:
            content[one] = head[one]
    content["quotas"] = [_spread(line, ("customer", "item", "quantity"), lang) for line in _lines(head["quotas"])]
    content["stocks"] = [
        _spread(line, ("customer", "item", "stock", "daily_demand"), lang) for line in _lines(head["stocks"])
    ]
    retained = [_spread(line, ("item", "quantity"), lang) for line in _lines(head["retain"])]
    content["retain"] = {one.get("item", ""): one.get("quantity", "") for one in retained}
    places: dict[str, str] = {}
    for table, cells in TABLES.items():
        rows: list[dict[str, Any]] = []
        for at, row in enumerate(said.tables.get(table, ())):
            if any(row[cell] for cell in cells if cell in TELLING):
                places[f"{table}[{len(rows)}]"] = f"{table}-{at}"
                rows.append(_meant(row, cells, lang))
        content[table] = rows
    for code, cell_of in said.segments.items():
        if cell_of["strategy"] or cell_of["weight"]:
            places[f"treatments[{len(content['treatments'])}]"] = f"segment-{code}"
            content["treatments"].append(
                _meant({"trait": "segment", "value": code, **cell_of, "tier": ""}, TABLES["treatments"][:5], lang)
            )
        places[f"tiers.{code}"] = f"segment-{code}-tier"
    return content, places


def _meant(row: Mapping[str, str], cells: Sequence[str], lang: str) -> dict[str, Any]:
    said: dict[str, Any] = {"group": _group(row["trait"], row["value"])}
    for cell in cells[2:]:
        value = row.get(cell, "")
        if value:
            said[cell] = _plain(value, lang) if cell in NUMBERS else value
    return said


def _group(trait: str, value: str) -> dict[str, str]:
    if not value:
        return {}
    if trait == SEVERAL:
        pairs = [part.partition("=") for part in value.split(";") if part.strip()]
        return {name.strip(): told.strip() for name, _, told in pairs}
    return {trait or "customer": value}


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()][:5000]


def _spread(line: str, cells: Sequence[str], lang: str) -> dict[str, str]:
    parts = line.replace("\t", " ").replace(";", " ").split()
    return {cell: _plain(part, lang) if cell in NUMBERS else part for cell, part in zip(cells, parts, strict=False)}


def _plain(text: str, lang: str) -> str:
    """A number as the reader of agreements wants it; what is none stays as it is, and is told."""
    found = typed.number(text, lang)
    return text if found is None else f"{found.normalize():f}"


def field_of(place: str, places: Mapping[str, str]) -> str:
    """The id of the field of a fault: `floors[2].quantity` -> `floors-3-quantity`, where row 2 stands in the editor."""
    if place in places:
        return places[place]
    row, _, cell = place.partition(".")
    if row in places:
        return f"{places[row]}-{'value' if cell in ('group', '') or cell.startswith('group.') else cell}"
    if row in TABLES or row in HEAD:
        return row
    return {"item": "items", "retain": "retain", "warehouse": "items"}.get(row.split("[")[0], row.split("[")[0])


# --- What can be chosen ---------------------------------------------------------------------------------------------------


def choices(lang: str) -> dict[str, list[tuple[str, str]]]:
    """The words of all that is chosen from a list."""
    return {
        "rule": [(one.value, words.say(f"plan_rule_{one}", {}, lang)) for one in Rule],
        "strategy": [(one.value, words.say(f"plan_strategy_{one}", {}, lang)) for one in Strategy],
        "base": [(one, words.say(f"plan_base_word_{one}", {}, lang)) for one in BASES],
        "decay": [(one, words.say(f"plan_decay_{one}", {}, lang)) for one in DECAYS],
        "trait": [
            *((one, words.say(f"plan_trait_word_{one}", {}, lang)) for one in TRAITS if one != "item"),
            (SEVERAL, words.say("plan_trait_word_several", {}, lang)),
        ],
    }
