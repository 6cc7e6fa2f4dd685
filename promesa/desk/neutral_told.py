"""What a document says, in words: facts and a table of lines, whatever its kind and whichever way it went."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext, pgettext

from promesa.core.ui.format import format_date, format_number, format_unit

LINES_SHOWN = 400
RESPONSE_TONES = {"accepted": "kept", "changed": "risk", "rejected": "broken", "received": "info"}


def neutral(read: Mapping[str, Any], lang: str) -> dict[str, Any]:
    """The neutral form as facts and a table of lines."""
    lines: Sequence[Mapping[str, Any]] = read.get("lines", ())
    shown = [_line(one, lang) for one in lines[:LINES_SHOWN]]
    return {
        "facts": _facts(read, lang),
        "lines": shown,
        "columns": [
            name for name in ("price", "amount", "wanted", "promised", "response") if any(one[name] for one in shown)
        ],
        "more": max(0, len(lines) - LINES_SHOWN),
        "count": len(lines),
        "currency": read.get("currency") or "",
        "notes": read.get("notes", ()),
        "format": read.get("format", ""),
        "totals": _totals(read, lang),
        "response": response_word(str(read.get("response") or "")),
        "tone": RESPONSE_TONES.get(str(read.get("response") or ""), ""),
    }


def response_word(response: str) -> str:
    """What an answer says of a document or a line."""
    return {
        "accepted": pgettext("answer", "accepted"),
        "changed": pgettext("answer", "changed"),
        "rejected": pgettext("answer", "rejected"),
        "received": pgettext("answer", "received"),
    }.get(response, response)


def _facts(read: Mapping[str, Any], lang: str) -> list[tuple[str, str]]:
    parties: Mapping[str, Mapping[str, Any]] = read.get("parties", {})
    names = {
        "buyer": gettext("Buyer"),
        "ship_to": gettext("Deliver to"),
        "invoicee": gettext("Invoice to"),
        "seller": gettext("Seller"),
        "carrier": gettext("Carrier"),
    }
    envelope: Mapping[str, Any] = read.get("envelope", {})
    known = [
        (gettext("Number"), str(read.get("number") or "")),
        (gettext("Issued"), _day(read.get("issued_on"), lang)),
        *_references(read),
        (gettext("Wanted"), _window(read.get("requested", {}), lang)),
        (gettext("Promised"), _window(read.get("promised", {}), lang)),
        (gettext("Left on"), _day(read.get("despatched_on"), lang)),
        (gettext("Delivered on"), _day(read.get("delivered_on"), lang)),
        (gettext("Due on"), _day(read.get("due_on"), lang)),
        *((word, _party(parties[role])) for role, word in names.items() if role in parties),
        (gettext("Currency"), str(read.get("currency") or "")),
        (gettext("Terms"), str(read.get("terms") or "")),
        (gettext("Sender"), str(envelope.get("sender") or "")),
        (gettext("Envelope"), str(envelope.get("reference") or "")),
        (gettext("Format"), str(read.get("format") or "")),
    ]
    return [(label, value) for label, value in known if value]


def _references(read: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The documents that it names."""
    said = read.get("references")
    if not isinstance(said, Mapping):
        return []  # an e-mail has a list of messages there
    names = {
        "order": gettext("Their order"),
        "seller_order": gettext("Our order"),
        "order_response": gettext("Order response"),
        "despatch_advice": gettext("Delivery note"),
        "invoice": gettext("Invoice"),
        "acknowledged": gettext("Answers to"),
        "contract": gettext("Contract"),
    }
    return [(word, str(said[name])) for name, word in names.items() if said.get(name)]


def _totals(read: Mapping[str, Any], lang: str) -> list[tuple[str, str]]:
    said: Mapping[str, Any] = read.get("totals", {})
    names = {
        "lines": gettext("Lines, net"),
        "allowances": gettext("Allowances"),
        "charges": gettext("Charges"),
        "tax": gettext("Tax"),
        "with_tax": gettext("Total with tax"),
        "prepaid": gettext("Paid in advance"),
        "withheld": gettext("Withheld"),
        "payable": gettext("To pay"),
    }
    found = [(word, _number(said.get(name))) for name, word in names.items()]
    return [
        (word, f"{_money(value, lang)} {read.get('currency') or ''}".strip())
        for word, value in found
        if value is not None
    ]


def _money(value: Decimal, lang: str) -> str:
    return format_number(value, lang, max(2, -int(value.as_tuple().exponent)))


def _party(party: Mapping[str, Any]) -> str:
    place = " ".join(str(party[name]) for name in ("postcode", "city", "country") if party.get(name))
    said = [str(party[name]) for name in ("name", "street") if party.get(name)]
    return " · ".join(filter(None, [str(party.get("gln") or party.get("code") or ""), ", ".join(said), place]))


def _line(one: Mapping[str, Any], lang: str) -> dict[str, Any]:
    codes = [
        (gettext("GTIN"), one.get("gtin")),
        (gettext("ours"), one.get("seller_code")),
        (gettext("theirs"), one.get("buyer_code")),
    ]
    quantity, unit = _number(one.get("quantity")), one.get("unit_code") or one.get("unit_received") or ""
    shown = f"{format_number(quantity, lang)} {format_unit(quantity, unit, lang)}" if quantity is not None else ""
    price, amount = _number(one.get("price")), _number(one.get("amount"))
    quantities: Mapping[str, Any] = one.get("quantities") or {}
    ordered = _number(quantities.get("ordered"))
    response = str(one.get("response") or "")
    return {
        "number": one.get("line_number", ""),
        "codes": [(name, code) for name, code in codes if code],
        "text": one.get("text") or "",
        "quantity": shown.strip() or str(one.get("quantity_received") or "—"),
        "received": one.get("quantity_received") if not shown else "",
        "ordered": format_number(ordered, lang) if ordered is not None and ordered != quantity else "",
        "price": _money(price, lang) if price is not None else "",
        "amount": _money(amount, lang) if amount is not None else "",
        "wanted": _window(one.get("requested", {}), lang),
        "promised": _window(one.get("promised", {}), lang),
        "response": response_word(response),
        "tone": RESPONSE_TONES.get(response, ""),
        "reason": str(one.get("reason") or ""),
        "lots": [_lot(lot, lang) for lot in one.get("lots", ())],
    }


def _lot(lot: Mapping[str, Any], lang: str) -> str:
    expires = _day(lot.get("expires_on"), lang)
    said = [gettext("lot %(n)s") % {"n": lot["number"]} if lot.get("number") else "", expires]
    return " · ".join(filter(None, said))


def _number(text: Any) -> Decimal | None:
    try:
        found = Decimal(str(text)) if text not in (None, "") else None
    except ArithmeticError:
        return None
    return found if found is not None and found.is_finite() else None


def _day(text: Any, lang: str) -> str:
    try:
        return format_date(date.fromisoformat(str(text)[:10]), lang, today=date.min) if text else ""
    except ValueError:
        return str(text)


def _window(window: Mapping[str, Any] | None, lang: str) -> str:
    first, last = (_day((window or {}).get(name), lang) for name in ("from", "to"))
    return first if first == last or not last else last if not first else f"{first} – {last}"
