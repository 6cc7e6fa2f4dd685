"""A paper that the reader is not sure of is checked by a person; what they correct makes the order and teaches the layout."""

import json
from decimal import Decimal
from typing import Any

import pytest
import typst
from hypothesis import given
from hypothesis import strategies as st

from promesa.core.actors import Actor
from promesa.core.errors import Invalid, NotAllowed
from promesa.exchange.formats.neutral import NeutralDocument, NeutralLine, fault
from promesa.exchange.models import Document, Layout
from promesa.exchange.operations.checking import check_document, learn_layout
from promesa.exchange.operations.rerun import DocumentNotWaiting
from promesa.exchange.queries.layouts import templates_of
from promesa.exchange.rules.checking import checked, values_of
from promesa.exchange.tests.company import AT, BY, add_customer, add_item, open_shop, take_in
from promesa.orders.models import Order

D = Decimal
NEUTRAL: dict[str, Any] = {
    "number": "P-7", "issued_on": "2026-03-01", "currency": "EUR", "parties": {"buyer": {"name": "Vega"}},
    "lines": [
        {"line_number": "1", "seller_code": "AC-O5", "text": "Aceite", "quantity": "12", "price": "31.20"},
        {"line_number": "2", "gtin": "8437002000400", "text": "Atún", "quantity": "6"},
    ],
}  # fmt: skip


def test_what_a_person_types_takes_the_place_of_what_was_read():
    result = checked(
        NEUTRAL, {"number": "P-17", "requested": "2026-03-20", "lines.1.code": "AC-05", "lines.2.quantity": "60"}
    )
    assert result.faults == []
    assert result.neutral["number"] == "P-17"
    assert result.neutral["requested"] == {"from": "2026-03-20", "to": "2026-03-20"}
    assert (result.neutral["lines"][0]["seller_code"], result.neutral["lines"][1]["quantity"]) == ("AC-05", "60")
    assert set(result.changed) == {"number", "requested", "lines.1.code", "lines.2.quantity"}
    assert NEUTRAL["number"] == "P-7"


def test_a_line_is_emptied_away_and_another_is_added():
    result = checked(
        NEUTRAL,
        {
            "lines.1.code": "",
            "lines.1.text": "",
            "lines.1.quantity": "",
            "lines.3.code": "8437002000202",
            "lines.3.quantity": "4",
        },
    )
    assert [(line.get("gtin"), line["quantity"]) for line in result.neutral["lines"]] == [
        ("8437002000400", "6"),
        ("8437002000202", "4"),
    ]


def test_every_field_that_cannot_be_read_is_told_at_once():
    said = {"issued_on": "yesterday", "lines.1.quantity": "0", "lines.2.price": "1e99", "number": "x" * 400}
    assert [(key, code) for key, code, _ in checked(NEUTRAL, said).faults] == [
        ("issued_on", "not_a_day"), ("lines.1.quantity", "not_a_number"), ("lines.2.price", "not_a_number"), ("number", "text_too_long"),
    ]  # fmt: skip


@given(
    st.dictionaries(
        st.sampled_from(
            [*values_of(NEUTRAL), "lines.3.code", "lines.9.code", "lines.0.text", "envelope", "lines.1.faults"]
        ),
        st.text(max_size=12),
    )
)
def test_whatever_is_typed_the_form_stays_one_and_unsaid_fields_stay(said):
    result = checked(NEUTRAL, said)
    after = values_of(result.neutral)
    for key, value in values_of(NEUTRAL).items():
        if key not in said and not key.startswith("lines."):
            assert after[key] == value
    assert "envelope" not in result.neutral
    json.dumps(result.neutral)


# --- With papers -----------------------------------------------------------------------------------------------------

PAPER = """
#set text(font: "DejaVu Sans Mono", size: 10pt)
= PEDIDO
Nº de pedido: {number} \\
Fecha: 01/03/2026 \\
Cliente: Ultramarinos Vega \\
NIF: B12345674

#table(columns: 5, [Referencia], [Descripción], [Cantidad], [Precio], [Importe],
  [AC-05], [Aceite de oliva 5 L], [12], [31,20], [374,40],
  [AT-12], [Atún claro 120 g], [6], [4,50], [27,00])
Total: 401,40 EUR
"""


def paper(number: str) -> bytes:
    return typst.compile(PAPER.format(number=number).encode())


