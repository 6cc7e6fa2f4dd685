"""PDFs that hold an XML document, or claim to: the XML is read as if it came alone, and what the PDF says of it is checked."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal, localcontext
from typing import Any

from promesa.exchange.formats.facturx import profiles
from promesa.exchange.formats.facturx.inside import KNOWN_NAMES, Attached, Inside, look_inside, may_carry
from promesa.exchange.formats.given import Given
from promesa.exchange.formats.neutral import Fault, NeutralDocument, fault, unreadable
from promesa.exchange.formats.xml import documents as xml
from promesa.exchange.formats.xml import parsing

FORMAT = "factur-x"
_BEGINS = re.compile(rb"%PDF-[0-9]")
# Faults of an XML without lines that its profile allows.
_OF_LINES = frozenset({"BR-16", "BR-CO-10"})


def looks_like(content: bytes) -> bool:
    """A PDF that holds an XML of a kind that is read, or whose metadata claim one. Others are left to who reads pages."""
    if not _BEGINS.search(content[:1024]) or not may_carry(content):
        return False
    inside = look_inside(content)
    return not inside.encrypted and (inside.claim is not None or any(_is_read(file) for file in inside.xml_files))


def _is_read(file: Attached) -> bool:
    """Whether an XML is one that someone reads; one that bears a name of the standards counts, whatever is in it."""
    if file.safe_name.lower() in KNOWN_NAMES[:4]:
        return True
    root = parsing.parse(file.content)[0] if file.content is not None else None
    return root is not None and any(format_.recognises(root) for format_ in xml.XML_FORMATS)


def read(content: bytes, given: Given) -> list[NeutralDocument]:
    """The documents of the XML inside. At least one; never raises."""
    inside = look_inside(content)
    found = inside.xml_files
    chosen = next((file for file in found if _is_read(file)), found[0] if found else None)
    if chosen is None:
        return [unreadable(FORMAT, *_damage(inside), _missing(inside))]
    if chosen.content is None:
        return [unreadable(FORMAT, fault("pdf_xml_unreadable", received=chosen.name))]
    documents = given.inside(chosen.content, chosen.safe_name) or xml.read(chosen.content, given)
    common = _faults_of_file(inside, chosen, found)
    others = tuple(_listed(file) for file in inside.files if file is not chosen)
    return [_checked(document, inside, chosen, common, others) for document in documents]


def _damage(inside: Inside) -> tuple[Fault, ...]:
    return (fault("pdf_damaged"),) if inside.damaged else ()


def _missing(inside: Inside) -> Fault:
    claim = inside.claim or {}
    level = claim.get("ConformanceLevel")
    said = f"Factur-X/ZUGFeRD {level}" if level else "Factur-X/ZUGFeRD"
    return fault("pdf_xml_missing", received=said, right=claim.get("DocumentFileName", "factur-x.xml"))


def _listed(file: Attached) -> dict[str, Any]:
    said = {"filename": file.safe_name, "mime": file.media_type, "description": file.text}
    return {name: text for name, text in said.items() if text}


def _faults_of_file(inside: Inside, chosen: Attached, found: list[Attached]) -> tuple[Fault, ...]:
    """What is wrong with how the PDF carries its XML."""
    faults = [
        fault("pdf_file_name_unsafe", where="/Names/EmbeddedFiles", received=file.name, right=file.safe_name)
        for file in inside.files
        if file.safe_name != file.name
    ]
    named = (inside.claim or {}).get("DocumentFileName")
    if named and named != chosen.name:
        faults.append(fault("pdf_file_name_differs", where="/Metadata", received=chosen.name, right=named))
    if len(found) > 1:
        received = ", ".join(file.safe_name for file in found if file is not chosen)
        faults.append(fault("pdf_several_xml", where="/Names/EmbeddedFiles", received=received, right=chosen.safe_name))
    return tuple(faults)


def _checked(
    document: NeutralDocument,
    inside: Inside,
    chosen: Attached,
    common: tuple[Fault, ...],
    others: tuple[dict[str, Any], ...],
) -> NeutralDocument:
    """A document of the XML with what its profile, the claim of the PDF and its sign say."""
    faults = [*common]
    kept = document.faults
    name = document.profile.get("customization")
    if name is not None and document.format.startswith(("cii", "order-x")):
        profile = profiles.profile_of(name)
        if profile is None:
            right = profiles.right_name(name)
            faults.append(fault("pdf_profile_unknown", where=_GUIDELINE, received=name, right=right))
        elif profile in profiles.WITHOUT_LINES:
            faults.append(fault("pdf_profile_without_lines", where=_GUIDELINE, received=profile))
            kept = tuple(one for one in kept if one.params.get("rule") not in _OF_LINES)
        claimed = (inside.claim or {}).get("ConformanceLevel")
        if claimed and profile is not None and not profiles.same(claimed, profile):
            faults.append(fault("pdf_profile_differs", where="/Metadata", received=claimed, right=profile))
        if inside.claim is None:
            faults.append(fault("pdf_claim_missing", where="/Metadata", received=chosen.safe_name))
    if document.format.startswith("cii"):
        faults += _line_sums(document)
    total = document.totals.get("with_tax") or document.totals.get("payable")
    if document.kind == "invoice" and total is not None and total < 0:
        received = format(total, "f")
        faults.append(fault("invoice_negative", received=received, right="381", type_code=document.type_code or "380"))
    return replace(document, attachments=(*document.attachments, *others), faults=(*kept, *faults))


def _line_sums(document: NeutralDocument) -> list[Fault]:
    """Lines whose amount is not their quantity at their price, which no rule of EN 16931 asks."""
    faults = []
    for line in document.lines:
        if line.quantity is None or line.price is None or line.amount is None:
            continue
        put_on = sum(((one.amount or 0) * (1 if one.charge else -1) for one in line.allowances), start=line.amount * 0)
        right = line.quantity * line.price / (line.price_basis or 1) + put_on
        if abs(right - line.amount) > CENT:
            received, wanted = format(line.amount, "f"), _cents(right)
            where = f"{_LINE}[{line.place or line.line_number}]{_AMOUNT}"
            faults.append(fault("sum_wrong", where=where, received=received, right=wanted, line=line.line_number))
    return faults


def _cents(value: Decimal) -> str:
    with localcontext(prec=80):
        return format(value.quantize(CENT), "f")


CENT = Decimal("0.01")
_LINE = "/CrossIndustryInvoice/SupplyChainTradeTransaction/IncludedSupplyChainTradeLineItem"
_AMOUNT = "/SpecifiedLineTradeSettlement/SpecifiedTradeSettlementLineMonetarySummation/LineTotalAmount"
_GUIDELINE = "/CrossIndustryInvoice/ExchangedDocumentContext/GuidelineSpecifiedDocumentContextParameter/ID"
