"""A program takes one order from masters to cash, over the API alone."""

from __future__ import annotations

from datetime import UTC, datetime, time

import pytest

from promesa.catalog.operations import put_suppliers, put_tax_rates
from promesa.core.actors import Actor
from promesa.core.calendar_masters import put_calendars
from promesa.core.identifiers import with_check_digit
from promesa.core.relay import drain
from promesa.inventory.models import Warehouse
from tests.api.program import Program

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.wired]
GTIN = with_check_digit("8410000000010")
SET_UP = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def program() -> Program:
    """A company with a warehouse and a tax rate; all else comes over the API."""
    Warehouse.objects.create(code="DH", name="Dos Hermanas", cut_off=time(14), ships_at=time(17), is_default=True)
    rate = {"code": "general", "country": "ES", "valid_from": "2012-09-01", "category": "S", "rate": "21"}
    put_tax_rates(rows=[rate], by=Actor("promesa"), at=datetime(2026, 1, 1, tzinfo=UTC))
    return Program()


@pytest.fixture
def shop(program: Program) -> Program:
    """A customer with a site, an item with price and stock."""
    made = [
        program.post("customers", {"number": "C-1", "name": "Ribera Alta", "credit_limit": "100000"}),
        program.post("customers/C-1/sites", {"number": "1", "name": "Nave 4", "city": "Sevilla"}),
        program.post("items", {"sku": "A/1", "name": "Aceite 5 L", "gtin": GTIN,
                               "packs": [{"level": "case", "unit_code": "CS", "numerator": 4}]}),
        program.post("price-lists", {"code": "T-1", "name": "Tarifa", "is_default": True}),
        program.post("price-lists/T-1/prices", {"prices": [{"sku": "A/1", "unit_price": "25.50", "valid_from": "2026-01-01"}]}),
        program.post("stock", {"reference": "opening", "rows": [{"item": "A/1", "lot": "L1", "change": "100", "kind": "opening"}]}),
    ]  # fmt: skip
    assert [one.status_code for one in made] == [201] * 6
    return program


def test_one_order_goes_from_masters_to_cash(shop: Program) -> None:
    order = shop.post("orders", {"customer": "C-1", "po_number": "PO-1",
                                 "lines": [{"gtin": GTIN, "quantity": "10", "unit_code": "CS"}]}).json()  # fmt: skip
    assert (order["state"], order["lines"][0]["base_quantity"], order["net_amount"]) == ("confirmed", "40", "1020")
    drain()
    note = shop.post("despatches", {"order": order["number"], "carrier": "Ruta 4"}).json()
    assert [(one["lot"], one["quantity"]) for one in note["lines"]] == [("L1", "40")]
    drain()
    delivery = shop.post("deliveries", {
        "despatch": note["number"], "signed_by": "Eva Ruiz",
        "lines": [{"line_number": 1, "parts": [{"outcome": "accepted", "quantity": "38"},
                                               {"outcome": "refused", "quantity": "2", "reason": "damage"}]}]}).json()  # fmt: skip
    assert sorted((one["outcome"], one["quantity"]) for one in delivery["lines"]) == [
        ("accepted", "38"),
        ("refused", "2"),
    ]
    drain()
    invoices = shop.get(f"invoices?order={order['number']}").json()["items"]
    if not invoices:
        invoices = [shop.post("invoices", {"order": order["number"]}).json()]
    invoice = invoices[0]
    assert (invoice["net_amount"], invoice["tax_amount"], invoice["gross_amount"]) == ("969", "203.49", "1172.49")
    credit = shop.post(f"invoices/{invoice['number']}/credit-notes",
                       {"cause": "X2", "note": "price", "lines": [{"position": 1, "amount": "19.00"}]}).json()  # fmt: skip
    assert (credit["kind"], credit["corrects"], credit["net_amount"]) == ("credit_note", invoice["number"], "19")
    paid = shop.post(
        "payments", {"customer": "C-1", "amount": "1149.50", "applications": [{"invoice": invoice["number"]}]}
    )
    assert (paid.status_code, paid.json()["unapplied_amount"]) == (201, "0")
    assert shop.get(f"invoices/{invoice['number']}").json()["open_amount"] == "0"
    drain()
    whole = shop.get(f"orders/{order['number']}").json()
    line = whole["lines"][0]
    assert (line["despatched"], line["accepted"], line["refused"], line["invoiced"]) == ("40", "38", "2", "38")
    assert shop.get("customers/C-1").json()["credit"]["exposure"] == "0"


