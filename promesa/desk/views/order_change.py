"""Changing an order: quantities and the day it is wanted, on one form that somebody else may have overtaken."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import re_path
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from promesa.access.doors import actor, requires
from promesa.core.errors import NotFound, Refused, Stale
from promesa.core.ui.format import format_number
from promesa.core.ui.speech import current_language
from promesa.desk import order_told, typed
from promesa.desk.views.order import NUMBER, draw
from promesa.orders import operations as orders
from promesa.orders.queries.page import OrderPage, order_page


@requires("change_order")
@require_POST
def change(request: HttpRequest, number: str) -> HttpResponse:
    """Set new quantities and another day; what cannot be is said beside its field, and nothing typed is lost."""
    page = order_page(number=number)
    if page is None:
        raise NotFound(number, what=number)
    sent = {name: str(value)[:200] for name, value in request.POST.items() if name != "csrfmiddlewaretoken"}
    quantities, day, errors = _read(page, sent)
    version = int(sent.get("version", "0")) if sent.get("version", "").isdecimal() else 0
    if version != page.head.version:
        return _overtaken(request, page, sent)
    if errors:
        return draw(request, number, 422, typed=sent, errors={**errors, "change": "1"}, error_list=list(errors.items()))
    if not quantities and day is None:
        messages.info(request, gettext("Nothing was changed."))
        return redirect("order", number)
    try:
        _change(request, page, quantities, day, sent)
    except Stale:
        return _overtaken(request, page, sent)
    except Refused as refused:
        said = refused.sentence(current_language())
        return draw(request, number, refused.status, typed=sent, refused=said, errors={"change": "1"})
    messages.success(request, gettext("Changed. The new promise is on its way."))
    return redirect("order", number)


def _read(page: OrderPage, sent: dict[str, str]) -> tuple[dict[int, Decimal], date | None, dict[str, str]]:
    """What is to be changed, and what cannot be read."""
    lang, errors, quantities = current_language(), dict[str, str](), dict[int, Decimal]()
    for line in page.lines:
        field, now = f"quantity-{line.line_number}", order_told.ordered_now(line)
        text = sent.get(field)
        if text is None or text == format_number(now, lang):
            continue
        wanted = typed.number(text, lang)
        if wanted is None or wanted < 0:
            errors[field] = gettext("Write a number, or 0 to take the line off.")
        elif wanted != now:
            quantities[line.line_number] = wanted
    text, day = sent.get("requested", ""), None
    if text and text != order_told.requested_day(page):
        day = typed.day(text)
        if day is None or not date(2000, 1, 1) <= day <= date(2100, 1, 1):
            errors["requested"] = gettext("Write a day.")
    return quantities, day, errors


def _change(
    request: HttpRequest, page: OrderPage, quantities: dict[int, Decimal], day: date | None, sent: dict[str, str]
) -> None:
    by, at, version = actor(request), timezone.now(), page.head.version
    initiator = "us" if sent.get("initiator") == "us" else "customer"
    reason = typed.line(sent.get("reason", ""), 200)
    for line_number, quantity in quantities.items():
        orders.change_line(
            order_id=page.head.id, line_number=line_number, quantity=quantity, initiator=initiator, reason=reason,
            cause="K4" if initiator == "customer" else "", version=version or None, by=by, at=at,
        )  # fmt: skip
        version = 0  # each change is a new version; the first has found ours
    if day is not None:
        start, end = typed.whole_day(day, page.standing.site_zone)
        orders.move_request(
            order_id=page.head.id, window_from=start, window_to=end, initiator=initiator, reason=reason,
            version=version or None, by=by, at=at,
        )  # fmt: skip


def _overtaken(request: HttpRequest, page: OrderPage, sent: dict[str, str]) -> HttpResponse:
    """Somebody changed the order meanwhile: what is saved now beside what was typed."""
    fresh = order_page(number=page.head.number) or page
    lang, differences = current_language(), []
    for line in fresh.lines:
        field, now = f"quantity-{line.line_number}", format_number(order_told.ordered_now(line), lang)
        if field in sent and sent[field] != now:
            label = gettext("Quantity of line %(n)s") % {"n": line.line_number}
            differences.append(
                {"label": label, "field_id": field, "theirs": now, "yours": sent[field], "theirs_raw": now}
            )
    saved = order_told.requested_day(fresh)
    if sent.get("requested", saved) != saved:
        differences.append(
            {"label": gettext("Wanted on"), "field_id": "requested", "theirs": saved or "—", "yours": sent["requested"],
             "theirs_raw": saved}
        )  # fmt: skip
    return draw(
        request, page.head.number, 409, typed=sent, errors={"change": "1"}, differences=differences, overtaken=True
    )


urlpatterns = [re_path(rf"^orders/{NUMBER}/change$", change, name="order_change")]
