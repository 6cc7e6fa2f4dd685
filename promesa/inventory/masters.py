"""Writing warehouses as sets."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time
from typing import Any

from promesa.core import bulk, masters
from promesa.core.actors import Actor
from promesa.core.masters import Faults, Field, Put, Row, Unusable, text, yes_no
from promesa.core.verbs import verb


def hour(value: Any) -> time:
    """An hour of the day such as 14:00."""
    if isinstance(value, time):
        return value
    try:
        return time.fromisoformat(str(value).strip().zfill(5))
    except ValueError:
        raise Unusable("not_an_hour") from None


WAREHOUSES = (
    Field("code", text(20, empty=False), "text", is_key=True),
    Field("name", text(120, empty=False), "text", default="", is_needed=True),
    Field("time_zone", masters.zone, "text", default="Europe/Madrid"),
    Field("calendar", text(40), "bigint", column="calendar_id"),
    Field("cut_off", hour, "time", default=time(14)),
    Field("ships_at", hour, "time", default=time(17)),
    Field("is_default", yes_no, "boolean", default=False),
)


@verb
def put_warehouses(*, rows: Sequence[Row], by: Actor, at: datetime, keep_good: bool = False) -> Put:
    """Create or change warehouses, by code. The first one becomes the default; naming another takes its place.

    :raises Invalid: with all faults, unless `keep_good`.
    """
    faults = Faults()
    read = masters.read_rows(rows, WAREHOUSES, faults)
    stored = dict(bulk.rows("SELECT code, is_default FROM inventory_warehouse ORDER BY id FOR UPDATE"))
    masters.check_needed(read, WAREHOUSES, {(code,): True for code in stored}, faults)
    calendars = dict(bulk.rows("SELECT code, id FROM core_calendar ORDER BY code, version"))
    masters.replace_references(read, "calendar", calendars, faults, what="calendar")
    faults.settle(read, keep_good=keep_good)
    chosen = next((clean["code"] for clean in reversed(read.values()) if clean.get("is_default")), None)
    if chosen is None and not any(stored.values()):
        chosen = next((clean["code"] for clean in read.values()), None)
    if chosen is not None:
        bulk.run("UPDATE inventory_warehouse SET is_default = false WHERE is_default AND code <> %s", [chosen])
        for clean in read.values():
            clean["is_default"] = clean["code"] == chosen
    done = masters.upsert(table="inventory_warehouse", fields=WAREHOUSES, read=read)
    return Put(len(rows), done.created, done.changed, faults.found, done.ids)
