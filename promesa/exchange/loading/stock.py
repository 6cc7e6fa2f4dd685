"""Loading stock from a file: what was counted in each warehouse and lot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from promesa.catalog.rules import resolve_unit
from promesa.core import bulk, identifiers
from promesa.core.actors import Actor
from promesa.core.masters import TOLD
from promesa.core.quantities import PackFactor, to_base
from promesa.exchange.loading.headings import STOCK
from promesa.exchange.loading.masters import skus_by_gtin
from promesa.exchange.loading.tables import Loaded, Rows, drop, read_master, reject
from promesa.inventory.operations import NotEnoughStock, StockRow, count_stock, put_warehouses

FIRST_WAREHOUSE = "CENTRAL"


def load_stock(*, filename: str, content: bytes, by: Actor, at: datetime) -> Loaded:
    """Set stock to what a file says was counted; the differences are one move of kind count.

    Columns: SKU or GTIN, quantity, and if there are several of them warehouse, lot, expiry, unit. Rows of the same item,
    warehouse and lot add up. Rows that are not in the file stay as they are.
    """
    return _load(read_master(content, filename=filename, role=STOCK), by, at)


def count_rows(*, rows: Sequence[Mapping[str, Any]], reference: str, by: Actor, at: datetime) -> Loaded:
    """Set stock to what rows say was counted (sku or gtin, quantity, warehouse, lot, expires_on, unit), as `load_stock` does."""
    numbers = list(range(1, len(rows) + 1))
    loaded = Loaded(reference, STOCK.name, rows=len(rows))
    return _load(Rows(loaded, STOCK, numbers, [dict(row) for row in rows]), by, at)


def _load(rows: Rows, by: Actor, at: datetime) -> Loaded:
    if not rows.values:
        return rows.loaded
    items = _items(rows)
    warehouses = warehouse_ids(by, at)
    counted: list[StockRow] = []

    def take(place: int, value: dict[str, Any]) -> bool:
        row = _row(rows, place, value, items, warehouses)
        if row is not None:
            counted.append(row)
        return row is not None

    drop(rows, take)
    _count(rows, counted, by, at)
    return rows.loaded


def _count(rows: Rows, counted: list[StockRow], by: Actor, at: datetime) -> None:
    """All rows as one count; if one falls below what is claimed, each by itself, so that only that one is refused."""
    before = _there(counted)
    try:
        count_stock(rows=counted, reference=rows.loaded.file[:60], by=by, at=at)
    except NotEnoughStock:
        keys = [row[:3] for row in counted]
        for key in dict.fromkeys(keys):
            place = keys.index(key)
            try:
                count_stock(
                    rows=[row for row in counted if row[:3] == key], reference=rows.loaded.file[:60], by=by, at=at
                )
            except NotEnoughStock as refusal:
                reject(rows, place, "quantity", str(counted[place].quantity), refusal.code, **refusal.params)
    after = _there(counted)
    rows.loaded.created += len(after.keys() - before.keys())
    rows.loaded.changed += sum(1 for key, quantity in before.items() if after.get(key) != quantity)


def _there(counted: list[StockRow]) -> dict[tuple[int, int, str], Decimal]:
    items = sorted({row.item_id for row in counted})
    keys = {row[:3] for row in counted}
    found = bulk.rows(
        "SELECT item_id, warehouse_id, lot, on_hand FROM inventory_stock WHERE item_id = ANY(%s)", [items]
    )
    return {
        (item, warehouse, lot): on_hand for item, warehouse, lot, on_hand in found if (item, warehouse, lot) in keys
    }


def _row(
    rows: Rows, place: int, value: dict[str, Any], items: dict[str, dict[str, Any]], warehouses: dict[str, int]
) -> StockRow | None:
    """The row as it counts, or none after telling all that is wrong with it (what is TOLD was told before)."""
    told = TOLD in value.values()
    before = len(rows.loaded.rejected)
    named = value.get("sku") or value.get("gtin") or ""
    item = None if named is TOLD else items.get(named)
    if item is None and named is not TOLD:
        reject(rows, place, "sku" if value.get("sku") else "gtin", named, "reference_unknown", what="item")
    place_code = value.get("warehouse", "")
    warehouse = None if place_code is TOLD else warehouses.get(place_code)
    if warehouse is None and place_code is not TOLD:
        reject(rows, place, "warehouse", place_code, "reference_unknown", what="warehouse")
    quantity = value.get("quantity")
    if quantity is not TOLD and (quantity is None or quantity < 0):
        received = "" if quantity is None else str(quantity)
        reject(rows, place, "quantity", received, "out_of_range", least=0, below=10**12)
    written = value.get("unit", "")
    unit = None
    if item is not None and written is not TOLD:
        unit = resolve_unit(received=written, base_unit=item["base_unit"], packs=item["packs"])
        if unit is None:
            reject(rows, place, "unit", written, "reference_unknown", what="unit")
    if told or len(rows.loaded.rejected) > before:
        return None
    assert item is not None
    assert warehouse is not None
    assert unit is not None
    assert quantity is not None
    return StockRow(
        item["id"], warehouse, value.get("lot", "")[:40], value.get("expires_on"),
        to_base(quantity, unit.numerator, unit.denominator), _is_yes(value.get("blocked", "")),
    )  # fmt: skip


def _is_yes(text: str) -> bool:
    return text.strip().lower() in {"1", "x", "s", "si", "sí", "yes", "y", "true"}


def _items(rows: Rows) -> dict[str, dict[str, Any]]:
    """Items by SKU and by GTIN as the file writes them."""
    skus = {value["sku"] for value in rows.values if "sku" in value} - {TOLD}
    gtins = {value["gtin"] for value in rows.values if "gtin" in value} - {TOLD}
    named = skus_by_gtin({identifiers.pad_gtin(gtin) for gtin in gtins})
    found = bulk.named(
        """SELECT i.id, i.sku, i.base_unit, coalesce((SELECT json_agg(json_build_array(p.unit_code, p.numerator, p.denominator))
               FROM catalog_pack p WHERE p.item_id = i.id), '[]') AS packs
           FROM catalog_item i WHERE i.sku = ANY(%s::text[])""",
        [sorted(skus | set(named.values()))],
    )
    by_sku = {
        one["sku"]: {**one, "packs": {unit: PackFactor(over, under) for unit, over, under in one["packs"]}}
        for one in found
    }
    by_gtin = {gtin: by_sku[named[identifiers.pad_gtin(gtin)]] for gtin in gtins if identifiers.pad_gtin(gtin) in named}
    return by_gtin | by_sku


def warehouse_ids(by: Actor, at: datetime) -> dict[str, int]:
    """Warehouses by code; the default one under no code. An installation without any gets its first."""
    found = bulk.rows("SELECT code, id, is_default FROM inventory_warehouse ORDER BY id")
    if not found:
        put_warehouses(rows=[{"code": FIRST_WAREHOUSE, "name": "Central"}], by=by, at=at)
        found = bulk.rows("SELECT code, id, is_default FROM inventory_warehouse ORDER BY id")
    known = {code: warehouse for code, warehouse, _ in found}
    default = next((warehouse for _, warehouse, is_default in found if is_default), None)
    return known if default is None else {**known, "": default}
