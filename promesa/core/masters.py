"""Master rows, however they come (a file, the API, the demo): read strictly, all faults at once, written as a set.

A row is a mapping of field to value: typed, or text as files have it (decimal point, ISO days; whoever reads a file
in another notation translates first). A field that a row does not have keeps what is stored, or gets its default.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any
from zoneinfo import available_timezones

from babel import Locale

from promesa.core import bulk, identifiers, words
from promesa.core.errors import Invalid, Refused, Stale

Row = Mapping[str, Any]
MOST_ROWS = 200_000


class AlreadyThere(Refused):
    """There is one with this number; change that one instead."""


class Unusable(Exception):
    """A value that a field cannot take: the code of the sentence, and what would be right."""

    def __init__(self, code: str, **params: Any) -> None:
        self.code = code
        self.params = params
        super().__init__(code)


class Told:
    """Stands in a row for a value whose fault was told already by whoever read the file it comes from."""


TOLD = Told()
Reader = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a master: how it is read, how the database holds it, what it is when nothing was ever said."""

    name: str
    read: Reader
    sql: str
    default: Any = None
    column: str = ""
    is_needed: bool = False  # to create
    is_key: bool = False

    @property
    def stored(self) -> str:
        return self.column or self.name


@dataclass(frozen=True, slots=True)
class Put:
    """What became of rows: how many came, were created or changed, and which were refused and why."""

    rows: int = 0
    created: int = 0
    changed: int = 0
    rejected: list[dict[str, Any]] = field(default_factory=list)
    ids: dict[tuple[Any, ...], int] = field(default_factory=dict)  # of what was created or changed, by key
    noted: list[dict[str, Any]] = field(
        default_factory=list
    )  # what was written and should be looked at, told as faults are

    def __add__(self, other: Put) -> Put:
        return Put(
            self.rows + other.rows, self.created + other.created, self.changed + other.changed,
            self.rejected + other.rejected, self.ids | other.ids, self.noted + other.noted,
        )  # fmt: skip


class Faults:
    """The faults of all rows, gathered so that a file is mended in one go. Rows count from 1."""

    def __init__(self) -> None:
        self.found: list[dict[str, Any]] = []
        self.rows: set[int] = set()
        self._fields: set[tuple[int, str]] = set()

    def add(self, row: int, name: str, code: str, received: Any = "", **params: Any) -> None:
        shown = "" if received is None else str(received)[:100]
        sentence = words.both(code, {"field": name, "received": shown, **params})
        self.mark(row, name)
        self.found.append({"row": row, "field": name, "code": code, "received": shown, "sentence": sentence})

    def mark(self, row: int, name: str) -> None:
        """A field of a row is wrong, and somebody said so already."""
        self.rows.add(row)
        self._fields.add((row, name))

    def has(self, row: int, name: str) -> bool:
        """Whether a field of a row was found wrong: then nothing more is said of it."""
        return (row, name) in self._fields

    def settle(self, read: dict[int, dict[str, Any]] | None = None, *, keep_good: bool) -> None:
        """Refuse everything, unless the good rows are to be kept: then those with a fault leave `read`.

        :raises Invalid: with all faults.
        """
        if self.found and not keep_good:
            raise Invalid(errors=self.found)
        if read is not None:
            for place in self.rows:
                read.pop(place, None)


def read_rows(rows: Sequence[Row], fields: Sequence[Field], faults: Faults) -> dict[int, dict[str, Any]]:
    """The rows as the database takes them, by their place from 1.

    A row with a fault stays, without the field that is wrong (a key is None), so that whoever checks further tells all
    that is wrong with it; `Faults.settle` takes it out before anything is written.
    """
    known = {one.name: one for one in fields}
    keys = [one.name for one in fields if one.is_key]
    read: dict[int, dict[str, Any]] = {}
    seen: dict[tuple[Any, ...], int] = {}
    for place, row in enumerate(rows, start=1):
        clean = _read_row(place, row, known, faults)
        for name in keys:
            if name not in clean and known[name].default is None and not faults.has(place, name):
                faults.add(place, name, "field_missing")
            if name not in clean:
                clean[name] = None if faults.has(place, name) else known[name].default
        read[place] = clean
        if any(faults.has(place, name) for name in keys):
            continue
        key = tuple(clean[name] for name in keys)
        if key in seen:
            faults.add(place, keys[-1], "row_repeated", key[-1], first=seen[key])
        seen.setdefault(key, place)
    return read


