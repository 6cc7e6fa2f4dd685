"""What the pages of results ask: which month, against which word, where the clock is read, of whom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext, pgettext

from promesa.core import words
from promesa.core.ui.format import format_month
from promesa.core.ui.speech import current_language
from promesa.desk import asked
from promesa.desk.labels import channel_word
from promesa.results.measures import MEASURES
from promesa.results.rules.facts import Basis, Component, Point, Unit

FILTERS = ("customer", "segment", "channel", "carrier")
DIVISIONS = ("customer", "segment", "channel", "carrier", "agent")
MONTHS = 13


@dataclass(frozen=True, slots=True)
class Question:
    """One question to the measures, as an address can hold it."""

    name: str
    month: date
    basis: Basis = Basis.FIRST
    point: Point = Point.POD
    unit: Unit = Unit.ORDER
    by: str = ""
    filters: Mapping[str, str] = field(default_factory=dict)

    @property
    def to(self) -> date:
        return next_month(self.month) - timedelta(days=1)

    @property
    def key(self) -> str:
        return f"{self.month:%Y-%m}"

    @property
    def period(self) -> dict[str, Any]:
        """What `measure` and its neighbours take."""
        return {"from_": self.month, "to": self.to, "basis": self.basis, "filters": dict(self.filters)}

    def address(self, path: str, **changes: str) -> str:
        """The address of this question, or of one that differs from it."""
        known = {
            "month": self.key,
            "basis": "" if self.basis == Basis.FIRST else self.basis.value,
            "point": "" if self.point == Point.POD else self.point.value,
            "unit": "" if self.unit == Unit.ORDER else self.unit.value,
            **self.filters,
            **changes,
        }
        query = urlencode({name: value for name, value in known.items() if value})
        return f"{path}?{query}" if query else path

    def behind(self, path: str, **changes: str) -> str:
        """The address of the orders behind one figure of this answer."""
        return self.address(path, measure="" if self.name == "perfect-order" else self.name, **changes)


def next_month(month: date) -> date:
    return (month + timedelta(days=32)).replace(day=1)


def month_before(month: date) -> date:
    return (month - timedelta(days=1)).replace(day=1)


def month_of(text: str) -> date | None:
    """`2026-10` as its first day."""
    return asked.day_of(f"{text}-01") if len(text) == 7 else None


def question_of(request: HttpRequest, name: str) -> Question:
    """What the address asks for; the last whole month unless it names one."""
    query = request.GET
    measure = MEASURES[name]
    running = timezone.localdate().replace(day=1)
    month = month_of(query.get("month", "")) or month_before(running)
    filters = {one: said for one in FILTERS if (said := asked.text_of(query, one))}
    return Question(
        name=name,
        month=min(month, running),
        basis=Basis(asked.one_of(query.get("basis", ""), measure.bases, Basis.FIRST)),
        point=Point(asked.one_of(query.get("point", ""), measure.points, Point.POD)),
        unit=Unit(asked.one_of(query.get("unit", ""), measure.units, measure.units[0])),
        by=asked.one_of(query.get("by", ""), DIVISIONS),
        filters=filters,
    )


def months_offered() -> list[tuple[str, str]]:
    """The months that may be asked for, the running one first."""
    lang, month, offered = current_language(), timezone.localdate().replace(day=1), []
    for _ in range(MONTHS + 11):
        offered.append((f"{month:%Y-%m}", format_month(month, lang)))
        month = month_before(month)
    return offered


def choices(question: Question) -> dict[str, list[tuple[str, str]]]:
    """What the selects of the page offer."""
    lang, measure = current_language(), MEASURES[question.name]
    return {
        "month": months_offered(),
        "basis": [(one.value, words.say(f"basis_{one.value}", {}, lang)) for one in measure.bases],
        "point": [(one.value, words.say(f"point_{one.value}", {}, lang)) for one in measure.points],
        "unit": [(one.value, unit_words()[one]) for one in measure.units],
        "by": list(division_words().items()),
    }


def unit_words() -> dict[Unit, str]:
    return {
        Unit.ORDER: pgettext("unit of a measure", "orders"),
        Unit.LINE: pgettext("unit of a measure", "lines"),
        Unit.CASE: pgettext("unit of a measure", "cases"),
        Unit.VALUE: pgettext("unit of a measure", "value"),
    }


def division_words() -> dict[str, str]:
    return {
        "customer": gettext("Customer"),
        "segment": gettext("Segment"),
        "channel": gettext("Channel"),
        "carrier": gettext("Carrier"),
        "agent": gettext("Captured by"),
        "sender": gettext("Sender"),
        "item": gettext("Item"),
        "person": gettext("Who brought it in"),
        "field": gettext("What was wrong"),
    }


def chips(request: HttpRequest, question: Question) -> list[dict[str, str]]:
    """The filters that are set."""
    labels, lang = division_words(), current_language()
    shown = {**question.filters}
    if "channel" in shown:
        shown["channel"] = channel_word(shown["channel"], lang)
    return asked.chips(request, [(name, labels[name], value) for name, value in shown.items()])


def component_words(lang: str) -> dict[str, str]:
    return {one.value: words.say(f"component_{one.value}", {}, lang) for one in Component}


def cause_word(code: str, lang: str) -> str:
    """A cause as people call it, with a capital."""
    word = words.say(f"cause_{code}", {}, lang)
    return word[:1].upper() + word[1:]
