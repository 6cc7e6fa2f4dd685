"""A line that waits while its order goes on is ordered and not given."""

import pytest

from promesa.core import relay
from promesa.exchange.tests.company import CSV, add_customer, add_item, open_shop, take_in
from promesa.exchange.tests.partners import add_partner
from promesa.results.queries.books import order_books

pytestmark = [pytest.mark.django_db, pytest.mark.wired]


def test_measures_count_a_line_that_waits_as_ordered_and_not_given(settings, tmp_path):
    settings.HOME = tmp_path
    open_shop()
    add_customer("C-1")
    add_item("A1", "10")
    add_item("A2", "5")
    add_partner(kinds=(), tolerance="hold_rest")
    lines = "PO-1;C-1;A1;40;2026-03-10\nPO-1;C-1;ZZ;12;2026-03-10\nPO-1;C-1;A2;6;2026-03-10\n"
    (document,) = take_in((CSV + lines).encode(), partner_code="P-1")
    relay.drain()
    (book,) = order_books([document.order_id])
    assert [(line.ordered, bool(line.first)) for line in book.lines] == [(40, True), (12, False), (6, True)]
    assert document.order.line_count == 3