def _read_row(place: int, row: Row, known: Mapping[str, Field], faults: Faults) -> dict[str, Any]:
    clean: dict[str, Any] = {}
    for name, value in row.items():
        if value is TOLD:
            faults.mark(place, name)
            continue
        one = known.get(name)
        if one is None:
            faults.add(place, str(name)[:60], "field_unknown", value)
            continue
        try:
            clean[name] = one.read(value)
        except Unusable as unusable:
            faults.add(place, name, unusable.code, value, **unusable.params)
    return clean


def replace_references(
    read: dict[int, dict[str, Any]], name: str, known: Mapping[Any, int], faults: Faults, *, what: str
) -> None:
    """Put ids where codes stand; a code that nobody knows is a fault of its row."""
    for place, clean in read.items():
        code = clean.get(name)
        if code in (None, ""):
            if name in clean:
                clean[name] = None
        elif code in known:
            clean[name] = known[code]
        else:
            faults.add(place, name, "reference_unknown", code, what=what)
            clean[name] = None


def check_needed(
    read: dict[int, dict[str, Any]], fields: Sequence[Field], existing: Mapping[Any, Any], faults: Faults
) -> None:
    """What is new must have its needed fields. `existing` has the keys (tuples) that are stored already.

    A row whose key is wrong is taken as new: what it lacks would otherwise come out only when the key is right.
    """
    keys = [one.name for one in fields if one.is_key]
    needed = [one.name for one in fields if one.is_needed and not one.is_key]
    for place, clean in read.items():
        if tuple(clean[name] for name in keys) in existing:
            continue
        for name in needed:
            if clean.get(name) in (None, "") and not faults.has(place, name):
                faults.add(place, name, "field_missing")


def check_taken(
    read: dict[int, dict[str, Any]], name: str, owners: Mapping[Any, Any], key: str, faults: Faults, *, scope: str = ""
) -> None:
    """A value that must be one thing's alone: not another row's, not another stored thing's."""
    holders: dict[Any, Any] = {}
    for place, clean in read.items():
        value = clean.get(name)
        if not value or clean[key] is None or (scope and clean.get(scope) is None):
            continue
        mark = (clean.get(scope), value) if scope else value
        owner = owners.get(mark, holders.get(mark))
        if owner is not None and owner != clean[key]:
            faults.add(place, name, "value_taken", value, owner=owner)
        else:
            holders[mark] = clean[key]


def check_versions(read: Mapping[int, Row], existing: Mapping[Any, tuple[int, int]], key: str) -> None:
    """Refuse to overwrite what somebody changed meanwhile. `existing` gives id and version by key.

    :raises Stale: if a row carries a version that is not the stored one.
    """
    for clean in read.values():
        stored = existing.get((clean[key],))
        if clean.get("version") is not None and stored is not None and clean["version"] != stored[1]:
            raise Stale(str(clean[key]), version=stored[1])


def ids_of(table: str, column: str, values: Iterable[Any]) -> dict[Any, int]:
    """Ids by a unique column. Table and column are names from the code."""
    wanted = sorted({value for value in values if value})
    if not wanted:
        return {}
    return dict(bulk.rows(f"SELECT {column}, id FROM {table} WHERE {column} = ANY(%s)", [wanted]))


def upsert(*, table: str, fields: Sequence[Field], read: Mapping[int, Row], versioned: bool = False) -> Put:
    """Write the rows: create what is new, change what differs, leave the rest alone. One statement a set of fields."""
    done = Put()
    groups: dict[tuple[str, ...], list[Row]] = {}
    for clean in read.values():
        groups.setdefault(tuple(one.name for one in fields if one.name in clean), []).append(clean)
    for given, rows in groups.items():
        done += _upsert(table, fields, set(given), rows, versioned)
    return done


def _upsert(table: str, fields: Sequence[Field], given: set[str], rows: Sequence[Row], versioned: bool) -> Put:
    keys = [one.stored for one in fields if one.is_key]
    told = [one.stored for one in fields if one.name in given and not one.is_key]
    columns = [one.stored for one in fields]
    set_to = [f"{name} = excluded.{name}" for name in told] + (["version = t.version + 1"] if versioned else [])
    differs = " OR ".join(f"t.{name} IS DISTINCT FROM excluded.{name}" for name in told)
    action = f"DO UPDATE SET {', '.join(set_to)} WHERE {differs}" if told else "DO NOTHING"
    names = ", ".join(columns)
    shape = ", ".join(f"{one.stored} {one.sql}" for one in fields)
    sql = f"""INSERT INTO {table} AS t ({names}{", version" if versioned else ""})
              SELECT {names}{", 1" if versioned else ""} FROM json_to_recordset(%s::json) AS r({shape})
              ON CONFLICT ({", ".join(keys)}) {action}
              RETURNING id, (xmax = 0), {", ".join(keys)}"""
    records = [{one.stored: row.get(one.name, one.default) for one in fields} for row in rows]
    found = bulk.rows(sql, [bulk.as_json(records)])
    created = sum(1 for _, is_new, *_ in found if is_new)
    return Put(
        rows=len(rows), created=created, changed=len(found) - created, ids={tuple(key): id_ for id_, _, *key in found}
    )


