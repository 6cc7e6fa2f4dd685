"""Writing items, their packs, the tax rates they refer to, and how customers call them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from promesa.access.queries import insist
from promesa.catalog.events import AgreementsChanged, ItemChanged
from promesa.core import bulk, masters
from promesa.core.actors import Actor
from promesa.core.events import emit
from promesa.core.masters import Faults, Field, Put, Row, Unusable, decimal, text, whole
from promesa.core.quantities import unit_code
from promesa.core.verbs import verb
from promesa.customers import queries as customers

LEVELS = ("each", "case", "layer", "pallet")


def unit(value: Any) -> str:
    """A unit by its code of UN/ECE Recommendation 20; what files write for it is translated."""
    written: str = text(6)(value)
    return unit_code(written) if written else ""


def needed_unit(value: Any) -> str:
    """A unit that must be there."""
    written = unit(value)
    if not written:
        raise Unusable("field_missing")
    return written


ITEMS = (
    Field("sku", text(60, empty=False), "text", is_key=True),
    Field("gtin", masters.gtin, "text", default=""),
    Field("name", text(200, empty=False), "text", default="", is_needed=True),
    Field("name_en", text(200), "text", default=""),
    Field("kind", masters.one_of("goods", "service"), "text", default="goods"),
    Field("family", text(80), "text", default=""),
    Field("base_unit", needed_unit, "text", default="C62"),
    Field("sales_unit", needed_unit, "text", default="C62"),
    Field("tax_code", text(20, empty=False), "text", default="general"),
    Field("supplier", text(40), "bigint", column="supplier_id"),
    Field("lead_days", whole(most=365), "int", default=0),
    Field("minimum_life_days", whole(most=3650), "int", default=0),
    Field("minimum_quantity", decimal(6), "numeric", default=0),
    Field("weight_kg", decimal(6, optional=True), "numeric"),
    Field("substitute", text(60), "bigint", column="substitute_id"),
    Field("active_to", masters.optional_day, "date"),
)
_VERSION = Field("version", whole(least=1, most=2_000_000_000), "int")

_PACK = (
    Field("level", masters.one_of(*LEVELS), "text", is_needed=True),
    Field("unit_code", needed_unit, "text", is_needed=True),
    Field("numerator", whole(least=1, most=1_000_000), "int", is_needed=True),
    Field("denominator", whole(least=1, most=1_000_000), "int", default=1),
    Field("gtin", masters.gtin, "text", default=""),
)


def packs(value: Any) -> tuple[dict[str, Any], ...]:
    """Levels of packing: objects of level, unit_code, numerator (base units in one), denominator and gtin."""
    if not isinstance(value, list | tuple) or len(value) > 12:
        raise Unusable("not_packs")
    found: list[dict[str, Any]] = []
    for one in value:
        if not isinstance(one, dict) or set(one) - {known.name for known in _PACK}:
            raise Unusable("not_packs")
        try:
            found.append(
                {known.name: known.read(one[known.name]) if known.name in one else known.default for known in _PACK}
            )
        except Unusable as unusable:
            raise Unusable("not_packs") from unusable
        if any(found[-1][known.name] is None for known in _PACK):
            raise Unusable("not_packs")
    if len({one["unit_code"] for one in found}) != len(found):
        raise Unusable("not_packs")
    return tuple(found)


_PACKS = Field("packs", packs, "")


@verb
def put_items(*, rows: Sequence[Row], by: Actor, at: datetime, keep_good: bool = False) -> Put:
    """Create or change items, by SKU. `packs`, if given, are added or changed by unit; none is taken away.

    A row may carry the `version` that it means to change.

    :raises Invalid: with all faults, unless `keep_good`: then the good rows are written and the faults returned.
    :raises Stale: if a row's version is not the stored one.
    :raises NotAllowed: without the right to change items.
    """
    insist(by, "change_item")
    faults = Faults()
    read = masters.read_rows(rows, (*ITEMS, _PACKS, _VERSION), faults)
    skus = [clean["sku"] for clean in read.values()]
    existing = {
        (sku,): (id_, version)
        for id_, sku, version in bulk.rows(
            "SELECT id, sku, version FROM catalog_item WHERE sku = ANY(%s) ORDER BY id FOR UPDATE", [skus]
        )
    }
    masters.check_versions(read, existing, "sku")
    masters.check_needed(read, ITEMS, existing, faults)
    _check_gtins(read, faults)
    for clean in read.values():
        if "base_unit" in clean and (clean["sku"],) not in existing:
            clean.setdefault("sales_unit", clean["base_unit"])
    later = _substitutes_apart(read)
    suppliers = masters.ids_of("catalog_supplier", "code", (clean.get("supplier") for clean in read.values()))
    masters.replace_references(read, "supplier", suppliers, faults, what="supplier")
    faults.settle(read, keep_good=keep_good)

    plain = {place: {k: v for k, v in clean.items() if k != "substitute"} for place, clean in read.items()}
    done = masters.upsert(table="catalog_item", fields=ITEMS_WITHOUT_SUBSTITUTE, read=plain, versioned=True)
    ids = {**{key: id_ for key, (id_, _) in existing.items()}, **done.ids}
    linked = _link_substitutes(read, later, ids, faults)
    faults.settle(read, keep_good=keep_good)
    packed = _put_packs(read, ids)
    created = [id_ for key, id_ in done.ids.items() if key not in existing]
    changed = ({id_ for key, id_ in done.ids.items() if key in existing} | linked | packed) - set(created)
    emit(*(ItemChanged(item_id=id_, what="created") for id_ in sorted(created)), by=by, at=at)
    emit(*(ItemChanged(item_id=id_, what="changed") for id_ in sorted(changed)), by=by, at=at)
    return Put(len(rows), len(created), len(changed), faults.found, ids)


ITEMS_WITHOUT_SUBSTITUTE = tuple(one for one in ITEMS if one.name != "substitute")


def _check_gtins(read: dict[int, dict[str, Any]], faults: Faults) -> None:
    """A GTIN is of one item, or of one pack of one item."""
    wanted = {clean["gtin"] for clean in read.values() if clean.get("gtin")}
    wanted |= {pack["gtin"] for clean in read.values() for pack in clean.get("packs", ()) if pack["gtin"]}
    if not wanted:
        return
    owners: dict[str, str] = dict(
        bulk.rows(
            """SELECT gtin, sku FROM catalog_item WHERE gtin = ANY(%(w)s)
               UNION ALL SELECT p.gtin, i.sku FROM catalog_pack p JOIN catalog_item i ON i.id = p.item_id
               WHERE p.gtin = ANY(%(w)s)""",
            {"w": sorted(wanted)},
        )
    )
    masters.check_taken(read, "gtin", owners, "sku", faults)
    owners |= {clean["gtin"]: clean["sku"] for clean in read.values() if clean.get("gtin") and clean["sku"]}
    for place, clean in read.items():
        for pack in clean.get("packs", ()) if clean["sku"] else ():
            owner = owners.setdefault(pack["gtin"], clean["sku"]) if pack["gtin"] else clean["sku"]
            if owner != clean["sku"]:
                faults.add(place, "packs", "value_taken", pack["gtin"], owner=owner)


def _substitutes_apart(read: dict[int, dict[str, Any]]) -> dict[int, str]:
    """The substitutes by SKU: an item may be named before its row comes, so they are linked after all are there."""
    return {place: clean["substitute"] for place, clean in read.items() if "substitute" in clean}


def _link_substitutes(
    read: dict[int, dict[str, Any]], later: dict[int, str], ids: dict[tuple[Any, ...], int], faults: Faults
) -> set[int]:
    known = masters.ids_of("catalog_item", "sku", later.values())
    links = []
    for place, sku in later.items():
        if sku and sku not in known:
            faults.add(place, "substitute", "reference_unknown", sku, what="item")
        elif place in read:
            links.append({"i": ids[(read[place]["sku"],)], "s": known.get(sku)})
    if not links:
        return set()
    found = bulk.rows(
        """UPDATE catalog_item t SET substitute_id = r.s, version = version + 1
           FROM json_to_recordset(%s::json) AS r(i bigint, s bigint)
           WHERE t.id = r.i AND t.substitute_id IS DISTINCT FROM r.s RETURNING t.id""",
        [bulk.as_json(links)],
    )
    return {row[0] for row in found}


def _put_packs(read: dict[int, dict[str, Any]], ids: dict[tuple[Any, ...], int]) -> set[int]:
    records = [{**pack, "item": ids[(clean["sku"],)]} for clean in read.values() for pack in clean.get("packs", ())]
    if not records:
        return set()
    found = bulk.rows(
        """INSERT INTO catalog_pack AS t (item_id, level, unit_code, numerator, denominator, gtin)
           SELECT item, level, unit_code, numerator, denominator, gtin FROM json_to_recordset(%s::json)
             AS r(item bigint, level text, unit_code text, numerator int, denominator int, gtin text)
           ON CONFLICT (item_id, unit_code) DO UPDATE SET level = excluded.level, numerator = excluded.numerator,
             denominator = excluded.denominator, gtin = excluded.gtin
           WHERE (t.level, t.numerator, t.denominator, t.gtin)
             IS DISTINCT FROM (excluded.level, excluded.numerator, excluded.denominator, excluded.gtin)
           RETURNING item_id""",
        [bulk.as_json(records)],
    )
    return {row[0] for row in found}


TAX_RATES = (
    Field("code", text(20, empty=False), "text", is_key=True),
    Field("country", masters.country, "text", is_key=True),
    Field("valid_from", masters.day, "date", is_key=True),
    Field("category", masters.one_of("S", "AA", "Z", "E", "AE", "K", "G", "O"), "text", default="S", is_needed=True),
    Field("rate", decimal(4, below="100.0001"), "numeric", is_needed=True),
    Field("valid_to", masters.optional_day, "date"),
)


@verb
def put_tax_rates(*, rows: Sequence[Row], by: Actor, at: datetime, keep_good: bool = False) -> Put:
    """Create or change tax rates, by code, country and first day. Categories are EN 16931's.

    :raises Invalid: with all faults, unless `keep_good`.
    """
    insist(by, "change_price")
    faults = Faults()
    read = masters.read_rows(rows, TAX_RATES, faults)
    masters.check_needed(read, TAX_RATES, _stored_rates(read), faults)
    faults.settle(read, keep_good=keep_good)
    done = masters.upsert(table="catalog_taxrate", fields=TAX_RATES, read=read)
    return Put(len(rows), done.created, done.changed, faults.found, done.ids)


def _stored_rates(read: dict[int, dict[str, Any]]) -> dict[tuple[Any, ...], bool]:
    codes = sorted({clean["code"] for clean in read.values() if clean["code"]})
    found = bulk.rows("SELECT code, country, valid_from FROM catalog_taxrate WHERE code = ANY(%s)", [codes])
    return {tuple(row): True for row in found}


ITEM_CODES = (
    Field("customer", text(40, empty=False), "bigint", column="customer_id", is_key=True),
    Field("code", text(60, empty=False), "text", is_key=True),
    Field("sku", text(60, empty=False), "bigint", column="item_id", is_needed=True),
    Field("unit_code", unit, "text", default=""),
)


@verb
def put_item_codes(*, rows: Sequence[Row], by: Actor, at: datetime, keep_good: bool = False) -> Put:
    """Say how customers call items (cross-reference), by the customer's number and their code.

    :raises Invalid: with all faults, unless `keep_good`.
    """
    insist(by, "change_item_code")
    faults = Faults()
    read = masters.read_rows(rows, ITEM_CODES, faults)
    put_references(read, faults)
    faults.settle(read, keep_good=keep_good)
    done = masters.upsert(table="catalog_itemcode", fields=ITEM_CODES, read=read)
    tell(done, "code", by, at)
    return Put(len(rows), done.created, done.changed, faults.found, done.ids)


UNIT_ALIASES = (
    Field("customer", text(40), "bigint", column="customer_id", is_key=True, default=""),
    Field("received", text(20, empty=False), "text", is_key=True),
    Field("unit_code", needed_unit, "text", is_needed=True),
)


@verb
def put_unit_aliases(*, rows: Sequence[Row], by: Actor, at: datetime, keep_good: bool = False) -> Put:
    """Say what a unit means when a customer writes it in its own way (no customer: for all).

    :raises Invalid: with all faults, unless `keep_good`.
    """
    insist(by, "change_item_code")
    faults = Faults()
    read = masters.read_rows(rows, UNIT_ALIASES, faults)
    put_references(read, faults)
    faults.settle(read, keep_good=keep_good)
    done = masters.upsert(table="catalog_unitalias", fields=UNIT_ALIASES, read=read)
    tell(Put(ids={key: id_ for key, id_ in done.ids.items() if key[0]}), "unit", by, at)
    return Put(len(rows), done.created, done.changed, faults.found, done.ids)


def put_references(read: dict[int, dict[str, Any]], faults: Faults) -> None:
    """Put the ids of customers and items where their numbers and SKUs stand."""
    wanted = {clean["customer"] for clean in read.values() if clean.get("customer")}
    if any("customer" in clean for clean in read.values()):
        masters.replace_references(read, "customer", customers.ids_by_number(numbers=wanted), faults, what="customer")
    if any("sku" in clean for clean in read.values()):
        items = masters.ids_of("catalog_item", "sku", (clean.get("sku") for clean in read.values()))
        masters.replace_references(read, "sku", items, faults, what="item")


def tell(done: Put, what: str, by: Actor, at: datetime) -> None:
    """One event for each customer whose agreements changed; the customer is the first part of the key."""
    counts: dict[int, int] = {}
    for key in done.ids:
        counts[key[0]] = counts.get(key[0], 0) + 1
    emit(
        *(AgreementsChanged(customer_id=one, what=what, count=count) for one, count in sorted(counts.items())),
        by=by,
        at=at,
    )
