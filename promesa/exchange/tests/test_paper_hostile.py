"""PDFs made to hurt: each is refused by name, in bounded time."""

from __future__ import annotations

import time
import zlib

import pytest

from promesa.exchange import formats
from promesa.exchange.formats.pdf import apart
from promesa.exchange.tests import papers


def _pdf(*objects):
    whole, starts = b"%PDF-1.4\n", []
    for number, one in enumerate(objects, start=1):
        starts.append(len(whole))
        whole += b"%d 0 obj\n" % number + one + b"\nendobj\n"
    table = b"".join(b"%010d 00000 n \n" % start for start in starts)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    return (
        whole
        + head
        + table
        + b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, len(whole))
    )


def _stream(body, said=b""):
    return b"<</Length %d%s>>\nstream\n" % (len(body), said) + body + b"\nendstream"


CATALOG, PAGES = b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>"
PAGE = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Resources<</XObject<</F 5 0 R>>>>/Contents 4 0 R>>"
PACKED = zlib.compress(b"q " * 90_000_000, 9)
IMAGE = (
    b"/Type/XObject/Subtype/Image/Width 100000/Height 100000/BitsPerComponent 8/ColorSpace/DeviceRGB/Filter/FlateDecode"
)
FORM = b"/Type/XObject/Subtype/Form/BBox[0 0 10 10]/Resources<</XObject<</F %d 0 R>>>>"
HOSTILE = {
    "packed": (_pdf(CATALOG, PAGES, PAGE, _stream(PACKED, b"/Filter/FlateDecode")), "pdf_unpacks_too_far"),
    "packed twice": (
        _pdf(CATALOG, PAGES, PAGE, _stream(zlib.compress(PACKED), b"/Filter[/FlateDecode/FlateDecode]")),
        "pdf_unpacks_too_far",
    ),
    "image": (
        _pdf(CATALOG, PAGES, PAGE, _stream(b"/F Do"), _stream(zlib.compress(bytes(99)), IMAGE)),
        "picture_too_large",
    ),
    "pages": (_pdf(CATALOG, b"<</Type/Pages/Kids[2 0 R 2 0 R]/Count 1000000>>"), "too_many_pages"),
    "cut": (papers.pdf("french")[:3000], "pdf_damaged"),
    "empty": (b"%PDF-1.7\n", "pdf_damaged"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_pdf_made_to_hurt_is_refused_by_name(name):
    content, code = HOSTILE[name]
    before = time.monotonic()
    (document,) = formats.read(content, filename="x.pdf")
    assert document.kind == "unreadable"
    assert document.faults[0].code == code
    assert time.monotonic() - before < 20


def test_forms_that_call_each_other_without_end_are_stopped(monkeypatch):
    monkeypatch.setattr(apart, "SECONDS", 1.0)
    forms = [_stream(b"/F Do /F Do", FORM % (6 + place)) for place in range(25)]
    content = _pdf(CATALOG, PAGES, PAGE, _stream(b"/F Do /F Do"), *forms, _stream(b"0 0 1 1 re f", FORM % 5))
    assert not apart.look(content).plain
    (document,) = formats.read(content)
    assert [fault.code for fault in document.faults] == ["pdf_too_heavy"]


def test_ordinary_orders_are_read_here_and_not_apart():
    assert all(apart.look(papers.pdf(name)).plain for name in papers.SOURCES)