def test_every_list_is_told_as_described(shop: Program) -> None:
    order = shop.post("orders", {"customer": "C-1", "lines": [{"item": "A/1", "quantity": "4"}]}).json()
    drain()
    note = shop.post("despatches", {"order": order["number"]}).json()
    delivery = shop.post("deliveries", {"despatch": note["number"]}).json()
    payment = shop.post("payments", {"customer": "C-1", "amount": "5", "applications": []}).json()
    for path, found in {
        "customers": "C-1", "items": "A/1", "orders": order["number"], "despatches": note["number"],
        "deliveries": delivery["number"], "payments": payment["number"],
    }.items():  # fmt: skip
        items = shop.get(f"{path}?limit=1").json()["items"]
        assert [one.get("number", one.get("sku")) for one in items] == [found]
        assert shop.get(f"{path}/{found}").status_code == 200
    assert len(shop.get("stock?item=A/1&warehouse=DH").json()["items"]) == 1
    assert shop.get("price-lists").json()["items"][0]["code"] == "T-1"
    assert shop.get("price-lists/T-1/prices").json()["items"][0]["unit_price"] == "25.5"
    assert shop.get("invoices?kind=invoice").status_code == 200


def test_masters_are_changed_with_the_version_that_was_read(shop: Program) -> None:
    item = shop.get("items/A/1").json()
    changed = shop.patch("items/A/1", {"version": item["version"], "family": "Aceites"})
    assert (changed.status_code, changed.json()["family"], changed.json()["name"]) == (200, "Aceites", "Aceite 5 L")
    assert shop.patch("items/A/1", {"version": item["version"], "family": "x"}).json()["code"] == "stale"
    customer = shop.get("customers/C-1").json()
    assert (
        shop.patch("customers/C-1", {"version": customer["version"], "payment_days": 60}).json()["payment_days"] == 60
    )
    assert shop.patch(
        "customers/C-1/sites/1", {"windows": [{"weekday": 0, "opens": "08:00", "closes": "12:00"}]}
    ).json()["windows"] == [{"weekday": 0, "opens": "08:00", "closes": "12:00"}]
    assert shop.post("customers", {"number": "C-1", "name": "again"}).json()["code"] == "already_there"
    assert shop.post("items", {"sku": "A/1", "name": "again"}).json()["code"] == "already_there"


def test_agreements_and_codes_are_put_all_or_none(shop: Program) -> None:
    good = {"sku": "A/1", "unit_price": "24", "valid_from": "2026-01-01", "reference": "AC-1"}
    refused = shop.post("customers/C-1/price-agreements", {"agreements": [good, {**good, "sku": "ZZ"}]})
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "sku")
    assert shop.get("customers/C-1/price-agreements").json()["items"] == []
    assert shop.post("customers/C-1/price-agreements", {"agreements": [good]}).json()["created"] == 1
    assert shop.get("customers/C-1/price-agreements").json()["items"][0]["reference"] == "AC-1"
    assert shop.post("customers/C-1/item-codes", {"codes": [{"code": "77", "sku": "A/1"}]}).json()["created"] == 1
    order = shop.post("orders", {"customer": "C-1", "lines": [{"buyer_code": "77", "quantity": 1}]}).json()
    assert (order["lines"][0]["item"], order["lines"][0]["price"]) == ("A/1", "24")


