"""The line ledger: the only writer of entries and of the columns that are their sums."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from django.db.utils import IntegrityError

from promesa.core import bulk
from promesa.core.actors import Actor
from promesa.core.errors import Refused
from promesa.core.verbs import verb
from promesa.orders.states import EntryKind


class Entry(NamedTuple):
    """Something that was done with a quantity (base units) of a line; negative only to compensate. `at`: when, if not at
    the moment of the verb."""

    line_id: int
    kind: str
    quantity: Decimal
    reference: str = ""
    cause: str = ""
    reason: str = ""
    at: datetime | None = None


class LineOverrun(Refused):
    """More would be delivered, invoiced, cancelled or credited than the line allows."""


_COLUMNS = ", ".join(f"{kind} = l.{kind} + coalesce(s.{kind}, 0)" for kind in EntryKind)
_SUMS = ", ".join(f"sum(qty) FILTER (WHERE kind = '{kind}') AS {kind}" for kind in EntryKind)
_RECORD = f"""
WITH t AS MATERIALIZED (
    SELECT * FROM json_to_recordset(%(rows)s::json) AS t(n int, line bigint, kind text, qty numeric, ref text, cause text, reason text,
        at_ timestamptz)
), u AS (
    UPDATE orders_orderline l SET {_COLUMNS} FROM (SELECT line, {_SUMS} FROM t GROUP BY line) s WHERE l.id = s.line
), src AS MATERIALIZED (SELECT nextval('orders_lineentry_id_seq') AS id, t.* FROM t), e AS (
    INSERT INTO orders_lineentry (id, line_id, kind, quantity, happened_at, recorded_at, actor, reference, cause, reason)
    SELECT id, line, kind, qty, coalesce(at_, %(at)s), now(), %(by)s, ref, cause, reason FROM src ORDER BY n
)
SELECT id FROM src ORDER BY n
"""


@verb
def record(*, entries: Sequence[Entry], by: Actor, at: datetime) -> list[int]:
    """Write entries and add them to their lines, in one statement; returns the entries' ids in order.

    The caller holds the orders' locks. CHECK constraints on the line are the last belt.

    :raises LineOverrun: if a line would go beyond what was ordered, despatched or invoiced.
    """
    if not entries:
        return []
    rows = [
        {"n": n, "line": e.line_id, "kind": str(e.kind), "qty": e.quantity, "ref": e.reference[:60], "cause": e.cause,
         "reason": e.reason[:200], "at_": e.at}
        for n, e in enumerate(entries)
    ]  # fmt: skip
    try:
        return [row[0] for row in bulk.rows(_RECORD, {"rows": bulk.as_json(rows), "by": by, "at": at})]
    except IntegrityError as error:
        raise LineOverrun(lines=len({e.line_id for e in entries})) from error
