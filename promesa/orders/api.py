"""Orders over the API: capture, look, change, cancel, let go on."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Query, Router

from promesa.access.doors import actor, confirmation, key
from promesa.access.queries import insist
from promesa.access.rules import hold_verb
from promesa.core.api import READ, WRITE, answer, creating, paged
from promesa.core.errors import NotAllowed, Refused
from promesa.core.idempotency import Answer
from promesa.orders import operations
from promesa.orders.queries import told
from promesa.orders.queries.told_fresh import fresh_order
from promesa.orders.rules import DraftLine, OrderDraft
from promesa.orders.schemas import (
    Cancellation,
    ChangedLine,
    MovedRequest,
    NewLine,
    NewOrder,
    OrderFilters,
    OrdersPage,
    OrderTold,
    Promises,
    Release,
    ToldHow,
)
from promesa.orders.states import TellingBy

router = Router(tags=["orders"])


class CustomerUnknown(Refused):
    """The order names a customer who is not there."""

    status = 422


class CustomerClosed(Refused):
    """The order names a customer with whom we no longer trade."""

    status = 409


@router.post(
    "/orders",
    auth=key("enter_order", confirmed_later=True),
    response={201: OrderTold, **WRITE},
    summary="Capture an order",
)
def create_order(request: HttpRequest, body: NewOrder) -> HttpResponse:
    """Prices, checks, promises, reserves and confirms, in one transaction and the same 14 statements for any number of
    lines (at most 2,000). What a person must decide is in `findings` and `holds`."""
    who = actor(request)

    def act(at: datetime) -> Answer:
        captured = operations.capture_order(draft=_draft(body, at), by=who, at=at, submit=body.submit)
        if captured.order_id is None:
            problem = CustomerClosed if captured.problem == "inactive_buyer" else CustomerUnknown
            raise problem(body.customer, number=body.customer)
        if who.customer_id is not None:
            # The answer goes to the customer's own program: with it they are told.
            operations.record_told(order_ids=[captured.order_id], how=TellingBy.API, by=who, at=at)
        elif known := fresh_order(order_id=captured.order_id, within=None):
            return Answer(201, known)
        return Answer(201, composed=told.WHOLE, params={"order_id": captured.order_id, "within": who.customer_id})

    return creating(request, "create_order", act, finish=told.told, opening=confirmation(request))


def _draft(body: NewOrder, at: datetime) -> OrderDraft:
    requested = body.requested
    return OrderDraft(
        lines=tuple(_line(line, place) for place, line in enumerate(body.lines, start=1)),
        customer_number=body.customer,
        ship_to_number=body.ship_to,
        po_number=body.po_number,
        channel="api",
        currency=body.currency or "",
        requested_from=requested.from_ if requested else None,
        requested_to=requested.to if requested else None,
        ordered_at=at,
        received_at=at,
        note=body.note,
    )


def _line(line: NewLine, place: int) -> DraftLine:
    requested = line.requested
    basis: dict[str, Any] = {} if line.price_basis is None else {"price_basis": line.price_basis}
    return DraftLine(
        line=str(place),
        sku=line.item,
        gtin=line.gtin,
        buyer_code=line.buyer_code,
        text=line.text,
        quantity=line.quantity,
        unit=line.unit_code,
        price=line.price,
        requested_from=requested.from_ if requested else None,
        requested_to=requested.to if requested else None,
        **basis,
    )


@router.get("/orders", auth=key("see_orders"), response={200: OrdersPage, **READ}, summary="List orders")
def list_orders(request: HttpRequest, filters: Query[OrderFilters]) -> HttpResponse:
    """Newest first."""
    found = told.orders_page(
        after=filters.after, limit=filters.limit, within=actor(request).customer_id, state=filters.state,
        customer=filters.customer, po_number=filters.po_number, ordered_from=filters.ordered_from,
        ordered_to=filters.ordered_to,
    )  # fmt: skip
    return answer(paged(found, limit=filters.limit, key=lambda one: one["number"]))


@router.get("/orders/{number}", auth=key("see_orders"), response={200: OrderTold, **READ}, summary="One order")
def one_order(request: HttpRequest, number: str) -> HttpResponse:
    """With lines, promises in force, findings and holds. Read with a customer's own key, they are told with it."""
    _tell_reader(request, number)
    return answer(told.whole_order(number=number, within=actor(request).customer_id))


@router.get(
    "/orders/{number}/promises",
    auth=key("see_orders"),
    response={200: Promises, **READ},
    summary="Promises of an order",
)
def list_promises(request: HttpRequest, number: str) -> HttpResponse:
    """Every promise that was ever given, each with its reason; the highest sequence of a line is in force. Read with a
    customer's own key, they are told with it."""
    _tell_reader(request, number)
    return answer({"items": told.promises_of(number=number, within=actor(request).customer_id)})


