"""Items, prices and customers' own codes over the API."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Query, Router

from promesa.access.doors import actor, key
from promesa.catalog import operations, queries
from promesa.catalog.schemas import (
    AgreementsPage,
    ChangedItem,
    CodesPage,
    ItemFilters,
    ItemsPage,
    NewAgreements,
    NewCodes,
    NewItem,
    NewPriceList,
    NewPrices,
    NewSubstitutions,
    PriceLists,
    PricesPage,
    RowFilters,
    SubstitutionsPage,
    ToldItem,
    ToldPriceList,
    Written,
)
from promesa.core.api import READ, WRITE, Made, Page, answer, creating, paged
from promesa.core.errors import NotFound
from promesa.core.identifiers import pad_gtin
from promesa.core.masters import AlreadyThere, Put
from promesa.customers.queries import id_of

router = Router(tags=["catalogue"])


@router.get("/items", auth=key("see_catalogue"), response={200: ItemsPage, **READ}, summary="List items")
def list_items(request: HttpRequest, filters: Query[ItemFilters]) -> HttpResponse:
    """By SKU. `gtin` finds an item by its own or a pack's; `active` leaves out what is no longer sold."""
    found = queries.items_page(
        after=filters.after, limit=filters.limit, gtin=pad_gtin(filters.gtin) if filters.gtin else "",
        family=filters.family, active_on=timezone.now().date() if filters.active else None,
    )  # fmt: skip
    return answer(paged(_shown(found), limit=filters.limit, key=lambda one: one["sku"]))


@router.get("/items/{path:sku}", auth=key("see_catalogue"), response={200: ToldItem, **READ}, summary="One item")
def one_item(request: HttpRequest, sku: str) -> HttpResponse:
    """With its packs."""
    return answer(_shown([queries.item(sku=sku)])[0])


@router.post("/items", auth=key("change_item"), response={201: ToldItem, **WRITE}, summary="Create an item")
def create_item(request: HttpRequest, body: NewItem) -> HttpResponse:
    """Only the fields that are sent are set; the others get their defaults."""

    def act(at: datetime) -> Made:
        if queries.item_ids(skus=[body.sku]):
            raise AlreadyThere(body.sku, what=body.sku)
        operations.put_items(rows=[body.model_dump(exclude_unset=True)], by=actor(request), at=at)
        return Made(_shown([queries.item(sku=body.sku)])[0])

    return creating(request, "create_item", act)


@router.patch("/items/{path:sku}", auth=key("change_item"), response={200: ToldItem, **WRITE}, summary="Change an item")
def change_item(request: HttpRequest, sku: str, body: ChangedItem) -> HttpResponse:
    """Only the fields that are sent are changed; `version` is the one that was read."""
    queries.item(sku=sku)
    row = {**body.model_dump(exclude_unset=True), "sku": sku}
    operations.put_items(rows=[row], by=actor(request), at=timezone.now())
    return answer(_shown([queries.item(sku=sku)])[0])


@router.get("/price-lists", auth=key("see_prices"), response={200: PriceLists, **READ}, summary="List price lists")
def list_price_lists(request: HttpRequest) -> HttpResponse:
    """A customer's key sees the default ones and its own."""
    found = queries.price_lists(within=actor(request).customer_id, on=timezone.now().date())
    return answer({"items": found})


@router.post(
    "/price-lists", auth=key("change_price"), response={201: ToldPriceList, **WRITE}, summary="Create a price list"
)
def create_price_list(request: HttpRequest, body: NewPriceList) -> HttpResponse:
    """One list a currency is the default; naming another takes its place."""

    def act(at: datetime) -> Made:
        if _price_list(None, body.code) is not None:
            raise AlreadyThere(body.code, what=body.code)
        operations.put_price_lists(rows=[body.model_dump(exclude_unset=True)], by=actor(request), at=at)
        return Made(_price_list(None, body.code))

    return creating(request, "create_price_list", act)


@router.get(
    "/price-lists/{code}/prices", auth=key("see_prices"), response={200: PricesPage, **READ}, summary="Prices of a list"
)
def list_prices(request: HttpRequest, code: str, filters: Query[RowFilters]) -> HttpResponse:
    """In the order in which they were written."""
    if _price_list(actor(request).customer_id, code) is None:
        raise NotFound(code, what=code)
    found = queries.prices_page(code=code, after=_number(filters.after), limit=filters.limit, sku=filters.sku)
    return _page_by_id(found, filters.limit)


