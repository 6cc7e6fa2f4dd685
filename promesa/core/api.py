"""What all routes of the API share: strict kinds of value, the shape of a refusal, paging, creating exactly once."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja.parser import Parser
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from promesa.core import idempotency, words
from promesa.core.errors import Refused

MAX_BODY = 4 * 1024 * 1024
# A document may be as large as its readers take it, with what a form puts around it.
MAX_DOCUMENT = 20_000_000 + 64 * 1024
MAX_PAGE = 200

# --- Kinds of value ------------------------------------------------------------------------------------------------


def printable(text: str) -> str:
    if any(character < " " and character not in "\t\n\r" for character in text):
        raise ValueError("control characters are not allowed")
    return text


_DECIMAL = re.compile(r"[+-]?[0-9]{1,40}(\.[0-9]{1,20})?", re.ASCII)


def number(value: Any) -> Any:
    """A decimal as text or as an exact JSON number; true is not one."""
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        raise ValueError('a decimal number is wanted, such as "12.5"')
    if isinstance(value, str) and not (
        value.isascii() and len(value) <= 40 and not value[:1].isspace() and "_" not in value
    ):
        raise ValueError('a decimal number is wanted, such as "12.5"')
    return value


def _plain(value: Decimal) -> Decimal:
    """1E+3 is 1000 from here on, so that what is stored and shown is what people write."""
    return value.quantize(Decimal(1)) if value == value.to_integral_value() else value.normalize()


Text = Annotated[str, AfterValidator(printable)]
Code = Annotated[str, StringConstraints(strip_whitespace=True, max_length=60), AfterValidator(printable)]
Number = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40), AfterValidator(printable)
]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), AfterValidator(printable)]
Note = Annotated[str, StringConstraints(max_length=2000), AfterValidator(printable)]
Short = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200), AfterValidator(printable)]
Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
Country = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
# Limits stand next to the type: there pydantic's own code looks at them, and after a validator of ours Python does.
Quantity = Annotated[
    Decimal,
    Field(gt=0, lt=Decimal("1e12"), decimal_places=6, allow_inf_nan=False),
    BeforeValidator(number, json_schema_input_type=str | int),
    Field(json_schema_extra={"description": "More than 0, less than 10^12, at most 6 decimals."}),
    AfterValidator(_plain),
]
QuantityOrNone = Annotated[
    Decimal,
    Field(ge=0, lt=Decimal("1e12"), decimal_places=6, allow_inf_nan=False),
    BeforeValidator(number, json_schema_input_type=str | int),
    Field(json_schema_extra={"description": "0 or more, less than 10^12, at most 6 decimals."}),
    AfterValidator(_plain),
]
Price = Annotated[
    Decimal,
    Field(ge=0, lt=Decimal("1e12"), decimal_places=6, allow_inf_nan=False),
    BeforeValidator(number, json_schema_input_type=str | int),
    Field(json_schema_extra={"description": "0 or more, less than 10^12, at most 6 decimals."}),
    AfterValidator(_plain),
]
Amount = Annotated[
    Decimal,
    Field(gt=0, lt=Decimal("1e15"), decimal_places=2, allow_inf_nan=False),
    BeforeValidator(number, json_schema_input_type=str | int),
    Field(json_schema_extra={"description": "More than 0, less than 10^15, at most 2 decimals."}),
]
Percent = Annotated[
    Decimal,
    Field(ge=0, le=100, decimal_places=4, allow_inf_nan=False),
    BeforeValidator(number, json_schema_input_type=str | int),
    Field(json_schema_extra={"description": "0 to 100, at most 4 decimals."}),
]


def _year(value: Any) -> Any:
    if isinstance(value, date) and not 1970 <= value.year <= 2199:
        raise ValueError("a year from 1970 to 2199 is wanted")
    return value


def _iso(value: Any) -> Any:
    if not isinstance(value, str):
        raise ValueError("a day as YYYY-MM-DD is wanted")
    return value


Day = Annotated[date, BeforeValidator(_iso, json_schema_input_type=str), AfterValidator(_year)]


def _moment(value: Any) -> Any:
    if not isinstance(value, str):
        raise ValueError("a moment as ISO 8601 with zone is wanted")
    if len(value) > 10:
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            raise ValueError("a moment as ISO 8601 with zone is wanted") from None
        if moment.tzinfo is None:
            raise ValueError("the moment needs its zone, such as 2026-03-02T09:00:00+01:00")
        return _year(moment)
    return value


def _zoned(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise ValueError("the moment needs its zone, such as 2026-03-02T09:00:00+01:00")
    return value


Moment = Annotated[
    datetime, BeforeValidator(_moment, json_schema_input_type=str), AfterValidator(_year), AfterValidator(_zoned)
]


def _day_or_moment(value: Any) -> Any:
    if isinstance(value, str) and len(value) == 10:
        try:
            return _year(date.fromisoformat(value))
        except ValueError:
            raise ValueError("a day as YYYY-MM-DD, or a moment with zone, is wanted") from None
    return _moment(value) if isinstance(value, str) and len(value) > 10 else _refuse_day()


def _refuse_day() -> Any:
    raise ValueError("a day as YYYY-MM-DD, or a moment with zone, is wanted")


DayOrMoment = Annotated[datetime | date, BeforeValidator(_day_or_moment, json_schema_input_type=str)]


def once_each(name: str) -> AfterValidator:
    """In a list of things, each value of this field comes once."""

    def check(things: list[Any]) -> list[Any]:
        if len({getattr(one, name) for one in things}) != len(things):
            raise ValueError(f"each {name} may come once")
        return things

    return AfterValidator(check)


class Body(BaseModel):
    """A request's body: nothing that is not named here gets in."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class Told(BaseModel):
    """What is answered. Decimals are text, moments ISO 8601 with zone, days YYYY-MM-DD."""

    model_config = ConfigDict(frozen=True)


