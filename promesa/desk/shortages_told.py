"""What runs short, as its pages say it: rows with their bars, filters, the horizon, what is supposed of a receipt."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext, pgettext

from promesa.allocation.queries.shortage import Board, Supposed
from promesa.core.ui import charts
from promesa.core.ui.format import format_date, format_number, format_unit
from promesa.desk import asked
from promesa.desk.queries.shortages import SORTS, Asked, Coming, OpenPlan, Short

HORIZONS = (7, 14, 21, 30, 60)
USUAL = 14
LATE = (0, 1, 2, 3, 5, 7, 10, 14, 21)
LESS = (0, 10, 20, 30, 40, 50, 75, 100)
VIEWS = ("", "short", "all")


def asked_of(request: HttpRequest, *, today: date, sku: str = "") -> Asked:
    """What the address asks for; what cannot be read is as if it were not there."""
    query = request.GET
    days = _number(query.get("days", ""), HORIZONS, USUAL)
    end = datetime.combine(today + timedelta(days=days), time(), tzinfo=timezone.get_current_timezone())
    return Asked(
        until=end, text=asked.text_of(query, "q", 60), family=asked.text_of(query, "family", 80),
        warehouse=asked.text_of(query, "warehouse", 20), view=asked.one_of(query.get("view", ""), VIEWS),
        sort=asked.one_of(query.get("sort", ""), tuple(SORTS)), sku=sku,
        supposed=Supposed(
            asked.text_of(query, "receipt", 40), _number(query.get("late", ""), LATE, 0),
            Decimal(_number(query.get("less", ""), LESS, 0)),
        ),
    )  # fmt: skip


def _number(text: str, known: Sequence[int], usual: int) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 4 and int(text) in known else usual


def days_of(request: HttpRequest) -> int:
    """How many days the horizon is long."""
    return _number(request.GET.get("days", ""), HORIZONS, USUAL)


def last_day(wanted: Asked) -> date:
    """The last day of the horizon."""
    return (timezone.localtime(wanted.until) - timedelta(seconds=1)).date()


def choices(wanted: Asked, receipts: Sequence[Coming], lang: str, today: date) -> dict[str, Any]:
    """What can be chosen in the filters, each with whether it is chosen."""
    said = wanted.supposed
    known = [("", "—"), ("*", gettext("all receipts"))]
    known += [
        (one.number, (f"{one.item}, {format_number(one.quantity, lang)}, "
                     f"{format_date(timezone.localtime(one.expected_at).date(), lang, today=today)}"))
        for one in receipts
    ]  # fmt: skip
    return {
        "receipt": [(value, word, value == said.receipt) for value, word in known],
        "late": [(value, value == said.late) for value in LATE],
        "less": [(value, value == said.less) for value in LESS],
    }


def rows(found: Sequence[Short], plans: Sequence[OpenPlan], lang: str) -> list[dict[str, Any]]:
    """The items with their bars, each on its own scale: a bar says what part goes where, the figures how much."""
    by_sku = {plan.sku: plan for plan in reversed(plans)}
    return [
        {
            "one": one,
            "bar": charts.scarcity(
                one.stock, one.coming, one.promised, one.protected, one.free, one.missing, lang=lang
            ),
            "more": one.missing - one.missing_now,
            "plan": by_sku.get(one.sku),
        }
        for one in found
    ]


def unit_of(found: Sequence[Short], lang: str, value: Decimal) -> str:
    """The word of the unit where all items have the same one; else just units."""
    units = {one.base_unit for one in found}
    return format_unit(value, units.pop() if len(units) == 1 else "EA", lang)


def tabs(request: HttpRequest) -> list[dict[str, Any]]:
    """Which items: those that are short or almost, the short ones, all that are asked for."""
    here = request.GET.get("view", "")
    known = {
        "": gettext("Short or tight"), "short": gettext("Short"), "all": gettext("All that are asked for"),
    }  # fmt: skip
    return [
        {
            "word": word, "here": here == view,
            "href": asked.with_(request, view=view) if view else asked.without(request, "view"),
        }
        for view, word in known.items()
    ]  # fmt: skip


def sort_words() -> dict[str, str]:
    """What the board may be sorted by."""
    return {
        "": gettext("Value at stake"), "missing": pgettext("sorted by", "Missing"), "service": gettext("Worst served"),
        "name": gettext("Name"),
    }  # fmt: skip


def finding(found: Sequence[Short], totals: Board, lang: str) -> dict[str, Any]:
    """The numbers of the sentence on top."""
    return {
        "missing": format_number(totals.missing, lang),
        "unit": unit_of([one for one in found if one.missing], lang, totals.missing),
        "served": totals.served,
    }
