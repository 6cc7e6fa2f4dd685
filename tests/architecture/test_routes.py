"""Who may use which address: each one against each role and each scope, tried for real."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from django.contrib.admindocs.views import simplify_regex
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RegexPattern
from django.utils import timezone

from promesa.access.operations import add_user, create_key
from promesa.access.rules import ROLES, SCOPES, VERBS, verbs_of_scopes
from promesa.access.states import Role
from promesa.config.api import api
from promesa.core.actors import Actor
from tests.architecture.routes import API, OPEN, PAGES

SYSTEM = Actor("promesa")
SHUT = {401, 403}


def pages() -> Iterator[tuple[str, URLPattern]]:
    """Every address that is not the API's."""
    yield from _walk(get_resolver().url_patterns, "")


def _walk(patterns: list[URLPattern | URLResolver], prefix: str) -> Iterator[tuple[str, URLPattern]]:
    for one in patterns:
        path = prefix + _told(one)
        if path.startswith("api/"):
            continue
        if isinstance(one, URLResolver):
            yield from _walk(one.url_patterns, path)
        else:
            yield path, one


def _told(one: URLPattern | URLResolver) -> str:
    """The address as people write it, a regular expression made plain."""
    text = str(one.pattern)
    return simplify_regex(text).lstrip("/").replace("\\.", ".") if isinstance(one.pattern, RegexPattern) else text


def operations() -> Iterator[tuple[str, object]]:
    """Every operation of the API, and what ninja adds to it."""
    for path, route in api.get_openapi_schema()["paths"].items():
        for method in route:
            yield f"{method.upper()} {path.removeprefix('/api/v1/')}", route[method]
    yield from ((f"GET {name}", None) for name in ("openapi.json", "docs", ""))


def filled(path: str) -> str:
    """The address with something in each of its places."""
    path = path.replace("results/<name>.", "results/on-time.").replace("<kind>", "csv").replace("<letter>", "A")
    path = re.sub(r"<(?:\w+:)?\w*(number|id|pk|line|row|version|sequence)>", "1", path)
    return "/" + re.sub(r"\{line_number\}", "1", re.sub(r"<[^>]+>", "1", re.sub(r"\{(?!line)[^}]+\}", "x", path)))


def test_every_page_says_who_may_see_it_and_is_written_in_the_table() -> None:
    found = {
        path: OPEN if getattr(pattern.callback, "open_to_all", False) else getattr(pattern.callback, "verb", None)
        for path, pattern in pages()
    }
    assert {path: verb for path, verb in found.items() if PAGES.get(path) != verb} == {}
    assert set(PAGES) == set(found)


def test_every_route_of_the_api_is_written_in_the_table() -> None:
    assert {route for route, _ in operations()} == set(API)
    assert set(API.values()) | set(PAGES.values()) <= set(VERBS) | {OPEN}


@pytest.mark.django_db
@pytest.mark.parametrize("role", list(Role))
def test_each_role_gets_to_what_it_may_and_to_nothing_else(role: Role) -> None:
    theirs = 7 if role == Role.CUSTOMER else None
    user = add_user(
        username="ana", password="almendra-verde-77", role=role, customer_id=theirs, by=SYSTEM, at=timezone.now()
    )
    wrong = {}
    for path, verb in PAGES.items():
        client = Client(raise_request_exception=False)
        client.force_login(user)
        got = {client.get(filled(path)).status_code, client.post(filled(path)).status_code} - {405}
        is_open = not got & SHUT
        if is_open != (verb == OPEN or verb in ROLES[role]) or 500 in got:
            wrong[path] = (verb, got)
    assert wrong == {}


@pytest.mark.django_db
def test_nobody_gets_to_anything_without_signing_in() -> None:
    client, wrong = Client(), {}
    for path, verb in PAGES.items():
        for answer in (client.get(filled(path)), client.post(filled(path))):
            to_sign_in = answer.status_code == 302 and answer["Location"].startswith("/sign-in")
            if verb != OPEN and not to_sign_in:
                wrong[path] = answer.status_code
    assert wrong == {}


@pytest.mark.django_db
def test_every_form_of_a_person_needs_its_token() -> None:
    user = add_user(username="eva", password="almendra-verde-77", role=Role.ADMINISTRATOR, by=SYSTEM, at=timezone.now())
    client = Client(enforce_csrf_checks=True)
    client.force_login(user)
    assert {path: client.post(filled(path)).status_code for path in PAGES} == dict.fromkeys(PAGES, 403)


def asked(client: Client, route: str) -> int:
    method, _, path = route.partition(" ")
    send = getattr(client, method.lower())
    body = {} if method == "GET" else {"data": "{}", "content_type": "application/json"}
    return int(send(f"/api/v1{filled(path)}", **body).status_code)


@pytest.mark.django_db
@pytest.mark.parametrize("scope", list(SCOPES))
def test_each_scope_gets_to_what_it_gives_and_to_nothing_else(scope: str) -> None:
    token = create_key(name="test", scopes=[scope], by=SYSTEM, at=timezone.now()).token
    client = Client(headers={"Authorization": f"Bearer {token}"})
    wrong = {}
    for route, verb in API.items():
        status = asked(client, route)
        may = verb == OPEN or verb in SCOPES[scope]
        if (status not in SHUT) != may or status >= 500:
            wrong[route] = (verb, status)
    assert wrong == {}


@pytest.mark.django_db
def test_a_key_of_one_customer_gets_to_less_than_its_scopes() -> None:
    token = create_key(name="test", scopes=list(SCOPES), customer_id=7, by=SYSTEM, at=timezone.now()).token
    client = Client(headers={"Authorization": f"Bearer {token}"})
    verbs = verbs_of_scopes(SCOPES, customer_id=7)
    for route, verb in API.items():
        assert (asked(client, route) in SHUT) == (verb != OPEN and verb not in verbs), route


@pytest.mark.django_db
def test_neither_a_cookie_nor_a_wrong_key_opens_the_api() -> None:
    user = add_user(username="eva", password="almendra-verde-77", role=Role.ADMINISTRATOR, by=SYSTEM, at=timezone.now())
    signed_in = Client()
    signed_in.force_login(user)
    wrong_key = Client(headers={"Authorization": "Bearer pk_aaaa_bbbb"})
    basic = Client(headers={"Authorization": "Basic YTpi"})
    for client in (signed_in, wrong_key, basic):
        for route, verb in API.items():
            assert (asked(client, route) == 401) == (verb != OPEN), route
