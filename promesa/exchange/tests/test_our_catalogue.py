"""Our catalogue as a customer gets it, and the lists that any document can be written as."""

import io
from datetime import timedelta
from decimal import Decimal

import pytest
from python_calamine import CalamineWorkbook

from promesa.catalog import operations as catalog
from promesa.core.errors import NotFound
from promesa.exchange import operations
from promesa.exchange.formats.lists import write_list
from promesa.exchange.formats.neutral import NeutralDocument, NeutralLine
from promesa.exchange.operations.alignment import entries_in, take_catalogue
from promesa.exchange.queries.our_catalogue import catalogue_for
from promesa.exchange.tests.company import AT, BY, add_customer, add_item, open_shop, take_in

D = Decimal


@pytest.fixture
def shop(db):
    open_shop()
    add_item(
        "AC-05",
        "31.20",
        gtin="8437002000202",
        name="Aceite de oliva 5 L",
        packs=[{"level": "case", "unit_code": "CS", "numerator": 4}],
    )
    add_item("AT-12", "4.50", name="Atún claro 120 g")
    add_item("OLD", "1", name="Viejo", active_to=AT.date())
    customer = add_customer("C-1", gln="8412345000010")
    operations.set_missing_price(sku="AC-05", price=D(30), customer_id=customer, by=BY, at=AT)
    catalog.put_item_codes(rows=[{"customer": "C-1", "code": "77", "sku": "AC-05"}], by=BY, at=AT)
    take_in(b"pedido;cliente;sku;cantidad\nP1;C-1;AC-05;5\n")
    return customer


def test_a_customer_gets_what_they_buy_with_their_codes_prices_and_packs(shop):
    document = catalogue_for(customer_number="C-1", number="K1", at=AT + timedelta(days=1))
    (line,) = document.lines
    assert (line.seller_code, line.buyer_code, line.gtin, line.price) == ("AC-05", "77", "8437002000202", D(30))
    assert (line.unit_code, line.quantities) == ("C62", {"per_pack": D(4)})
    every = catalogue_for(customer_number="C-1", number="K1", at=AT + timedelta(days=1), every=True)
    assert [one.seller_code for one in every.lines] == ["AC-05", "AT-12"]  # closed items are not offered
    with pytest.raises(NotFound):
        catalogue_for(customer_number="nobody", number="K1", at=AT)


def test_our_own_catalogue_brought_back_agrees_with_our_masters(shop):
    document = catalogue_for(customer_number="C-1", number="K1", at=AT, every=True)
    done = take_catalogue(customer_id=shop, entries=entries_in(document), by=BY, at=AT)
    assert done == {"items": 2, "found": 0, "open": 0, "settled": 0}


def test_a_list_has_the_columns_in_which_something_stands(shop):
    document = catalogue_for(customer_number="C-1", number="K1", at=AT)
    text = write_list(document, kind="csv").decode("utf-8-sig")
    assert text.splitlines() == [
        "Catálogo;Línea;SKU;Su código;GTIN;Descripción;Unidad;Unidades por caja;Precio",
        "K1;1;AC-05;77;8437002000202;Aceite de oliva 5 L;C62;4;30",
    ]
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(write_list(document, kind="xlsx", lang="en"))).get_sheet_by_index(
        0
    )
    rows = sheet.to_python()
    assert rows[0][:3] == ["Catalogue", "Line", "SKU"]
    assert rows[1][-1] == 30.0


def test_no_text_of_a_list_acts_as_a_formula():
    line = NeutralLine("1", text="=HYPERLINK(1)", buyer_code="+1", quantity=D(-5))
    text = write_list(
        NeutralDocument(format="x", kind="order", number="@7", lines=(line,)), kind="csv", lang="en"
    ).decode()
    assert "'@7,1,'+1,'=HYPERLINK(1),-5" in text


def test_another_kind_of_list_is_refused():
    with pytest.raises(ValueError, match="pdf"):
        write_list(NeutralDocument(format="x", kind="order"), kind="pdf")
