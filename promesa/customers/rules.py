"""The terms of a customer as plain values, and the arithmetic of credit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class SiteTerms:
    """A place of delivery. `windows` are (weekday, opens, closes) in its own zone."""

    id: int
    number: str
    gln: str
    time_zone: str
    calendar_id: int | None
    transit_days: int
    is_default: bool
    active_to: date | None
    country: str
    windows: tuple[tuple[int, time, time], ...]


@dataclass(frozen=True, slots=True)
class Terms:
    """What was agreed with a customer, and how much of the credit is used (company currency, with tax)."""

    id: int
    number: str
    name: str
    gln: str
    currency: str
    country: str
    segment: str
    tier: int
    payment_days: int
    credit_limit: Decimal | None
    exposure: Decimal
    invoice_from: str
    early_days: int
    late_days: int
    under_percent: Decimal
    over_percent: Decimal
    one_delivery: bool
    partial_deliveries: bool
    substitutes: bool
    price_tolerance_percent: Decimal
    active_to: date | None
    service_owner_id: int | None
    sites: tuple[SiteTerms, ...]

    def credit_left(self) -> Decimal | None:
        """What the credit limit still allows; None when no limit was agreed."""
        return None if self.credit_limit is None else self.credit_limit - self.exposure

    def site(self, *, number: str = "", gln: str = "") -> SiteTerms | None:
        """The site named by number or GLN; the default (or the only) one when none is named."""
        if number or gln:
            for one in self.sites:
                if (number and one.number == number) or (gln and one.gln == gln):
                    return one
            return None
        for one in self.sites:
            if one.is_default:
                return one
        return self.sites[0] if len(self.sites) == 1 else None


class CreditMove(NamedTuple):
    """What is added to the counters of a customer's exposure."""

    receivable: Decimal = Decimal(0)
    delivered_not_invoiced: Decimal = Decimal(0)
    released_not_delivered: Decimal = Decimal(0)
    unapplied_credit: Decimal = Decimal(0)

    def and_also(self, other: CreditMove) -> CreditMove:
        """Both moves at once."""
        return CreditMove(*(mine + theirs for mine, theirs in zip(self, other, strict=True)))
