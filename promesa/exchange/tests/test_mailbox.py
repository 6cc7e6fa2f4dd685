"""Mail that comes and goes over real sockets: kept once whatever happens, believed only where it is trusted."""

from __future__ import annotations

import mailbox
import os
import ssl
import subprocess
from datetime import timedelta
from email import message_from_bytes

import pytest

from promesa.exchange import operations, queries
from promesa.exchange.channels import NotBrought, Parcel, bring
from promesa.exchange.channels.imap import MailTrouble, quoted
from promesa.exchange.models import Document, InboxFile, Mailbox, MailMessage, OutgoingDocument
from promesa.exchange.operations import mailbox as mailing
from promesa.exchange.operations.mail_answers import answer_received, note_sent_documents
from promesa.exchange.tests.company import AT, BY, CSV, add_customer, add_item, codes, open_shop
from promesa.exchange.tests.partners import add_partner
from promesa.exchange.tests.postboxes import PostServer, SmtpServer

LATER = AT + timedelta(minutes=30)

pytestmark = pytest.mark.django_db


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setenv("PROMESA_MAIL_ORDERS", "s3cret")
    one = PostServer()
    yield one
    one.shutdown()
    one.server_close()


@pytest.fixture
def smtp():
    one = SmtpServer()
    one.start()
    yield one
    one.stop()


def box_at(server, **said) -> Mailbox:
    values = {
        "host": "127.0.0.1", "port": server.port, "security": "plain", "user": "orders", "secret": "env:PROMESA_MAIL_ORDERS",
        "done_folder": "Hecho", "refused_folder": "Rechazado", "address": "pedidos@seller.example",
    }  # fmt: skip
    return mailing.put_mailbox(name="orders", values=values | said, by=BY, at=AT)


def fetch(box, at=AT):
    box.refresh_from_db()
    return mailing.fetch_mailbox(box=box, by=BY, at=at)


def letter(message_id="m1@b.example", *, sender="ana@buyer.example", subject="Pedido", body="Hola", extra="") -> bytes:
    return (
        f"Message-ID: <{message_id}>\r\nFrom: Ana <{sender}>\r\nTo: pedidos@seller.example\r\nSubject: {subject}\r\n"
        f"Date: Mon, 2 Mar 2026 09:00:00 +0100\r\n{extra}Content-Type: text/plain; charset=utf-8\r\n\r\n{body}\r\n"
    ).encode()


def with_order(message_id="m1@b.example", *, sender="ana@buyer.example", number="4501", quantity=12) -> bytes:
    table = f"{CSV}{number};C-1;A-1;{quantity};2026-03-20\n"
    return (
        f"Message-ID: <{message_id}>\r\nFrom: {sender}\r\nTo: pedidos@seller.example\r\nSubject: Pedido {number}\r\n"
        f"MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nAdjunto.\r\n"
        f"--b\r\nContent-Type: text/csv; name=p.csv\r\nContent-Disposition: attachment; filename=p.csv\r\n\r\n{table}\r\n--b--\r\n"
    ).encode()


def shop() -> None:
    open_shop()
    add_customer("C-1")
    add_item("A-1")


def read(fetched, at=AT) -> list[Document]:
    documents = []
    for one in fetched.taken:
        assert operations.read_file(file_id=one.file_id, by=BY, at=at)
        documents += queries.documents_of_file(file_id=one.file_id)
    return documents


# --- Fetching -----------------------------------------------------------------------------------------------------


def test_a_message_is_kept_with_its_bytes_and_moved_to_done(server):
    content = letter()
    server.inbox.add(content)
    fetched = fetch(box_at(server))
    assert (len(fetched.taken), fetched.known, fetched.refused, fetched.trouble) == (1, 0, 0, {})
    file = InboxFile.objects.get()
    assert (file.channel, file.name, file.size) == ("mail", "orders-1.eml", len(content))
    message = MailMessage.objects.get()
    assert (message.message_id, message.address, message.nature, message.subject) == (
        "m1@b.example", "ana@buyer.example", "new", "Pedido",
    )  # fmt: skip
    assert server.inbox.messages == []
    assert [one.content for one in server.folders["Hecho"].messages] == [content]
    box = Mailbox.objects.get()
    assert (box.uid_validity, box.last_uid, box.fetched_at) == (1, 1, AT)


