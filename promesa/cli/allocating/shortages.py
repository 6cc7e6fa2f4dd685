"""`promesa allocate shortages` and `what-if`: which items run short, and what a receipt that slips would do."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime, timedelta
from decimal import ROUND_FLOOR, Decimal
from typing import Any

import click

from promesa.allocation.answers import board_of, short_item
from promesa.allocation.queries.shortage import COVER_DAYS, DAYS_AHEAD, SORTS, Supposed, shortage_board
from promesa.allocation.queries.slipping import Hit, Word, what_if
from promesa.cli.options import DAY, NUMBER, Amount, at_option, json_option, lang_option, print_json, print_rows
from promesa.cli.start import with_database
from promesa.core.ui.format import format_date, format_number


@click.command()
@click.option("--to", "to", type=DAY, help=f"Up to the end of this day; {DAYS_AHEAD} days from now if not said.")
@click.option("--sort", type=click.Choice(SORTS), default="cover", show_default=True, help="What comes first.")
@click.option(
    "--cover",
    default=COVER_DAYS,
    show_default=True,
    type=click.IntRange(0, 365),
    help="Also items with fewer days of free stock.",
)
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 1000), help="How many at most.")
@click.option("--offset", default=0, type=click.IntRange(0), help="Leave out so many first.")
@click.option("--receipt", default="", metavar="NUMBER", help="Suppose of this receipt (*: of all) what follows.")
@click.option("--late", default=0, type=click.IntRange(0, 365), metavar="DAYS", help="It comes so many days later.")
@click.option(
    "--less", default=0, type=click.IntRange(0, 100), metavar="PERCENT", help="It comes so much per cent short."
)
@at_option()
@lang_option()
@json_option()
@with_database
def shortages(
    to: date | None, sort: str, cover: int, limit: int, offset: int, receipt: str, late: int, less: int, at: datetime, lang: str,
    as_json: bool,
) -> None:  # fmt: skip
    """Items that run short: what there is, promised, protected, free and missing; who is hit, what it is worth."""
    horizon = to or (at + timedelta(days=DAYS_AHEAD)).date()
    board = shortage_board(
        horizon_to=horizon, at=at, sort=sort, cover_days=cover, limit=limit, offset=offset,
        supposed=Supposed(receipt, late, Decimal(less)),
    )  # fmt: skip
    if as_json:
        print_json(board_of(board))
        return
    print_rows(
        lang,
        [("Artículo", "Item"), ("Nombre", "Name"), ("Hay", "Supply"), ("Prometido", "Promised"), ("Protegido", "Protected"),
         ("Libre", "Free"), ("Falta", "Missing"), ("Pedidos", "Orders"), ("Días", "Days"), ("Valor", "Value")],
        [
            [one.sku, one.name[:30],
             *(_in_packs(quantity, one.pack) for quantity in (one.figures.supply, one.figures.promised,
               one.figures.protected, one.figures.free, one.figures.missing)),
             one.orders, one.figures.days_of_cover, Amount(format_number(one.value, lang, 2))]
            for one in board.items
        ],
    )  # fmt: skip
    lost = format_number(board.loss * 100, lang, 1)
    click.echo({"es": f"Faltan {board.short_items} artículos; {board.orders} pedidos, el {lost} % del valor pedido.",
                "en": f"{board.short_items} items are short; {board.orders} orders, {lost} % of the value ordered."}[lang])  # fmt: skip


def _in_packs(quantity: Decimal, pack: Decimal) -> Decimal:
    packs = quantity / pack
    return packs if packs == packs.to_integral_value() else packs.quantize(Decimal("0.1"), ROUND_FLOOR)


@click.command(name="what-if")
@click.argument("receipt")
@click.option("--late", default=0, type=click.IntRange(-365, 365), metavar="DAYS", help="It comes so many days later.")
@click.option(
    "--short",
    "short",
    type=NUMBER,
    default="0",
    metavar="PERCENT",
    help="It comes so much per cent short; 100: not at all.",
)
@click.option(
    "--to", "to", type=DAY, help=f"Numbers up to the end of this day; {DAYS_AHEAD} days from now if not said."
)
@at_option()
@lang_option()
@json_option()
@with_database
def what_if_(receipt: str, late: int, short: Decimal, to: date | None, at: datetime, lang: str, as_json: bool) -> None:
    """What if RECEIPT came later, or with less: who would be hit, and what they could be promised. Nothing is written."""
    if not 0 <= short <= 100:
        raise click.BadParameter("0 to 100", param_hint="--short")
    horizon = to or (at + timedelta(days=DAYS_AHEAD)).date()
    found = what_if(receipt=receipt, at=at, horizon_to=horizon, late_days=late, short_percent=short)
    if as_json:
        print_json({
            "receipt": receipt, "item": found.sku, "expected_at": found.expected_at, "quantity": found.quantity,
            "then_expected_at": found.then_expected_at, "then_quantity": found.then_quantity, "orders": found.orders,
            "customers": found.customers, "value": found.value, "worse": [asdict_of(hit) for hit in found.worse],
            "better": [asdict_of(hit) for hit in found.better], "now": short_item(found.item) if found.item else None,
        })  # fmt: skip
        return
    print_rows(
        lang,
        [("Pedido", "Order"), ("Cliente", "Customer"), ("Línea", "Line"), ("Artículo", "Item"), ("Hoy", "Now"), ("", ""),
         ("Entonces", "Then"), ("", ""), ("Valor", "Value")],
        [
            [hit.order, ("! " if hit.protected else "") + hit.customer_name[:30], hit.line, hit.sku, hit.now.quantity,
             _day(hit.now, lang), hit.then.quantity, _day(hit.then, lang), Amount(format_number(hit.value, lang, 2))]
            for hit in found.worse
        ],
    )  # fmt: skip


def asdict_of(hit: Hit) -> dict[str, Any]:
    """A hit as JSON has it."""
    told = asdict(hit)
    return {**told, "now": hit.now._asdict(), "then": hit.then._asdict()}


def _day(word: Word, lang: str) -> str:
    return format_date(word.day, lang) if word.day else "—"
