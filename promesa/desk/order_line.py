"""The promise line of one order in words: what was planned, what is, who has the ball."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.utils.translation import gettext, ngettext

from promesa.core.calendars import local_day
from promesa.core.ui.format import format_date, format_moment, format_number, format_quantity
from promesa.core.ui.signs import Stage, state_word
from promesa.core.ui.speech import Said
from promesa.desk.labels import channel_word, hands_word
from promesa.desk.queries.rows import Row
from promesa.orders.stages import Judged, Standing
from promesa.orders.states import OrderState

HANDS = ("customer", "", "customer_service", "warehouse", "transport", "customer")


def stages_of(row: Row, lang: str, today: date) -> list[Stage]:
    """The six stages as the large line shows them."""
    facts = (_plain, _acquisition, _processing, _shipment, _delivery, _payment)
    return [
        Stage(
            stage.state,
            _planned(stage, row.standing.site_zone),
            fact(row, stage, lang, today),
            _hands(row, place, lang),
            now=place == row.line.at,
        )
        for place, (stage, fact) in enumerate(zip(row.line.stages, facts, strict=True))
    ]


def _planned(stage: Judged, zone: str) -> Said:
    """The plan; a window that ends at midnight is a day."""
    plan = stage.planned
    if isinstance(plan, datetime):
        before = plan - timedelta(microseconds=1)
        if local_day(before, zone) != local_day(plan, zone):
            return local_day(before, zone)
    return plan


def _hands(row: Row, place: int, lang: str) -> str:
    order, line = row.standing, row.line
    if line.stages[place].state == "x":
        return ""
    if place == line.at and row.step.hands:
        return hands_word(row.step.hands, lang)
    if place == 1:
        return channel_word(order.channel, lang)
    if place == 2:
        return hands_word("promesa" if line.stages[2].done else "customer_service", lang)
    if place == 3 and order.warehouse_name:
        return order.warehouse_name
    return hands_word(HANDS[place], lang)


def _plain(row: Row, stage: Judged, lang: str, today: date) -> Said:
    if stage.state == "x":
        return gettext("cancelled") if row.standing.state == OrderState.CANCELLED else gettext("refused")
    return stage.fact or state_word("n")


def _acquisition(row: Row, stage: Judged, lang: str, today: date) -> Said:
    if stage.done or stage.state == "x":
        return _plain(row, stage, lang, today)
    count = row.standing.findings
    if not count:
        return gettext("draft")
    return ngettext("%(n)s thing to mend", "%(n)s things to mend", count) % {"n": count}


def _processing(row: Row, stage: Judged, lang: str, today: date) -> Said:
    order = row.standing
    if stage.done or stage.state == "x":
        return _plain(row, stage, lang, today)
    if order.hold_since is not None:
        return gettext("on hold since %(moment)s") % {"moment": _short(order.hold_since, order, lang, today)}
    if order.missing and order.submitted_at:
        return _missing(order, lang)
    return state_word(stage.state)


def _shipment(row: Row, stage: Judged, lang: str, today: date) -> Said:
    order = row.standing
    if stage.done or stage.state == "x":
        return _plain(row, stage, lang, today)
    if order.despatched_at is not None:
        return gettext("in part; %(quantity)s still to leave") % {"quantity": format_number(order.to_ship, lang)}
    return state_word(stage.state)


def _delivery(row: Row, stage: Judged, lang: str, today: date) -> Said:
    order = row.standing
    if stage.done or stage.state == "x":
        return _plain(row, stage, lang, today)
    if order.delivered_at is not None:
        return gettext("in part; %(quantity)s still to arrive") % {"quantity": format_number(order.open, lang)}
    if order.first_promised_to and order.promised_to and order.promised_to > order.first_promised_to:
        day = local_day(order.promised_to - timedelta(microseconds=1), order.site_zone)
        return gettext("now promised for %(day)s") % {"day": format_date(day, lang, today=today)}
    if order.missing and order.submitted_at:
        return _missing(order, lang)
    return state_word(stage.state)


def _payment(row: Row, stage: Judged, lang: str, today: date) -> Said:
    order, money = row.standing, row.money
    if stage.done or stage.state == "x":
        return _plain(row, stage, lang, today)
    if money.disputed:
        return gettext("%(invoice)s in dispute") % {"invoice": money.last_number}
    if money.invoices:
        return money.last_number
    days = order.payment_days
    return ngettext("%(n)s day after delivery", "%(n)s days after delivery", days) % {"n": days}


def _missing(order: Standing, lang: str) -> str:
    if order.missing_lines > 1:
        return ngettext("%(n)s line incomplete", "%(n)s lines incomplete", order.missing_lines) % {
            "n": order.missing_lines
        }
    quantity = format_quantity(order.missing_quantity, order.missing_unit, lang)
    return gettext("%(quantity)s missing") % {"quantity": quantity}


def _short(moment: datetime, order: Standing, lang: str, today: date) -> str:
    """The hour for today, the day for another."""
    words = format_moment(moment, lang, order.site_zone, today=today)
    return words.rpartition(", ")[2] if local_day(moment, order.site_zone) == today else words.rpartition(", ")[0]
