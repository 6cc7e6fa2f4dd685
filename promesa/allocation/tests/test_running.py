"""A run: what it shares, what it keeps, and that it writes nothing outside itself."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection

from promesa.allocation import operations
from promesa.allocation.models import Run, RunLine, RunShare, RunSupply
from promesa.allocation.operations import laying
from promesa.allocation.tests.scarce import BOSS, LATER, plan_of, scarce, shares, signed
from promesa.core import bulk
from promesa.inventory.models import Claim
from promesa.orders.models import OrderLine
from promesa.orders.operations import capture_order, release_lines
from promesa.orders.tests.world import AT, CLERK, D, expect, make_world

pytestmark = [pytest.mark.django_db, pytest.mark.wired]

FLAT = {"tiers": {"protect": 1, "build": 1}}


def run_of(case: Any, **content: Any) -> Run:
    return operations.simulate(plan_id=plan_of(case, **content).pk, by=BOSS, at=LATER)


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("proportional", ["43", "36", "14", "7"]),
        ("max_min", ["35", "35", "20", "10"]),
        ("equal_losses", ["50", "40", "10", "0"]),
        ("priority", ["60", "40", "0", "0"]),
    ],
)
def test_each_rule_shares_a_hundred_units_as_it_should(rule: str, expected: list[str]) -> None:
    run = run_of(scarce(), rule=rule, **FLAT)
    assert shares(run) == expected
    assert (run.state, run.lines, run.stats["share"], run.stats["open"]) == ("simulated", 4, "100", "140")


def test_who_is_to_wait_is_served_from_what_others_leave() -> None:
    run = run_of(
        scarce(), rule="priority", **FLAT,
        treatments=[{"group": {"customer": "C-001"}, "strategy": "donor"}],
    )  # fmt: skip
    assert shares(run) == ["20", "50", "20", "10"]


def test_a_better_tier_goes_before_and_floors_before_tiers() -> None:
    case = scarce()
    assert shares(run_of(case, rule="proportional")) == ["55", "45", "0", "0"]
    run = run_of(
        case, rule="proportional",
        floors=[{"group": {"segment": "build"}, "item": "10001", "quantity": "15", "rank": 1}],
        ceilings=[{"group": {"customer": "C-001"}, "item": "10001", "quantity": "30"}],
    )  # fmt: skip
    assert sum(map(int, shares(run)[2:])) == 20
    assert shares(run)[:2] == ["30", "50"]


def test_an_exception_moves_one_order_up_with_its_reason() -> None:
    case = scarce()
    number = case.line(3).order.number
    run = run_of(
        case, rule="proportional",
        exceptions=[{"group": {"order": number}, "strategy": "guarantee", "tier": 1, "reason": "hospital"}],
    )  # fmt: skip
    assert shares(run)[3] == "10"


def test_what_is_in_the_warehouse_keeps_what_it_has() -> None:
    case = scarce()
    assert release_lines(order_ids=[case.orders[0]], by=CLERK, at=AT)
    run = run_of(case, rule="max_min", **FLAT)
    assert shares(run) == ["60", "15", "15", "10"]
    line = RunLine.objects.get(run=run, line=case.line(0))
    assert (line.frozen, line.share_quantity, line.part) == (True, D(60), 0)
    supply = RunSupply.objects.get(run=run)
    assert (supply.quantity, supply.others_quantity) == (D(40), D(60))


def test_a_run_writes_nothing_outside_itself() -> None:
    case = scarce()
    plan = plan_of(case)
    tables = [row[0] for row in bulk.rows("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")]

    def state() -> dict[str, Any]:
        return {
            table: bulk.rows(f"SELECT count(*), coalesce(sum(hashtext(t::text)), 0) FROM {table} t")
            for table in tables
            if not table.startswith(("allocation_run", "core_event"))
        }

    before = state()
    operations.simulate(plan_id=plan.pk, by=BOSS, at=LATER)
    assert state() == before
    assert Run.objects.count() == 1


def test_a_receipt_before_the_horizon_is_shared_and_one_after_it_is_not() -> None:
    world = make_world(items=1, stock=10)
    expect(world, 50, days=5, number="R-5")
    expect(world, 50, days=40, number="R-40")
    capture_order(draft=world.draft(100), by=CLERK, at=AT)
    plan = operations.open_plan(
        name="x",
        items=["10001"],
        horizon_to=date(2026, 3, 20),
        valid_to=date(2026, 4, 1),
        warehouse="DH",
        by=BOSS,
        at=AT,
    )
    run = operations.simulate(plan_id=plan.pk, by=BOSS, at=LATER)
    assert shares(run) == ["60"]
    assert [(one.receipt_id is not None, one.quantity) for one in RunShare.objects.order_by("id")] == [
        (False, D(10)), (True, D(50)),
    ]  # fmt: skip


def test_the_same_run_twice_has_the_same_snapshot_and_another_after_a_change() -> None:
    case = scarce()
    plan = plan_of(case)
    one, two = (operations.simulate(plan_id=plan.pk, by=BOSS, at=LATER) for _ in range(2))
    assert (one.number, two.number, one.snapshot_hash) == (1, 2, two.snapshot_hash)
    capture_order(draft=case.world.draft(5), by=CLERK, at=LATER)
    assert operations.simulate(plan_id=plan.pk, by=BOSS, at=LATER).snapshot_hash != one.snapshot_hash


def test_who_was_short_last_time_comes_first_among_equals() -> None:
    case = scarce(asked=(10, 10), stock=15)
    plan = plan_of(case, rule="priority")
    assert shares(operations.simulate(plan_id=plan.pk, by=BOSS, at=LATER)) == ["10", "5"]
    bulk.run(
        "INSERT INTO allocation_servicedebt (plan_id, customer_id, item_id, quantity, incurred_at) VALUES (%s, %s, %s, 8, %s)",
        [plan.pk, case.customers[1].pk, case.world.items[0].pk, LATER - timedelta(weeks=8)],
    )
    run = operations.simulate(plan_id=plan.pk, by=BOSS, at=LATER)
    assert shares(run) == ["5", "10"]
    assert RunLine.objects.get(run=run, line=case.line(1)).asked["service_debt"] == 4_000_000


def test_history_caps_what_proportionality_goes_by_and_shows_how_inflated_the_orders_are() -> None:
    case = scarce(asked=(60, 60), stock=60)
    item = case.world.items[0].pk
    bulk.run(
        """INSERT INTO orders_order (number, customer_id, ship_to_id, warehouse_id, po_number, channel, origin, state, captured_by,
               ordered_at, received_at, captured_at, currency, payment_days, invoice_from, early_days, late_days, under_percent,
               over_percent, one_delivery, partial_deliveries, substitutes, segment, tier, line_count, net_amount, tax_amount,
               total_amount, content_hash)
           SELECT 'H-1', customer_id, ship_to_id, warehouse_id, '', 'edi', 'history', 'closed', 'history', %s, ordered_at,
               captured_at, currency, 30, 'delivery', 1, 0, 0, 0, false, true, false, segment, tier, 1, 0, 0, 0, 'h'
           FROM orders_order WHERE id = %s""",
        [AT - timedelta(days=30), case.orders[0]],
    )
    bulk.run(
        """INSERT INTO orders_orderline (order_id, line_number, item_id, received, ordered_quantity, unit_quantity, unit_code,
               pack_numerator, pack_denominator, price_basis, price_origin, price_reference, net_amount, tax_category, tax_rate,
               free, despatched, accepted)
           SELECT id, 1, %s, '{}', 130, 130, 'C62', 1, 1, 1, '', '', 0, 'S', 0, false, 130, 130
           FROM orders_order WHERE number = 'H-1'""",
        [item],
    )
    run = run_of(case, base="history", history_weeks=13)
    # 130 in 13 weeks is 10 a week; the horizon is 18 days away, which is 25.7; the other customer has no history.
    (inflation,) = run.stats["inflation"]
    assert (inflation["ordered"], inflation["usual"]) == ("60", "25.714285")
    assert shares(run) == ["18", "42"]


def test_load_takes_one_statement_for_each_kind_of_row(django_assert_num_queries: Any) -> None:
    case = scarce()
    scenario = plan_of(case).scenarios.get()
    with django_assert_num_queries(6):  # names, wishes, claims, supply, debts, history
        operations.work_out(scenario=scenario, as_of=AT.date(), at=AT)
    assert connection.in_atomic_block


def test_a_run_shared_among_processes_writes_the_same_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    case = scarce(items=3)
    for n, customer in enumerate(case.customers):
        draft = case.world.draft(0, 70 if n else 0, 40 + n, customer_id=customer.pk, po_number=f"PO-{customer.pk}")
        assert capture_order(draft=draft, by=CLERK, at=AT).order_id is not None
    plan = plan_of(
        case, items=[item.sku for item in case.world.items], tiers={"protect": 1, "build": 1},
        floors=[{"group": {"segment": "build"}, "item": "10002", "quantity": "30"}],
    )  # fmt: skip
    alone = operations.simulate(plan_id=plan.pk, by=BOSS, at=LATER)
    places: list[int] = []
    real = laying.forks.shared

    def shared(work: Any, count: int) -> Any:
        places.append(count)
        return real(work, count)

    monkeypatch.setattr(laying, "SHARED_FROM", 1)
    monkeypatch.setattr(laying.forks, "processors", lambda: 2)
    monkeypatch.setattr(laying.forks, "shared", shared)
    together = operations.simulate(plan_id=plan.pk, by=BOSS, at=LATER)
    assert places == [2]
    assert together.exceptions == alone.exceptions
    assert {**together.stats, "seconds": 0} == {**alone.stats, "seconds": 0}
    lines = [*RunLine._meta.get_fields()]
    told = [one.name for one in lines if one.name not in ("id", "run", "shares")]

    def rows(run: Run) -> list[Any]:
        given = RunShare.objects.filter(run_line__run=run).order_by("run_line__line_id", "stock_id", "receipt_id")
        return [
            *RunLine.objects.filter(run=run).order_by("line_id").values_list(*told),
            *given.values_list("run_line__line_id", "stock_id", "receipt_id", "quantity"),
            *run.parts.order_by("number").values_list("number", "state", "lines"),
        ]

    assert rows(together) == rows(alone)


def test_a_run_that_leaves_short_what_another_plan_in_force_guarantees_says_so() -> None:
    case = scarce()
    floor = {"group": {"customer": "C-004"}, "item": "10001", "quantity": "9"}
    older = signed(plan_of(case, tiers={"protect": 1, "build": 2}, floors=[floor]))
    run = operations.simulate(plan_id=older.pk, by=BOSS, at=LATER)
    assert run.exceptions == []
    operations.publish_run(run_id=run.pk, by=BOSS, at=LATER)
    newer = plan_of(case, tiers={"protect": 1, "build": 2})
    run = operations.simulate(plan_id=newer.pk, by=BOSS, at=LATER)
    (line,) = RunLine.objects.filter(run=run, line__order_id=case.orders[3])
    (said,) = Run.objects.get(pk=run.pk).exceptions
    assert (said["code"], said["params"]) == (
        "other_floor_short",
        {"plan": older.number, "group": f"{case.customers[3].name}, 10001", "quantity": 9_000_000,
         "given_quantity": int(line.share_quantity) * 1_000_000},
    )  # fmt: skip
    assert line.share_quantity < 9
    kept = plan_of(case, tiers={"protect": 1, "build": 2}, floors=[floor])
    assert operations.simulate(plan_id=kept.pk, by=BOSS, at=LATER).exceptions == []


def test_claims_of_others_are_no_supply() -> None:
    case = scarce(asked=(40, 80))
    claim = Claim.objects.filter(demand_line_id=case.line(0).pk).get()
    assert claim.quantity == Decimal(40)
    run = run_of(case, treatments=[{"group": {"customer": "C-001"}, "strategy": "untouched"}])
    assert shares(run) == ["40", "60"]


def test_the_rest_of_a_broken_case_is_shared_too() -> None:
    case = scarce(asked=(19, 24), stock=100)
    OrderLine.objects.update(unit_code="CS", pack_numerator=12)
    assert shares(run_of(case, **FLAT)) == ["19", "24"]
