"""The ERP beside us: its masters, stock and deliveries come in, orders and invoices go out. Each step may be repeated."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from promesa.core import bulk, words
from promesa.core.actors import Actor
from promesa.core.errors import NotFound, Refused
from promesa.core.events import emit
from promesa.core.verbs import verb
from promesa.exchange.channels import secrets
from promesa.exchange.channels.parcel import NotBrought
from promesa.exchange.connectors import KINDS, Connector, Delivered, Page, System, Unreachable
from promesa.exchange.events import ErpPulled, ErpPushed
from promesa.exchange.loading.masters import PUTS, load_rows
from promesa.exchange.loading.stock import count_rows
from promesa.exchange.loading.tables import Loaded
from promesa.exchange.models import ErpLink, ErpSystem
from promesa.exchange.operations.erp_refused import Row, keep_refused, key_of, to_try_again
from promesa.exchange.queries.answering import invoices_to_tell, orders_to_tell
from promesa.exchange.rules.erp import ERP, KEYS, OURS, theirs
from promesa.fulfilment import operations as fulfilment
from promesa.work.operations import close_items, open_items
from promesa.work.rules import WorkDraft

log = logging.getLogger(__name__)
MOST_TRIES = 12
PUSHED = ("orders", "invoices")


class ErpKindUnknown(Refused):
    """There are no connectors of that kind."""


class ErpOwnerUnknown(Refused):
    """A field is ruled by the other system or by this one."""


class ErpSecretWrong(Refused):
    """A secret is named by where it is, never written down."""


@dataclass(slots=True)
class Pulled:
    """What a pull brought."""

    rows: int = 0
    created: int = 0
    changed: int = 0
    deliveries: int = 0
    rejected: list[dict[str, Any]] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(slots=True)
class Pushed:
    """What went out: numbers with their references there, and those that could not."""

    done: dict[str, str] = field(default_factory=dict)
    failed: dict[str, dict[str, str]] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return {"done": self.done, "failed": self.failed}


@verb
def put_system(
    *,
    code: str,
    kind: str,
    settings: Mapping[str, Any],
    secret: str = "",
    owners: Mapping[str, Mapping[str, str]] | None = None,
    pushes: Sequence[str] = PUSHED,
    active: bool = True,
    by: Actor,
    at: datetime,
) -> int:
    """Say how another system is reached, which fields it rules, and what is pushed to it; returns its id.

    :raises ErpKindUnknown, ErpOwnerUnknown, ErpSecretWrong: if any of it cannot be.
    """
    if kind not in KINDS:
        raise ErpKindUnknown(code, kind=kind, kinds=", ".join(KINDS))
    for fields in (owners or {}).values():
        for owner in fields.values():
            if owner not in (ERP, OURS):
                raise ErpOwnerUnknown(code, owner=owner)
    if secret and not secrets.is_name(secret):
        raise ErpSecretWrong(code)
    system, _ = ErpSystem.objects.update_or_create(
        code=code,
        defaults={
            "kind": kind, "settings": dict(settings), "secret": secret, "owners": dict(owners or {}), "active": active,
            "pushes": [one for one in pushes if one in PUSHED],
        },
    )  # fmt: skip
    return system.pk


# --- Pulling ---------------------------------------------------------------------------------------------------------


def pull(*, code: str, by: Actor, at: datetime, accept_no_stock: bool = False) -> Pulled:
    """Read masters, stock and deliveries of another system. A page that was read stays read when a later one fails; the next
    pull goes on from there. Rows that were refused are tried again with each pull until they are taken.

    When all stock is gone at once, an access right may be gone instead: what was counted stays and a person decides, unless
    one did (`accept_no_stock`).

    :raises NotFound: if there is no such system.
    :raises Unreachable: if it cannot be asked; what was read until then is kept.
    """
    system, done = _system(code), Pulled()
    with _told(system):
        connector = _connector(system)
        just_now: set[tuple[str, str]] = set()
        for page in connector.masters(since=system.marks):
            just_now |= _take_page(system, connector, page, done, by, at)
        for role, rows in to_try_again(system=system, but=just_now):
            _take_page(system, connector, Page(role, rows), done, by, at)
        for page in connector.stock():
            _take_page(system, connector, page, done, by, at, accept_no_stock=accept_no_stock)
        refused: list[dict[str, Any]] = []
        goes_on = True
        for one in connector.deliveries(since=system.marks.get("deliveries", "")):
            found, is_over = _take_delivery(system, one, done, by, at) if one.reference else ([], True)
            unread = [dict(fault) for fault in one.rejected]
            refused += found + unread
            done.rejected += unread
            if one.token:
                _keep_deliveries(system_id=system.pk, faults=one.rejected, source=one.token, by=by, at=at)
            goes_on = goes_on and is_over
            if one.mark and goes_on:
                _mark(system_id=system.pk, role="deliveries", mark=one.mark)
            if one.token:
                connector.taken(one.token, rejected=refused)
                refused = []
    _finish(system_id=system.pk, done=done, by=by, at=at)
    return done


def _take_page(
    system: ErpSystem,
    connector: Connector,
    page: Page,
    done: Pulled,
    by: Actor,
    at: datetime,
    *,
    accept_no_stock: bool = False,
) -> set[tuple[str, str]]:
    """Take one page in; returns role and key of what was refused of it."""
    done.rows += len(page.rows) + len({one.get("row") for one in page.rejected})
    put: list[dict[str, Any]] = []
    if page.rows or page.mark or page.whole or page.rejected:
        put = _write_page(system_id=system.pk, page=page, done=done, accept_no_stock=accept_no_stock, by=by, at=at)
    rejected: list[dict[str, Any]] = [dict(one) for one in page.rejected] + put
    done.rejected += rejected
    if page.token:
        connector.taken(page.token, rejected=rejected)
    return {(page.role, one["key"]) for one in put if "key" in one}


@verb
def _write_page(
    *, system_id: int, page: Page, done: Pulled, accept_no_stock: bool, by: Actor, at: datetime
) -> list[dict[str, Any]]:
    system = ErpSystem.objects.select_for_update().get(pk=system_id)
    rows: Sequence[Row] = page.rows
    put = Loaded(system.code)
    if page.role == "stock":
        gone = _gone(system.code, page.rows) if page.whole else []
        if gone and not page.rows and not accept_no_stock:
            return [_no_stock(system, len(gone), by, at)]
        rows = [*page.rows, *gone]
        put = count_rows(rows=rows, reference=system.code, by=by, at=at)
        close_items(keys=[f"erp-no-stock:{system.code}"], by=by, at=at)
    elif page.role in PUTS:
        rows = theirs(page.rows, role=page.role, owners=system.owners, known=_known(page.role, page.rows))
        put = load_rows(role=page.role, rows=rows, reference=system.code, by=by, at=at)
    done.created += put.created
    done.changed += put.changed
    if page.mark:
        system.marks = {**system.marks, page.role: page.mark}
        system.save(update_fields=["marks"])
    whole = [*page.rows, *rows[len(page.rows) :]]
    keep_refused(
        system=system, role=page.role, rows=whole, faults=[*put.rejected, *page.rejected], source=page.token,
        whole=page.whole, by=by, at=at,
    )  # fmt: skip
    return [{**one, "key": key_of(whole[one["row"] - 1], role=page.role)} for one in put.rejected]


def _no_stock(system: ErpSystem, counted: int, by: Actor, at: datetime) -> dict[str, Any]:
    """There was stock and now there is none at all: a person says whether that is so."""
    params = {"system": system.code, "count": counted}
    draft = WorkDraft(
        kind="erp_no_stock", subject=f"erp_system:{system.pk}", key=f"erp-no-stock:{system.code}", role="back_office",
        code="erp_no_stock", params=params,
    )  # fmt: skip
    open_items(items=[draft], by=by, at=at)
    sentence = words.both("erp_no_stock", params)
    return {"row": None, "field": "stock", "received": "0", "code": "erp_no_stock", "sentence": sentence}


_COUNTED = """
SELECT DISTINCT i.sku, w.code, s.lot FROM inventory_stockmove m JOIN inventory_stockleg g ON g.move_id = m.id
JOIN inventory_stock s ON s.id = g.stock_id JOIN catalog_item i ON i.id = s.item_id
JOIN inventory_warehouse w ON w.id = s.warehouse_id
WHERE m.kind = 'count' AND m.reference = %s AND s.on_hand > 0 AND w.is_default ORDER BY 1, 2, 3
"""


def _gone(code: str, rows: Sequence[Row]) -> list[dict[str, Any]]:
    """What this system counted before in the usual warehouse and does not name any more: there is none of it."""
    named = {(str(row["sku"]), str(row.get("lot", ""))[:40]) for row in rows}
    counted = bulk.rows(_COUNTED, [code[:60]])
    return [
        {"sku": sku, "warehouse": warehouse, "lot": lot, "quantity": Decimal(0)}
        for sku, warehouse, lot in counted
        if (sku, lot) not in named
    ]


_KNOWN = {
    "customers": "SELECT number FROM customers_customer WHERE number = ANY(%s::text[])",
    "items": "SELECT sku FROM catalog_item WHERE sku = ANY(%s::text[])",
    "sites": """SELECT c.number, s.number FROM customers_site s JOIN customers_customer c ON c.id = s.customer_id
                WHERE c.number = ANY(%s::text[])""",
}


def _known(role: str, rows: Sequence[Row]) -> set[tuple[str, ...]]:
    """Which of these rows are here already, by their key."""
    if role not in _KNOWN:
        return set()
    first = KEYS[role][0]
    return {tuple(row) for row in bulk.rows(_KNOWN[role], [[str(row.get(first, "")) for row in rows]])}


def _take_delivery(
    system: ErpSystem, one: Delivered, done: Pulled, by: Actor, at: datetime
) -> tuple[list[dict[str, Any]], bool]:
    """Record one despatch of theirs as ours; returns what was wrong with it, and whether it is over with it. The same reference
    again does nothing; one that is refused comes again with the next pulls, twelve times, for what it lacks may come."""
    row = {"reference": one.reference}
    try:
        if _despatch(system_id=system.pk, one=one, by=by):
            done.deliveries += 1
    except Refused as refusal:
        said = {
            "row": None,
            "field": "delivery",
            "received": one.reference,
            "code": refusal.code,
            "sentence": words.both(refusal.code, refusal.params),
        }
        done.rejected.append(said)
        is_ours = not (isinstance(refusal, ErpUnknownOrder) and one.mark)  # they sell without us, too
        if is_ours:
            _keep_deliveries(system_id=system.pk, rows=[row], faults=[{**said, "row": 1}], by=by, at=at)
        if not is_ours or not one.mark:
            return [said], True
        tries = _note(system_id=system.pk, kind="delivery", number=one.reference[:60], fault=refusal, at=at)
        return [said], tries >= MOST_TRIES
    _keep_deliveries(system_id=system.pk, rows=[row], by=by, at=at)
    return [], True


@verb
def _keep_deliveries(
    *, system_id: int, rows: Sequence[Row] = (), faults: Sequence[Row] = (), source: str = "", by: Actor, at: datetime
) -> None:
    system = ErpSystem.objects.select_for_update().get(pk=system_id)
    keep_refused(system=system, role="deliveries", rows=rows, faults=faults, source=source, by=by, at=at)


class ErpUnknownOrder(NotFound):
    """They delivered an order that is not ours."""


class ErpUnknownLine(Refused):
    """They delivered an item that the order has not."""


@verb
def _despatch(*, system_id: int, one: Delivered, by: Actor) -> bool:
    link, _ = ErpLink.objects.get_or_create(system_id=system_id, kind="delivery", number=one.reference[:60])
    link = ErpLink.objects.select_for_update().get(pk=link.pk)
    if link.settled_at is not None:
        return False
    row = bulk.row("SELECT id FROM orders_order WHERE number = %s", [one.order])
    if row is None:
        raise ErpUnknownOrder(one.order, order=one.order)
    open_lines = bulk.rows(
        """SELECT i.sku, l.line_number, l.ordered_quantity - l.cancelled_by_customer - l.cancelled_by_us - l.substituted - l.despatched
           FROM orders_orderline l JOIN catalog_item i ON i.id = l.item_id WHERE l.order_id = %s ORDER BY l.line_number""",
        [row[0]],
    )
    quantities: dict[int, Decimal] = {}
    for sku, wanted in one.quantities.items():
        lines = [(number, left) for code, number, left in open_lines if code == sku]
        if not lines:
            raise ErpUnknownLine(one.order, order=one.order, sku=sku)
        rest = wanted
        for number, left in lines:
            part = min(rest, left) if (number, left) != lines[-1] else rest
            if part > 0:
                quantities[number] = quantities.get(number, Decimal(0)) + part
                rest -= part
    made = fulfilment.despatch(
        order_id=row[0], quantities=quantities, carrier=one.carrier[:80], by=by, at=one.despatched_at
    )
    link.reference, link.settled_at, link.last_error = made.number, one.despatched_at, None
    link.save(update_fields=["reference", "settled_at", "last_error"])
    return True


@verb
def _mark(*, system_id: int, role: str, mark: str) -> None:
    system = ErpSystem.objects.select_for_update().get(pk=system_id)
    system.marks = {**system.marks, role: mark}
    system.save(update_fields=["marks"])


@verb
def _finish(*, system_id: int, done: Pulled, by: Actor, at: datetime) -> None:
    ErpSystem.objects.filter(pk=system_id).update(pulled_at=at, last_error=None)
    emit(
        ErpPulled(
            erp_system_id=system_id, rows=done.rows, changed=done.created + done.changed, rejected=len(done.rejected),
            deliveries=done.deliveries,
        ),
        by=by, at=at,
    )  # fmt: skip


# --- Pushing ---------------------------------------------------------------------------------------------------------

_TO_PUSH = {
    "order": """SELECT o.id, o.number FROM orders_order o WHERE o.state IN ('confirmed', 'closed') AND o.origin = 'live' {left}
                ORDER BY o.id LIMIT %(most)s""",
    "invoice": "SELECT o.id, o.number FROM billing_invoice o WHERE o.issued_at IS NOT NULL {left} ORDER BY o.id LIMIT %(most)s",
}
_LEFT = """AND NOT EXISTS (SELECT 1 FROM exchange_erplink k WHERE k.system_id = %(system)s AND k.kind = %(kind)s AND k.number = o.number
    AND (k.settled_at IS NOT NULL OR k.next_try_at > %(at)s OR k.attempts >= %(tries)s))"""


def push(*, code: str, by: Actor, at: datetime, most: int = 200) -> Pushed:
    """Give another system the confirmed orders and issued invoices that it does not have, the oldest first. What it refuses
    is tried again later, at most twelve times; the others go on.

    :raises NotFound: if there is no such system.
    :raises Unreachable: if it cannot be asked at all.
    """
    system, done = _system(code), Pushed()
    with _told(system):
        connector = _connector(system)
        if "orders" in system.pushes:
            ids = _to_push(system, "order", at, most)
            for order in orders_to_tell(order_ids=list(ids)):
                _push_one(system, "order", order.number, lambda order=order: connector.push_order(order), done, by, at)
        if "invoices" in system.pushes:
            ids = _to_push(system, "invoice", at, most)
            for invoice in invoices_to_tell(invoice_ids=list(ids)):
                _push_one(
                    system,
                    "invoice",
                    invoice.number,
                    lambda invoice=invoice: connector.push_invoice(invoice),
                    done,
                    by,
                    at,
                )
    ErpSystem.objects.filter(pk=system.pk).update(pushed_at=at, last_error=None)
    return done


def _to_push(system: ErpSystem, kind: str, at: datetime, most: int) -> dict[int, str]:
    params = {"system": system.pk, "kind": kind, "at": at, "tries": MOST_TRIES, "most": most}
    return {key: str(number) for key, number in bulk.rows(_TO_PUSH[kind].format(left=_LEFT), params)}


def _push_one(system: ErpSystem, kind: str, number: str, give: Any, done: Pushed, by: Actor, at: datetime) -> None:
    """Give one, outside any transaction; then note what came of it. A stop between the two gives it again, and the connector
    finds it there by its number."""
    try:
        reference = give()
    except Unreachable as fault:
        if fault.code not in ("erp_refused", "erp_no_customer", "erp_no_item"):
            raise  # it is not this one: the whole system cannot be asked
        done.failed[number] = words.both(fault.code, fault.params)
        _note(system_id=system.pk, kind=kind, number=number, fault=fault, at=at)
        return
    done.done[number] = reference
    _settle(system_id=system.pk, kind=kind, number=number, reference=reference, by=by, at=at)


@verb
def _settle(*, system_id: int, kind: str, number: str, reference: str, by: Actor, at: datetime) -> None:
    ErpLink.objects.update_or_create(
        system_id=system_id, kind=kind, number=number,
        defaults={"reference": reference[:80], "settled_at": at, "last_error": None, "next_try_at": None},
    )  # fmt: skip
    emit(ErpPushed(erp_system_id=system_id, kind=kind, number=number, reference=reference), by=by, at=at)


@verb
def _note(*, system_id: int, kind: str, number: str, fault: Unreachable | Refused, at: datetime) -> int:
    link, _ = ErpLink.objects.get_or_create(system_id=system_id, kind=kind, number=number)
    link.attempts += 1
    link.next_try_at = at + timedelta(minutes=min(5 * 2 ** (link.attempts - 1), 24 * 60))
    link.last_error = {"code": fault.code, "params": words.plain(fault.params)}
    link.save(update_fields=["attempts", "next_try_at", "last_error"])
    return link.attempts


# --- What both share -------------------------------------------------------------------------------------------------


def _system(code: str) -> ErpSystem:
    system = ErpSystem.objects.filter(code=code, active=True).first()
    if system is None:
        raise NotFound(what=f"system {code}")
    return system


def _connector(system: ErpSystem) -> Connector:
    try:
        secret = secrets.read(system.secret)[0] if system.secret else ""
    except NotBrought as fault:
        raise Unreachable(fault.code, **fault.params) from None
    return KINDS[system.kind](System(system.code, system.settings, secret))


@contextmanager
def _told(system: ErpSystem) -> Iterator[None]:
    """Keep why a system could not be asked beside it, for people to see."""
    try:
        yield
    except Unreachable as fault:
        log.warning("system %s: %s", system.code, fault.code)
        ErpSystem.objects.filter(pk=system.pk).update(
            last_error={"code": fault.code, "params": words.plain(fault.params)}
        )
        raise
