"""`promesa orders`: which orders there are, and one order whole."""

from __future__ import annotations

import json
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import click
from django.db import connection
from django.utils import timezone

from promesa.cli.options import DAY, Amount, at_option, json_option, lang_option, print_json, print_rows
from promesa.cli.start import with_database
from promesa.core import words
from promesa.core.actors import Actor
from promesa.core.money import line_net
from promesa.core.parameters import company_zone
from promesa.core.ui.format import format_date, format_money, format_number
from promesa.desk.labels import state_word
from promesa.orders import operations
from promesa.orders.queries import told
from promesa.orders.states import OrderState, TellingBy

MOST = 500
BY = Actor("command")
PROMISE = {"es": "promesa", "en": "promise"}
SEVERITIES = {
    "es": {"blocking": "bloquea", "warning": "aviso", "note": "nota"},
    "en": {"blocking": "blocking", "warning": "warning", "note": "note"},
}
WAYS = [way.value for way in TellingBy if way is not TellingBy.API]


@click.group()
def orders() -> None:
    """List and show orders.

    \b
      promesa orders list --state confirmed
      promesa orders show P-2026-000123 --json
      promesa orders told P-2026-000123 --by phone
    """


@orders.command(name="list")
@click.option("--state", type=click.Choice([one.value for one in OrderState]), help="Only orders in this state.")
@click.option("--customer", default="", metavar="NUMBER", help="Only this customer's.")
@click.option("--po", default="", metavar="NUMBER", help="Only this purchase order number of the customer's.")
@click.option("--from", "from_", type=DAY, help="Ordered on this day or later.")
@click.option("--to", type=DAY, help="Ordered on this day or earlier.")
@click.option("--after", default="", metavar="NUMBER", help="Go on after this order.")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, MOST), help="How many at most.")
@lang_option()
@json_option()
@with_database
def list_(
    state: str | None, customer: str, po: str, from_: date | None, to: date | None, after: str, limit: int, lang: str,
    as_json: bool,
) -> None:  # fmt: skip
    """List orders, the newest first."""
    found = told.orders_page(
        after=after, limit=limit, state=state or "", customer=customer, po_number=po, ordered_from=from_, ordered_to=to
    )
    heads = [json.loads(one) if isinstance(one, str) else one for one in found[:limit]]
    if as_json:
        print_json({"orders": heads, "next": heads[-1]["number"] if len(found) > limit else None})
        return
    zone = ZoneInfo(company_zone(on=timezone.now().date()))
    print_rows(
        lang,
        [("Número", "Number"), ("Cliente", "Customer"), ("Su orden", "Their order"), ("Pedido el", "Ordered"),
         ("Estado", "State"), ("Neto", "Net")],
        [
            [one["number"], one["customer"], one["po_number"], _day(one["ordered_at"], zone),
             state_word(one["state"], lang), Amount(format_money(Decimal(one["net_amount"]), one["currency"], lang))]
            for one in heads
        ],
    )  # fmt: skip


@orders.command()
@click.argument("number")
@lang_option()
@json_option()
@with_database
def show(number: str, lang: str, as_json: bool) -> None:
    """Show one order whole: lines, ledger, promises, findings, holds, documents."""
    order: dict[str, Any] = json.loads(told.whole_order(number=number))
    order["promises"] = _plain(told.promises_of(number=number))
    order.update(_beside(number))
    for line in order["lines"]:  # the sum of the lines is the order's, which counts nothing cancelled
        line["net_amount"] = f"{_standing_net(line, order['currency']):f}"
    if as_json:
        print_json(order)
        return
    _print(order, lang)


@orders.command(name="told")
@click.argument("number")
@click.option("--by", "how", type=click.Choice(WAYS), required=True, help="How they were told.")
@at_option()
@lang_option()
@json_option()
@with_database
def told_(number: str, how: str, at: datetime, lang: str, as_json: bool) -> None:
    """Say that the customer was told of the promises in force, and of what holds the order.

    \b
      promesa orders told P-2026-000123 --by phone
      promesa orders told P-2026-000123 --by email --at 2026-03-02T09:30+01:00
    Promises told before keep their moment. Exit 1 when there is nothing new to tell.
    """
    count = operations.tell_customer(order_id=told.id_of(number=number), how=how, by=BY, at=at)
    if as_json:
        print_json({"order": number, "promises": count, "told_at": at})
        return
    said = {"how": words.say(f"told_by_{how}", {}, lang), "promises": count}
    click.echo(words.say("customer_told" if count else "customer_told_of_hold", said, lang))


