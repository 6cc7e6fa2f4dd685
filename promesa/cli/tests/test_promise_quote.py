"""What can be promised: one answer for the pad, the portal, programs and the command line."""

from __future__ import annotations

import json
import uuid
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from click.testing import CliRunner
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from promesa.access.operations import create_key
from promesa.allocation import operations
from promesa.allocation.answers import answer_of
from promesa.allocation.operations import NoSuchSubstitute, SubstituteNeedsConsent, take_substitute
from promesa.allocation.quoting import Quote, Typed, quote
from promesa.allocation.schemas import PromiseTold
from promesa.catalog.models import Substitution
from promesa.catalog.operations import put_substitutions
from promesa.cli.check import broken
from promesa.cli.promise import promise as command
from promesa.core import words
from promesa.core.actors import Actor
from promesa.core.errors import Invalid
from promesa.core.relay import drain
from promesa.inventory.models import Claim, Stock
from promesa.orders.models import Order, OrderLine
from promesa.orders.operations import NothingToSubstitute, capture_order
from promesa.orders.tests.world import AT, CLERK, World, another_customer, expect, make_world

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.wired]
D = Decimal
THURSDAY = date(2026, 3, 5)


def ask(world: World, *lines: tuple[str, str, str], **more: Any) -> Quote:
    typed = [Typed(n, code, D(quantity), quantity, unit, None) for n, (code, quantity, unit) in enumerate(lines, 1)]
    found = quote(
        **{"customer": world.customer.number, "ship_to": "", "po_number": "", "requested_on": None, "at": AT, **more},
        lines=typed,
    )
    assert found is not None
    return found


def may_stand_in(world: World, item: int, substitute: int, **more: Any) -> Substitution:
    return Substitution.objects.create(
        item=world.items[item], substitute=world.items[substitute], valid_from=date(2026, 1, 1), **more
    )


def broken_now() -> list[str]:
    return [answer["invariant"] for answer in broken() if answer["rows"]]


def test_the_answer_says_how_much_from_where_when_and_why_in_both_languages() -> None:
    world = make_world(items=1, stock=100)
    expect(world, 50, days=7)
    told = answer_of(ask(world, ("10001", "10", "CS"), requested_on=THURSDAY), at=AT)
    (line,) = told["lines"]
    assert [(one["quantity"], one["sources"], one["ship_date"], one["day"]) for one in line["parts"]] == [
        (D(8), [{"kind": "stock", "name": "L1", "base_quantity": D(96)}], date(2026, 3, 4), THURSDAY),
        (D(2), [{"kind": "receipt", "name": "R-1", "base_quantity": D(24)}], date(2026, 3, 9), date(2026, 3, 10)),
    ]
    assert line["parts"][1]["sentence"] == {
        "es": words.say("promise_waits_for_receipt", {"expected_on": date(2026, 3, 9)}, "es"),
        "en": words.say("promise_waits_for_receipt", {"expected_on": date(2026, 3, 9)}, "en"),
    }
    assert (line["complete"], line["in_time"], told["complete"], told["warehouse"]) == (True, False, True, "DH")
    assert Claim.objects.count() == 0


def test_the_quote_and_the_order_that_follows_say_the_same() -> None:
    world = make_world(items=2, stock=30)
    expect(world, 40, days=4)
    asked = ask(world, ("10001", "3", "CS"), ("10002", "40", ""), requested_on=THURSDAY)
    order = capture_order(
        draft=world.draft(36, 40, requested_from=THURSDAY, requested_to=THURSDAY, ordered_at=AT), by=CLERK, at=AT
    )
    # The pad's line is by the case, this order's by the unit: the same goods, but the last ten of a case stay loose.
    assert [promise.missing_quantity for promise in asked.promises.values()] == [D(0), D(10)]
    lines = OrderLine.objects.filter(order_id=order.order_id).order_by("line_number")
    assert [line.promised for line in lines] == [36, 30]


def test_a_change_of_an_order_is_quoted_with_what_it_has_already() -> None:
    world = make_world(items=1, stock=100)
    order_id = capture_order(draft=world.draft(80, po_number="PO-1"), by=CLERK, at=AT).order_id
    number = Order.objects.get(pk=order_id).number
    alone = ask(world, ("10001", "90", ""))
    assert alone.promises[1].missing_quantity == 70
    changed = ask(world, ("10001", "90", ""), order=number, po_number="PO-1")
    assert (changed.promises[1].missing_quantity, changed.repeat) == (0, "")


