"""Neutral invoices and credit notes written as Facturae 3.2.2, unsigned: whoever has the certificate signs it afterwards."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from lxml import etree

from promesa.exchange.formats.facturae import codes
from promesa.exchange.formats.facturae.building import add, amount, day, figure, say, two
from promesa.exchange.formats.facturae.read import ASSIGNMENT, DESCRIPTION, LEGAL
from promesa.exchange.formats.facturae.write_lines import taxes_of, write_allowances, write_line, write_taxes
from promesa.exchange.formats.facturae.write_parties import write_party
from promesa.exchange.formats.neutral import CannotWrite, NeutralDocument, NeutralLine, Payment, Tax
from promesa.exchange.formats.xml.values import Element

KINDS = frozenset({"invoice", "credit_note"})
ZERO = Decimal(0)


def write_version(document: NeutralDocument, version: str) -> bytes:
    """One invoice in the version asked for, which may be 3.2.2 only."""
    if version not in ("", "3.2.2"):
        raise CannotWrite(f"facturae-{version}")
    return write(document)


def write(document: NeutralDocument) -> bytes:
    """One invoice as a file of Facturae 3.2.2.

    :raises CannotWrite: if it lacks what Facturae cannot be without, or says what Facturae cannot say.
    """
    return write_lot([document])


def write_lot(documents: Sequence[NeutralDocument]) -> bytes:
    """Invoices of one seller to one buyer as one file.

    :raises CannotWrite: if there is none, or one lacks what Facturae cannot be without.
    """
    documents = [_by_differences(document) for document in documents]
    if not documents:
        raise CannotWrite("facturae: invoice")
    first = documents[0]
    for document in documents:
        _check(document)
    root = etree.Element(f"{{{codes.NAMESPACE}}}Facturae", nsmap={"fe": codes.NAMESPACE})
    _write_header(root, documents)
    parties = add(root, "Parties")
    write_party(parties, "SellerParty", "seller", first.parties)
    write_party(parties, "BuyerParty", "buyer", first.parties)
    invoices = add(root, "Invoices")
    for document in documents:
        _write_invoice(add(invoices, "Invoice"), document)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _check(document: NeutralDocument) -> None:
    needed = {
        "number": document.number,
        "issued_on": document.issued_on,
        "currency": document.currency,
        "lines": document.lines,
    }
    missing = [name for name, value in needed.items() if not value]
    if document.kind not in KINDS:
        raise CannotWrite(f"facturae: {document.kind}")
    if missing:
        raise CannotWrite(f"facturae: {', '.join(missing)}")
    for text in (document.number, document.references.get("series")):
        if text and len(text) > 20:
            raise CannotWrite(f"facturae: {text} > 20")
    if document.totals.get("rounding"):
        raise CannotWrite("facturae: rounding")


def _by_differences(document: NeutralDocument) -> NeutralDocument:
    """A credit note that says nothing of its method tells what is credited as amounts above zero: here they are below it."""
    if document.kind != "credit_note" or any(one.get("method") for one in document.preceding):
        return document
    earlier = dict(document.preceding[0]) if document.preceding else {}
    if not earlier and document.references.get("invoice"):
        earlier["number"] = document.references["invoice"]
    earlier["method"] = codes.BY_DIFFERENCES
    return replace(
        document,
        preceding=(earlier, *document.preceding[1:]),
        lines=tuple(_turned_line(line) for line in document.lines),
        taxes=tuple(_turned_tax(tax) for tax in document.taxes),
        allowances=tuple(replace(one, amount=_minus(one.amount)) for one in document.allowances),
        totals={name: -value for name, value in document.totals.items()},
        payments=tuple(replace(one, amount=_minus(one.amount)) for one in document.payments),
    )


def _minus(value: Decimal | None) -> Decimal | None:
    return None if value is None else -value


def _turned_tax(tax: Tax) -> Tax:
    return replace(tax, base=_minus(tax.base), amount=_minus(tax.amount))


def _turned_line(line: NeutralLine) -> NeutralLine:
    return replace(
        line,
        quantity=_minus(line.quantity),
        amount=_minus(line.amount),
        amounts={name: -value for name, value in (line.amounts or {}).items()} or None,
        allowances=tuple(replace(one, amount=_minus(one.amount)) for one in line.allowances),
        taxes=tuple(_turned_tax(tax) for tax in line.taxes),
    )


def _write_header(root: Element, documents: Sequence[NeutralDocument]) -> None:
    first = documents[0]
    header = add(root, "FileHeader")
    add(header, "SchemaVersion", "3.2.2")
    add(header, "Modality", "I" if len(documents) == 1 else "L")
    issuer = first.profile.get("issuer")
    if "third_party" in first.parties:
        add(header, "InvoiceIssuerType", "TE")
        write_party(header, "ThirdParty", "third_party", first.parties)
    else:
        self_billed = first.type_code in ("389", "261")
        add(header, "InvoiceIssuerType", issuer if issuer in ("EM", "RE") else "RE" if self_billed else "EM")
    batch = add(header, "Batch")
    reference = first.envelope.reference if first.envelope is not None else None
    made = f"{first.party('seller').tax_id}{first.number}{first.references.get('series', '')}"
    add(batch, "BatchIdentifier", reference or made, limit=70)
    add(batch, "InvoicesCount", str(len(documents)))
    totals = [totals_of(document) for document in documents]
    for tag, name in (
        ("TotalInvoicesAmount", "with_tax"),
        ("TotalOutstandingAmount", "outstanding"),
        ("TotalExecutableAmount", "payable"),
    ):
        add(add(batch, tag), "TotalAmount", figure(sum((one[name] for one in totals), ZERO)))
    add(batch, "InvoiceCurrencyCode", first.currency)
    if "factor" in first.parties and first.payments:
        _write_assignment(header, first)


def _write_assignment(header: Element, document: NeutralDocument) -> None:
    group = add(header, "FactoringAssignmentData")
    write_party(group, "Assignee", "factor", document.parties)
    _write_payments(group, document)
    if group.find("PaymentDetails") is None:
        raise CannotWrite("facturae: payments due_on, amount")
    clauses = [text for text, code in _notes(document) if code == ASSIGNMENT]
    add(group, "FactoringAssignmentClauses", " ".join(clauses))


def totals_of(document: NeutralDocument) -> dict[str, Decimal]:
    """The totals as the document says them; those it doesn't say follow from the others, as Facturae reckons."""
    said = dict(document.totals)
    lines = sum((line.amount for line in document.lines if line.amount is not None), ZERO)
    discounts = sum((one.amount for one in document.allowances if not one.charge and one.amount), ZERO)
    charges = sum((one.amount for one in document.allowances if one.charge and one.amount), ZERO)
    said.setdefault("lines", lines)
    said.setdefault("taxable", said["lines"] - said.get("allowances", discounts) + said.get("charges", charges))
    taxes = document_taxes(document)
    said.setdefault("tax", sum((tax.amount for tax in taxes if not tax.withheld and tax.amount), ZERO))
    said.setdefault("withheld", sum((tax.amount for tax in taxes if tax.withheld and tax.amount), ZERO))
    said.setdefault("with_tax", said["taxable"] + said["tax"] - said["withheld"])
    said.setdefault("outstanding", said["with_tax"] - said.get("subsidies", ZERO) - said.get("prepaid", ZERO))
    more = said.get("reimbursed", ZERO) + said.get("financial", ZERO)
    less = said.get("retained", ZERO) + said.get("in_kind", ZERO)
    said.setdefault("payable", said["outstanding"] + more - less)
    return said


