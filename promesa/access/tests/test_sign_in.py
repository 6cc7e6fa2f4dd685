import threading
from datetime import timedelta

import pyotp
import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.utils import timezone

from promesa.access import operations
from promesa.access.models import OpenSession, SignInAttempt, User
from promesa.access.states import Role
from promesa.access.tests.people import AT, PASSWORD, SYSTEM, browser_of, person

pytestmark = [pytest.mark.django_db, pytest.mark.urls("promesa.access.tests.urls")]


def tried(username: str = "ana", password: str = PASSWORD, address: str = "10.0.0.1", at=AT):
    return operations.try_password(username=username, password=password, address=address, at=at)


def test_the_right_password_lets_in_whatever_the_case_of_the_name() -> None:
    user = person()
    assert tried("Ana ").user == user
    assert User.objects.get().last_login == AT
    assert list(SignInAttempt.objects.values_list("username", "succeeded")) == [("ana", True)]


def test_an_unknown_name_and_a_wrong_password_get_the_same_answer() -> None:
    person()
    assert tried("nadie") == tried("ana", "wrong") == operations.Tried(user=None, wait_seconds=0)


def test_an_inactive_person_gets_the_answer_of_an_unknown_one() -> None:
    user = person()
    operations.set_active(user_id=user.pk, active=False, by=SYSTEM, at=AT)
    assert tried() == operations.Tried()


def test_after_five_failures_a_name_waits_and_then_twice_as_long() -> None:
    person()
    for _ in range(5):
        assert tried(password="wrong").wait_seconds == 0
    assert tried().wait_seconds == 2
    assert tried(at=AT + timedelta(seconds=1)).wait_seconds == 1
    assert tried(password="wrong", at=AT + timedelta(seconds=2)).wait_seconds == 0
    assert tried(at=AT + timedelta(seconds=3)).wait_seconds == 3
    assert tried(at=AT + timedelta(seconds=6)).user is not None
    assert tried(password="wrong", at=AT + timedelta(seconds=7)).wait_seconds == 0


def test_an_unknown_name_is_slowed_down_like_a_known_one() -> None:
    for _ in range(5):
        tried("nadie")
    assert tried("nadie").wait_seconds == 2


def test_failures_from_elsewhere_do_not_lock_a_person_out_of_their_own_place() -> None:
    user = person()
    assert tried(address="10.0.0.1").user == user
    for _ in range(9):
        tried(password="wrong", address="203.0.113.9", at=AT + timedelta(seconds=1))
    assert tried(address="203.0.113.9", at=AT + timedelta(seconds=2)).wait_seconds > 0
    assert tried(address="10.0.0.1", at=AT + timedelta(seconds=2)).user == user


def test_an_address_that_tries_many_names_waits() -> None:
    person()
    for n in range(20):
        assert tried(f"name{n}", address="203.0.113.9").wait_seconds == 0
    assert tried(address="203.0.113.9").wait_seconds == 2
    assert tried(address="10.0.0.1").wait_seconds == 0


@pytest.mark.django_db(transaction=True)
def test_thirty_tries_at_the_same_moment_are_not_thirty_guesses() -> None:
    person()
    now, answers, start = timezone.now(), [], threading.Barrier(30)

    def guess() -> None:
        start.wait()
        answers.append(tried(password="wrong", at=now))
        connection.close()

    threads = [threading.Thread(target=guess) for _ in range(30)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    looked_at = [one for one in answers if not one.wait_seconds]
    assert len(answers) == 30
    assert len(looked_at) <= 10
    assert SignInAttempt.objects.count() == len(looked_at)


# --- The pages -------------------------------------------------------------------------------------------------------


def test_signing_in_leads_on_and_begins_a_new_session() -> None:
    user = person()
    client = Client()
    client.get("/sign-in?next=/account")
    client.cookies["promesa_session"] = "planted-by-somebody-else-0000000"
    answer = client.post("/sign-in?next=/account", {"username": "ana", "password": PASSWORD})
    assert (answer.status_code, answer["Location"]) == (302, "/account")
    session = client.cookies["promesa_session"]
    assert session.value != "planted-by-somebody-else-0000000"
    assert session["httponly"]
    assert session["samesite"] == "Lax"
    assert OpenSession.objects.get().user == user
    assert client.get("/account").status_code == 200


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "\\\\evil.example"]
)
def test_signing_in_never_leads_out_of_promesa(elsewhere: str) -> None:
    person()
    answer = Client().post("/sign-in?next=" + elsewhere, {"username": "ana", "password": PASSWORD})
    assert answer["Location"] == "/"


def test_the_page_says_the_same_sentence_for_an_unknown_name_and_a_wrong_password() -> None:
    person()
    client = Client(headers={"Accept-Language": "en"})
    pages = [client.post("/sign-in", data) for data in (
        {"username": "ana", "password": "wrong"}, {"username": "bea", "password": "wrong"})]  # fmt: skip
    for page in pages:
        assert page.status_code == 422
        assert b"The user name or the password is not right" in page.content
    client.cookies.clear()
    assert b"no son correctos" in Client().post("/sign-in", {"username": "x", "password": "y"}).content


