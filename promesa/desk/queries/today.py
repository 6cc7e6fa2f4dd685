"""What one person has to do today, and what was promised for today."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from promesa.core import bulk
from promesa.core.calendars import end_of_day, start_of_day

SHOWN = 100
# Of each kind so many (of the work of all roles one less), the person's own first: forty alike would hide the one that is not.
ALIKE = 3
GROUPS = ("overdue", "morning", "today", "later")

# Work of the role that nobody has taken, and all that the person has. No role means every role.
_WORK = """
WITH due AS (
    SELECT w.*, CASE WHEN w.due_at < %(now)s THEN 'overdue' WHEN w.due_at <= %(noon)s THEN 'morning'
        WHEN w.due_at < %(midnight)s THEN 'today' ELSE 'later' END AS due
    FROM work_workitem w
    WHERE w.state = 'open' AND (w.owner_id = %(me)s OR (w.owner_id IS NULL AND (%(role)s = '' OR w.role = %(role)s))
        OR (%(role)s = '' AND %(all)s)) AND (%(kind)s = '' OR w.kind = %(kind)s)
), placed AS (
    SELECT d.*, row_number() OVER (PARTITION BY d.due, d.kind ORDER BY d.owner_id = %(me)s DESC NULLS LAST, d.due_at, d.id) AS place,
        count(*) OVER (PARTITION BY d.due, d.kind) AS alike
    FROM due d
)
SELECT w.id, w.kind, w.subject, w.role, w.owner_id, w.title::text, w.due_at, w.opened_at, o.id, coalesce(o.number, ''),
    coalesce(c.name, ''), CASE WHEN w.subject LIKE 'document:%%' THEN split_part(w.subject, ':', 2)::bigint END, w.due, w.alike
FROM placed w
LEFT JOIN orders_order o ON w.subject LIKE 'order:%%' AND o.id = split_part(w.subject, ':', 2)::bigint
LEFT JOIN customers_customer c ON c.id = coalesce(o.customer_id, w.customer_id)
WHERE w.place <= %(each)s ORDER BY w.place, w.due_at, w.id LIMIT %(limit)s
"""
_COUNTS = """
SELECT w.role, count(*), count(*) FILTER (WHERE w.owner_id = %(me)s OR w.owner_id IS NULL),
    count(*) FILTER (WHERE w.due_at < %(now)s)
FROM work_workitem w WHERE w.state = 'open' GROUP BY w.role ORDER BY w.role
"""
_DUE_COUNTS = """
SELECT count(*), count(*) FILTER (WHERE w.due_at < %(now)s), count(*) FILTER (WHERE w.due_at >= %(now)s AND w.due_at <= %(noon)s),
    count(*) FILTER (WHERE w.due_at > greatest(%(noon)s, %(now)s) AND w.due_at < %(midnight)s)
FROM work_workitem w
WHERE w.state = 'open' AND (w.owner_id = %(me)s OR (w.owner_id IS NULL AND (%(role)s = '' OR w.role = %(role)s))
    OR (%(role)s = '' AND %(all)s))
