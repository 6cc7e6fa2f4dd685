"""A master file as rows: numbers and days read, every fault with its row, its field and what was received."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from promesa.core import words
from promesa.core.masters import TOLD
from promesa.exchange.formats import tabular
from promesa.exchange.formats.neutral import Fault
from promesa.exchange.loading.countries import country_code
from promesa.exchange.loading.headings import Role, meanings_of, role_of

NULLS = frozenset({"null", "n/a", "#n/a", "none"})


@dataclass(slots=True)
class Loaded:
    """What became of a file, in the shape of the contracts."""

    file: str
    role: str = ""
    rows: int = 0
    created: int = 0
    changed: int = 0
    rejected: list[dict[str, Any]] = field(default_factory=list)
    noted: list[dict[str, Any]] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        return {
            "file": self.file, "role": self.role or None, "rows": self.rows, "created": self.created,
            "changed": self.changed, "rejected": self.rejected, **({"noted": self.noted} if self.noted else {}),
        }  # fmt: skip


@dataclass(slots=True)
class Rows:
    """The rows of a file that could be read: their number in the file and their fields."""

    loaded: Loaded
    role: Role | None
    numbers: list[int] = field(default_factory=list)
    values: list[dict[str, Any]] = field(default_factory=list)


def read_master(
    content: bytes, *, filename: str, role: Role | None = None, usual: Mapping[str, str] | None = None
) -> Rows:
    """Read a file as the rows of one role, which is found out from its name and headings when it is not said. What is
    `usual` stands in every row instead of what the file says there."""
    loaded = Loaded(filename)
    first = tabular.read_rows(content, filename=filename, meanings=meanings_of(role))
    found = role or role_of(first.headers, filename)
    if found is None:
        seen = next((one.received for one in first.faults if one.code == "header_not_found"), None)
        _reject_file(loaded, first, "role_unknown", seen or ", ".join(first.headers[:12]))
        return Rows(loaded, None)
    loaded.role = found.name
    if not first.headers and any(one.blocking and one.code != "header_not_found" for one in first.faults):
        _reject_file(loaded, first, "", "")  # empty, too large, not to be opened: no column is to blame
        return Rows(loaded, found)
    table = first if role is not None else tabular.read_rows(content, filename=filename, meanings=found.meaning)
    rows = Rows(loaded, found)
    columns = {name: _column(table, found, name) for name in found.words if table.has(name)}
    said = {name: value for name, value in (usual or {}).items() if name in found.words}
    missing = [name for name in found.needed if name not in columns and name not in said]
    if missing or (found.either and not set(found.either) & columns.keys()):
        for name in missing or ["/".join(found.either)]:
            loaded.rejected.append(_said(None, name, ", ".join(table.headers[:12]), "column_needed"))
        return rows
    _fill(rows, table, columns)
    for value in rows.values if said else ():
        value.update(said)
    return rows


def _column(table: tabular.Table, role: Role, name: str) -> list[Any]:
    if name in role.numbers:
        return list(table.quantities(name))
    if name in role.days:
        return list(table.dates(name))
    texts = table.texts(name)
    if name == "country":
        return [country_code(text) if len(text) != 2 else text.upper() for text in texts]
    return ["" if text.lower() in NULLS else text for text in texts]


def _fill(rows: Rows, table: tabular.Table, columns: dict[str, list[Any]]) -> None:
    """The rows, their empty cells left out: what is empty keeps what is stored.

    A cell that cannot be read is told here and stands as TOLD, so that the rest of its row is checked in the same go; a
    row that is wrong as a whole (its cells stand under other headings) is left out.
    """
    loaded = rows.loaded
    loaded.rows = len(table.rows)
    fields = {table.heading(name): name for name in columns}
    bad: set[int] = set()
    told: dict[int, dict[str, Any]] = {}
    for one in table.faults:
        if not one.blocking:
            continue
        loaded.rejected.append(_fault(one))
        row, name = one.params.get("row"), fields.get(one.params.get("column") or "")
        for number in table.numbers if row is None else [row]:
            if name is None:
                bad.add(number)
            else:
                told.setdefault(number, {})[name] = TOLD
    for place, number in enumerate(table.numbers):
        if number not in bad:
            rows.numbers.append(number)
            value = {name: cells[place] for name, cells in columns.items() if cells[place] not in (None, "")}
            rows.values.append(value | told.get(number, {}))


def _reject_file(loaded: Loaded, table: tabular.Table, code: str, received: str) -> None:
    faults = [one for one in table.faults if one.blocking and one.code != "header_not_found"]
    loaded.rejected.extend(_fault(one) for one in faults)
    if not faults:
        loaded.rejected.append(_said(None, "", received, code))


def _fault(one: Fault) -> dict[str, Any]:
    return {
        "row": one.params.get("row"), "field": one.params.get("column") or one.where or None, "received": one.received,
        "code": one.code, "sentence": {lang: one.sentence(lang) for lang in words.LANGUAGES},
    }  # fmt: skip


def _said(row: int | None, name: str, received: str, code: str, **params: Any) -> dict[str, Any]:
    said = {"field": name, "received": received, **params}
    return {"row": row, "field": name or None, "received": received, "code": code, "sentence": words.both(code, said)}


def reject(rows: Rows, place: int, name: str, received: str, code: str, **params: Any) -> None:
    """Refuse a row by its place in what was read (from 0)."""
    rows.loaded.rejected.append(_said(rows.numbers[place], name, received, code, **params))


def drop(rows: Rows, keep: Callable[[int, dict[str, Any]], bool]) -> None:
    """Keep only the rows that a test lets pass; the test refuses the others itself."""
    kept = [place for place, value in enumerate(rows.values) if keep(place, value)]
    rows.numbers = [rows.numbers[place] for place in kept]
    rows.values = [rows.values[place] for place in kept]


words.register(
    {
        "role_unknown": (
            "No se reconoce qué contiene el archivo por sus títulos: {received}. Dígalo con --role.",
            "What the file holds cannot be told from its headings: {received}. Say it with --role.",
        ),
        "column_needed": (
            "Falta la columna {field}. Hay: {received}.",
            "Column {field} is missing. There are: {received}.",
        ),
    }
)
