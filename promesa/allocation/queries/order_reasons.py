"""Why the lines of an order got what they got: of the promise in force, and of the plan in force that shared for them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from promesa.allocation.queries.explaining import Reason
from promesa.allocation.rules.instance import STEP_PARAMS, Step
from promesa.allocation.rules.writing import shown_params
from promesa.core import bulk
from promesa.orders.labels_customer import outward

# What others asked, and what goods there are, is nobody's business but the company's.
NOT_TOLD = frozenset({"share_supply"})


@dataclass(frozen=True, slots=True)
class LineReasons:
    """One line: its promise with the reasons of it, and what the newest plan in force gave it and why. Base units."""

    line_id: int
    line_number: int
    sku: str
    item: str
    base_unit: str
    ordered: Decimal
    promised: Decimal
    promise: tuple[Reason, ...]
    plan: str
    plan_name: str
    run: int | None
    published_at: datetime | None
    strategy: str
    open_quantity: Decimal | None
    before_quantity: Decimal | None
    share_quantity: Decimal | None
    shared: tuple[Reason, ...]


_LINES = """
SELECT l.id, l.line_number, coalesce(i.sku, ''), coalesce(i.name, ''), coalesce(i.base_unit, 'EA'),
    l.ordered_quantity - l.cancelled_by_customer - l.cancelled_by_us - l.substituted, l.promised,
    coalesce((SELECT jsonb_agg(p.reason ORDER BY p.part) FROM orders_promise p
        WHERE p.line_id = l.id AND p.sequence = l.promise_sequence AND p.reason ? 'code'), '[]')::text,
    coalesce(x.plan, ''), coalesce(x.name, ''), x.number, x.published_at, coalesce(x.strategy, ''), x.open_quantity,
    x.before_quantity, x.share_quantity, coalesce(x.steps, '[]')::text
FROM orders_orderline l JOIN orders_order o ON o.id = l.order_id LEFT JOIN catalog_item i ON i.id = l.item_id
LEFT JOIN LATERAL (SELECT p.number AS plan, p.name, n.number, n.published_at, r.strategy, r.open_quantity, r.before_quantity,
        r.share_quantity, r.steps
    FROM allocation_runline r JOIN allocation_run n ON n.id = r.run_id JOIN allocation_plan p ON p.id = n.plan_id
    WHERE r.line_id = l.id AND n.state = 'published' ORDER BY n.published_at DESC, n.id DESC LIMIT 1) x ON true
WHERE o.number = %(order)s AND (%(customer)s::bigint IS NULL OR o.customer_id = %(customer)s) ORDER BY l.line_number
"""


def reasons_of_order(*, order: str, within: int | None = None) -> list[LineReasons]:
    """The lines of an order with their reasons; nothing if there is no such order, or it is not of the customer `within`, who is
    not told what others asked. One statement, and one more where a reason names an order."""
    rows = bulk.rows(_LINES, {"order": order, "customer": within})
    steps = {row[0]: [_step(one) for one in json.loads(row[16])] for row in rows}
    numbers = _order_numbers([step for found in steps.values() for step in found])
    return [
        bulk.made(
            LineReasons, *row[:7], tuple(_promise_reason(one, within) for one in json.loads(row[7])), *row[8:16],
            tuple(_reason(step, numbers) for step in steps[row[0]] if within is None or step.code not in NOT_TOLD),
        )
        for row in rows
    ]  # fmt: skip


def _promise_reason(one: Mapping[str, Any], within: int | None) -> Reason:
    code, params = one["code"], one.get("params", {})
    return Reason(code, params) if within is None else Reason(*outward(code, params))


def _step(one: Sequence[Any]) -> Step:
    """A step as it is kept: a code, then its values in their order, or its parameters by name."""
    code, *values = one
    if len(values) == 1 and isinstance(values[0], dict):
        return Step(code, values[0])
    return Step(code, dict(zip(STEP_PARAMS.get(code, ()), values, strict=False)))


def _order_numbers(steps: Sequence[Step]) -> Mapping[int, str]:
    wanted = sorted({step.params["order"] for step in steps if "order" in step.params})
    if not wanted:
        return {}
    return dict(bulk.rows("SELECT id, number FROM orders_order WHERE id = ANY(%s::bigint[])", [wanted]))


def _reason(step: Step, numbers: Mapping[int, str]) -> Reason:
    params = shown_params(step)
    if "order" in params:
        params["order"] = numbers.get(params["order"], params["order"])
    return Reason(step.code, params)
