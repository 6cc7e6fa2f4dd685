"""The demo's documents are read as any customer's are."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from promesa.demo import documents
from promesa.demo.story import Act
from promesa.demo.tale import Tale, tell
from promesa.exchange import formats


@pytest.fixture(scope="module")
def tale() -> Tale:
    return tell(now=datetime(2026, 11, 20, 10, 30, tzinfo=UTC), scale=Decimal("0.1"))


def test_an_edifact_order_says_what_is_wished_and_has_no_fault(tale: Tale) -> None:
    wish = next(one for one in tale.wishes if one.channel == "edi" and one.asked and one.chapter is None)
    (read,) = formats.read(documents.edifact_order(tale.company, wish, reference=7), filename="x.edi")
    assert (read.kind, read.number, read.faults) == ("order", wish.po, ())
    assert read.requested is not None
    assert read.requested.first_day == wish.asked
    items = tale.company.items
    assert [(line.gtin, line.quantity) for line in read.lines] == [
        (items[sku].gtin, cases * items[sku].case) for sku, cases in wish.lines
    ]


def test_a_spreadsheet_says_what_is_wished_and_has_no_fault(tale: Tale) -> None:
    wish = next(one for one in tale.wishes if one.channel == "csv" and one.asked)
    (read,) = formats.read(documents.sheet_order(tale.company, [wish]), filename="x.csv")
    assert (read.kind, read.number) == ("order", wish.po)
    assert [fault.code for fault in read.faults if fault.severity != "note"] == []
    assert [(line.buyer_code, line.quantity) for line in read.lines] == [
        (tale.company.buyer_code(wish.customer, sku), cases) for sku, cases in wish.lines
    ]


def test_a_wrong_price_stands_on_the_first_line_only(tale: Tale) -> None:
    wish = next(
        one for one in tale.wishes
        if one.chapter is not None and one.chapter.act is Act.PRICE_HOLD and len(one.lines) > 1
    )  # fmt: skip
    (read,) = formats.read(documents.edifact_order(tale.company, wish, reference=7), filename="x.edi")
    right = [tale.company.price(wish.customer, sku, wish.day) for sku, _ in wish.lines]
    assert read.lines[0].price == right[0] * Decimal("0.9")
    assert [line.price for line in read.lines[1:]] == right[1:]


def test_a_signature_is_a_small_image_and_the_same_for_the_same_hand() -> None:
    drawn = documents.signature(3)
    assert drawn.startswith(b"\x89PNG")
    assert len(drawn) < 5_000
    assert drawn == documents.signature(3) != documents.signature(4)
