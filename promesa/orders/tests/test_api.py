"""Orders over the API: whole requests, through every layer that a program meets."""

from __future__ import annotations

import json
import threading
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from promesa.access.models import ApiKey
from promesa.access.operations import create_key, revoke_key
from promesa.access.rules import SCOPES
from promesa.core.actors import Actor
from promesa.core.relay import drain
from promesa.inventory.models import Stock
from promesa.orders.models import Order
from promesa.orders.schemas import OrdersPage, OrderTold, Promises
from promesa.orders.tests.world import another_customer, make_world

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
    with CaptureQueriesContext(connection) as statements:
        answer = post("/orders", order_of(world, lines))
    assert answer.status_code == 201, answer.content
    assert answer.json()["state"] == "confirmed"
    assert len(answer.json()["lines"]) == lines
    assert len(statements.captured_queries) == 12


def test_an_order_is_answered_with_its_promises_and_is_what_the_description_says() -> None:
    world, post = make_world(items=2), poster("orders:write")
    answer = post("/orders", {**order_of(world, 2, 12), "po_number": "PO-7"})
    told = OrderTold.model_validate(answer.json(), extra="forbid")
    assert answer.status_code == 201
    assert (told.number, told.state, told.customer, told.po_number) == (
        Order.objects.get().number,
        "confirmed",
        "C-001",
        "PO-7",
    )
    assert [(one.line_number, one.quantity) for one in told.promises] == [(1, "12"), (2, "12")]
    assert (told.net_amount, told.tax_amount, told.total_amount) == ("240", "24", "264")
    again = post.client.get(f"/api/v1/orders/{told.number}")
    assert again.json() == answer.json()


def test_the_same_key_and_body_give_the_stored_answer_and_one_order() -> None:
    world, post = make_world(), poster("orders:write")
    first = post("/orders", order_of(world, 1), "k-1")
    second = post("/orders", json.dumps(order_of(world, 1), indent=2), "k-1")
    assert "Idempotent-Replay" not in first.headers
    assert second.headers["Idempotent-Replay"] == "true"
    assert (second.status_code, second.content) == (first.status_code, first.content)
    other = post("/orders", order_of(world, 2), "k-1")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert Order.objects.count() == 1


def test_a_post_without_a_key_is_refused_with_the_sentence_in_the_readers_language() -> None:
    world, post = make_world(), poster("orders:write")
    body = json.dumps(order_of(world, 1))
    said = {}
    for lang in ("es-CO,es;q=0.9", "en-GB", "fr, en;q=0.5", ""):
        answer = post.client.post("/api/v1/orders", body, "application/json", headers={"Accept-Language": lang})
        assert (answer.status_code, answer.json()["code"]) == (400, "idempotency_key_missing")
        said[lang] = answer.json()["message"][:5]
    assert list(said.values()) == ["Falta", "The h", "The h", "Falta"]
    assert Order.objects.count() == 0


def test_an_unknown_item_leaves_a_draft_with_the_finding_in_words() -> None:
    make_world()
    post = poster("orders:write")
    body = {"customer": "C-001", "lines": [{"buyer_code": "0099", "text": "Vinagre", "quantity": 3}]}
    answer = post("/orders", body)
    told = OrderTold.model_validate(answer.json(), extra="forbid")
    assert (answer.status_code, told.state) == (201, "draft")
    assert [(one.code, one.severity, one.line) for one in told.findings] == [("unknown_item", "blocking", 1)]
    assert "0099" in told.findings[0].sentence.es
    assert "0099" in told.findings[0].sentence.en
    assert told.lines[0].received == {"line": "1", "buyer_code": "0099", "text": "Vinagre", "quantity": "3"}


def test_an_unknown_customer_is_told_and_nothing_is_made() -> None:
    world, post = make_world(), poster("orders:write")
    answer = post("/orders", {**order_of(world, 1), "customer": "C-999"})
    assert (answer.status_code, answer.json()["code"], answer.json()["subject"]) == (422, "customer_unknown", "C-999")
    assert Order.objects.count() == 0


def test_a_refused_request_may_be_repeated_with_the_same_key_once_it_is_mended() -> None:
    world, post = make_world(), poster("orders:write")
    assert post("/orders", {**order_of(world, 1), "customer": "C-002"}, "k-1").status_code == 422
    another_customer(world, 2)
    assert post("/orders", {**order_of(world, 1), "customer": "C-002"}, "k-1").status_code == 201


def test_a_key_of_one_customer_sees_and_makes_nothing_of_anothers() -> None:
    world, everyone = make_world(), poster("orders:write")
    other = another_customer(world, 2)
    theirs = everyone("/orders", order_of(world, 1)).json()["number"]
    post = poster(*SCOPES, customer_id=other.pk)
    assert post("/orders", order_of(world, 1)).status_code == 404
    own = post("/orders", {**order_of(world, 1), "customer": other.number})
    assert own.status_code == 201
    get = post.client.get
    assert [one["number"] for one in get("/api/v1/orders").json()["items"]] == [own.json()["number"]]
    for path in (f"orders/{theirs}", f"orders/{theirs}/promises", "customers/C-001", "customers/C-001/sites",
                 "customers/C-001/price-agreements", "customers/C-001/item-codes"):  # fmt: skip
        assert get(f"/api/v1/{path}").status_code == 404, path
    for path, body in ((f"/orders/{theirs}/cancel", {}), (f"/orders/{theirs}/lines/1", {"quantity": "0"})):
        assert post(path, body).status_code == 404
    assert Order.objects.count() == 2
    assert Order.objects.get(number=theirs).state == "confirmed"


