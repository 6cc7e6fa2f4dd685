"""The company before its first order: people, calendars, what it sells, to whom, at which price."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

from django.contrib.auth.hashers import make_password

from promesa.access import operations as access
from promesa.access.models import User
from promesa.catalog import operations as catalog
from promesa.core import calendar_masters
from promesa.core.actors import Actor
from promesa.core.models import Parameter
from promesa.customers import operations as customers
from promesa.customers.queries import id_of
from promesa.demo import company as table
from promesa.demo.company import Company
from promesa.demo.people import ACCOUNTS, PASSWORD
from promesa.exchange import operations as exchange
from promesa.inventory import operations as inventory

BY = Actor("demo")
# Credit limits by segment: generous, so that only the story stops anybody.
CREDIT = {"protect": "900000", "cost": "160000", "build": "120000", "danger": "60000"}

# What service costs: for all, and where it differs. Gifts of Christmas are worth little in January, and yet 99.5 % is aimed at.
ECONOMICS = {
    "classes": {
        "Lotes de Navidad": {"obsolescence_rate": "0.90", "target": "0.995"},
        "Aceite de oliva": {"penalty_share": "0.06", "target": "0.985"},
        "Vinagre": {"lost_share": "0.20", "patience_share": "0.02"},
        "Conservas vegetales": {"lost_share": "0.30"},
    }
}


@cache
def _hashed() -> str:
    """The password that they all have, made for storing once."""
    return make_password(PASSWORD)


def hire(*, at: datetime) -> dict[str, int]:
    """Give everybody of the company an account; returns their ids by user name."""
    return {
        one.username: access.add_user(
            username=one.username, password=PASSWORD, hashed=_hashed(), role=one.role, name=one.name, language=one.language,
            email=f"{one.username}@aceitesdelsur.example", by=BY, at=at,
        ).pk
        for one in ACCOUNTS
        if not one.customer
    }  # fmt: skip


def let_customers_in(*, at: datetime) -> None:
    """Give people of customers an account for the portal."""
    for one in ACCOUNTS:
        if one.customer:
            access.add_user(
                username=one.username, password=PASSWORD, hashed=_hashed(), role=one.role, name=one.name, language=one.language,
                customer_id=id_of(number=one.customer), by=BY, at=at,
            )  # fmt: skip


def set_up(*, company: Company, at: datetime) -> None:
    """Write all masters, and a key for the company's own accounting program."""
    _open_calendars(company, at)
    _sell(company, at)
    _know_customers(company, at)
    let_customers_in(at=at)
    day = company.first - timedelta(days=1)
    Parameter.objects.bulk_create(
        [
            Parameter(code="billing.automatic", value=True, valid_from=day, changed_by=BY),
            Parameter(code="company.name", value=table.NAME, valid_from=day, changed_by=BY),
            Parameter(code="allocation.economics", value=ECONOMICS, valid_from=day, changed_by=BY),
        ]
    )
    administrator = Actor(f"user:{User.objects.get(role='administrator').pk}")
    access.create_key(name="Contabilidad", scopes=["orders:read", "invoices:read"], by=administrator, at=at)


def _open_calendars(company: Company, at: datetime) -> None:
    codes: dict[str, tuple[str, str]] = {table.WAREHOUSE_CALENDAR: ("AN", "01234")}
    for customer in company.customers.values():
        for site in customer.sites:
            days = "012345" if site.calendar_code.endswith("-6") else "01234"
            codes[site.calendar_code] = (site.row["calendar"], days)
    rows = [
        {"code": code, "name": code, "open_weekdays": weekdays, "day": day, "holiday": name}
        for code, (region, weekdays) in sorted(codes.items())
        for day, name in company.holidays_of(region).items()
    ]
    rows += [
        {"code": code, "name": table.SUPPLIERS[code][0], "open_weekdays": "01234", "day": day, "holiday": name}
        for code in table.SUPPLIERS
        for day, name in company.supplier_holidays(code).items()
    ]
    calendar_masters.put_calendars(rows=rows, by=BY, at=at)
    inventory.put_warehouses(
        rows=[{"code": table.WAREHOUSE, "name": "Antequera", "time_zone": table.ZONE, "is_default": True,
               "calendar": table.WAREHOUSE_CALENDAR, "cut_off": table.CUT_OFF, "ships_at": table.SHIPS_AT}],
        by=BY, at=at,
    )  # fmt: skip


