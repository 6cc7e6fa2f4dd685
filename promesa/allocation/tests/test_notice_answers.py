"""What customers answer to a notice: once, while it holds, about what is theirs; else a sentence, and nothing is changed."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from promesa.access.models import User
from promesa.access.queries import person
from promesa.access.rules import Principal
from promesa.allocation import operations
from promesa.allocation.models import Notice, NoticeLine, Run
from promesa.allocation.queries.notices import notice_lines, notice_of, notices_of
from promesa.allocation.tests.scarce import BOSS, LATER, Scarce, more_stock, plan_of, scarce, signed
from promesa.catalog.models import Item
from promesa.core.errors import NotFound, Refused
from promesa.core.models import Event
from promesa.core.tests.races import race
from promesa.orders.models import LineEntry, OrderChange, OrderLine
from promesa.orders.operations import cancel_order, capture_order, change_line, release_lines
from promesa.orders.tests.world import AT, CLERK, D

pytestmark = [pytest.mark.django_db, pytest.mark.wired]

PUBLISHED = LATER + timedelta(hours=1)
ANSWERED = PUBLISHED + timedelta(hours=3)
FLAT: dict[str, Any] = {"tiers": {"protect": 1, "build": 1}}


def published(case: Scarce, **content: Any) -> Run:
    plan = signed(plan_of(case, **{**FLAT, **content}))
    run = operations.simulate(plan_id=plan.pk, by=BOSS, at=LATER)
    assert operations.publish_run(run_id=run.pk, by=BOSS, at=PUBLISHED).refused == ()
    return run


def told(case: Scarce, customer: int = 0) -> Notice:
    return Notice.objects.get(customer=case.customers[customer])


def theirs(case: Scarce, customer: int = 0) -> Principal:
    """A person of the customer, as they come through the door of the portal."""
    user, _ = User.objects.get_or_create(
        username=f"of-{customer}", defaults={"role": "customer", "customer": case.customers[customer].pk}
    )
    return person(user)


def answer(case: Scarce, said: str, *, customer: int = 0, by: Any = None, at: Any = ANSWERED) -> Notice:
    return operations.answer_notice(
        notice_id=told(case, customer).pk,
        answers={case.line(customer).pk: said},
        by=by or theirs(case, customer),
        at=at,
    )


def nothing_changed(case: Scarce, before: tuple[int, int]) -> bool:
    """No answer kept, no change of an order, no event of an answer."""
    now = (OrderChange.objects.count(), LineEntry.objects.count())
    return (
        now == before
        and not NoticeLine.objects.exclude(answer="").exists()
        and not Event.objects.filter(kind="NoticeAnswered").exists()
    )


def books() -> tuple[int, int]:
    return OrderChange.objects.count(), LineEntry.objects.count()


def test_a_person_of_the_customer_answers_and_their_line_changes_in_their_name() -> None:
    case = scarce()
    published(case)
    answer(case, "accept_partial")
    line = case.line(0)
    assert (int(line.cancelled_by_customer), int(line.open_quantity)) == (17, 43)
    change = OrderChange.objects.get(line=line)
    assert (change.initiator, change.reason, change.actor) == ("customer", "accept_partial", theirs(case))
    assert (told(case).answered_by, told(case).answered_at) == (theirs(case), ANSWERED)


def test_nobody_answers_the_notice_of_another() -> None:
    case = scarce()
    published(case)
    before = books()
    with pytest.raises(NotFound):
        answer(case, "accept_partial", by=theirs(case, 1))
    assert nothing_changed(case, before)


def test_a_notice_of_a_closed_plan_takes_no_answer() -> None:
    case = scarce()
    run = published(case)
    operations.close_plan(plan_id=run.plan_id, by=BOSS, at=ANSWERED)
    before = books()
    with pytest.raises(operations.NoticeOver) as refused:
        answer(case, "cancel", at=ANSWERED + timedelta(hours=1))
    assert refused.value.sentence("es").startswith(f"El reparto {run.plan.number} ya terminó")
    assert nothing_changed(case, before)


def test_a_customer_has_until_a_day_and_staff_may_write_down_what_came_later() -> None:
    case = scarce()
    published(case)
    assert told(case).answer_by == date(2026, 3, 5)
    before = books()
    with pytest.raises(operations.NoticeLate) as refused:
        answer(case, "accept_partial", at=AT + timedelta(days=4))
    assert refused.value.sentence("en").startswith("Answers were taken until")
    assert nothing_changed(case, before)
    answer(case, "accept_partial", by=CLERK, at=AT + timedelta(days=4))
    assert int(case.line(0).cancelled_by_customer) == 17


def test_the_last_day_to_answer_counts_whole_in_the_zone_of_the_warehouse() -> None:
    case = scarce()
    published(case)
    answer(case, "accept_partial", at=AT.replace(day=5, hour=22, minute=59))  # 23:59 in Madrid
    with pytest.raises(operations.NoticeLate):
        answer(case, "cancel", customer=1, at=AT.replace(day=5, hour=23, minute=1))


def test_a_line_in_the_warehouse_is_not_cancelled_but_what_it_lacks_is_given_up() -> None:
    case = scarce()
    published(case)
    release_lines(order_ids=[case.orders[0]], by=CLERK, at=PUBLISHED)
    before = books()
    with pytest.raises(operations.NoticeLineReleased) as refused:
        answer(case, "cancel")
    number = case.line(0).order.number
    assert refused.value.sentence("es").startswith(f"{number}, línea 1: ya se está preparando en el almacén")
    assert nothing_changed(case, before)
    (line,) = notice_lines(notice_id=told(case).pk, customer_id=case.customers[0].pk, on=date(2026, 3, 2))
    assert line.choices == ("accept_partial", "wait")
    answer(case, "accept_partial")
    assert int(case.line(0).open_quantity) == 43


def test_a_line_that_was_changed_since_is_not_changed_again_by_an_old_answer() -> None:
    case = scarce()
    published(case)
    change_line(order_id=case.orders[0], line_number=1, quantity=D(50), by=CLERK, at=PUBLISHED)
    before = books()
    with pytest.raises(operations.NoticeLineChanged) as refused:
        answer(case, "accept_partial")
    assert "(60 open then, 50 now)" in refused.value.sentence("en")
    assert nothing_changed(case, before)


def test_a_cancelled_order_is_said_to_be_gone() -> None:
    case = scarce()
    published(case)
    cancel_order(order_id=case.orders[0], by=CLERK, at=PUBLISHED)
    before = books()
    with pytest.raises(operations.NoticeLineGone):
        answer(case, "cancel")
    assert nothing_changed(case, before)


def test_who_waits_is_heard_even_when_the_line_has_gone_on() -> None:
    case = scarce()
    published(case)
    change_line(order_id=case.orders[0], line_number=1, quantity=D(50), by=CLERK, at=PUBLISHED)
    answer(case, "wait")
    assert told(case).answered_at == ANSWERED


def test_what_came_since_is_not_given_up_and_nothing_missing_needs_no_answer() -> None:
    case = scarce()
    published(case)
    more_stock(case.world, 40)
    operations.promise_again(order_ids=case.orders, by=BOSS, at=PUBLISHED)
    before = books()
    with pytest.raises(operations.NoticeLineServed):
        answer(case, "accept_partial")
    assert nothing_changed(case, before)


def test_a_newer_notice_of_the_line_replaces_the_old_one() -> None:
    case = scarce()
    run = published(case)
    old = told(case)
    more_stock(case.world, 30)
    again = operations.simulate(plan_id=run.plan_id, by=BOSS, at=PUBLISHED)
    operations.publish_run(run_id=again.pk, by=BOSS, at=PUBLISHED + timedelta(hours=1))
    before = books()
    said = {case.line(0).pk: "accept_partial"}
    with pytest.raises(operations.NoticeLineNewer):
        operations.answer_notice(notice_id=old.pk, answers=said, by=theirs(case), at=ANSWERED)
    assert nothing_changed(case, before)
    newest = Notice.objects.get(customer=case.customers[0], run=again)
    operations.answer_notice(notice_id=newest.pk, answers=said, by=theirs(case), at=ANSWERED)
    assert int(case.line(0).cancelled_by_customer) == 60 - 56


def test_one_refused_line_leaves_the_others_as_they_were() -> None:
    case = scarce(asked=(60, 50))
    order = capture_order(
        draft=case.world.draft(40, customer_id=case.customers[0].pk, po_number="PO-9"),
        by=CLERK,
        at=AT + timedelta(hours=1),
    )
    assert order.order_id is not None
    case.orders.append(order.order_id)
    published(case)
    lines = {one.line_id: one for one in NoticeLine.objects.filter(notice=told(case))}
    assert set(lines) == {case.line(0).pk, case.line(2).pk}
    change_line(order_id=case.orders[2], line_number=1, quantity=D(30), by=CLERK, at=PUBLISHED)
    before = books()
    with pytest.raises(operations.NoticeLineChanged):
        operations.answer_notice(
            notice_id=told(case).pk, answers=dict.fromkeys(lines, "cancel"), by=theirs(case), at=ANSWERED
        )
    assert nothing_changed(case, before)


def test_lines_of_two_orders_are_answered_together() -> None:
    case = scarce(asked=(60, 50))
    order = capture_order(
        draft=case.world.draft(40, customer_id=case.customers[0].pk, po_number="PO-9"),
        by=CLERK,
        at=AT + timedelta(hours=1),
    )
    assert order.order_id is not None
    case.orders.append(order.order_id)
    published(case)
    said = {one.line_id: "cancel" for one in NoticeLine.objects.filter(notice=told(case))}
    operations.answer_notice(notice_id=told(case).pk, answers=said, by=theirs(case), at=ANSWERED)
    assert [int(case.line(at).open_quantity) for at in (0, 2)] == [0, 0]


def test_a_substitute_takes_the_place_of_what_is_missing() -> None:
    case = scarce(items=2)
    Item.objects.filter(pk=case.world.items[0].pk).update(substitute=case.world.items[1])
    published(case)
    (line,) = notice_lines(notice_id=told(case).pk, customer_id=case.customers[0].pk, on=date(2026, 3, 2))
    assert (line.substitute, int(line.substitute_quantity)) == (case.world.items[1].name, 17)
    answer(case, "substitute")
    first, second = OrderLine.objects.filter(order_id=case.orders[0]).order_by("line_number")
    assert (int(first.substituted), int(first.open_quantity)) == (17, 43)
    assert (second.item_id, int(second.ordered_quantity), second.substitute_of_id) == (
        case.world.items[1].pk,
        17,
        first.pk,
    )


def test_a_substitute_that_is_sold_by_the_case_comes_in_whole_cases() -> None:
    case = scarce(items=2)
    Item.objects.filter(pk=case.world.items[1].pk).update(sales_unit="CS")
    Item.objects.filter(pk=case.world.items[0].pk).update(substitute=case.world.items[1])
    published(case)
    (line,) = notice_lines(notice_id=told(case).pk, customer_id=case.customers[0].pk, on=date(2026, 3, 2))
    assert int(line.substitute_quantity) == 24
    answer(case, "substitute")
    first, second = OrderLine.objects.filter(order_id=case.orders[0]).order_by("line_number")
    assert (int(first.substituted), int(second.ordered_quantity)) == (17, 24)


def test_the_list_says_which_notices_wait_and_another_customers_is_none() -> None:
    case = scarce()
    published(case)
    customer = case.customers[0].pk
    (head,) = notices_of(customer_id=customer, at=ANSWERED)
    assert (head.open, head.lines, head.asks, head.over) == (True, 1, 1, "")
    assert notice_of(customer_id=case.customers[1].pk, notice_id=head.id, at=ANSWERED) is None
    answer(case, "wait")
    (head,) = notices_of(customer_id=customer, at=ANSWERED)
    assert (head.open, head.answered_at) == (False, ANSWERED)


@pytest.mark.django_db(transaction=True)
def test_two_answers_at_the_same_moment_are_one() -> None:
    case = scarce()
    published(case)
    by = theirs(case)

    def say(said: str) -> str:
        try:
            answer(case, said, by=by)
        except Refused as refused:
            return refused.code
        return said

    found = race([lambda: say("accept_partial"), lambda: say("cancel")])
    assert len([one for one in found if one == "notice_already_answered"]) == 1
    assert OrderChange.objects.filter(line=case.line(0)).count() == 1


def test_an_answer_that_is_not_offered_names_the_line_of_the_order_and_a_second_answer_the_day_of_the_first() -> None:
    case = scarce()
    published(case)
    asked = case.line(1)
    assert (asked.line_number, asked.pk != 1) == (1, True)
    with pytest.raises(operations.AnswerNotOffered) as refused:
        answer(case, "substitute", customer=1)
    assert refused.value.params["line"] == 1
    midnight = datetime(2026, 3, 2, 23, 30, tzinfo=UTC)  # the third already where the warehouse is
    answer(case, "wait", customer=1, at=midnight)
    with pytest.raises(operations.NoticeAlreadyAnswered) as again:
        answer(case, "cancel", customer=1, at=midnight)
    assert again.value.params["answered_on"] == date(2026, 3, 3)
