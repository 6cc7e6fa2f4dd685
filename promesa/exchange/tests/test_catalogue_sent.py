"""Our catalogue as EDIFACT: what is written says the same when it is read, and a partner gets each state of it once."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from promesa.core.errors import NotFound
from promesa.core.models import Parameter
from promesa.exchange import formats, operations
from promesa.exchange.formats import edifact
from promesa.exchange.formats.edifact.write import write
from promesa.exchange.formats.neutral import Envelope, NeutralDocument, NeutralLine, Party
from promesa.exchange.models import OutgoingDocument
from promesa.exchange.operations.alignment import entries_in, take_catalogue
from promesa.exchange.operations.catalogues import send_catalogue
from promesa.exchange.tests.company import AT, BY, add_customer, add_item, open_shop, take_in
from promesa.exchange.tests.partners import add_partner, outbox

D = Decimal
GLNS = ("8412345000010", "8400000000017")
codes = st.text("ABC-?+:'0189", min_size=1, max_size=12).map(str.strip).filter(bool)
texts = st.text("Aceite ñ?+:'5L", min_size=1, max_size=30).map(str.strip).filter(bool)
prices = st.decimals("0.01", "9999", places=3).map(lambda one: Decimal(f"{one.normalize():f}"))
lines = st.lists(
    st.builds(
        NeutralLine, line_number=st.just("1"), gtin=st.none() | st.sampled_from(["8410000000016", "5412345000013"]),
        seller_code=codes, buyer_code=st.none() | codes, text=texts, unit_code=st.sampled_from(["C62", "KGM", "CS"]),
        price=prices, price_kind=st.just("net"), price_basis=st.none() | st.sampled_from([D(10), D(1000)]),
        quantities=st.none() | st.sampled_from([{"per_pack": D(12)}, {"per_pack": D("4.5"), "minimum": D(2)}]),
    ),
    max_size=4,
)  # fmt: skip


def catalogue(found) -> NeutralDocument:
    numbered = tuple(replace(line, line_number=str(n)) for n, line in enumerate(found, 1))
    parties = {role: Party(gln=gln, code=gln, agency="9") for role, gln in zip(("buyer", "seller"), GLNS, strict=True)}
    return NeutralDocument(
        format="edifact", kind="price_catalogue", number="K-1", issued_on=date(2026, 3, 2), currency="EUR", type_code="9",
        function="original", parties=parties, lines=numbered, envelope=Envelope(GLNS[1], GLNS[0], "7", "1"),
    )  # fmt: skip


def said(document: NeutralDocument) -> dict:
    shown = document.as_json()
    for name in ("faults", "format"):
        shown.pop(name, None)
    return shown


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(lines, st.sampled_from(["96A", "01B"]))
def test_a_catalogue_says_the_same_when_it_is_read(found, directory):
    document = catalogue(found)
    (again,) = edifact.read(write(document, directory=directory))
    assert [one.code for one in again.faults if one.blocking] == []
    assert said(again) == said(document)
    assert write(again, directory=directory) == write(document, directory=directory)


@pytest.fixture
def shop(db):
    open_shop()
    for name, value in (("name", "Aceites del Sur, S.A."), ("gln", GLNS[1])):
        Parameter.objects.create(code=f"company.{name}", value=value, valid_from="2000-01-01", changed_by="test")
    customer = add_customer("C-1", name="Almacenes Uno", gln=GLNS[0])
    case = {"level": "case", "unit_code": "CS", "numerator": 4}
    add_item("AC-05", "31.20", gtin="8437002000202", name="Aceite de oliva 5 L", packs=[case])
    add_item("NUEVO", None, stock=0)
    return customer


def test_a_partner_gets_each_state_of_our_catalogue_once(shop):
    add_partner(kinds=["price_catalogue"], format_="edifact-d96a", identifier=GLNS[0])
    made = send_catalogue(partner_code="P-1", by=BY, at=AT, every=True)
    assert send_catalogue(partner_code="P-1", by=BY, at=AT + timedelta(hours=1), every=True) is None
    operations.send_due(by=BY, at=AT)
    (sent,) = outbox()
    assert OutgoingDocument.objects.get().pk == made
    (read,) = formats.read(sent.read_bytes(), filename=sent.name)
    assert (read.kind, read.format, read.number, read.currency) == (
        "price_catalogue", "edifact-d96a-pricat", "C-1-1", "EUR",
    )  # fmt: skip
    (line,) = read.lines
    assert (line.seller_code, line.gtin, line.unit_code, line.price, line.quantities) == (
        "AC-05", "8437002000202", "C62", D("31.2"), {"per_pack": D(4)},
    )  # fmt: skip
    operations.set_missing_price(sku="AC-05", price=D(30), customer_id=shop, by=BY, at=AT)
    assert send_catalogue(partner_code="P-1", by=BY, at=AT + timedelta(days=1), every=True) is not None
    assert list(OutgoingDocument.objects.order_by("id").values_list("version", "number")) == [
        (1, "C-1-1"),
        (2, "C-1-2"),
    ]


def test_our_catalogue_sent_and_brought_back_agrees_with_our_masters(shop):
    add_partner(kinds=["price_catalogue"], format_="edifact-d96a", identifier=GLNS[0])
    send_catalogue(partner_code="P-1", by=BY, at=AT, every=True)
    operations.send_due(by=BY, at=AT)
    (read,) = formats.read(outbox()[0].read_bytes(), filename="k.edi")
    assert take_catalogue(customer_id=shop, entries=entries_in(read), by=BY, at=AT)["found"] == 0


def test_who_gets_no_catalogues_is_refused_one(shop):
    add_partner(kinds=["invoice"])
    take_in(b"pedido;cliente;sku;cantidad\nP1;C-1;AC-05;5\n")
    with pytest.raises(NotFound):
        send_catalogue(partner_code="P-1", by=BY, at=AT)
