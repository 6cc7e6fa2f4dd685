"""What customers answer to a notice becomes changes of their lines; once, and only while it still holds."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from promesa.access.rules import Principal
from promesa.allocation.events import NoticeAnswered
from promesa.allocation.models import Notice, NoticeLine
from promesa.allocation.offering import whole_packs
from promesa.allocation.operations.substituting import take_substitute
from promesa.allocation.queries.notices import lines_now
from promesa.allocation.rules.noticing import CHANGES, ToldLine, cancelled_by, why_not, why_over
from promesa.allocation.states import Answer
from promesa.catalog.queries import substitutes_of
from promesa.core import locks, quantities
from promesa.core.actors import Actor
from promesa.core.calendars import local_day
from promesa.core.errors import NotFound, Refused
from promesa.core.events import emit
from promesa.core.verbs import verb
from promesa.orders import operations as orders
from promesa.orders.models import OrderLine


class NoticeAlreadyAnswered(Refused):
    """A notice is answered once; what comes later is a change of the order."""


class AnswerNotOffered(Refused):
    """The answer is none of those that the notice offers."""


class NoticeOver(Refused):
    """The plan ended: what it told binds nobody any more."""


class NoticeLate(Refused):
    """The customer had until a day; who said nothing waits."""


class NoticeLineNewer(Refused):
    """The line was shared anew and has a newer notice."""


class NoticeLineGone(Refused):
    """The order is open no more."""


class NoticeLineChanged(Refused):
    """The line was changed after the notice."""


class NoticeLineServed(Refused):
    """Nothing is missing of the line any more."""


class NoticeLineReleased(Refused):
    """The line is in the warehouse: what it gets cannot be cancelled."""


_OVER: dict[str, type[Refused]] = {one.code: one for one in (NoticeOver, NoticeLate)}
_NOT: dict[str, type[Refused]] = {
    one.code: one for one in (NoticeLineNewer, NoticeLineGone, NoticeLineChanged, NoticeLineServed, NoticeLineReleased)
}


@verb
def answer_notice(
    *, notice_id: int, answers: Mapping[int, str], by: Actor, at: datetime, reasons: Mapping[int, str] | None = None
) -> Notice:
    """A customer says of the lines (order line id -> `Answer`) what should become of what they do not get.

    To accept a part cancels the rest, to cancel all that is still open; a substitute takes its place; who waits keeps asking.
    Lines that are not named wait. The changes are the customer's, and go the way of every change of an order; one that is
    refused changes nothing of the others. A person of a customer answers their own notices only.

    :raises NoticeAlreadyAnswered: if it was.
    :raises AnswerNotOffered: if an answer is none of a line's choices.
    :raises NoticeOver: if the plan is closed; NoticeLate, if it is a customer's person and their day is over.
    :raises NoticeLineReleased: if all of a line is to be cancelled and the warehouse has it.
    :raises NoticeLineChanged: if the line is not what it was (NoticeLineNewer, NoticeLineGone, NoticeLineServed likewise).
    """
    notice = (
        Notice.objects.select_for_update(of=("self",))
        .select_related("run__plan__warehouse")
        .filter(pk=notice_id)
        .first()
    )
    theirs = by.customer_id if isinstance(by, Principal) else None
    if notice is None or theirs not in (None, notice.customer_id):
        raise NotFound(what=str(notice_id))
    plan = notice.run.plan
    if notice.answered_at is not None:
        answered_on = local_day(notice.answered_at, plan.warehouse.time_zone)
        raise NoticeAlreadyAnswered(plan.number, answered_on=answered_on)
    today = local_day(at, plan.warehouse.time_zone)
    over = why_over(state=plan.state, answer_by=notice.answer_by, today=today, theirs=theirs is not None)
    if over:
        raise _OVER[over](plan.number, plan=plan.number, answer_by=notice.answer_by)
    lines = {one.line_id: one for one in NoticeLine.objects.filter(notice=notice).order_by("line_id")}
    for line_id, answer in answers.items():
        if line_id not in lines or answer not in lines[line_id].choices:
            number = (
                OrderLine.objects.filter(pk=line_id).values_list("line_number", flat=True).first()
                if line_id in lines
                else None
            )
            raise AnswerNotOffered(plan.number, received=answer, line=number or line_id)
    chosen = [(lines[line_id], Answer(answer)) for line_id, answer in sorted(answers.items())]
    for one in lines.values():
        one.answer = answers.get(one.line_id, Answer.WAIT if one.choices else "")
        one.reason = (reasons or {}).get(one.line_id, "")[:200]
        one.answered_at = at
        one.save(update_fields=["answer", "reason", "answered_at"])
    notice.answered_at, notice.answered_by = at, by
    if notice.told_at is None:  # who answers was told, whatever became of the letter
        notice.told_at, notice.told_how = at, "portal" if theirs is not None else "phone"
    notice.save(update_fields=["answered_at", "answered_by", "told_at", "told_how"])
    emit(
        NoticeAnswered(plan_id=plan.pk, notice=notice.pk, customer=notice.customer_id, lines=len(chosen)), by=by, at=at
    )
    _carry_out(notice, {one.line_id: answer for one, answer in chosen if answer in CHANGES}, by, at)
    return notice


def _carry_out(notice: Notice, changes: Mapping[int, Answer], by: Actor, at: datetime) -> None:
    """Make the changes of orders that the answers are, all of them or none."""
    if not changes:
        return
    found = OrderLine.objects.select_related("item", "order").in_bulk(list(changes))
    locks.take(credit=[notice.customer_id], orders={line.order_id for line in found.values()})
    now = lines_now(notice_ids=[notice.pk])
    for line_id, answer in changes.items():
        line, code = found[line_id], why_not(now[line_id], answer)
        if code:
            raise _NOT[code](
                line.order.number, order=line.order.number, line=line.line_number,
                before_quantity=now[line_id].open, after_quantity=now[line_id].open_now,
            )  # fmt: skip
    for line_id, answer in changes.items():
        line = found[line_id]
        line.refresh_from_db(from_queryset=OrderLine.objects.select_related("item", "order"))
        _change(line, now[line_id], answer, by, at)


def _change(line: OrderLine, now: ToldLine, answer: Answer, by: Actor, at: datetime) -> None:
    """One line: what is open and nobody's goods goes, or all that is open; or it is served with something else."""
    taken = cancelled_by(now, answer)
    if answer == Answer.SUBSTITUTE:
        assert line.item is not None
        found = substitutes_of(items=[line.item.pk], on=at.date())
        if not found:
            raise AnswerNotOffered(line.order.number, received=answer, line=line.line_number)
        instead = found[0]
        known = orders.read_catalogue(customers=[line.order.customer_id], lines=(), ids={instead.substitute_id})
        other = known.items[instead.substitute_id]
        take_substitute(
            order_id=line.order_id, line_number=line.line_number, substitute=other.sku, quantity=taken, by=by, at=at,
            consent=True, initiator="customer", reason=answer,
            substitute_quantity=whole_packs(other, quantities.to_base(taken, instead.numerator, instead.denominator)),
        )  # fmt: skip
        return
    stands: Decimal = line.ordered_quantity - line.cancelled_by_customer - line.cancelled_by_us - line.substituted
    orders.change_line(
        order_id=line.order_id, line_number=line.line_number, by=by, at=at, initiator="customer", reason=answer, cause="C1",
        quantity=quantities.to_base(stands - taken, line.pack_denominator, line.pack_numerator),
    )  # fmt: skip
