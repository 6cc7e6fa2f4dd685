"""Facturae: a file of one invoice or a lot of them becomes neutral documents."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from lxml import etree

from promesa.exchange.formats.facturae import codes, sums
from promesa.exchange.formats.facturae.lines import read_allowances, read_line, read_taxes
from promesa.exchange.formats.facturae.parties import read_parties
from promesa.exchange.formats.given import Given
from promesa.exchange.formats.neutral import (
    Envelope,
    Fault,
    NeutralDocument,
    NeutralLine,
    Party,
    Payment,
    Tax,
    Window,
    unreadable,
)
from promesa.exchange.formats.xml.values import Element, Walk

MAX_INVOICES = 10_000
SPACES = {"ds": "http://www.w3.org/2000/09/xmldsig#"}
READ_VERSIONS = ("3.2", "3.2.1", "3.2.2")
TOTALS = {
    "lines": "TotalGrossAmount",
    "allowances": "TotalGeneralDiscounts",
    "charges": "TotalGeneralSurcharges",
    "taxable": "TotalGrossAmountBeforeTaxes",
    "tax": "TotalTaxOutputs",
    "withheld": "TotalTaxesWithheld",
    "with_tax": "InvoiceTotal",
    "prepaid": "TotalPaymentsOnAccount",
    "financial": "TotalFinancialExpenses",
    "outstanding": "TotalOutstandingAmount",
    "retained": "AmountsWithheld/WithholdingAmount",
    "reimbursed": "TotalReimbursableExpenses",
    "in_kind": "PaymentInKind/PaymentInKindAmount",
    "payable": "TotalExecutableAmount",
}
REFERENCES = {
    "series": "InvoiceHeader/InvoiceSeriesCode",
    "order": "InvoiceIssueData/ReceiverTransactionReference",
    "file": "InvoiceIssueData/FileReference",
    "contract": "InvoiceIssueData/ReceiverContractReference",
    "place_of_issue": "InvoiceIssueData/PlaceOfIssue/PlaceOfIssueDescription",
    "place_of_issue_postcode": "InvoiceIssueData/PlaceOfIssue/PostCode",
    "related_invoice": "AdditionalData/RelatedInvoice",
    "retained_reason": "InvoiceTotals/AmountsWithheld/WithholdingReason",
    "in_kind_reason": "InvoiceTotals/PaymentInKind/PaymentInKindReason",
    "subsidy": "InvoiceTotals/Subsidies/Subsidy/SubsidyDescription",
}
# What a note is about, of UNCL4451: general, regulatory, further information; the clause of an assignment.
DESCRIPTION, LEGAL, FURTHER, ASSIGNMENT = "AAI", "REG", "ACB", "PMT"


def recognises(root: etree._Element) -> bool:
    name = etree.QName(root)
    return name.localname == "Facturae" and "facturae" in (name.namespace or "").lower()


def read_root(root: etree._Element, given: Given) -> list[NeutralDocument]:
    """The invoices of a file, each with the faults of the file as a whole and its own."""
    renamed = _bare_names(root)  # before anything is looked up
    walk = Walk(SPACES)
    version = _version(walk, root)
    if renamed is not None:
        walk.fault("facturae_namespace_inside", renamed)
    parties = read_parties(walk, root)
    _signature(walk, root)
    envelope = _envelope(walk, root, parties)
    invoices = walk.all(root, "Invoices/Invoice")
    said = walk.text(root, "FileHeader/Batch/InvoicesCount")
    if said is not None and said.lstrip("0") != str(len(invoices)):
        walk.fault("batch_count_wrong", root, "FileHeader/Batch/InvoicesCount", received=said, right=str(len(invoices)))
    sums.check_batch(walk, root, invoices)
    if not invoices:
        walk.fault("element_missing", root, right="Invoices/Invoice", severity="blocking")
        return [replace(unreadable(f"facturae-{version}-invoice", envelope=envelope), faults=walk.found())]
    common = walk.found()
    return [
        _invoice(root, invoice, version=version, parties=parties, envelope=envelope, common=common)
        for invoice in invoices[:MAX_INVOICES]
    ]


def _version(walk: Walk, root: Element) -> str:
    said = walk.text(root, "FileHeader/SchemaVersion")
    space = etree.QName(root).namespace or ""
    known = codes.VERSIONS.get(space)
    if known is None:
        right = ", ".join(codes.VERSIONS)
        walk.fault("code_unknown", root, "@xmlns", received=space, right=right)
    elif said is not None and said != known:
        where = walk.where(root, "FileHeader/SchemaVersion")
        walk.fault("facturae_version_unclear", root, where=where, received=said, right=known)
    version = known or said or "3.2.2"
    if version not in READ_VERSIONS:
        walk.fault("facturae_version_other", root, received=version, right=", ".join(READ_VERSIONS))
    return version


def _bare_names(root: Element) -> Element | None:
    """Take the namespace of the root off the elements below it, where a sender put it on; the first of them, if any."""
    space = etree.QName(root).namespace
    found = list(root.iterdescendants(f"{{{space}}}*")) if space else []
    for element in found:
        element.tag = etree.QName(element).localname
    return found[0] if found else None


def _signature(walk: Walk, root: Element) -> None:
    signature = walk.first(root, "ds:Signature")
    if signature is None:
        return
    issuer = next(iter(signature.iter(f"{{{SPACES['ds']}}}X509IssuerName")), None)
    said = (issuer.text or "").strip() if issuer is not None else ""
    walk.fault("signature_not_verified", signature, received=said or "XAdES")


def _envelope(walk: Walk, root: Element, parties: Mapping[str, Party]) -> Envelope | None:
    sender = parties.get("third_party") or parties.get("seller") or Party()
    found = Envelope(
        sender=sender.tax_id,
        receiver=(parties.get("buyer") or Party()).tax_id,
        reference=walk.text(root, "FileHeader/Batch/BatchIdentifier"),
    )
    return found if found != Envelope() else None


def _invoice(
    root: Element,
    element: Element,
    *,
    version: str,
    parties: Mapping[str, Party],
    envelope: Envelope | None,
    common: tuple[Fault, ...],
) -> NeutralDocument:
    walk = Walk(SPACES)
    lines = tuple(
        read_line(walk, line, count) for count, line in enumerate(walk.all(element, "Items/InvoiceLine"), start=1)
    )
    if not lines:
        walk.fault("element_missing", element, right="Items/InvoiceLine", severity="blocking")
    notes, note_codes = _notes(walk, root, element)
    payments = _payments(walk, element, "PaymentDetails") or _payments(
        walk, root, "FileHeader/FactoringAssignmentData/PaymentDetails"
    )
    dues = {payment.due_on for payment in payments}
    document = NeutralDocument(
        format=f"facturae-{version}-invoice",
        **_identity(walk, element),
        **_days_and_currency(walk, element),
        profile=_profile(walk, root, element),
        due_on=dues.pop() if len(dues) == 1 else None,
        parties=parties,
        lines=lines,
        allowances=(
            *read_allowances(walk, element, "InvoiceTotals/GeneralDiscounts/Discount", charge=False),
            *read_allowances(walk, element, "InvoiceTotals/GeneralSurcharges/Charge", charge=True),
        ),
        taxes=_taxes(walk, element, lines),
        totals=_totals(walk, element),
        payments=payments,
        terms=walk.text(element, "PaymentDetails/Installment/CollectionAdditionalInformation"),
        notes=notes,
        note_codes=note_codes,
        attachments=_attachments(walk, element),
        envelope=envelope,
    )
    sums.check(walk, element, document)
    return replace(document, faults=(*common, *walk.found()))


def _identity(walk: Walk, element: Element) -> dict[str, Any]:
    """What the invoice is: its number, its kind, what it refers to and what it corrects."""
    number = walk.text(element, "InvoiceHeader/InvoiceNumber")
    if number is None:
        walk.fault("element_missing", element, right="InvoiceHeader/InvoiceNumber", severity="blocking")
    class_ = _code(walk, element, "InvoiceHeader/InvoiceClass", codes.CLASSES)
    document_type = _code(walk, element, "InvoiceHeader/InvoiceDocumentType", codes.DOCUMENT_TYPES)
    corrective = class_ in codes.CORRECTIVE or walk.first(element, "InvoiceHeader/Corrective") is not None
    preceding = _preceding(walk, element, corrective=corrective)
    references = {ours: text for ours, path in REFERENCES.items() if (text := walk.text(element, path)) is not None}
    if preceding and preceding[0].get("number"):
        references["invoice"] = preceding[0]["number"]
    return {
        "kind": "credit_note" if corrective else "invoice",
        "number": number,
        "function": "copy" if class_ in codes.COPIES else "original",
        "type_code": _type_code(corrective=corrective, self_billed=document_type == codes.SELF_BILLED),
        "references": references,
        "preceding": preceding,
    }


def _days_and_currency(walk: Walk, element: Element) -> dict[str, Any]:
    issued_on = walk.day(element, "InvoiceIssueData/IssueDate", severity="blocking")
    if issued_on is None and walk.text(element, "InvoiceIssueData/IssueDate") is None:
        walk.fault("element_missing", element, right="InvoiceIssueData/IssueDate", severity="blocking")
    currency = walk.text(element, "InvoiceIssueData/InvoiceCurrencyCode")
    tax_currency = walk.text(element, "InvoiceIssueData/TaxCurrencyCode")
    return {
        "issued_on": issued_on,
        "delivered_on": walk.day(element, "InvoiceIssueData/OperationDate"),
        "period": _period(walk, element),
        "currency": currency,
        "tax_currency": tax_currency if tax_currency != currency else None,
        "exchange_rate": walk.decimal(element, "InvoiceIssueData/ExchangeRateDetails/ExchangeRate"),
        "exchange_rate_on": walk.day(element, "InvoiceIssueData/ExchangeRateDetails/ExchangeRateDate"),
    }


def _code(walk: Walk, element: Element, path: str, known: tuple[str, ...]) -> str | None:
    code = walk.text(element, path)
    if code is None:
        walk.fault("element_missing", element, right=path)
    elif code not in known:
        walk.fault("code_unknown", element, path, received=code, right=", ".join(known))
    return code


def _type_code(*, corrective: bool, self_billed: bool) -> str:
    if corrective:
        return "261" if self_billed else "381"
    return "389" if self_billed else "380"


def _profile(walk: Walk, root: Element, element: Element) -> dict[str, str]:
    said = {
        "document_type": walk.text(element, "InvoiceHeader/InvoiceDocumentType"),
        "class": walk.text(element, "InvoiceHeader/InvoiceClass"),
        "language": walk.text(element, "InvoiceIssueData/LanguageName"),
        "issuer": walk.text(root, "FileHeader/InvoiceIssuerType"),
    }
    return {name: text for name, text in said.items() if text is not None}


def _period(walk: Walk, element: Element) -> Window | None:
    start = walk.day(element, "InvoiceIssueData/InvoicingPeriod/StartDate")
    end = walk.day(element, "InvoiceIssueData/InvoicingPeriod/EndDate")
    if start and end and end < start:
        where = walk.where(element, "InvoiceIssueData/InvoicingPeriod")
        walk.fault("window_reversed", element, where=where, received=f"{start} - {end}", severity="warning")
    return Window(start, end) if start or end else None


def _notes(walk: Walk, root: Element, element: Element) -> tuple[tuple[str, ...], tuple[str, ...]]:
    said = [
        (text, code)
        for code, where, path in (
            (DESCRIPTION, element, "InvoiceIssueData/InvoiceDescription"),
            (LEGAL, element, "LegalLiterals/LegalReference"),
            (FURTHER, element, "AdditionalData/InvoiceAdditionalInformation"),
            (ASSIGNMENT, root, "FileHeader/FactoringAssignmentData/FactoringAssignmentClauses"),
        )
        for found in walk.all(where, path)
        if (text := walk.text(found, limit=2500)) is not None
    ]
    return tuple(text for text, _ in said), tuple(code for _, code in said)


def _preceding(walk: Walk, element: Element, *, corrective: bool) -> tuple[dict[str, Any], ...]:
    """What a corrective invoice corrects, why and how."""
    found = walk.first(element, "InvoiceHeader/Corrective")
    if found is None:
        if corrective:
            walk.fault("corrective_unexplained", element, "InvoiceHeader", right="Corrective")
        return ()
    if walk.text(found, "InvoiceNumber") is None and walk.text(found, "CorrectionMethod") in ("01", "02", None):
        walk.fault("corrective_unexplained", found, right="InvoiceNumber")
    said: dict[str, Any] = {
        "number": walk.text(found, "InvoiceNumber"),
        "series": walk.text(found, "InvoiceSeriesCode"),
        "issued_on": walk.day(found, "InvoiceIssueDate"),
        "reason_code": walk.text(found, "ReasonCode"),
        "reason": walk.text(found, "ReasonDescription"),
        "method": walk.text(found, "CorrectionMethod"),
        "method_text": walk.text(found, "CorrectionMethodDescription"),
        "text": walk.text(found, "AdditionalReasonDescription"),
        "from": walk.day(found, "TaxPeriod/StartDate"),
        "to": walk.day(found, "TaxPeriod/EndDate"),
    }
    return ({name: value for name, value in said.items() if value is not None},)


def _taxes(walk: Walk, element: Element, lines: tuple[NeutralLine, ...]) -> tuple[Tax, ...]:
    """The taxes of the invoice; what is without tax gets the category that all its lines without tax have."""
    taxes = (*read_taxes(walk, element, "TaxesOutputs"), *read_taxes(walk, element, "TaxesWithheld"))
    untaxed = {(line.tax_category, line.tax_reason) for line in lines if not line.tax_rate and line.tax_category}
    if len(untaxed) != 1:
        return taxes
    category, reason = untaxed.pop()
    return tuple(
        replace(tax, category=category, reason=reason) if tax.category and not tax.rate else tax for tax in taxes
    )


def _totals(walk: Walk, element: Element) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for ours, path in TOTALS.items():
        value = walk.decimal(element, f"InvoiceTotals/{path}")
        if value is not None:
            found[ours] = value
    for ours, path in (
        ("subsidies", "Subsidies/Subsidy/SubsidyAmount"),
        ("prepaid", "PaymentsOnAccount/PaymentOnAccount/PaymentOnAccountAmount"),
    ):
        amounts = [walk.decimal(one) for one in walk.all(element, f"InvoiceTotals/{path}")]
        if amounts and ours not in found:
            found[ours] = sum((amount for amount in amounts if amount is not None), Decimal(0))
    return found


def _payments(walk: Walk, element: Element, path: str) -> tuple[Payment, ...]:
    found = []
    for one in walk.all(element, f"{path}/Installment"):
        means = walk.text(one, "PaymentMeans")
        if means not in codes.MEANS:
            walk.fault("code_unknown", one, "PaymentMeans", received=means or "", right="01 … 19")
        code, text = codes.MEANS.get(means or "", (means, None))
        credited, debited = walk.first(one, "AccountToBeCredited"), walk.first(one, "AccountToBeDebited")
        found.append(
            Payment(
                code=code,
                text=text,
                account=_account(walk, credited),
                bank=walk.text(credited, "BIC"),
                quote=walk.text(one, "PaymentReconciliationReference"),
                mandate=walk.text(one, "DebitReconciliationReference"),
                debited_account=_account(walk, debited),
                due_on=walk.day(one, "InstallmentDueDate"),
                amount=walk.decimal(one, "InstallmentAmount"),
            )
        )
    return tuple(found)


def _account(walk: Walk, element: Element | None) -> str | None:
    account = walk.text(element, "IBAN") or walk.text(element, "AccountNumber")
    return account.replace(" ", "") if account else None


def _attachments(walk: Walk, element: Element) -> tuple[dict[str, Any], ...]:
    found = []
    for one in walk.all(element, "AdditionalData/RelatedDocuments/Attachment"):
        format_ = (walk.text(one, "AttachmentFormat") or "").lower()
        said: dict[str, Any] = {
            "description": walk.text(one, "AttachmentDescription"),
            "mime": codes.MEDIA_TYPES.get(format_, format_ or None),
            "encoding": walk.text(one, "AttachmentEncoding"),
            "compression": walk.text(one, "AttachmentCompressionAlgorithm"),
        }
        raw = walk.raw(one, "AttachmentData") or ""
        content: bytes | None = raw.encode()
        if said["encoding"] != "NONE":
            try:
                content = base64.b64decode("".join(raw.split()), validate=True)
            except (ValueError, binascii.Error):
                walk.fault("attachment_broken", one, "AttachmentData", received=raw)
                content = None
        if content is not None:
            said["content"] = content
        found.append({name: value for name, value in said.items() if value is not None})
    return tuple(found)
