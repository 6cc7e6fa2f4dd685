"""What stands around every page: the rail by role, counts, search, what changed, the reader's zone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.core.cache import cache
from django.http import HttpRequest, HttpResponseBase
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy, pgettext_lazy

from promesa.access.labels import role_name
from promesa.access.models import User
from promesa.access.queries import person
from promesa.core.parameters import company_zone, values
from promesa.core.ui.frame import Changes, Entry, Me
from promesa.core.ui.speech import current_language
from promesa.desk.queries import changes
from promesa.desk.queries.waiting import waiting_for

FRESH = 15
AHEAD = timedelta(days=14)  # what is short is counted as far as the board looks at first
# (icon, word, URL name, right, the count that stands beside it, on a telephone's bar)
RAIL: tuple[tuple[tuple[str, Any, str, str, str, bool], ...], ...] = (
    (
        ("today", pgettext_lazy("rail", "Today"), "today", "see_work", "work", True),
        ("orders", gettext_lazy("Orders"), "orders", "see_orders", "", True),
        ("shortage", gettext_lazy("Shortages"), "shortages", "see_plans", "short", False),
        ("truck", gettext_lazy("Deliveries"), "deliveries", "see_deliveries", "", True),
        ("invoice", gettext_lazy("Invoices and cash"), "invoices", "see_invoices", "", False),
    ),
    (
        ("customers", gettext_lazy("Customers"), "customers", "see_customers", "", True),
        ("catalog", pgettext_lazy("rail", "Catalogue"), "catalogue", "see_catalogue", "", False),
    ),
    (
        ("results", gettext_lazy("Results"), "results", "see_results", "", False),
        ("exchange", gettext_lazy("Intake"), "intake", "see_documents", "documents", False),
    ),
)


def address(name: str) -> str:
    """Where a page is, or nothing if there is none of that name."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def frame(request: HttpRequest) -> dict[str, Any]:
    """The context of `core/frame.html`. A fragment of a page needs none of it."""
    user = getattr(request, "user", None)
    if not isinstance(user, User) or user.customer is not None or getattr(request, "htmx", False):
        return {}
    verbs = person(user).verbs
    now = timezone.now()
    counts = cache.get_or_set(
        f"desk:waiting:{user.pk}", lambda: waiting_for(role=user.role, user_id=user.pk, until=now + AHEAD), FRESH
    )
    known: dict[str, Any] = {
        "rail": _rail(request.path, verbs, counts or {}),
        "search_url": address("search"),
        "home_url": address("today") or address("orders") or "/",
        "me": Me(str(user), role_name(user.role, current_language()), address("account"), address("sign_out")),
        "company": cache.get_or_set("desk:company", lambda: company_name(now), 60),
    }
    if "enter_order" in verbs:
        known["new_order_url"] = address("new_order")
    if "see_orders" in verbs:
        seen = user.seen_at or user.date_joined
        count = cache.get_or_set(
            f"desk:changes:{user.pk}:{seen.timestamp()}", lambda: changes.count_since(seen, f"user:{user.pk}"), FRESH
        )
        known["changes"] = Changes(count or 0, address("changes"))
    return known


def _rail(path: str, verbs: frozenset[str], counts: dict[str, int]) -> list[list[Entry]]:
    groups = []
    for group in RAIL:
        entries = [
            Entry(icon, word, href, counts.get(count, 0), _is_here(path, href), tab)
            for icon, word, name, verb, count, tab in group
            if verb in verbs and (href := address(name))
        ]
        if entries:
            groups.append(entries)
    return groups


def _is_here(path: str, href: str) -> bool:
    return path == href if href == "/" else path == href or path.startswith(f"{href}/")


def company_name(now: datetime) -> str:
    """The company's name, for the foot of the rail."""
    return str(values(codes=["company.name"], on=now.date()).get("company.name", ""))


def company_time(answer: Callable[[HttpRequest], HttpResponseBase]) -> Callable[[HttpRequest], HttpResponseBase]:
    """Middleware: moments are said in the company's zone."""

    def timed(request: HttpRequest) -> HttpResponseBase:
        if request.path.startswith(("/api/", "/static/")):
            return answer(request)
        zone = cache.get_or_set("desk:zone", lambda: company_zone(on=timezone.now().date()), 60)
        with timezone.override(zone):
            return answer(request)

    return timed
