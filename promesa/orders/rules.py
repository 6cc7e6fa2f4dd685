"""Pure rules of the order: drafts as they come in, what checks find in them, and how far a line has come."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, NamedTuple

from promesa.orders.states import Aspect, Fault, HoldKind, Severity

ZERO = Decimal(0)
CENT = Decimal("0.01")


@dataclass(slots=True)
class DraftLine:
    """A line as somebody asked for it. Codes, text, quantity, unit and price are kept as received.

    Never changed once made; not frozen, since freezing triples the time of making it, and files have many.
    """

    line: str = ""
    sku: str = ""
    gtin: str = ""
    buyer_code: str = ""
    code: str = ""  # of unknown kind: tried as SKU, GTIN and customer's code
    text: str = ""
    quantity: Decimal | None = None
    quantity_text: str = ""
    unit: str = ""
    price: Decimal | None = None
    price_basis: Decimal = Decimal(1)
    requested_from: datetime | date | None = None
    requested_to: datetime | date | None = None
    free: bool = False

    def received(self) -> dict[str, str]:
        """What is kept for ever of what came in; empty things are left out."""
        quantity = self.quantity_text or ("" if self.quantity is None else str(self.quantity))
        kept = {"line": self.line, "sku": self.sku} if self.line and self.sku else _there(line=self.line, sku=self.sku)
        if self.gtin or self.buyer_code or self.code or self.text:
            kept |= _there(gtin=self.gtin, buyer_code=self.buyer_code, code=self.code, text=self.text[:300])
        if quantity:
            kept["quantity"] = quantity
        if self.unit:
            kept["unit"] = self.unit
        if self.price is not None:
            kept["price"] = str(self.price)
        if self.price_basis != 1:
            kept["basis"] = str(self.price_basis)
        return kept

    @property
    def named(self) -> str:
        """The code that people would say."""
        return self.sku or self.gtin or self.buyer_code or self.code or self.text


def _there(**said: str) -> dict[str, str]:
    return {name: value for name, value in said.items() if value}


@dataclass(frozen=True, slots=True)
class OrderDraft:
    """An order as it comes through any door. The customer is given by id, number or GLN; the first that is there counts."""

    lines: tuple[DraftLine, ...]
    customer_id: int | None = None
    customer_number: str = ""
    customer_gln: str = ""
    ship_to_number: str = ""
    ship_to_gln: str = ""
    po_number: str = ""
    channel: str = "desk"
    currency: str = ""
    requested_from: datetime | date | None = None
    requested_to: datetime | date | None = None
    ordered_at: datetime | None = None
    received_at: datetime | None = None
    note: str = ""
    origin: str = "live"
    repeat_allowed: bool = False  # a person has said that this PO number may come again
    cut_off: time | None = None  # agreed with the sender: what came later counts from the next open day
    hold_rest: bool = False  # lines that nothing can be made of wait, and the others go on; else all of it waits
    findings: tuple[Found, ...] = ()  # what the reader of the document already noticed


@dataclass(frozen=True, slots=True)
class Found:
    """One thing that a check found. `line` is the position in the draft from 1, or 0 for the whole order."""

    code: str
    aspect: str
    severity: str
    fault: str
    line: int = 0
    field: str = ""
    received: str = ""
    right: str = ""
    params: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    hold: str = ""


@dataclass(frozen=True, slots=True)
class Captured:
    """What became of a draft: an order (submitted and promised, held, or left a draft), or none for want of a buyer."""

    draft: int
    order_id: int | None
    number: str
    state: str
    findings: tuple[Found, ...] = ()
    problem: str = ""  # unknown_buyer, inactive_buyer


class PromisedPart(NamedTuple):
    """A quantity (base units) that arrives in one window. The reason is a code and parameters."""

    quantity: Decimal
    ship_date: date | None
    window_from: datetime | None
    window_to: datetime | None
    reason: str
    params: dict[str, Any]


class PromisedLine(NamedTuple):
    """The promise for a line: its parts, and what could not be promised and why."""

    line_id: int
    parts: tuple[PromisedPart, ...]
    missing: Decimal
    missing_reason: str = ""
    missing_params: dict[str, Any] | None = None


# What each code of the checks is: aspect, severity, whose fault, which hold it opens (none: blocking or let pass).
CHECKS: dict[str, tuple[Aspect, Severity, Fault, str]] = {
    "unknown_item": (Aspect.REFERENCE, Severity.BLOCKING, Fault.MASTERS, ""),
    "ambiguous_item": (Aspect.REFERENCE, Severity.BLOCKING, Fault.MASTERS, ""),
    "codes_disagree": (Aspect.REFERENCE, Severity.BLOCKING, Fault.MASTERS, ""),
    "inactive_item": (Aspect.REFERENCE, Severity.BLOCKING, Fault.CUSTOMER, ""),
    "bad_quantity": (Aspect.QUANTITY, Severity.BLOCKING, Fault.CUSTOMER, ""),
    "unknown_unit": (Aspect.QUANTITY, Severity.BLOCKING, Fault.MASTERS, ""),
    "below_minimum": (Aspect.QUANTITY, Severity.BLOCKING, Fault.CUSTOMER, ""),
    "not_pack_multiple": (Aspect.QUANTITY, Severity.BLOCKING, Fault.CUSTOMER, ""),
    "too_large": (Aspect.QUANTITY, Severity.BLOCKING, Fault.CUSTOMER, ""),
    "unusual_quantity": (Aspect.QUANTITY, Severity.WARNING, Fault.NOBODY, ""),
    "unknown_ship_to": (Aspect.ADDRESS, Severity.BLOCKING, Fault.MASTERS, ""),
    "no_ship_to": (Aspect.ADDRESS, Severity.BLOCKING, Fault.MASTERS, ""),
    "bad_date": (Aspect.TIME, Severity.BLOCKING, Fault.CUSTOMER, ""),
    "past_date": (Aspect.TIME, Severity.WARNING, Fault.CUSTOMER, ""),
    "far_date": (Aspect.TIME, Severity.BLOCKING, Fault.CUSTOMER, ""),
    "no_price": (Aspect.PRICE, Severity.BLOCKING, Fault.MASTERS, ""),
    "price_mismatch": (Aspect.PRICE, Severity.WARNING, Fault.MASTERS, HoldKind.PRICE),
    "price_within_tolerance": (Aspect.PRICE, Severity.NOTE, Fault.MASTERS, ""),
    "negative_price": (Aspect.PRICE, Severity.BLOCKING, Fault.CUSTOMER, ""),
    "currency_mismatch": (Aspect.PRICE, Severity.BLOCKING, Fault.CUSTOMER, ""),
    "no_tax_rate": (Aspect.PRICE, Severity.BLOCKING, Fault.MASTERS, ""),
    "po_repeated_same": (Aspect.DUPLICATE, Severity.WARNING, Fault.CUSTOMER, HoldKind.DUPLICATE),
    "po_repeated_other": (Aspect.DUPLICATE, Severity.WARNING, Fault.CUSTOMER, HoldKind.DUPLICATE),
    "credit_exceeded": (Aspect.CREDIT, Severity.WARNING, Fault.CUSTOMER, HoldKind.CREDIT),
    "supply_short": (Aspect.QUANTITY, Severity.WARNING, Fault.NOBODY, ""),
    "supply_short_one_delivery": (Aspect.QUANTITY, Severity.WARNING, Fault.NOBODY, HoldKind.SHORTAGE),
    "no_lines": (Aspect.QUANTITY, Severity.BLOCKING, Fault.CUSTOMER, ""),
}

# The role that decides each kind of hold.
HOLD_ROLE: dict[str, str] = {
    HoldKind.CAPTURE: "customer_service",
    HoldKind.PRICE: "customer_service",
    HoldKind.CREDIT: "finance",
    HoldKind.DUPLICATE: "customer_service",
    HoldKind.SHORTAGE: "customer_service",
    HoldKind.MANUAL: "customer_service",
}


def found(code: str, *, line: int = 0, field: str = "", received: Any = "", right: Any = "", **params: Any) -> Found:
    """A finding of a known check."""
    aspect, severity, fault, hold = CHECKS[code]
    return Found(
        code=code, aspect=aspect, severity=severity, fault=fault, line=line, field=field,
        received=str(received)[:300], right=str(right)[:300], params=params, hold=hold,
    )  # fmt: skip


# --- The six stages ------------------------------------------------------------------------------------------------

STAGES = ("generation", "acquisition", "processing", "shipment", "delivery", "payment")


class PlanMoments(NamedTuple):
    """When each stage should be done; generation has no plan."""

    generation: datetime | None
    acquisition: datetime | None
    processing: datetime | None
    shipment: datetime | None
    delivery: datetime | None
    payment: datetime | None


ACQUISITION_STANDARD = {"edi": timedelta(minutes=15), "api": timedelta(minutes=15), "portal": timedelta(minutes=15)}
ACQUISITION_BY_HAND = timedelta(hours=2)


def plan_of(
    *,
    channel: str,
    received_at: datetime,
    ship_at: datetime | None,
    promised_to: datetime | None,
    payment_days: int,
    invoiced_at: datetime | None = None,
) -> PlanMoments:
    """The planned moments of an order: captured within the standard of its channel, released the day before it leaves,
    shipped and delivered as first promised, paid by its terms."""
    due = invoiced_at or promised_to
    return PlanMoments(
        generation=None,
        acquisition=received_at + ACQUISITION_STANDARD.get(channel, ACQUISITION_BY_HAND),
        processing=ship_at,
        shipment=ship_at,
        delivery=promised_to,
        payment=due + timedelta(days=payment_days) if due else None,
    )


# --- Progress ------------------------------------------------------------------------------------------------------


def floor_of_change(
    *,
    despatched: Decimal,
    accepted: Decimal,
    refused_final: Decimal,
    brought_back: Decimal,
    invoiced: Decimal,
    credited: Decimal,
) -> Decimal:
    """The least that a line can be changed to: what arrived, was refused for good or is on its way; or is invoiced."""
    in_transit = despatched - accepted - refused_final - brought_back
    return max(accepted + refused_final + in_transit, invoiced - credited)


def value_with_tax(
    *, net: Decimal, tax_rate: Decimal, quantity: Decimal, of: Decimal, exchange_rate: Decimal
) -> Decimal:
    """What the first `quantity` of a line of `of` base units is worth with tax, in company currency, to the cent.

    Credit counters move by differences of this function, so that parts always add up to the whole.
    """
    if not of or not quantity:
        return ZERO
    return (net * (1 + tax_rate / 100) * quantity / of * exchange_rate).quantize(CENT, rounding=ROUND_HALF_UP)
