"""Raised figures (², ¹) count as digits for some purposes and are no number: nobody who reads or writes stumbles over them."""

import pytest

from promesa.exchange.formats.facturae.codes import province_of
from promesa.exchange.formats.tabular import _by_place
from promesa.exchange.formats.x12.interchange import _how_different
from promesa.exchange.formats.x12.write_lines import _closes


@pytest.mark.parametrize(("postcode", "province"), [("28001", province_of("28999")), ("²8001", None), ("8²001", None)])
def test_a_postcode_with_raised_figures_is_of_no_province(postcode: str, province: str | None) -> None:
    assert province_of(postcode) == province


def test_a_column_named_by_raised_figures_is_no_place() -> None:
    assert [_by_place(name) for name in ("2", 2, "²", "1²")] == [True, True, False, False]


def test_a_code_with_raised_figures_closes_no_gtin() -> None:
    assert not _closes("8437002000011", {"UI": "²³²", "UA": "843700200001²"})


@pytest.mark.parametrize(
    ("control", "expected", "said"), [("0007", "7", "warning"), ("0000¹0007", "7", None), ("7", "0000¹0007", None)]
)
def test_control_numbers_with_raised_figures_are_other_numbers(control: str, expected: str, said: str | None) -> None:
    assert _how_different(control, expected) == said
