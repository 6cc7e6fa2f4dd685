from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from promesa.catalog import operations, queries
from promesa.catalog.models import Item, ItemCode, Pack, Price, PriceAgreement, PriceList, TaxRate, UnitAlias
from promesa.core.actors import Actor
from promesa.core.errors import Invalid, Stale
from promesa.core.identifiers import pad_gtin, with_check_digit
from promesa.core.models import Event
from promesa.customers.operations import put_customers

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
LOADER = Actor("promesa")
D = Decimal


def gtin(n: int) -> str:
    found = with_check_digit(f"841000{n:06d}0")
    assert found is not None
    return found


def put_items(*rows, **changes):
    return operations.put_items(rows=rows, by=LOADER, at=AT, **changes)


CASE = {"level": "case", "unit_code": "CS", "numerator": 12}


def test_items_come_with_their_packs_and_the_same_again_changes_nothing() -> None:
    row = {"sku": "A1", "name": "Aceite", "gtin": gtin(1), "packs": [{**CASE, "gtin": gtin(2)}]}
    done = put_items(row)
    assert (done.created, done.changed) == (1, 0)
    assert Item.objects.get().gtin == pad_gtin(gtin(1))
    assert Pack.objects.values_list("unit_code", "numerator", "denominator", "gtin").get() == (
        "CS",
        12,
        1,
        pad_gtin(gtin(2)),
    )
    again = put_items(row)
    assert (again.created, again.changed, Event.objects.count(), Item.objects.get().version) == (0, 0, 1, 1)
    changed = put_items({"sku": "A1", "packs": [{**CASE, "numerator": 15}]})
    assert (changed.created, changed.changed, Pack.objects.get().numerator) == (0, 1, 15)


def test_what_files_write_for_a_unit_is_translated() -> None:
    put_items({"sku": "A1", "name": "Aceite", "base_unit": "UND", "packs": [{**CASE, "unit_code": "CAJA"}]})
    assert (Item.objects.get().base_unit, Item.objects.get().sales_unit, Pack.objects.get().unit_code) == (
        "C62",
        "C62",
        "CS",
    )


def test_a_gtin_is_of_one_item_or_pack_alone() -> None:
    put_items({"sku": "A1", "name": "Aceite", "packs": [{**CASE, "gtin": gtin(1)}]})
    with pytest.raises(Invalid) as refused:
        put_items({"sku": "A2", "name": "Vino", "gtin": gtin(1)}, {"sku": "A3", "name": "x", "gtin": gtin(2)},
                  {"sku": "A4", "name": "y", "packs": [{**CASE, "gtin": gtin(2)}]})  # fmt: skip
    assert [(one["row"], one["code"]) for one in refused.value.errors] == [(1, "value_taken"), (3, "value_taken")]
    assert Item.objects.count() == 1


def test_a_substitute_may_be_named_before_its_own_row() -> None:
    put_items({"sku": "A1", "name": "Aceite", "substitute": "A2"}, {"sku": "A2", "name": "Otro"})
    assert Item.objects.get(sku="A1").substitute.sku == "A2"
    with pytest.raises(Invalid):
        put_items({"sku": "A1", "substitute": "A9"})
    put_items({"sku": "A1", "substitute": ""})
    assert Item.objects.get(sku="A1").substitute is None


@pytest.mark.parametrize(
    "packs",
    ["CS", [1], [{"level": "case"}], [{**CASE, "numerator": 0}], [{**CASE, "level": "box"}], [CASE, CASE],
     [{**CASE, "colour": 1}], [{**CASE, "gtin": "123"}], [CASE] * 13],
)  # fmt: skip
def test_packs_that_cannot_be_are_told(packs: object) -> None:
    with pytest.raises(Invalid) as refused:
        put_items({"sku": "A1", "name": "Aceite", "packs": packs})
    assert [one["code"] for one in refused.value.errors] == ["not_packs"]


def test_an_old_version_of_an_item_is_stale() -> None:
    put_items({"sku": "A1", "name": "Aceite"})
    put_items({"sku": "A1", "name": "Aceite 1 L", "version": 1})
    with pytest.raises(Stale):
        put_items({"sku": "A1", "name": "otro", "version": 1})
    assert Item.objects.get().name == "Aceite 1 L"


# --- Prices ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def shop() -> None:
    put_items({"sku": "A1", "name": "Aceite"}, {"sku": "A2", "name": "Vino"})
    put_customers(rows=[{"number": "C-1", "name": "Ribera"}], by=LOADER, at=AT)
    operations.put_price_lists(rows=[{"code": "T1", "name": "Tarifa", "is_default": True}], by=LOADER, at=AT)


