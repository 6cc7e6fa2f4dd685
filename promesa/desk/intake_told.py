"""Documents in words: what they became and why, and what was read of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext, pgettext

from promesa.core import words
from promesa.core.ui.format import format_date, format_number, format_unit, joined
from promesa.desk.labels import channel_word
from promesa.desk.queries.intake import Came
from promesa.exchange.queries import DocumentFound
from promesa.exchange.queries.documents import reason_sentence

TONES = {"orders": "kept", "rejected": "broken", "waiting": "risk", "duplicate": ""}
SEVERITY_TONES = {"blocking": "broken", "warning": "risk", "note": "info"}
LINES_SHOWN = 400


def outcome_word(outcome: str, lang: str) -> str:
    return words.say(f"outcome_{outcome}", {}, lang)


def reason_word(reason: str, lang: str) -> str:
    return reason_sentence(reason)(lang) if reason else ""


def kind_word(kind: str) -> str:
    """What a document is."""
    return {
        "order": pgettext("kind of document", "Order"),
        "order_change": pgettext("kind of document", "Change of an order"),
        "order_response": pgettext("kind of document", "Answer to an order"),
        "despatch_advice": pgettext("kind of document", "Despatch advice"),
        "invoice": pgettext("kind of document", "Invoice"),
        "unknown": pgettext("kind of document", "Unknown document"),
    }.get(kind, kind.replace("_", " ").capitalize())


def row(one: Came, findings: Sequence[DocumentFound], lang: str) -> dict[str, Any]:
    """A document of a list: what it became, and the first thing that stands in its way."""
    blocking = [found for found in findings if found.open and found.severity == "blocking"]
    first = next(iter(blocking or findings), None)
    note = first.sentence(lang) if first and one.outcome in ("waiting", "rejected") else ""
    return {
        "came": one,
        "channel": channel_word(one.channel, lang),
        "outcome": outcome_word(one.outcome, lang),
        "tone": TONES.get(one.outcome, ""),
        "reason": reason_word(one.reason, lang) if one.outcome == "rejected" else "",
        "note": note,
        "more": max(0, len(blocking) - 1),
        "kind": kind_word(one.kind),
        "name": one.number or gettext("without number"),
    }


def sums(rows: Sequence[Came], lang: str) -> str:
    """What became of the documents of a file, in one line."""
    counts: dict[str, int] = {}
    for one in rows:
        counts[one.outcome] = counts.get(one.outcome, 0) + 1
    said = {
        "orders": gettext("%(n)s became orders"),
        "waiting": gettext("%(n)s wait for a person"),
        "rejected": gettext("%(n)s were rejected"),
        "duplicate": gettext("%(n)s are duplicates"),
    }
    return joined([text % {"n": counts[name]} for name, text in said.items() if counts.get(name)], lang)


# --- What was read ---------------------------------------------------------------------------------------------------


def neutral(read: Mapping[str, Any], lang: str) -> dict[str, Any]:
    """The neutral form as facts and a table of lines."""
    lines: Sequence[Mapping[str, Any]] = read.get("lines", ())
    return {
        "facts": _facts(read, lang),
        "lines": [_line(one, lang) for one in lines[:LINES_SHOWN]],
        "more": max(0, len(lines) - LINES_SHOWN),
        "count": len(lines),
        "currency": read.get("currency") or "",
        "notes": read.get("notes", ()),
        "format": read.get("format", ""),
    }


def _facts(read: Mapping[str, Any], lang: str) -> list[tuple[str, str]]:
    parties: Mapping[str, Mapping[str, Any]] = read.get("parties", {})
    names = {
        "buyer": gettext("Buyer"),
        "ship_to": gettext("Deliver to"),
        "invoicee": gettext("Invoice to"),
        "seller": gettext("Seller"),
    }
    envelope: Mapping[str, Any] = read.get("envelope", {})
    known = [
        (gettext("Number"), str(read.get("number") or "")),
        (gettext("Issued"), _day(read.get("issued_on"), lang)),
        (gettext("Wanted"), _window(read.get("requested", {}), lang)),
        *((word, _party(parties[role])) for role, word in names.items() if role in parties),
        (gettext("Currency"), str(read.get("currency") or "")),
        (gettext("Sender"), str(envelope.get("sender") or "")),
        (gettext("Envelope"), str(envelope.get("reference") or "")),
        (gettext("Format"), str(read.get("format") or "")),
    ]
    return [(label, value) for label, value in known if value]


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
    price = _number(one.get("price"))
    return {
        "number": one.get("line_number", ""),
        "codes": [(name, code) for name, code in codes if code],
        "text": one.get("text") or "",
        "quantity": shown.strip() or str(one.get("quantity_received") or "—"),
        "received": one.get("quantity_received") if not shown else "",
        "price": format_number(price, lang, max(2, -int(price.as_tuple().exponent))) if price is not None else "—",
        "wanted": _window(one.get("requested", {}), lang),
    }


def _number(text: Any) -> Decimal | None:
    try:
        return Decimal(str(text)) if text not in (None, "") else None
    except ArithmeticError:
        return None


def _day(text: Any, lang: str) -> str:
    try:
        return format_date(date.fromisoformat(str(text)[:10]), lang, today=date.min) if text else ""
    except ValueError:
        return str(text)


def _window(window: Mapping[str, Any] | None, lang: str) -> str:
    first, last = (_day((window or {}).get(name), lang) for name in ("from", "to"))
    return first if first == last or not last else last if not first else f"{first} – {last}"
