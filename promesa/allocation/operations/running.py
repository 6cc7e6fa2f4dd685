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
from functools import lru_cache
from operator import itemgetter
from typing import Any

from django.db import connection
from pydantic_core import to_json

from promesa.access.queries import insist
from promesa.allocation.engines import HERE, Engine
from promesa.allocation.events import RunMade
from promesa.allocation.models import Plan, Run, Scenario
from promesa.allocation.operations.plans import read_content
from promesa.allocation.queries.demand import load
from promesa.allocation.rules.agreement import resolved, written
from promesa.allocation.rules.asking import Had, Loaded, Prepared, inflated, lot_of, prepare
from promesa.allocation.rules.instance import MILLION, Decision, Line, Outcome, Share, Trace
from promesa.allocation.rules.parting import parts_of
from promesa.allocation.states import RunState
from promesa.core import bulk
from promesa.core.actors import Actor
from promesa.core.errors import NotFound, Refused
from promesa.core.events import emit
from promesa.core.verbs import verb

MOST_INFLATED = 200
MANY_LINES = 10_000  # so many new rows that the planner must be told of them before they are asked for


class NothingToShare(Refused):
    """No open line asks for these items, and there is none of them."""


@dataclass(frozen=True, slots=True)
class Worked:
    """A sharing with all that it was made from."""

    loaded: Loaded
    prepared: Prepared
    decision: Decision
    seconds: Mapping[str, float]
    elsewhere: Mapping[str, Any] | None = None  # where it was decided, if not here


def work_out(*, scenario: Scenario, as_of: date, at: datetime, engine: Engine = HERE) -> Worked:
    """Load what there is and decide, here or where the engine does; nothing is written."""
    began = time.perf_counter()
    agreement, ids = read_content(scenario.content)
    warehouse_id = ids["warehouse"][agreement.warehouse]
    agreement = resolved(agreement, ids)
    loaded = load(agreement=agreement, warehouse_id=warehouse_id, as_of=as_of, at=at)
    read = time.perf_counter()
    prepared = prepare(loaded, agreement, as_of=as_of)
    ready = time.perf_counter()
    decision = engine.share_out(prepared.instance)
    done = time.perf_counter()
    seconds = {"load": read - began, "prepare": ready - read, "decide": done - ready}
    return Worked(loaded, prepared, decision, seconds, engine.told())


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
    worked = work_out(scenario=scenario, as_of=day, at=at, engine=engine)
    if not worked.loaded.wishes and not worked.loaded.sources:
        plan = Plan.objects.get(pk=plan_id)
        raise NothingToShare(plan.number, plan=plan.number)
    run = _keep(scenario=scenario, worked=worked, as_of=day, by=by, at=at)
    if run.lines > MANY_LINES and not connection.in_atomic_block:
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
def _keep(*, scenario: Scenario, worked: Worked, as_of: date, by: Actor, at: datetime) -> Run:
    """Write the run: its head, what was shared, its lines with their traces, their shares. Three COPY."""
    began = time.perf_counter()
    plan = Plan.objects.select_for_update().get(pk=scenario.plan_id)
    last = Run.objects.filter(plan=plan).order_by("-number").values_list("number", flat=True).first() or 0
    prepared, decision = worked.prepared, worked.decision
    run = Run.objects.create(
        plan=plan, scenario=scenario, number=last + 1, state=RunState.SIMULATED, rule=prepared.instance.rule,
        snapshot_hash=snapshot(worked.loaded), as_of=as_of, lines=len(prepared.instance.lines) + len(prepared.fixed),
        exceptions=[
            {"code": one.code, "subject": one.subject, "params": dict(one.params)} for one in decision.exceptions
        ],
        made_by=by, made_at=at,
    )  # fmt: skip
    parts = _write(run.pk, prepared, decision)
    seconds = {**worked.seconds, "write": time.perf_counter() - began}
    run.stats = _stats(worked, parts, seconds)
    run.seconds = Decimal(f"{sum(seconds.values()):.3f}")
    run.save(update_fields=["stats", "seconds"])
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


