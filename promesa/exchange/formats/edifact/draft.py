"""Parties while their segments come in, and the numbers in a message."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache
from typing import Any

from promesa.exchange.formats.edifact import codes
from promesa.exchange.formats.neutral import Party

MAX_WHOLE_FIGURES = 12
MAX_DECIMALS = 6
_NUMBER = re.compile(r"-?(?:[0-9]+(?:([.,])[0-9]+)?|([.,])[0-9]+)")
_LEADING = re.compile(r"\s*(-?[0-9]+(?:[.,][0-9]+)?)")
_THOUSANDS = re.compile(r"-?[1-9][0-9]{0,2}(?:(?:\.[0-9]{3})+,|(?:,[0-9]{3})+\.)[0-9]+")
_TRIAD = re.compile(r"-?[1-9][0-9]{0,2}[.,][0-9]{3}")


@lru_cache(maxsize=65536)
def number_of(text: str, mark: str | None) -> tuple[Decimal | None, str, str]:
    """The number that a text says, the code of what is wrong with it (or empty), and what would be right.

    `mark` is the decimal mark that UNA names; without UNA the standard allows both.
    """
    if len(text) <= MAX_WHOLE_FIGURES and text.isdigit() and text.isascii():
        return Decimal(text), "", ""
    match = _NUMBER.fullmatch(text)
    if match is None and _THOUSANDS.fullmatch(text):
        # 1.250,5 with a mark between thousands: the last mark is that of the decimals
        whole, decimals = re.sub(r"[.,](?=.*[.,])", "", text), mark or "."
        return None, "number_wrong", whole.replace(",", decimals).replace(".", decimals)
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


class PartyDraft:
    """A party while its segments come in."""

    __slots__ = ("agency", "code", "contact", "email", "fields", "gln", "phone", "references", "tax")

    def __init__(
        self, gln: str | None, code: str | None, agency: str | None, fields: tuple[tuple[str, str], ...]
    ) -> None:
        self.gln, self.code, self.agency, self.fields = gln, code, agency, fields
        self.contact: str | None = None
        self.phone: str | None = None
        self.email: str | None = None
        self.tax: dict[str, str] = {}
        self.references: dict[str, str] = {}

    def refer(self, qualifier: str, value: str) -> None:
        """Keep a reference of the party: its numbers with the tax office and the registry, or any other."""
        kind = codes.PARTY_NUMBERS.get(qualifier)
        if kind is not None and kind not in self.tax:
            self.tax[kind] = value
        else:
            self.references.setdefault(codes.REFERENCES.get(qualifier, qualifier), value)

    def frozen(self, *, lenient: bool) -> Party:
        """The party; a `lenient` one has a tax number from whatever number it gave."""
        if not self.tax and not self.references and not (self.contact or self.phone or self.email):
            return _party(self.gln, self.code, self.agency, self.fields, ())
        tax = dict(self.tax)
        if lenient and "tax_id" not in tax and tax:
            tax["tax_id"] = tax.get("tax_registration") or tax["legal_id"]
        said = (*self.fields, *tax.items(), ("contact", self.contact), ("phone", self.phone), ("email", self.email))
        return _party(self.gln, self.code, self.agency, said, tuple(self.references.items()))


@lru_cache(maxsize=4096)
def _party(
    gln: str | None,
    code: str | None,
    agency: str | None,
    said: tuple[tuple[str, str | None], ...],
    references: tuple[tuple[str, str], ...],
) -> Party:
    fields: dict[str, Any] = dict(said)
    return Party(gln=gln, code=code, agency=agency, references=dict(references), **fields)
