"""Taking e-mail in: from IMAP servers and maildirs. The bytes of a message are kept before it is marked or moved.

A stop between keeping and moving takes the message once all the same: a message is known by its Message-ID and by what
follows its headers. Nothing is locked while a server is spoken to.
"""

from __future__ import annotations

import hashlib
import logging
import mailbox as folders
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from promesa.access.queries import insist
from promesa.core import bulk, store
from promesa.core.actors import Actor
from promesa.core.errors import NotFound, Refused
from promesa.core.verbs import verb
from promesa.exchange.channels.imap import MailTrouble, Postbox, Server, is_secret_name, postbox
from promesa.exchange.formats import MAX_BYTES, mail
from promesa.exchange.formats.neutral import NeutralDocument
from promesa.exchange.models import MailAddress, Mailbox, MailMessage, Partner
from promesa.exchange.operations.bounces import tell_bounce
from promesa.exchange.operations.inbox import PartnerUnknown, receive_file
from promesa.exchange.queries.mail import known_address
from promesa.exchange.rules import mailing
from promesa.work.operations import open_items
from promesa.work.rules import WorkDraft

log = logging.getLogger(__name__)

CHANNEL = "mail"
AT_ONCE = 500
_BODY = re.compile(rb"\r?\n[ \t]*\r?\n")
_DONE, _REFUSED = "done", "refused"


class MailboxUnknown(NotFound):
    """There is no mailbox of that name."""


class MailboxWrong(Refused):
    """A mailbox cannot be set up like this."""


@dataclass(frozen=True, slots=True)
class TakenMail:
    """A message that is kept now. `fresh` is false when it had been taken before."""

    mail_id: int
    file_id: int
    fresh: bool


@dataclass(slots=True)
class Fetched:
    """What a mailbox held: messages taken, those taken before, those that could not be taken, and what went wrong."""

    name: str
    taken: list[TakenMail] = field(default_factory=list)
    known: int = 0
    refused: int = 0
    trouble: dict[str, Any] = field(default_factory=dict)


# --- Settings -----------------------------------------------------------------------------------------------------


@verb
def put_mailbox(*, name: str, values: Mapping[str, Any], by: Actor, at: datetime) -> Mailbox:
    """Make or change a mailbox. `secret` and `smtp_secret` name where the password is, never the password.

    :raises MailboxWrong: if a setting cannot be, or a password is given instead of the name of its place.
    :raises NotAllowed: without the right to set up partners.
    """
    insist(by, "change_item_code")
    known = {one.name for one in Mailbox._meta.get_fields() if one.concrete} - {
        "id",
        "name",
        "uid_validity",
        "last_uid",
        "fetched_at",
        "last_error",
    }
    for key, value in values.items():
        if key not in known:
            raise MailboxWrong(name=name, problem=key)
        if key.endswith("secret") and value and not is_secret_name(str(value)):
            raise MailboxWrong(name=name, problem="env:PROMESA_MAIL_NAME, file:NAME")
        if key.endswith("security") and value not in ("tls", "starttls", "plain"):
            raise MailboxWrong(name=name, problem=f"{key}: tls, starttls, plain")
    box, _ = Mailbox.objects.update_or_create(name=name, defaults=dict(values))
    return box


@verb
def put_mail_addresses(
    *, partner_code: str, addresses: Sequence[str], trusted: bool = False, by: Actor, at: datetime
) -> int:
    """Say from which addresses (or `@domain`) a partner writes, and whether that is proof enough for its orders to go on.

    :raises PartnerUnknown: if there is no such partner.
    :raises MailboxWrong: if one of them is no address.
    """
    insist(by, "change_item_code")
    partner = Partner.objects.filter(code=partner_code).first()
    if partner is None:
        raise PartnerUnknown(code=partner_code, known="—")
    for address in addresses:
        plain = address.strip().lower()
        if not re.fullmatch(r"[^@\s]*@[^@\s]+\.[^@\s]+", plain):
            raise MailboxWrong(name=partner_code, problem=address)
        MailAddress.objects.update_or_create(address=plain, defaults={"partner": partner, "trusted": trusted})
    return len(addresses)


def mailboxes(*, name: str = "") -> list[Mailbox]:
    """The mailboxes that are read, or the one of that name.

    :raises MailboxUnknown: if there is none of that name.
    """
    boxes = list(Mailbox.objects.filter(active=True).exclude(host="").order_by("name"))
    if not name:
        return boxes
    found = [one for one in boxes if one.name == name]
    if not found:
        raise MailboxUnknown(name=name, known=", ".join(one.name for one in boxes) or "—")
    return found


# --- One message --------------------------------------------------------------------------------------------------


