"""What a change of an order asks for, held against the order as it stands: what to do, and what cannot be done."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from promesa.core.quantities import to_base
from promesa.exchange.formats.neutral import NeutralDocument, NeutralLine, Window
from promesa.exchange.rules.routing import KnownLine, Problem, line_of

ZERO, ONE = Decimal(0), Decimal(1)
_ACTIONS = {
    "1": "added", "2": "deleted", "3": "changed", "4": "unchanged", "5": "unchanged", "add": "added", "addition": "added",
    "added": "added", "delete": "deleted", "deleted": "deleted", "deletion": "deleted", "cancel": "deleted",
    "cancelled": "deleted", "change": "changed", "changed": "changed", "replace": "changed", "replaced": "changed",
    "unchanged": "unchanged", "concurrent": "unchanged", "no_action": "unchanged",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class SetQuantity:
    """Order this line for so much (in its ordered unit); zero takes it off."""

    line_number: int
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class MoveLine:
    """This line is wanted at another time than before."""

    line_number: int
    requested: Window


@dataclass(frozen=True, slots=True)
class ChangePlan:
    """What a change asks for: quantities to set, lines to add, another time for a line or for all, the whole order cancelled;
    and what is in the way."""

    quantities: tuple[SetQuantity, ...] = ()
    days: tuple[MoveLine, ...] = ()
    added: tuple[NeutralLine, ...] = ()
    requested: Window | None = None
    cancels: bool = False
    problems: tuple[Problem, ...] = ()


def plan_change(document: NeutralDocument, lines: tuple[KnownLine, ...]) -> ChangePlan:
    """What to do with each line. Lines that the change does not name stay as they are."""
    if document.kind == "order_cancellation" or document.function in ("cancel", "deletion"):
        return ChangePlan(cancels=True)
    steps: list[SetQuantity] = []
    days: list[MoveLine] = []
    added: list[NeutralLine] = []
    problems: list[Problem] = []
    for line in document.lines:
        action = action_of(line)
        if action == "unchanged":
            continue
        known = line_of(line, lines)
        if action == "added" and (known is None or known.their_line != line.line_number):
            added.append(line)
            continue
        if known is None:
            problems.append(_problem("change_line_unknown", line, received=_named(line)))
            continue
        found = list(_line_problems(line, known, action))
        problems += found
        if not any(one.blocking for one in found):
            steps += _steps(line, known, action)
            if line.requested is not None and action != "deleted" and known.stands > known.floor:
                days.append(MoveLine(known.line_number, line.requested))
    if (
        document.lines
        and all(one.quantity == 0 for one in steps)
        and len(steps) == len(lines)
        and not (problems or added)
    ):
        return ChangePlan(cancels=True)
    return ChangePlan(tuple(steps), tuple(days), tuple(added), document.requested, problems=tuple(problems))


def action_of(line: NeutralLine) -> str:
    """What becomes of a line: added, changed, deleted or unchanged; one that does not say so is changed."""
    said = (line.references or {}).get("action") or (line.attributes or {}).get("action") or ""
    return _ACTIONS.get(said, "changed")


def _line_problems(line: NeutralLine, known: KnownLine, action: str) -> Iterable[Problem]:
    if action == "deleted":
        if known.floor > 0:
            yield _problem("change_below_floor", line, right=known.floor, aspect="quantity", floor_quantity=known.floor)
        return
    base = None if line.quantity is None else known.in_base(line.quantity, line.unit_code)
    if line.quantity is not None and base is None:
        yield _problem(
            "change_unit_differs", line, field="unit", received=line.unit_received or line.unit_code or "",
            right=known.unit_received or known.unit_code, aspect="quantity",
        )  # fmt: skip
    elif line.quantity is None and not line.requested:
        yield _problem("change_says_nothing", line, received=line.quantity_received or "", aspect="quantity")
    elif base is not None and (base < 0 or to_base(base, known.denominator, known.numerator) < 0):
        yield _problem("change_bad_quantity", line, received=line.quantity, aspect="quantity")
    elif base is not None and base < known.floor:
        yield _problem(
            "change_below_floor", line, received=line.quantity, right=known.floor, aspect="quantity",
            floor_quantity=known.floor,
        )  # fmt: skip
    if line.requested is not None and known.stands <= known.floor:
        yield _problem("change_line_date", line, field="requested", aspect="time", severity="warning")
    if _price_differs(line, known):
        yield _problem(
            "change_price_differs", line, field="price", received=line.price, right=known.price, aspect="price",
            severity="warning",
        )  # fmt: skip


def _price_differs(line: NeutralLine, known: KnownLine) -> bool:
    if line.price is None or known.price is None or (line.price_kind or "net") != "net":
        return False
    ours, theirs = known.price * (line.price_basis or ONE), line.price * known.price_basis
    return ours != theirs and ours * known.numerator != theirs * known.denominator


def _steps(line: NeutralLine, known: KnownLine, action: str) -> Iterable[SetQuantity]:
    if action == "deleted":
        if known.stands > 0:
            yield SetQuantity(known.line_number, ZERO)
        return
    base = None if line.quantity is None else known.in_base(line.quantity, line.unit_code)
    if base is not None and base != known.stands:
        yield SetQuantity(known.line_number, to_base(base, known.denominator, known.numerator))


def _named(line: NeutralLine) -> str:
    return " ".join(filter(None, [line.gtin or line.buyer_code or line.seller_code, line.text]))


def _problem(
    code: str,
    line: NeutralLine,
    *,
    field: str = "quantity",
    received: object = "",
    right: object = "",
    aspect: str = "reference",
    severity: str = "blocking",
    **params: object,
) -> Problem:
    return Problem(
        code, line.line_number[:20], field, str(received)[:300], f"{right.normalize():f}" if isinstance(right, Decimal) else str(right),
        aspect, severity, params,
    )  # fmt: skip
