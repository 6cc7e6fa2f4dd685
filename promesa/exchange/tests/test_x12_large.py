"""Files of X12 larger than is read at once: set after set, with the same documents and the same faults."""

from __future__ import annotations

import json
import random
from dataclasses import replace

import pytest

from promesa.exchange import formats
from promesa.exchange.formats import x12
from promesa.exchange.tests import x12_files
from promesa.exchange.tests.x12_files import interchange, order
from tests.fuzz.mutations import mutated


def told(documents) -> list[str]:
    return [json.dumps(one.as_json(), sort_keys=True) for one in documents]


def many(count: int) -> bytes:
    """So many orders in one group of one interchange."""
    content = order()
    head, begins, rest = content.partition(b"ST*")
    body, ends, tail = (begins + rest).partition(b"GE*")
    sets = b"".join(body.replace(b"*0001~", b"*%04d~" % n) for n in range(1, count + 1))
    return head + sets + (ends + tail).replace(b"GE*1*", b"GE*%d*" % count)


FILES = [
    many(5),
    many(5).replace(b"GE*5*", b"GE*4*"),
    many(5).replace(b"IEA*1*", b"IEA*3*"),
    many(3) + many(2).replace(b"GE*2*", b"GE*9*"),
    many(4)[:-40],
    many(2).replace(b"~", b"~\r\n"),
    b"ST*850" + many(2).partition(b"ST*850")[2],
    interchange("BEG*00*SA*PO1**20261120", count=7),
    b"ISA*00*",
]


@pytest.mark.parametrize("size", [1, 200, 1_000_000])
def test_a_file_read_set_by_set_gives_the_same_documents_and_faults(size, monkeypatch):
    monkeypatch.setattr("promesa.exchange.formats.x12.syntax.PIECE", size)
    for content in FILES:
        assert told(x12.read_each(content)) == told(x12.read(content)), content


@pytest.mark.parametrize("size", [200, 1_000_000])
def test_a_damaged_file_read_set_by_set_says_the_same_and_stops_for_the_same_reasons(size, monkeypatch):
    """Where exactly a line break or the end of a broken group is told may differ by a segment."""
    chance = random.Random(7)
    samples = [x12_files.generate(chance) for _ in range(30)]
    monkeypatch.setattr("promesa.exchange.formats.x12.syntax.PIECE", size)
    for content in (mutated(samples, chance, separators=b"~*>|") for _ in range(300)):
        if x12.looks_like(content):
            each, whole = list(x12.read_each(content)), x12.read(content)
            assert told(replace(one, faults=()) for one in each) == told(replace(one, faults=()) for one in whole)
            for one, other in zip(each, whole, strict=True):
                assert [f.code for f in one.faults if f.blocking] == [f.code for f in other.faults if f.blocking], (
                    content
                )


def test_a_file_of_any_size_is_read_when_no_set_in_it_is_too_large(monkeypatch):
    content = many(40)
    monkeypatch.setattr(formats, "MAX_BYTES", len(content) // 4)
    monkeypatch.setattr("promesa.exchange.formats.x12.syntax.PIECE", 1_000)
    monkeypatch.setattr("promesa.exchange.formats.x12.syntax.MAX_SEGMENTS", 60)
    documents = list(formats.documents(content))
    assert [one.envelope.message_reference for one in documents] == [f"{n:04d}" for n in range(1, 41)]
    assert {one.code for document in documents for one in document.faults} == set()
