"""Order tables: what is read of a CSV or XLSX file, and what is never guessed."""

import io
from datetime import date, datetime
from decimal import Decimal

import pytest
import xlsxwriter

from promesa.exchange import formats
from promesa.exchange.formats import Mapping, tabular
from promesa.exchange.formats.neutral import Window, fault

HEADINGS = "Pedido;Cliente;GLN destino;EAN;Cantidad;Unidad;Precio;Fecha entrega"


def table(*rows, headings=HEADINGS):
    return "\r\n".join([headings, *rows]).encode()


def read(*rows, headings=HEADINGS, **said):
    return formats.read(
        table(*rows, headings=headings), filename="pedidos.csv", mapping=Mapping(**said) if said else None
    )


def workbook(rows, *, sheets=("Pedidos",)):
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    day = book.add_format({"num_format": "dd/mm/yyyy"})
    for name in sheets:
        sheet = book.add_worksheet(name)
        for place, row in enumerate(rows if name == sheets[-1] else []):
            for column, cell in enumerate(row):
                if isinstance(cell, date):
                    sheet.write_datetime(place, column, datetime.fromisoformat(cell.isoformat()), day)
                elif isinstance(cell, str) and cell.startswith("{="):
                    sheet.write_formula(place, column, cell[1:-1].split("|")[0], None, float(cell[1:-1].split("|")[1]))
                elif cell is not None:
                    sheet.write(place, column, cell)
    book.close()
    return stream.getvalue()


def codes(document, severity=None):
    return [fault.code for fault in document.faults if severity in (None, fault.severity)]


def test_rows_of_one_number_become_one_order_value_by_value():
    first, second = read(
        "4501;5412345000013;5412345000020;8437002000202;12;cajas;12,50;24/03/2026",
        "4501;5412345000013;5412345000020;8437002000219;1.234,5;kg;1.250,00 €;25/03/2026",
        "4502;5412345000013;;8437002000219;7;;;25/03/2026",
    )
    assert first.as_json() == {
        "format": "csv",
        "kind": "order",
        "number": "4501",
        "function": "original",
        "parties": {
            "buyer": {"gln": "5412345000013", "code": "5412345000013"},
            "ship_to": {"gln": "5412345000020", "code": "5412345000020"},
        },
        "lines": [
            {
                "line_number": "1", "gtin": "8437002000202", "quantity": "12", "quantity_received": "12", "unit_code": "CS",
                "unit_received": "cajas", "price": "12.50", "price_kind": "net",
                "requested": {"from": "2026-03-24", "to": "2026-03-24"},
            },
            {
                "line_number": "2", "gtin": "8437002000219", "quantity": "1234.5", "quantity_received": "1.234,5",
                "unit_code": "KGM", "unit_received": "kg", "price": "1250.00", "price_kind": "net",
                "requested": {"from": "2026-03-25", "to": "2026-03-25"},
            },
        ],
        "faults": [],
    }  # fmt: skip
    assert second.requested == Window(date(2026, 3, 25), date(2026, 3, 25))
    assert second.lines[0].requested is None
    assert second.lines[0].price is None


@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_delimiter_characters_and_newlines_are_found_out(delimiter, newline, encoding):
    rows = ["Pedido;Artículo;Descripción;Cantidad", "1;R-1;Piñón;5"]
    document = formats.read(newline.join(rows).replace(";", delimiter).encode(encoding), filename="p.csv")[0]
    assert (document.number, document.lines[0].seller_code, document.lines[0].text) == ("1", "R-1", "Piñón")
    assert document.lines[0].quantity == Decimal(5)
    assert document.blocked is False


def test_the_separator_that_excel_writes_in_the_first_line_is_obeyed():
    document = formats.read(b"sep=|\r\nPedido|Ref|Cantidad\r\n1|A;B|5", filename="p.csv")[0]
    assert document.lines[0].seller_code == "A;B"