def test_a_slowed_down_sign_in_says_how_long_to_wait() -> None:
    person()
    client = Client(headers={"Accept-Language": "en"})
    for _ in range(5):
        client.post("/sign-in", {"username": "ana", "password": "wrong"})
    page = client.post("/sign-in", {"username": "ana", "password": PASSWORD})
    assert page.status_code == 429
    assert b"Too many tries in a row" in page.content


@pytest.mark.parametrize("name", ["a\x00b", "a" * 5000, "\ud800", "' OR 1=1 --", "<script>"])
def test_a_hostile_name_or_password_is_only_wrong(name: str) -> None:
    page = Client().post("/sign-in", {"username": name.encode("utf-8", "surrogatepass"), "password": "x\x00"})
    assert page.status_code == 422
    assert b"<script>" not in page.content


def test_signing_out_ends_the_session_on_the_server() -> None:
    user = person()
    client = Client()
    client.post("/sign-in", {"username": "ana", "password": PASSWORD})
    copied = client.cookies["promesa_session"].value
    assert client.get("/sign-out").status_code == 405
    assert client.post("/sign-out")["Location"] == "/sign-in"
    thief = Client()
    thief.cookies["promesa_session"] = copied
    assert thief.get("/account").status_code == 302
    assert OpenSession.objects.filter(user=user).count() == 0


def test_whoever_is_not_signed_in_is_sent_to_sign_in_and_back() -> None:
    answer = Client().get("/account")
    assert answer["Location"] == "/sign-in?next=%2Faccount"
    part = Client().get("/account", headers={"HX-Request": "true", "HX-Current-URL": "/orders?page=2"})
    assert (part.status_code, part["HX-Redirect"]) == (401, "/sign-in?next=%2Forders%3Fpage%3D2")


def test_a_page_that_says_nothing_about_rights_is_nobodys() -> None:
    assert browser_of(person("eva", Role.ADMINISTRATOR)).get("/forgotten").status_code == 403


def test_a_page_is_for_those_with_the_right_and_tells_the_others() -> None:
    assert browser_of(person("eva", Role.ADMINISTRATOR)).get("/people").content == b"people"
    page = browser_of(person("ana")).get("/people")
    assert page.status_code == 403
    assert "Your role does not allow this" in page.content.decode()


@pytest.mark.parametrize(
    "path",
    ["/sign-in", "/sign-in/code", "/sign-out", "/account/preferences", "/account/password", "/account/sessions/end",
     "/account/second-factor", "/account/second-factor/off", "/language"],
)  # fmt: skip
def test_every_form_needs_its_token(path: str) -> None:
    assert browser_of(person(), strict=True).post(path).status_code == 403


def test_a_person_who_is_shut_out_is_out_at_once_everywhere() -> None:
    user = person()
    client = Client()
    client.post("/sign-in", {"username": "ana", "password": PASSWORD})
    operations.set_active(user_id=user.pk, active=False, by=SYSTEM, at=AT)
    assert client.get("/account").status_code == 302
    assert Session.objects.count() == 0


def test_a_new_password_ends_all_other_sessions_and_keeps_this_one() -> None:
    user = person()
    here, there = Client(), Client()
    for client in (here, there):
        client.post("/sign-in", {"username": "ana", "password": PASSWORD})
    form = {"current": PASSWORD, "password": "otra-palabra-larga-9", "again": "otra-palabra-larga-9"}
    assert here.post("/account/password", form)["Location"] == "/account"
    assert here.get("/account").status_code == 200
    assert there.get("/account").status_code == 302
    assert User.objects.get(pk=user.pk).check_password("otra-palabra-larga-9")


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"current": "wrong", "password": "otra-palabra-larga-9", "again": "otra-palabra-larga-9"}, "not your current"),
        ({"current": PASSWORD, "password": "12345678901", "again": "12345678901"}, "numeric"),
        ({"current": PASSWORD, "password": "otra-palabra-larga-9", "again": "otra"}, "not the same"),
    ],
)
def test_a_weak_or_unproved_new_password_changes_nothing(form: dict[str, str], sentence: str) -> None:
    user = person()
    page = browser_of(user).post("/account/password", form)
    assert page.status_code == 422
    assert sentence in page.content.decode()
    assert User.objects.get(pk=user.pk).check_password(PASSWORD)


def test_a_person_can_sign_out_of_another_place_but_not_of_anothers() -> None:
    ana, bea = person("ana"), person("bea", Role.ADMINISTRATOR)
    browsers = {}
    for name in ("ana", "bea"):
        browsers[name] = Client()
        browsers[name].post("/sign-in", {"username": name, "password": PASSWORD})
    of_ana = OpenSession.objects.get(user=ana)
    browsers["bea"].post("/account/sessions/end", {"session": of_ana.pk})
    assert browsers["ana"].get("/account").status_code == 200
    second = Client()
    second.post("/sign-in", {"username": "ana", "password": PASSWORD})
    second.post("/account/sessions/end", {"session": of_ana.pk})
    assert browsers["ana"].get("/account").status_code == 302
    assert OpenSession.objects.filter(user=bea).count() == 1