def test_a_receipt_on_a_day_on_which_its_supplier_does_not_deliver_is_noted_when_expected_and_when_moved(
    shop: Program,
) -> None:
    put_calendars(rows=[{"code": "MILL", "day": "2027-03-02", "holiday": "Cierre"}], by=Actor("promesa"), at=SET_UP)
    put_suppliers(rows=[{"supplier": "ALM", "name": "Almazara", "calendar": "MILL"}], by=Actor("promesa"), at=SET_UP)
    body = {
        "number": "R-1",
        "item": "A/1",
        "quantity": "50",
        "supplier": "ALM",
        "expected_at": "2027-03-02T08:00:00+01:00",
    }
    noted = shop.post("receipts", body).json()["noted"]
    assert [one["code"] for one in noted] == ["receipt_on_closed_day"]
    assert "Almazara" in noted[0]["sentence"]
    assert shop.patch("receipts/R-1", {"expected_at": "2027-03-03T08:00:00+01:00"}).json()["noted"] == []
    assert shop.patch("receipts/R-1", {"expected_at": "2027-03-02T08:00:00+01:00"}).json()["noted"] == noted


def test_receipts_are_expected_moved_and_taken_in(shop: Program) -> None:
    body = {"number": "R-1", "item": "A/1", "quantity": "50", "expected_at": "2027-03-01T08:00:00+01:00"}
    made = shop.post("receipts", body).json()
    assert (made["state"], made["noted"]) == ("expected", [])
    assert shop.post("receipts", body).json()["code"] == "already_there"
    moved = shop.patch("receipts/R-1", {"expected_at": "2027-03-02T08:00:00+01:00"})
    assert moved.json()["expected_at"].startswith("2027-03-02T07:00")
    assert shop.post("receipts/R-1/arrival", {"quantity": "48", "lot": "L9"}).json()["received"] == "48"
    assert {one["lot"]: one["on_hand"] for one in shop.get("stock?item=A/1").json()["items"]} == {
        "L1": "100",
        "L9": "48",
    }
    assert shop.post("receipts/R-1/arrival", {}).status_code == 409
    assert (
        shop.post("stock", {"rows": [{"item": "A/1", "lot": "L9", "counted": "40"}]}).json()["items"][0]["on_hand"]
        == "40"
    )
    assert shop.get("stock?item=A/1").json()["items"][0]["on_hand"] == "100"
    below = shop.post("stock", {"rows": [{"item": "A/1", "lot": "L9", "change": "-41"}]})
    assert below.status_code == 409


def test_what_has_not_happened_yet_is_not_recorded(shop: Program) -> None:
    answer = shop.post("payments", {"customer": "C-1", "amount": "5", "at": "2199-01-01T00:00:00Z"})
    assert (answer.status_code, answer.json()["code"]) == (422, "moment_ahead")
    assert shop.get("payments").json()["items"] == []


def test_wrong_steps_are_refused_with_a_sentence_and_change_nothing(shop: Program) -> None:
    order = shop.post("orders", {"customer": "C-1", "lines": [{"item": "A/1", "quantity": "4"}]}).json()["number"]
    drain()
    refused = [
        shop.post("despatches", {"order": order, "lines": [{"line_number": 1, "quantity": "5"}]}),
        shop.post("despatches", {"order": "P-1999-000001"}),
        shop.post("deliveries", {"despatch": "A-1"}),
        shop.post("invoices", {"order": order}),
        shop.post("invoices/F-1/credit-notes", {"cause": "X2"}),
        shop.post("payments", {"customer": "C-1", "amount": "5", "applications": [{"invoice": "F-1"}]}),
    ]
    assert [one.status_code for one in refused] == [409, 404, 404, 409, 404, 409]
    assert all(one.json()["message"] and "…" not in one.json()["message"] for one in refused)
    assert shop.get("despatches").json()["items"] == shop.get("invoices").json()["items"] == []
