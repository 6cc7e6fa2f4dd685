"""The customer's order form: priced, promised and checked while it is typed; sent once, however often it is sent."""

from __future__ import annotations

import json
import time
import uuid
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from promesa.access.doors import actor, requires
from promesa.allocation import quoting
from promesa.allocation.operations.substituting import take_agreed
from promesa.allocation.quoting import Quote, Typed
from promesa.core import idempotency, typed, words
from promesa.core.errors import NotFound, Refused
from promesa.core.ui.format import format_number, format_unit
from promesa.core.ui.speech import current_language
from promesa.customers import queries as customers
from promesa.customers.rules import Terms
from promesa.orders import operations as orders
from promesa.orders.states import OrderState
from promesa.portal import queries, quoted
from promesa.portal.quoted import Error
from promesa.portal.views import whose

MOST_LINES = 2_000
LARGEST = 1_000_000
LONGEST_NUMBER = 20
LONGEST_PO = 60
COLUMNS = ("code", "quantity", "unit_code", "price", "substitute")
TRIES = 20


@dataclass(frozen=True, slots=True)
class Head:
    """The head of the form as it was typed."""

    ship_to: str = ""
    po_number: str = ""
    requested_on: str = ""
    note: str = ""

    @property
    def day(self) -> date | None:
        """The day that is wanted, if it is one that a calendar of ours can hold."""
        found = typed.day(self.requested_on)
        return found if found and 2000 <= found.year < 2100 else None


class NotYet(Refused):
    """The form has faults; they are shown with all that was typed. `may_wait`: it may be sent so, and waits for us."""

    def __init__(self, errors: list[Error], *, may_wait: bool = False) -> None:
        self.errors = errors
        self.may_wait = may_wait
        super().__init__()


# --- The page ------------------------------------------------------------------------------------------------------


@requires("portal_order")
@require_http_methods(["GET", "POST"])
def new_order(request: HttpRequest) -> HttpResponse:
    """The form, empty or like an earlier order (`?like=`); sent, it becomes one order or comes back with its faults."""
    terms = _terms(request)
    if request.method == "POST":
        return _sent(request, terms)
    head, lines = _begun(request, terms)
    return _draw(request, terms, head, lines)


def _terms(request: HttpRequest) -> Terms:
    terms = queries.buyer(customer_id=whose(request))
    if terms is None:
        raise NotFound(what="portal")
    return terms


def _begun(request: HttpRequest, terms: Terms) -> tuple[Head, list[dict[str, str]]]:
    """An empty form, or the lines of an earlier order of theirs.

    :raises NotFound: alike for another's order and for none at all.
    """
    like = typed.line(request.GET.get("like", ""), LONGEST_NUMBER)
    if not like:
        return Head(), []
    page = queries.order_of(customer_id=terms.id, number=like)
    if page is None:
        raise NotFound(like, what=like)
    lang = current_language()
    lines = [
        {"code": line.sku or line.received.get("code", ""), "quantity": format_number(line.unit_quantity, lang),
         "unit_code": line.unit_code, "unit": format_unit(1, line.unit_code, lang), "text": line.item}
        for line in page.lines
    ]  # fmt: skip
    return Head(ship_to=page.head.site_number), lines


def _draw(
    request: HttpRequest, terms: Terms, head: Head, lines: list[dict[str, str]], faults: NotYet | None = None,
    fresh: bool = False,
) -> HttpResponse:  # fmt: skip
    errors = faults.errors if faults else []
    kept = "" if fresh else _key(request.POST)
    context = {
        "head": head,
        "lines": lines,
        "sites": [one for one in customers.sites_of(customer_id=terms.id) if one["active_to"] is None],
        "chosen": head.ship_to or getattr(terms.site(), "number", ""),
        "error_list": errors,
        "errors": {one["field"]: one["text"] for one in errors if one.get("field")},
        "may_wait": bool(faults and faults.may_wait),
        "form_key": kept or uuid.uuid4().hex,
        "today": timezone.localdate().isoformat(),
    }
    return render(request, "portal/new_order.html", context, status=422 if errors else 200)


def _key(sent: QueryDict) -> str:
    return typed.line(sent.get("form_key", ""), 64).encode("ascii", "replace").decode()


