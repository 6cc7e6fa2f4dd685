"""Fifty clients for a hundred units: exactly a hundred are promised; without the locks the same race oversells or fails."""

from __future__ import annotations

import threading
from collections.abc import Callable
from decimal import Decimal

import pytest
from django.db import connection, connections

from promesa.core import bulk, verbs
from promesa.inventory import queries as supply
from promesa.inventory.models import Claim, Stock
from promesa.inventory.operations import ClaimRefused, claims
from promesa.orders.models import Order, OrderLine
from promesa.orders.operations import capture_order
from promesa.orders.tests.world import AT, CLERK, World, another_customer, make_world

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.wired]

CLIENTS = 50
EACH = 3


@pytest.fixture
def race() -> Callable[[World], list[BaseException]]:
    """Let fifty customers order three units at the same moment, each on a connection of its own."""

    def run(world: World) -> list[BaseException]:
        customers = [another_customer(world, n + 100) for n in range(CLIENTS)]
        ready = threading.Barrier(CLIENTS)
        errors: list[BaseException] = []

        def order(customer_id: int) -> None:
            try:
                connection.ensure_connection()
                ready.wait()
                capture_order(draft=world.draft(EACH, customer_id=customer_id), by=CLERK, at=AT)
            except BaseException as error:
                errors.append(error)
            finally:
                connections.close_all()

        threads = [threading.Thread(target=order, args=(customer.pk,)) for customer in customers]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return errors

    return run


def promised() -> Decimal:
    return sum((claim.quantity for claim in Claim.objects.all()), Decimal(0))


def test_fifty_clients_get_exactly_the_hundred_units_there_are(race: Callable[[World], list[BaseException]]) -> None:
    world = make_world(items=1, stock=100)
    errors = race(world)
    assert errors == []
    assert promised() == 100
    assert Stock.objects.get().claimed == 100
    assert Order.objects.count() == CLIENTS
    assert sum(line.promised for line in OrderLine.objects.all()) == 100


def test_with_the_lock_off_the_race_shows(
    race: Callable[[World], list[BaseException]], monkeypatch: pytest.MonkeyPatch
) -> None:
    world = make_world(items=1, stock=100)
    unlocked = supply._NAMED.replace("FOR UPDATE", "")
    monkeypatch.setattr(supply, "_named_statement", lambda named: f"WITH {named}, {unlocked}")
    unchecked = claims._reserve(True, False).replace("AND x.claimed + w.qty <= x.on_hand", "")
    monkeypatch.setattr(claims, "_reserve", lambda on_stock, on_receipts: unchecked)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE inventory_stock DROP CONSTRAINT claimed_within_stock")
    try:
        race(world)
        assert promised() > 100
    finally:
        with connection.cursor() as cursor:
            cursor.execute("UPDATE inventory_stock SET claimed = least(claimed, on_hand)")
            cursor.execute(
                "ALTER TABLE inventory_stock ADD CONSTRAINT claimed_within_stock CHECK (claimed >= 0 AND claimed <= on_hand)"
            )


def test_the_second_belt_refuses_what_the_first_let_through() -> None:
    world = make_world(items=1, stock=100)
    stock = world.stock_of()

    @verbs.verb
    def too_much() -> None:
        claims.reserve(claims=[(1, stock.pk, None, Decimal(101), "hard")], by=CLERK, at=AT)

    with pytest.raises(ClaimRefused):
        too_much()
    assert Claim.objects.count() == 0


def test_the_third_belt_is_the_database_itself() -> None:
    make_world(items=1, stock=100)
    with pytest.raises(Exception, match="claimed_within_stock"):
        bulk.run("UPDATE inventory_stock SET claimed = 101")
