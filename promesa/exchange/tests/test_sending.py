"""Bringing documents to the other side: later and later, the same bytes, never to a private address, signed."""

import base64
import hashlib
import hmac
import http.server
import threading
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import settings

from promesa.core import relay, store
from promesa.exchange import operations
from promesa.exchange.channels import NotBrought, secrets, webhook
from promesa.exchange.channels import http as http_channel
from promesa.exchange.models import OutgoingDocument, SendingAttempt
from promesa.exchange.operations import AnswerUnusable, NotSendable, NotStoppable, sending
from promesa.exchange.queries.outgoing import error_sentence
from promesa.exchange.tests.company import AT, BY, CSV, add_customer, add_item, open_shop, take_in
from promesa.exchange.tests.partners import add_partner, only_row, outbox
from promesa.orders import operations as orders
from promesa.orders.models import Promise
from promesa.work.models import WorkItem

pytestmark = [pytest.mark.django_db, pytest.mark.wired]


class Listener(http.server.BaseHTTPRequestHandler):
    """A server that keeps what it gets and answers what it is told to."""

    answers: list[int] = []
    got: list[tuple[str, dict, bytes]] = []

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.got.append((self.path, {name.lower(): value for name, value in self.headers.items()}, body))
        self.send_response(self.answers.pop(0) if self.answers else 204)
        self.send_header("Location", "http://127.0.0.1:1/elsewhere")
        self.end_headers()

    def log_message(self, *args):
        pass


