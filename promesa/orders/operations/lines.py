"""Lines that come to an order after it was captured: held ones that were mended, and new ones. They are resolved, priced
and checked as at capture, by the terms and the day of their order."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from promesa.core import bulk, locks, words
from promesa.core.actors import Actor
from promesa.core.errors import NotFound, Refused, RefusedForFaults
from promesa.core.events import emit
from promesa.core.rowtext import array
from promesa.core.verbs import verb
from promesa.core.words import Sentence
from promesa.customers.terms import terms_of
from promesa.orders import checks
from promesa.orders.checks import CheckedLine, CheckedOrder
from promesa.orders.events import FindingResolved, LineChanged
from promesa.orders.models import Finding, Hold, Order, OrderChange, OrderLine, RequestedWindow
from promesa.orders.operations.capture import read_catalogue
from promesa.orders.operations.holds import open_hold
from promesa.orders.operations.ledger import Entry, record
from promesa.orders.operations.recheck import draft_line
from promesa.orders.operations.sums import resum_with_lines
from promesa.orders.operations.writing import INSERT_LINES
from promesa.orders.operations.written import line_row
from promesa.orders.rules import DraftLine, Found, OrderDraft
from promesa.orders.states import EntryKind, OrderState, Severity
from promesa.work.operations import close_items

STANDING = (OrderState.SUBMITTED, OrderState.CONFIRMED)


class LineHeld(Refused):
    """A line that is held cannot go on like that either: the sentence says why."""


class LinesNotRight(RefusedForFaults):
    """Lines can only be added when nothing about them stands in the way."""


class LinesNotAddable(Refused):
    """Lines are added to submitted and confirmed orders; a draft is checked as a whole."""


@dataclass(frozen=True, slots=True)
class TakenUp:
    """An order of which held lines went on, and which."""

    order_id: int
    number: str
    lines: tuple[int, ...]


@verb
def take_up_lines(*, order_ids: Iterable[int], by: Actor, at: datetime) -> list[TakenUp]:
    """Check the held lines of these orders again; those that are right now go on and ask for a promise.

    Their findings are resolved as mended; lines that still cannot go on have theirs brought up to date.
    """
    wanted = sorted(set(order_ids))
    customers = dict(Order.objects.filter(pk__in=wanted, lines__held=True).values_list("pk", "customer_id"))
    locks.take(credit=customers.values(), orders=customers)
    found = Order.objects.select_related("ship_to").filter(pk__in=list(customers), state__in=STANDING).order_by("pk")
    taken = [_take_up(order, by, at) for order in found]
    return [one for one in taken if one.lines]


def _take_up(order: Order, by: Actor, at: datetime) -> TakenUp:
    lines = list(OrderLine.objects.filter(order=order, held=True).order_by("line_number"))
    checked = check_beside(order, [draft_line(line) for line in lines], at)
    went_on: list[int] = []
    for position, (line, result) in enumerate(zip(lines, checked.lines, strict=True), 1):
        found = [one for one in checked.findings if one.line == position]
        _tell_findings(order, line, found, by, at)
        if not _blocked(found):
            _go_on(order, line, result, found, by, at)
            went_on.append(line.line_number)
    if went_on:
        resum_with_lines(order)
        _close_work(order, by, at)
    return TakenUp(order.pk, order.number, tuple(went_on))


def check_beside(order: Order, drafts: Sequence[DraftLine], at: datetime) -> CheckedOrder:
    """These lines as they would be of an order that is there already. What is found about the head is none of theirs."""
    terms = terms_of(ids=[order.customer_id])[0]
    draft = OrderDraft(
        lines=tuple(drafts), customer_id=order.customer_id, ship_to_number=order.ship_to.number if order.ship_to else "",
        currency=order.currency, ordered_at=order.ordered_at, received_at=order.received_at, origin=order.origin,
    )  # fmt: skip
    catalogue = read_catalogue(customers=[terms.id], lines=drafts)
    return checks.check(draft, terms, catalogue, at)


def _blocked(found: Iterable[Found]) -> bool:
    return any(one.severity == Severity.BLOCKING for one in found)


def _tell_findings(order: Order, line: OrderLine, found: Sequence[Found], by: Actor, at: datetime) -> None:
    """Findings of a line that are no more are mended, new ones are added, those that stand keep their age."""
    open_ones = {one.code: one for one in Finding.objects.filter(line=line, resolved_at=None)}
    now = {one.code: one for one in found}
    for code, finding in open_ones.items():
        if code not in now:
            finding.resolved_at, finding.resolved_by, finding.resolution = at, by, "mended"
            finding.save(update_fields=["resolved_at", "resolved_by", "resolution"])
            emit(FindingResolved(order_id=order.pk, code=code, resolution="mended"), by=by, at=at)
    _add_findings(order, line, [one for code, one in now.items() if code not in open_ones], by, at)


def _add_findings(order: Order, line: OrderLine, found: Iterable[Found], by: Actor, at: datetime) -> None:
    for one in found:
        finding = Finding.objects.create(
            order=order, line=line, code=one.code, aspect=one.aspect, severity=one.severity, fault=one.fault,
            brought_in_by=by, field=one.field, received=one.received, right=one.right, params=words.plain(one.params),
            found_at=at,
        )  # fmt: skip
        if one.hold:
            hold = open_hold(order_id=order.pk, kind=one.hold, reason_code=one.code, params=one.params, by=by, at=at)
            Hold.objects.filter(pk=hold.pk, finding=None).update(finding=finding)


def _go_on(
    order: Order, line: OrderLine, result: CheckedLine, found: Sequence[Found], by: Actor, at: datetime,
    initiator: str = "us", reason: str = "",
) -> None:  # fmt: skip
    """Write what the line is resolved to now, and say that it wants a promise."""
    assert result.item is not None
    before = line.ordered_quantity
    line.item_id = result.item.id
    line.ordered_quantity, line.unit_quantity, line.unit_code = result.quantity, result.unit_quantity, result.unit_code
    line.pack_numerator, line.pack_denominator = result.numerator, result.denominator
    line.unit_price, line.price_basis = result.unit_price, result.price_basis
    line.price_origin, line.price_reference, line.net_amount = result.price_origin, result.price_reference, result.net
    line.tax_category, line.tax_rate, line.held = result.tax_category, result.tax_rate, False
    line.save(
        update_fields=["item", "ordered_quantity", "unit_quantity", "unit_code", "pack_numerator", "pack_denominator",
                       "unit_price", "price_basis", "price_origin", "price_reference", "net_amount", "tax_category",
                       "tax_rate", "held"]
    )  # fmt: skip
    _note(order, line, "take_up", before, line.ordered_quantity, initiator, reason, by, at)


def _note(
    order: Order, line: OrderLine, kind: str, before: Decimal, after: Decimal, initiator: str, reason: str, by: Actor,
    at: datetime, cause: str = "",
) -> None:  # fmt: skip
    OrderChange.objects.create(
        order=order, line=line, kind=kind, initiator=initiator, before={"quantity": str(before)},
        after={"quantity": str(after)}, reason=reason[:200], cause=cause, actor=by, happened_at=at, recorded_at=at,
    )  # fmt: skip
    emit(
        LineChanged(order_id=order.pk, line_number=line.line_number, kind=kind, before=f"{before.normalize():f}",
                    after=f"{after.normalize():f}", initiator=initiator),
        by=by, at=at,
    )  # fmt: skip


def _close_work(order: Order, by: Actor, at: datetime) -> None:
    if not OrderLine.objects.filter(order=order, held=True).exists():
        close_items(keys=[f"draft:{order.pk}"], by=by, at=at)


def change_held(
    *,
    order: Order,
    line: OrderLine,
    quantity: Decimal,
    initiator: str,
    reason: str,
    cause: str,
    by: Actor,
    at: datetime,
) -> OrderLine:
    """Part of changing a line: one that is held is given up (zero), or goes on when this quantity puts it right.

    :raises LineHeld: if something else stands in its way, or the quantity is none either.
    """
    before = line.ordered_quantity - line.cancelled_by_customer - line.cancelled_by_us
    if quantity == 0:
        kind = EntryKind.CANCELLED_BY_CUSTOMER if initiator == "customer" else EntryKind.CANCELLED_BY_US
        if before > 0:
            record(entries=[Entry(line.pk, kind, before, order.number, cause, reason)], by=by, at=at)
        OrderLine.objects.filter(pk=line.pk).update(held=False)
        Finding.objects.filter(line=line, resolved_at=None).update(
            resolved_at=at, resolved_by=by, resolution="given_up"
        )
        line.refresh_from_db()
        resum_with_lines(order)
        _note(order, line, "quantity", before, Decimal(0), initiator, reason, by, at, cause)
    else:
        asked = replace(draft_line(line), quantity=quantity, quantity_text="")
        checked = check_beside(order, [asked], at)
        found = [one for one in checked.findings if one.line == 1]
        wrong = next((one for one in found if one.severity == Severity.BLOCKING), None)
        if wrong is not None:
            problem = words.both(wrong.code, {**wrong.params, "received": wrong.received, "right": wrong.right})
            raise LineHeld(order.number, order=order.number, line=line.line_number, problem=problem)
        _tell_findings(order, line, found, by, at)
        _go_on(order, line, checked.lines[0], found, by, at, initiator, reason)
        resum_with_lines(order)
    _close_work(order, by, at)
    return line


# --- New lines -----------------------------------------------------------------------------------------------------


def faults_of_lines(*, order_id: int, lines: Sequence[DraftLine], at: datetime) -> list[Found]:
    """What keeps these lines from being added to an order by themselves: blocking findings, and those that would hold it.
    `line` of each is the position among them, from 1."""
    order = _order(order_id)
    checked = check_beside(order, lines, at)
    return [one for one in checked.findings if one.line and _in_the_way(one)]


def _in_the_way(found: Found) -> bool:
    return found.severity == Severity.BLOCKING or bool(found.hold)


@verb
def add_lines(
    *, order_id: int, lines: Sequence[DraftLine], by: Actor, at: datetime, initiator: str = "customer", reason: str = ""
) -> list[int]:
    """Add lines to a submitted or confirmed order and ask for their promise; returns their numbers.

    :raises LinesNotRight: with all that stands in the way of any of them; then none is added.
    :raises LinesNotAddable: if the order is a draft, closed, cancelled or refused.
    """
    order = _order(order_id)
    locks.take(credit=[order.customer_id], orders=[order_id])
    order = _order(order_id)
    if order.state not in STANDING:
        raise LinesNotAddable(order.number, order=order.number, state=order.state)
    checked = check_beside(order, lines, at)
    wrong = [one for one in checked.findings if one.line and _in_the_way(one)]
    if wrong or not lines:
        raise LinesNotRight(
            order.number,
            [
                (one.field, Sentence(one.code, {**one.params, "received": one.received, "right": one.right}))
                for one in wrong
            ],
            order=order.number,
        )
    numbers = _insert(order, checked)
    added = {line.line_number: line for line in OrderLine.objects.filter(order=order, line_number__in=numbers)}
    for position, number in enumerate(numbers, 1):
        line = added[number]
        _add_findings(order, line, [one for one in checked.findings if one.line == position], by, at)
        _ask_for(order, line, initiator, reason, by, at)
        _note(order, line, "add_line", Decimal(0), line.ordered_quantity, initiator, reason, by, at)
    resum_with_lines(order)
    return numbers


def _order(order_id: int) -> Order:
    order = Order.objects.select_related("ship_to").filter(pk=order_id).first()
    if order is None:
        raise NotFound(what=f"{order_id}")
    return order


def _insert(order: Order, checked: CheckedOrder) -> list[int]:
    last = (
        OrderLine.objects.filter(order=order).order_by("-line_number").values_list("line_number", flat=True).first()
        or 0
    )
    numbers = list(range(last + 1, last + 1 + len(checked.lines)))
    ids = [row[0] for row in bulk.rows(
        "SELECT nextval('orders_orderline_id_seq') FROM generate_series(1, %s::int)", [len(numbers)]
    )]  # fmt: skip
    rows = [
        line_row(line, order.pk, number, line_id)
        for line, number, line_id in zip(checked.lines, numbers, ids, strict=True)
    ]
    bulk.run(INSERT_LINES, {"lines": array(rows)})
    return numbers


def _ask_for(order: Order, line: OrderLine, initiator: str, reason: str, by: Actor, at: datetime) -> None:
    if line.requested_from is None or line.requested_to is None:
        return
    RequestedWindow.objects.create(
        order=order, line=line, sequence=1, window_from=line.requested_from, window_to=line.requested_to,
        initiator=initiator, reason=reason[:200], actor=by, happened_at=at, recorded_at=at,
    )  # fmt: skip


def orders_with_held(*, order_ids: Collection[int] | None = None) -> list[int]:
    """Orders (of these, or all) that go on without some of their lines."""
    found = OrderLine.objects.filter(held=True, order__state__in=STANDING)
    if order_ids is not None:
        found = found.filter(order_id__in=list(order_ids))
    return sorted(set(found.values_list("order_id", flat=True)))
