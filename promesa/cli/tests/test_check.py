"""The checker: silent on a whole cycle, and heard when any one of its invariants is broken."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection

from promesa.allocation import operations as allocation
from promesa.allocation.tests.scarce import signed
from promesa.billing import operations as billing
from promesa.cli.check import broken, invariants
from promesa.core import relay
from promesa.core.actors import PROMESA
from promesa.exchange import operations as exchange
from promesa.fulfilment import operations as fulfilment
from promesa.orders import operations as orders
from promesa.orders.tests.world import AT, CLERK, World, another_customer, expect, make_world

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.wired]


def share_out(world: World) -> None:
    """Two customers want the same oil: it is shared by a plan that both sides signed, and put in force."""
    for customer in (world.customer, another_customer(world, 2)):
        orders.capture_order(draft=world.draft(0, 0, 70, customer_id=customer.pk), by=CLERK, at=AT)
    plan = allocation.open_plan(
        name="Aceite", items=["10003"], horizon_to=AT.date() + timedelta(days=9), valid_to=AT.date() + timedelta(days=9), by=PROMESA,
        at=AT,
    )  # fmt: skip
    run = allocation.simulate(plan_id=signed(plan).pk, by=PROMESA, at=AT)
    assert allocation.publish_run(run_id=run.pk, by=PROMESA, at=AT + timedelta(hours=1)).published == (1,)
    relay.drain()


def a_whole_cycle() -> None:
    """One order delivered, invoiced in part credited and paid; one waiting for a receipt; one file taken in; a partner answered."""
    world = make_world(stock=100)
    expect(world, 50)
    exchange.put_partner(code="P", customer_id=world.customer.pk, by=PROMESA, at=AT)
    exchange.set_answer(partner_code="P", kind="order_response", format_="json", channel="none", by=PROMESA, at=AT)
    done = orders.capture_order(draft=world.draft(10, 5), by=CLERK, at=AT)
    orders.capture_order(draft=world.draft(120), by=CLERK, at=AT)
    relay.drain()
    assert done.order_id is not None
    advice = fulfilment.despatch(order_id=done.order_id, by=CLERK, at=AT + timedelta(hours=3))
    fulfilment.deliver(number=advice.number, by=CLERK, at=AT + timedelta(days=1), signed_by="Ana")
    invoice = billing.issue_invoice(order_id=done.order_id, by=CLERK, at=AT + timedelta(days=1))
    billing.receive_payment(
        customer_id=world.customer.pk, amount=Decimal("50.00"), by=CLERK, at=AT + timedelta(days=2),
        applications={invoice.number: Decimal("50.00")},
    )  # fmt: skip
    share_out(world)
    file = exchange.receive_file(content=b"nothing to read", name="x.edi", channel="edi", by=PROMESA, at=AT)
    exchange.read_file(file_id=file.pk, by=CLERK, at=AT)
    relay.drain()
    exchange.send_due(by=PROMESA, at=AT + timedelta(days=2))


def without_checks(table: str, change: str) -> None:
    """Change rows with triggers and checks off, hear what the checker says, and empty the table again."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = %s::regclass AND contype IN ('c', 'u')",
            [table],
        )
        dropped = cursor.fetchall()
        for name, _ in dropped:
            cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        try:
            cursor.execute(change)
            found = [answer["invariant"] for answer in broken() if answer["rows"]]
            HEARD.append(found)
        finally:
            cursor.execute(f"TRUNCATE {table} CASCADE")
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
            for name, definition in dropped:
                cursor.execute(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}')


HEARD: list[list[str]] = []

