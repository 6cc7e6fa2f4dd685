"""`promesa align`: customers' catalogues beside our masters: what differs, since when, whose it is to mend."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from promesa.cli.options import MOMENT, Amount, json_option, lang_option, print_json, print_rows
from promesa.cli.start import Problem, with_database
from promesa.core.actors import Actor
from promesa.core.ui.format import format_number
from promesa.customers.queries import id_of
from promesa.exchange.formats.lists import TYPES, write_list
from promesa.exchange.operations import alignment
from promesa.exchange.operations.catalogues import send_catalogue
from promesa.exchange.queries.alignment import healths, misaligned
from promesa.exchange.queries.our_catalogue import catalogue_for, catalogue_written

BY = Actor("command")
HEALTH = (
    ("Cliente", "Customer"), ("Nombre", "Name"), ("Salud", "Health"), ("Artículos", "Items"), ("Con diferencias", "Differing"),
    ("Desde", "Since"),
)  # fmt: skip
SAID = {
    "es": {
        "none": "No hay diferencias abiertas con {customer}.", "days": "({days} días, {owner})", "written": "{n} artículos en {file}.",
        "nobody": "Ningún cliente ha dado su catálogo. Cárguelo con: promesa load masters CATALOGO.csv --role customer_catalogue",
        "done": "{items} artículos comparados: {found} diferencias nuevas, {open} abiertas, {settled} resueltas.",
        "laid_out": "El catálogo sale hacia {partner}.", "told": "{partner} ya tiene este catálogo: nada ha cambiado.",
    },
    "en": {
        "none": "There is no open difference with {customer}.", "days": "({days} days, {owner})", "written": "{n} items in {file}.",
        "nobody": "No customer has given their catalogue. Load it: promesa load masters CATALOGUE.csv --role customer_catalogue",
        "done": "{items} items compared: {found} new differences, {open} open, {settled} settled.",
        "laid_out": "The catalogue leaves for {partner}.", "told": "{partner} has this catalogue: nothing has changed.",
    },
}  # fmt: skip
OWNERS = {
    "es": {"back_office": "administración comercial", "sales": "ventas", "customer": "el cliente"},
    "en": {"back_office": "back office", "sales": "sales", "customer": "the customer"},
}


@click.group()
def align() -> None:
    """Customers' catalogues beside our masters: GTIN, pack, price, unit and description, item by item.

    \b
      promesa load masters catalogo.csv --role customer_catalogue --customer C-0012
      promesa align health                    each customer's score, the worst first
      promesa align show C-0012               what differs, since when, who has to mend it
      promesa align send C-0012 --out our-catalogue.csv
    """


@align.command()
@click.option("--customer", default="", help="Only this one.")
@json_option()
@lang_option()
@with_database
def health(customer: str, as_json: bool, lang: str) -> None:
    """How well each customer's masters and ours agree: 100 is everything."""
    found = healths(number=customer)
    if as_json:
        print_json([one.as_json() for one in found])
        return
    if not found:
        click.echo(SAID[lang]["nobody"])
        return
    rows = [
        [one.customer, one.name, Amount("–" if one.score is None else format_number(one.score, lang, 1)), one.items, one.wrong,
         f"{one.oldest:%Y-%m-%d}" if one.oldest else ""]
        for one in found
    ]  # fmt: skip
    print_rows(lang, HEALTH, rows)


@align.command()
@click.argument("customer")
@click.option(
    "--owner",
    type=click.Choice(["back_office", "sales", "customer"]),
    default=None,
    help="Only what they have to mend.",
)
@json_option()
@lang_option()
@with_database
def show(customer: str, owner: str | None, as_json: bool, lang: str) -> None:
    """What differs between a customer's catalogue and our masters, the oldest first. Exit 1 if anything does."""
    now = datetime.now(UTC)
    found = misaligned(customer_id=id_of(number=customer), owner=owner or "")
    if as_json:
        print_json([one.as_json(now) for one in found])
    elif not found:
        click.echo(SAID[lang]["none"].format(customer=customer))
    else:
        for one in found:
            owner_word = OWNERS[lang].get(one.owner, one.owner)
            click.echo(f"{one.sentence(lang)} {SAID[lang]['days'].format(days=one.days(now), owner=owner_word)}")
    if found:
        raise SystemExit(1)


@align.command()
@click.argument("customer")
@click.option("--at", type=MOMENT, default=None, help="When; default now.")
@json_option()
@lang_option()
@with_database
def compare(customer: str, at: datetime | None, as_json: bool, lang: str) -> None:
    """Compare again, after masters were mended."""
    done = alignment.align(customer_id=id_of(number=customer), by=BY, at=at or datetime.now(UTC))
    if as_json:
        print_json(done)
    else:
        click.echo(SAID[lang]["done"].format(**done))


@align.command()
@click.argument("customer")
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), default=None, help="A .csv, .xlsx or .edi (PRICAT) file."
)
@click.option("--partner", default="", metavar="CODE", help="Send it to this partner instead, as it gets catalogues.")
@click.option("--every", is_flag=True, help="Every active item, not only those that they buy.")
@lang_option()
@with_database
def send(customer: str, out: Path | None, partner: str, every: bool, lang: str) -> None:
    """Write our catalogue for a customer, or send it: our codes and theirs, GTIN, unit, pack, their net prices."""
    now = datetime.now(UTC)
    if partner:
        made = send_catalogue(partner_code=partner, by=BY, at=now, every=every)
        click.echo(SAID[lang]["laid_out" if made else "told"].format(partner=partner))
        return
    kind = out.suffix.lower().lstrip(".") if out else ""
    if out is None or kind not in (*TYPES, "edi"):
        raise Problem(f"{out or '--out'}: .csv, .xlsx, .edi")
    number = f"{customer}-{now:%Y%m%d}"
    document = catalogue_for(customer_number=customer, number=number, at=now, every=every)
    if kind == "edi":
        out.write_bytes(catalogue_written(customer_number=customer, number=number, at=now, every=every).content)
        count = sum(line.price is not None for line in document.lines)
    else:
        out.write_bytes(write_list(document, kind=kind, lang=lang))
        count = len(document.lines)
    click.echo(SAID[lang]["written"].format(n=count, file=out))
