"""How values are said."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from promesa.core.ui import format as written

MOMENT = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
NB = "\N{NO-BREAK SPACE}"


@pytest.mark.parametrize(
    ("value", "decimals", "es", "en"),
    [
        (Decimal("1234.500"), None, "1.234,5", "1,234.5"),
        (Decimal("1234.5"), 2, "1.234,50", "1,234.50"),
        (Decimal("-0.125"), 2, "−0,13", "−0.13"),
        (Decimal("-0.001"), 2, "0,00", "0.00"),
        (Decimal("1E+3"), None, "1.000", "1,000"),
        (Decimal("1E+30"), 2, "1" + ".000" * 10 + ",00", "1" + ",000" * 10 + ".00"),
        (0, None, "0", "0"),
        (Decimal("NaN"), None, "—", "—"),
    ],
)
def test_a_number_is_said_as_its_language_writes_it(value: Decimal, decimals: int | None, es: str, en: str) -> None:
    assert written.format_number(value, "es", decimals) == es
    assert written.format_number(value, "en", decimals) == en


def test_a_difference_says_its_sign() -> None:
    assert written.format_number(Decimal("1.1"), "es", 1, sign=True) == "+1,1"
    assert written.format_number(Decimal(0), "es", 1, sign=True) == "0,0"
    assert written.format_percent(Decimal("-0.011"), "en", 1, sign=True) == "−1.1%"


def test_a_share_of_one_is_said_in_per_cent() -> None:
    assert written.format_percent(Decimal("0.954265"), "es") == f"95,4{NB}%"
    assert written.format_percent(Decimal("0.954265"), "en", 2) == "95.43%"


@pytest.mark.parametrize(
    ("currency", "es", "en"),
    [
        ("EUR", f"7.681,53{NB}€", "€7,681.53"),
        ("COP", f"7.682{NB}COP", f"COP{NB}7,682"),
        ("USD", f"7.681,53{NB}USD", "$7,681.53"),
        ("KWD", f"7.681,525{NB}KWD", f"KWD{NB}7,681.525"),
    ],
)
def test_money_has_the_digits_of_its_currency_and_never_parts_from_it(currency: str, es: str, en: str) -> None:
    assert written.format_money(Decimal("7681.525"), currency, "es") == es
    assert written.format_money(Decimal("7681.525"), currency, "en") == en


def test_a_debt_has_its_minus_before_the_symbol() -> None:
    assert written.format_money(Decimal("-64.8"), "EUR", "en") == "−€64.80"
    assert written.format_money(Decimal("-64.8"), "EUR", "es") == f"−64,80{NB}€"


def test_a_quantity_says_its_unit_in_the_right_number() -> None:
    assert written.format_quantity(Decimal("12"), "CS", "es") == f"12{NB}cajas"
    assert written.format_quantity(Decimal("1.000"), "CS", "es") == f"1{NB}caja"
    assert written.format_quantity(Decimal("2.5"), "KGM", "en") == f"2.5{NB}kg"
    assert written.format_quantity(3, "ZZX", "en") == f"3{NB}ZZX"


def test_both_languages_know_the_same_units() -> None:
    assert set(written.UNITS["es"]) == set(written.UNITS["en"])


def test_a_day_says_its_year_only_when_it_is_another() -> None:
    assert written.format_date(date(2026, 11, 24), "es", today=date(2026, 11, 20)) == "mar 24 nov"
    assert written.format_date(date(2025, 12, 4), "en", today=date(2026, 11, 20)) == "Thu 4 Dec 2025"


def test_a_moment_is_said_in_the_zone_that_is_asked_for() -> None:
    assert written.format_moment(MOMENT, "es", "Europe/Madrid") == "mar 24 nov, 10:30"
    assert written.format_moment(MOMENT, "en", "America/Bogota") == "Tue 24 Nov, 04:30"
    full = "martes 24 de noviembre de 2026, 10:30:00 (Europe/Madrid, UTC+1)"
    assert written.format_full_stamp(MOMENT, "es", "Europe/Madrid") == full


def test_a_moment_without_its_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="needs its zone"):
        written.format_moment(MOMENT.replace(tzinfo=None), "es")


@pytest.mark.parametrize(
    ("hours", "es"),
    [
        (4, "mar 24 nov, 10:30–14:30"),
        (48, "mar 24 nov, 10:30 – jue 26 nov, 10:30"),
    ],
)
def test_a_window_is_said_without_repeating_its_day(hours: int, es: str) -> None:
    assert written.format_window(MOMENT, MOMENT + timedelta(hours=hours), "es", "Europe/Madrid") == es


def test_a_window_of_whole_days_says_no_hours_and_ends_on_its_last_day() -> None:
    start = datetime(2026, 11, 24, tzinfo=UTC)
    assert written.format_window(start, start + timedelta(days=1), "en") == "Tue 24 Nov"
    assert written.format_window(start, start + timedelta(days=3), "en") == "Tue 24 Nov – Thu 26 Nov"
    late = start + timedelta(hours=20)
    assert written.format_window(late, start + timedelta(days=1), "en") == "Tue 24 Nov, 20:00–24:00"


@pytest.mark.parametrize(
    ("seconds", "es", "en"),
    [
        (30, "ahora", "now"),
        (45 * 60, f"hace 45{NB}min", f"45{NB}min ago"),
        (47 * 3600, f"hace 47{NB}h", f"47{NB}h ago"),
        (72 * 3600, f"hace 3{NB}días", f"3{NB}days ago"),
        (-3 * 3600, f"en 3{NB}h", f"in 3{NB}h"),
    ],
)
def test_how_long_ago_is_said_in_the_largest_whole_unit(seconds: int, es: str, en: str) -> None:
    now = MOMENT + timedelta(seconds=seconds)
    assert written.format_ago(MOMENT, now, "es") == es
    assert written.format_ago(MOMENT, now, "en") == en


def test_a_list_of_words_is_joined_as_its_language_does() -> None:
    assert written.joined(["pan", "aceite", "vino"], "es") == "pan, aceite y vino"
    assert written.joined(["agua", "hielo"], "es") == "agua y hielo"
    assert written.joined(["agua", "infusión"], "es") == "agua e infusión"
    assert written.joined(["bread", "oil"], "en") == "bread and oil"