@pytest.mark.parametrize(
    ("headings", "row"),
    [
        ("PO Number,SKU,Qty", "77,R-1,5"),
        ("Nº Pedido,Referencia,Cant.", "77,R-1,5"),
        ("SU ORDEN,Código artículo,CANTIDAD PEDIDA", "77,R-1,5"),
        ("order id,item code,quantity ordered", "77,R-1,5"),
    ],
)
def test_headings_are_understood_in_spanish_and_english(headings, row):
    (document,) = read(row, headings=headings)
    assert (document.number, document.lines[0].seller_code, document.lines[0].quantity) == ("77", "R-1", Decimal(5))


def test_a_code_that_does_not_say_whose_it_is_is_a_gtin_when_it_is_one():
    (document,) = read("77,8437002000202,5", "77,R-1,5", headings="PO,Item,Qty")
    assert [(line.gtin, line.seller_code) for line in document.lines] == [("8437002000202", None), (None, "R-1")]


def test_titles_above_the_headings_hold_for_the_whole_file():
    content = b"Pedido de compra;;\nPedido:;4501;\nCliente:;C-9;\n\nRef;Cantidad;Precio\nA;5;1,50\nB;6;2,50\n"
    (document,) = formats.read(content, filename="p.csv")
    assert (document.number, document.party("buyer").code, len(document.lines)) == ("4501", "C-9", 2)


# -- numbers


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12", "12"), ("12,5", "12.5"), ("12.5", "12.5"), ("1.234,56", "1234.56"), ("1,234.56", "1234.56"), ("1.234.567", "1234567"),
        ("1,234,567", "1234567"), ("1234.567", "1234.567"), ("0.125", "0.125"), ("0,125", "0.125"), ("1 234,5", "1234.5"),
        ("1\u00a0234\u00a0567", "1234567"), ("1'234.50", "1234.50"), ("12,50 €", "12.50"), ("$ 12.50", "12.50"), ("'12", "12"),
        ("5-", "-5"), ("+7", "7"), (",5", "0.5"), ("", None), (12, "12"), (0.1 + 0.2, "0.3"), (1e3, "1000"), (None, None),
    ],
)  # fmt: skip
def test_a_number_that_can_be_read_in_one_way_is_read(text, value):
    assert tabular.parse_quantity(text) == (None if value is None else Decimal(value))


@pytest.mark.parametrize(
    ("text", "code", "right"),
    [
        ("1.234", "ambiguous_number", "1234 / 1.234"),
        ("1,234", "ambiguous_number", "1234 / 1.234"),
        ("-999,999", "ambiguous_number", "-999999 / -999.999"),
        ("doce", "number_wrong", None),
        ("12 cajas", "number_wrong", "12"),
        ("1e30", "number_wrong", "1"),
        ("1E+05", "number_wrong", "1"),
        ("1,23,4", "number_wrong", "1,23"),
        ("=1+1", "number_wrong", "1"),
        ("1" + "0" * 30, "number_too_large", None),
        (1e30, "number_too_large", None),
        (float("inf"), "number_wrong", None),
        (float("nan"), "number_wrong", None),
        (True, "number_wrong", None),
        ("0,12345678", "too_many_decimals", None),
        ("٣", "number_wrong", None),
        ("9" * 5000, "number_wrong", "9" * 64),
    ],
)
def test_a_number_that_cannot_be_read_in_one_way_is_a_fault(text, code, right):
    with pytest.raises(tabular.Unreadable) as caught:
        tabular.parse_quantity(text)
    assert (caught.value.trouble.code, caught.value.trouble.right) == (code, right)


@pytest.mark.parametrize(
    ("decimal", "text", "value"), [(",", "1.234", "1234"), (".", "1.234", "1.234"), (".", "1,234", "1234")]
)
def test_the_mapping_decides_what_a_mark_means(decimal, text, value):
    assert tabular.parse_quantity(text, decimal=decimal) == Decimal(value)


