"""Why a line got what it got: the rules that spoke, in words, and worked out again from what the run kept."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from promesa.allocation.models import Run
from promesa.allocation.rules.asking import lot_of
from promesa.allocation.rules.deciding import decide
from promesa.allocation.rules.instance import (
    MILLION,
    STEP_PARAMS,
    Ceiling,
    Floor,
    Id,
    Instance,
    Line,
    Lot,
    Rule,
    Step,
)
from promesa.allocation.rules.writing import shown_params
from promesa.core import bulk, words
from promesa.core.errors import NotFound


@dataclass(frozen=True, slots=True)
class Reason:
    """One rule that spoke: code and parameters as people say them."""

    code: str
    params: Mapping[str, Any]

    def __call__(self, lang: str = "es") -> str:
        return words.say(self.code, self.params, lang)


@dataclass(frozen=True, slots=True)
class Explained:
    """What a line asked, had and gets, with its reasons. `again` is what it gets worked out anew from what the run kept: the same,
    or None where the rule is `best`, which may stop at another of equals."""

    run_id: int
    line_id: int
    order: str
    line_number: int
    customer: str
    item: str
    strategy: str
    tier: int
    frozen: bool
    open_quantity: Decimal
    before_quantity: Decimal
    share_quantity: Decimal
    reasons: tuple[Reason, ...]
    again: Decimal | None

    def sentences(self, lang: str = "es") -> list[str]:
        """The reasons in words."""
        return [reason(lang) for reason in self.reasons]


_LINE = """
SELECT r.run_id, r.line_id, o.number, l.line_number, c.number, i.sku, r.strategy, r.tier, r.frozen, r.open_quantity,
    r.before_quantity, r.share_quantity, r.steps, l.item_id, o.customer_id
FROM allocation_runline r JOIN orders_orderline l ON l.id = r.line_id JOIN orders_order o ON o.id = l.order_id
JOIN customers_customer c ON c.id = o.customer_id JOIN catalog_item i ON i.id = l.item_id
WHERE r.run_id = %s AND r.line_id = %s
"""


def explain(*, run_id: int, line_id: int, again: bool = True, within: int | None = None) -> Explained:
    """Why a line of a run got what it got. `again` works it out anew; `within` is the customer who asks about their own.

    :raises NotFound: if the line was no part of the run, or is another customer's.
    """
    found = bulk.row(_LINE, [run_id, line_id])
    if found is None or (within is not None and found[14] != within):
        raise NotFound(what=_said(line_id))
    *plain, steps, item_id, _ = found
    reasons = _reasons(json.loads(steps))
    if within is not None:  # what others asked is not theirs to know
        reasons = [one for one in reasons if one.code != "share_supply"]
    worked = _again(run_id, line_id, item_id) if again and within is None else None
    return bulk.made(Explained, *plain, tuple(reasons), worked)


def _said(line_id: int) -> str:
    """A line as people name it: its order and its number."""
    found = bulk.row(
        "SELECT o.number, l.line_number FROM orders_orderline l JOIN orders_order o ON o.id = l.order_id WHERE l.id = %s",
        [line_id],
    )
    return f"{found[0]}/{found[1]}" if found else str(line_id)


def line_id(*, order: str, line_number: int) -> int:
    """The id of an order line.

    :raises NotFound: if there is none.
    """
    found = bulk.row(
        "SELECT l.id FROM orders_orderline l JOIN orders_order o ON o.id = l.order_id WHERE o.number = %s AND l.line_number = %s",
        [order, line_number],
    )
    if found is None:
        raise NotFound(order, what=f"{order}/{line_number}")
    return int(found[0])


def _reasons(steps: Sequence[Sequence[Any]]) -> list[Reason]:
    read = [_step(one) for one in steps]
    orders = {step.params["order"] for step in read if "order" in step.params}
    numbers = (
        dict(bulk.rows("SELECT id, number FROM orders_order WHERE id = ANY(%s::bigint[])", [sorted(orders)]))
        if orders
        else {}
    )
    reasons = []
    for step in read:
        params = shown_params(step)
        if "order" in params:
            params["order"] = numbers.get(params["order"], params["order"])
        reasons.append(Reason(step.code, params))
    return reasons


def _step(one: Sequence[Any]) -> Step:
    """A step as it is kept: a code, then its values in their order, or its parameters by name."""
    code, *values = one
    if len(values) == 1 and isinstance(values[0], dict):
        return Step(code, values[0])
    return Step(code, dict(zip(STEP_PARAMS.get(code, ()), values, strict=False)))


# --- Worked out again ------------------------------------------------------------------------------------------------

_KEPT_LINES = """
SELECT r.line_id, l.order_id, o.customer_id, r.segment, r.tier, l.item_id, (r.open_quantity * 1000000)::bigint, r.strategy,
    (r.before_quantity * 1000000)::bigint, (r.unit_price * 1000000)::bigint, r.asked
