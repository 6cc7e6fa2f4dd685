"""Numbers as people type them."""

from decimal import Decimal

import pytest

from promesa.desk.typed import line, number, paragraph

D = Decimal


@pytest.mark.parametrize(
    ("text", "lang", "value"),
    [
        ("24", "es", D(24)), ("1.234,5", "es", D("1234.5")), ("1.500", "es", D(1500)), ("12.5", "es", D("12.5")),
        ("12,5", "es", D("12.5")), ("1.234.567", "es", D(1234567)), ("0.125", "es", D("0.125")),
        ("1,234.5", "en", D("1234.5")), ("1,500", "en", D(1500)), ("12,5", "en", D("12.5")), ("12.5", "en", D("12.5")),
        (" 1 500 ", "es", D(1500)), ("-3", "es", D(-3)), ("", "es", None), ("doce", "es", None), ("1e30", "es", None),
        ("1.2.3", "es", None), ("12,5,1", "es", None), ("NaN", "en", None), ("٣", "en", None), ("9" * 40, "en", None),
    ],
)  # fmt: skip
def test_a_number_is_read_in_the_readers_language_and_never_guessed(text: str, lang: str, value: D | None) -> None:
    assert number(text, lang) == value


def test_text_loses_what_no_line_holds() -> None:
    assert line(" a\x00b\n c ", 10) == "a b c"
    assert paragraph(" a\r\nb\x07 ", 10) == "a\nb"
