"""What servers answer to our documents: gone for good, come again later, elsewhere, nothing at all, far too much."""

from __future__ import annotations

import contextlib
import http.server
import threading
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from promesa.core import relay
from promesa.exchange import operations
from promesa.exchange.channels import NotBrought
from promesa.exchange.channels import http as http_channel
from promesa.exchange.models import OutgoingDocument
from promesa.exchange.queries.outgoing import error_sentence
from promesa.exchange.tests.company import AT, BY, CSV, add_customer, add_item, open_shop, take_in
from promesa.exchange.tests.partners import add_partner
from promesa.work.models import WorkItem

pytestmark = [pytest.mark.django_db, pytest.mark.wired]
SECRET = "env:PROMESA_PARTNER_HOOK"


class Server(http.server.BaseHTTPRequestHandler):
    """Answers what it is told to: a status, headers, and a body that is written in pieces."""

    answers: list[tuple] = []
    got: list[str] = []

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.got.append(self.path)
        status, headers, pieces = self.answers.pop(0) if self.answers else (204, {}, ())
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        with contextlib.suppress(OSError):
            for piece in pieces:
                self.wfile.write(piece)
                self.wfile.flush()

    def log_message(self, *args):
        pass


@pytest.fixture
def server(settings, monkeypatch):
    settings.EXCHANGE_PRIVATE_HOSTS = ("127.0.0.0/8",)
    monkeypatch.setenv("PROMESA_PARTNER_HOOK", "whsec_c2VjcmV0LXNlY3JldC1zZWNyZXQtMjQ=")
    Server.answers, Server.got = [], []
    running = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Server)
    threading.Thread(target=running.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{running.server_port}"
    running.shutdown()
    running.server_close()


@pytest.fixture
def hook(server):
    """Three documents for one webhook."""
    open_shop()
    add_customer("C-1", name="Almacenes Uno")
    add_item("A1")
    add_partner(channel="webhook", address=f"{server}/in", secret=SECRET, kinds=["order_response"])
    for number in ("PO-1", "PO-2", "PO-3"):
        take_in((CSV + f"{number};C-1;A1;4;2026-03-10\n").encode())
    relay.drain()
    assert OutgoingDocument.objects.count() == 3
    return f"{server}/in"


def send(at=AT):
    return operations.send_due(by=BY, at=at)


def rows():
    return list(OutgoingDocument.objects.order_by("id"))


def states():
    return [row.state for row in rows()]


def answer_at(address, *, kind="order_response"):
    operations.set_answer(
        partner_code="P-1", kind=kind, format_="json", channel="webhook", address=address, secret=SECRET, by=BY, at=AT
    )


# --- 410 -------------------------------------------------------------------------------------------------------------


def test_an_address_that_is_gone_is_not_asked_again_and_one_person_is_told(hook):
    Server.answers = [(410, {}, ())]
    assert send() == 0
    assert send(AT + timedelta(hours=1)) == 0
    assert Server.got == ["/in"]
    assert states() == ["failed", "to_send", "to_send"]
    (item,) = WorkItem.objects.filter(state="open", kind="outgoing_failed")
    assert item.title["params"]["problem"]["en"].startswith("127.0.0.1 takes nothing at that address any more (410).")
    assert error_sentence(rows()[2], "en").startswith("It waits: the address answered that it takes nothing any more")


def test_resending_takes_an_address_up_again(hook):
    Server.answers = [(410, {}, ())]
    send()
    operations.send_again(outgoing_id=rows()[0].pk, by=BY, at=AT)
    assert send(AT + timedelta(minutes=1)) == 3
    assert states() == ["acknowledged"] * 3
    assert [row.last_error for row in rows()] == [{}] * 3
    assert not WorkItem.objects.filter(state="open", kind="outgoing_failed").exists()


def test_what_waits_for_an_address_that_is_gone_goes_to_the_new_one(hook, server):
    Server.answers = [(410, {}, ())]
    send()
    answer_at(f"{server}/new")
    assert send(AT + timedelta(minutes=1)) == 2
    assert Server.got == ["/in", "/new", "/new"]
    assert states() == ["failed", "acknowledged", "acknowledged"]


def test_saying_the_same_address_again_takes_it_up_too(hook):
    Server.answers = [(410, {}, ())]
    send()
    answer_at(hook)
    assert send(AT + timedelta(minutes=1)) == 2


# --- Retry-After -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "said", "minutes"),
    [
        (429, "600", 10),
        (503, "600", 10),
        (429, "5", 1),
        (503, "999999999999", 360),
        (429, "-3", 1),
        (503, "soon", 1),
        (500, "600", 1),
    ],
)
def test_the_next_try_is_when_the_server_says_but_never_too_soon_nor_too_late(hook, status, said, minutes):
    Server.answers = [(status, {"Retry-After": said}, ())] * 3
    send()
    assert rows()[0].next_try_at == AT + timedelta(minutes=minutes)


def test_a_server_may_name_the_moment_of_the_next_try(hook):
    moment = datetime.now(UTC) + timedelta(minutes=20)
    Server.answers = [(429, {"Retry-After": format_datetime(moment, usegmt=True)}, ())]
    send()
    wait = rows()[0].next_try_at - AT
    assert timedelta(minutes=19) < wait <= timedelta(minutes=20)


def test_the_other_documents_for_a_busy_server_wait_as_long_as_it_asks(hook):
    Server.answers = [(429, {"Retry-After": "600"}, ())]
    assert send() == 0
    assert send(AT + timedelta(minutes=9)) == 0
    assert Server.got == ["/in"]
    assert error_sentence(rows()[0], "en") == "127.0.0.1 asks us to wait: it answered 429."
    assert send(AT + timedelta(minutes=10)) == 3


# --- Bodies and other answers ----------------------------------------------------------------------------------------


def forever(piece, seconds):
    while True:
        yield piece
        time.sleep(seconds)


@pytest.mark.parametrize("status", [200, 201, 202, 204])
def test_any_2xx_is_there_whatever_follows_it(hook, status):
    huge = {} if status == 204 else {"Content-Length": str(2**33)}
    endless = (b"x" * 65536 for _ in range(10_000))
    Server.answers = [
        (status, huge, () if status == 204 else endless),
        (status, {}, forever(b"a", 0.05)),
        (status, {}, ()),
    ]
    began = time.monotonic()
    assert send() == 3
    assert states() == ["acknowledged"] * 3
    assert time.monotonic() - began < 5
    assert len(Server.got) == 3


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirection_is_a_fault_for_a_person(hook, server, status):
    Server.answers = [(status, {"Location": f"{server}/else"}, ())]
    send()
    assert states() == ["failed", "acknowledged", "acknowledged"]
    assert Server.got == ["/in"] * 3


def test_a_fault_with_a_slow_body_is_told_without_waiting_for_it(server):
    Server.answers = [(422, {}, forever(b"a", 0.05))]
    began = time.monotonic()
    with pytest.raises(NotBrought) as refused:
        http_channel.post(f"{server}/in", b"x", {})
    assert (refused.value.code, refused.value.for_good) == ("http_refused", True)
    assert time.monotonic() - began < 5
