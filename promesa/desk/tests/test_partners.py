"""Partners at the desk: what comes and goes, set up by who may, and looked at by the others."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from promesa.desk.tests.conftest import SignedIn
from promesa.desk.tests.ground import text_of
from promesa.exchange.models import (
    Document,
    ErpLink,
    ErpRefused,
    ErpSystem,
    Layout,
    MailAddress,
    Mailbox,
    Partner,
    PartnerAnswer,
)
from promesa.exchange.tests.company import CSV, add_customer, add_item, open_shop, take_in
from promesa.exchange.tests.partners import add_partner

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> None:
    open_shop()
    add_customer("C-1", name="Almacenes Uno")
    add_item("A1")


NEW = {
    "code": "VEGA", "name": "Vega EDI", "customer": "C-1", "identifier": "8412345000013", "channel": "edi",
    "tolerance": "hold_rest", "acknowledges": "always", "decimal": ",", "columns": "sku = Referencia\nquantity = 3",
}  # fmt: skip


def test_a_partner_is_made_changed_and_said_what_it_is_sent(shop, signed_in: SignedIn):
    client = signed_in("back_office")
    assert client.post("/intake/partners/new", NEW)["Location"] == "/intake/partners/VEGA"
    partner = Partner.objects.get()
    assert (partner.name, partner.customer.number, partner.tolerance, partner.acknowledges) == (
        "Vega EDI", "C-1", "hold_rest", "always",
    )  # fmt: skip
    assert partner.mapping == {"decimal": ",", "columns": {"sku": "Referencia", "quantity": 3}}
    page = text_of(client.get("/intake/partners/VEGA").content)
    assert "that half goes on and the rest waits" in page
    assert "sku = Referencia, quantity = 3" in page
    form = client.get("/intake/partners/VEGA/change").content.decode()
    assert "sku = Referencia\nquantity = 3" in form
    assert client.post("/intake/partners/VEGA/change", {**NEW, "name": "Vega", "columns": ""}).status_code == 302
    partner.refresh_from_db()
    assert (partner.name, partner.mapping) == ("Vega", {"decimal": ","})
    said = {"format": "edifact-d96a", "channel": "folder", "acknowledge_minutes": "120"}
    assert client.post("/intake/partners/VEGA/answers/order_response", said).status_code == 302
    answer = PartnerAnswer.objects.get()
    assert (answer.kind, answer.format, answer.acknowledge_minutes) == ("order_response", "edifact-d96a", 120)
    page = text_of(client.get("/intake/partners/VEGA").content)
    assert "Order response EDIFACT D96A Folder 2 h" in page
    assert client.post("/intake/partners/VEGA/answers/order_response/drop").status_code == 302
    assert "its orders are answered by a person" in text_of(client.get("/intake/partners/VEGA").content)
    assert "Vega VEGA" in text_of(client.get("/intake/partners").content)


def test_what_cannot_be_is_told_beside_its_field_and_nothing_is_changed(shop, signed_in: SignedIn):
    client = signed_in("back_office")
    wrong = client.post("/intake/partners/new", {**NEW, "customer": "C-9", "columns": "sku"})
    assert wrong.status_code == 422
    assert "2 things to correct" in text_of(wrong.content)
    assert not Partner.objects.exists()
    client.post("/intake/partners/new", NEW)
    assert "There is a partner with this code already." in text_of(client.post("/intake/partners/new", NEW).content)
    refused = client.post(
        "/intake/partners/VEGA/answers/invoice",
        {"format": "ubl", "channel": "http", "address": "http://edi.example/in", "secret": "s3cret"},
    )
    assert refused.status_code == 422
    assert "by https only" in text_of(refused.content)
    refused = client.post(
        "/intake/partners/VEGA/answers/invoice",
        {"format": "ubl", "channel": "http", "address": "https://edi.example/in", "secret": "s3cret"},
    )
    assert "does not say where the secret is" in text_of(refused.content)
    assert not PartnerAnswer.objects.exists()
    assert client.get("/intake/partners/VEGA/answers/poem").status_code == 404


def test_addresses_are_added_trusted_and_forgotten(shop, signed_in: SignedIn):
    client = signed_in("back_office")
    add_partner("VEGA", kinds=[])
    assert client.post("/intake/partners/VEGA/addresses", {"address": "ana"}).status_code == 422
    assert client.post("/intake/partners/VEGA/addresses", {"address": "Ana@Vega.example"}).status_code == 302
    assert "not trusted: a person confirms its orders" in text_of(client.get("/intake/partners/VEGA").content)
    client.post("/intake/partners/VEGA/addresses", {"address": "ana@vega.example", "trusted": "on"})
    assert list(MailAddress.objects.values_list("address", "trusted")) == [("ana@vega.example", True)]
    assert client.post("/intake/partners/VEGA/addresses/drop", {"address": "ana@vega.example"}).status_code == 302
    assert not MailAddress.objects.exists()
    assert client.post("/intake/partners/VEGA/addresses/drop", {"address": "ana@vega.example"}).status_code == 404


def test_a_layout_is_put_out_of_use_and_into_use_again(shop, signed_in: SignedIn):
    client, partner = signed_in("back_office"), add_partner("VEGA", kinds=[])
    take_in((CSV + "PO-1;C-1;A1;4;2026-03-10\n").encode(), partner_code="VEGA")
    layout = Layout.objects.create(
        partner=partner, sender="Vega, S.L.", template={"fields": {"number": {}}, "columns": [1, 2]},
        learnt_from=Document.objects.get(), taught_by="user:1", taught_at=timezone.now(),
    )  # fmt: skip
    assert "1 field, 2 columns" in text_of(client.get("/intake/partners/VEGA").content)
    client.post("/intake/partners/VEGA/layouts", {"layout": layout.pk, "active": "0"})
    layout.refresh_from_db()
    assert not layout.active
    assert "out of use" in text_of(client.get("/intake/partners/VEGA").content)
    client.post("/intake/partners/VEGA/layouts", {"layout": layout.pk, "active": "1"})
    layout.refresh_from_db()
    assert layout.active
    add_partner("OTHER", kinds=[])
    assert client.post("/intake/partners/OTHER/layouts", {"layout": layout.pk, "active": "0"}).status_code == 404


def test_what_came_from_a_partner_is_on_its_page(shop, signed_in: SignedIn):
    add_partner("VEGA", kinds=[])
    take_in((CSV + "PO-1;C-1;A1;4;2026-03-10\n").encode(), partner_code="VEGA", at=timezone.now() - timedelta(days=1))
    page = text_of(signed_in("finance").get("/intake/partners/VEGA").content)
    assert "1 in 90 days" in page
    assert "PO-1" in page
    assert "Change" not in page
    assert signed_in("finance", "es").get("/intake/partners/VEGA/change").status_code == 403
    assert signed_in("sales").get("/intake/partners").status_code == 403
    assert signed_in("manager").get("/intake/partners/NOBODY").status_code == 404


def test_mailboxes_and_systems_say_when_they_were_asked_last_and_what_was_wrong(shop, signed_in: SignedIn):
    client, now = signed_in(), timezone.now()
    assert "No mailbox is read" in text_of(client.get("/intake/connections").content)
    trouble = {"code": "mail_server_unreachable", "params": {"host": "imap.vega.example", "problem": "timeout"}}
    Mailbox.objects.create(name="orders", host="imap.vega.example", user="orders", fetched_at=now, last_error=trouble)
    system = ErpSystem.objects.create(code="central", kind="folder", pushes=["orders"], pulled_at=now)
    ErpLink.objects.create(
        system=system, kind="order", number="P-7",
        last_error={"code": "erp_no_item", "params": {"sku": "A9"}},
    )  # fmt: skip
    said = {"en": "There is no item A9.", "es": "No hay ningún artículo A9."}
    ErpRefused.objects.create(
        system=system, role="stock", key="A9 L1", fault={"code": "x", "sentence": said}, refused_at=now
    )
    page = text_of(client.get("/intake/connections").content)
    assert "Server imap.vega.example cannot be reached: timeout." in page
    assert "2 not taken P-7: The other system does not know A9." in page
    ErpLink.objects.all().delete()
    assert "1 not taken A9 L1: There is no item A9." in text_of(client.get("/intake/connections").content)


def test_the_list_asks_the_database_as_often_for_ten_partners_as_for_one(shop, signed_in: SignedIn):
    client = signed_in()
    add_partner("P-1", kinds=["invoice"])
    client.get("/intake/partners")
    with CaptureQueriesContext(connection) as few:
        client.get("/intake/partners")
    for n in range(2, 11):
        add_partner(f"P-{n}", kinds=["invoice", "order_response"])
    with CaptureQueriesContext(connection) as many:
        client.get("/intake/partners")
    assert len(many) == len(few)
