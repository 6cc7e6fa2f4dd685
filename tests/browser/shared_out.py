"""Oil that two customers want more of than there is, shared out today: 43 of 60 and 57 of 80; the rest may be another oil."""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

from django.utils import timezone

from promesa.access import operations as access
from promesa.access.models import User
from promesa.access.queries import person
from promesa.allocation import operations as allocation
from promesa.allocation.models import Notice
from promesa.catalog.models import Item
from promesa.core.actors import PROMESA, Actor
from promesa.customers.models import Customer
from promesa.orders import operations as orders
from promesa.orders.rules import DraftLine, OrderDraft
from promesa.orders.tests.world import D, World, another_customer, make_item
from tests.browser.company import PASSWORD

BY = Actor("command")


class SharedOut(NamedTuple):
    """What the walks need to know of it."""

    item: Item
    instead: Item
    order: str
    notice: int
    other: Customer
    other_order: str
    other_notice: int


def share_out(world: World) -> SharedOut:
    """Both asked this morning, the first come first served; then a plan was signed by two and put in force."""
    now = timezone.now()
    item, instead = (make_item(n, world.prices, world.warehouse, 100) for n in (71, 72))
    Item.objects.filter(pk=item.pk).update(name="Aceite de nuez", substitute=instead)
    Item.objects.filter(pk=instead.pk).update(name="Aceite de avellana")
    other = another_customer(world, 71)
    Customer.objects.filter(pk=other.pk).update(name="Rival Secreto, S.L.")
    numbers = []
    for customer, asked in ((world.customer, 60), (other, 80)):
        draft = OrderDraft(
            lines=(DraftLine(sku=item.sku, quantity=D(asked)),), customer_id=customer.pk, channel="edi",
            po_number=f"NUEZ-{asked}",
        )  # fmt: skip
        numbers.append(orders.capture_order(draft=draft, by=BY, at=now).number)
    plan = allocation.open_plan(
        name="Aceite de nuez", items=[item.sku], horizon_to=now.date() + timedelta(days=14),
        valid_to=now.date() + timedelta(days=28), warehouse=world.warehouse.code, by=BY, at=now,
        content={"tiers": {"protect": 1}, "frozen_days": 0},
    )  # fmt: skip
    proposed = allocation.propose_plan(plan_id=plan.pk, letter="A", by=BY, at=now)
    assert proposed.scenario is not None
    for side, role in (("sales", "sales"), ("customer_service", "customer_service")):
        access.add_user(username=f"signs-{side}", password=PASSWORD, role=role, by=PROMESA, at=now)
        who = person(User.objects.get(username=f"signs-{side}"))
        allocation.sign_plan(plan_id=plan.pk, side=side, agreed_hash=proposed.scenario.hash, by=who, at=now)
    run = allocation.simulate(plan_id=plan.pk, by=BY, at=now)
    allocation.publish_run(run_id=run.pk, by=BY, at=now)
    told = {one.customer_id: one.pk for one in Notice.objects.all()}
    item.refresh_from_db()
    instead.refresh_from_db()
    other.refresh_from_db()
    return SharedOut(item, instead, numbers[0], told[world.customer.pk], other, numbers[1], told[other.pk])
