"""Lines that differ by their quantity alone are judged once, and each is told as if it had been judged by itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from promesa.results.rules import alike
from promesa.results.rules.alike import judge_lines
from promesa.results.rules.causes import quantity_losses
from promesa.results.rules.facts import Basis, Component, CreditBlock, Deviation, Part, Party, Tolerance
from promesa.results.rules.verdicts import judge_bases
from promesa.results.tests.lines import CONFIRMED, RELEASED, TUESDAY, came, cancelled, day_part, left, line

BASES = (Basis.REQUESTED, Basis.FIRST, Basis.LAST, Basis.FEASIBLE)
WEDNESDAY = TUESDAY + timedelta(days=1)
NOTHING_YET = {"despatches": (), "deliveries": (), "invoiced_at": None}


def by_itself(one):
    return judge_bases(one, bases=BASES), () if one.substitute_of is not None or one.void else quantity_losses(one)


def told(lines):
    """Each line's verdicts with its own id and quantity, and its losses."""
    return [
        (
            {
                verdict.basis: replace(verdict, line_id=one.line_id, compared=compared)
                for verdict, compared in zip(judged.verdicts, judged.compared, strict=True)
            },
            judged.losses,
        )
        for one, judged in zip(lines, judge_lines(lines, bases=BASES), strict=True)
    ]


SHAPES = {
    "promised whole": {},
    "not released": {"released_at": None},
    "promised later": {"last": "wednesday"},
    "nothing promised": {"first": (), "last": ()},
    "without a date of the customer's": {"requested": (), "standard": "tuesday"},
    "with little tolerance": {"tolerance": Tolerance(under=Decimal("0.1"), late_days=1)},
    "all may be missing": {"tolerance": Tolerance(under=Decimal(1))},
    "short of stock": {"deviations": (Deviation("C1", frozenset({Component.FULL})),)},
    "blocked for credit": {"credit_blocks": (CreditBlock(CONFIRMED, None, None),)},
    "refused": {"void": "refused", "closed": True},
    "in the stead of another": {"substitute_of": 9},
    "free": {"free": True, "invoice_required": False},
    "closed": {"closed": True},
    "not confirmed": {"confirmed_at": None, "first": (), "last": ()},
    "of a history": {"history": True},
}  # fmt: skip


def made(number, quantity, facts):
    days = {"tuesday": TUESDAY, "wednesday": WEDNESDAY}
    said = dict(facts)
    if isinstance(said.get("last"), str):
        said["last"] = (day_part(days[said["last"]], quantity),)
    if isinstance(said.get("standard"), str):
        said["standard"] = day_part(days[said["standard"]], quantity)
    return line(line_id=number, ordered=quantity, feasible=(day_part(WEDNESDAY, quantity),), **{**NOTHING_YET, **said})


@pytest.mark.parametrize("facts", SHAPES.values(), ids=SHAPES.keys())
def test_a_line_that_shares_a_verdict_is_told_as_if_it_were_judged_by_itself(facts, monkeypatch):
    lines = [made(number, quantity, facts) for number, quantity in enumerate(("100", "7", "0.5"), 1)]
    expected = [by_itself(one) for one in lines]
    calls = []
    monkeypatch.setattr(alike, "judge_bases", lambda one, **said: calls.append(one) or judge_bases(one, **said))
    assert told(lines) == expected
    assert len(calls) == 1


def test_lines_of_different_words_share_nothing():
    lines = [made(1, "5", {}), made(2, "5", {"last": "wednesday"}), made(3, "5", {"released_at": None})]
    assert told(lines) == [by_itself(one) for one in lines]
    assert len({id(one.verdicts) for one in judge_lines(lines, bases=BASES)}) == 3


@pytest.mark.parametrize(
    "facts",
    [
        {"despatches": (left(4),)},
        {"despatches": (left(10),), "deliveries": (came(10),)},
        {"cancellations": (cancelled(3, Party.US, RELEASED),)},
        {"first": (Part(Decimal(4), None, day_part(TUESDAY).end),)},
        {"first": (day_part(TUESDAY, 4), day_part(WEDNESDAY, 6))},
    ],
    ids=["left in part", "came", "cancelled in part", "promised in part", "promised in two parts"],
)
def test_a_line_of_which_something_has_become_is_judged_by_itself(facts):
    lines = [made(1, "10", facts), made(2, "10", {}), made(3, "20", facts), made(4, "8", facts)]
    assert told(lines) == [by_itself(one) for one in lines]
