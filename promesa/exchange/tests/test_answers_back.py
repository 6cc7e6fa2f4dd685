"""What the other side says of a document of ours, in each of the formats it may say it in."""

import pytest

from promesa.billing import operations as billing
from promesa.core import relay
from promesa.core.models import Parameter
from promesa.exchange import formats, operations
from promesa.exchange.models import OutgoingDocument
from promesa.exchange.queries.outgoing import error_sentence
from promesa.exchange.tests.company import AT, BY, CSV, add_customer, add_item, codes, open_shop, take_in
from promesa.exchange.tests.partners import add_partner, application_response, outbox
from promesa.fulfilment import operations as fulfilment
from promesa.fulfilment.models import DespatchAdvice
from promesa.work.models import WorkItem

pytestmark = [pytest.mark.django_db, pytest.mark.wired]
THEIR_GLN, OUR_GLN = "8412345000010", "8400000000017"


def test_what_could_not_be_written_for_want_of_a_name_is_written_and_sent_once_it_is_there():
    open_shop()
    add_customer("C-1", name="Almacenes Uno")
    add_item("A1", "10")
    add_partner(format_="x12-855", kinds=["order_response"], identifier=THEIR_GLN)
    take_in((CSV + "PO-1;C-1;A1;4;2026-03-10\n").encode())
    relay.drain()
    assert operations.send_due(by=BY, at=AT) == 0
    row = OutgoingDocument.objects.get()
    assert row.state == "failed"
    assert error_sentence(row, "en").endswith("send it again.")
    Parameter.objects.create(code="company.gln", value=OUR_GLN, valid_from="2000-01-01", changed_by="test")
    operations.send_again(outgoing_id=row.pk, by=BY, at=AT)
    assert operations.send_due(by=BY, at=AT) == 1
    assert f"*{OUR_GLN}  *" in outbox()[0].read_text()[:120]


@pytest.fixture
def shop():
    open_shop()
    for name, value in (("name", "Aceites del Sur, S.A."), ("gln", OUR_GLN), ("country", "ES")):
        Parameter.objects.create(code=f"company.{name}", value=value, valid_from="2000-01-01", changed_by="test")
    add_customer("C-1", name="Almacenes Uno", gln=THEIR_GLN)
    add_item("A1", "10", gtin="8410000000016")


def sent(format_: str, kind: str = "order_response") -> tuple[OutgoingDocument, bytes]:
    """A document of ours that left, and its bytes."""
    add_partner(
        format_=format_, kinds=[kind], identifier=THEIR_GLN, acknowledge_minutes=60,
    )  # fmt: skip
    (document,) = take_in((CSV + "PO-1;C-1;A1;4;2026-03-10\n").encode())
    relay.drain()
    if kind == "invoice":
        fulfilment.despatch(order_id=document.order_id, by=BY, at=AT)
        fulfilment.deliver(advice_id=DespatchAdvice.objects.get().pk, by=BY, at=AT)
        billing.issue_invoice(order_id=document.order_id, by=BY, at=AT)
        relay.drain()
    operations.send_due(by=BY, at=AT)
    return OutgoingDocument.objects.get(), outbox()[0].read_bytes()


def comes_back(content: bytes, name: str, row: OutgoingDocument) -> tuple[str, str]:
    """Take the answer in; what became of it, and of ours."""
    (document,) = take_in(content, name, partner_code="P-1")
    row.refresh_from_db()
    assert document.kind == "acknowledgement"
    assert document.subject == (f"outgoing:{row.pk}" if document.outcome == "applied" else "")
    return document.outcome, row.state


def contrl(row: OutgoingDocument, action: str, rest: str = "") -> bytes:
    segments = 3 + rest.count("'")
    return (
        f"UNB+UNOC:3+{THEIR_GLN}:14+{OUR_GLN}:14+260302:1000+C1'UNH+1+CONTRL:D:3:UN'"
        f"UCI+{row.reference}+{OUR_GLN}:14+{THEIR_GLN}:14+{action}'{rest}UNT+{segments}+1'UNZ+1+C1'"
    ).encode()


@pytest.mark.parametrize(
    ("action", "rest", "state"),
    [("7", "", "acknowledged"), ("8", "", "acknowledged"), ("4", "UCM+1+ORDRSP:D:96A:UN+4+12'UCS+3+13'", "refused")],
)
def test_a_contrl_says_whether_the_interchange_was_taken(shop, action, rest, state):
    row, _ = sent("edifact-d96a")
    assert comes_back(contrl(row, action, rest), "c.edi", row) == ("applied", state)


