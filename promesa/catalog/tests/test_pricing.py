"""Which price, tax and pack a line gets."""

from datetime import date
from decimal import Decimal
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promesa.catalog import labels as labels
from promesa.catalog.rules import (
    AGREEMENT,
    DEFAULT_LIST,
    OWN_LIST,
    Offer,
    OrderedUnit,
    Price,
    PriceBook,
    TaxBook,
    TaxRule,
    is_whole,
    price_difference,
    price_for,
    resolve_unit,
)
from promesa.core import words
from promesa.core.quantities import PackFactor

D = Decimal
TODAY = date(2026, 11, 23)
OIL = 7


def offer(origin: str, price: str, **more: object) -> Offer:
    return Offer(item_id=OIL, origin=origin, currency="EUR", unit_price=D(price), **more)  # type: ignore[arg-type]


def found(offers: list[Offer], quantity: str = "10", on: date = TODAY) -> str | None:
    price = PriceBook(offers, "EUR").price(OIL, D(quantity), on)
    return None if price is None else str(price.unit_price)


def test_an_agreement_goes_before_the_customers_list_and_that_before_the_default_list() -> None:
    default, own, signed = offer(DEFAULT_LIST, "9"), offer(OWN_LIST, "12"), offer(AGREEMENT, "15")
    assert found([default, own, signed]) == "15"
    assert found([default, own]) == "12"
    assert found([default]) == "9"
    assert found([]) is None


def test_the_largest_break_that_the_quantity_reaches_is_taken() -> None:
    breaks = [
        offer(OWN_LIST, "10"),
        offer(OWN_LIST, "9", minimum_quantity=D(100)),
        offer(OWN_LIST, "8", minimum_quantity=D(500)),
    ]
    assert [found(breaks, quantity) for quantity in ("99.999999", "100", "499", "500")] == ["10", "9", "9", "8"]


def test_an_agreement_whose_break_is_not_reached_leaves_the_list_price() -> None:
    offers = [offer(AGREEMENT, "7", minimum_quantity=D(100)), offer(DEFAULT_LIST, "9")]
    assert found(offers, "99") == "9"
    assert found(offers, "100") == "7"


def test_a_price_counts_from_its_first_day_until_the_day_before_its_end() -> None:
    offers = [offer(OWN_LIST, "10", valid_from=date(2026, 11, 1), valid_to=date(2026, 12, 1))]
    assert found(offers, on=date(2026, 10, 31)) is None
    assert found(offers, on=date(2026, 11, 1)) == "10"
    assert found(offers, on=date(2026, 11, 30)) == "10"
    assert found(offers, on=date(2026, 12, 1)) is None


def test_of_two_prices_in_force_the_later_one_counts() -> None:
    offers = [
        offer(OWN_LIST, "10", valid_from=date(2025, 1, 1)),
        offer(OWN_LIST, "11", valid_from=date(2026, 1, 1)),
        offer(OWN_LIST, "12", valid_from=date(2027, 1, 1)),
    ]
    assert found(offers) == "11"


def test_a_price_of_nothing_is_a_price() -> None:
    assert found([offer(AGREEMENT, "0"), offer(DEFAULT_LIST, "9")]) == "0"


def test_a_price_says_where_it_comes_from_and_for_how_many() -> None:
    offers = [offer(AGREEMENT, "12.40", basis_quantity=D(100), reference="AC-12", minimum_quantity=D(5))]
    assert price_for(offers=offers, item_id=OIL, quantity=D(250), on=TODAY, currency="EUR") == Price(
        unit_price=D("12.40"),
        basis_quantity=D(100),
        origin=AGREEMENT,
        reference="AC-12",
        reason="price_from_agreement",
        params={"reference": "AC-12", "break_quantity": D(5)},
    )


