"""Mend it once, and all that waited for it goes on."""

from datetime import timedelta
from decimal import Decimal

import pytest

from promesa.catalog.models import Item, ItemCode
from promesa.core.actors import Actor
from promesa.core.errors import NotAllowed
from promesa.customers.models import Customer
from promesa.exchange import operations, queries
from promesa.exchange.models import Document
from promesa.exchange.operations import PlaceDraft
from promesa.exchange.tests.company import AT, BY, CSV, add_customer, add_item, codes, lines_of, open_shop, take_in
from promesa.orders.models import Order
from promesa.work.models import WorkItem

D = Decimal
pytestmark = [pytest.mark.django_db, pytest.mark.wired]


@pytest.fixture
def shop():
    open_shop()
    add_item("A1", "10")
    return [add_customer(number) for number in ("C-1", "C-2")]


def rows(*lines):
    return take_in((CSV + "".join(f"{line};2026-03-10\n" for line in lines)).encode())


def outcomes():
    return sorted(Document.objects.values_list("outcome", flat=True))


def test_one_unknown_gtin_in_three_orders_of_two_customers_is_one_cause(shop):
    head = "pedido;cliente;ean;cantidad\n"
    content = head + "P1;C-1;8412345004001;1\nP1;C-1;8412345004001;2\nP2;C-1;8412345004001;3\nP3;C-2;8412345004001;4\n"
    take_in(content.encode())
    (repair,) = queries.repairs()
    assert (repair.code, repair.received, repair.lines, repair.orders, repair.documents, repair.customers) == (
        "unknown_item", "8412345004001", 4, 3, 3, 2,
    )  # fmt: skip
    assert repair.sentence("en") == "Code 8412345004001 unknown: 4 lines, 3 orders, 2 customers"
    assert repair.sentence("es") == "Código 8412345004001 desconocido: 4 líneas, 3 pedidos, 2 clientes"
    done = operations.create_missing_item(code="8412345004001", name="Miel", sku="M1", price=D(4), by=BY, at=AT)
    assert (done.tried, done.documents, len(done.orders)) == (3, 3, 3)
    assert queries.repairs() == []
    assert outcomes() == ["orders"] * 3
    assert Item.objects.get(sku="M1").gtin == "08412345004001"
    assert WorkItem.objects.filter(state="open", kind="draft").count() == 0


def test_the_codes_of_two_customers_are_two_causes_even_when_they_are_written_alike(shop):
    content = "pedido;cliente;referencia cliente;cantidad\nP1;C-1;77;1\nP2;C-2;77;2\n"
    first, second = take_in(content.encode())
    assert [(one.received, one.customer, one.orders) for one in queries.repairs()] == [
        ("77", "C-1", 1),
        ("77", "C-2", 1),
    ]
    done = operations.map_item_code(customer_id=shop[0], code="77", sku="A1", by=BY, at=AT)
    assert (done.tried, done.documents) == (1, 1)
    first.refresh_from_db(), second.refresh_from_db()
    assert (first.outcome, second.outcome) == ("orders", "waiting")
    assert [(one.customer.number, one.code, one.item.sku) for one in ItemCode.objects.all()] == [("C-1", "77", "A1")]


def test_an_item_made_for_a_customers_code_gets_a_cross_reference(shop):
    content = "pedido;cliente;referencia cliente;cantidad\nP1;C-1;77;1\n"
    take_in(content.encode())
    done = operations.create_missing_item(
        code="77", name="Vinagre", sku="V1", price=D(2), customer_id=shop[0], by=BY, at=AT
    )
    assert done.documents == 1
    assert lines_of(Order.objects.get()) == [("V1", D(1), D(2), D("2.00"))]


def test_a_buyer_made_for_a_code_takes_all_its_documents_along_and_leaves_others(shop):
    rows("P1;NEW;A1;1", "P2;NEW;A1;2", "P3;OTHER;A1;3")
    repair = queries.repairs()[0]
    assert (repair.code, repair.received, repair.documents, repair.doors[0]) == ("unknown_buyer", "NEW", 2, "map_party")
    done = operations.create_customer_for(code="NEW", name="Nuevo, S.A.", number="C-9", by=BY, at=AT)
    assert (done.tried, done.documents) == (2, 2)
    assert outcomes() == ["orders", "orders", "waiting"]
    assert set(Order.objects.values_list("customer__number", flat=True)) == {"C-9"}
    assert WorkItem.objects.filter(kind="document", state="open").count() == 1


def test_a_code_that_is_somebodys_already_is_not_given_to_another(shop):
    operations.map_party(code="X", customer_id=shop[0], by=BY, at=AT)
    with pytest.raises(operations.CodeTaken) as refusal:
        operations.map_party(code="X", customer_id=shop[1], by=BY, at=AT)
    assert refusal.value.sentence("en") == "Code X belongs to C-1 already. Change it there if it is wrong."
    with pytest.raises(operations.CodeTaken):
        operations.create_customer_for(code="X", name="Otro", by=BY, at=AT)
    assert Customer.objects.count() == 2
    operations.map_party(code="X", customer_id=shop[0], by=BY, at=AT)


