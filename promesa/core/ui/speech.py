"""The language, the zone and the escaping that every piece shares."""

from datetime import date, datetime, tzinfo

from django.utils.functional import Promise
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import get_current_timezone, get_current_timezone_name
from django.utils.translation import get_language

from promesa.core.ui import format as written

Said = str | date | datetime | Promise | None


def current_language(lang: str | None = None) -> str:
    """`es` or `en`: the one asked for, else the reader's."""
    return written.language(lang or get_language() or "es")


def safe(markup: str) -> SafeString:
    """Markup built here from escaped parts."""
    return mark_safe(markup)


def said(value: Said) -> str:
    """Any text of others, fit to stand in markup; markup made by the kit passes unchanged."""
    return str(conditional_escape("" if value is None else value if isinstance(value, str) else str(value)))


def time_tag(
    value: Said, lang: str | None = None, zone: str | tzinfo | None = None, today: date | None = None
) -> SafeString:
    """A day or a moment as people say it, inside `<time>` with the full stamp on hover; words are only escaped."""
    code = current_language(lang)
    if isinstance(value, datetime):
        place = written.zone_of(zone) if zone else get_current_timezone()
        words = written.format_moment(value, code, place, today=today)
        stamp, full = (
            written.local_moment(value, place).isoformat(timespec="seconds"),
            written.format_full_stamp(value, code, place),
        )
    elif isinstance(value, date):
        words = written.format_date(value, code, today=today)
        stamp, full = value.isoformat(), written.format_long_date(value, code)
    else:
        return safe(said(value))
    return safe(f'<time datetime="{said(stamp)}" title="{said(full)}">{said(words)}</time>')


def reader_zone() -> str:
    """The name of the zone in which this reader's moments are said."""
    return get_current_timezone_name()
