"""`{% load ui %}`: the pieces of the kit in templates.

Signs: `promise_line stages`, `promise_mini code`, `petals code size`, `one_petal place state`, `mini_mark state`, `icon name`,
`state_chip tone words`. Words: `|when`, `|day`, `|ago`, `|money:currency`, `|number`, `|percent`, `quantity value unit`.
Frame: `html_attributes`, `sort_head`.
"""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import template
from django.templatetags.static import static
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from promesa.core.ui import format as written
from promesa.core.ui import signs
from promesa.core.ui.charts import keys
from promesa.core.ui.speech import current_language, safe, said, time_tag

register = template.Library()

THEMES = ("light", "dark")
TONES = ("", "kept", "risk", "broken", "info", "prov")


# --- Signs ---------------------------------------------------------------------------------------------------------


@register.simple_tag
def promise_line(stages: Sequence[signs.Stage], zone: str | None = None) -> SafeString:
    """`{% promise_line stages %}`, or with the zone in which its moments are said: `{% promise_line stages site.zone %}`."""
    return signs.promise_line(stages, zone=zone, today=timezone.localdate())


@register.simple_tag
def promise_mini(code: str) -> SafeString:
    """`{% promise_mini "k k r n r n" %}`"""
    return signs.promise_mini(code)


@register.simple_tag
def petals(code: str, size: int = 20, label: bool = True) -> SafeString:
    """`{% petals "kkpb" %}`, `{% petals code 96 False %}` where the words stand beside it."""
    return signs.petals(code, size, label)


@register.simple_tag
def one_petal(place: int, state: str = "k") -> SafeString:
    return signs.one_petal(place, state)


@register.simple_tag
def mini_mark(state: str) -> SafeString:
    return signs.mini_mark(state)


@register.simple_tag
def icon(name: str, small: bool = False) -> SafeString:
    """`{% icon "truck" %}`, `{% icon "plus" True %}` at 16 px. Decoration: the word stands beside it or in `aria-label`."""
    css = "icon icon-s" if small else "icon"
    return safe(
        f'<svg class="{css}" aria-hidden="true"><use href="{said(static("promesa/icons.svg"))}#{said(name)}"/></svg>'
    )


@register.simple_tag
def state_chip(words: str | Promise, tone: str = "", mark: str = "") -> SafeString:
    """`{% state_chip order.state_word "risk" "r" %}`: a word on a coloured ground, with its mark when it has one."""
    if tone not in TONES:
        raise ValueError(f"no such tone: {tone!r}")
    css = f"chip {tone}" if tone else "chip"
    return safe(f'<span class="{css}">{signs.mini_mark(mark) if mark else ""}{said(words)}</span>')


@register.simple_tag
def swatch(css: str) -> SafeString:
    """The square of a chart's key: `{% swatch "bar-kept" %}`."""
    return keys.swatch(css)


# --- Words for values ----------------------------------------------------------------------------------------------


@register.filter(expects_localtime=False)
def when(value: date | datetime | None, zone: str | None = None) -> SafeString:
    """`{{ order.submitted_at|when }}` -> mar 24 nov, 10:30, in the reader's zone; `|when:site.time_zone` in another."""
    if value is None:
        return _nothing()
    return time_tag(value, zone=zone or None, today=timezone.localdate())


@register.simple_tag(name="when")
def when_tag(value: date | datetime | None, zone: str | None = None) -> SafeString:
    """`{% when order.submitted_at site.time_zone %}`"""
    return when(value, zone)


@register.filter(expects_localtime=False)
def day(value: date | datetime | None, zone: str | None = None) -> SafeString:
    """The day alone: mar 24 nov. A moment is taken to the reader's zone (or the one given) first."""
    if value is None:
        return _nothing()
    if isinstance(value, datetime):
        value = written.local_moment(value, zone or timezone.get_current_timezone()).date()
    return time_tag(value, today=timezone.localdate())


@register.simple_tag
def window(start: datetime | None, end: datetime | None, zone: str | None = None) -> SafeString:
    """`{% window promise.from_at promise.to_at site.time_zone %}` -> mar 24 nov, 08:00–12:00"""
    if start is None or end is None:
        return when(start or end, zone)
    place, lang = zone or timezone.get_current_timezone(), current_language()
    words = written.format_window(start, end, lang, place, today=timezone.localdate())
    full = f"{written.format_full_stamp(start, lang, place)} {written.EN_DASH} {written.format_full_stamp(end, lang, place)}"
    stamp = written.local_moment(start, place).isoformat(timespec="seconds")
    return safe(f'<time datetime="{said(stamp)}" title="{said(full)}">{said(words)}</time>')


