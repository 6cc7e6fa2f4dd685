"""UBL invoices, credit notes and debit notes to the neutral form, with the rules of EN 16931 and Peppol that they break."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from promesa.exchange.formats.en16931.check import faults_of
from promesa.exchange.formats.en16931.notes import split_notes
from promesa.exchange.formats.given import Given
from promesa.exchange.formats.neutral import NeutralDocument, NeutralLine, Party, Payment
from promesa.exchange.formats.ubl import head, lines, parties
from promesa.exchange.formats.ubl.parties import UBL, Element
from promesa.exchange.formats.xml.values import Walk, local

CREDIT_NOTES = frozenset({"381", "396", "81", "83", "532", "261", "262", "296", "308", "420", "458", "502", "503"})
DEBIT_NOTES = frozenset({"383", "84", "80"})
CREDITOR, OBJECT, PROJECT = "SEPA", "130", "50"
NO_ORDER = "NA"
MAX_ROWS = 200

# What the parts of each kind are called: format, line, quantity, totals, type code.
_KINDS = {
    "Invoice": ("ubl-invoice", "InvoiceLine", "InvoicedQuantity", "LegalMonetaryTotal", "InvoiceTypeCode"),
    "CreditNote": ("ubl-credit-note", "CreditNoteLine", "CreditedQuantity", "LegalMonetaryTotal", "CreditNoteTypeCode"),
    "DebitNote": ("ubl-debit-note", "DebitNoteLine", "DebitedQuantity", "RequestedMonetaryTotal", "DebitNoteTypeCode"),
}
_REFERENCES = {
    "buyer_reference": "cbc:BuyerReference",
    "order": "cac:OrderReference/cbc:ID",
    "seller_order": "cac:OrderReference/cbc:SalesOrderID",
    "despatch_advice": "cac:DespatchDocumentReference/cbc:ID",
    "receipt_advice": "cac:ReceiptDocumentReference/cbc:ID",
    "contract": "cac:ContractDocumentReference/cbc:ID",
}


def recognises(root: Element) -> bool:
    return root.tag in _TAGS


def read_root(root: Element, given: Given) -> list[NeutralDocument]:
    """The one document under a root, with its faults and every rule it breaks."""
    walk = parties.walk_of()
    fields = fields_of(walk, root)
    rules = faults_of(root) if local(root) != "DebitNote" else ()
    return [NeutralDocument(**fields, faults=(*walk.found(), *rules))]


def fields_of(walk: Walk, root: Element) -> dict[str, Any]:
    """All that an invoice says, as arguments of `NeutralDocument`."""
    format_, _, _, total, type_name = _KINDS[local(root)]
    type_code = walk.text(root, f"cbc:{type_name}", limit=20)
    fields = _head(walk, root)
    fields |= {"format": format_, "kind": kind_of(local(root), type_code), "type_code": type_code}
    found = head.references(walk, root, _REFERENCES)
    if found.get("order") == NO_ORDER and "seller_order" in found:
        del found["order"]  # UBL can't name the seller's order alone
    fields["parties"], creditor = _parties(walk, root)
    fields["payments"] = _payments(walk, root)
    further = head.attachments(walk, root)
    objects = [one for one in further if one.get("type_code") == OBJECT and "number" in one]
    projects = [one for one in further if one.get("type_code") == PROJECT and local(root) == "CreditNote"]
    if objects:
        found["object"] = objects[0]["number"]
        scheme = _object_scheme(walk, root)
        found |= {"object_scheme": scheme} if scheme else {}
    if projects:
        found["project"] = projects[0].get("number", "")
    fields["attachments"] = tuple(one for one in further if one not in objects[:1] and one not in projects[:1])
    fields["preceding"] = _preceding(walk, root)
    if fields["preceding"]:
        found["invoice"] = fields["preceding"][0]["number"]
    if creditor:
        found["creditor"] = creditor
    fields["references"] = found
    fields["allowances"] = parties.allowances(walk, root)
    fields["taxes"] = head.taxes(walk, root)
    fields["totals"] = _totals(walk, root, total, fields["currency"], fields["tax_currency"])
    fields["lines"] = _lines(walk, root)
    return fields


def kind_of(name: str, type_code: str | None) -> str:
    """The neutral kind, by the document's name and its code of UNCL1001."""
    if name == "DebitNote" or type_code in DEBIT_NOTES:
        return "debit_note"
    return "credit_note" if name == "CreditNote" or type_code in CREDIT_NOTES else "invoice"