# --- The quote -----------------------------------------------------------------------------------------------------


@requires("portal_order")
@require_POST
def quote(request: HttpRequest) -> JsonResponse:
    """What the order would become, in words; nothing is written. Whose it is, is never read from what was sent."""
    terms = _terms(request)
    if len(request.body) > LARGEST:
        return JsonResponse({}, status=413)
    try:
        sent = json.loads(request.body)
        rows = [row for row in sent.get("lines", []) if isinstance(row, dict)][:MOST_LINES]
    except (ValueError, AttributeError, TypeError, RecursionError):
        return JsonResponse({}, status=400)
    lang = current_language()
    head = _head({name: str(sent.get(name) or "") for name in ("ship_to", "po_number", "requested_on")})
    answer = quoting.quote(
        customer=terms.number, ship_to=head.ship_to, po_number=head.po_number[:LONGEST_PO], requested_on=head.day,
        lines=[_typed_line(row, place, lang) for place, row in enumerate(rows)], at=timezone.now(), channel="portal",
    )  # fmt: skip
    if answer is None:
        return JsonResponse({})
    told = quoted.as_json(answer, lang, timezone.localdate())
    told["errors"] = _head_errors(head) + told["errors"]
    return JsonResponse(told)


def _typed_line(row: dict[str, Any], place: int, lang: str) -> Typed:
    text, price = (typed.line(str(row.get(name) or ""), 200) for name in ("quantity", "price"))
    index = row.get("index")
    # A figure that is too long is no figure: cut short it would be another.
    return Typed(
        place=index if isinstance(index, int) else place,
        code=typed.line(str(row.get("code") or ""), 60),
        quantity=typed.number(text, lang) if len(text) <= LONGEST_NUMBER else None,
        quantity_text=text[:LONGEST_NUMBER],
        unit=typed.line(str(row.get("unit_code") or ""), 6),
        price=typed.number(price, lang) if 0 < len(price) <= LONGEST_NUMBER else None,
        substitute=typed.line(str(row.get("substitute") or ""), 60),
    )


# --- Sending -------------------------------------------------------------------------------------------------------


def _sent(request: HttpRequest, terms: Terms) -> HttpResponse:
    """Make one order of one form, ever; or show what is wrong with it."""
    lang, by, at = current_language(), actor(request), timezone.now()
    head, lines = _head(request.POST.dict()), _lines(request.POST, lang)
    wait = request.POST.get("wait") == "1"

    def act() -> idempotency.Answer:
        answer = _insist(request.POST, terms, head, lines, wait=wait, lang=lang)
        draft, _ = quoting.draft_of(
            terms, ship_to=head.ship_to, po_number=head.po_number, requested_on=head.day, lines=lines, at=at,
            note=head.note, channel="portal",
        )  # fmt: skip
        made = orders.capture_orders(drafts=[draft], by=by, at=at)[0]
        if made.order_id is None:
            raise NotYet([{"field": "", "text": words.say("portal_cannot_order", {}, lang)}])
        agreed = answer.agreed if made.state != OrderState.DRAFT else []
        return idempotency.Answer(201, json.dumps([made.number, made.state, agreed]))

    what = {name: request.POST.getlist(name) for name in request.POST if name not in ("csrfmiddlewaretoken", "wait")}
    print_, key = idempotency.fingerprint(request.path, what), _key(request.POST) or uuid.uuid4().hex
    for left in range(TRIES, -1, -1):
        try:
            made = idempotency.once(principal=by, route="portal/new_order", key=key, print_=print_, act=act, at=at)
            break
        except NotYet as faults:
            return _draw(request, terms, head, _as_typed(lines, lang), faults)
        except idempotency.IdempotencyKeyReused:
            again = gettext("This form was sent already. If this is another order, send it again.")
            sent_before = NotYet([{"field": "", "text": again}])
            return _draw(request, terms, head, _as_typed(lines, lang), sent_before, fresh=True)
        except idempotency.StillRunning:
            if not left:
                raise
            time.sleep(0.1)  # the same form is being sent at this moment; its answer is ours too
    number, state, agreed = json.loads(made.body)
    _say(request, number, state)
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
    return redirect("portal_order", number)


