"""The invented company is whole: valid codes, real holidays, prices for everybody."""

from __future__ import annotations

from collections import Counter
from datetime import date
from decimal import Decimal

import pytest

from promesa.access.states import Role
from promesa.core.identifiers import is_gln, is_gtin
from promesa.demo.company import GLN, SEGMENTS, Company
from promesa.demo.people import ACCOUNTS


@pytest.fixture(scope="module")
def company() -> Company:
    return Company(date(2025, 11, 20), date(2026, 11, 20))


def test_there_are_sixty_customers_in_four_segments_and_150_items(company: Company) -> None:
    assert (len(company.customers), len(company.items)) == (60, 150)
    segments = Counter(one.segment for one in company.customers.values())
    assert set(segments) == set(SEGMENTS)
    assert min(segments.values()) >= 12


def test_every_code_has_the_right_check_digit_and_is_used_once(company: Company) -> None:
    glns = [GLN, *(one.gln for one in company.customers.values())]
    glns += [site.gln for one in company.customers.values() for site in one.sites]
    assert [gln for gln in glns if not is_gln(gln)] == []
    assert len(set(glns)) == len(glns)
    gtins = [code for item in company.items.values() for code in (item.gtin, item.case_gtin) if code]
    assert [gtin for gtin in gtins if not is_gtin(gtin)] == []
    assert len(set(gtins)) == len(gtins)


def test_the_three_rates_of_spain_are_all_used(company: Company) -> None:
    assert {item.tax for item in company.items.values()} == {"super", "reduced", "general"}


def test_holidays_are_the_real_ones_of_each_place(company: Company) -> None:
    assert date(2026, 2, 28) in company.holidays_of("AN")
    assert date(2026, 5, 30) in company.holidays_of("CN")
    assert date(2026, 6, 10) in company.holidays_of("PT")
    assert date(2026, 7, 20) in company.holidays_of("CO")
    assert date(2026, 9, 16) in company.holidays_of("MX")
    assert not company.warehouse.is_open(date(2025, 12, 8))


def test_some_places_lie_in_other_zones_and_take_goods_only_in_their_hours(company: Company) -> None:
    zones = {site.row["time_zone"] for one in company.customers.values() for site in one.sites}
    assert zones == {"Europe/Madrid", "Atlantic/Canary", "Europe/Lisbon", "America/Bogota", "America/Mexico_City"}
    first = company.customers["C-001"].sites[0]
    assert len(first.windows.on(date(2026, 3, 10))) == 1


def test_the_tariff_rises_once_and_an_agreement_goes_before_it(company: Company) -> None:
    before, after = date(2026, 1, 15), date(2026, 9, 15)
    assert company.price("C-060", "AOV-03", before) == Decimal("7.90")
    assert company.price("C-060", "AOV-03", after) == Decimal("8.14")
    agreed = company.agreements()[0]
    assert company.price(agreed["customer"], agreed["sku"], after) == agreed["unit_price"]


def test_there_is_one_account_to_try_for_each_role_in_both_languages() -> None:
    shown = [account for account in ACCOUNTS if account.shown]
    assert Counter(account.role for account in shown) == Counter(list(Role))
    assert {account.language for account in shown} == {"es", "en"}
