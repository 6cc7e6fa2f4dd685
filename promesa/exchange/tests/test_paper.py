"""Orders as PDFs with text: many layouts, none of them known to the reader before."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from promesa.exchange import formats
from promesa.exchange.formats.neutral import Window
from promesa.exchange.tests import papers


def read(name, **given):
    (document,) = formats.read(papers.pdf(name), filename=f"{name}.pdf", **given)
    return document


def rows(document):
    return [
        (
            line.seller_code or line.buyer_code,
            str(line.quantity),
            line.price and str(line.price),
            line.amount and str(line.amount),
        )
        for line in document.lines
    ]


def codes(document, severity="blocking"):
    return [fault.code for fault in document.faults if fault.severity == severity]


def totals(document):
    return {name: str(value) for name, value in document.totals.items()}


def test_a_ruled_spanish_order_with_discounts_and_two_rates_of_tax_is_read_whole():
    document = read("spanish_ruled")
    assert (document.format, document.kind, document.number) == ("pdf-order", "order", "4500123")
    assert document.issued_on == date(2026, 3, 5)
    assert document.requested == Window(date(2026, 3, 27), date(2026, 3, 27))
    assert document.currency == "EUR"
    buyer, ship_to = document.party("buyer"), document.party("ship_to")
    assert (buyer.name, buyer.tax_id, buyer.postcode, buyer.city) == (
        "SUPERMERCADOS RUBIO, S.A.",
        "A28123453",
        "28108",
        "Alcobendas",
    )
    assert document.party("seller").name == "Aceites del Sur, S.L."
    assert (ship_to.name, ship_to.gln, ship_to.street) == ("Plataforma Getafe", "8437008459004", "C/ Herreros, 22")
    assert rows(document) == [
        ("AC-5L", "48", "32.50", "1560.00"), ("AC-1L", "1200", "4.875", "5265.00"), ("VN-750", "36", "18.90", "646.38"),
    ]  # fmt: skip
    assert document.lines[1].text == "Aceite de oliva suave, botella de 1 litro en caja de doce unidades retractilada"
    assert [str(line.tax_rate) for line in document.lines] == ["4", "4", "10"]
    assert [[str(one.percent) for one in line.allowances] for line in document.lines] == [[], ["10"], ["5"]]
    assert totals(document) == {"lines": "7471.38", "tax": "337.64", "payable": "7809.02"}
    assert document.notes == ("Entregar de 7 a 12 h.", "Palés europeos.")
    assert document.terms == "transferencia a 60 días"
    assert codes(document) == []


def test_an_order_without_rules_and_with_the_code_on_the_right_is_read_by_what_stands_under_its_headings():
    document = read("british_plain")
    assert (document.number, document.issued_on, document.currency) == ("PO-88213", date(2026, 2, 3), "GBP")
    assert document.requested == Window(date(2026, 2, 12), date(2026, 2, 12))
    assert rows(document) == [
        ("OG-1006", "10", "41.40", "414.00"), ("OG-2200", "4", "89.95", "359.80"), ("OG-0310", "25", "2.10", "52.50"),
    ]  # fmt: skip
    assert document.lines[0].text == "Extra virgin olive oil 6 x 1 L, cold pressed, harvest 2025"
    assert totals(document) == {"lines": "826.30", "charges": "15.00", "tax": "165.26", "payable": "1006.56"}
    assert [(one.charge, str(one.amount), one.reason) for one in document.allowances] == [(True, "15.00", "Delivery")]
    assert document.party("ship_to").postcode == "BS2 0XJ"
    assert codes(document) == []


def test_points_between_thousands_are_told_from_decimals_by_the_sums():
    document = read("colombian")
    assert (document.number, document.currency) == ("OC-2026-0457", "COP")
    assert rows(document) == [
        ("LV-2001", "120", "38400", "4608000"), ("LV-3010", "85", "12750", "1083750"), ("LV-4002", "60", "9800", "588000"),
    ]  # fmt: skip
    assert totals(document) == {"lines": "6279750", "tax": "1193153", "payable": "7472903"}
    assert document.issued_on == date(2026, 11, 12)
    assert codes(document) == []


def test_an_order_without_prices_is_an_order():
    document = read("no_prices")
    assert (document.number, document.issued_on, document.kind) == ("CP/2026/031", date(2026, 11, 12), "order")
    assert [(line.gtin, line.seller_code, str(line.quantity)) for line in document.lines] == [
        ("8410076472885", "1001", "24"), ("8410793212344", "1002", "40"), ("4006381333931", "1017", "8"),
    ]  # fmt: skip
    assert document.party("buyer").name == "Bar Casa Pepe, S.L."
    assert codes(document) == []


def test_headings_over_two_rows_and_labels_above_their_values_are_read():
    document = read("american_grid")
    assert (document.number, document.currency, document.terms) == ("LH-20931", "USD", "Net 30")
    assert (document.issued_on, document.requested) == (date(2026, 4, 11), Window(date(2026, 4, 18), date(2026, 4, 18)))
    assert rows(document) == [
        ("HB-0840", "500", "11.25", "5625.00"), ("FW-08", "1000", "0.035", "35.00"), ("TW-100", "12", "148.50", "1782.00"),
    ]  # fmt: skip
    assert document.party("ship_to").street == "Warehouse 2, 18 Dock Avenue"
    assert [fault.params["evidence"] for fault in document.faults if fault.code == "date_read_as"] == ["«04/18/2026»"]
    assert codes(document) == []


def test_codes_in_brackets_and_units_beside_quantities_are_taken_apart():
    document = read("odoo")
    assert (document.number, document.kind) == ("P00127", "order")
    assert [(line.seller_code, line.text, str(line.quantity), line.unit_received) for line in document.lines] == [
        ("VL-100", "Plato llano 27 cm", "240.00", "Unidades"), ("VL-205", "Taza café con asa", "600.00", "Unidades"),
    ]  # fmt: skip
    assert document.requested == Window(date(2026, 1, 20), date(2026, 1, 20))
    assert codes(document) == []


def test_a_page_of_fixed_width_letters_keeps_its_line_numbers():
    document = read("monospaced")
    assert document.number == "4700098812"
    assert [line.line_number for line in document.lines] == ["00010", "00020", "00030"]
    assert rows(document) == [
        ("7000412", "120", "3.85", "462.00"),
        ("7000977", "300", "1.10", "330.00"),
        ("7001250", "25", "14.60", "365.00"),
    ]
    assert totals(document) == {"lines": "1157.00"}
    assert codes(document) == []


def test_a_french_order_is_read_too():
    document = read("french")
    assert (document.number, document.issued_on, document.requested) == (
        "BC-7781",
        date(2026, 7, 2),
        Window(date(2026, 7, 15), date(2026, 7, 15)),
    )
    assert rows(document) == [("CI-12", "30", "14.20", "426.00"), ("CI-40", "18", "9.75", "175.50")]
    assert totals(document) == {"lines": "601.50", "tax": "33.08", "payable": "634.58"}


@pytest.mark.parametrize("name", ["long", "long_bare"])
def test_an_order_of_several_pages_has_all_its_lines(name):
    document = read(name)
    assert document.number == "PV-26/1187"
    assert [line.seller_code for line in document.lines] == [f"8{place:05d}" for place in range(1, 71)]
    assert document.lines[8].text == "Artículo de prueba número 9 con una descripción que ocupa dos renglones enteros"
    assert document.lines[69].amount == Decimal("6.50")
    assert totals(document) == {"payable": "1980.00"}
    assert codes(document) == []
    assert codes(document, "warning") == (["lines_after_gap"] if name == "long_bare" else [])


# -- what is not guessed


def small(head, table="[A-100],[Widget blue],[10],[2.50],[25.00],", *, title="PURCHASE ORDER"):
    return papers.made(
        f'#set page(paper: "a4")\n#text(size: 18pt)[{title}] \\\n{head}\n'
        f"#table(columns: 5, [Item],[Description],[Quantity],[Price],[Amount],{table})"
    )


def one(content, **given):
    (document,) = formats.read(content, filename="x.pdf", **given)
    return document


def test_a_day_with_two_readings_is_told_and_not_guessed():
    document = one(small("PO Number: 7781 \\\nDate: 03/04/2026 \\\nSupplier: Acme Trading"))
    (fault,) = [fault for fault in document.faults if fault.code == "ambiguous_date"]
    assert (fault.received, fault.right, fault.severity) == ("03/04/2026", "2026-04-03 / 2026-03-04", "blocking")
    assert document.issued_on is None
    assert document.number == "7781"


def test_the_layout_of_the_sender_settles_a_day_with_two_readings():
    content = small("PO Number: 7781 \\\nDate: 03/04/2026 \\\nSupplier: Acme Trading")
    template = {"name": "acme", "anchors": [{"text": "PO Number:", "at": [0.12, 0.105]}], "date_order": "mdy"}
    document = one(content, templates=[template])
    assert document.issued_on == date(2026, 3, 4)
    assert codes(document) == []


def test_an_amount_that_is_not_the_product_blocks_the_line():
    document = one(small("PO Number: 7781 \\\nDate: 2026-04-03", "[A-100],[Widget],[10],[2.50],[52.00],"))
    (fault,) = [fault for fault in document.faults if fault.blocking]
    assert (fault.code, fault.received, fault.right, fault.line) == ("amount_not_product", "52.00", "25.00", "1")
    assert {str(document.places[f"lines.1.{name}"]["confidence"]) for name in ("quantity", "price", "amount")} == {
        "0.7"
    }


def test_lines_that_do_not_add_up_to_the_subtotal_block_the_order():
    document = one(
        small(
            "PO Number: 7781 \\\nDate: 2026-04-03",
            "[A-1],[Widget],[10],[2.50],[25.00],)\nSubtotal 35.00 #table(columns: 1, [.],",
        )
    )
    assert [(fault.code, fault.received, fault.right) for fault in document.faults if fault.blocking] == [
        ("sum_not_subtotal", "35.00", "25.00")
    ]


def test_a_price_for_a_hundred_is_found_by_the_sum():
    document = one(small("PO Number: 7781 \\\nDate: 2026-04-03", "[A-1],[Screw],[500],[2.50],[12.50],"))
    (line,) = document.lines
    assert (line.price, line.price_basis, line.amount) == (Decimal("2.50"), Decimal(100), Decimal("12.50"))
    assert codes(document) == []


def test_every_field_has_its_place_and_its_certainty():
    document = read("spanish_ruled")
    assert set(document.places) >= {"number", "issued_on", "requested", "parties.buyer.name", "parties.seller.name", "parties.ship_to.gln",
                                    "totals.payable", *(f"lines.{place}.{name}" for place in (1, 2, 3) for name in
                                                        ("seller_code", "text", "quantity", "price", "amount", "unit_code"))}  # fmt: skip
    for place in document.places.values():
        x0, y0, x1, y1 = place["box"]
        assert 0 <= x0 < x1 <= 1
        assert 0 <= y0 < y1 <= 1
        assert place["page"] == 1
        assert Decimal("0.8") <= place["confidence"] <= 1
    assert isinstance(document.as_json()["places"]["number"]["box"][0], str)


def test_what_is_less_sure_than_asked_for_blocks_by_name():
    from_pdf = formats.pdf.read(small("Reference: 7781 \\\nDate: 2026-04-03 \\\nSupplier: Acme"), formats.Given())
    (fault,) = [fault for fault in from_pdf[0].faults if fault.blocking]
    assert (fault.code, fault.received, fault.params["field"], fault.params["confidence"]) == (
        "low_confidence",
        "7781",
        "number",
        "0.78",
    )
    assert fault.sentence("es").startswith("No es seguro que number sea «7781»")
    sure = formats.pdf.read(
        small("Reference: 7781 \\\nDate: 2026-04-03 \\\nSupplier: Acme"), formats.Given(), threshold=0.7
    )
    assert codes(sure[0]) == []


def test_pages_that_did_not_come_are_asked_for():
    document = one(small("PO Number: 7781 \\\nDate: 2026-04-03 \\\nPage 1 of 3"))
    assert [(fault.code, fault.received, fault.right) for fault in document.faults if fault.blocking] == [
        ("pages_missing", "1", "3")
    ]


# -- what is no order


@pytest.mark.parametrize(
    ("title", "what"),
    [
        ("FACTURA", "an invoice"),
        ("ALBARÁN DE ENTREGA Nº 5512", "a delivery note"),
        ("Presupuesto nº 88/2026", "a quotation"),
        ("Request for Quotation", "a request for quotation"),
        ("Order Confirmation", "a confirmation"),
        ("FACTURA PROFORMA", "a pro forma invoice"),
        ("CREDIT NOTE", "a credit note"),
        ("Lista de precios", "a price list"),
    ],
)
def test_what_says_that_it_is_something_else_is_no_order(title, what):
    document = one(small("Your order: 4500123 \\\nDate: 2026-04-03 \\\nSupplier: Acme", title=title))
    assert document.kind == "not_an_order"
    (fault,) = [fault for fault in document.faults if fault.blocking]
    assert (fault.code, fault.params["what_en"]) == ("says_no_order", what)
    assert title in fault.sentence("es")
    assert document.rejection_reason == "NOT_AN_ORDER"


def test_a_letter_is_no_order():
    document = one(
        papers.made("Estimado cliente: \\\nLe escribimos en relación con su pedido 4500123, que no ha llegado.")
    )
    assert (document.kind, codes(document)) == ("not_an_order", ["nothing_says_order"])


def test_a_change_and_a_cancellation_say_so():
    assert one(small("PO Number: 1", title="Purchase Order Change")).kind == "order_change"
    assert one(small("Pedido: 1", title="ANULACIÓN DE PEDIDO")).kind == "order_cancellation"
