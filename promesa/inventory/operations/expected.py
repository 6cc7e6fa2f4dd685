"""Receipts as rows of a file: expected, moved or changed as a set; what comes on a day on which its supplier does not deliver
is told."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, NamedTuple

from promesa.access.queries import insist
from promesa.core import bulk, masters, words
from promesa.core.actors import Actor
from promesa.core.calendar_store import calendar
from promesa.core.calendars import local_day, moment_at
from promesa.core.masters import Faults, Field, Put, Row, text
from promesa.core.verbs import verb
from promesa.inventory.operations.receipts import (
    ReceiptPlan,
    change_receipt_quantity,
    move_receipt,
    plan_receipts,
)

COMES_AT = time(8)
RECEIPTS = (
    Field("number", text(40, empty=False), "text", is_key=True),
    Field("sku", text(60, empty=False), "bigint", is_needed=True),
    Field("warehouse", text(20), "bigint", default=""),
    Field("supplier", text(120), "text", default=""),
    Field("expected_on", masters.day, "date", is_needed=True),
    Field("quantity", masters.decimal(6, least="0.000001"), "numeric", is_needed=True),
    Field("lot", text(40), "text", default=""),
    Field("expires_on", masters.optional_day, "date"),
)


@verb
def put_receipts(*, rows: Sequence[Row], by: Actor, at: datetime, keep_good: bool = False) -> Put:
    """Expect receipts, by number, or move and change those that are expected already; promises follow. Base units; a day means
    its morning at the warehouse. What comes on a day on which its supplier does not deliver is taken in and noted.

    :raises Invalid: with all faults, unless `keep_good`: then the good rows are written and the faults returned.
    :raises NotAllowed: without the right to expect receipts.
    """
    insist(by, "plan_receipt")
    faults = Faults()
    read = masters.read_rows(rows, RECEIPTS, faults)
    known = {
        number: (state, expected_at, quantity, item)
        for number, state, expected_at, quantity, item in bulk.rows(
            """SELECT number, state, expected_at, quantity, item_id FROM inventory_receipt
               WHERE number = ANY(%s::text[]) ORDER BY id FOR UPDATE""",
            [[clean["number"] for clean in read.values() if clean["number"]]],
        )
    }
    masters.check_needed(read, RECEIPTS, {(number,): True for number in known}, faults)
    items = masters.ids_of("catalog_item", "sku", (clean.get("sku") for clean in read.values()))
    masters.replace_references(read, "sku", items, faults, what="item")
    places = {
        code: (warehouse, zone)
        for code, warehouse, zone, is_default in bulk.rows(
            "SELECT code, id, time_zone, is_default FROM inventory_warehouse ORDER BY is_default, id"
        )
        for code in ((code, "") if is_default else (code,))
    }
    for place, clean in read.items():
        if clean.get("warehouse", "") not in places:
            faults.add(place, "warehouse", "reference_unknown", clean.get("warehouse", ""), what="warehouse")
        if clean["number"] in known and known[clean["number"]][0] != "expected":
            faults.add(place, "number", "receipt_no_longer_expected", clean["number"])
    faults.settle(read, keep_good=keep_good)
    plans, changed = [], 0
    for clean in read.values():
        warehouse, zone = places[clean.get("warehouse", "")]
        if clean["number"] in known:
            changed += _change(clean, zone, *known[clean["number"]][1:3], by, at)
        else:
            plans.append(ReceiptPlan(
                clean["number"], clean["sku"], warehouse, clean["quantity"], moment_at(clean["expected_on"], COMES_AT, zone),
                clean.get("supplier", ""), clean.get("lot", ""), clean.get("expires_on"),
            ))  # fmt: skip
    created = len(plan_receipts(plans=plans, by=by, at=at))
    noted = [
        {"row": place, "field": "expected_on", "received": f"{clean['expected_on']}", "code": one.code,
         "sentence": words.both(one.code, one.params)}
        for closed in [closed_days(clean["number"] for clean in read.values())]
        for place, clean in read.items() if (one := closed.get(clean["number"])) and "expected_on" in clean
    ]  # fmt: skip
    return Put(len(rows), created, changed, faults.found, noted=noted)


def _change(
    clean: dict[str, Any], zone: str, expected_at: datetime, quantity: Decimal, by: Actor, at: datetime
) -> bool:
    changed = False
    if "expected_on" in clean and clean["expected_on"] != local_day(expected_at, zone):
        move_receipt(number=clean["number"], expected_at=moment_at(clean["expected_on"], COMES_AT, zone), by=by, at=at)
        changed = True
    if "quantity" in clean and clean["quantity"] != quantity:
        change_receipt_quantity(number=clean["number"], quantity=clean["quantity"], by=by, at=at)
        changed = True
    return changed


class ClosedDay(NamedTuple):
    """That a receipt is expected on a day on which its supplier does not deliver, and the next one on which they do."""

    supplier: str
    day: date
    next_on: date

    @property
    def code(self) -> str:
        return "receipt_on_closed_day"

    @property
    def params(self) -> dict[str, Any]:
        return {"supplier": self.supplier, "day": self.day, "next_on": self.next_on}


def closed_days(numbers: Iterable[str]) -> dict[str, ClosedDay]:
    """Of these receipts, those expected on a day that is closed in the calendar of who supplies them: the one the receipt names by
    code or name, or else the item's. One statement."""
    found: dict[str, ClosedDay] = {}
    for number, expected_at, zone, name, calendar_id, theirs in bulk.rows(
        """SELECT r.number, r.expected_at, w.time_zone, u.name, u.calendar_id, u.time_zone FROM inventory_receipt r
           JOIN inventory_warehouse w ON w.id = r.warehouse_id JOIN catalog_item i ON i.id = r.item_id
           JOIN LATERAL (SELECT s.name, s.calendar_id, s.time_zone FROM catalog_supplier s
               WHERE CASE WHEN r.supplier = '' THEN s.id = i.supplier_id ELSE r.supplier IN (s.code, s.name) END LIMIT 1) u ON true
           WHERE r.number = ANY(%s::text[]) AND r.state = 'expected' AND u.calendar_id IS NOT NULL""",
        [list(numbers)],
    ):
        days, day = calendar(calendar_id=calendar_id, zone=theirs), local_day(expected_at, zone)
        if not days.is_open(day):
            found[number] = ClosedDay(name, day, days.next_open(day))
    return found


words.register(
    {
        "receipt_on_closed_day": (
            "{supplier} no reparte el {day}. Lo primero que puede es el {next_on}: confirme la fecha.",
            "{supplier} does not deliver on {day}. The first day they can is {next_on}: check the date.",
        ),
        "receipt_no_longer_expected": (
            "La recepción {received} ya llegó o se anuló.",
            "Receipt {received} has arrived or was cancelled.",
        ),
    }
)
