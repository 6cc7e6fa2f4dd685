"""A stored neutral document, as an object again: what waited is tried anew without its bytes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from promesa.exchange.formats.neutral import Envelope, NeutralDocument, NeutralLine, Party, Window

_LINE_DECIMALS = ("quantity", "price", "price_basis", "amount", "free", "tax_rate")


def revived(stored: Mapping[str, Any]) -> NeutralDocument:
    """The document that `as_json` was written of; its faults are rows of their own and stay there."""
    issued_on = stored.get("issued_on")
    return NeutralDocument(
        format=stored.get("format", ""),
        kind=stored.get("kind", ""),
        number=stored.get("number"),
        function=stored.get("function"),
        issued_on=date.fromisoformat(issued_on) if issued_on else None,
        currency=stored.get("currency"),
        parties={role: Party(**said) for role, said in stored.get("parties", {}).items()},
        requested=_window(stored.get("requested")),
        references=stored.get("references", {}),
        lines=tuple(_line(one) for one in stored.get("lines", ())),
        totals=_decimals(stored.get("totals", {})),
        notes=tuple(stored.get("notes", ())),
        envelope=Envelope(**stored["envelope"]) if stored.get("envelope") else None,
    )


def _line(stored: Mapping[str, Any]) -> NeutralLine:
    said = {"line_number": "", **stored}
    for name in _LINE_DECIMALS:
        if name in said:
            said[name] = Decimal(said[name])
    if "requested" in said:
        said["requested"] = _window(said["requested"])
    if "quantities" in said:
        said["quantities"] = _decimals(said["quantities"])
    if "notes" in said:
        said["notes"] = tuple(said["notes"])
    return NeutralLine(**said)


def _window(stored: Mapping[str, str] | None) -> Window | None:
    return None if stored is None else Window(_end(stored.get("from")), _end(stored.get("to")))


def _end(text: str | None) -> date | datetime | None:
    if not text:
        return None
    return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)


def _decimals(stored: Mapping[str, str]) -> dict[str, Decimal]:
    return {name: Decimal(value) for name, value in stored.items()}
