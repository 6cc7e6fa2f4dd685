"""Writing suppliers: who items are bought from, and on which days they work and deliver."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from promesa.access.queries import insist
from promesa.core import bulk, masters
from promesa.core.actors import Actor
from promesa.core.masters import Faults, Field, Put, Row, text
from promesa.core.verbs import verb

SUPPLIERS = (
    Field("supplier", text(40, empty=False), "text", column="code", is_key=True),
    Field("name", text(120, empty=False), "text", default="", is_needed=True),
    Field("time_zone", masters.zone, "text", default="Europe/Madrid"),
    Field("calendar", text(40), "bigint", column="calendar_id"),
    Field("active_to", masters.optional_day, "date"),
)


@verb
def put_suppliers(*, rows: Sequence[Row], by: Actor, at: datetime, keep_good: bool = False) -> Put:
    """Create or change suppliers, by code. One without a calendar works and delivers every day.

    :raises Invalid: with all faults, unless `keep_good`: then the good rows are written and the faults returned.
    :raises NotAllowed: without the right to change items.
    """
    insist(by, "change_item")
    faults = Faults()
    read = masters.read_rows(rows, SUPPLIERS, faults)
    stored = dict.fromkeys(bulk.rows("SELECT code FROM catalog_supplier"), True)
    masters.check_needed(read, SUPPLIERS, stored, faults)
    calendars = dict(bulk.rows("SELECT code, id FROM core_calendar ORDER BY code, version"))
    masters.replace_references(read, "calendar", calendars, faults, what="calendar")
    faults.settle(read, keep_good=keep_good)
    done = masters.upsert(table="catalog_supplier", fields=SUPPLIERS, read=read)
    return Put(len(rows), done.created, done.changed, faults.found, done.ids)
