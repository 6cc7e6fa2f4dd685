"""Publishing under fire, on real connections: nothing oversold, nothing half told, and the books agree."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, connections

from promesa.allocation import operations
from promesa.allocation.models import Notice, Plan, Protection, Run, RunPart
from promesa.allocation.operations import publishing
from promesa.allocation.tests.scarce import BOSS, LATER, Scarce, more_stock, plan_of, scarce, signed
from promesa.cli.check import broken
from promesa.core import relay
from promesa.core.models import Event
from promesa.core.tests.races import Meeting, race
from promesa.inventory import operations as inventory
from promesa.inventory.models import Claim, Receipt, Stock
from promesa.inventory.operations import StockRow, count_stock
from promesa.orders.models import OrderLine, Promise
from promesa.orders.operations import capture_order, change_line
from promesa.orders.tests.world import AT, CLERK, D, another_customer, expect

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.wired]

FLAT = {"tiers": {"protect": 1, "build": 1}}
PUBLISHED = LATER + timedelta(hours=1)
CLIENTS = 200


@pytest.fixture(autouse=True)
def _books_agree() -> Iterator[None]:
    """Whatever happens, at the end of each story the checker finds nothing."""
    yield
    relay.drain()
    assert [(answer["invariant"], answer["keys"]) for answer in broken() if answer["rows"]] == []


def run_of(case: Scarce, **content: Any) -> Run:
    plan = signed(plan_of(case, **{**FLAT, **content}))
    return operations.simulate(plan_id=plan.pk, by=BOSS, at=LATER)


def publish(run: Run, at: Any = PUBLISHED) -> operations.Published:
    return operations.publish_run(run_id=run.pk, by=BOSS, at=at)


def claimed() -> int:
    return sum(int(claim.quantity) for claim in Claim.objects.all())


def test_two_people_who_publish_at_once_publish_once() -> None:
    case = scarce()
    run = run_of(case)
    first, second = race([lambda: publish(run), lambda: publish(run)])
    assert (first, second) == (publish(run), publish(run))
    assert Event.objects.filter(kind="PartPublished").count() == 1
    assert Event.objects.filter(kind="PlanPublished").count() == 1
    assert Notice.objects.count() == 4
    assert [Promise.objects.filter(line=line).count() for line in case.lines()] == [2, 2, 2, 2]
    assert claimed() == 100


def test_without_the_lock_on_the_part_both_would_move_the_goods(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: the same race with the lock off is seen to happen."""
    case = scarce()
    run = run_of(case)
    meeting = Meeting(2)
    part = RunPart.objects.get()

    def unlocked() -> Any:
        seen = RunPart.objects.get(pk=part.pk).state
        meeting.wait()
        return seen

    assert race([unlocked, unlocked]) == ["waiting", "waiting"]
    assert meeting.met
    locked = Meeting(2)
    real = publishing.lines_of_part
    monkeypatch.setattr(publishing, "lines_of_part", locked.before(real))
    race([lambda: publish(run), lambda: publish(run)])
    assert not locked.met  # only one of them came so far: the other waited at the part


def test_an_order_changed_while_the_run_is_worked_out_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    case = scarce()
    plan = signed(plan_of(case, **FLAT))
    real = operations.running._keep

    def meanwhile(**rest: Any) -> Run:
        change_line(order_id=case.orders[2], line_number=1, quantity=D(30), by=CLERK, at=LATER)
        kept: Run = real(**rest)
        return kept

    monkeypatch.setattr(operations.running, "_keep", meanwhile)
    run = operations.simulate(plan_id=plan.pk, by=BOSS, at=LATER)
    done = publish(run)
    assert [one["code"] for one in done.changes] == ["changed_quantity"]
    assert Run.objects.get().state == "simulated"


