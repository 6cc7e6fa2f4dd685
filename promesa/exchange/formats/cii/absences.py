"""What EN 16931 asks to be there and a Cross Industry Invoice lacks, where the neutral form cannot tell: it gives a line
without a number its place, takes a description for a name, and keeps no address without anything in it."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from promesa.exchange.formats.en16931.check import follows
from promesa.exchange.formats.neutral import Fault, fault
from promesa.exchange.formats.xml.values import Element, Walk

_TRADE = "rsm:SupplyChainTradeTransaction"
_AGREEMENT = f"{_TRADE}/ram:ApplicableHeaderTradeAgreement"
_SETTLEMENT = f"{_TRADE}/ram:ApplicableHeaderTradeSettlement"
MAX_OF_A_RULE = 25
# Once in an invoice: the rule, whose part of it, what has to stand there.
_ONCE = (
    ("BR-09", f"{_AGREEMENT}/ram:SellerTradeParty", "ram:PostalTradeAddress/ram:CountryID"),
    ("BR-11", f"{_AGREEMENT}/ram:BuyerTradeParty", "ram:PostalTradeAddress/ram:CountryID"),
)
# Once in each line.
_OF_A_LINE = (
    ("BR-21", "ram:AssociatedDocumentLineDocument/ram:LineID"),
    ("BR-25", "ram:SpecifiedTradeProduct/ram:Name"),
)
_ADDRESSES = (
    ("BR-62", f"{_AGREEMENT}/ram:SellerTradeParty/ram:URIUniversalCommunication"),
    ("BR-63", f"{_AGREEMENT}/ram:BuyerTradeParty/ram:URIUniversalCommunication"),
)


def absences(walk: Walk, root: Element, customization: str, named: Collection[str]) -> tuple[Fault, ...]:
    """What is missing, for who says to follow EN 16931; not again what is `named` already."""
    european, _ = follows(customization)
    if not european:
        return ()
    counts: dict[str, int] = {}
    kept = []
    for one in _found(walk, root):
        rule = str(one.params["rule"])
        counts[rule] = counts.get(rule, 0) + 1
        if rule not in named and counts[rule] <= MAX_OF_A_RULE:
            kept.append(one)
    return tuple(kept)


def _found(walk: Walk, root: Element) -> Iterator[Fault]:
    for rule, holder, path in _ONCE:
        if not _says(walk, walk.first(root, holder), path):
            yield _missing(rule, holder, path)
    for rule, path in _ADDRESSES:
        for one in walk.all(root, path)[:1]:
            if not _says(walk, one, "ram:URIID/@schemeID"):
                yield _missing(rule, path, "ram:URIID/@schemeID")
    for place, line in enumerate(walk.all(root, f"{_TRADE}/ram:IncludedSupplyChainTradeLineItem"), 1):
        yield from _of_line(walk, line, place)
    for row in walk.all(root, f"{_SETTLEMENT}/ram:ApplicableTradeTax"):
        if not _is_vat(walk, row):
            yield _missing("BR-47", f"{_SETTLEMENT}/ram:ApplicableTradeTax", "ram:TypeCode")
            yield _missing("BR-48", f"{_SETTLEMENT}/ram:ApplicableTradeTax", "ram:TypeCode")
    for one in walk.all(root, f"{_SETTLEMENT}/ram:SpecifiedTradeAllowanceCharge"):
        charge = (walk.raw(one, "ram:ChargeIndicator/udt:Indicator") or "").strip() in ("true", "1")
        tax = walk.first(one, "ram:CategoryTradeTax")
        if tax is None or not _is_vat(walk, tax):
            yield _missing("BR-37" if charge else "BR-32", f"{_SETTLEMENT}/ram:SpecifiedTradeAllowanceCharge",
                           "ram:CategoryTradeTax/ram:TypeCode")  # fmt: skip


def _of_line(walk: Walk, line: Element, place: int) -> Iterator[Fault]:
    holder = f"{_TRADE}/ram:IncludedSupplyChainTradeLineItem[{place}]"
    number = (walk.raw(line, "ram:AssociatedDocumentLineDocument/ram:LineID") or "").strip() or str(place)
    for rule, path in _OF_A_LINE:
        if not _says(walk, line, path):
            yield _missing(rule, holder, path, number)
    taxes = walk.all(line, "ram:SpecifiedLineTradeSettlement/ram:ApplicableTradeTax")
    if not any(_is_vat(walk, tax) and _says(walk, tax, "ram:CategoryCode") for tax in taxes):
        yield _missing(
            "BR-CO-04", holder, "ram:SpecifiedLineTradeSettlement/ram:ApplicableTradeTax/ram:CategoryCode", number
        )


def _is_vat(walk: Walk, tax: Element) -> bool:
    return (walk.raw(tax, "ram:TypeCode") or "").strip().upper() == "VAT"


def _says(walk: Walk, element: Element | None, path: str) -> bool:
    return element is not None and bool((walk.raw(element, path) or "").strip())


def _missing(rule: str, holder: str, path: str, line: str | None = None) -> Fault:
    where = "/".join(step.rpartition(":")[2] for step in f"{holder}/{path}".split("/")[2:])
    return fault("rule_missing", where=where, right=path.rpartition(":")[2].rpartition("@")[2], line=line, rule=rule)
