"""Writing an e-mail: a letter with its attachments as the bytes of a message (RFC 5322, 2045, 3834). Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from promesa.exchange.formats.mail.headers import clean

MAX_REFERENCES = 20


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A file that goes with a letter."""

    name: str
    content_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Letter:
    """What is said to whom. `automatic` is what RFC 3834 wants to know: `auto-generated`, `auto-replied`, or nothing when a
    person writes."""

    message_id: str
    sender: str
    to: Sequence[str]
    subject: str
    text: str
    at: datetime
    sender_name: str = ""
    in_reply_to: str = ""
    references: Sequence[str] = ()
    automatic: str = "auto-generated"
    language: str = "es"
    enclosures: Sequence[Enclosure] = ()


def write(letter: Letter) -> bytes:
    """The bytes of a letter. The same letter gives the same bytes.

    :raises ValueError: if an address is none, or a header would hold a line break.
    """
    message = EmailMessage(policy=SMTP)
    message["Message-ID"] = f"<{letter.message_id}>"
    message["Date"] = format_datetime(letter.at)
    message["From"] = _address(letter.sender, letter.sender_name)
    message["To"] = [_address(one) for one in letter.to]
    message["Subject"] = clean(letter.subject)[:300]
    if letter.in_reply_to:
        message["In-Reply-To"] = f"<{letter.in_reply_to}>"
    cited = [one for one in dict.fromkeys((*letter.references, letter.in_reply_to)) if one]
    if cited:
        message["References"] = " ".join(f"<{one}>" for one in (cited[:1] + cited[1:][-MAX_REFERENCES:]))
    if letter.automatic:
        message["Auto-Submitted"] = letter.automatic
        message["X-Auto-Response-Suppress"] = "All"
    message.set_content(letter.text, charset="utf-8", cte="quoted-printable")
    message["Content-Language"] = letter.language  # after the text, whose setting clears what is said of content
    for one in letter.enclosures:
        main, _, sub = one.content_type.partition(";")[0].strip().partition("/")
        if not main.isalnum() or not sub or main in ("multipart", "message"):
            main, sub = "application", "octet-stream"
        message.add_attachment(one.content, maintype=main, subtype=sub, filename=clean(one.name)[:120], cte="base64")
    if message.is_multipart():
        message.set_boundary("=_" + "".join(letter for letter in letter_key(letter.message_id)))
    return message.as_bytes()


def letter_key(message_id: str) -> str:
    """A boundary of its own for each message, the same for every writing of it."""
    return "promesa-" + "".join(one for one in message_id if one.isalnum())[:50]


def _address(address: str, name: str = "") -> Address:
    """An address as a header may hold it.

    :raises ValueError: if it is none.
    """
    user, at, domain = address.strip().rpartition("@")
    if not at or not user or not domain or any(one.isspace() or one in '<>,;:"()[]\\' for one in address.strip()):
        raise ValueError(f"no address: {address[:80]!r}")
    return Address(display_name=clean(name)[:120], username=user, domain=domain)