def test_without_a_folder_for_it_what_was_taken_stays_and_is_seen(server):
    server.inbox.add(letter())
    box = box_at(server, done_folder="")
    assert len(fetch(box).taken) == 1
    assert server.inbox.messages[0].flags == {"\\Seen"}
    again = fetch(box)
    assert (again.taken, again.known) == ([], 0)


def test_a_server_without_move_copies_and_takes_out_just_this_message(server):
    server.capabilities = ["UIDPLUS"]
    server.inbox.add(letter())
    fetch(box_at(server))
    assert server.inbox.messages == []
    assert len(server.folders["Hecho"].messages) == 1


def test_a_server_without_uidplus_marks_as_deleted_and_expunges_nothing_of_others(server):
    server.capabilities = []
    server.inbox.add(letter("other@b.example", body="otro")).flags.add("\\Deleted")
    server.inbox.add(letter())
    box = box_at(server)
    assert len(fetch(box).taken) == 1
    assert [sorted(one.flags) for one in server.inbox.messages] == [["\\Deleted"], ["\\Deleted", "\\Seen"]]
    assert fetch(box).taken == []


def test_a_stop_between_keeping_and_moving_takes_the_message_once(server):
    server.inbox.add(letter())
    box = box_at(server)
    server.drop_at = "UID MOVE"
    first = fetch(box)
    assert (len(first.taken), first.trouble["code"]) == (1, "mail_server_unreachable")
    assert Mailbox.objects.get().last_error["code"] == "mail_server_unreachable"
    second = fetch(box)
    assert (second.taken, second.known, second.trouble) == ([], 1, {})
    assert InboxFile.objects.count() == 1
    assert len(server.folders["Hecho"].messages) == 1


def test_new_uids_of_a_folder_that_was_made_anew_bring_nothing_twice(server):
    server.inbox.add(letter())
    box = box_at(server, done_folder="")
    fetch(box)
    server.inbox.validity = 2
    again = fetch(box)
    assert (again.taken, again.known) == ([], 1)
    assert Mailbox.objects.get().uid_validity == 2


def test_the_same_message_by_two_ways_is_one(server):
    server.inbox.add(letter(extra="Received: from one\r\n"))
    server.inbox.add(letter(extra="Received: from two\r\n"))
    fetched = fetch(box_at(server))
    assert (len(fetched.taken), fetched.known) == (1, 1)


def test_another_message_that_steals_a_message_id_is_taken_too(server):
    server.inbox.add(letter(body="Anule el pedido"))
    server.inbox.add(letter(body="Otra cosa"))
    assert len(fetch(box_at(server)).taken) == 2


def test_a_message_over_the_limit_is_put_aside_and_the_rest_go_on(server):
    server.inbox.add(letter("big@b.example"))
    server.inbox.add(letter())
    server.sizes[1] = 30_000_000
    fetched = fetch(box_at(server))
    assert (len(fetched.taken), fetched.refused, fetched.trouble["code"]) == (1, 1, "mail_too_large")
    assert len(server.folders["Rechazado"].messages) == 1


def test_a_message_that_fails_stays_and_is_tried_again(server, monkeypatch):
    server.inbox.add(letter())
    server.inbox.add(letter("m2@b.example", body="dos"))
    whole = mailing.take_message

    def broken(*, content, **said):
        if b"m1@b.example" in content:
            raise RuntimeError("broken")
        return whole(content=content, **said)

    monkeypatch.setattr(mailing, "take_message", broken)
    box = box_at(server)
    fetched = fetch(box)
    assert (len(fetched.taken), fetched.trouble["code"]) == (1, "mail_message_failed")
    assert [one.uid for one in server.inbox.messages] == [1]
    monkeypatch.setattr(mailing, "take_message", whole)
    assert len(fetch(box).taken) == 1
    assert server.inbox.messages == []


