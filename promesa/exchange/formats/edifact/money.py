"""Allowances, taxes, payments and terms while their segments come in."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from promesa.exchange.formats.neutral import Allowance, Payment, Tax

_EXEMPTION = re.compile(r"(VATEX-[A-Z0-9-]+)(?:: |$)")


@dataclass(slots=True)
class AllowanceDraft:
    """One ALC group."""

    charge: bool
    reason: str | None = None
    reason_code: str | None = None
    amount: Decimal | None = None
    base: Decimal | None = None
    percent: Decimal | None = None
    tax_category: str | None = None
    tax_rate: Decimal | None = None

    @classmethod
    def of(cls, elements: list[str], colon: str) -> AllowanceDraft:
        """C552 names the reason (or its code), C214 the service by a code or by words."""
        named = [part.strip() for part in elements[2].split(colon)] + ["", ""]
        service = [part.strip() for part in elements[5].split(colon)] + [""] * 5
        text = " ".join(part for part in service[3:5] if part)
        return cls(
            charge=elements[1].strip() == "C",
            reason=text or named[0] or None,
            reason_code=service[0] or named[1] or None,
        )

    def frozen(self) -> Allowance:
        return Allowance(
            self.charge,
            self.amount,
            self.base,
            self.percent,
            self.reason,
            self.reason_code,
            self.tax_category,
            self.tax_rate,
        )


@dataclass(slots=True)
class TaxDraft:
    """One TAX group."""

    kind: str | None = None
    category: str | None = None
    rate: Decimal | None = None
    base: Decimal | None = None
    amount: Decimal | None = None

    @classmethod
    def of(cls, elements: list[str], colon: str) -> TaxDraft:
        kind = elements[2].split(colon)[0].strip()
        return cls(kind=kind or None, category=elements[6].strip() or None)

    @property
    def says_something(self) -> bool:
        return any(value is not None for value in (self.category, self.rate, self.base, self.amount))

    def frozen(self, reasons: Mapping[str, str]) -> Tax:
        """The row of the breakdown; why there is no tax is said in a free text of its category."""
        said = reasons.get(self.category or "", "")
        exemption = _EXEMPTION.match(said)
        code, reason = (exemption.group(1), said[exemption.end() :]) if exemption else (None, said)
        return Tax(self.category, self.rate, self.base, self.amount, self.kind, reason or None, code)


def payments_of(
    means: Sequence[str], accounts: Sequence[tuple[str, str, str, str]], quote: str | None
) -> tuple[Payment, ...]:
    """How to pay: an entry for each account, whose repeats are left out, or for each means without one."""
    code = means[0] if means else None
    debited = next((account for role, account, _, _ in accounts if role == "BI"), None)
    found: list[Payment] = []
    for role, account, name, bank in accounts:
        if role == "BI":
            continue
        if any(one.account == account and (not bank or one.bank == bank) for one in found):
            continue
        found.append(Payment(code, None, account, name or None, bank or None, quote, None, debited))
    if not found and (code or debited):
        found.append(Payment(code=code, quote=quote, debited_account=debited))
    found.extend(Payment(code=one, quote=quote) for one in means[1:])
    return tuple(found)


def terms_of(texts: Sequence[str], instalments: Sequence[dict[str, Any]]) -> str | None:
    """The terms in words: what is written, and each discount for early payment as `5 % (30 D)`."""
    said = list(texts)
    for one in instalments:
        if one["text"]:
            said.append(one["text"])
        if "percent" in one:
            within = f" ({one['count']} {one['after'][2]})" if "count" in one else ""
            said.append(f"{one['percent']} %{within}")
    return "; ".join(said) or None
