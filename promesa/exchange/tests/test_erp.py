"""The ERP beside us: a folder of files and Odoo's external API, read and given to, each step repeatable."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from promesa.billing import operations as billing
from promesa.billing.models import Invoice
from promesa.catalog.models import Item, Price
from promesa.core.errors import NotFound
from promesa.customers.models import Customer, Site
from promesa.exchange.connectors import Unreachable
from promesa.exchange.models import ErpLink, ErpSystem
from promesa.exchange.operations import erp
from promesa.exchange.rules.erp import owner_of, theirs
from promesa.exchange.tests.company import AT, BY, add_customer, add_item, open_shop, take_in
from promesa.exchange.tests.odoo_server import DATABASE, KEY, USER, odoo_server
from promesa.fulfilment import operations as fulfilment
from promesa.fulfilment.models import DespatchAdvice
from promesa.inventory.models import Stock
from promesa.orders.models import Order

D = Decimal
pytestmark = [pytest.mark.django_db, pytest.mark.wired]


# --- Who rules a field -----------------------------------------------------------------------------------------------


def test_a_field_is_ruled_by_who_was_said_then_by_the_rest_of_its_role_then_as_usual():
    owners = {"items": {"name": "promesa"}, "customers": {"*": "promesa", "tax_id": "erp"}}
    assert owner_of(owners, "items", "name") == "promesa"
    assert owner_of(owners, "items", "gtin") == "erp"
    assert owner_of(owners, "items", "lead_days") == "promesa"  # as usual: service terms are ours
    assert owner_of(owners, "customers", "name") == "promesa"
    assert owner_of(owners, "customers", "tax_id") == "erp"


def test_what_is_new_comes_whole_and_of_what_is_known_only_their_fields():
    rows = [{"sku": "A", "name": "New", "lead_days": 3}, {"sku": "B", "name": "Known", "lead_days": 3}]
    kept = theirs(rows, role="items", owners={}, known={("B",)})
    assert kept == [{"sku": "A", "name": "New", "lead_days": 3}, {"sku": "B", "name": "Known"}]


# --- A folder --------------------------------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path, db):
    open_shop()
    columns = {"items": {"ARTICULO": "sku", "DENOMINACION": "name", "TARIFA": "unit_price"}}
    erp.put_system(code="central", kind="folder", settings={"path": str(tmp_path), "columns": columns}, by=BY, at=AT)
    (tmp_path / "in").mkdir()
    return tmp_path


def test_a_folder_is_read_with_its_own_headings_and_says_what_became_of_each_file(folder):
    (folder / "in" / "items-1.csv").write_text(
        "ARTICULO;DENOMINACION;TARIFA\nAC-05;Aceite 5 L;31,20\nAT-12;Atún;caro\n"
    )
    (folder / "in" / "clientes.csv").write_text("numero cliente;nombre\nC-1;Vega\n")
    (folder / "in" / "stock.csv").write_text("sku;cantidad\nAC-05;40\n")
    (folder / "in" / "half.csv.part").write_text("numero")
    done = erp.pull(code="central", by=BY, at=AT)
    assert Item.objects.get().name == "Aceite 5 L"
    assert Price.objects.get().unit_price == D("31.20")
    assert Customer.objects.get().number == "C-1"
    assert Stock.objects.get().on_hand == 40
    assert [one["received"] for one in done.rejected] == ["caro"]
    assert sorted(path.name for path in (folder / "done").iterdir()) == ["clientes.csv", "stock.csv"]
    assert sorted(path.name for path in (folder / "refused").iterdir()) == ["items-1.csv", "items-1.csv.json"]
    assert [path.name for path in (folder / "in").iterdir()] == ["half.csv.part"]
    assert erp.pull(code="central", by=BY, at=AT).rows == 0


def test_confirmed_orders_are_given_once_and_their_deliveries_come_back(folder):
    add_item("AC-05", "31.20", stock=100)
    add_customer("C-1")
    take_in(b"pedido;cliente;sku;cantidad\nP1;C-1;AC-05;5\n")
    order = Order.objects.get()
    done = erp.push(code="central", by=BY, at=AT)
    assert done.done == {order.number: f"order-{order.number}.csv"}
    text = (folder / "out" / f"order-{order.number}.csv").read_text(encoding="utf-8-sig")
    assert text.splitlines()[1].startswith(f"{order.number};P1;C-1;1;1;AC-05;5")
    assert erp.push(code="central", by=BY, at=AT).done == {}

    (folder / "in" / "albaranes.csv").write_text(
        f"pedido;articulo;cantidad;albaran;fecha\n{order.number};AC-05;5;ALB-9;2026-03-03\nP-2020-000001;AC-05;1;ALB-10;2026-03-03\n"
    )
    pulled = erp.pull(code="central", by=BY, at=AT + timedelta(days=2))
    assert (pulled.deliveries, [one["code"] for one in pulled.rejected]) == (1, ["erp_unknown_order"])
    assert order.lines.get().despatched == 5
    link = ErpLink.objects.get(kind="delivery", number="ALB-9")
    assert link.reference == DespatchAdvice.objects.get().number
    assert not ErpLink.objects.filter(number="ALB-10", settled_at__isnull=False).exists()

    (folder / "in" / "albaranes.csv").write_text(
        f"pedido;articulo;cantidad;albaran;fecha\n{order.number};AC-05;5;ALB-9;2026-03-03\n"
    )
    assert erp.pull(code="central", by=BY, at=AT + timedelta(days=3)).deliveries == 0
    assert order.lines.get().despatched == 5


def test_a_folder_that_is_not_there_is_told_and_kept_beside_the_system(db):
    erp.put_system(code="gone", kind="folder", settings={"path": "/nowhere/at/all"}, by=BY, at=AT)
    with pytest.raises(Unreachable) as refused:
        erp.pull(code="gone", by=BY, at=AT)
    assert refused.value.code == "erp_no_folder"
    assert ErpSystem.objects.get().last_error["code"] == "erp_no_folder"
    with pytest.raises(NotFound):
        erp.pull(code="nobody", by=BY, at=AT)


def test_a_system_is_set_with_what_can_be(db):
    with pytest.raises(erp.ErpKindUnknown):
        erp.put_system(code="x", kind="sap", settings={}, by=BY, at=AT)
    with pytest.raises(erp.ErpSecretWrong):
        erp.put_system(code="x", kind="odoo", settings={}, secret="hunter2", by=BY, at=AT)
    with pytest.raises(erp.ErpOwnerUnknown):
        erp.put_system(code="x", kind="odoo", settings={}, owners={"items": {"name": "nobody"}}, by=BY, at=AT)
    assert not ErpSystem.objects.exists()


# --- Odoo ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def odoo(db, settings, monkeypatch):
    open_shop()
    settings.EXCHANGE_PRIVATE_HOSTS = ("127.0.0.1",)
    monkeypatch.setenv("PROMESA_PARTNER_ODOO", KEY)
    with odoo_server() as server:
        said = {"url": server.url, "database": DATABASE, "user": USER}
        erp.put_system(code="odoo", kind="odoo", settings=said, secret="env:PROMESA_PARTNER_ODOO", by=BY, at=AT)
        vega = server.add(
            "res.partner", ref="C-1", name="Vega", vat="ESB12345674", customer_rank=1, parent_id=False, country_id=[68, "Spain"],
            lang="es_ES", type="contact",
        )  # fmt: skip
        server.add(
            "res.partner", ref="D1", name="Almacén", type="delivery", parent_id=[vega["id"], "Vega"], street="Mayor 1", zip="41001",
            city="Sevilla", country_id=[68, "Spain"], customer_rank=0,
        )  # fmt: skip
        oil = server.add(
            "product.product", default_code="AC-05", name="Aceite 5 L", barcode="8437002000202", lst_price=31.2, uom_id=[1, "Units"],
            weight=4.6, type="consu", sale_ok=True,
        )  # fmt: skip
        server.add(
            "stock.quant",
            product_id=[oil["id"], "x"],
            location_id={"usage": "internal"},
            lot_id=[3, "L77"],
            quantity=25.0,
        )
        yield server


def order_from(po):
    take_in(f"pedido;cliente;sku;cantidad\n{po};C-1;AC-05;5\n".encode())
    return Order.objects.get(po_number=po)


def test_masters_and_stock_of_odoo_come_in_and_only_what_changed_comes_again(odoo):
    done = erp.pull(code="odoo", by=BY, at=AT)
    assert done.rejected == []
    customer = Customer.objects.get()
    assert (customer.number, customer.name, customer.tax_id, customer.country) == ("C-1", "Vega", "ESB12345674", "ES")
    assert Site.objects.get(number="D1").city == "Sevilla"
    item = Item.objects.get()
    assert (item.sku, item.gtin, item.weight_kg) == ("AC-05", "08437002000202", D("4.6"))
    assert Price.objects.get().unit_price == D("31.2")
    assert (Stock.objects.get().on_hand, Stock.objects.get().lot) == (25, "L77")
    assert ErpSystem.objects.get().marks["items"] == "2026-03-01 08:00:00"

    Customer.objects.update(early_days=4)
    odoo.tables["product.product"][0] |= {"name": "Aceite virgen 5 L", "write_date": "2026-03-02 09:00:00"}
    again = erp.pull(code="odoo", by=BY, at=AT + timedelta(days=1))
    assert Item.objects.get().name == "Aceite virgen 5 L"
    assert Customer.objects.get().early_days == 4
    assert again.rows == 3  # the item, its price and the stock


def test_what_odoo_archived_is_closed_and_never_deleted(odoo):
    erp.pull(code="odoo", by=BY, at=AT)
    odoo.tables["product.product"][0] |= {"active": False, "write_date": "2026-03-02 09:00:00"}
    erp.pull(code="odoo", by=BY, at=AT + timedelta(days=1))
    assert str(Item.objects.get().active_to) == "2026-03-02"


def test_a_confirmed_order_is_made_in_odoo_once_even_when_the_answer_is_lost(odoo):
    erp.pull(code="odoo", by=BY, at=AT)
    order = order_from("P1")
    odoo.lost.add("action_confirm")
    with pytest.raises(Unreachable):
        erp.push(code="odoo", by=BY, at=AT)
    assert len(odoo.tables["sale.order"]) == 1
    assert erp.push(code="odoo", by=BY, at=AT).done == {order.number: "S00001"}
    (made,) = odoo.tables["sale.order"]
    assert made["client_order_ref"] == order.number
    assert made["order_line"][0][2]["product_uom_qty"] == 5.0
    assert erp.push(code="odoo", by=BY, at=AT).done == {}


def test_what_odoo_refuses_is_told_and_tried_again_later_while_the_others_go_on(odoo):
    erp.pull(code="odoo", by=BY, at=AT)
    first, second = order_from("P1"), order_from("P2")
    odoo.broken["create"] = 1
    done = erp.push(code="odoo", by=BY, at=AT)
    assert done.failed[first.number]["en"] == "odoo says: Something went wrong over there"
    assert list(done.done) == [second.number]
    assert erp.push(code="odoo", by=BY, at=AT + timedelta(minutes=1)).done == {}
    assert list(erp.push(code="odoo", by=BY, at=AT + timedelta(minutes=6)).done) == [first.number]


def test_a_picking_that_is_done_is_our_despatch_once(odoo):
    erp.pull(code="odoo", by=BY, at=AT)
    order = order_from("P1")
    erp.push(code="odoo", by=BY, at=AT)
    picking = odoo.add(
        "stock.picking", name="WH/OUT/7", origin="S00001", state="done", picking_type_code="outgoing", date_done="2026-03-03 10:00:00",
    )  # fmt: skip
    product = odoo.tables["product.product"][0]
    odoo.add("stock.move", picking_id=[picking["id"], "x"], product_id=[product["id"], "x"], quantity=3.0, state="done")
    done = erp.pull(code="odoo", by=BY, at=AT + timedelta(days=2))
    assert (done.deliveries, done.rejected) == (1, [])
    assert order.lines.get().despatched == 3
    assert erp.pull(code="odoo", by=BY, at=AT + timedelta(days=3)).deliveries == 0


def test_a_wrong_key_is_told_and_nothing_is_read(odoo, monkeypatch):
    monkeypatch.setenv("PROMESA_PARTNER_ODOO", "old-key")
    with pytest.raises(Unreachable) as refused:
        erp.pull(code="odoo", by=BY, at=AT)
    assert refused.value.code == "erp_login"
    assert not Customer.objects.exists()


def test_an_address_of_this_network_is_not_asked_unless_the_installation_allows_it(odoo, settings):
    settings.EXCHANGE_PRIVATE_HOSTS = ()
    with pytest.raises(Unreachable):
        erp.pull(code="odoo", by=BY, at=AT)
    assert odoo.calls == []


def many_items(odoo, count, *, write_date="2026-03-01 08:00:00"):
    return [
        odoo.add("product.product", default_code=f"M{n:04d}", name=f"Artículo {n}", barcode=False, lst_price=1.5, uom_id=[1, "Units"],
                 weight=0, type="consu", sale_ok=True, write_date=write_date)
        for n in range(count)
    ]  # fmt: skip


def test_a_reading_that_breaks_off_between_pages_misses_nothing_the_next_time(odoo):
    many_items(odoo, 1200)  # all written at one moment, as an import does it
    calls = []

    def dies(model):
        calls.append(model)
        if calls.count("product.product") == 2:
            odoo.after_page = None
            raise ValueError("the server is going down")

    odoo.after_page = dies
    with pytest.raises(Unreachable):
        erp.pull(code="odoo", by=BY, at=AT)
    assert Item.objects.count() == 500
    assert "items" not in ErpSystem.objects.get().marks
    erp.pull(code="odoo", by=BY, at=AT)
    assert Item.objects.count() == 1201
    again = erp.pull(code="odoo", by=BY, at=AT + timedelta(hours=1))
    assert (again.rows, again.created, again.changed) == (1, 0, 0)  # the stock, as ever


def test_what_is_changed_while_pages_are_read_moves_nothing_out_of_sight_and_comes_next_time(odoo):
    items = many_items(odoo, 600)

    def changes(model):
        if model == "product.product":
            odoo.after_page = None
            items[3] |= {"name": "Otro nombre", "write_date": "2026-03-02 08:00:00"}
            items[590] |= {"name": "Nuevo", "write_date": "2026-03-02 08:00:01"}

    odoo.after_page = changes
    erp.pull(code="odoo", by=BY, at=AT)
    assert Item.objects.count() == 601
    assert ErpSystem.objects.get().marks["items"] == "2026-03-01 08:00:00"
    erp.pull(code="odoo", by=BY, at=AT + timedelta(hours=1))
    assert Item.objects.get(sku="M0003").name == "Otro nombre"
    assert Item.objects.get(sku="M0590").name == "Nuevo"


def test_stock_that_odoo_does_not_name_any_more_is_gone(odoo):
    oil = odoo.tables["product.product"][0]
    quant = {"product_id": [oil["id"], "x"], "location_id": {"usage": "internal"}}
    odoo.add("stock.quant", lot_id=[4, "L78"], quantity=7.0, **quant)
    erp.pull(code="odoo", by=BY, at=AT)
    add_item("OURS", stock=9)
    odoo.tables["stock.quant"].pop(0)  # a quant that is used up is deleted over there
    erp.pull(code="odoo", by=BY, at=AT + timedelta(hours=1))
    rows = Stock.objects.order_by("item__sku", "lot").values_list("item__sku", "lot", "on_hand")
    assert list(rows) == [("AC-05", "L77", 0), ("AC-05", "L78", 7), ("OURS", "L1", 9)]


def test_an_order_that_was_made_and_not_confirmed_over_there_is_confirmed_the_next_time(odoo):
    erp.pull(code="odoo", by=BY, at=AT)
    order = order_from("P1")
    odoo.lost.add("create")
    with pytest.raises(Unreachable):
        erp.push(code="odoo", by=BY, at=AT)
    assert [row["state"] for row in odoo.tables["sale.order"]] == ["draft"]
    assert erp.push(code="odoo", by=BY, at=AT).done == {order.number: "S00001"}
    assert [row["state"] for row in odoo.tables["sale.order"]] == ["sale"]


def test_an_invoice_is_given_though_a_suppliers_bears_its_number(odoo):
    erp.pull(code="odoo", by=BY, at=AT)
    order = order_from("P1")
    fulfilment.despatch(order_id=order.pk, by=BY, at=AT)
    fulfilment.deliver(advice_id=DespatchAdvice.objects.get().pk, by=BY, at=AT)
    billing.issue_invoice(order_id=order.pk, by=BY, at=AT)
    number = Invoice.objects.get().number
    odoo.add("account.move", name="BILL/1", ref=number, move_type="in_invoice")
    assert number in erp.push(code="odoo", by=BY, at=AT).done
    assert [row["move_type"] for row in odoo.tables["account.move"]] == ["in_invoice", "out_invoice"]
    assert erp.push(code="odoo", by=BY, at=AT).done == {}


def picking(odoo, name, origin, quantity, *, at="2026-03-03 10:00:00", product=0, field="quantity"):
    row = odoo.add("stock.picking", name=name, origin=origin, state="done", picking_type_code="outgoing", date_done=at)
    sold = odoo.tables["product.product"][product]
    odoo.add("stock.move", picking_id=[row["id"], "x"], product_id=[sold["id"], "x"], state="done", **{field: quantity})


def test_pickings_of_one_second_are_all_read_whenever_they_show(odoo):
    erp.pull(code="odoo", by=BY, at=AT)
    first, second = order_from("P1"), order_from("P2")
    erp.push(code="odoo", by=BY, at=AT)
    picking(odoo, "WH/OUT/7", "S00001", 5.0)
    assert erp.pull(code="odoo", by=BY, at=AT + timedelta(days=2)).deliveries == 1
    picking(odoo, "WH/OUT/8", "S00002", 5.0, at="2026-03-03 09:59:58")
    assert erp.pull(code="odoo", by=BY, at=AT + timedelta(days=2)).deliveries == 1
    assert (first.lines.get().despatched, second.lines.get().despatched) == (5, 5)
    assert erp.pull(code="odoo", by=BY, at=AT + timedelta(days=2)).deliveries == 0


def test_a_picking_that_cannot_be_recorded_yet_comes_again_and_the_others_go_on(odoo):
    erp.pull(code="odoo", by=BY, at=AT)
    many_items(odoo, 1)
    first, second = order_from("P1"), order_from("P2")
    erp.push(code="odoo", by=BY, at=AT)
    picking(odoo, "WH/OUT/7", "S00001", 5.0, product=1)  # an item that the order has not
    picking(odoo, "WH/OUT/8", "S00002", 5.0, at="2026-03-09 10:00:00")
    done = erp.pull(code="odoo", by=BY, at=AT + timedelta(days=8))
    assert (done.deliveries, [one["code"] for one in done.rejected]) == (1, ["erp_unknown_line"])
    assert ErpLink.objects.get(number="WH/OUT/7").attempts == 1
    odoo.tables["stock.move"][0]["product_id"] = [odoo.tables["product.product"][0]["id"], "x"]
    assert erp.pull(code="odoo", by=BY, at=AT + timedelta(days=9)).deliveries == 1
    assert (first.lines.get().despatched, second.lines.get().despatched) == (5, 5)
    assert ErpLink.objects.get(number="WH/OUT/7").last_error is None


def test_the_quantity_of_a_picking_is_read_by_its_older_name_too(odoo):
    erp.pull(code="odoo", by=BY, at=AT)
    order = order_from("P1")
    erp.push(code="odoo", by=BY, at=AT)
    odoo.unknown = {"stock.move": {"quantity"}}
    picking(odoo, "WH/OUT/7", "S00001", 4.0, field="quantity_done")
    done = erp.pull(code="odoo", by=BY, at=AT + timedelta(days=2))
    assert (done.deliveries, order.lines.get().despatched) == (1, 4)
