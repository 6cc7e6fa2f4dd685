"""A small company for tests: one customer with a site, a few items with prices and stock, taxes, a warehouse."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from promesa.catalog.models import Item, ItemCode, Pack, Price, PriceList, TaxRate
from promesa.core.actors import Actor
from promesa.core.identifiers import check_digit
from promesa.core.models import Calendar
from promesa.customers.models import CreditStanding, Customer, Segment, Site
from promesa.inventory.models import Receipt, Stock, StockLeg, StockMove, Warehouse
from promesa.orders.rules import DraftLine, OrderDraft

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
CLERK = Actor("user:1")
D = Decimal


@dataclass
class World:
    """What the small company consists of."""

    customer: Customer
    site: Site
    items: list[Item]
    warehouse: Warehouse
    prices: PriceList

    def draft(self, *quantities: int | str, **changes: Any) -> OrderDraft:
        """An order for so many base units of the first, second ... item."""
        lines = tuple(
            DraftLine(sku=self.items[n].sku, quantity=D(str(quantity)))
            for n, quantity in enumerate(quantities)
            if quantity
        )
        return OrderDraft(**{"lines": lines, "customer_id": self.customer.pk, "channel": "desk", **changes})

    def stock_of(self, item: int = 0) -> Stock:
        return Stock.objects.get(item=self.items[item])


def gtin(n: int) -> str:
    """A valid GTIN-13, padded to 14."""
    body = f"841000{n:06d}"
    return "0" + body + check_digit(body)


def make_world(*, items: int = 3, stock: int | str = 100, credit: Decimal | None = None, **terms: Any) -> World:
    """Build it; each item costs 10.00 and has `stock` base units in one lot."""
    week = Calendar.objects.create(code="ES", name="España")
    segment = Segment.objects.create(code="protect", name_es="Proteger", name_en="Protect", tier=1)
    customer = Customer.objects.create(
        number="C-001", name="Distribuciones Ribera Alta, S.L.", gln="8412345000013", segment=segment,
        credit_limit=credit, **terms,
    )  # fmt: skip
    CreditStanding.objects.create(customer=customer)
    site = Site.objects.create(customer=customer, number="1", name="Nave 4", is_default=True, calendar=week)
    warehouse = Warehouse.objects.create(
        code="DH", name="Dos Hermanas", calendar=week, cut_off=time(14), ships_at=time(17), is_default=True
    )
    TaxRate.objects.create(code="general", country="ES", category="S", rate=D(10), valid_from=date(2020, 1, 1))
    prices = PriceList.objects.create(code="T-2026", name="Tarifa", currency="EUR", is_default=True)
    made = [make_item(n, prices, warehouse, stock) for n in range(1, items + 1)]
    return World(customer, site, made, warehouse, prices)


def make_item(n: int, prices: PriceList, warehouse: Warehouse, stock: int | str = 100) -> Item:
    """An item of 10.00 with a case of 12 and an opening stock."""
    item = Item.objects.create(sku=f"1{n:04d}", gtin=gtin(n), name=f"Aceite {n}")
    Pack.objects.create(item=item, level="case", unit_code="CS", numerator=12)
    Price.objects.create(price_list=prices, item=item, unit_price=D(10), valid_from=date(2020, 1, 1))
    if D(stock):
        row = Stock.objects.create(item=item, warehouse=warehouse, lot="L1", on_hand=D(stock))
        move = StockMove.objects.create(kind="opening", actor="test", happened_at=AT, recorded_at=AT)
        StockLeg.objects.create(move=move, item=item, stock=row, quantity=D(stock))
        StockLeg.objects.create(move=move, item=item, account="count", quantity=-D(stock))
    return item


def another_customer(world: World, n: int, **terms: Any) -> Customer:
    """One more customer with a default site."""
    customer = Customer.objects.create(
        number=f"C-{n:03d}", name=f"Cliente {n}", segment=world.customer.segment, **terms
    )
    CreditStanding.objects.create(customer=customer)
    Site.objects.create(customer=customer, number="1", name="Tienda", is_default=True, calendar=world.site.calendar)
    return customer


def expect(world: World, quantity: int, *, item: int = 0, days: int = 3, number: str = "R-1") -> Receipt:
    """A receipt on its way."""
    return Receipt.objects.create(
        number=number, item=world.items[item], warehouse=world.warehouse, expected_at=AT + timedelta(days=days),
        quantity=D(quantity),
    )  # fmt: skip


def name_for_customer(world: World, code: str, item: int = 0, unit: str = "") -> ItemCode:
    """The customer's own code of an item."""
    return ItemCode.objects.create(customer=world.customer, item=world.items[item], code=code, unit_code=unit)
