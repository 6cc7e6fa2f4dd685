"""The order pad: an order written by keyboard while the customer is on the phone."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from promesa.access.doors import actor, requires
from promesa.allocation import quoting
from promesa.allocation.operations.substituting import take_agreed
from promesa.allocation.quoting import Quote, Typed
from promesa.core import idempotency
from promesa.core.actors import Actor
from promesa.core.errors import Refused
from promesa.core.ui.format import format_number, format_unit
from promesa.core.ui.speech import current_language
from promesa.customers import queries as customers
from promesa.desk import quoted, typed
from promesa.desk.queries import found
from promesa.orders import operations as orders
from promesa.orders.queries.page import order_page
from promesa.orders.states import OrderState, Severity

MOST_LINES = 2_000
LARGEST = 1_000_000
COLUMNS = ("code", "quantity", "unit_code", "price", "substitute")


@dataclass(frozen=True, slots=True)
class Head:
    """The head of the pad as it was typed."""

    customer: str = ""
    customer_name: str = ""
    ship_to: str = ""
    po_number: str = ""
    requested_on: str = ""
    note: str = ""

    @property
    def day(self) -> date | None:
        return typed.day(self.requested_on)


# --- The page ------------------------------------------------------------------------------------------------------


@requires("enter_order")
@require_http_methods(["GET", "POST"])
def new_order(request: HttpRequest) -> HttpResponse:
    """The pad; sent, it becomes an order, or comes back with all that is wrong and all that was typed."""
    if request.method == "POST":
        return _sent(request)
    head, lines = _begun(request)
    return _draw(request, head, lines)


def _begun(request: HttpRequest) -> tuple[Head, list[dict[str, str]]]:
    """An empty pad; for a customer (`?customer=`), or like another order (`?like=`)."""
    like = typed.line(request.GET.get("like", ""), 20)
    page = order_page(number=like) if like else None
    if page is None:
        return _named(Head(customer=typed.line(request.GET.get("customer", ""), 40))), []
    lang = current_language()
    lines = [
        {"code": line.sku or line.received.get("code", ""), "quantity": format_number(line.unit_quantity, lang),
         "unit_code": line.unit_code, "unit": format_unit(1, line.unit_code, lang), "text": line.item}
        for line in page.lines
    ]  # fmt: skip
    head = Head(
        customer=page.standing.customer_number, customer_name=page.standing.customer_name, ship_to=page.head.site_number
    )
    return head, lines


def _named(head: Head) -> Head:
    """With the customer's name; who typed a number or a name that only one customer has means that one."""
    text = head.customer or head.customer_name
    if not text:
        return head
    fits = found.customers(text, 2)
    exact = [one for one in fits if text in (one.number, one.name)] or (fits if len(fits) == 1 else [])
    if not exact:
        return Head(**{**_fields(head), "customer": ""})
    return Head(**{**_fields(head), "customer": exact[0].number, "customer_name": exact[0].name})


def _fields(head: Head) -> dict[str, str]:
    return {name: getattr(head, name) for name in Head.__slots__}


def _draw(
    request: HttpRequest,
    head: Head,
    lines: list[dict[str, str]],
    errors: list[dict[str, str]] | None = None,
    **extra: Any,
) -> HttpResponse:
    context = {
        "head": head,
        "lines": lines,
        "sites": _sites(head.customer),
        "error_list": errors or [],
        "errors": {one["field"]: one["text"] for one in errors or [] if one.get("field")},
        "form_key": request.POST.get("form_key") or uuid.uuid4().hex,
        "today": timezone.localdate().isoformat(),
        **extra,
    }
    return render(request, "desk/new_order.html", context, status=422 if errors else 200)


def _sites(customer: str) -> list[dict[str, Any]]:
    ids = customers.ids_by_number(numbers=[customer]) if customer else {}
    if not ids:
        return []
    return [site for site in customers.sites_of(customer_id=ids[customer]) if site["active_to"] is None]


@requires("enter_order")
@require_GET
def site_options(request: HttpRequest) -> HttpResponse:
    """The places of a customer, as the options of a select."""
    sites = _sites(typed.line(request.GET.get("customer", ""), 40))
    return render(request, "desk/_site_options.html", {"sites": sites, "chosen": ""})


# --- The quote -----------------------------------------------------------------------------------------------------


