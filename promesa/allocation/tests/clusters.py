"""A cluster of ordinary processes on this machine, to work sharings out on: a scheduler, and workers that may be killed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from distributed import Client

SECONDS = 120
# A cluster whose tests were stopped hard ends by itself.
LONE = ("--idle-timeout", "300s")
# A worker that takes half a second for each bundle, so that it can be lost in the midst of the work.
SLOW = """
import time
from promesa.allocation.rules import deciding, spreading
def slowly(instance):
    time.sleep(0.5)
    return deciding.decide(instance)
spreading.decide = slowly
"""
OLD = "import promesa\npromesa.__version__ = '0.0.9'\n"
WITHOUT = """
import sys
class Nowhere:
    def find_spec(self, name, path=None, target=None):
        if name.partition('.')[0] == 'promesa':
            raise ModuleNotFoundError("No module named 'promesa'", name='promesa')
sys.meta_path.insert(0, Nowhere())
"""


class Cluster:
    """What was started, and where it is."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.started: list[subprocess.Popen[bytes]] = []
        self.workers: list[subprocess.Popen[bytes]] = []
        file = folder / "scheduler.json"
        self.scheduler = self._start("dask_scheduler", "--port", "0", "--scheduler-file", str(file), *LONE)
        until = time.monotonic() + SECONDS
        while not (file.exists() and file.read_text().endswith("}")):
            assert time.monotonic() < until, "the scheduler does not start"
            assert self.scheduler.poll() is None, "the scheduler ended"
            time.sleep(0.05)
        self.address: str = json.loads(file.read_text())["address"]

    def work(self, count: int, preload: str = "") -> None:
        """Start workers, and wait until they are there."""
        for _ in range(count):
            options = ["--nthreads", "1", "--no-nanny", "--local-directory", str(self.folder)]
            if preload:
                path = self.folder / f"preload{len(self.workers)}.py"
                path.write_text(preload)
                options += ["--preload", str(path)]
            self.workers.append(self._start("dask_worker", self.address, *options, "--death-timeout", "60"))
        with Client(self.address, timeout=SECONDS, set_as_default=False) as client:
            client.wait_for_workers(len(self.workers), timeout=SECONDS)

    def end(self) -> None:
        """End all that was started."""
        for one in reversed(self.started):
            one.kill()
            one.wait()

    def _start(self, program: str, *words: str) -> subprocess.Popen[bytes]:
        known = ("PATH", "HOME", "TMPDIR")
        with (self.folder / "cluster.log").open("ab") as log:
            one = subprocess.Popen(
                [sys.executable, "-m", f"distributed.cli.{program}", *words, "--host", "127.0.0.1", "--no-dashboard"],
                env={name: os.environ[name] for name in known if name in os.environ}, stdout=log, stderr=log,
            )  # fmt: skip
        self.started.append(one)
        return one


@contextmanager
def cluster(folder: Path) -> Iterator[Cluster]:
    """A scheduler without workers yet."""
    made = Cluster(folder)
    try:
        yield made
    finally:
        made.end()