def _sell(company: Company, at: datetime) -> None:
    since = company.first - timedelta(days=30)
    rates = [
        {"code": code, "country": "ES", "category": "S", "rate": rate, "valid_from": since}
        for code, rate in table.TAXES.items()
    ]
    rates += [
        {"code": code, "country": country, "category": category, "rate": 0, "valid_from": since}
        for code in table.TAXES
        for country, category in table.UNTAXED.items()
    ]
    catalog.put_tax_rates(rows=rates, by=BY, at=at)
    catalog.put_suppliers(
        rows=[{"supplier": code, "name": name, "calendar": code} for code, (name, *_) in table.SUPPLIERS.items()],
        by=BY,
        at=at,
    )
    catalog.put_items(rows=[_item_row(item) for item in company.items.values()], by=BY, at=at)
    catalog.put_price_lists(
        rows=[{"code": table.PRICE_LIST, "name": "Tarifa general", "is_default": True}], by=BY, at=at
    )
    prices: list[dict[str, Any]] = []
    for sku in company.items:
        for day in (since, company.rise_on):
            price = company.list_price(sku, day)
            prices.append({"price_list": table.PRICE_LIST, "sku": sku, "unit_price": price, "valid_from": day})
    catalog.put_prices(rows=prices, by=BY, at=at)


def _item_row(item: table.Item) -> dict[str, Any]:
    packs: list[dict[str, Any]] = [{"level": "each", "unit_code": "C62", "numerator": 1}]
    if item.case > 1:
        packs.append({"level": "case", "unit_code": "CS", "numerator": item.case, "gtin": item.case_gtin})
    if not item.is_service:
        layer = item.case * item.layer
        packs.append({"level": "layer", "unit_code": "LR", "numerator": layer})
        packs.append({"level": "pallet", "unit_code": "PX", "numerator": layer * item.pallet})
    return {
        "sku": item.sku, "gtin": item.gtin, "name": item.name, "name_en": item.name_en, "family": item.family,
        "kind": "service" if item.is_service else "goods", "base_unit": "C62", "tax_code": item.tax,
        "sales_unit": "CS" if item.case > 1 else "C62", "minimum_life_days": item.minimum_life_days,
        "weight_kg": item.weight_kg, "packs": packs,
        "supplier": next((code for code, (_, families, *_) in table.SUPPLIERS.items() if item.family in families), None),
    }  # fmt: skip


def _know_customers(company: Company, at: datetime) -> None:
    customers.put_segments(
        rows=[
            {"code": code, "name_es": es, "name_en": en, "tier": tier}
            for code, (es, en, tier) in table.SEGMENTS.items()
        ],
        by=BY, at=at,
    )  # fmt: skip
    customers.put_customers(
        rows=[_customer_row(one, n) for n, one in enumerate(company.customers.values())], by=BY, at=at
    )
    columns = ("customer", "number", "name", "gln", "street", "postcode", "city", "region", "country", "time_zone",
               "transit_days", "windows")  # fmt: skip
    customers.put_sites(
        rows=[
            {**{name: site.row[name] for name in columns}, "calendar": site.calendar_code}
            for one in company.customers.values()
            for site in one.sites
        ],
        by=BY, at=at,
    )  # fmt: skip
    customers.put_people(rows=company.people, by=BY, at=at)
    catalog.put_agreements(rows=company.agreements(), by=BY, at=at)
    codes = [
        {"customer": one.number, "sku": sku, "code": company.buyer_code(one.number, sku), "unit_code": _unit(item)}
        for one in company.customers.values()
        if one.channel in ("csv", "edi")
        for sku, item in company.items.items()
        if not item.is_service
    ]
    catalog.put_item_codes(rows=codes, by=BY, at=at)
    for one in company.customers.values():
        if one.channel == "edi":
            exchange.put_partner(code=one.number, name=one.name, identifier=one.gln, by=BY, at=at)


def _unit(item: table.Item) -> str:
    return "CS" if item.case > 1 else "C62"


def _customer_row(one: table.Customer, n: int) -> dict[str, Any]:
    names = ("number", "name", "gln", "tax_id", "email", "phone", "country", "segment", "payment_days", "early_days",
             "one_delivery", "partial_deliveries", "substitutes", "invoice_from", "price_tolerance_percent")  # fmt: skip
    return {
        **{name: one.row[name] for name in names}, "credit_limit": Decimal(CREDIT[one.segment]),
        "service_owner": ("carmen", "javier", "marta")[n % 3],
    }  # fmt: skip


def first_day(company: Company) -> date:
    """The day before the first order."""
    return company.first - timedelta(days=1)