@router.post(
    "/price-lists/{code}/prices", auth=key("change_price"), response={201: Written, **WRITE}, summary="Put prices"
)
def put_prices(request: HttpRequest, code: str, body: NewPrices) -> HttpResponse:
    """Up to 1,000 at once, all or none. The same SKU, least quantity and first day again changes the price."""

    def act(at: datetime) -> Made:
        if _price_list(None, code) is None:
            raise NotFound(code, what=code)
        rows = [{**one.model_dump(exclude_unset=True), "price_list": code} for one in body.prices]
        return _written(operations.put_prices(rows=rows, by=actor(request), at=at))

    return creating(request, "put_prices", act)


@router.get(
    "/customers/{number}/price-agreements",
    auth=key("see_prices"),
    response={200: AgreementsPage, **READ},
    summary="Prices agreed with a customer",
)
def list_agreements(request: HttpRequest, number: str, filters: Query[RowFilters]) -> HttpResponse:
    """They go before any list."""
    customer_id = id_of(number=number, within=actor(request).customer_id)
    found = queries.agreements_page(
        customer_id=customer_id, after=_number(filters.after), limit=filters.limit, sku=filters.sku
    )
    return _page_by_id(found, filters.limit)


@router.post(
    "/customers/{number}/price-agreements",
    auth=key("change_price"),
    response={201: Written, **WRITE},
    summary="Put prices agreed with a customer",
)
def put_agreements(request: HttpRequest, number: str, body: NewAgreements) -> HttpResponse:
    """Up to 1,000 at once, all or none."""

    def act(at: datetime) -> Made:
        id_of(number=number)
        rows = [{**one.model_dump(exclude_unset=True), "customer": number} for one in body.agreements]
        return _written(operations.put_agreements(rows=rows, by=actor(request), at=at))

    return creating(request, "put_agreements", act)


@router.get(
    "/customers/{number}/item-codes",
    auth=key("see_catalogue"),
    response={200: CodesPage, **READ},
    summary="How a customer calls items",
)
def list_item_codes(request: HttpRequest, number: str, filters: Query[Page]) -> HttpResponse:
    """By the customer's code."""
    customer_id = id_of(number=number, within=actor(request).customer_id)
    found = queries.item_codes_page(customer_id=customer_id, after=filters.after, limit=filters.limit)
    return answer(paged(found, limit=filters.limit, key=lambda one: one["code"]))


@router.post(
    "/customers/{number}/item-codes",
    auth=key("change_item_code"),
    response={201: Written, **WRITE},
    summary="Say how a customer calls items",
)
def put_item_codes(request: HttpRequest, number: str, body: NewCodes) -> HttpResponse:
    """Up to 1,000 at once, all or none."""

    def act(at: datetime) -> Made:
        id_of(number=number)
        rows = [{**one.model_dump(exclude_unset=True), "customer": number} for one in body.codes]
        return _written(operations.put_item_codes(rows=rows, by=actor(request), at=at))

    return creating(request, "put_item_codes", act)


@router.get(
    "/substitutions",
    auth=key("see_catalogue"),
    response={200: SubstitutionsPage, **READ},
    summary="What may stand in for what",
)
def list_substitutions(request: HttpRequest, filters: Query[RowFilters]) -> HttpResponse:
    """In the order in which it was written; `sku` is the item that runs short."""
    found = queries.substitutions_page(after=_number(filters.after), limit=filters.limit, sku=filters.sku)
    return _page_by_id(found, filters.limit)


@router.post("/substitutions", auth=key("change_item"), response={201: Written, **WRITE}, summary="Put substitutes")
def put_substitutions(request: HttpRequest, body: NewSubstitutions) -> HttpResponse:
    """Up to 1,000 at once, all or none. They are offered when an item runs short, and taken only with consent."""

    def act(at: datetime) -> Made:
        rows = [one.model_dump(exclude_unset=True) for one in body.substitutions]
        return _written(operations.put_substitutions(rows=rows, by=actor(request), at=at))

    return creating(request, "put_substitutions", act)


def _price_list(within: int | None, code: str) -> dict[str, Any] | None:
    found = queries.price_lists(within=within, on=timezone.now().date())
    return next((one for one in found if one["code"] == code), None)


def _number(after: str) -> int:
    """The mark of a page of rows that have no number of their own; anything else begins anew."""
    return int(after) if after.isascii() and after.isdecimal() and len(after) < 18 else 0


def _page_by_id(rows: list[dict[str, Any]], limit: int) -> HttpResponse:
    page = paged(rows, limit=limit, key=lambda one: str(one["id"]))
    return answer({**page, "items": _shown(page["items"])})


def _shown(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Ids stay inside."""
    return [{name: value for name, value in one.items() if name != "id"} for one in rows]


def _written(put: Put) -> Made:
    return Made({"rows": put.rows, "created": put.created, "changed": put.changed})
