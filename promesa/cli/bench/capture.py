"""`promesa bench capture`: the API, bulk take-in and the pages, beside a floor in bare SQL."""

from __future__ import annotations

import json
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import click
import psycopg

from promesa.cli.bench import floor
from promesa.cli.bench.meter import parent_of
from promesa.cli.bench.runs import WebServer, ask, median, pgbench, run_clients
from promesa.cli.bench.sizes import CUSTOMERS, ITEMS
from promesa.cli.start import start
from promesa.config import address

DATABASE = "promesa_bench"
ROUNDS = 9
ROUNDS_IN_BULK = 5
CLIENTS = (1, 4)
WARM = 60
IN_BULK = 1000
WARM_IN_BULK = IN_BULK


@click.command()
@click.option("--orders", default=200, show_default=True, help="Orders a client and round.")
@click.option("--many", default=100_000, show_default=True, help="Orders behind the list and the order page.")
@click.option("--quick", is_flag=True, help="A quarter of the orders, a tenth of the pages' orders.")
@click.option("--keep", is_flag=True, help="Keep the bench's database.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
def capture(orders: int, many: int, quick: bool, keep: bool, as_json: bool) -> None:
    """Measure capture: floor, API with 1 and 4 clients, bulk, list and page. Each figure is the median of several
    rounds.

    In each round the floor and ours run one after the other, so that a noisy machine is noisy to both; ratios are taken
    inside a round. Before each, VACUUM ANALYZE does what autovacuum does in its own time, so that it does it to neither.
    """
    if quick:
        orders, many = max(60, orders // 4), max(2_000, many // 10)
    start()
    with psycopg.connect(_url(address.database()["NAME"]), autocommit=True) as admin:
        admin.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
        admin.execute(f"CREATE DATABASE {DATABASE} TEMPLATE template0")
    try:
        report = _run(_url(DATABASE), orders, many, quick)
    finally:
        if not keep:
            with psycopg.connect(_url(address.database()["NAME"]), autocommit=True) as admin:
                admin.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
    click.echo(json.dumps(report) if as_json else told(report))


def _url(name: str) -> str:
    found = address.database()
    host, port = found["HOST"], found["PORT"] or "5432"
    secret = f":{quote(found['PASSWORD'])}" if found["PASSWORD"] else ""
    return f"postgresql://{quote(found['USER'])}{secret}@/{name}?host={quote(str(host), safe='')}&port={port}"


def _run(url: str, orders: int, many: int, quick: bool) -> dict[str, Any]:
    environment = {**os.environ, "DATABASE_URL": url, "PROMESA_LOG": "WARNING"}
    _say("tables, customers, items, stock")
    seeded = ask([sys.executable, "-m", "promesa.cli.bench.seed", "masters"], environment)
    with psycopg.connect(url, autocommit=True) as connection:
        floor.prepare(connection)
        postmaster = parent_of(connection.info.backend_pid)
    report: dict[str, Any] = {"bulk": _bulk(url, environment)}
    _tidy(url)
    _say("pgbench")
    report["pgbench"] = pgbench(url, seconds=2 if quick else 10, postmaster=postmaster)
    server = WebServer(environment)
    try:
        report |= _capture(url, server, seeded, orders, postmaster, environment)
        _say(f"list and order page with {many} orders")
        ask([sys.executable, "-m", "promesa.cli.bench.seed", "many", str(many)], environment)
        report["pages"] = ask([sys.executable, "-m", "promesa.cli.bench.pages", str(server.port)], environment) | {
            "orders": many
        }
    finally:
        server.stop()
    return report


def _capture(
    url: str, server: WebServer, seeded: dict[str, Any], orders: int, postmaster: int, environment: dict[str, str]
) -> dict[str, Any]:
    """Floor and API in turns. The server's threads and connections are all warm before anything counts."""

    def low(clients: int, count: int) -> dict[str, float]:
        return run_clients(
            _floor_command(url, count), clients=clients, postmaster=postmaster, web_server=None, environment=environment
        )

    def api(clients: int, count: int) -> dict[str, float]:
        return run_clients(
            _api_command(server.port, seeded, count), clients=clients, postmaster=postmaster, web_server=server.pid,
            environment=environment,
        )  # fmt: skip

    _say("warming up")
    api(8, WARM)
    report: dict[str, Any] = {"floor": {}, "api": {}}
    for clients in CLIENTS:
        rounds = []
        for n in range(ROUNDS):
            _say(f"floor and API, {clients} client{'s' if clients > 1 else ''}, round {n + 1} of {ROUNDS}")
            _tidy(url)
            rounds.append((low(clients, orders), api(clients, orders)))
        report["floor"][str(clients)] = median([one for one, _ in rounds])
        report["api"][str(clients)] = median([one for _, one in rounds]) | {
            f"times_floor_{figure.removesuffix('_ms')}": round(
                statistics.median(ours[figure] / bare[figure] for bare, ours in rounds), 2
            )
            for figure in ("cpu_ms", "p99")
        }
    return report


def _floor_command(url: str, orders: int) -> Callable[[int], list[str]]:
    return lambda seed: [sys.executable, "-m", "promesa.cli.bench.floor_client", url, str(orders), str(seed)]


def _api_command(port: int, seeded: dict[str, Any], orders: int) -> Callable[[int], list[str]]:
    return lambda seed: [
        sys.executable, "-m", "promesa.cli.bench.client", str(port), seeded["key"], str(orders), str(seed),
        str(seeded["customers"]), str(seeded["items"]),
    ]  # fmt: skip


def _bulk(url: str, environment: dict[str, str]) -> dict[str, Any]:
    """One CSV of 1,000 orders of 10 lines by take-in, beside the validated COPY import. The first round only warms.

    Both do it as a process that has been running for a while: each takes such a file first, on the same connection.
    """
    rounds = []
    for n in range(ROUNDS_IN_BULK + 1):
        _say(f"bulk, round {n} of {ROUNDS_IN_BULK}" if n else "bulk, warming up")
        rows, warm = _orders(n, IN_BULK), _orders(n, WARM_IN_BULK)
        with psycopg.connect(url, autocommit=True) as connection:
            floor.import_validated(connection, warm)
            low = floor.import_validated(connection, rows)
        with tempfile.TemporaryDirectory() as folder:
            files = [_written(Path(folder) / "warm.csv", warm), _written(Path(folder) / "orders.csv", rows)]
            taken = ask([sys.executable, "-m", "promesa.cli.bench.seed", "take-in", *files], environment)
        if taken["orders"] != IN_BULK:
            raise click.ClickException(f"{taken['orders']} of {IN_BULK} orders were taken in")
        if n:
            rounds.append((low, taken["seconds"]))
        else:
            _tidy(url)
    ours = statistics.median(taken for _, taken in rounds)
    return {
        "orders": IN_BULK,
        "floor_s": round(statistics.median(low for low, _ in rounds), 3),
        "take_in_s": round(ours, 3),
        "orders_s": round(IN_BULK / ours),
        "times_floor": round(statistics.median(taken / low for low, taken in rounds), 2),
    }


def _tidy(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")


def _written(file: Path, rows: list[tuple[str, int, int, int, str]]) -> str:
    lines = ["po_number;customer;item;quantity"]
    lines += [f"{po};B-{customer:04d};BI-{item:05d};{quantity}" for po, customer, item, quantity, _ in rows]
    file.write_text("\n".join(lines) + "\n")
    return str(file)


def _orders(n: int, count: int) -> list[tuple[str, int, int, int, str]]:
    """PO number, customer, item, quantity and price of each line of so many orders."""
    chance = random.Random(n)
    rows = []
    for order in range(count):
        po_number, customer = f"{time.time_ns()}-{n}-{order}", chance.randint(1, CUSTOMERS)
        for item in chance.sample(range(1, ITEMS + 1), 10):
            rows.append((po_number, customer, item, chance.randint(1, 9), str(1 + item % 97)))
    return rows


def _say(what: str) -> None:
    click.echo(f"… {what}", err=True)


def told(report: dict[str, Any]) -> str:
    """The report as a table for people."""
    lines = [
        "",
        "Orders of 10 lines           orders/s   CPU ms an order: program  PostgreSQL      sum   p50 ms   p95 ms   p99 ms",
    ]
    for kind, name in (("floor", "floor, bare SQL"), ("api", "API over HTTP")):
        for clients in CLIENTS:
            one = report[kind][str(clients)]
            who = f"{name}, {clients} client{'s' if clients > 1 else ''}"
            lines.append(
                f"{who:<28}{one['orders_s']:9.1f}{one['program_cpu_ms']:27.2f}{one['postgres_cpu_ms']:12.2f}"
                f"{one['cpu_ms']:9.2f}{one['p50']:9.2f}{one['p95']:9.2f}{one['p99']:9.2f}"
            )
    api, bulk, pages = report["api"], report["bulk"], report["pages"]
    if report["pgbench"]:
        lines.append(
            f"pgbench TPC-B, prepared, 1 client: {report['pgbench']['tps']} a second, "
            f"{report['pgbench']['postgres_cpu_ms']} ms of PostgreSQL's CPU a transaction"
        )
    lines += [
        "",
        f"API, 1 client: {api['1']['times_floor_cpu']} times the floor's CPU (reach 3)",
        f"API, 4 clients: {api['4']['times_floor_p99']} times the floor's p99 (reach 5)",
        (
            f"Bulk: {bulk['orders']} orders in {bulk['take_in_s']} s ({bulk['orders_s']} a second), {bulk['times_floor']} "
            f"times the COPY import's {bulk['floor_s']} s (reach 2.5)"
        ),
        (
            f"Order list, {pages['orders']:,} orders: p95 {pages['list']['p95']} ms; order page p95 {pages['page']['p95']} ms"
            " (reach 100)"
        ),
    ]
    return "\n".join(lines)