def test_a_wrong_password_is_said_without_saying_it(server, monkeypatch):
    monkeypatch.setenv("PROMESA_MAIL_ORDERS", "wr0ng")
    fetched = fetch(box_at(server))
    assert fetched.trouble["code"] == "mail_login_refused"
    assert "wr0ng" not in str(fetched.trouble)


def test_a_missing_password_is_named_by_its_place(server, monkeypatch):
    monkeypatch.delenv("PROMESA_MAIL_ORDERS")
    assert fetch(box_at(server)).trouble == {
        "code": "mail_secret_missing", "params": {"secret": "env:PROMESA_MAIL_ORDERS"},
    }  # fmt: skip
    assert server.heard == []


def test_a_password_is_never_kept_in_the_row(server):
    with pytest.raises(mailing.MailboxWrong):
        box_at(server, secret="s3cret")
    assert Mailbox.objects.count() == 0


def test_no_password_goes_over_an_open_line_to_another_machine(server):
    assert fetch(box_at(server, host="mail.example.com")).trouble["code"] == "mail_insecure"


def test_a_server_that_does_not_prove_itself_is_not_told_the_password(server, monkeypatch, tmp_path):
    certificate, key = self_signed(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server.context = context
    server.inbox.add(letter())
    box = box_at(server, security="tls", host="localhost")
    assert fetch(box).trouble["code"] == "mail_server_unproven"
    assert server.heard == []
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    assert (len(fetch(box).taken), Mailbox.objects.get().last_error) == (1, {})


def self_signed(folder):
    """A certificate for this machine that nobody vouches for, and its key."""
    certificate, key = folder / "cert.pem", folder / "key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "3650", "-subj", "/CN=localhost",
         "-addext", "subjectAltName=DNS:localhost", "-keyout", str(key), "-out", str(certificate)],
        check=True, capture_output=True,
    )  # fmt: skip
    return certificate, key


def test_a_missing_folder_is_named(server):
    trouble = fetch(box_at(server, folder="Año nuevo")).trouble
    assert (trouble["code"], trouble["params"]["folder"]) == ("mail_folder_missing", "Año nuevo")


def test_folders_are_written_as_imap_wants_them():
    assert quoted("INBOX") == '"INBOX"'
    assert quoted("Año & más") == '"A&APE-o &- m&AOE-s"'
    assert quoted('a"b\\c\r\nA1 LOGOUT') == '"a\\"b\\\\cA1 LOGOUT"'


def test_a_maildir_is_taken_once_and_its_messages_go_to_done(tmp_path):
    box = mailbox.Maildir(str(tmp_path / "mail"), create=True)
    box.add(letter())
    fetched = mailing.fetch_maildir(path=tmp_path / "mail", by=BY, at=AT)
    assert (len(fetched.taken), fetched.trouble) == (1, {})
    assert mailing.fetch_maildir(path=tmp_path / "mail", by=BY, at=AT).taken == []
    assert len(os.listdir(tmp_path / "mail" / ".done" / "cur")) == 1
    assert len(box) == 0


def test_a_folder_that_is_no_maildir_is_refused(tmp_path):
    with pytest.raises(FileNotFoundError):
        mailing.fetch_maildir(path=tmp_path, by=BY, at=AT)


# --- Who is believed ----------------------------------------------------------------------------------------------


def test_an_order_from_an_address_that_nobody_trusts_waits_for_a_person(server):
    shop()
    server.inbox.add(with_order())
    message, order = read(fetch(box_at(server)))
    assert (message.kind, message.outcome) == ("e_mail", "filed")
    assert (order.kind, order.outcome, codes(order)) == ("order", "waiting", ["mail_sender_unproven"])
    assert order.order_id is None


def test_a_person_confirms_it_and_it_becomes_an_order(server):
    shop()
    server.inbox.add(with_order())
    _, order = read(fetch(box_at(server)))
    operations.rerun(by=BY, at=AT)
    order.refresh_from_db()
    assert order.outcome == "waiting"
    assert len(operations.confirm_document(document_id=order.pk, by=BY, at=AT).orders) == 1
    order.refresh_from_db()
    assert order.outcome == "orders"


