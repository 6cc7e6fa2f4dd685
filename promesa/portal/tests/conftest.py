"""A customer's person at their browser, and a second customer whose things must stay out of sight."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from django.core.cache import cache
from django.test import Client

from promesa.access.models import User
from promesa.orders.tests.world import World, another_customer, make_world

SignedIn = Callable[..., Client]


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def world() -> World:
    return make_world(stock=100)


@pytest.fixture
def rosa(world: World) -> Client:
    """Signed in for the customer of the world, in English."""
    return person_of(world.customer.pk)


@pytest.fixture
def stranger(world: World) -> Client:
    """Signed in for another customer."""
    return person_of(another_customer(world, 2).pk)


def person_of(customer_id: int, language: str = "en") -> Client:
    user = User.objects.create(
        username=f"p{customer_id}-{language}", role="customer", customer=customer_id, language=language
    )
    client = Client()
    client.force_login(user)
    return client
