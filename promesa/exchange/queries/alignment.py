"""Questions about alignment: what a customer's catalogue says, what we have for the same codes, what differs since when."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from promesa.catalog import resolution
from promesa.core import bulk, identifiers, prepared, words
from promesa.core.quantities import unit_word
from promesa.customers.terms import Named
from promesa.exchange.rules.alignment import Field, Ours, Theirs, health

YEAR = timedelta(days=365)
NUMBERS = (Field.PACK, Field.PRICE)
LARGE = Decimal(10**9)  # an item that has only prices by quantity has its last one
_ENTRIES = """
SELECT key, buyer_code, gtin, seller_code, text, unit_code, pack, price, price_basis, currency
FROM exchange_catalogueentry WHERE customer_id = %s ORDER BY key
"""


def entries_of(*, customer_id: int) -> list[Theirs]:
    """A customer's catalogue as they last said it."""
    return [bulk.made(Theirs, *row) for row in bulk.rows(_ENTRIES, [customer_id])]


_GTINS = """
SELECT i.id, i.base_unit, i.gtin FROM catalog_item i WHERE i.id = ANY(%(items)s::bigint[]) AND i.gtin <> ''
UNION ALL SELECT p.item_id, p.unit_code, p.gtin FROM catalog_pack p WHERE p.item_id = ANY(%(items)s::bigint[]) AND p.gtin <> ''
"""


def ours_for(*, customer_id: int, entries: Sequence[Theirs], day: date) -> dict[str, list[Ours]]:
    """The items that the codes of each entry name, as we have them for that customer on a day; by the entry's key.

    Two questions to the database, whatever the size of the catalogue.
    """
    gtins = {identifiers.pad_gtin(one.gtin) for one in entries if one.gtin}
    codes = {code for one in entries for code in (one.buyer_code, one.gtin) if code}
    asked = resolution.Asked(
        Named(ids=[customer_id]), skus={one.seller_code for one in entries if one.seller_code}, gtins=gtins, codes=codes
    )
    question = resolution.question(asked)
    catalogue = question.read(prepared.together([(question.sql, question.params)])[0])
    units: dict[int, dict[str, str]] = {}
    for item_id, unit, gtin in bulk.rows(_GTINS, {"items": list(catalogue.items)}):
        units.setdefault(item_id, {})[unit] = gtin
    currency = str((bulk.row("SELECT currency FROM customers_customer WHERE id = %s", [customer_id]) or ("EUR",))[0])
    prices = catalogue.prices(customer_id, currency, day)

    def ours(item_id: int, written: str) -> Ours:
        item = catalogue.items[item_id]
        packs = {unit: Decimal(factor.numerator) / factor.denominator for unit, factor in item.packs.items()}
        unit = catalogue.unit(customer_id, item, written) if written else None
        if unit is not None and unit.unit_code != item.base_unit:  # a carton that serves as our case, a kilo for grams
            packs.setdefault(unit.unit_code, Decimal(unit.numerator) / unit.denominator)
        found = prices.price(item_id, Decimal(1), day) or prices.price(item_id, LARGE, day)
        price = None if found is None else found.unit_price / found.basis_quantity
        active = item.active_to is None or item.active_to > day
        return Ours(
            item_id, item.sku, item.name, item.base_unit, packs, units.get(item_id, {}), price, currency, active,
            unit.unit_code if unit else "",
        )  # fmt: skip

    named: dict[str, list[Ours]] = {}
    for one in entries:
        hits = (
            catalogue.by_sku.get(one.seller_code) if one.seller_code else None,
            catalogue.by_gtin.get(identifiers.pad_gtin(one.gtin)) if one.gtin else None,
            catalogue.by_customer_code.get((customer_id, one.buyer_code)) if one.buyer_code else None,
            catalogue.by_customer_code.get((customer_id, one.gtin)) if one.gtin else None,
        )
        items = dict.fromkeys(hit.item_id for hit in hits if hit)
        named[one.key] = [ours(item_id, one.unit_code) for item_id in items]
    return named


_MISSING = """
SELECT i.id, i.sku, i.name FROM catalog_item i
WHERE i.id IN (SELECT l.item_id FROM orders_orderline l JOIN orders_order o ON o.id = l.order_id
               WHERE o.customer_id = %(customer)s AND o.ordered_at >= %(since)s AND o.state NOT IN ('draft', 'refused'))
  AND NOT i.id = ANY(%(covered)s::bigint[]) AND (i.active_to IS NULL OR i.active_to > %(day)s)
ORDER BY i.sku
"""


