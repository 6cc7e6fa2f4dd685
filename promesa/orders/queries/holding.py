"""Which orders stand still, and why."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from promesa.core import bulk


class OpenHold(NamedTuple):
    """A hold that nobody has released."""

    id: int
    number: str
    customer: str
    kind: str
    role: str
    since: datetime
    code: str
    params: Mapping[str, Any]


def ids_of(*, numbers: Sequence[str]) -> dict[str, int]:
    """Order number -> id, for those that exist."""
    return dict(
        bulk.rows("SELECT number, id FROM orders_order WHERE number = ANY(%s::text[]) ORDER BY id", [list(numbers)])
    )


def open_holds(*, order_ids: Sequence[int]) -> list[OpenHold]:
    """The open holds of these orders, the oldest first. One statement."""
    found = bulk.rows(
        """SELECT h.id, o.number, c.name, h.kind, h.role, h.since, h.reason::text FROM orders_hold h
           JOIN orders_order o ON o.id = h.order_id JOIN customers_customer c ON c.id = o.customer_id
           WHERE h.released_at IS NULL AND h.order_id = ANY(%s::bigint[]) ORDER BY h.since, h.id""",
        [list(order_ids)],
    )
    return [_hold(*row) for row in found]


def _hold(id_: int, number: str, customer: str, kind: str, role: str, since: datetime, reason: str) -> OpenHold:
    why = json.loads(reason)
    return OpenHold(id_, number, customer, kind, role, since, why.get("code", ""), why.get("params", {}))