def test_the_order_of_a_trusted_address_goes_on_by_itself(server):
    shop()
    add_partner(kinds=())
    mailing.put_mail_addresses(partner_code="P-1", addresses=["Ana@Buyer.example"], trusted=True, by=BY, at=AT)
    server.inbox.add(with_order())
    _, order = read(fetch(box_at(server)))
    assert order.outcome == "orders"
    assert InboxFile.objects.get().partner.code == "P-1"


def test_a_known_address_that_is_not_trusted_names_the_partner_and_waits(server):
    shop()
    add_partner(kinds=())
    mailing.put_mail_addresses(partner_code="P-1", addresses=["@buyer.example"], by=BY, at=AT)
    server.inbox.add(with_order())
    _, order = read(fetch(box_at(server)))
    assert (order.outcome, InboxFile.objects.get().partner.code) == ("waiting", "P-1")


def test_an_order_in_the_text_waits_even_from_a_trusted_address_and_is_confirmed(server):
    shop()
    add_partner(kinds=())
    mailing.put_mail_addresses(partner_code="P-1", addresses=["ana@buyer.example"], trusted=True, by=BY, at=AT)
    server.inbox.add(letter(subject="Pedido 4502", body="Enviadnos 12 uds de la ref A-1, por favor"))
    message, order = read(fetch(box_at(server)))
    assert (message.kind, order.kind, order.outcome, order.number) == ("e_mail", "order", "waiting", "4502")
    assert codes(order) == ["order_in_text"]
    operations.confirm_document(document_id=order.pk, by=BY, at=AT)
    order.refresh_from_db()
    assert order.outcome == "orders"
    line = order.order.lines.get()
    assert (line.item.sku, line.ordered_quantity) == ("A-1", 12)


def test_an_answer_stands_in_the_thread_of_what_it_answers(server):
    server.inbox.add(letter("first@b.example"))
    server.inbox.add(letter("second@b.example", body="dos", extra="In-Reply-To: <first@b.example>\r\n"))
    server.inbox.add(
        letter("third@b.example", body="tres", extra="References: <first@b.example> <second@b.example>\r\n")
    )
    fetch(box_at(server))
    assert set(MailMessage.objects.values_list("thread", flat=True)) == {"first@b.example"}


# --- Sending ------------------------------------------------------------------------------------------------------


def parcel(address="ana@buyer.example", **said) -> Parcel:
    values = {
        "content": b"UNB+...", "name": "orders.edi", "content_type": "application/edifact", "message_id": "promesa-000000001",
        "partner": "P-1", "address": address, "secret": "", "kind": "order_response", "number": "P-2026-000123-1",
    }  # fmt: skip
    return Parcel(**(values | said))


def sender_at(smtp, **said) -> Mailbox:
    values = {
        "smtp_host": "127.0.0.1",
        "smtp_port": smtp.port,
        "smtp_security": "plain",
        "address": "pedidos@seller.example",
    }
    return mailing.put_mailbox(name="orders", values=values | said, by=BY, at=AT)


def test_a_document_leaves_as_an_attachment_under_an_id_of_ours(smtp):
    sender_at(smtp)
    brought = bring(parcel(), channel="mail", at=AT)
    assert brought.message_id == "promesa-000000001@seller.example"
    ((sender, to, content),) = smtp.letters.taken
    assert (sender, to) == ("pedidos@seller.example", ["ana@buyer.example"])
    message = message_from_bytes(content)
    assert message["Message-ID"] == "<promesa-000000001@seller.example>"
    assert message["Subject"] == "Confirmación de pedido P-2026-000123-1" or "=?utf-8?" in message["Subject"]
    assert message["Auto-Submitted"] == "auto-generated"
    text, attached = message.get_payload()
    assert attached.get_filename() == "orders.edi"
    assert attached.get_payload(decode=True) == b"UNB+..."
    assert "confirmación de pedido P-2026-000123-1" in text.get_payload(decode=True).decode()


