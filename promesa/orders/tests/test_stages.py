"""The promise line: every stage against its plan, who has the ball, what comes next."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from promesa.core.calendars import BusinessCalendar
from promesa.orders.stages import NOT_INVOICED, Settlement, Standing, days_late, line_of, next_step

D = Decimal

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)  # 10:00 in Madrid
ZONE = "Europe/Madrid"
WEEK = BusinessCalendar(zone=ZONE)
DAY = timedelta(days=1)
ZERO = D(0)

DRAFT = Standing(
    id=1, number="P-2026-000001", state="draft", channel="edi", origin="live", ordered_at=MONDAY, received_at=MONDAY,
    captured_at=MONDAY, submitted_at=None, confirmed_at=None, released_at=None, closed_at=None, first_promised_to=None,
    promised_to=None, payment_days=30, late_days=0, invoice_from="delivery", po_number="", customer_id=1,
    customer_number="C-001", customer_name="Ribera", net_amount=D(100), currency="EUR", line_count=1, site_zone=ZONE,
    site_calendar_id=None, warehouse_name="Dos Hermanas", ship_at=None, missing=ZERO, missing_lines=0, missing_item="",
    missing_unit="", missing_quantity=ZERO, promised=ZERO, open=D(10), to_ship=D(10), in_transit=ZERO, to_invoice=ZERO,
    despatched_at=None, delivered_at=None, invoiced_at=None, findings=1,
)  # fmt: skip
CONFIRMED = replace(
    DRAFT, state="confirmed", submitted_at=MONDAY, confirmed_at=MONDAY, findings=0, promised=D(10),
    ship_at=datetime(2026, 3, 2, 16, tzinfo=UTC), first_promised_to=datetime(2026, 3, 3, 11, tzinfo=UTC),
    promised_to=datetime(2026, 3, 3, 11, tzinfo=UTC),
)  # fmt: skip
RELEASED = replace(CONFIRMED, released_at=MONDAY)
SHIPPED = replace(RELEASED, despatched_at=MONDAY + timedelta(hours=6), to_ship=ZERO, in_transit=D(10))
DELIVERED = replace(
    SHIPPED, delivered_at=datetime(2026, 3, 3, 10, tzinfo=UTC), in_transit=ZERO, open=ZERO, to_invoice=D(10)
)
INVOICED = replace(DELIVERED, to_invoice=ZERO, invoiced_at=datetime(2026, 3, 3, 12, tzinfo=UTC))
UNPAID = Settlement(invoices=1, last_number="F1", due_on=date(2026, 4, 2), unpaid=D(121))
PAID = Settlement(
    invoices=1, last_number="F1", due_on=date(2026, 4, 2), unpaid=ZERO, paid_at=datetime(2026, 4, 2, 8, tzinfo=UTC)
)


def code(standing: Standing, money: Settlement = NOT_INVOICED, now: datetime = MONDAY) -> str:
    return line_of(standing, money, WEEK, now).code


def hands(standing: Standing, money: Settlement = NOT_INVOICED, now: datetime = MONDAY) -> tuple[str, str]:
    step = next_step(standing, money, line_of(standing, money, WEEK, now))
    return step.hands, step.code


@pytest.mark.parametrize(
    ("standing", "money", "now", "line"),
    [
        (DRAFT, NOT_INVOICED, MONDAY, "d r n n n n"),
        (DRAFT, NOT_INVOICED, MONDAY + 2 * DAY, "d b2 n n n n"),
        (CONFIRMED, NOT_INVOICED, MONDAY, "d k g n n n"),
        (replace(CONFIRMED, submitted_at=MONDAY + timedelta(minutes=16)), NOT_INVOICED, MONDAY, "d b0 g n n n"),
        (replace(CONFIRMED, hold_kind="credit"), NOT_INVOICED, MONDAY, "d k r n r n"),
        (RELEASED, NOT_INVOICED, MONDAY, "d k k g n n"),
        (RELEASED, NOT_INVOICED, MONDAY + DAY, "d k k b1 r n"),
        (RELEASED, NOT_INVOICED, MONDAY + 2 * DAY, "d k k b2 b1 n"),
        (SHIPPED, NOT_INVOICED, MONDAY, "d k k k g n"),
        (DELIVERED, NOT_INVOICED, MONDAY + DAY, "d k k k k g"),
        (replace(DELIVERED, delivered_at=datetime(2026, 3, 3, 12, tzinfo=UTC)), NOT_INVOICED, MONDAY, "d k k k b0 g"),
        (INVOICED, UNPAID, MONDAY + 2 * DAY, "d k k k k g"),
        (INVOICED, UNPAID, datetime(2026, 4, 6, 9, tzinfo=UTC), "d k k k k b2"),
        (INVOICED, replace(UNPAID, disputed=True), MONDAY + 2 * DAY, "d k k k k r"),
        (replace(INVOICED, state="closed"), PAID, datetime(2026, 5, 6, 9, tzinfo=UTC), "d k k k k k"),
        (replace(CONFIRMED, state="cancelled"), NOT_INVOICED, MONDAY, "d k x x x x"),
    ],
)  # fmt: skip
def test_each_stage_says_whether_it_was_kept(standing: Standing, money: Settlement, now: datetime, line: str) -> None:
    assert code(standing, money, now) == line


def test_a_promise_that_moved_puts_the_delivery_at_risk_and_is_judged_by_the_first() -> None:
    moved = replace(RELEASED, promised_to=CONFIRMED.promised_to + 2 * DAY)  # type: ignore[operator]
    assert code(moved) == "d k k g r n"
    arrived = replace(moved, despatched_at=MONDAY + 2 * DAY, delivered_at=MONDAY + 3 * DAY, to_ship=ZERO, open=ZERO)
    assert line_of(arrived, NOT_INVOICED, WEEK, MONDAY + 3 * DAY).days_late == 2


def test_days_late_are_business_days_at_the_place_of_delivery() -> None:
    friday_night = datetime(2026, 3, 6, 23, tzinfo=UTC)  # midnight of Saturday in Madrid: the window was Friday's
    assert days_late(friday_night, datetime(2026, 3, 6, 22, tzinfo=UTC), ZONE, WEEK) is None
    assert days_late(friday_night, datetime(2026, 3, 7, 9, tzinfo=UTC), ZONE, WEEK) == 0
    assert days_late(friday_night, datetime(2026, 3, 9, 9, tzinfo=UTC), ZONE, WEEK) == 1


def test_days_of_grace_let_a_late_delivery_pass() -> None:
    late = replace(DELIVERED, delivered_at=MONDAY + 2 * DAY)
    assert code(late) == "d k k k b1 g"
    assert code(replace(late, late_days=1)) == "d k k k k g"


@pytest.mark.parametrize(
    ("standing", "money", "expected"),
    [
        (DRAFT, NOT_INVOICED, ("back_office", "next_mend")),
        (replace(DRAFT, findings=0), NOT_INVOICED, ("customer_service", "next_submit")),
        (replace(CONFIRMED, hold_kind="credit", hold_role="finance"), NOT_INVOICED, ("finance", "next_hold_credit")),
        (CONFIRMED, NOT_INVOICED, ("promesa", "next_release")),
        (RELEASED, NOT_INVOICED, ("warehouse", "next_despatch")),
        (replace(RELEASED, missing=D(4), missing_quantity=D(4)), NOT_INVOICED, ("warehouse", "next_despatch_part")),
        (replace(CONFIRMED, missing=D(10), missing_quantity=D(10)), NOT_INVOICED, ("purchasing", "next_wait_stock")),
        (SHIPPED, NOT_INVOICED, ("transport", "next_deliver")),
        (DELIVERED, NOT_INVOICED, ("finance", "next_invoice")),
        (INVOICED, UNPAID, ("customer", "next_wait_payment")),
        (INVOICED, replace(UNPAID, disputed=True), ("finance", "next_dispute")),
        (replace(INVOICED, state="closed"), PAID, ("", "next_closed")),
        (replace(CONFIRMED, state="cancelled"), NOT_INVOICED, ("", "next_cancelled")),
    ],
)  # fmt: skip
def test_one_party_has_the_ball_and_one_thing_comes_next(
    standing: Standing, money: Settlement, expected: tuple[str, str]
) -> None:
    assert hands(standing, money) == expected
