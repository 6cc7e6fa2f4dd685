"""`promesa promise`: what can be promised now, goods held for a quotation, substitutes taken."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

import click

from promesa.allocation import operations, queries
from promesa.allocation.answers import answer_of
from promesa.allocation.quoting import Quote, Typed, quote
from promesa.cli.options import DAY, MOMENT, NUMBER, at_option, json_option, lang_option, print_json, print_rows
from promesa.cli.start import with_database
from promesa.core.actors import Actor
from promesa.core.errors import NotFound
from promesa.core.ui.format import format_date, format_number
from promesa.orders.queries.told import id_of

BY = Actor("command")


@click.group()
def promise() -> None:
    """What can be promised; goods held for a quotation; substitutes.

    \b
      promesa promise quote 20417 --line 10012=12:CS --line 10044=48 --on 2026-11-24
      promesa promise hold P-2026-000123 --until 2026-11-27T18:00+01:00
      promesa promise substitute P-2026-000123 1 10013 24 --consent
    """


class Line(click.ParamType):
    """`SKU=QUANTITY` or `SKU=QUANTITY:UNIT`; a GTIN or the customer's own code serves too."""

    name = "line"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, Decimal, str]:
        code, _, rest = str(value).rpartition("=")
        quantity, _, unit = rest.partition(":")
        try:
            found = Decimal(quantity)
        except InvalidOperation:
            found = Decimal("NaN")
        if not code or not found.is_finite() or found <= 0:
            self.fail(f"{value!r} is not a line: 10012=12 or 10012=12:CS", param, ctx)
        return code, found, unit


@promise.command(name="quote")
@click.argument("customer")
@click.option(
    "--line", "lines", type=Line(), multiple=True, required=True, metavar="CODE=N[:UNIT]", help="What is wanted."
)
@click.option("--ship-to", default="", metavar="SITE", help="Where to; the usual place if not said.")
@click.option("--on", "on", type=DAY, help="Wanted on this day; as soon as can be if not said.")
@click.option("--to", "to", type=DAY, help="Wanted on this day at the latest.")
@click.option("--order", default="", metavar="NUMBER", help="As a change of this order, which keeps what it has.")
@at_option()
@lang_option()
@json_option()
@with_database
def quote_(
    customer: str, lines: tuple[tuple[str, Decimal, str], ...], ship_to: str, on: date | None, to: date | None, order: str,
    at: datetime, lang: str, as_json: bool,
) -> None:  # fmt: skip
    """What could be promised now: of what, how much, from where and when, and why. Nothing is written or held."""
    typed = [
        Typed(place, code, quantity, str(quantity), unit, None)
        for place, (code, quantity, unit) in enumerate(lines, start=1)
    ]
    found = quote(
        customer=customer,
        ship_to=ship_to,
        po_number="",
        requested_on=on,
        requested_to=to,
        lines=typed,
        at=at,
        order=order,
    )
    if found is None:
        raise NotFound(customer, what=customer)
    told = answer_of(found, at=at)
    if as_json:
        print_json(told)
    else:
        _print(told, found, lang)
    if not told["complete"]:
        raise SystemExit(1)


def _print(told: dict[str, Any], found: Quote, lang: str) -> None:
    rows: list[Sequence[Any]] = []
    for line in told["lines"]:
        for part in line["parts"]:
            sources = ", ".join(dict.fromkeys(one["name"] for one in part["sources"] if one["name"]))
            rows.append([line["line"], line["item"] or line["asked"], part["quantity"], line["unit_code"],
                         format_date(part["day"], lang), sources, part["sentence"][lang]])  # fmt: skip
        if line["missing"]:
            missing = line["missing"]
            rows.append([line["line"], line["item"] or line["asked"], missing["quantity"], line["unit_code"], "—", "",
                         missing["sentence"][lang]])  # fmt: skip
    print_rows(
        lang,
        [("Línea", "Line"), ("Artículo", "Item"), ("Cantidad", "Quantity"), ("Unidad", "Unit"), ("Llega", "Arrives"),
         ("De", "From"), ("Por qué", "Why")],
        rows,
    )  # fmt: skip
    for line in told["lines"]:
        for offer in line["substitutes"]:
            click.echo(f"  {line['line']}: {offer['sentence'][lang]} ({offer['item']})")
    for one in told["findings"]:
        click.echo(f"  {one['line'] or '·'}: {one['sentence'][lang]}")


