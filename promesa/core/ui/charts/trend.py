"""A rate over time: the line, its interval, the band that is aimed at, and the open period apart."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext, override

from promesa.core.ui import format as written
from promesa.core.ui.charts.axis import Scale, link, ticks
from promesa.core.ui.speech import current_language, safe, said

Share = Decimal | float


@dataclass(frozen=True, slots=True)
class Point:
    """One period: its word, its rate and interval as shares of one (absent when nothing fell due), and where its rows are."""

    word: str | Promise
    value: Share | None
    low: Share | None = None
    high: Share | None = None
    href: str = ""
    note: str | Promise = ""


_UNDER_WORDS = 5  # so many of the first points may lie where the words of the band stand
_ROOM = 12.0  # pixels between the middle of a word and the line


@dataclass(frozen=True, slots=True)
class _Plane:
    points: Sequence[Point]
    provisional: bool
    x: Scale
    y: Scale
    height: int
    lang: str

    def at(self, place: int) -> float:
        return self.x(place)

    def of(self, value: Share) -> float:
        return self.y(100 * float(value))


def trend(
    points: Sequence[Point],
    band: tuple[Share, Share] | None = None,
    provisional: Point | None = None,
    *,
    label: str,
    height: int = 236,
    lang: str | None = None,
) -> SafeString:
    """Rates in per cent over time. `provisional` is the period still open, drawn apart and dashed. `label` states the finding."""
    code = current_language(lang)
    every = [*points, *([provisional] if provisional else [])]
    low, high = _range(every, band)
    plane = _Plane(
        every,
        provisional is not None,
        Scale(0, max(1, len(every) - 1), 2, 94),
        Scale(low, high, height - 28, 12),
        height,
        code,
    )
    with override(code):
        axis, grid = _grid(plane, low, high)
        inner = _area(plane) + _lines(plane)
        plot = (
            f"{_band(plane, band)}{grid}{_edges(plane, band)}"
            f'<svg width="100%" height="{height}" viewBox="0 0 100 {height}" preserveAspectRatio="none" aria-hidden="true">{inner}</svg>'
            f"{_points(plane)}{_target(plane, band)}"
        )
    return safe(
        f'<div class="with-axis"><svg class="axis" width="40" height="{height}" aria-hidden="true">{axis}</svg>'
        f'<svg class="chart" width="100%" height="{height}" role="{_role(every)}" aria-label="{said(label)}">{plot}</svg></div>'
    )


def _role(points: Sequence[Point]) -> str:
    """A drawing with links inside is a group: an image would hide them from readers of the screen."""
    return "group" if any(point.href for point in points) else "img"


def _range(points: Sequence[Point], band: tuple[Share, Share] | None) -> tuple[float, float]:
    """Whole steps of five around everything that is drawn."""
    values = [100 * float(v) for p in points if p.value is not None for v in (p.value, p.low, p.high) if v is not None]
    values += [100 * float(edge) for edge in band or ()]
    if not values:
        return 0, 100
    low, high = 5 * math.floor(min(values) / 5), 5 * math.ceil((max(values) + 1) / 5)
    return max(0, low), min(100, max(high, low + 10))


def _grid(plane: _Plane, low: float, high: float) -> tuple[str, str]:
    axis = grid = ""
    for tick in ticks(low, high, 6):
        y = plane.y(tick)
        axis += f'<text x="40" y="{y + 4:.1f}">{written.format_percent(tick / 100, plane.lang, 0)}</text>'
        grid += f'<line class="grid-line" x1="0" x2="100%" y1="{y:.1f}" y2="{y:.1f}"/>'
    return axis, grid


def _band(plane: _Plane, band: tuple[Share, Share] | None) -> str:
    if band is None:
        return ""
    top, bottom = plane.of(band[1]), plane.of(band[0])
    return f'<rect class="band" width="100%" y="{top:.1f}" height="{bottom - top:.1f}"/>'


def _edges(plane: _Plane, band: tuple[Share, Share] | None) -> str:
    if band is None:
        return ""
    return "".join(
        f'<line class="band-edge" x1="0" x2="100%" y1="{plane.of(e):.1f}" y2="{plane.of(e):.1f}"/>' for e in band
    )


def _target(plane: _Plane, band: tuple[Share, Share] | None) -> str:
    """What is aimed at, in words, above all else: where every place is crossed by the line it stays readable."""
    if band is None:
        return ""
    share = written.format_number(100 * float(band[0]), plane.lang)
    words = gettext("target %(from)s to %(to)s") % {"from": share, "to": written.format_percent(band[1], plane.lang, 0)}
    return f'<text class="target" x="0.6%" y="{_clear_of_the_line(plane, band):.1f}">{said(words)}</text>'


def _clear_of_the_line(plane: _Plane, band: tuple[Share, Share]) -> float:
    """Where the words of the band stand at its left: inside it, else beneath or above it, where the line leaves room."""
    ends = [plane.of(point.value) for point in plane.points[:_UNDER_WORDS] if point.value is not None]
    top, bottom = plane.of(band[1]), plane.of(band[0])
    spots = [top + 16, bottom - 6, bottom + 16, top - 6]
    spots = [y for y in spots if 12 <= y <= plane.height - 32] or spots[:1]

    def room(y: float) -> float:
        middle = y - 4
        return min(
            (max(0.0, min(one, two) - middle, middle - max(one, two)) for one, two in pairwise([*ends[:1], *ends])),
            default=99.0,
        )

    return next((y for y in spots if room(y) >= _ROOM), max(spots, key=room))


def _area(plane: _Plane) -> str:
    """The intervals, in as many pieces as the line has."""
    out, run = "", list[tuple[int, Share, Share]]()
    last = len(plane.points) - 1
    for place, point in enumerate(plane.points):
        final = not (plane.provisional and place == last)
        if final and point.low is not None and point.high is not None:
            run.append((place, point.low, point.high))
            if place < last:
                continue
        if len(run) > 1:
            over = [f"{plane.at(at):.2f},{plane.of(high):.1f}" for at, _, high in run]
            under = [f"{plane.at(at):.2f},{plane.of(low):.1f}" for at, low, _ in reversed(run)]
            out += f'<polygon class="range" points="{" ".join([*over, *under])}"/>'
        run = []
    return out


def _lines(plane: _Plane) -> str:
    """The line breaks where nothing fell due, rather than jumping over it."""
    out, run = "", list[str]()
    last = len(plane.points) - 1
    for place, point in enumerate(plane.points):
        spot = "" if point.value is None else f"{plane.at(place):.2f},{plane.of(point.value):.1f}"
        if plane.provisional and place == last:
            if spot and run:
                out += f'<polyline class="trend soft" points="{run[-1]} {spot}"/>'
            break
        if spot:
            run.append(spot)
        if len(run) > 1 and (not spot or place == last or (plane.provisional and place == last - 1)):
            out += f'<polyline class="trend" points="{" ".join(run)}"/>'
        if not spot:
            run = []
    return out


def _points(plane: _Plane) -> str:
    known = [(place, point.value) for place, point in enumerate(plane.points) if point.value is not None]
    final = [(place, value) for place, value in known if not (plane.provisional and place == len(plane.points) - 1)]
    lowest = min(final, key=lambda pair: pair[1])[0] if final else -1
    newest = final[-1][0] if final else -1
    every = 1 + (len(plane.points) - 1) // 14  # so that words never touch
    out = ""
    for place, point in enumerate(plane.points):
        open_period = plane.provisional and place == len(plane.points) - 1
        x, sparse = f"{plane.at(place):.2f}%", (place % 3 != 0 and place != newest) or open_period
        css = "prov" if open_period else "strong" if place == newest else ""
        if place % every == 0 or place in (newest, len(plane.points) - 1):
            css_word = f"mid{f' {css}' if css else ''}{' sparse' if sparse else ''}"
            out += f'<text class="{css_word}" x="{x}" y="{plane.height - 6}">{said(point.word)}</text>'
        if point.value is None:
            continue
        y, rate = plane.of(point.value), written.format_percent(point.value, plane.lang)
        title = said(f"{point.word}: {rate}" + (f", {point.note}" if point.note else ""))
        css, radius = "pt-prov" if open_period else "pt", 4 if open_period or place == newest else 2.5
        dot = f'<circle class="{css}" cx="{x}" cy="{y:.1f}" r="{radius}"/>'
        hit = f'<circle class="hit" cx="{x}" cy="{y:.1f}" r="12"/>'
        out += link(said(point.href), hit + dot, title)
        if open_period:
            out += f'<text class="mid prov" x="{x}" y="{y - 12:.1f}">{rate}</text>'
        elif place in (newest, lowest):
            below = plane.of(point.low if point.low is not None else point.value) + 16
            out += f'<text class="mid strong" x="{x}" y="{min(below, plane.height - 24):.1f}">{rate}</text>'
    return out
