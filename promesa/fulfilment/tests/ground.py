"""A small company to test on: one customer, one warehouse, stock in lots, orders confirmed and claimed."""

from datetime import date, datetime, timedelta
from decimal import Decimal

from promesa.catalog.models import Item
from promesa.core.actors import Actor
from promesa.core.verbs import verb
from promesa.customers.models import CreditStanding, Customer, Site
from promesa.inventory.models import Claim, Stock, StockLeg, StockMove, Warehouse
from promesa.orders.models import Order, OrderLine, Promise

BY = Actor("user:1")
_count = iter(range(1, 10**9))


def customer(**kwargs) -> Customer:
    n = next(_count)
    made = Customer.objects.create(number=f"C{n}", name=f"Cliente {n}", **kwargs)
    CreditStanding.objects.create(customer=made)
    Site.objects.create(customer=made, number="1", name="Almacén", is_default=True)
    return made


def warehouse() -> Warehouse:
    return Warehouse.objects.get_or_create(code="W", defaults={"name": "Central", "is_default": True})[0]


def item(kind: str = "goods", name: str = "") -> Item:
    n = next(_count)
    return Item.objects.create(sku=f"S{n}", name=name or f"Artículo {n}", kind=kind)


def stock(of: Item, quantity, lot: str = "L1", expires_on: date | None = None) -> Stock:
    row = Stock.objects.create(
        item=of, warehouse=warehouse(), lot=lot, expires_on=expires_on, on_hand=Decimal(quantity)
    )
    move = StockMove.objects.create(
        kind="opening", actor=BY, happened_at=datetime.fromisoformat("2026-01-01T00:00:00+00:00"),
        recorded_at=datetime.fromisoformat("2026-01-01T00:00:00+00:00"),
    )  # fmt: skip
    StockLeg.objects.create(move=move, item=of, stock=row, quantity=Decimal(quantity))
    StockLeg.objects.create(move=move, item=of, account="count", quantity=-Decimal(quantity))
    return row


def order(at: datetime, *lines, buyer: Customer | None = None, state: str = "confirmed", **kwargs) -> Order:
    """An order with lines (item, quantity, [(stock, quantity)...]), not released yet."""
    buyer = buyer or customer()
    n = next(_count)
    made = Order.objects.create(
        number=f"P-2026-{n:06d}", customer=buyer, ship_to=buyer.sites.get(), warehouse=warehouse(), channel="desk",
        state=state, captured_by=BY, ordered_at=at, received_at=at, captured_at=at, submitted_at=at, confirmed_at=at,
        currency="EUR", content_hash="x", line_count=len(lines),
        **{"payment_days": buyer.payment_days, "invoice_from": buyer.invoice_from, **kwargs},
    )  # fmt: skip
    for number, (of, quantity, claims) in enumerate(lines, 1):
        quantity = Decimal(quantity)
        line = OrderLine.objects.create(
            order=made, line_number=number, item=of, ordered_quantity=quantity, unit_quantity=quantity,
            unit_price=Decimal(2), net_amount=quantity * 2, tax_category="S", tax_rate=Decimal(10), promised=quantity,
            promise_sequence=1,
        )  # fmt: skip
        Promise.objects.create(
            line=line, sequence=1, quantity=quantity, ship_date=at.date(), window_from=at + timedelta(days=1),
            window_to=at + timedelta(days=2), is_first=True, actor=BY, made_at=at,
        )  # fmt: skip
        for row, claimed in claims:
            claim(line, row, claimed)
    return made


def claim(line: OrderLine, row: Stock, quantity) -> None:
    Claim.objects.create(demand_line_id=line.pk, stock=row, quantity=Decimal(quantity))
    row.refresh_from_db()
    row.claimed += Decimal(quantity)
    row.save(update_fields=["claimed"])


@verb
def in_one_verb(act) -> None:
    """Run something that takes locks inside a transaction of its own."""
    act()
