"""Order tables as customers head them: words of other houses, titles above, second meanings, totals below."""

import io

import pytest
import xlsxwriter

from promesa.exchange import formats


def read(*rows, encoding="utf-8"):
    (document,) = formats.read("\n".join(rows).encode(encoding), filename="pedido.csv")
    return document


@pytest.mark.parametrize(
    ("headings", "row"),
    [
        ("Nº Pedido;Cliente;Ref. artículo;Uds.", "P-1;C-1;AC5;12"),
        ("pedido_cliente;cod_cliente;cod_articulo;unidades", "P-1;C-1;AC5;12"),
        ("PO Number;Customer No.;Item No.;Qty", "P-1;C-1;AC5;12"),
        ("Purchase order;Sold-to;Material;Quantity", "P-1;C-1;AC5;12"),
        ("Su pedido;Nº cliente;Referencia producto;Cant. pedida", "P-1;C-1;AC5;12"),
    ],
)
def test_headings_of_many_houses_name_the_same_four_fields(headings, row):
    document = read(headings, row)
    (line,) = document.lines
    assert (document.number, document.parties["buyer"].code) == ("P-1", "C-1")
    assert (line.line_number, line.seller_code, str(line.quantity)) == ("1", "AC5", "12")
    assert document.faults == ()


def test_a_tax_number_says_who_buys():
    document = read("Pedido;CIF;EAN;Cantidad", "P-1;B12345674;8412345000010;24")
    assert document.parties["buyer"].tax_id == "B12345674"


def test_item_no_is_the_line_where_it_only_counts_and_the_item_where_it_is_a_code():
    counted = read("PO;Customer;Item No.;SKU;Qty", "P-1;C-1;10;AC5;1", "P-1;C-1;20;AT80;2")
    assert [(line.line_number, line.seller_code) for line in counted.lines] == [("10", "AC5"), ("20", "AT80")]
    coded = read("PO;Customer;Item No.;Qty", "P-1;C-1;700123;1", "P-1;C-1;700456;2")
    assert [(line.line_number, line.seller_code) for line in coded.lines] == [("1", "700123"), ("2", "700456")]


def test_units_are_the_unit_of_measure_beside_a_quantity_and_the_quantity_without_one():
    beside = read("Pedido;Cliente;SKU;Cantidad;Unidad", "P-1;C-1;AC5;3;caja")
    assert (str(beside.lines[0].quantity), beside.lines[0].unit_received) == ("3", "caja")
    assert str(read("Pedido;Cliente;SKU;Unidades", "P-1;C-1;AC5;3").lines[0].quantity) == "3"


def test_values_beside_their_names_above_are_no_headings_and_an_article_beside_a_code_is_its_text():
    document = read(
        "COMERCIAL SL;;;;",
        "Pedido:;P-903;;Fecha:;20/11/2026",
        "Código;Artículo;Cant.;P.V.P.;Total",
        "AC5;Aceite 5 L;12;3,25;39,00",
        "AT80;Atún;24;1,10;26,40",
        ";;;Total;65,40",
    )
    assert (document.number, str(document.issued_on)) == ("P-903", "2026-11-20")
    assert [(line.seller_code, line.text, str(line.quantity), str(line.price)) for line in document.lines] == [
        ("AC5", "Aceite 5 L", "12", "3.25"),
        ("AT80", "Atún", "24", "1.10"),
    ]
    assert [(one.code, one.severity) for one in document.faults] == [("total_row_ignored", "note")]


def test_of_several_sheets_the_one_under_headings_is_read_and_the_others_are_named():
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream)
    for name, rows in (
        ("Léeme", [["Instrucciones"], ["Rellene la otra hoja"]]),
        ("Datos", [["Pedido", "Cliente", "SKU", "Cantidad"], ["P-1", "C-1", "AC5", 12]]),
        ("Tarifa", [["AC5", 3.25]]),
    ):
        sheet = book.add_worksheet(name)
        for place, row in enumerate(rows):
            sheet.write_row(place, 0, row)
    book.close()
    (document,) = formats.read(stream.getvalue(), filename="pedido.xlsx")
    assert (document.kind, document.number, str(document.lines[0].quantity)) == ("order", "P-1", "12")
    assert [(one.code, one.received, one.right) for one in document.faults] == [
        ("sheets_ignored", "Léeme, Tarifa", "Datos")
    ]
