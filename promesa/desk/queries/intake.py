"""What came in and what each became, for the lists of the intake page."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from promesa.core import bulk
from promesa.core.calendars import end_of_day, start_of_day

PAGE = 50
COUNTED = 10_000


@dataclass(frozen=True, slots=True)
class Asked:
    """What the list is asked for; everything empty is everything."""

    outcome: str = ""
    channel: str = ""
    partner: str = ""
    day: date | None = None
    text: str = ""
    unread: bool = False
    channels: tuple[str, ...] = ()  # what `channel` stands for, if more than itself

    @property
    def narrowed(self) -> bool:
        return self != Asked()


@dataclass(frozen=True, slots=True)
class Came:
    """One document of the list."""

    id: int
    file_id: int
    file: str
    position: int
    channel: str
    partner: str
    received_at: datetime
    kind: str
    number: str
    outcome: str
    reason: str
    buyer_code: str
    order: str
    customer: str
    repeats_id: int | None
    title: str  # what an e-mail is about


@dataclass(frozen=True, slots=True)
class FileCame:
    """A file of the inbox."""

    id: int
    name: str
    size: int
    sha256: str
    channel: str
    partner: str
    brought_by: str
    received_at: datetime
    happened_at: datetime
    state: str
    attempts: int
    duplicate_of_id: int | None
    documents: int


def _where(asked: Asked, zone: str) -> tuple[str, dict[str, Any]]:
    parts, params = ["true"], dict[str, Any]()
    if asked.outcome:
        parts.append("d.outcome = %(outcome)s")
        params["outcome"] = asked.outcome
    if asked.channel:
        parts.append("f.channel = ANY(%(channels)s::text[])")
        params["channels"] = list(asked.channels or (asked.channel,))
    if asked.partner:
        parts.append("p.code = %(partner)s")
        params["partner"] = asked.partner
    if asked.day:
        parts.append("f.received_at >= %(start)s AND f.received_at < %(end)s")
        params |= {"start": start_of_day(asked.day, zone), "end": end_of_day(asked.day, zone)}
    if asked.text:
        parts.append(
            """(f.name ILIKE %(like)s OR d.number ILIKE %(like)s OR d.buyer_code ILIKE %(like)s OR o.number = %(text)s
                OR c.name ILIKE %(like)s)"""
        )
        escaped = asked.text.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
        params |= {"like": f"%{escaped}%", "text": asked.text}
    return " AND ".join(parts), params


_FROM = """
FROM exchange_document d JOIN exchange_inboxfile f ON f.id = d.file_id
LEFT JOIN exchange_partner p ON p.id = f.partner_id
LEFT JOIN orders_order o ON o.id = d.order_id LEFT JOIN customers_customer c ON c.id = o.customer_id
"""


def documents_page(asked: Asked, *, zone: str, after: int = 0, limit: int = PAGE) -> list[Came]:
    """Documents, the newest first, one more than `limit` if there are more. One statement, by the key."""
    where, params = _where(asked, zone)
    rows = bulk.rows(
        f"""SELECT d.id, f.id, f.name, d.position, f.channel, coalesce(p.name, ''), f.received_at, d.kind, d.number,
                d.outcome, d.reason, d.buyer_code, coalesce(o.number, ''), coalesce(c.name, ''), d.duplicate_of_id,
                CASE WHEN d.kind = 'e_mail' THEN left(d.neutral->>'subject', 120) ELSE '' END
            {_FROM} WHERE {where} AND (%(after)s::bigint = 0 OR d.id < %(after)s::bigint) ORDER BY d.id DESC LIMIT %(limit)s""",
        {**params, "after": after, "limit": limit + 1},
    )
    return [bulk.made(Came, *row[:-1], row[-1] or "") for row in rows]


def documents_count(asked: Asked, *, zone: str) -> dict[str, int]:
    """How many documents the filters (the outcome apart) mean, by outcome; the newest ten thousand are counted."""
    where, params = _where(replace(asked, outcome=""), zone)
    return dict(
        bulk.rows(
            f"""SELECT outcome, count(*) FROM (SELECT d.outcome {_FROM} WHERE {where} ORDER BY d.id DESC LIMIT %(most)s) x
                GROUP BY outcome""",
            {**params, "most": COUNTED},
        )
    )


_FILE = """
SELECT f.id, f.name, f.size, f.sha256, f.channel, coalesce(p.name, ''), f.brought_by, f.received_at, f.happened_at, f.state,
    f.attempts, f.duplicate_of_id, (SELECT count(*) FROM exchange_document d WHERE d.file_id = f.id)
