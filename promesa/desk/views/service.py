"""What service pays: what stock costs at each level of service, what shortages cost, and where half a point more is not worth it."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.views.decorators.http import require_GET

from promesa.access.doors import actor, requires
from promesa.allocation.queries.economic import ClassService, service_of_classes
from promesa.core import typed
from promesa.core.ui.charts import Course, Mark, curves
from promesa.core.ui.format import format_percent
from promesa.core.ui.speech import current_language

HUNDRED = 100
SEEN, TENTH = Decimal("0.8"), Decimal("0.1")
FINE = Decimal("0.9")  # from here on the table goes by half points, below by tens


@requires("see_plans")
@require_GET
def service(request: HttpRequest) -> HttpResponse:
    """The level that pays, family by family, and the curve of one of them. `target` is judged in place of what is set."""
    lang, said = current_language(), request.GET.get("target", "").strip()[:12]
    target, problem = _target(said, lang)
    found = service_of_classes(on=timezone.localdate(), target=target)
    chosen = _chosen(found, request.GET.get("family"))
    context = {
        "rows": [_row(one) for one in found],
        "over": sum(one.excess is not None for one in found),
        "chosen": chosen,
        "chart": _chart(chosen, lang) if chosen else "",
        "levels": _levels(chosen) if chosen else [],
        "target": said,
        "problem": problem,
        "may": actor(request).verbs,
    }
    return render(request, "desk/shortages/service.html", context, status=400 if problem else 200)


def _target(said: str, lang: str) -> tuple[Decimal | None, str]:
    """A share of one; and what is wrong with what was typed."""
    if not said:
        return None, ""
    number = typed.number(said.removesuffix("%").strip(), lang)
    if number is None or not 0 < number < HUNDRED:
        return None, gettext("A target is a number above 0 and below 100: 100 % would need stock without end.")
    return number / HUNDRED, ""


def _chosen(found: Sequence[ClassService], family: str | None) -> ClassService | None:
    """The family that was asked for, else the one whose target costs the most, else the first that varies."""
    drawn = [one for one in found if one.curve is not None]
    if family is not None:
        return next((one for one in drawn if one.name == family), None)
    return max(drawn, key=lambda one: one.excess.cost if one.excess else Decimal(0), default=None)


def _row(one: ClassService) -> dict[str, Any]:
    """A family at the level that pays, and what the next half point would cost and bring."""
    if one.curve is None:
        return {"one": one}
    levels = one.curve.levels
    place = next(place for place, level in enumerate(levels) if level.service == one.curve.economic)
    return {"one": one, "level": levels[place], "next": levels[place + 1] if place + 1 < len(levels) else None}


def _chart(one: ClassService, lang: str) -> SafeString:
    assert one.curve is not None
    # What is far below the level that pays is so dear that beside it nothing could be told apart.
    levels = [level for level in one.curve.levels if level.service >= min(SEEN, one.curve.economic - TENTH)]
    pays = format_percent(one.curve.economic, lang)
    marks = [Mark(one.curve.economic, "pays", gettext("%(level)s pays") % {"level": pays})]
    aimed = one.excess.target if one.excess else one.assumptions.target
    if aimed is not None and levels[0].service <= aimed <= levels[-1].service:
        marks.append(Mark(aimed, "aimed", gettext("target %(level)s") % {"level": format_percent(aimed, lang)}))
    return curves(
        [level.service for level in levels],
        [
            Course("of-stock", [level.stock_cost for level in levels]),
            Course("of-short", [level.short_cost for level in levels]),
            Course("of-both", [level.total for level in levels]),
        ],
        marks,
        label=gettext("What stock and shortages cost by level of service: %(level)s is the last that pays.") % {"level": pays},
        lang=lang,
    )  # fmt: skip


def _levels(one: ClassService) -> list[dict[str, Any]]:
    """The values of the curve: by tens below nine tenths, by half points above."""
    assert one.curve is not None
    return [
        {"one": level, "pays": level.service == one.curve.economic}
        for level in one.curve.levels
        if level.service >= FINE or not level.service * HUNDRED % 10
    ]


urlpatterns = [path("shortages/service", service, name="service_level")]
