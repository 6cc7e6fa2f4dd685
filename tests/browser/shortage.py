"""Oil is short before Christmas: eight customers ask for 402 of an item of which there are 316; others are short too."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from typing import NamedTuple

from django.utils import timezone

from promesa.access import operations as access
from promesa.access.models import User
from promesa.access.queries import person
from promesa.allocation import operations as allocation
from promesa.allocation.models import Plan
from promesa.allocation.states import Side
from promesa.catalog.models import Item
from promesa.core.actors import PROMESA, Actor
from promesa.customers.models import Customer, Segment
from promesa.inventory.operations import ReceiptPlan, plan_receipts
from promesa.orders import operations as orders
from promesa.orders.rules import DraftLine, OrderDraft
from promesa.orders.tests.world import World, another_customer, make_item
from tests.browser.company import PASSWORD

BY = Actor("command")
D = Decimal

# (customer, segment, what it asks of oil, tuna, olives and tomato), in the order in which they came
ASKED: tuple[tuple[str, str, tuple[int, ...]], ...] = (
    ("Supermercados La Encina, S.A.", "protect", (96, 120, 60, 120)),
    ("Cash Puerto Llano, S.L.", "build", (64, 90, 36, 96)),
    ("Hostelería Guadalmar, S.A.", "build", (60, 60, 24, 60)),
    ("Comedores Escolares del Segura", "protect", (48, 0, 0, 48)),
    ("Distribuciones Ribera Alta, S.L.", "protect", (40, 60, 24, 36)),
    ("Mayorista Bahía Norte", "serve", (54, 44, 18, 0)),
    ("Almacenes Doña Mencía", "serve", (24, 0, 0, 0)),
    ("Catering Tres Olivos", "serve", (16, 0, 0, 0)),
)
# (name, in stock, comes, in how many days)
ITEMS: tuple[tuple[str, int, int, int], ...] = (
    ("Aceite de oliva virgen 5 L", 196, 120, 2),
    ("Atún claro 120 g", 310, 200, 40),
    ("Aceituna manzanilla 3 kg", 84, 60, 5),
    ("Tomate triturado 800 g", 420, 0, 0),
)


class Shortage(NamedTuple):
    """What the walks need to know of it."""

    items: list[Item]
    customers: list[Customer]
    orders: list[str]
    plan: str


def open_shortage(world: World) -> Shortage:
    """Orders of this morning, goods on their way, two people who sign, and a plan with two scenarios.

    Nothing is drained: what is promised waits for its release, so that it may still be shared anew.
    """
    now = (datetime.now(UTC) - timedelta(hours=8)).replace(hour=8, minute=30, second=0, microsecond=0)
    for name, role, shown in (("lucia", "customer_service", "Lucía Vidal"), ("pablo", "sales", "Pablo Sanz")):
        access.add_user(username=name, password=PASSWORD, role=role, name=shown, by=PROMESA, at=now)
    Segment.objects.create(code="build", name_es="Desarrollar", name_en="Build", tier=2)
    Segment.objects.create(code="serve", name_es="Atender", name_en="Serve", tier=3)
    items = []
    for number, (name, stock, comes, days) in enumerate(ITEMS, start=51):
        item = make_item(number, world.prices, world.warehouse, stock)
        Item.objects.filter(pk=item.pk).update(name=name)
        item.refresh_from_db()
        items.append(item)
        if comes:
            at = datetime.combine(timezone.localdate() + timedelta(days=days), time(10), tzinfo=UTC)
            receipt = ReceiptPlan(f"R-{item.sku}", item.pk, world.warehouse.pk, D(comes), at, "Almazara del Sur")
            plan_receipts(plans=[receipt], by=BY, at=now)
    customers, numbers = [], []
    for place, (name, segment, asked) in enumerate(ASKED):
        customer = another_customer(world, 50 + place)
        customer.name, customer.segment = name, Segment.objects.get(code=segment)
        customer.save(update_fields=["name", "segment"])
        customers.append(customer)
        lines = tuple(
            DraftLine(sku=item.sku, quantity=D(quantity))
            for item, quantity in zip(items, asked, strict=True)
            if quantity
        )
        made = orders.capture_order(
            draft=OrderDraft(
                lines=lines, customer_id=customer.pk, channel="edi", po_number=f"N-{place}",
                requested_from=now + timedelta(days=6), requested_to=now + timedelta(days=6, hours=8),
            ),
            by=BY, at=now + timedelta(minutes=place),
        )  # fmt: skip
        numbers.append(made.number)
    return Shortage(items, customers, numbers, _plan(world, items, customers, now).number)


def _plan(world: World, items: list[Item], customers: list[Customer], now: datetime) -> Plan:
    """A: in proportion. B: what was agreed first, then by weight. Both worked out."""
    lucia = person(User.objects.get(username="lucia"))
    today = timezone.localdate()
    at = now + timedelta(hours=1)
    head = {"frozen_days": 0, "penalties": [{"group": {"segment": "protect"}, "percent": "2"}]}
    plan = allocation.open_plan(
        name="Aceite antes de Navidad", items=[items[0].sku], horizon_to=today + timedelta(days=14),
        valid_to=today + timedelta(days=28), warehouse=world.warehouse.code, reason="La almazara entrega la mitad de lo pedido",
        by=lucia, at=at,
        content={**head, "tiers": {"protect": 1, "build": 1, "serve": 1}},
    )  # fmt: skip
    allocation.save_scenario(
        plan_id=plan.pk, name="Mínimos y pesos", by=lucia, at=at,
        content={
            **head, "items": [items[0].sku], "rule": "weighted_max_min",
            "tiers": {"protect": 1, "build": 1, "serve": 1},
            "treatments": [
                {"group": {"segment": "protect"}, "weight": "3"},
                {"group": {"segment": "build"}, "weight": "2"},
                {"group": {"segment": "serve"}, "strategy": "share", "weight": "1"},
            ],
            "exceptions": [
                {"group": {"customer": customers[3].number}, "strategy": "guarantee", "reason": "Comedores escolares"}
            ],
            "floors": [
                {"group": {"customer": customers[4].number}, "item": items[0].sku, "quantity": "40",
                 "reason": "Mínimo de su contrato"}
            ],
            "ceilings": [{"group": {"segment": "serve"}, "item": items[0].sku, "quantity": "64"}],
        },
    )  # fmt: skip
    for letter in "AB":
        allocation.simulate(plan_id=plan.pk, letter=letter, by=lucia, at=at)
    return plan


def publish_proposal(number: str, letter: str) -> None:
    """Lay a scenario before both sides, let both sign it and put it in force."""
    at = datetime.now(UTC)
    plan = Plan.objects.get(number=number)
    lucia, pablo = (person(User.objects.get(username=name)) for name in ("lucia", "pablo"))
    proposed = allocation.propose_plan(plan_id=plan.pk, letter=letter, by=lucia, at=at).scenario
    assert proposed is not None
    for side, by in ((Side.CUSTOMER_SERVICE, lucia), (Side.SALES, pablo)):
        allocation.sign_plan(plan_id=plan.pk, side=side, agreed_hash=proposed.hash, by=by, at=at)
    run = allocation.simulate(plan_id=plan.pk, by=lucia, at=at)
    assert not allocation.publish_run(run_id=run.pk, by=lucia, at=at).refused
