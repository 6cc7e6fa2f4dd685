"""The rules of EN 16931 asked of an invoice in another syntax: of what it says, once it is in the neutral form.

Only what rules say of the invoice itself (BR-…) counts; how UBL writes it doesn't. Places are told by the names of CII.
"""

from __future__ import annotations

import re
from dataclasses import replace

from promesa.exchange.formats.en16931.check import faults_of, follows
from promesa.exchange.formats.neutral import Fault, NeutralDocument
from promesa.exchange.formats.ubl.invoice_write import tree_of

_COUNT = re.compile(r"\[\d+\]")
# By what an element of UBL is called in CII.
_NAMES = {
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
_OF_UBL = frozenset({"BR-CL-03"})  # amounts of CII have no currency of their own
_KEPT_APART = frozenset({"Invoice", "CreditNote", "Party", "Item", "Price", "Country", "PartyLegalEntity"})


def rules_of(document: NeutralDocument) -> tuple[Fault, ...]:
    """The rules of EN 16931 that an invoice breaks, when it says to follow them."""
    european, _ = follows(document.profile.get("customization", ""))
    if not european:
        return ()
    found = faults_of(tree_of(document, bare=True), peppol_too=False)
    named = ((one, str(one.params.get("rule", ""))) for one in found)
    return tuple(_renamed(one) for one, rule in named if rule.startswith("BR-") and rule not in _OF_UBL)


def _renamed(one: Fault) -> Fault:
    """The fault with its place and what is right by the names of CII."""
    right = one.right if one.code != "rule_missing" or one.right is None else _name(one.right)
    steps = [step for step in one.where.split("/") if step and _COUNT.sub("", step) not in _KEPT_APART]
    return replace(one, where="/".join(_name(step) for step in steps) or "CrossIndustryInvoice", right=right)


def _name(step: str) -> str:
    name = _COUNT.sub("", step)
    return _NAMES.get(name, name) + step[len(name) :]