def test_language_and_theme_are_kept_with_the_person() -> None:
    user = person()
    browser = browser_of(user)
    browser.post("/account/preferences", {"look-language": "es", "look-theme": "dark"})
    user.refresh_from_db()
    assert (user.language, user.theme) == ("es", "dark")
    page = browser.get("/account").content.decode()
    assert 'lang="es"' in page
    assert 'data-theme="dark"' in page
    browser.post("/account/preferences", {"look-language": "xx", "look-theme": "pink"})
    user.refresh_from_db()
    assert (user.language, user.theme) == ("es", "dark")


# --- The second factor -----------------------------------------------------------------------------------------------


def with_second_factor(user: User, at=None) -> tuple[str, list[str]]:
    at = at or timezone.now() - timedelta(minutes=10)
    operations.begin_second_factor(user_id=user.pk)
    secret = User.objects.get(pk=user.pk).totp_secret
    codes = operations.confirm_second_factor(user_id=user.pk, code=pyotp.TOTP(secret).at(at), by=SYSTEM, at=at)
    return secret, codes


def test_the_second_factor_is_turned_on_by_a_code_of_it() -> None:
    user = person()
    browser = browser_of(user)
    page = browser.get("/account/second-factor")
    user.refresh_from_db()
    assert page.status_code == 200
    assert user.totp_secret[:4].encode() in page.content
    picture = browser.get("/account/second-factor/qr.svg")
    assert picture["Content-Type"] == "image/svg+xml"
    assert picture.content.startswith(b"<svg")
    assert b"no-store" in picture["Cache-Control"].encode()
    assert browser.post("/account/second-factor", {"code": "000000"}).status_code in (200, 422)
    done = browser.post("/account/second-factor", {"code": pyotp.TOTP(user.totp_secret).now()})
    user.refresh_from_db()
    assert user.totp_confirmed_at is not None
    assert done.content.count(b"<li><code>") == 10


def test_the_password_alone_is_half_a_sign_in() -> None:
    user = person()
    secret, _ = with_second_factor(user)
    client = Client()
    answer = client.post("/sign-in?next=/account", {"username": "ana", "password": PASSWORD})
    assert answer["Location"] == "/sign-in/code?next=%2Faccount"
    assert client.get("/account").status_code == 302
    half = client.cookies["promesa_session"].value
    answer = client.post("/sign-in/code?next=/account", {"code": pyotp.TOTP(secret).now()})
    assert answer["Location"] == "/account"
    assert client.cookies["promesa_session"].value != half
    assert client.get("/account").status_code == 200


def test_the_code_page_is_nobodys_without_the_password_and_after_five_minutes() -> None:
    user = person()
    with_second_factor(user)
    assert Client().get("/sign-in/code")["Location"] == "/sign-in"
    client = Client()
    client.post("/sign-in", {"username": "ana", "password": PASSWORD})
    session = client.session
    session["second_factor_awaited"] = {"user": user.pk, "since": timezone.now().timestamp() - 301}
    session.save()
    assert client.get("/sign-in/code")["Location"] == "/sign-in"


def test_a_code_serves_once_and_only_in_its_minute_and_a_half() -> None:
    user = person()
    secret, _ = with_second_factor(user, AT - timedelta(hours=1))
    code = pyotp.TOTP(secret).at(AT)
    for at in (AT - timedelta(seconds=61), AT + timedelta(seconds=61)):
        assert operations.use_code(user_id=user.pk, code=code, at=at) is False
    assert operations.use_code(user_id=user.pk, code=code, at=AT) is True
    assert operations.use_code(user_id=user.pk, code=code, at=AT) is False
    earlier = pyotp.TOTP(secret).at(AT - timedelta(seconds=30))
    assert operations.use_code(user_id=user.pk, code=earlier, at=AT) is False


def test_a_recovery_code_serves_once_however_it_is_typed() -> None:
    user = person()
    _, codes = with_second_factor(user)
    assert operations.use_code(user_id=user.pk, code=codes[0].upper().replace("-", " "), at=AT) is True
    assert operations.use_code(user_id=user.pk, code=codes[0], at=AT) is False
    assert operations.use_code(user_id=user.pk, code=codes[1], at=AT) is True


def test_guessing_the_code_is_slowed_down() -> None:
    user = person()
    _, codes = with_second_factor(user)
    for _ in range(5):
        assert operations.try_code(user=user, code="wrong", address="10.0.0.1", at=AT) == operations.Tried()
    assert operations.try_code(user=user, code=codes[0], address="10.0.0.1", at=AT).wait_seconds == 2


def test_turning_the_second_factor_off_asks_for_the_password() -> None:
    user = person()
    with_second_factor(user)
    browser = browser_of(user)
    assert browser.post("/account/second-factor/off", {"current": "wrong"}).status_code == 422
    user.refresh_from_db()
    assert user.totp_confirmed_at is not None
    assert browser.post("/account/second-factor/off", {"current": PASSWORD})["Location"] == "/account"
    user.refresh_from_db()
    assert (user.totp_confirmed_at, user.totp_secret, user.recovery_codes.count()) == (None, "", 0)