def aperak(row: OutgoingDocument, function: str, error: str = "") -> bytes:
    body = f"BGM+305+A-1+{function}'DTM+137:20260302:102'RFF+ACW:{row.number}'NAD+MS+{THEIR_GLN}::9'NAD+MR+{OUR_GLN}::9'{error}"
    segments = 2 + body.count("'")
    return (
        f"UNB+UNOC:3+{THEIR_GLN}:14+{OUR_GLN}:14+260302:1000+A1'UNH+1+APERAK:D:96A:UN:EAN001'"
        f"{body}UNT+{segments}+1'UNZ+1+A1'"
    ).encode()


def test_an_aperak_takes_or_refuses_the_document_that_it_names(shop):
    row, _ = sent("edifact-d96a")
    assert comes_back(aperak(row, "29"), "a.edi", row) == ("applied", "acknowledged")


def test_an_aperak_that_refuses_brings_its_errors_to_a_person(shop):
    row, _ = sent("edifact-d96a")
    refusal = aperak(row, "27", "ERC+21::9'FTX+AAO+++LINEA 1 SIN PRECIO'")
    assert comes_back(refusal, "a.edi", row) == ("applied", "refused")
    assert [(one["code"], one["text"]) for one in row.reported] == [("21", "LINEA 1 SIN PRECIO")]
    assert WorkItem.objects.filter(state="open", subject=f"outgoing:{row.pk}").count() == 1


def x12_997(row: OutgoingDocument, ours: bytes, verdict: str) -> bytes:
    read = formats.read(ours, filename="a.x12")[0]
    head = f"ISA*00*          *00*          *ZZ*{THEIR_GLN:<15}*ZZ*{OUR_GLN:<15}*260302*1000*U*00401*000000077*0*P*>~"
    refused = "*5" if verdict == "R" else ""
    return (
        f"{head}GS*FA*{THEIR_GLN}*{OUR_GLN}*20260302*1000*77*X*004010~ST*997*0001~AK1*PR*{read.envelope.group}~"
        f"AK2*855*{read.envelope.message_reference}~AK5*{verdict}{refused}~AK9*{verdict}*1*1*{int(verdict != 'R')}~SE*6*0001~GE*1*77~"
        "IEA*1*000000077~"
    ).encode()


@pytest.mark.parametrize(("verdict", "state"), [("A", "acknowledged"), ("E", "acknowledged"), ("R", "refused")])
def test_a_997_takes_or_refuses_the_set_of_its_group(shop, verdict, state):
    row, ours = sent("x12-004010")
    assert comes_back(x12_997(row, ours, verdict), "a.x12", row) == ("applied", state)


@pytest.mark.parametrize(
    ("code", "state"), [("AB", "acknowledged"), ("IP", "acknowledged"), ("AP", "acknowledged"), ("RE", "refused")]
)
def test_an_invoice_response_takes_or_refuses_the_invoice(shop, code, state):
    row, _ = sent("ubl", "invoice")
    answer = application_response(row.number, code=code, reason="VAT reference not found").replace(
        b"poacc:trns:mlr:3", b"poacc:trns:invoice_response:3"
    ).replace(b"poacc:bis:mlr:3", b"poacc:bis:invoice_response:3")  # fmt: skip
    assert comes_back(answer, "ir.xml", row) == ("applied", state)
    if state == "refused":
        assert [one["text"] for one in row.reported] == ["VAT reference not found"]


def test_an_answer_by_somebody_else_does_not_speak_for_the_partner(shop):
    row, _ = sent("edifact-d96a")
    add_customer("C-2")
    add_partner("P-2", customer="C-2", kinds=())
    (document,) = take_in(contrl(row, "7"), "c.edi", partner_code="P-2")
    row.refresh_from_db()
    assert (document.outcome, codes(document), row.state) == ("waiting", ["acknowledgement_of_unknown"], "sent")


def test_a_997_of_a_group_that_we_never_sent_waits_whatever_its_sets_are_called(shop):
    row, ours = sent("x12-004010")
    group = formats.read(ours, filename="a.x12")[0].envelope.group
    answer = x12_997(row, ours, "R").replace(f"AK1*PR*{group}~".encode(), b"AK1*PR*777777777~")
    assert comes_back(answer, "a.x12", row) == ("waiting", "sent")
