"""Partners on the command line: who documents are exchanged with, and what they are answered."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import click

from promesa.cli.options import at_option, json_option, lang_option, print_json, print_rows
from promesa.cli.start import with_database
from promesa.core.actors import Actor
from promesa.core.errors import NotFound
from promesa.customers import queries as customers
from promesa.exchange import operations
from promesa.exchange.models import Partner
from promesa.exchange.operations.partners import ACKNOWLEDGES, ANSWER_KINDS, CHANNELS, TOLERANCES
from promesa.exchange.queries.outgoing import partner as one_partner
from promesa.exchange.queries.outgoing import partners as all_partners

BY = Actor("command")


@click.group()
def partner() -> None:
    """Who documents are exchanged with: how to read theirs, what they are answered and how."""


@partner.command(name="list")
@json_option()
@lang_option()
@with_database
def list_partners(as_json: bool, lang: str) -> None:
    """All partners with what they are sent."""
    rows = [told(one) for one in all_partners()]
    if as_json:
        print_json(rows)
        return
    print_rows(
        lang,
        [("Código", "Code"), ("Nombre", "Name"), ("Cliente", "Customer"), ("Identificador", "Identifier"), ("Recibe", "Is sent")],
        [[row["code"], row["name"], row["customer"] or "", row["identifier"], _is_sent(row)] for row in rows],
    )  # fmt: skip


def _is_sent(row: dict[str, Any]) -> str:
    return ", ".join(f"{one['kind']} ({one['format']}, {one['channel']})" for one in row["answers"])


@partner.command()
@click.argument("code")
@json_option()
@lang_option()
@with_database
def show(code: str, as_json: bool, lang: str) -> None:
    """One partner, whole."""
    row = told(_partner(code))
    if as_json:
        print_json(row)
        return
    for name, value in row.items():
        if name != "answers":
            click.echo(f"{name:<16}{'—' if value in (None, '', {}) else value}")
    print_rows(
        lang,
        [("Documento", "Document"), ("Formato", "Format"), ("Canal", "Channel"), ("Dirección", "Address"),
         ("Acuse (min)", "Acknowledged (min)")],
        [[one["kind"], one["format"], one["channel"], one["address"], one["acknowledge_minutes"]] for one in row["answers"]],
    )  # fmt: skip


@partner.command(name="set")
@click.argument("code")
@click.option("--name", default=None, help="What it is called.")
@click.option("--customer", default=None, metavar="NUMBER", help="The customer that it sends for; empty: for many.")
@click.option("--identifier", default=None, help="Its GLN or EDI identifier, as its envelopes say.")
@click.option("--our-identifier", default=None, help="Under which identifier it knows us.")
@click.option("--channel", default=None, help="How its documents come: edi, email, csv ...")
@click.option(
    "--tolerance", type=click.Choice(TOLERANCES), default=None, help="What becomes of a change half of which is right."
)
@click.option(
    "--acknowledges", type=click.Choice(ACKNOWLEDGES), default=None, help="Whether its files are acknowledged."
)
@click.option(
    "--cut-off", default=None, metavar="HH:MM", help="Orders that come later count from the next open day; empty: none."
)
@click.option(
    "--keys", default=None, help="Where the keys to check its documents with are: env:PROMESA_PARTNER_X, file:NAME."
)
@click.option("--until", default=None, metavar="DAY", help="It is a partner no more from this day (2026-12-31).")
@at_option()
@json_option()
@lang_option()
@with_database
def set_partner(code: str, at: datetime, as_json: bool, lang: str, **said: str | None) -> None:
    """Make a partner, or change what is said of it.

    \b
      promesa partner set MERCASUR --customer C-0017 --identifier 8437000000006
      promesa partner answer MERCASUR order_response --format edifact-d96a --channel folder
    """
    values: dict[str, Any] = {
        name: value for name, value in said.items() if value is not None and name not in ("customer", "until")
    }
    if said["customer"] is not None:
        values["customer_id"] = customers.id_of(number=said["customer"]) if said["customer"] else None
    if said["until"] is not None:
        values["active_to"] = date.fromisoformat(said["until"]) if said["until"] else None
    operations.put_partner(code=code, by=BY, at=at, **values)
    _print(code, as_json)


@partner.command()
@click.argument("code")
@click.argument("kind", type=click.Choice(ANSWER_KINDS))
@click.option("--format", "format_", default="", help="edifact-d96a, ubl, x12-004010, facturae, json ...")
@click.option("--channel", type=click.Choice(CHANNELS), default="folder", show_default=True, help="How it goes there.")
@click.option("--address", default="", help="URL or mail address; of a folder, a folder in its outbox.")
@click.option(
    "--within",
    default=None,
    type=click.IntRange(1),
    metavar="MINUTES",
    help="When it says that it has it, at the latest.",
)
@click.option(
    "--secret", default="", help="Where the secret is: env:PROMESA_PARTNER_X or file:NAME; two while it changes over."
)
@click.option("--drop", is_flag=True, help="Send it no such documents any more.")
@at_option()
@json_option()
@lang_option()
@with_database
def answer(
    code: str, kind: str, format_: str, channel: str, address: str, within: int | None, secret: str, drop: bool, at: datetime,
    as_json: bool, lang: str,
) -> None:  # fmt: skip
    """Say what documents of one kind a partner gets: in which format, by which channel.

    \b
      promesa partner answer MERCASUR order_response --format edifact-d96a --channel folder --within 60
      promesa partner answer MERCASUR invoice --format ubl --channel http --address https://edi.example/in
      promesa partner answer MERCASUR invoice --drop
    """
    if drop:
        operations.drop_answer(partner_code=code, kind=kind, by=BY, at=at)
    else:
        if not format_:
            raise click.UsageError("--format is needed")
        operations.set_answer(
            partner_code=code, kind=kind, format_=format_, channel=channel, address=address, acknowledge_minutes=within,
            secret=secret, by=BY, at=at,
        )  # fmt: skip
    _print(code, as_json)


def _print(code: str, as_json: bool) -> None:
    if as_json:
        print_json(told(_partner(code)))


def _partner(code: str) -> Partner:
    found = one_partner(code=code)
    if found is None:
        raise NotFound(what=code)
    return found


def told(one: Partner) -> dict[str, Any]:
    """A partner as it is printed for programs. Of secrets only where they are."""
    return {
        "code": one.code, "name": one.name, "customer": one.customer.number if one.customer else None,
        "identifier": one.identifier, "our_identifier": one.our_identifier, "channel": one.channel, "tolerance": one.tolerance,
        "acknowledges": one.acknowledges, "cut_off": one.cut_off and f"{one.cut_off:%H:%M}", "keys": one.keys,
        "mapping": one.mapping, "active_to": one.active_to,
        "answers": [
            {
                "kind": answer.kind, "format": answer.format, "channel": answer.channel, "address": answer.address,
                "acknowledge_minutes": answer.acknowledge_minutes, "secret": answer.secret, "since": answer.since,
            }
            for answer in one.answers.all()
        ],
    }  # fmt: skip
