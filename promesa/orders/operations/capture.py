"""Capture: the one way in for orders, whoever brings them, one or a thousand at a time.

Every statement is set-based; their number is the same for any number of lines, and for each hundred orders.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import nullcontext
from datetime import datetime
from decimal import Decimal
from itertools import islice
from typing import Any, NamedTuple

from promesa.catalog import resolution
from promesa.core import prepared
from promesa.core.actors import Actor
from promesa.core.events import emit
from promesa.core.identifiers import pad_gtin
from promesa.core.verbs import verb
from promesa.customers import terms
from promesa.customers.rules import Terms
from promesa.customers.terms import Named
from promesa.inventory import queries as supply
from promesa.orders import checks, pending
from promesa.orders.checks import CheckedOrder
from promesa.orders.events import OrderCaptured, OrderHeld, OrderSubmitted
from promesa.orders.operations.writing import write
from promesa.orders.operations.written import work_drafts
from promesa.orders.pending import Pending, Shipper
from promesa.orders.queries import ground as ground_of
from promesa.orders.queries.ground import Ground
from promesa.orders.rules import Captured, DraftLine, Found, OrderDraft, found
from promesa.orders.states import OrderState
from promesa.work.operations import open_items

ZERO = Decimal(0)
# So many orders the server promises and writes while the next are checked; fewer at first, so that it has work early.
TURN = 50
FIRST = 10


@verb
def capture_order(*, draft: OrderDraft, by: Actor, at: datetime, submit: bool = True) -> Captured:
    """Capture one order. See `capture_orders`."""
    return capture_orders(drafts=[draft], by=by, at=at, submit=submit)[0]


@verb
def capture_orders(*, drafts: Sequence[OrderDraft], by: Actor, at: datetime, submit: bool = True) -> list[Captured]:
    """Resolve, price and check drafts, and write them as orders.

    Clean ones are submitted (and so promised and confirmed in the same transaction); those with findings that need a
    person are submitted with a hold; those with a blocking finding stay drafts. A draft whose buyer is not known
    becomes no order: its answer says so. Nothing received is lost.
    """
    if not drafts:
        return []
    asked = _asked(_buyers(drafts), (line for draft in drafts for line in draft.lines))
    found, catalogue, ground, free = prepared.ask(
        terms.question(asked.customers), resolution.question(asked), _ground(asked.customers, drafts),
        supply.supply_named(resolution.named(asked.kinds, asked.customers.kinds), asked.params),
    )  # fmt: skip
    captured = {place: Captured(place, None, "", "", (), "unknown_buyer") for place in range(len(drafts))}
    held = supply.Held(free, catalogue.items.keys(), ground.shipper.id) if ground.shipper else None
    with supply.holding(held):
        for one in _take(_known(drafts, found, ground), catalogue, ground, by, at, submit):
            captured[one.draft] = one
    return [captured[place] for place in range(len(drafts))]


def _buyers(drafts: Sequence[OrderDraft]) -> Named:
    """All names of buyers that the drafts use. A draft that gives an id gives nothing else."""
    named = [draft for draft in drafts if draft.customer_id is None]
    return Named(
        ids={draft.customer_id for draft in drafts if draft.customer_id is not None},
        numbers={draft.customer_number for draft in named if draft.customer_number},
        glns={draft.customer_gln for draft in named if draft.customer_gln},
    )


def read_catalogue(
    *, customers: Iterable[int], lines: Iterable[DraftLine], ids: Iterable[int] = ()
) -> resolution.Catalogue:
    """All that these lines may need of the catalogue, in one statement."""
    return prepared.answer(resolution.question(_asked(Named(ids=list(customers)), lines, list(ids))))


def _asked(customers: Named, lines: Iterable[DraftLine], ids: Collection[int] = ()) -> resolution.Asked:
    skus: set[str] = set()
    gtins: set[str] = set()
    codes: set[str] = set()
    for line in lines:
        if line.sku:
            skus.add(line.sku)
            codes.add(line.sku)
        if line.gtin:
            gtins.add(pad_gtin(line.gtin))
            codes.add(line.gtin)
        if line.buyer_code:
            codes.add(line.buyer_code)
        if line.code:
            skus.add(line.code)
            codes.add(line.code)
            gtins.add(pad_gtin(line.code))
    return resolution.Asked(customers, skus, gtins, codes, ids)


def _ground(buyers: Named, drafts: Sequence[OrderDraft]) -> prepared.Question[Ground]:
    return ground_of.question(
        orders=len(drafts), lines=sum(len(draft.lines) for draft in drafts), customers=buyers,
        po_numbers={draft.po_number for draft in drafts if draft.po_number and not draft.repeat_allowed},
    )  # fmt: skip


class _Known(NamedTuple):
    """A draft of a known buyer, with its place among the drafts and the identity that its order will have."""

    place: int
    draft: OrderDraft
    buyer: Terms
    order_id: int
    number: int
    line_ids: list[int]


def _known(drafts: Sequence[OrderDraft], found: Sequence[Terms], ground: Ground) -> list[_Known]:
    """The drafts whose buyer is there."""
    by_name: dict[str, Terms] = {}
    for one in found:
        by_name[f"id:{one.id}"] = by_name[f"number:{one.number}"] = one
        if one.gln:
            by_name[f"gln:{one.gln}"] = one
    lines = iter(ground.line_ids)
    return [
        _Known(place, draft, buyer, order_id, number, list(islice(lines, len(draft.lines))))
        for place, (draft, order_id, number) in enumerate(zip(drafts, ground.order_ids, ground.numbers, strict=True))
        if (buyer := _buyer(draft, by_name)) is not None
    ]


def _buyer(draft: OrderDraft, by_name: dict[str, Terms]) -> Terms | None:
    if draft.customer_id is not None:
        return by_name.get(f"id:{draft.customer_id}")
    return by_name.get(f"number:{draft.customer_number}") or by_name.get(f"gln:{draft.customer_gln}")


def _take(
    known: list[_Known], catalogue: resolution.Catalogue, ground: Ground, by: Actor, at: datetime, submit: bool
) -> Iterator[Captured]:
    """Check, promise and write the orders. Many are taken turn by turn: the database writes one while the next is checked.

    Their order is that in which they are served, the better tier first, then the older.
    """
    known.sort(key=lambda one: (one.buyer.tier, one.draft.ordered_at or at, one.place))
    left: dict[int, Decimal] = {}
    several = len(known) > TURN
    with prepared.ahead(), pending.in_turns(catalogue.items) if several else nullcontext():
        for turn in _turns(known):
            orders = [checks.check(one.draft, one.buyer, catalogue, at) for one in turn]
            _find_repeats(orders, ground.earlier)
            _check_credit(orders, left)
            yield from _write(turn, orders, ground.shipper, by, at, submit)
            if several:
                # What refers to what is verified now, and not for all of them at the commit while nobody has work.
                prepared.effect("SET CONSTRAINTS ALL IMMEDIATE", {})
                prepared.effect("SET CONSTRAINTS ALL DEFERRED", {})


def _turns(known: list[_Known]) -> Iterator[list[_Known]]:
    start, size = 0, min(FIRST, TURN) if len(known) > TURN else TURN
    while start < len(known):
        yield known[start : start + size]
        start, size = start + size, min(2 * size, TURN)


def _find_repeats(orders: Sequence[CheckedOrder], seen: dict[tuple[int, str], list[tuple[str, str]]]) -> None:
    """The same buyer and PO number again: the same lines (a repeat) or others (a change, or a new order?)."""
    for order in orders:
        draft = order.draft
        if draft.repeat_allowed or not draft.po_number:
            continue
        key = (order.terms.id, draft.po_number)
        for number, content_hash in seen.get(key, ()):
            code = "po_repeated_same" if content_hash == order.content_hash else "po_repeated_other"
            order.findings.append(
                found(code, field="po_number", received=draft.po_number, right=number, order=number, po=draft.po_number)
            )
            break
        seen.setdefault(key, []).append((draft.po_number, order.content_hash))


def _check_credit(orders: Sequence[CheckedOrder], left: dict[int, Decimal]) -> None:
    """An order that exceeds what is left is held, never refused; orders of one batch count one after another."""
    for order in orders:
        limit = order.terms.credit_limit
        if limit is None or order.draft.origin != "live":
            continue
        free = left.setdefault(order.terms.id, limit - order.terms.exposure)
        if order.total > free:
            order.findings.append(
                found("credit_exceeded", field="credit", received=order.total, right=max(free, ZERO),
                      excess_amount=order.total - free, limit_amount=limit, currency=order.terms.currency)
            )  # fmt: skip
        else:
            left[order.terms.id] = free - order.total


def _write(
    turn: Sequence[_Known],
    orders: Sequence[CheckedOrder],
    shipper: Shipper | None,
    by: Actor,
    at: datetime,
    submit: bool,
) -> list[Captured]:
    """Tell of the orders (which promises them) and write them, each row once."""
    fresh = [
        Pending(
            one.order_id, f"P-{at:%Y}-{one.number:06d}",
            OrderState.SUBMITTED if submit and not order.stopped else OrderState.DRAFT,
            order, one.line_ids, shipper, by, at,
        )
        for one, order in zip(turn, orders, strict=True)
    ]  # fmt: skip
    pending.add(fresh)
    captured = [
        Captured(one.place, order.id, order.number, order.state, tuple(order.checked.findings))
        for one, order in zip(turn, fresh, strict=True)
    ]
    _tell(orders, captured, by, at)
    write([one for one in fresh if not one.written])
    return captured


def _tell(orders: Sequence[CheckedOrder], captured: Sequence[Captured], by: Actor, at: datetime) -> None:
    work = [draft for order, one in zip(orders, captured, strict=True) for draft in work_drafts(order, one, at)]
    if work:
        open_items(items=work, by=by, at=at)
    told: list[Any] = []
    for order, one in zip(orders, captured, strict=True):
        assert one.order_id is not None
        kind = OrderSubmitted if one.state == OrderState.SUBMITTED else OrderCaptured
        told.append(
            kind(
                order_id=one.order_id, lines=len(order.lines), findings=len(order.findings),
                channel=order.draft.channel, po_number=order.draft.po_number,
            )
        )  # fmt: skip
        told.extend(OrderHeld(order_id=one.order_id, kind=hold.hold, role="") for hold in _holds(order.findings))
    emit(*told, by=by, at=at)


def _holds(findings: Iterable[Found]) -> list[Found]:
    seen: dict[str, Found] = {}
    for one in findings:
        if one.hold:
            seen.setdefault(one.hold, one)
    return list(seen.values())
