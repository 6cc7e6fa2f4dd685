"""What is written in X12 is read the same, whatever it says; what X12 cannot say is refused by name."""

import random
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from promesa.exchange import formats
from promesa.exchange.formats import x12
from promesa.exchange.formats.neutral import (
    Allowance,
    CannotWrite,
    Envelope,
    Lot,
    NeutralDocument,
    NeutralLine,
    Package,
    Party,
    Tax,
    Window,
)
from promesa.exchange.formats.x12.syntax import Separators
from promesa.exchange.formats.x12.wrapping import NotInX12, Wrapping
from promesa.exchange.formats.x12.write import write
from promesa.exchange.formats.x12.write_acknowledgement import acknowledge, addressed
from promesa.exchange.tests.x12_files import generate, order, wrapped

WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=18)
PHRASES = st.lists(WORDS, min_size=1, max_size=9).map(" ".join)
CODES = st.text("ABCDEFGHIJ0123456789-./*|~>", min_size=1, max_size=12)
DAYS = st.dates(date(1980, 1, 1), date(2060, 12, 31))
QUANTITIES = st.decimals(0, 99_999, places=3)
PRICES = st.decimals(0, 99_999, places=4)
AMOUNTS = st.decimals(0, 999_999, places=2)
GTINS = st.sampled_from(["036000291452", "8437002000202", "10614141000415", "96385074", None])
GLNS = st.sampled_from(["5412345000013", "8437002000004", None])
PARTIES = st.builds(
    Party, gln=GLNS, code=CODES, agency=st.sampled_from(["92", "91"]), name=PHRASES.map(lambda name: name[:60].strip()),
    city=WORDS, postcode=st.sampled_from(["28001", "75001-1"]), country=st.sampled_from(["ES", "US"]), phone=CODES,
).map(lambda party: replace(party, code=party.gln, agency="9") if party.gln else party)  # fmt: skip
UNITS = st.sampled_from(["EA", "CS", "LBR", "KGM", "CT", "PX", "ZZ"])
MOMENTS = DAYS.map(lambda day: datetime.fromisoformat(f"{day.isoformat()}T08:30"))
WINDOWS = st.one_of(
    MOMENTS.map(lambda moment: Window(moment, moment)),
    st.tuples(DAYS, st.integers(0, 9)).map(
        lambda said: Window(said[0], date.fromordinal(said[0].toordinal() + said[1]))
    ),
)
ALLOWANCES = st.builds(Allowance, charge=st.booleans(), amount=AMOUNTS, percent=st.none() | st.decimals(0, 99, places=1),
                       reason=st.none() | WORDS, reason_code=st.sampled_from(["D240", "C310", None]))  # fmt: skip
ENVELOPES = st.builds(Envelope, sender=st.just("PROMESA"), receiver=st.just("5412345000013"),
                      reference=st.integers(1000, 999_999_999).map(str), message_reference=st.none(), test=st.booleans())  # fmt: skip


def lines(**said):
    made = st.builds(
        NeutralLine, line_number=st.just(""), gtin=GTINS, seller_code=CODES, buyer_code=st.none() | CODES, text=st.none() | PHRASES,
        quantity=QUANTITIES, unit_code=UNITS, notes=st.lists(PHRASES, max_size=2).map(tuple), **said,
    )  # fmt: skip
    return st.lists(made, min_size=1, max_size=6).map(
        lambda found: tuple(replace(line, line_number=str(place)) for place, line in enumerate(found, 1))
    )


