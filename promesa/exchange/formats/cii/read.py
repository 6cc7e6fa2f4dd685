"""Cross Industry Invoices to the neutral form."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from promesa.exchange.formats.cii import parts, zugferd1
from promesa.exchange.formats.cii.absences import absences
from promesa.exchange.formats.cii.parts import MAX_ROWS, SPACES
from promesa.exchange.formats.en16931.judging import rules_of
from promesa.exchange.formats.given import Given
from promesa.exchange.formats.neutral import NeutralDocument, NeutralLine, Party, Payment, Tax
from promesa.exchange.formats.ubl.invoice_read import kind_of, shared, tidy
from promesa.exchange.formats.ubl.parties import MAX_CODE
from promesa.exchange.formats.xml.values import Element, Walk

MAX_NUMBER, MAX_LINE_NUMBER = 70, 40
TENDER, OBJECT, ATTACHED = "50", "130", "916"
_TRADE = "rsm:SupplyChainTradeTransaction"
_LINE = "ram:IncludedSupplyChainTradeLineItem"
# When VAT is due: the codes of UNCL2475 are told as those of UNCL2005.
TAX_POINTS = {"5": "3", "29": "35", "72": "432"}
_TOTALS = {
    "lines": "LineTotalAmount",
    "taxable": "TaxBasisTotalAmount",
    "with_tax": "GrandTotalAmount",
    "allowances": "AllowanceTotalAmount",
    "charges": "ChargeTotalAmount",
    "prepaid": "TotalPrepaidAmount",
    "rounding": "RoundingAmount",
    "payable": "DuePayableAmount",
}


def recognises(root: Element) -> bool:
    return root.tag == f"{{{SPACES['rsm']}}}CrossIndustryInvoice" or zugferd1.recognises(root)


def read_root(root: Element, given: Given) -> list[NeutralDocument]:
    """The one invoice under a root, with its faults."""
    walk = parts.walk_of()
    if zugferd1.recognises(root):
        root = zugferd1.renewed(root)
    fields = fields_of(walk, root)
    document = NeutralDocument(**fields, faults=walk.found())
    broken = rules_of(document)
    named = {str(one.params["rule"]) for one in broken}
    lacks = absences(walk, root, document.profile.get("customization", ""), named)
    return [replace(document, faults=(*document.faults, *broken, *lacks))]


def fields_of(walk: Walk, root: Element) -> dict[str, Any]:
    """All that an invoice says, as arguments of `NeutralDocument`."""
    trade = walk.first(root, _TRADE)
    agreement = walk.first(trade, "ram:ApplicableHeaderTradeAgreement")
    delivery = walk.first(trade, "ram:ApplicableHeaderTradeDelivery")
    settlement = walk.first(trade, "ram:ApplicableHeaderTradeSettlement")
    type_code = walk.text(root, "rsm:ExchangedDocument/ram:TypeCode", limit=20)
    payments, left = _payments(walk, settlement)
    references, attached = _references(walk, agreement, delivery, settlement)
    preceding = _preceding(walk, settlement)
    if preceding:
        references["invoice"] = preceding[0]["number"]
    currency = walk.text(settlement, "ram:InvoiceCurrencyCode", limit=10)
    tax_currency = walk.text(settlement, "ram:TaxCurrencyCode", limit=10)
    return _head(walk, root) | {
        "format": "cii-invoice",
        "kind": kind_of("Invoice", type_code),
        "type_code": type_code,
        "currency": currency,
        "tax_currency": tax_currency,
        "parties": _parties(walk, agreement, delivery, settlement),
        "references": references | left,
        "attachments": attached,
        "preceding": preceding,
        "payments": payments,
        "allowances": parts.allowances(walk, settlement),
        "taxes": _taxes(walk, settlement),
        "totals": _totals(walk, settlement, currency, tax_currency),
        "lines": _lines(walk, trade),
        "delivered_on": parts.day(walk, delivery, "ram:ActualDeliverySupplyChainEvent/ram:OccurrenceDateTime"),
        "period": parts.window(walk, settlement, "ram:BillingSpecifiedPeriod"),
        **_terms(walk, settlement),
    }


def _head(walk: Walk, root: Element) -> dict[str, Any]:
    document = walk.first(root, "rsm:ExchangedDocument")
    number = walk.text(document, "ram:ID", limit=MAX_NUMBER)
    if number is None:
        walk.fault("element_missing", root, "rsm:ExchangedDocument/ram:ID", right="ID", severity="blocking")
    context = walk.first(root, "rsm:ExchangedDocumentContext")
    profile = {
        "customization": walk.text(context, "ram:GuidelineSpecifiedDocumentContextParameter/ram:ID"),
        "process": walk.text(context, "ram:BusinessProcessSpecifiedDocumentContextParameter/ram:ID"),
    }
    notes, codes = [], []
    for one in walk.all(document, "ram:IncludedNote")[:MAX_ROWS]:
        text = " ".join(walk.texts(one, "ram:Content"))
        if text:
            notes.append(text)
            codes.append(walk.text(one, "ram:SubjectCode", limit=20) or "")
    return {
        "number": number,
        "issued_on": parts.day(walk, document, "ram:IssueDateTime"),
        "profile": {key: value for key, value in profile.items() if value is not None},
        "notes": tuple(notes),
        "note_codes": tuple(codes) if any(codes) else (),
    }


def _terms(walk: Walk, settlement: Element | None) -> dict[str, Any]:
    """The terms and days of payment and of VAT."""
    said = [walk.raw(one) or "" for one in walk.all(settlement, "ram:SpecifiedTradePaymentTerms/ram:Description")]
    codes = walk.texts(settlement, "ram:ApplicableTradeTax/ram:DueDateTypeCode")
    code = codes[0] if codes else None
    return {
        "terms": tidy("\n".join(said)) or None,
        "due_on": parts.day(walk, settlement, "ram:SpecifiedTradePaymentTerms/ram:DueDateDateTime"),
        "tax_point_on": parts.day(walk, settlement, "ram:ApplicableTradeTax/ram:TaxPointDate"),
        "tax_point_code": TAX_POINTS.get(code, code) if code else None,
    }


def _parties(
    walk: Walk, agreement: Element | None, delivery: Element | None, settlement: Element | None
) -> dict[str, Party]:
    named = {
        "seller": (agreement, "ram:SellerTradeParty"),
        "buyer": (agreement, "ram:BuyerTradeParty"),
        "payee": (settlement, "ram:PayeeTradeParty"),
        "tax_representative": (agreement, "ram:SellerTaxRepresentativeTradeParty"),
        "ship_to": (delivery, "ram:ShipToTradeParty"),
        "invoicee": (settlement, "ram:InvoiceeTradeParty"),
        "ship_from": (delivery, "ram:ShipFromTradeParty"),
        "ultimate_consignee": (delivery, "ram:UltimateShipToTradeParty"),
    }
    return parts.parties(walk, named)


def _references(
    walk: Walk, agreement: Element | None, delivery: Element | None, settlement: Element | None
) -> tuple[dict[str, str], tuple[dict[str, Any], ...]]:
    """The references of the document, and what is attached to it."""
    number = "ram:IssuerAssignedID"
    found: dict[str, str] = {}
    for name, element, path in (
        ("buyer_reference", agreement, "ram:BuyerReference"),
        ("order", agreement, f"ram:BuyerOrderReferencedDocument/{number}"),
        ("seller_order", agreement, f"ram:SellerOrderReferencedDocument/{number}"),
        ("contract", agreement, f"ram:ContractReferencedDocument/{number}"),
        ("project", agreement, "ram:SpecifiedProcuringProject/ram:ID"),
        ("despatch_advice", delivery, f"ram:DespatchAdviceReferencedDocument/{number}"),
        ("receipt_advice", delivery, f"ram:ReceivingAdviceReferencedDocument/{number}"),
        ("delivery_note", delivery, f"ram:DeliveryNoteReferencedDocument/{number}"),
        ("accounting", settlement, "ram:ReceivableSpecifiedTradeAccountingAccount/ram:ID"),
        ("creditor", settlement, "ram:CreditorReferenceID"),
    ):
        text = walk.text(element, path)
        if text is not None:
            found[name] = text
    attached = []
    for one in walk.all(agreement, "ram:AdditionalReferencedDocument")[:MAX_ROWS]:
        kind, text = walk.text(one, "ram:TypeCode"), walk.text(one, number)
        if kind == TENDER and text is not None:
            found.setdefault("originator", text)
        elif kind == OBJECT and text is not None:
            found.setdefault("object", text)
            scheme = walk.text(one, "ram:ReferenceTypeCode", limit=20)
            found |= {"object_scheme": scheme} if scheme else {}
        else:
            said = parts.attachment(walk, one)
            if kind not in (None, ATTACHED):
                said["type_code"] = kind
            attached.append(said)
    return found, tuple(attached)


def _preceding(walk: Walk, settlement: Element | None) -> tuple[dict[str, Any], ...]:
    found: list[dict[str, Any]] = []
    for one in walk.all(settlement, "ram:InvoiceReferencedDocument")[:MAX_ROWS]:
        number, issued = walk.text(one, "ram:IssuerAssignedID"), parts.day(walk, one, "ram:FormattedIssueDateTime")
        if number is not None:
            found.append({"number": number} | ({"issued_on": issued} if issued else {}))
    return tuple(found)


def _payments(walk: Walk, settlement: Element | None) -> tuple[tuple[Payment, ...], dict[str, str]]:
    """How to pay; the words to quote and the mandate are told once, and stand in each payment (apart if there is none)."""
    quote = walk.text(settlement, "ram:PaymentReference")
    mandate = walk.text(settlement, "ram:SpecifiedTradePaymentTerms/ram:DirectDebitMandateID", limit=MAX_CODE)
    payments = []
    for one in walk.all(settlement, "ram:SpecifiedTradeSettlementPaymentMeans")[:MAX_ROWS]:
        account = walk.first(one, "ram:PayeePartyCreditorFinancialAccount")
        card = walk.first(one, "ram:ApplicableTradeSettlementFinancialCard")
        payments.append(
            Payment(
                code=walk.text(one, "ram:TypeCode", limit=20),
                text=" ".join(walk.texts(one, "ram:Information")) or None,
                account=walk.text(account, "ram:IBANID", limit=MAX_CODE)
                or walk.text(account, "ram:ProprietaryID", limit=MAX_CODE),
                account_name=walk.text(account, "ram:AccountName"),
                bank=walk.text(one, "ram:PayeeSpecifiedCreditorFinancialInstitution/ram:BICID", limit=MAX_CODE),
                quote=quote,
                mandate=mandate,
                debited_account=walk.text(one, "ram:PayerPartyDebtorFinancialAccount/ram:IBANID", limit=MAX_CODE),
                card=walk.text(card, "ram:ID", limit=MAX_CODE),
                card_holder=walk.text(card, "ram:CardholderName"),
            )
        )
    left = {"payment": quote, "mandate": mandate} if not payments else {}
    return shared(payments), {key: value for key, value in left.items() if value is not None}


def _taxes(walk: Walk, settlement: Element | None) -> tuple[Tax, ...]:
    return tuple(
        Tax(
            category=walk.text(one, "ram:CategoryCode"),
            rate=walk.decimal(one, "ram:RateApplicablePercent"),
            base=walk.decimal(one, "ram:BasisAmount"),
            amount=walk.decimal(one, "ram:CalculatedAmount"),
            kind=walk.text(one, "ram:TypeCode"),
            reason=walk.text(one, "ram:ExemptionReason"),
            reason_code=walk.text(one, "ram:ExemptionReasonCode"),
        )
        for one in walk.all(settlement, "ram:ApplicableTradeTax")
    )


def _totals(
    walk: Walk, settlement: Element | None, currency: str | None, tax_currency: str | None
) -> dict[str, Decimal]:
    """The totals; the tax is that in the document's currency."""
    sums = walk.first(settlement, "ram:SpecifiedTradeSettlementHeaderMonetarySummation")
    found: dict[str, Decimal] = {}
    for name, tag in _TOTALS.items():
        amount = walk.decimal(sums, f"ram:{tag}")
        if amount is not None:
            found[name] = amount
    for one in walk.all(sums, "ram:TaxTotalAmount"):
        other = tax_currency is not None and tax_currency != currency and one.get("currencyID") == tax_currency
        amount = walk.decimal(one)
        if amount is not None:
            found.setdefault("tax_in_tax_currency" if other else "tax", amount)
    return found


