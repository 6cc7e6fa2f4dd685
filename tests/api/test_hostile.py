"""Whatever is sent, the API answers as described: never a defect, and never half a change."""

from __future__ import annotations

import copy
import json
import re
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from promesa.core.api import MAX_BODY, MAX_DOCUMENT
from promesa.exchange.formats import MAX_BYTES
from promesa.orders.models import Order
from promesa.orders.tests.world import make_world
from tests.api.program import Program

pytestmark = pytest.mark.django_db
HARD = settings(
    deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)

BODIES: dict[str, Any] = {
    "POST customers": {"number": "C-9", "name": "x", "credit_limit": "10", "payment_days": 30, "gln": "", "active_to": None},
    "PATCH customers/C-001": {"version": 1, "name": "y", "under_percent": "5", "one_delivery": True},
    "POST customers/C-001/sites": {"number": "9", "name": "x", "time_zone": "Europe/Madrid",
                                   "windows": [{"weekday": 0, "opens": "08:00", "closes": "09:00"}]},
    "PATCH customers/C-001/sites/1": {"name": "z", "transit_days": 2},
    "POST items": {"sku": "N-1", "name": "x", "gtin": "", "packs": [{"level": "case", "unit_code": "CS", "numerator": 6}]},
    "PATCH items/10001": {"version": 1, "name": "y", "weight_kg": "1.5", "substitute": "10002"},
    "POST price-lists": {"code": "T-9", "name": "x", "currency": "USD", "is_default": False},
    "POST price-lists/T-2026/prices": {"prices": [{"sku": "10001", "unit_price": "9", "valid_from": "2026-01-01"}]},
    "POST customers/C-001/price-agreements": {"agreements": [
        {"sku": "10001", "unit_price": "9", "basis_quantity": "1", "valid_from": "2026-01-01", "valid_to": "2027-01-01"}]},
    "POST customers/C-001/item-codes": {"codes": [{"code": "77", "sku": "10001", "unit_code": "CS"}]},
    "POST stock": {"reference": "x", "rows": [{"item": "10001", "warehouse": "DH", "lot": "L1", "change": "1"}]},
    "POST receipts": {"number": "R-9", "item": "10001", "quantity": "5", "expected_at": "2027-01-01T00:00:00Z"},
    "POST orders": {"customer": "C-001", "po_number": "P1", "ship_to": "1", "currency": "EUR", "note": "n",
                    "requested": {"from": "2027-01-04", "to": "2027-01-05T12:00:00Z"}, "submit": True,
                    "lines": [{"item": "10001", "gtin": "", "buyer_code": "", "text": "t", "quantity": "1",
                               "unit_code": "CS", "price": "10", "price_basis": "1"}]},
    "POST orders/P-1/lines/1": {"quantity": "1", "initiator": "us", "reason": "r", "version": 1},
    "POST orders/P-1/request": {"from": "2027-01-04", "to": "2027-01-05", "because_we_were_late": True},
    "POST orders/P-1/cancel": {"initiator": "us", "cause": "C1", "reason": "r"},
    "POST orders/P-1/release-hold": {"hold": 1, "reason": "because"},
    "POST despatches": {"order": "P-1", "lines": [{"line_number": 1, "quantity": "1"}], "at": "2026-01-01T00:00:00Z"},
    "POST deliveries": {"despatch": "A-1", "signed_by": "x", "signature": "AAAA", "lines": [
        {"line_number": 1, "parts": [{"outcome": "refused", "quantity": "1", "reason": "damage"}]}]},
    "POST invoices": {"order": "P-1", "despite": ""},
    "POST invoices/F-1/credit-notes": {"cause": "X2", "lines": [{"position": 1, "amount": "1"}]},
    "POST payments": {"customer": "C-001", "amount": "1", "currency": "EUR", "applications": [{"invoice": "F", "amount": "1"}]},
}  # fmt: skip

NASTY: list[Any] = [
    None, True, 0, -1, 1e30, "1e30", 10**400, "9" * 400, "NaN", "Infinity", "-0", "0.0000001", "1,5", " 1", "١٢", "0x10",
    "", " ", "x" * 70_000, "\u0000", "a\u0000b", "\ud800", "\u202e", "😀" * 300, "' OR 1=1 --", "%s %(x)s {0}", "../../etc/passwd",
    "2026-02-30", "0001-01-01", "9999-12-31", "2099-01-01T00:00:00Z", "2026-01-01T00:00:00", "2026-01-01T00:00:00+99:00",
    "999999-01-01", "24:00", [], [None], [[]], {}, {"": ""}, {"a": {"a": {"a": {}}}}, ["1"] * 3000, 2**63, -(2**63), 1.5,
]  # fmt: skip

