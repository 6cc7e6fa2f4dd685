"""A small company in rows, for tests of facts: one customer, one site, one item, orders as the rooms below leave them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from promesa.billing.models import Invoice, InvoiceLine
from promesa.catalog.models import Item, Pack
from promesa.core import bulk
from promesa.core.calendars import end_of_day, start_of_day
from promesa.customers.models import Customer, Site
from promesa.fulfilment.models import Delivery, DeliveryLine, DespatchAdvice, DespatchLine
from promesa.inventory.models import Warehouse
from promesa.orders.models import LineEntry, Order, OrderLine, Promise, RequestedWindow

MADRID = "Europe/Madrid"
TUESDAY = date(2026, 3, 10)
MONDAY = TUESDAY - timedelta(days=1)


def on(day: date, hour: int = 10) -> datetime:
    return start_of_day(day, MADRID) + timedelta(hours=hour)


@dataclass
class Company:
    """Rows that every order needs, and a counter for numbers."""

    customer: Customer
    site: Site
    item: Item
    warehouse: Warehouse
    made: int = 0

    def order(self, *, lines: int = 1, quantity: int = 100, due: date = TUESDAY, **facts: Any) -> Order:
        """A confirmed and released order promised for a day; `facts` are fields of the order."""
        self.made += 1
        captured = on(due - timedelta(days=5))
        usual: dict[str, Any] = {
            "number": f"P-{due.year}-{self.made:06d}", "customer": self.customer, "ship_to": self.site,
            "warehouse": self.warehouse, "channel": "edi", "captured_by": "edi:8400000000017", "state": "confirmed",
            "ordered_at": captured, "received_at": captured, "captured_at": captured, "submitted_at": captured,
            "confirmed_at": captured, "released_at": on(due - timedelta(days=1), 8), "currency": "EUR",
            "requested_from": start_of_day(due, MADRID), "requested_to": end_of_day(due, MADRID),
            "line_count": lines, "net_amount": Decimal(lines * quantity * 2), "content_hash": "x", "early_days": 0,
        }  # fmt: skip
        order = Order.objects.create(**{**usual, **facts})
        for number in range(1, lines + 1):
            self.line(order, number, quantity, due)
        return order

    def line(
        self, order: Order, number: int, quantity: int, due: date, *, promised: bool = True, **facts: Any
    ) -> OrderLine:
        usual: dict[str, Any] = {
            "item": self.item,
            "ordered_quantity": quantity,
            "unit_quantity": quantity,
            "unit_price": 2,
            "promised": quantity,
            "promise_sequence": 1,
            "released_at": order.released_at,
        }
        line = OrderLine.objects.create(order=order, line_number=number, **{**usual, **facts})
        if promised:
            self.promise(line, due, quantity, is_first=True)
        RequestedWindow.objects.get_or_create(
            order=order, line=None, sequence=1,
            defaults={
                "window_from": start_of_day(due, MADRID), "window_to": end_of_day(due, MADRID), "actor": "x",
                "happened_at": order.captured_at, "recorded_at": order.captured_at,
            },
        )  # fmt: skip
        return line

    def promise(self, line: OrderLine, due: date, quantity: int, sequence: int = 1, **facts: Any) -> Promise:
        usual: dict[str, Any] = {
            "ship_date": due - timedelta(days=1), "window_from": start_of_day(due, MADRID),
            "window_to": end_of_day(due, MADRID), "actor": "x", "made_at": line.order.captured_at,
        }  # fmt: skip
        return Promise.objects.create(line=line, quantity=quantity, sequence=sequence, **{**usual, **facts})

    def ship(self, order: Order, day: date = MONDAY, quantity: int | None = None, **facts: Any) -> DespatchAdvice:
        """Send all lines, or a quantity of each."""
        advice = DespatchAdvice.objects.create(
            number=f"A-{order.pk}-{order.despatches.count()}", order=order, ship_to=self.site,
            warehouse=self.warehouse, planned_on=facts.pop("planned_on", day), despatched_at=on(day, 16),
            recorded_at=on(day, 16), actor="x", **facts,
        )  # fmt: skip
        for line in order.lines.all():
            DespatchLine.objects.create(advice=advice, order_line=line, quantity=quantity or line.ordered_quantity)
        return advice

    def deliver(self, advice: DespatchAdvice, at: datetime, parts: Any = None, **facts: Any) -> Delivery:
        """Deliver all of an advice, or `parts` [(outcome, quantity, reason, cause)] of its first line."""
        delivery = Delivery.objects.create(
            number=f"E-{advice.pk}-{advice.deliveries.count()}", advice=advice, site=facts.pop("site", self.site),
            delivered_at=at, server_at=at, actor="x", **facts,
        )  # fmt: skip
        for n, line in enumerate(advice.lines.order_by("order_line__line_number")):
            told = parts if parts and n == 0 else [("accepted", line.quantity, "", "")]
            for outcome, quantity, reason, cause in told:
                DeliveryLine.objects.create(
                    delivery=delivery,
                    despatch_line=line,
                    outcome=outcome,
                    quantity=quantity,
                    reason=reason,
                    cause=cause,
                )
        return delivery

    def invoice(self, order: Order, at: datetime, **facts: Any) -> Invoice:
        self.made += 1
        total = 200 * order.lines.count()
        usual: dict[str, Any] = {
            "number": f"F-{self.made}", "series": "F", "year": at.year, "sequence": self.made,
            "customer": self.customer, "order": order, "issued_on": at.date(), "issued_at": at, "recorded_at": at,
            "due_on": at.date(), "currency": "EUR", "net_amount": total, "tax_amount": 0, "gross_amount": total,
            "payable_amount": total, "actor": "x",
        }  # fmt: skip
        invoice = Invoice.objects.create(**{**usual, **facts})
        InvoiceLine.objects.bulk_create(
            InvoiceLine(
                invoice=invoice, position=position, order_line=line, text="x", quantity=line.ordered_quantity,
                unit_code="C62", unit_price=2, net_amount=200, tax_category="S", tax_rate=21,
            )
            for position, line in enumerate(order.lines.all(), start=1)
        )  # fmt: skip
        return invoice

    def entry(self, line: OrderLine, kind: str, quantity: int, at: datetime, **facts: Any) -> LineEntry:
        entry = LineEntry.objects.create(
            line=line, kind=kind, quantity=quantity, happened_at=at, recorded_at=at, actor="x", **facts
        )
        if kind.startswith("cancelled"):
            bulk.run(f"UPDATE orders_orderline SET {kind} = {kind} + %s WHERE id = %s", [quantity, line.pk])
        return entry

    def whole(self, *, day: date = TUESDAY, **facts: Any) -> Order:
        """An order that went right: shipped the day before, delivered and invoiced on its day."""
        order = self.order(due=day, **facts)
        advice = self.ship(order, day - timedelta(days=1))
        self.deliver(advice, on(day))
        self.invoice(order, on(day, 18))
        return order


def company() -> Company:
    customer = Customer.objects.create(number="C-1", name="Ultramarinos Vega")
    site = Site.objects.create(customer=customer, number="1", name="Vega", time_zone=MADRID)
    item = Item.objects.create(sku="AC-5", name="Aceite 5 L")
    Pack.objects.create(item=item, level="case", unit_code="CS", numerator=4)
    warehouse = Warehouse.objects.create(code="W", name="Sevilla", time_zone=MADRID)
    return Company(customer=customer, site=site, item=item, warehouse=warehouse)


LATER = datetime(2026, 6, 1, tzinfo=UTC)