@router.post(
    "/orders/{number}/lines/{line_number}",
    auth=key("change_order"),
    response={200: OrderTold, **WRITE},
    summary="Change a line",
)
def change_line(request: HttpRequest, number: str, line_number: int, body: ChangedLine) -> HttpResponse:
    """Priced, checked and promised anew, down to what has been delivered, is on its way or invoiced."""

    def act(order_id: int, at: datetime) -> None:
        operations.change_line(
            order_id=order_id, line_number=line_number, quantity=body.quantity, by=actor(request), at=at,
            initiator=_initiator(request, body.initiator), reason=body.reason, version=body.version,
        )  # fmt: skip

    return _changing(request, "change_line", number, act)


@router.post(
    "/orders/{number}/request",
    auth=key("change_order"),
    response={200: OrderTold, **WRITE},
    summary="Ask for another time",
)
def move_request(request: HttpRequest, number: str, body: MovedRequest) -> HttpResponse:
    """The earlier wish stays on record; the order is promised anew. A day means all of it, in UTC."""

    def act(order_id: int, at: datetime) -> None:
        operations.move_request(
            order_id=order_id, window_from=_start(body.from_), window_to=_end(body.to), by=actor(request), at=at,
            initiator="customer", because_we_were_late=body.because_we_were_late, reason=body.reason,
            version=body.version,
        )  # fmt: skip

    return _changing(request, "move_request", number, act)


@router.post(
    "/orders/{number}/cancel", auth=key("cancel_order"), response={200: OrderTold, **WRITE}, summary="Cancel an order"
)
def cancel_order(request: HttpRequest, number: str, body: Cancellation) -> HttpResponse:
    """All that is still open; its stock is free again."""

    def act(order_id: int, at: datetime) -> None:
        operations.cancel_order(
            order_id=order_id, by=actor(request), at=at, initiator=_initiator(request, body.initiator),
            cause=body.cause, reason=body.reason, version=body.version,
        )  # fmt: skip

    return _changing(request, "cancel_order", number, act)


@router.post(
    "/orders/{number}/release-hold",
    auth=key("release_hold"),
    response={200: OrderTold, **WRITE},
    summary="Release a hold",
)
def release_hold(request: HttpRequest, number: str, body: Release) -> HttpResponse:
    """The order goes on once no hold is left. Holds for credit need the scope `credit:write` too."""

    def act(order_id: int, at: datetime) -> None:
        hold_id, kind = told.open_hold(order_id=order_id, hold_id=body.hold)
        insist(actor(request), hold_verb(kind))
        operations.release_hold(hold_id=hold_id, by=actor(request), at=at, reason=body.reason)

    return _changing(request, "release_hold", number, act)


@router.post(
    "/orders/{number}/submit", auth=key("enter_order"), response={200: OrderTold, **WRITE}, summary="Submit a draft"
)
def submit_order(request: HttpRequest, number: str) -> HttpResponse:
    """Checked again first, so that masters mended since count."""

    def act(order_id: int, at: datetime) -> None:
        operations.submit_orders(order_ids=[order_id], by=actor(request), at=at)

    return _changing(request, "submit_order", number, act)


@router.post(
    "/orders/{number}/told",
    auth=key("change_order"),
    response={200: OrderTold, **WRITE},
    summary="Say that the customer was told",
)
def tell_customer(request: HttpRequest, number: str, body: ToldHow) -> HttpResponse:
    """Of the promises in force, once the order is confirmed, and of what holds it. Promises that a customer reads with a
    key of their own are told by that."""

    def act(order_id: int, at: datetime) -> None:
        if actor(request).customer_id is not None:
            raise NotAllowed(verb="change_order")
        operations.tell_customer(order_id=order_id, how=body.how, by=actor(request), at=at)

    return _changing(request, "tell_customer", number, act)


def _tell_reader(request: HttpRequest, number: str) -> None:
    """Whoever reads with a customer's own key is the customer."""
    who = actor(request)
    if who.customer_id is not None:
        order_id = told.id_of(number=number, within=who.customer_id)
        operations.record_told(order_ids=[order_id], how=TellingBy.API, by=who, at=timezone.now())


def _changing(request: HttpRequest, route: str, number: str, act: Any) -> HttpResponse:
    """Change an order within reach, once for the key, and tell what it is like now."""
    within = actor(request).customer_id

    def acted(at: datetime) -> Answer:
        order_id = told.id_of(number=number, within=within)
        act(order_id, at)
        return Answer(200, composed=told.WHOLE, params={"order_id": order_id, "within": within})

    return creating(request, route, acted, finish=told.told)


def _initiator(request: HttpRequest, said: str) -> str:
    """Whoever holds a customer's key is the customer."""
    return "customer" if actor(request).customer_id is not None else said


def _start(value: datetime | date) -> datetime:
    return (
        value
        if isinstance(value, datetime)
        else datetime(value.year, value.month, value.day, tzinfo=timezone.get_default_timezone())
    )


def _end(value: datetime | date) -> datetime:
    if isinstance(value, datetime):
        return value
    return datetime(value.year, value.month, value.day, 23, 59, 59, tzinfo=timezone.get_default_timezone())
