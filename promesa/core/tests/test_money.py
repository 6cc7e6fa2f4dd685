"""Rounding, line amounts, units and pack factors."""

from decimal import Decimal, InvalidOperation

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promesa.core import money, quantities
from promesa.core.money import digits, line_net, round_money
from promesa.core.quantities import PackFactor, unit_code, unit_word
from promesa.core.ui.format import UNITS

D = Decimal


@pytest.mark.parametrize(
    ("currency", "expected"),
    [("EUR", 2), ("COP", 0), ("CLP", 0), ("JPY", 0), ("PYG", 0), ("KWD", 3), ("TND", 3), ("CLF", 4), ("XQQ", 2)],
)
def test_a_currency_has_its_own_number_of_decimals(currency: str, expected: int) -> None:
    assert digits(currency) == expected


@pytest.mark.parametrize(
    ("amount", "currency", "expected"),
    [
        ("1.005", "EUR", "1.01"),
        ("1.004999", "EUR", "1.00"),
        ("-1.005", "EUR", "-1.01"),
        ("2.5", "COP", "3"),
        ("1499.49", "COP", "1499"),
        ("0.0005", "KWD", "0.001"),
    ],
)
def test_money_rounds_half_up_away_from_zero_by_currency(amount: str, currency: str, expected: str) -> None:
    assert str(round_money(D(amount), currency)) == expected


def test_rounding_never_leaves_a_negative_zero() -> None:
    assert str(round_money(D("-0.001"), "EUR")) == "0.00"


def test_an_amount_that_is_not_finite_is_refused() -> None:
    with pytest.raises(InvalidOperation):
        round_money(D("NaN"), "EUR")
    with pytest.raises(InvalidOperation):
        round_money(D("Infinity"), "EUR")


def test_a_line_amount_is_rounded_once_and_not_at_each_step() -> None:
    # 12.40 a hundred is 0.124 each: rounding that first would give 0.12 x 250 = 30.00.
    assert line_net(D(250), D("12.40"), D(100), "EUR") == D("31.00")
    assert line_net(D(3), D("0.333333"), D(1), "EUR") == D("1.00")
    assert str(line_net(D("2.5"), D("1999.9"), D(1), "COP")) == "5000"


def test_a_price_basis_of_zero_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="price basis"):
        line_net(D(1), D(1), D(0), "EUR")


def test_absurd_quantities_keep_every_digit() -> None:
    assert line_net(D("1e30"), D("123456.789012"), D(1), "EUR") == D("123456789012e24")
    assert line_net(D("1e30"), D(1), D(3), "EUR") == D("3" * 30 + ".33")
    assert not money.fits(line_net(D("1e30"), D(1), D(1), "EUR"))
    assert money.fits(D("9999999999999999.99"))
    assert not money.fits(D("NaN"))


@given(
    st.decimals(min_value=-(10**12), max_value=10**12, places=6),
    st.sampled_from(["EUR", "COP", "KWD"]),
)
def test_rounding_moves_an_amount_by_at_most_half_a_unit_and_mirrors_its_negative(amount: D, currency: str) -> None:
    rounded = round_money(amount, currency)
    assert abs(rounded - amount) * 2 <= money.quantum(currency)
    assert round_money(-amount, currency) == -rounded
    assert round_money(rounded, currency) == rounded


def test_ordered_packs_become_base_units_by_an_exact_fraction() -> None:
    case = PackFactor(12, 1)
    assert case.to_base(D(40)) == D(480)
    assert case.from_base(D(480)) == D(40)
    assert str(PackFactor(1, 3).to_base(D(1))) == "0.333333"
    assert PackFactor(1, 3).to_base(D(3)) == D(1)
    assert not quantities.is_exact(D(1), 1, 3)
    assert quantities.is_exact(D(6), 1, 3)


def test_a_pack_factor_of_zero_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="positive fraction"):
        PackFactor(0, 1).to_base(D(1))


