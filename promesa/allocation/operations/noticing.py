"""One notice for each customer whom a published run touches, and what they answer to it. Who is short is owed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

from promesa.allocation.events import NoticeAnswered
from promesa.allocation.models import Notice, NoticeLine
from promesa.allocation.operations.substituting import take_substitute
from promesa.allocation.states import Answer
from promesa.catalog.models import Item
from promesa.catalog.queries import substitutes_of
from promesa.core import bulk, quantities
from promesa.core.actors import Actor
from promesa.core.errors import NotFound, Refused
from promesa.core.events import emit
from promesa.core.verbs import verb
from promesa.orders import operations as orders
from promesa.orders.models import OrderLine


class NoticeAlreadyAnswered(Refused):
    """A notice is answered once; what comes later is a change of the order."""


class AnswerNotOffered(Refused):
    """The answer is none of those that the notice offers."""


# Every line that moved in a part in force is told; who gets less than they ask may choose.
_NOTICES = """
WITH told AS MATERIALIZED (
    SELECT o.customer_id, r.line_id, r.before_quantity, r.share_quantity, r.open_quantity, o.substitutes, l.item_id
    FROM allocation_runline r JOIN allocation_runpart p ON p.run_id = r.run_id AND p.number = r.part AND p.state = 'published'
    JOIN orders_orderline l ON l.id = r.line_id JOIN orders_order o ON o.id = l.order_id
    WHERE r.run_id = %(run)s AND r.share_quantity <> r.before_quantity
), heads AS (
    INSERT INTO allocation_notice (run_id, customer_id, made_at, answer_by, told_how, answered_by)
    SELECT %(run)s, customer_id, %(at)s, %(answer_by)s, '', '' FROM told GROUP BY customer_id
    ON CONFLICT (run_id, customer_id) DO NOTHING RETURNING id, customer_id
), lines AS (
    INSERT INTO allocation_noticeline (notice_id, line_id, before_quantity, share_quantity, open_quantity, choices, answer, reason)
    SELECT h.id, t.line_id, t.before_quantity, t.share_quantity, t.open_quantity,
        CASE WHEN t.share_quantity >= t.open_quantity THEN '[]'::jsonb
             ELSE CASE WHEN t.share_quantity > 0 THEN '["accept_partial"]'::jsonb ELSE '[]'::jsonb END || '["wait", "cancel"]'::jsonb
                || CASE WHEN EXISTS (SELECT 1 FROM catalog_item i WHERE i.id = t.item_id AND i.substitute_id IS NOT NULL)
                     OR EXISTS (SELECT 1 FROM catalog_substitution u WHERE u.item_id = t.item_id AND u.valid_from <= %(at)s::date
                        AND (u.valid_to IS NULL OR u.valid_to > %(at)s::date))
                   THEN '["substitute"]'::jsonb ELSE '[]'::jsonb END END, '', ''
    FROM told t JOIN heads h ON h.customer_id = t.customer_id
)
SELECT count(*) FROM heads
"""


def make_notices(*, run_id: int, answer_by: date, at: datetime) -> int:
    """Write the notices of a run, one for each customer; says how many. Part of a verb; again it writes none."""
    found = bulk.row(_NOTICES, {"run": run_id, "answer_by": answer_by, "at": at})
    return int(found[0]) if found else 0


def owe(*, run_id: int, plan_id: int, at: datetime) -> None:
    """What customers go short of in a run is remembered, in place of what the plan left them short of before. Part of a verb."""
    bulk.run("DELETE FROM allocation_servicedebt WHERE plan_id = %s", [plan_id])
    bulk.run(
        """INSERT INTO allocation_servicedebt (plan_id, customer_id, item_id, quantity, incurred_at)
           SELECT %s, o.customer_id, l.item_id, sum(r.open_quantity - r.share_quantity), %s
           FROM allocation_runline r JOIN orders_orderline l ON l.id = r.line_id JOIN orders_order o ON o.id = l.order_id
           WHERE r.run_id = %s GROUP BY 2, 3 HAVING sum(r.open_quantity - r.share_quantity) > 0""",
        [plan_id, at, run_id],
    )


@verb
def answer_notice(
    *, notice_id: int, answers: Mapping[int, str], by: Actor, at: datetime, reasons: Mapping[int, str] | None = None
) -> Notice:
    """A customer says of the lines (order line id -> `Answer`) what should become of what they do not get.

    To accept a part cancels the rest, to cancel all that is still open; a substitute takes its place; who waits keeps asking.
    Lines that are not named wait. The changes are the customer's, and go the way of every change of an order.

    :raises NoticeAlreadyAnswered: if it was.
    :raises AnswerNotOffered: if an answer is none of a line's choices.
    """
    notice = Notice.objects.select_for_update().select_related("run__plan").filter(pk=notice_id).first()
    if notice is None:
        raise NotFound(what=str(notice_id))
    if notice.answered_at is not None:
        raise NoticeAlreadyAnswered(notice.run.plan.number, answered_at=notice.answered_at)
    lines = {one.line_id: one for one in NoticeLine.objects.filter(notice=notice).order_by("line_id")}
    for line_id, answer in answers.items():
        if line_id not in lines or answer not in lines[line_id].choices:
            raise AnswerNotOffered(notice.run.plan.number, received=answer, line=line_id)
    chosen = [(lines[line_id], Answer(answer)) for line_id, answer in sorted(answers.items())]
    for one in lines.values():
        one.answer = answers.get(one.line_id, Answer.WAIT if one.choices else "")
        one.reason = (reasons or {}).get(one.line_id, "")[:200]
        one.answered_at = at
        one.save(update_fields=["answer", "reason", "answered_at"])
    notice.answered_at, notice.answered_by = at, by
    notice.save(update_fields=["answered_at", "answered_by"])
    emit(
        NoticeAnswered(
            plan_id=notice.run.plan_id, notice=notice.pk, customer=notice.customer_id, lines=len(chosen)
        ),
        by=by, at=at,
    )  # fmt: skip
    for line, answer in chosen:
        _carry_out(line, answer, by, at)
    return notice


def _carry_out(told: NoticeLine, answer: str, by: Actor, at: datetime) -> None:
    """Make the change of the order that an answer is: what is open and not claimed goes, or all that is open."""
    if answer == Answer.WAIT:
        return
    line = OrderLine.objects.select_related("item", "order").get(pk=told.line_id)
    stands = line.ordered_quantity - line.cancelled_by_customer - line.cancelled_by_us - line.substituted
    wanted = stands - line.despatched + line.brought_back
    missing = wanted if answer == Answer.CANCEL else max(Decimal(0), wanted - told.share_quantity)
    if not missing or line.item is None:
        return
    if answer == Answer.SUBSTITUTE:
        found = substitutes_of(items=[line.item.pk], on=at.date())
        if found:
            other = Item.objects.get(pk=found[0].substitute_id)
            take_substitute(
                order_id=line.order_id, line_number=line.line_number, substitute=other.sku, quantity=missing, by=by, at=at,
                consent=True, initiator="customer", reason=Answer.SUBSTITUTE,
            )  # fmt: skip
        return
    orders.change_line(
        order_id=line.order_id, line_number=line.line_number, by=by, at=at, initiator="customer", reason=answer, cause="C1",
        quantity=quantities.to_base(stands - missing, line.pack_denominator, line.pack_numerator),
    )  # fmt: skip
