"""The cycle of an order from the command line: it leaves, arrives, is invoiced and paid."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

import click

from promesa.billing import operations as billing
from promesa.billing import queries as invoices
from promesa.billing.models import Invoice
from promesa.cli.options import NUMBER, Amount, at_option, json_option, lang_option, print_json, print_rows, warn
from promesa.cli.start import Problem, with_database
from promesa.core import relay, words
from promesa.core.actors import Actor
from promesa.core.errors import NotFound, Refused
from promesa.core.ui.format import format_money
from promesa.customers.models import Customer
from promesa.fulfilment import operations as fulfilment
from promesa.fulfilment import queries as notes
from promesa.fulfilment.models import DespatchAdvice
from promesa.fulfilment.rules import TAKEN, Part
from promesa.fulfilment.states import Outcome
from promesa.orders.models import Order

BY = Actor("command")


class Said(NamedTuple):
    """What `--line` says: so much of a line, and at the door what became of it."""

    line: int
    quantity: Decimal
    outcome: str = ""
    reason: str = ""
    cause: str = ""


class LineSaid(click.ParamType):
    """`2=5`, or at the door `2=5:refused:damage` and, with its cause, `2=5:refused:damage:C4`."""

    name = "N=QTY"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Said:
        if isinstance(value, Said):
            return value
        number, _, rest = str(value).partition("=")
        quantity, *about = rest.split(":")
        if not (number.isascii() and number.isdigit()) or len(about) > 3:
            self.fail(f"{value!r} is not a line: 2=5 or 2=5:refused:damage", param, ctx)
        return Said(int(number), NUMBER.convert(quantity, param, ctx), *about)


def line_option(text: str) -> Any:
    return click.option("--line", "lines", multiple=True, type=LineSaid(), metavar="N=QTY", help=text)


def order_named(number: str) -> Order:
    """The order of that number.

    :raises NotFound: if there is none.
    """
    found = Order.objects.select_related("customer").filter(number=number).first()
    if found is None:
        raise NotFound(what=number)
    return found


def quantities(lines: tuple[Said, ...]) -> dict[int, Decimal] | None:
    """What `--line` asks for, in base units by line; none said: whatever can be."""
    if any(line.outcome for line in lines):
        raise click.UsageError("outcomes are told to `promesa deliver`; here only N=QTY")
    wanted: dict[int, Decimal] = {}
    for line in lines:
        wanted[line.line] = wanted.get(line.line, Decimal(0)) + line.quantity
    return wanted or None


@click.command()
@click.argument("order")
@line_option("Only so much (base units) of line N; may be repeated.")
@click.option("--carrier", default="", help="Who takes it.")
@click.option("--cause", default="", help="Why it leaves late, if it does (C1 to C5, X1 to X5, K1 to K4).")
@at_option()
@json_option()
@lang_option()
@with_database
def despatch(
    order: str, lines: tuple[Said, ...], carrier: str, cause: str, at: datetime, as_json: bool, lang: str
) -> None:
    """Send what is claimed for an order: a delivery note with its lots, first expiry first.

    \b
      promesa despatch P-2026-000123
      promesa despatch P-2026-000123 --line 1=40 --line 3=5 --carrier "Transportes Ruiz"

    Lines that are ready but not released yet are released first. Exit 1 if any line cannot leave as asked; then none does.
    """
    found = order_named(order)
    made = fulfilment.despatch(
        order_id=found.pk, quantities=quantities(lines), carrier=carrier, cause=cause, by=BY, at=at
    )
    relay.drain()
    by_line: dict[int, list[Any]] = {}
    for pick in made.picks:
        by_line.setdefault(pick.line_number, []).append(pick)
    told = {
        "order": found.number,
        "number": made.number,
        "despatched_at": made.despatched_at,
        "lines": [
            {
                "line_number": number,
                "quantity": plain(sum((pick.quantity for pick in picks), Decimal(0))),
                "lots": [
                    {"lot": pick.lot, "expires_on": pick.expires_on, "quantity": plain(pick.quantity)}
                    for pick in picks if pick.stock_id is not None
                ],
            }
            for number, picks in by_line.items()
        ],
    }  # fmt: skip
    if as_json:
        print_json(told)
        return
    click.echo(words.say("despatched", {"number": made.number, "lines": len(by_line)}, lang))
    rows = [[pick.line_number, pick.lot, pick.expires_on, plain(pick.quantity)] for pick in made.picks]
    print_rows(lang, [("Línea", "Line"), ("Lote", "Lot"), ("Caduca", "Expires"),
                ("Cantidad", "Quantity")], rows)  # fmt: skip


@click.command()
@click.argument("order")
@line_option("What became of so much of line N: N=QTY (accepted) or N=QTY:OUTCOME:REASON; may be repeated.")
@click.option("--signed-by", default="", help="Who signed.")
@click.option("--cause", default="", help="Why it came late, if it did.")
@at_option()
@json_option()
@lang_option()
@with_database
def deliver(
    order: str, lines: tuple[Said, ...], signed_by: str, cause: str, at: datetime, as_json: bool, lang: str
) -> None:
    """Record what happened at the customer's door with what is on its way; ORDER may also be a delivery note.

    \b
      promesa deliver P-2026-000123 --signed-by "Ana Gil"
      promesa deliver A-2026-000045 --line 2=3:refused:damage
      promesa deliver P-2026-000123 --line 1=30 --line 1=10:redeliver:absent

    Outcomes: accepted, reserve, short, damaged, refused, redeliver. Lines that are not named were accepted whole. Of a
    named line, what is not told was accepted; or, where an accepted quantity is told, it was not in the lorry.
    """
    on_the_way = in_transit(order)
    if lines and len(on_the_way) > 1:
        numbers = ", ".join(note.number for note in on_the_way)
        raise Problem(
            {
                "es": f"Hay varios albaranes en camino: {numbers}. Diga de cuál con su número.",
                "en": f"Several notes are on their way: {numbers}. Say which by its number.",
            }[lang]
        )
    made = [
        fulfilment.deliver(
            advice_id=note.pk, outcomes=outcomes(note, lines), signed_by=signed_by, cause=cause, by=BY, at=at
        )
        for note in on_the_way
    ]
    relay.drain()
    rows_told = [row for one in made for row in delivered_lines(one)]
    if as_json:
        last = made[-1]
        print_json({"order": last.order, "number": last.number, "despatch": last.advice, "lines": rows_told})
        return
    for one in made:
        click.echo(words.say("delivered", {"advice": one.advice, "signed_by": signed_by}, lang))
    rows = [
        [row["line_number"], words.say("outcome_" + row["outcome"], {}, lang), plain(row["quantity"]),
         words.say("reason_" + row["reason"], {}, lang) if row["reason"] else ""]
        for row in rows_told
    ]  # fmt: skip
    print_rows(lang, [("Línea", "Line"), ("Resultado", "Outcome"),
                ("Cantidad", "Quantity"), ("Motivo", "Reason")], rows)  # fmt: skip


class NothingOnItsWay(Refused):
    """An order of which nothing has left that has not arrived."""


words.register(
    {
        "nothing_on_its_way": (
            "No hay nada en camino de {number}. Antes tiene que salir: promesa despatch {number}.",
            "Nothing of {number} is on its way. It has to leave first: promesa despatch {number}.",
        ),
    }
)


def in_transit(number: str) -> list[DespatchAdvice]:
    """What is on its way of an order, or one delivery note.

    :raises NothingOnItsWay: if nothing is.
    """
    note = DespatchAdvice.objects.filter(number=number).first()
    if note is not None:
        return [note]
    found = list(notes.in_transit(order_id=order_named(number).pk))
    if not found:
        raise NothingOnItsWay(number, number=number)
    return found


def outcomes(note: DespatchAdvice, lines: tuple[Said, ...]) -> dict[int, list[Part]] | None:
    """What is told of each line, with what was left unsaid."""
    if not lines:
        return None
    offered: dict[int, Decimal] = {}
    for row in note.lines.select_related("order_line"):
        offered[row.order_line.line_number] = offered.get(row.order_line.line_number, Decimal(0)) + row.quantity
    told: dict[int, list[Part]] = {}
    for line in lines:
        part = Part(line.outcome or Outcome.ACCEPTED, line.quantity, line.reason, line.cause)
        told.setdefault(line.line, []).append(part)
    for number, parts in told.items():
        rest = offered.get(number, Decimal(0)) - sum((part.quantity for part in parts), Decimal(0))
        if rest > 0:
            taken = any(part.outcome in TAKEN for part in parts)
            parts.append(Part(Outcome.SHORT if taken else Outcome.ACCEPTED, rest))
    return told


def delivered_lines(made: fulfilment.DeliveredGoods) -> list[dict[str, Any]]:
    """The outcomes of a delivery as they are printed."""
    numbers = {row.pk: row for row in DespatchAdvice.objects.get(pk=made.advice_id).lines.select_related("order_line")}
    return [
        {
            "line_number": numbers[row.despatch_line_id].order_line.line_number,
            "lot": numbers[row.despatch_line_id].lot,
            "outcome": str(row.part.outcome),
            "quantity": plain(row.part.quantity),
            "reason": str(row.part.reason),
            "cause": row.part.cause,
        }
        for row in made.settled
    ]


@click.command()
@click.argument("order")
@line_option("Only so much (base units) of line N; may be repeated.")
@click.option("--despite", default="", metavar="REASON", help="Let it leave although it differs, and why.")
@at_option()
@json_option()
@lang_option()
@with_database
def invoice(order: str, lines: tuple[Said, ...], despite: str, at: datetime, as_json: bool, lang: str) -> None:
    """Invoice what of an order arrived (or left, by its terms) and is not invoiced yet.

    \b
      promesa invoice P-2026-000123
      promesa invoice P-2026-000123 --line 1=40 --json

    The invoice is checked against order, delivery and price agreement; if it differs it does not leave and the command
    ends with 1. Where all of it is invoiced already, the last invoice is shown.
    """
    found = order_named(order)
    relay.drain()
    try:
        made = billing.issue_invoice(
            order_id=found.pk, quantities=quantities(lines), despite=despite, by=BY, at=at
        ).number
    except billing.NothingToInvoice as refusal:
        last = Invoice.objects.filter(order=found, kind="invoice").order_by("id").last()
        if last is None or lines:
            raise
        warn(refusal.sentence(lang))
        made = last.number
    relay.drain()
    issued = invoices.invoice(number=made)
    assert issued is not None
    told = invoice_told(found.number, issued)
    if as_json:
        print_json(told)
        return
    params = {"number": made, "gross_amount": issued.gross_amount, "currency": issued.currency, "due_on": issued.due_on}
    click.echo(words.say("invoice_issued", params, lang))
    rows = [
        [
            line.position,
            line.text,
            plain(line.quantity),
            plain(line.unit_price),
            Amount(format_money(line.net_amount, issued.currency, lang)),
        ]
        for line in issued.lines.all()
    ]
    print_rows(lang, [("Línea", "Line"), ("Artículo", "Item"), ("Cantidad", "Quantity"),
                ("Precio", "Price"), ("Neto", "Net")], rows)  # fmt: skip


def invoice_told(order: str, issued: Invoice) -> dict[str, Any]:
    """An invoice as it is printed for programs."""
    return {
        "order": order,
        "number": issued.number,
        "issued_on": issued.issued_on,
        "due_on": issued.due_on,
        "currency": issued.currency,
        "totals": {"lines": issued.net_amount, "tax": issued.tax_amount, "payable": issued.payable_amount},
        "lines": [
            {
                "line_number": line.order_line.line_number if line.order_line else line.position,
                "text": line.text, "quantity": plain(line.quantity), "unit_code": line.unit_code, "price": plain(line.unit_price),
                "price_basis": plain(line.price_basis), "amount": line.net_amount, "tax_rate": plain(line.tax_rate),
                "despatch": line.despatch_number,
            }
            for line in issued.lines.all()
        ],
    }  # fmt: skip


@click.command()
@click.argument("customer")
@click.argument("amount", type=NUMBER)
@click.option(
    "--invoice", "numbers", multiple=True, metavar="N", help="An invoice that it pays; in this order, all it can."
)
@click.option("--currency", default="", help="Its currency; the customer's when not said.")
@click.option("--method", default="transfer", show_default=True, help="How it came.")
@click.option("--reference", default="", help="What the bank writes beside it.")
@at_option()
@json_option()
@lang_option()
@with_database
def pay(
    customer: str, amount: Decimal, numbers: tuple[str, ...], currency: str, method: str, reference: str, at: datetime,
    as_json: bool, lang: str,
) -> None:  # fmt: skip
    """Record money from a customer (by number); it pays the invoices named, or the oldest due first.

    \b
      promesa pay C-0017 1250.00
      promesa pay C-0017 1250.00 --invoice F2026-000123 --invoice F2026-000131 --at 2026-04-02

    What pays no invoice stays the customer's, unapplied.
    """
    buyer = Customer.objects.filter(number=customer).first()
    if buyer is None:
        raise NotFound(what=customer)
    wanted: Mapping[str, Decimal | None] | None = dict.fromkeys(numbers) if numbers else None
    paid = billing.receive_payment(
        customer_id=buyer.pk, amount=amount, currency=currency, applications=wanted, method=method, reference=reference,
        by=BY, at=at,
    )  # fmt: skip
    relay.drain()
    told = {
        "customer": customer,
        "number": paid.number,
        "amount": paid.amount,
        "currency": paid.currency,
        "invoices": [{"number": number, "amount": part} for number, part in paid.applications],
        "unapplied_amount": paid.unapplied_amount,
    }
    if as_json:
        print_json(told)
        return
    click.echo(words.say("payment_received", {**told, "amount": paid.amount}, lang))
    print_rows(lang, [("Factura", "Invoice"), ("Pagado", "Paid")],
               [[number, Amount(format_money(part, paid.currency, lang))] for number, part in paid.applications])  # fmt: skip


def plain(quantity: Decimal) -> Decimal:
    """A quantity without the zeros that only the column has."""
    return Decimal(format(quantity.normalize(), "f"))
