"""What is known of mailboxes, messages, and whose addresses are believed."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from promesa.core import bulk
from promesa.exchange.models import Mailbox, MailMessage
from promesa.exchange.rules.confirming import AWAITS_A_PERSON
from promesa.exchange.rules.mailing import NEVER_ANSWERED

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Known:
    """The partner that an address belongs to, as far as anybody's word goes; `trusted` when it counts as proof."""

    partner_id: int
    partner_code: str
    trusted: bool


def known_address(*, address: str, on: date) -> Known | None:
    """The partner who writes from an address (or from its domain); the address itself goes before its domain."""
    address = address.lower()
    domain = "@" + address.rpartition("@")[2]
    row = bulk.row(
        """SELECT p.id, p.code, a.trusted FROM exchange_mailaddress a JOIN exchange_partner p ON p.id = a.partner_id
           WHERE a.address IN (%s, %s) AND (p.active_to IS NULL OR p.active_to > %s::date) ORDER BY a.address = %s DESC LIMIT 1""",
        [address, domain, on, address],
    )
    return Known(*row) if row is not None else None


def claimed_sender(*, file_id: int) -> tuple[str, bool]:
    """Who says to have sent the mail that a file is, and whether that is proof enough for its orders to go on by
    themselves: only where its partner is trusted with that address."""
    row = bulk.row(
        """SELECT m.address, f.received_at FROM exchange_mailmessage m JOIN exchange_inboxfile f ON f.id = m.file_id
           WHERE m.file_id = %s""",
        [file_id],
    )
    address, came = row if row is not None else ("", None)
    known = known_address(address=address, on=came.date()) if address and came is not None else None
    return address, known is not None and known.trusted


def awaiting_confirmation(*, document_ids: Collection[int]) -> set[int]:
    """The documents that a person has not confirmed yet."""
    rows = bulk.rows(
        """SELECT DISTINCT document_id FROM exchange_documentfinding
           WHERE document_id = ANY(%s::bigint[]) AND resolved_at IS NULL AND severity = 'blocking' AND code = ANY(%s::text[])""",
        [list(document_ids), sorted(AWAITS_A_PERSON)],
    )
    return {row[0] for row in rows}


def sending_mailbox() -> Mailbox | None:
    """The mailbox that letters leave from: the first one with an SMTP server."""
    return Mailbox.objects.filter(active=True).exclude(smtp_host="").order_by("pk").first()


@dataclass(frozen=True, slots=True)
class Thread:
    """The message that a letter answers, and those before it, the oldest first."""

    message_id: str
    references: tuple[str, ...]
    subject: str


def thread_of(*, reference: str) -> Thread | None:
    """The mail that the order of an outgoing document came in, when a person wrote it to be answered."""
    row = bulk.row(
        """SELECT m.message_id, m.references::text, m.subject FROM exchange_outgoingdocument o
           JOIN exchange_document d ON d.order_id = o.order_id AND d.outcome = 'orders'
           JOIN exchange_mailmessage m ON m.file_id = d.file_id
           WHERE o.reference = %s AND m.message_id NOT LIKE 'sha256:%%' AND NOT m.nature = ANY(%s::text[]) AND NOT m.bulk
             AND lower(o.address) = m.address
           ORDER BY m.id LIMIT 1""",
        [reference, sorted(NEVER_ANSWERED)],
    )
    return Thread(row[0], tuple(json.loads(row[1])), row[2]) if row is not None else None


def answered_within(*, address: str, at: datetime, within: timedelta = DAY) -> int:
    """How many automatic answers an address got lately."""
    sent = MailMessage.objects.filter(outbound=True, nature="auto_reply", address=address.lower(), at__gt=at - within)
    return sent.count()


def sent_within(*, address: str, at: datetime, within: timedelta = HOUR) -> int:
    """How many messages of any kind an address got lately."""
    row = bulk.row(
        """SELECT (SELECT count(*) FROM exchange_mailmessage WHERE outbound AND address = %(address)s AND at > %(since)s
                   AND outgoing_id IS NULL)
                + (SELECT count(*) FROM exchange_outgoingdocument
                   WHERE channel = 'mail' AND lower(address) = %(address)s AND sent_at > %(since)s)""",
        {"address": address.lower(), "since": at - within},
    )
    return int(row[0]) if row is not None else 0


def own_addresses() -> list[str]:
    """Our own addresses, in small letters."""
    return [one.lower() for one in Mailbox.objects.exclude(address="").values_list("address", flat=True)]
