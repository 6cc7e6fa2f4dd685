"""Documents of ours to other sides, for their list, their page, and the pages of what they are about."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple

from promesa.core import bulk

PAGE = 50
COUNTED = 10_000
LATE = "late"  # sent, and not acknowledged in time


@dataclass(frozen=True, slots=True)
class Asked:
    """What the list is asked for; everything empty is everything."""

    state: str = ""
    partner: str = ""
    kind: str = ""
    text: str = ""

    @property
    def narrowed(self) -> bool:
        return self != Asked()


@dataclass(frozen=True, slots=True)
class Sent:
    """One document of ours: what it is, where it goes, how far it has come."""

    id: int
    kind: str
    number: str
    version: int
    partner: str
    partner_name: str
    order: str
    customer: str
    format: str
    channel: str
    state: str
    attempts: int
    next_try_at: datetime | None
    error: Mapping[str, Any]
    made_at: datetime
    sent_at: datetime | None
    acknowledge_by: datetime | None
    acknowledged_at: datetime | None
    acknowledged_how: str
    reported: int

    def is_late(self, now: datetime) -> bool:
        """Whether the other side should have said by now that it has it."""
        return self.state == "sent" and self.acknowledge_by is not None and self.acknowledge_by < now


_COLUMNS = """
SELECT d.id, d.kind, d.number, d.version, coalesce(p.code, ''), coalesce(p.name, c.name), coalesce(o.number, ''),
    coalesce(c.name, ''), d.format, d.channel,
    d.state, d.attempts, d.next_try_at, d.last_error::text, d.made_at, d.sent_at, d.acknowledge_by, d.acknowledged_at,
    d.acknowledged_how, jsonb_array_length(d.reported)
"""
_FROM = """
FROM exchange_outgoingdocument d LEFT JOIN exchange_partner p ON p.id = d.partner_id
LEFT JOIN orders_order o ON o.id = d.order_id LEFT JOIN customers_customer c ON c.id = d.customer_id
"""


def _made(row: tuple[Any, ...]) -> Sent:
    return bulk.made(Sent, *row[:13], json.loads(row[13]), *row[14:])


def _where(asked: Asked, now: datetime) -> tuple[str, dict[str, Any]]:
    parts, params = ["true"], dict[str, Any]()
    if asked.state == LATE:
        parts.append("d.state = 'sent' AND d.acknowledge_by < %(now)s")
        params["now"] = now
    elif asked.state:
        parts.append("d.state = %(state)s")
        params["state"] = asked.state
    if asked.partner:
        parts.append("p.code = %(partner)s")
        params["partner"] = asked.partner
    if asked.kind:
        parts.append("d.kind = %(kind)s")
        params["kind"] = asked.kind
    if asked.text:
        escaped = asked.text.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
        parts.append(
            """(d.number ILIKE %(like)s OR d.reference = %(text)s OR o.number = %(text)s OR o.po_number = %(text)s
                OR c.name ILIKE %(like)s OR p.name ILIKE %(like)s)"""
        )
        params |= {"like": f"%{escaped}%", "text": asked.text}
    return " AND ".join(parts), params


def sent_page(asked: Asked, *, now: datetime, after: int = 0, limit: int = PAGE) -> list[Sent]:
    """Documents, the newest first, one more than `limit` if there are more. One statement, by the key."""
    where, params = _where(asked, now)
    rows = bulk.rows(
        f"""{_COLUMNS} {_FROM} WHERE {where} AND (%(after)s::bigint = 0 OR d.id < %(after)s::bigint)
            ORDER BY d.id DESC LIMIT %(limit)s""",
        {**params, "after": after, "limit": limit + 1},
    )
    return [_made(row) for row in rows]


def sent_counts(asked: Asked, *, now: datetime) -> dict[str, int]:
    """How many documents the filters (the state apart) mean, by state; `late` are those sent and not acknowledged in time.
    The newest ten thousand are counted."""
    where, params = _where(replace(asked, state=""), now)
    rows = bulk.rows(
        f"""SELECT state, count(*), count(*) FILTER (WHERE state = 'sent' AND acknowledge_by < %(now)s) FROM (
                SELECT d.state, d.acknowledge_by {_FROM} WHERE {where} ORDER BY d.id DESC LIMIT %(most)s) x GROUP BY state""",
        {**params, "now": now, "most": COUNTED},
    )
    return {state: count for state, count, _ in rows} | {LATE: sum(late for _, _, late in rows)}


def sent_of_order(*, order_id: int) -> list[Sent]:
    """What other sides were sent of one order, the oldest first; of each document its last version. One statement."""
    rows = bulk.rows(
        f"""SELECT * FROM (SELECT DISTINCT ON (d.partner_id, d.kind, d.subject) {_COLUMNS.strip().removeprefix("SELECT")}
                {_FROM} WHERE d.order_id = %s ORDER BY d.partner_id, d.kind, d.subject, d.version DESC) x ORDER BY id""",
        [order_id],
    )
    return [_made(row) for row in rows]


def sent_about(*, subject: str) -> list[Sent]:
    """What other sides were sent of one subject (`despatch:3`, `invoice:5`), of each partner the last version."""
    rows = bulk.rows(
        f"""SELECT * FROM (SELECT DISTINCT ON (d.partner_id, d.kind) {_COLUMNS.strip().removeprefix("SELECT")}
                {_FROM} WHERE d.subject = %s ORDER BY d.partner_id, d.kind, d.version DESC) x ORDER BY id""",
        [subject],
    )
    return [_made(row) for row in rows]


class LetterSent(NamedTuple):
    """How far the letter of a notice has come."""

    id: int
    state: str
    error: Mapping[str, Any]


def letters_of_run(*, run_id: int) -> dict[int, LetterSent]:
    """By notice, the e-mail that tells of it. One statement."""
    rows = bulk.rows(
        """SELECT n.id, d.id, d.state, d.last_error::text FROM allocation_notice n JOIN exchange_outgoingdocument d
               ON d.kind = 'plan_notice' AND d.subject = 'notice:' || n.id
           WHERE n.run_id = %s""",
        [run_id],
    )
    return {notice: LetterSent(id_, state, json.loads(error)) for notice, id_, state, error in rows}


def versions_of(*, partner_id: int | None, kind: str, subject: str) -> list[tuple[int, int, str, str, datetime]]:
    """Every version of one document: id, version, number, state, when it was made. One statement."""
    return bulk.rows(
        """SELECT id, version, number, state, made_at FROM exchange_outgoingdocument
           WHERE partner_id IS NOT DISTINCT FROM %s AND kind = %s AND subject = %s ORDER BY version DESC LIMIT 50""",
        [partner_id, kind, subject],
    )


def unsettled(*, now: datetime) -> int:
    """How many documents need a person: they failed, were refused, or were not acknowledged in time."""
    found = bulk.row(
        """SELECT count(*) FROM exchange_outgoingdocument d WHERE d.state IN ('failed', 'refused')
           OR (d.state = 'sent' AND d.acknowledge_by < %s)""",
        [now],
    )
    return int(found[0]) if found else 0