def test_stock_adjusted_during_publishing_is_either_seen_or_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    case = scarce(asked=(60, 20), stock=70)
    run = run_of(case)
    inside, done = threading.Event(), threading.Event()
    real = publishing.changes_since

    def slow(**rest: Any) -> Any:
        found = real(**rest)
        inside.set()
        done.wait(0.5)  # the count waits for our locks, so this runs out
        return found

    def count() -> Any:
        inside.wait(5)
        row = StockRow(case.world.items[0].pk, case.world.warehouse.pk, "L1", None, D(70))
        found = count_stock(rows=[row._replace(quantity=D(75))], reference="count", by=BOSS, at=PUBLISHED)
        done.set()
        return found

    monkeypatch.setattr(publishing, "changes_since", slow)
    published, counted = race([lambda: publish(run), count])
    assert not isinstance(counted, Exception)
    assert published.refused == ()
    stock = Stock.objects.get()
    assert (int(stock.on_hand), int(stock.claimed), claimed()) == (75, 70, 70)


def two_items() -> Scarce:
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


def test_a_worker_killed_between_the_parts_leaves_nothing_half_told_and_is_carried_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    case = two_items()
    run = run_of(case)
    real = publishing._move

    def dies(sharing: Any, *rest: Any) -> None:
        if len(sharing.lines) == 2:  # the second part; what it did so far is lost with its transaction
            real(sharing, *rest)
            raise SystemExit(9)
        real(sharing, *rest)

    monkeypatch.setattr(publishing, "_move", dies)
    with pytest.raises(SystemExit):
        publish(run)
    connection.close()
    assert [part.state for part in RunPart.objects.order_by("number")] == ["published", "waiting"]
    assert (Notice.objects.count(), Plan.objects.get().state) == (0, "signed")
    assert [Promise.objects.filter(line=line).count() for line in case.lines()] == [2, 2, 2, 2, 1, 1]
    monkeypatch.undo()
    again = publish(run, at=PUBLISHED - timedelta(hours=1))  # by another, whose clock is an hour behind
    assert (again.published, again.refused, again.notices) == ((1, 2), (), 6)
    assert [Promise.objects.filter(line=line).count() for line in case.lines()] == [2] * 6
    assert claimed() == 200


def test_a_receipt_cancelled_after_publishing_takes_only_its_own_with_it() -> None:
    case = scarce(asked=(60, 50), stock=50)
    expect(case.world, 40, days=3)
    plan = signed(plan_of(case, rule="priority", **FLAT))
    run = operations.simulate(plan_id=plan.pk, by=BOSS, at=LATER)
    publish(run)
    assert claimed() == 90
    inventory.cancel_receipt(number=Receipt.objects.get().number, by=BOSS, at=PUBLISHED + timedelta(hours=1))
    relay.drain()
    assert claimed() == 50
    assert sum(int(line.promised) for line in OrderLine.objects.all()) == 50


def test_two_hundred_clients_get_exactly_the_hundred_units_while_a_run_is_worked_out_and_published() -> None:
    case = scarce(asked=(30, 20), stock=50)
    plan = signed(plan_of(case, **FLAT))
    more_stock(case.world, 100, lot="L2")
    customers = [another_customer(case.world, n + 100) for n in range(CLIENTS)]
    ready, room = threading.Barrier(CLIENTS + 1), threading.Semaphore(40)
    errors: list[BaseException] = []
    runs: list[operations.Published] = []

    def order(customer_id: int) -> None:
        ready.wait()
        with room:
            try:
                capture_order(draft=case.world.draft(1, customer_id=customer_id), by=CLERK, at=PUBLISHED)
            except BaseException as error:
                errors.append(error)
            finally:
                connections.close_all()

    def plan_on() -> None:
        ready.wait()
        try:
            for n in range(3):
                run = operations.simulate(plan_id=plan.pk, by=BOSS, at=LATER)
                runs.append(publish(run, at=PUBLISHED + timedelta(minutes=n)))
        except BaseException as error:
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=order, args=(customer.pk,)) for customer in customers]
    threads.append(threading.Thread(target=plan_on))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert len(runs) == 3
    assert claimed() == 150
    assert sum(int(stock.claimed) for stock in Stock.objects.all()) == 150
    assert sum(int(line.promised) for line in OrderLine.objects.all()) == 150


def test_two_plans_of_the_same_goods_never_promise_more_than_there_is() -> None:
    case = scarce()
    first, second = run_of(case), run_of(case, rule="max_min")
    race([lambda: publish(first), lambda: publish(second)])
    assert claimed() == 100
    assert {run.state for run in Run.objects.all()} == {"published", "simulated"}
    assert Protection.objects.count() == 0
