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