def test_a_revoked_key_is_refused_at_once() -> None:
    world, post = make_world(), poster("orders:write")
    assert post("/orders", order_of(world, 1)).status_code == 201
    revoke_key(prefix=ApiKey.objects.get().prefix, by=MAKER, at=timezone.now())
    answer = post("/orders", order_of(world, 1))
    assert (answer.status_code, answer.json()["code"]) == (401, "key_refused")
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_a_key_withdrawn_after_it_was_seen_gets_no_stored_answer_and_makes_nothing() -> None:
    world, post = make_world(), poster("orders:write")
    assert post("/orders", order_of(world, 1), "k-1").status_code == 201
    revoke_key(prefix=ApiKey.objects.get().prefix, by=MAKER, at=timezone.now())
    assert post("/orders", order_of(world, 1), "k-1").status_code == 401
    assert post("/orders", order_of(world, 1), "k-2").status_code == 401
    assert post("/orders", {**order_of(world, 1), "customer": "nobody"}).status_code == 401
    assert Order.objects.count() == 1
    assert Stock.objects.filter(claimed__gt=0).count() == 1


@pytest.mark.parametrize(
    ("change", "then"),
    [
        ({"expires_at": datetime(2020, 1, 1, tzinfo=UTC)}, 401),
        ({"scopes": ["orders:read"]}, 403),
        ({"customer": 0}, 404),
    ],
)
def test_a_key_that_changed_after_it_was_seen_is_read_again(change: dict[str, Any], then: int) -> None:
    world, post = make_world(), poster("orders:write")
    assert post("/orders", order_of(world, 1)).status_code == 201
    ApiKey.objects.update(**change)
    assert post("/orders", order_of(world, 1)).status_code == 401
    assert post("/orders", order_of(world, 1)).status_code == then
    assert Order.objects.count() == 1


def test_orders_are_paged_from_the_newest_without_gap_or_repetition() -> None:
    world, post = make_world(), poster("orders:write")
    made = [post("/orders", order_of(world, 1)).json()["number"] for _ in range(5)]
    seen, after = [], ""
    while after is not None:
        page = OrdersPage.model_validate(
            post.client.get(f"/api/v1/orders?limit=2&after={after}").json(), extra="forbid"
        )
        seen += [one.number for one in page.items]
        after = page.next
    assert seen == made[::-1]
    assert post.client.get("/api/v1/orders?limit=201").status_code == 422
    assert post.client.get("/api/v1/orders?state=draft").json()["items"] == []


def test_an_order_is_changed_asked_for_another_time_and_cancelled() -> None:
    world, post = make_world(items=2), poster("orders:write")
    order = post("/orders", order_of(world, 2, 10)).json()
    address = f"/orders/{order['number']}"
    changed = post(f"{address}/lines/1", {"quantity": "4", "reason": "too many", "version": order["version"]})
    assert (changed.status_code, changed.json()["lines"][0]["cancelled"]) == (200, "6")
    assert OrderTold.model_validate(changed.json(), extra="forbid").net_amount == "140"
    stale = post(f"{address}/lines/1", {"quantity": "3", "version": order["version"]})
    assert (stale.status_code, stale.json()["code"]) == (409, "stale")
    moved = post(f"{address}/request", {"from": "2027-01-04", "to": "2027-01-05"})
    assert moved.json()["requested"]["from"].startswith("2027-01-0")
    cancelled = post(f"{address}/cancel", {"reason": "closing"})
    assert cancelled.json()["state"] == "cancelled"
    promises = Promises.model_validate(post.client.get(f"/api/v1{address}/promises").json(), extra="forbid")
    assert promises.items[0].sentence.es
    assert Order.objects.count() == 1


def test_a_hold_is_released_only_with_the_right_for_its_kind() -> None:
    world = make_world(credit=Decimal("50"))
    post, finance = poster("orders:write"), poster("orders:write", "credit:write")
    held = OrderTold.model_validate(post("/orders", order_of(world, 1, 10)).json(), extra="forbid")
    assert (held.state, [one.kind for one in held.holds]) == ("submitted", ["credit"])
    body = {"hold": held.holds[0].id, "reason": "paid by telephone"}
    answer = post(f"/orders/{held.number}/release-hold", body)
    assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")
    released = OrderTold.model_validate(finance(f"/orders/{held.number}/release-hold", body).json(), extra="forbid")
    assert released.holds[0].release_reason == "paid by telephone"
    drain()
    assert finance.client.get(f"/api/v1/orders/{held.number}").json()["state"] == "confirmed"
    assert finance(f"/orders/{held.number}/release-hold", {**body, "hold": 2**61}).status_code == 404


def test_two_thousand_lines_are_taken_and_one_more_is_refused() -> None:
    world, post = make_world(items=1, stock=5000), poster("orders:write")
    line = {"item": world.items[0].sku, "quantity": "1"}
    assert post("/orders", {"customer": "C-001", "lines": [line] * 2000}).json()["line_count"] == 2000
    answer = post("/orders", {"customer": "C-001", "lines": [line] * 2001})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "lines")
    assert Order.objects.count() == 1


def test_the_same_request_twice_at_the_same_moment_makes_one_order() -> None:
    world, post = make_world(), poster("orders:write")
    body, start, answers = order_of(world, 1), threading.Barrier(8), []

    def ask() -> None:
        start.wait()
        answers.append(post("/orders", body, "k-1").status_code)
        connection.close()

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert set(answers) <= {201, 409}
    assert 201 in answers
    assert Order.objects.count() == 1
    assert post("/orders", body, "k-1").headers["Idempotent-Replay"] == "true"