def test_a_number_against_the_mapping_is_a_fault_and_not_reread():
    with pytest.raises(tabular.Unreadable) as caught:
        tabular.parse_money("12.5", decimal=",")
    assert (caught.value.trouble.code, caught.value.trouble.right) == ("number_wrong", "12,5")


def test_an_ambiguous_number_blocks_and_names_both_readings_with_its_cell():
    (document,) = read("1;C;;8437002000202;1.234;;;", "1;C;;8437002000219;5;;;")
    (fault,) = [fault for fault in document.faults if fault.blocking]
    assert (fault.code, fault.where, fault.line, fault.received, fault.right) == (
        "ambiguous_number",
        "E2",
        "1",
        "1.234",
        "1234 / 1.234",
    )
    assert fault.sentence("es") == (
        "Fila 2, «Cantidad»: «1.234» puede leerse de dos maneras: 1234 / 1.234. Escríbalo sin separador de miles."
    )
    assert document.lines[0].quantity is None
    assert document.lines[0].quantity_received == "1.234"
    assert document.rejection_reason == "BAD_QUANTITY"


def test_another_row_of_the_column_decides_and_a_note_says_which():
    (document,) = read("1;C;;8437002000202;1.234;;;", "1;C;;8437002000219;5,5;;;")
    assert [line.quantity for line in document.lines] == [Decimal(1234), Decimal("5.5")]
    (note,) = document.faults
    assert (note.code, note.severity, note.right, note.params["decided_in"]) == ("decimal_mark_decided", "note", ",", 3)


def test_another_column_does_not_decide():
    (document,) = read("1;C;;8437002000202;1.234;;12,50;")
    assert codes(document, "blocking") == ["ambiguous_number"]


def test_rows_that_contradict_each_other_decide_nothing():
    (document,) = read("1;C;;8437002000202;1.5;;;", "1;C;;8437002000219;1,5;;;", "1;C;;8437002000226;1.234;;;")
    assert [line.quantity for line in document.lines] == [Decimal("1.5"), Decimal("1.5"), None]
    assert codes(document) == ["decimal_marks_mixed", "ambiguous_number"]


# -- days


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-03-24", date(2026, 3, 24)), ("2026/03/24", date(2026, 3, 24)), ("20260324", date(2026, 3, 24)),
        ("24/03/2026", date(2026, 3, 24)), ("24.3.2026", date(2026, 3, 24)), ("24-03-26", date(2026, 3, 24)),
        ("04/04/2026", date(2026, 4, 4)), ("2026-03-24 10:30", date(2026, 3, 24)), ("2026-03-24T10:30:00", date(2026, 3, 24)),
        ("24 mar 2026", date(2026, 3, 24)), ("24 de marzo de 2026", date(2026, 3, 24)), ("24-sept-2026", date(2026, 9, 24)),
        ("March 4, 2026", date(2026, 3, 4)), (datetime.fromisoformat("2026-03-24T10:00"), date(2026, 3, 24)),
        (date(2026, 3, 24), date(2026, 3, 24)),
        ("", None), (None, None),
    ],
)  # fmt: skip
def test_a_day_that_can_be_read_in_one_way_is_read(text, day):
    if text == "24-03-26":
        assert tabular.parse_date(text, order="dmy") == day
    else:
        assert tabular.parse_date(text) == day


@pytest.mark.parametrize(
    ("text", "code", "right"),
    [
        ("03/04/2026", "ambiguous_date", "2026-04-03 / 2026-03-04"),
        ("24-03-26", "ambiguous_date", "2026-03-24 / 2024-03-26"),
        ("03/24/2026", "date_month_first", "2026-03-24"),
        ("31/02/2026", "date_wrong", "YYYY-MM-DD"),
        ("mañana", "date_wrong", "YYYY-MM-DD"),
        ("46000", "date_wrong", "YYYY-MM-DD"),
        (46000.0, "date_wrong", "YYYY-MM-DD"),
        ("3026-01-01", "date_wrong", "YYYY-MM-DD"),
    ],
)
def test_a_day_that_cannot_be_read_in_one_way_is_a_fault(text, code, right):
    with pytest.raises(tabular.Unreadable) as caught:
        tabular.parse_date(text)
    assert (caught.value.trouble.code, caught.value.trouble.right) == (code, right)


