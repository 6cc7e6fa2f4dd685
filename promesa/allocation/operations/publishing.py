"""Putting a run in force, part by part: claims move, promises are given anew, customers get one notice each.

Each part is one transaction: what changed since the run is refused and told, the rest goes through. Doing it again goes on where
it stopped and repeats nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from promesa.access.queries import insist
from promesa.allocation.events import PartPublished, PartRefused, PlanPublished
from promesa.allocation.models import Plan, Run, RunPart, Signature
from promesa.allocation.operations.guarding import end_protection, protect
from promesa.allocation.operations.noticing import make_notices, owe
from promesa.allocation.operations.plans import read_content
from promesa.allocation.operations.promising import answer_of, as_promise
from promesa.allocation.queries.runs import (
    PartLine,
    PartShare,
    changes_since,
    lines_of_part,
    parts_by_state,
    pool_of_part,
    shares_of_part,
    waiting_parts,
)
from promesa.allocation.rules import RECEIPT, STOCK, Claim, LinePromise, Supply, SupplyPool
from promesa.allocation.rules.agreement import resolved
from promesa.allocation.states import PartState, PlanState, RunState, Side
from promesa.core import locks, words
from promesa.core.actors import Actor
from promesa.core.errors import NotFound, Refused
from promesa.core.events import emit
from promesa.core.verbs import verb
from promesa.inventory import operations as inventory
from promesa.inventory import queries as supply
from promesa.inventory.operations.claims import ClaimRow, Given
from promesa.inventory.queries import FreeRow
from promesa.orders import operations as orders
from promesa.orders.queries import Wanted, lines_to_promise
from promesa.orders.rules import PromisedLine

CAUSE = "C1"
ANSWER_DAYS = 3


class PlanNotSigned(Refused):
    """Only what both sides signed is put in force."""


class RunOfOtherAgreement(Refused):
    """The run was made with another scenario than the one that is signed."""


@dataclass(frozen=True, slots=True)
class Published:
    """What came of putting a run in force: parts in force, parts refused with what changed, notices."""

    run_id: int
    published: tuple[int, ...]
    refused: tuple[int, ...]
    changes: tuple[dict[str, Any], ...]
    notices: int


def publish_run(*, run_id: int, by: Actor, at: datetime) -> Published:
    """Put a run in force. Each part in a transaction of its own; what changed since the run is refused, the rest goes through.

    Publishing twice is publishing once; a publish that was broken off goes on where it stopped.

    :raises PlanNotSigned: unless sales and customer service signed the scenario of the run.
    :raises RunOfOtherAgreement: if another scenario is signed.
    """
    insist(by, "publish_plan")
    if _begin(run_id=run_id, by=by, at=at):
        for part in waiting_parts(run_id=run_id):
            publish_part(run_id=run_id, part=part, by=by, at=at)
        finish_publishing(run_id=run_id, by=by, at=at)
    return outcome_of(run_id=run_id)


def outcome_of(*, run_id: int) -> Published:
    """How far the publishing of a run has come."""
    states = parts_by_state(run_id=run_id)
    changes = [
        change
        for part in RunPart.objects.filter(run_id=run_id, state=PartState.REFUSED).order_by("number")
        for change in part.changes
    ]
    return Published(
        run_id, tuple(states.get(PartState.PUBLISHED, ())), tuple(states.get(PartState.REFUSED, ())), tuple(changes),
        Run.objects.get(pk=run_id).notices.count(),
    )  # fmt: skip


@verb
def _begin(*, run_id: int, by: Actor, at: datetime) -> bool:
    """Say that the run is being put in force, and let its floors and ceilings bind promises; False if it is in force."""
    run, plan = _locked(run_id)
    if run.state == RunState.PUBLISHED:
        return False
    if plan.state not in (PlanState.SIGNED, PlanState.PUBLISHED):
        raise PlanNotSigned(plan.number, plan=plan.number, state_name=words.both(f"plan_state_{plan.state}"))
    assert plan.scenario is not None
    if run.scenario_id != plan.scenario_id:
        letters = {"letter": run.scenario.letter, "signed": plan.scenario.letter}
        raise RunOfOtherAgreement(plan.number, run=f"{plan.number}/{run.number}", **letters)
    signed = Signature.objects.filter(scenario=plan.scenario, hash=plan.scenario.hash)
    if {one.side for one in signed} != set(Side) or len({one.user_id for one in signed}) != len(Side):
        raise PlanNotSigned(plan.number, plan=plan.number, state_name=words.both("plan_state_proposed"))
    if run.publishing_at is None:
        run.publishing_at = at
        run.save(update_fields=["publishing_at"])
    agreement, ids = read_content(run.scenario.content)
    protect(plan_id=plan.pk, warehouse_id=plan.warehouse_id, agreement=resolved(agreement, ids), by=by, at=at)
    return True


@verb
def publish_part(*, run_id: int, part: int, by: Actor, at: datetime) -> str:
    """Put one part of a run in force, or refuse it and keep what changed since the run. Returns the state of the part.

    Part of `publish_run`; a part that is settled stays as it is.
    """
    head = RunPart.objects.select_for_update().select_related("run__plan").filter(run_id=run_id, number=part).first()
    if head is None:
        raise NotFound(what=f"{run_id}/{part}")
    if head.state != PartState.WAITING:
        return head.state
    plan = head.run.plan
    lines = {line.line_id: line for line in lines_of_part(run_id=run_id, part=part)}
    sharing = _Part(
        plan.number, lines, shares_of_part(run_id=run_id, part=part), pool_of_part(run_id=run_id, part=part)
    )
    order_ids = sorted({line.order_id for line in lines.values()})
    locks.take(orders=order_ids)
    wanted = [_to_serve(order, lines) for order in lines_to_promise(order_ids)]
    items = {line.item_id for line in lines.values()} | {line.item_id for order in wanted for line in order.lines}
    rows = _lock_rows(items, plan.warehouse_id)
    changes = changes_since(run_id=run_id, part=part)
    plan_id, number = plan.pk, head.run.number
    if changes:
        head.state, head.changes = PartState.REFUSED, changes
        emit(PartRefused(plan_id=plan_id, run=number, part=part, changes=len(changes)), by=by, at=at)
    else:
        _move(sharing, wanted, rows, by, at)
        head.state = PartState.PUBLISHED
        emit(PartPublished(plan_id=plan_id, run=number, part=part, lines=len(lines), orders=len(wanted)), by=by, at=at)
    head.settled_at = at
    head.save(update_fields=["state", "changes", "settled_at"])
    return head.state


def _to_serve(order: Wanted, lines: dict[int, PartLine]) -> Wanted:
    """Of an order, the lines that the part changes; where all is one delivery, all lines, since they leave together."""
    if order.one_delivery:
        return order
    return replace(order, lines=tuple(line for line in order.lines if line.id in lines))


def _lock_rows(items: set[int], warehouse_id: int) -> dict[int, list[FreeRow]]:
    """Item -> its supply, locked."""
    rows: dict[int, list[FreeRow]] = {}
    for row in supply.lock_free_supply(items=items, warehouses=[warehouse_id]):
        rows.setdefault(row.item_id, []).append(row)
    return rows


def _move(sharing: _Part, wanted: Sequence[Wanted], rows: dict[int, list[FreeRow]], by: Actor, at: datetime) -> None:
    """Claims of these lines are given up and made anew by their shares; promises follow from the claims."""
    had = inventory.give_up_claims(line_ids=[line.id for order in wanted for line in order.lines], by=by, at=at)
    claims: list[ClaimRow] = []
    promised: dict[int, list[PromisedLine]] = {}
    for order in wanted:
        # Line by line, so that what goes to one line of an order is not taken by another.
        parts = [order] if order.one_delivery else [replace(order, lines=(line,)) for line in order.lines]
        answers = [one for part in parts for one in sharing.served(part, had, rows, at)]
        strength = "soft" if order.held else "hard"
        promised[order.order_id] = [sharing.by_plan(as_promise(line, claims, strength)) for line in answers]
    if claims:
        inventory.reserve(claims=claims, by=by, at=at)
    sequences = {line.id: line.promise_sequence for order in wanted for line in order.lines if line.promise_sequence}
    orders.settle_orders(
        promises=orders.only_changed(promises=promised), by=by, at=at, sequences=sequences, cause=CAUSE
    )


@dataclass(frozen=True, slots=True)
class _Part:
    """What one part of a run gives to whom; `pool` is what was shared, each as (stock row, receipt)."""

    plan: str
    lines: dict[int, PartLine]
    shares: dict[int, list[PartShare]]
    pool: set[tuple[int | None, int | None]]

    def own(self, line_id: int, had: Sequence[Given]) -> list[Claim]:
        """What a line is given: its shares, and of what it had outside the pool as much as it still wants."""
        line = self.lines.get(line_id)
        if line is None:
            return [_claim(one.stock_id, one.receipt_id, one.quantity) for one in had]
        own = [_claim(one.stock_id, one.receipt_id, one.quantity) for one in self.shares.get(line_id, ())]
        wants = line.open_quantity - line.share_quantity
        for one in had:
            kept = min(wants, one.quantity)
            if kept > 0 and (one.stock_id, one.receipt_id) not in self.pool:
                own.append(_claim(one.stock_id, one.receipt_id, kept))
                wants -= kept
        return own

    def served(
        self, order: Wanted, had: Mapping[int, Sequence[Given]], rows: Mapping[int, Sequence[FreeRow]], at: datetime
    ) -> Sequence[LinePromise]:
        """Promises from what is the order's own: nothing else is free, and what it leaves is not for the next."""
        own = [claim for line in order.lines for claim in self.own(line.id, had.get(line.id, ()))]
        shelf = SupplyPool(
            Supply(row.id, row.item_id, Decimal(0), row.expires_on, row.expected_at, row.supplier)
            for item in {line.item_id for line in order.lines} for row in rows.get(item, ())
        )  # fmt: skip
        return answer_of(order, {order.warehouse_id: shelf}, {order.order_id: own}, at).lines

    def by_plan(self, line: PromisedLine) -> PromisedLine:
        """What is missing is missing by the plan."""
        if not line.missing or line.line_id not in self.lines:
            return line
        asked = self.lines[line.line_id].open_quantity
        params = {"missing_quantity": line.missing, "quantity": asked, "plan": self.plan}
        return line._replace(missing_reason="promise_less_by_plan", missing_params=params)


