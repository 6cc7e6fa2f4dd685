"""UBL OrderResponse, OrderResponseSimple and ApplicationResponse (invoice response, message response)."""

from __future__ import annotations

from typing import Any

from promesa.exchange.formats.given import Given
from promesa.exchange.formats.neutral import NeutralDocument, NeutralLine, Reported
from promesa.exchange.formats.ubl import head, lines, parties, rules
from promesa.exchange.formats.ubl.parties import Element
from promesa.exchange.formats.xml.values import Walk

# Answers to a whole document (UNCL4343 as Peppol uses it); what it said word for word is kept as reference `status`.
RESPONSES = {
    "AP": "accepted", "CA": "changed", "RE": "rejected", "AB": "received", "IP": "received", "UQ": "received",
    "PD": "accepted", "AC": "received", "30": "accepted", "29": "accepted", "27": "rejected", "4": "changed",
}  # fmt: skip
# Answers to a line (UNCL1229).
LINE_RESPONSES = {"1": "changed", "3": "changed", "5": "accepted", "7": "rejected", "2": "rejected", "42": "accepted"}
PLAIN_CODES = {"accepted": "5", "changed": "3", "rejected": "7"}
# What kind of document an answer is about (UNCL1001), as the reference that it makes.
ANSWERED = {
    "380": "invoice",
    "381": "credit_note",
    "383": "invoice",
    "389": "invoice",
    "220": "order",
    "231": "order_response",
}


def read_response(root: Element, given: Given) -> list[NeutralDocument]:
    """An OrderResponse: per line what is accepted, changed or rejected, the quantity and the days promised."""
    walk = parties.walk_of()
    fields = head.head(walk, root)
    code = walk.text(root, "cbc:OrderResponseCode")
    deliveries = walk.all(root, "cac:Delivery")
    fields |= {
        "response": RESPONSES.get((code or "").upper()),
        "references": _status(walk, root, code) | head.references(walk, root, {
            "order": "cac:OrderReference/cbc:ID",
            "order_date": "cac:OrderReference/cbc:IssueDate",
            "order_change": "cac:OrderChangeDocumentReference/cbc:ID",
        }),
        "parties": _with_place(walk, root, deliveries),
        "promised": _promised(walk, deliveries),
        "terms": " ".join(walk.texts(root, "cac:PaymentTerms/cbc:Note")) or None,
        "allowances": parties.allowances(walk, root),
        "totals": head.totals(walk, root, "cac:LegalMonetaryTotal"),
        "taxes": head.taxes(walk, root),
    }  # fmt: skip
    fields["lines"] = tuple(
        _answered_line(walk, holder, place) for place, holder in enumerate(lines.rows(walk, root, "cac:OrderLine"), 1)
    )
    if fields["response"] is None and fields["lines"]:
        fields["response"] = _of_lines(fields["lines"])
    return [_checked(walk, root, "ubl-order-response", fields)]


def read_simple_response(root: Element, given: Given) -> list[NeutralDocument]:
    """An OrderResponseSimple: the whole order accepted or rejected, and why."""
    walk = parties.walk_of()
    fields = head.head(walk, root)
    accepted = (walk.text(root, "cbc:AcceptedIndicator") or "").lower()
    fields["response"] = {"true": "accepted", "1": "accepted", "false": "rejected", "0": "rejected"}.get(accepted)
    fields["notes"] = (*walk.texts(root, "cbc:RejectionNote"), *fields["notes"])
    fields["references"] = head.references(walk, root, {"order": "cac:OrderReference/cbc:ID"})
    fields["parties"] = head.parties_of(walk, root)
    return [_checked(walk, root, "ubl-order-response-simple", fields)]


def read_application_response(root: Element, given: Given) -> list[NeutralDocument]:
    """An ApplicationResponse: what the other side says of a document of ours, and what it found in it."""
    walk = parties.walk_of()
    fields = head.head(walk, root)
    found = head.parties_of(walk, root)
    references = head.references(walk, root)
    reported: list[Reported] = []
    answer = walk.first(root, "cac:DocumentResponse")
    code = walk.text(answer, "cac:Response/cbc:ResponseCode")
    references |= _status(walk, root, code) | _acknowledged(walk, answer)
    for one in walk.all(answer, "cac:Response"):
        reported += _reported(walk, one, None)
    for one in walk.all(answer, "cac:LineResponse"):
        number = walk.text(one, "cac:LineReference/cbc:LineID")
        for response in walk.all(one, "cac:Response"):
            reported += _reported(walk, response, number)
    issuer = parties.party(walk, walk.first(answer, "cac:IssuerParty"))
    recipient = parties.party(walk, walk.first(answer, "cac:RecipientParty"))
    fields |= {
        "response": RESPONSES.get((code or "").upper()),
        "references": references,
        "parties": found | ({"issuer": issuer} if issuer else {}) | ({"recipient": recipient} if recipient else {}),
        "reported": tuple(reported),
    }
    walk.line = None
    rules.check(walk, root)
    if answer is None:
        walk.fault("element_missing", root, right="cac:DocumentResponse")
    elif code is not None and fields["response"] is None:
        walk.fault(
            "code_unknown", answer, "cac:Response/cbc:ResponseCode", received=code, right="AB, IP, UQ, CA, RE, AP, PD"
        )
    walk.line = None
    return [NeutralDocument("ubl-application-response", "acknowledgement", faults=walk.found(), **fields)]