@pytest.mark.parametrize(("order", "day"), [("d/m/y", date(2026, 4, 3)), ("m/d/y", date(2026, 3, 4))])
def test_the_mapping_decides_the_order_of_a_date(order, day):
    assert tabular.parse_date("03/04/2026", order=order) == day


def test_an_ambiguous_date_blocks_and_names_both_days():
    (document,) = read("1;C;;8437002000202;5;;;03/04/2026")
    (fault,) = document.faults
    assert (fault.code, fault.where, fault.right) == ("ambiguous_date", "H2", "2026-04-03 / 2026-03-04")
    assert document.rejection_reason == "BAD_DATE"


def test_a_row_with_the_day_first_decides_for_its_column_and_a_note_says_which():
    (document,) = read("1;C;;8437002000202;5;;;03/04/2026", "1;C;;8437002000219;5;;;24/03/2026")
    assert [line.requested.from_ for line in document.lines] == [date(2026, 4, 3), date(2026, 3, 24)]
    (note,) = document.faults
    assert (note.code, note.severity, note.params["decided_in"]) == ("date_order_decided", "note", 3)


def test_a_row_with_the_month_first_decides_nothing():
    (document,) = read("1;C;;8437002000202;5;;;03/04/2026", "1;C;;8437002000219;5;;;03/24/2026")
    assert codes(document, "blocking") == ["ambiguous_date", "date_month_first"]


def test_the_month_first_is_read_when_the_mapping_says_so():
    (document,) = read("1;C;;8437002000202;5;;;03/04/2026", "1;C;;8437002000219;5;;;03/24/2026", dates="m/d/y")
    assert [line.requested.from_ for line in document.lines] == [date(2026, 3, 4), date(2026, 3, 24)]
    assert codes(document) == []


# -- rows and orders


def test_all_faults_of_a_file_are_told_at_once_with_row_and_column():
    first, second = read(
        "1;C;;8437002000202;;;;24/03/2026",
        "1;C;;8437002000200;-5;;-1;31/02/2026",
        "2;C;;;doce;;;24/03/2026",
    )
    assert [(fault.code, fault.where) for fault in first.faults] == [
        ("quantity_missing", "E2"), ("date_wrong", "H3"), ("quantity_not_positive", "E3"), ("check_digit_wrong", "D3"),
        ("price_negative", "G3"),
    ]  # fmt: skip
    assert [(fault.code, fault.where) for fault in second.faults] == [("number_wrong", "E4"), ("item_missing", "D4")]


def test_an_unquoted_decimal_comma_in_a_comma_file_is_noticed():
    (document,) = read("1,R-1,1,5,9", "1,R-2,2,4", headings="PO,SKU,Qty,Price")
    (fault,) = [fault for fault in document.faults if fault.blocking]
    assert (fault.code, fault.received, fault.right, fault.params["row"]) == ("row_too_long", "5", "4", 2)


def test_rows_without_number_belong_to_the_one_above_with_a_warning():
    (document,) = read("1;C;;8437002000202;5;;;", ";;;8437002000219;6;;;")
    assert (document.number, len(document.lines), codes(document)) == ("1", 2, ["number_carried_down"])


def test_a_file_without_order_number_is_one_order_with_a_warning():
    (document,) = read("R-1;5", "R-2;6", headings="SKU;Qty")
    assert (document.number, len(document.lines), codes(document)) == (None, 2, ["order_number_unknown"])


def test_one_order_with_two_places_blocks_and_two_buyers_are_two_orders():
    (document,) = read("1;C;5412345000020;8437002000202;5;;;", "1;C;5412345000013;8437002000219;5;;;")
    assert codes(document, "blocking") == ["values_conflict"]
    assert [
        document.party("buyer").code for document in read("1;C;;8437002000202;5;;;", "1;D;;8437002000202;5;;;")
    ] == ["C", "D"]


