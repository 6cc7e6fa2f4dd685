"""Bars: in a table's cell, by the hour, of a limit, of scarce supply."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext, override

from promesa.core.ui import format as written
from promesa.core.ui.charts.axis import Scale, link
from promesa.core.ui.speech import current_language, safe, said

Amount = Decimal | int | float
HOUR_CLASSES = ("bar-kept", "bar-ghost", "bar-amber", "bar-lost")


@dataclass(frozen=True, slots=True)
class Part:
    """One column of `hours`: its word, how many are kept, going, at risk and late, and where its rows are."""

    word: str | Promise
    kept: int = 0
    going: int = 0
    risk: int = 0
    late: int = 0
    href: str = ""

    @property
    def counts(self) -> tuple[int, int, int, int]:
        return self.kept, self.going, self.risk, self.late


def pareto_bar(orders: Amount, only: Amount, most: Amount) -> SafeString:
    """One row of a Pareto table: the bar is orders with this primary cause, the stroke those that would be perfect without it."""
    s = Scale(0, float(most) or 1, 0, 100)
    stroke = f"{s(float(only)):.2f}%"
    return safe(
        f'<svg class="chart" width="100%" height="20" aria-hidden="true"><rect class="bar-soft" y="4" height="12" rx="2" '
        f'width="{s(float(orders)):.2f}%"/><line class="only" x1="{stroke}" x2="{stroke}" y1="1" y2="19"/></svg>'
    )


def plain_bar(value: Amount, most: Amount, css: str = "bar-lost") -> SafeString:
    """A bar in a cell, beside its number."""
    wide = Scale(0, float(most) or 1, 0, 100)(float(value))
    return safe(
        f'<svg class="chart" width="100%" height="12" aria-hidden="true"><rect class="{said(css)}" y="2" height="8" rx="2" '
        f'width="{wide:.2f}%"/></svg>'
    )


def hours(parts: Sequence[Part], *, label: str, height: int = 132) -> SafeString:
    """What falls due by the hour (or the day): kept, going, at risk and late, stacked in that order from the ground."""
    most = max((sum(part.counts) for part in parts), default=0) or 1
    y, wide = Scale(0, most, height - 24, 18), 100 / max(1, len(parts))
    out = f'<line class="base-line" x1="0" x2="100%" y1="{height - 24}" y2="{height - 24}"/>'
    for place, part in enumerate(parts):
        base, x, bars = 0, place * wide + wide * 0.18, ""
        for css, count in zip(HOUR_CLASSES, part.counts, strict=True):
            if count:
                top, tall = y(base + count) + 1, y(base) - y(base + count) - 1
                bars += f'<rect class="{css}" x="{x:.2f}%" width="{wide * 0.64:.2f}%" y="{top:.1f}" height="{max(1, tall):.1f}" rx="1"/>'
            base += count
        middle = f"{x + wide * 0.32:.2f}%"
        out += link(said(part.href) if base else "", bars, said(f"{part.word}: {base}") if base else "")
        if base:
            out += f'<text class="mid strong" x="{middle}" y="{y(base) - 5:.1f}">{base}</text>'
        out += f'<text class="mid" x="{middle}" y="{height - 7}">{said(part.word)}</text>'
    role = "group" if any(part.href for part in parts) else "img"
    return safe(
        f'<svg class="chart" width="100%" height="{height}" role="{role}" aria-label="{said(label)}">{out}</svg>'
    )


def meter(used: Amount, limit: Amount, this: Amount = 0, *, label: str = "", lang: str | None = None) -> SafeString:
    """How much of a limit is used, and what this order adds; beyond the limit the added part turns red and ends at the edge."""
    code, whole = current_language(lang), float(limit)
    before = min(1.0, max(0.0, float(used) / whole)) if whole > 0 else 1.0
    after = min(1.0, max(0.0, (float(used) + float(this)) / whole)) if whole > 0 else 1.0
    over = float(used) + float(this) > whole
    with override(code):
        share = written.format_percent((float(used) + float(this)) / whole if whole > 0 else 1, code, 0)
        words = label or gettext("%(share)s of the limit is used") % {"share": share}
    css, width = "bar-lost" if over else "bar-kept", f"{100 * (after - before):.2f}%"
    added = f'<rect class="{css}" x="{100 * before:.2f}%" width="{width}" height="8" y="2"/>'
    return safe(
        f'<svg class="meter" width="100%" height="12" role="img" aria-label="{said(words)}">'
        f'<rect class="wash" width="100%" height="8" y="2" rx="2"/>'
        f'<rect class="{"bar-lost" if over and not this else "bar-ink"}" width="{100 * before:.2f}%" height="8" y="2" rx="2"/>'
        f"{added if this else ''}</svg>"
    )


def scarcity(
    stock: Amount,
    coming: Amount,
    promised: Amount,
    protected: Amount = 0,
    free: Amount = 0,
    missing: Amount = 0,
    *,
    most: Amount | None = None,
    height: int = 30,
    lang: str | None = None,
) -> SafeString:
    """Two tracks on one scale: what there is (in stock, arriving) above where it goes (promised, protected, free, missing)."""
    code = current_language(lang)
    supply, demand = float(stock) + float(coming), sum(map(float, (promised, protected, free, missing)))
    s = Scale(0, float(most or 0) or max(supply, demand) or 1, 0, 99.6)
    thin, thick = height * 0.27, height * 0.73 - 9
    out = _track((("bar-soft", stock), ("coming", coming)), s, 2, thin)
    out += _track(
        (("bar-ink", promised), ("protect", protected), ("free", free), ("miss", missing)), s, thin + 5, thick
    )
    if missing:
        edge = f"{s(supply):.2f}%"
        out += f'<line class="only" x1="{edge}" x2="{edge}" y1="0" y2="{height}"/>'
    with override(code):
        words = gettext(
            "In stock %(stock)s, arriving %(coming)s; promised %(promised)s, protected %(protected)s, free %(free)s, missing %(missing)s"
        )
        numbers = {
            "stock": stock,
            "coming": coming,
            "promised": promised,
            "protected": protected,
            "free": free,
            "missing": missing,
        }
        label = words % {name: written.format_number(value, code) for name, value in numbers.items()}
    return safe(f'<svg class="chart" width="100%" height="{height}" role="img" aria-label="{said(label)}">{out}</svg>')


def _track(parts: Sequence[tuple[str, Amount]], s: Scale, y: float, tall: float) -> str:
    out, at = "", 0.0
    for css, value in parts:
        if value > 0:
            out += (
                f'<rect class="{css}" x="{s(at):.2f}%" width="{s(float(value)):.2f}%" y="{y:.1f}" height="{tall:.1f}"/>'
            )
        at += float(value)
    return out
