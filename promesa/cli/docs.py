"""Documentation that is written from the program itself, so that it is never out of date."""

import difflib
from collections.abc import Callable
from pathlib import Path

import click

from promesa.cli.heard import events_page
from promesa.cli.help import cli_page
from promesa.cli.options import warn
from promesa.cli.start import Problem, start
from promesa.config import home

DOCS = home.CHECKOUT / "docs"


@click.group()
def docs() -> None:
    """Write the documentation that is generated; `--check` only says whether it is up to date."""


@docs.command()
@click.option("--check", is_flag=True, help="Change nothing; exit 1 when the page is old.")
def events(check: bool) -> None:
    """docs/events.md: every event, what it says, who hears it."""
    _write("events.md", events_page, check)


@docs.command()
@click.option("--check", is_flag=True, help="Change nothing; exit 1 when the page is old.")
def cli(check: bool) -> None:
    """docs/commands.md: every command with its options."""
    _write("commands.md", cli_page, check)


def _write(name: str, page: Callable[[], str], check: bool) -> None:
    start()
    place = DOCS / name
    text, old = page(), _text(place)
    if text == old:
        return
    if check:
        changed = "\n".join(
            list(difflib.unified_diff(old.splitlines(), text.splitlines(), "written", "right", lineterm="", n=0))[:20]
        )
        raise Problem(f"docs/{name} is old: run `make docs`.\n{changed}")
    DOCS.mkdir(exist_ok=True)
    place.write_text(text)
    warn(f"docs/{name} written")


def _text(place: Path) -> str:
    return place.read_text() if place.exists() else ""
