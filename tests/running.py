"""Promesa as it runs: its real processes, on a database of their own that the test may read too."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import requests
from django.core.management import call_command
from django.db import connections
from pytest_django import DjangoDbBlocker

from promesa.config.processes import is_alive

CHECKOUT = Path(__file__).parents[1]
PASSWORD = "una-frase-larga-2026"


@contextmanager
def own_database(blocker: DjangoDbBlocker, called: str) -> Iterator[str]:
    """A copy of the migrated database that Django uses for a while; thrown away at the end. Gives its address."""
    django = connections["default"]
    usual = django.settings_dict["NAME"]
    name = f"{usual}_{called}_{os.getpid()}"
    copied = django.settings_dict["TEST"].get("TEMPLATE")
    with blocker.unblock():
        django.close()
        with django._nodb_cursor() as cursor:
            cursor.execute(f'CREATE DATABASE "{name}"' + (f' TEMPLATE "{copied}"' if copied else ""))
        place = django.settings_dict
        place["NAME"] = name
        try:
            if not copied:
                call_command("migrate", verbosity=0, interactive=False)
            yield f"postgresql://{place['USER']}@/{name}?host={place['HOST']}&port={place['PORT']}"
        finally:
            django.close()
            django.settings_dict["NAME"] = usual
            with django._nodb_cursor() as cursor:
                cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def until(holds: Callable[[], Any], seconds: float = 20) -> Any:
    """Wait for something to become true, and give what was found."""
    end = time.monotonic() + seconds
    while not (found := holds()):
        assert time.monotonic() < end, f"waited {seconds} s in vain"
        time.sleep(0.02)
    return found


class Running:
    """The processes over one database and one data folder."""

    def __init__(self, url: str, home: Path) -> None:
        self.url = url
        self.environment = {
            **os.environ, "DATABASE_URL": url, "PROMESA_HOME": str(home), "PROMESA_LOG": "ERROR",
        }  # fmt: skip
        self.environment.pop("PROMESA_DOOR", None)
        self.processes: list[subprocess.Popen[bytes]] = []
        self.address = ""

    def start(self, *words: str) -> subprocess.Popen[bytes]:
        """A command that goes on, in a group of its own."""
        command = [sys.executable, "-m", "promesa", *words]
        self.processes.append(subprocess.Popen(command, env=self.environment, cwd=CHECKOUT, start_new_session=True))
        return self.processes[-1]

    def web(self) -> subprocess.Popen[bytes]:
        """The web server, once it answers."""
        port = int(self.address.rpartition(":")[2] or 0) or free_port()
        self.address = f"http://127.0.0.1:{port}"
        started = self.start("serve", "--port", str(port))
        until(lambda: started.poll() is not None or self.answers())
        assert started.poll() is None, "the web server has ended"
        return started

    def answers(self) -> bool:
        """Whether the web server does."""
        try:
            return requests.get(f"{self.address}/health", timeout=5).status_code == 200
        except (requests.ConnectionError, requests.Timeout):
            return False

    def signed_in(self) -> requests.Session:
        """The browser of somebody who may take documents in."""
        browser = requests.Session()
        browser.get(f"{self.address}/sign-in", timeout=10)
        answer = self.post(browser, "/sign-in", {"username": "ana", "password": PASSWORD})
        assert answer.url == f"{self.address}/", (answer.status_code, re.findall(r"<h1.*?</h1>", answer.text))
        return browser

    def post(self, browser: requests.Session, where: str, said: dict[str, str], files: Any = None) -> requests.Response:
        """A form sent from a page."""
        data = {**said, "csrfmiddlewaretoken": browser.cookies["promesa_csrf"]}
        return browser.post(f"{self.address}{where}", data=data, files=files, timeout=60)

    def end(self) -> None:
        """Kill what still runs."""
        for process in self.processes:
            kill(process)


def kill(process: subprocess.Popen[bytes]) -> None:
    """SIGKILL to a command and the processes that it started: none of them can do anything more."""
    family = _children_of(process.pid)
    for pid in (process.pid, *family):
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue
    process.wait(10)
    until(lambda: not any(is_alive(pid) for pid in family))


def kill_the_first(process: subprocess.Popen[bytes]) -> None:
    """SIGKILL to a command alone; what it started has to notice."""
    process.kill()
    process.wait(10)


def kill_the_child(process: subprocess.Popen[bytes]) -> None:
    """SIGKILL to what a command started; the command has to start it again."""
    for pid in _children_of(process.pid):
        os.kill(pid, signal.SIGKILL)


def _children_of(pid: int) -> list[int]:
    found = []
    for place in Path("/proc").glob("[0-9]*/stat"):
        try:
            if int(place.read_text().rpartition(")")[2].split()[1]) == pid:
                found.append(int(place.parent.name))
        except OSError:
            continue
    return found + [other for one in found for other in _children_of(one)]


@contextmanager
def barred(url: str, table: str) -> Iterator[Callable[[], bool]]:
    """Keep everybody from writing into a table; gives a question: does somebody wait for it now?"""
    with psycopg.connect(url) as bar, psycopg.connect(url, autocommit=True) as looking:
        bar.execute(f"LOCK TABLE {table} IN EXCLUSIVE MODE")

        def somebody_waits() -> bool:
            found = looking.execute(
                """SELECT 1 FROM pg_locks WHERE NOT granted AND database = (
                       SELECT oid FROM pg_database WHERE datname = current_database())"""
            )
            return found.fetchone() is not None

        yield somebody_waits


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
