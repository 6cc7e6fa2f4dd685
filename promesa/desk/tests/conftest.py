"""People at their desks."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from django.core.cache import cache
from django.test import Client

from promesa.access.models import User

SignedIn = Callable[..., Client]


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    """No count is kept from one test to the next."""
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def signed_in(db: None) -> SignedIn:
    """`signed_in("finance", language="en")` is a browser in which such a person is signed in."""

    def make(role: str = "customer_service", language: str = "en", **more: object) -> Client:
        user = User.objects.create(username=f"{role}-{language}", role=role, language=language, **more)
        client = Client()
        client.force_login(user)
        return client

    return make
