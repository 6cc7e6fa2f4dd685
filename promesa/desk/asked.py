"""Reading what an address or a form says: what cannot be read is as if it were not there, or is told beside its field."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime

from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils import timezone

from promesa.core import sheets
from promesa.core.ui.speech import current_language

LONGEST = 100
FILE_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
MOST_EXPORTED = 20_000


def text_of(query: QueryDict, name: str, longest: int = LONGEST) -> str:
    """One line of text without what no column holds."""
    return " ".join(query.get(name, "").replace("\x00", "").split())[:longest]


def one_of(value: str, known: Collection[str], usual: str = "") -> str:
    """The value if it is a known one."""
    return value if value in known else usual


def day_of(text: str) -> date | None:
    """An ISO day that a calendar can hold."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if date(1990, 1, 1) <= day < date(2200, 1, 1) else None


def key_of(text: str) -> int:
    """The id after which a page begins; 0 is the first page."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 18 else 0


def moment_of(text: str) -> datetime | None:
    """The moment of a field `datetime-local`, in the reader's zone."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    if not 1990 <= found.year < 2200:
        return None
    return found if found.tzinfo else timezone.make_aware(found)


def without(request: HttpRequest, *names: str) -> str:
    """The address of this list without some parameters; the way through its pages begins anew."""
    query = request.GET.copy()
    for name in (*names, "after"):
        query.pop(name, None)
    return f"?{query.urlencode()}" if query else request.path


def with_(request: HttpRequest, **values: str | int) -> str:
    """The address of this list with some parameters set."""
    query = request.GET.copy()
    query.pop("after", None)
    for name, value in values.items():
        query[name] = str(value)
    return f"?{query.urlencode()}"


def chips(request: HttpRequest, known: Iterable[tuple[str, str, str]]) -> list[dict[str, str]]:
    """The filters that are set: (parameter, label, what it says), each with the address that takes it off."""
    return [{"label": label, "value": said, "href": without(request, name)} for name, label, said in known if said]


def sheet(kind: str, name: str, heads: Sequence[str], rows: Iterable[Sequence[sheets.Cell]]) -> HttpResponse:
    """A table as a file to take away, CSV or XLSX."""
    spanish = current_language() == "es"
    body = (
        sheets.xlsx(name, heads, rows) if kind == "xlsx" else b"".join(sheets.csv_lines(heads, rows, spanish=spanish))
    )
    response = HttpResponse(body, content_type=FILE_TYPES[kind])
    response["Content-Disposition"] = f'attachment; filename="{name}-{timezone.localdate().isoformat()}.{kind}"'
    return response


def saved(content: bytes, name: str) -> HttpResponse:
    """Bytes as they came or went: to be saved, never shown by the browser."""
    response = HttpResponse(content, content_type="application/octet-stream")
    plain = "".join(letter if letter.isascii() and (letter.isalnum() or letter in "-_. ") else "_" for letter in name)
    response["Content-Disposition"] = f'attachment; filename="{plain}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
