"""From all orders down to the perfect ones: what each cause took away."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext, override, pgettext

from promesa.core.ui import format as written
from promesa.core.ui.charts.axis import Scale, link, ticks
from promesa.core.ui.speech import current_language, safe, said


@dataclass(frozen=True, slots=True)
class Loss:
    """One cause: its short code, its name, the share of one that it cost, and where its rows are."""

    code: str
    word: str | Promise
    share: Decimal | float
    href: str = ""


def waterfall(
    losses: Sequence[Loss],
    *,
    label: str,
    start: str | Promise = "",
    end: str | Promise = "",
    end_href: str = "",
    height: int = 252,
    lang: str | None = None,
) -> SafeString:
    """Falls from 100 % through each loss to what was reached. The axis starts at the round step beneath it; the page says so.

    `start` and `end` name the first and the last bar (all orders due, perfect ones).
    """
    code = current_language(lang)
    reached = 100.0 - sum(100 * float(loss.share) for loss in losses)
    low = axis_start(reached / 100) * 100
    y, width = Scale(low, 100, height - 44, 22), 100 / (len(losses) + 2)
    with override(code):
        first, last = said(start or gettext("Orders due")), said(end or gettext("Perfect"))
        axis, plot = _grid(low, y, code)
        plot += _bar("bar-ink", 0, width, y(100), y(low)) + _value(
            0, width, y(100) - 6, written.format_percent(1, code, 0)
        )
        plot += _step(0, width, y(100)) + _name(0, width, height, first, pgettext("chart", "All"))
        level = 100.0
        for place, loss in enumerate(losses, start=1):
            drop = 100 * float(loss.share)
            plot += _loss(place, loss, drop, width, y(level), y(level - drop), code)
            level -= drop
            plot += _step(place, width, y(level)) + _name(place, width, height, said(loss.word), said(loss.code))
        place, rate = len(losses) + 1, written.format_percent(level / 100, code)
        plot += link(
            said(end_href),
            _bar("bar-kept", place, width, y(level), y(low)),
            said(f"{end or gettext('Perfect')}: {rate}"),
        )
        plot += _value(place, width, y(level) - 6, rate) + _name(place, width, height, last, pgettext("chart", "End"))
    role = "group" if end_href or any(loss.href for loss in losses) else "img"
    return safe(
        f'<div class="with-axis"><svg class="axis" width="40" height="{height}" aria-hidden="true">{axis}</svg>'
        f'<svg class="chart" width="100%" height="{height}" role="{role}" aria-label="{said(label)}">{plot}</svg></div>'
    )


def axis_start(reached: Decimal | float) -> float:
    """Where the axis begins, as a share: the multiple of five per cent beneath what was reached, so that losses can be seen."""
    return max(0, 5 * math.floor((100 * float(reached) - 1) / 5)) / 100


def _grid(low: float, y: Scale, lang: str) -> tuple[str, str]:
    axis = plot = ""
    for tick in ticks(low, 100, 5):
        css = "base-line" if tick == low else "grid-line"
        axis += f'<text x="40" y="{y(tick) + 4:.1f}">{written.format_percent(tick / 100, lang, 0)}</text>'
        plot += f'<line class="{css}" x1="0" x2="100%" y1="{y(tick):.1f}" y2="{y(tick):.1f}"/>'
    return axis, plot


def _bar(css: str, place: int, width: float, top: float, bottom: float) -> str:
    left, bar, tall = place * width + width * 0.16, width * 0.68, max(2.0, bottom - top)
    return f'<rect class="{css}" x="{left:.2f}%" width="{bar:.2f}%" y="{top:.1f}" height="{tall:.1f}" rx="2"/>'


def _loss(place: int, loss: Loss, drop: float, width: float, top: float, bottom: float, lang: str) -> str:
    points = written.format_number(-drop, lang, 1)
    title = said(f"{loss.word}: {points} {pgettext('chart', 'points')}")
    drawn = link(said(loss.href), _bar("bar-lost" if place <= 2 else "bar-light", place, width, top, bottom), title)
    return drawn + _value(place, width, max(bottom, top + 2) + 15, points, sparse=drop < 1)


def _value(place: int, width: float, y: float, text: str, *, sparse: bool = False) -> str:
    return f'<text class="mid strong{" sparse" if sparse else ""}" x="{(place + 0.5) * width:.2f}%" y="{y:.1f}">{text}</text>'


def _step(place: int, width: float, y: float) -> str:
    left = place * width + width * 0.84
    return f'<line class="step" x1="{left:.2f}%" x2="{(place + 1) * width + width * 0.16:.2f}%" y1="{y:.1f}" y2="{y:.1f}"/>'


def _name(place: int, width: float, height: int, word: str, code: str) -> str:
    """The name in two lines where there is room, the code where there is not."""
    x = f"{(place + 0.5) * width:.2f}%"
    words = word.split(" ")
    cut = min(
        range(1, len(words)), key=lambda at: abs(len(" ".join(words[:at])) - len(" ".join(words[at:]))), default=1
    )
    first, second = " ".join(words[:cut]), " ".join(words[cut:])
    return (
        f'<text class="mid name" x="{x}" y="{height - 24}">{first}</text>'
        + (f'<text class="mid name" x="{x}" y="{height - 9}">{second}</text>' if second else "")
        + f'<text class="mid code" x="{x}" y="{height - 24}">{code}</text>'
    )