def test_rows_of_an_order_may_be_scattered():
    documents = read("1;C;;8437002000202;5;;;", "2;C;;8437002000202;6;;;", "1;C;;8437002000219;7;;;")
    assert [(document.number, [str(line.quantity) for line in document.lines]) for document in documents] == [
        ("1", ["5", "7"]),
        ("2", ["6"]),
    ]


def test_the_row_of_totals_is_left_aside_with_a_note():
    (document,) = read("1;C;;8437002000202;5;;;", "TOTAL;;;;5;;;")
    assert (len(document.lines), codes(document)) == (1, ["total_row_ignored"])


def test_formulas_are_text_and_a_leading_apostrophe_is_taken_off_once():
    (document,) = read("=1+1;'=cmd|' /C calc'!A0;@SUM;5", headings="Pedido;Ref;Descripción;Cantidad")
    line = document.lines[0]
    assert (document.number, line.seller_code, line.text) == ("=1+1", "=cmd|' /C calc'!A0", "@SUM")


def test_the_constants_of_the_mapping_stand_where_no_column_is():
    (document,) = read("R-1;5", headings="SKU;Qty", constants={"buyer": "C-9", "po_number": "X", "currency": "eur"})
    assert (document.number, document.party("buyer").code, document.currency) == ("X", "C-9", "EUR")


def test_columns_of_the_mapping_are_found_by_name_or_place_and_missed_by_name():
    (document,) = read(
        "x;R-1;5", headings="Foo;Bar;Baz", columns={"po_number": "FOO", "seller_code": 2, "quantity": "Baz"}
    )
    assert (document.number, document.lines[0].seller_code, document.lines[0].quantity) == ("x", "R-1", Decimal(5))
    (document,) = read("x;R-1;5", headings="PO;SKU;Qty", columns={"price": "Tarifa"})
    assert codes(document, "blocking") == ["mapping_column_missing"]


def test_a_mapping_with_wrong_values_is_told_and_does_not_break():
    (document,) = read("1;C;;8437002000202;5;;;", decimal="x", dates="y/d/m")
    assert [fault.params["field"] for fault in document.faults if fault.code == "mapping_wrong"] == ["decimal", "dates"]


def test_a_mapping_comes_back_from_how_it_is_stored():
    mapping = Mapping.of({"delimiter": ";", "header_row": "3", "columns": {"quantity": 4}, "unknown": 1, "sheet": ""})
    assert mapping == Mapping(delimiter=";", header_row=3, columns={"quantity": 4})
    assert Mapping.of(None) == Mapping()
    assert Mapping.of({"delimiter": "tab", "columns": ["x"], "constants": {"a": None, "b": 1}}) == Mapping(
        delimiter="\t", constants={"b": 1}
    )


@pytest.mark.parametrize(
    "stored",
    [{"header_row": "x"}, {"header_row": -3}, {"header_row": 10**9}, {"encoding": "klingon"}, {"encoding": "zip"}, {"delimiter": "ab"},
     {"delimiter": '"'}, {"columns": {"quantity": 99}}, {"columns": {"quantity": -1}}, {"columns": {"nonsense": 1}}, {"decimal": 7},
     {"dates": {"a": 1}}, {"constants": {"quantity": 5}}],
)  # fmt: skip
def test_whatever_a_stored_mapping_holds_nothing_breaks(stored):
    documents = formats.read(table("1;C;;8437002000202;5;;;"), filename="p.csv", mapping=Mapping.of(stored))
    assert len(documents) == 1
    assert documents[0].as_json()["faults"] is not None


def test_missing_columns_are_named():
    (document,) = read("1;C", headings="Pedido;Cliente")
    assert [(fault.code, fault.params.get("field")) for fault in document.faults] == [
        ("column_missing", "quantity"),
        ("item_column_missing", None),
    ]
    assert document.faults[1].sentence("es") == (
        "Falta la columna que dice qué artículo es: vale el SKU (referencia), el GTIN (EAN) o el código del cliente."
        " Hay: Pedido, Cliente."
    )


