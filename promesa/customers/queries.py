"""Reading customers."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from promesa.core import bulk
from promesa.core.errors import NotFound
from promesa.customers.terms import terms_of as terms_of


def ids_by_number(*, numbers: Iterable[str]) -> dict[str, int]:
    """Ids of these customers; those that are not there are left out."""
    wanted = sorted(set(numbers))
    return (
        dict(bulk.rows("SELECT number, id FROM customers_customer WHERE number = ANY(%s)", [wanted])) if wanted else {}
    )


_PLAIN = """
    c.id, c.number, c.name, c.tax_id, c.gln, c.email, c.phone, c.language, c.currency, c.country, g.code AS segment,
    g.tier, u.username AS service_owner, c.payment_days, c.credit_limit, c.invoice_from, c.early_days, c.late_days,
    c.under_percent, c.over_percent, c.one_delivery, c.partial_deliveries, c.substitutes, c.price_tolerance_percent,
    c.version, c.active_to
    FROM customers_customer c
    LEFT JOIN customers_segment g ON g.id = c.segment_id
    LEFT JOIN access_user u ON u.id = c.service_owner_id
"""


_CREDIT = ("receivable", "delivered_not_invoiced", "released_not_delivered", "unapplied_credit", "exposure")


def customers_page(
    *, after: str = "", limit: int = 50, within: int | None = None, gln: str = "", active_on: date | None = None
) -> list[dict[str, Any]]:
    """Customers by number, one more than `limit` if there are more. `within` leaves only that customer."""
    return bulk.named(
        f"""SELECT {_PLAIN} WHERE c.number > %(after)s AND (%(within)s::bigint IS NULL OR c.id = %(within)s)
            AND (%(gln)s = '' OR c.gln = %(gln)s)
            AND (%(on)s::date IS NULL OR c.active_to IS NULL OR c.active_to > %(on)s)
            ORDER BY c.number LIMIT %(limit)s""",
        {"after": after, "within": within, "gln": gln, "on": active_on, "limit": limit + 1},
    )


def customer(*, number: str, within: int | None = None) -> dict[str, Any]:
    """A customer with sites, people and credit standing.

    :raises NotFound: if there is none, or none that is within reach.
    """
    found = bulk.named(
        f"""SELECT coalesce((SELECT json_agg(json_build_object('name', h.name, 'position', h.position, 'email', h.email,
                'phone', h.phone, 'active_to', h.active_to) ORDER BY h.name)
            FROM customers_person h WHERE h.customer_id = c.id), '[]') AS people,
            k.customer_id AS standing, k.receivable, k.delivered_not_invoiced, k.released_not_delivered,
            k.unapplied_credit,
            k.receivable + k.delivered_not_invoiced + k.released_not_delivered - k.unapplied_credit AS exposure, {_PLAIN}
            LEFT JOIN customers_creditstanding k ON k.customer_id = c.id
            WHERE c.number = %s AND (%s::bigint IS NULL OR c.id = %s)""",
        [number, within, within],
    )
    if not found:
        raise NotFound(number, what=number)
    one = found[0]
    people, standing, credit = one.pop("people"), one.pop("standing"), {name: one.pop(name) for name in _CREDIT}
    one["sites"] = sites_of(customer_id=one["id"])
    one["people"] = [{**who, "active_to": who["active_to"] and date.fromisoformat(who["active_to"])} for who in people]
    one["credit"] = credit if standing else None
    return one


def sites_of(*, customer_id: int) -> list[dict[str, Any]]:
    """The sites of a customer with their receiving windows, by number."""
    return bulk.named(
        """SELECT s.number, s.name, s.gln, s.street, s.postcode, s.city, s.region, s.country, s.time_zone,
                  k.code AS calendar, s.transit_days, s.is_default, s.active_to,
                  coalesce((SELECT json_agg(json_build_object('weekday', w.weekday, 'opens', to_char(w.opens, 'HH24:MI'),
                      'closes', to_char(w.closes, 'HH24:MI')) ORDER BY w.weekday, w.opens)
                   FROM customers_receivingwindow w WHERE w.site_id = s.id), '[]') AS windows
           FROM customers_site s LEFT JOIN core_calendar k ON k.id = s.calendar_id
           WHERE s.customer_id = %s ORDER BY s.number""",
        [customer_id],
    )


def id_of(*, number: str, within: int | None = None) -> int:
    """The id of a customer.

    :raises NotFound: if there is none, or none that is within reach.
    """
    found = bulk.row(
        "SELECT id FROM customers_customer WHERE number = %s AND (%s::bigint IS NULL OR id = %s)",
        [number, within, within],
    )
    if found is None:
        raise NotFound(number, what=number)
    return int(found[0])
