"""Watching plans in force: somebody is called when a protected customer holds less than the plan gave them."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from promesa.allocation.models import Plan
from promesa.allocation.operations.alarms import KIND
from promesa.allocation.queries.adherence import PROTECTED, KeptLine, floors_standing, kept_lines
from promesa.allocation.states import PlanState
from promesa.core import bulk
from promesa.core.actors import Actor
from promesa.core.verbs import verb
from promesa.work.operations import close_items, open_items
from promesa.work.rules import WorkDraft


@verb
def watch_plans(*, by: Actor, at: datetime) -> list[int]:
    """Open one piece of work for each line that a plan in force protects (Guarantee, Keep-or-better, or a customer's own floor) and
    that holds at least one pack less than the plan gave it; close those that are mended. Returns the ids of the new ones.
    """
    guarded = set(_floored(at))
    drafts: list[WorkDraft] = []
    for plan in Plan.objects.filter(state=PlanState.PUBLISHED).order_by("id"):
        for line in kept_lines(plan_id=plan.pk):
            if line.strategy in PROTECTED or line.customer_id in guarded:
                drafts += _short(plan, line)
    keys = {draft.key for draft in drafts}
    mended = [
        row[0] for row in bulk.rows("SELECT key FROM work_workitem WHERE state = 'open' AND key LIKE 'plan_short:%%'")
    ]
    close_items(keys=[key for key in mended if key not in keys], by=by, at=at)
    return open_items(items=drafts, by=by, at=at)


def _floored(at: datetime) -> list[int]:
    """The customers who have a floor of their own, of which they lack something."""
    lacking = [floor.protection_id for floor in floors_standing(on=at.date()) if floor.short > 0]
    return [
        row[0]
        for row in bulk.rows(
            "SELECT customer_id FROM allocation_protection WHERE id = ANY(%s::bigint[]) AND customer_id IS NOT NULL",
            [lacking],
        )
    ]


def _short(plan: Plan, line: KeptLine) -> list[WorkDraft]:
    planned = line.planned or Decimal(0)
    missing = min(planned - line.holds, line.open_quantity - line.claimed)
    if planned <= 0 or missing <= 0 or missing < line.pack:
        return []
    return [
        WorkDraft(
            kind=KIND, subject=f"order:{line.order_id}", key=f"plan_short:{plan.pk}:{line.line_id}", role="customer_service",
            code="work_plan_short", customer_id=line.customer_id,
            params={
                "customer": line.customer, "planned_quantity": planned, "item": line.sku, "plan": plan.number,
                "has_quantity": line.holds,
            },
        )
    ]  # fmt: skip
