"""Despatches and deliveries over the API."""

from __future__ import annotations

import base64
import binascii
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from promesa.access.doors import actor, key
from promesa.core.api import READ, WRITE, Made, answer, creating, paged, written_down
from promesa.core.idempotency import Answer
from promesa.core.moments import happened
from promesa.fulfilment import operations, told
from promesa.fulfilment.rules import Part
from promesa.fulfilment.schemas import (
    DeliveriesPage,
    DespatchesPage,
    NewDelivery,
    NewDespatch,
    OfOrder,
    ToldDelivery,
    ToldDespatch,
)
from promesa.orders.queries.told import id_of

router = Router(tags=["deliveries"])


@router.get(
    "/despatches", auth=key("see_deliveries"), response={200: DespatchesPage, **READ}, summary="List despatches"
)
def list_despatches(request: HttpRequest, filters: Query[OfOrder]) -> HttpResponse:
    """Delivery notes, the newest first."""
    found = told.despatches_page(
        after=filters.after, limit=filters.limit, within=actor(request).customer_id, order=filters.order
    )
    return answer(paged(found, limit=filters.limit, key=lambda one: one["number"]))


@router.get(
    "/despatches/{number}", auth=key("see_deliveries"), response={200: ToldDespatch, **READ}, summary="One despatch"
)
def one_despatch(request: HttpRequest, number: str) -> HttpResponse:
    """With its lots and what became of it."""
    return answer(told.despatch(number=number, within=actor(request).customer_id))


@router.post("/despatches", auth=key("despatch"), response={201: ToldDespatch, **WRITE}, summary="Send goods")
def create_despatch(request: HttpRequest, body: NewDespatch) -> HttpResponse:
    """Out of the lots that the lines have claimed, first expiry first. Quantities in base units."""

    def act(at: datetime) -> Made | Answer:
        order_id = id_of(number=body.order)
        wanted = None if body.lines is None else {one.line_number: one.quantity for one in body.lines}
        try:
            sent = operations.despatch(
                order_id=order_id, by=actor(request), at=happened(body.at, at), quantities=wanted, carrier=body.carrier,
                cause=body.cause, planned_on=body.planned_on,
            )  # fmt: skip
        except operations.OrderHeldNow as refused:
            return written_down(request, refused)
        return Made(told.despatch(number=sent.number))

    return creating(request, "create_despatch", act)


@router.get(
    "/deliveries", auth=key("see_deliveries"), response={200: DeliveriesPage, **READ}, summary="List deliveries"
)
def list_deliveries(request: HttpRequest, filters: Query[OfOrder]) -> HttpResponse:
    """Arrivals at customers' doors, the newest first."""
    found = told.deliveries_page(
        after=filters.after, limit=filters.limit, within=actor(request).customer_id, order=filters.order
    )
    return answer(paged(found, limit=filters.limit, key=lambda one: one["number"]))


@router.get(
    "/deliveries/{number}", auth=key("see_deliveries"), response={200: ToldDelivery, **READ}, summary="One delivery"
)
def one_delivery(request: HttpRequest, number: str) -> HttpResponse:
    """With the outcome of each line."""
    return answer(told.delivery(number=number, within=actor(request).customer_id))


@router.post("/deliveries", auth=key("deliver"), response={201: ToldDelivery, **WRITE}, summary="Record a delivery")
def create_delivery(request: HttpRequest, body: NewDelivery) -> HttpResponse:
    """What was accepted, with reserve, short, damaged, refused or is to be brought again, line by line."""
    signature = _bytes(body.signature)

    def act(at: datetime) -> Made:
        outcomes = {
            one.line_number: [
                Part(part.outcome, part.quantity, part.reason or "", part.cause, part.note) for part in one.parts
            ]
            for one in body.lines
        }
        done = operations.deliver(
            by=actor(request), at=happened(body.at, at), number=body.despatch, outcomes=outcomes or None,
            signed_by=body.signed_by, signature=signature, arrived_at=body.arrived_at, device_at=body.device_at,
            server_at=at, cause=body.cause, note=body.note,
        )  # fmt: skip
        return Made(told.delivery(number=done.number))

    return creating(request, "create_delivery", act)


def _bytes(text: str) -> bytes | None:
    if not text:
        return None
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error:
        raise operations.ProofNotAnImage from None
