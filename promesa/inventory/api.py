"""Stock and receipts over the API."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Query, Router

from promesa.access.doors import actor, key
from promesa.catalog.queries import item_ids
from promesa.core import words
from promesa.core.api import READ, WRITE, Made, answer, creating, paged, spoken
from promesa.core.masters import AlreadyThere, Faults
from promesa.inventory import operations, queries
from promesa.inventory.schemas import (
    Arrival,
    CancelledReceipt,
    MovedReceipt,
    NewReceipt,
    NotedReceipt,
    ReceiptFilters,
    ReceiptsPage,
    StockChange,
    StockChanges,
    StockFilters,
    StockPage,
    StockRows,
    ToldReceipt,
)

router = Router(tags=["stock"])


@router.get("/stock", auth=key("see_stock"), response={200: StockPage, **READ}, summary="List stock")
def list_stock(request: HttpRequest, filters: Query[StockFilters]) -> HttpResponse:
    """By item, warehouse and lot."""
    after = int(filters.after) if filters.after.isdecimal() and len(filters.after) < 18 else 0
    found = queries.stock_page(after=after, limit=filters.limit, item=filters.item, warehouse=filters.warehouse)
    page = paged(found, limit=filters.limit, key=lambda one: str(one["id"]))
    return answer({**page, "items": _shown(page["items"])})


@router.post("/stock", auth=key("adjust_stock"), response={201: StockRows, **WRITE}, summary="Count or change stock")
def change_stock(request: HttpRequest, body: StockChanges) -> HttpResponse:
    """Up to 1,000 rows at once, all or none. What is claimed for orders cannot be counted away."""

    def act(at: datetime) -> Made:
        items, warehouses = item_ids(skus=(one.item for one in body.rows)), queries.warehouse_ids()
        faults = Faults()
        for place, one in enumerate(body.rows, start=1):
            if one.item not in items:
                faults.add(place, "item", "reference_unknown", one.item, what="item")
            if one.warehouse not in warehouses:
                faults.add(place, "warehouse", "reference_unknown", one.warehouse, what="warehouse")
        faults.settle(keep_good=False)
        by = actor(request)
        counted = [_row(one, one.counted, items, warehouses) for one in body.rows if one.counted is not None]
        ids = (
            set(operations.count_stock(rows=counted, reference=body.reference, by=by, at=at).values())
            if counted
            else set()
        )
        for kind in ("opening", "count", "scrap"):
            rows = [
                _row(one, one.change, items, warehouses)
                for one in body.rows
                if one.change is not None and one.kind == kind
            ]
            if rows:
                ids |= set(operations.add_stock(rows=rows, kind=kind, reference=body.reference, by=by, at=at).values())
        return Made({"items": _shown(queries.stock_rows(ids=ids))})

    return creating(request, "change_stock", act)


def _row(one: StockChange, quantity: Decimal, items: dict[str, int], warehouses: dict[str, int]) -> operations.StockRow:
    return operations.StockRow(
        items[one.item], warehouses[one.warehouse], one.lot, one.expires_on, quantity, one.blocked
    )


@router.get("/receipts", auth=key("see_stock"), response={200: ReceiptsPage, **READ}, summary="List receipts")
def list_receipts(request: HttpRequest, filters: Query[ReceiptFilters]) -> HttpResponse:
    """Goods on their way to us, by number."""
    found = queries.receipts_page(after=filters.after, limit=filters.limit, item=filters.item, state=filters.state)
    return answer(paged(found, limit=filters.limit, key=lambda one: one["number"]))


@router.post("/receipts", auth=key("plan_receipt"), response={201: NotedReceipt, **WRITE}, summary="Expect a receipt")
def plan_receipt(request: HttpRequest, body: NewReceipt) -> HttpResponse:
    """What is expected can be promised from the day on which it comes. A day on which its supplier does not deliver is taken
    as it is, and `noted`."""

    def act(at: datetime) -> Made:
        items, warehouses = item_ids(skus=[body.item]), queries.warehouse_ids()
        faults = Faults()
        if body.item not in items:
            faults.add(1, "item", "reference_unknown", body.item, what="item")
        if body.warehouse not in warehouses:
            faults.add(1, "warehouse", "reference_unknown", body.warehouse, what="warehouse")
        faults.settle(keep_good=False)
        plan = operations.ReceiptPlan(
            number=body.number, item_id=items[body.item], warehouse_id=warehouses[body.warehouse],
            quantity=body.quantity, expected_at=body.expected_at, supplier=body.supplier[:120], lot=body.lot,
            expires_on=body.expires_on,
        )  # fmt: skip
        if not operations.plan_receipts(plans=[plan], by=actor(request), at=at):
            raise AlreadyThere(body.number, what=body.number)
        return Made(_noted(request, body.number))

    return creating(request, "plan_receipt", act)


@router.patch(
    "/receipts/{number}", auth=key("plan_receipt"), response={200: NotedReceipt, **WRITE}, summary="Move a receipt"
)
def move_receipt(request: HttpRequest, number: str, body: MovedReceipt) -> HttpResponse:
    """To another time or quantity. Promises that hang on it are given anew."""
    queries.receipt(number=number)
    said: dict[str, Any] = {"number": number, "by": actor(request), "at": timezone.now(), "reason": body.reason}
    if body.expected_at is not None:
        operations.move_receipt(expected_at=body.expected_at, **said)
    if body.quantity is not None:
        operations.change_receipt_quantity(quantity=body.quantity, **said)
    return answer(_noted(request, number))


@router.post(
    "/receipts/{number}/cancel",
    auth=key("plan_receipt"),
    response={200: ToldReceipt, **WRITE},
    summary="Cancel a receipt",
)
def cancel_receipt(request: HttpRequest, number: str, body: CancelledReceipt) -> HttpResponse:
    """The goods will not come: who was promised them is promised anew, and told why."""

    def act(at: datetime) -> Made:
        queries.receipt(number=number)
        operations.cancel_receipt(number=number, by=actor(request), at=at, reason=body.reason)
        return Made(queries.receipt(number=number), 200)

    return creating(request, "cancel_receipt", act)


@router.post(
    "/receipts/{number}/arrival",
    auth=key("plan_receipt"),
    response={201: ToldReceipt, **WRITE},
    summary="Take a receipt in",
)
def take_receipt_in(request: HttpRequest, number: str, body: Arrival) -> HttpResponse:
    """Stock rises; claims on the receipt become claims on the stock."""

    def act(at: datetime) -> Made:
        queries.receipt(number=number)
        operations.receive(
            number=number, by=actor(request), at=at, quantity=body.quantity, lot=body.lot, expires_on=body.expires_on
        )
        return Made(queries.receipt(number=number))

    return creating(request, "take_receipt_in", act)


def _noted(request: HttpRequest, number: str) -> dict[str, Any]:
    """A receipt with what somebody should look at."""
    lang = spoken(request)
    closed = operations.closed_days([number]).values()
    noted = [{"code": one.code, "sentence": words.say(one.code, one.params, lang)} for one in closed]
    return {**queries.receipt(number=number), "noted": noted}


def _shown(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Ids stay inside."""
    return [{name: value for name, value in one.items() if name != "id"} for one in rows]