def _status(walk: Walk, root: Element, code: str | None) -> dict[str, str]:
    return {} if code is None else {"status": code}


def _of_lines(answered: tuple[NeutralLine, ...]) -> str | None:
    """What lines that all say the same say of the whole; `changed` when they differ."""
    said = {line.response for line in answered}
    if None in said:
        return None
    return said.pop() if len(said) == 1 else "changed"


def _with_place(walk: Walk, root: Element, deliveries: list[Element]) -> dict[str, Any]:
    found = head.parties_of(walk, root)
    for delivery in deliveries:
        where = parties.place(walk, delivery)
        if where is not None:
            found.setdefault("ship_to", where)
    return found


def _promised(walk: Walk, deliveries: list[Element]) -> Any:
    for delivery in deliveries:
        window = parties.period(walk, walk.first(delivery, "cac:PromisedDeliveryPeriod"))
        if window is not None:
            return window
    return None


def _answered_line(walk: Walk, holder: Element, place: int) -> NeutralLine:
    """A line of a response. Why it isn't accepted as it was ordered is its first note."""
    fields = lines.order_line(walk, holder, place)
    inner = walk.first(holder, "cac:LineItem")
    status = walk.text(inner, "cbc:LineStatusCode")
    response = LINE_RESPONSES.get(status or "")
    if status is not None and response is None:
        walk.fault("code_unknown", inner, "cbc:LineStatusCode", received=status, right="1, 3, 5, 7, 42")
    back = walk.quantity(inner, "cbc:MaximumBackorderQuantity", severity="warning")
    kept = dict(fields["references"] or {})
    if status is not None and PLAIN_CODES.get(response or "") != status:
        kept["status"] = status
    kept |= _substitute(walk, holder)
    fields |= {
        "response": response,
        "references": kept or None,
        "promised": _promised(walk, walk.all(inner, "cac:Delivery")),
        "quantities": {"back_ordered": back} if back is not None else None,
    }
    if response in ("changed", "rejected") and fields["notes"]:
        fields["reason"], fields["notes"] = fields["notes"][0], fields["notes"][1:]
    return lines.neutral(fields)


def _substitute(walk: Walk, holder: Element) -> dict[str, str]:
    """The item that the seller puts in place of the ordered one, as references of the line."""
    found = walk.first(holder, "cac:SellerSubstitutedLineItem")
    if found is None:
        return {}
    item = parties.item(walk, walk.first(found, "cac:Item"))
    said = {
        "substitute": item.gtin or item.seller_code,
        "substitute_seller_code": item.seller_code if item.gtin else None,
        "substitute_line": walk.text(found, "cbc:ID"),
        "substitute_text": item.text,
    }
    return {key: value for key, value in said.items() if value is not None}


def _acknowledged(walk: Walk, answer: Element | None) -> dict[str, str]:
    """The document that is answered, as `acknowledged` and by its kind when that is said."""
    number = walk.text(answer, "cac:DocumentReference/cbc:ID")
    if number is None:
        return {}
    kind = ANSWERED.get(walk.text(answer, "cac:DocumentReference/cbc:DocumentTypeCode") or "")
    return {"acknowledged": number} | ({kind: number} if kind else {})


def _reported(walk: Walk, response: Element, line: str | None) -> list[Reported]:
    """What a response says is wrong: its statuses with their conditions, or its description."""
    found = []
    for status in walk.all(response, "cac:Status"):
        conditions = walk.all(status, "cac:Condition")
        code = walk.text(status, "cbc:StatusReasonCode") or walk.text(status, "cbc:ConditionCode")
        text = walk.text(status, "cbc:StatusReason") or walk.text(status, "cbc:Text")
        for condition in (*conditions, *(() if conditions else (None,))):
            where = walk.text(condition, "cbc:AttributeID")
            value = walk.text(condition, "cbc:Description")
            shown = f"{where} = {value}" if where and value else where or value
            found.append(Reported(code=code, text=text, where=shown, line=line))
    description = " ".join(walk.texts(response, "cbc:Description")) or None
    if description is not None or (line is not None and not found):
        found.append(Reported(code=walk.text(response, "cbc:ResponseCode"), text=description, line=line))
    return found


def _checked(walk: Walk, root: Element, format_: str, fields: dict[str, Any]) -> NeutralDocument:
    walk.line = None
    rules.check(walk, root)
    walk.line = None
    if "order" not in fields["references"]:
        walk.fault("order_reference_missing", root, "cac:OrderReference/cbc:ID", severity="warning")
    if fields["response"] is None:
        received = fields["references"].get("status")
        walk.fault("code_unknown", root, "cbc:OrderResponseCode", received=received or "—", right="AB, AP, CA, RE")
    return NeutralDocument(format_, "order_response", faults=walk.found(), **fields)
