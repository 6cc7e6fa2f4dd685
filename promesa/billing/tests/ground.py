"""A small ledger to bill from: an order whose lines were despatched and accepted."""

from datetime import datetime
from decimal import Decimal

from promesa.catalog.models import Item
from promesa.core import locks
from promesa.core.actors import Actor
from promesa.core.verbs import verb
from promesa.customers.models import CreditStanding, Customer, Site
from promesa.customers.operations import move_credit
from promesa.inventory.models import Warehouse
from promesa.orders import operations as orders
from promesa.orders.models import Order, OrderLine
from promesa.orders.operations import exposure

BY = Actor("user:1")
_count = iter(range(1, 10**9))


def customer(**kwargs) -> Customer:
    n = next(_count)
    made = Customer.objects.create(number=f"C{n}", name=f"Cliente {n}", **kwargs)
    CreditStanding.objects.create(customer=made)
    Site.objects.create(customer=made, number="1", name="Almacén", is_default=True)
    return made


def order(at: datetime, *lines, buyer: Customer | None = None, **kwargs) -> Order:
    """A confirmed order with lines of (quantity, price, tax rate), released."""
    buyer = buyer or customer()
    n = next(_count)
    house = Warehouse.objects.get_or_create(code="W", defaults={"name": "Central", "is_default": True})[0]
    made = Order.objects.create(
        number=f"P-2026-{n:06d}", customer=buyer, ship_to=buyer.sites.get(), warehouse=house, channel="desk",
        state="confirmed", captured_by=BY, ordered_at=at, received_at=at, captured_at=at, submitted_at=at, confirmed_at=at,
        content_hash="x", line_count=len(lines),
        **{"payment_days": 30, "currency": "EUR", "invoice_from": "delivery", **kwargs},
    )  # fmt: skip
    for number, (quantity, price, rate) in enumerate(lines, 1):
        quantity, price = Decimal(quantity), Decimal(price)
        n = next(_count)
        item = Item.objects.create(sku=f"S{n}", name=f"Artículo {n}")
        OrderLine.objects.create(
            order=made, line_number=number, item=item, ordered_quantity=quantity, unit_quantity=quantity, unit_price=price,
            net_amount=(quantity * price).quantize(Decimal("0.01")), tax_category="S" if Decimal(rate) else "Z",
            tax_rate=Decimal(rate), released_at=at,
            price_origin="list",
        )  # fmt: skip
    _count_as_released(made)
    return made


@verb
def _count_as_released(made: Order) -> None:
    lines = exposure.weights(line_ids=list(made.lines.values_list("pk", flat=True)))
    move_credit(moves=lines.by_customer)


@verb
def tell(made: Order, at: datetime, *entries, reference: str = "A-2026-000001") -> None:
    """Write ledger entries of (line number, kind, quantity) as the warehouse and the lorry would."""
    locks.take(credit=[made.customer_id], orders=[made.pk])
    lines = {line.line_number: line.pk for line in made.lines.all()}
    before = exposure.weights(line_ids=list(lines.values()))
    orders.record(
        entries=[orders.Entry(lines[number], kind, Decimal(quantity), reference) for number, kind, quantity in entries],
        by=BY, at=at,
    )  # fmt: skip
    exposure.move_from(before)


def arrived(at: datetime, *lines, **kwargs) -> Order:
    """An order that left whole and was accepted whole."""
    made = order(at, *lines, **kwargs)
    for number, (quantity, _, _) in enumerate(lines, 1):
        tell(made, at, (number, "despatched", quantity), (number, "accepted", quantity))
    return made
