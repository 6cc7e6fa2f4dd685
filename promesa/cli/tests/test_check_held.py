"""The checker is silent on orders of which a part waits, at every step of theirs."""

from datetime import timedelta
from decimal import Decimal

import pytest

from promesa.cli.check import broken
from promesa.core import relay
from promesa.exchange import operations as exchange
from promesa.exchange.tests.company import AT, BY, CSV, add_customer, add_item, open_shop, take_in
from promesa.exchange.tests.partners import add_partner
from promesa.fulfilment import operations as fulfilment
from promesa.fulfilment.models import DespatchAdvice
from promesa.orders import operations as orders
from promesa.orders.rules import DraftLine

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.wired]
LATER = AT + timedelta(hours=3)


def found_broken() -> list[str]:
    relay.drain()
    return [answer["invariant"] for answer in broken() if answer["rows"]]


def test_an_order_of_which_a_part_waits_is_whole_for_the_checker(settings, tmp_path):
    settings.HOME = tmp_path
    open_shop()
    add_customer("C-1")
    for sku in ("A1", "A2"):
        add_item(sku, "10")
    add_partner(kinds=("order_response",), tolerance="hold_rest", channel="none")
    lines = "PO-1;C-1;A1;40;2026-03-10\nPO-1;C-1;ZZ;12;2026-03-10\nPO-1;C-1;YY;6;2026-03-10\n"
    (document,) = take_in((CSV + lines).encode(), partner_code="P-1")
    order = document.order
    assert (found_broken(), order.state) == ([], "confirmed")
    exchange.create_missing_item(code="ZZ", name="Miel", sku="ZZ", price=Decimal(4), by=BY, at=LATER)
    assert found_broken() == []
    orders.add_lines(order_id=order.pk, lines=[DraftLine(sku="A2", quantity=Decimal(5))], by=BY, at=LATER)
    assert found_broken() == []
    orders.change_line(order_id=order.pk, line_number=3, quantity=Decimal(0), initiator="us", by=BY, at=LATER)
    fulfilment.despatch(order_id=order.pk, by=BY, at=LATER)
    fulfilment.deliver(advice_id=DespatchAdvice.objects.get().pk, by=BY, at=LATER)
    assert found_broken() == []
    order.refresh_from_db()
    assert [(one.line_number, one.accepted, one.open_quantity) for one in order.lines.order_by("line_number")] == [
        (1, 40, 0), (2, 0, 12), (3, 0, 0), (4, 5, 0),
    ]  # fmt: skip