"""


@dataclass(frozen=True, slots=True)
class Work:
    """One thing to do: its sentence, what it is about, when it is due."""

    id: int
    kind: str
    subject: str
    role: str
    owner_id: int | None
    title: Mapping[str, Any]
    due_at: datetime
    opened_at: datetime
    order_id: int | None
    order: str
    customer: str
    document_id: int | None
    due: str
    alike: int


@dataclass(frozen=True, slots=True)
class Load:
    """How much there is to do: in all, overdue, before noon, in the rest of the day."""

    open: int
    overdue: int
    morning: int
    today: int

    @property
    def by_tonight(self) -> int:
        return self.overdue + self.morning + self.today


def _params(role: str, me: int, now: datetime, zone: str, today: date) -> dict[str, Any]:
    midnight = end_of_day(today, zone)
    noon = start_of_day(today, zone) + (midnight - start_of_day(today, zone)) / 2
    return {"role": role, "all": not role, "me": me, "now": now, "noon": noon, "midnight": midnight}


def my_work(*, role: str, me: int, now: datetime, zone: str, today: date, kind: str = "") -> list[Work]:
    """Open work of a role (every role if none is named) and of a person: the first few of each kind, one's own first, then the
    soonest due, each with how many are alike; of one kind all of them, up to a hundred. One statement."""
    each = SHOWN if kind else ALIKE if role else 2
    params = {**_params(role, me, now, zone, today), "kind": kind, "each": each, "limit": SHOWN}
    rows = bulk.rows(_WORK, params)
    return [bulk.made(Work, *row[:5], json.loads(row[5]), *row[6:]) for row in rows]


def my_load(*, role: str, me: int, now: datetime, zone: str, today: date) -> Load:
    """How much of that there is. One statement."""
    found = bulk.row(_DUE_COUNTS, _params(role, me, now, zone, today))
    return Load(*(found or (0, 0, 0, 0)))


def load_by_role(*, me: int, now: datetime) -> list[tuple[str, int, int]]:
    """Role, open items and overdue ones, for every role that has any. One statement."""
    return [(row[0], row[1], row[3]) for row in bulk.rows(_COUNTS, {"me": me, "now": now})]


# --- Deliveries promised for a day ---------------------------------------------------------------------------------

_OPEN = (
    "l.ordered_quantity - l.cancelled_by_customer - l.cancelled_by_us - l.substituted - l.accepted - l.refused_final"
)
_PROMISED = f"""
WITH due AS (
    SELECT o.id, o.state, o.promised_to, o.first_promised_to,
        extract(hour FROM (o.promised_to - interval '1 microsecond') AT TIME ZONE %(zone)s)::int AS hour,
        EXISTS (SELECT 1 FROM orders_orderline l WHERE l.order_id = o.id AND {_OPEN} > 0) AS open,
        EXISTS (SELECT 1 FROM orders_orderline l JOIN orders_lineentry e ON e.line_id = l.id
                WHERE l.order_id = o.id AND e.kind = 'accepted' AND e.happened_at > o.first_promised_to) AS arrived_late,
        EXISTS (SELECT 1 FROM orders_hold h WHERE h.order_id = o.id AND h.released_at IS NULL)
        OR EXISTS (SELECT 1 FROM orders_finding f WHERE f.order_id = o.id AND f.resolved_at IS NULL
                   AND f.severity <> 'note') AS danger
    FROM (
        SELECT id, state, promised_to, first_promised_to FROM orders_order
        WHERE promised_to > %(start)s AND promised_to <= %(end)s AND state IN ('submitted', 'confirmed')
        UNION ALL
        SELECT id, state, promised_to, first_promised_to FROM orders_order
        WHERE promised_to > %(start)s AND promised_to <= %(end)s AND state = 'closed' AND ordered_at > %(lately)s
    ) o
), judged AS (
    SELECT hour, CASE WHEN NOT open AND NOT arrived_late THEN 'kept'
        WHEN arrived_late OR coalesce(first_promised_to, promised_to) < %(now)s THEN 'late'
        WHEN danger THEN 'risk' ELSE 'going' END AS state FROM due
)
SELECT hour, count(*) FILTER (WHERE state = 'kept'), count(*) FILTER (WHERE state = 'going'),
    count(*) FILTER (WHERE state = 'risk'), count(*) FILTER (WHERE state = 'late')
FROM judged GROUP BY hour ORDER BY hour
"""


@dataclass(frozen=True, slots=True)
class Hour:
    """Orders whose promised window ends within this hour: kept, on their way, at risk, late."""

    hour: int
    kept: int
    going: int
    risk: int
    late: int


def promised_by_hour(*, day: date, zone: str, now: datetime) -> list[Hour]:
    """The deliveries promised for a day, by the hour in which their window ends. One statement."""
    start = start_of_day(day, zone)
    # what is closed already was ordered not long ago: that keeps the search to the newest orders
    lately = start - timedelta(days=60)
    params = {"start": start, "end": end_of_day(day, zone), "zone": zone, "now": now, "lately": lately}
    return [Hour(*row) for row in bulk.rows(_PROMISED, params)]


# --- What only administrators mend ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """An event that a listener could not digest after all its tries."""

    id: int
    kind: str
    subject_kind: str
    subject_id: int
    listener: str
    attempts: int
    error: str
    happened_at: datetime


def dead_letter_count() -> int:
    """How many events could not be delivered."""
    found = bulk.row("SELECT count(*) FROM core_eventdelivery WHERE state = 'dead'")
    return int(found[0]) if found else 0


def dead_letters(*, after: int = 0, limit: int = 50) -> list[DeadLetter]:
    """Events that could not be delivered, the newest first; one more than `limit` if there are more."""
    return [
        DeadLetter(*row)
        for row in bulk.rows(
            """SELECT d.id, e.kind, e.subject_kind, e.subject_id, d.listener, d.attempts, d.last_error, e.happened_at
               FROM core_eventdelivery d JOIN core_event e ON e.id = d.event_id
               WHERE d.state = 'dead' AND (%(after)s = 0 OR d.id < %(after)s) ORDER BY d.id DESC LIMIT %(limit)s""",
            {"after": after, "limit": limit + 1},
        )
    ]
