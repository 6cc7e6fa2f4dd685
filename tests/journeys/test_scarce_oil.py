"""Oil is short: it is shared by a plan that both sides signed, a receipt slips, and a protected customer is looked after."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from promesa.access.states import Role
from promesa.allocation import operations as allocation
from promesa.allocation.models import Notice, NoticeLine, Override, Plan, Run
from promesa.allocation.operations.moving import impact_of, move_share
from promesa.allocation.operations.watching import watch_plans
from promesa.allocation.queries.adherence import adherence
from promesa.allocation.queries.shortage import shortage_board
from promesa.allocation.queries.slipping import what_if
from promesa.allocation.tests.scarce import BOSS, LATER, Scarce, plan_of, signed, who
from promesa.cli.check import broken
from promesa.customers.models import Segment
from promesa.exchange.models import OutgoingDocument
from promesa.fulfilment import operations as fulfilment
from promesa.inventory import operations as inventory
from promesa.inventory.models import Claim, Stock
from promesa.orders.models import Promise
from promesa.orders.operations import capture_order
from promesa.orders.tests.world import AT, CLERK, another_customer, expect, make_world
from promesa.work.models import WorkItem

pytestmark = pytest.mark.django_db(transaction=True)
PUBLISHED = LATER + timedelta(hours=1)
FLAT: dict[str, Any] = {"tiers": {"protect": 1, "build": 1}}


def oil_to_come(*, quantity: int = 100, days: int = 3) -> Scarce:
    """Four customers want 60, 50, 20 and 10 of an oil of which so much comes in some days and nothing is there."""
    world = make_world(items=1, stock=0)
    expect(world, quantity, days=days)
    build = Segment.objects.create(code="build", name_es="Desarrollar", name_en="Build", tier=2)
    customers = [world.customer, *(another_customer(world, n) for n in range(2, 5))]
    for customer in customers[2:]:
        customer.segment = build
        customer.save(update_fields=["segment"])
    orders = []
    for n, (customer, asked) in enumerate(zip(customers, (60, 50, 20, 10), strict=True)):
        draft = world.draft(asked, customer_id=customer.pk, po_number=f"NAV-{n}")
        captured = capture_order(draft=draft, by=CLERK, at=AT + timedelta(minutes=n))
        assert captured.order_id is not None
        orders.append(captured.order_id)
    return Scarce(world, customers, orders)


def claimed(case: Scarce) -> list[int]:
    found = {line.pk: 0 for line in case.lines()}
    for claim in Claim.objects.filter(demand_line_id__in=found):
        found[claim.demand_line_id] += int(claim.quantity)
    return list(found.values())


def letters(case: Scarce) -> list[str]:
    """What is written to the customers, one letter each, in their order."""
    found = list(OutgoingDocument.objects.filter(kind="plan_notice").order_by("customer_id"))
    assert [one.customer_id for one in found] == sorted(customer.pk for customer in case.customers)
    return [one.neutral["notes"][0].replace("\xa0", " ") for one in found]


def clean() -> None:
    assert [one for one in broken() if one["rows"]] == []


def test_oil_is_short_before_christmas_plan_signatures_publish_letters_adherence(settle: Callable[[], None]) -> None:
    case = oil_to_come()
    settle()
    # First come, first served: the last two get nothing.
    assert claimed(case) == [60, 40, 0, 0]
    board = shortage_board(horizon_to=date(2026, 3, 20), at=LATER)
    assert [(one.sku, int(one.figures.short), one.customers) for one in board.items] == [("10001", 40, 3)]

    # Customer service writes a plan, and tries two ways of sharing before anybody is told.
    carmen, lucia = who("carmen", Role.CUSTOMER_SERVICE), who("lucia", Role.SALES)
    plan = plan_of(case, by=carmen, **FLAT)
    other = allocation.save_scenario(
        plan_id=plan.pk, content={"items": ["10001"], "rule": "max_min", **FLAT}, by=carmen, at=LATER
    )
    shares = {}
    for letter in ("A", other.letter):
        run = allocation.simulate(plan_id=plan.pk, letter=letter, by=carmen, at=LATER)
        shares[letter] = [int(one.share_quantity) for one in run.run_lines.order_by("line_id")]
    assert shares == {"A": [43, 36, 14, 7], "B": [35, 35, 20, 10]}
    assert claimed(case) == [60, 40, 0, 0]

    # Two people sign the same words; one of them alone cannot.
    proposed = allocation.propose_plan(plan_id=plan.pk, letter="A", by=carmen, at=LATER)
    assert proposed.scenario is not None
    agreed = proposed.scenario.hash
    allocation.sign_plan(plan_id=plan.pk, side="sales", agreed_hash=agreed, by=lucia, at=LATER)
    run = Run.objects.get(plan=plan, scenario=proposed.scenario)
    with pytest.raises(allocation.PlanNotSigned):
        allocation.publish_run(run_id=run.pk, by=carmen, at=PUBLISHED)
    allocation.sign_plan(plan_id=plan.pk, side="customer_service", agreed_hash=agreed, by=carmen, at=LATER)
    allocation.publish_run(run_id=run.pk, by=carmen, at=PUBLISHED)
    settle()
    assert claimed(case) == [43, 36, 14, 7]
    assert Plan.objects.get().state == "published"
    # The first promise of who had one stays on record beside the new one.
    first = case.lines()[0]
    assert [int(one.quantity) for one in Promise.objects.filter(line=first).order_by("sequence")] == [60, 43]

    # One letter a customer, with what they may answer; the first accepts what there is, the others wait.
    assert Notice.objects.count() == 4
    assert "recibe 43 de 60 unidades" in letters(case)[0]
    told = Notice.objects.get(customer=case.customers[0])
    assert NoticeLine.objects.get(notice=told).choices == ["accept_partial", "wait", "cancel"]
    allocation.answer_notice(notice_id=told.pk, answers={first.pk: "accept_partial"}, by=CLERK, at=PUBLISHED)
    settle()
    assert int(case.lines()[0].cancelled_by_customer) == 17
    assert claimed(case) == [43, 36, 14, 7]

    # The goods come, leave and arrive; the plan was kept.
    arrived = AT + timedelta(days=3)
    inventory.receive(number="R-1", by=CLERK, at=arrived)
    settle()
    for order_id in case.orders:
        advice = fulfilment.despatch(order_id=order_id, by=CLERK, at=arrived + timedelta(hours=2))
        fulfilment.deliver(number=advice.number, by=CLERK, at=arrived + timedelta(days=1), signed_by="Ana")
    settle()
    kept = adherence(plan_id=plan.pk)
    assert (kept.adherence, int(kept.despatched), int(kept.delivered), int(kept.leaked)) == (Decimal(1), 100, 100, 0)
    assert Stock.objects.get(lot="").on_hand == 0
    clean()


def test_a_receipt_slips_and_who_hangs_on_it_is_promised_anew_and_told_why(settle: Callable[[], None]) -> None:
    case = oil_to_come()
    settle()
    before = {line.pk: line.order.promised_to for line in case.lines()}
    # What if? The answer comes before anything is written.
    asked = what_if(receipt="R-1", late_days=5, at=LATER, horizon_to=date(2026, 3, 20))
    assert [(one.line, int(one.then.quantity), one.protected) for one in asked.worse] == [(1, 60, True), (1, 40, True)]
    assert claimed(case) == [60, 40, 0, 0]
    inventory.move_receipt(number="R-1", expected_at=AT + timedelta(days=8), by=CLERK, at=LATER, reason="temporal")
    settle()
    assert claimed(case) == [60, 40, 0, 0]
    for line in case.lines()[:2]:
        now = line.order.promised_to
        was = before[line.pk]
        assert now is not None
        assert was is not None
        assert now > was + timedelta(days=4)
        latest = Promise.objects.filter(line=line, quantity__gt=0).order_by("-sequence").first()
        assert latest is not None
        assert latest.cause == "C1"
    # Both are protected customers: somebody is called for each.
    assert WorkItem.objects.filter(kind="protected_short", state="open").count() == 2
    clean()


def test_a_protected_customer_would_fall_short_alarm_release_desk(settle: Callable[[], None]) -> None:
    case = oil_to_come()
    settle()
    guarded = [{"group": {"customer": case.customers[0].number}, "strategy": "guarantee"}]
    plan = signed(plan_of(case, treatments=guarded, **FLAT))
    boss, clerk = who("isabel", Role.MANAGER), who("carmen", Role.CUSTOMER_SERVICE)
    run = allocation.simulate(plan_id=plan.pk, by=boss, at=LATER)
    allocation.publish_run(run_id=run.pk, by=boss, at=PUBLISHED)
    settle()
    assert claimed(case)[0] == 60
    lines = case.lines()

    # Sales take six from the guaranteed customer: the manager may, and it is kept with who asked.
    later = PUBLISHED + timedelta(hours=2)
    move_share(
        receiver_id=lines[3].pk, donor_id=lines[0].pk, quantity=Decimal(3), reason_code="sales_request",
        requested_by="Jorge, zona sur", by=boss, at=later,
    )  # fmt: skip
    settle()
    assert claimed(case)[0] == 57
    # The watch calls somebody, once.
    watch_plans(by=CLERK, at=later)
    watch_plans(by=CLERK, at=later)
    (alarm,) = WorkItem.objects.filter(key__startswith="plan_short:", state="open")
    assert alarm.customer_id == case.customers[0].pk

    # At the release desk the clerk sees what a move does, gives back what her authority allows, the manager the rest.
    shown = impact_of(receiver_id=lines[0].pk, donor_id=lines[3].pk, quantity=Decimal(3), by=clerk, at=later)
    assert (shown.allowed, shown.authority) == (False, Decimal(2))
    for quantity, by in ((2, clerk), (1, boss)):
        move_share(
            receiver_id=lines[0].pk, donor_id=lines[3].pk, quantity=Decimal(quantity), reason_code="promise_at_risk",
            requested_by="Carmen", by=by, at=later,
        )  # fmt: skip
    settle()
    assert claimed(case)[0] == 60
    watch_plans(by=CLERK, at=later)
    assert not WorkItem.objects.filter(key__startswith="plan_short:", state="open").exists()
    assert Override.objects.count() == 3
    assert adherence(plan_id=plan.pk).adherence == 1
    clean()


def test_what_one_customer_gives_up_goes_to_those_who_wait(settle: Callable[[], None]) -> None:
    case = oil_to_come()
    settle()
    plan = signed(plan_of(case, **FLAT))
    run = allocation.simulate(plan_id=plan.pk, by=BOSS, at=LATER)
    allocation.publish_run(run_id=run.pk, by=BOSS, at=PUBLISHED)
    settle()
    assert claimed(case) == [43, 36, 14, 7]
    told = Notice.objects.get(customer=case.customers[2])
    allocation.answer_notice(notice_id=told.pk, answers={case.lines()[2].pk: "cancel"}, by=CLERK, at=PUBLISHED)
    settle()
    assert claimed(case) == [57, 36, 0, 7]
    clean()