def take_message(*, content: bytes, name: str, box: Mailbox | None, by: Actor, at: datetime) -> TakenMail:
    """Keep a message: its bytes first, then that it came and what it is. Taking it again changes nothing.

    A report that a mail of ours did not arrive is told to the document that the mail brought.

    :raises NotAllowed: without the right to take in documents.
    """
    insist(by, "take_in")
    store.keep(content)
    document = mail.read(content)[0]
    return _take(content=content, name=name, box=box, document=document, by=by, at=at)


@verb
def _take(
    *, content: bytes, name: str, box: Mailbox | None, document: NeutralDocument, by: Actor, at: datetime
) -> TakenMail:
    said = document.mail
    message_id = str(said.get("message_id") or "")[:300] or "sha256:" + store.digest(content)
    body = body_digest(content)
    # Two fetchers with the same message at once: one waits here, and then finds the other's row.
    bulk.rows("SELECT pg_advisory_xact_lock(%s)", [_lock_key(message_id)])
    row = bulk.row(
        "SELECT id, file_id FROM exchange_mailmessage WHERE message_id = %s AND body_sha256 = %s AND NOT outbound",
        [message_id, body],
    )
    if row is not None:
        return TakenMail(row[0], row[1], fresh=False)
    address = mailing.address_of(said)
    known = known_address(address=address, on=at.date()) if address else None
    partner_code = (
        box.partner.code if box is not None and box.partner is not None else known.partner_code if known else ""
    )
    file = receive_file(content=content, name=name, channel=CHANNEL, partner_code=partner_code, by=by, at=at)
    cited = mailing.citations(said)
    message = MailMessage.objects.create(
        mailbox=box, message_id=message_id, body_sha256=body, thread=_thread(message_id, cited), address=address,
        nature=str(said.get("nature", "new")), bulk=bool(said.get("bulk")), subject=str(said.get("subject", ""))[:300],
        references=cited, partner_id=file.partner_id, file=file, written_at=_written_at(said), at=at,
    )  # fmt: skip
    if said.get("nature") == "bounce" and mailing.answers_to(document):
        tell_bounce(message_id=mailing.answers_to(document), reason=mailing.bounce_reason(document), by=by, at=at)
    return TakenMail(message.pk, file.pk, fresh=True)


def body_digest(content: bytes) -> str:
    """The SHA-256 of what follows the headers, whatever its line ends: the way of a message changes its headers only."""
    found = _BODY.search(content)
    body = content[found.end() :] if found else b""
    return hashlib.sha256(body.replace(b"\r\n", b"\n").rstrip(b"\n")).hexdigest()


def _lock_key(message_id: str) -> int:
    return int(hashlib.sha256(message_id.encode()).hexdigest()[:15], 16)


def _thread(message_id: str, cited: Sequence[str]) -> str:
    """The thread of the nearest message that is known; else the first that is cited; else a thread of its own."""
    if not cited:
        return message_id
    known = bulk.row(
        """SELECT thread FROM exchange_mailmessage WHERE message_id = ANY(%s::text[]) AND thread <> ''
           ORDER BY array_position(%s::text[], message_id::text) DESC LIMIT 1""",
        [list(cited), list(cited)],
    )
    return str(known[0]) if known is not None else cited[0][:300]


def _written_at(said: Mapping[str, Any]) -> datetime | None:
    """When a message says that it was written; none where no calendar of ours has that moment in every zone."""
    try:
        found = datetime.fromisoformat(str(said["date"])) if said.get("date") else None
    except ValueError:
        return None
    return found if found is not None and 1900 <= found.year < 9999 else None


# --- IMAP ---------------------------------------------------------------------------------------------------------


def fetch_mailbox(*, box: Mailbox, by: Actor, at: datetime, limit: int = AT_ONCE) -> Fetched:
    """Take what is new in a mailbox; what was taken is moved to its folder for that, or marked as seen.

    A server that fails is said in `trouble` and on the mailbox; messages that fail stay, and are tried again.
    Called outside transactions.
    """
    fetched = Fetched(box.name)
    try:
        with postbox(Server(box.host, box.port, box.security, box.user, box.secret)) as open_box:
            _fetch(open_box, box, fetched, by, at, limit)
    except MailTrouble as trouble:
        fetched.trouble = {"code": trouble.code, "params": trouble.params}
    note_fetched(box_id=box.pk, trouble=fetched.trouble, by=by, at=at)
    return fetched


def _fetch(open_box: Postbox, box: Mailbox, fetched: Fetched, by: Actor, at: datetime, limit: int) -> None:
    validity = open_box.select(box.folder)
    last = box.last_uid if box.uid_validity == validity else 0
    contiguous = True
    for uid in open_box.uids(after=last)[:limit]:
        try:
            done = _take_uid(open_box, box, uid, fetched, by, at)
        except MailTrouble:
            raise
        except Exception as error:
            log.exception("message %s of mailbox %s could not be kept", uid, box.name)
            fetched.trouble = {"code": "mail_message_failed", "params": {"uid": uid, "problem": type(error).__name__}}
            done = False
        contiguous = contiguous and done
        if contiguous:
            note_uid(box_id=box.pk, validity=validity, uid=uid, by=by, at=at)


