"""The mapping of a history: which file holds what, which column is which, and how numbers and days are written."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping as Mappings
from dataclasses import dataclass
from typing import Any
from zoneinfo import available_timezones

from promesa.core.errors import Refused
from promesa.exchange.formats.tabular import Mapping

FLAT = "flat"
ROLES = ("customers", "items", "stock", "orders", "lines", FLAT)
_PLACE = frozenset({"name", "street", "city", "region", "postcode", "country"})
COLUMNS: dict[str, frozenset[str]] = {
    "customers": frozenset({"customer", "name", "tax_id", "gln", "email", "phone", "contact", "position", "currency", "segment"})
    | _PLACE,
    "items": frozenset({"item", "name", "gtin", "family", "price", "cost", "unit", "active_to", "supplier"}),
    "stock": frozenset({"item", "quantity", "warehouse", "lot", "expires_on"}),
    "orders": frozenset(
        {"order", "customer", "po_number", "ordered_on", "requested_on", "promised_on", "shipped_on", "delivered_on", "carrier",
         "freight", "currency", "note", "reason", "invoiced_on", "due_on", "paid_on", "score", "supplier", "cost"}
    ) | {f"ship_to_{name}" for name in _PLACE},
    "lines": frozenset(
        {"order", "line", "item", "item_name", "quantity_ordered", "quantity_delivered", "price", "discount", "amount",
         "requested_on", "promised_on", "shipped_on", "delivered_on", "returned_quantity", "reason", "cost", "supplier"}
    ),
}  # fmt: skip
COLUMNS[FLAT] = COLUMNS["orders"] | COLUMNS["lines"]
NEEDED: dict[str, tuple[str, ...]] = {
    "customers": ("customer",),
    "items": ("item",),
    "stock": ("item", "quantity"),
    "orders": ("order", "customer", "ordered_on"),
    "lines": ("order", "item", "quantity_ordered"),
    FLAT: ("order", "customer", "item", "quantity_ordered", "ordered_on"),
}
KEYS = {"customers": "customer", "items": "item", "stock": "item", "orders": "order", "lines": "order", FLAT: "order"}
_SETTINGS = frozenset(
    {
        "role",
        "path",
        "key",
        "columns",
        "delimiter",
        "encoding",
        "decimal",
        "dates",
        "nulls",
        "overflow",
        "header_row",
        "sheet",
    }
)


class MappingRefused(Refused):
    """The mapping cannot be used; the sentence says where it is wrong."""


@dataclass(frozen=True, slots=True)
class FileMapping:
    """One file: its role, its name, and the columns, ours = theirs."""

    role: str
    path: str
    columns: Mappings[str, str]
    table: Mapping
    nulls: frozenset[str]
    overflow: str = ""  # theirs: the column whose text may hold the delimiter without quotes


@dataclass(frozen=True, slots=True)
class HistoryMapping:
    """All files of a history, and what holds for all of them."""

    files: tuple[FileMapping, ...]
    time_zone: str = "Europe/Madrid"
    currency: str = "EUR"
    country: str = "ES"

    def of_role(self, *roles: str) -> list[FileMapping]:
        return [one for one in self.files if one.role in roles]


def read_mapping(text: str) -> HistoryMapping:
    """A mapping from its TOML text.

    :raises MappingRefused: if it names a role, a column or a setting that does not exist, or lacks one that must be there.
    """
    try:
        said = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise MappingRefused(problem=str(error)) from error
    unknown = set(said) - {"file", "columns", "time_zone", "currency", "country"}
    if unknown:
        raise MappingRefused(problem=f"{', '.join(sorted(unknown))}?")
    blocks = said.get("file", {})
    if isinstance(blocks, dict):  # one flat file: [file] and [columns]
        blocks = [{"role": FLAT, **blocks, "columns": said.get("columns", blocks.get("columns", {}))}]
    files = tuple(_file(block) for block in blocks)
    if not any(one.role in (FLAT, "orders") for one in files):
        raise MappingRefused(problem='role = "orders"?')
    zone = said.get("time_zone", "Europe/Madrid")
    if zone not in available_timezones():
        raise MappingRefused(problem=f"time_zone = {zone!r}?")
    return HistoryMapping(files, zone, said.get("currency", "EUR"), said.get("country", "ES"))


def _file(block: Mappings[str, Any]) -> FileMapping:
    role = block.get("role", FLAT)
    if role not in ROLES:
        raise MappingRefused(problem=f"role = {role!r}; {', '.join(ROLES)}")
    columns = {str(name): str(theirs) for name, theirs in block.get("columns", {}).items()}
    if "key" in block:
        columns.setdefault(KEYS[role], str(block["key"]))
    for name, allowed in (("columns", COLUMNS[role]), ("", _SETTINGS)):
        wrong = sorted(set(columns if name else block) - allowed)
        if wrong:
            raise MappingRefused(problem=f"{role}: {', '.join(wrong)}?")
    missing = [name for name in NEEDED[role] if name not in columns]
    if missing:
        raise MappingRefused(problem=f"{role}: columns.{', columns.'.join(missing)}")
    notation = {name: block.get(name) for name in ("delimiter", "encoding", "decimal", "dates", "header_row", "sheet")}
    table = Mapping.of({**notation, "columns": columns})
    faults = table.faults()
    if faults:
        raise MappingRefused(problem=faults[0].sentence("en"))
    nulls = frozenset(str(one).strip().lower() for one in block.get("nulls", ["NULL"]))
    return FileMapping(role, str(block.get("path", "")), columns, table, nulls, str(block.get("overflow", "")))
