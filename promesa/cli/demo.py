"""`promesa demo`: a whole company to look at, in one command."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from importlib import import_module
from typing import Any

import click
import psycopg
from psycopg import sql

from promesa.cli.django import migrate_quietly
from promesa.cli.options import warn
from promesa.cli.serve import is_free
from promesa.cli.start import Problem, start
from promesa.config import address, home, server

PORT = 8000
READY_SECONDS = 60
PACKAGE = home.CHECKOUT / "promesa"


@click.command()
@click.option(
    "--port", type=click.IntRange(1, 65535), default=None, help=f"Port of the web server; {PORT} or the next free one."
)
@click.option("--fresh", is_flag=True, help="Forget the company that is there and start over.")
@click.option("--build-only", is_flag=True, help="Build the company and end; start nothing.")
def demo(port: int | None, fresh: bool, build_only: bool) -> None:
    """Start everything with the demo company "Aceites y Conservas del Sur, S.A.".

    \b
      promesa demo                  build it if it is not there, and start web and worker
      promesa demo --fresh          start over
      PROMESA_HOME=/tmp/other promesa demo --port 9000    a second one beside it
    Ctrl-C stops everything. The data stay in the folder that is printed.
    """
    began = time.monotonic()
    if port is not None and not is_free("127.0.0.1", port):
        raise Problem(f"Port {port} is taken: choose another with --port.")
    if fresh:
        forget()
    if not build_only and is_standing():
        _run(port or _free_port(), [one for one in import_module("promesa.demo.people").ACCOUNTS if one.shown])
        return
    start()
    migrate_quietly()
    operations, queries = import_module("promesa.demo.operations"), import_module("promesa.demo.queries")
    if not queries.is_built():
        with _Bar() as bar:
            operations.build(progress=bar.show)
        warn(f"Built in {time.monotonic() - began:.0f} s.")
    if build_only:
        return
    _run(port or _free_port(), queries.accounts())


def _free_port() -> int:
    return next(free for free in range(PORT, PORT + 100) if is_free("127.0.0.1", free))


def is_standing() -> bool:
    """Whether the company is built and every migration of ours is applied, asked without loading the program: then web and
    worker may start at once, and tell if a library of ours has brought migrations of its own.

    :raises Problem: if no server can be had.
    """
    try:
        embedded = server.hold()
    except server.ServerRefused as refusal:
        raise Problem(str(refusal)) from refusal
    if embedded is None:
        return False
    ours = {(path.parts[-3], path.stem) for path in PACKAGE.glob("*/migrations/0*.py")}
    try:
        with psycopg.connect(embedded.conninfo()) as connection:
            built = connection.execute("select 1 from core_parameter where code = 'demo.built'").fetchone()
            return built is not None and ours <= set(connection.execute("select app, name from django_migrations"))
    except psycopg.Error:
        return False


def forget() -> None:
    """Drop the database of the embedded server.

    :raises Problem: if it is the user's own, or somebody works with it.
    """
    if address.own_address():
        raise Problem("DATABASE_URL names a database of yours: empty it yourself, then run `promesa demo` again.")
    try:
        embedded = server.hold()
    except server.ServerRefused as refusal:
        raise Problem(str(refusal)) from refusal
    assert embedded is not None
    with psycopg.connect(embedded.conninfo("postgres"), autocommit=True) as connection:
        used = connection.execute("select count(*) from pg_stat_activity where datname = %s", [address.NAME]).fetchone()
        if used and used[0]:
            raise Problem("Another command is using this company; stop it first.")
        connection.execute(sql.SQL("drop database if exists {}").format(sql.Identifier(address.NAME)))
        connection.execute(sql.SQL("create database {}").format(sql.Identifier(address.NAME)))
    shutil.rmtree(home.home() / "files", ignore_errors=True)


class _Bar:
    """A progress bar on standard error: share, what is being built, and the time left."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._terminal = sys.stderr.isatty()
        self._said = -1

    def __enter__(self) -> "_Bar":
        return self

    def __exit__(self, *_: object) -> None:
        if self._terminal:
            click.echo("", err=True)

    def show(self, done: int, total: int, what: str = "") -> None:
        """Draw the bar; where nobody watches, one line every tenth."""
        share = min(done / total, 1.0) if total else 0.0
        spent = time.monotonic() - self._began
        left = f"{spent / share - spent:4.0f} s left" if share > 0.02 else ""
        if self._terminal:
            full = round(share * 30)
            bar = "█" * full + "░" * (30 - full)
            click.echo(f"\r\x1b[K{bar} {share:4.0%}  {what}  {left}", nl=False, err=True)
        elif int(share * 10) > self._said:
            self._said = int(share * 10)
            click.echo(f"{share:4.0%}  {what}", err=True)


def _run(port: int, accounts: list[Any]) -> None:
    """Start web and worker, say where, and end both when told to, or when one of them ends."""
    environment = {
        **os.environ,
        "PROMESA_PARENT": str(os.getpid()),
        "PROMESA_LOG": os.environ.get("PROMESA_LOG", "WARNING"),
    }
    environment.pop("PROMESA_DOOR", None)
    command = [sys.executable, "-m", "promesa"]

    def launched(*words: str) -> "subprocess.Popen[bytes]":
        # In a session of its own: Ctrl-C reaches us alone, and we end them in order.
        return subprocess.Popen([*command, *words], env=environment, start_new_session=True)

    ended: list[int] = []
    for sign in (signal.SIGINT, signal.SIGTERM):
        signal.signal(sign, lambda number, _frame: ended.append(number))
    children = {"web server": launched("serve", "--port", str(port)), "worker": launched("worker")}
    try:
        if _wait_until_ready(port, lambda: bool(ended) or any(child.poll() is not None for child in children.values())):
            _say_where(port, accounts)
        while not ended:
            dead = [name for name, child in children.items() if child.poll() is not None]
            if dead:
                raise Problem(f"The {dead[0]} has ended; see the lines above.")
            time.sleep(0.2)
    finally:
        _end(list(children.values()))
    warn("Stopped. The data are kept.")


def _end(children: list["subprocess.Popen[bytes]"]) -> None:
    for child in children:
        if child.poll() is None:
            child.terminate()
    for child in children:
        try:
            child.wait(30)
        except subprocess.TimeoutExpired:
            child.kill()


def _wait_until_ready(port: int, hopeless: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline and not hopeless():
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/ready", timeout=5) as answer:
                return bool(json.load(answer)["status"] == "ready")
        except urllib.error.HTTPError as refusal:
            if json.load(refusal).get("migrations") == "pending":
                start()
                migrate_quietly()
        except (OSError, ValueError):
            pass
        time.sleep(0.1)
    return False


def _say_where(port: int, accounts: list[Any]) -> None:
    click.echo("")
    click.echo(f"  Promesa   http://127.0.0.1:{port}/")
    click.echo(f"  Data      {home.home() if not address.own_address() else 'DATABASE_URL'}")
    click.echo("")
    for account in accounts:
        click.echo(f"  {account.username:<22}{account.password:<18}{account.language}  {account.role}")
    click.echo("")
    click.echo("  Ctrl-C stops it.")
    click.echo("", nl=True)
    sys.stdout.flush()