@requires("enter_order")
@require_POST
def quote(request: HttpRequest) -> JsonResponse:
    """What the order would become, in words; nothing is written."""
    if len(request.body) > LARGEST:
        return JsonResponse({}, status=413)
    try:
        sent = json.loads(request.body)
        rows = [row for row in sent.get("lines", []) if isinstance(row, dict)][:MOST_LINES]
    except (ValueError, AttributeError, TypeError):
        return JsonResponse({}, status=400)
    lang = current_language()
    head = {name: str(sent.get(name) or "") for name in ("customer", "ship_to", "po_number", "requested_on")}
    answer = quoting.quote(
        customer=typed.line(head["customer"], 40),
        ship_to=typed.line(head["ship_to"], 40),
        po_number=typed.line(head["po_number"], 60),
        requested_on=typed.day(head["requested_on"]),
        lines=[_typed_line(row, place, lang) for place, row in enumerate(rows)],
        at=timezone.now(),
    )
    if answer is None:
        return JsonResponse({"errors": [_no_customer()]} if rows else {})
    return JsonResponse(quoted.as_json(answer, lang, timezone.localdate()))


def _typed_line(row: dict[str, Any], place: int, lang: str) -> Typed:
    text = typed.line(str(row.get("quantity") or ""), 20)
    price = typed.line(str(row.get("price") or ""), 20)
    index = row.get("index")
    return Typed(
        place=index if isinstance(index, int) else place,
        code=typed.line(str(row.get("code") or ""), 60),
        quantity=typed.number(text, lang),
        quantity_text=text,
        unit=typed.line(str(row.get("unit_code") or ""), 6),
        price=typed.number(price, lang) if price else None,
        substitute=typed.line(str(row.get("substitute") or ""), 60),
    )


def _no_customer() -> dict[str, str]:
    return {"field": "customer", "text": gettext("Choose the customer")}


# --- Sending -------------------------------------------------------------------------------------------------------


class NotYet(Refused):
    """The pad has faults; they are shown with all that was typed."""

    def __init__(self, errors: list[dict[str, str]], repeat: str) -> None:
        self.errors = errors
        self.repeat = repeat
        super().__init__()


def _sent(request: HttpRequest) -> HttpResponse:
    """Make the order, once for each pad that was drawn however often it is sent; or show what is wrong with it."""
    lang, by, at = current_language(), actor(request), timezone.now()
    head, lines = _head(request.POST), _lines(request.POST, lang)
    may_repeat, confirm = request.POST.get("repeat") == "1", request.POST.get("intent") != "save"

    def act() -> idempotency.Answer:
        return idempotency.Answer(
            201, json.dumps(_capture(head, lines, may_repeat=may_repeat, confirm=confirm, by=by, at=at, lang=lang))
        )

    sent = {name: request.POST.getlist(name) for name in request.POST if name != "csrfmiddlewaretoken"}
    print_ = idempotency.fingerprint(request.path, sent)
    # Another order from the same pad (gone back to and changed) is another order: what was typed belongs to the key.
    key = f"{typed.line(request.POST.get('form_key', ''), 64) or uuid.uuid4().hex}:{print_}"
    key = key.encode("ascii", "replace").decode()
    try:
        made = idempotency.once(principal=by, route="desk/new_order", key=key, print_=print_, act=act, at=at)
    except NotYet as faults:
        return _draw(
            request, head, _as_typed(lines, lang), faults.errors, repeat=faults.repeat, repeat_checked=may_repeat
        )
    number, agreed = json.loads(made.body)
    _say(request, number)
    try:
        # A transaction of its own; sent again, the form finds it done, or does it.
        take_agreed(
            order=number,
            agreed=[(line, sku, Decimal(much), Decimal(other)) for line, sku, much, other in agreed],
            by=by,
            at=at,
        )
    except Refused as refused:
        messages.error(request, refused.sentence(lang))
    return redirect("order", number)


def _capture(
    head: Head, lines: list[Typed], *, may_repeat: bool, confirm: bool, by: Actor, at: datetime, lang: str
) -> tuple[str, list[tuple[int, str, str, str]]]:
    """The number of the order that the pad becomes, and what its customer takes in place of what.

    :raises NotYet: with every fault.
    """
    answer = quoting.quote(
        customer=head.customer,
        ship_to=head.ship_to,
        po_number=head.po_number,
        requested_on=head.day,
        lines=lines,
        at=at,
    )
    errors = _errors(head, lines, answer, may_repeat, confirm, lang)
    if errors or answer is None:
        raise NotYet(errors, answer.repeat if answer and not may_repeat else "")
    draft, _ = quoting.draft_of(
        answer.terms, ship_to=head.ship_to, po_number=head.po_number, requested_on=head.day, lines=lines, at=at,
        repeat_allowed=may_repeat, note=head.note,
    )  # fmt: skip
    made = orders.capture_order(draft=draft, by=by, at=at, submit=confirm)
    return made.number, answer.agreed if made.state != OrderState.DRAFT else []