class Fault(Told):
    """One thing that is wrong: where, what came, and why it does not serve. `row` counts from 1 in a list of rows."""

    row: int | None = None
    field: str = ""
    code: str = ""
    received: str = ""
    sentence: str = ""


class Problem(Told):
    """Why the request was not done, in the language of Accept-Language (Spanish if it names neither)."""

    code: str
    message: str
    subject: str = ""
    errors: list[Fault] = []


class Window(Body):
    """From when to when; a day means all of it."""

    from_: DayOrMoment | None = Field(None, alias="from")
    to: DayOrMoment | None = None


# What any route may answer beside its own success, for the description.
READ: dict[Any, Any] = {400: Problem, 401: Problem, 403: Problem, 404: Problem, 422: Problem, 503: Problem}
WRITE: dict[Any, Any] = {**READ, 409: Problem, 413: Problem}


class Strict(Parser):
    """JSON whose decimals stay exact, read once; whatever is not strict JSON is refused."""

    def parse_body(self, request: HttpRequest) -> Any:
        if b"\\u0000" in request.body:
            raise ValueError("NUL cannot be kept")
        read = json.loads(request.body, parse_float=Decimal, parse_constant=_no_constant, object_pairs_hook=_no_twins)
        request.parsed = read  # type: ignore[attr-defined]
        return read


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def _no_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name comes twice in one object")
    return found


# --- Answers -------------------------------------------------------------------------------------------------------


def spoken(request: HttpRequest) -> str:
    """Spanish unless the first language that the program accepts and we speak is English."""
    for part in request.META.get("HTTP_ACCEPT_LANGUAGE", "")[:200].lower().split(","):
        if part.strip()[:2] in words.LANGUAGES:
            return str(part.strip()[:2])
    return "es"


