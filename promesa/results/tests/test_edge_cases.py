"""One rule each: the edge cases of the measures, every test named after its sentence."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from promesa.core.calendars import BusinessCalendar
from promesa.results.rules.clock import corrected_time, feasible_part
from promesa.results.rules.comparison import compared_parts
from promesa.results.rules.facts import (
    Basis,
    Change,
    Component,
    CreditBlock,
    Delivery,
    DocumentFault,
    Party,
    Point,
    Refusal,
    Return,
    Tolerance,
)
from promesa.results.rules.fill import fill_rates, first_shipment, line_fill
from promesa.results.rules.orders import judge_order
from promesa.results.rules.prices import price_is_right
from promesa.results.tests.lines import (
    CONFIRMED,
    MADRID,
    RELEASED,
    SHIPPED,
    TUESDAY,
    WORKDAYS,
    came,
    cancelled,
    day_part,
    left,
    line,
    on,
    q,
    verdict,
)

WEDNESDAY = date(2026, 11, 25)
THURSDAY = date(2026, 11, 26)
FRIDAY = date(2026, 11, 27)


def kept(facts, basis=Basis.FIRST):
    return tuple(verdict(facts, basis).kept[c] for c in Component)


def test_a_line_that_came_whole_in_its_window_with_right_papers_in_good_condition_is_perfect():
    assert kept(line()) == (True, True, True, True)
    assert verdict(line()).perfect is True
    assert verdict(line()).blames == ()


# 1
def test_of_a_partial_delivery_agreed_beforehand_each_schedule_line_is_its_own_comparison_unit():
    schedule = (day_part(TUESDAY, 60), day_part(THURSDAY, 40))
    both = line(first=schedule, deliveries=(came(60), came(40, on(THURSDAY))))
    assert kept(both) == (True, True, True, True)
    assert verdict(both).due_at == day_part(THURSDAY).end - timedelta(microseconds=1)

    second_late = line(first=schedule, deliveries=(came(60), came(40, on(FRIDAY))))
    judged = verdict(second_late).clocked(Point.POD)
    assert judged.on_time is False
    assert judged.on_time_quantity == q(60)


# 2
def test_of_a_partial_delivery_not_agreed_the_line_is_not_full_when_the_window_ends():
    completed_later = line(deliveries=(came(60), came(40, on(THURSDAY))))
    judged = verdict(completed_later)
    assert judged.clocked(Point.POD).full is False
    assert judged.clocked(Point.POD).on_time is False
    assert judged.clocked(Point.POD).on_time_quantity == q(60)


def test_a_partial_delivery_completed_later_is_eventual_fill_only():
    completed_later = line(despatches=(left(60), left(40, WEDNESDAY)), deliveries=(came(60), came(40, on(THURSDAY))))
    fill = line_fill(completed_later, first_shipment([completed_later]))
    assert (fill.filled, fill.full, fill.accepted) == (q(60), False, q(100))


def test_a_line_that_comes_whole_but_late_is_full_and_late():
    assert kept(line(deliveries=(came(100, on(WEDNESDAY)),))) == (True, False, True, True)


# 3
def test_two_trucks_on_the_same_day_inside_the_window_are_one_shipment_and_the_last_needed_proof_decides():
    trucks = line(despatches=(left(50), left(50)), deliveries=(came(50, on(TUESDAY, 9)), came(50, on(TUESDAY, 17))))
    assert kept(trucks) == (True, True, True, True)
    assert verdict(trucks).clocked(Point.POD).settled_at == on(TUESDAY, 17)
    assert line_fill(trucks, first_shipment([trucks])).full is True

    late_second = line(despatches=(left(50), left(50)), deliveries=(came(50), came(50, on(WEDNESDAY))))
    assert verdict(late_second).clocked(Point.POD).on_time is False


def test_a_late_delivery_that_was_not_needed_does_not_make_the_line_late():
    within = line(tolerance=Tolerance(under=q("0.10")), deliveries=(came(95), came(5, on(WEDNESDAY))))
    assert kept(within) == (True, True, True, True)


# 4
def test_over_delivery_beyond_tolerance_is_not_full_and_the_excess_becomes_an_unordered_line():
    beyond = line(tolerance=Tolerance(over=q("0.05")), deliveries=(came(110),))
    assert verdict(beyond).clocked(Point.POD).full is False
    assert verdict(beyond).unordered_accepted == q(5)

    within = line(tolerance=Tolerance(over=q("0.05")), deliveries=(came(105),))
    assert verdict(within).clocked(Point.POD).full is True
    assert verdict(within).unordered_accepted == 0


# 5
def test_a_line_cancelled_by_the_customer_before_release_is_out_of_all_populations():
    gone = line(
        despatches=(), deliveries=(), cancellations=(cancelled(100, Party.CUSTOMER, RELEASED - timedelta(hours=1)),)
    )
    judged = verdict(gone)
    assert (judged.counted, judged.in_service) == (False, False)
    assert judged.exclusion.reason == "cancelled_by_customer"
    assert judge_order([judged], basis=Basis.FIRST).counted is False


def test_an_order_is_judged_without_the_line_that_the_customer_cancelled():
    gone = line(
        despatches=(), deliveries=(), cancellations=(cancelled(100, Party.CUSTOMER, RELEASED - timedelta(hours=1)),)
    )
    order = judge_order([verdict(gone), verdict(line(line_id=2))], basis=Basis.FIRST)
    assert order.perfect is True


# 6
def test_a_line_cancelled_by_the_customer_after_release_is_out_of_service_and_of_the_perfect_order():
    gone = line(
        despatches=(), deliveries=(), cancellations=(cancelled(100, Party.CUSTOMER, RELEASED + timedelta(hours=1)),)
    )
    judged = verdict(gone)
    assert (judged.counted, judged.in_service) == (False, False)
    assert judged.exclusion.reason == "cancelled_after_release"


def test_a_line_cancelled_after_release_because_we_were_late_or_short_fails_the_perfect_order():
    gone = line(
        despatches=(),
        deliveries=(),
        cancellations=(
            cancelled(100, Party.CUSTOMER, RELEASED + timedelta(hours=1), for_our_lateness=True, cause="C1"),
        ),
    )
    judged = verdict(gone)
    assert (judged.counted, judged.in_service, judged.perfect) == (True, False, False)
    assert [(b.component, b.cause) for b in judged.blames] == [(Component.FULL, "C1"), (Component.ON_TIME, "C1")]


# 7
def test_a_line_cancelled_by_us_stays_in_the_denominators_and_is_not_full():
    given_up = line(despatches=(), deliveries=(), cancellations=(cancelled(100, Party.US, SHIPPED, cause="C1"),))
    judged = verdict(given_up)
    assert (judged.counted, judged.in_service) == (True, True)
    assert judged.kept[Component.FULL] is False
    assert judged.blames[0].cause == "C1"


def test_a_line_cancelled_by_us_without_a_cause_is_told_as_unknown():
    given_up = line(despatches=(), deliveries=(), cancellations=(cancelled(100, Party.US, SHIPPED),))
    assert verdict(given_up).blames[0].cause == "U"


# 8
def test_when_the_customer_moves_the_date_and_we_accept_the_line_is_held_against_the_new_window():
    moved = line(
        changes=(Change(at=SHIPPED, initiator=Party.CUSTOMER, parts=(day_part(THURSDAY),)),),
        deliveries=(came(100, on(THURSDAY)),),
    )
    assert kept(moved) == (True, True, True, True)
    assert verdict(moved).due_at == day_part(THURSDAY).end - timedelta(microseconds=1)
    assert kept(moved, Basis.REQUESTED) == (True, True, True, True)


def test_a_date_moved_because_we_announced_a_delay_is_not_a_customer_change():
    moved = line(
        changes=(Change(at=SHIPPED, initiator=Party.CUSTOMER, parts=(day_part(THURSDAY),), because_we_were_late=True),),
        deliveries=(came(100, on(THURSDAY)),),
    )
    assert kept(moved) == (True, False, True, True)


def test_a_change_that_we_did_not_accept_moves_nothing():
    asked = line(changes=(Change(at=SHIPPED, initiator=Party.CUSTOMER, parts=(day_part(THURSDAY),), agreed=False),))
    assert compared_parts(asked, Basis.FIRST)[0].end == day_part(TUESDAY).end


def test_our_answer_to_the_customers_wish_is_the_new_word_and_not_the_wish_itself():
    moved = line(
        changes=(Change(at=SHIPPED, initiator=Party.CUSTOMER, parts=(day_part(WEDNESDAY),)),),
        promise_changes=(
            Change(at=SHIPPED + timedelta(hours=1), initiator=Party.CUSTOMER, parts=(day_part(THURSDAY),)),
        ),
        deliveries=(came(100, on(THURSDAY)),),
    )
    assert kept(moved) == (True, True, True, True)
    assert kept(moved, Basis.REQUESTED) == (True, False, True, True)


# 9
def test_when_we_promise_again_and_the_customer_is_silent_the_first_promise_stands_and_the_last_moves():
    promised_again = line(last=(day_part(THURSDAY),), deliveries=(came(100, on(THURSDAY)),))
    assert verdict(promised_again, Basis.FIRST).kept[Component.ON_TIME] is False
    assert verdict(promised_again, Basis.LAST).kept[Component.ON_TIME] is True
    ours = line(
        changes=(Change(at=SHIPPED, initiator=Party.US, parts=(day_part(THURSDAY),)),),
        deliveries=(came(100, on(THURSDAY)),),
    )
    assert verdict(ours, Basis.FIRST).kept[Component.ON_TIME] is False


# 10
def test_a_request_shorter_than_the_agreed_lead_time_is_judged_feasible_and_raw():
    feasible = feasible_part(
        quantity=q(100),
        received_at=on(date(2026, 11, 23), 9),
        lead_days=2,
        transit_days=1,
        cut_off=time(12),
        supplier=WORKDAYS,
        customer=WORKDAYS,
        zone=MADRID,
    )
    short = line(feasible=(feasible,), deliveries=(came(100, on(THURSDAY)),))
    assert feasible.end == day_part(THURSDAY).end
    assert verdict(short, Basis.FEASIBLE).kept[Component.ON_TIME] is True
    assert verdict(short, Basis.REQUESTED).kept[Component.ON_TIME] is False


def test_a_request_longer_than_the_lead_time_is_feasible_as_it_is():
    feasible = day_part(date(2026, 11, 23))
    assert compared_parts(line(feasible=(feasible,)), Basis.FEASIBLE)[0].end == day_part(TUESDAY).end


# 11
def test_without_a_requested_date_the_request_is_the_standard_promise_of_the_portfolio():
    silent = line(requested=(), standard=day_part(WEDNESDAY), deliveries=(came(100, on(WEDNESDAY)),))
    assert verdict(silent, Basis.REQUESTED).kept[Component.ON_TIME] is True
    assert verdict(silent, Basis.REQUESTED).due_at == day_part(WEDNESDAY).end - timedelta(microseconds=1)


# 12
def test_a_substitution_with_prior_consent_is_full_in_the_variant_with_substitutes():
    swapped = line(
        substitutes_agreed=True,
        despatches=(left(100, substitute=True),),
        deliveries=(came(100, substitute=True),),
    )
    judged = verdict(swapped)
    assert judged.kept == dict.fromkeys(Component, True)
    assert judged.full_strict is False
    fill = line_fill(swapped, first_shipment([swapped]))
    assert (fill.full, fill.full_strict) == (True, False)


def test_a_substitution_without_consent_is_not_full_and_a_note_that_names_the_ordered_item_is_wrong():
    swapped = line(
        despatches=(left(100, substitute=True, ordered_item_on_note=True),),
        deliveries=(came(100, substitute=True),),
    )
    judged = verdict(swapped)
    assert judged.kept[Component.FULL] is False
    assert judged.kept[Component.DOCUMENTS] is False
    honest_note = line(
        despatches=(left(100, substitute=True),),
        deliveries=(came(100, substitute=True),),
    )
    assert verdict(honest_note).kept[Component.DOCUMENTS] is True


# 13
def test_free_goods_count_in_full_and_not_in_measures_of_value():
    paid = line()
    gift = line(line_id=2, free=True, ordered=10, despatches=(), deliveries=())
    order = judge_order([verdict(paid), verdict(gift)], basis=Basis.FIRST)
    assert order.kept[0] is False
    rates = fill_rates([line_fill(paid, TUESDAY), line_fill(gift, TUESDAY)])
    assert rates.value[1] == q(250)
    assert rates.line[1] == 2


# 15
def test_when_the_customer_is_not_at_the_dock_a_proved_arrival_in_the_window_is_on_time_with_cause_k3():
    waited = Delivery(at=on(TUESDAY, 12), brought_back=q(100), arrived_at=on(TUESDAY, 11), customer_absent=True)
    again = line(despatches=(left(), left(100, TUESDAY)), deliveries=(waited, came(100, on(THURSDAY))))
    judged = verdict(again)
    assert judged.kept[Component.ON_TIME] is True
    assert judged.clocked(Point.POD).excused == "K3"
    assert judged.perfect is True


def test_without_proof_of_arrival_the_delay_is_ours():
    waited = Delivery(at=on(TUESDAY, 12), brought_back=q(100), customer_absent=True)
    again = line(despatches=(left(), left(100, TUESDAY)), deliveries=(waited, came(100, on(THURSDAY))))
    judged = verdict(again)
    assert judged.kept[Component.ON_TIME] is False
    assert judged.blames[0].cause == "C5"


# 16
def test_a_credit_block_told_before_the_promise_was_confirmed_stops_the_clock():
    block = CreditBlock(since=CONFIRMED, until=CONFIRMED + timedelta(days=2), told_at=CONFIRMED - timedelta(hours=1))
    held = line(credit_blocks=(block,), deliveries=(came(100, on(THURSDAY)),))
    judged = verdict(held)
    assert judged.kept[Component.ON_TIME] is True
    assert judged.clocked(Point.POD).excused == "K2"


def test_a_credit_block_told_after_the_promise_is_ours_with_cause_x1():
    block = CreditBlock(since=CONFIRMED, until=on(TUESDAY), told_at=CONFIRMED + timedelta(hours=1))
    held = line(credit_blocks=(block,), deliveries=(came(100, on(THURSDAY)),))
    judged = verdict(held)
    assert judged.kept[Component.ON_TIME] is False
    assert judged.blames[0].cause == "X1"


def test_a_stopped_clock_does_not_excuse_more_than_the_block_lasted():
    block = CreditBlock(since=CONFIRMED, until=CONFIRMED + timedelta(days=1), told_at=CONFIRMED - timedelta(hours=1))
    held = line(credit_blocks=(block,), deliveries=(came(100, on(FRIDAY)),))
    assert verdict(held).kept[Component.ON_TIME] is False


# 17
def test_a_partial_refusal_leaves_fullness_to_the_accepted_quantity_and_condition_to_the_reason():
    for_damage = line(deliveries=(came(90, refusals=(Refusal(q(10), "damage"),)),))
    assert kept(for_damage) == (False, True, True, False)
    for_timetable = line(deliveries=(came(90, refusals=(Refusal(q(10), "timetable"),)),))
    assert kept(for_timetable) == (False, True, True, True)
    assert verdict(for_timetable).blames[0].cause == "C4"


# 18
def test_damage_found_after_the_proof_restates_condition_until_hidden_claims_close():
    proof = on(TUESDAY)
    found = line(returns=(Return(q(5), proof + timedelta(days=30)),))
    assert kept(found) == (True, True, True, False)
    too_late = line(returns=(Return(q(5), proof + timedelta(days=31)),))
    assert kept(too_late) == (True, True, True, True)
    assert verdict(line()).matures_at == proof + timedelta(days=30)
    assert verdict(line()).provisional(proof + timedelta(days=29)) is True
    assert verdict(line()).provisional(proof + timedelta(days=30)) is False


# 19
def test_a_credit_note_after_payment_restates_documents_if_the_cause_is_ours():
    ours = line(faults=(DocumentFault(code="wrong_price", at=on(FRIDAY), cause="C3"),))
    assert kept(ours) == (True, True, False, True)
    assert verdict(ours).blames[0].cause == "C3"
    goodwill = line(faults=(DocumentFault(code="goodwill", at=on(FRIDAY), ours=False),))
    assert kept(goodwill) == (True, True, True, True)


def test_an_invoice_fault_leaves_the_delivery_note_right():
    ours = line(faults=(DocumentFault(code="wrong_price", at=on(FRIDAY)),))
    assert (verdict(ours).documents, verdict(ours).delivery_note) == (False, True)


# 22
def test_in_another_zone_the_day_is_the_ship_tos_and_a_wrong_device_clock_is_bounded_by_the_server():
    canary = "Atlantic/Canary"
    part = day_part(TUESDAY, 100, canary)
    half_past_midnight_in_madrid = datetime(2026, 11, 24, 23, 30, tzinfo=UTC)
    island = line(zone=canary, first=(part,), deliveries=(came(100, half_past_midnight_in_madrid),))
    assert kept(island) == (True, True, True, True)

    server = on(TUESDAY, 17)
    assert corrected_time(device_at=on(WEDNESDAY, 9), server_at=server, shipped_at=SHIPPED) == (server, True)
    assert corrected_time(device_at=SHIPPED - timedelta(days=1), server_at=server, shipped_at=SHIPPED) == (
        SHIPPED,
        True,
    )
    four_minutes = server - timedelta(minutes=4)
    assert corrected_time(device_at=four_minutes, server_at=server, shipped_at=SHIPPED) == (four_minutes, False)
    assert corrected_time(device_at=None, server_at=server) == (server, False)


# 23
def test_an_order_after_cut_off_starts_on_our_next_business_day_and_is_judged_on_the_customers_calendar():
    customer = BusinessCalendar(zone=MADRID, holidays=frozenset({THURSDAY}))
    monday_afternoon = on(date(2026, 11, 23), 15)
    part = feasible_part(
        quantity=q(1), received_at=monday_afternoon, lead_days=1, transit_days=1, cut_off=time(12),
        supplier=WORKDAYS, customer=customer, zone=MADRID,
    )  # fmt: skip
    # Counts from Tuesday, leaves on Wednesday, would come on Thursday: a holiday of the customer's.
    assert part.end == day_part(FRIDAY).end
    our_holiday = BusinessCalendar(zone=MADRID, holidays=frozenset({TUESDAY}))
    later = feasible_part(
        quantity=q(1), received_at=monday_afternoon, lead_days=1, transit_days=1, cut_off=time(12),
        supplier=our_holiday, customer=WORKDAYS, zone=MADRID,
    )  # fmt: skip
    assert later.end == day_part(FRIDAY).end


# 28
def test_when_the_currency_changes_between_order_and_invoice_the_price_is_judged_in_the_orders_currency():
    agreed = q("100.00")
    assert price_is_right(
        agreed_amount=agreed, order_currency="EUR", invoiced_amount=q("110.00"), invoice_currency="USD", rate=q("1.10")
    )
    assert not price_is_right(
        agreed_amount=agreed, order_currency="EUR", invoiced_amount=q("100.00"), invoice_currency="USD", rate=q("1.10")
    )
    assert price_is_right(
        agreed_amount=agreed, order_currency="EUR", invoiced_amount=q("100.00"), invoice_currency="EUR", rate=q("1.10")
    )


# 29
def test_an_order_of_no_quantity_or_no_lines_is_in_no_population():
    nothing = verdict(line(ordered=0, despatches=(), deliveries=()))
    assert (nothing.counted, nothing.in_service, nothing.exclusion.reason) == (False, False, "empty")
    assert judge_order([nothing], basis=Basis.FIRST).counted is False
    assert judge_order([], basis=Basis.FIRST).exclusion == "empty"