def _insist(sent: QueryDict, terms: Terms, head: Head, lines: list[Typed], *, wait: bool, lang: str) -> Quote:
    """Let only what may be sent pass; it comes back as it is quoted.

    :raises NotYet: with every fault. Those that we can put right are let pass with `wait`.
    """
    errors = _head_errors(head)
    if len(sent.getlist("code")) > MOST_LINES:
        errors.append({"field": "", "text": gettext("At most %(n)s lines fit into one order.") % {"n": MOST_LINES}})
    elif not lines:
        errors.append({"field": "", "text": gettext("Write at least one line")})
    if errors:
        raise NotYet(errors)
    answer = quoting.quote(
        customer=terms.number, ship_to=head.ship_to, po_number=head.po_number, requested_on=head.day, lines=lines,
        at=timezone.now(), channel="portal",
    )  # fmt: skip
    if answer is None:
        raise NotYet([{"field": "", "text": words.say("portal_cannot_order", {}, lang)}])
    of_order = quoted.order_errors(answer, lang)
    faults = of_order + quoted.line_errors(answer, lang)
    lasting = any(one["field"] == "ship_to" for one in of_order)
    if faults and (lasting or not wait):
        raise NotYet(faults, may_wait=not lasting)
    return answer


def _head_errors(head: Head) -> list[Error]:
    errors = []
    if len(head.po_number) > LONGEST_PO:
        text = gettext("Your order number may have %(n)s characters at most") % {"n": LONGEST_PO}
        errors.append({"field": "po_number", "text": text})
    if head.requested_on and head.day is None:
        errors.append({"field": "requested_on", "text": gettext("That day does not exist. Choose it again")})
    return errors


def _head(sent: dict[str, Any]) -> Head:
    return Head(
        ship_to=typed.line(str(sent.get("ship_to") or ""), 40),
        po_number=typed.line(str(sent.get("po_number") or ""), 200),
        requested_on=typed.line(str(sent.get("requested_on") or ""), 20),
        note=typed.paragraph(str(sent.get("note") or ""), 500),
    )


def _lines(sent: QueryDict, lang: str) -> list[Typed]:
    """The lines of the form; blank ones are skipped."""
    columns = {name: sent.getlist(name)[:MOST_LINES] for name in COLUMNS}
    rows = [
        {name: column[place] if place < len(column) else "" for name, column in columns.items()} | {"index": place}
        for place in range(len(columns["code"]))
    ]
    return [
        _typed_line(row, place, lang)
        for place, row in enumerate(rows)
        if str(row["code"]).strip() or str(row["quantity"]).strip()
    ]


def _as_typed(lines: list[Typed], lang: str) -> list[dict[str, str]]:
    return [
        {"code": one.code, "quantity": one.quantity_text, "unit_code": one.unit,
         "unit": format_unit(1, one.unit, lang) if one.unit else "",
         "price": "" if one.price is None else format_number(one.price, lang), "substitute": one.substitute}
        for one in lines
    ]  # fmt: skip


def _say(request: HttpRequest, number: str, state: str) -> None:
    """What became of it, in one sentence."""
    if state == OrderState.CONFIRMED:
        messages.success(request, gettext("%(order)s is confirmed.") % {"order": number})
    elif state == OrderState.DRAFT:
        messages.info(
            request, gettext("We have %(order)s. It waits until what is missing is put right.") % {"order": number}
        )
    else:
        messages.info(request, gettext("We have %(order)s and are looking at it.") % {"order": number})


# --- Suggestions ---------------------------------------------------------------------------------------------------


@requires("portal_order")
@require_GET
def items(request: HttpRequest) -> JsonResponse:
    """Items that fit what was typed, with the customer's own price and the unit they are sold in."""
    terms, lang, now = _terms(request), current_language(), timezone.now()
    text = typed.line(request.GET.get("q", ""), 100)
    fits = queries.items_like(text=text, customer_id=terms.id, on=now.date()) if text else []
    if not fits:
        return JsonResponse({"options": []})
    catalogue = orders.read_catalogue(customers={terms.id: terms}, lines=(), ids=[one.id for one in fits])
    book = catalogue.prices(terms.id, terms.currency, now.date())
    return JsonResponse(
        {"options": [quoted.option(one, catalogue, book, terms.currency, now.date(), lang) for one in fits]}
    )
