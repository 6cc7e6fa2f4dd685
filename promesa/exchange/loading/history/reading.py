"""Orders of the past from tables: masters first, then orders with their lines, each row that cannot be used listed."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from promesa.core import money
from promesa.core.actors import Actor
from promesa.core.calendars import end_of_day, moment_at, start_of_day
from promesa.exchange.loading.history.mapping import FLAT, HistoryMapping
from promesa.exchange.loading.history.masters import (
    Address,
    put_bare_customers,
    put_bare_items,
    put_customer_sheets,
    put_item_sheets,
    put_places,
    put_stock_sheets,
)
from promesa.exchange.loading.history.sheets import Sheet, read_sheets, texts
from promesa.exchange.loading.stock import warehouse_ids
from promesa.exchange.loading.tables import Loaded
from promesa.orders.operations.history import PastEntry, PastLine, PastOrder, record_history
from promesa.orders.states import EntryKind

SLICE = 2_000
LONGEST_NUMBER = 20
NOON = time(12)
ZERO = Decimal(0)
_DATED = ("requested_on", "promised_on", "shipped_on", "delivered_on")


@dataclass(slots=True)
class HistoryLoaded:
    """What became of a history: each file, the orders written now, and those that were there already."""

    files: list[Loaded] = field(default_factory=list)
    orders: int = 0
    lines: int = 0
    unchanged: int = 0
    order_ids: list[int] = field(default_factory=list)

    @property
    def rejected(self) -> int:
        return sum(len(one.rejected) for one in self.files)

    def as_json(self) -> dict[str, Any]:
        return {
            "files": [one.as_json() for one in self.files], "orders": self.orders, "lines": self.lines,
            "unchanged": self.unchanged, "rejected": self.rejected,
        }  # fmt: skip


@dataclass(slots=True)
class _Gathered:
    """An order while its rows are gathered."""

    sheet: Sheet
    place: int
    head: dict[str, Any]
    lines: list[tuple[Sheet, int, dict[str, Any]]] = field(default_factory=list)


def load_history(
    *, files: Sequence[tuple[str, bytes]], mapping: HistoryMapping, by: Actor, at: datetime
) -> HistoryLoaded:
    """Load customers, items, stock and orders of the past by a mapping. Loading the same again changes nothing.

    Orders are written with their requested windows, promises and ledger as of their own days: no checks, claims, stock
    moves, invoices or events. Whoever calls judges them next (`results`), by the ids that are returned.
    """
    sheets = read_sheets(files, mapping.files)
    of = {role: [one for one in sheets if one.role == role] for role in ("customers", "items", "stock")}
    put_customer_sheets(of["customers"], mapping, by, at)
    put_item_sheets(of["items"], mapping, by, at)
    put_stock_sheets(of["stock"], mapping, by, at)
    loaded = HistoryLoaded(files=[one.loaded for one in sheets])
    gathered = _gather(sheets)
    for start in range(0, len(gathered), SLICE):
        _write(gathered[start : start + SLICE], mapping, loaded, by, at)
    for one in loaded.files:
        one.rejected.sort(key=lambda fault: (fault["row"] or 0, fault["field"] or ""))
    return loaded


def _gather(sheets: Sequence[Sheet]) -> list[_Gathered]:
    """Orders with the rows of their lines, by the order's number."""
    orders: dict[str, _Gathered] = {}
    for sheet in (one for one in sheets if one.role in ("orders", FLAT)):
        for place, values in list(sheet.rows()):
            number = values.get("order", "")
            missing = next((name for name in ("order", "customer", "ordered_on") if name not in values), None)
            if missing is not None:
                sheet.set_aside(place, missing, "", "field_missing")
                continue
            if sheet.role == FLAT:
                orders.setdefault(number, _Gathered(sheet, place, values)).lines.append((sheet, place, values))
            elif number in orders:
                sheet.set_aside(
                    place, "order", number, "row_repeated", first=orders[number].sheet.numbers[orders[number].place]
                )
            else:
                orders[number] = _Gathered(sheet, place, values)
    for sheet in (one for one in sheets if one.role == "lines"):
        for place, values in list(sheet.rows()):
            order = orders.get(values.get("order", ""))
            if order is None:
                sheet.set_aside(place, "order", values.get("order"), "order_set_aside")
            else:
                order.lines.append((sheet, place, values))
    return list(orders.values())