def _take_uid(open_box: Postbox, box: Mailbox, uid: int, fetched: Fetched, by: Actor, at: datetime) -> bool:
    """Take one message, then move it. True when nothing more is to be done with it."""
    size = open_box.size(uid)
    if size is None:
        return True
    content = open_box.message(uid) if size <= MAX_BYTES else None
    if size > MAX_BYTES or content is None or len(content) > MAX_BYTES:
        if size <= MAX_BYTES and content is None:
            return True
        fetched.refused += 1
        fetched.trouble = {"code": "mail_too_large", "params": {"uid": uid, "received": size, "right": MAX_BYTES}}
        said = mail.read(open_box.head(uid) or b"")[0].mail
        tell_too_large(
            box_id=box.pk, uid=uid, said=said, size=size, folder=box.refused_folder or box.folder, by=by, at=at
        )
        _put_away(open_box, uid, box.refused_folder)
        return True
    taken = take_message(content=content, name=f"{box.name}-{uid}.eml", box=box, by=by, at=at)
    if taken.fresh:
        fetched.taken.append(taken)
    else:
        fetched.known += 1
    _put_away(open_box, uid, box.done_folder)
    return True


@verb
def tell_too_large(
    *, box_id: int, uid: int, said: Mapping[str, Any], size: int, folder: str, by: Actor, at: datetime
) -> None:
    """Give a person a message that is too large to be taken: who wrote it, and in which folder it lies."""
    draft = WorkDraft(
        kind="mail_refused", subject=f"mailbox:{box_id}", key=f"mail-refused:{box_id}:{folder[:60]}:{uid}", role="back_office",
        code="work_mail_too_large",
        params={"sender": mailing.address_of(said) or "—", "text": str(said.get("subject", ""))[:120], "folder": folder,
                "received": Decimal(size) / 1_000_000, "right": MAX_BYTES // 1_000_000},
    )  # fmt: skip
    open_items(items=[draft], by=by, at=at)


def _put_away(open_box: Postbox, uid: int, folder: str) -> None:
    if folder:
        open_box.move(uid, folder)
    else:
        open_box.mark_seen(uid)


@verb
def note_uid(*, box_id: int, validity: int, uid: int, by: Actor, at: datetime) -> None:
    """All messages of a folder up to this one are taken."""
    Mailbox.objects.filter(pk=box_id).update(uid_validity=validity, last_uid=uid)


@verb
def note_fetched(*, box_id: int, trouble: Mapping[str, Any], by: Actor, at: datetime) -> None:
    """When a mailbox was read last, and what was wrong."""
    Mailbox.objects.filter(pk=box_id).update(fetched_at=at, last_error=dict(trouble))


# --- A maildir ----------------------------------------------------------------------------------------------------


def fetch_maildir(*, path: Path, by: Actor, at: datetime, limit: int = AT_ONCE) -> Fetched:
    """Take what is in a maildir; what was taken goes to its folder `done`, what is too large to `refused`.

    :raises FileNotFoundError: if there is no maildir.
    """
    fetched = Fetched(str(path))
    if not (path / "cur").is_dir() or not (path / "new").is_dir():
        raise FileNotFoundError(str(path))
    box = folders.Maildir(str(path), create=False)
    for key in sorted(box.keys())[:limit]:
        try:
            _take_key(box, key, fetched, by, at)
        except KeyError:
            continue  # somebody else took it away meanwhile
        except Exception as error:
            log.exception("message %s of maildir %s could not be kept", key, path)
            fetched.trouble = {"code": "mail_message_failed", "params": {"uid": key, "problem": type(error).__name__}}
    return fetched


def _take_key(box: folders.Maildir, key: str, fetched: Fetched, by: Actor, at: datetime) -> None:
    with box.get_file(key) as file:
        content = file.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        fetched.refused += 1
        fetched.trouble = {
            "code": "mail_too_large",
            "params": {"uid": key, "received": f"> {MAX_BYTES}", "right": MAX_BYTES},
        }
        _lay(box, key, _REFUSED)
        return
    taken = take_message(
        content=content, name=f"{key.split(':')[0].removesuffix('.eml')[:100]}.eml", box=None, by=by, at=at
    )
    if taken.fresh:
        fetched.taken.append(taken)
    else:
        fetched.known += 1
    _lay(box, key, _DONE)


def _lay(box: folders.Maildir, key: str, folder: str) -> None:
    """Move a message to a folder of its maildir by one rename: it is in the one or in the other, never in both."""
    target = box.add_folder(folder)
    place = next(one for one in (Path(box._path, "new"), Path(box._path, "cur")) for one in one.glob(f"{key}*"))
    place.rename(Path(target._path, "cur", place.name.split(":")[0] + ":2,S"))
