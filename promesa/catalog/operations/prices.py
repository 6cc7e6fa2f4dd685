"""Writing price lists, prices, who buys from which list, and prices agreed with one customer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from promesa.access.queries import insist
from promesa.catalog.events import PricesChanged
from promesa.catalog.operations.items import put_references, tell
from promesa.core import bulk, masters
from promesa.core.actors import Actor
from promesa.core.events import emit
from promesa.core.masters import Faults, Field, Put, Row, decimal, text, yes_no
from promesa.core.verbs import verb

PRICE_LISTS = (
    Field("code", text(40, empty=False), "text", is_key=True),
    Field("name", text(120), "text", default="", is_needed=True),
    Field("currency", masters.letters(3), "text", default="EUR"),
    Field("is_default", yes_no, "boolean", default=False),
    Field("active_to", masters.optional_day, "date"),
)

PRICES = (
    Field("price_list", text(40, empty=False), "bigint", column="price_list_id", is_key=True),
    Field("sku", text(60, empty=False), "bigint", column="item_id", is_key=True),
    Field("minimum_quantity", decimal(6), "numeric", default=0, is_key=True),
    Field("valid_from", masters.day, "date", is_key=True),
    Field("unit_price", decimal(6), "numeric", is_needed=True),
    Field("basis_quantity", decimal(6, least="0.000001"), "numeric", default=1),
    Field("valid_to", masters.optional_day, "date"),
)

AGREEMENTS = (
    Field("customer", text(40, empty=False), "bigint", column="customer_id", is_key=True),
    Field("sku", text(60, empty=False), "bigint", column="item_id", is_key=True),
    Field("currency", masters.letters(3), "text", default="EUR", is_key=True),
    Field("minimum_quantity", decimal(6), "numeric", default=0, is_key=True),
    Field("valid_from", masters.day, "date", is_key=True),
    Field("unit_price", decimal(6), "numeric", is_needed=True),
    Field("basis_quantity", decimal(6, least="0.000001"), "numeric", default=1),
    Field("valid_to", masters.optional_day, "date"),
    Field("reference", text(60), "text", default=""),
)

CUSTOMER_LISTS = (
    Field("customer", text(40, empty=False), "bigint", column="customer_id", is_key=True),
    Field("valid_from", masters.day, "date", is_key=True),
    Field("price_list", text(40, empty=False), "bigint", column="price_list_id", is_needed=True),
    Field("valid_to", masters.optional_day, "date"),
)


@verb
def put_price_lists(*, rows: Sequence[Row], by: Actor, at: datetime, keep_good: bool = False) -> Put:
    """Create or change price lists, by code. One list a currency is the default; naming another takes its place.

    :raises Invalid: with all faults, unless `keep_good`.
    """
    insist(by, "change_price")
    faults = Faults()
    read = masters.read_rows(rows, PRICE_LISTS, faults)
    codes = [clean["code"] for clean in read.values()]
    stored = {
        (code,): currency
        for code, currency in bulk.rows("SELECT code, currency FROM catalog_pricelist WHERE code = ANY(%s)", [codes])
    }
    masters.check_needed(read, PRICE_LISTS, stored, faults)
    faults.settle(read, keep_good=keep_good)
    chosen: dict[str, str] = {}
    for clean in read.values():
        if clean.get("is_default"):
            chosen[clean.get("currency") or stored.get((clean["code"],), "EUR")] = clean["code"]
    for clean in read.values():
        if clean.get("is_default"):
            clean["is_default"] = clean["code"] in chosen.values()
    for currency, code in sorted(chosen.items()):
        bulk.run(
            "UPDATE catalog_pricelist SET is_default = false WHERE is_default AND currency = %s AND code <> %s",
            [currency, code],
        )
    done = masters.upsert(table="catalog_pricelist", fields=PRICE_LISTS, read=read)
    emit(*(PricesChanged(price_list_id=id_, count=0) for id_ in sorted(done.ids.values())), by=by, at=at)
    return Put(len(rows), done.created, done.changed, faults.found, done.ids)


@verb
def put_prices(*, rows: Sequence[Row], by: Actor, at: datetime, keep_good: bool = False) -> Put:
    """Create or change prices, by list, SKU, least quantity (base units) and first day.

    `unit_price` is for `basis_quantity` base units, net of tax; `valid_to` is the first day on which it no longer
    counts. A newer `valid_from` goes before an older one, so that old prices need not be closed.

    :raises Invalid: with all faults, unless `keep_good`.
    """
    insist(by, "change_price")
    faults = Faults()
    read = masters.read_rows(rows, PRICES, faults)
    _put_lists(read, faults)
    put_references(read, faults)
    _check_prices(read, PRICES, faults)
    faults.settle(read, keep_good=keep_good)
    done = masters.upsert(table="catalog_price", fields=PRICES, read=read)
    counts: dict[int, int] = {}
    for key in done.ids:
        counts[key[0]] = counts.get(key[0], 0) + 1
    emit(*(PricesChanged(price_list_id=one, count=n) for one, n in sorted(counts.items())), by=by, at=at)
    return Put(len(rows), done.created, done.changed, faults.found, done.ids)


@verb
def put_agreements(*, rows: Sequence[Row], by: Actor, at: datetime, keep_good: bool = False) -> Put:
    """Create or change prices agreed with a customer, by customer, SKU, currency, least quantity and first day.

    :raises Invalid: with all faults, unless `keep_good`.
    """
    insist(by, "change_price")
    faults = Faults()
    read = masters.read_rows(rows, AGREEMENTS, faults)
    put_references(read, faults)
    _check_prices(read, AGREEMENTS, faults)
    faults.settle(read, keep_good=keep_good)
    done = masters.upsert(table="catalog_priceagreement", fields=AGREEMENTS, read=read)
    tell(done, "price", by, at)
    return Put(len(rows), done.created, done.changed, faults.found, done.ids)


@verb
def put_customer_lists(*, rows: Sequence[Row], by: Actor, at: datetime, keep_good: bool = False) -> Put:
    """Say from which price list customers buy, by the customer's number and the first day.

    :raises Invalid: with all faults, unless `keep_good`.
    """
    insist(by, "change_price")
    faults = Faults()
    read = masters.read_rows(rows, CUSTOMER_LISTS, faults)
    _put_lists(read, faults)
    put_references(read, faults)
    _check_spans(read, faults)
    faults.settle(read, keep_good=keep_good)
    done = masters.upsert(table="catalog_customerpricelist", fields=CUSTOMER_LISTS, read=read)
    tell(done, "list", by, at)
    return Put(len(rows), done.created, done.changed, faults.found, done.ids)


def _put_lists(read: dict[int, dict[str, Any]], faults: Faults) -> None:
    lists = masters.ids_of("catalog_pricelist", "code", (clean.get("price_list") for clean in read.values()))
    masters.replace_references(read, "price_list", lists, faults, what="price list")


def _check_prices(read: dict[int, dict[str, Any]], fields: Sequence[Field], faults: Faults) -> None:
    """A price row is whole by itself: whoever changes it says the price again."""
    masters.check_needed(read, fields, {}, faults)
    _check_spans(read, faults)


def _check_spans(read: dict[int, dict[str, Any]], faults: Faults) -> None:
    for place, clean in read.items():
        first, end = clean.get("valid_from"), clean.get("valid_to")
        if first is not None and end is not None and end < first:
            faults.add(place, "valid_to", "ends_before_it_begins", end)
