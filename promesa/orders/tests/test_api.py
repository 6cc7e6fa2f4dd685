"""Orders over the API: whole requests, through every layer that a program meets."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from promesa.access.operations import create_key
from promesa.core.actors import Actor
from promesa.orders.models import Order
from promesa.orders.tests.world import make_world

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.wired]
MAKER = Actor("promesa")
Post = Callable[..., Any]


def poster(*scopes: str, customer_id: int | None = None) -> Post:
    """A program with a key: posts JSON with a fresh Idempotency-Key unless one is given."""
    token = create_key(name="test", scopes=scopes, by=MAKER, at=timezone.now(), customer_id=customer_id).token
    client = Client(headers={"Authorization": f"Bearer {token}"})

    def post(path: str, body: Any, key: str | None = None, **headers: str) -> Any:
        return client.post(
            f"/api/v1{path}", body if isinstance(body, bytes | str) else json.dumps(body), "application/json",
            headers={"Idempotency-Key": key or str(uuid.uuid4()), **headers},
        )  # fmt: skip

    post.client = client  # type: ignore[attr-defined]
    return post


def order_of(world: Any, lines: int, quantity: int = 1) -> dict[str, Any]:
    return {
        "customer": world.customer.number,
        "lines": [{"item": item.sku, "quantity": str(quantity)} for item in world.items[:lines]],
    }


@pytest.mark.parametrize("lines", [1, 10, 100])
def test_a_whole_capture_takes_no_more_than_fourteen_statements(lines: int) -> None:
    world, post = make_world(items=lines), poster("orders:write")
    post("/orders", order_of(world, 1))
    with CaptureQueriesContext(connection) as told:
        answer = post("/orders", order_of(world, lines))
    for one in told.captured_queries:
        print(one["sql"][:150].replace("\n", " "))
    print(answer.content)
    assert answer.status_code == 201, answer.content
    assert answer.json()["state"] == "confirmed"
    assert len(answer.json()["lines"]) == lines
    assert len(told.captured_queries) <= 14
