"""What we send in each format says, read again, what we meant; and what comes back to it finds its document."""

from datetime import timedelta
from decimal import Decimal

import pytest

from promesa.billing import operations as billing
from promesa.billing.models import Invoice
from promesa.core import bulk, relay
from promesa.core.models import Parameter
from promesa.customers import operations as customers
from promesa.exchange import formats, operations
from promesa.exchange.models import OutgoingDocument
from promesa.exchange.queries.outgoing import error_sentence
from promesa.exchange.tests.company import AT, BY, CSV, add_customer, add_item, open_shop, take_in
from promesa.exchange.tests.partners import add_partner, outbox
from promesa.fulfilment import operations as fulfilment
from promesa.fulfilment.models import DespatchAdvice
from promesa.orders.models import Order

pytestmark = [pytest.mark.django_db, pytest.mark.wired]

OURS = {
    "name": "Aceites del Sur, S.A.", "gln": "8400000000017", "tax_id": "ESA28000016", "street": "Ctra. de Utrera, km 4",
    "postcode": "41089", "city": "Dos Hermanas", "country": "ES", "email": "pedidos@aceites.example",
    "account": "ES9121000418450200051332",
}  # fmt: skip
# Where each family says what will come, when `quantity` is what was ordered.
CONFIRMED = {"edi": "accepted", "x12": "accepted"}
FAMILIES = {"ubl": "xml", "edifact-d96a": "edi", "edifact-d01b": "edi", "x12-004010": "x12", "json": "json"}


@pytest.fixture
def shop():
    open_shop()
    for name, value in OURS.items():
        Parameter.objects.create(code=f"company.{name}", value=value, valid_from="2000-01-01", changed_by="test")
    add_customer(
        "C-1", name="Almacenes Uno, S.L.", gln="8412345000010", tax_id="ESB41000002", email="compras@uno.example"
    )
    place = {"street": "Calle Mayor 1", "postcode": "41001", "city": "Sevilla", "region": "Sevilla", "country": "ES"}
    customers.put_sites(rows=[{"customer": "C-1", "number": "1", "name": "Central", **place}], by=BY, at=AT)
    bulk.run("UPDATE customers_site SET is_default = true")
    add_item("A1", "10", gtin="8410000000016")
    add_item("A2", "5.25", stock=2)


def an_order():
    take_in((CSV + "PO-1;C-1;A1;40;2026-03-10\nPO-1;C-1;A2;6;2026-03-10\n").encode())
    relay.drain()
    return Order.objects.get()


def whole_cycle():
    order = an_order()
    fulfilment.despatch(
        order_id=order.pk, quantities={1: Decimal(40), 2: Decimal(2)}, carrier="Transportes Sur", by=BY, at=AT
    )
    note = DespatchAdvice.objects.get()
    fulfilment.deliver(advice_id=note.pk, by=BY, at=AT + timedelta(days=1))
    billing.issue_invoice(order_id=order.pk, by=BY, at=AT + timedelta(days=1))
    invoice = Invoice.objects.get()
    billing.issue_credit_note(
        invoice=invoice.number, cause="C4", lines={1: Decimal(4)}, by=BY, at=AT + timedelta(days=2)
    )
    relay.drain()
    return order, note, invoice