@pytest.fixture
def server(settings):
    settings.EXCHANGE_PRIVATE_HOSTS = ("127.0.0.0/8",)
    Listener.answers, Listener.got = [], []
    running = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Listener)
    threading.Thread(target=running.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{running.server_port}/in"
    running.shutdown()
    running.server_close()


@pytest.fixture
def shop():
    open_shop()
    add_customer("C-1", name="Almacenes Uno")
    add_item("A1")


def an_order():
    take_in((CSV + "PO-1;C-1;A1;4;2026-03-10\n").encode())
    relay.drain()


def send(at=AT):
    return operations.send_due(by=BY, at=at)


# --- Tries ---------------------------------------------------------------------------------------------------------


def test_a_private_address_is_refused_when_it_is_set_and_not_only_when_it_is_used(settings):
    settings.EXCHANGE_PRIVATE_HOSTS = ()
    operations.put_partner(code="P-9", by=BY, at=AT)
    for address in ("https://10.0.0.7/in", "https://127.0.0.1/in", "https://[::1]/in", "https://169.254.169.254/in"):
        with pytest.raises(AnswerUnusable) as refusal:
            operations.set_answer(
                partner_code="P-9", kind="invoice", format_="ubl", channel="http", address=address, by=BY, at=AT
            )
        assert "private network" in refusal.value.sentence("en")
    settings.EXCHANGE_PRIVATE_HOSTS = ("10.0.0.0/8",)
    operations.set_answer(
        partner_code="P-9", kind="invoice", format_="ubl", channel="http", address="https://10.0.0.7/in", by=BY, at=AT
    )


def test_what_does_not_get_there_is_tried_later_and_later_with_the_same_bytes_and_id(shop, server):
    add_partner(channel="http", address=server, kinds=["order_response"])
    an_order()
    Listener.answers = [503, 500, 200]
    assert send() == 0
    row = only_row()
    assert (row.state, row.attempts, row.next_try_at) == ("to_send", 1, AT + timedelta(minutes=1))
    assert error_sentence(row) == "127.0.0.1 no lo aceptó: contestó 503."
    assert set(Promise.objects.values_list("told_at", flat=True)) == {None}
    assert send(AT + timedelta(seconds=59)) == 0
    assert len(Listener.got) == 1
    assert send(AT + timedelta(minutes=1)) == 0
    row.refresh_from_db()
    assert row.next_try_at == AT + timedelta(minutes=3)
    assert send(AT + timedelta(minutes=3)) == 1
    row.refresh_from_db()
    assert (row.state, row.attempts, row.last_error, row.sent_at) == ("sent", 3, {}, AT + timedelta(minutes=3))
    assert len({body for _, _, body in Listener.got}) == 1
    assert {said["idempotency-key"] for _, said, _ in Listener.got} == {f"promesa-{row.reference}"}
    tries = SendingAttempt.objects.order_by("number").values_list("number", "delivered", "sha256")
    assert list(tries) == [(1, False, row.sha256), (2, False, row.sha256), (3, True, row.sha256)]
    assert store.load(row.sha256) == Listener.got[0][2]
    assert set(Promise.objects.values_list("told_at", flat=True)) == {AT + timedelta(minutes=3)}


def test_after_the_last_try_a_person_gets_it_and_a_resend_brings_the_same_bytes(shop, server, monkeypatch):
    monkeypatch.setattr(sending, "TRIES", 2)
    add_partner(channel="http", address=server, kinds=["order_response"])
    an_order()
    Listener.answers = [503, 503]
    send()
    send(AT + timedelta(hours=1))
    row = only_row()
    assert (row.state, row.attempts) == ("failed", 2)
    item = WorkItem.objects.get(kind="outgoing_failed")
    assert item.title["params"]["problem"]["es"] == "127.0.0.1 no lo aceptó: contestó 503."
    assert send(AT + timedelta(days=1)) == 0
    operations.send_again(outgoing_id=row.pk, by=BY, at=AT)
    assert send(AT + timedelta(days=1)) == 1
    assert len({body for _, _, body in Listener.got}) == 1
    item.refresh_from_db()
    assert item.state == "done"


def test_an_answer_that_will_not_change_is_no_reason_to_try_again(shop, server):
    add_partner(channel="http", address=server, kinds=["order_response"])
    an_order()
    Listener.answers = [422]
    send()
    assert (only_row().state, only_row().attempts) == ("failed", 1)


def test_a_redirection_is_not_followed(shop, server):
    add_partner(channel="http", address=server, kinds=["order_response"])
    an_order()
    Listener.answers = [302]
    send()
    assert (only_row().state, len(Listener.got)) == ("failed", 1)
    assert error_sentence(only_row(), "en") == "127.0.0.1 points to another address (302): set the final one."


def test_the_waits_double_up_to_six_hours():
    minutes = [sending.wait_after(n).total_seconds() / 60 for n in (1, 2, 3, 4, 9, 10, 40)]
    assert minutes == [1, 2, 4, 8, 256, 360, 360]


def test_what_went_to_a_wrong_address_is_sent_again_to_the_right_one(shop, server):
    add_partner(channel="http", address=server, kinds=["order_response"])
    an_order()
    Listener.answers = [301]
    send()
    row = only_row()
    assert row.state == "failed"
    right = server.replace("/in", "/final")
    operations.set_answer(
        partner_code="P-1", kind="order_response", format_="json", channel="http", address=right, by=BY, at=AT
    )
    operations.send_again(outgoing_id=row.pk, by=BY, at=AT)
    assert send() == 1
    assert [path for path, _, _ in Listener.got] == ["/in", "/final"]
    assert len({body for _, _, body in Listener.got}) == 1


def test_what_waits_for_its_next_try_goes_where_its_partner_is_answered_by_then(shop, server):
    add_partner(channel="http", address=server, kinds=["order_response"])
    an_order()
    Listener.answers = [503]
    send()
    operations.set_answer(
        partner_code="P-1", kind="order_response", format_="json", channel="http", address=server + "/2", by=BY, at=AT
    )
    assert send(AT + timedelta(minutes=1)) == 1
    assert [path for path, _, _ in Listener.got] == ["/in", "/in/2"]


def test_a_server_that_is_not_there_is_asked_once_a_run_and_nobody_waits_behind_it(shop, server):
    add_customer("C-2", name="Almacenes Dos")
    add_partner(channel="http", address="http://127.0.0.1:1/in", kinds=["order_response"])
    add_partner("P-2", customer="C-2", channel="http", address=server, kinds=["order_response"])
    rows = "".join(f"PO-{n};C-1;A1;1;2026-03-10\n" for n in range(3)) + "PO-9;C-2;A1;1;2026-03-10\n"
    take_in((CSV + rows).encode())
    relay.drain()
    assert send() == 1
    tries = OutgoingDocument.objects.filter(partner__code="P-1").order_by("id").values_list("state", "attempts")
    assert list(tries) == [("to_send", 1), ("to_send", 0), ("to_send", 0)]
    assert len(Listener.got) == 1
    assert send(AT + timedelta(minutes=1)) == 0
    assert OutgoingDocument.objects.filter(partner__code="P-1", attempts=1).count() == 2


def test_a_long_run_signs_with_the_minute_of_each_try_and_ends_when_its_time_is_over(shop, server, monkeypatch):
    monkeypatch.setenv("PROMESA_PARTNER_KEY", "whsec_" + base64.b64encode(b"k" * 24).decode())
    add_partner(channel="webhook", address=server, secret="env:PROMESA_PARTNER_KEY", kinds=["order_response"])
    take_in((CSV + "".join(f"PO-{n};C-1;A1;1;2026-03-10\n" for n in range(4))).encode())
    relay.drain()
    passed = iter([0.0, 0.0, 0.0, 30.0, 130.0, 400.0, 400.0])  # it begins; what is near; the first, second, third try
    monkeypatch.setattr(sending.time, "monotonic", lambda: next(passed))
    assert operations.send_due(by=BY, at=AT, seconds=300) == 3
    stamps = [int(said["webhook-timestamp"]) - int(AT.timestamp()) for _, said, _ in Listener.got]
    assert stamps == [0, 0, 120]


def test_a_document_is_stopped_before_it_leaves_and_not_after(shop):
    add_partner(kinds=["order_response"])
    an_order()
    row = only_row()
    operations.stop_sending(outgoing_id=row.pk, by=BY, at=AT)
    assert (send(), outbox()) == (0, [])
    operations.send_again(outgoing_id=row.pk, by=BY, at=AT)
    assert send() == 1
    with pytest.raises(NotStoppable):
        operations.stop_sending(outgoing_id=row.pk, by=BY, at=AT)


def test_an_older_version_is_not_sent_again(shop):
    add_partner(kinds=["order_response"])
    an_order()
    send()
    first = only_row()
    OutgoingDocument.objects.create(
        partner=first.partner, kind=first.kind, subject=first.subject, version=2, number="2", reference="2", format="json",
        channel="folder", neutral={}, state_hash="x", made_at=AT,
    )  # fmt: skip
    with pytest.raises(NotSendable):
        operations.send_again(outgoing_id=first.pk, by=BY, at=AT)


def test_what_is_only_kept_is_written_and_nobody_counts_as_told(shop):
    add_partner(channel="none", kinds=["order_response"])
    an_order()
    send()
    row = only_row()
    assert (row.state, row.sent_at, store.load(row.sha256)[:1]) == ("kept", None, b"{")
    assert set(Promise.objects.values_list("told_at", flat=True)) == {None}


def test_a_response_that_is_out_of_date_before_it_left_is_withdrawn(shop):
    add_partner(kinds=["order_response"])
    an_order()
    first = only_row()
    orders.change_line(order_id=first.order_id, line_number=1, quantity=Decimal(3), by=BY, at=AT)
    relay.drain()
    send()
    states = OutgoingDocument.objects.order_by("version").values_list("version", "state", "attempts")
    assert list(states) == [(1, "cancelled", 0), (2, "sent", 1)]
    assert len(outbox()) == 1


# --- Webhooks ------------------------------------------------------------------------------------------------------


def test_a_webhook_is_signed_with_each_secret_and_a_2xx_acknowledges(shop, server, monkeypatch):
    old, new = base64.b64encode(b"o" * 24).decode(), base64.b64encode(b"n" * 24).decode()
    monkeypatch.setenv("PROMESA_PARTNER_OLD", "whsec_" + old)
    folder = Path(settings.HOME) / "secrets"
    folder.mkdir()
    (folder / "new").write_text("whsec_" + new + "\n")
    add_partner(channel="webhook", address=server, secret="file:new env:PROMESA_PARTNER_OLD", kinds=["order_response"])
    an_order()
    assert send() == 1
    row = only_row()
    assert (row.state, row.acknowledged_how) == ("acknowledged", "transport")
    ((_, said, body),) = Listener.got
    assert (said["webhook-id"], said["webhook-timestamp"]) == (f"promesa-{row.reference}", str(int(AT.timestamp())))
    signed = f"{said['webhook-id']}.{said['webhook-timestamp']}.".encode() + body
    expected = [base64.b64encode(hmac.new(key * 24, signed, hashlib.sha256).digest()).decode() for key in (b"n", b"o")]
    assert said["webhook-signature"] == f"v1,{expected[0]} v1,{expected[1]}"


def test_the_signature_is_the_one_of_the_published_example():
    key = webhook.key_of("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    body = b'{"test": 2432232314}'
    assert webhook.signature(key, "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", body) == (
        "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    )


def test_a_secret_that_is_not_there_is_named_and_tried_again(shop, server):
    add_partner(channel="webhook", address=server, secret="env:PROMESA_PARTNER_NONE", kinds=["order_response"])
    an_order()
    send()
    assert (only_row().state, Listener.got) == ("to_send", [])
    assert error_sentence(only_row()) == "Falta el secreto env:PROMESA_PARTNER_NONE: póngalo donde dice su nombre."


@pytest.mark.parametrize(
    "name", ["env:DATABASE_URL", "env:PROMESA_SECRET", "file:../promesa.key", "file:/etc/passwd", "hunter2"]
)
def test_only_secrets_made_for_partners_may_be_named(shop, name):
    assert not secrets.is_name(name)
    with pytest.raises(NotBrought):
        secrets.read(name)
    with pytest.raises(AnswerUnusable):
        add_partner(channel="webhook", address="https://example.com/in", secret=name)


# --- Where nothing may be sent -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("https://127.0.0.1/in", "http_private_address"),
        ("https://localhost/in", "http_private_address"),
        ("https://10.1.2.3/in", "http_private_address"),
        ("https://169.254.169.254/latest/meta-data", "http_private_address"),
        ("https://[::1]/in", "http_private_address"),
        ("https://[::ffff:127.0.0.1]/in", "http_private_address"),
        ("https://0.0.0.0/in", "http_private_address"),
        ("https://2130706433/in", "http_private_address"),
        ("http://example.com/in", "http_not_secret"),
        ("ftp://example.com/in", "http_bad_address"),
        ("file:///etc/passwd", "http_bad_address"),
        ("https://user:pass@example.com/", "http_bad_address"),
        ("https://exa mple.com/", "http_bad_address"),
        ("https://example.com/\r\nX: y", "http_bad_address"),
        ("https://", "http_bad_address"),
        ("", "http_bad_address"),
    ],
)
def test_nothing_is_sent_to_private_or_impossible_addresses(url, code, settings):
    settings.EXCHANGE_PRIVATE_HOSTS = ()
    with pytest.raises(NotBrought) as refused:
        http_channel.post(url, b"x", {})
    assert (refused.value.code, refused.value.for_good) == (code, True)


def test_a_name_that_points_inside_is_refused_whatever_it_is_called(settings, monkeypatch):
    settings.EXCHANGE_PRIVATE_HOSTS = ()
    row = (2, 1, 6, "", ("192.168.1.10", 443))
    monkeypatch.setattr("promesa.exchange.channels.http.socket.getaddrinfo", lambda *args, **said: [row])
    with pytest.raises(NotBrought) as refused:
        http_channel.post("https://innocent.example/in", b"x", {})
    assert refused.value.code == "http_private_address"


def test_a_server_that_answers_a_byte_at_a_time_is_cut_off(settings, monkeypatch):
    settings.EXCHANGE_PRIVATE_HOSTS = ("127.0.0.0/8",)
    monkeypatch.setattr(http_channel, "WHOLE_SECONDS", 0.5)
    stop = threading.Event()

    class Slow(Listener):
        def do_POST(self):
            self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
            while not stop.wait(0.05):
                try:
                    self.wfile.write(b"a")
                    self.wfile.flush()
                except OSError:
                    return

    running = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Slow)
    threading.Thread(target=running.serve_forever, daemon=True).start()
    try:
        with pytest.raises(NotBrought) as refused:
            http_channel.post(f"http://127.0.0.1:{running.server_port}/", b"x", {})
        assert (refused.value.code, refused.value.for_good) == ("http_too_slow", False)
    finally:
        stop.set()
        running.shutdown()
        running.server_close()