def document_taxes(document: NeutralDocument) -> tuple[Tax, ...]:
    """The taxes of a document as it says them, or as its lines add up to."""
    if any(not tax.withheld for tax in document.taxes):
        return document.taxes
    found: dict[tuple[str | None, str | None, Decimal | None, bool], Tax] = {}
    for line in document.lines:
        for tax in taxes_of(line):
            key = (tax.kind, tax.category, tax.rate, tax.withheld)
            before = found.get(key, Tax(base=ZERO, amount=ZERO))
            found[key] = replace(
                tax,
                base=(before.base or ZERO) + (tax.base or ZERO),
                amount=(before.amount or ZERO) + (tax.amount or ZERO),
            )
    withheld = document.taxes or tuple(tax for tax in found.values() if tax.withheld)
    return (*(tax for tax in found.values() if not tax.withheld), *withheld)


def _notes(document: NeutralDocument) -> list[tuple[str, str]]:
    codes_ = document.note_codes or ("",) * len(document.notes)
    return list(zip(document.notes, codes_, strict=True))


def _write_invoice(element: Element, document: NeutralDocument) -> None:
    _write_identity(element, document)
    _write_issue(element, document)
    taxes = document_taxes(document)
    write_taxes(element, "TaxesOutputs", [tax for tax in taxes if not tax.withheld])
    write_taxes(element, "TaxesWithheld", [tax for tax in taxes if tax.withheld])
    _write_totals(element, document)
    items = add(element, "Items")
    for line in document.lines:
        write_line(items, line)
    _write_payments(element, document)
    notes = _notes(document)
    legal = [text for text, code in notes if code == LEGAL]
    if legal:
        group = add(element, "LegalLiterals")
        for text in legal:
            add(group, "LegalReference", text, limit=250)
    _write_additional(element, document, [text for text, code in notes if code not in (LEGAL, ASSIGNMENT)])


