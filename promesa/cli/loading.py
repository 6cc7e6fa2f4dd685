"""Loading masters, stock and history from the command line."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import click

from promesa.cli.intake import files_in
from promesa.cli.options import at_option, counted, json_option, lang_option, print_json, print_line, warn
from promesa.cli.start import Problem, with_database
from promesa.core import relay
from promesa.core.actors import Actor
from promesa.exchange.loading.headings import ROLES
from promesa.exchange.loading.history import load_history, read_mapping
from promesa.exchange.loading.masters import load_masters
from promesa.exchange.loading.stock import load_stock
from promesa.exchange.loading.tables import Loaded
from promesa.exchange.operations import rerun
from promesa.results.operations import refresh_facts

BY = Actor("command")
FILE = click.Path(exists=True, path_type=Path)
SHOWN = 20


@click.group()
def load() -> None:
    """Load masters, stock or history.

    \b
      promesa load masters customers.csv items.xlsx prices.csv
      promesa load stock stock.csv
      promesa load history FOLDER --mapping docs/examples/northwind.toml
    """


@load.command()
@click.argument("paths", nargs=-1, required=True, type=FILE, metavar="FILE...")
@click.option(
    "--role",
    type=click.Choice([role.name for role in ROLES]),
    help="What the files hold; told by name and headings if not said.",
)
@click.option(
    "--customer", default="", metavar="NUMBER", help="Whose rows they are, where the files have no column that says it."
)
@at_option()
@json_option()
@lang_option()
@with_database
def masters(paths: tuple[Path, ...], role: str | None, customer: str, at: datetime, as_json: bool, lang: str) -> None:
    """Load customers, sites, people, items, packs, prices, agreements, codes, units, calendars, warehouses, taxes.

    CSV or XLSX, headings in Spanish or English; what a file holds is told by its name and its headings. Good rows are
    written, bad ones listed with row, field and what was received: exit 1. Loading the same again changes nothing.
    Documents that waited for a master are run again.
    """
    files = [(path.name, path.read_bytes()) for path in files_in(paths)]
    usual = {"customer": customer} if customer else None
    loaded = load_masters(files=files, role=role or "", usual=usual, by=BY, at=at)
    _run_again(at, lang)
    show(loaded, as_json=as_json, lang=lang)


@load.command()
@click.argument("path", type=FILE, metavar="FILE")
@at_option()
@json_option()
@lang_option()
@with_database
def stock(path: Path, at: datetime, as_json: bool, lang: str) -> None:
    """Set stock to what was counted: SKU or GTIN, quantity, and warehouse, lot, expiry, unit where they matter.

    Rows that the file does not have stay as they are. A count below what is promised to customers is refused.
    """
    show([load_stock(filename=path.name, content=path.read_bytes(), by=BY, at=at)], as_json=as_json, lang=lang)


@load.command()
@click.argument("paths", nargs=-1, required=True, type=FILE, metavar="FILE...")
@click.option(
    "--mapping",
    type=FILE,
    required=True,
    metavar="MAPPING.toml",
    help="Which file holds what, and which column is which.",
)
@json_option()
@lang_option()
@with_database
def history(paths: tuple[Path, ...], mapping: Path, as_json: bool, lang: str) -> None:
    """Load the orders of the past from another system's tables, to measure them.

    \b
      promesa load history northwind/ --mapping docs/examples/northwind.toml
      promesa measure on-time --basis requested --point ship

    Orders keep their numbers and days; nothing is reserved, moved or invoiced. Loading the same again changes nothing.
    """
    at = datetime.now(UTC)
    by_mapping = read_mapping(mapping.read_text(encoding="utf-8"))
    named = {one.path for one in by_mapping.files if one.path}
    given = [path for path in files_in(paths) if not named or any(str(path).endswith(name) for name in named)]
    files = [(str(path), path.read_bytes()) for path in given]
    loaded = load_history(files=files, mapping=by_mapping, by=Actor("history"), at=at)
    refresh_facts(order_ids=loaded.order_ids, at=at)
    if as_json:
        print_json(loaded.as_json())
    else:
        _say(loaded.files, lang)
        orders = counted(loaded.orders, lang, es=("pedido", "pedidos"), en=("order", "orders"))
        lines = counted(loaded.lines, lang, es=("línea", "líneas"), en=("line", "lines"))
        known = counted(loaded.unchanged, lang, es=("ya estaba", "ya estaban"), en=("was there", "were there already"))
        click.echo({"es": f"{orders} con {lines}; {known}", "en": f"{orders} with {lines}; {known}"}[lang])
    click.get_current_context().exit(1 if loaded.rejected else 0)


def _run_again(at: datetime, lang: str) -> None:
    """What waited for a master may go on now."""
    done = rerun(by=BY, at=at)
    if done.documents:
        warn(
            counted(
                done.documents, lang,
                es=("documento que esperaba siguió adelante", "documentos que esperaban siguieron adelante"),
                en=("document that waited went on", "documents that waited went on"),
            )
            + (f": {', '.join(done.orders[:10])}{'…' if len(done.orders) > 10 else ''}" if done.orders else "")
        )  # fmt: skip


def show(loaded: Sequence[Loaded], *, as_json: bool, lang: str) -> None:
    """Print what became of each file; exit 1 if a row was refused."""
    relay.drain()
    if not loaded:
        raise Problem(
            {"es": "No hay ningún archivo en esas carpetas.", "en": "There is no file in those folders."}[lang]
        )
    if as_json:
        for one in loaded:
            print_line(one.as_json())
    else:
        _say(loaded, lang)
    click.get_current_context().exit(1 if any(one.rejected for one in loaded) else 0)


def _say(loaded: Sequence[Loaded], lang: str) -> None:
    for one in loaded:
        parts = (
            counted(one.rows, lang, es=("fila", "filas"), en=("row", "rows")),
            counted(one.created, lang, es=("nueva", "nuevas"), en=("new", "new")),
            counted(one.changed, lang, es=("cambiada", "cambiadas"), en=("changed", "changed")),
            counted(len(one.rejected), lang, es=("rechazada", "rechazadas"), en=("refused", "refused")),
        )
        click.echo(f"{one.file}  {one.role or '?'}: {', '.join(parts)}")
        for fault in one.rejected[:SHOWN]:
            row = f"{fault['row']}: " if fault["row"] else ""
            click.echo(f"    {row}{fault['field'] or ''} {fault['sentence'][lang]}")
        if len(one.rejected) > SHOWN:
            click.echo(f"    … {len(one.rejected) - SHOWN}")
        for note in one.noted[:SHOWN]:
            click.echo(f"    {note['row']}: {note['sentence'][lang]}")
        if len(one.noted) > SHOWN:
            click.echo(f"    … {len(one.noted) - SHOWN}")
