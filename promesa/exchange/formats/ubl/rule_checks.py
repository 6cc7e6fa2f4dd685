"""What Peppol's rules look at in each element, by its name. Sums stand in `rule_sums`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal

from promesa.core import identifiers
from promesa.exchange.formats.en16931.codes import ALLOWANCE_REASONS, CHARGE_REASONS
from promesa.exchange.formats.ubl import identifiers as schemes
from promesa.exchange.formats.ubl import rule_sums
from promesa.exchange.formats.ubl.judged import Judged, amount
from promesa.exchange.formats.ubl.parties import GLN_SCHEMES, Element
from promesa.exchange.formats.ubl.rule_names import ACTION_CODES, PROFILES, REASON_CODES, VAT_PREFIXES
from promesa.exchange.formats.xml.values import day_of, local

Look = Callable[[Judged, Element], None]
ZERO = Decimal(0)
_MISSING = "—"


def _parent(element: Element) -> str:
    parent = element.getparent()
    return local(parent) if parent is not None else ""


def _said(element: Element) -> str:
    return " ".join((element.text or "").split())


# -- the document


def profile(judged: Judged, element: Element) -> None:
    allowed = PROFILES.get(judged.transactions[0], ())
    if allowed and _said(element) not in allowed:
        judged.broke("profile", "profile_other", element, received=_said(element), right=", ".join(allowed))


def root(judged: Judged, element: Element) -> None:
    if element is judged.root and judged.walk.first(element, "cac:ValidityPeriod/cbc:EndDate") is None:
        judged.broke("validity", "element_missing", element, "cac:ValidityPeriod/cbc:EndDate",
                     right="cac:ValidityPeriod/cbc:EndDate", severity="note")  # fmt: skip


def day(judged: Judged, element: Element) -> None:
    text = element.text or ""
    if (day_of(text) is None or len(text) != 10) and text.strip():
        judged.common("R030", "date_wrong", element, received=text.strip(), severity="warning")


def money(judged: Judged, element: Element) -> None:
    """An amount: its currency is that of the document, and only unit prices have more than two decimals."""
    currency = element.get("currencyID")
    if currency is not None and currency != judged.currency:
        judged.broke("one_currency", "currency_mixed", element, received=currency, right=judged.currency or _MISSING)
    decimals = (element.text or "").partition(".")[2]
    if len(decimals) > 2 and not _in_price(element):
        judged.broke("two_decimals", "amount_decimals", element, received=_said(element))


def _in_price(element: Element) -> bool:
    return any(local(above) == "Price" for above in element.iterancestors())


def total_amount(judged: Judged, element: Element) -> None:
    if _parent(element) in ("AnticipatedMonetaryTotal", "LegalMonetaryTotal"):
        money(judged, element)


def price_amount(judged: Judged, element: Element) -> None:
    money(judged, element)
    currency = element.get("currencyID")
    if currency is None or currency != judged.currency:
        received = currency or _MISSING
        judged.broke("price_currency", "currency_mixed", element, received=received, right=judged.currency or _MISSING)


# -- parties


def identifier(judged: Judged, element: Element) -> None:
    """An identifier of a party or place against what its scheme asks for."""
    scheme = (element.get("schemeID") or "").strip()
    if scheme not in schemes.CHECKS and scheme not in GLN_SCHEMES:
        return
    name = local(element)
    under = _parent(element) if name == "ID" else ""
    code = _said(element)
    if scheme in GLN_SCHEMES and name != "CompanyID" and len(code) == 13:
        if (not under or under in ("PartyIdentification", "DeliveryLocation")) and not identifiers.is_gln(code):
            rule = {} if scheme == "0088" and under != "DeliveryLocation" else {"rule": None}
            right = identifiers.with_check_digit(code)
            judged.common("R040", "check_digit_wrong", element, received=code, right=right, field="GLN", **rule)
        return
    if scheme not in schemes.CHECKS or (name == "ID" and under != "PartyIdentification"):
        return
    number, is_right, right_shape, endpoints_only = schemes.CHECKS[scheme]
    if (endpoints_only and name != "EndpointID") or not code or is_right(code):
        return
    judged.common(number, "identifier_wrong", element, received=code, right=right_shape, scheme=scheme)


def vat_number(judged: Judged, element: Element) -> None:
    if judged.walk.raw(element, "cac:TaxScheme/cbc:ID") == "VAT":
        number = judged.walk.raw(element, "cbc:CompanyID") or ""
        if number and number[:2] not in VAT_PREFIXES:
            judged.broke("vat_prefix", "vat_prefix_wrong", element, "cbc:CompanyID", received=number)


def named_party(name: str) -> Look:
    """A party with a name or an identifier."""

    def look(judged: Judged, element: Element) -> None:
        walk = judged.walk
        named = walk.first(element, "cac:Party/cac:PartyName/cbc:Name")
        if named is None and walk.first(element, "cac:Party/cac:PartyIdentification/cbc:ID") is None:
            judged.broke(name, "element_missing", element, "cac:Party", right="cac:PartyName, cac:PartyIdentification")

    return look


def official_party(name: str) -> Look:
    """A party with its official name or an identifier."""

    def look(judged: Judged, element: Element) -> None:
        walk = judged.walk
        for inner in walk.all(element, "cac:Party"):
            official = walk.first(inner, "cac:PartyLegalEntity/cbc:RegistrationName")
            if official is None and walk.first(inner, "cac:PartyIdentification/cbc:ID") is None:
                judged.broke(name, "element_missing", inner, right="cbc:RegistrationName, cac:PartyIdentification")

    return look


# -- lines


def order_line(judged: Judged, element: Element) -> None:
    """A `LineItem` of an order or an answer: its number, its quantity, its amount."""
    if _parent(element) != "OrderLine":
        return
    walk = judged.walk
    number = (walk.raw(element, "cbc:ID") or "").strip()
    judged.line_ids[number] = seen = judged.line_ids.get(number, 0) + 1
    if not number:
        judged.broke("line_id", "line_number_missing", element, "cbc:ID", right=walk.line or "1")
    elif seen > 1:
        judged.broke("line_id", "line_number_repeated", element, "cbc:ID", received=number)
    if judged.kind not in ("Order", "OrderChange"):
        return
    quantity = amount(element, walk, "cbc:Quantity")
    if walk.first(element, "cbc:Quantity") is None:
        judged.broke("quantity_missing", "quantity_missing", element, "cbc:Quantity", severity=_if_new(judged))
    elif quantity is not None and quantity < 0:
        judged.broke("quantity_negative", "quantity_not_positive", element, "cbc:Quantity", received=quantity)
    elif quantity == 0 and judged.kind == "Order":
        walk.fault("quantity_not_positive", element, "cbc:Quantity", received=quantity)
    rule_sums.line(judged, element, quantity)


def _if_new(judged: Judged) -> str:
    """A new order without a quantity can't be taken; a change may leave it as it is."""
    return "blocking" if judged.kind == "Order" else "warning"


