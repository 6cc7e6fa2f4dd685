"""`promesa demo` starts everything and ends it again, whoever ends first. The company itself is stood in for here."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from promesa.config.processes import is_alive
from promesa.config.server import EmbeddedServer

pytestmark = pytest.mark.durable

STAND_IN = """
import sys, types
from pathlib import Path
operations, queries = types.ModuleType("operations"), types.ModuleType("queries")
note = Path(sys.argv.pop(1))
def build(*, progress):
    for done in range(1, 4):
        progress(done, 3, "orders")
    note.write_text("built")
operations.build = build
queries.is_built = note.exists
queries.accounts = lambda: [types.SimpleNamespace(username="ana", password="clave", language="es", role="manager")]
sys.modules["promesa.demo.operations"], sys.modules["promesa.demo.queries"] = operations, queries
from promesa.cli.main import main
main()
"""


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "home"
    yield folder
    pid = EmbeddedServer(folder).running_pid()
    if pid:
        os.kill(pid, signal.SIGQUIT)
        pytest.fail("the embedded server was left running")


def started(home: Path, *words: str) -> "subprocess.Popen[str]":
    environment = {
        name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "PROMESA_SERVER_OPTIONS")
    }
    environment["PROMESA_HOME"] = str(home)
    home.mkdir(exist_ok=True)
    return subprocess.Popen(
        [sys.executable, "-c", STAND_IN, str(home / "note"), "demo", *words],
        env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def address_of(running: "subprocess.Popen[str]") -> str:
    assert running.stdout is not None
    said = ""
    for line in running.stdout:
        said += line
        if "Ctrl-C" in line:
            break
    assert "ana" in said
    assert "clave" in said
    found = re.search(r"http://\S+", said)
    assert found, said
    return found.group()


def children_of(pid: int) -> list[int]:
    found = []
    for place in Path("/proc").glob("[0-9]*/stat"):
        try:
            if int(place.read_text().rpartition(")")[2].split()[1]) == pid:
                found.append(int(place.parent.name))
        except OSError:
            continue
    return found


def wait_until_gone(pids: list[int]) -> None:
    deadline = time.monotonic() + 30
    while any(is_alive(pid) for pid in pids) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert [pid for pid in pids if is_alive(pid)] == []


def test_ctrl_c_ends_web_worker_and_server_and_keeps_the_data(home: Path) -> None:
    running = started(home)
    with urllib.request.urlopen(address_of(running) + "health", timeout=5) as answer:
        assert answer.status == 200
    children = children_of(running.pid)
    running.send_signal(signal.SIGINT)
    _, words = running.communicate(timeout=60)
    assert running.returncode == 0, words
    assert "100%" in words
    assert "Stopped" in words
    wait_until_gone(children)
    assert EmbeddedServer(home).running_pid() is None
    assert (home / "postgres" / "PG_VERSION").exists()


def test_a_killed_demo_takes_its_web_and_worker_with_it(home: Path) -> None:
    running = started(home)
    address_of(running)
    children = [pid for pid in children_of(running.pid) if pid != EmbeddedServer(home).running_pid()]
    assert len(children) >= 2
    running.kill()
    running.communicate(timeout=10)
    wait_until_gone(children)
    deadline = time.monotonic() + 30
    while EmbeddedServer(home).running_pid() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert EmbeddedServer(home).running_pid() is None


def test_build_only_builds_once_and_ends(home: Path) -> None:
    first = started(home, "--build-only")
    _, words = first.communicate(timeout=60)
    assert (first.returncode, "Built in" in words) == (0, True)
    second = started(home, "--build-only")
    _, words = second.communicate(timeout=60)
    assert (second.returncode, words) == (0, "")


def test_a_company_that_stands_is_started_at_once_and_what_a_library_brought_is_migrated(home: Path) -> None:
    started(home, "--build-only").communicate(timeout=60)
    assert ask(home, "print(is_standing())") == "False"
    built = "INSERT INTO core_parameter (code, value, valid_from, changed_by) VALUES ('demo.built', '1', '2026-01-01', 'demo')"
    assert ask(home, f"change({built!r}); print(is_standing())") == "True"
    pending = "DROP TABLE django_session; DELETE FROM django_migrations WHERE app = 'sessions'"
    assert ask(home, f"change({pending!r}); print(is_standing())") == "True"
    running = started(home)
    assert running.stdout is not None
    assert any("Ctrl-C" in line for line in running.stdout)
    running.send_signal(signal.SIGINT)
    running.communicate(timeout=60)
    assert ask(home, 'print(change("SELECT count(*) FROM django_session"))') == "0"
    ours = "DELETE FROM django_migrations WHERE app = 'orders' AND name LIKE '0001%'"
    assert ask(home, f"change({ours!r}); print(is_standing())") == "False"


ASK = """
import psycopg
from promesa.cli.demo import is_standing
from promesa.config import server
def change(words):
    with psycopg.connect(server.hold().conninfo()) as connection:
        done = connection.execute(words)
        return done.fetchone()[0] if done.description else None
"""


def ask(home: Path, words: str) -> str:
    environment = {**os.environ, "PROMESA_HOME": str(home)}
    environment.pop("DATABASE_URL", None)
    told = subprocess.run(
        [sys.executable, "-c", ASK + words], env=environment, capture_output=True, text=True, timeout=60, check=True
    )
    return told.stdout.strip()


def test_a_taken_port_is_said_before_anything_is_built(home: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        running = started(home, "--port", str(taken.getsockname()[1]))
        _, words = running.communicate(timeout=60)
    assert (running.returncode, "--port" in words) == (1, True)
    assert not (home / "note").exists()
