"""Lines and parties while their segments come in, and the numbers in them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache

from promesa.exchange.formats.neutral import NeutralLine, Party, Window

MAX_WHOLE_FIGURES = 12
MAX_DECIMALS = 6
_NUMBER = re.compile(r"-?(?:[0-9]+(?:([.,])[0-9]+)?|([.,])[0-9]+)")
_LEADING = re.compile(r"\s*(-?[0-9]+(?:[.,][0-9]+)?)")
_TRIAD = re.compile(r"-?[1-9][0-9]{0,2}[.,][0-9]{3}")


@lru_cache(maxsize=65536)
def number_of(text: str, mark: str | None) -> tuple[Decimal | None, str, str]:
    """The number that a text says, the code of what is wrong with it (or empty), and what would be right.

    `mark` is the decimal mark that UNA names; without UNA the standard allows both.
    """
    match = _NUMBER.fullmatch(text)
    if match is None:
        leading = _LEADING.match(text)
        return None, "number_wrong", leading.group(1) if leading else ""
    used = match.group(1) or match.group(2)
    code = ""
    if used is not None and mark is not None and used != mark:
        if _TRIAD.fullmatch(text):
            return None, "ambiguous_number", f"{text.replace(used, '')} / {text.replace(used, '.')}"
        code = "decimal_mark_other"
    whole, _, decimals = text.lstrip("-").replace(",", ".").partition(".")
    if len(whole.lstrip("0")) > MAX_WHOLE_FIGURES:
        return None, "number_too_large", ""
    if len(decimals) > MAX_DECIMALS and decimals[MAX_DECIMALS:].strip("0"):
        return None, "too_many_decimals", ""
    return Decimal(text.replace(",", ".")), code, text.replace(used, mark) if code and used and mark else ""


class LineDraft:
    """A line while its segments come in."""

    __slots__ = (
        "amounts", "buyer_code", "codes", "delivery", "free", "gtin", "index", "line_number", "notes", "ordered_seen", "price",
        "price_basis", "price_kind", "price_rank", "quantities", "quantity", "quantity_received", "references", "response",
        "seller_code", "subline", "tax_rate", "texts", "unit",
    )  # fmt: skip

    def __init__(self, line_number: str, index: int, *, subline: bool = False) -> None:
        self.line_number = line_number
        self.index = index
        self.subline = subline
        self.gtin: str | None = None
        self.seller_code: str | None = None
        self.buyer_code: str | None = None
        self.quantity: Decimal | None = None
        self.quantity_received: str | None = None
        self.ordered_seen = False
        self.unit: str | None = None
        self.price: Decimal | None = None
        self.price_kind: str | None = None
        self.price_basis: Decimal | None = None
        self.price_rank = 9
        self.free: Decimal | None = None
        self.response: str | None = None
        self.tax_rate: Decimal | None = None
        self.texts: list[str] | None = None
        self.notes: list[str] | None = None
        self.amounts: dict[str, Decimal] | None = None
        self.quantities: dict[str, Decimal] | None = None
        self.codes: dict[str, str] | None = None
        self.references: dict[str, str] | None = None
        self.delivery: dict[str, Window] | None = None

    def frozen(self, requested: Window | None, amount: Decimal | None, *, show_quantities: bool) -> NeutralLine:
        return NeutralLine(
            self.line_number,
            self.gtin,
            self.seller_code,
            self.buyer_code,
            " ".join(self.texts) if self.texts else None,
            self.quantity,
            self.quantity_received,
            self.unit,
            self.unit,
            self.price,
            self.price_kind,
            self.price_basis,
            amount,
            requested,
            self.free,
            self.quantities if show_quantities else None,
            self.response,
            self.tax_rate,
            tuple(self.notes) if self.notes else (),
            self.codes,
            self.references,
            self.index + 1,
        )


class PartyDraft:
    """A party while its segments come in."""

    __slots__ = ("agency", "code", "contact", "email", "fields", "gln", "phone", "references", "tax_id")

    def __init__(self, gln: str | None, code: str | None, agency: str | None, fields: Mapping[str, str]) -> None:
        self.gln, self.code, self.agency, self.fields = gln, code, agency, fields
        self.tax_id: str | None = None
        self.contact: str | None = None
        self.phone: str | None = None
        self.email: str | None = None
        self.references: dict[str, str] = {}

    def frozen(self) -> Party:
        return Party(
            gln=self.gln,
            code=self.code,
            agency=self.agency,
            tax_id=self.tax_id,
            contact=self.contact,
            phone=self.phone,
            email=self.email,
            references=self.references,
            **self.fields,
        )
