"""Letters of ours: each is a row before anybody may answer it, and nobody is answered by a machine more than once a day."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime

from promesa.access.queries import insist
from promesa.core import words
from promesa.core.actors import Actor
from promesa.core.errors import NotFound
from promesa.core.verbs import verb
from promesa.exchange.channels import NotBrought
from promesa.exchange.channels.imap import MailTrouble
from promesa.exchange.channels.mail import message_id, send
from promesa.exchange.formats.mail.write import Letter
from promesa.exchange.models import Mailbox, MailMessage, OutgoingDocument
from promesa.exchange.queries.answering import company
from promesa.exchange.queries.mail import answered_within, own_addresses, sending_mailbox
from promesa.exchange.rules.mailing import NEVER_ANSWERED, why_not_answered

log = logging.getLogger(__name__)


def answer_all(*, box: Mailbox, mail_ids: Sequence[int], by: Actor, at: datetime) -> int:
    """Tell the writers of these messages that they came, if the mailbox is to; returns how many were told. A server that
    does not take a letter is no reason to lose what came. Called outside transactions."""
    told = 0
    for mail_id in mail_ids if box.answers else ():
        try:
            told += not answer_received(mail_id=mail_id, by=by, at=at)
        except (MailTrouble, NotBrought) as trouble:
            log.warning("mail %s was not answered: %s", mail_id, trouble)
    return told


def answer_received(*, mail_id: int, by: Actor, at: datetime, language: str = "es") -> str:
    """Tell whoever wrote a message that it came. Returns empty when it was sent, else the code of why not (RFC 3834).

    Never to automatic messages, to lists, to ourselves, and to one address once a day at most; the other's words are not
    repeated but for the subject. Called outside transactions.

    :raises NotAllowed: without the right to take in documents.
    :raises MailTrouble: if the server does not take it.
    """
    insist(by, "take_in")
    message = MailMessage.objects.filter(pk=mail_id, outbound=False).first()
    if message is None:
        raise NotFound(what=f"mail {mail_id}")
    box = sending_mailbox()
    if box is None:
        return "mail_not_set_up"
    said = {"nature": message.nature, "bulk": message.bulk, "from": {"address": message.address}}
    why = why_not_answered(said, ours=own_addresses(), answered_today=answered_within(address=message.address, at=at))
    if why:
        return why
    name = company(on=at.date()).party.name or "Promesa"
    letter = Letter(
        message_id=message_id(f"promesa-received-{message.pk}", box), sender=box.address, to=[message.address],
        sender_name=name, subject=_reply(message.subject),
        text=words.say("letter_received", {"subject": message.subject[:120], "company": name}, language),
        at=at, in_reply_to=message.message_id if not message.message_id.startswith("sha256:") else "",
        references=message.references, automatic="auto-replied", language=language,
    )  # fmt: skip
    if not _note_answer(letter=letter, message=message, box=box, by=by, at=at):
        return "mail_answer_enough"
    send(letter, box)
    return ""


def _reply(subject: str) -> str:
    return subject if subject.lower().startswith("re:") else f"Re: {subject}".strip()


@verb
def _note_answer(*, letter: Letter, message: MailMessage, box: Mailbox, by: Actor, at: datetime) -> bool:
    """The row comes before the letter: a stop between them answers once too few, never once too many."""
    if MailMessage.objects.filter(outbound=True, message_id=letter.message_id).exists():
        return False
    MailMessage.objects.create(
        mailbox=box, outbound=True, message_id=letter.message_id, body_sha256="", thread=message.thread, nature="auto_reply",
        address=message.address, subject=letter.subject[:300], references=list(letter.references), written_at=at, at=at,
    )  # fmt: skip
    return True


@verb
def note_sent_documents(*, outgoing_ids: list[int], by: Actor, at: datetime) -> int:
    """Enter the mails that documents left by into the threads; once for each. Returns how many were entered."""
    box = sending_mailbox()
    entered = 0
    for one in OutgoingDocument.objects.filter(pk__in=outgoing_ids, channel="mail").exclude(message_id=""):
        thread = _thread_of(one)
        _, fresh = MailMessage.objects.get_or_create(
            outbound=True, message_id=one.message_id[:300],
            defaults={
                "mailbox": box, "body_sha256": one.sha256, "thread": thread or one.message_id[:300], "nature": "new",
                "address": one.address.lower()[:200], "subject": f"{one.kind} {one.number}"[:300], "outgoing": one,
                "written_at": one.sent_at, "at": at,
            },
        )  # fmt: skip
        entered += fresh
    return entered


def _thread_of(one: OutgoingDocument) -> str:
    message = (
        MailMessage.objects.filter(file__documents__order_id=one.order_id, outbound=False)
        .exclude(nature__in=NEVER_ANSWERED)
        .order_by("pk")
        .first()
        if one.order_id is not None
        else None
    )
    return message.thread if message is not None else ""
