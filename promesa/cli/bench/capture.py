"""`promesa bench capture`: the API, bulk take-in and the pages, beside a floor in bare SQL."""

from __future__ import annotations

import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

import click
import psycopg

from promesa.cli.bench import floor
from promesa.cli.bench.meter import in_milliseconds, parent_of, tree_cpu
from promesa.cli.bench.sizes import CUSTOMERS, ITEMS
from promesa.cli.start import start
from promesa.config import address

DATABASE = "promesa_bench"
ROUNDS = 3


def _url(name: str) -> str:
    found = address.database()
    host, port = found["HOST"], found["PORT"] or "5432"
    secret = f":{quote(found['PASSWORD'])}" if found["PASSWORD"] else ""
    return f"postgresql://{quote(found['USER'])}{secret}@/{name}?host={quote(str(host), safe='')}&port={port}"


@click.command()
@click.option("--orders", default=600, show_default=True, help="Orders a client and round.")
@click.option("--many", default=100_000, show_default=True, help="Orders behind the list and the order page.")
@click.option("--quick", is_flag=True, help="A tenth of the work.")
@click.option("--keep", is_flag=True, help="Keep the bench's database.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
def capture(orders: int, many: int, quick: bool, keep: bool, as_json: bool) -> None:
    """Measure capture: floor, API with 1 and 4 clients, bulk, list and page. Each figure is the median of three rounds."""
    if quick:
        orders, many = max(60, orders // 10), max(2_000, many // 10)
    start()
    with psycopg.connect(_url(address.database()["NAME"]), autocommit=True) as admin:
        admin.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
        admin.execute(f"CREATE DATABASE {DATABASE} TEMPLATE template0")
    try:
        report = _run(_url(DATABASE), orders, many)
    finally:
        if not keep:
            with psycopg.connect(_url(address.database()["NAME"]), autocommit=True) as admin:
                admin.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
    click.echo(json.dumps(report, indent=None if as_json else 2) if as_json else _told(report))


def _run(url: str, orders: int, many: int) -> dict[str, Any]:
    environment = {**os.environ, "DATABASE_URL": url, "PROMESA_LOG": "WARNING"}
    _say("tables, customers, items, stock")
    seeded = _ask([sys.executable, "-m", "promesa.cli.bench.seed", "masters"], environment)
    with psycopg.connect(url, autocommit=True) as connection:
        floor.prepare(connection)
        postmaster = parent_of(connection.info.backend_pid)
    report: dict[str, Any] = {"floor": {}, "api": {}}
    server = _Server(environment)
    try:
        for clients in (1, 4):
            rounds = []
            for n in range(ROUNDS):
                _say(f"floor and API, {clients} clients, round {n + 1} of {ROUNDS}")
                low = _clients(_floor_command(url, orders), clients, postmaster, None, environment)
                api = _clients(_api_command(server.port, seeded, orders), clients, postmaster, server.pid, environment)
                rounds.append((low, api))
            report["floor"][str(clients)] = _median([low for low, _ in rounds])
            report["api"][str(clients)] = _median([api for _, api in rounds]) | {
                "times_floor_cpu": round(statistics.median(api["cpu_ms"] / low["cpu_ms"] for low, api in rounds), 2),
                "times_floor_p99": round(statistics.median(api["p99"] / low["p99"] for low, api in rounds), 2),
            }
        report["bulk"] = _bulk(url, environment)
        _say(f"{many:,} orders for the list and the page")
        _ask([sys.executable, "-m", "promesa.cli.bench.seed", "many", str(many)], environment)
        report["pages"] = _ask([sys.executable, "-m", "promesa.cli.bench.pages", str(server.port)], environment) | {
            "orders": many
        }
    finally:
        server.stop()
    return report


class _Server:
    """A web server of its own on a free port."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.port = random.randint(20_000, 40_000)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "promesa", "serve", "--port", str(self.port)], env=environment,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        self.pid = self.process.pid
        for _ in range(200):
            time.sleep(0.1)
            if self._answers():
                return
        self.stop()
        raise click.ClickException("the web server did not start")

    def _answers(self) -> bool:
        probe = "import sys, urllib.request as u; u.urlopen(sys.argv[1], timeout=2)"
        address_ = f"http://127.0.0.1:{self.port}/health"
        return subprocess.run([sys.executable, "-c", probe, address_], capture_output=True, check=False).returncode == 0

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()


def _floor_command(url: str, orders: int) -> Callable[[int], list[str]]:
    return lambda n: [sys.executable, "-m", "promesa.cli.bench.floor_client", url, str(orders), str(n)]


def _api_command(port: int, seeded: dict[str, Any], orders: int) -> Callable[[int], list[str]]:
    return lambda n: [
        sys.executable, "-m", "promesa.cli.bench.client", str(port), seeded["key"], str(orders), str(n),
        str(seeded["customers"]), str(seeded["items"]),
    ]  # fmt: skip


def _clients(
    command: Callable[[int], list[str]], clients: int, postmaster: int, server: int | None, environment: dict[str, str]
) -> dict[str, float]:
    """Run clients at the same time; CPU is the server's tree (or, for the floor, the clients') and PostgreSQL's."""
    before = tree_cpu(postmaster), tree_cpu(server) if server else 0.0
    began = time.perf_counter()
    running = [
        subprocess.Popen(command(int(time.time() * 1000) % 10**6 + n), stdout=subprocess.PIPE, env=environment)
        for n in range(clients)
    ]
    answers = [json.loads(_output(one)) for one in running]
    seconds = time.perf_counter() - began
    times = [value for answer in answers for value in answer["times"]]
    database = tree_cpu(postmaster) - before[0]
    program = tree_cpu(server) - before[1] if server else sum(answer["cpu"] for answer in answers)
    count = len(times)
    return {
        "orders_s": round(count / max(answer.get("seconds", sum(answer["times"])) for answer in answers), 1),
        "program_cpu_ms": round(program / count * 1000, 3),
        "postgres_cpu_ms": round(database / count * 1000, 3),
        "cpu_ms": round((program + database) / count * 1000, 3),
        **in_milliseconds(times),
        "wall_s": round(seconds, 2),
    }


def _output(process: subprocess.Popen[bytes]) -> bytes:
    text, _ = process.communicate()
    if process.returncode:
        raise click.ClickException("a client of the bench failed; its words are above")
    return text


def _median(rounds: Sequence[dict[str, float]]) -> dict[str, float]:
    return {key: round(statistics.median(one[key] for one in rounds), 3) for key in rounds[0]}


def _bulk(url: str, environment: dict[str, str]) -> dict[str, Any]:
    """One CSV of 1,000 orders of 10 lines by take-in, beside the validated COPY import."""
    rounds = []
    for n in range(ROUNDS):
        _say(f"bulk, round {n + 1} of {ROUNDS}")
        chance = random.Random(n)
        rows = []
        for order in range(1000):
            customer = chance.randint(1, CUSTOMERS)
            for item in chance.sample(range(1, ITEMS + 1), 10):
                rows.append((f"{time.time_ns()}-{n}-{order}", customer, item, chance.randint(1, 9), str(1 + item % 97)))
        with psycopg.connect(url, autocommit=True) as connection:
            low = floor.import_validated(connection, rows)
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "orders.csv"
            lines = ["po_number;customer;item;quantity"]
            lines += [f"{po};B-{customer:04d};BI-{item:05d};{quantity}" for po, customer, item, quantity, _ in rows]
            file.write_text("\n".join(lines) + "\n")
            taken = _ask([sys.executable, "-m", "promesa.cli.bench.seed", "take-in", str(file)], environment)
        rounds.append((low, taken["seconds"], taken["orders"]))
    low = statistics.median(one[0] for one in rounds)
    ours = statistics.median(one[1] for one in rounds)
    return {
        "orders": rounds[0][2],
        "floor_s": round(low, 3),
        "take_in_s": round(ours, 3),
        "orders_s": round(1000 / ours),
        "times_floor": round(statistics.median(one[1] / one[0] for one in rounds), 2),
    }


def _ask(command: list[str], environment: dict[str, str]) -> dict[str, Any]:
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=False)
    if done.returncode:
        raise click.ClickException(f"{' '.join(command[2:4])} failed; its words are above")
    answer: dict[str, Any] = json.loads(done.stdout or b"{}")
    return answer


