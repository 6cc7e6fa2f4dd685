"""The answers of measures as pages tell them: titles that state the finding, charts, tables, the way to the orders."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext, ngettext

from promesa.core import words
from promesa.core.ui import charts, signs
from promesa.core.ui.charts.waterfall import axis_start
from promesa.core.ui.format import NOTHING, format_month, format_number, format_percent
from promesa.core.ui.speech import current_language
from promesa.desk.labels import actor_word, channel_word
from promesa.desk.results_asked import Question, cause_word, component_words
from promesa.results.queries import CauseRow, MeasureAnswer, Row, Waterfall
from promesa.results.rules.facts import Component

# So many causes have a bar of their own; more of them would stand on each other's words.
MOST_BARS = 7
LEAVES = tuple(one.value for one in Component)


def orders_path() -> str:
    return reverse("results_orders")


def month_name(month: date, *, year: bool = False) -> str:
    return format_month(month, current_language(), long=True, year=year)


def capture_group(by: str, group: str, label: str, names: dict[str, str]) -> str:
    """How a person calls a group of capture errors."""
    lang = current_language()
    if by == "channel":
        return channel_word(group, lang)
    if by == "person":
        return actor_word(group, names, lang)
    if by == "field":
        fields = {
            "reference": gettext("Reference"), "quantity": gettext("Quantity"), "time": gettext("Date"), "address": gettext("Address"),
            "price": gettext("Price"), "item": gettext("Item"), "unit": gettext("Unit"), "ship_to": gettext("Place of delivery"),
        }  # fmt: skip
        return fields.get(group, group)
    return label or group or gettext("nobody's, or not known")


# --- The figure ------------------------------------------------------------------------------------------------------


def heading(question: Question, row: Row) -> str:
    """The finding of perfect order in one sentence."""
    params = {"month": month_name(question.month), "kept": row.numerator, "all": row.denominator}
    if not row.denominator:
        return gettext("In %(month)s no order fell due") % params
    if not row.large_enough:
        return gettext("In %(month)s %(kept)s of %(all)s orders were perfect") % params
    assert row.value is not None
    return gettext("In %(month)s %(kept)s of every 100 orders were perfect") % {
        **params,
        "kept": format_number(row.value * 100, current_language(), 0),
    }


def rate_heading(question: Question, row: Row) -> str:
    """The finding of the other measures."""
    lang = current_language()
    if not row.denominator or row.value is None:
        return gettext("In %(month)s there was nothing to count") % {"month": month_name(question.month)}
    params = {"month": month_name(question.month), "rate": format_percent(row.value, lang)}
    return {
        "on-time": gettext("In %(month)s %(rate)s arrived on time"),
        "fill-rate": gettext("In %(month)s the first shipment filled %(rate)s"),
        "order-quality": gettext("In %(month)s %(rate)s of the orders were captured right the first time"),
    }[question.name] % params


def compared(question: Question, row: Row, trend: MeasureAnswer) -> str:
    """How the month stands beside the one before, in points."""
    months = [one.group for one in trend.rows]
    place = months.index(question.key) if question.key in months else 0
    before = trend.rows[place - 1] if place > 0 else None
    if before is None or before.value is None or row.value is None:
        return ""
    points = (row.value - before.value) * 100
    params = {
        "points": format_number(abs(points), current_language(), 1),
        "month": month_name(date.fromisoformat(f"{before.group}-01")),
    }
    if abs(points) < Decimal("0.05"):
        return gettext("The same as in %(month)s.") % params
    better = gettext("%(points)s points better than in %(month)s.")
    worse = gettext("%(points)s points worse than in %(month)s.")
    return (better if points > 0 else worse) % params


def failed_for(waterfall: Waterfall) -> str:
    """How many failed, and most of them for what."""
    failed = waterfall.due - waterfall.perfect
    if not failed or not waterfall.steps:
        return ""
    first = waterfall.steps[0]
    params = {"failed": failed, "n": first.orders, "cause": cause_word(first.cause, current_language()).lower()}
    return ngettext(
        "Cause of the one that failed: %(cause)s.", "Main cause: %(cause)s, %(n)s of the %(failed)s that failed.", failed
    ) % params  # fmt: skip


# --- Trend -----------------------------------------------------------------------------------------------------------


def trend_of(question: Question, answer: MeasureAnswer, path: str, as_of_month: str) -> dict[str, Any]:
    """The chart of the months, its title and its table."""
    lang, band = current_language(), answer.measure.target
    points = [_point(question, row, path) for row in answer.rows]
    running = answer.rows[-1].group == as_of_month if answer.rows else False
    final, provisional = (points[:-1], points[-1]) if running else (points, None)
    known = [row for row in answer.rows[: len(final)] if row.value is not None]
    title = _trend_title(known, band)
    return {
        "title": title,
        "chart": charts.trend(final, band, provisional, label=title) if points else "",
        "rows": [
            {
                "month": format_month(date.fromisoformat(f"{row.group}-01"), lang),
                "row": row,
                "href": point.href,
                "provisional": running and row is answer.rows[-1],
            }
            for row, point in zip(answer.rows, points, strict=True)
        ],
        "has_interval": any(row.interval for row in answer.rows),
        "has_provisional": provisional is not None,
        "from": known[0] if known else None,
    }


def _point(question: Question, row: Row, path: str) -> charts.Point:
    lang = current_language()
    month = date.fromisoformat(f"{row.group}-01")
    low, high = row.interval or (None, None)
    word = format_month(month, lang, year=False) if month.month != 1 else format_month(month, lang)
    return charts.Point(
        word, row.value, low, high, question.address(path, month=str(row.group)) if row.denominator else "",
        f"n = {format_number(row.denominator, lang, 0)}",
    )  # fmt: skip


def _trend_title(known: Sequence[Row], band: tuple[Decimal, Decimal] | None) -> str:
    if not known:
        return gettext("No month can be judged yet")
    if band is None:
        return ngettext("%(n)s month", "%(n)s months", len(known)) % {"n": len(known)}
    inside = sum(band[0] <= row.value for row in known if row.value is not None)
    if inside == len(known):
        return ngettext("%(n)s month, and it reached the target", "All %(n)s months reached the target", inside) % {
            "n": inside
        }
    if not inside:
        return ngettext("The one month missed the target", "None of %(all)s months reached the target", len(known)) % {
            "all": len(known)
        }
    return ngettext(
        "%(n)s of %(all)s months reached the target", "%(n)s of %(all)s months reached the target", inside
    ) % {"n": inside, "all": len(known)}  # fmt: skip


# --- Components ------------------------------------------------------------------------------------------------------


def flower_of(question: Question, row: Row) -> dict[str, Any]:
    """The four petals with their rates, and what each one cost."""
    lang = current_language()
    names = component_words(lang)
    counts, rates = row.more["component_counts"], row.more["components"]
    lost = {leaf: int(row.denominator) - counts[leaf] for leaf in LEAVES}
    most = max(lost.values(), default=0)
    texts = [(format_percent(rates[leaf], lang) if rates[leaf] is not None else "—", names[leaf]) for leaf in LEAVES]
    return {
        "flower": signs.petals("kkkk", 220, False, texts=texts) if row.denominator else "",
        "costs": [
            {
                "sign": signs.one_petal(place),
                "name": names[leaf],
                "bar": charts.plain_bar(lost[leaf], most),
                "lost": lost[leaf],
                "href": question.behind(orders_path(), component=leaf),
            }
            for place, leaf in enumerate(LEAVES)
        ],
        "gap": _points(row.more.get("gap")),
        "gap_said": _gap_said(row.more.get("gap")),
    }


def _points(share: Decimal | None) -> str:
    """A difference of two rates, in points."""
    if share is None:
        return NOTHING
    return gettext("%(n)s points") % {"n": format_number(share * 100, current_language(), 1, sign=True)}


def _gap_said(gap: Decimal | None) -> str:
    if gap is None or abs(gap) < Decimal("0.005"):
        return gettext("The four fail independently of one another.")
    if gap > 0:
        return gettext("They fail together more often than chance would have it: what comes short also comes late.")
    return gettext("They seldom fail together: each failure costs a whole order.")


# --- Causes ----------------------------------------------------------------------------------------------------------


def causes_of(question: Question, found: Waterfall) -> dict[str, Any]:
    """The waterfall and the Pareto of the same causes."""
    lang = current_language()
    losses = _losses(question, found, lang)
    most = max((step.orders for step in found.steps), default=0)
    title = _fall_title(found, lang)
    kept = question.behind(orders_path(), outcome="kept")
    return {
        "title": title,
        "chart": charts.waterfall(losses, label=title, end_href=kept) if found.due and found.steps else "",
        "axis": format_percent(axis_start(found.perfect_share or 0), lang, 0),
        "rows": [_cause_row(question, step, most, lang) for step in found.steps],
        "pareto_title": _pareto_title(found, lang),
        "failed": found.due - found.perfect,
        "value": sum((step.value for step in found.steps), Decimal(0)),
        "failed_href": question.behind(orders_path()),
        "due": found.due,
    }


def _losses(question: Question, found: Waterfall, lang: str) -> list[charts.Loss]:
    """A bar for each cause; where there are many, one for the small ones together. The table names them all."""
    steps = list(found.steps)
    own = steps if len(steps) <= MOST_BARS else steps[: MOST_BARS - 1]
    bars = [
        charts.Loss(one.cause, cause_word(one.cause, lang), one.points, question.behind(orders_path(), cause=one.cause))
        for one in own
    ]
    if rest := steps[len(own) :]:
        words = ngettext("%(n)s more cause", "%(n)s more causes", len(rest)) % {"n": len(rest)}
        bars.append(charts.Loss(f"+{len(rest)}", words, sum((one.points for one in rest), Decimal(0)), "#c-h"))
    return bars


def _cause_row(question: Question, step: CauseRow, most: int, lang: str) -> dict[str, Any]:
    return {
        "step": step,
        "word": cause_word(step.cause, lang),
        "bar": charts.pareto_bar(step.orders, step.sole, most),
        "href": question.behind(orders_path(), cause=step.cause),
        "sole_href": question.behind(orders_path(), cause=step.cause, sole="1"),
    }


def _fall_title(found: Waterfall, lang: str) -> str:
    if not found.steps:
        return gettext("Nothing was lost")
    first, lost = found.steps[0], sum((step.points for step in found.steps), Decimal(0))
    return gettext("%(cause)s cost %(points)s of the %(lost)s points lost") % {
        "cause": cause_word(first.cause, lang),
        "points": format_number(first.points * 100, lang, 1),
        "lost": format_number(lost * 100, lang, 1),
    }


def _pareto_title(found: Waterfall, lang: str) -> str:
    best = max(found.steps, key=lambda step: step.sole, default=None)
    if best is None or not best.sole:
        return gettext("Why orders failed")
    return ngettext(
        "Mending only “%(cause)s” would save %(n)s order",
        "Mending only “%(cause)s” would save %(n)s orders",
        best.sole,
    ) % {"cause": cause_word(best.cause, lang), "n": best.sole}


def excluded_of(row: Row) -> list[tuple[str, int]]:
    """What was left out, in words."""
    lang = current_language()
    return [(words.say(f"excluded_{name}", {}, lang), count) for name, count in row.excluded.items() if count]