def _head(walk: Walk, root: Element) -> dict[str, Any]:
    number = walk.text(root, "cbc:ID", limit=head.MAX_NUMBER)
    if number is None:
        walk.fault("element_missing", root, "cbc:ID", right="ID", severity="blocking")
    profile = {
        "customization": walk.text(root, "cbc:CustomizationID"),
        "process": walk.text(root, "cbc:ProfileID"),
        "version": walk.text(root, "cbc:UBLVersionID"),
    }
    notes, note_codes = split_notes(walk.texts(root, "cbc:Note"))
    period = walk.first(root, "cac:InvoicePeriod")
    due = walk.day(root, "cbc:DueDate") or walk.day(root, "cac:PaymentMeans/cbc:PaymentDueDate")
    delivery = walk.first(root, "cac:Delivery")
    return {
        "number": number,
        "issued_on": walk.day(root, "cbc:IssueDate"),
        "currency": walk.text(root, "cbc:DocumentCurrencyCode", limit=10),
        "tax_currency": walk.text(root, "cbc:TaxCurrencyCode", limit=10),
        "profile": {key: value for key, value in profile.items() if value is not None},
        "notes": notes,
        "note_codes": note_codes,
        "due_on": due or walk.day(root, "cac:PaymentTerms/cbc:PaymentDueDate"),
        "tax_point_on": walk.day(root, "cbc:TaxPointDate"),
        "tax_point_code": walk.text(period, "cbc:DescriptionCode", limit=20),
        "period": parties.period(walk, period),
        "delivered_on": walk.day(delivery, "cbc:ActualDeliveryDate"),
        "terms": _terms(walk, root),
    }


def _terms(walk: Walk, root: Element) -> str | None:
    """The words of payment, line by line: discounts are written on lines of their own."""
    said = [walk.raw(one) or "" for one in walk.all(root, "cac:PaymentTerms/cbc:Note")[:MAX_ROWS]]
    return tidy("\n".join(said)) or None


def tidy(text: str) -> str:
    """A text of several lines, each without spaces around it, none empty."""
    rows = (" ".join(row.split()) for row in text.splitlines())
    return "\n".join(row for row in rows if row)[:4000]


def _parties(walk: Walk, root: Element) -> tuple[dict[str, Party], str | None]:
    """The parties by role, and the creditor's identifier that stands at the seller or the payee."""
    delivery = walk.first(root, "cac:Delivery")
    named = {
        "seller": parties.party(walk, walk.first(root, "cac:AccountingSupplierParty")),
        "buyer": parties.party(walk, walk.first(root, "cac:AccountingCustomerParty")),
        "payee": parties.party(walk, walk.first(root, "cac:PayeeParty")),
        "tax_representative": parties.party(walk, walk.first(root, "cac:TaxRepresentativeParty")),
        "ship_to": parties.place(walk, delivery),
    }
    creditor: str | None = None
    found: dict[str, Party] = {}
    for role, party in named.items():
        if party is None:
            continue
        party, number = without_creditor(party)
        creditor = creditor or number
        if party != Party():
            found[role] = party
    return found, creditor


def without_creditor(party: Party) -> tuple[Party, str | None]:
    """A party without the identifier that banks gave it to collect money by, and that identifier."""
    codes = dict(party.codes)
    if party.agency == CREDITOR:
        number = party.code
        scheme = next(iter(codes), None)
        code = codes.pop(scheme) if scheme is not None else None
        agency = None if scheme == parties.UNSAID else scheme
        return replace(party, code=code, agency=agency, codes=codes), number
    number = codes.pop(CREDITOR, None)
    return (replace(party, codes=codes), number) if number else (party, None)


def _payments(walk: Walk, root: Element) -> tuple[Payment, ...]:
    payments = []
    for one in walk.all(root, "cac:PaymentMeans")[:MAX_ROWS]:
        account = walk.first(one, "cac:PayeeFinancialAccount")
        mandate = walk.first(one, "cac:PaymentMandate")
        card = walk.first(one, "cac:CardAccount")
        payments.append(
            Payment(
                code=walk.text(one, "cbc:PaymentMeansCode", limit=20),
                text=walk.text(one, "cbc:PaymentMeansCode/@name") or walk.text(one, "cbc:InstructionNote"),
                account=walk.text(account, "cbc:ID", limit=parties.MAX_CODE),
                account_name=walk.text(account, "cbc:Name"),
                bank=walk.text(account, "cac:FinancialInstitutionBranch/cbc:ID", limit=parties.MAX_CODE),
                quote=walk.text(one, "cbc:PaymentID"),
                mandate=walk.text(mandate, "cbc:ID", limit=parties.MAX_CODE),
                debited_account=walk.text(mandate, "cac:PayerFinancialAccount/cbc:ID", limit=parties.MAX_CODE),
                card=walk.text(card, "cbc:PrimaryAccountNumberID", limit=parties.MAX_CODE),
                card_holder=walk.text(card, "cbc:HolderName"),
            )
        )
    return shared(payments)