values = st.one_of(
    st.sampled_from(NASTY), st.text(max_size=40), st.integers(), st.floats(allow_nan=False, allow_infinity=False),
    st.recursive(st.none() | st.booleans() | st.text(max_size=5), lambda inner: st.lists(inner, max_size=3)
                 | st.dictionaries(st.text(max_size=5), inner, max_size=3), max_leaves=8),
)  # fmt: skip


def places(body: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Where in a body something can be put in the place of something."""
    found = [at]
    for key, value in body.items() if isinstance(body, dict) else enumerate(body) if isinstance(body, list) else ():
        found += places(value, (*at, key))
    return found


def put(body: Any, at: tuple[Any, ...], value: Any) -> Any:
    if not at:
        return value
    body = copy.deepcopy(body)
    inner = body
    for key in at[:-1]:
        inner = inner[key]
    inner[at[-1]] = value
    return body


@pytest.fixture
def program() -> Program:
    make_world(items=2)
    return Program()


@HARD
@given(drawn=st.data())
@pytest.mark.parametrize("route", list(BODIES))
def test_a_body_with_anything_anywhere_gets_an_answer_that_is_described(
    program: Program, route: str, drawn: Any
) -> None:
    body = BODIES[route]
    for _ in range(drawn.draw(st.integers(1, 2))):
        at = drawn.draw(st.sampled_from(places(body)))
        body = put(body, at, drawn.draw(values))
    method, _, path = route.partition(" ")
    program.sent(method, path, body)


@pytest.mark.parametrize("route", list(BODIES))
def test_every_nasty_value_in_every_place_gets_an_answer_that_is_described(program: Program, route: str) -> None:
    method, _, path = route.partition(" ")
    for at in places(BODIES[route]):
        for value in NASTY:
            program.sent(method, path, put(BODIES[route], at, value))


@pytest.mark.parametrize("route", list(BODIES))
def test_every_fault_of_a_value_is_told_in_the_language_asked_for(program: Program, route: str) -> None:
    program.client.defaults["HTTP_ACCEPT_LANGUAGE"] = "es"
    method, _, path = route.partition(" ")
    for at in places(BODIES[route]):
        for value in (None, True, -1, 1.5, "", "x" * 70_000, "1e30", "2026-02-30", [], {}):
            answer = program.sent(method, path, put(BODIES[route], at, value))
            for one in answer.json().get("errors", []) if answer.status_code == 422 else []:
                assert not re.search(r"should|Input|wanted|valid ", one["sentence"]), one
                assert not one["sentence"].startswith("No sirve tal como"), one


@pytest.mark.parametrize(
    ("lines", "spanish", "english"),
    [
        ([{"item": "10001", "quantity": "0"}], "Tiene que ser mayor que 0.", "It must be greater than 0."),
        ([{"item": "10001"}], "Falta este campo.", "This field is missing."),
        ([{"quantity": "1"}], "No sirve: hace falta item, gtin o buyer_code.",
         "It does not serve: item, gtin or buyer_code is wanted."),
        ([], "La lista necesita al menos 1 elemento.", "The list needs at least 1 element."),
    ],
)  # fmt: skip
def test_a_value_that_cannot_be_used_is_told_with_what_would_be_right(
    program: Program, lines: Any, spanish: str, english: str
) -> None:
    body = {**BODIES["POST orders"], "lines": lines}
    told = {}
    for lang in ("es", "en"):
        program.client.defaults["HTTP_ACCEPT_LANGUAGE"] = lang
        told[lang] = program.sent("POST", "orders", body).json()
    assert [[one["sentence"] for one in answer["errors"]] for answer in told.values()] == [[spanish], [english]]
    assert told["es"]["message"] == "La petición tiene 1 error; abajo está cada uno."


@pytest.mark.parametrize(
    "raw",
    [b"", b"{", b"\xff\xfe", b"NaN", b'{"a": NaN}', b'{"a": 1, "a": 2}', b"[" * 100_000, b'{"a":' * 50_000, b"1" * 5000,
     b'{"customer": "\\u0000"}', b'"\\ud800"', b"\x00" * 1000, "ñ".encode("latin-1"), b"null", b"[]", b'""', b"0"],
    ids=lambda raw: repr(raw[:12]),
)  # fmt: skip
def test_what_is_no_strict_json_is_refused(program: Program, raw: bytes) -> None:
    answer = program.sent("POST", "orders", raw)
    assert answer.status_code in (400, 422)
    assert answer.json()["message"]
    assert Order.objects.count() == 0


def test_a_body_that_is_too_large_is_refused_before_it_is_read(program: Program) -> None:
    answer = program.sent("POST", "orders", b" " * (MAX_BODY + 1))
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")


def test_a_document_may_be_as_large_as_its_readers_take_it(program: Program) -> None:
    assert MAX_DOCUMENT - 64 * 1024 == MAX_BYTES
    answer = program.sent("POST", "documents?name=a.csv", b"a;b\n" * (5 * 1024 * 1024 // 4))
    assert (answer.status_code, answer.json()["size"]) == (202, 5 * 1024 * 1024)
    answer = program.sent("POST", "documents?name=a.csv", b" " * (MAX_DOCUMENT + 1))
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")


@HARD
@given(
    name=st.sampled_from(["after", "limit", "state", "customer", "ordered_from", "gtin", "item", "active", "kind"]),
    value=values,
)
@pytest.mark.parametrize(
    "path", ["customers", "items", "price-lists/T-2026/prices", "stock", "receipts", "orders", "despatches", "deliveries",
             "invoices", "payments"],
)  # fmt: skip
def test_any_filter_gets_an_answer_that_is_described(program: Program, path: str, name: str, value: Any) -> None:
    text = value if isinstance(value, str) else json.dumps(value)
    answer = program.client.get(f"/api/v1/{path}", {name: text.encode("utf-8", "replace")})
    assert answer.status_code in (200, 400, 422)


@pytest.mark.parametrize(
    "number", ["x" * 3000, "%F0%9F%98%80", "a%00b", "..%2f..%2fx", "%ff%fe", "'", "%25s", "1;2", "%0a"]
)
def test_any_number_in_the_address_gets_an_answer_that_is_described(program: Program, number: str) -> None:
    for path in ("customers", "items", "orders", "invoices", "payments", "despatches", "deliveries"):
        answer = program.client.get(f"/api/v1/{path}/{number}")
        assert answer.status_code in (400, 404)
        assert set(answer.json()) == {"code", "message", "subject", "errors"}


@pytest.mark.parametrize(
    "header", ["Bearer", "Bearer ", "bearer x y", "Bearer pk_\xff", "Bearer " + "x" * 9000, "\x00"]
)
def test_any_authorization_that_is_no_key_is_refused(program: Program, header: str) -> None:
    answer = program.client.get("/api/v1/orders", headers={"Authorization": header})
    assert answer.status_code == 401


def test_unknown_addresses_and_methods_are_told_in_json(program: Program) -> None:
    assert program.client.get("/api/v1/nothing").json()["code"] == "no_such_address"
    assert program.client.get("/api/").json()["code"] == "no_such_address"
    answer = program.client.delete("/api/v1/orders")
    assert (answer.status_code, answer.json()["code"]) == (405, "method_unknown")
    assert set(answer.headers["Allow"].split(", ")) == {"GET", "POST"}


def test_a_name_that_is_not_described_is_refused_wherever_it_stands(program: Program) -> None:
    for name in ("id", "state", "number", "confirmed_at", "captured_by", "total_amount", "version", "customer_id"):
        answer = program.post("orders", {**BODIES["POST orders"], name: 1})
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, name)
    assert Order.objects.count() == 0


def test_all_faults_of_a_request_are_told_at_once(program: Program) -> None:
    line = {"quantity": "0"}
    answer = program.post(
        "orders", {"customer": "", "lines": [line, {"item": "x", "quantity": "1.1234567"}], "submit": "yes"}
    )
    assert {one["field"] for one in answer.json()["errors"]} == {
        "customer",
        "lines.0.quantity",
        "lines.1.quantity",
        "submit",
    }
