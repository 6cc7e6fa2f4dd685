"""A customer in words: hours, terms, people, and what stands out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext, ngettext, pgettext

from promesa.core.ui import charts
from promesa.core.ui.format import DAYS, LONG_DAYS, format_money, format_number, joined
from promesa.desk.queries.customers import Aspect
from promesa.desk.queries.rows import Row


def hours_words(windows: Sequence[Mapping[str, Any]], lang: str) -> str:
    """When a place takes goods: `lunes a viernes 07:00-12:00`."""
    if not windows:
        return gettext("all day, every working day")
    by_hours: dict[str, list[int]] = {}
    by_day: dict[int, list[str]] = {}
    for one in windows:
        by_day.setdefault(one["weekday"], []).append(f"{one['opens']}\N{EN DASH}{one['closes']}")
    for weekday in sorted(by_day):
        by_hours.setdefault(joined(by_day[weekday], lang), []).append(weekday)
    return "; ".join(f"{_days_words(days, lang)} {hours}" for hours, days in by_hours.items())


def _days_words(days: list[int], lang: str) -> str:
    if days == list(range(7)):
        return gettext("every day")
    names = LONG_DAYS[lang] if len(days) < 3 else DAYS[lang]
    if len(days) > 2 and days == list(range(days[0], days[-1] + 1)):
        return gettext("%(first)s to %(last)s") % {"first": LONG_DAYS[lang][days[0]], "last": LONG_DAYS[lang][days[-1]]}
    return joined([names[day] for day in days], lang)


def terms_words(customer: Mapping[str, Any], lang: str) -> list[tuple[str, str]]:
    """What was agreed, as facts."""
    return [
        (
            gettext("Deliveries"),
            gettext("all lines in one") if customer["one_delivery"] else gettext("as lines are ready"),
        ),
        (
            gettext("Lines"),
            gettext("may come in parts") if customer["partial_deliveries"] else gettext("whole or not at all"),
        ),
        (gettext("Substitutes"), gettext("yes, if they are as good") if customer["substitutes"] else gettext("no")),
        (gettext("Tolerance"), _tolerance(customer, lang)),
        (
            gettext("Pays"),
            ngettext("in %(n)s day", "in %(n)s days", customer["payment_days"]) % {"n": customer["payment_days"]},
        ),
        (
            gettext("Invoiced"),
            gettext("from delivery") if customer["invoice_from"] == "delivery" else gettext("from despatch"),
        ),
        (
            gettext("Price"),
            gettext("%(percent)s %% of difference is let pass")
            % {"percent": format_number(customer["price_tolerance_percent"], lang)}
            if customer["price_tolerance_percent"]
            else gettext("to the cent"),
        ),
    ]


def _tolerance(customer: Mapping[str, Any], lang: str) -> str:
    days = ngettext("%(n)s day late", "%(n)s days late", customer["late_days"]) % {"n": customer["late_days"]}
    early = ngettext("%(n)s day early", "%(n)s days early", customer["early_days"]) % {"n": customer["early_days"]}
    under, over = (format_number(customer[name], lang) for name in ("under_percent", "over_percent"))
    return f"{early}, {days}; −{under} / +{over} %"


def promises_title(rows: Sequence[Row], total: int) -> str:
    """How many promises are open, and how many of them are in danger."""
    risky = sum(row.step.tone in ("risk", "broken") for row in rows)
    said = ngettext("%(n)s open promise", "%(n)s open promises", total) % {"n": total}
    if risky:
        said += ngettext(", %(n)s in danger", ", %(n)s in danger", risky) % {"n": risky}
    return said


def credit_of(customer: Mapping[str, Any], lang: str) -> dict[str, Any]:
    """How much of the credit is used, by what."""
    credit, limit = customer["credit"], customer["credit_limit"]
    if credit is None:
        return {}
    exposure = credit["exposure"]
    over = limit is not None and exposure > limit
    parts = [
        (gettext("Receivable"), credit["receivable"]),
        (gettext("Delivered, not invoiced"), credit["delivered_not_invoiced"]),
        (gettext("Released, not delivered"), credit["released_not_delivered"]),
        (gettext("Unapplied credit"), -credit["unapplied_credit"]),
    ]
    return {
        "exposure": exposure,
        "limit": limit,
        "left": None if limit is None else limit - exposure,
        "over": over,
        "meter": charts.meter(max(Decimal(0), exposure), limit) if limit is not None else "",
        "parts": [(word, format_money(amount, "EUR", lang)) for word, amount in parts if amount],
    }


def aspects_of(found: Sequence[Aspect]) -> list[dict[str, Any]]:
    """Findings by aspect with their bars."""
    most = max((one.total for one in found), default=0)
    return [
        {
            "word": aspect_words().get(one.aspect, one.aspect),
            "one": one,
            "bar": charts.plain_bar(one.total, most, "bar-soft"),
        }
        for one in found
    ]


def aspect_words() -> dict[str, str]:
    return {
        "reference": pgettext("aspect", "Reference"),
        "quantity": pgettext("aspect", "Quantity"),
        "time": pgettext("aspect", "Date"),
        "address": pgettext("aspect", "Address"),
        "price": pgettext("aspect", "Price"),
        "duplicate": pgettext("aspect", "Duplicate"),
        "credit": pgettext("aspect", "Credit"),
        "format": pgettext("aspect", "Format"),
    }