def shared(payments: list[Payment]) -> tuple[Payment, ...]:
    """Payments without those that say no more than one before; what an invoice tells once (the words to quote, the
    mandate) stands in each."""
    alike: dict[str, str] = {}
    for name in ("text", "quote", "mandate", "debited_account"):
        said = {getattr(one, name) for one in payments if getattr(one, name)}
        if len(said) == 1:
            alike[name] = said.pop()
    found: list[Payment] = []
    for one in payments:
        one = replace(one, **alike)  # type: ignore[arg-type]
        if not any(_says_no_more(one, before) for before in (Payment(), *found)):
            found.append(one)
    return tuple(found)


def _says_no_more(one: Payment, before: Payment) -> bool:
    return all(getattr(one, name) in (None, getattr(before, name)) for name in Payment.__slots__)


def _object_scheme(walk: Walk, element: Element, path: str = "cac:AdditionalDocumentReference") -> str | None:
    for one in walk.all(element, path):
        if walk.text(one, "cbc:DocumentTypeCode") == OBJECT:
            return walk.text(one, "cbc:ID/@schemeID", limit=20)
    return None


def _preceding(walk: Walk, root: Element) -> tuple[dict[str, Any], ...]:
    """The invoices that this one is about."""
    found: list[dict[str, Any]] = []
    for name in ("InvoiceDocumentReference", "CreditNoteDocumentReference"):
        for one in walk.all(root, f"cac:BillingReference/cac:{name}")[:MAX_ROWS]:
            number, issued = walk.text(one, "cbc:ID"), walk.day(one, "cbc:IssueDate")
            if number is not None:
                found.append({"number": number} | ({"issued_on": issued} if issued else {}))
    return tuple(found)


def _totals(
    walk: Walk, root: Element, total: str, currency: str | None, tax_currency: str | None
) -> dict[str, Decimal]:
    """The totals; the tax is that in the document's currency."""
    found = head.totals(walk, root, f"cac:{total}")
    rows = walk.all(root, "cac:TaxTotal/cbc:TaxAmount")
    other = [one for one in rows if tax_currency and tax_currency != currency and one.get("currencyID") == tax_currency]
    own = [one for one in rows if one not in other]
    found.pop("tax", None)
    for name, amounts in (("tax", own), ("tax_in_tax_currency", other)):
        amount = walk.decimal(amounts[0]) if amounts else None
        if amount is not None:
            found[name] = amount
    withheld = walk.decimal(root, "cac:WithholdingTaxTotal/cbc:TaxAmount")
    return found if withheld is None else found | {"withheld": withheld}


def _lines(walk: Walk, root: Element) -> tuple[NeutralLine, ...]:
    _, name, quantity, _, _ = _KINDS[local(root)]
    found = [_line(walk, one, place, quantity) for place, one in enumerate(walk.all(root, f"cac:{name}"), 1)]
    walk.line = None
    return tuple(found)


def _line(walk: Walk, line: Element, place: int, quantity: str) -> NeutralLine:
    line_number = lines.number_of(walk, line, place)
    invoiced, received, unit = lines.quantity(walk, line, f"cbc:{quantity}")
    item = parties.item(walk, walk.first(line, "cac:Item"))
    price = parties.price(walk, walk.first(line, "cac:Price"), severity="blocking")
    codes = dict(item.codes or {})
    basis_unit = walk.text(line, "cac:Price/cbc:BaseQuantity/@unitCode", limit=40)
    if basis_unit and basis_unit != unit:
        codes["price_basis_unit"] = basis_unit
    return NeutralLine(
        line_number=line_number,
        gtin=item.gtin,
        seller_code=item.seller_code,
        buyer_code=item.buyer_code,
        text=item.text,
        quantity=invoiced,
        quantity_received=received,
        unit_code=unit,
        price=price.net,
        price_kind="net" if price.net is not None else None,
        price_basis=price.basis if price.basis is None or price.basis > 0 else None,
        amount=walk.decimal(line, "cbc:LineExtensionAmount", severity="blocking"),
        tax_rate=item.tax_rate,
        notes=walk.texts(line, "cbc:Note"),
        codes=codes or None,
        references=_line_references(walk, line) or None,
        place=place,
        period=parties.period(walk, walk.first(line, "cac:InvoicePeriod")),
        tax_category=item.tax_category,
        gross_price=price.gross,
        price_discount=price.discount,
        allowances=parties.allowances(walk, line),
        lots=item.lots,
        attributes=item.attributes,
        origin_country=item.origin_country,
        description=item.description,
    )


def _line_references(walk: Walk, line: Element) -> dict[str, str]:
    found = lines.line_references(walk, line)
    if "line" in found:
        found["order_line"] = found.pop("line")
    cost = walk.text(line, "cbc:AccountingCost")
    if cost is not None:
        found["accounting"] = cost
    number = walk.text(line, "cac:DocumentReference/cbc:ID")
    if number is not None:
        found["object"] = number
        scheme = walk.text(line, "cac:DocumentReference/cbc:ID/@schemeID", limit=20)
        if scheme is not None:
            found["object_scheme"] = scheme
    return found


_TAGS = frozenset(f"{{{UBL}{name}-2}}{name}" for name in _KINDS)
