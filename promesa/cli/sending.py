"""The folder door and what goes out, on the command line."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from promesa.cli.options import json_option, lang_option, print_json, print_line, print_rows, warn
from promesa.cli.start import with_database
from promesa.core import relay, store, words
from promesa.core.actors import Actor
from promesa.core.errors import NotFound, Refused
from promesa.exchange import operations
from promesa.exchange.channels import folders
from promesa.exchange.models import OutgoingDocument
from promesa.exchange.queries.outgoing import error_sentence, outgoing_page
from promesa.exchange.queries.outgoing import outgoing as all_outgoing
from promesa.exchange.states import SendingState

BY = Actor("command")


class NotYetWritten(Refused):
    """A document that waits to be sent has no bytes before it is."""


@click.group()
def inbox() -> None:
    """The folder that other programs lay documents into."""


@inbox.command()
@click.option("--once", is_flag=True, help="Take in what is there and end.")
@click.option("--every", default=10, show_default=True, type=click.IntRange(1, 3600), help="Seconds between two looks.")
@json_option()
@lang_option()
@with_database
def watch(once: bool, every: int, as_json: bool, lang: str) -> None:
    """Take in what lies in `inbox/<partner>/` and move it to `done/` or `refused/`, with a .txt that says why.

    \b
      promesa inbox watch --once
      PROMESA_EXCHANGE=/srv/edi promesa inbox watch
    The worker does the same once a minute. Files that are still being written are left; so is what ends in .part or .tmp.
    """
    if not once:
        warn(f"{folders.root() / 'inbox'}")
    while True:
        for taken in operations.watch_inbox(by=BY, now=lambda: datetime.now(UTC)):
            if as_json:
                print_line(
                    {
                        "file": taken.name,
                        "partner": taken.partner,
                        "place": taken.place,
                        "outcomes": list(taken.outcomes),
                    }
                )
            else:
                said = ", ".join(words.say("outcome_" + one, lang=lang) for one in taken.outcomes)
                click.echo(f"{taken.name}  {said}  {taken.place}")
        relay.drain()
        if once:
            return
        time.sleep(every)


@click.group()
def outgoing() -> None:
    """Documents to partners: order responses, despatch advices, invoices, acknowledgements."""


@outgoing.command(name="list")
@click.option(
    "--state", type=click.Choice([one.value for one in SendingState]), default=None, help="Only in this state."
)
@click.option("--partner", default="", metavar="CODE", help="Only to this partner.")
@click.option("--kind", default="", help="Only of this kind: order_response, invoice ...")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 10_000))
@json_option()
@lang_option()
@with_database
def list_outgoing(state: str | None, partner: str, kind: str, limit: int, as_json: bool, lang: str) -> None:
    """Newest first."""
    rows = list(all_outgoing(state=state or "", partner=partner, kind=kind)[:limit])
    if as_json:
        for row in rows:
            print_line(told(row, lang))
        return
    print_rows(
        lang,
        [("Id", "Id"), ("Documento", "Document"), ("Número", "Number"), ("A", "To"), ("Estado", "State"), ("Intentos", "Tries"),
         ("Problema", "Problem")],
        [
            [row.pk, words.say("kind_" + row.kind, lang=lang), row.number, row.to_code,
             words.say("sending_" + row.state, lang=lang), row.attempts, error_sentence(row, lang)]
            for row in rows
        ],
    )  # fmt: skip


@outgoing.command()
@click.argument("document", type=int)
@json_option()
@lang_option()
@with_database
def show(document: int, as_json: bool, lang: str) -> None:
    """One document with every try, by its id."""
    row = _row(document)
    said = told(row, lang) | {
        "tries": [
            {"number": one.number, "began_at": one.began_at, "ended_at": one.ended_at, "delivered": one.delivered,
             "sha256": one.sha256, "error": error_sentence(one, lang) or None}
            for one in row.tries.all()
        ],
        "neutral": row.neutral,
    }  # fmt: skip
    if as_json:
        print_json(said)
        return
    for name, value in said.items():
        if name not in ("tries", "neutral") and value not in (None, "", [], {}):
            click.echo(f"{name:<18}{value}")
    for one in said["tries"]:
        click.echo(f"  {one['number']}. {one['began_at']:%Y-%m-%d %H:%M} {one['error'] or 'ok'}")


@outgoing.command()
@click.option("--limit", default=10_000, show_default=True, type=click.IntRange(1))
@json_option()
@lang_option()
@with_database
def send(limit: int, as_json: bool, lang: str) -> None:
    """Bring every document whose time has come to the other side, now. The worker does so once a minute."""
    relay.drain()
    count = operations.send_due(by=BY, at=datetime.now(UTC), limit=limit)
    if as_json:
        print_json({"sent": count, "waiting": all_outgoing(state="to_send").count()})
    else:
        warn({"es": f"{count} enviados", "en": f"{count} sent"}[lang])


@outgoing.command()
@click.argument("document", type=int)
@json_option()
@lang_option()
@with_database
def resend(document: int, as_json: bool, lang: str) -> None:
    """Send one once more: the same bytes, a new try. Exit 1 if it did not get there."""
    operations.send_again(outgoing_id=document, by=BY, at=datetime.now(UTC))
    operations.send_due(by=BY, at=datetime.now(UTC))
    row = _row(document)
    if as_json:
        print_json(told(row, lang))
    else:
        said = f"{row.number}: {words.say('sending_' + row.state, lang=lang)}."
        click.echo(f"{said} {error_sentence(row, lang)}".strip())
    if row.last_error:
        raise SystemExit(1)


@outgoing.command()
@click.argument("document", type=int)
@lang_option()
@with_database
def stop(document: int, lang: str) -> None:
    """Keep one from being sent."""
    operations.stop_sending(outgoing_id=document, by=BY, at=datetime.now(UTC))


@outgoing.command()
@click.argument("document", type=int)
@click.option("--refused", default="", metavar="REASON", help="They refuse it, and why.")
@lang_option()
@with_database
def acknowledged(document: int, refused: str, lang: str) -> None:
    """Say, as you heard it, that the other side has a document, or refuses it."""
    operations.settle_by_hand(outgoing_id=document, accepted=not refused, note=refused, by=BY, at=datetime.now(UTC))


@outgoing.command()
@click.argument("document", type=int)
@click.argument("place", type=click.Path(path_type=Path), default=None, required=False)
@lang_option()
@with_database
def save(document: int, place: Path | None, lang: str) -> None:
    """Write the bytes of one into a file (or a folder), as they were sent."""
    row = _row(document)
    if not row.sha256:
        state = words.say(f"sending_{row.state}", {}, lang)
        waits = row.state == SendingState.TO_SEND
        command = "promesa outgoing send" if waits else f"promesa outgoing resend {row.pk}"
        raise NotYetWritten(number=row.number, state=state, command=command)
    target = place or Path(row.name)
    if target.is_dir():
        target = target / row.name
    target.write_bytes(store.load(row.sha256))
    warn(str(target))


def _row(document: int) -> OutgoingDocument:
    found = outgoing_page(outgoing_id=document)
    if found is None:
        raise NotFound(what=f"document {document}")
    return found


def told(row: OutgoingDocument, lang: str) -> dict[str, Any]:
    """A document as it is printed for programs."""
    return {
        "id": row.pk, "kind": row.kind, "number": row.number, "version": row.version, "partner": row.to_code,
        "order": row.order.number if row.order else None, "about": row.subject, "format": row.format, "channel": row.channel,
        "address": row.address, "state": row.state, "attempts": row.attempts, "next_try_at": row.next_try_at,
        "error": error_sentence(row, lang) or None, "reference": row.reference, "message_id": row.message_id or None,
        "sha256": row.sha256 or None, "name": row.name or None, "made_at": row.made_at, "sent_at": row.sent_at,
        "acknowledge_by": row.acknowledge_by, "acknowledged_at": row.acknowledged_at,
        "acknowledged_how": row.acknowledged_how or None, "reported": row.reported,
    }  # fmt: skip
