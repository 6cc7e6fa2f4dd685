"""Orders that come as pictures: read, set straight, doubted; and what is too large or broken."""

from __future__ import annotations

import struct
import zlib
from datetime import date
from decimal import Decimal

import pytest

from promesa.exchange import formats
from promesa.exchange.formats.pdf.page import Page, Word, as_it_lies
from promesa.exchange.formats.pdf.picture import page_png
from promesa.exchange.formats.pdf.read import read_pages
from promesa.exchange.formats.pdf.text import open_pdf
from promesa.exchange.formats.scan import engine
from promesa.exchange.tests import papers, scans


@pytest.fixture(scope="module")
def spanish():
    (document,) = formats.read(scans.scanned(papers.pdf("spanish_ruled")), filename="scan.png")
    return document


def test_a_scanned_spanish_order_is_read_whole(spanish):
    assert (spanish.format, spanish.number, spanish.issued_on) == ("scan-order", "4500123", date(2026, 3, 5))
    assert [(line.seller_code, str(line.quantity), str(line.price), str(line.amount)) for line in spanish.lines] == [
        ("AC-5L", "48", "32.50", "1560.00"), ("AC-1L", "1200", "4.875", "5265.00"), ("VN-750", "36", "18.90", "646.38"),
    ]  # fmt: skip
    assert spanish.totals["payable"] == Decimal("7809.02")
    assert [fault.code for fault in spanish.faults if fault.blocking] == []
    (turned,) = [fault for fault in spanish.faults if fault.code == "scan_turned"]
    assert -1.2 < float(turned.received) < -0.8


def test_places_lie_on_the_picture_as_it_came_not_as_it_was_set_straight(spanish):
    straight = formats.read(papers.pdf("spanish_ruled"))[0].places
    for key in ("number", "lines.3.amount", "lines.1.seller_code"):
        (x0, y0, x1, y1), (a0, b0, a1, b1) = (
            [float(part) for part in where[key]["box"]] for where in (spanish.places, straight)
        )
        middle_x, middle_y = (a0 + a1) / 2 - 0.5, (b0 + b1) / 2 - 0.5
        # The picture was turned against the clock by one degree about its middle.
        assert (x0 + x1) / 2 == pytest.approx(0.5 + middle_x + 0.01745 * middle_y * 1.414, abs=0.006)
        assert (y0 + y1) / 2 == pytest.approx(0.5 + middle_y - 0.01745 * middle_x / 1.414, abs=0.006)


def test_a_pdf_that_lies_on_its_side_without_text_is_read(tmp_path):
    picture = scans.shades(papers.pdf("no_prices"), degrees=0, noise=6, quarters=1)
    (document,) = formats.read(scans.saved(picture, "PDF", resolution=200), filename="fax.pdf")
    assert (document.format, document.number) == ("scan-order", "CP/2026/031")
    assert [(line.gtin, str(line.quantity)) for line in document.lines] == [
        ("8410076472885", "24"), ("8410793212344", "40"), ("4006381333931", "8"),
    ]  # fmt: skip


def test_without_the_extra_a_picture_says_what_to_install(monkeypatch):
    monkeypatch.setattr(engine, "available", lambda: False)
    (document,) = formats.read(_png(600, 800), filename="x.png")
    (fault,) = document.faults
    assert (document.kind, fault.code, fault.right) == (
        "unreadable",
        "scan_reader_missing",
        "pip install 'promesa[scan]'",
    )


# -- doubt and correction, on words as a picture would give them


def _misread(change, *, confidence=0.93):
    """The words of an order, one of them as a picture might be misread."""
    pages = open_pdf(papers.pdf("british_plain")).pages
    for page in pages:
        page.scanned = True
        page.words = [
            Word(
                change.get(word.text, word.text),
                word.page,
                word.x0,
                word.y0,
                word.x1,
                word.y1,
                confidence if word.text in change else 0.99,
            )
            for word in page.words
        ]
    return read_pages(pages, syntax="scan")