def missing_of(*, customer_id: int, covered: Collection[int], at: datetime) -> list[tuple[int, str, str]]:
    """Items that the customer bought within a year and their catalogue does not have: id, SKU, name."""
    params = {"customer": customer_id, "since": at - YEAR, "covered": sorted(covered), "day": at.date()}
    return [(row[0], row[1], row[2]) for row in bulk.rows(_MISSING, params)]


@dataclass(frozen=True, slots=True)
class Misaligned:
    """One open difference."""

    id: int
    key: str
    item_id: int | None
    sku: str
    name: str
    field: str
    ours: str
    theirs: str
    owner: str
    found_at: datetime
    told_at: datetime | None

    def days(self, at: datetime) -> int:
        """How old it is."""
        return max(0, (at - self.found_at).days)

    def sentence(self, lang: str = "es") -> str:
        """What differs, in one line."""
        params = {
            "ours": self._said(self.ours, lang),
            "theirs": self._said(self.theirs, lang),
            "item": self.name or self.key,
            "key": self.key,
        }
        return words.say(f"misaligned_{self.field}", params, lang)

    def _said(self, value: str, lang: str) -> str | Decimal:
        """A number is said as the reader writes it, a unit by its word."""
        if self.field == Field.UNIT:
            return ", ".join(unit_word(one, 1, lang) for one in value.split(", "))
        if self.field not in NUMBERS:
            return value
        try:
            return Decimal(value)
        except ArithmeticError:
            return value

    def as_json(self, at: datetime) -> dict[str, Any]:
        return {
            "id": self.id, "key": self.key, "sku": self.sku or None, "field": self.field, "ours": self.ours, "theirs": self.theirs,
            "owner": self.owner, "found_at": self.found_at.isoformat(), "days": self.days(at),
            "sentence": {lang: self.sentence(lang) for lang in words.LANGUAGES},
        }  # fmt: skip


_OPEN = """
SELECT m.id, m.key, m.item_id, coalesce(i.sku, ''), coalesce(i.name, e.text, ''), m.field, m.ours, m.theirs, m.owner, m.found_at, m.told_at
FROM exchange_misalignment m LEFT JOIN catalog_item i ON i.id = m.item_id
LEFT JOIN exchange_catalogueentry e ON e.customer_id = m.customer_id AND e.key = m.key
WHERE m.customer_id = %(customer)s AND m.settled_at IS NULL AND (%(owner)s = '' OR m.owner = %(owner)s)
ORDER BY m.found_at, m.key, m.field
"""


def misaligned(*, customer_id: int, owner: str = "") -> list[Misaligned]:
    """Open differences of a customer, the oldest first."""
    return [Misaligned(*row) for row in bulk.rows(_OPEN, {"customer": customer_id, "owner": owner})]


@dataclass(frozen=True, slots=True)
class Health:
    """How well a customer's masters and ours agree: items compared, those with a difference, the score of 0 to 100."""

    customer: str
    name: str
    items: int
    wrong: int
    differences: int
    oldest: datetime | None
    said_at: datetime | None

    @property
    def score(self) -> Decimal | None:
        return health(items=self.items, wrong=self.wrong)

    def as_json(self) -> dict[str, Any]:
        return {
            "customer": self.customer, "name": self.name, "items": self.items, "wrong": self.wrong,
            "differences": self.differences, "score": None if self.score is None else str(self.score),
            "oldest": self.oldest and self.oldest.isoformat(), "said_at": self.said_at and self.said_at.isoformat(),
        }  # fmt: skip


_HEALTH = """
SELECT c.number, c.name, coalesce(e.items, 0) + coalesce(m.missing, 0), coalesce(m.wrong, 0), coalesce(m.open, 0), m.oldest, e.said_at
FROM customers_customer c
LEFT JOIN (SELECT customer_id, count(*) AS items, max(said_at) AS said_at FROM exchange_catalogueentry GROUP BY 1) e
    ON e.customer_id = c.id
LEFT JOIN (SELECT customer_id, count(*) AS open, count(DISTINCT key) AS wrong, min(found_at) AS oldest,
               count(*) FILTER (WHERE field = 'missing') AS missing
           FROM exchange_misalignment WHERE settled_at IS NULL GROUP BY 1) m ON m.customer_id = c.id
WHERE (e.items IS NOT NULL OR m.open IS NOT NULL) AND (%(number)s = '' OR c.number = %(number)s)
ORDER BY coalesce(m.wrong, 0) DESC, c.number
"""


def healths(*, number: str = "") -> list[Health]:
    """How well the masters of each customer with a catalogue agree with ours, the worst first."""
    return [Health(*row) for row in bulk.rows(_HEALTH, {"number": number})]