def price(judged: Judged, element: Element) -> None:
    walk = judged.walk
    net = amount(element, walk, "cbc:PriceAmount")
    if net is not None and net < 0:
        severity = "blocking" if judged.kind in ("Order", "OrderChange") else "warning"
        judged.broke("price_negative", "price_negative", element, "cbc:PriceAmount", received=net, severity=severity)
    elif walk.first(element, "cbc:PriceAmount") is None:
        judged.broke("price_negative", "element_missing", element, "cbc:PriceAmount", right="cbc:PriceAmount")
    basis = amount(element, walk, "cbc:BaseQuantity")
    if basis is not None and basis <= 0:
        judged.broke("price_basis", "price_basis_wrong", element, "cbc:BaseQuantity", received=basis)
    gross = amount(element, walk, "cac:AllowanceCharge/cbc:BaseAmount")
    discount = amount(element, walk, "cac:AllowanceCharge/cbc:Amount")
    if gross is not None and gross < 0:
        judged.broke("gross_negative", "price_negative", element, "cac:AllowanceCharge/cbc:BaseAmount",
                     received=gross, severity="warning")  # fmt: skip
    if discount is not None and discount < 0:
        judged.broke(
            "discount_negative", "amount_negative", element, "cac:AllowanceCharge/cbc:Amount", received=discount
        )
    if gross is not None and net is not None and net != gross - (discount or ZERO):
        right = gross - (discount or ZERO)
        judged.broke("net_price", "sum_wrong", element, "cbc:PriceAmount", received=net, right=right)


