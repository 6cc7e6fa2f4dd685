"""Documents of ours at the desk: what they say, whether they arrived, what a person does about it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from promesa.core import relay
from promesa.desk.tests.conftest import SignedIn
from promesa.desk.tests.ground import text_of
from promesa.exchange import operations
from promesa.exchange.models import OutgoingDocument
from promesa.exchange.tests.company import BY, CSV, add_customer, add_item, open_shop, take_in
from promesa.exchange.tests.partners import add_partner, only_row
from promesa.orders.models import Order
from promesa.work.models import WorkItem

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("wired")]


@pytest.fixture
def shop() -> None:
    open_shop()
    add_customer("C-1", name="Almacenes Uno")
    add_item("A1")
    add_partner(kinds=["order_response"], acknowledge_minutes=60)


def order(po: str = "PO-1") -> OutgoingDocument:
    now = timezone.now()
    take_in(f"{CSV}{po};C-1;A1;4;{now + timedelta(days=9):%Y-%m-%d}\n".encode(), at=now)
    relay.drain()
    return OutgoingDocument.objects.order_by("-pk").first()


def test_what_is_to_be_sent_is_listed_sent_and_acknowledged_by_telephone(shop, signed_in: SignedIn):
    row, client = order(), signed_in()
    page = text_of(client.get(f"/intake/outgoing/{row.pk}").content)
    assert f"Order response {row.number}" in page
    assert "The sender takes it within a minute." in page
    assert client.get(f"/intake/outgoing/{row.pk}/bytes").status_code == 404
    assert operations.send_due(by=BY, at=timezone.now()) == 1
    listed = client.get("/intake/outgoing?state=sent&kind=order_response&partner=P-1&q=PO-1").content.decode()
    assert f'href="/intake/outgoing/{row.pk}"' in listed
    assert "No document fits" in client.get("/intake/outgoing?state=failed").content.decode()
    answer = client.get(f"/intake/outgoing/{row.pk}/bytes")
    assert answer["Content-Type"] == "application/octet-stream"
    assert b'"order_response"' in answer.content
    settled = client.post(f"/intake/outgoing/{row.pk}/settle", {"accepted": "1", "note": "Lo dice Ana"})
    assert settled.status_code == 302
    row.refresh_from_db()
    assert (row.state, row.acknowledged_how, row.reported) == ("acknowledged", "person", [{"text": "Lo dice Ana"}])
    page = text_of(client.get(f"/intake/outgoing/{row.pk}").content)
    assert "a person says so" in page
    assert "Lo dice Ana" in page


def test_what_should_have_been_acknowledged_and_was_not_stands_out(shop, signed_in: SignedIn):
    row, client = order(), signed_in()
    operations.send_due(by=BY, at=timezone.now())
    OutgoingDocument.objects.update(acknowledge_by=timezone.now() - timedelta(minutes=1))
    listed = text_of(client.get("/intake/outgoing").content)
    assert "1 document should have been acknowledged by now." in listed
    assert "Not acknowledged in time" in listed
    assert row.number in text_of(client.get("/intake/outgoing?state=late").content)
    assert "Ask them, or send it again." in text_of(client.get(f"/intake/outgoing/{row.pk}").content)
    number = Order.objects.get().number
    assert "not acknowledged; it was due" in text_of(client.get(f"/orders/{number}").content)
    assert client.post(f"/intake/outgoing/{row.pk}/again").status_code == 302
    assert only_row().state == "to_send"


def test_a_try_that_failed_says_why_and_can_be_withdrawn(shop, signed_in: SignedIn):
    operations.set_answer(
        partner_code="P-1", kind="order_response", format_="json", channel="http", address="https://203.0.114.1/in",
        secret="env:PROMESA_PARTNER_NOWHERE", by=BY, at=timezone.now(),
    )  # fmt: skip
    row, client = order(), signed_in()
    operations.send_due(by=BY, at=timezone.now())
    page = text_of(client.get(f"/intake/outgoing/{row.pk}").content)
    assert "did not arrive" in page
    assert "PROMESA_PARTNER_NOWHERE" in page
    assert client.post(f"/intake/outgoing/{row.pk}/stop").status_code == 302
    assert only_row().state == "cancelled"
    told = client.post(f"/intake/outgoing/{row.pk}/stop", follow=True)
    assert "it cannot be withdrawn" in text_of(told.content)


def test_a_newer_version_is_named_on_the_older_one(shop, signed_in: SignedIn):
    row, client = order(), signed_in()
    operations.send_due(by=BY, at=timezone.now())
    newer = OutgoingDocument.objects.get(pk=row.pk)
    newer.pk, newer.version, newer.number = None, 2, "X-2"
    newer.save(force_insert=True)
    page = client.get(f"/intake/outgoing/{row.pk}").content.decode()
    assert f'href="/intake/outgoing/{newer.pk}"' in page
    assert "A newer version replaced it." in page
    assert (
        "there is a newer version"
        in text_of(client.post(f"/intake/outgoing/{row.pk}/again", follow=True).content).lower()
    )


def test_the_documents_are_given_as_a_file(shop, signed_in: SignedIn):
    row = order()
    answer = signed_in("finance", "es").get("/intake/outgoing.csv")
    assert answer["Content-Disposition"].startswith('attachment; filename="documentos-enviados-')
    assert f"Confirmación de pedido;{row.number};1;P-1" in answer.content.decode("utf-8-sig")


def test_who_may_only_look_gets_no_buttons(shop, signed_in: SignedIn):
    row, client = order(), signed_in("finance")
    operations.send_due(by=BY, at=timezone.now())
    page = client.get(f"/intake/outgoing/{row.pk}").content.decode()
    assert '<form method="post" action="/intake/outgoing' not in page
    assert client.post(f"/intake/outgoing/{row.pk}/again").status_code == 403
    assert client.get("/intake/outgoing/99").status_code == 404
    assert signed_in("sales").get("/intake/outgoing").status_code == 403


def test_the_list_asks_the_database_as_often_for_ten_documents_as_for_one(shop, signed_in: SignedIn):
    client = signed_in()
    order()
    client.get("/intake/outgoing")
    with CaptureQueriesContext(connection) as few:
        client.get("/intake/outgoing")
    for n in range(2, 11):
        order(f"PO-{n}")
    with CaptureQueriesContext(connection) as many:
        client.get("/intake/outgoing")
    assert len(many) == len(few)


def test_the_work_of_a_document_leads_to_it_and_a_refusal_is_done_when_a_person_says_so(shop, signed_in: SignedIn):
    row, client = order(), signed_in("back_office")
    operations.send_due(by=BY, at=timezone.now())
    operations.settle_by_hand(outgoing_id=row.pk, accepted=False, note="Precio", by=BY, at=timezone.now())
    page = client.get("/").content.decode()
    assert f'href="/intake/outgoing/{row.pk}"' in page
    item = WorkItem.objects.get(kind="outgoing_refused")
    assert f'action="/work/{item.pk}"' in page
    assert client.post(f"/work/{item.pk}", {"action": "done"}).status_code == 302
    item.refresh_from_db()
    assert item.state == "done"
