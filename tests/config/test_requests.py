"""What every request passes: id, policy, language, refusals in words, health."""

import json
import logging

import psycopg
import pytest
from django.conf import settings
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from promesa.access.models import User
from promesa.config import errors, health, middleware
from promesa.config.logs import JsonLines, request_id
from promesa.core.errors import Invalid, NotAllowed, NotFound, Refused

pytestmark = pytest.mark.django_db


def test_the_process_says_that_it_lives_without_touching_anything(client: Client) -> None:
    answer = client.get("/health")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_it_is_ready_when_the_database_answers_and_is_migrated(client: Client) -> None:
    answer = client.get("/ready")
    facts = answer.json()
    assert answer.status_code == 200
    assert (facts["status"], facts["database"], facts["migrations"]) == ("ready", "ok", "ok")


def test_it_is_not_ready_when_the_database_is_gone(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone() -> bool:
        raise OperationalError("connection refused")

    monkeypatch.setattr(health, "_is_migrated", gone)
    answer = client.get("/ready")
    assert (answer.status_code, answer.json()["database"]) == (503, "unreachable")


def test_an_unknown_address_is_told_in_words_to_people_and_in_json_to_programs(client: Client) -> None:
    page = client.get("/no/such/page", headers={"Accept-Language": "es"})
    assert page.status_code == 404
    assert "Esta dirección no existe." in page.content.decode()
    answer = client.get("/api/v1/no-such-thing", headers={"Accept-Language": "en"})
    assert answer.status_code in (401, 404)
    assert set(answer.json()) >= {"code", "message"}


def test_every_answer_carries_the_request_id_that_it_was_given(client: Client) -> None:
    assert client.get("/health", headers={"X-Request-Id": "abc-12345678"})["X-Request-Id"] == "abc-12345678"
    made = client.get("/health", headers={"X-Request-Id": "bad id\n"})["X-Request-Id"]
    assert len(made) == 32


def test_every_page_forbids_what_is_not_ours(client: Client) -> None:
    page = client.get("/no/such/page")
    policy = page["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert page["X-Frame-Options"] == "DENY"
    assert page["X-Content-Type-Options"] == "nosniff"
    assert page["Referrer-Policy"] == "same-origin"


def test_cookies_are_closed_to_scripts_and_other_sites() -> None:
    assert settings.SESSION_COOKIE_HTTPONLY is True
    assert settings.CSRF_COOKIE_HTTPONLY is True
    assert {settings.SESSION_COOKIE_SAMESITE, settings.CSRF_COOKIE_SAMESITE} == {"Lax"}


@pytest.mark.parametrize("address", ["/a%00b", "/?q=%00", "/api/v1/orders?after=%00"])
def test_a_zero_byte_is_refused_and_never_a_fault(client: Client, address: str) -> None:
    assert client.get(address).status_code == 400


class TooLate(Refused):
    """Declared here, without words of its own."""


@pytest.mark.parametrize(
    ("refused", "status"),
    [(TooLate("order:1"), 409), (NotFound(what="P-1"), 404), (NotAllowed(), 403), (Invalid(), 422)],
)
def test_a_refusal_becomes_a_sentence_with_its_status(rf: RequestFactory, refused: Refused, status: int) -> None:
    answer = errors.refusal(rf.get("/api/v1/x"), refused)
    assert answer.status_code == status
    body = json.loads(answer.content)
    assert (body["code"], body["message"], body["subject"]) == (refused.code, refused.sentence("es"), refused.subject)
    assert answer["Content-Type"] == "application/json"


def test_a_refusal_to_a_person_is_a_page_with_the_sentence_and_a_way_on(rf: RequestFactory) -> None:
    answer = errors.refusal(rf.get("/orders/1"), NotAllowed())
    text = answer.content.decode()
    assert NotAllowed().sentence("es") in text
    assert 'href="/"' in text


def refusals() -> middleware.Refusals:
    return middleware.Refusals(lambda request: HttpResponse())


def test_a_lock_that_was_not_obtained_asks_to_try_again(rf: RequestFactory) -> None:
    error = OperationalError("canceling statement due to lock timeout")
    error.__cause__ = psycopg.errors.LockNotAvailable()
    answer = refusals().process_exception(rf.get("/api/v1/x"), error)
    assert answer is not None
    assert (answer.status_code, answer["Retry-After"]) == (503, "2")


def test_a_bug_stays_a_bug(rf: RequestFactory) -> None:
    assert refusals().process_exception(rf.get("/x"), KeyError("x")) is None
    assert refusals().process_exception(rf.get("/x"), OperationalError("disk full")) is None


def test_a_bug_is_told_without_its_inside(rf: RequestFactory) -> None:
    answer = errors.defect(rf.get("/x"))
    assert answer.status_code == 500
    assert "Traceback" not in answer.content.decode()


def spoken(request: HttpRequest) -> str:
    return middleware.language(lambda asked: HttpResponse(asked.LANGUAGE_CODE))(request).content.decode()  # type: ignore[attr-defined]


def test_the_persons_language_wins_over_the_browsers(rf: RequestFactory) -> None:
    request = rf.get("/", headers={"Accept-Language": "en"})
    assert spoken(request) == "en"
    request.COOKIES[settings.LANGUAGE_COOKIE_NAME] = "es"
    assert spoken(request) == "es"
    request.user = User(pk=1, username="ana", language="en")
    assert spoken(request) == "en"
    assert spoken(rf.get("/", headers={"Accept-Language": "de"})) == "es"


def test_choosing_a_language_is_remembered_for_the_person_and_the_browser(client: Client) -> None:
    person = User.objects.create_user("ana", password="una clave larga", language="es")
    client.force_login(person)
    answer = client.post("/language", {"language": "en", "next": "/orders?state=open"})
    assert (answer.status_code, answer["Location"]) == (302, "/orders?state=open")
    person.refresh_from_db()
    assert person.language == "en"
    assert answer.cookies[settings.LANGUAGE_COOKIE_NAME].value == "en"


def test_choosing_a_language_never_leads_to_another_site(client: Client) -> None:
    answer = client.post("/language", {"language": "en", "next": "https://elsewhere.example/"})
    assert answer["Location"] == "/"


def test_a_log_line_is_json_with_the_request_id() -> None:
    token = request_id.set("r-1")
    record = logging.makeLogRecord(
        {"name": "promesa.x", "msg": "sent %s", "args": ("P-1",), "levelname": "INFO", "order": "P-1"}
    )
    line = json.loads(JsonLines().format(record))
    request_id.reset(token)
    assert {name: line[name] for name in ("message", "request_id", "level", "order")} == {
        "message": "sent P-1",
        "request_id": "r-1",
        "level": "info",
        "order": "P-1",
    }


def test_static_files_carry_a_stamp_of_their_bytes(client: Client) -> None:
    page = client.get("/no/such/page").content.decode()
    assert "/static/promesa/base.css?v=" in page
    answer = client.get("/static/promesa/base.css")
    assert (answer.status_code, answer["Cache-Control"]) == (200, "max-age=600, public")
    assert "Access-Control-Allow-Origin" not in answer
