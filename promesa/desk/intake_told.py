"""Documents in words: what they became and why, and what was read of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext, pgettext

from promesa.core import words
from promesa.core.ui.format import joined
from promesa.core.ui.speech import current_language
from promesa.desk.labels import channel_word
from promesa.desk.queries.intake import Came
from promesa.exchange.queries import DocumentFound
from promesa.exchange.queries.documents import reason_sentence

TONES = {"orders": "kept", "applied": "kept", "filed": "", "rejected": "broken", "waiting": "risk", "duplicate": ""}
SEVERITY_TONES = {"blocking": "broken", "warning": "risk", "note": "info"}


def outcome_word(outcome: str, lang: str) -> str:
    return words.say(f"outcome_{outcome}", {}, lang)


def reason_word(reason: str, lang: str) -> str:
    return reason_sentence(reason)(lang) if reason else ""


def kind_word(kind: str) -> str:
    """What a document is."""
    if kind in ("unknown", "unreadable"):
        return pgettext("kind of document", "Unknown document")
    code = f"kind_{kind}"
    word = words.say(code, {}, current_language()) if words.known(code) else kind.replace("_", " ")
    return word[:1].upper() + word[1:]


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
        "name": one.number or one.title or gettext("without number"),
    }


def sums(rows: Sequence[Came], lang: str) -> str:
    """What became of the documents of a file, in one line."""
    counts: dict[str, int] = {}
    for one in rows:
        counts[one.outcome] = counts.get(one.outcome, 0) + 1
    said = {
        "orders": gettext("%(n)s became orders"),
        "applied": gettext("%(n)s were applied"),
        "filed": gettext("%(n)s were filed"),
        "waiting": gettext("%(n)s wait for a person"),
        "rejected": gettext("%(n)s were rejected"),
        "duplicate": gettext("%(n)s are duplicates"),
    }
    return joined([text % {"n": counts[name]} for name, text in said.items() if counts.get(name)], lang)


def formats_read() -> list[tuple[str, str]]:
    """What is read of what is brought, by family."""
    return [
        (gettext("EDI"), "EDIFACT (EANCOM), X12, TRADACOMS, IDoc, Ediversa"),
        ("XML", "UBL, CII, Facturae, DIAN, Voxel"),
        (gettext("Tables"), "CSV, XLSX"),
        (gettext("Papers"), gettext("PDF, Factur-X, scans")),
        (gettext("E-mail"), gettext("with what is attached or written in it")),
    ]
