"""`promesa bench allocate`: a whole sharing run of a large company, beside one SQL statement that writes the same rows."""

from __future__ import annotations

import json
import os
import statistics
import sys
from typing import Any

import click
import psycopg

from promesa.cli.bench.capture import _say, _url
from promesa.cli.bench.runs import ask
from promesa.cli.start import start
from promesa.config import address

DATABASE = "promesa_bench_allocate"
REACH = {"seconds": 10, "times_floor": 8, "memory_mb": 1536}
ROUNDS = 3


@click.command()
@click.option(
    "--lines", default=200_000, show_default=True, help="Open lines; a tenth of it items, a fortieth customers."
)
@click.option("--quick", is_flag=True, help="A tenth of the lines, one round.")
@click.option("--keep", is_flag=True, help="Keep the bench's database.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
def allocate(lines: int, quick: bool, keep: bool, as_json: bool) -> None:
    """Measure a whole run: load, decide, trace, write, with tiers, weights, strategies, floors and quotas; at a sixteenth, a
    quarter and all of the lines. Beside it, in each round: one SQL statement that gives by tier and date and writes the same rows
    (the floor), and our own run by priority and date.
    """
    lines = lines // 10 if quick else lines
    start()
    report = {"sizes": [_measured(lines // part, 1 if quick else ROUNDS, keep) for part in (16, 4, 1)]}
    click.echo(json.dumps(report) if as_json else told(report))


def _measured(lines: int, rounds: int, keep: bool) -> dict[str, Any]:
    """The same company made anew for each size."""
    with psycopg.connect(_url(address.database()["NAME"]), autocommit=True) as admin:
        admin.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
        admin.execute(f"CREATE DATABASE {DATABASE} TEMPLATE template0")
    environment = {**os.environ, "DATABASE_URL": _url(DATABASE), "PROMESA_LOG": "WARNING"}
    step = [sys.executable, "-m", "promesa.cli.bench.allocate_company"]
    try:
        _say(f"a company with {lines} open lines")
        made = ask([*step, "make", str(lines)], environment)
        turns: list[dict[str, Any]] = []
        for n in range(rounds):
            _say(f"{lines} lines, round {n + 1} of {rounds}")
            _tidy()
            floor = ask([*step, "floor"], environment)
            _tidy()
            ours = ask([*step, "run", "proportional"], environment)
            _tidy()
            turns.append({"floor": floor, "run": ours, "priority": ask([*step, "run", "priority"], environment)})
    finally:
        if not keep:
            with psycopg.connect(_url(address.database()["NAME"]), autocommit=True) as admin:
                admin.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
    middle = sorted(turns, key=lambda turn: turn["run"]["seconds"])[len(turns) // 2]
    ratio = statistics.median(turn["run"]["seconds"] / turn["floor"]["seconds"] for turn in turns)
    return {**made, **middle, "times_floor": round(ratio, 2)}


def _tidy() -> None:
    """What autovacuum does in its own time, so that it does it to none."""
    with psycopg.connect(_url(DATABASE), autocommit=True) as connection:
        connection.execute("VACUUM (ANALYZE) allocation_runline, allocation_runshare, allocation_runsupply")
        connection.execute("CHECKPOINT")


def told(report: dict[str, Any]) -> str:
    """The report in words."""
    said = [""]
    for one in report["sizes"]:
        run, floor, greedy = one["run"], one["floor"], one["priority"]
        steps = ", ".join(f"{name} {seconds}" for name, seconds in run["steps"].items())
        said.append(
            f"{one['lines']} lines, {one['items']} items, {one['customers']} customers: {run['seconds']} s ({steps}), "
            f"{run['seconds'] / one['lines'] * 1e6:.0f} us a line, {run['memory_mb']} MB; floor {floor['seconds']} s, "
            f"{one['times_floor']} times; by priority and date {greedy['seconds']} s"
        )
    whole = report["sizes"][-1]
    said.append(
        f"reach {REACH['seconds']} s, {REACH['times_floor']} times the floor, {REACH['memory_mb']} MB; the whole beside a sixteenth: "
        f"{whole['run']['seconds'] / report['sizes'][0]['run']['seconds']:.1f} times the time for 16 times the lines"
    )
    for name, kind in (("proportional", "run"), ("priority and date", "priority"), ("floor", "floor")):
        one = whole[kind]
        said.append(
            f"  {name}: fill {one['fill']}, lowest of a customer {one['minimum_fill']}, Jain {one['jain']}, "
            f"{one['complete_orders']} complete orders, {one['shares']} shares"
        )
    return "\n".join(said)
