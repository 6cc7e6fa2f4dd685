"""E-mails at the desk: what kind they are, their text without quotes, their attachments, their conversation."""

from __future__ import annotations

import pytest

from promesa.desk.tests.conftest import SignedIn
from promesa.desk.tests.ground import text_of
from promesa.exchange import operations, queries
from promesa.exchange.models import Document
from promesa.exchange.operations.mailbox import take_message
from promesa.exchange.tests.company import AT, BY
from promesa.exchange.tests.mails import attachment
from promesa.exchange.tests.postmen import letter, shop, with_order

pytestmark = pytest.mark.django_db


def take(content: bytes) -> list[Document]:
    taken = take_message(content=content, name="m.eml", box=None, by=BY, at=AT)
    assert operations.read_file(file_id=taken.file_id, by=BY, at=AT)
    return queries.documents_of_file(file_id=taken.file_id)


def test_a_mail_says_what_it_is_and_what_each_attachment_became(signed_in: SignedIn):
    shop()
    mail, order = take(with_order())
    page = signed_in().get(f"/intake/documents/{mail.pk}").content.decode()
    said = text_of(page.encode())
    assert "New message" in said
    assert "ana@buyer.example" in said
    assert "1 attachment p.csv" in said
    assert f'href="/intake/documents/{order.pk}"' in page
    assert "Waits for a person" in said


def test_the_text_is_shown_without_the_quote_and_the_thread_beside_it(signed_in: SignedIn):
    shop()
    (first, *_) = take(letter())
    reply = letter(
        "m2@b.example", subject="Re: Pedido", extra="In-Reply-To: <m1@b.example>\r\nReferences: <m1@b.example>\r\n",
        body="Gracias, perfecto.\r\n\r\nEl lun, 2 mar 2026 a las 9:00, Ana <ana@buyer.example> escribió:\r\n> Hola",
    )  # fmt: skip
    (mail, *_) = take(reply)
    page = signed_in().get(f"/intake/documents/{mail.pk}").content.decode()
    said = text_of(page.encode())
    assert "Reply" in said
    assert "Gracias, perfecto." in said
    assert "escribió" not in said
    assert "The conversation" in said
    assert f'href="/intake/documents/{first.pk}"' in page
    assert "The conversation" in text_of(signed_in("manager").get(f"/intake/documents/{first.pk}").content)


def test_an_attachment_that_is_no_document_says_so(signed_in: SignedIn):
    shop()
    content = letter(extra="MIME-Version: 1.0\r\n").replace(
        b"Content-Type: text/plain; charset=utf-8\r\n\r\nHola\r\n",
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\n<script>x</script>\r\n--b\r\n"
        + attachment("cita.ics", b"BEGIN:VCALENDAR", "text/calendar")
        + b"\r\n--b--\r\n",
    )  # fmt: skip
    (mail, *_) = take(content)
    page = signed_in().get(f"/intake/documents/{mail.pk}").content.decode()
    assert "appointment" in page
    assert "no document" in page
    assert "<script>x</script>" not in page
    assert "&lt;script&gt;x" in page
