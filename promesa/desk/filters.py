"""The filters of the orders list as parameters of its address: read, shown as chips, kept in links."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, QueryDict
from django.utils import timezone
from django.utils.translation import gettext, pgettext

from promesa.core.ui.format import format_date
from promesa.core.ui.speech import current_language
from promesa.desk.labels import channel_word, state_word
from promesa.orders.queries.listing import PROMISES, SORTS, Asked
from promesa.orders.states import OrderState

CHANNELS = ("edi", "api", "portal", "email", "csv", "phone", "desk")
PAGING = ("after", "page")
LONGEST = 100
LOOKED_BACK = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter that is set: what it says, and the address without it."""

    label: str
    value: str
    href: str


@dataclass(frozen=True, slots=True)
class View:
    """A saved view: its name, its parameters, whether it is the one that is shown."""

    name: str
    query: str
    here: bool
    count: int | None = None
    capped: bool = False


def asked_of(request: HttpRequest) -> Asked:
    """What the address asks for; what cannot be read is as if it were not there."""
    query = request.GET
    today = timezone.localdate()
    due = query.get("due", "")
    day = today if due == "today" else _day(due)
    return Asked(
        customer=_text(query, "customer"),
        owner_id=request.user.pk if query.get("owner") == "me" else None,
        state=_one_of(query.get("state", ""), tuple(OrderState)),
        open_only=query.get("open") == "1",
        channel=_one_of(query.get("channel", ""), CHANNELS),
        promise=_one_of(query.get("promise", ""), PROMISES),
        held=query.get("held") == "1",
        due_from=day,
        due_to=day,
        to_invoice=query.get("invoice") == "pending",
        item=_text(query, "item"),
        ordered_from=_since(query),
        ordered_to=_day(query.get("to", "")),
        text=_text(query, "q"),
        sort=_one_of(query.get("sort", ""), tuple(SORTS)),
    )


def chips_of(request: HttpRequest, asked: Asked) -> list[Chip]:
    """The filters that are set, each with the address that takes it off."""
    lang, today = current_language(), timezone.localdate()

    def said(day: date | None) -> str:
        return format_date(day, lang, today=today) if day else ""

    known = (
        ("q", gettext("Text"), asked.text),
        ("customer", gettext("Customer"), asked.customer),
        ("owner", gettext("Customer"), gettext("mine") if asked.owner_id else ""),
        ("open", gettext("State"), gettext("open") if asked.open_only else ""),
        ("state", gettext("State"), state_word(asked.state, lang).lower() if asked.state else ""),
        ("promise", gettext("Promise"), promise_words().get(asked.promise, "")),
        ("held", gettext("Holds"), gettext("on hold") if asked.held else ""),
        ("due", gettext("To deliver"), gettext("today") if asked.due_to == today else said(asked.due_to)),
        ("invoice", gettext("Invoice"), gettext("not invoiced") if asked.to_invoice else ""),
        ("channel", gettext("Channel"), channel_word(asked.channel, lang) if asked.channel else ""),
        ("item", gettext("Item"), asked.item),
        ("from", gettext("Ordered from"), said(asked.ordered_from)),
        ("to", gettext("Ordered until"), said(asked.ordered_to)),
    )
    return [Chip(label, value, without(request, name)) for name, label, value in known if value]


def promise_words() -> dict[str, str]:
    """What can be said of a promise, in the reader's language."""
    return {
        "kept": pgettext("promise", "kept"),
        "risk": pgettext("promise", "at risk"),
        "broken": pgettext("promise", "broken"),
        "pending": pgettext("promise", "pending"),
    }


# The views that everybody has: name, parameters. The first with an owner is shown only to those who own customers.
def views() -> list[tuple[str, dict[str, str]]]:
    return [
        (gettext("All orders"), {}),
        (gettext("Open"), {"open": "1"}),
        (gettext("At risk"), {"promise": "risk"}),
        (gettext("Broken promise"), {"open": "1", "promise": "broken"}),
        (pgettext("view", "On hold"), {"held": "1"}),
        (gettext("To deliver today"), {"due": "today"}),
        (gettext("Not invoiced"), {"invoice": "pending"}),
        (gettext("My customers"), {"owner": "me"}),
    ]


def asked_by(parameters: dict[str, str], user_id: int) -> Asked:
    """What a view asks for."""
    today = timezone.localdate()
    known: dict[str, Any] = {
        "open_only": parameters.get("open") == "1",
        "promise": parameters.get("promise", ""),
        "held": parameters.get("held") == "1",
        "to_invoice": parameters.get("invoice") == "pending",
        "owner_id": user_id if parameters.get("owner") else None,
    }
    if parameters.get("due"):
        known |= {"due_from": today, "due_to": today}
    return Asked(**known)


def without(request: HttpRequest, *names: str) -> str:
    """The address of this list without some parameters; the way through its pages begins anew."""
    query = request.GET.copy()
    for name in (*names, *PAGING):
        query.pop(name, None)
    return f"?{query.urlencode()}" if query else request.path


def with_(request: HttpRequest, **values: str) -> str:
    """The address of this list with some parameters set."""
    query = request.GET.copy()
    for name in PAGING:
        query.pop(name, None)
    for name, value in values.items():
        query[name] = value
    return f"?{query.urlencode()}"


def shown_filters(request: HttpRequest) -> dict[str, str]:
    """The filters of the address, without sort and paging: two addresses with the same ones show the same view."""
    return {name: str(value) for name, value in request.GET.items() if value and name not in (*PAGING, "sort")}


def _since(query: QueryDict) -> date | None:
    """The first day. What was kept or broken is looked for in the last three months unless a day says otherwise."""
    day = _day(query.get("from", ""))
    if day is None and query.get("promise") in ("kept", "broken") and query.get("open") != "1":
        return timezone.localdate() - LOOKED_BACK
    return day


def _text(query: QueryDict, name: str) -> str:
    return " ".join(query.get(name, "").replace("\x00", "").split())[:LONGEST]


def _one_of(value: str, known: tuple[str, ...]) -> str:
    return value if value in known else ""


def _day(text: str) -> date | None:
    """An ISO day that a calendar can hold."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if date(1990, 1, 1) <= day <= date(2200, 1, 1) - timedelta(1) else None
