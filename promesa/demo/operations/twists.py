"""What befalls orders between their capture and the door, and after it: the acts that are verbs of other rooms."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import partial

from promesa.billing import operations as billing
from promesa.core import bulk, locks
from promesa.core.calendars import end_of_day, start_of_day
from promesa.core.verbs import verb
from promesa.demo import queries
from promesa.demo.life import Life, clock
from promesa.demo.queries import Billed
from promesa.demo.story import Act
from promesa.demo.tale import Wish
from promesa.inventory import operations as inventory
from promesa.inventory.operations import StockRow
from promesa.orders import operations as orders
from promesa.orders.operations import Entry
from promesa.orders.states import EntryKind

CENT = Decimal("0.01")


def after_capture(life: Life, order_id: int, day: date) -> None:
    """Note for later what an order's chapter wants done before its goods leave."""
    wish, act = life.wishes[order_id], life.act(order_id)
    if act not in _BEFORE_LEAVING:
        return
    ships = queries.first_ship_date(order_id=order_id) or day
    eve = day if ships <= day else min(ships, life.working_day(day, 1))
    life.befell.add(order_id)
    match act:
        case Act.CUT:
            life.noons[eve].append(partial(_cut, life, order_id, wish))
        case Act.CANCELLED:
            life.noons[eve].append(partial(_call_off, life, order_id, wish, eve))
        case Act.MOVED:
            life.noons[eve].append(partial(_want_later, life, order_id, wish, eve))
        case Act.CREDIT_BLOCK:
            life.noons[day].append(partial(_block, life, order_id, wish, day))
            life.mornings[life.working_day(ships, 1)].append(partial(_unblock, life, order_id, ships))
        case Act.PRICE_HOLD:
            life.noons[day].append(partial(_accept_price, life, order_id, wish, day))
        case Act.CAUGHT:
            life.noons[day].append(partial(_own_up, life, order_id, wish, clock(day, 11), escaped=False))


_BEFORE_LEAVING = frozenset(
    {Act.CUT, Act.CANCELLED, Act.MOVED, Act.CREDIT_BLOCK, Act.PRICE_HOLD, Act.CAUGHT}
)  # fmt: skip


