"""The masters that waiting documents lack and that can be made from the documents themselves: listed first, then made
all at once."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from promesa.catalog import operations as catalog
from promesa.core import bulk, identifiers
from promesa.core.actors import Actor
from promesa.core.verbs import verb
from promesa.core.words import Sentence
from promesa.customers import operations as customers
from promesa.exchange.formats.neutral import NeutralDocument, Party
from promesa.exchange.loading.countries import STANDARD_RATES, country_code, zone_of
from promesa.exchange.models import Document
from promesa.exchange.operations.partners import put_parties
from promesa.exchange.operations.repairs import ALWAYS, PlaceDraft, put_general_prices
from promesa.exchange.operations.rerun import Rerun, rerun
from promesa.exchange.rules import Named, names_of, revived
from promesa.exchange.rules.names import buyer_of
from promesa.exchange.states import Outcome

Rows = list[dict[str, Any]]


@dataclass(slots=True)
class Missing:
    """Rows of masters to be made, with a sentence for each thing that somebody should agree to."""

    sentences: list[Sentence] = field(default_factory=list)
    customers: dict[str, dict[str, Any]] = field(default_factory=dict)
    sites: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    parties: dict[str, dict[str, Any]] = field(default_factory=dict)
    items: dict[str, dict[str, Any]] = field(default_factory=dict)
    item_codes: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    prices: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    tax_rates: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.sentences)

    def say(self, code: str, /, **params: Any) -> None:
        self.sentences.append(Sentence(code, params))


def missing_for(*, document_ids: Collection[int]) -> Missing:
    """What these waiting documents lack now and say enough of: customers and places as they name them, items with their
    unit, codes and prices, and the standard rate of a tax that has none. Units whose content nobody says are left."""
    missing = Missing()
    waiting = Document.objects.filter(pk__in=list(document_ids), outcome=Outcome.WAITING).order_by("pk")
    for document in waiting:
        neutral = revived(document.neutral)
        if document.order_id is None:
            _customer(missing, neutral)
    for number, code, neutral_form in bulk.rows(_PLACES, [list(document_ids)]):
        _place(missing, number, code, json.loads(neutral_form))
    for number, currency, received in bulk.rows(_ITEMS, [list(document_ids)]):
        _item(missing, number, currency, json.loads(received))
    for row in bulk.rows(_PRICES, [list(document_ids)]):
        _price(missing, *row)
    for code, country in bulk.rows(_TAXES, [list(document_ids)]):
        _tax(missing, code, country)
    return missing


_STUCK = """
FROM exchange_document d JOIN orders_order o ON o.id = d.order_id
JOIN customers_customer c ON c.id = o.customer_id
JOIN orders_finding f ON f.order_id = o.id AND f.resolved_at IS NULL AND f.severity = 'blocking'
LEFT JOIN orders_orderline l ON l.id = f.line_id LEFT JOIN catalog_item i ON i.id = l.item_id
WHERE d.id = ANY(%s::bigint[]) AND ((o.state = 'draft' AND d.outcome = 'waiting') OR l.held)
"""
_PLACES = (
    f"SELECT c.number, f.code, d.neutral::text {_STUCK} AND f.code IN ('unknown_ship_to', 'no_ship_to') ORDER BY d.id"
)
_ITEMS = f"SELECT c.number, o.currency, l.received::text {_STUCK} AND f.code = 'unknown_item' ORDER BY l.id"
_PRICES = f"""SELECT i.sku, i.name, o.currency, l.received->>'price', l.received->>'basis', l.pack_numerator, l.pack_denominator
{_STUCK} AND f.code = 'no_price' AND l.received ? 'price' ORDER BY l.id"""
_TAXES = f"SELECT DISTINCT f.received, f.params->>'country' {_STUCK} AND f.code = 'no_tax_rate' ORDER BY 1, 2"


def _customer(missing: Missing, document: NeutralDocument) -> None:
    named = names_of(document)
    number = named.key[:40]
    if not number:
        return
    buyer, ship_to = buyer_of(document), document.party("ship_to")
    country = _country(buyer, ship_to)
    if number not in missing.customers:
        missing.customers[number] = _filled({
            "number": number, "name": named.name or number, "country": country, "currency": document.currency or "EUR",
            "tax_id": named.tax_id[:30], "gln": named.gln if identifiers.is_gln(named.gln) else "", "email": buyer.email,
            "phone": (buyer.phone or "")[:40],
        })  # fmt: skip
        missing.say("missing_customer", number=number, name=named.name or number)
        _cross_references(missing, named, number)
    if ship_to.gln or ship_to.code:
        _site(missing, number, ship_to, country)
    elif not any(customer == number for customer, _ in missing.sites):
        _site(missing, number, buyer, country, code="1")


def _cross_references(missing: Missing, named: Named, number: str) -> None:
    for code in named.codes[:1]:
        if code != number and not identifiers.is_gln(code):
            missing.parties[code] = {"code": code, "customer": number}


def _site(missing: Missing, customer: str, party: Party, country: str, *, code: str = "") -> None:
    code = (code or party.gln or party.code or "1")[:40]
    if (customer, code) in missing.sites:
        return
    own = _country(party, Party(country=country))
    place = PlaceDraft(
        number=code, gln=party.gln or "", name=(party.name or code)[:200], street=(party.street or "")[:200],
        postcode=(party.postcode or "")[:20], city=(party.city or "")[:100], region=(party.region or "")[:100], country=own,
        time_zone=zone_of(own),
    )  # fmt: skip
    missing.sites[customer, code] = place.row(customer, country=own)
    said = code if place.name == code else f"{code} {place.name}"
    missing.say("missing_site", customer=customer, place=said)


def _country(*parties: Party) -> str:
    for party in parties:
        code = country_code(party.country or "")
        if len(code) == 2 and code.isascii() and code.isalpha():
            return code.upper()
    return "ES"


def _place(missing: Missing, number: str, code: str, neutral_form: Any) -> None:
    document = revived(neutral_form)
    party = document.party("ship_to")
    if code == "no_ship_to" or not (party.gln or party.code):
        _site(missing, number, buyer_of(document), _country(buyer_of(document)), code="1")
    else:
        _site(missing, number, party, _country(party, buyer_of(document)))


def _item(missing: Missing, customer: str, currency: str, received: dict[str, Any]) -> None:
    gtin = received.get("gtin", "")
    codes = [received[name] for name in ("buyer_code", "code") if received.get(name)]
    sku = received.get("sku") or gtin or next(iter(codes), "")
    if not sku:
        return
    if sku not in missing.items:
        unit = received.get("unit", "")
        missing.items[sku] = _filled({
            "sku": sku[:60], "name": (received.get("text") or sku)[:200], "gtin": gtin if identifiers.is_gtin(gtin) else "",
            "base_unit": unit if 0 < len(unit) <= 6 else "",
        })  # fmt: skip
        missing.say("missing_item", sku=sku, name=received.get("text") or sku)
    for code in codes:
        if code != sku or received.get("buyer_code") == code:
            missing.item_codes[customer, code] = {"customer": customer, "code": code, "sku": sku[:60]}
    price = received.get("price")
    if price and not received.get("basis") and (sku, currency) not in missing.prices:
        missing.prices[sku, currency] = {"sku": sku[:60], "unit_price": price, "currency": currency}


def _price(
    missing: Missing, sku: str, name: str, currency: str, price: str, basis: str | None, over: int, under: int
) -> None:
    if (sku, currency) in missing.prices or (over, under) != (1, 1):
        return
    missing.prices[sku, currency] = _filled(
        {"sku": sku, "unit_price": price, "currency": currency, "basis_quantity": basis or ""}
    )
    missing.say("missing_price", item=name, price=price, currency=currency)


def _tax(missing: Missing, code: str, country: str | None) -> None:
    rate = STANDARD_RATES.get(country or "")
    if country and rate is not None and (code, country) not in missing.tax_rates:
        missing.tax_rates[code, country] = {
            "code": code, "country": country, "rate": str(rate), "category": "S", "valid_from": ALWAYS,
        }  # fmt: skip
        missing.say("missing_tax_rate", code=code, country=country, rate=str(rate))


def _filled(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if value not in (None, "")}


def create_missing(*, missing: Missing, document_ids: Collection[int], by: Actor, at: datetime) -> Rerun:
    """Make all of it and run the documents again. What a master refuses is left out, and the document goes on waiting."""
    _make(missing=missing, by=by, at=at)
    return rerun(document_ids=document_ids, by=by, at=at)


@verb
def _make(*, missing: Missing, by: Actor, at: datetime) -> None:
    for put, rows in (
        (customers.put_customers, missing.customers), (customers.put_sites, missing.sites), (put_parties, missing.parties),
        (catalog.put_items, missing.items), (catalog.put_item_codes, missing.item_codes),
        (catalog.put_tax_rates, missing.tax_rates), (put_general_prices, missing.prices),
    ):  # fmt: skip
        values: Sequence[dict[str, Any]] = list(rows.values())
        if values:
            put(rows=values, by=by, at=at, keep_good=True)
