"""A decision as the JSON of the contract: quantities are decimal texts, reasons are sentences in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from promesa.allocation.rules.instance import MILLION, Decision, Instance, Step, Unkept
from promesa.core import words


def decimal_text(millionths: int) -> str:
    """`42857000` is `42.857`, without zeros that say nothing."""
    whole, part = divmod(abs(millionths), MILLION)
    text = f"{whole}.{part:06d}".rstrip("0").rstrip(".") if part else str(whole)
    return f"-{text}" if millionths < 0 else text


def write_decision(instance: Instance, decision: Decision, *, seconds: float) -> dict[str, Any]:
    """The answer to `promesa allocate solve`."""
    worth = decision.objective
    return {
        "shares": [
            {"line": share.line, "lot": share.lot, "quantity": decimal_text(share.quantity)}
            for share in decision.shares
        ],
        "lines": [
            {"line": one.line, "share": decimal_text(one.quantity), "why": why(one.why)} for one in decision.outcomes
        ],
        "exceptions": [_exception(instance, one) for one in decision.exceptions],
        "objective": {
            "floors_missed": decimal_text(worth.floors_missed),
            "tiers": [decimal_text(one) for one in worth.tiers],
            "complete_orders": worth.complete_orders,
            "weighted_complete": decimal_text(worth.weighted_complete),
            "margin": decimal_text(worth.margin),
        },
        "bound": None if decision.bound is None else decimal_text(decision.bound),
        "gap": None if decision.gap is None else f"{decision.gap:.6f}",
        "proved": decision.proved,
        "seconds": f"{seconds:.3f}",
    }


def why(steps: Any) -> dict[str, str]:
    """What led to a share, read aloud in each language."""
    found = [(step.code, shown_params(step)) for step in steps]
    return {lang: " ".join(words.say(code, params, lang) for code, params in found) for lang in words.LANGUAGES}


def shown_params(step: Step | Unkept) -> dict[str, Any]:
    """Parameters with millionths as decimals of at most three places, as people say them."""
    return {name: _said(value) if "quantity" in name and isinstance(value, int) else value
            for name, value in step.params.items()}  # fmt: skip


def _said(millionths: int) -> Decimal:
    return Decimal((millionths + 500) // 1000).scaleb(-3).normalize() + Decimal(0)


def _exception(instance: Instance, one: Unkept) -> dict[str, Any]:
    params: Mapping[str, Any] = shown_params(one)
    return {
        "code": one.code,
        "subject": one.subject,
        "params": words.plain(params),
        "message": words.both(one.code, params),
    }