def test_headings_without_rows_are_an_empty_file():
    (document,) = read()
    assert (document.kind, document.rejection_reason) == ("unreadable", "EMPTY")


def test_one_order_of_two_thousand_lines_is_read_whole():
    (document,) = read(*[f"1;C;;8437002000202;{n};;;" for n in range(1, 2001)])
    assert sum(line.quantity for line in document.lines) == Decimal(2001000)
    assert document.faults == ()


# -- workbooks


def test_a_workbook_is_read_with_its_typed_cells():
    content = workbook([
        ["Pedido", "EAN", "Cantidad", "Precio", "Fecha entrega"],
        [4501, 8437002000202, 12, 12.1, date(2026, 4, 3)],
        [4501, "8437002000219", "{=6*2.5|15}", 0.1 + 0.2, date(2026, 4, 3)],
    ])  # fmt: skip
    (document,) = formats.read(content, filename="p.xlsx")
    assert (document.format, document.number, document.requested) == (
        "xlsx",
        "4501",
        Window(date(2026, 4, 3), date(2026, 4, 3)),
    )
    assert [(line.gtin, str(line.quantity), str(line.price)) for line in document.lines] == [
        ("8437002000202", "12", "12.1"), ("8437002000219", "15", "0.3"),
    ]  # fmt: skip
    assert document.faults == ()


def test_text_in_a_workbook_is_as_ambiguous_as_anywhere():
    (document,) = formats.read(workbook([["Pedido", "SKU", "Cantidad"], ["1", "A", "1.234"]]), filename="p.xlsx")
    assert codes(document, "blocking") == ["ambiguous_number"]


def test_the_first_sheet_with_anything_in_it_is_read_unless_the_mapping_names_one():
    content = workbook([["Pedido", "SKU", "Cantidad"], ["1", "A", 5]], sheets=("Portada", "Datos"))
    (document,) = formats.read(content)
    assert (document.number, codes(document)) == ("1", ["sheets_ignored"])
    (document,) = formats.read(content, mapping=Mapping(sheet="Datos"))
    assert (document.number, codes(document)) == ("1", [])
    (document,) = formats.read(content, mapping=Mapping(sheet="Otra"))
    assert codes(document) == ["sheet_missing"]


# -- other tables


def test_other_loaders_get_columns_by_their_own_words_and_faults_with_cells():
    words = {"sku": "sku", "existencias": "on_hand", "caducidad": "expires_on"}
    found = tabular.read_rows(
        b"SKU;Existencias;Caducidad\nA;1.500,5;31/12/2026\nB;x;01/02/2026\n",
        filename="stock.csv",
        meanings=lambda heading: words.get(heading.lower()),
        wanted=("sku", "on_hand", "lot"),
    )
    assert found.texts("sku") == ["A", "B"]
    assert found.quantities("on_hand") == [Decimal("1500.5"), None]
    assert found.dates("expires_on") == [date(2026, 12, 31), date(2026, 2, 1)]
    assert found.numbers == [2, 3]
    assert [(fault.code, fault.where) for fault in found.faults] == [
        ("column_missing", ""),
        ("number_wrong", "B3"),
        ("date_order_decided", "C"),
    ]


def test_a_number_of_which_nothing_can_be_read_is_told_with_how_to_write_it() -> None:
    said = [fault("number_wrong", received="doce", right=None).sentence(lang) for lang in ("es", "en")]
    assert said == [
        "«doce» no es un número. Escríbalo solo con cifras, como 12 o 12,5.",
        "“doce” is not a number. Write it with figures only, such as 12 or 12.5.",
    ]
    assert (
        fault("number_wrong", received="12 cajas", right="12").sentence("es").endswith("debería ser, por ejemplo, 12.")
    )
    assert "Pedido, Cliente" in fault("header_not_found", received="x", right=None).sentence("es")
