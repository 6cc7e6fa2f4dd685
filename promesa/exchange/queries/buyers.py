"""Who is meant by the names in documents: one statement for the buyers of a whole file, one for their places."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from promesa.core import bulk
from promesa.exchange.rules import Buyer, Named, Place

# A name that two customers share names nobody: such rows come twice and are set aside in memory. A tax number is the same
# with and without the letters of its country: ESB12345674 on an invoice, B12345674 on paper.
_NAMES = """
SELECT 'gln', gln, id FROM customers_customer WHERE gln <> '' AND gln = ANY(%(codes)s::text[])
UNION ALL SELECT 'tax', t.said, t.id FROM (
    SELECT c.id, unnest(ARRAY[c.plain, c.country || c.plain, substr(c.plain, length(c.country) + 1)]) AS said,
        unnest(ARRAY[true, NOT starts_with(c.plain, c.country), starts_with(c.plain, c.country)]) AS meant
    FROM (SELECT id, country, upper(regexp_replace(tax_id, '[^0-9A-Za-z]', '', 'g')) AS plain FROM customers_customer
          WHERE tax_id <> '' AND cardinality(%(taxes)s::text[]) > 0) c
    ) t WHERE t.meant AND t.said = ANY(%(taxes)s::text[])
UNION ALL SELECT 'party', code, customer_id FROM exchange_partycode WHERE code = ANY(%(codes)s::text[])
UNION ALL SELECT 'number', number, id FROM customers_customer WHERE number = ANY(%(codes)s::text[])
UNION ALL SELECT 'partner', identifier, customer_id FROM exchange_partner
    WHERE identifier <> '' AND customer_id IS NOT NULL AND identifier = ANY(%(codes)s::text[])
UNION ALL SELECT DISTINCT 'site', gln, customer_id FROM customers_site WHERE gln <> '' AND gln = ANY(%(codes)s::text[])
"""
_PLACES = """
SELECT customer_id, number, gln, time_zone, is_default, street, postcode FROM customers_site
WHERE customer_id = ANY(%s::bigint[]) ORDER BY customer_id, id
"""
_TRUSTED = ("gln", "tax", "party", "number", "site", "partner")


@dataclass(slots=True)
class Names:
    """The customers that names stand for, and where they take goods."""

    by_name: dict[tuple[str, str], set[int]] = field(default_factory=dict)
    places: dict[int, list[Place]] = field(default_factory=dict)

    def buyer(self, named: Named, *, partner_customer: int | None = None) -> Buyer | None:
        """The buyer: the partner's customer, else by GLN, tax number, cross-reference, number, GLN of a place.

        None when nobody, or more than one, has the name.
        """
        customer = partner_customer or self._named(named)
        return None if customer is None else Buyer(customer, tuple(self.places.get(customer, ())))

    def _named(self, named: Named) -> int | None:
        for kind in _TRUSTED:
            for name in (named.tax_id,) if kind == "tax" else named.codes:
                found = self.by_name.get((kind, name)) if name else None
                if found is not None and len(found) == 1:
                    return next(iter(found))
        return None


def names_known(*, named: Iterable[Named], customers: Iterable[int] = ()) -> Names:
    """All that is known about these names, and the places of the customers they stand for."""
    asked = set(named)
    codes = {code for one in asked for code in one.codes}
    taxes = {one.tax_id for one in asked if one.tax_id}
    names = Names()
    if codes or taxes:
        for kind, name, customer in bulk.rows(_NAMES, {"codes": list(codes), "taxes": list(taxes)}):
            names.by_name.setdefault((kind, name), set()).add(customer)
    known = {customer for found in names.by_name.values() for customer in found} | set(customers)
    if known:
        for customer, *place in bulk.rows(_PLACES, [list(known)]):
            names.places.setdefault(customer, []).append(Place(*place))
    return names