def _write(run_id: int, prepared: Prepared, decision: Decision) -> int:
    """Write supply, lines, shares and parts; says how many parts there are."""
    shares: dict[Any, list[Share]] = defaultdict(list)
    for share in decision.shares:
        shares[share.line].append(share)
    moving: Sequence[Any] = prepared.instance.lines
    changed = [one for one in moving if _moves(one, shares.get(one.id, ()), prepared)]
    numbers = parts_of((line.id, line.order, line.item) for line in changed)
    ids = _new_ids(len(moving) + len(prepared.fixed))
    bulk.copy_text("allocation_runsupply", _SUPPLY, _supply_rows(run_id, prepared))
    bulk.copy_text("allocation_runline", _LINES, _line_rows(run_id, ids, prepared, decision.outcomes, numbers, shares))
    bulk.copy_text("allocation_runshare", _SHARES, _share_rows(ids, prepared, shares))
    count: dict[int, int] = defaultdict(int)
    for number in numbers.values():
        count[number] += 1
    bulk.copy_text(
        "allocation_runpart",
        ("run_id", "number", "state", "lines", "changes"),
        (f"{run_id}\t{number}\twaiting\t{lines}\t[]" for number, lines in sorted(count.items())),
    )
    return len(count)


def _moves(line: Line, shares: Sequence[Share], prepared: Prepared) -> bool:
    """Whether what the line gets is other than what it has: another quantity, or from elsewhere."""
    own: Sequence[Had] = prepared.sources_of.get(line.id, ())  # type: ignore[call-overload]
    if len(own) != len(shares):
        return True
    had = sorted([(lot_of(one.stock, one.receipt), one.quantity) for one in own])
    return had != sorted([(share.lot, share.quantity) for share in shares])


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
    run_id: int,
    ids: Sequence[int],
    prepared: Prepared,
    outcomes: Sequence[Outcome],
    numbers: Mapping[Any, int],
    shares: Mapping[Any, Sequence[Share]],
) -> Iterator[str]:
    penalties = prepared.penalties
    lines = [*zip(prepared.instance.lines, outcomes, strict=True)]
    for at, (line, outcome) in zip(ids, lines, strict=False):
        lost = line.confirmed - outcome.quantity
        penalty = "0"
        if lost > 0 and line.id in penalties:
            penalty = _cents(lost * line.margin * penalties[line.id])  # type: ignore[index]
        yield (
            f"{at}\t{run_id}\t{line.id}\t{numbers.get(line.id, 0)}\t{line.segment}\t{line.tier}\t{line.strategy}\tf\t"
            f"{units(line.open_quantity)}\t{units(line.confirmed)}\t{units(outcome.quantity)}\t{units(line.margin)}\t{penalty}\t"
            f"{_ready(shares.get(line.id, ()), prepared)}\t{_asked(line)}\t{_steps(outcome.why)}"
        )
    for at, line in zip(ids[len(lines) :], prepared.fixed, strict=True):
        had = units(line.confirmed)
        yield (
            f"{at}\t{run_id}\t{line.id}\t0\t{line.segment}\t{line.tier}\t{line.strategy}\t{'t' if line.frozen else 'f'}\t"
            f"{units(line.open_quantity)}\t{had}\t{had}\t{units(line.margin)}\t0\t\\N\t{_asked(line)}\t"
            f'[["share_fixed",{line.confirmed}],["share_result",{line.confirmed},{line.open_quantity}]]'
        )


def _ready(shares: Sequence[Share], prepared: Prepared) -> str:
    """When the last of what comes is there."""
    coming = [share.lot for share in shares if share.lot < 0]  # type: ignore[operator]
    if not coming:
        return r"\N"
    return max([prepared.pools[lot].source.available_on for lot in coming]).isoformat()  # type: ignore[index]


