"""How doors ask for a right: `requires` on a page, `key` on a route of the API, `open_to_all` on what needs none.

A page without one of the two decorators is denied by `deny_by_default`, and fails a test.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from ninja.security import HttpBearer

from promesa.access import labels  # noqa: F401  (its sentences belong to the refusals below)
from promesa.access.models import User
from promesa.access.queries import SeenKey, confirm_key, key_holder, person, seen_key
from promesa.access.rules import VERBS, Principal
from promesa.core.errors import NotAllowed, Refused

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


class KeyMissing(Refused):
    """The request carries no key."""

    status = 401


class KeyRefused(Refused):
    """The key is unknown, expired or withdrawn; which of them is nobody's business."""

    status = 401


class KeyLacksScope(Refused):
    """The key has no scope with this right."""

    status = 403


# --- Pages ---------------------------------------------------------------------------------------------------------


def requires(verb: str) -> Callable[[View[P]], View[P]]:
    """Let only people with this right see the page; others are asked to sign in, or told that they may not.

    Inside, `actor(request)` is who asks.
    """
    if verb not in VERBS:
        raise ValueError(f"no such right: {verb}")

    def decorate(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            user = request.user
            if isinstance(user, AnonymousUser) or not isinstance(user, User):
                return _to_sign_in(request)
            who = person(user)
            request.actor = who  # type: ignore[attr-defined]
            if verb not in who.verbs:
                if (
                    who.customer_id is not None
                    and request.path == settings.LOGIN_REDIRECT_URL
                    and request.method == "GET"
                ):
                    return HttpResponseRedirect(settings.CUSTOMERS_HOME)
                raise NotAllowed(verb=verb)
            response = view(request, *args, **kwargs)
            patch_vary_headers(response, ("Cookie",))
            return response

        guarded.verb = verb  # type: ignore[attr-defined]
        return guarded

    return decorate


def open_to_all(view: Callable[P, Any]) -> Callable[P, Any]:
    """Mark a page that nobody needs a right for."""

    @wraps(view)
    def opened(*args: P.args, **kwargs: P.kwargs) -> Any:
        return view(*args, **kwargs)

    opened.open_to_all = True  # type: ignore[attr-defined]
    return opened


def actor(request: HttpRequest) -> Principal:
    """Who asks, with the rights that were read at the door."""
    who: Principal = request.actor  # type: ignore[attr-defined]
    return who


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    """To the sign-in page and back; a part of a page asks for the whole page to go there."""
    is_part = request.headers.get("HX-Request") == "true"
    back = request.headers.get("HX-Current-URL", "/") if is_part else request.get_full_path()
    address = settings.LOGIN_URL
    if back != "/" and (request.method == "GET" or is_part):
        address = f"{address}?{urlencode({'next': back})}"
    if is_part:
        response = HttpResponse(status=401)
        response["HX-Redirect"] = address
        return response
    return HttpResponseRedirect(address)


class DenyByDefault:
    """A view that says neither who may see it nor that all may, nobody sees."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.answer(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        if not (getattr(view, "verb", None) or getattr(view, "open_to_all", False)):
            raise PermissionDenied


# --- The API -------------------------------------------------------------------------------------------------------


class key(HttpBearer):  # noqa: N801  (used as a word: `auth=key("see_orders")`)
    """Only a key authorises a route of the API, never the cookie of a person who is signed in."""

    def __init__(self, verb: str, *, confirmed_later: bool = False) -> None:
        """With `confirmed_later` a key seen before costs no journey of its own: the route calls what `confirmation` gives
        before anything else is said to the database, and that refuses a key withdrawn meanwhile."""
        if verb not in VERBS:
            raise ValueError(f"no such right: {verb}")
        self.verb = verb
        self.confirmed_later = confirmed_later
        super().__init__()

    def __call__(self, request: HttpRequest) -> Principal:
        kind, _, token = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
        if kind.lower() != "bearer" or not token:
            raise KeyMissing
        return self.authenticate(request, token.strip())

    def authenticate(self, request: HttpRequest, token: str) -> Principal:
        seen = seen_key(token=token) if self.confirmed_later else None
        request.unconfirmed = seen  # type: ignore[attr-defined]
        who = seen.who if seen else key_holder(token=token, at=timezone.now())
        if who is None:
            raise KeyRefused
        request.actor = who  # type: ignore[attr-defined]
        if self.verb not in who.verbs:
            spanish, english = VERBS[self.verb]
            raise KeyLacksScope(verb={"es": spanish, "en": english})
        return who


def confirmation(request: HttpRequest) -> Callable[[], None]:
    """What a route with `confirmed_later` calls first, inside its transaction."""

    def confirm() -> None:
        seen: SeenKey | None = request.unconfirmed  # type: ignore[attr-defined]
        if seen is not None:
            confirm_key(seen, at=timezone.now(), refusal=KeyRefused)

    return confirm
