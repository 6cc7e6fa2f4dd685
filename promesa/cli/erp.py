"""`promesa erp`: the system beside this one: how it is reached, what is read from it, what is given to it."""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from promesa.cli.options import json_option, lang_option, print_json, print_rows
from promesa.cli.start import Problem, with_database
from promesa.core import words
from promesa.core.actors import Actor
from promesa.exchange.connectors import KINDS, Unreachable
from promesa.exchange.models import ErpRefused, ErpSystem
from promesa.exchange.operations import erp as operations
from promesa.exchange.operations.erp_refused import forget_refused

BY = Actor("command")
SYSTEMS = (("Sistema", "System"), ("Clase", "Kind"), ("Leído", "Pulled"), ("Dado", "Pushed"), ("Problema", "Problem"))
REFUSED = (("Clase", "Kind"), ("Fila", "Row"), ("Desde", "Since"), ("Problema", "Problem"))
SAID = {
    "es": {
        "pulled": "{rows} filas: {created} nuevas, {changed} cambiadas, {rejected} rechazadas; {deliveries} salidas.",
        "pushed": "{done} entregados, {failed} rechazados.", "kept": "Sistema {code} guardado.",
    },
    "en": {
        "pulled": "{rows} rows: {created} new, {changed} changed, {rejected} refused; {deliveries} despatches.",
        "pushed": "{done} given, {failed} refused.", "kept": "System {code} is kept.",
    },
}  # fmt: skip


@click.group()
def erp() -> None:
    """The ERP beside Promesa: its masters, stock and deliveries come in, orders and invoices go out.

    \b
      promesa erp set central --kind folder --set path=/srv/erp
      promesa erp set odoo --kind odoo --set url=https://erp.example --set database=prod --set user=promesa \\
          --secret env:PROMESA_PARTNER_ODOO
      promesa erp pull odoo
      promesa erp push odoo
      promesa erp refused odoo
    """


@erp.command("set")
@click.argument("code")
@click.option("--kind", type=click.Choice(list(KINDS)), required=True)
@click.option("--set", "said", multiple=True, metavar="NAME=VALUE", help="A setting of the connector; may be repeated.")
@click.option(
    "--settings",
    "file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A TOML file with [settings] and [owners].",
)
@click.option("--secret", default="", help="Where the secret is: env:PROMESA_PARTNER_... or file:NAME.")
@click.option(
    "--push",
    "pushes",
    type=click.Choice(operations.PUSHED),
    multiple=True,
    default=operations.PUSHED,
    show_default=True,
)
@lang_option()
@with_database
def set_(
    code: str, kind: str, said: tuple[str, ...], file: Path | None, secret: str, pushes: tuple[str, ...], lang: str
) -> None:
    """Say how a system is reached, and which fields it rules."""
    settings: dict[str, Any] = {}
    owners: dict[str, dict[str, str]] = {}
    if file is not None:
        try:
            read = tomllib.loads(file.read_text(encoding="utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise Problem(f"{file}: {error}") from None
        settings, owners = dict(read.get("settings", {})), dict(read.get("owners", {}))
    for one in said:
        name, equals, value = one.partition("=")
        if not equals:
            raise click.UsageError(f"{one!r}: NAME=VALUE")
        settings[name] = value
    operations.put_system(
        code=code,
        kind=kind,
        settings=settings,
        secret=secret,
        owners=owners,
        pushes=pushes,
        by=BY,
        at=datetime.now(UTC),
    )
    click.echo(SAID[lang]["kept"].format(code=code))


@erp.command("list")
@json_option()
@lang_option()
@with_database
def list_(as_json: bool, lang: str) -> None:
    """The systems, when they were read and given last, and what went wrong."""
    systems = list(ErpSystem.objects.order_by("code"))
    if as_json:
        print_json(
            [
                {"code": one.code, "kind": one.kind, "settings": one.settings, "owners": one.owners,
                 "pushes": one.pushes, "active": one.active,
                 "pulled_at": one.pulled_at and one.pulled_at.isoformat(), "pushed_at": one.pushed_at and one.pushed_at.isoformat(),
                 "problem": _problem(one)}
                for one in systems
            ]
        )  # fmt: skip
        return
    rows = [
        [one.code, one.kind, _moment(one.pulled_at), _moment(one.pushed_at), (_problem(one) or {}).get(lang, "")]
        for one in systems
    ]
    print_rows(lang, SYSTEMS, rows)


@erp.command()
@click.argument("code")
@click.option(
    "--accept-no-stock", is_flag=True, help="It is right that it gives no stock at all: count all of it as none."
)
@json_option()
@lang_option()
@with_database
def pull(code: str, accept_no_stock: bool, as_json: bool, lang: str) -> None:
    """Read masters, stock and deliveries. Exit 1 if any row was refused."""
    now = datetime.now(UTC)
    done = _reached(lambda: operations.pull(code=code, by=BY, at=now, accept_no_stock=accept_no_stock), lang)
    if as_json:
        print_json(done.as_json())
    else:
        counts = {"rows": done.rows, "created": done.created, "changed": done.changed, "deliveries": done.deliveries}
        click.echo(SAID[lang]["pulled"].format(**counts, rejected=len(done.rejected)))
        for one in done.rejected:
            click.echo(f"  {one.get('key') or one.get('row') or '-'} {one.get('field') or ''}: {one['sentence'][lang]}")
    if done.rejected:
        raise SystemExit(1)


@erp.command()
@click.argument("code")
@json_option()
@lang_option()
@with_database
def push(code: str, as_json: bool, lang: str) -> None:
    """Give it the orders and invoices that it does not have. Exit 1 if it refused any."""
    done = _reached(lambda: operations.push(code=code, by=BY, at=datetime.now(UTC)), lang)
    if as_json:
        print_json(done.as_json())
    else:
        click.echo(SAID[lang]["pushed"].format(done=len(done.done), failed=len(done.failed)))
        for number, sentence in done.failed.items():
            click.echo(f"  {number}: {sentence[lang]}")
    if done.failed:
        raise SystemExit(1)


@erp.command()
@click.argument("code")
@click.option("--forget", is_flag=True, help="Give them up: they were mended otherwise, or are not wanted.")
@click.option("--role", default="", help="Only rows of this role: customers, items, stock, deliveries ...")
@json_option()
@lang_option()
@with_database
def refused(code: str, forget: bool, role: str, as_json: bool, lang: str) -> None:
    """The rows of a system that were not taken, with the reason. Masters are tried again with each pull."""
    found = [one for one in ErpRefused.objects.filter(system__code=code).order_by("id") if role in ("", one.role)]
    if forget:
        forget_refused(code=code, role=role, by=BY, at=datetime.now(UTC))
    if as_json:
        print_json(
            [{"role": one.role, "key": one.key, "since": one.refused_at.isoformat(), **one.fault} for one in found]
        )
        return
    rows = [[one.role, one.key, _moment(one.refused_at), one.fault["sentence"][lang]] for one in found]
    print_rows(lang, REFUSED, rows)


def _reached(act: Any, lang: str) -> Any:
    try:
        return act()
    except Unreachable as fault:
        raise Problem(words.say(fault.code, fault.params, lang)) from None


def _problem(system: ErpSystem) -> dict[str, str] | None:
    return words.both(system.last_error["code"], system.last_error["params"]) if system.last_error else None


def _moment(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M}" if moment else ""