def _lines(walk: Walk, trade: Element | None) -> tuple[NeutralLine, ...]:
    found = [_line(walk, one, place) for place, one in enumerate(walk.all(trade, _LINE), 1)]
    walk.line = None
    return tuple(found)


def _line(walk: Walk, line: Element, place: int) -> NeutralLine:
    number = walk.text(line, "ram:AssociatedDocumentLineDocument/ram:LineID", limit=MAX_LINE_NUMBER)
    walk.line = number or str(place)
    product = walk.first(line, "ram:SpecifiedTradeProduct")
    agreement = walk.first(line, "ram:SpecifiedLineTradeAgreement")
    settlement = walk.first(line, "ram:SpecifiedLineTradeSettlement")
    billed = "ram:SpecifiedLineTradeDelivery/ram:BilledQuantity"
    net = "ram:NetPriceProductTradePrice"
    unit = walk.text(line, f"{billed}/@unitCode", limit=40)
    gtin, codes = parts.standard_code(walk, product)
    basis = walk.decimal(agreement, f"{net}/ram:BasisQuantity")
    basis_unit = walk.text(agreement, f"{net}/ram:BasisQuantity/@unitCode", limit=40)
    if basis_unit and basis_unit != unit:
        codes["price_basis_unit"] = basis_unit
    price = walk.decimal(agreement, f"{net}/ram:ChargeAmount", severity="blocking")
    name, description = walk.text(product, "ram:Name"), walk.text(product, "ram:Description")
    before, discount = _gross(walk, agreement, basis)
    sums = "ram:SpecifiedTradeSettlementLineMonetarySummation/ram:LineTotalAmount"
    return NeutralLine(
        line_number=walk.line,
        gtin=gtin,
        seller_code=walk.text(product, "ram:SellerAssignedID", limit=MAX_CODE),
        buyer_code=walk.text(product, "ram:BuyerAssignedID", limit=MAX_CODE),
        text=name or description,
        quantity=walk.quantity(line, billed),
        quantity_received=walk.text(line, billed, limit=MAX_CODE),
        unit_code=unit,
        price=price,
        price_kind="net" if price is not None else None,
        price_basis=basis if basis is None or basis > 0 else None,
        amount=walk.decimal(settlement, sums, severity="blocking"),
        tax_rate=walk.decimal(settlement, "ram:ApplicableTradeTax/ram:RateApplicablePercent"),
        notes=walk.texts(line, "ram:AssociatedDocumentLineDocument/ram:IncludedNote/ram:Content"),
        codes=codes or None,
        references=_line_references(walk, line, agreement, settlement) or None,
        place=place,
        period=parts.window(walk, settlement, "ram:BillingSpecifiedPeriod"),
        tax_category=walk.text(settlement, "ram:ApplicableTradeTax/ram:CategoryCode"),
        gross_price=before,
        price_discount=discount,
        allowances=parts.allowances(walk, settlement),
        attributes=_attributes(walk, product),
        origin_country=walk.text(product, "ram:OriginTradeCountry/ram:ID"),
        description=description if name is not None and description != name else None,
    )


