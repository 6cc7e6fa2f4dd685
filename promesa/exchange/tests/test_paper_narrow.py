"""Columns that nearly touch, codes within descriptions, pages upside down: what papers have that were not drawn for a test."""

from __future__ import annotations

from datetime import date

import pytest

from promesa.exchange.formats.pdf.page import Page, Word
from promesa.exchange.formats.pdf.read import read_pages
from promesa.exchange.formats.scan import engine, picture
from promesa.exchange.formats.scan.engine import Seen

# Text and where it stands across, as a picture of a page gave it: the figures stand at the right of their column, the units
# at the left of the next.
HEAD = [
    (0.05, [("Hotel Mirador del Segura, S.L.", 0.05)]),
    (0.07, [("30002 Murcia", 0.05), ("Nº de pedido: PC-26/00871", 0.75)]),
    (0.09, [("NIF B73245614", 0.05), ("Fecha: 14/11/2026", 0.75)]),
]  # fmt: skip
HEADINGS = [("Pos.", 0.06), ("Referencia", 0.12), ("Descripción", 0.25), ("Cantidad", 0.627), ("Ud.", 0.726), ("Precio", 0.788),
            ("Importe", 0.872)]  # fmt: skip
LINES = [
    [("10", 0.057), ("AC-5001", 0.12), ("Aceite oliva garrafa 5 L", 0.25), ("48", 0.6955), ("UN", 0.7221), ("24,500", 0.785),
     ("1.176,00", 0.868)],
    [("20", 0.057), ("AT-0080", 0.12), ("Atún claro lata 80 g", 0.25), ("480", 0.684), ("UN", 0.7221), ("1,150", 0.795),
     ("552,00", 0.885)],
    [("30", 0.057), ("HR-1KG", 0.12), ("Harina de trigo 1 kg", 0.25), ("200", 0.684), ("UN", 0.7221), ("0,620", 0.795),
     ("124,00", 0.885)],
]  # fmt: skip
CODES = ["EAN 8410010255017", "EAN 8410010255024", "EAN 8410010255039"]  # the last has a wrong check digit
ROW = 0.0155


def page(rows):
    words = []
    for top, phrases in rows:
        for text, left in phrases:
            for part in text.split():
                right = left + 0.0072 * len(part)
                words.append(Word(part, 1, left, top, right, top + 0.012, 0.98))
                left = right + 0.004
    return Page(number=1, ratio=0.707, words=words, scanned=True)


def order(*, foot=(), codes=True):
    rows, top = [*HEAD, (0.2, HEADINGS)], 0.23
    for line, code in zip(LINES, CODES, strict=True):
        rows.append((top, line))
        if codes:
            rows.append((top + ROW, [(code, 0.25)]))
        top += 0.036
    rows += [(top + 0.03 + place * 0.02, [text]) for place, text in enumerate(foot)]
    return read_pages([page(rows)], syntax="scan")


def test_a_quantity_that_stands_close_to_its_unit_is_read_in_its_own_column():
    document = order()
    assert [(line.seller_code, str(line.quantity), line.unit_received, str(line.price), str(line.amount)) for line in document.lines] == [
        ("AC-5001", "48", "UN", "24.500", "1176.00"), ("AT-0080", "480", "UN", "1.150", "552.00"),
        ("HR-1KG", "200", "UN", "0.620", "124.00"),
    ]  # fmt: skip


def test_a_gtin_within_the_description_is_the_lines_if_its_check_digit_is_right():
    document = order()
    assert [line.gtin for line in document.lines] == ["8410010255017", "8410010255024", None]
    assert [line.text for line in document.lines] == [
        "Aceite oliva garrafa 5 L", "Atún claro lata 80 g", "Harina de trigo 1 kg EAN 8410010255039",
    ]  # fmt: skip
    assert document.places["lines.1.gtin"]["page"] == 1
    assert [line.gtin for line in order(codes=False).lines] == [None, None, None]


def test_the_day_of_delivery_that_a_sentence_under_the_table_tells_is_read():
    document = order(foot=[("Entregar el martes 24.11.2026 antes de las 11 h. Gracias.", 0.05)])
    assert document.requested.first_day == document.requested.last_day == date(2026, 11, 24)
    assert document.places["requested"]["confidence"] > 0.85
    document = order(foot=[("Entregar el lunes 24.11.2026 antes de las 11 h.", 0.05)])  # a Tuesday
    assert document.requested is None
    assert "wanted_day_unclear" in [fault.code for fault in document.faults]


@pytest.mark.parametrize("score", [0.5, 0.75, 0.85])
def test_a_page_upside_down_is_turned_though_its_letters_look_fairly_sure(monkeypatch, score):
    numpy = pytest.importorskip("numpy")
    seen = []

    def lines_seen(pixels):
        upright = bool(pixels[0, 0, 0] == 0)
        seen.append(upright)
        box = ((10.0, 10.0), (90.0, 10.0), (90.0, 20.0), (10.0, 20.0))
        return [[Seen("Pedido" if upright else "opipad", 0.99 if upright else score, box)]]

    monkeypatch.setattr(engine, "lines_seen", lines_seen)
    pixels = numpy.full((400, 300, 3), 255, dtype="uint8")
    pixels[0:8, 0:8] = 0
    found = picture.page_of(numpy.ascontiguousarray(pixels[::-1, ::-1]), 1)
    assert (found.quarters, [word.text for word in found.words], seen) == (2, ["Pedido"], [False, True])


def test_without_a_letterhead_who_is_billed_buys():
    rows = [
        (0.05, [("Purchase Order", 0.05)]), (0.07, [("PO Number: 450077123", 0.05)]), (0.1, [("Bill to", 0.05)]),
        (0.115, [("Thames Valley Caterers Ltd", 0.05)]), (0.13, [("Reading RG1 3AB", 0.05)]),
        (0.2, [("Item code", 0.05), ("Description", 0.25), ("Qty", 0.7)]), (0.23, [("AC-5001", 0.05), ("Olive oil", 0.25), ("4", 0.71)]),
    ]  # fmt: skip
    document = read_pages([page(rows)], syntax="scan")
    assert document.party("buyer").name == document.party("invoicee").name == "Thames Valley Caterers Ltd"
    assert "buyer_missing" not in [fault.code for fault in document.faults]
