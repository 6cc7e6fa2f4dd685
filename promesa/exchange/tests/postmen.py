"""A mailbox and its servers for tests, and the letters that come to it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from promesa.exchange import operations, queries
from promesa.exchange.models import Document, Mailbox
from promesa.exchange.operations import mailbox as mailing
from promesa.exchange.tests.company import AT, BY, CSV, add_customer, add_item, open_shop
from promesa.exchange.tests.postboxes import PostServer, SmtpServer

LATER = AT + timedelta(minutes=30)


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
