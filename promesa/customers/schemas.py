"""What the API takes and tells of customers."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints

from promesa.core.api import Body, Country, Currency, Day, Number, Percent, Price, Short, Told, printable

Gln = Annotated[str, StringConstraints(pattern=r"^([0-9]{13})?$")]
Time = Annotated[str, StringConstraints(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
Days = Annotated[int, Field(ge=0, le=365, strict=True)]
Long = Annotated[str, StringConstraints(strip_whitespace=True, max_length=254), AfterValidator(printable)]
Phone = Annotated[str, StringConstraints(strip_whitespace=True, max_length=40), AfterValidator(printable)]


class CustomerFields(Body):
    """Only the fields that are sent are written."""

    name: Annotated[
        str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), AfterValidator(printable)
    ] = ""
    tax_id: Annotated[str, StringConstraints(strip_whitespace=True, max_length=30), AfterValidator(printable)] = ""
    gln: Gln = ""
    email: Long = ""
    phone: Phone = ""
    language: Literal["es", "en"] = "es"
    currency: Currency = "EUR"
    country: Country = "ES"
    segment: Annotated[str, StringConstraints(max_length=20), AfterValidator(printable)] | None = None
    service_owner: Annotated[str, StringConstraints(max_length=150), AfterValidator(printable)] | None = None
    payment_days: Days = 30
    credit_limit: Price | None = None
    invoice_from: Literal["delivery", "despatch"] = "delivery"
    early_days: Days = 1
    late_days: Days = 0
    under_percent: Percent = Decimal(0)
    over_percent: Percent = Decimal(0)
    one_delivery: bool = False
    partial_deliveries: bool = True
    substitutes: bool = False
    price_tolerance_percent: Percent = Decimal(0)
    active_to: Day | None = None


class NewCustomer(CustomerFields):
    number: Number
    name: Annotated[
        str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), AfterValidator(printable)
    ]


class ChangedCustomer(CustomerFields):
    """The version that was read: if it is no longer the stored one, somebody changed the customer meanwhile."""

    version: Annotated[int, Field(ge=1, le=2_000_000_000, strict=True)]


class ReceivingWindow(Body):
    weekday: Annotated[int, Field(ge=0, le=6, strict=True)]
    opens: Time
    closes: Time


class SiteFields(Body):
    """Only the fields that are sent are written; windows, if sent, replace the stored ones."""

    name: Annotated[
        str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), AfterValidator(printable)
    ] = ""
    gln: Gln = ""
    street: Short = ""
    postcode: Annotated[str, StringConstraints(max_length=20), AfterValidator(printable)] = ""
    city: Annotated[str, StringConstraints(max_length=100), AfterValidator(printable)] = ""
    region: Annotated[str, StringConstraints(max_length=100), AfterValidator(printable)] = ""
    country: Country = "ES"
    time_zone: Annotated[str, StringConstraints(max_length=60), AfterValidator(printable)] = "Europe/Madrid"
    calendar: Annotated[str, StringConstraints(max_length=40), AfterValidator(printable)] | None = None
    transit_days: Annotated[int, Field(ge=0, le=90, strict=True)] = 1
    is_default: bool = False
    active_to: Day | None = None
    windows: Annotated[list[ReceivingWindow], Field(max_length=70)] = []


class NewSite(SiteFields):
    number: Number
    name: Annotated[
        str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), AfterValidator(printable)
    ]


class ToldCustomer(Told):
    number: str
    name: str
    tax_id: str
    gln: str
    email: str
    phone: str
    language: str
    currency: str
    country: str
    segment: str | None
    tier: int | None
    service_owner: str | None
    payment_days: int
    credit_limit: str | None
    invoice_from: str
    early_days: int
    late_days: int
    under_percent: str
    over_percent: str
    one_delivery: bool
    partial_deliveries: bool
    substitutes: bool
    price_tolerance_percent: str
    version: int
    active_to: date | None


class ToldWindow(Told):
    weekday: int
    opens: str
    closes: str


class ToldSite(Told):
    number: str
    name: str
    gln: str
    street: str
    postcode: str
    city: str
    region: str
    country: str
    time_zone: str
    calendar: str | None
    transit_days: int
    is_default: bool
    active_to: date | None
    windows: list[ToldWindow]


class ToldPerson(Told):
    name: str
    position: str
    email: str
    phone: str
    active_to: date | None


class ToldCredit(Told):
    """Exposure in the company's currency, with tax, and its four parts."""

    receivable: str
    delivered_not_invoiced: str
    released_not_delivered: str
    unapplied_credit: str
    exposure: str


class WholeCustomer(ToldCustomer):
    sites: list[ToldSite]
    people: list[ToldPerson]
    credit: ToldCredit | None


class CustomersPage(Told):
    items: list[ToldCustomer]
    next: str | None


class Sites(Told):
    items: list[ToldSite]
