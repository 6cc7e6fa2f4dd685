"""Amounts against a level: several curves over one axis of per cents, and the levels that matter as upright lines with their words."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext, override

from promesa.core.ui import format as written
from promesa.core.ui.charts.axis import Scale, ticks
from promesa.core.ui.speech import current_language, safe, said

THOUSAND = 1_000
_LONG = 10_000  # from here on the axis counts thousands
_MIDDLE = 50.0


@dataclass(frozen=True, slots=True)
class Course:
    """One curve: its class and an amount for each level."""

    css: str
    amounts: Sequence[Decimal]


@dataclass(frozen=True, slots=True)
class Mark:
    """A level (a share of one) that matters, its class and its words."""

    level: Decimal
    css: str
    words: str | Promise


def curves(
    levels: Sequence[Decimal],
    courses: Sequence[Course],
    marks: Sequence[Mark] = (),
    *,
    label: str,
    height: int = 260,
    lang: str | None = None,
) -> SafeString:
    """Courses over `levels` (shares of one, rising). `label` states the finding."""
    code = current_language(lang)
    top = max((float(amount) for course in courses for amount in course.amounts), default=0.0) or 1.0
    over = THOUSAND if top >= _LONG else 1
    first, last = float(levels[0]), float(levels[-1])
    x, y = Scale(first, last, 2, 96), Scale(0, top, height - 28, 26)
    with override(code):
        axis = grid = ""
        for tick in ticks(0, top, 5):
            axis += (
                f'<text x="40" y="{y(tick) + 4:.1f}">{written.format_number(Decimal(str(tick / over)), code)}</text>'
            )
            grid += f'<line class="grid-line" x1="0" x2="100%" y1="{y(tick):.1f}" y2="{y(tick):.1f}"/>'
        unit = gettext("thousand a year") if over == THOUSAND else gettext("a year")
        words = f'<text x="0.6%" y="12">{said(unit)}</text>'
        for tick in ticks(100 * first, 100 * last, 6):
            words += f'<text class="mid" x="{x(tick / 100):.2f}%" y="{height - 6}">{written.format_percent(tick / 100, code, 0)}</text>'
    lines = "".join(
        f'<polyline class="course {said(course.css)}" points="'
        + " ".join(
            f"{x(float(level)):.2f},{y(float(amount)):.1f}"
            for level, amount in zip(levels, course.amounts, strict=True)
        )
        + '"/>'
        for course in courses
    )
    upright = "".join(_mark(mark, x(float(mark.level)), height, place) for place, mark in enumerate(marks))
    return safe(
        f'<div class="with-axis"><svg class="axis" width="40" height="{height}" aria-hidden="true">{axis}</svg>'
        f'<svg class="chart" width="100%" height="{height}" role="img" aria-label="{said(label)}">{grid}'
        f'<svg width="100%" height="{height}" viewBox="0 0 100 {height}" preserveAspectRatio="none" aria-hidden="true">{lines}</svg>'
        f"{words}{upright}</svg></div>"
    )


def _mark(mark: Mark, x: float, height: int, place: int) -> str:
    """The line, and its words on the side where there is room; each mark on a line of its own."""
    css, at = ("end", x - 1) if x > _MIDDLE else ("", x + 1)
    return (
        f'<line class="level {said(mark.css)}" x1="{x:.2f}%" x2="{x:.2f}%" y1="{26}" y2="{height - 28}"/>'
        f'<text class="strong level-word {css}" x="{at:.2f}%" y="{38 + 18 * place}">{said(mark.words)}</text>'
    )
