"""From a neutral document to the draft of an order: pure rules, with properties that hold for any document."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from promesa.exchange.formats.neutral import Envelope, NeutralDocument, NeutralLine, Party, Window
from promesa.exchange.rules import Buyer, Place, draft_of, names_of, revived
from promesa.exchange.rules.drafts import ordered_at, window
from promesa.exchange.rules.names import plain_tax_id

D = Decimal
AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
MADRID = Place("1", "8412345000013", "Europe/Madrid", is_default=True)
BOGOTA = Place("T-9", "", "America/Bogota")
BUYER = Buyer(7, (MADRID, BOGOTA))


def document(*lines, **said):
    return NeutralDocument(
        **{"format": "edifact-d96a-orders", "kind": "order", "number": "PO-1", "lines": lines, **said}
    )


def draft(*lines, buyer=BUYER, at=AT, **said):
    return draft_of(document(*lines, **said), buyer=buyer, channel="edi", happened_at=at, received_at=at)


# --- Lines ---------------------------------------------------------------------------------------------------------


def test_codes_keep_their_kind_and_a_wrong_gtin_becomes_a_code_of_unknown_kind():
    made = draft(
        NeutralLine("1", gtin="8712345004002", seller_code="A1", buyer_code="77"),
        NeutralLine("2", gtin="8712345678901"),
        NeutralLine("3", codes={"MF": "X-1", "ZZZ": "X-2"}),
    ).lines
    assert [(one.gtin, one.sku, one.buyer_code, one.code) for one in made] == [
        ("8712345004002", "A1", "77", ""), ("", "", "", "8712345678901"), ("", "", "", "X-1"),
    ]  # fmt: skip


def test_the_unit_stays_as_received_and_a_number_that_was_read_is_kept_as_a_number():
    (one,) = draft(
        NeutralLine(
            "1", seller_code="A", quantity=D("1234.5"), quantity_received="1.234,5", unit_code="CS", unit_received="CAJ"
        )
    ).lines
    assert (one.unit, one.quantity, one.quantity_text, one.received()["quantity"]) == ("CAJ", D("1234.5"), "", "1234.5")


def test_a_gross_or_informative_price_is_no_price_to_compare():
    kinds = [("net", D(2)), (None, D(2)), ("gross", None), ("information", None)]
    for kind, expected in kinds:
        (one,) = draft(NeutralLine("1", seller_code="A", quantity=D(1), price=D(2), price_kind=kind)).lines
        assert one.price == expected


def test_free_goods_beside_a_quantity_are_a_line_more_and_alone_are_the_line():
    both = draft(NeutralLine("1", seller_code="A", quantity=D(100), free=D(10), price=D(2))).lines
    assert [(one.quantity, one.free, one.price) for one in both] == [(D(100), False, D(2)), (D(10), True, None)]
    alone = draft(NeutralLine("1", seller_code="A", free=D(10))).lines
    assert [(one.quantity, one.free) for one in alone] == [(D(10), True)]


# --- Where ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("party", "expected"),
    [
        (None, ("", "")),  # nowhere named: the usual place
        (Party(gln="8412345000013"), ("1", "")),
        (Party(code="T-9"), ("T-9", "")),
        (Party(gln="8499999000003"), ("", "8499999000003")),
        (Party(code="T-10"), ("T-10", "")),
        (Party(code="C-1"), ("", "")),  # the buyer itself
    ],
)
def test_the_place_is_found_by_gln_or_number_and_an_unknown_one_stays_named(party, expected):
    parties = {"buyer": Party(code="C-1")} | ({"ship_to": party} if party else {})
    made = draft(parties=parties)
    assert (made.ship_to_number, made.ship_to_gln) == expected


# --- When ----------------------------------------------------------------------------------------------------------


def test_days_stay_days_and_moments_are_told_in_the_zone_of_the_place():
    assert window(Window(date(2026, 3, 5), date(2026, 3, 6)), "Europe/Madrid") == (date(2026, 3, 5), date(2026, 3, 6))
    noon = datetime.fromisoformat("2026-03-05T12:00")  # as documents say it, without a zone
    span = Window(datetime.fromisoformat("2026-03-05T08:00"), noon)
    assert window(span, "America/Bogota") == (
        datetime(2026, 3, 5, 13, tzinfo=UTC),
        datetime(2026, 3, 5, 17, tzinfo=UTC),
    )
    assert window(Window(noon, noon), "UTC") == (
        date(2026, 3, 5),
        date(2026, 3, 5),
    )
    assert window(Window(None, date(2026, 3, 6)), "UTC") == (None, date(2026, 3, 6))
    assert window(None, "UTC") == (None, None)


@pytest.mark.parametrize(
    ("issued", "expected"),
    [
        (None, AT),
        (date(2026, 3, 2), AT),  # today: at the moment it came
        (date(2026, 3, 3), AT),  # dated tomorrow: not before it came
        (date(2026, 3, 1), datetime(2026, 2, 28, 23, tzinfo=UTC)),  # yesterday, from its start in Madrid
    ],
)
def test_the_order_was_placed_on_the_documents_day_and_never_after_it_came(issued, expected):
    assert ordered_at(issued, AT, "Europe/Madrid") == expected


# --- Who -----------------------------------------------------------------------------------------------------------


def test_the_buyer_is_known_by_all_its_names_and_the_most_exact_is_the_key():
    named = names_of(
        document(
            parties={
                "buyer": Party(gln="5450534000017", code="5450534000017"),
                "invoicee": Party(tax_id="ES B-12.345.678", name="Uno, S.L."),
            },
            envelope=Envelope(sender="SENDER"),
        )
    )
    assert (named.key, named.tax_id, named.name, named.sender) == (
        "5450534000017",
        "ESB12345678",
        "Uno, S.L.",
        "SENDER",
    )
    assert names_of(document(envelope=Envelope(sender="S"))).key == "S"
    assert names_of(document()).key == ""
    assert plain_tax_id("b-12345678 ") == "B12345678"


# --- Any document --------------------------------------------------------------------------------------------------

RELAXED = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
text = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=30)
words = st.none() | text.filter(bool)
numbers = st.none() | st.decimals("-1e9", "1e9", places=4)
days = st.dates(date(1990, 1, 1), date(2100, 1, 1))
moments = st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1))  # noqa: DTZ001 - documents name no zone
windows = (
    st.none() | st.builds(Window, days, days) | st.builds(Window, moments, moments) | st.builds(Window, st.none(), days)
)
parties = st.builds(Party, gln=words, code=words, tax_id=words, name=words, city=words, country=words)
lines = st.builds(
    NeutralLine,
    line_number=text,
    gtin=words,
    seller_code=words,
    buyer_code=words,
    text=words,
    quantity=numbers,
    quantity_received=words,
    unit_code=words,
    unit_received=words,
    price=numbers,
    price_kind=st.sampled_from([None, "net", "gross", "information"]),
    price_basis=st.none() | st.decimals("0.01", "1000", places=2),
    requested=windows,
    free=st.none() | st.decimals("0", "99", places=0),
    notes=st.lists(text.filter(bool), max_size=2).map(tuple),
    codes=st.none() | st.dictionaries(text.filter(bool), text.filter(bool), min_size=1, max_size=2),
)
documents = st.builds(
    NeutralDocument,
    format=st.just("csv"),
    kind=st.just("order"),
    number=words,
    issued_on=st.none() | days,
    currency=st.sampled_from([None, "EUR", "usd"]),
    parties=st.dictionaries(st.sampled_from(["buyer", "ship_to", "seller", "invoicee"]), parties, max_size=4),
    requested=windows,
    lines=st.lists(lines, max_size=4).map(tuple),
    notes=st.lists(text.filter(bool), max_size=2).map(tuple),
    envelope=st.none() | st.builds(Envelope, sender=words, reference=words),
)


@RELAXED
@given(documents)
def test_any_document_makes_the_same_draft_after_it_was_stored(one):
    def made(document):
        return draft_of(document, buyer=BUYER, channel="csv", happened_at=AT, received_at=AT)

    assert made(revived(one.as_json())) == made(one)
    assert names_of(revived(one.as_json())) == names_of(one)


@RELAXED
@given(documents)
def test_no_draft_loses_a_line_or_invents_a_quantity(one):
    made = draft_of(one, buyer=BUYER, channel="csv", happened_at=AT, received_at=AT)
    assert made.customer_id == 7
    assert made.ordered_at <= AT
    assert len(made.lines) >= len(one.lines)
    paid = [line for line in made.lines if not line.free]
    alone = [line for line in one.lines if line.free and line.quantity is None and not line.quantity_received]
    assert len(paid) == len(one.lines) - len(alone)
    said = sorted(line.quantity for line in one.lines if line.quantity is not None)
    assert sorted(line.quantity for line in paid if line.quantity is not None) == said
    for line in made.lines:
        for end in (line.requested_from, line.requested_to):
            assert not isinstance(end, datetime) or end.tzinfo is not None


def test_a_unit_is_taken_as_it_came_unless_its_format_means_another():
    lines = [NeutralLine("1", unit_code="CS", unit_received="CA"), NeutralLine("2", unit_code="CS", unit_received="caja"),
             NeutralLine("3", unit_code="EA"), NeutralLine("4", unit_received="bote")]  # fmt: skip
    assert [line.unit for line in draft(*lines).lines] == ["CS", "caja", "EA", "bote"]


NORTH = Place("N", "", "Europe/Madrid", is_default=True, street="C/ Mayor, 1", postcode="28001")
SOUTH = Place("S", "", "Europe/Madrid", street="Avda. del Sur, 3", postcode="41001")
DOCK = Place("D", "", "Europe/Madrid", street="Muelle 7", postcode="41001")


@pytest.mark.parametrize(
    ("said", "places", "meant"),
    [
        ({"name": "Vega", "postcode": "28001"}, (NORTH, SOUTH), "N"),
        ({"name": "Vega", "postcode": "41 001", "street": "Otra calle"}, (NORTH, SOUTH), "S"),
        ({"name": "Vega", "postcode": "41001", "street": "AVDA DEL SUR 3"}, (NORTH, SOUTH, DOCK), "S"),
        ({"name": "Vega", "postcode": "41001", "street": "Muelle, 7"}, (NORTH, SOUTH, DOCK), "D"),
        ({"name": "Vega", "postcode": "41001"}, (NORTH, SOUTH, DOCK), "41001"),
        ({"name": "Vega", "postcode": "08001", "street": "Rambla 5"}, (NORTH, SOUTH), "08001 Rambla 5"),
        ({"name": "Vega", "postcode": "48001", "street": "Gran Vía, 9"}, (NORTH, SOUTH), ""),
        ({"name": "Vega"}, (NORTH, SOUTH), ""),
        ({"name": "Vega", "postcode": "08001"}, (NORTH,), ""),
        ({"name": "Vega", "postcode": "08001"}, (MADRID, BOGOTA), ""),
        ({"code": "S", "postcode": "28001"}, (NORTH, SOUTH), "S"),
    ],
)
def test_two_sites_of_one_name_are_told_apart_by_their_address_and_nothing_is_guessed(said, places, meant):
    parties = {"buyer": Party(code="C-1", street="Gran Vía 9", postcode="48001"), "ship_to": Party(**said)}
    one = document(NeutralLine("1", seller_code="A1", quantity=D(1)), parties=parties)
    made = draft_of(one, buyer=Buyer(7, places), channel="edi", happened_at=AT, received_at=AT)
    assert made.ship_to_number == meant
