"""Taking documents in from the command line."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from promesa.cli.options import at_option, json_option, lang_option, print_line, warn
from promesa.cli.start import Problem, with_database
from promesa.core import relay, words
from promesa.core.actors import Actor
from promesa.core.errors import Refused
from promesa.exchange import queries
from promesa.exchange.models import Document, InboxFile
from promesa.exchange.operations import create_missing as make_missing
from promesa.exchange.operations import missing_for, read_file, receive_file
from promesa.exchange.states import Outcome

BY = Actor("command")
PATIENCE_SECONDS = 120
ROUNDS = 6
Read = tuple[Path, InboxFile, list[Document]]


@click.command(name="take-in")
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path), metavar="PATH...")
@click.option("--partner", default="", metavar="CODE", help="Who sends them: how to read them, and who buys.")
@click.option(
    "--channel", default="file", metavar="NAME", help="How they came: edi, email, csv, portal (default: by format)."
)
@click.option(
    "--create-missing",
    is_flag=True,
    help="List the customers, places, items and prices that are missing, make them, run again.",
)
@click.option("--yes", is_flag=True, help="Make them without asking.")
@at_option()
@json_option()
@lang_option()
@with_database
def take_in(
    paths: tuple[Path, ...],
    partner: str,
    channel: str,
    create_missing: bool,
    yes: bool,
    at: datetime,
    as_json: bool,
    lang: str,
) -> None:
    """Take in documents: each becomes an order, is rejected by name, or waits for a person. Nothing is lost.

    \b
      promesa take-in orders/*.edi
      promesa take-in spring.xlsx --partner MERCASUR
      promesa take-in old.edi --at 2023-06-06 --json
      promesa take-in first.edi --create-missing

    The bytes are kept before anything else. A file that became orders, or waits, is not taken twice. With --json one line
    is printed for each document. Exit 1 if any document is not an order.
    """
    files = [(path, receive(path, partner=partner, channel=channel, at=at)) for path in files_in(paths)]
    if not files:
        raise Problem(
            {"es": "No hay ningún archivo en esas carpetas.", "en": "There is no file in those folders."}[lang]
        )
    read_ones = [(path, file, read(file, at)) for path, file in files]
    if create_missing:
        said = click.get_current_context().get_parameter_source("at") is not ParameterSource.DEFAULT
        _insist_on_moment([one for _, _, documents in read_ones for one in documents], at if said else None)
        read_ones = [(path, file, [_waiting_one(one) for one in documents]) for path, file, documents in read_ones]
        _create(read_ones, yes=yes, at=at, lang=lang)
        read_ones = [
            (path, file, queries.documents_by_id(ids=[one.pk for one in told])) for path, file, told in read_ones
        ]
    relay.drain()
    outcomes = [one for path, _, documents in read_ones for one in show(path, documents, as_json=as_json, lang=lang)]
    click.get_current_context().exit(0 if set(outcomes) == {Outcome.ORDERS} else 1)


class CountsFromBefore(Refused):
    """A document that waits keeps the moment that was said when it was first taken in."""


def _insist_on_moment(documents: Sequence[Document], at: datetime | None) -> None:
    """Refuse another moment for what waits already: its order counts from when it was first taken in.

    :raises CountsFromBefore: if one of them was first taken in at another moment.
    """
    for document in documents:
        first = _waiting_one(document)
        if at is not None and first is not document and first.file.happened_at != at:
            raise CountsFromBefore(what=first.number or first.file.name, first_at=first.file.happened_at, said_at=at)


words.register(
    {
        "counts_from_before": (
            "{what} ya espera y cuenta desde {first_at}; --at {said_at} no lo cambia. Repítalo sin --at.",
            "{what} waits already and counts from {first_at}; --at {said_at} does not change that. Run it without --at.",
        )
    }
)


def _waiting_one(document: Document) -> Document:
    """A file may be brought again to make what it waits for: then it is the document that waits that is spoken of."""
    first = document.duplicate_of
    return first if first is not None and first.outcome == Outcome.WAITING else document


def _create(read_ones: Sequence[Read], *, yes: bool, at: datetime, lang: str) -> None:
    """Offer what is missing until nothing more can be made: a buyer first, then what its order lacks."""
    waiting = [one.duplicate_of_id or one.pk for _, _, documents in read_ones for one in documents]
    for _ in range(ROUNDS):
        missing = missing_for(document_ids=waiting)
        if not missing:
            return
        warn({"es": "Falta y se puede crear:", "en": "Missing, and can be made:"}[lang])
        for sentence in missing.sentences:
            warn(f"  {sentence(lang)}")
        if not yes and not click.confirm({"es": "¿Crearlo?", "en": "Make it?"}[lang], err=True):
            return
        make_missing(missing=missing, document_ids=waiting, by=BY, at=at)


def files_in(paths: Sequence[Path]) -> list[Path]:
    """The files named, and those in the folders named, in order; hidden ones are left aside."""
    found: list[Path] = []
    for path in paths:
        if not path.is_dir():
            found.append(path)
            continue
        inside = (one for one in path.rglob("*") if one.is_file())
        found.extend(
            sorted(one for one in inside if not any(part.startswith(".") for part in one.relative_to(path).parts))
        )
    return found


def receive(path: Path, *, partner: str, channel: str, at: datetime) -> InboxFile:
    """Enter a file in the inbox."""
    return receive_file(
        content=path.read_bytes(), name=path.name, channel=channel, partner_code=partner, by=BY, at=at,
        received_at=datetime.now(UTC),
    )  # fmt: skip


def read(file: InboxFile, at: datetime) -> list[Document]:
    """Read a file here and now; when the worker is at it already, wait for what it makes of it."""
    until = time.monotonic() + PATIENCE_SECONDS
    while not read_file(file_id=file.pk, by=BY, at=at, wait=True):
        if time.monotonic() > until:
            raise Problem(
                f"{file.name}: another reader is at it; look again with `promesa take-in`, or on the Intake page."
            )
        time.sleep(0.2)
    return queries.documents_of_file(file_id=file.pk)


def show(path: Path, documents: Sequence[Document], *, as_json: bool, lang: str) -> list[str]:
    """Print what each document became; returns the outcomes."""
    findings = queries.findings_of(document_ids=[one.pk for one in documents])
    for document in documents:
        found = findings.get(document.pk, [])
        if as_json:
            print_line(as_line(path, document, found))
        else:
            _show_words(path, document, found, lang)
    return [document.outcome for document in documents]


def as_line(path: Path, document: Document, found: Sequence[queries.DocumentFound]) -> dict[str, Any]:
    """One document in the shape of the contracts."""
    return {
        "file": str(path), "sha256": document.file.sha256, "document": document.pk, "number": document.number or None,
        "outcome": document.outcome, "reason": document.reason or None,
        "orders": [document.order.number] if document.order else [],
        "findings": [one.as_json() for one in found if one.open or one.severity != "blocking"],
        "duplicate_of": document.duplicate_of_id,
    }  # fmt: skip


def _show_words(path: Path, document: Document, found: Sequence[queries.DocumentFound], lang: str) -> None:
    said = words.say("outcome_" + document.outcome, lang=lang)
    if document.outcome == Outcome.REJECTED:
        said += f" ({words.say('rejected_' + document.reason.lower(), lang=lang)})"
    order = document.order or (document.duplicate_of.order if document.duplicate_of else None)
    click.echo(f"{path.name}  {document.number or '—'}  {said}{f'  {order.number}' if order else ''}")
    for one in found:
        if one.open and one.severity != "note":
            line = f"{one.line}: " if one.line else ""
            click.echo(f"    {line}{one.sentence(lang)}")
