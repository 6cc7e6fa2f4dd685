"""Order quality at capture over rows: errors per hundred lines, touchless orders, the audit, a customer's scorecard."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from promesa.core.actors import Actor
from promesa.core.errors import NotFound
from promesa.core.models import Event
from promesa.orders.models import Finding
from promesa.results import operations, queries
from promesa.results.measures.base import NotMeasurable
from promesa.results.models import Audit
from promesa.results.rules.audit import Typed, TypedLine
from promesa.results.tests.companies import TUESDAY, Company, on
from promesa.results.tests.companies import company as a_company

D = Decimal
DAY = TUESDAY - timedelta(days=5)  # when the company's orders of that Tuesday are captured
NOW = on(TUESDAY, 20)
ANA, LUIS = Actor("user:1"), Actor("user:2")
SPAN = {"from_": DAY, "to": DAY, "as_of": NOW, "zone": "Europe/Madrid"}

pytestmark = pytest.mark.django_db


@pytest.fixture
def company(db):
    return a_company()


def finding(
    order,
    code="not_pack_multiple",
    *,
    aspect="quantity",
    fault="customer",
    severity="blocking",
    line=None,
    hours=0,
    **more,
):
    found = order.captured_at
    usual = {"brought_in_by": order.captured_by, "found_at": found, "minutes": None}
    if hours:
        usual |= {"resolved_at": found + timedelta(hours=hours), "resolved_by": "user:1"}
    return Finding.objects.create(
        order=order, line=line, code=code, aspect=aspect, fault=fault, severity=severity, **usual | more
    )


def touched(order, kind, at: datetime, actor="user:1", number=1):
    Event.objects.create(
        kind=kind, subject_kind="order", subject_id=order.pk, number=number, actor=actor, happened_at=at, recorded_at=at
    )


# --- Errors ----------------------------------------------------------------------------------------------------------


def test_errors_are_told_per_hundred_lines_by_whose_they_are_and_by_aspect(company: Company):
    first = company.order(lines=8)
    company.order(lines=12, channel="phone", captured_by="user:1")
    finding(first, line=first.lines.first())
    finding(first, "unknown_item", aspect="reference", fault="masters", line=first.lines.last(), minutes=D(4))
    finding(first, "captured_wrong", aspect="time", fault="ours", severity="warning")
    finding(first, "unusual_quantity", fault="nobody", severity="warning")
    finding(first, "price_within_tolerance", aspect="price", fault="masters", severity="note")
    (found,) = queries.capture_errors(**SPAN)
    assert (found.lines, found.errors, found.ours, found.customers, found.masters) == (20, 3, 1, 1, 1)
    assert found.per_hundred == D(15)
    assert found.aspects == {"reference": 1, "quantity": 1, "time": 1, "address": 0, "price": 0}
    assert found.minutes == 4


def test_divided_by_channel_each_has_its_own_lines_and_the_worst_comes_first(company: Company):
    first, second = company.order(lines=8), company.order(lines=2, channel="phone")
    finding(second)
    finding(second)
    finding(first)
    found = queries.capture_errors(by="channel", **SPAN)
    assert [(one.group, one.lines, one.errors, one.per_hundred) for one in found] == [
        ("phone", 2, 2, D(100)), ("edi", 8, 1, D("12.5")),
    ]  # fmt: skip


def test_divided_by_field_every_line_could_have_had_each_error(company: Company):
    order = company.order(lines=10)
    finding(order, field="quantity")
    finding(order, "bad_date", aspect="time")
    found = queries.capture_errors(by="field", **SPAN)
    assert [(one.group, one.lines, one.errors) for one in found] == [("quantity", 10, 1), ("time", 10, 1)]


@pytest.mark.parametrize("by", queries.DIVISIONS)
def test_however_divided_the_errors_add_up(company: Company, by):
    first, second = company.order(lines=3), company.order(lines=4, captured_by="user:2")
    for order, code in ((first, "bad_date"), (first, "past_date"), (second, "unknown_item")):
        finding(order, code, aspect="time" if "date" in code else "reference", line=order.lines.first())
    found = queries.capture_errors(by=by, **SPAN)
    assert sum(one.errors for one in found) == 3
    if by not in ("field", "aspect", "code"):
        assert sum(one.lines for one in found) == 7


def test_history_drafts_and_other_days_are_not_counted(company: Company):
    finding(company.order(origin="history"))
    finding(company.order(state="draft"))
    finding(company.order(due=TUESDAY + timedelta(days=1)))
    (found,) = queries.capture_errors(**SPAN)
    assert (found.lines, found.errors, found.per_hundred) == (0, 0, None)


def test_an_unknown_division_is_refused_with_those_that_there_are(company: Company):
    with pytest.raises(NotMeasurable) as refused:
        queries.capture_errors(by="weather", **SPAN)
    assert "channel" in refused.value.sentence("en")


# --- Touchless -------------------------------------------------------------------------------------------------------


def test_an_order_is_touchless_when_no_person_was_needed_until_its_release_nor_within_a_week(company: Company):
    clean, held, fixed, late, waiting = (company.order() for _ in range(5))
    touched(clean, "OrderCaptured", clean.captured_at, actor="edi:1")
    touched(clean, "Delivered", clean.released_at + timedelta(hours=3), number=2)  # a driver's act is no repair
    touched(held, "HoldReleased", held.captured_at + timedelta(hours=1))
    touched(fixed, "LineChanged", fixed.released_at + timedelta(days=6))
    touched(late, "LineChanged", late.released_at + timedelta(days=8))
    touched(waiting, "OrderAudited", waiting.captured_at)
    waiting.released_at = None
    waiting.save(update_fields=["released_at"])
    (found,) = queries.touchless(**SPAN | {"as_of": on(TUESDAY + timedelta(days=20))})
    assert (found.untouched, found.released, found.not_released, found.touches) == (2, 4, 1, 2)
    assert (found.rate, found.touches_per_order) == (D("0.5"), D("0.5"))
    assert found.as_json()["excluded"] == {"not_released": 1}


def test_repairs_tell_minutes_where_people_said_them_and_how_long_orders_stood(company: Company):
    order = company.order()
    for hours, minutes in ((2, D(5)), (4, D(10)), (30, None)):
        finding(order, hours=hours, minutes=minutes)
    finding(order)  # still open
    found = queries.repair_times(**SPAN)
    assert (found.settled, found.minutes, found.minutes_each, found.hours_half) == (3, D(15), D("7.5"), D(4))


# --- The audit -------------------------------------------------------------------------------------------------------


def test_a_day_is_drawn_once_when_it_has_ended(company: Company):
    numbers = [company.order().number for _ in range(30)]
    company.order(origin="history")
    assert operations.draw_sample(day=DAY, by=ANA, at=on(DAY, 23)) == 0
    assert operations.draw_sample(day=DAY, by=ANA, at=NOW) == 20
    drawn = set(Audit.objects.values_list("order__number", flat=True))
    assert drawn < set(numbers)
    company.order()  # captured late for that day: the sample stays
    assert operations.draw_sample(day=DAY, by=ANA, at=NOW) == 20
    assert set(Audit.objects.values_list("order__number", flat=True)) == drawn


def test_keying_an_order_again_keeps_each_difference_as_an_error_of_its_capture(company: Company):
    order = company.order(lines=2, po_number="PO-1", captured_by="user:1")
    operations.draw_sample(day=DAY, by=ANA, at=NOW)
    kept = queries.kept_order(order_number=order.number).kept
    code = kept.lines[0].shown
    typed = Typed("PO-1", lines=(TypedLine(code, kept.lines[0].quantity), TypedLine(code, D(90))))
    found = operations.record_audit(order_number=order.number, typed=typed, by=LUIS, at=NOW, minutes=D(3))
    assert [(one.aspect, one.line_number) for one in found] == [("quantity", 2)]
    error = Finding.objects.get(order=order)
    assert (error.code, error.fault, error.right, error.found_after_release) == ("captured_wrong", "ours", "90", True)
    audit = Audit.objects.get(order=order)
    assert (audit.wrong, audit.audited_by, audit.minutes) == (True, "user:2", D(3))
    assert audit.found[0]["fault"] == "ours"
    said = queries.audited(from_=DAY, to=DAY)
    assert (said.drawn, said.audited, said.wrong) == (1, 1, 1)
    with pytest.raises(operations.AuditedAlready):
        operations.record_audit(order_number=order.number, typed=typed, by=LUIS, at=NOW)
    assert Finding.objects.count() == 1


def test_a_difference_that_the_customer_made_does_not_count_against_us(company: Company):
    order = company.order(po_number="PO-1", captured_by="user:1")
    operations.draw_sample(day=DAY, by=ANA, at=NOW)
    line = queries.kept_order(order_number=order.number).kept.lines[0]
    typed = Typed("PO-2", lines=(TypedLine(line.shown, line.quantity),))
    operations.record_audit(order_number=order.number, typed=typed, by=LUIS, at=NOW, faults={0: "customer"})
    assert Finding.objects.get(order=order).fault == "customer"
    assert not Audit.objects.get(order=order).wrong


def test_nobody_audits_what_they_captured_themselves_and_nothing_is_kept(company: Company):
    order = company.order(captured_by="user:1")
    operations.draw_sample(day=DAY, by=ANA, at=NOW)
    with pytest.raises(operations.CapturedByAuditor):
        operations.record_audit(order_number=order.number, typed=Typed("other"), by=ANA, at=NOW)
    assert Finding.objects.count() == 0
    assert Audit.objects.get(order=order).audited_at is None


def test_an_order_that_was_not_drawn_is_not_audited(company: Company):
    with pytest.raises(NotFound):
        operations.record_audit(order_number=company.order().number, typed=Typed(), by=ANA, at=NOW)


# --- The scorecard ---------------------------------------------------------------------------------------------------


def test_a_scorecard_tells_what_was_wrong_and_what_it_cost(company: Company):
    for n in range(10):
        order = company.order(po_number=f"PO-{n}")
        if n < 3:
            finding(order, hours=12, received="10", right="12")
        if n == 0:
            finding(order, "unknown_item", aspect="reference", fault="masters", hours=24)
        if n == 5:
            finding(order, "captured_wrong", aspect="time", fault="ours", severity="warning")
            finding(order, "no_price", aspect="price", fault="masters", hours=40)  # ours to mend, not theirs
    found = queries.scorecard(customer_number=company.customer.number, as_of=NOW)
    assert (found.orders, found.wrong, found.ours, found.days) == (10, 3, 1, D(2))
    assert found.sentence("en") == "Your last 10 orders: 3 with a mistake. They cost you 2 days of waiting."
    packs, codes = found.mistakes
    assert (packs.code, packs.orders, packs.days) == ("not_pack_multiple", 3, D("1.5"))
    assert packs.sentence("es").startswith("3 pedidos con cajas que no son enteras: ")
    assert packs.examples[0] == ("PO-2", "10", "12")
    assert codes.sentence("en") == "1 order with an item code that we do not know: it stood still for 1 days."


def test_a_customer_without_a_mistake_is_thanked_and_one_without_orders_told_so(company: Company):
    number = company.customer.number
    assert queries.scorecard(customer_number=number, as_of=NOW).sentence("es") == "Todavía no hay pedidos suyos."
    company.order()
    assert queries.scorecard(customer_number=number, as_of=NOW).sentence("en").endswith("without a mistake. Thank you.")
    with pytest.raises(NotFound):
        queries.scorecard(customer_number="nobody", as_of=NOW)


def test_only_the_last_hundred_orders_count(company: Company):
    wrong = company.order(captured_at=on(date(2026, 1, 5)))
    finding(wrong)
    for _ in range(3):
        company.order()
    assert queries.scorecard(customer_number=company.customer.number, as_of=NOW, last=3).wrong == 0
    assert queries.scorecard(customer_number=company.customer.number, as_of=NOW, last=4).wrong == 1