def _write(
    gathered: Sequence[_Gathered], mapping: HistoryMapping, loaded: HistoryLoaded, by: Actor, at: datetime
) -> None:
    """One slice of orders: what they name first, then the orders themselves."""
    buyers = put_bare_customers(
        {one.head["customer"]: one.head.get("ship_to_name", "") for one in gathered}, mapping, by, at
    )
    named = {
        values["item"]: values.get("item_name", "")
        for one in gathered
        for _, _, values in one.lines
        if "item" in values
    }
    items = put_bare_items(named, by, at)
    addresses = [(one.head["customer"], Address.of(one.head, "ship_to_")) for one in gathered]
    places = put_places(addresses, mapping, by, at)
    warehouse = warehouse_ids(by, at).get("")
    past: list[PastOrder] = []
    by_number: dict[str, _Gathered] = {}
    for one, (customer, address) in zip(gathered, addresses, strict=True):
        if customer not in buyers:
            one.sheet.set_aside(one.place, "customer", customer, "reference_unknown", what="customer")
            continue
        lines = tuple(line for row in one.lines if (line := _line(one, *row, items, mapping)) is not None)
        site = places.get((customer, address.key)) or places.get((customer, ("", "", "")))
        order = _order(one, lines, buyers[customer], site, warehouse, mapping)
        past.append(order)
        by_number[order.number] = one
    written = record_history(orders=past, by=by, at=at)
    _tell(written.ids, written.known, written.taken, past, by_number, loaded)


def _tell(
    ids: Mapping[str, int],
    known: Mapping[str, int],
    taken: frozenset[str],
    past: Sequence[PastOrder],
    by_number: Mapping[str, _Gathered],
    loaded: HistoryLoaded,
) -> None:
    for order in past:
        one = by_number[order.number]
        if order.number in ids:
            loaded.orders += 1
            loaded.lines += len(order.lines)
            one.sheet.loaded.created += 1
            for sheet in {id(sheet): sheet for sheet, _, _ in one.lines}.values():
                if sheet is not one.sheet:
                    sheet.loaded.created += sum(
                        1 for other, place, _ in one.lines if other is sheet and place not in sheet.bad
                    )
        elif order.number in taken:
            one.sheet.set_aside(one.place, "order", order.number, "number_taken")
        elif order.number in known:
            loaded.unchanged += 1
    loaded.order_ids += [*ids.values(), *known.values()]


# --- One order -----------------------------------------------------------------------------------------------------


def _order(
    one: _Gathered,
    lines: tuple[PastLine, ...],
    customer_id: int,
    site_id: int | None,
    warehouse_id: int | None,
    mapping: HistoryMapping,
) -> PastOrder:
    head, zone = one.head, mapping.time_zone
    return PastOrder(
        number=number_of(head["order"]),
        customer_id=customer_id,
        ship_to_id=site_id,
        warehouse_id=warehouse_id,
        ordered_at=start_of_day(head["ordered_on"], zone),
        currency=str(head.get("currency", mapping.currency))[:3].upper(),
        lines=lines,
        po_number=str(head.get("po_number", head["order"]))[:60],
        requested=day_window(head.get("requested_on"), zone)
        if one.sheet.role != FLAT or _alike(one, "requested_on")
        else None,
        note="\n".join(f"{name}: {head[name]}" for name in ("carrier", "freight", "note", "reason") if name in head),
    )


