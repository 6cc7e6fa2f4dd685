"""Checking a paper at the desk: its picture with boxes, the fields beside it, an order when a person says that it is right."""

from __future__ import annotations

from decimal import Decimal

import pytest
import typst

from promesa.desk.tests.conftest import SignedIn
from promesa.exchange.formats.neutral import NeutralDocument, NeutralLine, Party, fault
from promesa.exchange.models import Document
from promesa.exchange.tests.company import add_customer, add_item, open_shop, take_in
from promesa.orders.models import Order

D = Decimal
pytestmark = [pytest.mark.django_db, pytest.mark.wired]


@pytest.fixture
def paper(db: None, monkeypatch: pytest.MonkeyPatch) -> Document:
    """A fax that waits, since the reader is not sure of a code."""
    open_shop()
    add_item("AC-05", "31.20")
    add_customer("C-1", name="Ultramarinos Vega", gln="8412345000010")
    read = NeutralDocument(
        format="pdf-order", kind="order", number="P-7", parties={"buyer": Party(gln="8412345000010", name="Ultramarinos Vega")},
        lines=(NeutralLine("1", seller_code="AC-O5", quantity=D(12)),),
        places={
            "number": {"page": 1, "box": ["0.1", "0.1", "0.3", "0.12"], "confidence": "0.97"},
            "lines.1.seller_code": {"page": 1, "box": ["0.1", "0.4", "0.2", "0.42"], "confidence": "0.51"},
        },
        faults=(
            fault("low_confidence", received="AC-O5", right="0.8", where="p. 1", field="lines.1.seller_code", confidence="0.51", page=1),
        ),
    )  # fmt: skip
    monkeypatch.setattr("promesa.exchange.formats.pdf.read", lambda content, given: [read])
    (document,) = take_in(typst.compile(b"= PEDIDO P-7"), "fax.pdf")
    assert document.outcome == "waiting"
    return document


def test_the_paper_stands_beside_its_fields_and_what_is_in_doubt_is_marked(
    paper: Document, signed_in: SignedIn
) -> None:
    client = signed_in("back_office")
    assert f"/intake/documents/{paper.pk}/check" in client.get(f"/intake/documents/{paper.pk}").content.decode()
    page = client.get(f"/intake/documents/{paper.pk}/check").content.decode()
    assert "1 field to look at" in page
    assert '<rect data-box="lines.1.code" x="100" y="400" width="100" height="20" class="doubt"/>' in page
    assert '<rect data-box="number" x="100" y="100" width="200" height="20"/>' in page
    picture = client.get(f"/intake/files/{paper.file_id}/pages/1.png")
    assert picture.content.startswith(b"\x89PNG")
    assert picture["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert client.get(f"/intake/files/{paper.file_id}/pages/2.png").status_code == 404


def test_what_a_person_corrects_becomes_the_order(paper: Document, signed_in: SignedIn) -> None:
    client = signed_in("back_office")
    done = client.post(
        f"/intake/documents/{paper.pk}/check", {"number": "P-7", "lines.1.code": "AC-05", "lines.1.quantity": "12"}
    )
    assert done.status_code == 302
    order = Order.objects.get()
    assert (order.po_number, order.lines.get().item.sku, order.state) == ("P-7", "AC-05", "confirmed")
    assert "no longer waits" in client.get(f"/intake/documents/{paper.pk}/check").content.decode()


def test_a_mistyped_field_is_told_beside_it_and_what_was_typed_stays(paper: Document, signed_in: SignedIn) -> None:
    refused = signed_in("back_office").post(f"/intake/documents/{paper.pk}/check", {"lines.1.quantity": "a dozen"})
    assert refused.status_code == 422
    assert 'value="a dozen"' in refused.content.decode()
    assert Order.objects.count() == 0


def test_who_may_only_see_documents_may_not_let_them_go_on(paper: Document, signed_in: SignedIn) -> None:
    client = signed_in("finance")
    assert client.get(f"/intake/documents/{paper.pk}/check").status_code == 200
    assert client.post(f"/intake/documents/{paper.pk}/check", {}).status_code == 403
    assert signed_in("warehouse").get(f"/intake/files/{paper.file_id}/pages/1.png").status_code == 403
