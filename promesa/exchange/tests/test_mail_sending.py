"""Mail that goes over real sockets: once, to whom it should, under what it answers, and never to a machine."""

from __future__ import annotations

from datetime import timedelta
from email import message_from_bytes

import pytest

from promesa.core.models import Event
from promesa.exchange import operations
from promesa.exchange.channels import NotBrought, Parcel, bring
from promesa.exchange.channels.imap import MailTrouble
from promesa.exchange.models import Mailbox, MailMessage, OutgoingDocument
from promesa.exchange.operations import mailbox as mailing
from promesa.exchange.operations.mail_answers import answer_all, answer_received, note_sent_documents
from promesa.exchange.tests.company import AT, BY
from promesa.exchange.tests.partners import add_partner
from promesa.exchange.tests.postmen import LATER, box_at, fetch, letter, read, server, shop, smtp, with_order
from promesa.orders import operations as orders
from promesa.orders.models import Promise

__all__ = ["server", "smtp"]
pytestmark = pytest.mark.django_db


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


@pytest.mark.wired
def test_promises_that_a_mail_told_do_not_count_as_told_once_it_came_back(smtp, server):
    outgoing = _sent_response(smtp, server)
    assert set(Promise.objects.values_list("told_at", flat=True)) == {LATER}
    server.inbox.add(bounce_of(outgoing.message_id))
    fetch(Mailbox.objects.get(), at=LATER + timedelta(hours=1))
    assert set(Promise.objects.values_list("told_at", flat=True)) == {None}
    assert Event.objects.filter(kind="CustomerNotReached").get().facts["promises"] == 1
    operations.send_again(outgoing_id=outgoing.pk, by=BY, at=LATER + timedelta(hours=2))
    operations.send_due(by=BY, at=LATER + timedelta(hours=2))
    assert set(Promise.objects.values_list("told_at", flat=True)) == {LATER + timedelta(hours=2)}


@pytest.mark.wired
def test_what_a_person_told_stays_told_though_a_mail_came_back(smtp, server):
    outgoing = _sent_response(smtp, server)
    first = Promise.objects.get()
    Promise.objects.update(told_at=None)
    orders.tell_customer(order_id=first.line.order_id, how="phone", by=BY, at=LATER + timedelta(minutes=5))
    server.inbox.add(bounce_of(outgoing.message_id))
    fetch(Mailbox.objects.get(), at=LATER + timedelta(hours=1))
    outgoing.refresh_from_db()
    assert outgoing.state == "failed"
    assert Promise.objects.get().told_at == LATER + timedelta(minutes=5)


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


def test_a_mailbox_that_is_to_answers_what_came_and_loses_nothing_when_no_letter_can_leave(smtp, server):
    box = box_at(server, smtp_host="127.0.0.1", smtp_port=smtp.port, smtp_security="plain")
    server.inbox.add(letter())
    ids = [one.mail_id for one in fetch(box).taken]
    assert answer_all(box=box, mail_ids=ids, by=BY, at=AT) == 0
    assert smtp.letters.taken == []
    box.answers = True
    assert answer_all(box=box, mail_ids=ids, by=BY, at=AT) == 1
    assert len(smtp.letters.taken) == 1
    box_at(server, smtp_host="127.0.0.1", smtp_port=1, smtp_security="plain")
    assert answer_all(box=box, mail_ids=ids, by=BY, at=AT + timedelta(days=2)) == 0


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
            partner=outgoing.partner, kind="order_response", subject=f"flood:{n}", number=str(n), reference=str(n), format="json",
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
