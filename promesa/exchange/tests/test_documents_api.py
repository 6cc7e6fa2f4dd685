"""Documents by HTTP: the bytes are kept before anything is answered, and a repeated request brings them once."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from promesa.access.operations import keys
from promesa.core import relay
from promesa.exchange import operations
from promesa.exchange.models import InboxFile
from promesa.exchange.schemas import SentWhole
from promesa.exchange.tests.company import AT, BY, CSV, add_customer, add_item, open_shop
from promesa.exchange.tests.partners import add_partner
from promesa.orders.models import Order

pytestmark = [pytest.mark.django_db, pytest.mark.wired]
ORDER = (CSV + "PO-1;C-1;A1;4;2026-03-10\n").encode()


@pytest.fixture
def shop():
    open_shop()
    add_customer("C-1", name="Almacenes Uno")
    add_item("A1")
    add_partner(kinds=["order_response"])


def program(*scopes):
    made = keys.create_key(name="EDI", scopes=scopes or ("documents:write",), by=BY, at=AT)
    return Client(headers={"Authorization": f"Bearer {made.token}", "Accept-Language": "en"})


def bring(client, content=ORDER, query="name=one.csv&partner=P-1", key="k-1", **said):
    return client.post(
        f"/api/v1/documents?{query}",
        content,
        content_type="application/octet-stream",
        headers={"Idempotency-Key": key},
        **said,
    )


def test_bytes_are_kept_and_answered_before_they_are_read(shop, monkeypatch):
    deferred = []
    monkeypatch.setattr("promesa.exchange.api.defer_reading", lambda *, file_id: deferred.append(file_id))
    client = program()
    answer = bring(client)
    assert answer.status_code == 202
    told = answer.json()
    assert (told["name"], told["size"], told["state"], told["documents"]) == ("one.csv", len(ORDER), "received", [])
    assert deferred == [told["file"]]
    assert not Order.objects.exists()
    operations.read_file(file_id=told["file"], by=BY, at=AT)
    seen = client.get(f"/api/v1/files/{told['file']}").json()
    assert (seen["state"], seen["documents"][0]["outcome"]) == ("done", "orders")
    one = client.get(f"/api/v1/documents/{seen['documents'][0]['document']}").json()
    assert one["orders"] == [Order.objects.get().number]


def test_who_waits_is_told_what_became_of_it(shop, monkeypatch):
    monkeypatch.setattr("promesa.exchange.api.defer_reading", lambda *, file_id: None)
    answer = bring(program(), (CSV + "PO-1;C-1;ZZ;4;2026-12-10\n").encode(), "name=one.csv&wait=5")
    assert answer.status_code == 200
    (document,) = answer.json()["documents"]
    assert document["outcome"] == "waiting"
    assert [one["code"] for one in document["findings"] if one["severity"] == "blocking"] == ["unknown_item"]


def test_the_same_request_again_brings_nothing_twice(shop, monkeypatch):
    monkeypatch.setattr("promesa.exchange.api.defer_reading", lambda *, file_id: None)
    client = program()
    first, again = bring(client), bring(client)
    assert (first.status_code, again.status_code) == (202, 202)
    assert again["Idempotent-Replay"] == "true"
    assert again.json()["file"] == first.json()["file"]
    assert InboxFile.objects.count() == 1
    other = bring(client, ORDER + b"PO-1;C-1;A1;9;2026-03-10\n")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")


def test_a_form_may_bring_the_file(shop, monkeypatch):
    monkeypatch.setattr("promesa.exchange.api.defer_reading", lambda *, file_id: None)
    answer = program().post(
        "/api/v1/documents?wait=5", {"file": SimpleUploadedFile("form.csv", ORDER)}, headers={"Idempotency-Key": "k-1"}
    )
    assert (answer.status_code, answer.json()["name"], answer.json()["documents"][0]["outcome"]) == (
        200,
        "form.csv",
        "orders",
    )


def test_what_cannot_be_taken_is_refused_and_nothing_is_kept(shop):
    client = program()
    assert (bring(client, b"").status_code, bring(client, b"").json()["code"]) == (400, "no_document")
    assert bring(client, query="partner=NOBODY").json()["code"] == "partner_unknown"
    assert client.post("/api/v1/documents", ORDER, content_type="text/csv").json()["code"] == "idempotency_key_missing"
    assert bring(client, b"x" * (20 * 1024 * 1024 + 1)).status_code == 413
    assert bring(program("orders:read")).status_code == 403
    assert bring(Client()).status_code == 401
    assert not InboxFile.objects.exists()


def test_programs_see_what_went_out(shop, monkeypatch):
    monkeypatch.setattr("promesa.exchange.api.defer_reading", lambda *, file_id: None)
    client = program()
    bring(client, query="wait=5")
    relay.drain()
    operations.send_due(by=BY, at=AT)
    page = client.get("/api/v1/outgoing?state=sent").json()
    assert ([one["kind"] for one in page["items"]], page["next"]) == (["order_response"], None)
    assert page["items"][0]["order"] == Order.objects.get().number
    assert client.get("/api/v1/outgoing?state=failed").json()["items"] == []
    assert client.get("/api/v1/files/999999").status_code == 404
    assert client.get("/api/v1/documents/999999").status_code == 404


def test_programs_see_every_try_of_a_document_and_send_it_again_once(shop, monkeypatch):
    monkeypatch.setattr("promesa.exchange.api.defer_reading", lambda *, file_id: None)
    client = program()
    bring(client, query="wait=5")
    relay.drain()
    operations.send_due(by=BY, at=AT)
    (one,) = client.get("/api/v1/outgoing").json()["items"]
    place = f"/api/v1/outgoing/{one['id']}"
    whole = SentWhole.model_validate(client.get(place).json(), extra="forbid")
    assert (whole.state, [(row.number, row.delivered, row.error) for row in whole.tries]) == ("sent", [(1, True, None)])
    for _ in range(2):
        again = client.post(f"{place}/resend", HTTP_IDEMPOTENCY_KEY="again-1")
        assert (again.status_code, again.json()["state"]) == (200, "to_send")
    assert operations.send_due(by=BY, at=AT) == 1
    assert [row["number"] for row in client.get(place).json()["tries"]] == [1, 2]
    assert client.post(f"{place}/resend", HTTP_IDEMPOTENCY_KEY="again-1").headers["Idempotent-Replay"]
    assert operations.send_due(by=BY, at=AT) == 0
    assert client.get("/api/v1/outgoing/999999").status_code == 404
    assert client.post("/api/v1/outgoing/x/resend", HTTP_IDEMPOTENCY_KEY="again-2").status_code == 404
    assert program("orders:read").post(f"{place}/resend", HTTP_IDEMPOTENCY_KEY="again-3").status_code == 403
