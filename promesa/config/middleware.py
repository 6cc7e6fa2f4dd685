"""What every request passes: its id and its log line, the content policy, the reader's language, refusals in words."""

import logging
import re
import time
import uuid
from collections.abc import Callable

import psycopg
from django.conf import settings
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.utils import translation

from promesa.config import errors
from promesa.config.logs import request_id
from promesa.core.errors import Refused

Answer = Callable[[HttpRequest], HttpResponse]

log = logging.getLogger("promesa.request")

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)
PERMISSIONS = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"
_GIVEN_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")


def request_log(answer: Answer) -> Answer:
    """Give the request an id, answer with it, and log one line: who asked what, and how it went."""

    def logged(request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-Id", "")
        request_id.set(given if _GIVEN_ID.fullmatch(given) else uuid.uuid4().hex)
        started = time.perf_counter()
        if "\x00" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
            response: HttpResponse = errors.in_words(request, code="bad_request", status=400)
        else:
            response = answer(request)
        response["X-Request-Id"] = request_id.get()
        facts = {
            "method": request.method,
            "path": request.path,
            "status": response.status_code,
            "ms": round((time.perf_counter() - started) * 1000, 1),
            "actor": _actor_of(request),
        }
        log.log(logging.DEBUG if _is_noise(request.path) else logging.INFO, "request", extra=facts)
        return response

    return logged


def _is_noise(path: str) -> bool:
    return path.startswith(settings.STATIC_URL) or path in ("/health", "/ready")


def _actor_of(request: HttpRequest) -> str:
    """Who asked, without a query: the API leaves its key's label on the request, pages have a user once someone looked."""
    named = getattr(request, "actor", None)
    if named:
        return str(named)
    user = request.__dict__.get("_cached_user")
    return f"user:{user.pk}" if user is not None and user.pk else ""


def content_security(answer: Answer) -> Answer:
    """Only our own scripts, styles and addresses; nothing inline."""

    def guarded(request: HttpRequest) -> HttpResponse:
        response = answer(request)
        response.setdefault("Content-Security-Policy", POLICY)
        response.setdefault("Permissions-Policy", PERMISSIONS)
        if not request.path.startswith(settings.STATIC_URL):
            response.setdefault(
                "Cache-Control", "no-store" if "html" not in response.get("Content-Type", "") else "no-cache, private"
            )
        return response

    return guarded


def language(answer: Answer) -> Answer:
    """The person's language, else the one chosen on the sign-in page, else the browser's, else Spanish."""

    def spoken(request: HttpRequest) -> HttpResponse:
        chosen = _language_of(request)
        with translation.override(chosen):
            request.LANGUAGE_CODE = chosen  # type: ignore[attr-defined]
            response = answer(request)
        response.setdefault("Content-Language", chosen)
        return response

    return spoken


def _language_of(request: HttpRequest) -> str:
    known = dict(settings.LANGUAGES)
    user = getattr(request, "user", None)
    if user is not None and user.is_authenticated and getattr(user, "language", "") in known:
        return str(user.language)
    cookie = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    return cookie if cookie in known else translation.get_language_from_request(request)


class Refusals:
    """A refusal reaches the person as a sentence: a page with a way on, or JSON for a program. Anything else is a bug."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.answer(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, Refused):
            return errors.refusal(request, error)
        if is_busy(error):
            response = errors.in_words(request, code="busy", status=503)
            response["Retry-After"] = "2"
            return response
        return None


def is_busy(error: Exception) -> bool:
    """A lock not obtained after all tries, or a statement over its time."""
    busy = (
        psycopg.errors.LockNotAvailable,
        psycopg.errors.QueryCanceled,
        psycopg.errors.DeadlockDetected,
    )
    return isinstance(error, OperationalError) and isinstance(error.__cause__, busy)
