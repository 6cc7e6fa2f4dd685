"""A company that has less oil than it is asked for: four customers who asked for 60, 50, 20 and 10 of an item."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from promesa.access.models import User
from promesa.access.queries import person
from promesa.access.rules import Principal
from promesa.access.states import Role
from promesa.allocation import operations
from promesa.allocation.models import Plan, Run, RunLine
from promesa.core.actors import Actor
from promesa.customers.models import Customer, Segment
from promesa.inventory.operations import StockRow, add_stock
from promesa.orders.models import OrderLine
from promesa.orders.operations import capture_order
from promesa.orders.tests.world import AT, CLERK, D, World, another_customer, make_world

BOSS = Actor("command")
LATER = AT + timedelta(hours=2)


@dataclass
class Scarce:
    """The company, its customers with their orders in turn."""

    world: World
    customers: list[Customer]
    orders: list[int]

    def line(self, at: int) -> OrderLine:
        return OrderLine.objects.get(order_id=self.orders[at])

    def lines(self) -> list[OrderLine]:
        return [self.line(at) for at in range(len(self.orders))]


def scarce(*, asked: Sequence[int] = (60, 50, 20, 10), stock: int = 100, items: int = 1, **terms: Any) -> Scarce:
    """First come, first served so far: the stock came in before the orders."""
    world = make_world(items=items, stock=stock, **terms)
    build = Segment.objects.create(code="build", name_es="Desarrollar", name_en="Build", tier=2)
    customers = [world.customer, *(another_customer(world, n, **terms) for n in range(2, len(asked) + 1))]
    for customer in customers[2:]:
        customer.segment = build
        customer.save(update_fields=["segment"])
    orders = []
    for n, (customer, quantity) in enumerate(zip(customers, asked, strict=True)):
        captured = capture_order(
            draft=world.draft(quantity, customer_id=customer.pk, po_number=f"PO-{n}"),
            by=CLERK,
            at=AT + timedelta(minutes=n),
        )
        assert captured.order_id is not None
        orders.append(captured.order_id)
    return Scarce(world, customers, orders)


def more_stock(world: World, quantity: int, *, item: int = 0, lot: str = "L1", expires_on: date | None = None) -> None:
    """Goods come in."""
    add_stock(
        rows=[StockRow(world.items[item].pk, world.warehouse.pk, lot, expires_on, D(quantity))],
        kind="opening", reference="more", by=BOSS, at=AT,
    )  # fmt: skip


def plan_of(case: Scarce, *, by: Actor = BOSS, **content: Any) -> Plan:
    """A plan of all items of the company, draft, with its scenario A."""
    return operations.open_plan(
        name="Aceite antes de Navidad", items=[item.sku for item in case.world.items], horizon_to=date(2026, 3, 20),
        valid_to=date(2026, 4, 1), warehouse="DH", by=by, at=AT, content=content,
    )  # fmt: skip


def several_items(**content: Any) -> Plan:
    """A plan of four items of which there is too little, each asked for by four customers."""
    case = scarce(items=4)
    for item in range(1, 4):
        for n, customer in enumerate(case.customers):
            asked = [*(0 for _ in range(item)), 40 + n]
            draft = case.world.draft(*asked, customer_id=customer.pk, po_number=f"PO-{item}-{n}")
            capture_order(draft=draft, by=CLERK, at=AT)
    return plan_of(case, **content)


def signed(plan: Plan, letter: str = "A") -> Plan:
    """The same plan, proposed and signed by both sides."""
    proposed = operations.propose_plan(plan_id=plan.pk, letter=letter, by=BOSS, at=AT)
    assert proposed.scenario is not None
    for side, role in (("sales", Role.SALES), ("customer_service", Role.CUSTOMER_SERVICE)):
        user, _ = User.objects.get_or_create(username=f"signs-{side}", defaults={"role": role})
        operations.sign_plan(
            plan_id=plan.pk, side=side, agreed_hash=proposed.scenario.hash, by=person(user), at=AT + timedelta(hours=1)
        )
    return Plan.objects.get(pk=plan.pk)


def shares(run: Run) -> list[str]:
    """What each line of a run gets, in the order of the lines."""
    return [f"{one.share_quantity.normalize():f}" for one in RunLine.objects.filter(run=run).order_by("line_id")]


def who(name: str, role: Role) -> Principal:
    """A person of the company."""
    return person(User.objects.create(username=name, role=role))
