"""Mail that comes over real sockets: kept once whatever happens, believed only where it is trusted."""

from __future__ import annotations

import mailbox
import os
import ssl
import subprocess

import pytest

from promesa.core import words
from promesa.exchange import operations
from promesa.exchange.channels.imap import quoted
from promesa.exchange.models import InboxFile, Mailbox, MailMessage
from promesa.exchange.operations import mailbox as mailing
from promesa.exchange.tests.company import AT, BY, codes
from promesa.exchange.tests.partners import add_partner
from promesa.exchange.tests.postmen import box_at, fetch, letter, read, server, shop, with_order
from promesa.work.models import WorkItem

__all__ = ["server"]
pytestmark = pytest.mark.django_db


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
    server.inbox.add(letter("big@b.example", subject="Pedido con fotos"))
    server.inbox.add(letter())
    server.sizes[1] = 30_000_000
    fetched = fetch(box_at(server))
    assert (len(fetched.taken), fetched.refused, fetched.trouble["code"]) == (1, 1, "mail_too_large")
    assert len(server.folders["Rechazado"].messages) == 1


def test_a_message_over_the_limit_is_given_to_a_person_once_and_is_not_forgotten_with_the_next_fetch(server):
    server.inbox.add(letter("big@b.example", subject="Pedido con fotos"))
    server.sizes[1] = 30_000_000
    box = box_at(server, refused_folder="")
    fetch(box)
    fetch(box)
    box.refresh_from_db()
    assert box.last_error == {}
    item = WorkItem.objects.get()
    assert (item.kind, item.subject, item.state) == ("mail_refused", f"mailbox:{box.pk}", "open")
    assert words.say(item.title["code"], item.title["params"], "es") == (
        "Un correo de ana@buyer.example («Pedido con fotos») ocupa 30 MB, más de los 20 que se toman: está en la carpeta «INBOX»."
    )


@pytest.mark.parametrize(
    "date",
    ["Fri, 31 Dec 9999 23:59:59 -1200", "Mon, 99 Foo 99999 99:99:99 +9999"],
)
def test_a_message_of_an_impossible_day_is_taken_and_can_be_shown(server, date):
    server.inbox.add(letter().replace(b"Mon, 2 Mar 2026 09:00:00 +0100", date.encode()))
    assert len(fetch(box_at(server)).taken) == 1
    assert MailMessage.objects.get().written_at is None


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


def test_a_message_whose_file_ends_in_eml_already_keeps_its_name(tmp_path):
    mailbox.Maildir(str(tmp_path / "mail"), create=True)
    (tmp_path / "mail" / "new" / "pedido.eml").write_bytes(letter())
    mailing.fetch_maildir(path=tmp_path / "mail", by=BY, at=AT)
    assert InboxFile.objects.get().name == "pedido.eml"


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
