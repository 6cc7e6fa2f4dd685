"""The measures over facts: figures, populations, groups, the orders behind them."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from promesa.billing.models import InvoiceFault
from promesa.customers.models import Customer
from promesa.orders.models import Finding
from promesa.results.measures.base import NotMeasurable, UnknownMeasure
from promesa.results.operations import refresh_facts
from promesa.results.queries import cause_waterfall, lost_quantities, measure, orders_behind, pareto, trend_by_month
from promesa.results.rules.facts import Basis, Component, Point, Unit
from promesa.results.tests.companies import LATER, MONDAY, TUESDAY, company, on

pytestmark = pytest.mark.django_db
WEDNESDAY = TUESDAY + timedelta(days=1)
MARCH = {"from_": date(2026, 3, 1), "to": date(2026, 3, 31), "as_of": LATER}


def refreshed(*orders, at=LATER):
    refresh_facts(order_ids=[order.pk for order in orders], at=at)


def ten_orders():
    """F fails {1,2}, T {2,3}, D {4}, C {2,5}: ten orders that are 50 % perfect counted and 46.08 % multiplied."""
    made = company()
    orders = []
    for n in range(1, 11):
        order = made.order()
        orders.append(order)
        advice = made.ship(order)
        day = WEDNESDAY if n in (2, 3) else TUESDAY
        parts = {
            1: [("accepted", 90, "", ""), ("refused", 10, "not_ordered", "C2")],
            2: [("accepted", 90, "", ""), ("refused", 10, "damage", "C4")],
            5: [("reserve", 100, "", "")],
        }.get(n)
        made.deliver(advice, on(day), parts, cause="C5" if day == WEDNESDAY else "")
        invoice = made.invoice(order, on(day, 18))
        if n == 4:
            InvoiceFault.objects.create(invoice=invoice, order=order, code="wrong_price", cause="C3", found_at=on(day))
        if n == 5:
            made.entry(order.lines.get(), "returned", 5, on(day + timedelta(days=3)), cause="X3")
    refreshed(*orders)
    return made, orders


def test_perfect_order_of_ten_orders_gives_both_indices_of_the_worked_example():
    ten_orders()
    row = measure(name="perfect-order", **MARCH).total
    assert (row.numerator, row.denominator, row.value) == (5, 10, Decimal("0.5"))
    assert row.more["components"] == {
        "full": Decimal("0.8"),
        "on_time": Decimal("0.8"),
        "documents": Decimal("0.9"),
        "condition": Decimal("0.8"),
    }
    assert (row.more["and_index"], row.more["product_index"]) == (Decimal("0.5"), Decimal("0.4608"))
    assert row.more["gap"] == Decimal("0.0392")
    assert (row.provisional, row.more["final"]) == (0, 10)
    assert row.more["variants"] == {"without_invoice": 6, "controllable": 5, "experienced": 5}


def test_the_answer_has_the_shape_that_programs_rely_on():
    ten_orders()
    answer = measure(name="perfect-order", **MARCH).as_json()
    assert list(answer) == [
        "measure", "rule_version", "rule", "basis", "point", "unit", "by", "from", "to", "as_of", "rows", "fresh_at",
    ]  # fmt: skip
    assert (answer["measure"], answer["rule_version"], answer["basis"], answer["point"], answer["unit"]) == (
        "perfect-order", 1, "first", "pod", "order",
    )  # fmt: skip
    assert set(answer["rule"]) == {"es", "en"}
    assert answer["fresh_at"] == LATER.isoformat()
    (row,) = answer["rows"]
    assert row["value"] == "0.500000"
    assert row["interval"] == ["0.236593", "0.763407"]
    assert row["components"]["documents"] == "0.900000"
    assert (row["group"], row["excluded"], row["provisional"]) == (None, {}, 0)


def test_a_verdict_that_may_still_change_is_counted_and_told_as_provisional():
    made = company()
    refreshed(made.whole())
    early = measure(name="perfect-order", as_of=on(TUESDAY + timedelta(days=20))).total
    assert (early.denominator, early.provisional, early.more["final"]) == (1, 1, 0)


def test_an_order_that_is_not_due_yet_is_left_out_and_told():
    made = company()
    refreshed(made.order())
    row = measure(name="perfect-order", as_of=on(MONDAY)).total
    assert (row.denominator, row.excluded) == (0, {"not_due": 1})


def test_an_order_never_shipped_is_a_failure_of_the_month_in_which_it_was_due():
    made = company()
    refreshed(made.order(), made.whole())
    row = measure(name="perfect-order", **MARCH).total
    assert (row.numerator, row.denominator) == (1, 2)


def test_what_the_customer_cancelled_is_not_counted_and_told_why():
    made = company()
    gone = made.order(released_at=None)
    made.entry(gone.lines.get(), "cancelled_by_customer", 100, on(MONDAY))
    refreshed(gone, made.whole())
    row = measure(name="perfect-order", **MARCH).total
    assert (row.numerator, row.denominator, row.excluded) == (1, 1, {"cancelled_by_customer": 1})


def test_a_restatement_counts_from_its_date_and_not_before():
    made = company()
    order = made.whole()
    refreshed(order, at=on(TUESDAY, 20))
    InvoiceFault.objects.create(invoice=order.invoices.get(), order=order, code="tax", cause="X2", found_at=LATER)
    refreshed(order)
    assert measure(name="perfect-order", as_of=LATER - timedelta(days=1)).total.numerator == 1
    assert measure(name="perfect-order", as_of=LATER).total.numerator == 0
    assert measure(name="perfect-order", as_of=LATER, by="cause").rows[0].group == "X2"


def test_an_invoice_that_never_comes_spoils_the_documents_from_its_time_on_without_a_new_look():
    made = company()
    order = made.order()
    made.deliver(made.ship(order), on(TUESDAY))
    refreshed(order, at=on(TUESDAY, 20))
    soon = measure(name="perfect-order", as_of=on(TUESDAY + timedelta(days=14))).total
    assert soon.numerator == 1
    later = measure(name="perfect-order", as_of=on(TUESDAY + timedelta(days=15))).total
    assert (later.numerator, later.more["component_counts"]["documents"]) == (0, 0)
    assert pareto(as_of=LATER)[0].cause == "X2"
    assert orders_behind(name="perfect-order", cause="X2", sole_cause=True, as_of=LATER).total == 1


def test_months_are_judged_in_the_companys_zone_and_every_group_has_its_own_row():
    made = company()
    refreshed(made.whole(), made.whole(day=date(2026, 4, 1)))
    rows = measure(name="perfect-order", as_of=LATER, by="month").rows
    assert [(row.group, row.numerator, row.denominator) for row in rows] == [("2026-03", 1, 1), ("2026-04", 1, 1)]


def test_customers_are_told_by_number_and_name():
    made = company()
    other = Customer.objects.create(number="C-2", name="Bodegas Luna")
    refreshed(made.whole(), made.whole(customer=other))
    rows = measure(name="on-time", as_of=LATER, by="customer").rows
    assert [(row.group, row.label, row.value) for row in rows] == [
        ("C-1", "Ultramarinos Vega", 1),
        ("C-2", "Bodegas Luna", 1),
    ]
    only = measure(name="on-time", as_of=LATER, filters={"customer": "C-2"}).total
    assert only.denominator == 1


def test_on_time_in_cases_and_value_adds_up_what_came_in_time():
    made = company()
    order = made.order(lines=2)
    made.deliver(made.ship(order, quantity=60), on(TUESDAY))
    refreshed(order)
    cases = measure(name="on-time", unit=Unit.CASE, **MARCH).total
    assert (cases.numerator, cases.denominator, cases.interval) == (30, 50, None)
    assert cases.as_json()["numerator"] == "30.000000"
    value = measure(name="on-time", unit=Unit.VALUE, **MARCH).total
    assert (value.numerator, value.denominator, value.value) == (240, 400, Decimal("0.6"))
    lines = measure(name="on-time", unit=Unit.LINE, by="item", **MARCH).rows
    assert [(row.group, row.label, row.numerator, row.denominator) for row in lines] == [("AC-5", "Aceite 5 L", 0, 2)]


def test_shipping_on_time_counts_what_has_left_and_tells_what_has_not():
    made = company()
    left, waiting = made.whole(), made.order()
    refreshed(left, waiting)
    row = measure(name="on-time", point=Point.SHIP, as_of=LATER).total
    assert (row.numerator, row.denominator, row.excluded) == (1, 1, {"not_shipped": 1})


def test_loaded_history_gives_on_time_against_the_date_required_without_an_early_limit():
    made = company()
    early, on_day, late, never = (made.order(origin="history", confirmed_at=None, released_at=None) for _ in range(4))
    for order, day in ((early, MONDAY - timedelta(days=20)), (on_day, TUESDAY), (late, WEDNESDAY)):
        made.entry(order.lines.get(), "despatched", 100, on(day, 12))
    refreshed(early, on_day, late, never)
    row = measure(name="on-time", basis=Basis.REQUESTED, point=Point.SHIP, as_of=LATER).total
    assert (row.numerator, row.denominator, row.excluded) == (2, 3, {"not_shipped": 1})
    assert row.as_json()["value"] == "0.666667"


def test_history_that_tells_no_deliveries_is_not_measured_at_the_door():
    made = company()
    left, arrived, never = (made.order(origin="history", released_at=None) for _ in range(3))
    for order in (left, arrived):
        made.entry(order.lines.get(), "despatched", 100, on(MONDAY))
    made.entry(arrived.lines.get(), "accepted", 100, on(TUESDAY))
    refreshed(left, arrived, never)
    for name in ("perfect-order", "on-time"):
        row = measure(name=name, basis=Basis.REQUESTED, as_of=LATER).total
        assert (row.numerator, row.denominator, row.excluded) == (1, 2, {"delivery_unknown": 1})
    assert measure(name="fill-rate", basis=Basis.REQUESTED, as_of=LATER).total.value == Decimal("0.666667")


def test_fill_rates_count_the_first_shipment_and_give_the_strict_figure_beside():
    made = company()
    whole, split = made.whole(), made.order()
    made.deliver(made.ship(split, quantity=60), on(TUESDAY))
    made.deliver(made.ship(split, TUESDAY, quantity=40), on(WEDNESDAY))
    refreshed(whole, split)
    orders = measure(name="fill-rate", **MARCH).total
    assert (orders.numerator, orders.denominator, orders.more) == (1, 2, {"strict": 1})
    cases = measure(name="fill-rate", unit=Unit.CASE, **MARCH).total
    assert (cases.numerator, cases.denominator, cases.value) == (40, 50, Decimal("0.8"))
    assert measure(name="fill-rate", unit=Unit.VALUE, **MARCH).total.value == Decimal("0.8")
    assert measure(name="fill-rate", unit=Unit.LINE, **MARCH).total.value == Decimal("0.5")


def test_order_quality_counts_by_capture_and_keeps_other_peoples_errors_apart():
    made = company()
    orders = [made.whole() for _ in range(4)]
    usual = {"severity": "blocking", "brought_in_by": "user:3", "found_at": on(MONDAY), "code": "x"}
    Finding.objects.create(order=orders[0], aspect="quantity", fault="ours", found_after_release=True, **usual)
    Finding.objects.create(order=orders[1], aspect="reference", fault="masters", **usual)
    Finding.objects.create(order=orders[2], aspect="time", fault="customer", **usual)
    history = made.order(origin="history")
    refreshed(*orders, history)
    row = measure(name="order-quality", **MARCH).total
    assert (row.numerator, row.denominator, row.excluded) == (3, 4, {"history": 1})
    assert row.more["escaped"] == 1
    assert row.more["escaped_quality"] == Decimal("0.75")
    assert row.more["aspects"] == {"reference": 0, "quantity": 1, "time": 0, "address": 0}
    assert row.more["not_ours"] == {"K1": 1, "C3": 1}


def test_the_orders_behind_a_figure_are_as_many_as_the_figure_says():
    _, orders = ten_orders()
    failed = orders_behind(name="perfect-order", **MARCH)
    assert failed.total == 5
    assert {row.number for row in failed.rows} == {order.number for order in orders[:5]}
    kept = orders_behind(name="perfect-order", outcome="kept", limit=2, **MARCH)
    assert (kept.total, len(kept.rows), kept.after) == (5, 2, 2)
    late = orders_behind(name="perfect-order", component=Component.ON_TIME, **MARCH)
    assert {row.number for row in late.rows} == {orders[1].number, orders[2].number}
    by_cause = orders_behind(name="perfect-order", cause="C5", **MARCH)
    assert {row.number for row in by_cause.rows} == {orders[1].number, orders[2].number}
    alone = orders_behind(name="perfect-order", cause="C5", sole_cause=True, **MARCH)
    assert [row.number for row in alone.rows] == [orders[2].number]
    assert orders_behind(name="on-time", **MARCH).total == 2
    assert orders_behind(name="fill-rate", outcome="all", **MARCH).total == 10
    assert orders_behind(name="order-quality", outcome="kept", **MARCH).total == 10


def test_causes_sum_to_the_failed_orders_and_the_waterfall_to_the_missing_points():
    ten_orders()
    rows = pareto(**MARCH)
    assert [(row.cause, row.orders, row.sole) for row in rows] == [
        ("C5", 2, 1),
        ("C2", 1, 1),
        ("C3", 1, 1),
        ("X3", 1, 1),
        ("C4", 0, 0),
    ]
    assert sum(row.orders for row in rows) == 5
    assert sum(row.split for row in rows) == 5
    fall = cause_waterfall(**MARCH)
    assert (fall.due, fall.perfect, fall.perfect_share) == (10, 5, Decimal("0.5"))
    assert 1 - sum(step.points for step in fall.steps) == fall.perfect_share
    assert fall.steps[-1].cumulative == 1
    causes = measure(name="perfect-order", by="cause", **MARCH).rows
    assert (causes[0].group, causes[0].numerator, causes[0].denominator) == ("C5", 2, 10)


def test_without_orders_the_waterfall_is_empty():
    fall = cause_waterfall(**MARCH)
    assert (fall.due, fall.perfect, fall.steps, fall.perfect_share) == (0, 0, (), None)


def test_lost_units_are_told_by_step_and_cause_with_their_value():
    ten_orders()
    lost = [(row.step, row.cause, row.lines, row.quantity, row.value) for row in lost_quantities(**MARCH)]
    assert lost == [("refused", "C2", 1, 10, 20), ("refused", "C4", 1, 10, 20)]


def test_a_trend_has_a_row_for_every_month():
    made = company()
    refreshed(made.whole())
    trend = trend_by_month(name="perfect-order", as_of=LATER, months=4)
    assert [(row.group, row.denominator) for row in trend.rows] == [
        ("2026-03", 1), ("2026-04", 0), ("2026-05", 0), ("2026-06", 0),
    ]  # fmt: skip


def test_a_feasible_figure_takes_the_requested_verdict_where_there_is_no_other():
    made = company()
    refreshed(made.whole())
    assert measure(name="on-time", basis=Basis.FEASIBLE, as_of=LATER).total.denominator == 1


def test_a_measure_that_does_not_exist_or_does_not_come_so_is_refused():
    with pytest.raises(UnknownMeasure):
        measure(name="perfection", as_of=LATER)
    with pytest.raises(NotMeasurable):
        measure(name="perfect-order", unit=Unit.CASE, as_of=LATER)
    with pytest.raises(NotMeasurable):
        measure(name="on-time", by="item", as_of=LATER)
    with pytest.raises(NotMeasurable):
        measure(name="on-time", by="weather", as_of=LATER)
    with pytest.raises(NotMeasurable):
        orders_behind(name="on-time", outcome="lost", as_of=LATER)


@pytest.mark.parametrize("name", ["perfect-order", "on-time", "fill-rate", "order-quality"])
@pytest.mark.parametrize("basis", list(Basis))
@pytest.mark.parametrize("point", list(Point))
def test_nothing_to_count_is_a_row_of_nought(name, basis, point):
    row = measure(name=name, basis=basis, point=point, as_of=LATER).total
    assert (row.numerator, row.denominator, row.value, row.interval) == (0, 0, None, None)


def test_a_measure_takes_four_statements(django_assert_num_queries):
    ten_orders()
    with django_assert_num_queries(4):
        measure(name="perfect-order", **MARCH)