@pytest.mark.usefixtures("shop")
def test_one_list_a_currency_is_the_default() -> None:
    operations.put_price_lists(
        rows=[{"code": "T2", "name": "Nueva", "is_default": True}, {"code": "U1", "name": "Dólares", "currency": "USD",
              "is_default": True}], by=LOADER, at=AT,
    )  # fmt: skip
    assert set(PriceList.objects.filter(is_default=True).values_list("code", flat=True)) == {"T2", "U1"}


@pytest.mark.usefixtures("shop")
def test_prices_are_put_by_list_item_break_and_first_day() -> None:
    rows = [
        {"price_list": "T1", "sku": "A1", "unit_price": "10.5", "valid_from": "2026-01-01"},
        {"price_list": "T1", "sku": "A1", "unit_price": D("9.75"), "minimum_quantity": 100, "valid_from": "2026-01-01"},
    ]
    done = operations.put_prices(rows=rows, by=LOADER, at=AT)
    assert (done.created, done.changed) == (2, 0)
    rows[0]["unit_price"] = "11"
    done = operations.put_prices(rows=rows, by=LOADER, at=AT)
    assert (done.created, done.changed) == (0, 1)
    assert list(Price.objects.order_by("minimum_quantity").values_list("unit_price", flat=True)) == [D(11), D("9.75")]


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize(
    ("change", "code"),
    [({"sku": "A9"}, "reference_unknown"), ({"price_list": "T9"}, "reference_unknown"), ({"unit_price": "-1"}, "out_of_range"),
     ({"unit_price": None}, "field_missing"), ({"basis_quantity": "0"}, "out_of_range"),
     ({"valid_to": "2025-12-31"}, "ends_before_it_begins"), ({"valid_from": None}, "field_missing"),
     ({"unit_price": "1.1234567"}, "too_many_decimals"), ({"unit_price": "1e30"}, "not_a_number")],
)  # fmt: skip
def test_a_price_that_cannot_be_is_told(change: dict[str, object], code: str) -> None:
    row = {"price_list": "T1", "sku": "A1", "unit_price": "10", "valid_from": "2026-01-01", **change}
    with pytest.raises(Invalid) as refused:
        operations.put_prices(rows=[row], by=LOADER, at=AT)
    assert [one["code"] for one in refused.value.errors] == [code]
    assert Price.objects.count() == 0


@pytest.mark.usefixtures("shop")
def test_agreements_codes_units_and_lists_of_a_customer_are_put_and_told_to_its_journal() -> None:
    agreement = {"customer": "C-1", "sku": "A1", "unit_price": "9", "valid_from": "2026-01-01", "reference": "AC-7"}
    assert operations.put_agreements(rows=[agreement], by=LOADER, at=AT).created == 1
    assert (
        operations.put_item_codes(rows=[{"customer": "C-1", "code": "0077", "sku": "A1"}], by=LOADER, at=AT).created
        == 1
    )
    aliases = [{"customer": "C-1", "received": "BLT", "unit_code": "CS"}, {"received": "BULTO", "unit_code": "CS"}]
    assert operations.put_unit_aliases(rows=aliases, by=LOADER, at=AT).created == 2
    assert operations.put_unit_aliases(rows=aliases, by=LOADER, at=AT).created == 0
    lists = [{"customer": "C-1", "price_list": "T1", "valid_from": "2026-01-01"}]
    assert operations.put_customer_lists(rows=lists, by=LOADER, at=AT).created == 1
    assert (PriceAgreement.objects.get().reference, ItemCode.objects.get().code) == ("AC-7", "0077")
    assert set(UnitAlias.objects.values_list("customer__number", "received")) == {("C-1", "BLT"), (None, "BULTO")}
    kinds = Event.objects.filter(subject_kind="customer", kind="AgreementsChanged").values_list(
        "facts__what", flat=True
    )
    assert sorted(kinds) == ["code", "list", "price", "unit"]


def test_tax_rates_are_put_by_code_country_and_first_day() -> None:
    row = {"code": "general", "country": "ES", "valid_from": "2012-09-01", "category": "S", "rate": "21"}
    assert operations.put_tax_rates(rows=[row], by=LOADER, at=AT).created == 1
    assert operations.put_tax_rates(rows=[row], by=LOADER, at=AT).changed == 0
    assert (TaxRate.objects.get().rate, TaxRate.objects.get().valid_from) == (D(21), date(2012, 9, 1))
    with pytest.raises(Invalid):
        operations.put_tax_rates(rows=[{**row, "category": "X"}], by=LOADER, at=AT)


@pytest.mark.usefixtures("shop")
def test_an_item_is_found_by_the_gtin_of_a_pack() -> None:
    put_items({"sku": "A1", "packs": [{**CASE, "gtin": gtin(7)}]})
    assert [one["sku"] for one in queries.items_page(gtin=pad_gtin(gtin(7)))] == ["A1"]
    assert [one["sku"] for one in queries.items_page(after="A1")] == ["A2"]
