"""The API under /api/v1: its routes room by room, who may use them, how it refuses.

It stands apart from the pages: no session, no cookie, no form token; a key in each request is all that counts.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.db import DataError, IntegrityError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import Resolver404, ResolverMatch, path, resolve
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from promesa import __version__
from promesa.access.doors import key
from promesa.config import unusable
from promesa.config.middleware import is_busy
from promesa.core import api as kit
from promesa.core import words
from promesa.core.errors import Refused

log = logging.getLogger("promesa.api")
ROOT = "/api/v1/"

words.register(
    {
        "body_unreadable": (
            "El cuerpo no es JSON estricto (UTF-8, sin NaN ni nombres repetidos).",
            "The body is not strict JSON (UTF-8, no NaN, no name twice).",
        ),
        "body_too_large": (
            "El cuerpo supera {most} MB. Repártalo en varias peticiones.",
            "The body is over {most} MB. Split it into several requests.",
        ),
        "request_unusable": (
            "La petición tiene {count:error|errores}; abajo está cada uno.",
            "The request has {count:fault|faults}; each is named below.",
        ),
        "method_unknown": ("Esta dirección no admite ese método.", "This address does not take that method."),
        "conflict": (
            "Ya existe otro con esos datos, o acaba de cambiar. Léalo de nuevo.",
            "There is another with these values already, or it has just changed. Read it again.",
        ),
        "value_impossible": ("Algún valor no se puede guardar.", "Some value cannot be kept."),
    }
)

_IDEMPOTENCY_KEY = {
    "in": "header",
    "name": "Idempotency-Key",
    "required": True,
    "description": "A value of your own for this request (a UUID); the same one when you repeat it. Kept 72 hours.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255},
}


class Api(NinjaAPI):
    """ninja, but a fault also tells what was received."""

    def validation_error_from_error_contexts(self, error_contexts: list[Any]) -> ValidationError:
        errors = [
            {**one, "loc": (context.model.__ninja_param_source__, *one["loc"])}
            for context in error_contexts
            for one in context.pydantic_validation_error.errors(include_url=False)
        ]
        return ValidationError(errors)

    def get_openapi_schema(self, **kwargs: Any) -> Any:
        """The description never changes while the program runs."""
        mark = repr(sorted(kwargs.items()))
        if mark not in _described:
            described = super().get_openapi_schema(**kwargs)
            for methods in described["paths"].values():
                if "post" in methods:
                    methods["post"].setdefault("parameters", []).append(_IDEMPOTENCY_KEY)
            _described[mark] = described
        return _described[mark]


_described: dict[str, Any] = {}

api = Api(
    title="Promesa",
    version=__version__,
    description=(
        "Orders from capture to cash. A key goes in `Authorization: Bearer`, an `Idempotency-Key` with every POST. "
        "Decimals are text, moments ISO 8601 with zone. Lists are paged: `?after=` takes the `next` of the page before."
    ),
    urls_namespace="api",
    auth=key("manage_keys"),  # a route that does not say what it takes is for nobody but who could give it anyway
    parser=kit.Strict(),
    docs_url="/docs",
)

for _room in ("customers", "catalog", "inventory", "orders", "allocation", "fulfilment", "billing", "exchange"):
    api.add_router("", f"promesa.{_room}.api.router")

# The addresses by themselves too: a request of the API is found without looking through the pages.
urlpatterns = [path(ROOT.lstrip("/"), api.urls)]


# --- How it refuses ------------------------------------------------------------------------------------------------


@api.exception_handler(Refused)
def _refused(request: HttpRequest, error: Refused) -> HttpResponse:
    return kit.refusal(request, error)


@api.exception_handler(ValidationError)
def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """Every fault at once: where it is, what came, what would be right."""
    lang = kit.spoken(request)
    errors = [_fault(one, lang) for one in error.errors[:100]]
    return kit.problem(request, code="request_unusable", status=422, params={"count": len(error.errors)}, errors=errors)


def _fault(one: Mapping[str, Any], lang: str) -> dict[str, Any]:
    where = [str(part) for part in one.get("loc", ())]
    if where[:1] == ["body"]:
        where = where[2:]  # `body` and the name of the parameter say nothing to who wrote the request
    elif where[:1] in (["query"], ["path"]):
        where = where[1:]
    received = one.get("input", "")
    return {
        "field": ".".join(where)[:200],
        "code": str(one.get("type", ""))[:60],
        "received": received if isinstance(received, str) else "",
        "sentence": unusable.sentence(one, lang),
    }


@api.exception_handler(HttpError)
def _http(request: HttpRequest, error: HttpError) -> HttpResponse:
    """ninja itself raises these: the body is no JSON."""
    code = "body_unreadable" if error.status_code == 400 else "not_allowed"
    return kit.problem(request, code=code, status=error.status_code)


@api.exception_handler(Http404)
def _nowhere(request: HttpRequest, error: Http404) -> HttpResponse:
    return kit.problem(request, code="no_such_address", status=404)


@api.exception_handler(IntegrityError)
def _twice(request: HttpRequest, error: IntegrityError) -> HttpResponse:
    """A uniqueness or bound of the database was the last wall: nothing was written."""
    state = getattr(error.__cause__, "sqlstate", "")
    log.warning("integrity", extra={"path": request.path, "reason": str(error)[:300]})
    if state == "23514":
        return kit.problem(request, code="value_impossible", status=422)
    return kit.problem(request, code="conflict", status=409)


@api.exception_handler(DataError)
def _too_much(request: HttpRequest, error: DataError) -> HttpResponse:
    log.warning("data error", extra={"path": request.path, "reason": str(error)[:300]})
    return kit.problem(request, code="value_impossible", status=422)


@api.exception_handler(Exception)
def _defect(request: HttpRequest, error: Exception) -> HttpResponse:
    if is_busy(error) or isinstance(error, OperationalError):
        response = kit.problem(request, code="busy", status=503)
        response["Retry-After"] = "2"
        return response
    log.error("defect", exc_info=error, extra={"path": request.path})
    if settings.DEBUG or getattr(request, "raises", False):
        raise error
    return kit.problem(request, code="defect", status=500)


# --- The short way -------------------------------------------------------------------------------------------------


def apart(answer: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Answer requests of the API before sessions, forms and languages are even thought of."""

    def answered(request: HttpRequest) -> HttpResponse:
        if not request.path.startswith("/api/"):
            return answer(request)
        response = _answered(request)
        response.headers.setdefault("Content-Length", str(len(response.content)))
        return response

    return answered


@lru_cache(maxsize=1_024)
def _resolved(path: str) -> ResolverMatch:
    """Who answers at an address; programs ask the same few again and again."""
    return resolve(path, urlconf=__name__)


def _answered(request: HttpRequest) -> HttpResponse:
    try:
        view, args, kwargs = _resolved(request.path_info)
    except Resolver404:
        return kit.problem(request, code="no_such_address", status=404)
    length = request.META.get("CONTENT_LENGTH") or "0"
    most = kit.MAX_DOCUMENT if request.path_info.rstrip("/").endswith("/documents") else kit.MAX_BODY
    if not length.isdecimal() or int(length) > most:
        return kit.problem(request, code="body_too_large", status=413, params={"most": most >> 20})
    try:
        response: HttpResponse = view(request, *args, **kwargs)
    except RequestDataTooBig:
        return kit.problem(request, code="body_too_large", status=413, params={"most": most >> 20})
    if response.status_code == 405:
        allowed = response.headers.get("Allow", "")
        response = kit.problem(request, code="method_unknown", status=405)
        response["Allow"] = allowed
    return response
