"""Reading an e-mail: one neutral document for the mail itself, then the documents in its attachments and in its text."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from promesa.exchange.formats import edifact
from promesa.exchange.formats.given import Given
from promesa.exchange.formats.mail.attached import Attached, read_attached
from promesa.exchange.formats.mail.headers import (
    addresses,
    body_text,
    charset_of,
    header_text,
    identifiers,
    moment_of,
    western,
)
from promesa.exchange.formats.mail.html_text import MAX_HTML, html_text
from promesa.exchange.formats.mail.mentions import orders_mentioned
from promesa.exchange.formats.mail.nature import Nature, before_copy, nature_of
from promesa.exchange.formats.mail.order_text import order_in
from promesa.exchange.formats.mail.parts import Part, decoded, parse
from promesa.exchange.formats.mail.quotes import Divided, divided
from promesa.exchange.formats.neutral import ORDER_KINDS, Envelope, Fault, NeutralDocument, fault

FORMAT = "e-mail"
MAX_TEXT = 1_000_000
MAX_NEW = 100_000
MAX_FAULTS = 60
REPORTS = ("bounce", "delay")
_PERSONS = ("new", "reply", "forward")
_OTHER_DOCUMENT = re.compile(rb"\s*(?:ISA[^A-Za-z0-9\s].{100}|STX=ANA|<\?xml|EDI_DC)", re.DOTALL)
_UNSAFE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


@dataclass(slots=True)
class _Mail:
    """What is known of an e-mail while it is read."""

    root: Part
    given: Given
    faults: list[Fault]
    texts: list[str] = field(default_factory=list)
    bodies: list[Part] = field(default_factory=list)
    attached: Attached = field(default_factory=Attached)
    documents: list[NeutralDocument] = field(default_factory=list)


def read(content: bytes, given: Given | None = None) -> list[NeutralDocument]:
    """The mail as a document of kind `e_mail`, then every document in it. Never raises; bounded in size, depth and number."""
    given = given or Given()
    root, faults = parse(content)
    if not root.headers:
        return body_only(content, given)
    mail = _Mail(root=root, given=given, faults=faults)
    stop = any(one.blocking for one in faults)
    subject = _header(mail, "subject")
    sender = _first_address(root, "from")
    _choose_bodies(mail)
    text = "\n\n".join(one for one in mail.texts if one.strip())[:MAX_TEXT]
    parted = divided(text)
    answers = bool(root.first("in-reply-to") or root.first("references"))
    nature = nature_of(
        root, subject=subject, sender=sender, text=text, answers=answers,
        quotes=bool(parted.quoted) and not parted.forwarded, forwards=parted.forwarded,
    )  # fmt: skip
    if nature.nature in REPORTS:
        parted = Divided(new=before_copy(text).strip(), quoted="")
    if not stop:
        attached = read_attached(
            root,
            bodies=mail.bodies,
            given=given,
            returned=nature.nature in REPORTS or root.media_type == "multipart/report",
        )
        mail.attached = attached
        mail.documents += attached.documents
        mail.faults += attached.faults
        _read_texts(mail, nature, parted, subject, sender)
    return [_document(mail, nature, parted, subject, sender), *mail.documents]


def body_only(content: bytes, given: Given) -> list[NeutralDocument]:
    """The text of an e-mail that came without its headers: a body that was saved or pasted."""
    text, _ = western(content[:MAX_TEXT])
    text = (
        html_text(text)
        if "<" in text[:2000] and re.search(r"<(?:html|div|p|body|br|table)\b", text[:5000], re.IGNORECASE)
        else text
    )
    parted = divided(_plain(text))
    said = {
        "nature": "forward" if parted.forwarded else "reply" if parted.quoted else "new",
        "text_new": parted.new[:MAX_NEW],
        "orders_mentioned": orders_mentioned([parted.new]) or orders_mentioned([parted.quoted]),
    }
    ordered = order_in(_order_text(parted), mentioned=said["orders_mentioned"])
    document = NeutralDocument(format=FORMAT, kind="e_mail", mail=said, faults=(fault("mail_headers_missing"),))
    return [document, *([ordered] if ordered else [])]


# --- Headers ------------------------------------------------------------------------------------------------------


def _header(mail: _Mail, name: str) -> str:
    text, broken = header_text(mail.root.first(name))
    if broken:
        mail.faults.append(fault("encoded_word_broken", where=name, received=broken))
    return text


def _first_address(root: Part, name: str) -> dict[str, str]:
    return next(iter(addresses(root.first(name))), {})


def _addressed(root: Part, name: str) -> list[dict[str, str]]:
    return [one for value in root.all(name)[:20] for one in addresses(value)][:500]


def _document(mail: _Mail, nature: Nature, parted: Divided, subject: str, sender: dict[str, str]) -> NeutralDocument:
    root = mail.root
    moment = _moment(mail)
    if not sender.get("address"):
        mail.faults.append(fault("mail_sender_missing", where="from", received=sender.get("name")))
    attached = [one["name"] for one in mail.attached.shown if one.get("name")]
    mentioned = orders_mentioned([subject, parted.new, parted.quoted if parted.forwarded else "", "\n".join(attached)])
    said: dict[str, Any] = {
        "nature": nature.nature,
        "message_id": next(iter(identifiers(root.first("message-id"))), ""),
        "in_reply_to": identifiers(root.first("in-reply-to")),
        "references": identifiers(root.first("references")),
        "from": sender,
        "reply_to": _first_address(root, "reply-to"),
        "to": _addressed(root, "to"),
        "cc": _addressed(root, "cc"),
        "subject": subject,
        "date": moment.isoformat() if moment else "",
        "text_new": parted.new[:MAX_NEW],
        "text_forwarded": parted.quoted[:MAX_NEW] if parted.forwarded or nature.nature == "forward" else "",
        "attachments": mail.attached.shown,
        "orders_mentioned": mentioned or orders_mentioned([parted.quoted]),
        "bulk": nature.bulk or None,
        "report": nature.report,
    }
    always = ("in_reply_to", "references", "attachments", "orders_mentioned", "text_new", "subject")
    said = {key: value for key, value in said.items() if key in always or value not in (None, "", [], {})}
    faults = mail.faults
    if len(faults) > MAX_FAULTS:
        faults = [*(one for one in faults if one.blocking), *(one for one in faults if not one.blocking)][:MAX_FAULTS]
        faults.append(fault("more_faults", limit=MAX_FAULTS))
    return NeutralDocument(
        format=FORMAT,
        kind="e_mail",
        issued_on=moment.date() if moment else None,
        envelope=Envelope(sender=sender.get("address"), reference=said.get("message_id")),
        mail=said,
        faults=tuple(faults),
    )


def _moment(mail: _Mail) -> datetime | None:
    raw = mail.root.first("date")
    moment = moment_of(raw)
    if raw and moment is None:
        mail.faults.append(fault("mail_date_wrong", where="date", received=western(raw)[0]))
    return moment


# --- The text -----------------------------------------------------------------------------------------------------


def _choose_bodies(mail: _Mail) -> None:
    """The parts that are the text of the mail: of alternatives the plain one, else the HTML; the rest are attachments."""
    waiting = [mail.root]
    while waiting:
        part = waiting.pop(0)
        if part.media_type == "multipart/alternative":
            chosen = _alternative(part, mail)
            if chosen is not None:
                mail.bodies.append(chosen)
            mail.bodies.extend(one for one in part.walk() if one is not chosen and _is_text(one))
        elif part.parts:
            waiting = [*part.parts, *waiting]
        elif _is_text(part) and not _looks_structured(part, mail):
            mail.bodies.append(part)
            mail.texts.append(_text_of(part, mail))


def _alternative(part: Part, mail: _Mail) -> Part | None:
    leaves = [one for one in part.walk() if _is_text(one)]
    plain = [one for one in leaves if one.media_type != "text/html"]
    for one in [*plain, *(leaf for leaf in leaves if leaf.media_type == "text/html")]:
        text = _text_of(one, mail)
        if text.strip():
            mail.texts.append(text)
            return one
    return None


def _is_text(part: Part) -> bool:
    if part.disposition == "attachment" or part.filename or part.parts:
        return False
    return part.media_type in ("text/plain", "text/html", "text/enriched", "text/markdown") or part.media_type == "text"


def _looks_structured(part: Part, mail: _Mail) -> bool:
    """Whether a body is itself a document (an interchange, XML) and no words to anybody."""
    content = decoded(part, [])
    if not (edifact.looks_like(content) or _OTHER_DOCUMENT.match(content)):
        return False
    if edifact.looks_like(content) and not re.match(rb"\s*UN[AB]", content):
        before = content[: content.find(b"UNB")]
        mail.texts.append(_plain(western(before.rsplit(b"UNA", 1)[0])[0]))
    return True


def _text_of(part: Part, mail: _Mail) -> str:
    content = decoded(part, mail.faults)[: MAX_TEXT * 4]
    declared = part.params.get("charset", "")
    text, used = body_text(content, declared)
    if used:
        code = "charset_unknown" if declared and not charset_of(declared) else "charset_wrong"
        mail.faults.append(
            fault(code, where=part.place or "body", received=declared or "us-ascii", right="UTF-8, ISO-8859-1, Windows-1252",
                  declared=declared or "us-ascii", used=used)
        )  # fmt: skip
    if part.media_type == "text/html":
        if len(text) > MAX_HTML:
            mail.faults.append(fault("html_too_large", where=part.place, received=len(text), right=MAX_HTML))
        return _plain(html_text(text))
    if part.params.get("format", "").lower() == "flowed":
        text = _unflowed(text, delsp=part.params.get("delsp", "").lower() == "yes")
    return _plain(text)


def _unflowed(text: str, *, delsp: bool) -> str:
    """Lines that end in a space go on in the next (RFC 3676); quoted lines stay as they are."""
    found: list[str] = []
    open_ = False
    for line in text.replace("\r\n", "\n").split("\n"):
        quoted = line.startswith(">")
        line = line[1:] if line.startswith(" ") else line
        if open_ and not quoted:
            found[-1] += line
        else:
            found.append(line)
        open_ = line.endswith(" ") and not quoted and line != "-- "
        if open_ and delsp:
            found[-1] = found[-1][:-1]
    return "\n".join(found)


def _plain(text: str) -> str:
    text = (
        text.replace("\r\n", "\n").replace("\r", "\n").replace("\xa0", " ").replace("\u200b", "").replace("\ufeff", "")
    )
    return _UNSAFE.sub("", text).encode("utf-8", "replace").decode("utf-8")


# --- What is ordered in the text ------------------------------------------------------------------------------------


def _read_texts(mail: _Mail, nature: Nature, parted: Divided, subject: str, sender: dict[str, str]) -> None:
    """An order written in the text, when a person writes and nothing that is attached is an order already."""
    if nature.nature not in _PERSONS or nature.bulk or any(one.kind in ORDER_KINDS for one in mail.documents):
        return
    mentioned = orders_mentioned([subject, parted.new, parted.quoted if parted.forwarded else ""])
    moment = moment_of(mail.root.first("date"))
    ordered = order_in(
        _order_text(parted), mentioned=mentioned, sender=sender, issued_on=moment.date() if moment else None, subject=subject
    )  # fmt: skip
    if ordered is not None:
        mail.documents.append(ordered)


def _order_text(parted: Divided) -> str:
    return f"{parted.new}\n{parted.quoted}" if parted.forwarded else parted.new