def _cut(life: Life, order_id: int, wish: Wish) -> None:
    """The shelf holds less than the books: half of the first line is cancelled, and the customer is told."""
    orders.change_line(
        order_id=order_id, line_number=1, quantity=Decimal(wish.lines[0][1] // 2), initiator="us", cause="C1",
        reason="Faltaban cajas en el hueco al preparar el pedido", by=life.users["antonio"], at=_now(order_id, 90),
    )  # fmt: skip


def _call_off(life: Life, order_id: int, wish: Wish, day: date) -> None:
    orders.cancel_order(
        order_id=order_id, initiator="customer", cause="K4", reason="Han cerrado la campaña antes de tiempo",
        by=life.someone(wish), at=_now(order_id, 75),
    )  # fmt: skip


def _want_later(life: Life, order_id: int, wish: Wish, day: date) -> None:
    site = life.site(wish)
    assert wish.asked is not None
    wanted = site.windows.calendar.add_business_days(wish.asked, 3)
    zone = site.row["time_zone"]
    orders.move_request(
        order_id=order_id, window_from=start_of_day(wanted, zone), window_to=end_of_day(wanted, zone),
        reason="Hacen inventario esa semana", by=life.someone(wish), at=_now(order_id, 80),
    )  # fmt: skip


def _block(life: Life, order_id: int, wish: Wish, day: date) -> None:
    """Finance stops a confirmed order, and forgets to say so."""
    limit = life.customer(wish).row
    orders.open_hold(
        order_id=order_id, kind="credit", reason_code="credit_exceeded", by=life.users["emma"], at=_now(order_id, 30),
        params={"excess_amount": Decimal(800 + wish.amount), "limit_amount": Decimal(20_000), "currency": limit.get("currency", "EUR")},
    )  # fmt: skip


def _unblock(life: Life, order_id: int, ships: date) -> None:
    hold = queries.open_hold(order_id=order_id)
    assert hold is not None
    orders.release_hold(
        hold_id=hold, reason="La transferencia había llegado el día anterior", minutes=Decimal(4),
        by=life.users["emma"], at=clock(life.working_day(ships, 1), 9, 10),
    )  # fmt: skip


def _accept_price(life: Life, order_id: int, wish: Wish, day: date) -> None:
    hold = queries.open_hold(order_id=order_id)
    assert hold is not None, wish
    orders.release_hold(
        hold_id=hold, reason="Vale nuestro precio: lo confirma su comprador", minutes=Decimal(5 + wish.amount % 9),
        by=life.someone(wish), at=_now(order_id, 60),
    )  # fmt: skip


def _own_up(life: Life, order_id: int, wish: Wish, at: datetime, *, escaped: bool) -> None:
    """We had typed it wrongly: found on reading it over, or by the customer at the door."""
    cases = wish.lines[0][1]
    aspect = ("quantity", "time", "reference", "address")[0 if escaped else wish.amount % 4]
    received, right = {
        "quantity": (f"{cases}", f"{max(1, cases // 2)}"),
        "time": (f"{wish.asked:%d/%m}", f"{wish.asked:%d/%m} (tarde)"),
        "reference": (wish.lines[0][0], f"{wish.lines[0][0]} (otra caja)"),
        "address": (wish.site, f"{wish.site} (muelle 2)"),
    }[aspect]
    orders.record_error(
        order_id=order_id, line_number=1 if aspect in ("quantity", "reference") else None, aspect=aspect,
        received=received, right=right, escaped=escaped, minutes=Decimal(6 + wish.amount % 20), by=life.someone(wish),
        at=at,
    )  # fmt: skip


def _now(order_id: int, minutes: int) -> datetime:
    """So many minutes after the order's last word."""
    found = bulk.row("SELECT coalesce(confirmed_at, captured_at) FROM orders_order WHERE id = %s", [order_id])
    assert found is not None
    moment: datetime = found[0] + timedelta(minutes=minutes)
    return moment


# --- After the door ------------------------------------------------------------------------------------------------


def after_delivery(life: Life, order_id: int, at: datetime, day: date) -> None:
    """What a chapter wants done once the goods were at the door."""
    wish = life.wishes[order_id]
    chapter = wish.chapter
    if chapter is None:
        return
    if chapter.act is Act.REFUSED and chapter.fault == "ours":
        later = life.working_day(day, 1)
        life.mornings[later].append(partial(_own_up, life, order_id, wish, clock(later, 9, 20), escaped=True))
    if life.act(order_id) is Act.RETURNED:
        life.befell.add(order_id)
        later = life.working_day(day, 5 + wish.amount % 4)
        life.mornings[later].append(
            partial(_take_back, life=life, order_id=order_id, wish=wish, at=clock(later, 9, 40))
        )


@verb
def _take_back(*, life: Life, order_id: int, wish: Wish, at: datetime) -> None:
    """Part of the first line comes back for its quality, and is given back on a credit note."""
    item = life.item(wish, 1)
    found = bulk.row(
        """SELECT l.id, o.customer_id, d.lot, d.expires_on, i.number, b.position FROM orders_orderline l
           JOIN orders_order o ON o.id = l.order_id JOIN fulfilment_despatchline d ON d.order_line_id = l.id
           JOIN billing_invoiceline b ON b.order_line_id = l.id
           JOIN billing_invoice i ON i.id = b.invoice_id AND i.kind = 'invoice'
           WHERE l.order_id = %s AND l.line_number = 1 ORDER BY d.id, b.id LIMIT 1""",
        [order_id],
    )
    assert found is not None, wish
    line_id, customer_id, lot, expires_on, invoice, position = found
    quantity, by = Decimal(item.case), life.someone(wish)
    locks.take(credit=[customer_id], orders=[order_id])
    orders.record(entries=[Entry(line_id, EntryKind.RETURNED, quantity, invoice, "X3", "quality")], by=by, at=at)
    row = StockRow(life.items[item.sku], life.warehouse, lot, expires_on, quantity, blocked=True)
    inventory.take_back(rows=[row], reference=invoice, by=life.users["antonio"], at=at)
    billing.issue_credit_note(
        invoice=invoice, lines={position: quantity}, cause="X3", note="Óxido en el interior de la lata",
        by=life.users["emma"], at=at,
    )  # fmt: skip


def after_invoice(life: Life, invoice: Billed, day: date) -> None:
    """A wrong invoice is corrected some days later."""
    if life.act(invoice.order_id) is not Act.WRONG_INVOICE:
        return
    life.befell.add(invoice.order_id)
    wish = life.wishes[invoice.order_id]
    later = life.working_day(day, 3 + wish.amount % 6)
    life.mornings[later].append(partial(_correct, life, invoice, wish, clock(later, 9, 50)))


def _correct(life: Life, invoice: Billed, wish: Wish, at: datetime) -> None:
    assert wish.chapter is not None
    amount = (invoice.first_net * Decimal("0.06")).quantize(CENT, ROUND_HALF_UP)
    ours = wish.chapter.cause == "X2"
    billing.issue_credit_note(
        invoice=invoice.number, amounts={1: max(amount, CENT)}, cause=wish.chapter.cause, fault="invoice_wrong_price",
        note="No se aplicó el descuento pactado" if ours else "Se facturó con la tarifa anterior",
        by=life.users["emma"], at=at,
    )  # fmt: skip
