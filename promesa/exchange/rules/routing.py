"""What is shared by documents that change something of ours: which kinds there are, what they found, what they say."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from promesa.core import identifiers, quantities
from promesa.exchange.formats.neutral import NeutralDocument, NeutralLine

# Kinds that change what they name; what else is no order is read and filed.
ROUTED = frozenset({
    "order_change", "order_cancellation", "receipt_advice", "remittance_advice", "acknowledgement", "price_catalogue",
})  # fmt: skip
FILED = frozenset({
    "order_response", "despatch_advice", "invoice", "credit_note", "debit_note", "sales_report",
    "quotation_request", "e_mail",
})  # fmt: skip
# How the envelope and the format of a document differ says nothing about what it asks for.
_APART = frozenset({"envelope", "format", "faults", "places", "profile", "type_code"})


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a document, or a line of it, cannot be done as it stands. `blocking`: a person has to decide."""

    code: str
    line: str = ""
    field: str = ""
    received: str = ""
    right: str = ""
    aspect: str = "reference"
    severity: str = "blocking"
    params: Mapping[str, Any] = dataclasses.field(default_factory=dict)

    @property
    def blocking(self) -> bool:
        return self.severity == "blocking"


@dataclass(frozen=True, slots=True)
class KnownLine:
    """A line of an order of ours, as documents about it may name it. Quantities in base units."""

    line_id: int
    line_number: int
    their_line: str
    codes: frozenset[str]
    unit_code: str
    unit_received: str
    base_unit: str
    numerator: int
    denominator: int
    stands: Decimal
    floor: Decimal
    price: Decimal | None = None
    price_basis: Decimal = Decimal(1)

    def in_base(self, quantity: Decimal, unit: str | None) -> Decimal | None:
        """A quantity as the document says it, in base units; None if its unit is none that this line is counted in."""
        if not unit or unit in (self.unit_received, self.unit_code) or quantities.same_unit(unit, self.unit_code):
            return quantities.to_base(quantity, self.numerator, self.denominator)
        if quantities.same_unit(unit, self.base_unit):
            return quantity
        return None


def content_hash(document: NeutralDocument) -> str:
    """What a document asks for, as a digest: the same document sent twice asks for the same."""
    said = {name: value for name, value in document.as_json().items() if name not in _APART}
    return hashlib.sha256(json.dumps(said, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def codes_of(line: NeutralLine) -> set[str]:
    """Every code by which a line names its item; GTINs without the zeros they are padded with."""
    found = {line.seller_code or "", line.buyer_code or "", *(line.codes or {}).values()}
    if line.gtin:
        found.add(line.gtin.lstrip("0") if identifiers.is_gtin(line.gtin) else line.gtin)
    return {code for code in found if code}


def line_of(line: NeutralLine, known: tuple[KnownLine, ...], *, number: str = "") -> KnownLine | None:
    """The line of ours that a line means: of that number and item, else the only one of that item, else of that number
    when it names no item."""
    codes, number = codes_of(line), number or line.line_number
    same = [one for one in known if one.codes & codes]
    exact = [one for one in same if one.their_line == number]
    if len(exact) == 1:
        return exact[0]
    if len(same) == 1:
        return same[0]
    if not codes:
        numbered = [one for one in known if one.their_line == number]
        return numbered[0] if len(numbered) == 1 else None
    return None
