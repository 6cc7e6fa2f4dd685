"""What others did that a person should know of."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from promesa.core import bulk

# What is worth telling; captures, promises and releases that went as they should are not.
WORTH_TELLING = (
    "OrderHeld", "HoldReleased", "PromisesChanged", "LineChanged", "RequestMoved", "OrderCancelled", "OrderRefused",
    "OrderNoted", "Delivered", "InvoiceBlocked", "CreditNoteIssued", "InvoiceDisputed", "DisputeSettled",
)  # fmt: skip
SEARCHED = 3_000
SHOWN = 100

_LATEST = """
SELECT {columns} FROM (SELECT * FROM core_event ORDER BY id DESC LIMIT %(searched)s) e {joins}
WHERE e.recorded_at > %(since)s AND e.kind = ANY(%(kinds)s::text[]) AND e.subject_kind = 'order' AND e.actor <> %(me)s
"""


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that happened to an order."""

    order: str
    customer: str
    kind: str
    actor: str
    happened_at: datetime
    facts: Mapping[str, Any]


def count_since(since: datetime, me: str) -> int:
    """How many changes there were since a moment, by others; the journal's last entries only. One statement."""
    sql = _LATEST.format(columns="count(*)", joins="")
    found = bulk.row(sql, _params(since, me))
    return int(found[0]) if found else 0


def changes_since(since: datetime, me: str) -> list[Change]:
    """Those changes, the newest first. One statement."""
    sql = (
        _LATEST.format(
            columns="o.number, c.name, e.kind, e.actor, e.happened_at, e.facts::text",
            joins="JOIN orders_order o ON o.id = e.subject_id JOIN customers_customer c ON c.id = o.customer_id",
        )
        + " ORDER BY e.id DESC LIMIT %(shown)s"
    )
    return [
        Change(order, customer, kind, actor, at, json.loads(facts))
        for order, customer, kind, actor, at, facts in bulk.rows(sql, {**_params(since, me), "shown": SHOWN})
    ]


def _params(since: datetime, me: str) -> dict[str, Any]:
    return {"since": since, "me": me, "kinds": list(WORTH_TELLING), "searched": SEARCHED}
