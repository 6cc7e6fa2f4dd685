"""What the API takes and tells of stock."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, model_validator

from promesa.core.api import Body, Code, Day, Moment, Number, Page, Quantity, QuantityOrNone, Short, Told, number

Lot = Annotated[str, StringConstraints(strip_whitespace=True, max_length=40)]
Warehouse = Annotated[str, StringConstraints(strip_whitespace=True, max_length=20)]
Sku = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]


def _not_zero(value: Decimal) -> Decimal:
    if not value:
        raise ValueError("anything but 0 is wanted")
    return value


Change = Annotated[
    Decimal,
    BeforeValidator(number, json_schema_input_type=str | int),
    Field(gt=Decimal("-1e12"), lt=Decimal("1e12"), decimal_places=6, allow_inf_nan=False),
    AfterValidator(_not_zero),
]


class StockChange(Body):
    """Either `counted`, what is there now, or `change`, what came (or, negative, went). Base units."""

    item: Sku
    warehouse: Warehouse = ""
    lot: Lot = ""
    expires_on: Day | None = None
    counted: QuantityOrNone | None = None
    change: Change | None = None
    kind: Literal["opening", "count", "scrap"] = "count"
    blocked: bool = False

    @model_validator(mode="after")
    def _one_of_two(self) -> StockChange:
        if (self.counted is None) == (self.change is None):
            raise ValueError("either counted or change is wanted")
        return self


class StockChanges(Body):
    reference: Annotated[str, StringConstraints(strip_whitespace=True, max_length=60)] = ""
    rows: Annotated[list[StockChange], Field(min_length=1, max_length=1000)]


class NewReceipt(Body):
    """Goods to expect. Base units."""

    number: Number
    item: Sku
    warehouse: Warehouse = ""
    quantity: Quantity
    expected_at: Moment
    supplier: Short = ""
    lot: Lot = ""
    expires_on: Day | None = None


class MovedReceipt(Body):
    """When it comes now, with how much, or both."""

    expected_at: Moment | None = None
    quantity: Quantity | None = None
    reason: Short = ""

    @model_validator(mode="after")
    def _says_something(self) -> MovedReceipt:
        if self.expected_at is None and self.quantity is None:
            raise ValueError("expected_at or quantity is wanted")
        return self


class CancelledReceipt(Body):
    reason: Short = ""


class Arrival(Body):
    """What arrived; all that was expected if no quantity is said."""

    quantity: Quantity | None = None
    lot: Lot | None = None
    expires_on: Day | None = None


class StockFilters(Page):
    item: Code = ""
    warehouse: Warehouse = ""


class ReceiptFilters(Page):
    item: Code = ""
    state: Literal["", "expected", "received", "cancelled"] = ""


class ToldStock(Told):
    """`free` is what can still be promised. Base units."""

    item: str
    warehouse: str
    lot: str
    expires_on: date | None
    on_hand: str
    claimed: str
    free: str
    blocked: bool


class StockPage(Told):
    items: list[ToldStock]
    next: str | None


class StockRows(Told):
    items: list[ToldStock]


class ToldReceipt(Told):
    number: str
    item: str
    warehouse: str
    supplier: str
    expected_at: datetime
    quantity: str
    claimed: str
    received: str
    lot: str
    expires_on: date | None
    state: str


class Note(Told):
    code: str
    sentence: str


class NotedReceipt(ToldReceipt):
    noted: list[Note]


class ReceiptsPage(Told):
    items: list[ToldReceipt]
    next: str | None
