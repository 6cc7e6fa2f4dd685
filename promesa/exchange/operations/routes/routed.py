"""A document on its way to its outcome, and the outcome."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from promesa.core.actors import Actor
from promesa.exchange.formats.neutral import NeutralDocument
from promesa.exchange.rules.routing import Problem
from promesa.exchange.states import Outcome


@dataclass(frozen=True, slots=True)
class Case:
    """One document with who sent it. `named` is what it calls its sender; `customer_id` who that is, if anybody."""

    document_id: int
    neutral: NeutralDocument
    customer_id: int | None
    partner_id: int | None
    named: str
    sender: str
    holds_rest: bool
    by: Actor
    at: datetime


@dataclass(frozen=True, slots=True)
class Routed:
    """What became of a document: its outcome, what it is about, what was found."""

    outcome: str
    reason: str = ""
    subject: str = ""
    order_id: int | None = None
    problems: tuple[Problem, ...] = ()
    duplicate_of: int | None = None


def waits(*problems: Problem, subject: str = "") -> Routed:
    """A person has to decide."""
    return Routed(Outcome.WAITING, subject=subject, problems=problems)


def unknown_sender(case: Case) -> Routed:
    """Nobody knows whose document it is."""
    code = "unknown_buyer" if case.named else "no_buyer"
    return waits(Problem(code, field="buyer", received=case.named, params={"name": ""}))
