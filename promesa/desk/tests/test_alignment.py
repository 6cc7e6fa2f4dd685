"""Aligned masters at the desk: bring a customer's catalogue, see what differs, mend it or give it to somebody."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from promesa.catalog.models import ItemCode
from promesa.core.models import Parameter
from promesa.desk.tests.conftest import SignedIn
from promesa.exchange.models import Misalignment
from promesa.exchange.tests.company import add_customer, add_item, open_shop

pytestmark = pytest.mark.django_db
CATALOGUE = (
    "su codigo;ean;sku;descripcion;precio\n"
    "7;8437002000226;AC-05;Aceite de oliva 5 L;30,00\n"
    "8;;;Mejillones;2,00\n"
)  # fmt: skip


@pytest.fixture
def shop(db: None) -> None:
    open_shop()
    add_item("AC-05", "31.20", gtin="8437002000202", name="Aceite de oliva 5 L")
    add_customer("C-1", name="Vega")


def bring(client, content=CATALOGUE, name="suyo.csv"):
    return client.post("/customers/C-1/alignment/bring", {"file": SimpleUploadedFile(name, content.encode())})


def test_a_catalogue_is_brought_compared_and_mended(shop, signed_in: SignedIn):
    client = signed_in("back_office")
    assert "Bring their catalogue" in client.get("/customers/C-1/alignment").content.decode()
    assert bring(client).status_code == 302
    page = client.get("/customers/C-1/alignment").content.decode()
    assert "2 of 2 items differ" in page
    assert "their GTIN is 8437002000226, ours 08437002000202" in page
    assert "their price is 30, ours 31.2" in page
    gtin = Misalignment.objects.get(field="gtin")
    assert client.post("/customers/C-1/alignment/take", {"misalignment": gtin.pk}).status_code == 302
    assert ItemCode.objects.get().code == "8437002000226"
    price = Misalignment.objects.get(field="price")
    assert client.post("/customers/C-1/alignment/take", {"misalignment": price.pk}).status_code == 409
    assert (
        client.post("/customers/C-1/alignment/give", {"misalignment": price.pk, "owner": "customer"}).status_code == 302
    )
    price.refresh_from_db()
    assert (price.owner, price.told_at is not None) == ("customer", True)
    assert "C-1" in client.get("/customers/alignment").content.decode()


def test_a_file_that_cannot_be_read_is_told_and_changes_nothing(shop, signed_in: SignedIn):
    client = signed_in("back_office")
    refused = bring(client, "uno;dos\n1;2\n")
    assert refused.status_code == 422
    assert "Some things to correct" in refused.content.decode()
    assert client.post("/customers/C-1/alignment/bring").status_code == 422
    assert not Misalignment.objects.exists()


def test_our_catalogue_is_a_file_in_the_customers_language(shop, signed_in: SignedIn):
    answer = signed_in("sales").get("/customers/C-1/catalogue.csv?every=1")
    assert answer["Content-Disposition"].startswith('attachment; filename="catalogue-C-1-')
    assert "Descripción" in answer.content.decode("utf-8-sig")


def test_who_may_only_look_gets_no_buttons(shop, signed_in: SignedIn):
    bring(signed_in("back_office"))
    page = signed_in("finance").get("/customers/C-1/alignment").content.decode()
    assert "Take theirs" not in page
    assert bring(signed_in("sales")).status_code == 403


def test_a_pricat_that_cannot_be_written_says_what_to_mend(shop, signed_in: SignedIn):
    client = signed_in("back_office")
    refused = client.get("/customers/C-1/catalogue.edi?every=1")
    assert refused.status_code == 409
    assert "mend this first: company.gln" in refused.content.decode()
    Parameter.objects.create(code="company.gln", value="8400000000017", valid_from="2020-01-01", changed_by="test")
    written = client.get("/customers/C-1/catalogue.edi?every=1")
    assert written.status_code == 200
    assert b"LIN+1++8437002000202:EN'" in written.content