def plain(value: Any) -> Any:
    """A value as JSON holds it: decimals as text without needless zeros, moments and days as ISO 8601."""
    if isinstance(value, Decimal):
        return decimal_text(value)
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {key: plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    return value


def decimal_text(value: Decimal) -> str:
    """`1500.50` as 1500.5, `100.00` as 100; never with an exponent."""
    text = str(value)
    if "E" in text:
        text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def as_json(value: Any) -> str:
    """JSON text of an answer."""
    return json.dumps(plain(value), separators=(",", ":"))


def answer(body: Any, *, status: int = 200) -> HttpResponse:
    """An answer of the API; text is JSON already."""
    text = body if isinstance(body, str) else as_json(body)
    return HttpResponse(text, status=status, content_type="application/json")


def problem(
    request: HttpRequest,
    *,
    code: str,
    status: int,
    subject: str = "",
    params: Mapping[str, Any] | None = None,
    errors: Sequence[Mapping[str, Any]] = (),
) -> HttpResponse:
    """The answer for something that was not done."""
    lang = spoken(request)
    return answer(
        {
            "code": code,
            "message": words.say(code, params, lang),
            "subject": subject,
            "errors": [_fault(one, lang) for one in errors],
        },
        status=status,
    )


def refusal(request: HttpRequest, refused: Refused) -> HttpResponse:
    """The answer for a refusal of a verb."""
    errors = getattr(refused, "errors", [])
    response = problem(
        request, code=refused.code, status=refused.status, subject=refused.subject, params=refused.params, errors=errors
    )
    if refused.status == 401:
        response["WWW-Authenticate"] = "Bearer"
    wait = getattr(refused, "retry_after", None)
    if wait is not None:
        response["Retry-After"] = str(wait)
    return response


def written_down(request: HttpRequest, refused: Refused) -> idempotency.Answer:
    """A refusal with which something stays written: the transaction goes through, the answer is not kept."""
    return idempotency.Answer(refused.status, refusal(request, refused).content.decode(), kept=False)


def _fault(error: Mapping[str, Any], lang: str) -> dict[str, Any]:
    sentence = error.get("sentence", "")
    if isinstance(sentence, Mapping):
        sentence = sentence.get(lang, "")
    if not sentence and error.get("code"):
        sentence = words.say(str(error["code"]), error, lang)
    kept = {key: error[key] for key in ("row", "field", "code") if key in error}
    return {**kept, "received": str(error.get("received", ""))[:200], "sentence": sentence}


# --- Pages of a list -----------------------------------------------------------------------------------------------


class Page(BaseModel):
    """Which part of a list: up to `limit` things after the one named."""

    after: Annotated[str, StringConstraints(max_length=120), AfterValidator(printable)] = ""
    limit: int = Field(50, ge=1, le=MAX_PAGE)


def paged(rows: Iterable[Any], *, limit: int, key: Callable[[Any], str]) -> dict[str, Any]:
    """The shape of a page, from `limit` + 1 rows: the one too many says that there are more."""
    items = list(rows)
    more = len(items) > limit
    items = items[:limit]
    return {"items": items, "next": key(items[-1]) if more else None}


# --- Creating exactly once -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Made:
    """What a creating route made."""

    body: Any
    status: int = 201


def creating(
    request: HttpRequest,
    route: str,
    act: Callable[[datetime], Made | idempotency.Answer],
    *,
    finish: Callable[[str], str] = str,
    opening: Callable[[], None] | None = None,
    in_steps: bool = False,
) -> HttpResponse:
    """Do what the request asks, once for its Idempotency-Key, and answer; repeated, give the stored answer again.

    `finish` turns the stored text into what is sent; `opening` as in `idempotency.once`. What is done `in_steps` takes several
    transactions, each of which stands; broken off, the same request goes on with it.
    """
    at = timezone.now()
    sent = idempotency.usable_key(request.META.get("HTTP_IDEMPOTENCY_KEY"))

    def acted() -> idempotency.Answer:
        made = act(at)
        if isinstance(made, idempotency.Answer):
            return made
        return idempotency.Answer(status=made.status, body=as_json(made.body))

    principal = request.actor  # type: ignore[attr-defined]
    print_ = idempotency.fingerprint(request.path, getattr(request, "parsed", None))
    if in_steps:
        found = idempotency.in_steps(principal=principal, route=route, key=sent, print_=print_, act=acted, at=at)
    else:
        found = idempotency.once(
            principal=principal, route=route, key=sent, print_=print_, act=acted, at=at, opening=opening
        )
    response = answer(finish(found.body), status=found.status)
    if found.replayed:
        response["Idempotent-Replay"] = "true"
    return response
