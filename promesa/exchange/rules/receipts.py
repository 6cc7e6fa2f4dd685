"""What a customer says it received of a delivery note, laid over the note: accepted, short, damaged, refused."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from promesa.exchange.formats.neutral import NeutralDocument, NeutralLine
from promesa.exchange.rules.routing import KnownLine, Problem, line_of
from promesa.fulfilment.rules import Part
from promesa.fulfilment.states import Outcome, Reason

ZERO = Decimal(0)
_DAMAGE = re.compile(r"dañ|damag|averi|rot[oa]s?\b|broken|roto|abgelaufen|beschäd|\bAE\b|\bDAM", re.IGNORECASE)
_REASONS = (
    (re.compile(r"caduc|expir|shelf|life", re.IGNORECASE), Reason.SHELF_LIFE),
    (re.compile(r"calidad|quality", re.IGNORECASE), Reason.QUALITY),
    (re.compile(r"no pedid|not ordered", re.IGNORECASE), Reason.NOT_ORDERED),
    (re.compile(r"equivocad|wrong|incorrect", re.IGNORECASE), Reason.WRONG_ITEM),
    (re.compile(r"precio|price", re.IGNORECASE), Reason.PRICE),
    (re.compile(r"tarde|late\b", re.IGNORECASE), Reason.LATE),
)


@dataclass(frozen=True, slots=True)
class ReceiptPlan:
    """The parts of each order line as the customer received it; what differs from the note; what is in the way."""

    parts: dict[int, list[Part]]
    differences: tuple[Problem, ...] = ()
    problems: tuple[Problem, ...] = ()


def plan_receipt(document: NeutralDocument, lines: tuple[KnownLine, ...], offered: dict[int, Decimal]) -> ReceiptPlan:
    """What became of each line of a note (`offered`: base quantity by line number). Lines that are not named were taken."""
    parts: dict[int, list[Part]] = {}
    differences: list[Problem] = []
    problems: list[Problem] = []
    on_note = tuple(one for one in lines if one.line_number in offered)
    for line in document.lines:
        known = line_of(line, on_note, number=(line.references or {}).get("order_line", ""))
        if known is None:
            problems.append(Problem("receipt_line_unknown", line.line_number[:20], received=_named(line)))
            continue
        found = _parts(line, known, offered[known.line_number])
        if isinstance(found, Problem):
            problems.append(found)
            continue
        parts.setdefault(known.line_number, []).extend(found)
    for number, said in parts.items():
        known = next(one for one in on_note if one.line_number == number)
        differences += _differences(known, said, offered[number])
    return ReceiptPlan(parts, tuple(differences), tuple(problems))


def _parts(line: NeutralLine, known: KnownLine, offered: Decimal) -> list[Part] | Problem:
    said: dict[str, Decimal] = {}
    for name, value in (line.quantities or {}).items():
        base = known.in_base(value, line.unit_code)
        if base is None:
            return Problem(
                "receipt_unit_differs", line.line_number[:20], "unit", line.unit_received or line.unit_code or "",
                known.unit_received or known.unit_code, "quantity",
            )  # fmt: skip
        said[name] = base
    if "received" not in said and "accepted" not in said and line.quantity is not None:
        base = known.in_base(line.quantity, line.unit_code)
        if base is not None:
            said["received"] = base
    accepted, refused, damaged, short = _shares(said, offered)
    if min(accepted, refused, damaged, short) < 0 or accepted + refused + damaged + short < offered:
        return Problem(
            "receipt_does_not_add_up",
            line.line_number[:20],
            "quantity",
            _told(said),
            f"{offered.normalize():f}",
            "quantity",
        )
    why = " ".join(filter(None, [line.reason, line.reason_code, *line.notes]))
    if refused and _DAMAGE.search(why):
        damaged, refused = damaged + refused, ZERO
    reason = next((name for pattern, name in _REASONS if pattern.search(why)), Reason.OTHER)
    note = (line.reason or "")[:300]
    made = [
        Part(Outcome.ACCEPTED, accepted), Part(Outcome.DAMAGED, damaged, Reason.DAMAGE, note=note),
        Part(Outcome.REFUSED, refused, reason, note=note), Part(Outcome.SHORT, short, note=note),
    ]  # fmt: skip
    return [one for one in made if one.quantity > 0]


def _shares(said: dict[str, Decimal], offered: Decimal) -> tuple[Decimal, Decimal, Decimal, Decimal]:
    """Accepted, refused, damaged and short, out of whichever of these quantities are said.

    Some count what they refuse in what they received and some beside it: whichever adds up to the note is meant; when
    neither does, it counts as received.
    """
    refused, damaged = said.get("rejected", ZERO), said.get("damaged", ZERO)
    away = refused + damaged
    if "accepted" in said:
        accepted = said["accepted"]
        return accepted, refused, damaged, said.get("short", max(offered - accepted - away, ZERO))
    if "received" not in said:
        short = said.get("short", ZERO)
        return offered - away - short, refused, damaged, short
    received = said["received"]
    if away > 0 and received + away + said.get("short", ZERO) == offered:
        return received, refused, damaged, said.get("short", ZERO)
    return received - away, refused, damaged, said.get("short", max(offered - received, ZERO))


def _differences(known: KnownLine, parts: Sequence[Part], offered: Decimal) -> list[Problem]:
    found = [
        Problem(
            f"receipt_{part.outcome}", known.their_line[:20], "quantity", f"{part.quantity.normalize():f}",
            f"{offered.normalize():f}", "quantity", "warning", {"quantity": part.quantity, "unit": known.base_unit},
        )
        for part in parts if part.outcome != Outcome.ACCEPTED
    ]  # fmt: skip
    beyond = sum((part.quantity for part in parts), ZERO) - offered
    if beyond > 0:
        found.append(
            Problem("receipt_excess", known.their_line[:20], "quantity", f"{beyond.normalize():f}", "", "quantity", "warning",
                    {"quantity": beyond, "unit": known.base_unit})
        )  # fmt: skip
    return found


def _told(said: dict[str, Decimal]) -> str:
    return ", ".join(f"{name} {value.normalize():f}" for name, value in said.items())


def _named(line: NeutralLine) -> str:
    return " ".join(filter(None, [line.gtin or line.buyer_code or line.seller_code, line.text]))[:300]
