"""What the API takes and tells of promises."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, Field, StringConstraints, model_validator

from promesa.core.api import Body, Code, Number, Quantity, Told, Window, printable

MOST_LINES = 2000


class AskedLine(Body):
    """What is wanted: the item by SKU, GTIN or the customer's own code."""

    item: Code = ""
    gtin: Annotated[str, StringConstraints(pattern=r"^([0-9]{8}|[0-9]{12,14})?$")] = ""
    buyer_code: Code = ""
    quantity: Quantity
    unit_code: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9]{0,6}$")] = ""
    requested: Window | None = None

    @model_validator(mode="after")
    def _named(self) -> AskedLine:
        if not (self.item or self.gtin or self.buyer_code):
            raise ValueError("item, gtin or buyer_code is wanted")
        return self


class AskedPromise(Body):
    """What could be promised to a customer now. `order`: as a change of that order, which keeps what it has."""

    customer: Number
    ship_to: Code = ""
    requested: Window | None = None
    order: Code = ""
    lines: Annotated[list[AskedLine], Field(min_length=1, max_length=MOST_LINES)]


class Sentences(Told):
    es: str
    en: str


class SourceTold(Told):
    kind: str
    name: str
    base_quantity: str


class PartTold(Told):
    quantity: str | None = None
    base_quantity: str
    ship_date: date
    from_: datetime = Field(alias="from")
    to: datetime
    day: date
    reason: dict[str, Any]
    sentence: Sentences
    sources: list[SourceTold] | None = None


class MissingTold(Told):
    quantity: str
    base_quantity: str
    reason: dict[str, Any]
    sentence: Sentences


class SubstituteTold(Told):
    """A substitute for what is missing. It is taken only with consent; `needs_consent`: the customer has to be asked."""

    item: str
    name: str
    base_quantity: str
    replaces_base_quantity: str
    unit_price: str | None
    price_basis: str | None
    needs_consent: bool
    parts: list[PartTold]
    sentence: Sentences


class PromisedLineTold(Told):
    line: int
    item: str | None
    asked: str
    quantity: str
    unit_code: str
    base_quantity: str
    complete: bool
    in_time: bool
    parts: list[PartTold]
    missing: MissingTold | None
    substitutes: list[SubstituteTold]


class FindingTold(Told):
    line: int
    code: str
    severity: str
    received: str
    right: str
    sentence: Sentences


class PromiseTold(Told):
    """What can be promised; `until` is the end of the last window, `net_amount` what the lines would cost."""

    customer: str
    ship_to: str | None
    time_zone: str
    at: datetime
    currency: str
    complete: bool
    until: datetime | None
    warehouse: str | None
    net_amount: str
    lines: list[PromisedLineTold]
    findings: list[FindingTold]


class ShortagesAsked(BaseModel):
    """Up to the end of a day (seven days from now if not said), as receipts are or as one (`*`: all) is supposed to come: so many
    days late, so much per cent short."""

    to: date | None = None
    sort: Literal["cover", "value", "short", "missing", "lines", "service", "name"] = "cover"
    view: Literal["", "short", "all"] = ""
    limit: int = Field(50, ge=1, le=1000)
    offset: int = Field(0, ge=0, le=1_000_000)
    receipt: Annotated[str, StringConstraints(max_length=40), AfterValidator(printable)] = ""
    late: int = Field(0, ge=0, le=365)
    less: int = Field(0, ge=0, le=100)


class NextTold(Told):
    on: date
    quantity: str
    receipt: str


class ShortItemTold(Told):
    """Base units. `missing` has no goods up to the day, `lacking` also counts what comes too late for its line, `short` is what nothing
    that is there can serve; `value` the net price of what lacks."""

    item: str
    name: str
    unit: str
    pack: str
    supply: str
    promised: str
    protected: str
    free: str
    lacking: str
    short: str
    demand: str
    loss: str
    days_of_cover: str | None
    missing: str
    lines: int
    orders: int
    customers: int
    value: str
    next: NextTold | None


class ShortagesTold(Told):
    """A page of the board, and the sums of all of it."""

    horizon_to: date
    at: datetime
    count: int
    short_items: int
    orders: int
    customers: int
    missing: str
    value: str
    loss: str
    items: list[ShortItemTold]
