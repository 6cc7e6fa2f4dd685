"""What the API takes and tells of the catalogue."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from promesa.core.api import (
    Body,
    Code,
    Currency,
    Day,
    Name,
    Number,
    Page,
    Price,
    Quantity,
    QuantityOrNone,
    Short,
    Told,
)

Gtin = Annotated[str, StringConstraints(pattern=r"^([0-9]{8}|[0-9]{12,14})?$")]
Unit = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9]{1,6}$")]
Sku = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]
MOST = 1000


class Pack(Body):
    """One of it holds numerator/denominator base units."""

    level: Literal["each", "case", "layer", "pallet"]
    unit_code: Unit
    numerator: Annotated[int, Field(ge=1, le=1_000_000, strict=True)]
    denominator: Annotated[int, Field(ge=1, le=1_000_000, strict=True)] = 1
    gtin: Gtin = ""


class ItemFields(Body):
    """Only the fields that are sent are written; packs are added or changed by unit."""

    name: Name = "-"
    gtin: Gtin = ""
    name_en: Short = ""
    kind: Literal["goods", "service"] = "goods"
    family: Annotated[str, StringConstraints(max_length=80)] = ""
    base_unit: Unit = "C62"
    sales_unit: Unit = "C62"
    tax_code: Annotated[str, StringConstraints(min_length=1, max_length=20)] = "general"
    supplier: Annotated[str, StringConstraints(max_length=40)] | None = None
    lead_days: Annotated[int, Field(ge=0, le=365, strict=True)] = 0
    minimum_life_days: Annotated[int, Field(ge=0, le=3650, strict=True)] = 0
    minimum_quantity: QuantityOrNone = Decimal(0)
    weight_kg: QuantityOrNone | None = None
    substitute: Annotated[str, StringConstraints(max_length=60)] | None = None
    active_to: Day | None = None
    packs: Annotated[list[Pack], Field(max_length=12)] = []


class NewItem(ItemFields):
    sku: Sku
    name: Name


class ChangedItem(ItemFields):
    """The version that was read: if it is no longer the stored one, somebody changed the item meanwhile."""

    version: Annotated[int, Field(ge=1, le=2_000_000_000, strict=True)]


class ItemFilters(Page):
    gtin: Gtin = ""
    family: Annotated[str, StringConstraints(max_length=80)] = ""
    active: bool = False


class NewPriceList(Body):
    code: Number
    name: Name
    currency: Currency = "EUR"
    is_default: bool = False
    active_to: Day | None = None


class NewPrice(Body):
    """`unit_price` is for `basis_quantity` base units, net of tax; `valid_to` is the first day without it."""

    sku: Sku
    unit_price: Price
    basis_quantity: Quantity = Decimal(1)
    minimum_quantity: QuantityOrNone = Decimal(0)
    valid_from: Day
    valid_to: Day | None = None


class NewPrices(Body):
    prices: Annotated[list[NewPrice], Field(min_length=1, max_length=MOST)]


class NewAgreement(NewPrice):
    currency: Currency = "EUR"
    reference: Annotated[str, StringConstraints(max_length=60)] = ""


class NewAgreements(Body):
    agreements: Annotated[list[NewAgreement], Field(min_length=1, max_length=MOST)]


class NewCode(Body):
    code: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]
    sku: Sku
    unit_code: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9]{0,6}$")] = ""


class NewCodes(Body):
    codes: Annotated[list[NewCode], Field(min_length=1, max_length=MOST)]


class NewSubstitution(Body):
    """One base unit of the item is replaced by numerator/denominator base units of the substitute."""

    sku: Sku
    substitute: Sku
    rank: Annotated[int, Field(ge=1, le=999, strict=True)] = 1
    numerator: Annotated[int, Field(ge=1, le=1_000_000, strict=True)] = 1
    denominator: Annotated[int, Field(ge=1, le=1_000_000, strict=True)] = 1
    valid_from: Day
    valid_to: Day | None = None


class NewSubstitutions(Body):
    substitutions: Annotated[list[NewSubstitution], Field(min_length=1, max_length=MOST)]


class RowFilters(Page):
    sku: Code = ""


# --- What is told --------------------------------------------------------------------------------------------------


class ToldPack(Told):
    level: str
    unit_code: str
    numerator: int
    denominator: int
    gtin: str


class ToldItem(Told):
    sku: str
    gtin: str
    name: str
    name_en: str
    kind: str
    family: str
    base_unit: str
    sales_unit: str
    tax_code: str
    supplier: str | None
    lead_days: int
    minimum_life_days: int
    minimum_quantity: str
    weight_kg: str | None
    substitute: str | None
    version: int
    active_to: date | None
    packs: list[ToldPack]


class ItemsPage(Told):
    items: list[ToldItem]
    next: str | None


class ToldPriceList(Told):
    code: str
    name: str
    currency: str
    is_default: bool
    active_to: date | None


class PriceLists(Told):
    items: list[ToldPriceList]


class ToldPrice(Told):
    sku: str
    unit_price: str
    basis_quantity: str
    minimum_quantity: str
    valid_from: date
    valid_to: date | None


class PricesPage(Told):
    items: list[ToldPrice]
    next: str | None


class ToldAgreement(ToldPrice):
    currency: str
    reference: str


class AgreementsPage(Told):
    items: list[ToldAgreement]
    next: str | None


class ToldCode(Told):
    code: str
    sku: str
    unit_code: str


class CodesPage(Told):
    items: list[ToldCode]
    next: str | None


class ToldSubstitution(Told):
    sku: str
    substitute: str
    rank: int
    numerator: int
    denominator: int
    valid_from: date
    valid_to: date | None


class SubstitutionsPage(Told):
    items: list[ToldSubstitution]
    next: str | None


class Written(Told):
    """How many rows were new, and how many stored ones changed."""

    rows: int
    created: int
    changed: int
