"""What the API takes and tells of despatches and deliveries."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from pydantic import Field, StringConstraints

from promesa.core.api import Body, Day, Moment, Number, Page, Quantity, Told, once_each
from promesa.fulfilment.states import Outcome, Reason

LineNumber = Annotated[int, Field(ge=1, le=100_000, strict=True)]
CauseCode = Annotated[str, StringConstraints(pattern=r"^([CXK][1-9]|U)?$")]


class ShippedLine(Body):
    """A quantity (base units) of a line."""

    line_number: LineNumber
    quantity: Quantity


class NewDespatch(Body):
    """What leaves of an order; without lines, all that is claimed on stock."""

    order: Number
    lines: Annotated[list[ShippedLine], Field(min_length=1, max_length=2000), once_each("line_number")] | None = None
    carrier: Annotated[str, StringConstraints(max_length=80)] = ""
    cause: CauseCode = ""
    planned_on: Day | None = None
    at: Moment | None = None


class OutcomePart(Body):
    outcome: Outcome
    quantity: Quantity
    reason: Reason | None = None
    cause: CauseCode = ""
    note: Annotated[str, StringConstraints(max_length=300)] = ""


class DeliveredLine(Body):
    """What became of a line: its parts sum to what was on the delivery note."""

    line_number: LineNumber
    parts: Annotated[list[OutcomePart], Field(min_length=1, max_length=20)]


class NewDelivery(Body):
    """What happened at the door with the goods of one delivery note. A line that is not named was accepted whole.

    `signature` is a small PNG, JPEG or GIF in base64.
    """

    despatch: Number
    lines: Annotated[list[DeliveredLine], Field(max_length=2000), once_each("line_number")] = []
    signed_by: Annotated[str, StringConstraints(max_length=120)] = ""
    signature: Annotated[str, StringConstraints(max_length=800_000, pattern=r"^[A-Za-z0-9+/]*={0,2}$")] = ""
    arrived_at: Moment | None = None
    device_at: Moment | None = None
    cause: CauseCode = ""
    note: Annotated[str, StringConstraints(max_length=300)] = ""
    at: Moment | None = None


class OfOrder(Page):
    order: Annotated[str, StringConstraints(max_length=40)] = ""


class ToldDespatchLine(Told):
    line_number: int
    item: str | None
    lot: str
    expires_on: date | None
    quantity: str


class ToldDespatch(Told):
    number: str
    order: str
    customer: str
    ship_to: str
    warehouse: str
    carrier: str
    planned_on: date | None
    despatched_at: datetime
    cause: str
    deliveries: list[str]
    lines: list[ToldDespatchLine]


class DespatchesPage(Told):
    items: list[ToldDespatch]
    next: str | None


class ToldOutcome(Told):
    line_number: int
    item: str | None
    outcome: str
    quantity: str
    reason: str
    cause: str
    note: str


class ToldDelivery(Told):
    number: str
    despatch: str
    order: str
    customer: str
    site: str
    arrived_at: datetime | None
    delivered_at: datetime
    device_at: datetime | None
    clock_suspect: bool
    signed_by: str
    signature_sha256: str
    cause: str
    note: str
    lines: list[ToldOutcome]


class DeliveriesPage(Told):
    items: list[ToldDelivery]
    next: str | None
