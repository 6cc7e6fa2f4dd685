"""Peppol invoice responses to an invoice of ours, by the folder and by the API: what they say, in the order in which they say it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from promesa.access.operations import keys
from promesa.billing import operations as billing
from promesa.core import relay, words
from promesa.core.models import Parameter
from promesa.exchange import operations
from promesa.exchange.models import Document, OutgoingDocument
from promesa.exchange.operations import watching
from promesa.exchange.tests.company import AT, BY, CSV, add_customer, add_item, codes, open_shop, take_in
from promesa.exchange.tests.partners import add_partner, application_response
from promesa.fulfilment import operations as fulfilment
from promesa.fulfilment.models import DespatchAdvice
from promesa.work.models import WorkItem

pytestmark = [pytest.mark.django_db, pytest.mark.wired]
ASKED = "Where is the order number?"
THEIR_GLN, OUR_GLN = "8412345000010", "8400000000017"


@pytest.fixture
def invoice():
    """An invoice of ours that left and is to be acknowledged within an hour."""
    open_shop()
    for name, value in (("name", "Aceites del Sur, S.A."), ("gln", OUR_GLN), ("country", "ES")):
        Parameter.objects.create(code=f"company.{name}", value=value, valid_from="2000-01-01", changed_by="test")
    add_customer("C-1", name="Almacenes Uno", gln=THEIR_GLN)
    add_item("A1", "10", gtin="8410000000016")
    add_partner(format_="ubl", kinds=["invoice", "credit_note"], identifier=THEIR_GLN, acknowledge_minutes=60)
    (document,) = take_in((CSV + "PO-1;C-1;A1;4;2026-03-10\n").encode())
    fulfilment.despatch(order_id=document.order_id, by=BY, at=AT)
    fulfilment.deliver(advice_id=DespatchAdvice.objects.get().pk, by=BY, at=AT)
    billing.issue_invoice(order_id=document.order_id, by=BY, at=AT)
    relay.drain()
    operations.send_due(by=BY, at=AT)
    row = OutgoingDocument.objects.get()
    assert row.state == "sent"
    return row


def by_folder(content: bytes, name: str, monkeypatch) -> Document:
    monkeypatch.setattr(watching, "QUIET_SECONDS", 0)
    folder = Path(settings.HOME) / "exchange" / "inbox" / "P-1"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(content)
    for _ in range(2):
        operations.watch_inbox(by=BY, now=lambda: datetime.now(UTC))
    return Document.objects.latest("id")


def by_api(content: bytes, name: str, monkeypatch) -> Document:
    made = keys.create_key(name=name, scopes=("documents:write",), by=BY, at=AT)
    answer = Client(headers={"Authorization": f"Bearer {made.token}"}).post(
        f"/api/v1/documents?name={name}&partner=P-1&wait=10",
        content,
        content_type="application/xml",
        headers={"Idempotency-Key": name},
    )
    assert answer.status_code == 200, answer.content
    return Document.objects.latest("id")


def response(number: str, code: str, *, id_: str = "", type_: str = "380", reason: str = "") -> bytes:
    content = application_response(number, code=code, id_=id_ or f"IR-{code}", sender=THEIR_GLN, reason=reason)
    content = content.replace(b"trns:mlr:3", b"trns:invoice_response:3").replace(
        b"bis:mlr:3", b"bis:invoice_response:3"
    )
    kind = f"<cbc:DocumentTypeCode>{type_}</cbc:DocumentTypeCode></cac:DocumentReference>".encode()
    return content.replace(b"</cac:DocumentReference>", kind)


def open_work():
    return {
        one.kind: words.say(one.title["code"], one.title["params"], "en")
        for one in WorkItem.objects.filter(state="open")
    }


@pytest.mark.parametrize("door", [by_folder, by_api])
@pytest.mark.parametrize(
    ("code", "state", "work"),
    [
        ("AB", "acknowledged", {}),
        ("AP", "acknowledged", {}),
        ("PD", "acknowledged", {}),
        ("RE", "refused", {"outgoing_refused": f"P-1 refused invoice {{n}}: {ASKED}"}),
        ("UQ", "acknowledged", {"outgoing_questioned": f"P-1 has a question about invoice {{n}} and waits for an answer: {ASKED}"}),
        ("CA", "acknowledged", {"outgoing_questioned": f"P-1 accepts invoice {{n}} on a condition: {ASKED}"}),
    ],
)  # fmt: skip
def test_each_status_reaches_the_invoice_and_a_person_where_one_is_needed(
    invoice, door, code, state, work, monkeypatch
):
    reason = ASKED if code in ("RE", "UQ", "CA") else ""
    document = door(response(invoice.number, code, reason=reason), f"ir-{code}.xml", monkeypatch)
    invoice.refresh_from_db()
    assert (document.kind, document.outcome, document.subject) == (
        "acknowledgement",
        "applied",
        f"outgoing:{invoice.pk}",
    )
    assert (invoice.state, invoice.acknowledgement_id) == (state, document.pk)
    assert open_work() == {kind: text.format(n=invoice.number) for kind, text in work.items()}
    assert operations.call_unanswered(by=BY, at=AT + timedelta(hours=2)) == 0


def test_what_is_not_answered_in_time_is_work_until_they_say_that_they_have_it(invoice, monkeypatch):
    assert operations.call_unanswered(by=BY, at=AT + timedelta(hours=2)) == 1
    by_folder(response(invoice.number, "AB"), "ab.xml", monkeypatch)
    assert open_work() == {}


def test_answers_follow_one_another_to_the_last(invoice, monkeypatch):
    for code, kinds in (
        ("AB", []),
        ("UQ", ["outgoing_questioned"]),
        ("AP", []),
        ("CA", ["outgoing_questioned"]),
        ("PD", []),
    ):
        reason = "Which order?" if code in ("UQ", "CA") else ""
        by_folder(response(invoice.number, code, reason=reason), f"{code}.xml", monkeypatch)
        invoice.refresh_from_db()
        assert (code, invoice.state, list(open_work())) == (code, "acknowledged", kinds)
    assert invoice.reported[0]["text"] == "Which order?"
    by_folder(response(invoice.number, "RE", reason="Sent back"), "RE.xml", monkeypatch)
    invoice.refresh_from_db()
    assert (invoice.state, list(open_work())) == ("refused", ["outgoing_refused"])


@pytest.mark.parametrize("door", [by_folder, by_api])
def test_an_answer_to_an_invoice_that_we_never_sent_waits_and_names_its_number(invoice, door, monkeypatch):
    document = door(response("F-999", "AP"), "unknown.xml", monkeypatch)
    assert (document.outcome, codes(document)) == ("waiting", ["acknowledgement_of_unknown"])
    assert "F-999" in open_work()["document"]
    invoice.refresh_from_db()
    assert invoice.state == "sent"


def test_an_answer_to_a_credit_note_reaches_the_credit_note(invoice, monkeypatch):
    OutgoingDocument.objects.filter(pk=invoice.pk).update(kind="credit_note")
    document = by_folder(response(invoice.number, "AP", type_="381"), "cn.xml", monkeypatch)
    invoice.refresh_from_db()
    assert (document.outcome, invoice.state) == ("applied", "acknowledged")
