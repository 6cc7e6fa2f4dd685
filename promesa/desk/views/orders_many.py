"""What is done with many orders at once: export, and releasing holds after saying what that will do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import path, re_path
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_GET, require_POST

from promesa.access.doors import actor, requires
from promesa.access.rules import hold_verb
from promesa.core import sheets
from promesa.core.errors import Refused
from promesa.core.ui.format import joined
from promesa.core.ui.speech import current_language
from promesa.desk import filters
from promesa.desk.labels import channel_word, hands_word, next_word, state_word
from promesa.desk.queries.rows import Row, rows_of
from promesa.orders import operations
from promesa.orders.queries import listing
from promesa.orders.queries.holding import OpenHold, ids_of, open_holds

MOST_EXPORTED = 20_000
AT_ONCE = 500
MOST_CHOSEN = 500
FILE_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


# --- Export --------------------------------------------------------------------------------------------------------


@requires("see_orders")
@require_GET
def export(request: HttpRequest, kind: str) -> HttpResponse | StreamingHttpResponse:
    """The orders that the filters mean, as a file; at most 20,000."""
    asked, now, zone = filters.asked_of(request), timezone.now(), timezone.get_current_timezone_name()
    ids = listing.page_of(asked, now=now, zone=zone, limit=MOST_EXPORTED).ids
    return _file(kind, ids)


def _file(kind: str, ids: Sequence[int]) -> HttpResponse | StreamingHttpResponse:
    lang = current_language()
    table = _table(ids, lang)
    name = f"{gettext('orders')}-{timezone.localdate().isoformat()}.{kind}"
    response: HttpResponse | StreamingHttpResponse
    if kind == "xlsx":
        response = HttpResponse(sheets.xlsx(gettext("Orders"), _heads(), table), content_type=FILE_TYPES[kind])
    else:
        # read whole before it is sent: the connection goes back when the view returns
        body = list(sheets.csv_lines(_heads(), table, spanish=lang == "es"))
        response = HttpResponse(body, content_type=FILE_TYPES[kind])
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _heads() -> list[str]:
    return [
        gettext("Order"),
        gettext("State"),
        gettext("Customer number"),
        gettext("Customer"),
        gettext("Their order"),
        gettext("Channel"),
        gettext("Received"),
        gettext("Promised"),
        gettext("Business days late"),
        gettext("In the hands of"),
        gettext("Next step"),
        gettext("Lines"),
        gettext("Net amount"),
        gettext("Currency"),
    ]


def _table(ids: Sequence[int], lang: str) -> Iterator[list[sheets.Cell]]:
    now, here = timezone.now(), timezone.get_current_timezone()
    for start in range(0, len(ids), AT_ONCE):
        for row in rows_of(ids[start : start + AT_ONCE], now):
            yield _cells(row, lang, here)


def _cells(row: Row, lang: str, here: ZoneInfo) -> list[sheets.Cell]:
    order = row.standing
    promised = order.promised_to.astimezone(ZoneInfo(order.site_zone)) if order.promised_to else None
    return [
        order.number,
        state_word(order.state, lang),
        order.customer_number,
        order.customer_name,
        order.po_number,
        channel_word(order.channel, lang),
        order.received_at.astimezone(here),
        promised,
        row.line.days_late,
        hands_word(row.step.hands, lang),
        next_word(row.step, lang),
        order.line_count,
        order.net_amount,
        order.currency,
    ]


# --- Several at once -----------------------------------------------------------------------------------------------


@requires("see_orders")
@require_POST
def bulk(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    """Export the chosen orders, or say what releasing their holds will do before it is done."""
    numbers = request.POST.getlist("order")[:MOST_CHOSEN]
    if request.POST.get("action") == "csv":
        return _file("csv", list(ids_of(numbers=numbers).values()))
    holds = open_holds(order_ids=list(ids_of(numbers=numbers).values()))
    mine = [hold for hold in holds if hold_verb(hold.kind) in actor(request).verbs]
    if request.POST.get("action") == "release_now":
        return _release(request, mine, request.POST.get("reason", "").strip())
    return _ask(request, numbers, holds, mine)


def _ask(
    request: HttpRequest, numbers: list[str], holds: list[OpenHold], mine: list[OpenHold], error: str = ""
) -> HttpResponse:
    context = {
        "numbers": numbers,
        "mine": mine,
        "others": [hold for hold in holds if hold not in mine],
        "unheld": len(numbers) - len({hold.number for hold in holds}),
        "error": error,
        "orders": len({hold.number for hold in mine}),
    }
    return render(request, "desk/orders_release.html", context, status=422 if error else 200)


def _release(request: HttpRequest, mine: list[OpenHold], reason: str) -> HttpResponse:
    if not reason:
        numbers = request.POST.getlist("order")[:MOST_CHOSEN]
        return _ask(request, numbers, mine, mine, gettext("Say why: it is written into the order."))
    done, failed = 0, []
    for hold in mine:
        try:
            operations.release_hold(hold_id=hold.id, reason=reason, by=actor(request), at=timezone.now())
            done += 1
        except Refused as refused:
            failed.append(refused.sentence(current_language()))
    if done:
        words = ngettext("%(n)s hold released.", "%(n)s holds released.", done) % {"n": done}
        messages.success(request, words)
    if failed:
        messages.error(request, joined(failed, current_language()))
    return redirect("orders")


urlpatterns = [
    re_path(r"^orders/export\.(?P<kind>csv|xlsx)$", export, name="orders_export"),
    path("orders/bulk", bulk, name="orders_bulk"),
]