def item(judged: Judged, element: Element) -> None:
    walk = judged.walk
    standard = walk.first(element, "cac:StandardItemIdentification/cbc:ID")
    if standard is None and walk.first(element, "cac:SellersItemIdentification/cbc:ID") is None:
        right = "cac:SellersItemIdentification, cac:StandardItemIdentification"
        judged.broke("item_code", "element_missing", element, right=right)


def allowance_reason_code(judged: Judged, element: Element) -> None:
    charge = (judged.walk.raw(element.getparent(), "cbc:ChargeIndicator") or "").strip()
    name, known = ("charge_code", CHARGE_REASONS) if charge == "true" else ("allowance_code", ALLOWANCE_REASONS)
    if charge in ("true", "false") and _said(element) not in known:
        right = "UNCL 7161" if charge == "true" else "UNCL 5189"
        judged.broke(name, "code_unknown", element, received=_said(element), right=right)


# -- answers


def answer_code(judged: Judged, element: Element) -> None:
    """What an answer says of the whole and whether lines may stand beside it."""
    count = judged.once("lines", lambda: len(judged.walk.all(judged.root, "cac:OrderLine")))
    code = _said(element)
    if code == "CA" and not count:
        judged.broke("changed_lines", "answer_lines_wrong", element, received=code, count=count, right="≥ 1")
    names = {"AP": "accepted_lines", "RE": "rejected_lines", "AB": "received_lines"}
    if code in names and count:
        judged.broke(names[code], "answer_lines_wrong", element, received=code, count=count, right="0")


def promised(judged: Judged, element: Element) -> None:
    start, end = (judged.walk.raw(element, path) or "" for path in ("cbc:StartDate", "cbc:EndDate"))
    if start.strip() and end.strip() and end.strip() < start.strip():
        judged.broke("promised_reversed", "window_reversed", element, received=f"{start} > {end}", severity="warning")


def clarification(judged: Judged, element: Element) -> None:
    if _parent(element) != "DocumentResponse":
        return
    code = (judged.walk.raw(element, "cbc:ResponseCode") or "").strip()
    if code in ("CA", "UQ", "RE") and judged.walk.first(element, "cac:Status/cbc:StatusReasonCode") is None:
        judged.broke("clarification", "element_missing", element, "cac:Status/cbc:StatusReasonCode",
                     right="cbc:StatusReasonCode")  # fmt: skip


def status(judged: Judged, element: Element) -> None:
    walk = judged.walk
    found = walk.first(element, "cbc:StatusReasonCode")
    if found is None:
        return
    code, listed = _said(found), found.get("listID")
    missing = walk.first(element, "cbc:StatusReason") is None
    if missing and code in ("OTH", "PPD"):
        name = "other_reason" if code == "OTH" else "part_paid_reason"
        judged.broke(name, "element_missing", element, "cbc:StatusReason", right="cbc:StatusReason")
    answered = (walk.raw(element.getparent(), "cbc:ResponseCode") or "PD").strip()
    if code == "PPD" and answered != "PD":
        judged.broke("part_paid_status", "code_unknown", found, received=f"PPD, {answered}", right="PD")
    for list_id, name, known in (
        ("OPStatusAction", "action_code", ACTION_CODES),
        ("OPStatusReason", "reason_code", REASON_CODES),
    ):
        if listed == list_id and code not in known:
            judged.broke(name, "code_unknown", found, received=code, right=", ".join(known))