def _say(what: str) -> None:
    click.echo(f"… {what}", err=True)


def _told(report: dict[str, Any]) -> str:
    lines = ["", "Orders of 10 lines            orders/s   program CPU   PostgreSQL CPU   p50      p95      p99 (ms)"]
    for kind, name in (("floor", "floor, bare SQL"), ("api", "API over HTTP")):
        for clients in ("1", "4"):
            one = report[kind][clients]
            lines.append(
                f"{name}, {clients} client{'s' if clients != '1' else ' '}   {one['orders_s']:8}   {one['program_cpu_ms']:8} ms   "
                f"{one['postgres_cpu_ms']:8} ms     {one['p50']:7}  {one['p95']:7}  {one['p99']:7}"
            )
    api, bulk, pages = report["api"], report["bulk"], report["pages"]
    lines += [
        "",
        f"API, 1 client: {api['1']['times_floor_cpu']} times the floor's CPU (reach 3)",
        f"API, 4 clients: {api['4']['times_floor_p99']} times the floor's p99 (reach 5)",
        f"Bulk: {bulk['orders']} orders in {bulk['take_in_s']} s, {bulk['times_floor']} times the COPY import (reach 2.5)",
        f"Order list, {pages['orders']:,} orders: p95 {pages['list']['p95']} ms; order page p95 {pages['page']['p95']} ms (reach 100)",
    ]
    return "\n".join(lines)
