"""The published numbers of Peppol's rules, by what each is about, and which specification has them."""

from __future__ import annotations

from promesa.exchange.formats.en16931.codes import COUNTRIES

_POACC = "urn:fdc:peppol.eu:poacc:"
# Transactions by the root of their documents; of several the plainest first.
TRANSACTIONS: dict[str, tuple[str, ...]] = {
    "Order": ("T01",),
    "OrderChange": ("T114",),
    "OrderCancellation": ("T115",),
    "OrderResponse": ("T76", "T110", "T116"),
    "DespatchAdvice": ("T16",),
    "ApplicationResponse": ("T111", "T71"),
}
CUSTOMIZATIONS = {
    "T01": _POACC + "trns:order:3",
    "T16": _POACC + "trns:despatch_advice:3",
    "T71": _POACC + "trns:mlr:3",
    "T76": _POACC + "trns:order_response:3",
    "T110": _POACC + "trns:order_agreement:3",
    "T111": _POACC + "trns:invoice_response:3",
    "T114": _POACC + "trns:order_change:3",
    "T115": _POACC + "trns:order_cancellation:3",
    "T116": _POACC + "trns:order_response_advanced:3",
}
_ADVANCED = (_POACC + "bis:advanced_ordering:3",)
PROFILES = {
    "T01": (_POACC + "bis:order_only:3", _POACC + "bis:ordering:3", *_ADVANCED),
    "T114": _ADVANCED,
    "T115": _ADVANCED,
}


def _orders(number: str, **others: str) -> dict[str, str]:
    return {"T01": number, "T114": number, **others}


def _answers(number: str, **others: str) -> dict[str, str]:
    return {"T76": number, "T116": number, **others}


RULES: dict[str, dict[str, str]] = {
    "customization": {
        **_orders("R034", T115="R034", T110="R030", T16="R011", T71="R001", T111="R003"), "T76": "R006", "T116": "R006",
    },
    "profile": _orders("R031", T115="R031"),
    "validity": _orders("R002"),
    "one_currency": _orders("R003", T110="R004"),
    "price_currency": _answers("R005"),
    "two_decimals": _orders("R028", T110="R013"),
    "originator": _orders("R014", T16="R010"),
    "despatch_buyer": {"T16": "R008"},
    "despatch_seller": {"T16": "R009"},
    "vat_prefix": _orders("R026"),
    "payable_negative": _orders("R006", T110="R005"),
    "lines_negative": _orders("R007", T110="R006"),
    "lines_sum": _orders("R008", T110="R007"),
    "allowances_sum": _orders("R009", T110="R009"),
    "charges_sum": _orders("R010", T110="R008"),
    "taxable_sum": _orders("R011", T110="R010"),
    "payable_sum": _orders("R016", T110="R012"),
    "with_tax_sum": _orders("R017", T110="R011"),
    "lines_without_amount": {"T110": "R014"},
    "base_missing": _orders("R020", T110="R015"),
    "percent_missing": _orders("R021", T110="R016"),
    "allowance_product": _orders("R022", T110="R017"),
    "allowance_reason": _orders("R023", T110="R018"),
    "allowance_negative": _orders("R032", T110="R021"),
    "tax_rate": _orders("R029", T110="R019"),
    "standard_rate": _orders("R030", T110="R020"),
    "tax_pair": {"T110": "R026"},
    "tax_category": {"T110": "R027"},
    "line_sum": _orders("R024"),
    "price_basis": _orders("R025"),
    "line_id": _orders("R001") | _answers("R003"),
    "quantity_negative": _orders("R004"),
    "quantity_missing": _orders("R013"),
    "net_price": _orders("R019"),
    "price_negative": _orders("R005", T110="R001"),
    "gross_negative": _orders("R027", T110="R022"),
    "discount_negative": _orders("R033", T110="R023"),
    "allowance_code": _orders("CL001", T110="CL001"),
    "charge_code": _orders("CL002", T110="CL002"),
    "item_code": {"T110": "R002"},
    "tax_row": {"T110": "R024"},
    "tax_sum": {"T110": "R025"},
    "exemption_missing": {"T110": "R028"},
    "exemption_extra": {"T110": "R029"},
    "buyer_name": _answers("R001"),
    "seller_name": _answers("R002"),
    "promised_reversed": _answers("R004"),
    "changed_lines": _answers("R007"),
    "accepted_lines": _answers("R008"),
    "rejected_lines": _answers("R009"),
    "received_lines": _answers("R010"),
    "despatch_item_code": {"T16": "R003"},
    "despatch_item_name": {"T16": "R004"},
    "despatch_missing": {"T16": "R005"},
    "despatch_negative": {"T16": "R006"},
    "outstanding_reason": {"T16": "R007"},
    "clarification": {"T111": "R001"},
    "other_reason": {"T111": "R002"},
    "part_paid_reason": {"T111": "R004"},
    "part_paid_status": {"T111": "R005"},
    "action_code": {"T111": "R006"},
    "reason_code": {"T111": "R007"},
}  # fmt: skip
# What only Peppol asks for: said of no document that follows another specification.
PEPPOL_ONLY = frozenset({
    "profile", "validity", "two_decimals", "originator", "vat_prefix", "percent_missing", "base_missing",
    "allowance_reason", "tax_rate", "standard_rate", "tax_pair", "tax_category", "allowance_code", "charge_code",
    "item_code", "exemption_missing", "exemption_extra", "buyer_name", "seller_name", "changed_lines", "accepted_lines",
    "rejected_lines", "received_lines", "despatch_item_code", "despatch_item_name", "outstanding_reason",
    "clarification", "other_reason", "part_paid_reason", "part_paid_status", "action_code", "reason_code",
    "lines_without_amount", "despatch_buyer", "despatch_seller",
})  # fmt: skip

_ORDERING = ("cbc:ProfileID", "cbc:IssueDate", "cac:BuyerCustomerParty", "cac:SellerSupplierParty")
# What a Peppol document must have beside what its reader asks for anyway.
MANDATORY: dict[str, tuple[str, ...]] = {
    "T01": (*_ORDERING, "cbc:DocumentCurrencyCode"),
    "T114": (*_ORDERING, "cbc:DocumentCurrencyCode"),
    "T115": (*_ORDERING, "cbc:CancellationNote"),
    "T76": (*_ORDERING, "cbc:OrderResponseCode"),
    "T116": (*_ORDERING, "cbc:OrderResponseCode"),
    "T110": (*_ORDERING, "cbc:DocumentCurrencyCode"),
    "T16": ("cbc:ProfileID", "cbc:IssueDate", "cac:DespatchSupplierParty", "cac:DeliveryCustomerParty"),
    "T111": ("cbc:ProfileID", "cbc:IssueDate", "cac:SenderParty", "cac:ReceiverParty"),
    "T71": ("cbc:ProfileID", "cbc:IssueDate", "cac:SenderParty", "cac:ReceiverParty"),
}
# What VAT numbers may begin with: countries, and two that the list still has.
VAT_PREFIXES = COUNTRIES | {"EL", "AN"}
ACTION_CODES = ("NOA", "PIN", "NIN", "CNF", "CNP", "CNA", "OTH")
REASON_CODES = (
    "NON", "REF", "LEG", "REC", "QUA", "DEL", "PRI", "QTY", "ITM", "PAY", "PPD", "UNR", "FIN", "OTH",
)  # fmt: skip
