"""The list of orders: filters, views, columns, what can be done with several at once."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import Any

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from promesa.access.doors import actor, requires
from promesa.core.ui.format import format_money
from promesa.core.ui.speech import current_language
from promesa.desk import columns, filters
from promesa.desk.labels import channel_word, hands_word, next_word, state_word
from promesa.desk.order_rows import OrderRows
from promesa.desk.queries.rows import Row, rows_of
from promesa.orders.queries import listing
from promesa.orders.states import OrderState

CURRENCY = "EUR"
VIEW_CAP = 999
VIEW_FRESH = 30


@requires("see_orders")
@require_GET
def orders(request: HttpRequest) -> HttpResponse:
    """One page of the orders that the filters mean."""
    asked, now, zone = filters.asked_of(request), timezone.now(), timezone.get_current_timezone_name()
    page = listing.page_of(asked, now=now, zone=zone, after=request.GET.get("after", "")[:80])
    totals = _totals(asked, now, zone)
    rows = rows_of(page.ids, now)
    lang = current_language()
    shown = columns.chosen(request)
    context = {
        "rows": rows,
        "body": OrderRows(shown).body([shown_row(row, lang) for row in rows]),
        "views": _views(request, zone),
        "chips": filters.chips_of(request, asked),
        "asked": asked,
        "totals": totals,
        "sum": format_money(totals.net_amount, CURRENCY, lang),
        "page_sum": _page_sum(rows, lang),
        "columns": {name: name in shown for name in columns.names()},
        "column_names": [(name, word, name in shown) for name, word in columns.names().items()],
        "choices": _choices(lang),
        "next_url": filters.with_(request, after=page.after) if page.after else "",
        "first_url": filters.without(request) if request.GET.get("after") else "",
        "export": request.GET.urlencode(),
        "actions": _bulk_actions(request),
    }
    return render(request, "desk/orders.html", context)


def _totals(asked: listing.Asked, now: datetime, zone: str) -> listing.Totals:
    """What the filters mean, counted anew for each page; thousands are counted at most twice a minute, as the views are."""
    key = "desk:totals:" + hashlib.sha256(f"{zone} {asked}".encode()).hexdigest()
    totals: listing.Totals | None = cache.get(key)
    if totals is None:
        totals = listing.totals_of(asked, now=now, zone=zone)
        if totals.orders > VIEW_CAP:
            cache.set(key, totals, VIEW_FRESH)
    return totals


def shown_row(row: Row, lang: str) -> dict[str, Any]:
    """A row in words."""
    standing = row.standing
    return {
        "standing": standing,
        "line": row.line.code,
        "days": row.line.days_late,
        "flower": row.flower,
        "hands": hands_word(row.step.hands, lang),
        "next": next_word(row.step, lang),
        "tone": row.step.tone,
        "state": state_word(standing.state, lang),
        "channel": channel_word(standing.channel, lang),
        "last_moment": promised_day(standing.promised_to),
    }


def promised_day(moment: datetime | None) -> datetime | None:
    """The last moment of a window; a midnight belongs to the day before."""
    return moment - timedelta(microseconds=1) if moment else None


def _views(request: HttpRequest, zone: str) -> list[filters.View]:
    """The views with what each holds, counted at most twice a minute."""
    user_id, now = request.user.pk or 0, timezone.now()
    shown = filters.shown_filters(request)
    found = []
    for name, parameters in filters.views():
        asked = filters.asked_by(parameters, user_id)
        key = f"desk:view:{'-'.join(f'{k}.{v}' for k, v in parameters.items())}:{user_id if asked.owner_id else ''}"
        totals = cache.get(key)
        if totals is None:
            totals = listing.totals_of(asked, now=now, zone=zone, cap=VIEW_CAP)
            cache.set(key, totals, VIEW_FRESH)
        if asked.owner_id and not totals.orders:
            continue
        query = "&".join(f"{key}={value}" for key, value in parameters.items())
        found.append(
            filters.View(
                name, f"?{query}" if query else request.path, shown == parameters, totals.orders, totals.capped
            )
        )
    return found


def _choices(lang: str) -> dict[str, list[tuple[str, str]]]:
    return {
        "promise": list(filters.promise_words().items()),
        "state": [(state, state_word(state, lang)) for state in OrderState],
        "channel": [(channel, channel_word(channel, lang)) for channel in filters.CHANNELS],
    }


def _page_sum(rows: list[Row], lang: str) -> str:
    """What this page adds up to, if all of it is in one currency."""
    currencies = {row.standing.currency for row in rows}
    if len(currencies) != 1:
        return ""
    total = sum((row.standing.net_amount for row in rows), 0 * rows[0].standing.net_amount)
    return gettext("on this page %(sum)s") % {"sum": format_money(total, currencies.pop(), lang)}


def _bulk_actions(request: HttpRequest) -> list[tuple[str, str, str, str]]:
    actions = []
    if actor(request).verbs & {"release_hold", "release_credit_hold"}:
        actions.append(
            ("action", "release", gettext("Release the holds of 1 order"), gettext("Release the holds of {n} orders"))
        )
    actions.append(("action", "csv", gettext("Export 1 order"), gettext("Export {n} orders")))
    return actions


@requires("see_orders")
@require_POST
def set_columns(request: HttpRequest) -> HttpResponse:
    """Keep which columns this reader wants."""
    wanted = [name for name in request.POST.getlist("column") if name in columns.names()]
    back = request.POST.get("next", "")
    response = redirect(f"/orders?{back}" if back else "/orders")
    response.set_cookie(columns.COOKIE, "-".join(wanted), max_age=365 * 86400, samesite="Lax")
    return response


urlpatterns = [
    path("orders", orders, name="orders"),
    path("orders/columns", set_columns, name="orders_columns"),
]
