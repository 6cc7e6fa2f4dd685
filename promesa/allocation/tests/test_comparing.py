"""Two runs beside each other, and why a line got what it got."""

from __future__ import annotations

from decimal import Decimal

import pytest

from promesa.allocation import operations
from promesa.allocation.models import Run
from promesa.allocation.queries.comparing import compare, lines_of_run, run_id
from promesa.allocation.queries.explaining import explain, kept_instance, line_id
from promesa.allocation.tests.scarce import BOSS, LATER, plan_of, scarce
from promesa.core.errors import NotFound
from promesa.orders.operations import release_lines
from promesa.orders.tests.world import AT, CLERK, D

pytestmark = [pytest.mark.django_db, pytest.mark.wired]

FLAT = {"tiers": {"protect": 1, "build": 1}}


def test_a_run_is_compared_with_today_and_with_another() -> None:
    case = scarce()
    plan = plan_of(case, **FLAT, penalties=[{"group": {"customer": "C-001"}, "percent": "10"}])
    operations.save_scenario(
        plan_id=plan.pk, content={"items": ["10001"], "rule": "max_min", **FLAT}, by=BOSS, at=AT, name="partes iguales"
    )
    first, second = (operations.simulate(plan_id=plan.pk, letter=letter, by=BOSS, at=LATER) for letter in ("A", "B"))
    found = compare(first=first.pk, second=second.pk)
    assert found.second is not None
    assert (found.first.label, found.second.letter, found.second.rule) == (f"{plan.number}/1", "B", "max_min")
    assert (found.today.units, found.today.complete_orders, found.today.minimum_fill) == (D(100), 1, D(0))
    one, two = found.first_figures, found.second_figures
    assert two is not None
    assert (one.units_asked, one.units, one.fill) == (D(140), D(100), Decimal("0.7143"))
    # Jain of the fill rates: 43/60, 36/50, 14/20, 7/10 beside 35/60, 35/50, 1, 1.
    assert (one.jain, two.jain) == (Decimal("0.9998"), Decimal("0.9522"))
    assert (one.minimum_fill, two.minimum_fill) == (Decimal("0.7000"), Decimal("0.5833"))
    assert (two.complete_orders, two.on_time_orders, two.orders) == (2, 2, 4)
    assert (one.money, one.missing_money) == (Decimal("1000.00"), Decimal("400.00"))
    assert (one.broken_promises, one.broken_units, one.broken_money, one.penalties) == (
        2, D(21), Decimal("210.00"), Decimal("17.00"),
    )  # fmt: skip
    assert (one.moved_units, one.moved_lines) == (D(42), 4)
    assert [(row.key, row.first.units) for row in found.customers][:2] == [("C-001", D(43)), ("C-002", D(36))]
    assert [(row.key, row.first.units, row.second.units if row.second else None) for row in found.segments] == [
        ("build", D(21), D(30)), ("protect", D(79), D(70)),
    ]  # fmt: skip
    assert run_id(label=plan.number) == second.pk
    assert [row.share_quantity for row in lines_of_run(run=first.pk, changed=True, customer="C-001")] == [D(43)]


def test_every_line_says_why_and_comes_out_the_same_when_worked_out_again() -> None:
    case = scarce(asked=(60, 50, 20, 10))
    release_lines(order_ids=[case.orders[0]], by=CLERK, at=AT)
    plan = plan_of(
        case, rule="max_min", **FLAT,
        floors=[{"group": {"customer": "C-004"}, "item": "10001", "quantity": "9"}],
        ceilings=[{"group": {"channel": "desk"}, "quantity": "95"}],
    )  # fmt: skip
    run = operations.simulate(plan_id=plan.pk, by=BOSS, at=LATER)
    for line in case.lines():
        told = explain(run_id=run.pk, line_id=line.pk)
        assert told.again == told.share_quantity
        assert told.reasons
        assert all(
            "…" not in sentence and "_" not in sentence for lang in ("es", "en") for sentence in told.sentences(lang)
        )
    last = explain(run_id=run.pk, line_id=line_id(order=case.line(3).order.number, line_number=1))
    assert "Su grupo tiene un mínimo garantizado: le tocan 9." in last.sentences("es")
    assert (
        explain(run_id=run.pk, line_id=case.line(0).pk).sentences("en")[0] == "What it already has is not touched: 60."
    )


def test_a_customer_is_told_of_their_own_line_only_and_not_what_others_asked() -> None:
    case = scarce()
    run = operations.simulate(plan_id=plan_of(case, **FLAT).pk, by=BOSS, at=LATER)
    mine = explain(run_id=run.pk, line_id=case.line(0).pk, within=case.customers[0].pk)
    assert "share_supply" not in [reason.code for reason in mine.reasons]
    with pytest.raises(NotFound):
        explain(run_id=run.pk, line_id=case.line(0).pk, within=case.customers[1].pk)


def test_what_a_run_kept_is_what_it_was_worked_out_from() -> None:
    case = scarce(items=2)
    plan = plan_of(
        case, **FLAT, base="quota", quotas=[{"customer": "C-001", "item": "10001", "quantity": "30"}],
        treatments=[{"group": {"customer": "C-002"}, "strategy": "improve", "weight": "2.5"}],
        floors=[{"group": {"segment": "build", "region": ""}, "item": "10001", "quantity": "5"}], late_days=3,
    )  # fmt: skip
    worked = operations.work_out(scenario=plan.scenarios.get(), as_of=LATER.date(), at=LATER)
    run = operations.simulate(plan_id=plan.pk, by=BOSS, at=LATER)
    kept = kept_instance(run=Run.objects.get(pk=run.pk))
    assert list(kept.lines) == list(worked.prepared.instance.lines)
    assert list(kept.supply) == list(worked.prepared.instance.supply)
    assert list(kept.floors) == list(worked.prepared.instance.floors)
