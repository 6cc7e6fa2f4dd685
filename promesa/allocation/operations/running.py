"""Working a scenario out on what there is now. A run writes nothing outside itself."""

from __future__ import annotations

import hashlib
import time
from array import array
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection, transaction

from promesa.access.queries import insist
from promesa.allocation.engines import HERE, Engine
from promesa.allocation.events import RunMade
from promesa.allocation.models import Plan, Run, Scenario
from promesa.allocation.operations.laying import Result, fixed_row, units, work_through
from promesa.allocation.operations.plans import read_content
from promesa.allocation.queries.adherence import floors_of_others
from promesa.allocation.queries.demand import load
from promesa.allocation.rules.agreement import resolved, written
from promesa.allocation.rules.asking import Loaded, Prepared, inflated, lot_of, prepare
from promesa.allocation.rules.instance import MILLION, Decision
from promesa.allocation.rules.parting import parts_of
from promesa.allocation.states import RunState
from promesa.core import bulk
from promesa.core.actors import Actor
from promesa.core.errors import NotFound, Refused
from promesa.core.events import emit
from promesa.core.memory import collector_resting
from promesa.core.verbs import verb

MOST_INFLATED = 200
MANY_LINES = 10_000  # so many new rows that the planner must be told of them before they are asked for


class NothingToShare(Refused):
    """No open line asks for these items, and there is none of them."""


@dataclass(frozen=True, slots=True)
class Ready:
    """All that a sharing is made from."""

    loaded: Loaded
    prepared: Prepared
    seconds: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Worked:
    """A sharing with all that it was made from."""

    prepared: Prepared
    decision: Decision


def work_out(*, scenario: Scenario, as_of: date, at: datetime) -> Worked:
    """Load what there is and decide; nothing is written."""
    ready = _ready(scenario=scenario, as_of=as_of, at=at)
    return Worked(ready.prepared, HERE.share_out(ready.prepared.instance))


def _ready(*, scenario: Scenario, as_of: date, at: datetime) -> Ready:
    began = time.perf_counter()
    agreement, ids = read_content(scenario.content)
    warehouse_id = ids["warehouse"][agreement.warehouse]
    agreement = resolved(agreement, ids)
    loaded = load(agreement=agreement, warehouse_id=warehouse_id, as_of=as_of, at=at)
    read = time.perf_counter()
    prepared = prepare(loaded, agreement, as_of=as_of)
    return Ready(loaded, prepared, {"load": read - began, "prepare": time.perf_counter() - read})


def simulate(
    *, plan_id: int, by: Actor, at: datetime, letter: str = "", as_of: date | None = None, engine: Engine = HERE
) -> Run:
    """Work a scenario of a plan out (the one proposed, if none is named) and keep the run: shares, and why, line by line.

    `as_of` is the day on which supply counts as there; the day of `at` if not said. `engine` may work it out elsewhere, to the same
    result; where is kept in the run's stats. Nothing but the run is written.

    :raises NothingToShare: if there is neither demand nor supply.
    """
    insist(by, "see_plans")
    scenario = _scenario(plan_id, letter)
    day = as_of or at.date()
    with collector_resting():
        ready = _ready(scenario=scenario, as_of=day, at=at)
        if not ready.loaded.wishes and not ready.loaded.sources:
            plan = Plan.objects.get(pk=plan_id)
            raise NothingToShare(plan.number, plan=plan.number)
        began = time.perf_counter()
        ids = _new_ids(len(ready.prepared.instance.lines) + len(ready.prepared.fixed))
        result = work_through(ready.prepared, ids, engine)
        decided = time.perf_counter() - began
        run = _keep(scenario=scenario, ready=ready, ids=ids, result=result, decided=decided, as_of=day, by=by, at=at)
    if run.lines > MANY_LINES and not connection.in_atomic_block:
        # What is to be known of the new rows, a tenth of the usual sample says: whose they are.
        with transaction.atomic():
            bulk.run("SET LOCAL default_statistics_target = 10")
            bulk.run("ANALYZE allocation_runline, allocation_runshare, allocation_runsupply")
    return run


