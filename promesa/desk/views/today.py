"""Today: what waits for me, what was promised for today, what changed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext, pgettext
from django.views.decorators.http import require_GET, require_POST

from promesa.access.doors import actor, requires
from promesa.access.labels import role_name
from promesa.access.models import User
from promesa.access.queries import names_of
from promesa.access.states import Role
from promesa.core import words
from promesa.core.ui import charts
from promesa.core.ui.format import format_date
from promesa.core.ui.speech import current_language
from promesa.desk import asked, telling
from promesa.desk.queries import today as queries
from promesa.desk.queries.changes import changes_since
from promesa.desk.queries.rows import rows_of
from promesa.exchange.queries import stuck_files
from promesa.work import operations
from promesa.work.states import WorkState

EVERYTHING = frozenset({Role.MANAGER, Role.ADMINISTRATOR})
CHANGES = 6
# Work that ends when somebody says so; all other work ends when what it is about is settled.
# In which order kinds of work are shown: first what keeps an order from going on.
KINDS = (
    "protected_short", "hold", "draft", "document", "shortage", "late_line", "redeliver", "replace", "refused_goods",
    "invoice_blocked", "dispute", "count_stock", "reminder",
)  # fmt: skip
ENDS_BY_HAND = frozenset(
    {
        "protected_short",
        "count_stock",
        "refused_goods",
        "replace",
        "late_line",
        "reminder",
        "redeliver",
        "mail_refused",
        "outgoing_refused",
    }
)


@requires("see_work")
@require_GET
def today(request: HttpRequest) -> HttpResponse:
    """My work by when it is due, the day's promises by the hour, what others did."""
    user = request.user
    assert isinstance(user, User)
    now, day, zone = timezone.now(), timezone.localdate(), timezone.get_current_timezone_name()
    role = _role(request, user)
    kind = asked.one_of(request.GET.get("kind", ""), KINDS)
    work = queries.my_work(role=role, me=user.pk, now=now, zone=zone, today=day, kind=kind)
    load = queries.my_load(role=role, me=user.pk, now=now, zone=zone, today=day)
    hours = queries.promised_by_hour(day=day, zone=zone, now=now)
    context = {
        "heading": _heading(load, now),
        "load": load,
        "groups": _groups(request, work, user, now),
        "kind": kind and words.say(f"work_kind_{kind}", {}, current_language()),
        "all_kinds": asked.without(request, "kind"),
        "roles": _roles(user, role, now),
        "promised": _promised(hours, now),
        "is_mine": role == user.role,
        **_changes(user),
        **_alarms(request, now),
    }
    return render(request, "desk/today/today.html", context)


def _role(request: HttpRequest, user: User) -> str:
    """Whose work is shown: one's own role's, another's if asked for, and everybody's for those who lead."""
    usual = "" if user.role in EVERYTHING else user.role
    wanted = request.GET.get("role")
    if wanted == "all":
        return ""
    return asked.one_of(wanted or "", set(Role), usual)


def _heading(load: queries.Load, now: datetime) -> str:
    hour = timezone.localtime(now).hour
    morning, afternoon = 5 <= hour < 14, 14 <= hour < 21
    greeting = (
        gettext("Good morning.") if morning else gettext("Good afternoon.") if afternoon else gettext("Good evening.")
    )
    count = load.by_tonight
    if not count:
        rest = gettext("Nothing is due today")
    else:
        rest = ngettext("%(n)s decision is due today", "%(n)s decisions are due today", count) % {"n": count}
    return f"{greeting} {rest}"


def _roles(user: User, role: str, now: datetime) -> list[dict[str, Any]]:
    """A tab for each role that has work; one's own stands first."""
    lang = current_language()
    known = queries.load_by_role(me=user.pk, now=now)
    ordered = sorted(known, key=lambda one: (one[0] != user.role, one[0]))
    tabs = [
        {"word": role_name(name, lang), "href": f"?role={name}", "here": role == name, "count": count}
        for name, count, _ in ordered
    ]
    if role and role not in {one[0] for one in known}:
        tabs.insert(0, {"word": role_name(role, lang), "href": f"?role={role}", "here": True, "count": 0})
    everything = {
        "word": gettext("Everybody"),
        "href": "?role=all",
        "here": not role,
        "count": sum(one[1] for one in known),
    }
    return [everything, *tabs] if user.role in EVERYTHING else [*tabs, everything]


