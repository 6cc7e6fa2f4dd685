"""Wrong, huge and malicious files: a clear outcome each, nothing lost, never an exception."""

import io
import random
import zipfile
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from promesa.exchange import queries
from promesa.exchange.models import Document
from promesa.exchange.states import REASONS
from promesa.exchange.tests.company import AT, CSV, add_customer, add_item, codes, open_shop, take_in
from promesa.orders.models import Order

pytestmark = [pytest.mark.django_db, pytest.mark.wired]

EDI = (
    "UNB+UNOA:2+5450534000017:14+8450534000000:14+260302:0134+7'UNH+1+ORDERS:D:96A:UN:EAN008'BGM+220+PO-9+9'"
    "DTM+137:20260302:102'DTM+2:20260310:102'NAD+BY+C-1::91'LIN+1++A1:SA'QTY+21:{quantity}'{price}UNS+S'"
    "UNT+{count}+1'UNZ+1+7'"
)


def edi(quantity="5", price=""):
    return EDI.format(quantity=quantity, price=price, count=9 + bool(price)).encode()


@pytest.fixture
def shop():
    open_shop()
    add_item("A1", "10", stock=1_000_000)
    return add_customer("C-1")


def outcome(content, name="x.edi", **said):
    documents = take_in(content, name, **said)
    assert documents
    for one in documents:
        assert one.outcome in {"orders", "rejected", "waiting"}
        assert one.outcome != "rejected" or one.reason in REASONS
        assert one.outcome == "orders" or queries.findings_of(document_ids=[one.pk])
    return documents


def noise(size, seed=7):
    return random.Random(seed).randbytes(size)


@pytest.mark.parametrize(
    ("content", "name", "reason"),
    [
        (b"", "empty.edi", "EMPTY"),
        (b"\x00" * 5000, "nothing.csv", "EMPTY"),
        (b" \r\n \t\n", "blank.csv", "EMPTY"),
        (noise(10_000_000), "noise.bin", "UNREADABLE"),
        (edi()[:150], "cut.edi", "BAD_ENVELOPE"),
        (edi().replace(b"UNZ+1+7'", b""), "headless.edi", "BAD_ENVELOPE"),
        (edi(quantity="1e30"), "huge.edi", "BAD_QUANTITY"),
        (edi(quantity="9" * 31), "long.edi", "BAD_QUANTITY"),
        (edi(quantity="-5"), "minus.edi", "BAD_QUANTITY"),
        (edi(quantity="NaN"), "nan.edi", "BAD_QUANTITY"),
        (edi(price="PRI+AAA:-1.50'"), "negative.edi", "PRICE_MISMATCH"),
        (b"%PDF-1.7 ...", "order.pdf", "UNREADABLE"),
        (b"\x89PNG\r\n\x1a\n" + b"0" * 200, "scan.png", "UNREADABLE"),
        (b"Dear friends, please send us the usual.", "letter.txt", "UNREADABLE"),
    ],
)
def test_what_is_no_order_is_rejected_by_name(shop, content, name, reason):
    documents = outcome(content, name)
    assert {(one.outcome, one.reason) for one in documents} == {("rejected", reason)}
    assert Order.objects.count() == 0


def test_a_good_order_of_the_same_kind_does_become_an_order(shop):
    (document,) = outcome(edi())
    assert (document.outcome, document.order.state) == ("orders", "confirmed")


def test_an_unknown_character_set_is_said_and_the_order_is_taken(shop):
    (document,) = outcome(edi().replace(b"UNOA", b"UNOZ"))
    assert document.outcome == "orders"
    assert "charset_unknown" in {one.code for one in queries.findings_of(document_ids=[document.pk])[document.pk]}


def test_a_date_in_2099_waits_for_a_person(shop):
    (document,) = outcome(edi().replace(b"20260310", b"20990310"))
    assert (document.outcome, codes(document)) == ("waiting", ["far_date"])


@pytest.mark.parametrize("year", [b"9999", b"0001"])
def test_the_ends_of_the_calendar_break_nothing(shop, year):
    (document,) = outcome(edi().replace(b"20260310", year + b"1231"))
    assert document.outcome in {"waiting", "rejected", "orders"}
    assert "reading_failed" not in codes(document)


def test_more_than_ten_million_units_wait_and_are_not_promised(shop):
    (document,) = outcome(edi(quantity="999999999"))
    assert (document.outcome, codes(document)) == ("waiting", ["too_large"])


def test_an_order_of_two_thousand_lines_is_one_order(shop):
    rows = "".join("PO-1;C-1;A1;1;2026-03-10\n" for _ in range(2000))
    (document,) = outcome((CSV + rows).encode(), "long.csv")
    assert (document.outcome, document.order.line_count, document.order.state) == ("orders", 2000, "confirmed")


def test_more_lines_than_anybody_orders_wait_for_a_person(shop):
    rows = "".join("PO-1;C-1;A1;1;2026-03-10\n" for _ in range(5001))
    (document,) = outcome((CSV + rows).encode(), "longer.csv")
    assert (document.outcome, codes(document)) == ("waiting", ["too_large"])


def test_characters_that_no_column_holds_are_left_out_and_break_nothing(shop):
    for text in (
        "Pap\x00el",
        "\udcff".encode("utf-8", "surrogatepass").decode("latin-1"),
        "\u202edesrever",
        "🫒" * 100,
        "\\u0000",
        "' OR 1=1 --",
    ):
        name = f"pedido;cliente;referencia;descripcion;cantidad\nPO-{abs(hash(text))};C-1;A1;{text};1\n"
        (document,) = outcome(name.encode("utf-8", "surrogatepass"), "text.csv")
        assert document.outcome == "orders", text


def test_names_longer_than_their_columns_are_cut_or_rejected(shop):
    long = "X" * 3000
    (document,) = outcome(f"pedido;cliente;referencia;cantidad\nPO-1;{long};A1;1\n".encode(), "a.csv")
    assert document.outcome in {"waiting", "rejected"}
    (document,) = outcome(f"pedido;cliente;referencia;cantidad\nPO-2;C-1;{long};1\n".encode(), "b.csv")
    assert document.outcome in {"waiting", "rejected"}
    (document,) = outcome(f"pedido;cliente;referencia;cantidad\n{long};C-1;A1;1\n".encode(), "c.csv")
    assert document.outcome in {"orders", "rejected"}
    assert "reading_failed" not in {one for found in Document.objects.all() for one in codes(found)}


def test_a_workbook_that_unpacks_to_gigabytes_is_not_unpacked(shop):
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 120_000_000)
    (document,) = outcome(bomb.getvalue(), "bomb.xlsx")
    assert document.outcome == "rejected"


@settings(max_examples=60, deadline=timedelta(seconds=5), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_bytes_changed_in_an_order_still_end_by_name(shop, data):
    content = bytearray(edi(price="PRI+AAA:10'"))
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(content) - 1))
        if data.draw(st.booleans()):
            content[place] = data.draw(st.integers(0, 255))
        else:
            del content[place : place + data.draw(st.integers(1, 20))]
    outcome_free = take_in(bytes(content), "changed.edi")
    assert outcome_free
    assert not [one for one in outcome_free if "reading_failed" in codes(one)]
    assert AT
