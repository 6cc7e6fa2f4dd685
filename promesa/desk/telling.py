"""The journal in words: what happened, what it means, who did it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from promesa.core import words
from promesa.core.ui.format import format_unit, joined
from promesa.desk.labels import actor_word

# How the dot of a timeline looks.
TONES = {
    "OrderHeld": "risk", "PromisesChanged": "risk", "OrderCaptured": "risk", "InvoiceBlocked": "risk", "OrderNoted": "",
    "OrderCancelled": "broken", "OrderRefused": "broken", "InvoiceDisputed": "broken", "CreditNoteIssued": "broken",
    "OrderConfirmed": "kept", "Delivered": "kept", "Despatched": "kept", "InvoicePaid": "kept", "OrderClosed": "kept",
    "HoldReleased": "kept", "LinesPromised": "kept",
}  # fmt: skip
# Facts that are codes, and the sentence of each.
_CODES = {"kind": "hold_{}", "role": "hands_{}", "cause": "cause_{}", "initiator": "initiator_{}", "how": "told_by_{}"}


def told(kind: str, facts: Mapping[str, Any], actor: str, names: dict[str, str], lang: str) -> dict[str, str]:
    """The sentence of an event, its tone, and who did it, in one language."""
    params = dict(facts)
    if kind in ("FindingResolved", "InvoiceBlocked"):
        code = params.get("code") or params.get("first") or ""
        params["finding"] = (
            words.say(f"short_{code}", {}, lang) if words.known(f"short_{code}") else code.replace("_", " ")
        )
    for name, pattern in _CODES.items():
        value = str(params.get(name, ""))
        if value and words.known(pattern.format(value)):
            params[name] = words.say(pattern.format(value), {}, lang)
    tone = TONES.get(kind, "")
    if kind == "Delivered" and not facts.get("whole", True):
        tone = "risk" if facts.get("accepted") else "broken"
    return {
        "text": words.say(_sentence_of(kind, facts), params, lang),
        "tone": tone,
        "who": actor_word(actor, names, lang),
    }


def finding(code: str, params: Mapping[str, Any], received: str, right: str, lang: str) -> str:
    """A finding as a sentence; units are said as words."""
    if code == "unknown_unit":
        right = joined([format_unit(1, unit.strip(), lang) for unit in right.split(",")], lang)
    return words.say(code, {**params, "received": received, "right": right}, lang)


def _sentence_of(kind: str, facts: Mapping[str, Any]) -> str:
    """The code of the sentence; some say less when there is nothing more to say."""
    if kind == "LinesPromised" and facts.get("short_lines"):
        return "lines_promised_short"
    if kind == "CustomerTold" and not facts.get("promises"):
        return "customer_told_of_hold"
    if kind == "OrderSubmitted" and not facts.get("findings"):
        return "order_submitted_clean"
    return code_of(kind)


def code_of(kind: str) -> str:
    """`OrderConfirmed` -> `order_confirmed`"""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", kind).lower()
