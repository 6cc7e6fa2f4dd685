"""What answers are made of: the facts of an order, a despatch or an invoice, as plain values.

Quantities are in the item's base unit; moments are UTC, told in `zone`, that of the place of delivery.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from promesa.exchange.formats.neutral import Party

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class PartFacts:
    """A part of the promise in force. `window_to` does not belong to the window."""

    quantity: Decimal
    window_from: datetime | None
    window_to: datetime | None
    ship_date: date | None
    code: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ItemFacts:
    """How a line names its item, and how base units become the unit that it was ordered in."""

    line_number: int
    their_line: str
    sku: str
    gtin: str
    buyer_code: str
    text: str
    unit_code: str
    unit_received: str
    base_unit: str
    numerator: int
    denominator: int


@dataclass(frozen=True, slots=True)
class LineFacts:
    """A line of an order as far as an answer tells of it. `gone` had left when the promise in force was made, by the promise
    of `gone_from` to `gone_to`. One that is held says for what (`held_code`)."""

    item: ItemFacts
    ordered: Decimal
    cancelled_by_customer: Decimal
    cancelled_by_us: Decimal
    substituted: Decimal
    gone: Decimal
    price: Decimal | None
    price_basis: Decimal
    price_received: Decimal | None
    basis_received: Decimal | None
    net_amount: Decimal
    tax_category: str
    tax_rate: Decimal
    requested_from: datetime | None
    requested_to: datetime | None
    sequence: int
    gone_from: datetime | None
    gone_to: datetime | None
    parts: tuple[PartFacts, ...]
    missing_code: str = ""
    missing_params: Mapping[str, Any] = field(default_factory=dict)
    held_code: str = ""
    held_params: Mapping[str, Any] = field(default_factory=dict)

    @property
    def wanted(self) -> Decimal:
        """What the customer still asks for."""
        return self.ordered - self.cancelled_by_customer

    @property
    def given(self) -> Decimal:
        """What they get of it: promised, or on its way when the promise was made."""
        promised = sum((part.quantity for part in self.parts), ZERO)
        return max(ZERO, min(promised + self.gone, self.wanted - self.cancelled_by_us - self.substituted))


@dataclass(frozen=True, slots=True)
class OrderFacts:
    """An order as far as an answer tells of it."""

    order_id: int
    customer_id: int
    number: str
    po_number: str
    state: str
    currency: str
    language: str
    zone: str
    requested_from: datetime | None
    requested_to: datetime | None
    cancelled_by: str
    buyer: Party
    ship_to: Party
    lines: tuple[LineFacts, ...]

    @property
    def basis(self) -> dict[str, int]:
        """The promises that an answer tells of: line -> sequence."""
        return {str(line.item.line_number): line.sequence for line in self.lines}


@dataclass(frozen=True, slots=True)
class LotFacts:
    """A quantity of a line out of one lot."""

    item: ItemFacts
    quantity: Decimal
    ordered: Decimal
    lot: str
    expires_on: date | None


@dataclass(frozen=True, slots=True)
class DespatchFacts:
    """A delivery note as far as a despatch advice tells of it."""

    advice_id: int
    order_id: int
    customer_id: int
    number: str
    order: str
    po_number: str
    language: str
    zone: str
    despatched_at: datetime
    arrives_from: datetime | None
    arrives_to: datetime | None
    carrier: str
    buyer: Party
    ship_to: Party
    lots: tuple[LotFacts, ...]


@dataclass(frozen=True, slots=True)
class BilledFacts:
    """A line of an invoice or credit note."""

    item: ItemFacts | None
    position: int
    text: str
    quantity: Decimal
    unit_code: str
    price: Decimal
    price_basis: Decimal
    net_amount: Decimal
    tax_category: str
    tax_rate: Decimal
    despatch: str


@dataclass(frozen=True, slots=True)
class TaxFacts:
    category: str
    rate: Decimal
    base_amount: Decimal
    tax_amount: Decimal


@dataclass(frozen=True, slots=True)
class InvoiceFacts:
    """An invoice or credit note, whole."""

    invoice_id: int
    order_id: int | None
    customer_id: int
    kind: str
    number: str
    order: str
    po_number: str
    language: str
    issued_on: date
    due_on: date
    delivered_on: date | None
    payment_days: int
    currency: str
    net_amount: Decimal
    tax_amount: Decimal
    gross_amount: Decimal
    prepaid_amount: Decimal
    rounding_amount: Decimal
    payable_amount: Decimal
    cause_note: str
    corrects: str
    corrects_on: date | None
    buyer: Party
    ship_to: Party
    lines: tuple[BilledFacts, ...]
    taxes: tuple[TaxFacts, ...]


@dataclass(frozen=True, slots=True)
class Us:
    """The company as it stands on its documents."""

    party: Party = field(default_factory=Party)
    identifier: str = ""
    account: str = ""
    bank: str = ""