@pytest.mark.parametrize(
    ("offers", "code", "params"),
    [
        ([], "price_missing", {"currency": "EUR"}),
        (
            [Offer(OIL, DEFAULT_LIST, "USD", D(1))],
            "price_in_other_currency",
            {"currency": "EUR", "other": "USD"},
        ),
        ([offer(OWN_LIST, "1", valid_from=date(2027, 1, 1))], "price_not_in_force", {"day": TODAY}),
        (
            [offer(OWN_LIST, "1", minimum_quantity=D(20))],
            "price_below_first_break",
            {"break_quantity": D(20), "quantity": D(10)},
        ),
    ],
)
def test_a_missing_price_says_why(offers: list[Offer], code: str, params: dict[str, object]) -> None:
    book = PriceBook(offers, "EUR")
    assert book.price(OIL, D(10), TODAY) is None
    assert book.missing(OIL, D(10), TODAY) == (code, params)


def test_the_order_in_which_rows_come_does_not_matter() -> None:
    offers = [
        offer(OWN_LIST, "10"),
        offer(OWN_LIST, "9", minimum_quantity=D(5)),
        offer(DEFAULT_LIST, "8", minimum_quantity=D(9)),
        offer(OWN_LIST, "9.5", minimum_quantity=D(5), valid_from=date(2026, 1, 1)),
    ]
    assert {found(list(order)) for order in permutations(offers)} == {"9.5"}


OFFERS = st.lists(
    st.builds(
        Offer,
        item_id=st.sampled_from([OIL, 8]),
        origin=st.sampled_from([AGREEMENT, OWN_LIST, DEFAULT_LIST]),
        currency=st.sampled_from(["EUR", "USD"]),
        unit_price=st.decimals(0, 100, places=2),
        minimum_quantity=st.decimals(0, 100, places=0),
        valid_from=st.dates(date(2026, 1, 1), date(2026, 12, 31)),
        valid_to=st.none() | st.dates(date(2026, 1, 1), date(2027, 12, 31)),
    ),
    max_size=12,
)


@given(OFFERS, st.decimals(0, 100, places=2))
def test_no_better_placed_offer_is_ever_passed_over(offers: list[Offer], quantity: D) -> None:
    rank = [AGREEMENT, OWN_LIST, DEFAULT_LIST]
    usable = [
        row
        for row in offers
        if row.item_id == OIL
        and row.currency == "EUR"
        and row.minimum_quantity <= quantity
        and row.valid_from <= TODAY
        and (row.valid_to is None or row.valid_to > TODAY)
    ]
    price = PriceBook(offers, "EUR").price(OIL, quantity, TODAY)
    assert (price is None) == (not usable)
    if price is not None:
        assert rank.index(price.origin) == min(rank.index(row.origin) for row in usable)
        same = [row for row in usable if row.origin == price.origin]
        assert price.params["break_quantity"] == max(row.minimum_quantity for row in same)


def test_prices_are_compared_by_base_unit_and_tolerance() -> None:
    ours = Price(D("12.40"), D(100), OWN_LIST, "", "price_from_list", {})
    same = price_difference(received=D("0.124"), received_basis=D(1), ours=ours, tolerance_percent=D(0))
    assert (same.difference, same.within) == (D(0), True)
    dear = price_difference(received=D("0.1302"), received_basis=D(1), ours=ours, tolerance_percent=D(5))
    assert (dear.difference, dear.percent, dear.within) == (D("0.0062"), D(5), True)
    cheap = price_difference(received=D("0.1177"), received_basis=D(1), ours=ours, tolerance_percent=D(5))
    assert (cheap.difference, cheap.within) == (D("-0.0063"), False)
    free = Price(D(0), D(1), AGREEMENT, "", "price_from_agreement", {})
    assert price_difference(received=D(0), received_basis=D(1), ours=free, tolerance_percent=D(0)).within
    assert not price_difference(received=D(1), received_basis=D(1), ours=free, tolerance_percent=D(99)).within
    with pytest.raises(ValueError, match="basis"):
        price_difference(received=D(1), received_basis=D(0), ours=ours, tolerance_percent=D(0))


