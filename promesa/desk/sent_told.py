"""Documents of ours in words: what they are, how far they have come, why one did not arrive."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext, pgettext

from promesa.core import words
from promesa.desk.labels import channel_word
from promesa.desk.queries.outgoing import LATE, Sent

TONES = {
    "to_send": "info", "sent": "", "kept": "", "acknowledged": "kept", "refused": "broken", "failed": "broken",
    "cancelled": "",
}  # fmt: skip
# What makes a file of a format, as people choose it; others may be typed at the console.
FAMILIES = {
    "edifact": "EDIFACT", "ubl": "UBL", "cii": "CII", "facturae": "Facturae", "facturx": "Factur-X", "x12": "X12", "json": "JSON",
    "dian": "DIAN", "voxel": "Voxel", "tradacoms": "TRADACOMS", "idoc": "IDoc", "ediversa": "Ediversa",
}  # fmt: skip
# Formats of what comes that are called by a word of their own; an e-mail is just an e-mail.
NO_FAMILY = {"e-mail": "", "csv": "CSV", "xlsx": "XLSX", "pdf-order": "PDF"}


def kind_word(kind: str, lang: str) -> str:
    """What a document of ours is, to begin a sentence with."""
    word = words.say(f"kind_{kind}", {}, lang) if words.known(f"kind_{kind}") else kind.replace("_", " ")
    return word[:1].upper() + word[1:]


def state_word(state: str, lang: str) -> str:
    return gettext("Not acknowledged in time") if state == LATE else words.say(f"sending_{state}", {}, lang)


def error_said(said: Mapping[str, Any], lang: str) -> str:
    """Why a try did not get there; empty if it did."""
    code = str(said.get("code") or "")
    return words.say(code, said.get("params"), lang) if code and words.known(code) else code


def format_word(format_: str) -> str:
    family, _, version = format_.partition("-")
    if format_ == "letter":
        return pgettext("format", "letter")
    if format_ in NO_FAMILY:
        return NO_FAMILY[format_]
    return f"{FAMILIES.get(family, family)} {version.upper()}".strip()


def row(one: Sent, now: datetime, lang: str) -> dict[str, Any]:
    """A document of a list: its state, and what a person has to know of it."""
    late = one.is_late(now)
    return {
        "one": one,
        "kind": kind_word(one.kind, lang),
        "state": state_word(LATE if late else one.state, lang),
        "tone": "risk" if late else TONES[one.state],
        "late": late,
        "how": f"{format_word(one.format)} · {channel_word(one.channel, lang)}",
        "error": error_said(one.error, lang) if one.state in ("to_send", "failed") else "",
    }


def rows(found: Iterable[Sent], now: datetime, lang: str) -> list[dict[str, Any]]:
    return [row(one, now, lang) for one in found]


def how_word(how: str) -> str:
    """By what we know that the other side has it."""
    return {
        "document": gettext("by a document of theirs"),
        "transport": gettext("by the transport"),
        "person": gettext("a person says so"),
    }.get(how, how)


def report_words(reported: Iterable[Mapping[str, Any]]) -> list[dict[str, str]]:
    """What the other side says is wrong: where, and its words."""
    found = []
    for one in reported:
        line, where = str(one.get("line") or ""), str(one.get("where") or "")
        place = gettext("line %(n)s") % {"n": line} if line else where
        code, text = str(one.get("code") or ""), str(one.get("text") or "")
        found.append({"place": place, "text": text or code, "code": code if text else ""})
    return found