COMMON = {
    "format": st.just(""),
    "number": CODES,
    "issued_on": DAYS,
    "notes": st.lists(PHRASES, max_size=3).map(tuple),
    "envelope": ENVELOPES,
}
ROLES = st.fixed_dictionaries({"seller": PARTIES, "buyer": PARTIES}, optional={"ship_to": PARTIES, "invoicee": PARTIES})
RESPONSES = st.builds(
    NeutralDocument, kind=st.just("order_response"), parties=ROLES, currency=st.sampled_from(["EUR", "USD", None]),
    response=st.sampled_from(["accepted", "changed", "rejected", "received"]), promised=st.none() | WINDOWS,
    references=st.fixed_dictionaries({"order": CODES, "seller_order": CODES, "order_date": DAYS.map(date.isoformat)}),
    lines=lines(
        response=st.sampled_from(["accepted", "changed", "rejected"]), price=PRICES,
        price_basis=st.sampled_from([None, Decimal(100)]), promised=st.none() | WINDOWS,
        quantities=st.fixed_dictionaries({}, optional={"back_ordered": QUANTITIES, "ordered": QUANTITIES}),
    ),
    **COMMON,
)  # fmt: skip
TAXES = st.builds(
    Tax, rate=st.sampled_from([Decimal(21), Decimal(10)]), base=AMOUNTS, amount=AMOUNTS, kind=st.just("VAT")
)
INVOICES = st.builds(
    NeutralDocument, kind=st.sampled_from(["invoice", "credit_note", "debit_note"]), parties=ROLES, due_on=st.none() | DAYS,
    references=st.fixed_dictionaries({"order": CODES}, optional={"despatch_advice": CODES, "seller_order": CODES}),
    totals=st.fixed_dictionaries({"payable": AMOUNTS, "lines": AMOUNTS}), terms=st.none() | WORDS, despatched_on=st.none() | DAYS,
    taxes=st.lists(TAXES, max_size=2).map(tuple), allowances=st.lists(ALLOWANCES, max_size=2).map(tuple),
    lines=lines(
        price=PRICES, amount=AMOUNTS, tax_rate=st.sampled_from([Decimal(21), None]),
        allowances=st.lists(ALLOWANCES, max_size=2).map(tuple),
    ),
    **COMMON,
)  # fmt: skip
LOTS = st.builds(Lot, number=CODES, expires_on=st.none() | DAYS, quantity=st.none() | QUANTITIES)
PACKAGES = st.sampled_from([
    (), (Package("1", "384370020000000017"),),
    (Package("1", "384370020000000017", "PLT"), Package("2", "384370020000000024", within="1")),
])  # fmt: skip
DESPATCHES = st.builds(
    NeutralDocument, kind=st.just("despatch_advice"), parties=ROLES, despatched_on=DAYS, promised=st.none() | WINDOWS,
    packages=PACKAGES,
    references=st.fixed_dictionaries(
        {"order": CODES, "order_date": DAYS.map(date.isoformat)}, optional={"carrier": CODES, "seller_order": CODES}
    ),
    lines=lines(package=st.sampled_from([None, "1", "2"]), lots=st.lists(LOTS, max_size=2).map(tuple),
                quantities=st.fixed_dictionaries({}, optional={"ordered": QUANTITIES})), **COMMON,
)  # fmt: skip


def said(document):
    """A document without what only tells where it was read."""
    return replace(document, faults=(), lines=tuple(replace(line, place=None) for line in document.lines))


def read_one(content):
    (document,) = x12.read(content)
    assert [one.code for one in document.faults if one.blocking] == []
    return document


@settings(max_examples=150, deadline=None)
@given(st.one_of(RESPONSES, INVOICES, DESPATCHES))
def test_what_is_read_is_written_and_read_the_same(document):
    first = read_one(write(document))
    second = read_one(write(first))
    assert said(second) == said(first)


@settings(max_examples=100, deadline=None)
@given(st.one_of(RESPONSES, INVOICES, DESPATCHES))
def test_nothing_that_counts_is_lost_in_writing(document):
    again = read_one(write(document))
    assert (again.kind, again.number, again.currency) == (document.kind, document.number, document.currency)
    assert again.references.items() >= document.references.items()
    assert {role: (party.gln, party.code, party.name) for role, party in again.parties.items()} == {
        role: (party.gln, party.code, party.name) for role, party in document.parties.items()
    }
    ordered = {line.line_number: line for line in again.lines}
    assert ordered.keys() == {line.line_number for line in document.lines}
    for line in document.lines:
        found = ordered[line.line_number]
        assert (found.gtin, found.seller_code, found.buyer_code, found.unit_code) == (
            line.gtin,
            line.seller_code,
            line.buyer_code,
            line.unit_code,
        )
        assert (found.price, found.amount) == (line.price, line.amount)
        ordered_quantity = (line.quantities or {}).get("ordered", line.quantity)
        assert found.quantity == (ordered_quantity if document.kind == "order_response" else line.quantity)
    assert again.totals.get("payable") == document.totals.get("payable")


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from(["855", "856", "810", "997"]))
def test_generated_answers_are_written_and_read_the_same(seed, kind):
    for document in x12.read(generate(random.Random(seed), kind=kind)):
        assert said(read_one(write(document))) == said(document)


RESPONSE = NeutralDocument(
    format="", kind="order_response", number="R1", issued_on=date(2026, 11, 20), response="changed", references={"order": "PO1"},
    envelope=Envelope("US", "THEM", "1234", "1234"),
    lines=(
        NeutralLine(
            "1", seller_code="A", quantity=Decimal(6), unit_code="CS", response="changed",
            quantities={"ordered": Decimal(10), "back_ordered": Decimal(4)}, promised=Window(date(2026, 12, 1), date(2026, 12, 1)),
        ),
    ),
)  # fmt: skip


def test_a_response_is_written_as_x12_has_it():
    assert write(RESPONSE).decode().splitlines() == [
        "ISA*00*          *00*          *ZZ*US             *ZZ*THEM           *261120*0000*U*00401*000001234*0*P*>~",
        "GS*PR*US*THEM*20261120*0000*1234*X*004010~", "ST*855*1234~", "BAK*00*AC*PO1*20261120~", "REF*TN*R1~",
        "PO1*1*10*CA***VP*A~", "ACK*IA*6*CA*067*20261201~", "ACK*IB*4*CA~", "CTT*1*10~", "SE*8*1234~", "GE*1*1234~", "IEA*1*000001234~",
    ]  # fmt: skip


def test_a_partner_gets_the_version_it_wants():
    content = formats.write(RESPONSE, format_="x12-005010").content.decode()
    assert "*^*00501*" in content
    assert "*X*005010~" in content
    assert formats.read(content.encode())[0].format == "x12-005010-855"


