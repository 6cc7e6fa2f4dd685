"""Loading masters from files: each read whole, all its faults said at once; good rows are written, bad ones listed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from promesa.catalog import operations as catalog
from promesa.core import bulk, identifiers
from promesa.core.actors import Actor
from promesa.core.calendar_masters import put_calendars
from promesa.core.masters import TOLD, Put
from promesa.customers import operations as customers
from promesa.exchange.loading.headings import BY_NAME, ROLES
from promesa.exchange.loading.tables import Loaded, Rows, read_master, reject
from promesa.exchange.operations.alignment import put_catalogues
from promesa.exchange.operations.partners import put_parties
from promesa.exchange.operations.repairs import ALWAYS, listed_prices
from promesa.inventory import operations as inventory

_ORDER = {role.name: place for place, role in enumerate(ROLES)}

PUTS: dict[str, Callable[..., Put]] = {
    "calendars": put_calendars,
    "warehouses": inventory.put_warehouses,
    "tax_rates": catalog.put_tax_rates,
    "segments": customers.put_segments,
    "customers": customers.put_customers,
    "sites": customers.put_sites,
    "people": customers.put_people,
    "suppliers": catalog.put_suppliers,
    "items": catalog.put_items,
    "packs": catalog.put_items,
    "price_lists": catalog.put_price_lists,
    "customer_lists": catalog.put_customer_lists,
    "agreements": catalog.put_agreements,
    "prices": catalog.put_prices,
    "item_codes": catalog.put_item_codes,
    "substitutions": catalog.put_substitutions,
    "units": catalog.put_unit_aliases,
    "parties": put_parties,
    "customer_catalogue": put_catalogues,
    "receipts": inventory.put_receipts,
}


def load_masters(
    *,
    files: Sequence[tuple[str, bytes]],
    role: str = "",
    usual: Mapping[str, str] | None = None,
    by: Actor,
    at: datetime,
) -> list[Loaded]:
    """Load files of masters, in the order in which they refer to each other; what a file holds is told by its name
    and headings, unless `role` says it. `usual` stands in every row, whatever the file says there.

    Each file is one transaction: good rows are written, the others are listed with row, field and what was received.
    """
    read = [read_master(content, filename=name, role=BY_NAME.get(role), usual=usual) for name, content in files]
    for rows in sorted((one for one in read if one.role), key=lambda one: _ORDER.get(one.loaded.role, 99)):
        _load(rows, by, at)
    return [one.loaded for one in read]


def load_rows(*, role: str, rows: Sequence[Mapping[str, Any]], reference: str, by: Actor, at: datetime) -> Loaded:
    """Load rows of one role that came otherwise than in a file, as `load_masters` would have read them."""
    loaded = Loaded(reference, role, rows=len(rows))
    _load(Rows(loaded, BY_NAME[role], list(range(1, len(rows) + 1)), [dict(row) for row in rows]), by, at)
    return loaded


def _load(rows: Rows, by: Actor, at: datetime) -> None:
    if not rows.values:
        return
    prepare = _PREPARE.get(rows.loaded.role)
    extra = prepare(rows, by, at) if prepare else []
    if rows.values:
        done = PUTS[rows.loaded.role](rows=rows.values, by=by, at=at, keep_good=True)
        _note(rows, done)
    refused = {fault["row"] for fault in rows.loaded.rejected}
    for put, more in extra:
        kept = [(number, value) for number, value in more if number not in refused]
        done = put(rows=[value for _, value in kept], by=by, at=at, keep_good=True)
        rows.loaded.rejected.extend({**fault, "row": kept[fault["row"] - 1][0]} for fault in done.rejected)
    rows.loaded.rejected.sort(key=lambda one: (one["row"] or 0, one["field"] or ""))


def _note(rows: Rows, done: Put) -> None:
    rows.loaded.created += done.created
    rows.loaded.changed += done.changed
    rows.loaded.rejected.extend({**fault, "row": rows.numbers[fault["row"] - 1]} for fault in done.rejected)
    rows.loaded.noted.extend({**one, "row": rows.numbers[one["row"] - 1]} for one in done.noted)


# --- What each role needs before it is written ---------------------------------------------------------------------

Extra = list[tuple[Callable[..., Put], list[tuple[int, dict[str, Any]]]]]  # with their row in the file


def _sites(rows: Rows, by: Actor, at: datetime) -> Extra:
    for value in rows.values:
        value.setdefault("name", value.get("number", TOLD))
    return []


def _items(rows: Rows, by: Actor, at: datetime) -> Extra:
    """Packs and a price may stand in the columns of an item."""
    prices: list[dict[str, Any]] = []
    numbers: list[int] = []
    for number, value in zip(rows.numbers, rows.values, strict=True):
        packs = [
            {"level": level, "unit_code": unit, "numerator": value.pop(f"units_per_{level}"), "gtin": gtin}
            for level, unit, gtin in (
                ("case", "CS", value.pop("case_gtin", "")),
                ("layer", "LR", ""),
                ("pallet", "PX", ""),
            )
            if f"units_per_{level}" in value
        ]
        if packs:
            value["packs"] = TOLD if any(TOLD in pack.values() for pack in packs) else packs
        price, currency = value.pop("unit_price", None), value.pop("currency", None)
        if TOLD in (price, currency):
            value["unit_price"] = TOLD
        elif price is not None and value.get("sku") and TOLD not in value.values():
            prices.append({"sku": value["sku"], "unit_price": price, "currency": currency})
            numbers.append(number)
    if not prices:
        return []
    return [(catalog.put_prices, list(zip(numbers, listed_prices(prices, by, at), strict=True)))]


def _packs(rows: Rows, by: Actor, at: datetime) -> Extra:
    """The rows of one item are one row with its packs; a fault of it is said of the first."""
    gathered: dict[str, dict[str, Any]] = {}
    numbers: list[int] = []
    for number, value in zip(rows.numbers, rows.values, strict=True):
        sku = value.pop("sku", "")
        if sku is TOLD:
            continue
        if sku not in gathered:
            gathered[sku] = {"sku": sku, "packs": []}
            numbers.append(number)
        value.setdefault("level", "case")
        if TOLD not in value.values():  # else only its SKU is left to be looked at
            gathered[sku]["packs"].append({name: value[name] for name in _PACK if name in value})
    known = _skus(gathered)
    rows.numbers, rows.values = numbers, list(gathered.values())
    for place, value in enumerate(rows.values):
        if value["sku"] not in known:
            reject(rows, place, "sku", value["sku"], "reference_unknown", what="item")
            value.update(sku=TOLD, name=TOLD)  # what a new item needs is no matter of a pack
    return []


_PACK = ("level", "unit_code", "numerator", "denominator", "gtin")


def _prices(rows: Rows, by: Actor, at: datetime) -> Extra:
    _name_items(rows)
    for value in rows.values:
        if TOLD in value.values():  # no list is made for a row that will not be written
            value.pop("currency", None)
            value["price_list"] = TOLD
            value.setdefault("valid_from", ALWAYS)
    listed_prices([value for value in rows.values if TOLD not in value.values()], by, at)
    return []


def _agreements(rows: Rows, by: Actor, at: datetime) -> Extra:
    _name_items(rows)
    for value in rows.values:
        value.setdefault("valid_from", ALWAYS)
    return []


def _dated(rows: Rows, by: Actor, at: datetime) -> Extra:
    for value in rows.values:
        value.setdefault("valid_from", ALWAYS)
    return []


def _taxes(rows: Rows, by: Actor, at: datetime) -> Extra:
    for value in rows.values:
        value.setdefault("category", "S" if value.get("rate") else "Z")
    return _dated(rows, by, at)


def _codes(rows: Rows, by: Actor, at: datetime) -> Extra:
    _name_items(rows)
    return []


def _name_items(rows: Rows) -> None:
    """Put the SKU where only the GTIN stands; a GTIN that is nobody's refuses its row."""
    given = [value["gtin"] for value in rows.values if "gtin" in value and "sku" not in value]
    known = skus_by_gtin({identifiers.pad_gtin(gtin) for gtin in given if gtin is not TOLD})
    for place, value in enumerate(rows.values):
        gtin = value.pop("gtin", "")
        if "sku" in value:
            continue
        sku = TOLD if gtin is TOLD else known.get(identifiers.pad_gtin(gtin))
        if sku is None:
            reject(rows, place, "gtin", gtin, "reference_unknown", what="item")
        value["sku"] = sku or TOLD


def skus_by_gtin(gtins: Iterable[str]) -> dict[str, str]:
    """The SKU of each GTIN (padded to 14), of an item or of one of its packs."""
    wanted = [gtin for gtin in gtins if gtin]
    return dict(
        bulk.rows(
            """SELECT gtin, sku FROM catalog_item WHERE gtin <> '' AND gtin = ANY(%(g)s::text[])
               UNION ALL SELECT p.gtin, i.sku FROM catalog_pack p JOIN catalog_item i ON i.id = p.item_id
               WHERE p.gtin <> '' AND p.gtin = ANY(%(g)s::text[])""",
            {"g": wanted},
        )
    )


def _skus(skus: Iterable[str]) -> set[str]:
    return {sku for (sku,) in bulk.rows("SELECT sku FROM catalog_item WHERE sku = ANY(%s::text[])", [list(skus)])}


_PREPARE: dict[str, Callable[[Rows, Actor, datetime], Extra]] = {
    "sites": _sites,
    "items": _items,
    "packs": _packs,
    "prices": _prices,
    "agreements": _agreements,
    "customer_lists": _dated,
    "tax_rates": _taxes,
    "substitutions": _dated,
    "item_codes": _codes,
}
