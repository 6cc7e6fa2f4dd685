"""The embedded server under commands that come, go, collide and die."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from promesa.config import home
from promesa.config.processes import is_alive
from promesa.config.server import EmbeddedServer, ServerRefused, _Account

pytestmark = pytest.mark.durable

HOLD = """
import sys, pathlib
from promesa.config.server import EmbeddedServer, ServerRefused, _Account
server = EmbeddedServer(pathlib.Path(sys.argv[1]))
server.enter()
print("in", flush=True)
sys.stdin.readline()
server.leave()
print("out", flush=True)
"""


class Client:
    """A command in a process of its own that holds the server until it is told to leave."""

    def __init__(self, data: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", HOLD, str(data)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def says(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def leaves(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        assert self.says() == "out"
        assert self.process.wait(10) == 0


@pytest.fixture(autouse=True)
def as_in_earnest(monkeypatch: pytest.MonkeyPatch) -> None:
    """Other tests run on a server that may lose its last moments; these do not."""
    monkeypatch.delenv("PROMESA_SERVER_OPTIONS", raising=False)


@pytest.fixture
def data(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "home"
    yield folder
    pid = EmbeddedServer(folder).running_pid()
    if pid:
        os.kill(pid, signal.SIGQUIT)
        wait_until_gone(pid)


def wait_until_gone(pid: int) -> None:
    deadline = time.monotonic() + 10
    while is_alive(pid) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not is_alive(pid)


def one(server: EmbeddedServer, question: str) -> object:
    with psycopg.connect(server.conninfo()) as connection:
        row = connection.execute(question).fetchone()
    assert row is not None
    return row[0]


def test_the_server_starts_answers_and_stops_with_its_last_user(data: Path) -> None:
    server = EmbeddedServer(data)
    server.enter()
    pid = server.running_pid()
    assert pid is not None
    assert one(server, "select lower(unaccent('ÁRBOL Ñandú'))") == "arbol nandu"
    assert one(server, "show data_checksums") == "on"
    assert one(server, "show listen_addresses") == ""
    assert one(server, "select count(*) from pg_extension where extname in ('pg_trgm','unaccent','btree_gist')") == 3
    assert one(server, "select count(*) >= 0 from pg_stat_statements") is True
    assert server.sockets.stat().st_mode & 0o777 == 0o700
    server.leave()
    assert server.running_pid() is None
    assert not is_alive(pid)


def test_two_commands_that_start_at_once_share_one_server(data: Path) -> None:
    clients = [Client(data), Client(data)]
    assert [client.says() for client in clients] == ["in", "in"]
    server = EmbeddedServer(data)
    pid = server.running_pid()
    assert pid is not None
    clients[0].leaves()
    assert server.running_pid() == pid
    clients[1].leaves()
    assert server.running_pid() is None


def test_a_killed_command_leaves_a_server_that_the_next_one_adopts_and_stops(data: Path) -> None:
    killed = Client(data)
    assert killed.says() == "in"
    server = EmbeddedServer(data)
    pid = server.running_pid()
    killed.process.kill()
    killed.process.wait(10)
    assert server.running_pid() == pid
    server.enter()
    assert server.running_pid() == pid
    server.leave()
    assert server.running_pid() is None


def test_a_killed_server_recovers_what_was_committed(data: Path) -> None:
    first = EmbeddedServer(data)
    first.enter()
    with psycopg.connect(first.conninfo()) as connection:
        connection.execute("create table kept (value int)")
        connection.execute("insert into kept select generate_series(1, 1000)")
    pid = first.running_pid()
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    # The dead postmaster is our child and not yet reaped: a zombie, whose pid still answers signals.
    wait_until_gone(pid)
    assert first.running_pid() is None

    second = EmbeddedServer(data)
    second.enter()
    assert one(second, "select count(*) from kept") == 1000
    second.leave()
    first.leave()
    assert second.running_pid() is None


def test_a_pid_file_that_names_another_program_is_removed(data: Path) -> None:
    server = EmbeddedServer(data)
    server.enter()
    server.leave()
    stale = server.cluster / "postmaster.pid"
    stale.write_text(f"{os.getpid()}\n{server.cluster}\n")
    assert server.running_pid() is None
    server.enter()
    assert server.running_pid() not in (None, os.getpid())
    server.leave()


def test_a_long_path_gets_a_short_socket_folder(tmp_path: Path) -> None:
    data = tmp_path / ("a-very-long-name-" * 8)
    server = EmbeddedServer(data)
    server.enter()
    assert len(str(server.sockets)) < 90
    assert server.sockets.stat().st_mode & 0o777 == 0o700
    assert one(server, "select 1") == 1
    server.leave()


def test_the_secret_is_made_once_and_is_private(data: Path) -> None:
    key = home.secret(data)
    assert len(key) >= 60
    assert home.secret(data) == key
    assert (data / "secret").stat().st_mode & 0o777 == 0o600


def test_where_nobody_may_run_it_the_refusal_says_what_to_do(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(_Account, "works", lambda account: False)
    with pytest.raises(ServerRefused, match="DATABASE_URL"):
        EmbeddedServer(data).enter()
    assert not (data / "postgres").exists()
