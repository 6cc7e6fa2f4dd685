"""What a system beside us gives and is not taken: kept, shown to a person once for each cause, tried again; and stock that is
gone all at once."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from promesa.catalog.models import Item, Price
from promesa.core import words
from promesa.exchange.models import ErpRefused, ErpSystem
from promesa.exchange.operations import erp
from promesa.exchange.operations.erp_refused import ErpNoRefusals, forget_refused
from promesa.exchange.tests.company import AT, BY, add_item, open_shop
from promesa.exchange.tests.odoo_server import DATABASE, KEY, USER, odoo_server
from promesa.inventory.models import Stock
from promesa.work.models import WorkItem

pytestmark = [pytest.mark.django_db, pytest.mark.wired]


@pytest.fixture
def odoo(db, settings, monkeypatch):
    open_shop()
    settings.EXCHANGE_PRIVATE_HOSTS = ("127.0.0.1",)
    monkeypatch.setenv("PROMESA_PARTNER_ODOO", KEY)
    with odoo_server() as server:
        said = {"url": server.url, "database": DATABASE, "user": USER}
        erp.put_system(code="odoo", kind="odoo", settings=said, secret="env:PROMESA_PARTNER_ODOO", by=BY, at=AT)
        yield server


def product(odoo, sku, **said):
    usual = {
        "name": sku,
        "barcode": False,
        "lst_price": 1.5,
        "uom_id": [1, "Units"],
        "weight": 0,
        "type": "consu",
        "sale_ok": True,
    }
    return odoo.add("product.product", default_code=sku, **{**usual, **said})


def quant(odoo, row, quantity, lot="L1"):
    odoo.add(
        "stock.quant",
        product_id=[row["id"], "x"],
        location_id={"usage": "internal"},
        lot_id=[3, lot],
        quantity=quantity,
    )


def pull(hours=0, **said):
    return erp.pull(code="odoo", by=BY, at=AT + timedelta(hours=hours), **said)


def on_hand():
    return dict(Stock.objects.filter(item__sku="A").values_list("lot", "on_hand"))


def open_work(kind):
    return list(WorkItem.objects.filter(state="open", kind=kind).order_by("id"))


# --- Stock that is gone all at once ----------------------------------------------------------------------------------


@pytest.fixture
def two_lots(odoo):
    row = product(odoo, "A")
    quant(odoo, row, 25.0)
    quant(odoo, row, 7.0, "L2")
    pull()
    assert on_hand() == {"L1": 25, "L2": 7}
    return odoo


def test_stock_that_vanishes_all_at_once_is_kept_and_a_person_decides(two_lots):
    kept = list(two_lots.tables["stock.quant"])
    two_lots.tables["stock.quant"].clear()
    done = pull(1)
    assert [one["code"] for one in done.rejected] == ["erp_no_stock"]
    pull(2)
    assert on_hand() == {"L1": 25, "L2": 7}
    (item,) = open_work("erp_no_stock")
    assert words.say(item.title["code"], item.title["params"], "en") == (
        "odoo gives no stock, and gave 2 rows before. What was counted is kept: is a right missing there? "
        "If there is none: promesa erp pull odoo --accept-no-stock."
    )
    two_lots.tables["stock.quant"].extend(kept[:1])  # the right is back, and one lot was sold meanwhile
    assert pull(3).rejected == []
    assert on_hand() == {"L1": 25, "L2": 0}
    assert open_work("erp_no_stock") == []


def test_a_person_may_say_that_there_is_no_stock_at_all(two_lots):
    two_lots.tables["stock.quant"].clear()
    pull(1)
    assert pull(2, accept_no_stock=True).rejected == []
    assert on_hand() == {"L1": 0, "L2": 0}
    assert open_work("erp_no_stock") == []
    assert pull(3).rejected == []


def test_what_odoo_only_buys_is_no_stock_of_ours(two_lots):
    quant(two_lots, product(two_lots, "RAW", sale_ok=False), 900.0)
    assert pull(1).rejected == []
    assert set(Stock.objects.values_list("item__sku", flat=True)) == {"A"}


# --- Rows that are refused -------------------------------------------------------------------------------------------


def test_refused_rows_call_a_person_once_for_each_cause_and_are_taken_when_they_can_be(odoo):
    first = product(odoo, "A", barcode="8437002000203")  # a check digit that is wrong
    product(odoo, "B", barcode="8437002000204")
    product(odoo, "C")
    assert [one["key"] for one in pull().rejected] == ["A", "B", "A", "B"]  # the items, and the prices for want of them
    assert [one.sku for one in Item.objects.all()] == ["C"]
    assert ErpSystem.objects.get().marks["items"] == "2026-03-01 08:00:00"
    (item,) = open_work("erp_refused")
    sentence = words.say(item.title["code"], item.title["params"], "en")
    assert sentence.startswith("Items of odoo are not taken, such as A: ")
    assert sentence.endswith("All of them: promesa erp refused odoo.")

    assert [one["key"] for one in pull(1).rejected] == ["A", "B", "A", "B"]  # tried again though the mark moved on
    first |= {"barcode": "8437002000202", "write_date": "2026-03-02 09:00:00"}
    assert {one["key"] for one in pull(2).rejected} == {"B"}
    assert Item.objects.get(sku="A").gtin == "08437002000202"
    assert {one.key for one in ErpRefused.objects.all()} == {"B"}
    assert open_work("erp_refused") == [item]  # one of the cause is left
    odoo.tables["product.product"][1] |= {"barcode": False, "write_date": "2026-03-02 10:00:00"}
    assert pull(3).rejected == []
    assert open_work("erp_refused") == []
    assert not ErpRefused.objects.exists()


def test_a_row_is_taken_by_itself_once_what_it_lacked_is_here(odoo):
    add_item("OURS")
    Item.objects.update(gtin="08437002000202")
    product(odoo, "A", barcode="8437002000202")  # ours has that GTIN
    assert {one["key"] for one in pull().rejected} == {"A"}
    Item.objects.update(gtin="")
    assert pull(1).rejected == []
    assert Item.objects.get(sku="A").gtin == "08437002000202"
    assert open_work("erp_refused") == []


def test_refused_rows_may_be_given_up(odoo):
    product(odoo, "A", barcode="8437002000203")
    pull()
    assert forget_refused(code="odoo", by=BY, at=AT) == 2  # the item and its price
    assert open_work("erp_refused") == []
    assert pull(1).rejected == []
    with pytest.raises(ErpNoRefusals):
        forget_refused(code="odoo", by=BY, at=AT)


def test_stock_of_an_unknown_item_is_shown_until_it_is_taken(odoo):
    row = product(odoo, "A", barcode="8437002000203")
    quant(odoo, row, 5.0)
    pull()
    assert len(open_work("erp_refused")) == 1  # the item: its stock and price only lack it
    assert [(one.role, one.key, one.rows) for one in ErpRefused.objects.filter(role="stock")] == [
        ("stock", "A  L1", [])
    ]
    row |= {"barcode": False, "write_date": "2026-03-02 09:00:00"}
    pull(1)
    assert on_hand() == {"L1": 5}
    assert open_work("erp_refused") == []


@pytest.fixture
def folder(tmp_path, db):
    open_shop()
    erp.put_system(code="odoo", kind="folder", settings={"path": str(tmp_path)}, by=BY, at=AT)
    (tmp_path / "in").mkdir()
    return tmp_path / "in"


def test_an_unreadable_row_of_a_file_is_work_until_a_later_file_brings_it_whole(folder):
    (folder / "items-1.csv").write_text("sku;nombre;precio\nA;Aceite;31,20\nB;Atún;caro\n")
    pull()
    (refused,) = ErpRefused.objects.all()
    assert (refused.role, refused.key, refused.fault["received"]) == ("items", "B", "caro")
    (item,) = open_work("erp_refused")
    assert item.title["params"]["example"] == "B"
    (folder / "items-2.csv").write_text("sku;nombre;precio\nA;Aceite;31,30\n")
    pull(1)
    assert open_work("erp_refused") == [item]
    (folder / "items-3.csv").write_text("sku;nombre;precio\nB;Atún;2,50\n")
    pull(2)
    assert open_work("erp_refused") == []


def test_a_price_waits_for_its_item(folder):
    (folder / "precios.csv").write_text("sku;precio\nA;2,50\n")
    assert [one["key"] for one in pull().rejected] == ["A"]
    assert len(open_work("erp_refused")) == 1
    (folder / "items.csv").write_text("sku;nombre\nA;Aceite\n")
    assert pull(1).rejected == []
    assert Price.objects.get().unit_price == Decimal("2.50")
    assert open_work("erp_refused") == []


def test_rows_of_deliveries_that_cannot_be_read_or_recorded_are_work(folder):
    (folder / "albaranes.csv").write_text(
        "pedido;articulo;cantidad;albaran;fecha\nP-1;A;dos;ALB-1;2026-03-03\nP-2;A;2;ALB-2;2026-03-03\n"
    )
    done = pull()
    assert sorted(one["code"] for one in done.rejected) == ["erp_unknown_order", "number_wrong"]
    assert {one.key for one in ErpRefused.objects.all()} == {"ALB-1", "ALB-2"}
    assert len(open_work("erp_refused")) == 2
    assert [path.name for path in sorted((folder.parent / "refused").iterdir())] == [
        "albaranes.csv",
        "albaranes.csv.json",
    ]