def _write_identity(element: Element, document: NeutralDocument) -> None:
    corrective = document.kind == "credit_note"
    header = add(element, "InvoiceHeader")
    add(header, "InvoiceNumber", document.number)
    say(header, "InvoiceSeriesCode", document.references.get("series"))
    said = document.profile.get("document_type")
    self_billed = document.type_code in ("389", "261")
    add(
        header,
        "InvoiceDocumentType",
        said if said in codes.DOCUMENT_TYPES else codes.SELF_BILLED if self_billed else "FC",
    )
    class_ = document.profile.get("class")
    if class_ not in codes.CLASSES:
        class_ = ("C" if document.function == "copy" else "O") + ("R" if corrective else "O")
    add(header, "InvoiceClass", class_)
    if corrective and (document.preceding or document.profile.get("class") is None):
        _write_corrective(header, document, document.preceding[0] if document.preceding else {})


def _write_corrective(header: Element, document: NeutralDocument, said: Mapping[str, Any]) -> None:
    group = add(header, "Corrective")
    say(group, "InvoiceNumber", said.get("number"), limit=20)
    say(group, "InvoiceSeriesCode", said.get("series"), limit=20)
    reason = said.get("reason_code") or "10"
    add(group, "ReasonCode", reason)
    add(group, "ReasonDescription", said.get("reason") or codes.REASONS.get(reason, ""))
    period = add(group, "TaxPeriod")
    first = said.get("from") or _month(said.get("issued_on") or document.issued_on)[0]
    last = said.get("to") or _month(said.get("issued_on") or document.issued_on)[1]
    day(period, "StartDate", first)
    day(period, "EndDate", last)
    method = said.get("method") or codes.BY_DIFFERENCES
    add(group, "CorrectionMethod", method)
    add(group, "CorrectionMethodDescription", said.get("method_text") or codes.METHODS.get(method, ""))
    say(group, "AdditionalReasonDescription", said.get("text"))
    day(group, "InvoiceIssueDate", said.get("issued_on"))


def _month(on: date | None) -> tuple[date | None, date | None]:
    """The first and the last day of the month of a day: the period that tax is told for."""
    if on is None:
        return None, None
    first = on.replace(day=1)
    return first, (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)


def _write_issue(element: Element, document: NeutralDocument) -> None:
    said = document.references
    data = add(element, "InvoiceIssueData")
    day(data, "IssueDate", document.issued_on)
    day(data, "OperationDate", document.delivered_on or document.tax_point_on)
    if "place_of_issue_postcode" in said:
        place = add(data, "PlaceOfIssue")
        add(place, "PostCode", said["place_of_issue_postcode"])
        say(place, "PlaceOfIssueDescription", said.get("place_of_issue"), limit=20)
    if document.period is not None and document.period.first_day and document.period.last_day:
        period = add(data, "InvoicingPeriod")
        day(period, "StartDate", document.period.first_day)
        day(period, "EndDate", document.period.last_day)
    add(data, "InvoiceCurrencyCode", document.currency)
    if document.exchange_rate is not None and document.exchange_rate_on is not None:
        rate = add(data, "ExchangeRateDetails")
        amount(rate, "ExchangeRate", document.exchange_rate)
        day(rate, "ExchangeRateDate", document.exchange_rate_on)
    add(data, "TaxCurrencyCode", document.tax_currency or document.currency)
    add(data, "LanguageName", document.profile.get("language") or "es")
    say(data, "InvoiceDescription", " ".join(text for text, code in _notes(document) if code == DESCRIPTION))
    say(data, "ReceiverTransactionReference", said.get("order"), limit=20)
    say(data, "FileReference", said.get("file"), limit=20)
    say(data, "ReceiverContractReference", said.get("contract"), limit=20)


