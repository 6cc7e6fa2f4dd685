"""Invoices, credit notes and debit notes of DIAN become neutral documents; what a container holds is read as if it came alone."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from lxml import etree

from promesa.exchange.formats.dian import checking, codes, container, sums
from promesa.exchange.formats.dian.lines import read_line, read_taxes
from promesa.exchange.formats.dian.parties import read_parties
from promesa.exchange.formats.given import Given
from promesa.exchange.formats.neutral import Envelope, NeutralDocument, Party, Payment, Window
from promesa.exchange.formats.ubl.parties import SPACES, UBL, Element, allowances
from promesa.exchange.formats.xml.values import Walk, local

EXTENSIONS = "urn:oasis:names:specification:ubl:schema:xsd:CommonExtensionComponents-2"
_SPACES = {**SPACES, "ext": EXTENSIONS}
_NUMBER = re.compile(r"(\D*)(\d{1,18})")
_LONG_HEXADECIMAL = re.compile(r"[0-9a-f]{64,128}")
TOTALS = {
    "lines": "LineExtensionAmount",
    "taxable": "TaxExclusiveAmount",
    "with_tax": "TaxInclusiveAmount",
    "allowances": "AllowanceTotalAmount",
    "charges": "ChargeTotalAmount",
    "prepaid": "PrepaidAmount",
    "rounding": "PayableRoundingAmount",
    "payable": "PayableAmount",
}
REFERENCES = {
    "order": "cac:OrderReference/cbc:ID",
    "despatch_advice": "cac:DespatchDocumentReference/cbc:ID",
    "receipt_advice": "cac:ReceiptDocumentReference/cbc:ID",
    "contract": "cac:ContractDocumentReference/cbc:ID",
    "statement": "cac:StatementDocumentReference/cbc:ID",
    "accounting": "cbc:AccountingCost",
    "issued_at": "cbc:IssueTime",
}


def recognises(root: etree._Element) -> bool:
    """A UBL invoice or note that speaks of DIAN (by profile, CUFE or extension), or any UBL container."""
    name = etree.QName(root)
    if name.namespace != f"{UBL}{name.localname}-2":
        return False
    if name.localname == "AttachedDocument":
        return True
    if name.localname not in codes.KINDS:
        return False
    walk = Walk(_SPACES)
    profile = walk.raw(root, "cbc:ProfileID") or ""
    scheme = (walk.raw(root, "cbc:UUID/@schemeName") or "").upper()
    return (
        profile.strip().upper().startswith("DIAN")
        or scheme[:4] in ("CUFE", "CUDE", "CUDS")
        or _extension(root) is not None
    )


def read_root(root: etree._Element, given: Given) -> list[NeutralDocument]:
    """The document under a root, or those in a container."""
    if local(root) == "AttachedDocument":
        return container.read(Walk(_SPACES), root, given, alone=read_root)
    return [_document(root, given)]


def _extension(root: Element) -> Element | None:
    """The extension of DIAN, whatever version of its namespace is used."""
    extensions = root.find(f"{{{EXTENSIONS}}}UBLExtensions")
    if extensions is None:
        return None
    return next((one for one in extensions.iter(etree.Element) if local(one) == "DianExtensions"), None)


def _document(root: Element, given: Given) -> NeutralDocument:
    walk = Walk(_SPACES)
    name = local(root)
    kind, total = codes.KINDS[name], codes.TOTALS[name]
    if walk.first(root, total) is None:
        total = "cac:LegalMonetaryTotal" if walk.first(root, "cac:LegalMonetaryTotal") is not None else total
    number = walk.text(root, "cbc:ID", limit=70)
    if number is None:
        walk.fault("element_missing", root, right="cbc:ID", severity="blocking")
    issued_on = walk.day(root, "cbc:IssueDate", severity="blocking")
    if issued_on is None and walk.text(root, "cbc:IssueDate") is None:
        walk.fault("element_missing", root, right="cbc:IssueDate", severity="blocking")
    parties = read_parties(walk, root)
    line_path, quantity_path = codes.LINES[name]
    rows = walk.all(root, line_path)
    lines = tuple(read_line(walk, row, place, quantity_path) for place, row in enumerate(rows, start=1))
    if not lines:
        walk.fault("element_missing", root, right=line_path, severity="blocking")
    currency = walk.text(root, "cbc:DocumentCurrencyCode", limit=10)
    scheme = checking.scheme_of(walk, root, kind)
    preceding = _preceding(walk, root, kind)
    rate, rate_on, tax_currency = _exchange(walk, root, currency)
    due_on = walk.day(root, "cbc:DueDate") or walk.day(root, "cac:PaymentMeans/cbc:PaymentDueDate")
    document = NeutralDocument(
        format=codes.FORMATS[name],
        kind=kind,
        number=number,
        issued_on=issued_on,
        type_code=walk.text(root, codes.TYPE_CODES[name]),
        currency=currency,
        tax_currency=tax_currency,
        exchange_rate=rate,
        exchange_rate_on=rate_on,
        profile=_profile(walk, root),
        parties=parties,
        references=_references(walk, root, scheme, preceding),
        preceding=preceding,
        lines=lines,
        totals=_totals(walk, root, total),
        taxes=read_taxes(walk, root),
        allowances=allowances(walk, root),
        payments=_payments(walk, root),
        terms=_terms(walk, root),
        notes=walk.texts(root, "cbc:Note"),
        due_on=due_on,
        delivered_on=walk.day(root, "cac:Delivery/cbc:ActualDeliveryDate"),
        tax_point_on=walk.day(root, "cbc:TaxPointDate"),
        period=_period(walk, root),
        attachments=_attachments(walk, root),
        envelope=_envelope(walk, root, parties),
    )
    _check(walk, root, document, given, scheme=scheme, total=total, rows=rows)
    return replace(document, faults=walk.found())


def _check(
    walk: Walk, root: Element, document: NeutralDocument, given: Given, *, scheme: str, total: str, rows: list[Element]
) -> None:
    values = checking.values_of(walk, root, total, document.parties)
    checking.check(walk, root, scheme=scheme, values=values, keys=checking.given_keys(given.templates))
    said = walk.text(root, "cbc:LineCountNumeric")
    if said is not None and said.lstrip("0") != str(len(rows)).lstrip("0"):
        walk.fault("line_count_wrong", root, "cbc:LineCountNumeric", received=said, right=str(len(rows)))
    if document.due_on and document.issued_on and document.due_on < document.issued_on:
        where = "cbc:DueDate" if walk.text(root, "cbc:DueDate") else "cac:PaymentMeans/cbc:PaymentDueDate"
        right = document.issued_on.isoformat()
        walk.fault("due_before_issue", root, where, received=document.due_on.isoformat(), right=right)
    if walk.text(root, "cbc:ProfileExecutionID") == codes.TEST:
        walk.fault("test_indicator", root, "cbc:ProfileExecutionID", received=codes.TEST)
    if document.kind != "invoice" and not document.preceding:
        walk.fault("preceding_missing", root, right="cac:BillingReference")
    _check_extension(walk, root, document)
    sums.check(walk, root, document, rows, total)


def _check_extension(walk: Walk, root: Element, document: NeutralDocument) -> None:
    """The numbering that was authorised, and the QR code, are those of this document."""
    extension = _extension(root)
    if extension is None:
        return
    said = {local(one): (one.text or "").strip() for one in extension.iter(etree.Element)}
    found = _NUMBER.fullmatch(document.number or "")
    start, end, prefix = said.get("From", ""), said.get("To", ""), said.get("Prefix", "")
    where = walk.where(root) + "/UBLExtensions//InvoiceControl"
    if (
        found
        and (start + end).isascii()
        and start.isdigit()
        and end.isdigit()
        and not (int(start[:20]) <= int(found[2]) <= int(end[:20]) and found[1] == prefix)
    ):
        right = f"{prefix}{start} - {prefix}{end}"
        walk.fault("authorisation_number_wrong", root, where=where, received=document.number, right=right)
    first, last = said.get("StartDate", ""), said.get("EndDate", "")
    if document.issued_on and first and last and not first <= document.issued_on.isoformat() <= last:
        received = document.issued_on.isoformat()
        walk.fault("authorisation_date_wrong", root, where=where, received=received, right=f"{first} - {last}")
    uuid = (walk.text(root, "cbc:UUID") or "").lower()
    shown = _LONG_HEXADECIMAL.search(said.get("QRCode", "").lower())
    if shown and shown.group() != uuid:
        where = walk.where(root) + "/UBLExtensions//QRCode"
        walk.fault("qr_wrong", root, where=where, received=shown.group(), right=uuid or None)


def _profile(walk: Walk, root: Element) -> dict[str, str]:
    said = {
        "customization": walk.text(root, "cbc:CustomizationID"),
        "process": walk.text(root, "cbc:ProfileID"),
        "version": walk.text(root, "cbc:UBLVersionID"),
    }
    return {name: text for name, text in said.items() if text is not None}


def _references(walk: Walk, root: Element, scheme: str, preceding: tuple[dict[str, Any], ...]) -> dict[str, str]:
    said = {name: text for name, path in REFERENCES.items() if (text := walk.text(root, path)) is not None}
    uuid = walk.text(root, "cbc:UUID")
    if uuid is not None:
        said[scheme.lower()] = uuid
    if preceding and preceding[0].get("number"):
        said["invoice"] = preceding[0]["number"]
    extension = _extension(root)
    if extension is not None:
        found = next((one for one in extension.iter(etree.Element) if local(one) == "InvoiceAuthorization"), None)
        if found is not None and (found.text or "").strip():
            said["authorisation"] = (found.text or "").strip()[:200]
    return said


def _preceding(walk: Walk, root: Element, kind: str) -> tuple[dict[str, Any], ...]:
    """The invoices that a note is about, and why."""
    found = []
    for one in walk.all(root, "cac:BillingReference"):
        for name in ("InvoiceDocumentReference", "CreditNoteDocumentReference", "DebitNoteDocumentReference"):
            path = f"cac:{name}"
            if walk.first(one, path) is not None:
                found.append(
                    {
                        "number": walk.text(one, f"{path}/cbc:ID"),
                        "issued_on": walk.day(one, f"{path}/cbc:IssueDate"),
                        "cufe": walk.text(one, f"{path}/cbc:UUID"),
                    }
                )
    reasons = walk.all(root, "cac:DiscrepancyResponse")
    if not found and kind != "invoice" and reasons:
        found = [{"number": number} for one in reasons if (number := walk.text(one, "cbc:ReferenceID"))]
    if found and reasons:
        found[0] |= {
            "reason_code": walk.text(reasons[0], "cbc:ResponseCode"),
            "reason": walk.text(reasons[0], "cbc:Description"),
        }
    return tuple({name: value for name, value in one.items() if value is not None} for one in found)


def _totals(walk: Walk, root: Element, total: str) -> dict[str, Decimal]:
    element = walk.first(root, total)
    if element is None:
        walk.fault("element_missing", root, right=total)
    found = {ours: value for ours, tag in TOTALS.items() if (value := walk.decimal(element, f"cbc:{tag}")) is not None}
    for name, group in (("tax", "cac:TaxTotal"), ("withheld", "cac:WithholdingTaxTotal")):
        amounts = [walk.decimal(one, "cbc:TaxAmount") for one in walk.all(root, group)]
        if any(amount is not None for amount in amounts):
            found[name] = sum((amount for amount in amounts if amount is not None), Decimal(0))
    return found


def _payments(walk: Walk, root: Element) -> tuple[Payment, ...]:
    return tuple(
        Payment(
            code=walk.text(one, "cbc:PaymentMeansCode"),
            text=codes.PAYMENT_FORMS.get(walk.text(one, "cbc:ID") or ""),
            quote=walk.text(one, "cbc:PaymentID"),
            account=walk.text(one, "cac:PayeeFinancialAccount/cbc:ID"),
            due_on=walk.day(one, "cbc:PaymentDueDate"),
        )
        for one in walk.all(root, "cac:PaymentMeans")
    )


def _terms(walk: Walk, root: Element) -> str | None:
    said = list(walk.texts(root, "cac:PaymentTerms/cbc:Note"))
    for one in walk.all(root, "cac:PaymentTerms/cac:SettlementPeriod/cbc:DurationMeasure"):
        said.append(" ".join(part for part in (walk.text(one), one.get("unitCode")) if part))
    return "; ".join(said) or None


def _period(walk: Walk, root: Element) -> Window | None:
    start, end = walk.day(root, "cac:InvoicePeriod/cbc:StartDate"), walk.day(root, "cac:InvoicePeriod/cbc:EndDate")
    return Window(start, end) if start or end else None


def _exchange(walk: Walk, root: Element, currency: str | None) -> tuple[Decimal | None, date | None, str | None]:
    """The rate of the day when the invoice is in a currency that is not the country's."""
    element = walk.first(root, "cac:PaymentExchangeRate")
    target = walk.text(element, "cbc:TargetCurrencyCode")
    source = walk.text(element, "cbc:SourceCurrencyCode")
    if element is None or target == source:
        return None, None, None
    other = target if source == currency else source
    rate = walk.decimal(element, "cbc:CalculationRate")
    return rate, walk.day(element, "cbc:Date"), other if other != currency else None


def _attachments(walk: Walk, root: Element) -> tuple[dict[str, Any], ...]:
    found = []
    for one in walk.all(root, "cac:AdditionalDocumentReference"):
        said = {
            "number": walk.text(one, "cbc:ID"),
            "type_code": walk.text(one, "cbc:DocumentTypeCode"),
            "type": walk.text(one, "cbc:DocumentType"),
            "uri": walk.text(one, "cac:Attachment/cac:ExternalReference/cbc:URI"),
        }
        found.append({name: text for name, text in said.items() if text is not None})
    return tuple(one for one in found if one)


def _envelope(walk: Walk, root: Element, parties: dict[str, Party]) -> Envelope | None:
    """DIAN's own documents come without an envelope: only that one is a test is said."""
    if walk.text(root, "cbc:ProfileExecutionID") != codes.TEST:
        return None
    return Envelope(
        sender=(parties.get("seller") or Party()).tax_id, receiver=(parties.get("buyer") or Party()).tax_id, test=True
    )