# -- despatch


def despatch_line(judged: Judged, element: Element) -> None:
    walk = judged.walk
    standard = walk.first(element, "cac:Item/cac:StandardItemIdentification/cbc:ID")
    if standard is None and walk.first(element, "cac:Item/cac:SellersItemIdentification/cbc:ID") is None:
        right = "cac:SellersItemIdentification, cac:StandardItemIdentification"
        judged.broke("despatch_item_code", "element_missing", element, "cac:Item", right=right)
    if walk.first(element, "cac:Item/cbc:Name") is None:
        judged.broke("despatch_item_name", "element_missing", element, "cac:Item/cbc:Name", right="cbc:Name")
    quantity = amount(element, walk, "cbc:DeliveredQuantity")
    if walk.first(element, "cbc:DeliveredQuantity") is None:
        for name in ("despatch_missing", "despatch_negative"):
            judged.broke(name, "quantity_missing", element, "cbc:DeliveredQuantity", severity="warning")
    elif quantity is not None and quantity < 0:
        judged.broke("despatch_negative", "quantity_not_positive", element, "cbc:DeliveredQuantity",
                     received=quantity, severity="warning")  # fmt: skip
    outstanding = walk.first(element, "cbc:OutstandingQuantity")
    if outstanding is not None and walk.first(element, "cbc:OutstandingReason") is None:
        judged.broke("outstanding_reason", "element_missing", element, "cbc:OutstandingReason",
                     right="cbc:OutstandingReason", severity="note")  # fmt: skip


_TOTAL_TAGS = (
    "TaxExclusiveAmount", "TaxInclusiveAmount", "AllowanceTotalAmount", "ChargeTotalAmount", "PrepaidAmount",
    "PayableRoundingAmount", "PayableAmount",
)  # fmt: skip
_DAY_TAGS = ("IssueDate", "DueDate", "TaxPointDate", "StartDate", "EndDate", "ActualDeliveryDate")

CHECKS: Mapping[str, tuple[Look, ...]] = {
    "ProfileID": (profile,),
    "Order": (root,),
    "OrderChange": (root,),
    **dict.fromkeys(("Amount", "TaxAmount", "TaxableAmount", "LineExtensionAmount", "BaseAmount"), (money,)),
    **dict.fromkeys(_TOTAL_TAGS, (total_amount,)),
    **dict.fromkeys(_DAY_TAGS, (day,)),
    **dict.fromkeys(("EndpointID", "ID", "CompanyID"), (identifier,)),
    "PriceAmount": (price_amount,),
    "PartyTaxScheme": (vat_number,),
    "OriginatorCustomerParty": (named_party("originator"),),
    "BuyerCustomerParty": (named_party("despatch_buyer"), official_party("buyer_name")),
    "SellerSupplierParty": (named_party("despatch_seller"), official_party("seller_name")),
    "LineItem": (order_line,),
    "Price": (price,),
    "Item": (item,),
    "AllowanceCharge": (rule_sums.allowance,),
    "AllowanceChargeReasonCode": (allowance_reason_code,),
    "TaxCategory": (rule_sums.tax_category,),
    "ClassifiedTaxCategory": (rule_sums.tax_category,),
    "TaxSubtotal": (rule_sums.tax_row,),
    "TaxTotal": (rule_sums.tax_total,),
    "AnticipatedMonetaryTotal": (rule_sums.anticipated,),
    "LegalMonetaryTotal": (rule_sums.legal,),
    "OrderResponseCode": (answer_code,),
    "PromisedDeliveryPeriod": (promised,),
    "Response": (clarification,),
    "Status": (status,),
    "DespatchLine": (despatch_line,),
}
