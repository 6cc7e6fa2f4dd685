"""How dates, moments, numbers, money and quantities are said, in Spanish and English.

Pure functions without Django and without a clock: the language, the time zone and, where one is needed, today's date come in as
arguments. Everything that a person reads goes through here, on pages, in mails, in sentences and on the command line.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, tzinfo
from decimal import ROUND_HALF_UP, Decimal, localcontext
from zoneinfo import ZoneInfo

from promesa.core.money import digits

NBSP = "\N{NO-BREAK SPACE}"
MINUS = "\N{MINUS SIGN}"
EN_DASH = "\N{EN DASH}"
NOTHING = "\N{EM DASH}"

DAYS = {
    "es": ("lun", "mar", "mié", "jue", "vie", "sáb", "dom"),
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
}
LONG_DAYS = {
    "es": ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
MONTHS = {
    "es": ("ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sep", "oct", "nov", "dic"),
    "en": ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
}
LONG_MONTHS = {
    "es": (
        *("enero", "febrero", "marzo", "abril", "mayo", "junio"),
        *("julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre"),
    ),
    "en": (
        *("January", "February", "March", "April", "May", "June"),
        *("July", "August", "September", "October", "November", "December"),
    ),
}

SYMBOLS = {"es": {"EUR": "€", "GBP": "£"}, "en": {"EUR": "€", "GBP": "£", "USD": "$"}}

# UN/ECE Rec 20 and Rec 21 codes as people say them: one, several. Measures of mass and volume are symbols and have no plural.
UNITS = {
    "es": {
        "EA": ("unidad", "unidades"), "C62": ("unidad", "unidades"), "H87": ("pieza", "piezas"), "PCE": ("pieza", "piezas"),
        "CS": ("caja", "cajas"), "XCS": ("caja", "cajas"), "CT": ("caja", "cajas"), "XCT": ("caja", "cajas"),
        "BX": ("caja", "cajas"), "XBX": ("caja", "cajas"), "CA": ("lata", "latas"), "BO": ("botella", "botellas"),
        "PK": ("paquete", "paquetes"), "XPK": ("paquete", "paquetes"), "PA": ("paquete", "paquetes"),
        "LR": ("capa", "capas"), "LAY": ("capa", "capas"), "PF": ("palé", "palés"), "XPX": ("palé", "palés"),
        "PX": ("palé", "palés"), "PAL": ("palé", "palés"), "DZN": ("docena", "docenas"), "PR": ("par", "pares"),
        "SET": ("juego", "juegos"), "HUR": ("hora", "horas"), "DAY": ("día", "días"), "MON": ("mes", "meses"),
        "JR": ("tarro", "tarros"), "BG": ("bolsa", "bolsas"), "SA": ("saco", "sacos"), "DR": ("bidón", "bidones"),
        "TY": ("bandeja", "bandejas"), "RO": ("rollo", "rollos"), "E48": ("servicio", "servicios"),
        "CLT": ("cl", "cl"), "HLT": ("hl", "hl"),
        "KGM": ("kg", "kg"), "GRM": ("g", "g"), "TNE": ("t", "t"), "LTR": ("l", "l"), "MLT": ("ml", "ml"),
        "MTR": ("m", "m"), "MTK": ("m²", "m²"), "MTQ": ("m³", "m³"),
    },
    "en": {
        "EA": ("unit", "units"), "C62": ("unit", "units"), "H87": ("piece", "pieces"), "PCE": ("piece", "pieces"),
        "CS": ("case", "cases"), "XCS": ("case", "cases"), "CT": ("carton", "cartons"), "XCT": ("carton", "cartons"),
        "BX": ("box", "boxes"), "XBX": ("box", "boxes"), "CA": ("can", "cans"), "BO": ("bottle", "bottles"),
        "PK": ("pack", "packs"), "XPK": ("pack", "packs"), "PA": ("packet", "packets"),
        "LR": ("layer", "layers"), "LAY": ("layer", "layers"), "PF": ("pallet", "pallets"), "XPX": ("pallet", "pallets"),
        "PX": ("pallet", "pallets"), "PAL": ("pallet", "pallets"), "DZN": ("dozen", "dozen"), "PR": ("pair", "pairs"),
        "SET": ("set", "sets"), "HUR": ("hour", "hours"), "DAY": ("day", "days"), "MON": ("month", "months"),
        "JR": ("jar", "jars"), "BG": ("bag", "bags"), "SA": ("sack", "sacks"), "DR": ("drum", "drums"),
        "TY": ("tray", "trays"), "RO": ("roll", "rolls"), "E48": ("service", "services"),
        "CLT": ("cl", "cl"), "HLT": ("hl", "hl"),
        "KGM": ("kg", "kg"), "GRM": ("g", "g"), "TNE": ("t", "t"), "LTR": ("l", "l"), "MLT": ("ml", "ml"),
        "MTR": ("m", "m"), "MTK": ("m²", "m²"), "MTQ": ("m³", "m³"),
    },
}  # fmt: skip

Number = int | Decimal | float


def language(lang: str) -> str:
    """`es-co` -> `es`; anything that is not English is said in Spanish."""
    return "en" if lang[:2].lower() == "en" else "es"


def zone_of(zone: str | tzinfo) -> tzinfo:
    """An IANA name or a tzinfo, as a tzinfo."""
    return ZoneInfo(zone) if isinstance(zone, str) else zone


# --- Numbers -------------------------------------------------------------------------------------------------------


def format_number(value: Number, lang: str, decimals: int | None = None, *, sign: bool = False) -> str:
    """1234.5 -> `1.234,5` in Spanish, `1,234.5` in English.

    Without `decimals` the number keeps those that it has, trailing zeros apart; with it, it is rounded half up. The minus is a
    true minus sign, grouping starts at four digits so that columns line up, and `sign=True` writes the plus too.
    """
    exact = value if isinstance(value, Decimal) else Decimal(str(value))
    if not exact.is_finite():
        return NOTHING
    with localcontext() as context:
        context.prec = 60
        if decimals is not None:
            exact = exact.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
        text = f"{abs(exact):,f}"
    if decimals is None and "." in text:
        text = text.rstrip("0").rstrip(".")
    if language(lang) == "es":
        text = text.translate(str.maketrans(",.", ".,"))
    mark = "" if not exact else MINUS if exact < 0 else "+" if sign else ""
    return mark + text


def format_percent(value: Number, lang: str, decimals: int = 1, *, sign: bool = False) -> str:
    """A share of one, as measures hold it: 0.9542 -> `95,4 %` in Spanish, `95.4%` in English."""
    text = format_number(Decimal(str(value)) * 100, lang, decimals, sign=sign)
    return text + (f"{NBSP}%" if language(lang) == "es" else "%")


def format_money(value: Number, currency: str, lang: str, *, decimals: int | None = None, sign: bool = False) -> str:
    """7681.52 EUR -> `7.681,52 €` in Spanish, `€7,681.52` in English; digits by currency unless `decimals` says otherwise."""
    text = format_number(value, lang, digits(currency) if decimals is None else decimals, sign=sign)
    symbol = SYMBOLS[language(lang)].get(currency)
    if language(lang) == "es":
        return f"{text}{NBSP}{symbol or currency}"
    if symbol is None:
        return f"{currency}{NBSP}{text}"
    mark = text[0] if text[0] in f"{MINUS}+" else ""
    return mark + symbol + text[len(mark) :]


def format_unit(value: Number, unit_code: str, lang: str) -> str:
    """The word for a unit that fits the number: (1, CS) -> `caja`, (12, CS) -> `cajas`; an unknown code is said as it is."""
    one, several = UNITS[language(lang)].get(unit_code, (unit_code, unit_code))
    return one if abs(value) == 1 else several


def format_quantity(value: Number, unit_code: str, lang: str) -> str:
    """(12, CS) -> `12 cajas` / `12 cases`; the number and its unit never part."""
    return f"{format_number(value, lang)}{NBSP}{format_unit(value, unit_code, lang)}"


# --- Days and moments ----------------------------------------------------------------------------------------------


def format_date(value: date, lang: str, *, today: date | None = None, weekday: bool = True) -> str:
    """`mar 24 nov` / `Tue 24 Nov`. With `today`, a day of another year says its year: `jue 4 dic 2025`."""
    code = language(lang)
    words = [DAYS[code][value.weekday()]] if weekday else []
    words += [str(value.day), MONTHS[code][value.month - 1]]
    if today is not None and value.year != today.year:
        words.append(str(value.year))
    return " ".join(words)


def format_long_date(value: date, lang: str) -> str:
    """`martes 24 de noviembre de 2026` / `Tuesday 24 November 2026`."""
    code = language(lang)
    join = " de " if code == "es" else " "
    return f"{LONG_DAYS[code][value.weekday()]} {value.day}{join}{LONG_MONTHS[code][value.month - 1]}{join}{value.year}"


def format_month(value: date, lang: str, *, long: bool = False, year: bool = True) -> str:
    """`nov 2026`; with `long`, `noviembre de 2026` / `November 2026`."""
    code = language(lang)
    word = (LONG_MONTHS if long else MONTHS)[code][value.month - 1]
    if not year:
        return word
    return f"{word} de {value.year}" if long and code == "es" else f"{word}{NBSP}{value.year}"


def format_moment(value: datetime, lang: str, zone: str | tzinfo = UTC, *, today: date | None = None) -> str:
    """`mar 24 nov, 10:30` / `Tue 24 Nov, 10:30`, in the given zone. A naive moment is refused."""
    local = local_moment(value, zone)
    return f"{format_date(local.date(), lang, today=today)}, {local:%H:%M}"


def format_full_stamp(value: datetime, lang: str, zone: str | tzinfo = UTC) -> str:
    """`martes 24 de noviembre de 2026, 10:30:00 (Europe/Madrid, UTC+1)`: what hovering over a moment says."""
    local = local_moment(value, zone)
    return f"{format_long_date(local.date(), lang)}, {local:%H:%M:%S} ({_zone_name(local)})"


def format_window(
    start: datetime, end: datetime, lang: str, zone: str | tzinfo = UTC, *, today: date | None = None
) -> str:
    """A window [start, end): `mar 24 nov, 08:00–12:00`; over several days `mar 24 – jue 26 nov`."""
    first, last = local_moment(start, zone), local_moment(end, zone)
    closing = last - timedelta(microseconds=1)
    whole_days = first.time() == last.time() == datetime.min.time()
    if first.date() == closing.date():
        day = format_date(first.date(), lang, today=today)
        return day if whole_days else f"{day}, {first:%H:%M}{EN_DASH}{_closing_hour(last, first)}"
    if whole_days:
        return (
            f"{format_date(first.date(), lang, today=today)} {EN_DASH} {format_date(closing.date(), lang, today=today)}"
        )
    return f"{format_moment(start, lang, zone, today=today)} {EN_DASH} {format_moment(end, lang, zone, today=today)}"


def format_ago(value: datetime, now: datetime, lang: str) -> str:
    """How long ago, or how soon: `hace 45 min`, `en 3 h`, `ahora` / `45 min ago`, `in 3 h`, `now`."""
    spanish = language(lang) == "es"
    seconds = int((now - value).total_seconds())
    size = abs(seconds)
    if size < 60:
        return "ahora" if spanish else "now"
    span = format_span(timedelta(seconds=size), lang)
    if seconds > 0:
        return f"hace {span}" if spanish else f"{span} ago"
    return f"en {span}" if spanish else f"in {span}"


def format_span(span: timedelta, lang: str) -> str:
    """The largest whole unit of a length of time: `45 min`, `3 h`, `2 días` / `2 days`."""
    seconds = int(abs(span).total_seconds())
    if seconds < 3600:
        return f"{seconds // 60}{NBSP}min"
    if seconds < 48 * 3600:
        return f"{seconds // 3600}{NBSP}h"
    days = seconds // 86400
    return f"{days}{NBSP}{'días' if language(lang) == 'es' else 'days'}"


def local_moment(value: datetime, zone: str | tzinfo) -> datetime:
    """A moment in a zone.

    :raises ValueError: if the moment knows no zone: what hour it names would be a guess.
    """
    if value.tzinfo is None:
        raise ValueError("a moment needs its zone; days without an hour are dates")
    return value.astimezone(zone_of(zone))


def _closing_hour(last: datetime, first: datetime) -> str:
    """Midnight that closes a day is said 24:00, as on a timetable."""
    return "24:00" if last.date() > first.date() else f"{last:%H:%M}"


def _zone_name(local: datetime) -> str:
    offset = local.utcoffset() or timedelta()
    minutes = int(offset.total_seconds() // 60)
    if not minutes:
        return str(local.tzinfo) if str(local.tzinfo) == "UTC" else f"{local.tzinfo}, UTC"
    hours, rest = divmod(abs(minutes), 60)
    shift = f"UTC{'+' if minutes > 0 else MINUS}{hours}" + (f":{rest:02}" if rest else "")
    return f"{local.tzinfo}, {shift}"


def joined(words: list[str], lang: str) -> str:
    """`a, b y c` / `a, b and c`; Spanish says `e` before an i sound."""
    if len(words) < 2:
        return "".join(words)
    link = _and(words[-1]) if language(lang) == "es" else "and"
    return f"{', '.join(words[:-1])} {link} {words[-1]}"


def _and(word: str) -> str:
    start: Callable[[tuple[str, ...]], bool] = word.lower().startswith
    return "e" if start(("i", "í", "hi")) and not start(("hia", "hie", "ia", "ie")) else "y"
