"""What a remittance advice says was paid: which invoices, how much of each, what was kept back and why."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from promesa.exchange.formats.neutral import Allowance, NeutralDocument, NeutralLine
from promesa.exchange.rules.routing import Problem

ZERO = Decimal(0)


@dataclass(slots=True)
class Paid:
    """What is told of one invoice: paid, and kept back with the reasons given."""

    number: str
    line: str
    paid: Decimal = ZERO
    kept: Decimal = ZERO
    reasons: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class RemittancePlan:
    """Money that came: in all, by invoice, and credit notes of ours that were set against them."""

    amount: Decimal
    invoices: dict[str, Paid]
    credited: dict[str, Decimal]
    problems: tuple[Problem, ...] = ()


def plan_remittance(document: NeutralDocument) -> RemittancePlan:
    """Read the lines; without lines, the whole amount is named by the document's own reference to an invoice."""
    invoices: dict[str, Paid] = {}
    credited: dict[str, Decimal] = {}
    problems: list[Problem] = []
    for line in document.lines:
        said = line.references or {}
        amount = _paid(line)
        if said.get("credit_note") or (said.get("invoice") and amount is not None and amount < 0):
            number = said.get("credit_note") or said["invoice"]
            credited[number] = credited.get(number, ZERO) + abs(amount or ZERO)
        elif said.get("invoice") and amount is not None:
            one = invoices.setdefault(said["invoice"], Paid(said["invoice"], line.line_number[:20]))
            one.paid += amount
            _keep(one, line)
        else:
            problems.append(Problem("remittance_line_unclear", line.line_number[:20], "invoice", _shown(line)))
    total = document.totals.get("payable", document.totals.get("paid"))
    told = sum((one.paid for one in invoices.values()), ZERO) - sum(credited.values(), ZERO)
    if not document.lines and total is not None and document.references.get("invoice"):
        number = document.references["invoice"]
        invoices[number] = Paid(number, "", total)
        told = total
    if total is None:
        total = told
    own = sum((_signed(one) for one in document.allowances), ZERO)
    if total not in (told, told + own) and not problems:
        problems.append(Problem("remittance_does_not_add_up", "", "amount", f"{total:f}", f"{told:f}", "price"))
    return RemittancePlan(total, invoices, credited, tuple(problems))


def _paid(line: NeutralLine) -> Decimal | None:
    amounts = line.amounts or {}
    for name in ("paid", "payable", "remitted"):
        if name in amounts:
            return amounts[name]
    return line.amount


def _keep(one: Paid, line: NeutralLine) -> None:
    amounts = line.amounts or {}
    kept = [-_signed(allowance) for allowance in line.allowances if not allowance.charge]
    for name in ("discount", "deducted"):
        if not kept and amounts.get(name):
            kept.append(abs(amounts[name]))
    if not kept and "due" in amounts:
        kept.append(max(amounts["due"] - (_paid(line) or ZERO), ZERO))
    one.kept += sum(kept, ZERO)
    one.reasons += [said for said in _reasons(line) if said not in one.reasons]


def _reasons(line: NeutralLine) -> Iterable[str]:
    for allowance in line.allowances:
        said = " ".join(filter(None, [allowance.reason_code, allowance.reason]))
        if said:
            yield said
    said = " ".join(filter(None, [line.reason_code, line.reason, *line.notes]))
    if said:
        yield said


def _signed(one: Allowance) -> Decimal:
    return (one.amount or ZERO) * (1 if one.charge else -1)


def _shown(line: NeutralLine) -> str:
    return " ".join(f"{name} {value}" for name, value in (line.references or {}).items())[:300]
