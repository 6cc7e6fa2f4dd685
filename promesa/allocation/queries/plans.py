"""Plans as people and programs are shown them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from promesa.allocation.models import Plan, Scenario
from promesa.allocation.rules.agreement import Agreement
from promesa.allocation.rules.agreement_reading import Fault
from promesa.core import bulk
from promesa.core.errors import NotFound


@dataclass(frozen=True, slots=True)
class SignatureRow:
    """Who agreed, for which side, when."""

    side: str
    user_id: int
    name: str
    hash: str
    signed_at: datetime


@dataclass(frozen=True, slots=True)
class ScenarioRow:
    """One proposal of a plan."""

    id: int
    letter: str
    name: str
    hash: str
    content: Mapping[str, Any]
    proposed_at: datetime | None
    is_chosen: bool
    signatures: tuple[SignatureRow, ...]


@dataclass(frozen=True, slots=True)
class RunRow:
    """One run of a plan, the newest first."""

    id: int
    number: int
    letter: str
    state: str
    rule: str
    lines: int
    seconds: str
    stats: Mapping[str, Any]
    exceptions: int
    made_by: str
    made_at: datetime
    published_at: datetime | None
    refused_parts: int


@dataclass(frozen=True, slots=True)
class PlanPage:
    """A plan whole: its scenarios with signatures, its runs."""

    id: int
    number: str
    name: str
    state: str
    reason: str
    warehouse: str
    horizon_to: date
    valid_from: date
    valid_to: date
    opened_by: str
    opened_at: datetime
    published_at: datetime | None
    version: int
    scenarios: tuple[ScenarioRow, ...]
    runs: tuple[RunRow, ...]

    @property
    def chosen(self) -> ScenarioRow | None:
        """The scenario proposed, signed or in force."""
        return next((one for one in self.scenarios if one.is_chosen), None)


@dataclass(frozen=True, slots=True)
class PlanRow:
    """A plan in a list."""

    id: int
    number: str
    name: str
    state: str
    warehouse: str
    horizon_to: date
    valid_from: date
    valid_to: date
    items: int
    scenarios: int
    signatures: int
    opened_at: datetime
    published_at: datetime | None


def plan_id(*, number: str) -> int:
    """The id of a plan.

    :raises NotFound: if there is none.
    """
    found = Plan.objects.filter(number=number).values_list("id", flat=True).first()
    if found is None:
        raise NotFound(number, what=number)
    return found


def plans_page(*, after: str = "", limit: int = 50, state: str = "") -> list[PlanRow]:
    """Plans, the newest first, one more than `limit` if there are more."""
    return [
        PlanRow(*row)
        for row in bulk.rows(
            """SELECT p.id, p.number, p.name, p.state, w.code, p.horizon_to, p.valid_from, p.valid_to,
                   coalesce((SELECT jsonb_array_length(s.content->'items') FROM allocation_scenario s
                       WHERE s.plan_id = p.id ORDER BY (s.id = p.scenario_id) DESC NULLS LAST, s.id DESC LIMIT 1), 0),
                   (SELECT count(*) FROM allocation_scenario s WHERE s.plan_id = p.id),
                   (SELECT count(*) FROM allocation_signature g WHERE g.scenario_id = p.scenario_id),
                   p.opened_at, p.published_at
               FROM allocation_plan p JOIN inventory_warehouse w ON w.id = p.warehouse_id
               WHERE (%(after)s = '' OR p.id < (SELECT x.id FROM allocation_plan x WHERE x.number = %(after)s))
                 AND (%(state)s = '' OR p.state = %(state)s) ORDER BY p.id DESC LIMIT %(limit)s""",
            {"after": after, "state": state, "limit": limit + 1},
        )
    ]


def plan_page(*, number: str) -> PlanPage:
    """A plan whole.

    :raises NotFound: if there is none.
    """
    plan = Plan.objects.select_related("warehouse").filter(number=number).first()
    if plan is None:
        raise NotFound(number, what=number)
    signed: dict[int, list[SignatureRow]] = {}
    for scenario_id, *rest in bulk.rows(
        """SELECT g.scenario_id, g.side, g.user_id, coalesce(nullif(trim(u.first_name || ' ' || u.last_name), ''), u.username),
               g.hash, g.signed_at
           FROM allocation_signature g JOIN access_user u ON u.id = g.user_id WHERE g.plan_id = %s ORDER BY g.signed_at""",
        [plan.pk],
    ):
        signed.setdefault(scenario_id, []).append(bulk.made(SignatureRow, *rest))
    scenarios = tuple(
        ScenarioRow(
            one.pk, one.letter, one.name, one.hash, one.content, one.proposed_at, one.pk == plan.scenario_id,
            tuple(signed.get(one.pk, ())),
        )
        for one in Scenario.objects.filter(plan=plan).order_by("id")
    )  # fmt: skip
    return PlanPage(
        plan.pk, plan.number, plan.name, plan.state, plan.reason, plan.warehouse.code, plan.horizon_to, plan.valid_from,
        plan.valid_to, plan.opened_by, plan.opened_at, plan.published_at, plan.version, scenarios, runs_of(plan_id=plan.pk),
    )  # fmt: skip


def runs_of(*, plan_id: int) -> tuple[RunRow, ...]:
    """The runs of a plan, newest first."""
    return tuple(
        bulk.made(RunRow, *head, json.loads(stats), *rest)
        for *head, stats, exceptions, made_by, made_at, published_at, refused in bulk.rows(
            """SELECT r.id, r.number, s.letter, r.state, r.rule, r.lines, trim_scale(r.seconds)::text, r.stats,
                   jsonb_array_length(r.exceptions), r.made_by, r.made_at, r.published_at,
                   (SELECT count(*) FROM allocation_runpart p WHERE p.run_id = r.id AND p.state = 'refused')
               FROM allocation_run r JOIN allocation_scenario s ON s.id = r.scenario_id
               WHERE r.plan_id = %s ORDER BY r.id DESC""",
            [plan_id],
        )
        for rest in [(exceptions, made_by, made_at, published_at, refused)]
    )


def default_warehouse_code() -> str:
    """The code of the warehouse that serves whoever names none."""
    found = bulk.row("SELECT code FROM inventory_warehouse WHERE is_default")
    return str(found[0]) if found else ""


_NAMED = """
SELECT 'item', i.sku, i.id FROM catalog_item i WHERE i.sku = ANY(%(items)s::text[])
UNION ALL SELECT 'customer', c.number, c.id FROM customers_customer c WHERE c.number = ANY(%(customers)s::text[])
UNION ALL SELECT 'order', o.number, o.id FROM orders_order o WHERE o.number = ANY(%(orders)s::text[])
UNION ALL SELECT 'warehouse', w.code, w.id FROM inventory_warehouse w WHERE w.code = %(warehouse)s
"""


def ids_named(agreement: Agreement) -> tuple[dict[str, dict[str, int]], list[Fault]]:
    """The ids of all that an agreement names, by trait, and a fault for each name that is unknown. One statement."""
    wanted = {trait: {str(one) for one in agreement.named(trait)} for trait in ("item", "customer", "order")}
    found: dict[str, dict[str, int]] = {"item": {}, "customer": {}, "order": {}, "warehouse": {}}
    for trait, number, id_ in bulk.rows(
        _NAMED,
        {
            "items": sorted(wanted["item"]),
            "customers": sorted(wanted["customer"]),
            "orders": sorted(wanted["order"]),
            "warehouse": agreement.warehouse,
        },
    ):
        found[trait][number] = id_
    wanted["warehouse"] = {agreement.warehouse}
    faults = [
        Fault(trait, "agreement_unknown_reference", {"what": trait, "received": number})
        for trait, numbers in wanted.items()
        for number in sorted(numbers - set(found[trait]))
    ]
    return found, faults