def _scenario(plan_id: int, letter: str) -> Scenario:
    plan = Plan.objects.filter(pk=plan_id).first()
    if plan is None:
        raise NotFound(what=str(plan_id))
    found = (
        Scenario.objects.filter(plan=plan, letter=letter).first()
        if letter
        else plan.scenario or Scenario.objects.filter(plan=plan).order_by("-id").first()
    )
    if found is None:
        raise NotFound(plan.number, what=f"{plan.number} {letter}")
    return found


@verb
def _keep(
    *,
    scenario: Scenario,
    ready: Ready,
    ids: Sequence[int],
    result: Result,
    decided: float,
    as_of: date,
    by: Actor,
    at: datetime,
) -> Run:
    """Write the run: its head, what was shared, its lines with their traces, their shares. Three COPY."""
    began = time.perf_counter()
    plan = Plan.objects.select_for_update().get(pk=scenario.plan_id)
    last = Run.objects.filter(plan=plan).order_by("-number").values_list("number", flat=True).first() or 0
    prepared = ready.prepared
    run = Run.objects.create(
        plan=plan, scenario=scenario, number=last + 1, state=RunState.SIMULATED, rule=prepared.instance.rule,
        snapshot_hash=snapshot(ready.loaded), as_of=as_of, lines=len(prepared.instance.lines) + len(prepared.fixed),
        exceptions=[
            {"code": one.code, "subject": one.subject, "params": dict(one.params)} for one in result.exceptions
        ],
        made_by=by, made_at=at,
    )  # fmt: skip
    parts = _write(run.pk, prepared, ids, result)
    seconds = {**ready.seconds, "decide": decided, "write": time.perf_counter() - began}
    run.stats = _stats(ready, result, parts, seconds)
    run.exceptions += [
        {
            "code": "other_floor_short", "subject": one.protection_id,
            "params": {"plan": one.plan, "group": ", ".join(filter(None, (one.who, one.sku))), "quantity": int(one.due * MILLION),
                       "given_quantity": int(one.given * MILLION)},
        }
        for one in floors_of_others(run_id=run.pk, plan_id=plan.pk, on=as_of)
    ]  # fmt: skip
    run.seconds = Decimal(f"{sum(seconds.values()):.3f}")
    run.save(update_fields=["stats", "seconds", "exceptions"])
    emit(RunMade(plan_id=plan.pk, run=run.number, letter=scenario.letter, lines=run.lines), by=by, at=at)
    return run


def snapshot(loaded: Loaded) -> str:
    """The hash of the demand, claims and supply that were loaded."""
    digest = hashlib.sha256()
    # Numbers side by side: rows written out as text would take longer than sharing them.
    digest.update(array("q", [number for one in loaded.wishes for number in (one.id, one.open_quantity, one.frozen)]))
    digest.update(
        array(
            "q", [number for one in loaded.had for number in (one.line, lot_of(one.stock, one.receipt), one.quantity)]
        )
    )
    for one in loaded.sources:
        digest.update(repr(tuple(one)).encode())
    return digest.hexdigest()


# --- Writing ---------------------------------------------------------------------------------------------------------

_SUPPLY = ("run_id", "item_id", "stock_id", "receipt_id", "quantity", "others_quantity", "available_on", "expires_on")
_LINES = (
    "id", "run_id", "line_id", "part", "segment", "tier", "strategy", "frozen", "open_quantity", "before_quantity",
    "share_quantity", "unit_price", "penalty_amount", "ready_on", "asked", "steps",
)  # fmt: skip
_SHARES = ("run_line_id", "stock_id", "receipt_id", "quantity")


def _write(run_id: int, prepared: Prepared, ids: Sequence[int], result: Result) -> int:
    """Write supply, lines, shares and parts; says how many parts there are."""
    moving: Sequence[Any] = prepared.instance.lines
    changed = [moving[place] for one in result.laid for place in one.changed]
    numbers = parts_of((line.id, line.order, line.item) for line in changed)
    bulk.copy_text("allocation_runsupply", _SUPPLY, _supply_rows(run_id, prepared))
    bulk.copy_text("allocation_runline", _LINES, _line_rows(run_id, prepared, ids, result, numbers))
    bulk.copy_text("allocation_runshare", _SHARES, _share_rows(prepared, ids, result))
    count: dict[int, int] = defaultdict(int)
    for number in numbers.values():
        count[number] += 1
    bulk.copy_text(
        "allocation_runpart",
        ("run_id", "number", "state", "lines", "changes"),
        (f"{run_id}\t{number}\twaiting\t{lines}\t[]" for number, lines in sorted(count.items())),
    )
    return len(count)


