"""Allocation over the API: what could be promised now, and what runs short."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Query, Router

from promesa.access.doors import actor, key
from promesa.allocation.answers import answer_of, board_of
from promesa.allocation.plan_api import router as plan_router
from promesa.allocation.queries.shortage import DAYS_AHEAD, Supposed, shortage_board
from promesa.allocation.quoting import Typed, quote
from promesa.allocation.schemas import AskedLine, AskedPromise, PromiseTold, ShortagesAsked, ShortagesTold
from promesa.core.api import READ, WRITE, answer
from promesa.core.errors import NotFound
from promesa.customers.terms import terms_of

router = Router(tags=["promises"])
router.add_router("", plan_router)


@router.post(
    "/promises/quote",
    auth=key("enter_order"),
    response={200: PromiseTold, **WRITE},
    summary="What could be promised now",
)
def quote_promise(request: HttpRequest, body: AskedPromise) -> HttpResponse:
    """Of what, how much, from where and when, with the reason of each part; substitutes where something runs short. Nothing
    is written or held, so the answer may have changed when the order comes. `order` asks what a change of it would get."""
    who, at = actor(request), timezone.now()
    return answer(promised(body, at=at, within=who.customer_id))


@router.get("/shortages", auth=key("see_plans"), response={200: ShortagesTold, **READ}, summary="What runs short")
def shortages(request: HttpRequest, filters: Query[ShortagesAsked]) -> HttpResponse:
    """Items that run short or are tight up to a day: what there is, promised, protected, free and missing; who is hit, what it is
    worth. The numbers of the page, also of what is supposed."""
    at = timezone.now()
    found = shortage_board(
        horizon_to=filters.to or (at + timedelta(days=DAYS_AHEAD)).date(), at=at, sort=filters.sort, view=filters.view,
        limit=filters.limit, offset=filters.offset,
        supposed=Supposed(filters.receipt, filters.late, Decimal(filters.less)),
    )  # fmt: skip
    return answer(board_of(found))


def promised(body: AskedPromise, *, at: datetime, within: int | None) -> dict[str, Any]:
    """The answer to a question; a customer's own program asks for its customer only and is told of no lots.

    :raises NotFound: if the customer is not there, or out of reach.
    """
    buyers = terms_of(numbers=[body.customer])
    if not buyers or (within is not None and buyers[0].id != within):
        raise NotFound(body.customer, what=body.customer)
    requested = body.requested
    found = quote(
        customer=body.customer, ship_to=body.ship_to, po_number="", at=at, order=body.order, channel="api",
        requested_on=requested.from_ if requested else None, requested_to=requested.to if requested else None,
        lines=[_typed(line, place) for place, line in enumerate(body.lines, start=1)],
    )  # fmt: skip
    assert found is not None
    return answer_of(found, at=at, with_sources=within is None)


def _typed(line: AskedLine, place: int) -> Typed:
    return Typed(
        place=place, code=line.item or line.gtin or line.buyer_code, quantity=line.quantity,
        quantity_text=str(line.quantity), unit=line.unit_code, price=None, requested_from=_from(line), requested_to=_to(line),
    )  # fmt: skip


def _from(line: AskedLine) -> datetime | date | None:
    return line.requested.from_ if line.requested else None


def _to(line: AskedLine) -> datetime | date | None:
    return line.requested.to if line.requested else None