@pytest.mark.parametrize(
    ("change", "field", "right"),
    [({"41.40": "4l.4O"}, "price", "41.40"), ({"359.80": "359,80"}, "amount", "359.80"), ({"52.50": "5250"}, "amount", "52.50"),
     ({"89.95": "89.96"}, "price", "89.95")],
)  # fmt: skip
def test_a_misread_figure_is_corrected_when_only_one_change_closes_the_sums(change, field, right):
    document = _misread(change)
    noted = [fault for fault in document.faults if fault.code == "corrected_by_arithmetic"]
    found = [str(getattr(line, field)) for line in document.lines]
    assert right in found
    assert [fault.code for fault in document.faults if fault.blocking] == []
    if noted:
        assert (noted[0].received, noted[0].right, noted[0].params["field"]) == (
            next(iter(change.values())),
            right,
            field,
        )
        assert "Σ = 826.30" in noted[0].params["proof"]


def test_two_misread_figures_prove_nothing_and_block():
    document = _misread({"41.40": "47.40", "414.00": "474.50"})
    assert "amount_not_product" in [fault.code for fault in document.faults if fault.blocking]
    assert [fault for fault in document.faults if fault.code == "corrected_by_arithmetic"] == []


def test_a_code_that_was_hardly_legible_blocks_by_name_and_place():
    document = _misread({"OG-2200": "OG-22OO"}, confidence=0.61)
    (fault,) = [fault for fault in document.faults if fault.blocking]
    assert (fault.code, fault.received, fault.params["field"], fault.line) == (
        "low_confidence",
        "OG-22OO",
        "lines.2.seller_code",
        "2",
    )


# -- bounds


def _png(width, height):
    def chunk(name, body):
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(bytes(10_000))) + chunk(b"IEND", b"")


_TIFF = b"II*\0\x08\0\0\0\x04\0" + b"".join(
    struct.pack("<HHII", tag, kind, 1, value)
    for tag, kind, value in ((256, 4, 100_000), (257, 4, 100_000), (258, 3, 8), (259, 3, 1))
)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (_png(100_000, 100_000), "picture_too_large"),
        (_png(1000, 1000)[:40], "picture_damaged"),
        (_png(2000, 1500), "picture_damaged"),
        (_png(8, 8), "nothing_on_page"),
        (_TIFF + bytes(4), "picture_damaged"),
        (b"\xff\xd8\xff\xe0" + bytes(300), "picture_damaged"),
    ],
)
def test_pictures_too_large_or_broken_are_refused_by_name_before_they_are_decoded(content, code):
    (document,) = formats.read(content)
    assert (document.kind, [fault.code for fault in document.faults]) == ("unreadable", [code])


def test_a_page_for_people_to_check_is_a_png_of_the_width_asked_for():
    shown = page_png(papers.pdf("spanish_ruled"), 1, 400)
    assert shown[:8] == b"\x89PNG\r\n\x1a\n"
    assert struct.unpack(">II", shown[16:24]) == (400, 566)
    assert page_png(papers.pdf("spanish_ruled"), 2, 400) is None
    assert struct.unpack(">II", page_png(shown, 1, 200)[16:24]) == (200, 283)
    assert page_png(b"%PDF-1.7", 1, 400) is None


def test_a_box_is_laid_back_on_a_page_that_was_on_its_side():
    assert as_it_lies(Page(1, 1.0, quarters=0), (0.1, 0.2, 0.3, 0.4)) == (0.1, 0.2, 0.3, 0.4)
    assert as_it_lies(Page(1, 1.0, quarters=2), (0.1, 0.2, 0.3, 0.4)) == pytest.approx((0.7, 0.6, 0.9, 0.8))
    assert as_it_lies(Page(1, 1.0, quarters=1), (0.1, 0.2, 0.3, 0.4)) == pytest.approx((0.6, 0.1, 0.8, 0.3))
