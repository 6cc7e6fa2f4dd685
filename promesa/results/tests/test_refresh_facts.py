"""Facts and verdicts from the rows of the rooms below."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from promesa.billing.models import InvoiceFault
from promesa.fulfilment.models import DespatchLine
from promesa.orders.models import Finding, Hold, Order, RequestedWindow
from promesa.results.models import LineFact, LineLoss, LineVerdict, OrderFact, OrderVerdict, Restatement
from promesa.results.operations import refresh_facts
from promesa.results.tests.companies import LATER, MONDAY, TUESDAY, company, on

pytestmark = pytest.mark.django_db
WEDNESDAY = TUESDAY + timedelta(days=1)
THURSDAY = TUESDAY + timedelta(days=2)


def judged(order, basis="first", at=LATER):
    refresh_facts(order_ids=[order.pk], at=at)
    return OrderVerdict.objects.get(order_id=order.pk, basis=basis)


def kept(verdict):
    return (verdict.in_full, verdict.on_time, verdict.documents, verdict.condition)


def test_an_order_that_went_right_is_perfect_on_every_basis_with_its_facts_kept():
    order = company().whole(lines=2)
    verdict = judged(order)
    assert kept(verdict) == (True, True, True, True)
    assert (verdict.counted, verdict.in_service, verdict.perfect, verdict.cause) == (True, True, True, "")
    assert set(OrderVerdict.objects.values_list("basis", "perfect")) == {
        ("requested", True),
        ("first", True),
        ("last", True),
    }
    fact = OrderFact.objects.get()
    assert (fact.number, fact.filled_first, fact.first_pass, fact.value) == (order.number, True, True, Decimal(400))
    assert fact.first_shipment_on == MONDAY
    assert LineFact.objects.count() == 2
    line = LineFact.objects.first()
    assert (line.ordered, line.filled, line.accepted, line.case_size, line.unit_price) == (100, 100, 100, 4, 2)
    assert LineVerdict.objects.filter(perfect=True).count() == 6
    assert LineLoss.objects.count() == 0


def test_the_same_refresh_twice_changes_nothing():
    order = company().whole()
    judged(order)
    before = [list(m.objects.order_by("pk").values()) for m in (OrderFact, LineFact, OrderVerdict, LineVerdict)]
    refreshed = refresh_facts(order_ids=[order.pk], at=LATER)
    after = [list(m.objects.order_by("pk").values()) for m in (OrderFact, LineFact, OrderVerdict, LineVerdict)]
    assert before == after
    assert (refreshed.orders, refreshed.lines, refreshed.restated) == (1, 1, 0)


def test_a_draft_has_no_facts():
    made = company()
    order = made.order(state="draft")
    assert refresh_facts(order_ids=[order.pk], at=LATER).orders == 0
    assert OrderFact.objects.count() == 0


def test_a_truck_that_came_late_fails_on_time_by_the_cause_it_told():
    made = company()
    order = made.order()
    made.deliver(made.ship(order), on(WEDNESDAY), cause="C5")
    made.invoice(order, on(WEDNESDAY, 18))
    verdict = judged(order)
    assert kept(verdict) == (True, False, True, True)
    assert (verdict.cause, verdict.causes) == ("C5", ["C5"])


def test_a_late_receipt_moves_the_last_promise_and_fails_the_first_for_lack_of_stock():
    made = company()
    order = made.order()
    line = order.lines.get()
    made.promise(line, THURSDAY, 100, sequence=2, cause="C1", made_at=on(MONDAY))
    made.deliver(made.ship(order, WEDNESDAY), on(THURSDAY))
    made.invoice(order, on(THURSDAY, 18))
    assert judged(order).cause == "C1"
    assert OrderVerdict.objects.get(basis="last").perfect is True
    assert OrderVerdict.objects.get(basis="requested").cause == "C1"


def test_a_date_that_the_customer_moved_is_the_one_that_counts():
    made = company()
    order = made.order()
    RequestedWindow.objects.create(
        order=order, sequence=2, window_from=on(THURSDAY, 0), window_to=on(THURSDAY, 24), actor="x",
        happened_at=on(MONDAY), recorded_at=on(MONDAY),
    )  # fmt: skip
    made.promise(order.lines.get(), THURSDAY, 100, sequence=2, initiator="customer", made_at=on(MONDAY, 11))
    made.deliver(made.ship(order, WEDNESDAY), on(THURSDAY))
    verdict = judged(order)
    assert verdict.on_time is True
    assert verdict.due_at == on(THURSDAY, 24) - timedelta(microseconds=1)


def test_refused_goods_are_lost_at_the_door_by_the_cause_that_was_told():
    made = company()
    order = made.order()
    made.deliver(made.ship(order), on(TUESDAY), [("accepted", 90, "", ""), ("refused", 10, "not_ordered", "C2")])
    made.invoice(order, on(TUESDAY, 18))
    verdict = judged(order)
    assert kept(verdict) == (False, True, True, True)
    assert verdict.cause == "C2"
    assert list(LineLoss.objects.values_list("step", "cause", "quantity")) == [("refused", "C2", Decimal(10))]


def test_damaged_goods_fail_condition_and_leave_the_line_short():
    made = company()
    order = made.order()
    made.deliver(made.ship(order), on(TUESDAY), [("accepted", 90, "", ""), ("damaged", 10, "damage", "C4")])
    made.invoice(order, on(TUESDAY, 18))
    verdict = judged(order)
    assert kept(verdict)[0::3] == (False, False)
    assert verdict.causes == ["C4"]
    assert verdict.matures_at is None


def test_what_came_on_top_of_a_line_and_was_kept_makes_the_line_too_full_and_is_no_line_to_count():
    made = company()
    order = made.order(over_percent=5)
    advice = made.ship(order)
    on_top = made.line(order, 2, 10, TUESDAY, promised=False, received={"unordered": 1})
    DespatchLine.objects.create(advice=advice, order_line=on_top, quantity=10)
    made.deliver(advice, on(TUESDAY))
    made.invoice(order, on(TUESDAY, 18))
    verdict = judged(order)
    assert (verdict.in_full, verdict.on_time, verdict.cause) == (False, True, "C5")
    lines = LineVerdict.objects.filter(basis="first").order_by("line__line_number")
    assert [(line.counted, line.exclusion) for line in lines] == [(True, ""), (False, "unordered")]
    assert LineFact.objects.get(line_number=1).unordered_accepted == 5
    order_within = made.order(over_percent=10)
    advice = made.ship(order_within)
    on_top = made.line(order_within, 2, 10, TUESDAY, promised=False, received={"unordered": 1})
    DespatchLine.objects.create(advice=advice, order_line=on_top, quantity=10)
    made.deliver(advice, on(TUESDAY))
    assert judged(order_within).in_full is True


def test_an_invoice_put_right_later_fails_documents_by_the_cause_of_its_fault():
    made = company()
    order = made.whole()
    invoice = order.invoices.get()
    InvoiceFault.objects.create(invoice=invoice, order=order, code="wrong_price", cause="C3", found_at=on(THURSDAY))
    verdict = judged(order)
    assert kept(verdict) == (True, True, False, True)
    assert (verdict.cause, verdict.delivery_note) == ("C3", True)


def test_a_fault_found_before_the_invoice_left_spoils_nothing():
    made = company()
    order = made.whole()
    InvoiceFault.objects.create(invoice=None, order=order, code="wrong_price", cause="C3", found_at=on(MONDAY))
    assert judged(order).documents is True


def test_what_the_customer_cancels_before_release_is_out_and_what_we_cancel_stays():
    made = company()
    theirs, ours = made.order(released_at=None), made.order()
    made.entry(theirs.lines.get(), "cancelled_by_customer", 100, on(MONDAY))
    made.entry(ours.lines.get(), "cancelled_by_us", 100, on(MONDAY), cause="C1")
    first = judged(theirs)
    assert (first.counted, first.exclusion) == (False, "cancelled_by_customer")
    second = judged(ours)
    assert (second.counted, second.in_full, second.cause) == (True, False, "C1")
    assert LineLoss.objects.get(line__order_id=ours.pk).cause == "C1"


def test_an_absent_customer_does_not_spoil_the_promise_when_our_arrival_is_proved():
    made = company()
    order = made.order()
    first = made.ship(order)
    made.deliver(first, on(TUESDAY, 12), [("redeliver", 100, "absent", "K3")], arrived_at=on(TUESDAY, 11))
    made.deliver(made.ship(order, WEDNESDAY), on(THURSDAY))
    verdict = judged(order)
    assert (verdict.on_time, verdict.excused) == (True, "K3")


def test_findings_tell_the_quality_of_capture_apart_by_whose_fault_they_are():
    made = company()
    order = made.whole()
    usual = {"order": order, "severity": "blocking", "brought_in_by": "user:3", "found_at": on(MONDAY)}
    Finding.objects.create(code="a", aspect="quantity", fault="ours", found_after_release=True, **usual)
    Finding.objects.create(code="b", aspect="reference", fault="masters", **usual)
    judged(order)
    fact = OrderFact.objects.get()
    assert (fact.first_pass, fact.escaped, fact.defects) == (False, True, ["quantity"])
    assert (fact.masters_error, fact.customers_error) == (True, False)


def test_a_block_for_credit_that_the_customer_did_not_know_of_is_ours():
    made = company()
    order = made.order()
    Hold.objects.create(
        order=order, kind="credit", role="finance", since=on(MONDAY), opened_by="x", released_at=on(TUESDAY)
    )
    made.deliver(made.ship(order, TUESDAY), on(WEDNESDAY))
    assert judged(order).cause == "X1"


def test_a_price_hold_that_outlasted_the_planned_departure_is_the_masters_cause():
    made = company()
    order = made.order()
    finding = Finding.objects.create(
        order=order, code="price", aspect="price", severity="blocking", fault="masters", brought_in_by="x",
        found_at=on(MONDAY),
    )  # fmt: skip
    Hold.objects.create(
        order=order, kind="price", finding=finding, role="sales", since=on(MONDAY), opened_by="x",
        released_at=on(WEDNESDAY, 12),
    )  # fmt: skip
    made.deliver(made.ship(order, WEDNESDAY), on(THURSDAY))
    assert judged(order).cause == "C3"


def test_what_is_learnt_after_a_verdict_is_final_is_a_restatement_and_not_an_edit():
    made = company()
    order = made.whole()
    assert judged(order, at=on(TUESDAY, 20)).perfect is True
    matured = OrderVerdict.objects.get(basis="first").matures_at
    assert matured == on(TUESDAY) + timedelta(days=30)
    InvoiceFault.objects.create(invoice=order.invoices.get(), order=order, code="wrong_tax", cause="X2", found_at=LATER)
    verdict = judged(order, at=LATER)
    assert verdict.perfect is True
    restated = Restatement.objects.get(line=None, basis="first")
    assert (restated.documents, restated.perfect, restated.cause, restated.restated_at) == (False, False, "X2", LATER)
    assert judged(order, at=LATER + timedelta(days=1)).perfect is True
    assert Restatement.objects.filter(line=None, basis="first").count() == 1


def test_before_a_verdict_is_final_it_is_edited():
    made = company()
    order = made.whole()
    judged(order, at=on(TUESDAY, 20))
    InvoiceFault.objects.create(
        invoice=order.invoices.get(), order=order, code="wrong_tax", cause="X2", found_at=on(THURSDAY)
    )
    assert judged(order, at=on(THURSDAY)).documents is False
    assert Restatement.objects.count() == 0


def test_orders_that_are_caught_up_together_are_each_seen_at_their_own_moment():
    made = company()
    first, second = made.whole(), made.whole()
    refresh_facts(order_ids=[first.pk, second.pk], at=on(TUESDAY, 20))
    for order in (first, second):
        InvoiceFault.objects.create(
            invoice=order.invoices.get(), order=order, code="wrong_tax", cause="X2", found_at=on(THURSDAY)
        )
    moments = {first.pk: on(THURSDAY)}
    refreshed = refresh_facts(order_ids=[first.pk, second.pk], at=LATER, moments=moments)
    assert refreshed.restated == 6
    assert OrderVerdict.objects.get(order_id=first.pk, basis="first").documents is False
    assert OrderVerdict.objects.get(order_id=second.pk, basis="first").documents is True
    assert set(Restatement.objects.values_list("order_id", "restated_at")) == {(second.pk, LATER)}
    assert OrderFact.objects.get(pk=first.pk).refreshed_at == on(THURSDAY)


def test_history_is_judged_by_its_ledger():
    made = company()
    order = made.order(origin="history", confirmed_at=None, released_at=None)
    made.entry(order.lines.get(), "despatched", 100, on(MONDAY - timedelta(days=5)))
    verdict = judged(order, "requested")
    assert (verdict.in_service, verdict.shipped, verdict.on_time_ship) == (True, True, True)


def test_a_request_shorter_than_the_lead_time_has_a_feasible_verdict_of_its_own():
    made = company()
    made.item.lead_days = 6
    made.item.save()
    order = made.order()
    made.deliver(made.ship(order, THURSDAY), on(TUESDAY + timedelta(days=3)))
    verdict = judged(order, "feasible")
    assert verdict.due_at > OrderVerdict.objects.get(basis="requested").due_at


@pytest.mark.parametrize("count", [1, 12])
def test_the_number_of_statements_does_not_depend_on_the_number_of_orders(count, django_assert_num_queries):
    made = company()
    ids = [made.whole(lines=3).pk for _ in range(count)]
    refresh_facts(order_ids=ids, at=LATER)
    with django_assert_num_queries(20):
        refresh_facts(order_ids=ids, at=LATER)
    assert Order.objects.count() == count
