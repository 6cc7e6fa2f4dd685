"""The rules of EN 16931 asked of an invoice in another syntax: of what it says, once it is in the neutral form.

Only what rules say of the invoice itself (BR-…) counts; how UBL writes it doesn't. Places are told by the names of CII, or by
the segments of EDIFACT.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from promesa.exchange.formats.en16931.check import faults_of, follows
from promesa.exchange.formats.neutral import Fault, NeutralDocument
from promesa.exchange.formats.ubl.invoice_write import tree_of

_COUNT = re.compile(r"\[\d+\]")
# By what an element of UBL is called in CII.
CII = {
    "LegalMonetaryTotal": "SpecifiedTradeSettlementHeaderMonetarySummation",
    "LineExtensionAmount": "LineTotalAmount",
    "TaxExclusiveAmount": "TaxBasisTotalAmount",
    "TaxInclusiveAmount": "GrandTotalAmount",
    "AllowanceTotalAmount": "AllowanceTotalAmount",
    "ChargeTotalAmount": "ChargeTotalAmount",
    "PrepaidAmount": "TotalPrepaidAmount",
    "PayableRoundingAmount": "RoundingAmount",
    "PayableAmount": "DuePayableAmount",
    "TaxTotal": "TaxTotalAmount",
    "TaxSubtotal": "ApplicableTradeTax",
    "TaxableAmount": "BasisAmount",
    "TaxAmount": "CalculatedAmount",
    "TaxCategory": "ApplicableTradeTax",
    "ClassifiedTaxCategory": "ApplicableTradeTax",
    "Percent": "RateApplicablePercent",
    "AllowanceCharge": "SpecifiedTradeAllowanceCharge",
    "Amount": "ActualAmount",
    "InvoiceLine": "IncludedSupplyChainTradeLineItem",
    "CreditNoteLine": "IncludedSupplyChainTradeLineItem",
    "InvoicedQuantity": "BilledQuantity",
    "CreditedQuantity": "BilledQuantity",
    "PriceAmount": "ChargeAmount",
    "AccountingSupplierParty": "SellerTradeParty",
    "AccountingCustomerParty": "BuyerTradeParty",
    "PayeeParty": "PayeeTradeParty",
    "TaxRepresentativeParty": "SellerTaxRepresentativeTradeParty",
    "PostalAddress": "PostalTradeAddress",
    "IdentificationCode": "CountryID",
    "RegistrationName": "Name",
    "IssueDate": "IssueDateTime",
    "InvoiceTypeCode": "TypeCode",
    "CreditNoteTypeCode": "TypeCode",
    "DocumentCurrencyCode": "InvoiceCurrencyCode",
    "PaymentMeans": "SpecifiedTradeSettlementPaymentMeans",
    "PaymentMeansCode": "TypeCode",
    "DueDate": "DueDateDateTime",
}
# In which segment of an INVOIC it is.
EDIFACT = {
    "LegalMonetaryTotal": "UNS", "LineExtensionAmount": "MOA+79", "TaxExclusiveAmount": "MOA+389", "TaxInclusiveAmount": "MOA+388",
    "AllowanceTotalAmount": "MOA+260", "ChargeTotalAmount": "MOA+259", "PrepaidAmount": "MOA+113", "PayableRoundingAmount": "MOA+366",
    "PayableAmount": "MOA+9", "TaxTotal": "TAX", "TaxSubtotal": "TAX", "TaxableAmount": "MOA+125", "TaxAmount": "MOA+124",
    "TaxCategory": "TAX", "ClassifiedTaxCategory": "TAX", "Percent": "TAX 5278", "ID": "5305", "AllowanceCharge": "ALC",
    "Amount": "MOA+8", "InvoiceLine": "LIN", "CreditNoteLine": "LIN", "InvoicedQuantity": "QTY+47", "CreditedQuantity": "QTY+47",
    "PriceAmount": "PRI+AAA", "AccountingSupplierParty": "NAD+SU", "AccountingCustomerParty": "NAD+BY", "PayeeParty": "NAD+PE",
    "TaxRepresentativeParty": "NAD+LC", "PostalAddress": "NAD", "IdentificationCode": "NAD 3207", "RegistrationName": "NAD 3036",
    "IssueDate": "DTM+137", "InvoiceTypeCode": "BGM 1001", "CreditNoteTypeCode": "BGM 1001", "DocumentCurrencyCode": "CUX+2",
    "PaymentMeans": "PAI", "PaymentMeansCode": "PAI 4461", "DueDate": "DTM+13", "PaymentTerms": "PAT", "Name": "IMD",
}  # fmt: skip
_WHOLE = {"CII": "CrossIndustryInvoice", "EDIFACT": "INVOIC"}
_OF_UBL = frozenset({"BR-CL-03"})  # amounts of CII have no currency of their own
_KEPT_APART = frozenset({"Invoice", "CreditNote", "Party", "Item", "Price", "Country", "PartyLegalEntity"})


def rules_of(document: NeutralDocument, *, names: Mapping[str, str] = CII) -> tuple[Fault, ...]:
    """The rules of EN 16931 that an invoice breaks, when it says to follow them; places told by these names."""
    european, _ = follows(document.profile.get("customization", ""))
    if not european:
        return ()
    found = faults_of(tree_of(document, bare=True), peppol_too=False)
    named = ((one, str(one.params.get("rule", ""))) for one in found)
    return tuple(_renamed(one, names) for one, rule in named if rule.startswith("BR-") and rule not in _OF_UBL)


def _renamed(one: Fault, names: Mapping[str, str]) -> Fault:
    """The fault with its place and what is right by the names of its syntax."""
    right = one.right if one.code != "rule_missing" or one.right is None else _name(one.right, names)
    steps = [step for step in one.where.split("/") if step and _COUNT.sub("", step) not in _KEPT_APART]
    whole = _WHOLE["CII" if names is CII else "EDIFACT"]
    return replace(one, where="/".join(_name(step, names) for step in steps) or whole, right=right)


def _name(step: str, names: Mapping[str, str]) -> str:
    name = _COUNT.sub("", step)
    return names.get(name, name) + step[len(name) :]
