"""GS1 keys: check digits and comparison."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promesa.core import identifiers


@pytest.mark.parametrize(
    ("body", "digit"),
    [("629104150021", "3"), ("37610425002123456", "9"), ("03600029145", "2"), ("9638507", "4"), ("0", "0")],
)
def test_the_check_digit_is_the_one_of_the_worked_examples(body, digit):
    assert identifiers.check_digit(body) == digit


@pytest.mark.parametrize("body", ["", "12a", "١٢٣", " 12", "-1"])
def test_a_body_that_is_not_digits_is_refused(body):
    with pytest.raises(ValueError, match="not digits"):
        identifiers.check_digit(body)


@pytest.mark.parametrize("code", ["6291041500213", "96385074", "036000291452", "00012345600012", "8437002000011"])
def test_a_right_gtin_is_a_gtin(code):
    assert identifiers.is_gtin(code) is True


@pytest.mark.parametrize(
    "code", ["6291041500214", "", "629104150021", "62910415002130", "629104150021X", "１２３４５６７０"]
)
def test_a_wrong_digit_length_or_letter_makes_no_gtin(code):
    assert identifiers.is_gtin(code) is False


def test_a_gln_has_thirteen_digits_and_closes():
    assert identifiers.is_gln("5412345000013") is True
    assert identifiers.is_gln("5412345000012") is False
    assert identifiers.is_gln("96385074") is False


def test_an_sscc_has_eighteen_digits_and_closes():
    assert identifiers.is_sscc("376104250021234569") is True
    assert identifiers.is_sscc("376104250021234568") is False


def test_gtins_are_compared_after_padding_to_fourteen():
    assert identifiers.pad_gtin("96385074") == "00000096385074"
    assert identifiers.same_gtin("036000291452", "0036000291452") is True
    assert identifiers.same_gtin("036000291452", "1036000291452") is False


def test_what_is_no_gtin_is_not_padded():
    assert identifiers.pad_gtin("REF-1") == "REF-1"
    assert identifiers.pad_gtin("123") == "123"


def test_the_right_code_is_offered_for_a_wrong_one():
    assert identifiers.with_check_digit("6291041500214") == "6291041500213"
    assert identifiers.with_check_digit("ABC") is None
    assert identifiers.with_check_digit("7") is None


@given(st.text(alphabet="0123456789", min_size=12, max_size=12), st.integers(0, 11), st.integers(1, 9))
def test_any_single_wrong_digit_is_noticed(body, place, shift):
    right = body + identifiers.check_digit(body)
    wrong = right[:place] + str((int(right[place]) + shift) % 10) + right[place + 1 :]
    assert identifiers.is_gtin(right) is True
    assert identifiers.is_gtin(wrong) is False
