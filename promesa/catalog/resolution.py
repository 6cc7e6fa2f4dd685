"""Which item, unit, price and tax a received line means: one statement reads all that may be needed, memory decides."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any, NamedTuple

from promesa.catalog.rules import (
    AGREEMENT,
    DEFAULT_LIST,
    OWN_LIST,
    Offer,
    OrderedUnit,
    PriceBook,
    TaxBook,
    TaxRule,
    resolve_unit,
)
from promesa.core import bulk, prepared
from promesa.core.quantities import PackFactor
from promesa.customers.terms import Named, who


class SupplierTerms(NamedTuple):
    """Who an item is bought from, and the calendar by which they work."""

    name: str
    calendar_id: int | None
    time_zone: str


class ItemRecord(NamedTuple):
    """An item as an order line needs it. `packs` maps unit code to factor; `supplier` is who its lead time counts for."""

    id: int
    sku: str
    gtin: str
    name: str
    kind: str
    base_unit: str
    sales_unit: str
    tax_code: str
    lead_days: int
    minimum_life_days: int
    minimum_quantity: Decimal
    active_to: date | None
    packs: dict[str, PackFactor]
    supplier: SupplierTerms | None = None


class Hit(NamedTuple):
    """That a code names an item, and in which unit if the code says so (a case GTIN, a customer's own unit)."""

    item_id: int
    unit_code: str = ""


@dataclass(slots=True)
class Catalogue:
    """All that was read: items and how codes, prices, taxes and units resolve."""

    items: dict[int, ItemRecord] = field(default_factory=dict)
    by_sku: dict[str, Hit] = field(default_factory=dict)
    by_gtin: dict[str, Hit] = field(default_factory=dict)
    by_customer_code: dict[tuple[int, str], Hit] = field(default_factory=dict)
    taxes: TaxBook = field(default_factory=lambda: TaxBook(()))
    aliases: dict[int, dict[str, str]] = field(default_factory=dict)
    _default: list[Offer] = field(default_factory=list)
    _lists: dict[int, list[Offer]] = field(default_factory=dict)
    _lists_of: dict[int, list[tuple[int, date, date | None]]] = field(default_factory=dict)
    _agreed: dict[int, list[Offer]] = field(default_factory=dict)
    _books: dict[tuple[int, str, date], PriceBook] = field(default_factory=dict)
    _general: dict[str, PriceBook] = field(default_factory=dict)
    _aliases_of: dict[int, dict[str, str]] = field(default_factory=dict)
    _units: dict[tuple[int, int, str], OrderedUnit | None] = field(default_factory=dict)

    def prices(self, customer_id: int, currency: str, on: date) -> PriceBook:
        """The prices that a customer can get on a day."""
        key = (customer_id, currency, on)
        book = self._books.get(key)
        if book is None:
            # What everybody can get is gathered once; it ranks below all that a customer has for themselves.
            general = self._general.get(currency)
            if general is None:
                general = self._general[currency] = PriceBook(self._default, currency)
            offers = list(self._agreed.get(customer_id, ()))
            for list_id, start, end in self._lists_of.get(customer_id, ()):
                if start <= on and (end is None or on < end):
                    offers += [offer._replace(origin=OWN_LIST) for offer in self._lists.get(list_id, ())]
            book = self._books[key] = PriceBook(offers, currency, below=general) if offers else general
        return book

    def unit(self, customer_id: int, item: ItemRecord, received: str) -> OrderedUnit | None:
        """What a unit that this customer wrote means for an item; None when it cannot be known."""
        key = (customer_id if customer_id in self.aliases else 0, item.id, received)
        try:
            return self._units[key]
        except KeyError:
            found = self._units[key] = resolve_unit(
                received=received, base_unit=item.base_unit, packs=item.packs, aliases=self.aliases_of(customer_id)
            )
            return found

    def aliases_of(self, customer_id: int) -> dict[str, str]:
        """What this customer writes for units, over what everybody writes."""
        found = self._aliases_of.get(customer_id)
        if found is None:
            found = self._aliases_of[customer_id] = self.aliases.get(0, {}) | self.aliases.get(customer_id, {})
        return found


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for: items by any of their codes, GTINs padded to 14, as these customers mean them."""

    customers: Named
    skus: Collection[str] = ()
    gtins: Collection[str] = ()
    codes: Collection[str] = ()
    ids: Collection[int] = ()

    @property
    def kinds(self) -> tuple[str, ...]:
        """Which kinds of code are used."""
        return tuple(kind for kind in _HITS if getattr(self, kind))

    @property
    def params(self) -> dict[str, Any]:
        """The parameters of `items_named`."""
        names = {"skus": list(self.skus), "gtins": list(self.gtins), "codes": list(self.codes), "ids": list(self.ids)}
        return {**names, **self.customers.params}


# How items are found by what names them; names that nobody is asked for are not in the statement.
_HITS = {
    "skus": """UNION ALL SELECT id, 'sku', sku::text, 0::bigint, ''::text FROM catalog_item WHERE sku = ANY(%(skus)s::text[])""",
    "gtins": """UNION ALL SELECT id, 'gtin', gtin, 0, '' FROM catalog_item WHERE gtin <> '' AND gtin = ANY(%(gtins)s::text[])
    UNION ALL SELECT item_id, 'gtin', gtin, 0, unit_code FROM catalog_pack
    WHERE gtin <> '' AND gtin = ANY(%(gtins)s::text[])""",
    "codes": """UNION ALL SELECT item_id, 'code', code, customer_id, unit_code FROM catalog_itemcode
    WHERE customer_id = ANY(ARRAY(SELECT id FROM buyer)) AND code = ANY(%(codes)s::text[])""",
    "ids": """UNION ALL SELECT id, '', '', 0, '' FROM catalog_item WHERE id = ANY(%(ids)s::bigint[])""",
}
_NAMED = """buyer AS MATERIALIZED (
    SELECT c.id, c.country FROM customers_customer c WHERE {who}
), hit AS MATERIALIZED (
    SELECT NULL::bigint AS item_id, NULL::text AS how, NULL::text AS code, NULL::bigint AS customer, NULL::text AS unit WHERE false
    {hits}
)"""
# One row of JSON arrays: built and read by C code, and one statement whatever the number of lines.
_READ = """
WITH {named}, item AS MATERIALIZED (
    SELECT i.* FROM catalog_item i WHERE i.id = ANY(ARRAY(SELECT item_id FROM hit))
), list AS MATERIALIZED (
    SELECT l.id, l.code, l.currency, l.is_default FROM catalog_pricelist l
    WHERE l.is_default OR l.id IN (
        SELECT price_list_id FROM catalog_customerpricelist WHERE customer_id = ANY(ARRAY(SELECT id FROM buyer)))
)
SELECT
  (SELECT json_agg(json_build_array(how, code, customer, item_id, unit)) FROM hit WHERE how <> '')::text,
  (SELECT json_agg(json_build_array(i.id, i.sku, i.gtin, i.name, i.kind, i.base_unit, i.sales_unit, i.tax_code, i.lead_days,
      i.minimum_life_days, i.minimum_quantity, i.active_to, CASE WHEN i.lead_days > 0 THEN (
          SELECT json_build_array(u.name, u.calendar_id, u.time_zone) FROM catalog_supplier u WHERE u.id = i.supplier_id) END))
   FROM item i)::text,
  (SELECT json_agg(json_build_array(p.item_id, p.unit_code, p.numerator, p.denominator)) FROM catalog_pack p
   WHERE p.item_id = ANY(ARRAY(SELECT id FROM item)))::text,
  (SELECT json_agg(json_build_array(a.customer_id, a.item_id, a.currency, a.unit_price, a.basis_quantity, a.minimum_quantity,
      a.valid_from, a.valid_to, a.reference)) FROM catalog_priceagreement a
   WHERE a.customer_id = ANY(ARRAY(SELECT id FROM buyer)) AND a.item_id = ANY(ARRAY(SELECT id FROM item)))::text,
  (SELECT json_agg(json_build_array(l.is_default, l.id, p.item_id, l.currency, p.unit_price, p.basis_quantity,
      p.minimum_quantity, p.valid_from, p.valid_to, l.code)) FROM list l JOIN catalog_price p ON p.price_list_id = l.id
   WHERE p.item_id = ANY(ARRAY(SELECT id FROM item)))::text,
  (SELECT json_agg(json_build_array(customer_id, price_list_id, valid_from, valid_to)) FROM catalog_customerpricelist
   WHERE customer_id = ANY(ARRAY(SELECT id FROM buyer)))::text,
  (SELECT json_agg(json_build_array(code, country, category, rate, valid_from, valid_to)) FROM catalog_taxrate
   WHERE country = ANY(ARRAY(SELECT country FROM buyer UNION SELECT s.country FROM customers_site s
       WHERE s.customer_id = ANY(ARRAY(SELECT id FROM buyer)))))::text,
  (SELECT json_agg(json_build_array(coalesce(customer_id, 0), received, unit_code)) FROM catalog_unitalias
   WHERE customer_id IS NULL OR customer_id = ANY(ARRAY(SELECT id FROM buyer)))::text
"""


def question(asked: Asked) -> prepared.Question[Catalogue]:
    """What is asked to read these items with packs, prices, taxes and units."""
    return prepared.Question(_statement(asked.kinds, asked.customers.kinds), asked.params, _catalogue)


@cache
def _statement(kinds: tuple[str, ...], customers: tuple[str, ...]) -> str:
    return _READ.format(named=named(kinds, customers))


@cache
def named(kinds: tuple[str, ...], customers: tuple[str, ...]) -> str:
    """SQL: a table expression `hit` whose `item_id` are the items that codes of these kinds name; see `Asked`."""
    return _NAMED.format(hits=" ".join(_HITS[kind] for kind in kinds), who=who(customers))


def _catalogue(found: list[tuple[Any, ...]]) -> Catalogue:
    hits, items, packs, agreed, listed, lists_of, taxes, aliases = (_parsed(text) for text in found[0])
    catalogue = Catalogue()
    for how, code, customer, item_id, unit in hits:
        if how == "sku":
            catalogue.by_sku[code] = Hit(item_id, unit)
        elif how == "gtin":
            catalogue.by_gtin[code] = Hit(item_id, unit)
        else:
            catalogue.by_customer_code[customer, code] = Hit(item_id, unit)
    for *plain, active_to, supplier in items:
        record = bulk.made(ItemRecord, *plain, _day(active_to), {}, SupplierTerms(*supplier) if supplier else None)
        catalogue.items[record.id] = record
    for item_id, code, numerator, denominator in packs:
        catalogue.items[item_id].packs[code] = PackFactor(numerator, denominator)
    _add_prices(catalogue, agreed, listed, lists_of)
    catalogue.taxes = TaxBook(
        TaxRule(code, country, category, rate, _day(start) or date.min, _day(end))
        for code, country, category, rate, start, end in taxes
    )
    for customer, received, unit in aliases:
        catalogue.aliases.setdefault(customer, {})[received] = unit
    return catalogue


def _add_prices(catalogue: Catalogue, agreed: list[Any], listed: list[Any], lists_of: list[Any]) -> None:
    for customer, item_id, currency, price, basis, least, start, end, reference in agreed:
        offer = Offer(item_id, AGREEMENT, currency, price, basis, least, _day(start) or date.min, _day(end), reference)
        catalogue._agreed.setdefault(customer, []).append(offer)
    for is_default, list_id, item_id, currency, price, basis, least, start, end, code in listed:
        offer = Offer(item_id, DEFAULT_LIST, currency, price, basis, least, _day(start) or date.min, _day(end), code)
        catalogue._lists.setdefault(list_id, []).append(offer)
        if is_default:
            catalogue._default.append(offer)
    for customer, list_id, start, end in lists_of:
        catalogue._lists_of.setdefault(customer, []).append((list_id, _day(start) or date.min, _day(end)))


_exact = json.JSONDecoder(parse_float=Decimal)


def _parsed(text: str | None) -> list[Any]:
    return _exact.decode(text) if text else []


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