def test_a_place_that_was_named_and_not_known_is_made_and_the_order_goes_there(shop):
    content = "pedido;cliente;destino;referencia;cantidad\nP1;C-1;T-5;A1;1\n"
    (document,) = take_in(content.encode())
    assert codes(document) == ["unknown_ship_to"]
    operations.rerun(by=BY, at=AT)
    document.refresh_from_db()
    assert (document.outcome, codes(document)) == ("waiting", ["unknown_ship_to"])  # never to the usual place instead
    place = PlaceDraft(number="T-5", name="Tienda 5", city="Cádiz")
    done = operations.create_site_for(customer_id=shop[0], place=place, by=BY, at=AT)
    assert done.documents == 1
    assert Order.objects.get().ship_to.name == "Tienda 5"


def test_a_unit_that_a_customer_writes_its_own_way_is_explained_once(shop):
    content = "pedido;cliente;referencia;cantidad;unidad\nP1;C-1;A1;2;BULTO\n"
    (document,) = take_in(content.encode())
    assert codes(document) == ["unknown_unit"]
    (repair,) = queries.repairs()
    assert (repair.received, repair.item, repair.customer_id, repair.doors) == (
        "BULTO",
        "Artículo A1",
        shop[0],
        ("map_unit",),
    )
    done = operations.map_unit(customer_id=shop[0], received="BULTO", unit_code="CS", sku="A1", units=6, by=BY, at=AT)
    assert done.documents == 1
    assert lines_of(Order.objects.get()) == [("A1", D(12), D(10), D("120.00"))]


def test_a_missing_price_and_a_missing_tax_are_given_once(shop):
    add_item("B2", None, tax_code="reducido")
    rows("P1;C-1;B2;1", "P2;C-2;B2;1")
    assert [(one.code, one.received, one.orders) for one in queries.repairs()] == [
        ("no_price", "B2", 2),
        ("no_tax_rate", "reducido", 2),
    ]
    assert operations.set_missing_price(sku="B2", price=D("1.5"), by=BY, at=AT).documents == 0
    assert operations.set_missing_tax_rate(code="reducido", country="ES", rate=D(4), by=BY, at=AT).documents == 2
    assert set(Order.objects.values_list("total_amount", flat=True)) == {D("1.56")}


def test_who_may_not_change_masters_mends_nothing(shop):
    rows("P1;C-1;ZZ;1")
    with pytest.raises(NotAllowed):
        operations.create_missing_item(code="ZZ", name="Z", by=Actor("user:999"), at=AT)
    assert (Item.objects.count(), outcomes()) == (1, ["waiting"])


def test_what_can_be_made_from_the_documents_is_listed_before_it_is_made(shop):
    content = "pedido;cliente;nombre cliente;referencia;descripcion;cantidad;precio\nP1;NEW;Nuevo;N1;Pan;5;1,50\n"
    (document,) = take_in(content.encode())
    missing = operations.missing_for(document_ids=[document.pk])
    assert [one("en") for one in missing.sentences] == ["customer NEW Nuevo", "place 1 Nuevo of NEW"]
    operations.create_missing(missing=missing, document_ids=[document.pk], by=BY, at=AT)
    missing = operations.missing_for(document_ids=[document.pk])
    assert [one("en") for one in missing.sentences] == ["item N1 Pan"]
    done = operations.create_missing(missing=missing, document_ids=[document.pk], by=BY, at=AT)
    assert done.documents == 1
    assert lines_of(Order.objects.get()) == [("N1", D(5), D("1.5"), D("7.50"))]
    assert not operations.missing_for(document_ids=[document.pk])


def test_documents_without_a_buyer_and_drafts_of_two_moments_go_on_in_one_run(shop):
    rows("P1;NEW;A1;1", "P2;C-1;ZZ;2")
    past = AT - timedelta(days=700)
    old = (CSV + "P3;NEW;A1;4;2024-04-10\nP4;C-1;ZZ;5;2024-04-10\n").encode()
    file = operations.receive_file(content=old, name="old.csv", by=BY, at=past, received_at=AT)
    operations.read_file(file_id=file.pk, by=BY, at=AT)
    add_customer("NEW")
    add_item("ZZ", "2")
    done = operations.rerun(by=BY, at=AT)
    assert (done.tried, done.documents, len(done.orders)) == (4, 4, 4)
    assert outcomes() == ["orders"] * 4
    # Those of the past were promised as of their own moment.
    confirmed = dict(Order.objects.values_list("po_number", "confirmed_at"))
    assert confirmed == {"P1": AT, "P2": AT, "P3": past, "P4": past}