def _gross(walk: Walk, agreement: Element | None, basis: Decimal | None) -> tuple[Decimal | None, Decimal | None]:
    """The gross price and what is taken off it, per the quantity of the net price; nothing when nothing is taken off."""
    path = "ram:GrossPriceProductTradePrice"
    gross = walk.decimal(agreement, f"{path}/ram:ChargeAmount")
    discount = walk.decimal(agreement, f"{path}/ram:AppliedTradeAllowanceCharge/ram:ActualAmount")
    if gross is None or discount is None:
        return None, None
    own = walk.decimal(agreement, f"{path}/ram:BasisQuantity")
    if own is not None and own > 0 and own != (basis or 1):
        return gross * (basis or 1) / own, discount * (basis or 1) / own
    return gross, discount


def _attributes(walk: Walk, product: Element | None) -> dict[str, str] | None:
    """Characteristics by name, and classifications as `classification LIST`."""
    found: dict[str, str] = {}
    for one in walk.all(product, "ram:DesignatedProductClassification/ram:ClassCode"):
        code = walk.text(one)
        if code is not None:
            found.setdefault(f"classification {one.get('listID') or ''}".strip(), code)
    for one in walk.all(product, "ram:ApplicableProductCharacteristic"):
        name, value = walk.text(one, "ram:Description"), walk.text(one, "ram:Value")
        if name is not None and value is not None:
            found.setdefault(name, value)
    return found or None


def _line_references(
    walk: Walk, line: Element, agreement: Element | None, settlement: Element | None
) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, element, path in (
        ("order_line", agreement, "ram:BuyerOrderReferencedDocument/ram:LineID"),
        ("order", agreement, "ram:BuyerOrderReferencedDocument/ram:IssuerAssignedID"),
        ("accounting", settlement, "ram:ReceivableSpecifiedTradeAccountingAccount/ram:ID"),
    ):
        text = walk.text(element, path)
        if text is not None:
            found[name] = text
    for one in walk.all(settlement, "ram:AdditionalReferencedDocument"):
        number = walk.text(one, "ram:IssuerAssignedID")
        if walk.text(one, "ram:TypeCode") in (OBJECT, None) and number is not None:
            found.setdefault("object", number)
            scheme = walk.text(one, "ram:ReferenceTypeCode", limit=20)
            found |= {"object_scheme": scheme} if scheme else {}
    return found