def _share_rows(ids: Sequence[int], prepared: Prepared, shares: Mapping[Any, Sequence[Share]]) -> Iterator[str]:
    moving = prepared.instance.lines
    for at, line in zip(ids, moving, strict=False):
        for share in shares.get(line.id, ()):
            lot: Any = share.lot
            source = f"{lot}\t\\N" if lot > 0 else f"\\N\t{-lot}"
            yield f"{at}\t{source}\t{units(share.quantity)}"
    for at, line in zip(ids[len(moving) :], prepared.fixed, strict=True):
        for had in prepared.sources_of.get(line.id, ()):  # type: ignore[call-overload]
            yield f"{at}\t{_null(had.stock)}\t{_null(had.receipt)}\t{units(had.quantity)}"


@lru_cache(maxsize=100_000)
def units(millionths: int) -> str:
    """Millionths as the database reads them."""
    whole, rest = divmod(millionths, MILLION)
    return f"{whole}.{rest:06d}" if rest else str(whole)


def _cents(value: int) -> str:
    """Quantity x price x per cent, all in millionths, as money."""
    return f"{value / 100 / MILLION**3:.2f}"


def _null(value: int | None) -> str:
    return r"\N" if value is None else str(value)


# What else the engine is told of a line, where it stands in `Line`, and what is left out as usual.
_KEPT = (
    ("weight", 5, MILLION), ("pack", 8, MILLION), ("minimum", 9, 0), ("complete_order", 10, False), ("minimum_life_days", 13, 0),
    ("service_debt", 17, 0), ("base", 19, None), ("stock", 20, 0), ("daily_demand", 21, 0), ("groups", 22, ()),
)  # fmt: skip
_told_of = itemgetter(*(place for _, place, _ in _KEPT), 11, 12, 23)


def _asked(line: Line) -> str:
    """What else the engine was told, as JSON; what is as usual is left out. Lines of an order are often told the same."""
    return _told(_told_of(line))


@lru_cache(maxsize=50_000)
def _told(values: tuple[Any, ...]) -> str:
    *kept, requested_on, entered_at, latest_on = values
    said: dict[str, Any] = {name: value for (name, _, usual), value in zip(_KEPT, kept, strict=True) if value != usual}
    said["entered_at"] = entered_at
    if requested_on is not None:
        said["requested_on"] = requested_on
        said["latest_on"] = latest_on
    return _escaped(to_json(said).decode())


def _steps(why: Sequence[Any]) -> str:
    if isinstance(why, Trace):
        return _escaped(to_json(why.bare).decode())
    return _escaped(to_json([[step.code, dict(step.params)] for step in why]).decode())


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\") if "\\" in text else text


def _stats(worked: Worked, parts: int, seconds: Mapping[str, float]) -> dict[str, Any]:
    prepared, decision = worked.prepared, worked.decision
    lines = [*prepared.instance.lines, *prepared.fixed]
    objective = decision.objective
    return {
        "lines": len(lines), "parts": parts,
        "open": written(sum(line.open_quantity for line in lines)),
        "before": written(sum(line.confirmed for line in lines)),
        "share": written(sum(one.quantity for one in decision.outcomes) + sum(one.confirmed for one in prepared.fixed)),
        "supply": written(sum(pool.quantity for pool in prepared.pools.values()) + sum(one.confirmed for one in prepared.fixed)),
        "floors_missed": written(objective.floors_missed), "complete_orders": objective.complete_orders,
        "weighted_complete": written(objective.weighted_complete),
        "bound": None if decision.bound is None else written(decision.bound),
        "gap": None if decision.gap is None else f"{decision.gap:.6f}", "proved": decision.proved,
        "limits": _limits(prepared), "engine": worked.elsewhere,
        "seconds": {name: f"{value:.3f}" for name, value in seconds.items()},
        "inflation": [
            {"customer": one.customer, "item": one.item, "ordered": written(one.ordered), "usual": written(one.usual)}
            for one in inflated(worked.loaded) if one.usual and one.ordered > one.usual
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
