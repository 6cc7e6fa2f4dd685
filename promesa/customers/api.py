"""Customers and their sites over the API."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Query, Router

from promesa.access.doors import actor, key
from promesa.core.api import READ, WRITE, Made, Page, answer, creating, paged
from promesa.core.errors import NotFound
from promesa.core.masters import AlreadyThere
from promesa.customers import operations, queries
from promesa.customers.schemas import (
    ChangedCustomer,
    CustomersPage,
    NewCustomer,
    NewSite,
    SiteFields,
    Sites,
    ToldSite,
    WholeCustomer,
)

router = Router(tags=["customers"])


class CustomerFilters(Page):
    gln: str = ""
    active: bool = False


@router.get("/customers", auth=key("see_customers"), response={200: CustomersPage, **READ}, summary="List customers")
def list_customers(request: HttpRequest, filters: Query[CustomerFilters]) -> HttpResponse:
    """By number. `active` leaves out those that are closed."""
    found = queries.customers_page(
        after=filters.after,
        limit=filters.limit,
        within=actor(request).customer_id,
        gln=filters.gln,
        active_on=timezone.now().date() if filters.active else None,
    )
    return answer(paged((_shown(one) for one in found), limit=filters.limit, key=lambda one: one["number"]))


@router.get(
    "/customers/{number}", auth=key("see_customers"), response={200: WholeCustomer, **READ}, summary="One customer"
)
def one_customer(request: HttpRequest, number: str) -> HttpResponse:
    """With sites, people and credit standing."""
    return answer(_shown(queries.customer(number=number, within=actor(request).customer_id)))


@router.post(
    "/customers", auth=key("change_customer"), response={201: WholeCustomer, **WRITE}, summary="Create a customer"
)
def create_customer(request: HttpRequest, body: NewCustomer) -> HttpResponse:
    """Only the fields that are sent are set; the others get their defaults. The credit terms need `customers:write`."""

    def act(at: datetime) -> Made:
        if queries.ids_by_number(numbers=[body.number]):
            raise AlreadyThere(body.number, what=body.number)
        operations.put_customers(rows=[body.model_dump(exclude_unset=True)], by=actor(request), at=at)
        return Made(_shown(queries.customer(number=body.number)))

    return creating(request, "create_customer", act)


@router.patch(
    "/customers/{number}",
    auth=key("change_customer"),
    response={200: WholeCustomer, **WRITE},
    summary="Change a customer",
)
def change_customer(request: HttpRequest, number: str, body: ChangedCustomer) -> HttpResponse:
    """Only the fields that are sent are changed; `version` is the one that was read."""
    queries.id_of(number=number)
    row = {**body.model_dump(exclude_unset=True), "number": number}
    operations.put_customers(rows=[row], by=actor(request), at=timezone.now())
    return answer(_shown(queries.customer(number=number)))


@router.get(
    "/customers/{number}/sites", auth=key("see_customers"), response={200: Sites, **READ}, summary="Sites of a customer"
)
def list_sites(request: HttpRequest, number: str) -> HttpResponse:
    """Where goods are delivered, and when they are received there."""
    customer_id = queries.id_of(number=number, within=actor(request).customer_id)
    return answer({"items": queries.sites_of(customer_id=customer_id)})


@router.post(
    "/customers/{number}/sites", auth=key("change_customer"), response={201: ToldSite, **WRITE}, summary="Create a site"
)
def create_site(request: HttpRequest, number: str, body: NewSite) -> HttpResponse:
    """The first site of a customer becomes the default one."""

    def act(at: datetime) -> Made:
        customer_id = queries.id_of(number=number)
        if any(one["number"] == body.number for one in queries.sites_of(customer_id=customer_id)):
            raise AlreadyThere(body.number, what=body.number)
        row = {**body.model_dump(exclude_unset=True), "customer": number}
        operations.put_sites(rows=[row], by=actor(request), at=at)
        return Made(_site(customer_id, body.number))

    return creating(request, "create_site", act)


@router.patch(
    "/customers/{number}/sites/{site}",
    auth=key("change_customer"),
    response={200: ToldSite, **WRITE},
    summary="Change a site",
)
def change_site(request: HttpRequest, number: str, site: str, body: SiteFields) -> HttpResponse:
    """Only the fields that are sent are changed."""
    customer_id = queries.id_of(number=number)
    _site(customer_id, site)
    row = {**body.model_dump(exclude_unset=True), "customer": number, "number": site}
    operations.put_sites(rows=[row], by=actor(request), at=timezone.now())
    return answer(_site(customer_id, site))


def _site(customer_id: int, number: str) -> dict[str, Any]:
    for one in queries.sites_of(customer_id=customer_id):
        if one["number"] == number:
            return one
    raise NotFound(number, what=number)


def _shown(one: dict[str, Any]) -> dict[str, Any]:
    """Ids stay inside."""
    return {name: value for name, value in one.items() if name != "id"}