def _groups(request: HttpRequest, work: Sequence[queries.Work], user: User, now: datetime) -> list[dict[str, Any]]:
    """Work by when it is due and, within that, by its kind: the first few of each, and the way to the rest."""
    names = {
        "overdue": pgettext("work", "Overdue"),
        "morning": gettext("Before 12:00"),
        "today": pgettext("work", "Today"),
        "later": pgettext("work", "Later"),
    }
    orders = sorted({one.order_id for one in work if one.order_id is not None})
    lines = {row.standing.id: row.line.code for row in rows_of(orders, now)}
    groups = []
    for due, name in names.items():
        known = [one for one in work if one.due == due]
        kinds = [
            _kind(request, alike, lines, user)
            for kind in sorted({one.kind for one in known}, key=_rank)
            if (alike := [one for one in known if one.kind == kind])
        ]
        if kinds:
            groups.append({"due": due, "name": name, "count": sum(one["count"] for one in kinds), "kinds": kinds})
    if groups:
        first: Any = groups[0]["kinds"]
        first[0]["rows"][0]["first"] = True
    return groups


def _rank(kind: str) -> tuple[int, str]:
    return (KINDS.index(kind) if kind in KINDS else len(KINDS), kind)


def _kind(request: HttpRequest, alike: Sequence[queries.Work], lines: dict[int, str], user: User) -> dict[str, Any]:
    """Work of one kind that is due at the same time."""
    one = alike[0]
    return {
        "word": words.say(f"work_kind_{one.kind}", {}, current_language()),
        "rows": [_row(each, lines, user) for each in alike],
        "count": one.alike,
        "hidden": one.alike - len(alike),
        "href": asked.with_(request, kind=one.kind),
    }


def _row(one: queries.Work, lines: dict[int, str], user: User) -> dict[str, Any]:
    lang = current_language()
    moment = timezone.localtime(one.due_at)
    is_today = moment.date() == timezone.localdate()
    href, word = _way(one)
    code, params = str(one.title.get("code", "")), one.title.get("params", {})
    return {
        "work": one,
        "due": f"{moment:%H:%M}"
        if is_today
        else format_date(moment.date(), lang, weekday=False, today=timezone.localdate()),
        "tone": {"overdue": "is-broken", "morning": "is-risk"}.get(one.due, ""),
        "what": words.say(code, params, lang),
        "kind": words.say(f"work_kind_{one.kind}", {}, lang),
        "line": lines.get(one.order_id or 0, ""),
        "href": href,
        "word": word,
        "is_mine": one.owner_id == user.pk,
        "is_others": one.owner_id is not None and one.owner_id != user.pk,
        "by_hand": one.kind in ENDS_BY_HAND,
        "role": role_name(one.role, lang),
    }


def _way(one: queries.Work) -> tuple[str, str]:
    """Where it is decided, and the word on the button."""
    verbs = {
        "hold": gettext("Decide"),
        "draft": gettext("Mend"),
        "document": gettext("Look at it"),
        "shortage": gettext("Decide"),
        "protected_short": gettext("Decide"),
        "late_line": gettext("Look at it"),
        "redeliver": gettext("Plan it"),
        "replace": gettext("Replace"),
        "count_stock": gettext("Count"),
        "refused_goods": gettext("Look at it"),
        "invoice_blocked": gettext("Mend"),
        "reminder": gettext("Remind"),
        "dispute": gettext("Settle"),
    }
    word = verbs.get(one.kind, gettext("Open"))
    params = one.title.get("params", {})
    about, _, key = one.subject.partition(":")
    if one.document_id is not None:
        return reverse("document", args=[one.document_id]), word
    if about == "outgoing" and key.isdecimal():
        return reverse("sent", args=[int(key)]), word
    if about in ("mailbox", "erp_system"):
        return reverse("connections"), word
    if one.kind in ("reminder", "dispute") and params.get("invoice"):
        return reverse("invoice", args=[params["invoice"]]), word
    if one.kind == "redeliver":
        return f"{reverse('deliveries')}?{urlencode({'view': 'again', 'q': one.order})}", word
    if one.kind == "invoice_blocked":
        return f"{reverse('invoices')}?{urlencode({'view': 'blocked'})}", word
    if one.order:
        return reverse("order", args=[one.order]), word
    return reverse("today"), word


