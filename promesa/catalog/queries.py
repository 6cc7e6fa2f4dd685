"""Reading the catalogue."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple

from promesa.core import bulk
from promesa.core.errors import NotFound

_ITEM = """
    i.id, i.sku, i.gtin, i.name, i.name_en, i.kind, i.family, i.base_unit, i.sales_unit, i.tax_code,
    u.code AS supplier, i.lead_days, i.minimum_life_days, i.minimum_quantity, i.weight_kg, z.sku AS substitute, i.version, i.active_to,
    coalesce((SELECT json_agg(json_build_object('level', p.level, 'unit_code', p.unit_code, 'numerator', p.numerator,
        'denominator', p.denominator, 'gtin', p.gtin) ORDER BY p.numerator::numeric / p.denominator)
     FROM catalog_pack p WHERE p.item_id = i.id), '[]') AS packs
    FROM catalog_item i LEFT JOIN catalog_item z ON z.id = i.substitute_id LEFT JOIN catalog_supplier u ON u.id = i.supplier_id
"""


def items_page(
    *, after: str = "", limit: int = 50, gtin: str = "", family: str = "", active_on: date | None = None
) -> list[dict[str, Any]]:
    """Items with their packs by SKU, one more than `limit` if there are more. `gtin` (14 digits) is an item's or a pack's."""
    return bulk.named(
        f"""SELECT {_ITEM} WHERE i.sku > %(after)s AND (%(family)s = '' OR i.family = %(family)s)
            AND (%(gtin)s = '' OR i.gtin = %(gtin)s
                 OR EXISTS (SELECT 1 FROM catalog_pack p WHERE p.item_id = i.id AND p.gtin = %(gtin)s))
            AND (%(on)s::date IS NULL OR i.active_to IS NULL OR i.active_to > %(on)s)
            ORDER BY i.sku LIMIT %(limit)s""",
        {"after": after, "gtin": gtin, "family": family, "on": active_on, "limit": limit + 1},
    )


def item(*, sku: str) -> dict[str, Any]:
    """An item with its packs.

    :raises NotFound: if there is none.
    """
    found = bulk.named(f"SELECT {_ITEM} WHERE i.sku = %s", [sku])
    if not found:
        raise NotFound(sku, what=sku)
    return found[0]


def item_ids(*, skus: Iterable[str]) -> dict[str, int]:
    """Ids of these items; those that are not there are left out."""
    wanted = sorted(set(skus))
    return dict(bulk.rows("SELECT sku, id FROM catalog_item WHERE sku = ANY(%s)", [wanted])) if wanted else {}


def price_lists(*, within: int | None = None, on: date | None = None) -> list[dict[str, Any]]:
    """Price lists by code. `within` leaves the default ones and those that this customer buys from."""
    return bulk.named(
        """SELECT code, name, currency, is_default, active_to FROM catalog_pricelist l
           WHERE %(within)s::bigint IS NULL OR l.is_default OR EXISTS (
               SELECT 1 FROM catalog_customerpricelist c WHERE c.price_list_id = l.id AND c.customer_id = %(within)s
               AND c.valid_from <= %(on)s AND (c.valid_to IS NULL OR c.valid_to > %(on)s))
           ORDER BY code""",
        {"within": within, "on": on or date.max},
    )


def prices_page(*, code: str, after: int = 0, limit: int = 50, sku: str = "") -> list[dict[str, Any]]:
    """Prices of a list in the order in which they were written, one more than `limit` if there are more."""
    return bulk.named(
        """SELECT p.id, i.sku, p.unit_price, p.basis_quantity, p.minimum_quantity, p.valid_from, p.valid_to
           FROM catalog_price p JOIN catalog_pricelist l ON l.id = p.price_list_id JOIN catalog_item i ON i.id = p.item_id
           WHERE l.code = %s AND p.id > %s AND (%s = '' OR i.sku = %s) ORDER BY p.id LIMIT %s""",
        [code, after, sku, sku, limit + 1],
    )


def agreements_page(*, customer_id: int, after: int = 0, limit: int = 50, sku: str = "") -> list[dict[str, Any]]:
    """Prices agreed with a customer, in the order in which they were written."""
    return bulk.named(
        """SELECT a.id, i.sku, a.currency, a.unit_price, a.basis_quantity, a.minimum_quantity, a.valid_from, a.valid_to,
                  a.reference
           FROM catalog_priceagreement a JOIN catalog_item i ON i.id = a.item_id
           WHERE a.customer_id = %s AND a.id > %s AND (%s = '' OR i.sku = %s) ORDER BY a.id LIMIT %s""",
        [customer_id, after, sku, sku, limit + 1],
    )


def item_codes_page(*, customer_id: int, after: str = "", limit: int = 50) -> list[dict[str, Any]]:
    """How a customer calls items, by their code."""
    return bulk.named(
        """SELECT x.code, i.sku, x.unit_code FROM catalog_itemcode x JOIN catalog_item i ON i.id = x.item_id
           WHERE x.customer_id = %s AND x.code > %s ORDER BY x.code LIMIT %s""",
        [customer_id, after, limit + 1],
    )


class SubstituteOf(NamedTuple):
    """That `substitute_id` may stand in for an item: numerator/denominator base units of it for one of the item."""

    item_id: int
    substitute_id: int
    numerator: int
    denominator: int


def substitutes_of(*, items: Iterable[int], on: date) -> list[SubstituteOf]:
    """What may stand in for these items on a day, the best rank first; the item's own one, one for one, comes last."""
    wanted = sorted(set(items))
    if not wanted:
        return []
    found = bulk.rows(
        """SELECT DISTINCT ON (t.item_id, t.rank, t.substitute_id) t.item_id, t.substitute_id, t.numerator, t.denominator
           FROM (
               SELECT s.item_id, s.substitute_id, s.rank, s.numerator, s.denominator FROM catalog_substitution s
               WHERE s.item_id = ANY(%(items)s::bigint[]) AND s.valid_from <= %(on)s
                 AND (s.valid_to IS NULL OR s.valid_to > %(on)s)
               UNION ALL
               SELECT i.id, i.substitute_id, 32767, 1, 1 FROM catalog_item i
               WHERE i.id = ANY(%(items)s::bigint[]) AND i.substitute_id IS NOT NULL AND NOT EXISTS (
                   SELECT 1 FROM catalog_substitution s WHERE s.item_id = i.id AND s.substitute_id = i.substitute_id
                     AND s.valid_from <= %(on)s)
           ) t JOIN catalog_item z ON z.id = t.substitute_id AND (z.active_to IS NULL OR z.active_to > %(on)s)
           ORDER BY t.item_id, t.rank, t.substitute_id""",
        {"items": wanted, "on": on},
    )
    return [SubstituteOf(*row) for row in found]


def substitutions_page(*, sku: str = "", after: int = 0, limit: int = 50) -> list[dict[str, Any]]:
    """What stands in for what, in the order in which it was written, one more than `limit` if there are more."""
    return bulk.named(
        """SELECT s.id, i.sku, z.sku AS substitute, s.rank, s.numerator, s.denominator, s.valid_from, s.valid_to
           FROM catalog_substitution s JOIN catalog_item i ON i.id = s.item_id JOIN catalog_item z ON z.id = s.substitute_id
           WHERE s.id > %s AND (%s = '' OR i.sku = %s) ORDER BY s.id LIMIT %s""",
        [after, sku, sku, limit + 1],
    )