def test_a_separator_inside_a_value_changes_the_separators_and_an_agreed_one_is_refused():
    document = replace(RESPONSE, number="R*1~")
    assert read_one(write(document)).number == "R*1~"
    with pytest.raises(NotInX12) as refused:
        write(document, wrapping=Wrapping(separators=Separators()))
    assert (refused.value.fault.code, refused.value.fault.where, refused.value.fault.received, refused.value.fault.right) == (
        "x12_separator_inside", "REF02", "R*1~", "*",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "code", "where"),
    [
        ({"number": "R\x07"}, "x12_character_inside", "REF02"),
        ({"references": {"order": "P" * 23}}, "value_too_long", "BAK03"),
        ({"number": None, "references": {}}, "number_missing", "BAK03"),
        ({"envelope": Envelope("US", "A" * 16, "1234")}, "value_too_long", "ISA08"),
        ({"envelope": None}, "x12_element_missing", "ISA06"),
    ],
)
def test_what_x12_cannot_say_is_refused_by_name(changes, code, where):
    with pytest.raises(NotInX12) as refused:
        write(replace(RESPONSE, **changes))
    assert (refused.value.fault.code, refused.value.fault.where) == (code, where)
    assert isinstance(refused.value, CannotWrite)
    assert refused.value.fault.sentence("es") != refused.value.fault.sentence("en")


def test_amounts_of_more_than_two_decimals_and_odd_price_bases_are_refused():
    invoice = replace(RESPONSE, kind="invoice", totals={"payable": Decimal("1.005")}, lines=())
    with pytest.raises(NotInX12) as refused:
        write(invoice)
    assert refused.value.fault.code == "x12_only_hundredths"
    line = replace(RESPONSE.lines[0], price=Decimal(1), price_basis=Decimal(7))
    with pytest.raises(NotInX12) as refused:
        write(replace(RESPONSE, lines=(line,)))
    assert refused.value.fault.code == "x12_price_basis"


def answered(*contents):
    documents = [document for content in contents for document in x12.read(content)]
    return [addressed(one, reference="4321", issued_on=date(2026, 11, 21)) for one in acknowledge(documents)]


def body_of(document):
    return [line.rstrip("~") for line in write(document).decode().splitlines()][3:-3]


def test_a_file_without_faults_is_acknowledged():
    (document,) = answered(order())
    assert (document.envelope.sender, document.envelope.receiver) == ("RECEIVER", "SENDER")
    assert body_of(document) == ["AK1*PO*7", "AK2*850*0001", "AK5*A", "AK9*A*1*1*1"]


@pytest.mark.parametrize(
    ("was", "became", "segments"),
    [
        (b"SE*6*", b"SE*9*", ["AK5*R*4", "AK9*R*1*1*0"]),
        (b"SE*6*0001", b"SE*6*0003", ["AK5*R*3", "AK9*R*1*1*0"]),
        (b"PO1*1*5*", b"PO1*1*5A*", ["AK3*PO1*4**8", "AK4*2**6*5A", "AK5*R*5", "AK9*R*1*1*0"]),
        (b"20261120~\nN1", b"20261320~\nN1", ["AK3*BEG*2**8", "AK4*5**8*20261320", "AK5*E*5", "AK9*E*1*1*1"]),
        (b"N1*BY", b"ZZZ*1~\nN1*BY", ["AK3*ZZZ*3**1", "AK5*R*4*5", "AK9*R*1*1*0"]),
        (b"SA*PO1", b"SA*", ["AK3*BEG*2**8", "AK4*3**1", "AK5*R*5", "AK9*R*1*1*0"]),
        (b"PO1*1*5*EA", b"PO1*1*0*EA", ["AK5*A", "AK9*A*1*1*1"]),
        (b"GE*1*7", b"GE*2*7", ["AK5*A", "AK9*R*1*1*1*5"]),
        (b"GE*1*7", b"GE*1*9", ["AK5*A", "AK9*R*1*1*1*4"]),
        (b"ST*850", b"ST*204", ["AK5*R*1", "AK9*R*1*1*0"]),
    ],
)
def test_each_fault_of_syntax_is_acknowledged_by_its_code_and_those_of_business_are_not(was, became, segments):
    (document,) = answered(order().replace(was, became).replace(b"CTT*1*5", b"CTT*1"))
    assert body_of(document)[2:] == segments
    assert said(read_one(write(document))).reported == document.reported


def test_two_groups_get_an_acknowledgement_each_and_acknowledgements_none():
    sets = ["ST*850*0001", "BEG*00*SA*P*Q*20261120", "PO1*1*1*EA***VP*A", "SE*4*0001"]
    two = wrapped([*sets, "GE*1*7", "GS*PO*SENDER*RECEIVER*20261120*1000*8*X*004010", *sets]).replace(
        b"GE*1*7~\nIEA*1", b"GE*1*8~\nIEA*2"
    )
    assert [one.references["acknowledged"] for one in answered(two)] == ["7", "8"]
    assert answered(write(answered(order())[0])) == []
