"""Order quality at capture: what we brought into orders, apart from the customer's mistakes and the masters'."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Fault(StrEnum):
    """Whose mistake a defect is."""

    OURS = "ours"
    CUSTOMER = "customer"
    MASTERS = "masters"
    NOBODY = "nobody"


# The four families of E0; prices, duplicates and credit are reported apart.
FAMILIES = ("reference", "quantity", "time", "address")


@dataclass(frozen=True, slots=True)
class Defect:
    """Something wrong with a captured order. `escaped`: it reached picking or the customer."""

    aspect: str
    fault: Fault
    escaped: bool = False
    brought_in_by: str = ""


@dataclass(frozen=True, slots=True)
class CaptureQuality:
    """What the capture of one order was worth."""

    first_pass: bool
    escaped: bool
    aspects: tuple[str, ...]
    price_defect: bool
    customers_error: bool
    masters_error: bool


def capture_quality(defects: Sequence[Defect]) -> CaptureQuality:
    """Judge one order's capture.

    First pass: no defect of ours in reference, quantity, time or address, even one caught before release. Escaped: a
    defect of ours reached picking or the customer. The customer's own error (K1) and a mismatch of the masters (C3)
    are told, and are not capture errors.
    """
    ours = [defect for defect in defects if defect.fault == Fault.OURS and defect.aspect in FAMILIES]
    return CaptureQuality(
        first_pass=not ours,
        escaped=any(defect.escaped for defect in ours),
        aspects=tuple(family for family in FAMILIES if any(defect.aspect == family for defect in ours)),
        price_defect=any(defect.fault == Fault.OURS and defect.aspect == "price" for defect in defects),
        customers_error=any(defect.fault == Fault.CUSTOMER for defect in defects),
        masters_error=any(defect.fault == Fault.MASTERS for defect in defects),
    )
