"""The two processes of a running Promesa, and the server beneath them."""

import os
import socket
import time

import click
from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server

from promesa.cli.background import work
from promesa.cli.options import json_option, print_json
from promesa.cli.start import Problem, start
from promesa.config import address, home
from promesa.config.catalogues import compile_catalogues
from promesa.config.processes import end_with
from promesa.config.server import EmbeddedServer

THREADS = 4
# What a server that was killed leaves behind lets its port go within this time.
PATIENCE_SECONDS = 4


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on; 0.0.0.0 for everyone.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1, 64), help="Processes.")
@click.option(
    "--threads", default=THREADS, show_default=True, type=click.IntRange(1, 64), help="Threads in each process."
)
def serve(host: str, port: int, workers: int, threads: int) -> None:
    """Start the web server. Ctrl-C ends it: requests under way are answered first.

    \b
      promesa serve
      promesa serve --host 0.0.0.0 --port 80 --workers 4
    PROMESA_HOSTS names the hosts under which it may be reached.
    """
    patience = time.monotonic() + PATIENCE_SECONDS
    while not is_free(host, port):
        if time.monotonic() > patience:
            raise Problem(f"Port {port} of {host} is taken: choose another with --port.")
        time.sleep(0.1)
    os.environ["PROMESA_DOOR"] = "web"
    os.environ["PROMESA_SERVER"] = str(os.getpid())
    start(door="web")
    compile_catalogues(home.CHECKOUT / "promesa")
    _end_with_parent()
    server = Server(
        "promesa.config.wsgi:application",
        address=host, port=port, interface=Interfaces.WSGI, workers=workers, blocking_threads=threads,
        blocking_threads_idle_timeout=600,  # a thread keeps its connection, and a new one would have to connect
        websockets=False, log_level=LogLevels.warning, workers_kill_timeout=20, respawn_failed_workers=True,
    )  # fmt: skip
    server.serve()


@click.command()
@click.option(
    "--concurrency", default=1, show_default=True, type=click.IntRange(1, 32), help="Jobs done at the same time."
)
def worker(concurrency: int) -> None:
    """Start the worker: it brings events to those who listen, and does the long and the timed jobs.

    Ctrl-C ends it: the job under way is finished first.
    """
    start()
    _end_with_parent()
    work(concurrency=concurrency)


@click.group()
def server() -> None:
    """The embedded PostgreSQL: where it is, stop it."""


@server.command()
@json_option()
def where(as_json: bool) -> None:
    """Say where the data are and how to reach the database."""
    data = home.home()
    embedded = EmbeddedServer(data)
    own = address.own_address()
    facts = {
        "home": str(data),
        "embedded": not own,
        "database": "DATABASE_URL" if own else embedded.conninfo(),
        "running": bool(own) or embedded.running_pid() is not None,
    }
    if as_json:
        print_json(facts)
        return
    for name, value in facts.items():
        click.echo(f"{name:<10}{value}")


@server.command()
def stop() -> None:
    """Stop the embedded server, also when a command that was killed left it running.

    Refused while another command uses it.
    """
    if address.own_address():
        raise Problem("DATABASE_URL names a server of yours: Promesa does not stop it.")
    embedded = EmbeddedServer(home.home())
    if embedded.running_pid() is None:
        click.echo("It is not running.", err=True)
        return
    embedded.enter()
    embedded.leave()
    if embedded.running_pid() is not None:
        raise Problem("Another command is using it; stop that one first.")
    click.echo("Stopped.", err=True)


def is_free(host: str, port: int) -> bool:
    """Whether nobody listens there. The web server itself would share the port with another and say nothing."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def _end_with_parent() -> None:
    """End when the command that started us is gone, however it went."""
    parent = int(os.environ.get("PROMESA_PARENT", "0"))
    if parent:
        end_with(parent, grace_seconds=25)