def _write_totals(element: Element, document: NeutralDocument) -> None:
    totals, said = totals_of(document), document.references
    group = add(element, "InvoiceTotals")
    amount(group, "TotalGrossAmount", totals["lines"])
    write_allowances(group, "GeneralDiscounts", "Discount", [one for one in document.allowances if not one.charge])
    write_allowances(group, "GeneralSurcharges", "Charge", [one for one in document.allowances if one.charge])
    amount(group, "TotalGeneralDiscounts", totals.get("allowances"))
    amount(group, "TotalGeneralSurcharges", totals.get("charges"))
    amount(group, "TotalGrossAmountBeforeTaxes", totals["taxable"])
    amount(group, "TotalTaxOutputs", totals["tax"])
    amount(group, "TotalTaxesWithheld", totals["withheld"])
    amount(group, "InvoiceTotal", totals["with_tax"])
    if "subsidies" in totals:
        subsidy = add(add(group, "Subsidies"), "Subsidy")
        add(subsidy, "SubsidyDescription", said.get("subsidy") or "Subvención")
        amount(subsidy, "SubsidyAmount", totals["subsidies"])
    two(group, "TotalFinancialExpenses", totals.get("financial"))
    amount(group, "TotalOutstandingAmount", totals["outstanding"])
    amount(group, "TotalPaymentsOnAccount", totals.get("prepaid"))
    if "retained" in totals:
        retained = add(group, "AmountsWithheld")
        add(retained, "WithholdingReason", said.get("retained_reason") or "")
        amount(retained, "WithholdingAmount", totals["retained"])
    amount(group, "TotalExecutableAmount", totals["payable"])
    amount(group, "TotalReimbursableExpenses", totals.get("reimbursed"))
    if "in_kind" in totals:
        in_kind = add(group, "PaymentInKind")
        add(in_kind, "PaymentInKindReason", said.get("in_kind_reason") or "")
        amount(in_kind, "PaymentInKindAmount", totals["in_kind"])


def _write_payments(element: Element, document: NeutralDocument) -> None:
    """Instalments with day and amount; a means that tells neither is for all that is to be paid, when that is due."""
    payments = [one for one in document.payments if one.due_on and one.amount is not None]
    if not payments and document.payments and document.due_on:
        payable = totals_of(document)["payable"]
        payments = [replace(document.payments[0], due_on=document.due_on, amount=payable)]
    if not payments:
        return
    group = add(element, "PaymentDetails")
    for place, payment in enumerate(payments):
        row = add(group, "Installment")
        day(row, "InstallmentDueDate", payment.due_on)
        two(row, "InstallmentAmount", payment.amount)
        code = codes.MEANS_BY_TEXT.get(payment.text or "") or codes.MEANS_BY_CODE.get(payment.code or "") or "13"
        add(row, "PaymentMeans", code)
        if payment.account:
            _write_account(add(row, "AccountToBeCredited"), payment)
        say(row, "PaymentReconciliationReference", payment.quote, limit=60)
        if payment.debited_account:
            _write_account(add(row, "AccountToBeDebited"), Payment(account=payment.debited_account))
        say(row, "CollectionAdditionalInformation", document.terms if place == 0 else None)
        say(row, "DebitReconciliationReference", payment.mandate, limit=60)


def _write_account(element: Element, payment: Payment) -> None:
    account = payment.account or ""
    add(element, "IBAN" if account[:2].isalpha() else "AccountNumber", account, limit=34)
    bank = payment.bank or ""
    say(element, "BIC", bank + "XXX" if len(bank) == 8 else bank if len(bank) == 11 else None)


def _write_additional(element: Element, document: NeutralDocument, notes: list[str]) -> None:
    described = [text for text, code in _notes(document) if code == DESCRIPTION]
    further = "\n".join(text for text in notes if text not in described)
    related = document.references.get("related_invoice")
    files = [one for one in document.attachments if _attached(one) is not None]
    if not (further or related or files):
        return
    group = add(element, "AdditionalData")
    say(group, "RelatedInvoice", related, limit=40)
    if files:
        documents = add(group, "RelatedDocuments")
        for one in files:
            attachment = add(documents, "Attachment")
            say(attachment, "AttachmentCompressionAlgorithm", one.get("compression"))
            add(attachment, "AttachmentFormat", _attached(one))
            encoding = one.get("encoding") if one.get("encoding") in ("NONE", "BER", "DER") else "BASE64"
            add(attachment, "AttachmentEncoding", encoding)
            say(attachment, "AttachmentDescription", one.get("description") or one.get("filename"))
            content: bytes = one["content"]
            text = content.decode("utf-8", "replace") if encoding == "NONE" else base64.b64encode(content).decode()
            add(attachment, "AttachmentData", text, limit=30_000_000)
    say(group, "InvoiceAdditionalInformation", further)


def _attached(one: Mapping[str, Any]) -> str | None:
    """The format that Facturae knows of an attachment whose content is there."""
    return codes.ATTACHMENT_FORMATS.get(str(one.get("mime"))) if isinstance(one.get("content"), bytes) else None
