"""What the tests of several areas build: orders that went some way."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from decimal import Decimal

from django.utils import timezone

from promesa.core import relay
from promesa.core.actors import Actor
from promesa.fulfilment.operations import deliver, despatch
from promesa.orders.models import Order
from promesa.orders.operations import capture_order
from promesa.orders.tests.world import World

CLERK = Actor("user:1")
DRIVER = Actor("demo")
D = Decimal


def text_of(html: bytes) -> str:
    """What a page says, without its markup."""
    return " ".join(re.sub(r"<[^>]+>", " ", html.decode()).split())


def capture(world: World, *quantities: int, at: datetime | None = None, **changes: object) -> Order:
    """An order that is captured, promised and released."""
    captured = capture_order(draft=world.draft(*(quantities or (5,)), **changes), by=CLERK, at=at or timezone.now())
    relay.drain()
    return Order.objects.get(pk=captured.order_id)


def on_its_way(world: World, *quantities: int, hours: int = 3) -> tuple[Order, str]:
    """An order and its delivery note, which left some hours ago."""
    left = timezone.now() - timedelta(hours=hours)
    order = capture(world, *quantities, at=left - timedelta(hours=1))
    return order, despatch(order_id=order.pk, by=DRIVER, at=left, carrier="Ruta 1").number


def delivered(world: World, *quantities: int, hours: int = 1) -> tuple[Order, str]:
    """An order that arrived whole, and its delivery note; it is invoiced if anybody listens."""
    order, note = on_its_way(world, *quantities)
    deliver(number=note, signed_by="Rosa", by=DRIVER, at=timezone.now() - timedelta(hours=hours))
    relay.drain()
    order.refresh_from_db()
    return order, note