CORRUPTIONS: dict[str, tuple[str, str]] = {
    "I1": (
        "inventory_stockleg",
        "UPDATE inventory_stockleg SET quantity = quantity + 1 WHERE id = (SELECT min(id) FROM inventory_stockleg)",
    ),
    "I2": (
        "inventory_stock",
        "UPDATE inventory_stock SET claimed = -1 WHERE id = (SELECT min(id) FROM inventory_stock)",
    ),
    "I3": (
        "inventory_claim",
        "UPDATE inventory_claim SET quantity = 1000 WHERE id = (SELECT min(id) FROM inventory_claim)",
    ),
    "I4": ("customers_creditstanding", "UPDATE customers_creditstanding SET receivable = receivable + 1"),
    "I5": ("orders_lineentry", "UPDATE orders_lineentry SET quantity = 999 WHERE kind = 'accepted'"),
    "I6": ("fulfilment_despatchline", "UPDATE fulfilment_despatchline SET quantity = quantity - 1"),
    "I7": ("billing_invoicetax", "UPDATE billing_invoicetax SET tax_amount = tax_amount + 0.01"),
    "I8": ("billing_application", "UPDATE billing_application SET amount = 100000"),
    "I9": ("billing_invoice", "UPDATE billing_invoice SET sequence = sequence + 1"),
    "I10": (
        "exchange_inboxfile",
        "UPDATE exchange_inboxfile SET state = 'received', received_at = now() - interval '6 minutes'",
    ),
    "I11": (
        "orders_order",
        "UPDATE orders_order SET po_number = 'A', content_hash = 'h', channel = 'edi', state = 'confirmed', origin = 'live'",
    ),
    "I12": ("core_eventdelivery", "DELETE FROM core_eventdelivery WHERE listener = 'orders.release'"),
    "I13": (
        "orders_orderline",
        "UPDATE orders_orderline SET accepted = accepted + 1, despatched = despatched + 1 WHERE accepted > 0",
    ),
    "I14": ("core_event", "UPDATE core_event SET number = number + 1 WHERE number > 1"),
    "I15": (
        "exchange_outgoingdocument",
        "UPDATE exchange_outgoingdocument SET basis = '{}' WHERE kind = 'order_response'",
    ),
    "I17": ("allocation_runshare", "UPDATE allocation_runshare SET quantity = quantity + 1000"),
    "I18": ("allocation_runpart", "UPDATE allocation_runpart SET state = 'waiting'"),
    "I19": ("allocation_signature", "UPDATE allocation_signature SET hash = repeat('0', 64) WHERE side = 'sales'"),
    "I20": ("allocation_runshare", "UPDATE allocation_runshare SET run_line_id = -run_line_id"),
    "I16": ("exchange_sendingattempt", "UPDATE exchange_sendingattempt SET sha256 = repeat('0', 64)"),
}


def test_a_whole_cycle_breaks_nothing() -> None:
    a_whole_cycle()
    assert [(answer["invariant"], answer["keys"]) for answer in broken() if answer["rows"]] == []


def test_every_invariant_says_what_must_hold_in_both_languages() -> None:
    said = [words for words, _ in invariants().values()]
    assert all(words["es"].endswith(".") and words["en"].endswith(".") for words in said)
    assert not any(" es: " in f" {text}" for words in said for text in words.values())
    assert "pedido" in said[10]["es"]


def test_every_invariant_has_its_corruption() -> None:
    assert set(CORRUPTIONS) == set(invariants())


@pytest.mark.parametrize("name", sorted(CORRUPTIONS, key=lambda one: int(one[1:])))
def test_one_corruption_of_each_invariant_is_reported(name: str) -> None:
    a_whole_cycle()
    HEARD.clear()
    without_checks(*CORRUPTIONS[name])
    (heard,) = HEARD
    assert name in heard


def test_a_document_that_is_gone_from_among_those_of_its_file_is_reported() -> None:
    a_whole_cycle()
    HEARD.clear()
    without_checks("exchange_document", "UPDATE exchange_document SET position = position + 1")
    assert HEARD == [["I10"]]


def test_a_promise_of_no_line_is_reported() -> None:
    a_whole_cycle()
    HEARD.clear()
    columns = "sequence, part, quantity, ship_date, is_first, initiator, cause, reason, actor, made_at"
    without_checks(
        "orders_promise",
        f"INSERT INTO orders_promise (line_id, {columns}) SELECT -line_id, {columns} FROM orders_promise LIMIT 1",
    )
    assert HEARD == [["I13"]]


def test_the_check_runs_on_a_snapshot_that_cannot_write(monkeypatch: pytest.MonkeyPatch) -> None:
    def writes() -> dict[str, tuple[dict[str, str], str]]:
        return {"I0": ({"es": "", "en": ""}, "DELETE FROM core_event RETURNING id::text")}

    monkeypatch.setattr("promesa.cli.check.invariants", writes)
    refused: Callable[[], object] = broken
    with pytest.raises(Exception, match="read-only"):
        refused()