FROM exchange_inboxfile f LEFT JOIN exchange_partner p ON p.id = f.partner_id
"""


def file_of(*, file_id: int) -> FileCame | None:
    """One file. One statement."""
    found = bulk.row(f"{_FILE} WHERE f.id = %s", [file_id])
    return FileCame(*found) if found else None


def unread_files(*, limit: int = PAGE) -> list[FileCame]:
    """Files that nobody has read yet, the oldest first."""
    return [FileCame(*row) for row in bulk.rows(f"{_FILE} WHERE f.state = 'received' ORDER BY f.id LIMIT %s", [limit])]


def documents_in(*, file_id: int) -> list[Came]:
    """All documents of one file, in their order."""
    rows = bulk.rows(
        f"""SELECT d.id, f.id, f.name, d.position, f.channel, coalesce(p.name, ''), f.received_at, d.kind, d.number,
                d.outcome, d.reason, d.buyer_code, coalesce(o.number, ''), coalesce(c.name, ''), d.duplicate_of_id,
                CASE WHEN d.kind = 'e_mail' THEN left(d.neutral->>'subject', 120) ELSE '' END
            {_FROM} WHERE d.file_id = %s ORDER BY d.position LIMIT 2000""",
        [file_id],
    )
    return [bulk.made(Came, *row[:-1], row[-1] or "") for row in rows]


def partner_names() -> list[tuple[str, str]]:
    """Code and name of every partner."""
    return bulk.rows("SELECT code, name FROM exchange_partner WHERE active_to IS NULL ORDER BY name, code")


def neutral_forms(*, document_ids: Sequence[int]) -> dict[int, Mapping[str, Any]]:
    """What was read of these documents. One statement."""
    rows = bulk.rows(
        "SELECT id, neutral::text FROM exchange_document WHERE id = ANY(%s::bigint[])", [list(document_ids)]
    )
    return {id_: json.loads(text) for id_, text in rows}


def customers_of(*, order_ids: Sequence[int]) -> list[tuple[int, str, str]]:
    """The customers of these orders: id, number, name. One statement."""
    return bulk.rows(
        """SELECT DISTINCT c.id, c.number, c.name FROM orders_order o JOIN customers_customer c ON c.id = o.customer_id
           WHERE o.id = ANY(%s::bigint[]) ORDER BY c.name, c.id""",
        [list(order_ids)],
    )


def tax_codes() -> list[str]:
    """The tax codes that items may have."""
    return [row[0] for row in bulk.rows("SELECT DISTINCT code FROM catalog_taxrate ORDER BY code")]


def sku_of(*, item_id: int) -> str:
    """The code of an item."""
    found = bulk.row("SELECT sku FROM catalog_item WHERE id = %s", [item_id])
    return str(found[0]) if found else ""


_NUMBERS = {
    "order": "SELECT number FROM orders_order WHERE id = %s",
    "despatch": "SELECT number FROM fulfilment_despatchadvice WHERE id = %s",
    "invoice": "SELECT number FROM billing_invoice WHERE id = %s",
}


def number_of(*, kind: str, key: int) -> str:
    """The number of an order, delivery note or invoice by its id."""
    found = bulk.row(_NUMBERS[kind], [key])
    return str(found[0]) if found else ""