# --- How values are read -------------------------------------------------------------------------------------------

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")
_DECIMAL = re.compile(r"[+-]?[0-9]{1,30}(\.[0-9]{1,20})?", re.ASCII)
_TRUE = frozenset({"true", "1", "yes", "y", "si", "sí", "s", "x"})
_FALSE = frozenset({"false", "0", "no", "n", ""})


def text(most: int, *, empty: bool = True) -> Reader:
    """Text of at most so many characters, without blanks around it."""

    def read(value: Any) -> str:
        if value is None:
            value = ""
        if isinstance(value, bool | float | dict | list | tuple) or not isinstance(value, str | int | Decimal):
            raise Unusable("not_text")
        written = str(value).strip()
        if _CONTROL.search(written):
            raise Unusable("not_text")
        if len(written) > most:
            raise Unusable("text_too_long", most=most)
        if not written and not empty:
            raise Unusable("field_missing")
        return written

    return read


def decimal(places: int, *, least: str | None = "0", below: str = "1e12", optional: bool = False) -> Reader:
    """An exact number. What has more decimals than are kept is refused, never rounded in silence."""
    low, high = None if least is None else Decimal(least), Decimal(below)

    def read(value: Any) -> Decimal | None:
        if value is None or value == "":
            if optional:
                return None
            raise Unusable("field_missing")
        number = _exact(value)
        if number >= high or number <= -high or (low is not None and number < low):
            raise Unusable("out_of_range", least=least or "", below=str(high.to_integral_value()))
        if int(number.normalize().as_tuple().exponent) < -places:
            raise Unusable("too_many_decimals", places=places)
        return number

    return read


def _exact(value: Any) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        raise Unusable("not_a_number")
    if isinstance(value, str) and not _DECIMAL.fullmatch(value.strip()):
        raise Unusable("not_a_number")
    try:
        number = Decimal(value.strip() if isinstance(value, str) else value)
    except InvalidOperation:
        raise Unusable("not_a_number") from None
    if not number.is_finite() or number.adjusted() > 30:
        raise Unusable("not_a_number")
    return number


def whole(*, least: int = 0, most: int = 32_767) -> Reader:
    """A whole number."""

    def read(value: Any) -> int:
        if value is None or value == "":
            raise Unusable("field_missing")
        number = _exact(value)
        if number != number.to_integral_value() or not least <= number <= most:
            raise Unusable("not_whole", least=least, most=most)
        return int(number)

    return read


def yes_no(value: Any) -> bool:
    """True or false, as people and files write it."""
    if isinstance(value, bool):
        return value
    written = str(value).strip().lower() if isinstance(value, str | int) else "?"
    if written in _TRUE:
        return True
    if written in _FALSE:
        return False
    raise Unusable("not_yes_no")


def day(value: Any) -> date:
    """A day as YYYY-MM-DD."""
    found = optional_day(value)
    if found is None:
        raise Unusable("field_missing")
    return found


def optional_day(value: Any) -> date | None:
    """A day as YYYY-MM-DD, or none."""
    if value is None or value == "":
        return None
    if type(value) is date:
        return value
    try:
        found = date.fromisoformat(value.strip()) if isinstance(value, str) and len(value.strip()) == 10 else None
    except ValueError:
        found = None
    if found is None or not 1900 <= found.year <= 2199:
        raise Unusable("not_a_day")
    return found


def one_of(*choices: str) -> Reader:
    """One of a few words."""

    def read(value: Any) -> str:
        if not isinstance(value, str) or value.strip() not in choices:
            raise Unusable("not_one_of", right=", ".join(choices))
        return value.strip()

    return read


