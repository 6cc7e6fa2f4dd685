"""A notice in the customer's words: what they asked, had and get, when it arrives, what they may choose."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext, ngettext

from promesa.allocation.queries.notices import NoticeHead, NoticeLineTold
from promesa.allocation.states import Answer
from promesa.core import words
from promesa.core.calendars import local_day
from promesa.core.errors import Refused
from promesa.core.ui.format import format_date, format_quantity
from promesa.core.ui.speech import current_language
from promesa.portal import labels  # noqa: F401  (its sentences are said here)
from promesa.portal.told import Chip

INSTANT = timedelta(microseconds=1)
SHOWN_AS = {str(answer): place for place, answer in enumerate(Answer)}


def refusal(refused: Refused) -> str:
    """Why an answer was not taken, to the customer."""
    own = f"portal_{refused.code}"
    return words.say(own if words.known(own) else refused.code, refused.params, current_language())


def chip(head: NoticeHead) -> Chip:
    """Where the notice stands."""
    if head.answered_at is not None:
        return Chip(gettext("Answered"), "kept", "k")
    if head.open:
        return Chip(gettext("Waits for your answer"), "risk", "r")
    return Chip(gettext("Answered no more")) if head.asks else Chip(gettext("For your information"), "info")


def row(head: NoticeHead, lang: str, today: date) -> dict[str, Any]:
    """A notice as the list and its own page name it."""
    until = format_date(head.answer_by, lang, today=today) if head.answer_by else ""
    return {
        "one": head,
        "chip": chip(head),
        "until": until,
        "over": words.say(head.over, {"plan": head.plan, "answer_by": head.answer_by}, lang) if head.over else "",
        "lines": ngettext("%(n)s line", "%(n)s lines", head.lines) % {"n": head.lines},
    }


def line(one: NoticeLineTold, head: NoticeHead, said: Mapping[int, str], lang: str, today: date) -> dict[str, Any]:
    """One line with its choices; none once the notice is answered or over."""
    return {
        "one": one,
        "asked": _quantity(one, one.open, lang),
        "had": _quantity(one, one.before, lang),
        "gets": _quantity(one, one.share, lang),
        "tone": "short" if one.share < one.open else "win",
        "arrives": _arrives(one, lang, today),
        "answer": words.say(f"choice_{one.answer}", {}, lang) if one.answer else "",
        "options": _options(one, said, lang) if head.open else [],
        "moved": head.open and one.share < one.open and not one.choices,
    }


def _quantity(one: NoticeLineTold, base: Decimal, lang: str) -> str:
    return format_quantity(one.in_unit(base), one.unit_code, lang)


def _arrives(one: NoticeLineTold, lang: str, today: date) -> list[str]:
    """How much on which day, as promised now."""
    days: dict[date, Decimal] = {}
    for quantity, until in one.arrives:
        day = local_day(until - INSTANT, one.zone)
        days[day] = days.get(day, Decimal(0)) + quantity
    return [
        f"{_quantity(one, quantity, lang)}, {format_date(day, lang, today=today)}" for day, quantity in days.items()
    ]


def _options(one: NoticeLineTold, said: Mapping[int, str], lang: str) -> list[dict[str, Any]]:
    """The choices in words, each with what it does; who has chosen nothing yet waits."""
    chosen = said.get(one.line_id, "")
    chosen = chosen if chosen in one.choices else Answer.WAIT
    return [
        {
            "value": choice, "title": words.say(f"choice_{choice}", {}, lang),
            "text": words.say(f"choice_does_{choice}", _params(one, choice, lang), lang), "checked": choice == chosen,
        }
        for choice in sorted(one.choices, key=SHOWN_AS.__getitem__)
    ]  # fmt: skip


def _params(one: NoticeLineTold, choice: str, lang: str) -> dict[str, str]:
    taken = one.open_now if choice == Answer.CANCEL else one.missing
    return {
        "quantity": _quantity(one, taken, lang), "substitute": one.substitute,
        "substitute_quantity": format_quantity(one.substitute_quantity, one.substitute_unit, lang),
    }  # fmt: skip