def test_a_substitute_is_offered_for_what_is_missing_by_whole_cases_with_its_price() -> None:
    world = make_world(items=3, stock=20)
    Stock.objects.filter(item=world.items[0]).update(on_hand=5)
    world.items[1].sales_unit = "CS"
    world.items[1].save(update_fields=["sales_unit"])
    may_stand_in(world, 0, 1, rank=1, numerator=1, denominator=2)
    may_stand_in(world, 0, 2, rank=2)
    (first, second) = ask(world, ("10001", "20", ""), requested_on=THURSDAY).substitutes[1]
    # 15 are missing: 7.5 of the first, a whole case of 12, which does for all 15; then 15 of the second.
    assert (first.item.sku, first.quantity, first.replaces, first.needs_consent) == ("10002", D(12), D(15), True)
    assert first.price is not None
    assert first.price.unit_price == 10
    assert (second.item.sku, second.quantity, second.replaces) == ("10003", D(15), D(15))
    assert first.sentence("en") == (
        "Aceite 2 can go in its place: 12, leaving Wed 4 Mar. The customer has to be asked."
    )


def test_no_substitute_is_offered_before_its_day_nor_when_it_would_come_too_late_too() -> None:
    world = make_world(items=2, stock=0)
    row = may_stand_in(world, 0, 1)
    expect(world, 50, item=1, days=8, number="R-2")
    assert ask(world, ("10001", "20", ""), requested_on=THURSDAY).substitutes == {}
    expect(world, 50, item=1, days=1, number="R-3")
    assert ask(world, ("10001", "20", ""), requested_on=THURSDAY).substitutes[1][0].quantity == 20
    row.valid_from = date(2026, 4, 1)
    row.save(update_fields=["valid_from"])
    assert ask(world, ("10001", "20", ""), requested_on=THURSDAY).substitutes == {}


def test_two_lines_are_never_offered_the_same_goods_and_the_items_own_substitute_counts() -> None:
    world = make_world(items=3, stock=30)
    Stock.objects.filter(item__in=world.items[:2]).update(on_hand=0)
    for item in world.items[:2]:
        item.substitute = world.items[2]
        item.save(update_fields=["substitute"])
    found = ask(world, ("10001", "20", ""), ("10002", "20", ""))
    assert {position: [one.quantity for one in offers] for position, offers in found.substitutes.items()} == {
        1: [D(20)], 2: [D(10)],
    }  # fmt: skip


@pytest.mark.parametrize("lines", [1, 30])
def test_a_quote_takes_the_same_statements_for_any_number_of_lines(lines: int) -> None:
    world = make_world(items=lines + 1, stock=10)
    for n in range(lines):
        may_stand_in(world, n, lines)
    asked = [(item.sku, "20", "") for item in world.items[:lines]]
    ask(world, *asked)
    with CaptureQueriesContext(connection) as statements:
        found = ask(world, *asked, po_number="PO-9")
    assert len(found.substitutes[1]) == 1
    assert len(statements.captured_queries) == 9


# --- Taking a substitute -------------------------------------------------------------------------------------------


def short_order(world: World, quantity: int = 20) -> Order:
    captured = capture_order(draft=world.draft(quantity), by=CLERK, at=AT)
    return Order.objects.get(pk=captured.order_id)


def take(order: Order, quantity: int, **more: Any) -> int:
    return take_substitute(
        **{
            "order_id": order.pk,
            "line_number": 1,
            "substitute": "10002",
            "quantity": D(quantity),
            "by": CLERK,
            "at": AT,
            **more,
        }
    )


def test_a_substitute_is_taken_only_with_consent_and_then_promised_like_any_line() -> None:
    world = make_world(items=2, stock=12)
    may_stand_in(world, 0, 1)
    order = short_order(world)
    with pytest.raises(SubstituteNeedsConsent):
        take(order, 8)
    assert OrderLine.objects.filter(order=order).count() == 1
    number = take(order, 8, consent=True)
    drain()
    first, second = OrderLine.objects.filter(order=order).order_by("line_number")
    assert (first.substituted, first.open_quantity, first.promised) == (8, 12, 12)
    assert (second.line_number, second.substitute_of_id, second.ordered_quantity, second.promised) == (
        number,
        first.pk,
        8,
        8,
    )
    order.refresh_from_db()
    assert (order.net_amount, order.line_count) == (200, 2)
    assert broken_now() == []


def test_who_accepts_substitutes_by_contract_need_not_be_asked() -> None:
    world = make_world(items=2, stock=12, substitutes=True)
    may_stand_in(world, 0, 1, numerator=2)
    take(short_order(world), 5)
    assert OrderLine.objects.get(line_number=2).ordered_quantity == 10


