"""`promesa bench spread`: a sharing worked out here and on a cluster that is running, one after the other, and whether it is the same."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from typing import Any

import click

from promesa.allocation.engines import HERE, Engine, opened
from promesa.allocation.rules.cutting import Cut
from promesa.allocation.rules.instance import Decision, Instance, Rule
from promesa.cli.bench.allocate_instances import FAMILIES, instance_of
from promesa.core.errors import Refused

LINES_AN_ITEM, LINES_A_CUSTOMER = 10, 40
RULES = [str(rule) for rule in Rule]


@click.command()
@click.argument("engine", metavar="ADDRESS")
@click.option("--lines", default=50_000, show_default=True, help="Open lines to share for.")
@click.option("--family", type=click.Choice(FAMILIES), default="tiers", show_default=True)
@click.option("--rule", type=click.Choice(RULES), default=str(Rule.PROPORTIONAL), show_default=True)
@click.option("--turns", default=3, show_default=True, help="How often each is done; the quickest counts.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON for a program instead of words for people.")
def spread(engine: str, lines: int, family: str, rule: str, turns: int, as_json: bool) -> None:
    """Decide one sharing here and over the cluster at ADDRESS, in turns, and say whether both are the same.

    \b
      dask scheduler --host 127.0.0.1 --port 8786
      dask worker tcp://127.0.0.1:8786 --nworkers 2 --nthreads 1
      promesa bench spread tcp://127.0.0.1:8786
    """
    items, customers = max(1, lines // LINES_AN_ITEM), max(1, lines // LINES_A_CUSTOMER)
    instance = instance_of(family=family, lines=lines, items=items, customers=customers, rule=rule)
    instance = replace(instance, objective=("floors", "tiers", "margin"), time_limit_s=3_600.0)
    here, there = [], []
    try:
        with opened(engine) as cluster:
            for _ in range(turns):
                here.append(_timed(HERE, instance))
                there.append(_timed(cluster, instance))
            told = cluster.told()
    except Refused as refusal:
        raise click.ClickException(refusal.sentence("en")) from refusal
    report: dict[str, Any] = {
        "lines": lines, "family": family, "rule": rule, "parts": len(Cut(instance).parts), "engine": told,
        "here": min(one[:2] for one in here), "there": min(one[:2] for one in there),
        "same": all(one[2] == here[0][2] for one in (*here, *there)),
    }  # fmt: skip
    click.echo(json.dumps(report) if as_json else _said(report))


def _timed(engine: Engine, instance: Instance) -> tuple[float, float, Decision]:
    """Seconds by the clock, CPU seconds of this process, and what came of it."""
    began, cpu = time.perf_counter(), time.process_time()
    decision = engine.share_out(instance)
    return round(time.perf_counter() - began, 3), round(time.process_time() - cpu, 3), decision


def _said(report: dict[str, Any]) -> str:
    where = report["engine"]
    (here, here_cpu), (there, there_cpu) = report["here"], report["there"]
    lines = [
        f"{report['lines']} lines, {report['family']}, {report['rule']}: {report['parts']} parts that do not touch",
        f"  here: {here:.2f} s, {here_cpu:.2f} of CPU",
        f"  {where['workers']} workers, {where['bundles']} bundles: {there:.2f} s, {there_cpu:.2f} of CPU in this process",
        "  the same" if report["same"] else "  NOT the same",
    ]
    return "\n".join(lines)