@pytest.mark.parametrize("format_", [*FAMILIES, "facturae"])
def test_every_kind_of_document_is_written_and_says_what_we_meant(shop, format_):
    kinds = [
        kind
        for kind in ("order_response", "despatch_advice", "invoice", "credit_note")
        if formats.can_write(kind, format_=format_)
    ]
    add_partner(format_=format_, kinds=kinds, identifier="8412345000010")
    order, note, invoice = whole_cycle()
    operations.send_due(by=BY, at=AT)
    rows = list(OutgoingDocument.objects.order_by("id"))
    assert [(row.kind, row.state, error_sentence(row)) for row in rows] == [(kind, "sent", "") for kind in kinds]
    assert len(outbox()) == len(kinds)
    if format_ == "json":
        return
    read = {}
    for path in outbox():
        for document in formats.read(path.read_bytes(), filename=path.name):
            assert [fault.sentence() for fault in document.faults if fault.blocking] == []
            read[document.kind] = document
    assert set(read) == set(kinds)
    if "order_response" in read:
        said = read["order_response"]
        assert said.totals.get("lines", Decimal("410.50")) == Decimal("410.50")
        assert (said.number, said.references["order"], said.response) == (f"{order.number}-1", "PO-1", "changed")
        given = [(line.quantities or {}).get(CONFIRMED.get(format_[:3], ""), line.quantity) for line in said.lines]
        assert (given, [line.response for line in said.lines]) == ([40, 2], ["accepted", "changed"])
    if "despatch_advice" in read:
        said = read["despatch_advice"]
        assert (said.number, [line.quantity for line in said.lines]) == (note.number, [40, 2])
    said = read["invoice"]
    assert (said.number, said.totals["payable"], len(said.lines)) == (invoice.number, invoice.payable_amount, 2)
    assert (said.currency, said.issued_on) == ("EUR", invoice.issued_on)
    assert abs(read["credit_note"].totals["payable"]) == Decimal("44.00")  # Facturae corrects with a minus


def test_a_place_with_a_long_region_and_street_is_told_by_edifact(shop):
    add_partner(format_="edifact-d96a", kinds=["order_response"], identifier="8412345000010")
    bulk.run(
        "UPDATE customers_site SET region = 'Comunitat Valenciana', street = %s",
        ["Polígono Industrial Fuente del Jarro, calle de la Ciudad de Cartagena, nave 14"],
    )
    an_order()
    operations.send_due(by=BY, at=AT)
    row = OutgoingDocument.objects.get()
    assert (row.state, error_sentence(row)) == ("sent", "")
    (said,) = formats.read(outbox()[0].read_bytes(), filename="a.edi")
    place = said.parties["ship_to"]
    assert (place.region, place.street, place.street_2, place.street_3, place.postcode) == (
        None, "Polígono Industrial Fuente del", "Jarro, calle de la Ciudad de", "Cartagena, nave 14", "41001",
    )  # fmt: skip


def test_an_edifact_order_response_is_acknowledged_by_a_contrl_of_its_interchange(shop):
    add_partner(format_="edifact-d96a", kinds=["order_response"], identifier="8412345000010", acknowledge_minutes=30)
    an_order()
    operations.send_due(by=BY, at=AT)
    row = OutgoingDocument.objects.get()
    sent = outbox()[0].read_text("latin-1")
    assert f"+{row.reference}" in sent.partition("UNH")[0]
    contrl = (
        "UNA:+.? 'UNB+UNOC:3+8412345000010:14+8400000000017:14+260302:1000+C1'UNH+1+CONTRL:D:3:UN'"
        f"UCI+{row.reference}+8400000000017:14+8412345000010:14+7'UNT+3+1'UNZ+1+C1'"
    )
    (answer,) = take_in(contrl.encode(), "c.edi", partner_code="P-1")
    row.refresh_from_db()
    assert (answer.outcome, answer.subject, row.state) == ("applied", f"outgoing:{row.pk}", "acknowledged")


def test_a_rejecting_997_refuses_the_document_of_its_group(shop):
    add_partner(format_="x12-004010", kinds=["order_response"], identifier="8412345000010")
    an_order()
    operations.send_due(by=BY, at=AT)
    row = OutgoingDocument.objects.get()
    sent = formats.read(outbox()[0].read_bytes(), filename="a.x12")[0]
    group = sent.envelope.group
    head = f"ISA*00*          *00*          *ZZ*{'8412345000010':<15}*ZZ*{'8400000000017':<15}*260302*1000*U*00401*000000077*0*P*>~"
    answer = (
        f"{head}GS*FA*8412345000010*8400000000017*20260302*1000*77*X*004010~ST*997*0001~AK1*PR*{group}~"
        f"AK2*855*{sent.envelope.message_reference}~AK5*R*5~AK9*R*1*1*0~SE*6*0001~GE*1*77~IEA*1*000000077~"
    )
    (document,) = take_in(answer.encode(), "a997.x12", partner_code="P-1")
    row.refresh_from_db()
    assert (document.outcome, row.state) == ("applied", "refused")
    assert row.reported[0]["code"] == "set 5"


