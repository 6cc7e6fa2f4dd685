"""Orders written as letters, kept as PDFs with text: sentences before the table, and a greeting right under it."""

from __future__ import annotations

from datetime import date

import pytest

from promesa.exchange import formats
from promesa.exchange.tests import papers

_LETTER = """
#set page(paper: "a4", margin: 2cm)
#set text(font: "DejaVu Sans Mono", size: 8pt)
```
Conservas Lima, S.L. {beside}
Calle Mayor 3
28013 Madrid
NIF: B12345674
Proveedor: Aceites del Sur, S.L.

{opening}

Código    Descripción               Cantidad
AC-1L     Aceite de oliva 1 L             12
{closing}
```
"""
_NUMBERED = "Pedido nº: 2026/118    Fecha: 12/11/2026"


def letter(*, opening=_NUMBERED, closing="", beside=""):
    pdf = papers.made(_LETTER.format(opening=opening, closing=closing, beside=beside))
    (document,) = formats.read(pdf, filename="letter.pdf")
    return document


def lines(document):
    return [(line.seller_code, line.text, str(line.quantity)) for line in document.lines]


@pytest.mark.parametrize(
    "closing",
    [
        "Un saludo,", "Saludos cordiales", "Atentamente", "Muy atentamente,", "Gracias", "Muchas gracias por su atención.",
        "Gracias y un saludo", "Kind regards,", "Best regards", "Thank you", "Thanks in advance", "Yours faithfully,",
        "Quedamos a la espera.",
    ],
)  # fmt: skip
def test_a_greeting_right_under_the_table_belongs_to_no_line(closing):
    document = letter(closing=closing)
    assert (document.kind, document.number) == ("order", "2026/118")
    assert lines(document) == [("AC-1L", "Aceite de oliva 1 L", "12")]
    assert [fault.code for fault in document.faults if fault.blocking] == []


def test_a_greeting_ends_the_table_so_that_the_name_under_it_is_no_text_of_a_line():
    document = letter(closing="Un saludo,\n          María López\n          Compras")
    assert lines(document) == [("AC-1L", "Aceite de oliva 1 L", "12")]


def test_words_that_go_on_under_a_description_still_belong_to_its_line():
    document = letter(closing="          en garrafa de vidrio")
    assert lines(document) == [("AC-1L", "Aceite de oliva 1 L en garrafa de vidrio", "12")]


@pytest.mark.parametrize(
    "opening",
    [
        "Les pasamos el pedido núm. 2026/118 de fecha 12 de noviembre de 2026, para entregar el 20.",
        "Les pasamos el pedido núm. 2026/118 de fecha 12 de\nnoviembre de 2026.",
        "Pedido núm. 2026/118 de fecha 12/11/2026",
        "Pedido nº 2026/118, con fecha 12-11-2026.",
        "Please supply our order no. 2026/118 dated 12 November 2026.",
        "Please find below purchase order number 2026/118 of 12 November 2026",
    ],
)
def test_the_number_and_the_day_that_a_sentence_tells_are_the_orders(opening):
    document = letter(opening=opening)
    assert (document.kind, document.number, document.issued_on) == ("order", "2026/118", date(2026, 11, 12))
    assert [fault.code for fault in document.faults if fault.blocking] == []
    assert 0.8 <= document.places["number"]["confidence"] <= 0.9


@pytest.mark.parametrize(
    "opening",
    [
        "Les confirmamos el pedido núm. 2026/118 de fecha 12/11/2026.",
        "Hemos recibido su pedido núm. 2026/118 de fecha 12/11/2026.",
        "Thank you for your order no. 2026/118 dated 12 November 2026.",
    ],
)
def test_a_sentence_about_the_order_of_another_makes_no_order(opening):
    assert letter(opening=opening).kind == "not_an_order"


@pytest.mark.parametrize("beside", ["(cliente nº: C-1042)", "(cód. cliente: C-1042)", "(código de cliente C-1042)"])
def test_a_code_in_brackets_is_taken_without_its_bracket(beside):
    buyer = letter(beside=beside).party("buyer")
    assert (buyer.name, buyer.code, buyer.tax_id) == ("Conservas Lima, S.L.", "C-1042", "B12345674")
