"""Putting a run in force: claims move, promises follow, each customer has one notice; what changed is refused."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import pytest

from promesa.access.states import Role
from promesa.allocation import operations
from promesa.allocation.models import Notice, NoticeLine, Plan, Protection, Run, RunPart, ServiceDebt
from promesa.allocation.tests.scarce import BOSS, LATER, Scarce, more_stock, plan_of, scarce, shares, signed, who
from promesa.core import words
from promesa.core.errors import NotAllowed
from promesa.core.models import Event
from promesa.inventory.models import Claim
from promesa.inventory.operations import StockRow, count_stock
from promesa.orders.models import OrderLine, Promise
from promesa.orders.operations import capture_order, change_line, release_lines
from promesa.orders.tests.world import AT, CLERK, D, another_customer

pytestmark = [pytest.mark.django_db, pytest.mark.wired]

FLAT = {"tiers": {"protect": 1, "build": 1}}
PUBLISHED = LATER + timedelta(hours=1)


def claimed(lines: Sequence[OrderLine]) -> list[int]:
    """What each line has claimed."""
    found = dict.fromkeys((line.pk for line in lines), 0)
    for claim in Claim.objects.filter(demand_line_id__in=found):
        found[claim.demand_line_id] += int(claim.quantity)
    return list(found.values())


def run_of(case: Scarce, **content: Any) -> Run:
    plan = signed(plan_of(case, **{**FLAT, **content}))
    return operations.simulate(plan_id=plan.pk, by=BOSS, at=LATER)


def publish(run: Run) -> operations.Published:
    return operations.publish_run(run_id=run.pk, by=BOSS, at=PUBLISHED)


def test_claims_and_promises_follow_the_shares() -> None:
    case = scarce()
    assert claimed(case.lines()) == [60, 40, 0, 0]
    run = run_of(case)
    done = publish(run)
    assert (done.published, done.refused, done.changes) == ((1,), (), ())
    assert claimed(case.lines()) == [43, 36, 14, 7]
    assert [int(line.promised) for line in case.lines()] == [43, 36, 14, 7]
    run.refresh_from_db()
    plan = Plan.objects.get()
    assert (run.state, run.published_at, plan.state, plan.published_at) == (
        "published",
        PUBLISHED,
        "published",
        PUBLISHED,
    )
    missing = [one for one in case.lines()[0].order.findings.all() if one.code == "supply_short"]
    assert missing


def test_what_is_short_by_the_plan_says_so() -> None:
    case = scarce(asked=(60, 50), stock=60)
    publish(run_of(case, treatments=[{"group": {"customer": "C-001"}, "strategy": "guarantee"}]))
    last = Promise.objects.filter(line=case.line(1)).order_by("-sequence").first()
    assert last is not None
    assert (last.quantity, claimed(case.lines())) == (0, [60, 0])


def test_publishing_twice_is_publishing_once() -> None:
    case = scarce()
    run = run_of(case)
    first = publish(run)
    events, promises = Event.objects.count(), Promise.objects.count()
    assert publish(run) == first
    assert (Event.objects.count(), Promise.objects.count(), Notice.objects.count()) == (events, promises, first.notices)


def test_each_customer_has_one_notice_and_its_answers_become_changes_of_their_orders() -> None:
    case = scarce()
    done = publish(run_of(case))
    assert done.notices == 4
    notice = Notice.objects.get(customer=case.customers[0])
    (line,) = NoticeLine.objects.filter(notice=notice)
    assert (int(line.before_quantity), int(line.share_quantity), int(line.open_quantity)) == (60, 43, 60)
    assert line.choices == ["accept_partial", "wait", "cancel"]
    operations.answer_notice(notice_id=notice.pk, answers={line.line_id: "accept_partial"}, by=CLERK, at=PUBLISHED)
    changed = case.line(0)
    assert (int(changed.cancelled_by_customer), int(changed.open_quantity)) == (17, 43)
    with pytest.raises(operations.NoticeAlreadyAnswered):
        operations.answer_notice(notice_id=notice.pk, answers={}, by=CLERK, at=PUBLISHED)
    other = Notice.objects.get(customer=case.customers[1])
    with pytest.raises(operations.AnswerNotOffered):
        operations.answer_notice(notice_id=other.pk, answers={case.line(1).pk: "substitute"}, by=CLERK, at=PUBLISHED)
    operations.answer_notice(notice_id=other.pk, answers={case.line(1).pk: "cancel"}, by=CLERK, at=PUBLISHED)
    assert int(case.line(1).open_quantity) == 0


def test_who_is_short_is_owed_and_a_later_run_of_the_plan_replaces_it() -> None:
    case = scarce()
    run = run_of(case)
    publish(run)
    owed = {debt.customer_id: int(debt.quantity) for debt in ServiceDebt.objects.all()}
    assert owed == {c.pk: q for c, q in zip(case.customers, (17, 14, 6, 3), strict=True)}
    more_stock(case.world, 30)
    again = operations.simulate(plan_id=run.plan_id, by=BOSS, at=PUBLISHED)
    operations.publish_run(run_id=again.pk, by=BOSS, at=PUBLISHED + timedelta(hours=1))
    assert sum(int(debt.quantity) for debt in ServiceDebt.objects.all()) == 10
    assert sum(claimed(case.lines())) == 130


@pytest.mark.parametrize("state", ["draft", "proposed"])
def test_nothing_is_published_before_both_sides_signed(state: str) -> None:
    case = scarce()
    plan = plan_of(case)
    if state == "proposed":
        operations.propose_plan(plan_id=plan.pk, letter="A", by=BOSS, at=AT)
    run = operations.simulate(plan_id=plan.pk, by=BOSS, at=LATER)
    with pytest.raises(operations.PlanNotSigned):
        publish(run)
    assert claimed(case.lines()) == [60, 40, 0, 0]
    assert not Event.objects.filter(kind__in=["PartPublished", "PlanPublished"]).exists()


def test_a_run_of_another_scenario_than_the_signed_one_is_refused() -> None:
    case = scarce()
    plan = plan_of(case, **FLAT)
    operations.save_scenario(plan_id=plan.pk, content={"items": ["10001"], "rule": "max_min"}, by=BOSS, at=AT)
    run = operations.simulate(plan_id=plan.pk, letter="B", by=BOSS, at=LATER)
    signed(plan)
    with pytest.raises(operations.RunOfOtherAgreement):
        publish(run)


def test_only_who_may_publishes() -> None:
    case = scarce()
    run = run_of(case)
    with pytest.raises(NotAllowed):
        operations.publish_run(run_id=run.pk, by=who("sonia", Role.SALES), at=PUBLISHED)


def test_an_order_changed_since_the_run_is_refused_with_what_changed_and_nothing_moves() -> None:
    case = scarce()
    run = run_of(case)
    change_line(order_id=case.orders[1], line_number=1, quantity=D(45), by=CLERK, at=LATER)
    done = publish(run)
    assert (done.published, done.refused) == ((), (1,))
    (change,) = done.changes
    number = case.line(1).order.number
    assert words.say(change["code"], change["params"], "es") == f"{number}, línea 1: quedaban 50 por servir y ahora 45."
    assert claimed(case.lines()) == [60, 40, 0, 0]
    assert (Run.objects.get().state, Plan.objects.get().state, Notice.objects.count()) == ("simulated", "signed", 0)
    assert Protection.objects.filter(ended_at=None).count() == 0


def test_a_line_that_went_to_the_warehouse_since_is_refused() -> None:
    case = scarce()
    run = run_of(case)
    release_lines(order_ids=[case.orders[0]], by=CLERK, at=LATER)
    assert [one["code"] for one in publish(run).changes] == ["changed_released"]


def test_stock_that_was_counted_anew_since_is_refused() -> None:
    case = scarce(stock=120)
    run = run_of(case)
    row = StockRow(case.world.items[0].pk, case.world.warehouse.pk, "L1", None, D(121))
    count_stock(rows=[row], reference="count", by=BOSS, at=LATER)
    (change,) = publish(run).changes
    assert words.say(change["code"], change["params"], "en") == "10001, lot L1: there were 120 to share, now 121."


def two_items() -> Scarce:
    """Two items that hang together by no order: the second is asked for by two more customers."""
    case = scarce(items=2)
    for n, quantity in ((8, 70), (9, 60)):
        customer = another_customer(case.world, n)
        captured = capture_order(
            draft=case.world.draft(0, quantity, customer_id=customer.pk), by=CLERK, at=AT + timedelta(minutes=n)
        )
        assert captured.order_id is not None
        case.customers.append(customer)
        case.orders.append(captured.order_id)
    return case


def test_what_changed_is_refused_and_the_rest_goes_through() -> None:
    case = two_items()
    run = run_of(case)
    change_line(order_id=case.orders[4], line_number=1, quantity=D(65), by=CLERK, at=LATER)
    done = publish(run)
    assert (done.published, done.refused) == ((1,), (2,))
    assert claimed(case.lines()[:4]) == [43, 36, 14, 7]
    assert {notice.customer_id for notice in Notice.objects.all()} == {c.pk for c in case.customers[:4]}
    again = operations.simulate(plan_id=run.plan_id, by=BOSS, at=PUBLISHED)
    assert [part.lines for part in RunPart.objects.filter(run=again)] == [2]
    done = operations.publish_run(run_id=again.pk, by=BOSS, at=PUBLISHED + timedelta(hours=1))
    assert (done.published, done.refused, done.notices) == ((1,), (), 2)
    assert shares(again) == ["43", "36", "14", "7", "52", "48"]


def test_a_publish_that_was_broken_off_goes_on_where_it_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    case = two_items()
    run = run_of(case)
    real = operations.publishing.publish_part

    def dies(*, run_id: int, part: int, **rest: Any) -> str:
        if part == 2:
            raise RuntimeError("killed")
        state: str = real(run_id=run_id, part=part, **rest)
        return state

    monkeypatch.setattr(operations.publishing, "publish_part", dies)
    with pytest.raises(RuntimeError, match="killed"):
        publish(run)
    assert Notice.objects.count() == 0
    assert [part.state for part in RunPart.objects.order_by("number")] == ["published", "waiting"]
    monkeypatch.undo()
    done = operations.publish_run(run_id=run.pk, by=BOSS, at=PUBLISHED - timedelta(hours=1))  # the clock went back
    assert (done.published, done.notices) == ((1, 2), 6)
    assert claimed(case.lines()) == [43, 36, 14, 7, 54, 46]
    assert Promise.objects.filter(line=case.line(0)).count() == 2


def test_floors_and_ceilings_are_in_force_from_publishing_to_the_end_of_the_plan() -> None:
    case = scarce()
    run = run_of(
        case, floors=[{"group": {"customer": "C-002"}, "item": "10001", "quantity": "40", "decay": "linear"}],
        ceilings=[{"group": {"segment": "build", "region": ""}, "quantity": "100", "valid_to": "2026-03-15"}],
    )  # fmt: skip
    publish(run)
    floor, ceiling = Protection.objects.order_by("kind").reverse()
    assert (floor.customer_id, int(floor.quantity), floor.decay, floor.valid_to) == (
        case.customers[1].pk, 40, "linear", date(2026, 4, 1),
    )  # fmt: skip
    assert (ceiling.segment, ceiling.item_id, ceiling.valid_from, ceiling.valid_to) == (
        "build", None, date(2026, 3, 2), date(2026, 3, 15),
    )  # fmt: skip
    operations.close_plan(plan_id=run.plan_id, by=BOSS, at=PUBLISHED)
    assert Protection.objects.filter(ended_at=None).count() == 0