def test_what_is_no_substitute_and_more_than_is_open_are_refused_and_change_nothing() -> None:
    world = make_world(items=2, stock=12)
    order = short_order(world)
    with pytest.raises(NoSuchSubstitute):
        take(order, 8, consent=True)
    may_stand_in(world, 0, 1)
    with pytest.raises(NothingToSubstitute):
        take(order, 21, consent=True)
    assert OrderLine.objects.count() == 1


def test_substitutes_are_written_by_sku_and_an_item_is_none_of_its_own() -> None:
    world = make_world(items=2, stock=1)
    row = {"sku": "10001", "substitute": "10002", "valid_from": "2026-01-01", "rank": 2}
    assert put_substitutions(rows=[row], by=Actor("promesa"), at=AT).created == 1
    assert put_substitutions(rows=[{**row, "rank": 1}], by=Actor("promesa"), at=AT).changed == 1
    assert Substitution.objects.get().rank == 1
    with pytest.raises(Invalid):
        put_substitutions(rows=[{**row, "substitute": "10001"}], by=Actor("promesa"), at=AT)
    assert world.items[0].substitutions.count() == 1


# --- Programs and the command line -----------------------------------------------------------------------------------


def program(world: World, customer_id: int | None = None) -> Any:
    made = create_key(
        name="t", scopes=("orders:write",), by=Actor("promesa"), at=timezone.now(), customer_id=customer_id
    )
    client = Client(headers={"Authorization": f"Bearer {made.token}"})

    def post(body: dict[str, Any]) -> Any:
        return client.post(
            "/api/v1/promises/quote", json.dumps(body), "application/json",
            headers={"Idempotency-Key": str(uuid.uuid4())},
        )  # fmt: skip

    return post


def test_a_program_asks_what_can_be_promised_and_nothing_is_written() -> None:
    world = make_world(items=2, stock=100)
    may_stand_in(world, 0, 1)
    tomorrow = (timezone.now() + timedelta(days=10)).date()
    body = {
        "customer": "C-001", "requested": {"from": f"{tomorrow}"},
        "lines": [{"item": "10001", "quantity": "120"}, {"gtin": world.items[1].gtin, "quantity": 1, "unit_code": "CS"}],
    }  # fmt: skip
    answer = program(world)(body)
    assert answer.status_code == 200, answer.content
    told = PromiseTold.model_validate(answer.json(), extra="forbid")
    assert [(line.item, line.base_quantity, line.complete) for line in told.lines] == [
        ("10001", "120", False), ("10002", "12", True),
    ]  # fmt: skip
    assert told.lines[0].missing is not None
    assert told.lines[0].missing.sentence.es.startswith("Faltan 20 de 120")
    assert [one.base_quantity for one in told.lines[0].substitutes] == ["20"]
    assert told.lines[0].parts[0].sources is not None
    assert (Order.objects.count(), Claim.objects.count()) == (0, 0)


def test_a_customers_own_program_is_told_of_no_lots_and_of_nobody_else() -> None:
    world = make_world(items=1, stock=100)
    other = another_customer(world, 2)
    body = {"customer": "C-001", "lines": [{"item": "10001", "quantity": "1"}]}
    told = program(world, world.customer.pk)(body).json()
    assert "sources" not in told["lines"][0]["parts"][0]
    assert told["warehouse"] is None
    assert program(world, other.pk)(body).status_code == 404


def run(*arguments: str) -> Any:
    return CliRunner().invoke(command, [*arguments, "--at", AT.isoformat()], catch_exceptions=False)


def test_the_command_line_quotes_holds_renews_and_gives_up(monkeypatch: pytest.MonkeyPatch) -> None:
    world = make_world(items=1, stock=100)
    answer = run("quote", "C-001", "--line", "10001=5:CS", "--on", "2026-03-05", "--json")
    told = json.loads(answer.stdout)
    assert (answer.exit_code, told["complete"], told["lines"][0]["parts"][0]["base_quantity"]) == (0, True, "60.000000")
    short = run("quote", "C-001", "--line", "10001=120", "--lang", "en")
    assert short.exit_code == 1
    assert "20 of 120 are missing" in short.stdout
    order_id = capture_order(draft=world.draft(70), by=CLERK, at=AT, submit=False).order_id
    number = Order.objects.get(pk=order_id).number
    held = json.loads(run("hold", number, "--until", "2026-03-03", "--json").stdout)
    assert [(one["item"], one["base_quantity"]) for one in held["lines"]] == [("10001", "70.000000")]
    renewed = json.loads(run("renew", number, "--until", "2026-03-04", "--json").stdout)
    assert renewed["lines"][0]["until"] == "2026-03-04T12:00:00+00:00"
    assert json.loads(run("give-up", number, "--json").stdout)["lines"] == []
    assert operations.give_up_lapsed(by=CLERK, at=AT) == []