def _head(sent: QueryDict) -> Head:
    head = Head(
        customer=typed.line(sent.get("customer", ""), 40),
        customer_name=typed.line(sent.get("customer_name", ""), 200),
        ship_to=typed.line(sent.get("ship_to", ""), 40),
        po_number=typed.line(sent.get("po_number", ""), 60),
        requested_on=typed.line(sent.get("requested_on", ""), 10),
        note=typed.paragraph(sent.get("note", ""), 500),
    )
    return _named(head)


def _lines(sent: QueryDict, lang: str) -> list[Typed]:
    """The lines of the pad; blank ones are skipped."""
    columns = [sent.getlist(name) for name in COLUMNS]
    found_lines = []
    for place, code in enumerate(columns[0][:MOST_LINES]):
        row = {
            name: column[place] if place < len(column) else "" for name, column in zip(COLUMNS, columns, strict=True)
        }
        if code.strip() or row["quantity"].strip():
            found_lines.append(_typed_line({**row, "index": place}, place, lang))
    return found_lines


def _errors(
    head: Head, lines: list[Typed], answer: Quote | None, may_repeat: bool, confirm: bool, lang: str
) -> list[dict[str, str]]:
    """All that keeps the order from being made, at once; a draft that is only saved may have faults."""
    if answer is None:
        return [_no_customer()]
    if not lines:
        return [{"field": "", "text": gettext("Write at least one line")}]
    if not confirm:
        return []
    errors = [one for one in quoted.order_errors(answer, lang) if not (may_repeat and one["field"] == "po_number")]
    for one in answer.checked.findings:
        if one.line and one.severity == Severity.BLOCKING:
            text = gettext("Line %(n)s: %(text)s") % {"n": one.line, "text": quoted.finding_words(one, lang)}
            errors.append({"field": "", "text": text, "line": str(one.line)})
    return errors


def _as_typed(lines: list[Typed], lang: str) -> list[dict[str, str]]:
    return [
        {"code": one.code, "quantity": one.quantity_text, "unit_code": one.unit,
         "unit": format_unit(1, one.unit, lang) if one.unit else "",
         "price": "" if one.price is None else format_number(one.price, lang), "substitute": one.substitute}
        for one in lines
    ]  # fmt: skip


def _say(request: HttpRequest, number: str) -> None:
    """What became of it, in one sentence."""
    page = order_page(number=number)
    if page is None or page.standing.state == OrderState.DRAFT:
        messages.success(request, gettext("%(order)s is saved as a draft.") % {"order": number})
    elif page.standing.hold_kind:
        messages.info(request, gettext("%(order)s is in, and on hold.") % {"order": number})
    else:
        messages.success(request, gettext("%(order)s is confirmed and promised.") % {"order": number})


# --- Suggestions ---------------------------------------------------------------------------------------------------


@requires("enter_order")
@require_GET
def pad_items(request: HttpRequest) -> JsonResponse:
    """Items that fit what was typed, with the customer's price, what is free, and the unit they are sold in."""
    lang, now = current_language(), timezone.now()
    customer = typed.line(request.GET.get("customer", ""), 40)
    buyers = customers.terms_of(numbers=[customer]) if customer else []
    fits = found.items(typed.line(request.GET.get("q", ""), 100), now, buyers[0].id if buyers else None, few=8)
    if not fits:
        return JsonResponse({"options": []})
    known = {one.id: one for one in buyers}
    catalogue = orders.read_catalogue(customers=known, lines=(), ids=[one.id for one in fits])
    book = catalogue.prices(buyers[0].id, buyers[0].currency, now.date()) if buyers else None
    options = []
    for one in fits:
        item = catalogue.items[one.id]
        unit = item.sales_unit if item.sales_unit in item.packs else item.base_unit
        price = book.price(one.id, Decimal(1), now.date()) if book else None
        options.append(quoted.option(one, item, unit, price, buyers[0].currency if buyers else "EUR", lang))
    return JsonResponse({"options": options})


urlpatterns = [
    path("orders/new", new_order, name="new_order"),
    path("orders/new/quote", quote, name="order_quote"),
    path("orders/new/items", pad_items, name="pad_items"),
    path("orders/new/sites", site_options, name="site_options"),
]
