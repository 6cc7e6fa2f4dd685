"""Mending what stands in the way: each door makes one master or cross-reference and runs again all that waited for it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import wraps
from typing import Any, NamedTuple, ParamSpec, cast

from promesa.catalog import operations as catalog
from promesa.core import bulk, identifiers
from promesa.core.actors import Actor
from promesa.core.errors import NotFound, Refused
from promesa.core.events import emit
from promesa.core.verbs import verb
from promesa.customers import operations as customers
from promesa.exchange.events import MasterRepaired
from promesa.exchange.operations.partners import put_parties
from promesa.exchange.operations.rerun import Rerun, run_again
from promesa.exchange.queries.repairs import Repair, repairs

ALWAYS = "2000-01-01"
GENERAL = "GENERAL"


P = ParamSpec("P")


class Waiting(NamedTuple):
    """What waited for a mended cause: findings of these codes, of what was received, of one customer if it is theirs."""

    codes: tuple[str, ...]
    received: str = ""
    customer_id: int | None = None

    def holds_up(self, one: Repair) -> bool:
        return (not self.received or one.received == self.received) and (
            self.customer_id is None or one.customer_id is None or one.customer_id == self.customer_id
        )


def _door(mend: Callable[P, Waiting]) -> Callable[P, Rerun]:
    """A verb that mends something, and after it all that waited for that, run again. The mending stands by itself: should
    running again fail, the next `rerun` finds it done."""
    mended = verb(mend)

    @wraps(mend)
    def through(*args: P.args, **kwargs: P.kwargs) -> Rerun:
        waited = mended(*args, **kwargs)
        by, at = cast(Actor, kwargs["by"]), cast(datetime, kwargs["at"])
        stuck = [one for one in repairs(codes=waited.codes, limit=10_000) if waited.holds_up(one)]
        return run_again(
            document_ids=_ids(one.document_ids for one in stuck),
            order_ids=_ids(one.order_ids for one in stuck),
            by=by,
            at=at,
        )

    return through


class CodeTaken(Refused):
    """The code belongs to somebody or something else already."""


@dataclass(frozen=True, slots=True)
class PlaceDraft:
    """Where goods are delivered, as a document or a person says it."""

    number: str = ""
    gln: str = ""
    name: str = ""
    street: str = ""
    postcode: str = ""
    city: str = ""
    region: str = ""
    country: str = ""
    time_zone: str = ""

    def row(self, customer: str, *, country: str) -> dict[str, Any]:
        """The row of a site; what is empty keeps its default."""
        gln = self.gln if identifiers.is_gln(self.gln) else ""
        said = {
            "name": self.name or self.number or gln or customer, "gln": gln, "street": self.street, "postcode": self.postcode,
            "city": self.city, "region": self.region, "country": self.country or country, "time_zone": self.time_zone,
        }  # fmt: skip
        number = self.number or self.gln or "1"
        return {"customer": customer, "number": number[:40], **{name: value for name, value in said.items() if value}}


# --- Buyers --------------------------------------------------------------------------------------------------------


@_door
def map_party(*, code: str, customer_id: int, by: Actor, at: datetime) -> Waiting:
    """Say which customer a code in documents stands for, and run again every document that waited for that buyer.

    :raises CodeTaken: if the code is another customer's already.
    """
    _refuse_taken(code, customer_id)
    put_parties(rows=[{"code": code, "customer": number_of(customer_id)}], by=by, at=at)
    emit(_repaired(customer_id, "map_party", code, number_of(customer_id)), by=by, at=at)
    return Waiting(codes=("unknown_buyer", "no_buyer"), received=code)


@_door
def create_customer_for(
    *,
    code: str,
    name: str,
    number: str = "",
    tax_id: str = "",
    country: str = "ES",
    currency: str = "EUR",
    places: Sequence[PlaceDraft] = (),
    by: Actor,
    at: datetime,
) -> Waiting:
    """Create the customer that documents name by a party code or GLN, with its places, and run them again.

    Without places it gets one, its usual one. A code that is no GLN becomes a cross-reference.

    :raises CodeTaken: if the code is another customer's already.
    """
    gln = code if identifiers.is_gln(code) else ""
    number = (number or code)[:40]
    _refuse_taken(code, None)
    row = {
        "number": number,
        "name": name or code,
        "country": country,
        "currency": currency,
        "tax_id": tax_id,
        "gln": gln,
    }
    customers.put_customers(rows=[{key: value for key, value in row.items() if value}], by=by, at=at)
    wanted = places or [PlaceDraft(number="1", gln=gln, name=name or code)]
    customers.put_sites(rows=[one.row(number, country=country) for one in wanted], by=by, at=at)
    if code != gln and code != number:
        put_parties(rows=[{"code": code, "customer": number}], by=by, at=at)
    customer_id = _id_of(number)
    emit(_repaired(customer_id, "create_customer_for", code, name or code), by=by, at=at)
    return Waiting(codes=("unknown_buyer", "no_buyer"), received=code)


@_door
def create_site_for(*, customer_id: int, place: PlaceDraft, by: Actor, at: datetime) -> Waiting:
    """Create a place of delivery of a customer, and run again what waited for it."""
    number = number_of(customer_id)
    country = _value("SELECT country FROM customers_customer WHERE id = %s", customer_id)
    customers.put_sites(rows=[place.row(number, country=country)], by=by, at=at)
    named = place.number or place.gln
    emit(_repaired(customer_id, "create_site_for", named, place.name or named), by=by, at=at)
    return Waiting(codes=("unknown_ship_to", "no_ship_to"), customer_id=customer_id)


# --- Items ---------------------------------------------------------------------------------------------------------


@_door
def create_missing_item(
    *,
    code: str,
    name: str,
    sku: str = "",
    unit: str = "C62",
    tax_code: str = "general",
    price: Decimal | None = None,
    currency: str = "EUR",
    customer_id: int | None = None,
    by: Actor,
    at: datetime,
) -> Waiting:
    """Create the item that a code in orders means, with a price in the general list if one is given, and run again all
    that waited for it. With a customer the code is theirs, and becomes a cross-reference.

    `unit` is the item's base unit, `price` for one of it, net of tax.
    """
    sku = (sku or code)[:60]
    row = {"sku": sku, "name": name or code, "base_unit": unit, "tax_code": tax_code}
    if identifiers.is_gtin(code):
        row["gtin"] = code
    catalog.put_items(rows=[row], by=by, at=at)
    if price is not None:
        put_general_prices(rows=[{"sku": sku, "unit_price": price, "currency": currency}], by=by, at=at)
    if customer_id is not None and code != sku:
        catalog.put_item_codes(rows=[{"customer": number_of(customer_id), "code": code, "sku": sku}], by=by, at=at)
    _cross_reference(code, sku, by, at)
    return Waiting(codes=("unknown_item",), received=code)


def _cross_reference(code: str, sku: str, by: Actor, at: datetime) -> None:
    """Make the code a cross-reference for every customer whose waiting lines send it as a code of their own."""
    numbers = bulk.rows(
        """SELECT DISTINCT c.number FROM orders_finding f JOIN orders_order o ON o.id = f.order_id
           JOIN orders_orderline l ON l.id = f.line_id JOIN customers_customer c ON c.id = o.customer_id
           WHERE (o.state = 'draft' OR l.held) AND f.resolved_at IS NULL AND f.code = 'unknown_item' AND l.received->>'buyer_code' = %s""",
        [code],
    )
    rows = [{"customer": number, "code": code, "sku": sku} for (number,) in numbers]
    if rows:
        catalog.put_item_codes(rows=rows, by=by, at=at)


@_door
def map_item_code(*, customer_id: int, code: str, sku: str, unit_code: str = "", by: Actor, at: datetime) -> Waiting:
    """Say which item a customer means by a code (and in which unit, if the code says so), and run again what waited."""
    row = {"customer": number_of(customer_id), "code": code, "sku": sku}
    catalog.put_item_codes(rows=[{**row, "unit_code": unit_code} if unit_code else row], by=by, at=at)
    emit(_repaired(customer_id, "map_item_code", code, sku), by=by, at=at)
    return Waiting(codes=("unknown_item", "ambiguous_item", "codes_disagree"), received=code, customer_id=customer_id)


@_door
def map_unit(
    *,
    customer_id: int,
    received: str,
    unit_code: str,
    sku: str = "",
    units: int = 0,
    by: Actor,
    at: datetime,
) -> Waiting:
    """Say what a customer means by a unit, and if need be how many base units of an item one holds; run again."""
    if received and received != unit_code:
        row = {"customer": number_of(customer_id), "received": received, "unit_code": unit_code}
        catalog.put_unit_aliases(rows=[row], by=by, at=at)
    if sku and units > 0:
        pack = {"level": "each" if units == 1 else "case", "unit_code": unit_code, "numerator": units}
        catalog.put_items(rows=[{"sku": sku, "packs": [pack]}], by=by, at=at)
    emit(_repaired(customer_id, "map_unit", received, unit_code), by=by, at=at)
    return Waiting(codes=("unknown_unit",), received=received)


@_door
def set_missing_price(
    *, sku: str, price: Decimal, currency: str = "EUR", customer_id: int | None = None, by: Actor, at: datetime
) -> Waiting:
    """Give an item a price (net, one base unit) in the general list of a currency, or agreed with one customer; run again."""
    if customer_id is None:
        put_general_prices(rows=[{"sku": sku, "unit_price": price, "currency": currency}], by=by, at=at)
    else:
        row = {
            "customer": number_of(customer_id),
            "sku": sku,
            "unit_price": price,
            "currency": currency,
            "valid_from": ALWAYS,
        }
        catalog.put_agreements(rows=[row], by=by, at=at)
    return Waiting(codes=("no_price",), received=sku)


@_door
def set_missing_tax_rate(
    *, code: str, country: str, rate: Decimal, category: str = "S", by: Actor, at: datetime
) -> Waiting:
    """Say the rate (in per cent) of a tax code in a country, and run again what waited for it."""
    row = {"code": code, "country": country, "rate": rate, "category": category, "valid_from": ALWAYS}
    catalog.put_tax_rates(rows=[row], by=by, at=at)
    return Waiting(codes=("no_tax_rate",), received=code)


def put_general_prices(*, rows: Sequence[dict[str, Any]], by: Actor, at: datetime, keep_good: bool = False) -> Any:
    """Write prices into the general list of their currency (made if it is not there), from the first day on if no other
    is given. Rows: sku, unit_price, and currency, price_list, valid_from and so on where they matter."""
    return catalog.put_prices(rows=listed_prices(rows, by, at), by=by, at=at, keep_good=keep_good)


def listed_prices(rows: Sequence[dict[str, Any]], by: Actor, at: datetime) -> list[dict[str, Any]]:
    """Give price rows their list and their first day; lists that are not there are made."""
    general = dict(bulk.rows("SELECT currency, code FROM catalog_pricelist WHERE is_default"))
    lists: dict[str, str] = {}
    for row in rows:
        currency = row.pop("currency", None) or "EUR"
        usual = general.get(currency) or (GENERAL if currency == "EUR" else f"{GENERAL}-{currency}")
        code = str(row.setdefault("price_list", usual))
        row.setdefault("valid_from", ALWAYS)
        lists.setdefault(code, currency)
    known = {code for (code,) in bulk.rows("SELECT code FROM catalog_pricelist")}
    served = set(general)
    missing = []
    for code, currency in lists.items():
        if code not in known:
            missing.append({"code": code, "name": code, "currency": currency, "is_default": currency not in served})
            served.add(currency)
    if missing:
        catalog.put_price_lists(rows=missing, by=by, at=at)
    return list(rows)


# --- What the doors share ------------------------------------------------------------------------------------------


def _ids(groups: Iterable[list[int]]) -> list[int]:
    return sorted({one for group in groups for one in group})


def _repaired(customer_id: int, repair: str, code: str, meaning: str) -> MasterRepaired:
    return MasterRepaired(customer_id=customer_id, repair=repair, code=code, meaning=meaning)


def number_of(customer_id: int) -> str:
    """The number of a customer.

    :raises NotFound: if there is none.
    """
    return _value("SELECT number FROM customers_customer WHERE id = %s", customer_id)


def _id_of(number: str) -> int:
    row = bulk.row("SELECT id FROM customers_customer WHERE number = %s", [number])
    assert row is not None
    return int(row[0])


def _value(sql: str, key: int) -> str:
    row = bulk.row(sql, [key])
    if row is None:
        raise NotFound(what=f"customer {key}")
    return str(row[0])


def _refuse_taken(code: str, customer_id: int | None) -> None:
    owner = bulk.row(
        """SELECT c.id, c.name FROM customers_customer c WHERE c.gln = %(c)s OR c.number = %(c)s
           UNION ALL SELECT c.id, c.name FROM exchange_partycode p JOIN customers_customer c ON c.id = p.customer_id
           WHERE p.code = %(c)s LIMIT 1""",
        {"c": code},
    )
    if owner is not None and owner[0] != customer_id:
        raise CodeTaken(code=code, owner=owner[1])
