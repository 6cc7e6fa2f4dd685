"""The customers, places, items and stock that a history names; what no file describes is made from its bare code."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from promesa.catalog import operations as catalog
from promesa.core import bulk
from promesa.core.actors import Actor
from promesa.core.masters import Put
from promesa.customers import operations as customers
from promesa.exchange.loading.countries import country_code
from promesa.exchange.loading.history.mapping import HistoryMapping
from promesa.exchange.loading.history.sheets import Sheet, texts
from promesa.exchange.loading.stock import warehouse_ids
from promesa.exchange.operations.repairs import put_general_prices
from promesa.inventory.operations import StockRow, count_stock

PLACE = ("name", "street", "city", "region", "postcode", "country")


@dataclass(frozen=True, slots=True)
class Address:
    """A place as tables write it; two that differ only in capitals are one."""

    name: str = ""
    street: str = ""
    city: str = ""
    region: str = ""
    postcode: str = ""
    country: str = ""

    @classmethod
    def of(cls, values: dict[str, Any], prefix: str = "") -> Address:
        said = {name: str(values.get(prefix + name, "")).strip() for name in PLACE}
        if said["country"]:
            said["country"] = country_code(said["country"])
        return cls(**said)

    @property
    def key(self) -> tuple[str, str, str]:
        """What makes it the same place."""
        return self.street.casefold(), self.city.casefold(), self.postcode.casefold()

    def fields(self, mapping: HistoryMapping) -> dict[str, Any]:
        said = {name: getattr(self, name) for name in PLACE if getattr(self, name)}
        if len(said.get("country", "")) != 2:
            said["country"] = mapping.country
        return {**said, "time_zone": mapping.time_zone}


def put_customer_sheets(sheets: Iterable[Sheet], mapping: HistoryMapping, by: Actor, at: datetime) -> None:
    """Customers with their main place and their contact."""
    for sheet in sheets:
        rows, sites, people, places = [], [], [], []
        for place, values in sheet.rows():
            address = Address.of(values)
            number = values.get("customer", "")
            name = values.get("name", number)
            country = address.fields(mapping)["country"]
            rows.append({
                "number": number, "name": name, "currency": values.get("currency", mapping.currency), "country": country,
                **texts(values, "tax_id", "gln", "email", "phone", "segment"),
            })  # fmt: skip
            places.append(place)
            sites.append({"customer": number, "number": "1", **address.fields(mapping), "name": name})
            if "contact" in values:
                people.append(
                    {"customer": number, "name": values["contact"], **texts(values, "position", "phone", "email")}
                )
        done = customers.put_customers(rows=rows, by=by, at=at, keep_good=True)
        note(sheet, places, done)
        refused = {rows[fault["row"] - 1]["number"] for fault in done.rejected}
        customers.put_sites(rows=[one for one in sites if one["customer"] not in refused], by=by, at=at, keep_good=True)
        customers.put_people(
            rows=[one for one in people if one["customer"] not in refused], by=by, at=at, keep_good=True
        )


def put_item_sheets(sheets: Iterable[Sheet], mapping: HistoryMapping, by: Actor, at: datetime) -> None:
    """Items, and their prices into the general list."""
    for sheet in sheets:
        rows, prices, places = [], [], []
        for place, values in sheet.rows():
            sku = values.get("item", "")
            rows.append({
                "sku": sku, "name": values.get("name", sku), **texts(values, "gtin", "family", "active_to"),
                **({"base_unit": values["unit"]} if "unit" in values else {}),
            })  # fmt: skip
            places.append(place)
            if "price" in values:
                prices.append({"sku": sku, "unit_price": values["price"], "currency": mapping.currency})
        done = catalog.put_items(rows=rows, by=by, at=at, keep_good=True)
        note(sheet, places, done)
        put_general_prices(rows=prices, by=by, at=at, keep_good=True)


def put_stock_sheets(sheets: Iterable[Sheet], mapping: HistoryMapping, by: Actor, at: datetime) -> None:
    """What there is today, as a count: a repeat finds no difference."""
    warehouses = warehouse_ids(by, at)
    for sheet in sheets:
        items = item_ids(values.get("item", "") for _, values in sheet.rows())
        counted = []
        for place, values in list(sheet.rows()):
            item = items.get(values.get("item", ""))
            warehouse = warehouses.get(values.get("warehouse", ""))
            quantity = values.get("quantity", Decimal(0))
            if item is None:
                sheet.set_aside(place, "item", values.get("item"), "reference_unknown", what="item")
            elif warehouse is None:
                sheet.set_aside(place, "warehouse", values.get("warehouse"), "reference_unknown", what="warehouse")
            elif quantity < 0:
                sheet.set_aside(place, "quantity", quantity, "out_of_range", least=0, below=10**12)
            else:
                counted.append(StockRow(item, warehouse, values.get("lot", ""), values.get("expires_on"), quantity))
        before = _on_hand(counted)
        if counted:
            count_stock(rows=counted, reference="history", by=by, at=at)
        after = _on_hand(counted)
        sheet.loaded.created = len(after.keys() - before.keys())
        sheet.loaded.changed = sum(1 for key, quantity in before.items() if after[key] != quantity)


def _on_hand(counted: Sequence[StockRow]) -> dict[tuple[int, int, str], Decimal]:
    keys = {row[:3] for row in counted}
    items = [row.item_id for row in counted]
    rows = bulk.rows("SELECT item_id, warehouse_id, lot, on_hand FROM inventory_stock WHERE item_id = ANY(%s)", [items])
    return {key: on_hand for *key_parts, on_hand in rows if (key := tuple(key_parts)) in keys}


def note(sheet: Sheet, places: Sequence[int], done: Put) -> None:
    """Carry the answer of a set of rows over to their file."""
    sheet.loaded.created += done.created
    sheet.loaded.changed += done.changed
    for fault in done.rejected:
        place = places[fault["row"] - 1]
        sheet.bad.add(place)
        sheet.loaded.rejected.append({**fault, "row": sheet.numbers[place]})


def item_ids(skus: Iterable[str]) -> dict[str, int]:
    """Items by SKU."""
    return dict(bulk.rows("SELECT sku, id FROM catalog_item WHERE sku = ANY(%s::text[])", [sorted(set(skus))]))


def customer_ids(numbers: Iterable[str]) -> dict[str, int]:
    """Customers by number."""
    wanted = sorted(set(numbers))
    return dict(bulk.rows("SELECT number, id FROM customers_customer WHERE number = ANY(%s::text[])", [wanted]))


def put_bare_items(names: dict[str, str], by: Actor, at: datetime) -> dict[str, int]:
    """Items that lines name and no file describes get their code (or the line's text) as name; ids of all by SKU."""
    known = item_ids(names)
    missing = [{"sku": sku, "name": name or sku} for sku, name in names.items() if sku not in known]
    if missing:
        catalog.put_items(rows=missing, by=by, at=at, keep_good=True)
    return item_ids(names)


def put_bare_customers(names: dict[str, str], mapping: HistoryMapping, by: Actor, at: datetime) -> dict[str, int]:
    """Customers that orders name and no file describes, with a place; ids of all by number."""
    known = customer_ids(names)
    missing = [
        {"number": number, "name": name or number, "currency": mapping.currency, "country": mapping.country}
        for number, name in names.items()
        if number not in known
    ]
    if missing:
        customers.put_customers(rows=missing, by=by, at=at, keep_good=True)
        sites = [
            {"customer": one["number"], "number": "1", "name": one["name"], "country": mapping.country,
             "time_zone": mapping.time_zone}
            for one in missing
        ]  # fmt: skip
        customers.put_sites(rows=sites, by=by, at=at, keep_good=True)
    return customer_ids(names)


def put_places(
    wanted: Sequence[tuple[str, Address]], mapping: HistoryMapping, by: Actor, at: datetime
) -> dict[tuple[str, tuple[str, str, str]], int]:
    """Places of delivery by customer number and address, those that are new numbered on; under an empty address the
    customer's usual place."""
    numbers = sorted({number for number, _ in wanted})
    known, counts = _places(numbers)
    missing: dict[tuple[str, tuple[str, str, str]], dict[str, Any]] = {}
    for number, address in wanted:
        key = (number, address.key)
        if key not in known and key not in missing and any(address.key):
            counts[number] = counts.get(number, 0) + 1
            fields = {"name": address.name or number, **address.fields(mapping)}
            missing[key] = {"customer": number, "number": str(counts[number]), **fields}
    if missing:
        customers.put_sites(rows=list(missing.values()), by=by, at=at, keep_good=True)
        known, _ = _places(numbers)
    return known


def _places(numbers: Sequence[str]) -> tuple[dict[tuple[str, tuple[str, str, str]], int], dict[str, int]]:
    known: dict[tuple[str, tuple[str, str, str]], int] = {}
    counts: dict[str, int] = {}
    for number, site_id, site_number, street, city, postcode, is_default in bulk.rows(
        """SELECT c.number, s.id, s.number, s.street, s.city, s.postcode, s.is_default FROM customers_site s
           JOIN customers_customer c ON c.id = s.customer_id WHERE c.number = ANY(%s::text[]) ORDER BY s.id""",
        [list(numbers)],
    ):
        known.setdefault((number, (street.casefold(), city.casefold(), postcode.casefold())), site_id)
        if is_default:
            known[number, ("", "", "")] = site_id
        if site_number.isdecimal():
            counts[number] = max(counts.get(number, 0), int(site_number))
    return known, counts