FROM allocation_runline r JOIN orders_orderline l ON l.id = r.line_id JOIN orders_order o ON o.id = l.order_id
WHERE r.run_id = %(run)s AND NOT r.frozen AND r.strategy <> 'untouched' AND (%(item)s::bigint IS NULL OR l.item_id = %(item)s)
ORDER BY r.line_id
"""
_KEPT_SUPPLY = """
SELECT stock_id, receipt_id, item_id, (quantity * 1000000)::bigint, available_on, expires_on FROM allocation_runsupply
WHERE run_id = %(run)s AND quantity > 0 AND (%(item)s::bigint IS NULL OR item_id = %(item)s) ORDER BY id
"""


def kept_instance(*, run: Run, item: int | None = None) -> Instance:
    """What a run was worked out from, as it kept it; of one item if what hangs together is no more than that."""
    limits = run.stats.get("limits", {"floors": [], "ceilings": []})
    floors = [Floor(_group(one[0]), one[1], one[2], one[3]) for one in limits["floors"]]
    ceilings = [Ceiling(_group(one[0]), one[1], one[2]) for one in limits["ceilings"]]
    if item is not None:
        floors = [one for one in floors if one.item in (None, item)]
        ceilings = [one for one in ceilings if one.item in (None, item)]
    params = {"run": run.pk, "item": item}
    lines = [_line(row) for row in bulk.rows(_KEPT_LINES, params)]
    supply = [
        Lot(lot_of(stock, receipt), item_id, quantity, available_on, expires_on)
        for stock, receipt, item_id, quantity, available_on, expires_on in bulk.rows(_KEPT_SUPPLY, params)
    ]
    retain: dict[Id, int] = {int(name): quantity for name, quantity in limits.get("retain", {}).items()}
    return Instance(run.as_of, run.rule, supply, lines, floors, ceilings, retain=retain)


def _again(run_id: int, line_id: int, item_id: int) -> Decimal | None:
    run = Run.objects.get(pk=run_id)
    if run.rule == Rule.BEST:
        return None
    limits = run.stats.get("limits", {})
    alone = all(one[1] is not None for kind in ("floors", "ceilings") for one in limits.get(kind, []))
    whole = bulk.row(
        """SELECT 1 FROM allocation_runline WHERE run_id = %s AND (asked->>'complete_order')::boolean LIMIT 1""",
        [run_id],
    )
    instance = kept_instance(run=run, item=item_id if alone and whole is None else None)
    for outcome in decide(instance).outcomes:
        if outcome.line == line_id:
            return Decimal(outcome.quantity) / MILLION
    kept = bulk.row(
        "SELECT share_quantity FROM allocation_runline WHERE run_id = %s AND line_id = %s", [run_id, line_id]
    )
    return kept[0] if kept else None  # it took no part


def _group(pairs: Sequence[Sequence[Any]]) -> tuple[tuple[str, Any], ...]:
    return tuple((name, value) for name, value in pairs)


def _line(row: tuple[Any, ...]) -> Line:
    id_, order, customer, segment, tier, item, open_quantity, strategy, confirmed, margin, told = row
    asked = json.loads(told)
    days: dict[str, Any] = {
        name: date.fromisoformat(asked[name]) for name in ("requested_on", "latest_on") if asked.get(name)
    }
    rest = {
        name: value for name, value in asked.items() if name not in ("requested_on", "latest_on", "groups", "weight")
    }
    return Line(
        id_, order, customer, segment, tier, asked.get("weight", MILLION), item, open_quantity, strategy=strategy,
        confirmed=confirmed, margin=margin, groups=_group(asked.get("groups", ())), **rest, **days,
    )  # fmt: skip
