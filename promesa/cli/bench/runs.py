"""Running the parts of a bench: clients that start together, a web server of its own, PostgreSQL's own pgbench."""

from __future__ import annotations

import json
import os
import random
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any

import click

from promesa.cli.bench.meter import in_milliseconds, tree_cpu
from promesa.config import server


class WebServer:
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
        address = f"http://127.0.0.1:{self.port}/health"
        return subprocess.run([sys.executable, "-c", probe, address], capture_output=True, check=False).returncode == 0

    def stop(self) -> None:
        """End it, kindly at first."""
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()


def run_clients(
    command: Callable[[int], list[str]],
    *,
    clients: int,
    postmaster: int,
    web_server: int | None,
    environment: dict[str, str],
) -> dict[str, float]:
    """Let clients warm up, start them together, and say what an order took.

    CPU is that of the web server's processes (for the floor: of the clients, which are the program there) and of all of
    PostgreSQL's, its background processes included, from the start of the first to the end of the last.
    """
    running = [
        subprocess.Popen(
            command(random.randrange(10**9)), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
        )
        for _ in range(clients)
    ]
    for one in running:
        if one.stdout is None or one.stdout.readline().strip() != "ready":
            raise click.ClickException("a client of the bench failed; its words are above")
    before = tree_cpu(postmaster), tree_cpu(web_server) if web_server else 0.0
    for one in running:
        assert one.stdin is not None
        one.stdin.write("go\n")
        one.stdin.flush()
    answers = [json.loads(_rest(one)) for one in running]
    times = [value for answer in answers for value in answer["times"]]
    database = tree_cpu(postmaster) - before[0]
    program = tree_cpu(web_server) - before[1] if web_server else sum(answer["cpu"] for answer in answers)
    count = len(times)
    return {
        "orders_s": round(count / max(sum(answer["times"]) for answer in answers), 1),
        "program_cpu_ms": round(program / count * 1000, 3),
        "postgres_cpu_ms": round(database / count * 1000, 3),
        "cpu_ms": round((program + database) / count * 1000, 3),
        **in_milliseconds(times),
    }


def _rest(process: subprocess.Popen[str]) -> str:
    text, _ = process.communicate()
    if process.returncode:
        raise click.ClickException("a client of the bench failed; its words are above")
    return text


def ask(command: list[str], environment: dict[str, str]) -> dict[str, Any]:
    """Run a part in a process of its own and return the JSON document it prints."""
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=False)
    if done.returncode:
        raise click.ClickException(f"{' '.join(command[2:4])} failed; its words are above")
    answer: dict[str, Any] = json.loads(done.stdout or b"{}")
    return answer


def pgbench(url: str, *, seconds: int, postmaster: int) -> dict[str, float]:
    """TPC-B of PostgreSQL's own pgbench, one client, prepared: how quick this machine is now; empty without pgbench."""
    try:
        program = server.programs() / "pgbench"
    except server.ServerRefused:
        return {}
    if not program.exists():
        return {}
    _quiet(str(program), "-i", "-q", "-s", "5", url)
    before = tree_cpu(postmaster)
    said = _quiet(str(program), "-n", "-M", "prepared", "-T", str(seconds), url)
    cpu = tree_cpu(postmaster) - before
    count = re.search(r"actually processed: (\d+)", said)
    rate = re.search(r"tps = ([\d.]+)", said)
    if not count or not rate:
        return {}
    return {"tps": round(float(rate[1]), 1), "postgres_cpu_ms": round(cpu / max(1, int(count[1])) * 1000, 3)}


def _quiet(*words: str) -> str:
    done = subprocess.run(words, check=True, capture_output=True, text=True, env={**os.environ, "LC_ALL": "C"})
    return done.stdout


def median(rounds: Sequence[dict[str, float]]) -> dict[str, float]:
    """The median of each figure."""
    return {key: round(statistics.median(one[key] for one in rounds), 3) for key in rounds[0]}
