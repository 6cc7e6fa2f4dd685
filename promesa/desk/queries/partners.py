"""Partners for their list: what came from each, what waits, what went to them and was not acknowledged."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from promesa.core import bulk


@dataclass(frozen=True, slots=True)
class PartnerRow:
    """Who documents are exchanged with, how much came, how much of it waits, what they are sent."""

    code: str
    name: str
    identifier: str
    customer: str
    customer_number: str
    channel: str
    files: int
    waiting: int
    last_at: datetime | None
    answers: tuple[str, ...]
    unsettled: int


_PARTNERS = """
SELECT p.code, p.name, p.identifier, coalesce(c.name, ''), coalesce(c.number, ''), p.channel, coalesce(x.files, 0),
    coalesce(x.waiting, 0), x.last_at, coalesce(a.kinds, '[]')::text, coalesce(y.unsettled, 0)
FROM exchange_partner p LEFT JOIN customers_customer c ON c.id = p.customer_id
LEFT JOIN (SELECT f.partner_id, count(DISTINCT f.id) AS files, max(f.received_at) AS last_at,
        count(d.id) FILTER (WHERE d.outcome = 'waiting') AS waiting
    FROM exchange_inboxfile f LEFT JOIN exchange_document d ON d.file_id = f.id
    WHERE f.received_at >= %(since)s AND f.partner_id IS NOT NULL GROUP BY f.partner_id) x ON x.partner_id = p.id
LEFT JOIN (SELECT partner_id, json_agg(kind ORDER BY kind) AS kinds FROM exchange_partneranswer WHERE active
    GROUP BY partner_id) a ON a.partner_id = p.id
LEFT JOIN (SELECT partner_id, count(*) AS unsettled FROM exchange_outgoingdocument
    WHERE made_at >= %(since)s AND (state IN ('failed', 'refused') OR (state = 'sent' AND acknowledge_by < %(now)s))
    GROUP BY partner_id) y ON y.partner_id = p.id
WHERE p.active_to IS NULL OR p.active_to > %(today)s ORDER BY p.name, p.code LIMIT 500
"""


def partners(*, since: datetime, now: datetime) -> list[PartnerRow]:
    """Partners by name with what came and went since a moment. One statement."""
    rows = bulk.rows(_PARTNERS, {"since": since, "now": now, "today": now.date()})
    return [bulk.made(PartnerRow, *row[:9], tuple(json.loads(row[9])), row[10]) for row in rows]