def _claim(stock_id: int | None, receipt_id: int | None, quantity: Decimal) -> Claim:
    return Claim(STOCK, stock_id, quantity) if stock_id is not None else Claim(RECEIPT, receipt_id or 0, quantity)


@verb
def finish_publishing(*, run_id: int, by: Actor, at: datetime) -> bool:
    """When all parts are settled: the run is in force, each customer whom it touched has one notice, who is short is owed.

    A run of which every part was refused stays simulated. Says whether it is in force. Part of `publish_run`.
    """
    run, plan = _locked(run_id)
    states = parts_by_state(run_id=run_id)
    if run.state == RunState.PUBLISHED or PartState.WAITING in states:
        return run.state == RunState.PUBLISHED
    refused, published = states.get(PartState.REFUSED, ()), states.get(PartState.PUBLISHED, ())
    if refused and not published:
        run.publishing_at = None
        run.save(update_fields=["publishing_at"])
        if plan.published_at is None:
            end_protection(plan_id=plan.pk, warehouse_id=plan.warehouse_id, by=by, at=at)
        return False
    run.state, run.published_by, run.published_at = RunState.PUBLISHED, by, at
    run.save(update_fields=["state", "published_by", "published_at"])
    plan.state, plan.published_at, plan.version = PlanState.PUBLISHED, plan.published_at or at, plan.version + 1
    plan.save(update_fields=["state", "published_at", "version"])
    notices = make_notices(run_id=run_id, answer_by=at.date() + timedelta(days=ANSWER_DAYS), at=at)
    owe(run_id=run_id, plan_id=plan.pk, at=at)
    emit(
        PlanPublished(plan_id=plan.pk, run=run.number, parts=len(published), refused=len(refused), notices=notices),
        by=by, at=at,
    )  # fmt: skip
    return True


def _locked(run_id: int) -> tuple[Run, Plan]:
    run = Run.objects.filter(pk=run_id).first()
    if run is None:
        raise NotFound(what=str(run_id))
    plan = Plan.objects.select_for_update().get(pk=run.plan_id)
    return Run.objects.select_for_update(of=("self",)).select_related("scenario").get(pk=run_id), plan
