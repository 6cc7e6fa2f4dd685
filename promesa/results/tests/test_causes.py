"""Primary causes by the chain, and losses that always add up."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promesa.results.rules.causes import lateness_shares, primary_overrun, quantity_losses
from promesa.results.rules.facts import (
    Basis,
    Component,
    CreditBlock,
    Delivery,
    Despatch,
    Deviation,
    Overrun,
    Party,
    Refusal,
    Return,
    Stage,
)
from promesa.results.rules.orders import by_primary_cause, by_sole_cause, by_split_cause, judge_order
from promesa.results.tests.lines import (
    CONFIRMED,
    RELEASED,
    SHIPPED,
    TUESDAY,
    came,
    cancelled,
    day_part,
    left,
    line,
    on,
    q,
    verdict,
)

FULL = frozenset({Component.FULL})
TIME = frozenset({Component.ON_TIME})
WEDNESDAY = date(2026, 11, 25)


def first_cause(facts):
    return verdict(facts).blames[0].cause


def losses(facts):
    return [(loss.step, loss.cause, loss.quantity) for loss in quantity_losses(facts)]


# The five worked examples
def test_refused_because_it_came_late_after_a_breakdown_is_a_logistic_delay_with_the_refusal_as_symptom():
    late = line(
        deliveries=(Delivery(at=on(WEDNESDAY), refusals=(Refusal(q(100), "late"),)),),
        overruns=(Overrun(cause="C5", by=timedelta(hours=20)),),
    )
    judged = verdict(late)
    assert {blame.cause for blame in judged.blames} == {"C5"}
    assert judged.symptoms == ("C4",)


def test_refused_as_not_ordered_because_an_agent_typed_another_item_is_a_capture_error():
    typed = line(
        deliveries=(Delivery(at=on(TUESDAY), refusals=(Refusal(q(100), "not_ordered"),)),),
        deviations=(Deviation(cause="C2", affects=FULL),),
    )
    assert first_cause(typed) == "C2"
    assert losses(typed) == [("refused", "C2", q(100))]


def test_refused_as_not_ordered_because_the_code_maps_to_an_old_pack_is_a_matter_of_masters():
    mapped = line(
        deliveries=(Delivery(at=on(TUESDAY), refusals=(Refusal(q(100), "not_ordered"),)),),
        deviations=(Deviation(cause="C2", affects=FULL), Deviation(cause="C3", affects=FULL)),
    )
    assert first_cause(mapped) == "C3"
    assert verdict(mapped).symptoms == ("C2", "C4")


def test_short_because_stock_went_to_a_customer_of_lesser_rank_against_the_plan_is_a_shortage_that_names_the_leak():
    leak = Deviation(cause="C1", affects=FULL, code="plan_leak")
    short = line(despatches=(left(60),), deliveries=(came(60),), deviations=(leak,))
    assert first_cause(short) == "C1"
    assert losses(short) == [("not_shipped", "C1", q(40))]


@pytest.mark.parametrize(("cause", "stage"), [("C3", Stage.MASTER_DATA), ("X4", Stage.PROMISE)])
def test_late_because_the_order_sat_in_a_price_mismatch_is_the_lists_fault_or_the_promises(cause, stage):
    sat = line(deliveries=(came(100, on(WEDNESDAY)),), deviations=(Deviation(cause=cause, affects=TIME),))
    blame = verdict(sat).blames[0]
    assert (blame.component, blame.cause, blame.stage) == (Component.ON_TIME, cause, stage)


# Rule 1
def test_a_deviation_that_was_not_decisive_is_a_symptom_and_no_cause():
    late = line(
        deliveries=(came(100, on(WEDNESDAY)),),
        deviations=(Deviation(cause="C1", affects=TIME, decisive=False), Deviation(cause="C5", affects=TIME)),
    )
    judged = verdict(late)
    assert [blame.cause for blame in judged.blames] == ["C5"]
    assert judged.symptoms == ("C1",)


def test_a_deviation_that_spoils_another_component_is_not_the_cause():
    late = line(deliveries=(came(100, on(WEDNESDAY)),), deviations=(Deviation(cause="C3", affects=FULL),))
    assert first_cause(late) == "C5"


def test_a_line_that_could_never_be_promised_is_short_of_stock():
    waiting = line(first=(), last=(), despatches=(), deliveries=())
    assert {blame.cause for blame in verdict(waiting).blames} == {"C1"}


def test_a_line_promised_and_never_shipped_is_a_logistic_failure():
    forgotten = line(despatches=(), deliveries=())
    assert {blame.cause for blame in verdict(forgotten).blames} == {"C5"}
    assert losses(forgotten) == [("not_shipped", "C5", q(100))]


def test_an_order_still_blocked_for_credit_loses_its_quantity_to_the_block():
    block = CreditBlock(since=CONFIRMED, until=None, told_at=None)
    blocked = line(despatches=(), deliveries=(), credit_blocks=(block,))
    assert losses(blocked) == [("not_shipped", "X1", q(100))]


def test_goods_sent_back_for_quality_and_goods_damaged_at_the_door_have_their_own_causes():
    assert first_cause(line(returns=(Return(q(1), on(WEDNESDAY)),))) == "X3"
    assert verdict(line(deliveries=(came(90, damaged=q(10)),))).blames[-1].cause == "C4"


# Rule 2
def test_the_waterfall_names_every_step_at_which_the_quantity_drops():
    facts = line(
        captured=q(95),
        first=(day_part(TUESDAY, 80),),
        last=(day_part(TUESDAY, 80),),
        cancellations=(cancelled(5, Party.US, SHIPPED, cause="C1"),),
        despatches=(left(70),),
        deliveries=(came(50, damaged=q(4), refusals=(Refusal(q(6), "timetable"),)),),
    )
    assert losses(facts) == [
        ("captured", "C2", q(5)),
        ("cancelled", "C1", q(5)),
        ("not_promised", "C1", q(15)),
        ("not_shipped", "C5", q(5)),
        ("not_offered", "C5", q(10)),
        ("damaged", "C4", q(4)),
        ("refused", "C4", q(6)),
    ]
    assert sum(loss.quantity for loss in quantity_losses(facts)) == 50


quantities = st.integers(0, 120).map(Decimal)


@given(
    captured=quantities,
    first=quantities,
    last=quantities,
    by_customer=quantities,
    by_us=quantities,
    left_quantity=quantities,
    accepted=quantities,
    damaged=quantities,
    refused=quantities,
    back=quantities,
)
def test_the_losses_of_a_line_always_sum_to_what_was_ordered_less_what_was_accepted(
    captured, first, last, by_customer, by_us, left_quantity, accepted, damaged, refused, back
):
    facts = line(
        captured=captured,
        first=(day_part(TUESDAY, first),),
        last=(day_part(TUESDAY, last),),
        cancellations=(
            cancelled(by_customer, Party.CUSTOMER, RELEASED),
            cancelled(by_us, Party.US, RELEASED),
        ),
        despatches=(Despatch(quantity=left_quantity, shipped_at=SHIPPED),),
        deliveries=(
            Delivery(at=on(TUESDAY), accepted=accepted, damaged=damaged, refusals=(Refusal(refused, "late"),)),
            Delivery(at=on(WEDNESDAY), brought_back=back),
        ),
    )
    found = quantity_losses(facts)
    assert sum((loss.quantity for loss in found), Decimal(0)) == facts.ordered - min(accepted, facts.ordered)
    assert all(loss.quantity > 0 for loss in found)


# Rule 3
def test_lateness_is_shared_among_the_stages_that_overran_and_the_shares_sum_to_it():
    overruns = (
        Overrun(cause="C1", by=timedelta(hours=1)),
        Overrun(cause="C5", by=timedelta(hours=2), stage=Stage.PICKING),
        Overrun(cause="C5", by=timedelta(hours=-1)),
    )
    shares = lateness_shares(timedelta(hours=2), overruns)
    assert [share for _, share in shares] == [timedelta(minutes=40), timedelta(minutes=80)]
    assert sum((share for _, share in shares), timedelta(0)) == timedelta(hours=2)
    assert lateness_shares(timedelta(0), overruns) == ()


@given(st.integers(1, 10**12), st.lists(st.integers(-(10**11), 10**11), min_size=1, max_size=8))
def test_shares_of_lateness_always_sum_exactly(late, overs):
    overruns = tuple(Overrun(cause="C5", by=timedelta(microseconds=by)) for by in overs)
    shares = lateness_shares(timedelta(microseconds=late), overruns)
    expected = timedelta(microseconds=late) if any(by > 0 for by in overs) else timedelta(0)
    assert sum((share for _, share in shares), timedelta(0)) == expected


def test_the_earliest_stage_with_a_fifth_of_the_overruns_is_the_primary_one():
    small = Overrun(cause="C3", by=timedelta(hours=1))
    middle = Overrun(cause="C1", by=timedelta(hours=2))
    great = Overrun(cause="C5", by=timedelta(hours=7))
    assert primary_overrun((great, small, middle)) == middle
    assert primary_overrun(()) is None


# Rule 4
def orders_of(*lines_of_orders):
    return [judge_order([verdict(one) for one in lines], basis=Basis.FIRST) for lines in lines_of_orders]


def test_an_imperfect_order_takes_the_cause_earliest_in_the_chain():
    late = line(deliveries=(came(100, on(WEDNESDAY)),))
    short = line(line_id=2, first=(), last=(), despatches=(), deliveries=())
    (order,) = orders_of([late, short])
    assert (order.cause, order.causes, order.sole_cause) == ("C1", ("C1", "C5"), "")


def test_primary_and_split_views_sum_to_the_failed_orders_and_the_sole_view_does_not():
    late = line(deliveries=(came(100, on(WEDNESDAY)),))
    short = line(line_id=2, first=(), last=(), despatches=(), deliveries=())
    orders = orders_of([late, short], [late], [line()])
    assert by_primary_cause(orders) == {"C1": 1, "C5": 1}
    assert by_split_cause(orders) == {"C1": Fraction(1, 2), "C5": Fraction(3, 2)}
    assert by_sole_cause(orders) == {"C5": 1}


def test_an_order_that_failed_only_by_the_customers_own_causes_is_perfect_as_controllable():
    theirs = line(
        deliveries=(Delivery(at=on(TUESDAY), refusals=(Refusal(q(100), "not_ordered", cause="K1"),)),),
    )
    (order,) = orders_of([theirs])
    assert (order.perfect, order.as_controllable, order.cause) == (False, True, "K1")
