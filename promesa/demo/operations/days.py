"""One day of the company: what is due, what comes in, what leaves, what is paid."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal

from promesa.billing import operations as billing
from promesa.billing.operations import Receipt
from promesa.core import relay
from promesa.demo import queries
from promesa.demo.life import PROMESA, Coming, Life, clock
from promesa.demo.operations import desks, supply, twists
from promesa.demo.operations.door import arrival_of
from promesa.demo.story import Act
from promesa.demo.tale import BY_MACHINE, MACHINES_AT, PEOPLE_AT, Wish
from promesa.fulfilment import operations as fulfilment
from promesa.fulfilment.operations import DespatchedGoods
from promesa.fulfilment.rules import Shipment
from promesa.inventory import operations as inventory
from promesa.orders import operations as orders
from promesa.orders.rules import Captured, DraftLine, OrderDraft

FACTS = "results.facts"
AT_ONCE = 20_000
TOLD_BY = {"phone": "phone", "portal": "portal"}
UNTOLD = timedelta(minutes=90)  # of the last day's latest promises nobody has told the customer yet
CARRIERS = ("Transportes Guadalhorce", "Frío y Ruta", "Levante Exprés", "Naviera Canal Sur")


def hear(*, facts: bool = False) -> None:
    """Let everybody hear what happened; who only keeps the figures hears it with `facts`, many days at once.

    :raises RuntimeError: if something could not be heard: a story of which a part was not heard is no story.
    """
    relay.drain(batch=AT_ONCE, leaving=() if facts else [FACTS])
    if facts and relay.waiting():
        raise RuntimeError("something that happened could not be heard; the log says what")


def live_day(*, life: Life, day: date, wishes: Sequence[Wish]) -> None:
    """Live one day whole, its orders captured in two batches."""
    open_day(life=life, day=day)
    deliver_due(life=life, coming=life.coming.pop(day, []))
    for machines, minute in ((True, MACHINES_AT), (False, PEOPLE_AT)):
        capture_batch(
            life=life, wishes=[wish for wish in wishes if (wish.channel in BY_MACHINE) is machines],
            at=clock(day, *divmod(minute, 60)), day=day,
        )  # fmt: skip
    noon(life=life, day=day)
    send_off(life=life, day=day)
    close_day(life=life, day=day)


def open_day(*, life: Life, day: date) -> None:
    """Stock of the month, items that run dry, tasks left for this morning, money."""
    warehouse = life.tale.company.warehouse
    if day == life.tale.first or (warehouse.is_open(day) and warehouse.next_open(day.replace(day=1)) == day):
        supply.top_up(life=life, day=day, at=clock(day, 6, 30))
    for spell in life.tale.spells:
        number = supply.receipt_number(spell)
        if day == spell.starts:
            supply.run_dry(life=life, spell=spell, at=clock(day, 6, 40))
        elif day == spell.moved_on:
            reason = "El molino ha parado por avería"
            inventory.move_receipt(
                number=number, expected_at=clock(spell.arrives, 7), reason=reason, by=life.users["antonio"],
                at=clock(day, 7, 30),
            )  # fmt: skip
            hear()
        elif day == spell.arrives:
            inventory.receive(number=number, by=life.users["antonio"], at=clock(day, 7, 15))
            hear()
    for task in life.mornings.pop(day, ()):
        task()
    desks.settle(life=life, day=day)
    take_money(life=life, invoices=life.to_be_paid.pop(day, []), at=clock(day, 9))


def take_money(*, life: Life, invoices: list[int], at: datetime) -> None:
    """Transfers that arrive today, one from each customer, for the invoices that they name."""
    sums: dict[int, dict[str, Decimal]] = {}
    for customer, number, amount in queries.open_of(invoice_ids=invoices):
        sums.setdefault(customer, {})[number] = amount
    receipts = [
        Receipt(customer, sum(named.values(), Decimal(0)), applications=dict.fromkeys(named), reference=min(named))
        for customer, named in sums.items()
    ]
    billing.receive_payments(receipts=receipts, by=life.users["emma"], at=at)


# --- In ------------------------------------------------------------------------------------------------------------


def capture_batch(*, life: Life, wishes: Sequence[Wish], at: datetime, day: date) -> None:
    """Capture these orders together: what machines sent is nobody's hand, the rest is the agent's of the day."""
    if not wishes:
        return
    agents = [life.users[name] for name in ("carmen", "javier", "marta")]
    by = PROMESA if wishes[0].channel in BY_MACHINE else agents[day.toordinal() % 3]
    captured = orders.capture_orders(drafts=[draft_of(life, wish) for wish in wishes], by=by, at=at)
    keep(life=life, wishes=wishes, captured=captured, day=day)


def keep(*, life: Life, wishes: Sequence[Wish], captured: Sequence[Captured], day: date) -> None:
    """Remember which order each wish became."""
    for wish, one in zip(wishes, captured, strict=True):
        assert one.order_id is not None, wish
        life.wishes[one.order_id] = wish
        twists.after_capture(life, one.order_id, day)


def draft_of(life: Life, wish: Wish) -> OrderDraft:
    """The order as its customer says it."""
    company = life.tale.company
    lines = []
    for n, (sku, cases) in enumerate(wish.lines):
        item = company.items[sku]
        price = None
        if n == 0 and wish.chapter is not None and wish.chapter.act is Act.PRICE_HOLD:
            price = company.price(wish.customer, sku, wish.day) * item.case * Decimal("0.9")
        coded = wish.channel == "csv"
        lines.append(
            DraftLine(
                sku="" if coded else sku, buyer_code=company.buyer_code(wish.customer, sku) if coded else "",
                quantity=Decimal(cases), unit="CS" if item.case > 1 else "C62", price=price,
            )
        )  # fmt: skip
    return OrderDraft(
        lines=tuple(lines), customer_id=life.customers[wish.customer], ship_to_number=wish.site, po_number=wish.po,
        channel=wish.channel, requested_from=wish.asked, ordered_at=wish.at, received_at=wish.at,
    )  # fmt: skip


def noon(*, life: Life, day: date) -> None:
    """What happens to orders in the middle of the day; new promises are made before anything leaves."""
    tasks = life.noons.pop(day, [])
    for task in tasks:
        task()
    if tasks:
        hear()


# --- Out -----------------------------------------------------------------------------------------------------------


def shipments_of(*, life: Life, day: date) -> list[tuple[Shipment, datetime]]:
    """What leaves today, with the moment that its customer was promised; what is to leave late stays."""
    found: list[tuple[Shipment, datetime]] = []
    for order_id, ready in queries.ready_to_leave(day=day).items():
        wish = life.wishes.get(order_id)
        if wish is None:
            continue
        cause = ""
        if life.act(order_id) is Act.LEAVES_LATE and wish.chapter is not None:
            leaves = life.working_day(min(one.ship_date for one in ready), 1 + wish.amount % 2)
            if day < leaves:
                continue
            # The warehouse's own lateness need not be told: it shows.
            cause = "" if wish.chapter.cause == "C5" else wish.chapter.cause
            life.befell.add(order_id)
        shipment = Shipment(
            order_id, {one.line_number: one.quantity for one in ready}, cause=cause,
            carrier=CARRIERS[3 if wish.customer in ("C-011", "C-012") else int(wish.customer[2:]) % 3],
        )  # fmt: skip
        found.append((shipment, max(one.window_from for one in ready)))
    return found


def send_off(*, life: Life, day: date) -> None:
    """Send what is due, if the warehouse works today."""
    if not life.tale.company.warehouse.is_open(day):
        return
    due = shipments_of(life=life, day=day)
    made = fulfilment.despatch_many(
        shipments=[shipment for shipment, _ in due], by=life.users["antonio"], at=clock(day, 17)
    )
    for goods, (_, promised) in zip(made, due, strict=True):
        set_off(life=life, goods=goods, promised=promised, day=day)


def set_off(*, life: Life, goods: DespatchedGoods, promised: datetime, day: date) -> None:
    """Work out when goods that left will stand at the door."""
    lines: dict[int, Decimal] = {}
    for pick in goods.picks:
        lines[pick.line_number] = lines.get(pick.line_number, Decimal(0)) + pick.quantity
    late = life.act(goods.order_id) is Act.ARRIVES_LATE
    at = life.arrival(life.wishes[goods.order_id], day, promised, late)
    life.comes(Coming(goods.advice_id, goods.order_id, at, lines))


def deliver_due(*, life: Life, coming: Sequence[Coming]) -> None:
    """Record what happens today at the doors."""
    if not coming:
        return
    last = max(one.at for one in coming)
    fulfilment.deliver_many(arrivals=[arrival_of(life, one) for one in coming], by=life.users["sofia"], at=last)
    for one in coming:
        twists.after_delivery(life, one.order_id, one.at, last.date())


def close_day(*, life: Life, day: date) -> None:
    """Let everybody hear of the day; tell customers what they are promised; note the invoices that came of it."""
    hear()
    tell_customers(life=life, day=day)
    for invoice in queries.invoices_after(invoice_id=life.last_invoice):
        life.last_invoice = invoice.id
        wish = life.wishes.get(invoice.order_id)
        if wish is None:
            continue
        late = life.customer(wish).pays_late_days
        paid = max(invoice.due_on.toordinal() + late + wish.amount % 4, day.toordinal() + 1)
        life.to_be_paid[life.pay_day(date.fromordinal(paid))].append(invoice.id)
        twists.after_invoice(life, invoice, day)


def tell_customers(*, life: Life, day: date) -> None:
    """In the afternoon customers are told of the promises of the day; on the last one, of those of its first hours."""
    at = clock(day, 17, 30) if day < life.tale.today else life.tale.now - UNTOLD
    last, promised = queries.promised_after(event_id=life.last_event, until=at)
    life.last_event = last
    ways: dict[str, list[int]] = {}
    for order_id in promised:
        wish = life.wishes.get(order_id)
        if wish is not None:
            ways.setdefault(TOLD_BY.get(wish.channel, "email"), []).append(order_id)
    for how, order_ids in ways.items():
        orders.record_told(order_ids=order_ids, how=how, by=life.users["carmen"], at=at)
