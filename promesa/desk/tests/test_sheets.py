"""Files for spreadsheets: text stays text, numbers stay numbers."""

import io
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from python_calamine import CalamineWorkbook

from promesa.core.sheets import csv_lines, harmless, xlsx

D = Decimal

ROWS = [["=1+1", "Ribera; Alta", D("1234.50"), 3, date(2026, 3, 2), datetime(2026, 3, 2, 9, 30, tzinfo=UTC), None]]
HEADS = ["a", "b", "c", "d", "e", "f", "g"]


@pytest.mark.parametrize("text", ["=HYPERLINK(1)", "+1", "-1", "@x", "\tx", "\rx"])
def test_a_text_that_could_act_as_a_formula_is_disarmed(text: str) -> None:
    assert harmless(text) == f"'{text}"


def test_a_plain_text_is_left_alone() -> None:
    assert harmless("Aceite 5 L = bueno") == "Aceite 5 L = bueno"


def test_a_spanish_csv_has_semicolons_and_decimal_commas() -> None:
    text = b"".join(csv_lines(HEADS, ROWS, spanish=True)).decode("utf-8-sig")
    assert text == 'a;b;c;d;e;f;g\r\n\'=1+1;"Ribera; Alta";1234,50;3;2026-03-02;2026-03-02 09:30;\r\n'


def test_an_english_csv_has_commas_and_points() -> None:
    text = b"".join(csv_lines(HEADS, ROWS, spanish=False)).decode("utf-8-sig")
    assert text.splitlines()[1] == "'=1+1,Ribera; Alta,1234.50,3,2026-03-02,2026-03-02 09:30,"


def test_a_workbook_holds_numbers_days_and_harmless_text() -> None:
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(xlsx("Orders", HEADS, ROWS))).get_sheet_by_index(0)
    head, row = sheet.to_python()
    assert head == HEADS
    assert row == ["'=1+1", "Ribera; Alta", 1234.5, 3.0, date(2026, 3, 2), datetime(2026, 3, 2, 9, 30), ""]  # noqa: DTZ001
