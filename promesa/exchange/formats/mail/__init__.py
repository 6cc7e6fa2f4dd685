"""E-mail: a message becomes a document of kind `e_mail`, followed by the documents attached to it or written in it."""

from __future__ import annotations

import re

from promesa.exchange.formats.given import Given
from promesa.exchange.formats.mail import read as reader
from promesa.exchange.formats.mail.quotes import divided
from promesa.exchange.formats.neutral import NeutralDocument

__all__ = ["is_html_mail", "looks_like", "looks_like_body", "read", "read_body"]

_HEADER = re.compile(rb"([!-9;-~]{1,76})[ \t]*:")
_NAMES = frozenset({
    b"from", b"to", b"cc", b"subject", b"date", b"message-id", b"received", b"return-path", b"delivered-to", b"mime-version",
    b"content-type", b"content-transfer-encoding", b"reply-to", b"sender", b"in-reply-to", b"references", b"x-mailer", b"user-agent",
    b"envelope-to", b"x-original-to", b"dkim-signature", b"authentication-results", b"received-spf", b"arc-seal", b"list-id",
    b"x-failed-recipients", b"errors-to", b"precedence", b"auto-submitted", b"x-received", b"delivery-date", b"bcc", b"resent-from",
    b"x-spam-status", b"status", b"x-priority", b"importance", b"thread-index", b"thread-topic", b"disposition-notification-to",
})  # fmt: skip
_SURE = frozenset(
    {b"from", b"to", b"received", b"message-id", b"return-path", b"delivered-to", b"mime-version", b"sender"}
)
_SAMPLE = 65_536
_BODY_SAMPLE = 20_000
_HTML_MAIL = re.compile(
    rb"gmail_quote|gmail_default|<blockquote[^>]{0,200}type=[\"']?cite|divRplyFwdMsg|class=[\"']?Mso|OutlookMessageHeader|yahoo_quoted|moz-cite-prefix",
    re.IGNORECASE,
)
_HTML = re.compile(rb"\s*<(?:!DOCTYPE html|html|head|body|div|p|table|span)\b", re.IGNORECASE)
_SIGNATURE_LINES, _SIGNATURE_WIDTH = 12, 100


def looks_like(content: bytes) -> bool:
    """Whether bytes begin with the headers of an e-mail: two known ones, one of them of who, whom or which; or are the
    HTML of one."""
    if is_html_mail(content):
        return True
    known: set[bytes] = set()
    start = content[:_SAMPLE].lstrip(b"\r\n \t\xef\xbb\xbf\x00")
    if not start or not (start[:1].isalpha() or start[:1] == b">"):
        return False
    for number, line in enumerate(re.split(rb"\r\n|\n|\r", start[:_SAMPLE])):
        if not line.strip() or number > 400:
            break
        if line[:1] in b" \t" or (number == 0 and line.startswith((b"From ", b">From "))):
            continue
        found = _HEADER.match(line)
        if found is None:
            if number < 2:
                return False
            continue
        name = found.group(1).lower()
        if name in _NAMES:
            known.add(name)
            if len(known) > 1 and known & _SURE:
                return True
    return False


def is_html_mail(content: bytes) -> bool:
    """Whether bytes are the HTML of an e-mail, by the marks that mail programs leave in it."""
    return _HTML.match(content) is not None and _HTML_MAIL.search(content, 0, 200_000) is not None


def looks_like_body(content: bytes) -> bool:
    """Whether bytes are the text of an e-mail without its headers: an answer above or below what it quotes, or a
    signature below its two dashes. Asked last, after every other format."""
    sample = content[:_BODY_SAMPLE]
    if b"\x00" in sample:
        return False
    if len(content) <= _BODY_SAMPLE and _is_signed(sample):
        return True
    text = sample.decode("utf-8", "replace")
    return bool(divided(text).quoted)


def _is_signed(text: bytes) -> bool:
    """Whether a text ends with two dashes on a line of their own and a few short lines below them."""
    lines = [line.removesuffix(b"\r") for line in text.split(b"\n")]
    if not lines[-1]:
        lines.pop()
    for above, line in enumerate(reversed(lines)):
        if line in (b"--", b"-- "):
            return True
        if above == _SIGNATURE_LINES or len(line) > _SIGNATURE_WIDTH:
            return False
    return False


def read(content: bytes, given: Given | None = None) -> list[NeutralDocument]:
    """The mail, then every document in it. Never raises."""
    return reader.read(content, given)


def read_body(content: bytes, given: Given | None = None) -> list[NeutralDocument]:
    """The text of a mail without headers. Never raises."""
    return reader.body_only(content, given or Given())