def letters(count: int) -> Reader:
    """A code of so many capital letters: a currency, a country."""

    def read(value: Any) -> str:
        written = value.strip() if isinstance(value, str) else ""
        if not (len(written) == count and written.isascii() and written.isalpha() and written.isupper()):
            raise Unusable("not_letters", count=count)
        return written

    return read


@lru_cache(maxsize=1)
def _countries() -> frozenset[str]:
    """Codes of two letters that stand for a country or a part of one; XI is Northern Ireland's in matters of VAT."""
    known = {str(code) for code in Locale("en").territories if len(str(code)) == 2}
    return frozenset(known - {"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"} | {"XI"})


def country(value: Any) -> str:
    """A country by its code of two capital letters."""
    written: str = letters(2)(value)
    if written not in _countries():
        raise Unusable("not_a_country")
    return written


@lru_cache(maxsize=1)
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def zone(value: Any) -> str:
    """A time zone by its IANA name."""
    if not isinstance(value, str) or value.strip() not in _zones():
        raise Unusable("not_a_zone")
    return value.strip()


def gln(value: Any) -> str:
    """A location number with the right check digit, or nothing."""
    written: str = text(13)(value)
    if written and not identifiers.is_gln(written):
        raise Unusable("bad_check_digit", right=identifiers.with_check_digit(written) or "")
    return written


def gtin(value: Any) -> str:
    """A trade item number with the right check digit, padded to 14, or nothing."""
    written: str = text(14)(value)
    if written and not identifiers.is_gtin(written):
        raise Unusable("bad_check_digit", right=identifiers.with_check_digit(written) or "")
    return identifiers.pad_gtin(written) if written else ""


words.register(
    {
        "already_there": (
            "Ya existe {what}. Cámbielo en lugar de crearlo.",
            "There is {what} already. Change it instead of creating it.",
        ),
        "field_missing": ("Falta {field}.", "{field} is missing."),
        "field_unknown": ("No hay ningún campo {field}.", "There is no field {field}."),
        "row_repeated": ("Repite la fila {first}.", "Repeats row {first}."),
        "reference_unknown": (
            "No existe {what} {received}. Dé de alta lo que falta o corrija el código.",
            "There is no {what} {received}. Create what is missing or correct the code.",
        ),
        "value_taken": ("{received} ya es de {owner}.", "{received} belongs to {owner} already."),
        "not_text": ("No es un texto que se pueda guardar.", "This is no text that can be kept."),
        "text_too_long": ("Admite hasta {most} caracteres.", "Takes at most {most} characters."),
        "not_a_number": (
            "«{received}» no es un número con punto decimal, como 12.5.",
            "“{received}” is no number with a decimal point, such as 12.5.",
        ),
        "out_of_range": (
            "Ha de ser desde {least} y menor que {below}.",
            "It must be from {least} and less than {below}.",
        ),
        "too_many_decimals": ("Admite hasta {places} decimales.", "Takes at most {places} decimals."),
        "not_whole": ("Ha de ser un entero de {least} a {most}.", "It must be a whole number from {least} to {most}."),
        "not_yes_no": ("Escriba sí o no.", "Write yes or no."),
        "not_a_day": (
            "«{received}» no es una fecha como 2026-03-02.",
            "“{received}” is no day such as 2026-03-02.",
        ),
        "not_one_of": ("Ha de ser uno de: {right}.", "It must be one of: {right}."),
        "not_letters": ("Han de ser {count} letras mayúsculas.", "It must be {count} capital letters."),
        "not_a_country": (
            "«{received}» no es el código de ningún país, como ES o PT.",
            "“{received}” is no country's code, such as ES or PT.",
        ),
        "not_a_zone": (
            "«{received}» no es una zona horaria como Europe/Madrid.",
            "“{received}” is no time zone such as Europe/Madrid.",
        ),
        "ends_before_it_begins": ("Acaba antes de empezar.", "It ends before it begins."),
        "not_packs": (
            "Cada envase lleva level (each, case, layer o pallet), unit_code, numerator y, si acaso, denominator y gtin.",
            "Each pack has level (each, case, layer or pallet), unit_code, numerator and, if need be, denominator and gtin.",
        ),
        "not_windows": (
            "Escriba los horarios así: 0-4 08:00-14:00; 5 09:00-12:00 (0 es lunes).",
            "Write the windows like this: 0-4 08:00-14:00; 5 09:00-12:00 (0 is Monday).",
        ),
        "bad_check_digit": (
            "El dígito de control de {received} no cuadra; sería {right}.",
            "The check digit of {received} is wrong; it would be {right}.",
        ),
    }
)
