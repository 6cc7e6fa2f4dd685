"""Writing calendars: a changed one becomes a new version, so that yesterday's judgement keeps its days."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from promesa.core import bulk, calendar_store, masters, words
from promesa.core.actors import Actor
from promesa.core.masters import Faults, Field, Put, Row, Unusable, text
from promesa.core.verbs import verb

_WEEKDAYS = re.compile(r"[0-6]+")


def weekdays(value: Any) -> str:
    """Open weekdays as digits, 0 is Monday: 01234 for the working week."""
    written = re.sub(r"[ ,;-]", "", str(value).strip())
    if not _WEEKDAYS.fullmatch(written):
        raise Unusable("not_weekdays")
    return "".join(sorted(set(written)))


_FIELDS = (
    Field("code", text(40, empty=False), "text", is_key=True),
    Field("name", text(120), "text", default=""),
    Field("open_weekdays", weekdays, "text", default="01234"),
    Field("day", masters.optional_day, "date", default="", is_key=True),
    Field("holiday", text(120), "text", default=""),
)


@dataclass(slots=True)
class _Wanted:
    name: str = ""
    open_weekdays: str = ""
    holidays: dict[date, str] = field(default_factory=dict)


@verb
def put_calendars(*, rows: Sequence[Row], by: Actor, at: datetime, keep_good: bool = False) -> Put:
    """Create or change calendars, by code: a row a holiday (`day`, `holiday`), or one with `open_weekdays` alone.

    Holidays are added to those that stand. What differs from the newest version becomes the next one; sites,
    warehouses and suppliers that use the calendar move to it.

    :raises Invalid: with all faults, unless `keep_good`.
    """
    faults = Faults()
    read = masters.read_rows(rows, _FIELDS, faults)
    faults.settle(read, keep_good=keep_good)
    wanted: dict[str, _Wanted] = {}
    for clean in read.values():
        one = wanted.setdefault(clean["code"], _Wanted())
        one.name = clean.get("name") or one.name
        one.open_weekdays = clean.get("open_weekdays") or one.open_weekdays
        if clean.get("day"):
            one.holidays[clean["day"]] = clean.get("holiday") or ""
    created = changed = 0
    ids: dict[tuple[Any, ...], int] = {}
    for code, one in sorted(wanted.items()):
        was_new, calendar_id = _put(code, one)
        created += was_new is True
        changed += was_new is False
        if calendar_id is not None:
            ids[(code,)] = calendar_id
    calendar_store.forget()
    return Put(len(rows), created, changed, faults.found, ids)


def _put(code: str, one: _Wanted) -> tuple[bool | None, int | None]:
    """True and the id when it is new, False and the id when it is the next version, None when nothing differs."""
    last = bulk.row(
        "SELECT id, version, name, open_weekdays FROM core_calendar WHERE code = %s ORDER BY version DESC LIMIT 1 FOR UPDATE",
        [code],
    )
    holidays = dict(bulk.rows("SELECT day, name FROM core_holiday WHERE calendar_id = %s", [last[0]])) if last else {}
    days = holidays | {day: said or holidays.get(day) or code for day, said in one.holidays.items()}
    name = one.name or (last[2] if last else code)
    open_weekdays = one.open_weekdays or (last[3] if last else "01234")
    if last and days == holidays and name == last[2] and open_weekdays == last[3]:
        return None, None
    made = bulk.row(
        "INSERT INTO core_calendar (code, version, name, open_weekdays) VALUES (%s, %s, %s, %s) RETURNING id",
        [code, last[1] + 1 if last else 1, name, open_weekdays],
    )
    assert made is not None
    records = [{"d": day, "n": said} for day, said in sorted(days.items())]
    bulk.run(
        """INSERT INTO core_holiday (calendar_id, day, name)
           SELECT %s, d, n FROM json_to_recordset(%s::json) AS r(d date, n text)""",
        [made[0], bulk.as_json(records)],
    )
    if last:
        for table in ("customers_site", "inventory_warehouse", "catalog_supplier"):
            bulk.run(f"UPDATE {table} SET calendar_id = %s WHERE calendar_id = %s", [made[0], last[0]])
    return last is None, made[0]


words.register(
    {
        "not_weekdays": (
            "Escriba los días abiertos así: 01234 (0 es lunes).",
            "Write the open days like this: 01234 (0 is Monday).",
        ),
        "not_an_hour": ("Escriba la hora así: 14:00.", "Write the hour like this: 14:00."),
    }
)
