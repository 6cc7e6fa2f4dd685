"""Capture: the one way in for orders, whoever brings them, one or a thousand at a time.

Every statement is set-based and their number is the same for any number of orders and lines.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from itertools import islice
from typing import Any

from promesa.catalog import resolution
from promesa.core import prepared
from promesa.core.actors import Actor
from promesa.core.events import emit
from promesa.core.identifiers import pad_gtin
from promesa.core.verbs import verb
from promesa.customers.rules import Terms
from promesa.customers.terms import terms_of
from promesa.orders import checks, pending
from promesa.orders.checks import CheckedOrder
from promesa.orders.events import OrderCaptured, OrderHeld, OrderSubmitted
from promesa.orders.operations.writing import write
from promesa.orders.operations.written import work_drafts
from promesa.orders.pending import Pending
from promesa.orders.queries import ground as ground_of
from promesa.orders.queries.ground import Ground
from promesa.orders.rules import Captured, DraftLine, Found, OrderDraft, found, is_blocked
from promesa.orders.states import OrderState
from promesa.work.operations import open_items

ZERO = Decimal(0)


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
    terms = _terms(drafts)
    answers: list[Captured | None] = [None] * len(drafts)
    known: list[tuple[int, OrderDraft, Terms]] = []
    for place, draft in enumerate(drafts):
        buyer = _buyer(draft, terms)
        if buyer is None:
            answers[place] = Captured(place, None, "", "", (), "unknown_buyer")
        else:
            known.append((place, draft, buyer))
    if known:
        drafted = [(draft, buyer) for _, draft, buyer in known]
        catalogue, ground = prepared.ask(_catalogue(drafted), _ground(drafted))
        orders = [checks.check(draft, buyer, catalogue, at) for draft, buyer in drafted]
        _find_repeats(orders, ground.earlier)
        _check_credit(orders)
        written = _write(orders, ground, by, at, submit)
        for (place, _, _), captured in zip(known, written, strict=True):
            answers[place] = replace(captured, draft=place)
    return [answer for answer in answers if answer is not None]


def _terms(drafts: Sequence[OrderDraft]) -> dict[str, Terms]:
    """Terms under every name a draft may use; their credit is locked, so that orders of one buyer come one by one."""
    found_terms = terms_of(
        ids={draft.customer_id for draft in drafts if draft.customer_id is not None},
        numbers={draft.customer_number for draft in drafts if draft.customer_id is None and draft.customer_number},
        glns={draft.customer_gln for draft in drafts if draft.customer_id is None and draft.customer_gln},
        lock_credit=True,
    )
    by_name: dict[str, Terms] = {}
    for one in found_terms:
        by_name[f"id:{one.id}"] = by_name[f"number:{one.number}"] = one
        if one.gln:
            by_name[f"gln:{one.gln}"] = one
    return by_name


def _buyer(draft: OrderDraft, terms: dict[str, Terms]) -> Terms | None:
    if draft.customer_id is not None:
        return terms.get(f"id:{draft.customer_id}")
    return terms.get(f"number:{draft.customer_number}") or terms.get(f"gln:{draft.customer_gln}")


def read_catalogue(
    *, customers: dict[int, Terms], lines: Iterable[DraftLine], ids: Iterable[int] = ()
) -> resolution.Catalogue:
    """All that these lines may need of the catalogue, in one statement."""
    return prepared.answer(_question(customers, lines, ids))


def _catalogue(drafts: Sequence[tuple[OrderDraft, Terms]]) -> prepared.Question[resolution.Catalogue]:
    return _question({buyer.id: buyer for _, buyer in drafts}, (line for draft, _ in drafts for line in draft.lines))


def _question(
    customers: dict[int, Terms], lines: Iterable[DraftLine], ids: Iterable[int] = ()
) -> prepared.Question[resolution.Catalogue]:
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
    countries = {one.country for one in customers.values()}
    countries.update(site.country for one in customers.values() for site in one.sites)
    return resolution.question(customers=customers, countries=countries, skus=skus, gtins=gtins, codes=codes, ids=ids)


def _ground(drafts: Sequence[tuple[OrderDraft, Terms]]) -> prepared.Question[Ground]:
    asked = {(buyer.id, draft.po_number) for draft, buyer in drafts if draft.po_number and not draft.repeat_allowed}
    return ground_of.question(orders=len(drafts), lines=sum(len(draft.lines) for draft, _ in drafts), asked=asked)


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


def _check_credit(orders: Sequence[CheckedOrder]) -> None:
    """An order that exceeds what is left is held, never refused; orders of one batch count one after another."""
    left: dict[int, Decimal] = {}
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


def _write(orders: Sequence[CheckedOrder], ground: Ground, by: Actor, at: datetime, submit: bool) -> list[Captured]:
    """Give the orders their identity, tell of them (which promises them), and write them, each row once."""
    lines = iter(ground.line_ids)
    fresh = [
        Pending(
            order_id, f"P-{at:%Y}-{number:06d}",
            OrderState.SUBMITTED if submit and not is_blocked(order.findings) else OrderState.DRAFT,
            order, list(islice(lines, len(order.lines))), ground.shipper, by, at,
        )
        for order, order_id, number in zip(orders, ground.order_ids, ground.numbers, strict=True)
    ]  # fmt: skip
    pending.add(fresh)
    captured = [Captured(n, one.id, one.number, one.state, tuple(one.checked.findings)) for n, one in enumerate(fresh)]
    with prepared.ahead():
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
