"""What stands beside us and how it is: mailboxes and other systems, a partner's addresses and layouts, threads of mail."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from promesa.core import bulk


@dataclass(frozen=True, slots=True)
class MailboxState:
    """A mailbox: where it is, when it was read last, what was wrong then."""

    id: int
    name: str
    address: str
    host: str
    user: str
    folder: str
    smtp_host: str
    partner: str
    active: bool
    fetched_at: datetime | None
    error: Mapping[str, Any]
    messages: int


def mailbox_states(*, since: datetime) -> list[MailboxState]:
    """Every mailbox by name, with how many messages it brought since a moment. One statement."""
    rows = bulk.rows(
        """SELECT b.id, b.name, b.address, b.host, b."user", b.folder, b.smtp_host, coalesce(p.name, ''), b.active, b.fetched_at,
               b.last_error::text, coalesce(x.n, 0)
           FROM exchange_mailbox b LEFT JOIN exchange_partner p ON p.id = b.partner_id
           LEFT JOIN (SELECT mailbox_id, count(*) AS n FROM exchange_mailmessage WHERE NOT outbound AND at >= %s GROUP BY mailbox_id) x
               ON x.mailbox_id = b.id ORDER BY b.name""",
        [since],
    )
    return [bulk.made(MailboxState, *row[:10], json.loads(row[10]) or {}, row[11]) for row in rows]


@dataclass(frozen=True, slots=True)
class SystemState:
    """A system beside us: what goes there, when it was asked last, what was wrong, what it has not taken."""

    code: str
    kind: str
    pushes: tuple[str, ...]
    active: bool
    pulled_at: datetime | None
    pushed_at: datetime | None
    error: Mapping[str, Any]
    given: int
    refused: int
    refused_first: str
    refusal: Mapping[str, Any]


_SYSTEMS = """
WITH wrong AS (
    SELECT 1 AS place, system_id, number, last_error, id FROM exchange_erplink
    WHERE settled_at IS NULL AND last_error IS NOT NULL AND kind <> 'delivery'
    UNION ALL SELECT 2, system_id, key, jsonb_build_object('code', 'erp_row_problem', 'params',
        jsonb_build_object('problem', fault -> 'sentence')), id FROM exchange_erprefused
)
SELECT s.code, s.kind, s.pushes::text, s.active, s.pulled_at, s.pushed_at, s.last_error::text,
    (SELECT count(*) FROM exchange_erplink k WHERE k.system_id = s.id AND k.settled_at IS NOT NULL AND k.kind <> 'delivery'),
    (SELECT count(*) FROM wrong w WHERE w.system_id = s.id), coalesce(l.number, ''), l.last_error::text
FROM exchange_erpsystem s
LEFT JOIN LATERAL (SELECT * FROM wrong w WHERE w.system_id = s.id ORDER BY w.place, w.id LIMIT 1) l ON true ORDER BY s.code
"""


def system_states() -> list[SystemState]:
    """Every system beside us, by code. One statement."""
    return [
        bulk.made(
            SystemState, row[0], row[1], tuple(json.loads(row[2])), *row[3:6], json.loads(row[6] or "null") or {}, *row[7:10],
            json.loads(row[10] or "null") or {},
        )
        for row in bulk.rows(_SYSTEMS)
    ]  # fmt: skip


def addresses_of(*, partner_id: int) -> list[tuple[str, bool]]:
    """The addresses that a partner writes from, and whether each is trusted."""
    return bulk.rows(
        "SELECT address, trusted FROM exchange_mailaddress WHERE partner_id = %s ORDER BY address", [partner_id]
    )


@dataclass(frozen=True, slots=True)
class LayoutLearnt:
    """A layout of papers, learnt from a document that a person corrected."""

    id: int
    sender: str
    document_id: int
    document: str
    taught_by: str
    taught_at: datetime
    active: bool
    fields: int
    columns: int


def layouts_of(*, partner_id: int) -> list[LayoutLearnt]:
    """The layouts learnt for a partner, the newest first. One statement."""
    rows = bulk.rows(
        """SELECT l.id, l.sender, d.id, d.number, l.taught_by, l.taught_at, l.active, l.template::text
           FROM exchange_layout l JOIN exchange_document d ON d.id = l.learnt_from_id WHERE l.partner_id = %s
           ORDER BY l.taught_at DESC, l.id DESC LIMIT 100""",
        [partner_id],
    )
    found = [(row[:7], json.loads(row[7])) for row in rows]
    return [
        bulk.made(LayoutLearnt, *plain, len(template.get("fields") or ()), len(template.get("columns") or ()))
        for plain, template in found
    ]


def formats_of(*, partner_id: int, since: datetime) -> list[tuple[str, str, int, datetime]]:
    """What a partner sends: format, kind, how many since a moment, when the last one came. One statement."""
    return bulk.rows(
        """SELECT d.format, d.kind, count(*), max(f.received_at) FROM exchange_inboxfile f
           JOIN exchange_document d ON d.file_id = f.id WHERE f.partner_id = %s AND f.received_at >= %s
           GROUP BY d.format, d.kind ORDER BY count(*) DESC, d.format, d.kind LIMIT 20""",
        [partner_id, since],
    )


@dataclass(frozen=True, slots=True)
class InThread:
    """A message of a thread: who wrote or was written to, and the document that it is or brought."""

    outbound: bool
    address: str
    subject: str
    nature: str
    at: datetime
    file_id: int | None
    document_id: int | None
    outgoing_id: int | None


def thread_of_file(*, file_id: int) -> list[InThread]:
    """The messages of the thread that the mail of a file belongs to, the oldest first; at most fifty. One statement."""
    rows = bulk.rows(
        """SELECT m.outbound, m.address, m.subject, m.nature, m.at, m.file_id, d.id, m.outgoing_id FROM exchange_mailmessage own
           JOIN exchange_mailmessage m ON m.thread = own.thread OR m.id = own.id
           LEFT JOIN exchange_document d ON d.file_id = m.file_id AND d.position = 1
           WHERE own.file_id = %s AND (own.thread <> '' OR m.id = own.id) ORDER BY m.at, m.id LIMIT 50""",
        [file_id],
    )
    return [InThread(*row) for row in rows]