def test_whole_packs_are_told_from_broken_ones() -> None:
    assert quantities.is_multiple(D(480), 12)
    assert not quantities.is_multiple(D(481), 12)
    assert quantities.is_multiple(D("7.5"), 5, 2)
    assert quantities.next_multiple(D(481), 12) == D(492)
    assert quantities.next_multiple(D(480), 12) == D(480)
    assert quantities.is_multiple(D("12e30"), 12)


@pytest.mark.parametrize("absurd", ["1e61", "-1e999999", "Infinity", "NaN"])
def test_a_quantity_beyond_all_sense_fits_nowhere_and_breaks_nothing(absurd: str) -> None:
    assert not quantities.fits(PackFactor(720, 1).to_base(D(absurd)))
    assert not quantities.fits(PackFactor(1, 3).to_base(D("9e60")))


def test_quantities_keep_six_decimals_and_know_what_can_be_kept() -> None:
    assert str(quantities.round_quantity(D("1.0000005"))) == "1.000001"
    assert quantities.fits(D("999999999999.999999"))
    assert not quantities.fits(D("1e30"))
    assert not quantities.fits(D("Infinity"))


@given(st.decimals(min_value=0, max_value=10**9, places=2), st.integers(1, 5000), st.integers(1, 50))
def test_the_next_whole_pack_holds_the_quantity_and_wastes_less_than_a_pack(
    quantity: D, numerator: int, denominator: int
) -> None:
    packed = quantities.next_multiple(quantity, numerator, denominator)
    size = D(numerator) / D(denominator)
    assert packed >= quantity - D("0.000001")
    assert packed - quantity < size + D("0.000001")


@pytest.mark.parametrize(
    ("received", "expected"),
    [
        ("PCE", "C62"), ("EA", "C62"), ("UN", "C62"), ("uds.", "C62"), ("H87", "C62"), ("C62", "C62"),
        ("CAJ", "CS"), ("caja", "CS"), ("CT", "CT"), ("Cartón", "CT"), ("PF", "PX"), ("PX", "PX"), ("palé", "PX"),
        ("KGM", "KGM"), ("kg", "KGM"), (" l ", "LTR"), ("XBX", "BX"),
    ],
)  # fmt: skip
def test_units_as_files_write_them_become_standard_codes(received: str, expected: str) -> None:
    assert unit_code(received) == expected


def test_an_unknown_unit_is_kept_as_received() -> None:
    assert unit_code("Zurrón") == "Zurrón"
    assert not quantities.is_known("Zurrón")
    assert unit_word("Zurrón", 2, "es") == "Zurrón"
    assert not quantities.same_unit("Zurrón", "CS")
    assert quantities.same_unit("PCE", "EA")


def test_units_have_words_in_both_languages() -> None:
    assert unit_word("CS", 1, "es") == "caja"
    assert unit_word("CS", D(12), "es") == "cajas"
    assert unit_word("PX", 2, "en") == "pallets"
    assert unit_word("PCE", D("0.5"), "en") == "units"


def test_every_alias_leads_to_a_code_that_has_words() -> None:
    assert {code for code in quantities.ALIASES.values() if code not in quantities.UNITS} == set()
    assert {code for code in quantities.UNITS if code not in UNITS["es"] or code not in UNITS["en"]} == set()
    assert quantities.alike("CT")[0] == "CT"
    assert quantities.alike("KGM") == ("KGM",)


def test_measures_of_one_dimension_convert_exactly_and_others_do_not() -> None:
    assert quantities.measure_factor("KGM", "GRM") == PackFactor(1000, 1)
    assert quantities.measure_factor("CLT", "LTR") == PackFactor(1, 100)
    assert quantities.measure_factor("DZN", "C62") == PackFactor(12, 1)
    assert quantities.measure_factor("CS", "CS") == PackFactor(1, 1)
    assert quantities.measure_factor("KGM", "LTR") is None
    assert quantities.measure_factor("CS", "C62") is None