@pytest.fixture
def shop(db):
    open_shop()
    add_item("AC-05", "31.20", name="Aceite de oliva 5 L")
    add_item("AT-12", "4.50", name="Atún claro 120 g")
    return add_customer("C-1", name="Ultramarinos Vega", tax_id="B12345674")


@pytest.fixture
def doubtful(shop, monkeypatch):
    """A paper that waits, since the reader is not sure of a quantity."""
    sure = NeutralDocument(
        format="pdf-order", kind="order", number="P-7", parties={}, currency="EUR",
        lines=(NeutralLine("1", seller_code="AC-O5", quantity=D(12)), NeutralLine("2", seller_code="AT-12", quantity=D(6))),
        places={"number": {"page": 1, "box": ["0.1", "0.1", "0.3", "0.12"], "confidence": "0.97"}},
        faults=(
            fault(
                "low_confidence", received="AC-O5", right="0.8", where="p. 1", line="1", field="lines.1.seller_code",
                confidence="0.5", page=1,
            ),
        ),
    )  # fmt: skip
    monkeypatch.setattr("promesa.exchange.formats.pdf.read", lambda content, given: [sure])
    (document,) = take_in(paper("P-7"), "fax.pdf")
    monkeypatch.undo()
    return document


@pytest.mark.wired
def test_nothing_unsure_becomes_an_order_by_itself_and_a_person_lets_it_go(doubtful):
    assert (doubtful.outcome, Order.objects.count()) == ("waiting", 0)
    said = {"lines.1.code": "AC-05", "parties.buyer.name": "Ultramarinos Vega", "parties.buyer.tax_id": "B12345674"}
    check_document(document_id=doubtful.pk, said=said, by=BY, at=AT)
    doubtful.refresh_from_db()
    assert doubtful.neutral["lines"][0]["seller_code"] == "AC-05"
    assert doubtful.neutral["places"]["lines.1.code"] == {"confidence": "1", "corrected": True}
    assert not doubtful.findings.filter(code="low_confidence", resolved_at=None).exists()


def test_a_mistyped_field_is_refused_and_nothing_changes(doubtful):
    before = Document.objects.get(pk=doubtful.pk).neutral
    with pytest.raises(Invalid) as refused:
        check_document(document_id=doubtful.pk, said={"lines.1.quantity": "a dozen", "issued_on": "soon"}, by=BY, at=AT)
    assert sorted(one["field"] for one in refused.value.errors) == ["issued_on", "lines.1.quantity"]
    assert Document.objects.get(pk=doubtful.pk).neutral == before
    assert doubtful.findings.filter(code="low_confidence", resolved_at=None).exists()


def test_who_may_not_take_in_may_not_check(doubtful):
    with pytest.raises(NotAllowed):
        check_document(document_id=doubtful.pk, said={}, by=Actor("user:999999"), at=AT)


def test_what_has_its_outcome_is_not_checked_again(shop):
    (document,) = take_in(b"pedido;cliente;sku;cantidad\nP1;C-1;AT-12;5\n")
    with pytest.raises(DocumentNotWaiting):
        check_document(document_id=document.pk, said={}, by=BY, at=AT)


def test_a_checked_paper_teaches_its_layout_for_the_next_one(doubtful):
    check_document(document_id=doubtful.pk, said={"lines.1.code": "AC-05", "issued_on": "2026-03-01"}, by=BY, at=AT)
    assert learn_layout(document_id=doubtful.pk, by=BY, at=AT)
    layout = Layout.objects.get()
    assert layout.template["anchors"]
    assert layout.template["fields"] or layout.template["columns"]
    assert templates_of(partner_id=None) == [layout.template]
    assert learn_layout(document_id=doubtful.pk, by=BY, at=AT)  # again: the newer lesson takes its place
    assert Layout.objects.count() == 1


def test_a_place_with_a_name_of_two_thousand_letters_is_told_shortened() -> None:
    told = fault("sum_wrong", where="/Invoice/" + "Ñ" * 2_000, received="1", right="2")
    assert len(told.where) == 400
    assert told.where.endswith("…")
    assert max(len(told.sentence(lang)) for lang in ("es", "en")) < 600
    assert fault("sum_wrong", where="/Invoice/TaxTotal[2]", received="1", right="2").where == "/Invoice/TaxTotal[2]"