def _plain(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


# What stands beside the order in the rooms above it; one statement.
_BESIDE = """
SELECT json_build_object(
  'time_zone', coalesce((SELECT s.time_zone FROM customers_site s WHERE s.id = o.ship_to_id), 'UTC'),
  'ledger', coalesce((SELECT json_agg(json_build_object('line_number', l.line_number, 'kind', e.kind, 'quantity',
        trim_scale(e.quantity)::text, 'happened_at', e.happened_at, 'reference', e.reference, 'cause', e.cause, 'reason', e.reason)
        ORDER BY e.id) FROM orders_lineentry e JOIN orders_orderline l ON l.id = e.line_id WHERE l.order_id = o.id), '[]'),
  'documents', coalesce((SELECT json_agg(json_build_object('document', d.id, 'kind', d.kind, 'number', d.number, 'format', d.format,
        'outcome', d.outcome, 'file', f.name, 'sha256', f.sha256) ORDER BY d.id)
        FROM exchange_document d JOIN exchange_inboxfile f ON f.id = d.file_id WHERE d.order_id = o.id), '[]'),
  'despatches', coalesce((SELECT json_agg(json_build_object('number', a.number, 'despatched_at', a.despatched_at, 'carrier', a.carrier)
        ORDER BY a.id) FROM fulfilment_despatchadvice a WHERE a.order_id = o.id), '[]'),
  'deliveries', coalesce((SELECT json_agg(json_build_object('number', v.number, 'despatch', a.number, 'delivered_at', v.delivered_at,
        'signed_by', v.signed_by) ORDER BY v.id) FROM fulfilment_delivery v
        JOIN fulfilment_despatchadvice a ON a.id = v.advice_id WHERE a.order_id = o.id), '[]'),
  'invoices', coalesce((SELECT json_agg(json_build_object('number', i.number, 'kind', i.kind, 'issued_on', i.issued_on, 'due_on', i.due_on,
        'payable_amount', trim_scale(i.payable_amount)::text, 'currency', i.currency) ORDER BY i.id)
        FROM billing_invoice i WHERE i.order_id = o.id), '[]'),
  'requested_windows', coalesce((SELECT json_agg(json_build_object('sequence', r.sequence, 'from', r.window_from, 'to', r.window_to,
        'initiator', r.initiator, 'happened_at', r.happened_at) ORDER BY r.id) FROM orders_requestedwindow r WHERE r.order_id = o.id), '[]')
)::text FROM orders_order o WHERE o.number = %s
"""


def _beside(number: str) -> dict[str, Any]:
    with connection.cursor() as cursor:
        cursor.execute(_BESIDE, [number])
        found: dict[str, Any] = json.loads(cursor.fetchone()[0])
    return found


def _day(moment: str, zone: ZoneInfo) -> date:
    """The day of a moment as they count it in a zone: midnight in Madrid is still the day before in UTC."""
    return datetime.fromisoformat(moment).astimezone(zone).date()


def _standing_net(line: dict[str, Any], currency: str) -> Decimal:
    """What a line is worth without what was cancelled of it, as the order's own sums count it."""
    cancelled = Decimal(line["cancelled"])
    if not cancelled:
        return Decimal(line["net_amount"])
    stands = Decimal(line["base_quantity"]) - cancelled
    price, basis = Decimal(line["price"] or 0), Decimal(line["price_basis"])
    return line_net(stands, price, basis, currency) if stands else Decimal(0)


def _print(order: dict[str, Any], lang: str) -> None:
    money = format_money(Decimal(order["total_amount"]), order["currency"], lang)
    click.echo(
        f"{order['number']}  {state_word(order['state'], lang)}  {order['customer']}  {order['po_number']}  {money}"
    )
    print_rows(
        lang,
        [("Línea", "Line"), ("Artículo", "Item"), ("Texto", "Text"), ("Cantidad", "Quantity"), ("Prometido", "Promised"),
         ("Anulado", "Cancelled"), ("Salió", "Despatched"), ("Aceptado", "Accepted"), ("Facturado", "Invoiced"), ("Neto", "Net")],
        [
            [one["line_number"], one["item"] or "?", one["text"][:40],
             *(Decimal(one[key]) for key in ("base_quantity", "promised", "cancelled", "despatched", "accepted", "invoiced")),
             Amount(format_money(Decimal(one["net_amount"]), order["currency"], lang))]
            for one in order["lines"]
        ],
    )  # fmt: skip
    zone = ZoneInfo(order["time_zone"])
    for one in order["promises"]:
        when = format_date(_day(one["from"], zone), lang) if one["from"] else "—"
        reason = one.get("sentence", {}).get(lang) or words.say(
            one["reason"]["code"], one["reason"].get("params"), lang
        )
        told_at = one["told_at"] and format_date(_day(one["told_at"], zone), lang)
        known = {"es": f" Avisado el {told_at}.", "en": f" Told on {told_at}."}[lang] if told_at else ""
        place = f"{one['line_number']}#{one['sequence']}.{one['part']}"
        quantity = format_number(Decimal(one["quantity"]), lang)
        click.echo(f"  {PROMISE[lang]} {place}: {quantity}, {when}. {reason}{known}")
    standing = [one for one in order["findings"] if not one["resolved_at"]] + [
        one for one in order["holds"] if not one["released_at"]
    ]
    for one in standing:
        name = SEVERITIES[lang][one["severity"]] if "severity" in one else words.say(f"hold_{one['kind']}", {}, lang)
        click.echo(f"  {name}: {one['sentence'][lang]}")
