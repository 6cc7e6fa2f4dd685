"""Bringing a document as an attachment of an e-mail, by SMTP (RFC 5321). I/O: never called while a lock is held."""

from __future__ import annotations

import smtplib
import ssl
from datetime import datetime

from promesa.core import words
from promesa.exchange.channels.imap import TIMEOUT, MailTrouble, Server, insist_on_encryption, password, words_of
from promesa.exchange.channels.parcel import Brought, NotBrought, Parcel
from promesa.exchange.formats.mail.write import Enclosure, Letter, write
from promesa.exchange.models import Mailbox
from promesa.exchange.queries.answering import company
from promesa.exchange.queries.mail import Thread, sending_mailbox, sent_within, thread_of
from promesa.exchange.rules.mailing import MESSAGES_AN_HOUR


def bring(parcel: Parcel, at: datetime) -> Brought:
    """Send the document to the partner's address, under the mail that its order came in, if it came in one.

    :raises NotBrought: if no server took it, with why, and whether another try is worth it.
    """
    if not parcel.address and _is_letter(parcel):
        raise NotBrought("letter_no_address", for_good=True)
    mailbox = sending_mailbox()
    if mailbox is None:
        raise NotBrought("mail_not_set_up")
    count = sent_within(address=parcel.address, at=at)
    if count >= MESSAGES_AN_HOUR:
        raise NotBrought("mail_rate", count=count, address=parcel.address)
    letter = letter_of(parcel, mailbox, thread_of(reference=parcel.message_id.removeprefix("promesa-")), at)
    try:
        send(letter, mailbox)
    except MailTrouble as trouble:
        raise NotBrought(trouble.code, for_good=trouble.for_good, **trouble.params) from None
    return Brought(message_id=letter.message_id)


def letter_of(parcel: Parcel, mailbox: Mailbox, thread: Thread | None, at: datetime) -> Letter:
    """The letter around a document. Its Message-ID is the same for every try, so that a repeat can be told."""
    lang = parcel.language if parcel.language in ("es", "en") else "es"
    if _is_letter(parcel):
        return _plain(parcel, mailbox, lang, at)
    name = company(on=at.date()).party.name or "Promesa"
    said = {
        "kind": words.say("kind_" + parcel.kind, {}, lang),
        "number": parcel.number,
        "name": parcel.name,
        "company": name,
    }
    subject = words.say("letter_subject", said, lang)
    return Letter(
        message_id=message_id(parcel.message_id, mailbox),
        sender=mailbox.address,
        sender_name=name,
        to=[parcel.address],
        subject=_answering(thread.subject) if thread is not None else subject[:1].upper() + subject[1:],
        text=words.say("letter_text", said, lang),
        at=at,
        in_reply_to=thread.message_id if thread is not None else "",
        references=thread.references if thread is not None else (),
        automatic="auto-replied" if thread is not None else "auto-generated",
        language=lang,
        enclosures=[Enclosure(parcel.name, parcel.content_type, parcel.content)],
    )


def _is_letter(parcel: Parcel) -> bool:
    return parcel.content_type.startswith("text/plain")


def _plain(parcel: Parcel, mailbox: Mailbox, lang: str, at: datetime) -> Letter:
    """A letter that is its own text, with nothing enclosed."""
    return Letter(
        message_id=message_id(parcel.message_id, mailbox), sender=mailbox.address,
        sender_name=company(on=at.date()).party.name or "Promesa", to=[parcel.address],
        subject=words.say(f"subject_{parcel.kind}", {"number": parcel.number}, lang),
        text=parcel.content.decode(), at=at, language=lang,
    )  # fmt: skip


def message_id(key: str, mailbox: Mailbox) -> str:
    """A Message-ID of ours: a key that is the same for every try, at the domain that we write from."""
    return f"{key}@{mailbox.address.rpartition('@')[2] or 'promesa.invalid'}"


def _answering(subject: str) -> str:
    return subject if subject.lower().startswith("re:") else f"Re: {subject}".strip()


def send(letter: Letter, mailbox: Mailbox) -> None:
    """Hand a letter to the mailbox's SMTP server.

    :raises MailTrouble: if it was not taken; `for_good` when the server says so, or the address is none.
    """
    server = Server(mailbox.smtp_host, mailbox.smtp_port, mailbox.smtp_security, mailbox.smtp_user, mailbox.smtp_secret)
    insist_on_encryption(server)
    word = password(server.secret) if server.secret else ""
    try:
        content = write(letter)
    except ValueError:
        raise MailTrouble("mail_address_wrong", for_good=True, address=", ".join(letter.to)[:200]) from None
    try:
        with _client(server) as client:
            if server.user:
                client.login(server.user, word)
            client.sendmail(letter.sender, list(letter.to), content)
    except ssl.SSLError as error:
        raise MailTrouble("mail_server_unproven", host=server.host, problem=words_of(error)) from None
    except smtplib.SMTPAuthenticationError as error:
        raise MailTrouble(
            "mail_login_refused", host=server.host, user=server.user, problem=f"{error.smtp_code}"
        ) from None
    except smtplib.SMTPRecipientsRefused as error:
        code, said = next(iter(error.recipients.values()))
        raise _refused(server, letter, code, said) from None
    except smtplib.SMTPResponseException as error:
        raise _refused(server, letter, error.smtp_code, error.smtp_error) from None
    except (smtplib.SMTPException, OSError) as error:
        raise MailTrouble("mail_server_unreachable", host=server.host, problem=words_of(error)) from None


def _client(server: Server) -> smtplib.SMTP:
    context = ssl.create_default_context()
    if server.security == "tls":
        return smtplib.SMTP_SSL(server.host, server.port, context=context, timeout=TIMEOUT)
    client = smtplib.SMTP(server.host, server.port, timeout=TIMEOUT)
    if server.security == "starttls":
        try:
            client.starttls(context=context)
        except BaseException:
            client.close()
            raise
    return client


def _refused(server: Server, letter: Letter, code: int, said: bytes | str) -> MailTrouble:
    """What a server refuses with 5xx it refuses for good; 4xx is worth another try (RFC 5321, 4.2.1)."""
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return MailTrouble(
        "mail_refused", for_good=500 <= code < 600, host=server.host, address=", ".join(letter.to)[:200],
        problem=f"{code} {' '.join(text.split())}"[:200],
    )  # fmt: skip
