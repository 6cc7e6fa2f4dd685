"""What the API takes and tells of orders."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints, model_validator

from promesa.core.api import (
    Body,
    Code,
    Currency,
    DayOrMoment,
    Note,
    Number,
    Page,
    Price,
    Quantity,
    QuantityOrNone,
    Short,
    Told,
    Window,
)

MOST_LINES = 2000
Version = Annotated[int, Field(ge=1, le=2_000_000_000, strict=True)]


class NewLine(Body):
    """What is wanted: the item by SKU, GTIN or the customer's own code; one of them is enough, all must agree."""

    item: Code = ""
    gtin: Annotated[str, StringConstraints(pattern=r"^([0-9]{8}|[0-9]{12,14})?$")] = ""
    buyer_code: Code = ""
    text: Short = ""
    quantity: Quantity
    unit_code: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9]{0,6}$")] = ""
    price: Price | None = None
    price_basis: Quantity | None = None
    requested: Window | None = None

    @model_validator(mode="after")
    def _named(self) -> NewLine:
        if not (self.item or self.gtin or self.buyer_code):
            raise ValueError("item, gtin or buyer_code is wanted")
        return self


class NewOrder(Body):
    """An order to capture: it is priced, checked, promised and confirmed in one go.

    With `submit` false it stays a draft. Findings that need a person hold it; they are in the answer.
    """

    customer: Number
    po_number: Code = ""
    ship_to: Annotated[str, StringConstraints(max_length=40)] = ""
    currency: Currency | None = None
    requested: Window | None = None
    note: Note = ""
    lines: Annotated[list[NewLine], Field(min_length=1, max_length=MOST_LINES)]
    submit: Annotated[bool, Field(strict=True)] = True


class ChangedLine(Body):
    """What a line is ordered for now, in its ordered unit; 0 cancels it. Who asked, and why."""

    quantity: QuantityOrNone
    initiator: Literal["customer", "us"] = "customer"
    reason: Short = ""
    version: Version | None = None


class MovedRequest(Body):
    """When the customer wants it now."""

    from_: DayOrMoment = Field(alias="from")
    to: DayOrMoment
    because_we_were_late: bool = False
    reason: Short = ""
    version: Version | None = None


class Cancellation(Body):
    initiator: Literal["customer", "us"] = "customer"
    cause: Annotated[str, StringConstraints(pattern=r"^([CXK][1-9]|U)?$")] = ""
    reason: Short = ""
    version: Version | None = None


class Release(Body):
    """Which hold, and why it may go on."""

    hold: Annotated[int, Field(ge=1, le=2**62, strict=True)]
    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=300)]


class ToldHow(Body):
    """How the customer was told, by you or your own program."""

    how: Literal["phone", "email", "in_person", "document", "portal"]


class OrderFilters(Page):
    state: Literal["", "draft", "submitted", "confirmed", "closed", "cancelled", "refused"] = ""
    customer: Annotated[str, StringConstraints(max_length=40)] = ""
    po_number: Annotated[str, StringConstraints(max_length=60)] = ""
    ordered_from: date | None = None
    ordered_to: date | None = None


class ToldWindow(Told):
    from_: datetime | None = Field(alias="from")
    to: datetime | None


class OrderHead(Told):
    number: str
    state: str
    customer: str
    ship_to: str | None
    po_number: str
    channel: str
    currency: str
    ordered_at: datetime
    submitted_at: datetime | None
    confirmed_at: datetime | None
    released_at: datetime | None
    closed_at: datetime | None
    requested: ToldWindow
    first_promised_to: datetime | None
    promised_to: datetime | None
    line_count: int
    net_amount: str
    tax_amount: str
    total_amount: str
    version: int


class OrderLineTold(Told):
    """`quantity` and `unit_code` as ordered; all other quantities in the item's base unit."""

    line_number: int
    item: str | None
    text: str
    received: dict[str, Any]
    quantity: str
    unit_code: str
    base_quantity: str
    price: str | None
    price_basis: str
    price_origin: str
    net_amount: str
    tax_category: str
    tax_rate: str
    promised: str
    released_at: datetime | None
    cancelled: str
    despatched: str
    accepted: str
    refused: str
    returned: str
    invoiced: str
    credited: str


class Reason(Told):
    code: str = ""
    params: dict[str, Any] = {}


class PromiseTold(Told):
    line_number: int
    sequence: int
    part: int
    quantity: str
    ship_date: date | None
    from_: datetime | None = Field(alias="from")
    to: datetime | None
    is_first: bool
    reason: Reason
    cause: str
    made_at: datetime
    told_at: datetime | None


class Sentences(Told):
    es: str
    en: str


class PromiseWithReason(PromiseTold):
    sentence: Sentences


class FindingTold(Told):
    id: int
    line: int | None
    code: str
    aspect: str
    severity: Literal["blocking", "warning", "note"]
    fault: str
    field: str
    received: str
    right: str
    sentence: Sentences
    found_at: datetime
    resolved_at: datetime | None
    resolution: str


class HoldTold(Told):
    id: int
    kind: str
    role: str
    code: str
    sentence: Sentences
    since: datetime
    released_at: datetime | None
    released_by: str
    release_reason: str


class OrderTold(OrderHead):
    lines: list[OrderLineTold]
    promises: list[PromiseTold]
    findings: list[FindingTold]
    holds: list[HoldTold]


class OrdersPage(Told):
    items: list[OrderHead]
    next: str | None


class Promises(Told):
    items: list[PromiseWithReason]