@pytest.mark.parametrize(("received", "basis"), [("1e999999", "1"), ("1", "1e999999"), ("1", "1e-999999")])
def test_a_price_beyond_all_sense_is_out_of_tolerance_and_breaks_nothing(received: str, basis: str) -> None:
    ours = Price(D("12.40"), D(100), OWN_LIST, "", "price_from_list", {})
    seen = price_difference(received=D(received), received_basis=D(basis), ours=ours, tolerance_percent=D(100))
    assert (seen.percent, seen.within) == (None, False)


def test_the_tax_is_the_rate_of_the_country_on_the_day() -> None:
    book = TaxBook(
        [
            TaxRule("reducido", "ES", "S", D(10), date(2012, 9, 1), date(2026, 7, 1)),
            TaxRule("reducido", "ES", "S", D(8), date(2026, 7, 1)),
            TaxRule("reducido", "CO", "S", D(5)),
            TaxRule("general", "AD", "G", D(0)),
        ]
    )
    assert book.tax("reducido", "ES", date(2026, 6, 30)) == ("S", D(10))
    assert book.tax("reducido", "ES", date(2026, 7, 1)) == ("S", D(8))
    assert book.tax("reducido", "CO", TODAY) == ("S", D(5))
    assert book.tax("general", "AD", TODAY) == ("G", D(0))
    assert book.tax("reducido", "ES", date(2012, 8, 31)) is None
    assert book.tax("reducido", "FR", TODAY) is None


CASES = {"CS": PackFactor(12, 1), "PX": PackFactor(720, 1)}


@pytest.mark.parametrize(
    ("received", "expected"),
    [
        ("CS", OrderedUnit("CS", 12, 1)),
        ("CAJ", OrderedUnit("CS", 12, 1)),
        ("CT", OrderedUnit("CT", 12, 1)),
        ("PF", OrderedUnit("PX", 720, 1)),
        ("PCE", OrderedUnit("C62", 1, 1)),
        ("EA", OrderedUnit("C62", 1, 1)),
        ("DZN", OrderedUnit("DZN", 12, 1)),
        ("", OrderedUnit("CS", 12, 1)),
        ("KGM", None),
        ("zurrón", None),
    ],
)
def test_a_received_unit_finds_its_pack(received: str, expected: OrderedUnit | None) -> None:
    assert resolve_unit(received=received, base_unit="C62", packs=CASES, default="CS") == expected


def test_what_a_customer_calls_a_unit_goes_before_what_everybody_does() -> None:
    aliases = {"UN": "CS"}
    assert resolve_unit(received="UN", base_unit="C62", packs=CASES, aliases=aliases) == OrderedUnit("CS", 12, 1)
    assert resolve_unit(received="UN", base_unit="C62", packs=CASES) == OrderedUnit("C62", 1, 1)


def test_two_packs_of_like_meaning_are_never_guessed_between() -> None:
    packs = {"CS": PackFactor(12, 1), "BX": PackFactor(4, 1)}
    assert resolve_unit(received="CT", base_unit="C62", packs=packs) is None
    assert resolve_unit(received="BX", base_unit="C62", packs=packs) == OrderedUnit("BX", 4, 1)


def test_measures_convert_to_the_base_unit_without_a_pack() -> None:
    assert resolve_unit(received="kg", base_unit="GRM", packs={}) == OrderedUnit("KGM", 1000, 1)
    assert resolve_unit(received="PCE", base_unit="EA", packs={}) == OrderedUnit("C62", 1, 1)


def test_whole_packs_are_told_from_broken_ones() -> None:
    unit = resolve_unit(received="CS", base_unit="C62", packs=CASES)
    assert unit is not None
    assert is_whole(D(24), unit.factor)
    assert not is_whole(D(25), unit.factor)


def test_every_reason_of_a_price_has_a_sentence_in_both_languages() -> None:
    reasons = [f"price_from_{origin}" for origin in (AGREEMENT, OWN_LIST, DEFAULT_LIST)]
    reasons += ["price_missing", "price_in_other_currency", "price_not_in_force", "price_below_first_break"]
    assert [code for code in reasons if not words.known(code)] == []
    assert words.say("price_below_first_break", {"break_quantity": D(20), "quantity": D(10)}, "es") == (
        "El precio empieza en 20 y se piden 10."
    )