@promise.command()
@click.argument("number")
@click.option("--until", type=MOMENT, required=True, metavar="MOMENT", help="Until when the goods are held.")
@at_option()
@lang_option()
@json_option()
@with_database
def hold(number: str, until: datetime, at: datetime, lang: str, as_json: bool) -> None:
    """Hold what can be promised of a draft until a moment, anew if it held something already."""
    order_id = id_of(number=number)
    operations.hold_goods(order_id=order_id, until=until, by=BY, at=at)
    _print_held(number, order_id, lang, as_json)


@promise.command()
@click.argument("number")
@click.option("--until", type=MOMENT, required=True, metavar="MOMENT", help="Until when the goods are held.")
@at_option()
@lang_option()
@json_option()
@with_database
def renew(number: str, until: datetime, at: datetime, lang: str, as_json: bool) -> None:
    """Hold the same goods for a draft until another moment."""
    order_id = id_of(number=number)
    operations.renew_hold(order_id=order_id, until=until, by=BY, at=at)
    _print_held(number, order_id, lang, as_json)


@promise.command(name="give-up")
@click.argument("number")
@at_option()
@lang_option()
@json_option()
@with_database
def give_up(number: str, at: datetime, lang: str, as_json: bool) -> None:
    """Let go what is held for a draft."""
    order_id = id_of(number=number)
    operations.give_up_hold(order_id=order_id, by=BY, at=at)
    _print_held(number, order_id, lang, as_json)


def _print_held(number: str, order_id: int, lang: str, as_json: bool) -> None:
    held = queries.held_for(order_id=order_id)
    if as_json:
        print_json({
            "order": number,
            "lines": [
                {"line": one.line_number, "item": one.sku, "base_quantity": one.quantity, "until": one.until} for one in held
            ],
        })  # fmt: skip
        return
    print_rows(
        lang,
        [("Línea", "Line"), ("Artículo", "Item"), ("Apartado", "Held"), ("Hasta", "Until")],
        [[one.line_number, one.sku, one.quantity, f"{one.until:%Y-%m-%d %H:%M} UTC"] for one in held],
    )


@promise.command()
@click.argument("number")
@click.argument("line", type=int)
@click.argument("substitute")
@click.argument("quantity", type=NUMBER)
@click.option("--consent", is_flag=True, help="The customer was asked and wants it.")
@click.option("--reason", default="", help="Why, in your own words.")
@at_option()
@lang_option()
@json_option()
@with_database
def substitute(
    number: str, line: int, substitute: str, quantity: Decimal, consent: bool, reason: str, at: datetime, lang: str,
    as_json: bool,
) -> None:  # fmt: skip
    """Serve QUANTITY (base units) of a line with another item: a new line of the order, priced and promised."""
    made = operations.take_substitute(
        order_id=id_of(number=number), line_number=line, substitute=substitute, quantity=quantity, consent=consent,
        initiator="customer" if consent else "us", reason=reason, by=BY, at=at,
    )  # fmt: skip
    if as_json:
        print_json({"order": number, "line": line, "new_line": made})
        return
    said = format_number(quantity, lang)
    click.echo(
        {"es": f"{number}: {said} de la línea {line} van ahora en la línea {made} ({substitute}).",
         "en": f"{number}: {said} of line {line} go in line {made} now ({substitute})."}[lang]
    )  # fmt: skip