def test_what_a_server_refuses_for_good_is_not_tried_again(smtp):
    sender_at(smtp)
    smtp.letters.refuse = "550 5.1.1 no such user"
    with pytest.raises(NotBrought) as refused:
        bring(parcel(), channel="mail", at=AT)
    assert (refused.value.code, refused.value.for_good) == ("mail_refused", True)
    smtp.letters.refuse = "451 4.3.0 later"
    with pytest.raises(NotBrought) as refused:
        bring(parcel(), channel="mail", at=AT)
    assert (refused.value.code, refused.value.for_good) == ("mail_refused", False)


@pytest.mark.parametrize(
    "address", ["", "ana", "ana@b.example\r\nBcc: x@y.example", "<ana@b.example>", "a b@c.example"]
)
def test_what_is_no_address_is_never_handed_to_a_server(smtp, address):
    sender_at(smtp)
    with pytest.raises(NotBrought) as refused:
        bring(parcel(address), channel="mail", at=AT)
    assert (refused.value.code, refused.value.for_good) == ("mail_address_wrong", True)
    assert smtp.letters.taken == []


def test_without_a_server_it_waits_until_there_is_one():
    with pytest.raises(NotBrought) as refused:
        bring(parcel(), channel="mail", at=AT)
    assert (refused.value.code, refused.value.for_good) == ("mail_not_set_up", False)


def test_a_server_that_cannot_encrypt_is_told_nothing(smtp):
    sender_at(smtp, smtp_security="starttls")
    with pytest.raises(NotBrought) as refused:
        bring(parcel(), channel="mail", at=AT)
    assert refused.value.code == "mail_server_unreachable"
    assert smtp.letters.taken == []


def _sent_response(smtp, server) -> OutgoingDocument:
    shop()
    add_partner(kinds=("order_response",), channel="mail", address="ana@buyer.example")
    mailing.put_mail_addresses(partner_code="P-1", addresses=["ana@buyer.example"], trusted=True, by=BY, at=AT)
    box = box_at(server, smtp_host="127.0.0.1", smtp_port=smtp.port, smtp_security="plain")
    server.inbox.add(with_order())
    _, order = read(fetch(box, LATER), LATER)
    operations.answer_orders(order_ids=[order.order_id], by=BY, at=LATER)
    operations.send_due(by=BY, at=LATER)
    note_sent_documents(outgoing_ids=list(OutgoingDocument.objects.values_list("pk", flat=True)), by=BY, at=LATER)
    return OutgoingDocument.objects.get()


@pytest.mark.wired
def test_the_answer_to_an_order_goes_under_the_mail_that_brought_it_and_a_bounce_calls_a_person(smtp, server):
    outgoing = _sent_response(smtp, server)
    assert outgoing.state == "sent"
    ((_, to, content),) = smtp.letters.taken
    message = message_from_bytes(content)
    assert to == ["ana@buyer.example"]
    assert message["In-Reply-To"] == "<m1@b.example>"
    assert message["References"] == "<m1@b.example>"
    assert message["Subject"] == "Re: Pedido 4501"
    assert message["Auto-Submitted"] == "auto-replied"
    assert set(MailMessage.objects.values_list("thread", flat=True)) == {"m1@b.example"}
    server.inbox.add(bounce_of(outgoing.message_id))
    fetch(Mailbox.objects.get(), at=AT + timedelta(hours=1))
    outgoing.refresh_from_db()
    assert (outgoing.state, outgoing.last_error["code"]) == ("failed", "mail_bounced")
    assert outgoing.last_error["params"]["problem"] == "ana@buyer.example 5.1.1 550 5.1.1 User unknown"


def bounce_of(message_id: str) -> bytes:
    return (
        "Message-ID: <bounce@mx.example>\r\nFrom: MAILER-DAEMON@mx.example\r\nTo: pedidos@seller.example\r\n"
        "Subject: Undelivered Mail Returned to Sender\r\nAuto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n"
        "Content-Type: multipart/report; report-type=delivery-status; boundary=r\r\n\r\n--r\r\n\r\nNo.\r\n"
        "--r\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n"
        "Final-Recipient: rfc822; ana@buyer.example\r\nAction: failed\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; 550 5.1.1 User unknown\r\n"
        f"--r\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: <{message_id}>\r\nSubject: x\r\n--r--\r\n"
    ).encode()


