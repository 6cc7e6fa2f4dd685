"""E-mails that are damaged, or made to be slow: named, in time, never an exception. And those that we write ourselves."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from promesa.exchange import formats
from promesa.exchange.formats.mail import looks_like_body
from promesa.exchange.formats.mail.headers import moment_of
from promesa.exchange.formats.mail.html_text import html_text
from promesa.exchange.formats.mail.write import Enclosure, Letter, write
from promesa.exchange.tests.mails import CSV, EDI, HEAD, read, said


def nested(levels: int) -> bytes:
    body = b"text"
    for level in range(levels):
        mark = b"b%d" % level
        body = (
            b"Content-Type: multipart/mixed; boundary="
            + mark
            + b"\r\n\r\n--"
            + mark
            + b"\r\n"
            + body
            + b"\r\n--"
            + mark
            + b"--\r\n"
        )
    return HEAD + body


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (nested(50), "mime_too_deep"),
        (nested(3000), "mime_too_deep"),
        (HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\nx\r\n" * 10_000 + b"--b--", "mime_too_many_parts"),
        (HEAD + b"X-A: " + b"a" * 5_000_000 + b"\r\n\r\nhola", "mail_header_too_long"),
        (HEAD + b"X-A: b\r\n" * 200_000 + b"\r\nhola", "mail_too_many_headers"),
        (HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nhola", "mime_not_closed"),
        (HEAD + b"Content-Type: multipart/mixed\r\n\r\nhola", "mime_boundary_missing"),
        (HEAD + b"Content-Type: text/html\r\n\r\n" + b"<a" * 1_500_000, "html_too_large"),
        (HEAD.replace(b"Pedido", b"=?utf-8?b?!!?="), "encoded_word_broken"),
        (HEAD.replace(b"Mon, 2 Mar", b"ayer"), "mail_date_wrong"),
    ],
)  # fmt: skip
def test_what_is_too_much_or_broken_is_named_in_time(content, code):
    started = time.process_time()
    document = read(content)[0]
    assert code in said(document)
    assert time.process_time() - started < max(1, 2 * len(content) / 1_000_000)


@pytest.mark.parametrize(
    "body",
    [
        b"<div>" * 300_000, b"<table><tr><td>x" * 60_000, b"<blockquote>x" * 60_000, b"<!--" * 250_000,
        b"<p x='" * 150_000, b"<script>" * 100_000,
    ],
)  # fmt: skip
def test_html_made_to_be_slow_is_read_in_time(body):
    started = time.process_time()
    read(HEAD + b"Content-Type: text/html\r\n\r\n" + body)
    assert time.process_time() - started < max(1, 2 * len(body) / 1_000_000)


@pytest.mark.parametrize(
    "body",
    [
        b"--b" * 300_000, b"El a\n" * 200_000, b"> " * 500_000, b"De: x\n" * 150_000,
        b"pedido " * 150_000, b"12 cajas de 8437002000202 y " * 40_000,
        b"A1B2 " * 200_000, b"a@" * 400_000, b" " * 1_000_000, b"1" * 1_000_000, b"-" * 1_000_000,
    ],
)  # fmt: skip
def test_text_made_to_be_slow_is_read_in_time(body):
    started = time.process_time()
    read(HEAD + b"Content-Type: text/plain\r\n\r\n" + body)
    assert time.process_time() - started < max(1.5, 2 * len(body) / 1_000_000)


def test_other_formats_are_not_taken_for_mail():
    assert formats.read(CSV, filename="p.csv")[0].kind == "order"
    assert formats.read(EDI, filename="o.edi")[0].format == "edifact-d96a-orders"
    assert formats.read(b"From;To;Subject\na;b;c\n", filename="x.csv")[0].format != "e-mail"
    assert (
        formats.read(b"Content-Type: application/edifact\n\n" + EDI, filename="o.edi")[0].format
        == "edifact-d96a-orders"
    )


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=400), st.binary(max_size=60))
def test_any_bytes_after_headers_are_read(body, header):
    assert read(HEAD + b"X-A: " + header + b"\r\n\r\n" + body)[0].kind


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet="<>/!-=\"' abptdr&;\n", max_size=300))
def test_any_html_becomes_text(html):
    assert "\x01" not in html_text(html)


@pytest.mark.parametrize(
    ("text", "is_body"),
    [
        (b"Hola\n-- \nAna Ruiz\nCompras", True),
        (b"Hola\r\n--\r\nAna Ruiz\r\n" + b"x" * 100 + b"\r\n", True),
        (b"Hola\n--\n" + b"Ana\n" * 12, True),
        (b"Hola\n--\n" + b"Ana\n" * 13, False),
        (b"Hola\n--\n" + b"x" * 101, False),
        (b"sku;qty\n--x\nA-1;5", False),
    ],
)
def test_a_signature_is_a_few_short_lines_below_two_dashes(text: bytes, is_body: bool) -> None:
    assert looks_like_body(text) is is_body


def test_lines_that_a_signature_may_cut_anywhere_take_no_longer_than_others() -> None:
    """What may end anywhere was tried everywhere: 300 bytes took for ever, under whatever name they came."""
    for text in (b"\n--\n" + b"A-1;5\n" * 40 + b"x" * 101, b"\n--\n" + (b"y" * 100 + b"\n") * 40, b"--\n" * 5_000):
        began = time.process_time()
        looks_like_body(text)
        assert time.process_time() - began < 0.5


@pytest.mark.parametrize("between", [" " * 300, ": - " * 80, "\t" * 300, "de la " * 60])
def test_what_stands_between_a_code_and_its_quantity_is_taken_once(between: str) -> None:
    """Tried in every way they could be parted, a hundred spaces were read for ever."""
    began = time.process_time()
    for row in (f"AC-105{between}zz", f"12{between}zz AC-105", f"AC-105{between}12 cajas"):
        read(HEAD + f"\r\nPedido\r\n{row}\r\n".encode())
    assert time.process_time() - began < 2


def test_the_name_of_a_returned_mail_holds_nothing_that_cannot_be_stored() -> None:
    report = (
        b"From: MAILER-DAEMON@mx.example\r\nSubject: Undelivered Mail Returned to Sender\r\nMessage-ID: <2@mx.example>\r\n"
        b"Content-Type: text/plain\r\n\r\nCould not be delivered: 550 5.1.1 <a@b.example>\r\n\r\n"
        b"Message-ID: <ours@seller\x00.example>\r\n"
    )
    assert "\\u0000" not in json.dumps([one.as_json() for one in read(report)])


# --- Writing ------------------------------------------------------------------------------------------------------


def test_what_is_written_is_read_the_same():
    letter = Letter(
        message_id="promesa-1@seller.example", sender="us@seller.example", sender_name="Aceites Muñoz", to=["ana@buyer.example"],
        subject="Re: Pedido nº 4501", text="Hola:\n\nConfirmado.\n", at=moment_of(b"Mon, 2 Mar 2026 09:30:00 +0100"),
        in_reply_to="1@buyer.example",
        references=["0@buyer.example"], automatic="auto-replied", enclosures=[Enclosure("p.csv", "text/csv; charset=utf-8", CSV)],
    )  # fmt: skip
    content = write(letter)
    assert content == write(letter)
    mail, order = read(content)
    assert mail.mail["from"] == {"name": "Aceites Muñoz", "address": "us@seller.example"}
    assert (mail.mail["subject"], mail.mail["nature"], mail.mail["text_new"]) == (
        "Re: Pedido nº 4501",
        "auto_reply",
        "Hola:\n\nConfirmado.",
    )
    assert (mail.mail["references"], mail.mail["in_reply_to"]) == (
        ["0@buyer.example", "1@buyer.example"],
        ["1@buyer.example"],
    )
    assert (order.kind, order.number, said(mail)) == ("order", "4501", [])


def test_a_line_break_cannot_put_a_header_into_a_letter():
    for address in ("a@b.example\r\nBcc: c@d.example", "a b@c.example", "nobody"):
        with pytest.raises(ValueError, match="no address"):
            write(
                Letter(
                    message_id="1@b",
                    sender="us@seller.example",
                    to=[address],
                    subject="x",
                    text="y",
                    at=moment_of(b"Mon, 2 Mar 2026 09:30:00 +0100"),
                )
            )
    content = write(
        Letter(
            message_id="1@b",
            sender="us@seller.example",
            to=["a@b.example"],
            subject="x\r\nBcc: c@d.example",
            text="y",
            at=moment_of(b"Mon, 2 Mar 2026 09:30:00 +0100"),
        )
    )
    assert b"\r\nBcc:" not in content