# --- Acknowledging what comes --------------------------------------------------------------------------------------

ORDERS = (
    "UNA:+.? 'UNB+UNOC:3+8412345000010:14+8400000000017:14+260302:1000+I77++++{ask}'UNH+1+ORDERS:D:96A:UN:EAN008'"
    "BGM+220+PO-9+9'DTM+137:20260302:102'DTM+2:20260310:102'NAD+BY+8412345000010::9'NAD+SU+8400000000017::9'CUX+2:EUR:9'"
    "LIN+1++8410000000016:EN'QTY+21:{quantity}'UNS+S'CNT+2:1'UNT+{count}+1'UNZ+1+I77'"
)


def take_edifact(*, ask="", quantity="4", count="12"):
    documents = take_in(ORDERS.format(ask=ask, quantity=quantity, count=count).encode(), "o.edi", partner_code="P-1")
    relay.drain()
    operations.send_due(by=BY, at=AT)
    return documents


def test_a_file_is_acknowledged_when_it_asks_for_it_and_only_then(shop):
    add_partner(
        format_="edifact-contrl", kinds=["acknowledgement"], identifier="8412345000010", acknowledges="on_request"
    )
    take_edifact()
    assert outbox() == []
    take_edifact(ask="1", quantity="5")
    (path,) = outbox()
    text = path.read_text("latin-1")
    assert "UCI+I77+" in text
    assert f"+{AT:%y%m%d}:1000+" in text  # when it was written, in Madrid
    assert formats.read(path.read_bytes())[0].response == "accepted"
    assert OutgoingDocument.objects.get(kind="acknowledgement").state == "sent"


def test_a_file_with_a_wrong_count_is_refused_in_a_contrl(shop):
    add_partner(format_="edifact-contrl", kinds=["acknowledgement"], identifier="8412345000010", acknowledges="always")
    (document,) = take_edifact(count="11")
    assert document.outcome == "rejected"
    said = formats.read(outbox()[0].read_bytes())[0]
    assert (said.kind, said.response, said.references["acknowledged"]) == ("acknowledgement", "rejected", "I77")


def test_an_aperak_says_what_became_of_each_document(shop):
    add_partner(format_="edifact-d96a", kinds=["acknowledgement"], identifier="8412345000010", acknowledges="always")
    take_edifact()
    said = formats.read(outbox()[0].read_bytes())[0]
    assert (said.kind, said.format, said.response) == ("acknowledgement", "edifact-d96a-aperak", "accepted")


def test_acknowledgements_are_not_acknowledged(shop):
    add_partner(format_="edifact-contrl", kinds=["acknowledgement"], identifier="8412345000010", acknowledges="always")
    take_in(
        b"UNB+UNOC:3+8412345000010:14+8400000000017:14+260302:1000+C1'UNH+1+CONTRL:D:3:UN'"
        b"UCI+000000001+8400000000017:14+8412345000010:14+7'UNT+3+1'UNZ+1+C1'", "c.edi", partner_code="P-1",
    )  # fmt: skip
    relay.drain()
    assert not OutgoingDocument.objects.exists()


@pytest.mark.parametrize(("format_", "said"), [("edifact-d96a", b"+260302:1130+"), ("x12-004010", b"*260302*1130*")])
def test_the_outside_of_an_interchange_says_when_it_was_written_by_the_companys_clock(shop, format_, said):
    add_partner(format_=format_, kinds=["order_response"], identifier="8412345000010")
    an_order()
    operations.send_due(by=BY, at=AT.replace(hour=10, minute=30))
    (file,) = outbox()
    assert said in file.read_bytes()[:160]