def _new_ids(count: int) -> list[int]:
    """Ids for so many run lines."""
    return [
        row[0]
        for row in bulk.rows(
            "SELECT nextval(pg_get_serial_sequence('allocation_runline', 'id')) FROM generate_series(1, %s)", [count]
        )
    ]


def _supply_rows(run_id: int, prepared: Prepared) -> Iterator[str]:
    for pool in prepared.pools.values():
        one = pool.source
        expires = r"\N" if one.expires_on is None else one.expires_on.isoformat()
        yield (
            f"{run_id}\t{one.item}\t{_null(one.stock)}\t{_null(one.receipt)}\t{units(pool.quantity)}\t{units(pool.others)}\t"
            f"{one.available_on}\t{expires}"
        )


def _line_rows(
    run_id: int, prepared: Prepared, ids: Sequence[int], result: Result, numbers: Mapping[Any, int]
) -> Iterator[str]:
    moving = prepared.instance.lines
    for laid in result.laid:
        for place, row in zip(laid.places, laid.lines, strict=True):
            line = moving[place].id
            yield f"{ids[place]}\t{run_id}\t{line}\t{numbers.get(line, 0)}\t{row}"
    for at, fixed in zip(ids[len(moving) :], prepared.fixed, strict=True):
        yield f"{at}\t{run_id}\t{fixed.id}\t0\t{fixed_row(fixed)}"


def _share_rows(prepared: Prepared, ids: Sequence[int], result: Result) -> Iterator[str]:
    for laid in result.laid:
        yield from laid.shares
    for at, line in zip(ids[len(prepared.instance.lines) :], prepared.fixed, strict=True):
        for had in prepared.sources_of.get(line.id, ()):  # type: ignore[call-overload]
            yield f"{at}\t{_null(had.stock)}\t{_null(had.receipt)}\t{units(had.quantity)}"


def _null(value: int | None) -> str:
    return r"\N" if value is None else str(value)


def _stats(ready: Ready, result: Result, parts: int, seconds: Mapping[str, float]) -> dict[str, Any]:
    prepared, objective = ready.prepared, result.objective
    lines = [*prepared.instance.lines, *prepared.fixed]
    given = sum(total for laid in result.laid for total in laid.totals)
    return {
        "lines": len(lines), "parts": parts,
        "open": written(sum(line.open_quantity for line in lines)),
        "before": written(sum(line.confirmed for line in lines)),
        "share": written(given + sum(one.confirmed for one in prepared.fixed)),
        "supply": written(sum(pool.quantity for pool in prepared.pools.values()) + sum(one.confirmed for one in prepared.fixed)),
        "floors_missed": written(objective.floors_missed), "complete_orders": objective.complete_orders,
        "weighted_complete": written(objective.weighted_complete),
        "bound": None if result.bound is None else written(result.bound),
        "gap": None if result.gap is None else f"{result.gap:.6f}", "proved": result.proved,
        "limits": _limits(prepared), "engine": result.elsewhere,
        "seconds": {name: f"{value:.3f}" for name, value in seconds.items()},
        "inflation": [
            {"customer": one.customer, "item": one.item, "ordered": written(one.ordered), "usual": written(one.usual)}
            for one in inflated(ready.loaded) if one.usual and one.ordered > one.usual
        ][:MOST_INFLATED],
    }  # fmt: skip


def _limits(prepared: Prepared) -> dict[str, Any]:
    """The floors and ceilings as the engine was told them, in millionths and ids, so that it can be asked again."""
    instance = prepared.instance
    return {
        "floors": [[one.group, one.item, one.quantity, one.rank] for one in instance.floors],
        "ceilings": [[one.group, one.item, one.quantity] for one in instance.ceilings],
        "retain": {str(item): quantity for item, quantity in instance.retain.items()},
    }