@pytest.mark.wired
def test_a_report_about_a_mail_that_is_not_ours_changes_nothing(smtp, server):
    outgoing = _sent_response(smtp, server)
    server.inbox.add(bounce_of("somebody-else@elsewhere.example"))
    fetch(Mailbox.objects.get())
    outgoing.refresh_from_db()
    assert outgoing.state == "sent"


def test_a_person_who_writes_is_answered_once_a_day_and_machines_never(smtp, server):
    box = box_at(server, smtp_host="127.0.0.1", smtp_port=smtp.port, smtp_security="plain")
    for number, (sender, extra) in enumerate(
        [
            ("ana@buyer.example", ""), ("ana@buyer.example", ""), ("auto@buyer.example", "Auto-Submitted: auto-replied\r\n"),
            ("list@buyer.example", "Precedence: list\r\n"), ("no-reply@buyer.example", ""), ("pedidos@seller.example", ""),
        ]
    ):  # fmt: skip
        server.inbox.add(letter(f"m{number}@b.example", sender=sender, body=str(number), extra=extra))
    fetched = fetch(box)
    said = [answer_received(mail_id=one.mail_id, by=BY, at=AT) for one in fetched.taken]
    assert said == [
        "", "mail_answer_enough", "mail_answer_automatic", "mail_answer_bulk", "mail_answer_nobody", "mail_answer_ourselves",
    ]  # fmt: skip
    ((_, to, content),) = smtp.letters.taken
    message = message_from_bytes(content)
    assert to == ["ana@buyer.example"]
    assert (message["Auto-Submitted"], message["In-Reply-To"]) == ("auto-replied", "<m0@b.example>")
    assert "0" not in message.get_payload(decode=True).decode().split("Hola")[1][:3]
    tomorrow = AT + timedelta(days=1, minutes=1)
    assert answer_received(mail_id=fetched.taken[1].mail_id, by=BY, at=tomorrow) == ""


def test_two_machines_that_answer_each_other_stop_at_once(smtp, server):
    box = box_at(server, smtp_host="127.0.0.1", smtp_port=smtp.port, smtp_security="plain")
    server.inbox.add(letter())
    (first,) = fetch(box).taken
    assert answer_received(mail_id=first.mail_id, by=BY, at=AT) == ""
    server.inbox.add(smtp.letters.taken[0][2])  # the other side is a system like ours, and sends it back
    (second,) = fetch(box).taken
    assert answer_received(mail_id=second.mail_id, by=BY, at=AT) == "mail_answer_automatic"
    assert len(smtp.letters.taken) == 1


@pytest.mark.wired
def test_one_address_gets_no_flood(smtp, server):
    outgoing = _sent_response(smtp, server)
    OutgoingDocument.objects.filter(pk=outgoing.pk).update(sent_at=AT)
    from_now = AT + timedelta(minutes=1)
    queries_limit = mailing.mailing.MESSAGES_AN_HOUR
    rows = [
        OutgoingDocument(
            partner=outgoing.partner, kind="order_response", subject=f"order:{n}", number=str(n), reference=str(n), format="json",
            channel="mail", address="ana@buyer.example", neutral={}, state_hash="", state="sent", sha256="x", made_at=AT, sent_at=AT,
        )
        for n in range(100, 100 + queries_limit)
    ]  # fmt: skip
    OutgoingDocument.objects.bulk_create(rows)
    with pytest.raises(NotBrought) as refused:
        bring(parcel(), channel="mail", at=from_now)
    assert refused.value.code == "mail_rate"


def test_trouble_says_what_it_is_in_words():
    trouble = MailTrouble("mail_insecure", host="mail.example.com")
    assert trouble.params == {"host": "mail.example.com"}