def _promised(hours: Sequence[queries.Hour], now: datetime) -> dict[str, Any]:
    """The chart of the day with its sums."""
    kept, going, risk, late = (sum(getattr(one, name) for one in hours) for name in ("kept", "going", "risk", "late"))
    known = {one.hour: one for one in hours}
    first, last = (min(known), max(known)) if known else (7, 13)
    href = f"{reverse('orders')}?due=today"
    parts = []
    for hour in range(min(first, 7), max(last, 13) + 1):
        one = known.get(hour) or queries.Hour(hour, 0, 0, 0, 0)
        parts.append(charts.Part(str(hour), one.kept, one.going, one.risk, one.late, href))
    said = gettext(
        "Deliveries promised for today by the hour: %(kept)s kept, %(going)s on their way, %(risk)s at risk, %(late)s late"
    )
    label = said % {"kept": kept, "going": going, "risk": risk, "late": late}
    return {
        "total": kept + going + risk + late,
        "kept": kept,
        "going": going,
        "risk": risk,
        "late": late,
        "chart": charts.hours(parts, label=label),
        "hours": hours,
        "href": href,
        "now": now,
    }


def _changes(user: User) -> dict[str, Any]:
    since = user.seen_at or user.date_joined
    found = changes_since(since, f"user:{user.pk}")
    names, lang = names_of({one.actor for one in found[:CHANGES]}), current_language()
    rows = [
        {"order": one.order, "at": one.happened_at, **telling.told(one.kind, one.facts, one.actor, names, lang)}
        for one in found[:CHANGES]
    ]
    return {"changes_shown": rows, "changes_since": since, "changes_count": len(found)}


def _alarms(request: HttpRequest, now: datetime) -> dict[str, Any]:
    """What only administrators mend: events that nobody could digest, files that nobody reads."""
    if "manage_keys" not in actor(request).verbs:
        return {}
    return {"dead": queries.dead_letter_count(), "stuck": stuck_files(at=now)}


# --- Taking and ending -----------------------------------------------------------------------------------------------


@requires("see_work")
@require_POST
def work_item(request: HttpRequest, item_id: int) -> HttpResponse:
    """Take a piece of work, or say that it is done."""
    now, who = timezone.now(), actor(request)
    if request.POST.get("action") == "take":
        assert request.user.pk is not None
        operations.take(item_id=item_id, user_id=request.user.pk, by=who, at=now)
        messages.success(request, gettext("It is yours now."))
    else:
        operations.finish(item_id=item_id, state=WorkState.DONE, by=who, at=now)
        messages.success(request, gettext("Done. It has left the list."))
    return redirect("today")


@requires("manage_keys")
@require_GET
def undelivered(request: HttpRequest) -> HttpResponse:
    """Events that a listener could not digest after all its tries."""
    rows = queries.dead_letters(after=asked.key_of(request.GET.get("after", "")))
    context = {
        "rows": rows[:50],
        "next_url": asked.with_(request, after=rows[49].id) if len(rows) > 50 else "",
        "total": queries.dead_letter_count(),
    }
    return render(request, "desk/today/undelivered.html", context)


urlpatterns = [
    path("", today, name="today"),
    path("work/<int:item_id>", work_item, name="work_item"),
    path("intake/undelivered", undelivered, name="undelivered"),
]
