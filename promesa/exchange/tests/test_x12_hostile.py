"""X12 that is damaged, built to be slow, or generated: always documents with faults, never an error."""

import random
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from promesa.exchange.formats import x12
from promesa.exchange.tests.x12_files import HEAD, MAKERS, generate

MEGABYTE = 1_000_000


def check(content):
    documents = x12.read(content)
    assert documents
    for document in documents:
        assert document.kind != "unreadable" or document.blocked
        for fault in document.faults:
            assert fault.sentence("es")
            assert fault.sentence("en")
        document.as_json()
    return documents


@pytest.mark.parametrize("kind", sorted(MAKERS))
def test_generated_files_have_no_fault(kind):
    for seed in range(60):
        content = generate(random.Random(f"{kind}{seed}"), kind=kind)
        assert x12.looks_like(content) is True
        for document in check(content):
            assert [one.code for one in document.faults if one.severity != "note"] == []
            assert document.format.endswith(kind)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_after_a_header_are_read_without_an_error(noise):
    check(HEAD.encode() + noise)


@pytest.mark.parametrize(
    "content",
    [
        HEAD.encode() * 8_000,
        HEAD.encode() + b"ST*850*1~" * 50_000,
        HEAD.encode() + b"ST*850*1~BEG*00*SA*" + b"1" * (2 * MEGABYTE) + b"~SE*3*1~",
        HEAD.encode() + b"ST*850*1~PO1" + b"*" * MEGABYTE + b"~SE*3*1~",
        HEAD.encode() + b"ST*850*1~" + b"~" * MEGABYTE,
        HEAD.encode() + b"ST*850*1~" + b"PO1*1*1*EA~" * 50_000,
        HEAD.encode() + b"ST*856*1~" + b"HL*1*1*P~MAN*GM*1~" * 30_000,
        HEAD.encode() + b"ST*856*1~HL*1**S~HL*2*1*I~LIN**VP*1~" + b"MAN*GM*1~" * 50_000,
        HEAD.encode() + b"ST*820*1~" + b"RMR*IV*1**1~ADX*1*01~" * 30_000,
        HEAD.encode() + b"ST*997*1~" + b"AK2*850*1~AK3*PO1*1**8~AK5*R~" * 30_000,
        HEAD.encode() + b"\n" * MEGABYTE + b"GS*PO",
        b"ISA*" * 300_000,
        b"ISA" + b"*" * MEGABYTE,
        b"ISA*00*" + b" " * MEGABYTE,
        HEAD.encode() + b"GS*PO*A*B*1*1*1*X*004010~GE*0*1~" * 30_000,
    ],
)
def test_what_is_built_to_be_slow_takes_a_few_seconds_at_most(content):
    started = time.process_time()
    check(content)
    assert time.process_time() - started < 8


def test_time_grows_with_size_and_not_faster():
    def seconds(times):
        body = b"".join(
            b"ST*850*%04d~BEG*00*SA*PO1**20261120~PO1*1*5*EA*2.5**UP*036000291452~SE*4*%04d~" % (one, one)
            for one in range(times)
        )
        content = HEAD.encode() + b"GS*PO*A*B*20261120*1000*7*X*004010~" + body + b"GE*%d*7~IEA*1*000000007~" % times
        started = time.process_time()
        documents = x12.read(content)
        assert len(documents) == times
        return time.process_time() - started

    seconds(200)
    assert seconds(4_000) < 40 * max(seconds(400), 0.005)