def number_of(key: str) -> str:
    """The order's number: their own, if it fits and cannot be taken for one of ours; else a short name of it."""
    if len(key) <= LONGEST_NUMBER and not key.startswith("P-"):
        return key
    return "H-" + hashlib.sha256(key.encode()).hexdigest()[: LONGEST_NUMBER - 2]


def _alike(one: _Gathered, name: str) -> bool:
    return len({values.get(name) for _, _, values in one.lines}) == 1


def day_window(day: date | None, zone: str) -> tuple[datetime, datetime] | None:
    """A whole local day as moments."""
    return None if day is None else (start_of_day(day, zone), end_of_day(day, zone))


def _line(
    one: _Gathered, sheet: Sheet, place: int, values: dict[str, Any], items: Mapping[str, int], mapping: HistoryMapping
) -> PastLine | None:
    """A line of the past; None when its row cannot be used, which is said."""
    item = values.get("item", "")
    quantity = values.get("quantity_ordered")
    if item not in items:
        sheet.set_aside(place, "item", item, "reference_unknown", what="item")
        return None
    if quantity is None or quantity <= 0:
        sheet.set_aside(place, "quantity_ordered", quantity, "out_of_range", least="0.000001", below=10**12)
        return None
    days = {name: values.get(name, None if sheet.role == FLAT else one.head.get(name)) for name in _DATED}
    price, net = _price(values, quantity, mapping)
    own_request = (sheet.role == FLAT and not _alike(one, "requested_on")) or (
        sheet.role == "lines" and "requested_on" in values
    )
    zone = mapping.time_zone
    return PastLine(
        item_id=items[item],
        quantity=quantity,
        price=price,
        net=net,
        received={name: str(value) for name, value in {
            "line": values.get("line", ""), "sku": item, "text": values.get("item_name", ""), "quantity": quantity,
            "price": values.get("price", ""), **texts(values, "supplier", "cost"),
        }.items() if value != ""},
        entries=tuple(_entries(values, quantity, days, zone)),
        promised=day_window(days["promised_on"], zone),
        requested=day_window(days["requested_on"], zone) if own_request else None,
    )  # fmt: skip


def _price(values: Mapping[str, Any], quantity: Decimal, mapping: HistoryMapping) -> tuple[Decimal | None, Decimal]:
    """Net price of one unit after discount (a share such as 0.15, or per cent above 1), and the line's amount."""
    price, amount = values.get("price"), values.get("amount")
    discount = values.get("discount", ZERO)
    if discount > 1:
        discount /= 100
    if price is None and amount is not None:
        price = amount / quantity
    if price is None:
        return None, ZERO
    net_price = (price * (1 - discount)).quantize(Decimal("0.000001"))
    return net_price, money.round_money(
        amount if amount is not None else price * (1 - discount) * quantity, mapping.currency
    )


def _entries(
    values: Mapping[str, Any], quantity: Decimal, days: Mapping[str, date | None], zone: str
) -> list[PastEntry]:
    """What left, what was taken and what came back, each on its day."""
    shipped, delivered = days["shipped_on"], days["delivered_on"]
    if shipped is None and delivered is None:
        return []
    moved = values.get("quantity_delivered", quantity)
    taken = min(moved, quantity) if delivered is not None else ZERO
    entries = []
    if moved > 0:
        left = shipped if shipped is not None else delivered
        assert left is not None
        entries.append(PastEntry(EntryKind.DESPATCHED, moved, moment_at(left, NOON, zone)))
    if taken > 0 and delivered is not None:
        entries.append(PastEntry(EntryKind.ACCEPTED, taken, moment_at(delivered, NOON, zone)))
        returned = min(values.get("returned_quantity", ZERO), taken)
        if returned > 0:
            entries.append(
                PastEntry(EntryKind.RETURNED, returned, moment_at(delivered, NOON, zone), values.get("reason", ""))
            )
    return entries
