"""Mailboxes from the command line: fetch, read a maildir, set one up."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from promesa.cli.intake import read, show
from promesa.cli.options import at_option, json_option, lang_option, print_line, warn
from promesa.cli.start import Problem, with_database
from promesa.core import relay, words
from promesa.core.actors import Actor
from promesa.exchange.models import InboxFile, Mailbox
from promesa.exchange.operations.mail_answers import answer_all
from promesa.exchange.operations.mailbox import (
    Fetched,
    fetch_mailbox,
    fetch_maildir,
    mailboxes,
    put_mail_addresses,
    put_mailbox,
)
from promesa.exchange.rules.mailing import NEVER_ANSWERED

BY = Actor("command")


@click.group()
def mail() -> None:
    """E-mail: take in what came, and say where it comes to.

    \b
      promesa mail setup orders --host imap.example.com --user pedidos@example.com --secret env:PROMESA_MAIL_ORDERS
      promesa mail fetch --json
      promesa mail maildir /var/mail/orders
      promesa mail trust MERCASUR compras@mercasur.example --trusted
    """


@mail.command()
@click.option("--mailbox", "name", default="", metavar="NAME", help="Only this one (default: all).")
@at_option()
@json_option()
@lang_option()
@with_database
def fetch(name: str, at: datetime, as_json: bool, lang: str) -> None:
    """Take in the new messages of the mailboxes. Exit 1 if a server failed or a document is no order."""
    boxes = mailboxes(name=name)
    if not boxes:
        raise Problem(
            {"es": "No hay ningún buzón: promesa mail setup.", "en": "There is no mailbox: promesa mail setup."}[lang]
        )
    fetched = [fetch_mailbox(box=box, by=BY, at=at) for box in boxes]
    for box, one in zip(boxes, fetched, strict=True):
        answer_all(box=box, mail_ids=[taken.mail_id for taken in one.taken], by=BY, at=at)
    _done(fetched, at=at, as_json=as_json, lang=lang)


@mail.command()
@click.argument("path", type=click.Path(exists=True, file_okay=False, path_type=Path))
@at_option()
@json_option()
@lang_option()
@with_database
def maildir(path: Path, at: datetime, as_json: bool, lang: str) -> None:
    """Take in the messages of a maildir; those taken go to its folder `done`."""
    try:
        fetched = fetch_maildir(path=path, by=BY, at=at)
    except FileNotFoundError:
        raise Problem({"es": f"{path} no es un maildir.", "en": f"{path} is no maildir."}[lang]) from None
    _done([fetched], at=at, as_json=as_json, lang=lang)


@mail.command()
@click.argument("name")
@click.option("--host", default=None, help="IMAP server.")
@click.option("--port", type=int, default=None)
@click.option("--security", type=click.Choice(["tls", "starttls", "plain"]), default=None)
@click.option("--user", default=None)
@click.option("--secret", default=None, help="Where the password is: env:PROMESA_MAIL_NAME or file:NAME.")
@click.option("--folder", default=None)
@click.option("--done-folder", default=None, help="Where messages go that were taken.")
@click.option("--refused-folder", default=None, help="Where messages go that are too large.")
@click.option("--address", default=None, help="Our own address.")
@click.option("--smtp-host", default=None, help="Server that answers leave by.")
@click.option("--smtp-port", type=int, default=None)
@click.option("--smtp-security", type=click.Choice(["tls", "starttls", "plain"]), default=None)
@click.option("--smtp-user", default=None)
@click.option("--smtp-secret", default=None)
@click.option("--answers/--no-answers", default=None, help="Whether writers are told that their message came.")
@at_option()
@with_database
def setup(name: str, at: datetime, **said: object) -> None:
    """Make or change a mailbox. Passwords are named, never given."""
    put_mailbox(name=name, values={key: value for key, value in said.items() if value is not None}, by=BY, at=at)


@mail.command()
@click.argument("partner")
@click.argument("addresses", nargs=-1, required=True)
@click.option("--trusted", is_flag=True, help="Let the orders of their mails go on by themselves.")
@at_option()
@with_database
def trust(partner: str, addresses: tuple[str, ...], trusted: bool, at: datetime) -> None:
    """Say from which addresses (or @domain) a partner writes."""
    put_mail_addresses(partner_code=partner, addresses=addresses, trusted=trusted, by=BY, at=at)


@mail.command(name="list")
@json_option()
@with_database
def list_(as_json: bool) -> None:
    """The mailboxes and when they were read last."""
    for box in Mailbox.objects.order_by("name"):
        said = {
            "name": box.name, "host": box.host, "user": box.user, "folder": box.folder, "smtp_host": box.smtp_host,
            "active": box.active, "fetched_at": box.fetched_at.isoformat() if box.fetched_at else None,
            "last_error": box.last_error or None,
        }  # fmt: skip
        if as_json:
            print_line(said)
        else:
            click.echo(f"{box.name}: {box.user}@{box.host} {box.folder} {said['fetched_at'] or ''}")


def _done(all_fetched: list[Fetched], *, at: datetime, as_json: bool, lang: str) -> None:
    """Read what was taken, say what became of each document, and what went wrong. The mail itself is no failure."""
    failed = False
    for fetched in all_fetched:
        for taken in fetched.taken:
            file = InboxFile.objects.select_related("mail").get(pk=taken.file_id)
            documents = read(file, at)
            outcomes = show(Path(file.name), documents, as_json=as_json, lang=lang)
            wanted = {"orders", "filed", "applied"}
            failed = failed or (file.mail.nature not in NEVER_ANSWERED and not set(outcomes) <= wanted)
        if fetched.trouble:
            failed = True
            warn(words.say(fetched.trouble["code"], fetched.trouble["params"], lang))
        if not as_json:
            click.echo(f"{fetched.name}: {len(fetched.taken)} + {fetched.known}", err=True)
    relay.drain()
    click.get_current_context().exit(1 if failed else 0)