@register.filter(expects_localtime=False)
def ago(value: datetime | None, now: datetime | None = None) -> SafeString:
    """`{{ event.happened_at|ago }}` -> hace 45 min, with the full stamp on hover."""
    if value is None:
        return _nothing()
    lang, place = current_language(), timezone.get_current_timezone()
    words = written.format_ago(value, now or timezone.now(), lang)
    full = written.format_full_stamp(value, lang, place)
    return safe(f'<time datetime="{value.isoformat(timespec="seconds")}" title="{said(full)}">{said(words)}</time>')


def _missing(value: object) -> bool:
    """Nothing to say: none, or a name that the template did not find, which Django gives as empty text."""
    return value is None or value == ""


@register.filter
def money(value: Decimal | int | None, currency: str = "EUR") -> str:
    """`{{ order.net_amount|money:order.currency }}` -> 7.681,52 €"""
    return (
        written.NOTHING
        if value is None or _missing(value)
        else written.format_money(value, currency, current_language())
    )


@register.filter
def number(value: Decimal | int | float | None, decimals: int | None = None) -> str:
    """`{{ n|number }}` -> 1.247; `{{ n|number:2 }}` with so many decimals."""
    return (
        written.NOTHING
        if value is None or _missing(value)
        else written.format_number(value, current_language(), decimals)
    )


@register.filter
def percent(value: Decimal | float | None, decimals: int = 1) -> str:
    """A share of one: `{{ measure.value|percent }}` -> 95,4 %"""
    return (
        written.NOTHING
        if value is None or _missing(value)
        else written.format_percent(value, current_language(), decimals)
    )


@register.simple_tag
def quantity(value: Decimal | int | None, unit_code: str = "EA") -> str:
    """`{% quantity line.ordered_quantity line.unit_code %}` -> 12 cajas"""
    return written.NOTHING if value is None else written.format_quantity(value, unit_code, current_language())


@register.filter
def unit(unit_code: str, value: Decimal | int = 2) -> str:
    """The word of a unit: `{{ "CS"|unit }}` -> cajas, `{{ "CS"|unit:1 }}` -> caja."""
    return written.format_unit(value, unit_code, current_language())


def _nothing() -> SafeString:
    return safe(f'<span class="quiet">{written.NOTHING}</span>')


# --- Frame ---------------------------------------------------------------------------------------------------------


@register.simple_tag(takes_context=True)
def html_attributes(context: dict[str, Any]) -> SafeString:
    """Language, theme and rail of the reader on `<html>`, from what was stored; the system decides a theme not chosen."""
    request = context.get("request")
    cookies = getattr(request, "COOKIES", {})
    # what was chosen on this device, else what the person keeps; somebody not yet looked up is not looked up for this
    theme = cookies.get("promesa_theme", "") or getattr(getattr(request, "_cached_user", None), "theme", "")
    out = f' lang="{current_language()}"'
    if theme in THEMES:
        out += f' data-theme="{theme}"'
    if cookies.get("promesa_rail") == "narrow":
        out += ' data-rail="narrow"'
    return safe(out)


@register.simple_tag(takes_context=True)
def sort_head(context: dict[str, Any], key: str, words: str | Promise, css: str = "") -> SafeString:
    """`{% sort_head "net" _("Net") "num" %}`: the head of a column that sorts by `?sort=net`, then by `?sort=-net`."""
    query = context["request"].GET.copy()
    now = query.get("sort", "")
    query["sort"] = f"-{key}" if now == key else key
    for paging in ("after", "before", "page"):
        query.pop(paging, None)
    state = {key: "ascending", f"-{key}": "descending"}.get(now)
    aria = f' aria-sort="{state}"' if state else ""
    arrow = {"ascending": " ↑", "descending": " ↓"}.get(state or "", "")
    hint = said(gettext("Sort by this column"))
    link = (
        f'<a href="?{said(query.urlencode())}" title="{hint}">{said(words)}<span aria-hidden="true">{arrow}</span></a>'
    )
    return safe(f'<th scope="col"{f" class={chr(34)}{said(css)}{chr(34)}" if css else ""}{aria}>{link}</th>')
