"""Masters and stock from files: headings in two languages, all faults at once, good rows written, nothing twice."""

import io
from decimal import Decimal

import pytest
import xlsxwriter

from promesa.catalog.models import Item, ItemCode, Pack, Price, PriceAgreement, TaxRate, UnitAlias
from promesa.core.models import Calendar, Holiday
from promesa.customers.models import Customer, Person, ReceivingWindow, Site
from promesa.exchange.loading.headings import ROLES, role_of
from promesa.exchange.loading.masters import load_masters
from promesa.exchange.loading.stock import load_stock
from promesa.exchange.models import PartyCode
from promesa.exchange.tests.company import AT, BY, add_customer, add_item, open_shop
from promesa.inventory.models import Stock, StockLeg, StockMove, Warehouse

D = Decimal
pytestmark = pytest.mark.django_db


def load(*files, role=""):
    return load_masters(files=[(name, text.encode()) for name, text in files], role=role, by=BY, at=AT)


def faults(loaded):
    return [(one["row"], one["field"], one["received"], one["code"]) for one in loaded.rejected]


PLACES = """cliente;destino;nombre;dirección;ciudad;zona horaria;horario
C-1;1;Nave;Calle 1;Sevilla;Europe/Madrid;0-4 08:00-14:00
"""
ITEMS = """sku;EAN;nombre;unidades por caja;EAN caja;familia
A1;8412345004001;Aceite 5 L;4;18412345004008;Aceites
B2;;Atún;12;;Conservas
"""
COMPANY = (
    ("precios.csv", "tarifa;referencia;precio;desde\nT-2026;A1;1.234,50;2026-01-01\nT-2026;B2;2,75;2026-01-01\n"),
    ("clientes.csv", "código;nombre;NIF;GLN;país;límite de crédito;plazo\nC-1;Uno, S.L.;B12345678;8412345000010;España;25.000,00;60\n"),
    ("destinos.csv", PLACES),
    ("articulos.csv", ITEMS),
    ("codigos.csv", "cliente;su referencia;referencia\nC-1;77-A;A1\n"),
    ("unidades.csv", "cliente;escribe;significa\nC-1;BULTO;CS\n"),
    ("personas.csv", "cliente;contacto;cargo;correo\nC-1;Ana Ruiz;Compras;ana@uno.example\n"),
    ("festivos.csv", "calendario;festivo;motivo\nSEVILLA;2026-04-03;Viernes Santo\nSEVILLA;2026-05-01;\n"),
    ("almacenes.csv", "almacén;nombre;hora de corte;calendario\nDH;Dos Hermanas;13:30;SEVILLA\n"),
    ("impuestos.csv", "impuesto;país;tipo;categoría\ngeneral;ES;21;S\nreducido;ES;10;S\n"),
    ("acuerdos.csv", "cliente;referencia;precio;acuerdo\nC-1;B2;2,50;AC-7\n"),
    ("interlocutores.csv", "interlocutor;cliente\nPARTNER1;C-1\n"),
)  # fmt: skip


def test_a_company_loads_from_its_files_in_whatever_order_they_are_named():
    loaded = load(*COMPANY)
    assert [(one.file, one.role, one.created, faults(one)) for one in loaded] == [
        ("precios.csv", "prices", 2, []), ("clientes.csv", "customers", 1, []), ("destinos.csv", "sites", 1, []),
        ("articulos.csv", "items", 2, []), ("codigos.csv", "item_codes", 1, []), ("unidades.csv", "units", 1, []),
        ("personas.csv", "people", 1, []), ("festivos.csv", "calendars", 1, []), ("almacenes.csv", "warehouses", 1, []),
        ("impuestos.csv", "tax_rates", 2, []), ("acuerdos.csv", "agreements", 1, []), ("interlocutores.csv", "parties", 1, []),
    ]  # fmt: skip
    customer = Customer.objects.get()
    assert (customer.number, customer.name, customer.country, customer.credit_limit, customer.payment_days) == (
        "C-1", "Uno, S.L.", "ES", D("25000.00"), 60,
    )  # fmt: skip
    assert (Site.objects.get().city, ReceivingWindow.objects.count()) == ("Sevilla", 5)
    assert Price.objects.get(item__sku="A1").unit_price == D("1234.50")
    assert [(one.unit_code, one.numerator, one.gtin) for one in Pack.objects.filter(item__sku="A1")] == [
        ("CS", 4, "18412345004008")
    ]
    assert (PriceAgreement.objects.get().unit_price, PriceAgreement.objects.get().reference) == (D("2.50"), "AC-7")
    assert (ItemCode.objects.get().code, ItemCode.objects.get().item.sku) == ("77-A", "A1")
    assert (UnitAlias.objects.get().unit_code, Person.objects.get().position, PartyCode.objects.get().code) == (
        "CS", "Compras", "PARTNER1",
    )  # fmt: skip
    warehouse = Warehouse.objects.get()
    assert (warehouse.cut_off.isoformat(), warehouse.is_default, warehouse.calendar.code) == (
        "13:30:00",
        True,
        "SEVILLA",
    )
    assert Holiday.objects.count() == 2
    assert TaxRate.objects.get(code="reducido").rate == D(10)


def test_loading_the_same_files_again_changes_nothing():
    load(*COMPANY)
    again = load(*COMPANY)
    assert [(one.created, one.changed, one.rejected) for one in again] == [(0, 0, [])] * len(COMPANY)
    assert Calendar.objects.count() == 1


def test_a_changed_holiday_makes_the_next_version_and_the_warehouse_moves_to_it():
    load(*COMPANY)
    (one,) = load(("festivos.csv", "calendario;festivo\nSEVILLA;2026-10-12\n"))
    assert (one.created, one.changed) == (0, 1)
    assert [(c.version, c.holidays.count()) for c in Calendar.objects.order_by("version")] == [(1, 2), (2, 3)]
    assert Warehouse.objects.get().calendar.version == 2


def test_all_faults_of_a_file_are_said_at_once_and_its_good_rows_are_written():
    customers = (
        "number,name,country,credit limit,gln,payment days\n"
        "C-1,One,ES,100,,30\n"
        "C-2,,ES,100,,30\n"
        "C-3,Three,ES,lots,,30\n"
        "C-4,Four,ES,100,8412345000014,30\n"
        "C-1,Again,ES,100,,30\n"
        "C-5,Five,ES,100,,900\n"
    )
    (one,) = load(("customers.csv", customers))
    assert (one.rows, one.created) == (6, 1)
    assert faults(one) == [
        (3, "name", "", "field_missing"), (4, "credit limit", "lots", "number_wrong"),
        (5, "gln", "8412345000014", "bad_check_digit"), (6, "number", "C-1", "row_repeated"),
        (7, "payment_days", "900", "not_whole"),
    ]  # fmt: skip
    assert all(fault["sentence"]["es"] != fault["sentence"]["en"] for fault in one.rejected)
    assert list(Customer.objects.values_list("number", flat=True)) == ["C-1"]


def test_a_row_with_a_cell_that_cannot_be_read_tells_its_other_faults_in_the_same_run_and_nothing_of_it_is_written():
    (one,) = load(("clientes.csv", "código;nombre;GLN;límite de crédito;país\nZ1;;123;lots;XX\n"))
    assert faults(one) == [
        (2, "country", "XX", "not_a_country"), (2, "gln", "123", "bad_check_digit"),
        (2, "límite de crédito", "lots", "number_wrong"), (2, "name", "", "field_missing"),
    ]  # fmt: skip
    assert not Customer.objects.exists()


def test_a_place_of_an_unknown_customer_with_a_bad_zone_tells_both():
    (one,) = load(("destinos.csv", "cliente;destino;nombre;zona horaria\nC-9;1;Nave;Europe/Sevilla\n"))
    assert faults(one) == [
        (2, "customer", "C-9", "reference_unknown"), (2, "time_zone", "Europe/Sevilla", "not_a_zone"),
    ]  # fmt: skip
    assert not Site.objects.exists()


def test_a_place_without_its_number_is_refused_with_the_other_faults_of_its_row():
    (one,) = load(("destinos.csv", "cliente;destino;zona horaria\nC-9;;Europe/Sevilla\n"))
    assert faults(one) == [
        (2, "customer", "C-9", "reference_unknown"), (2, "number", "", "field_missing"),
        (2, "time_zone", "Europe/Sevilla", "not_a_zone"),
    ]  # fmt: skip


def test_a_price_below_nothing_that_ends_before_it_begins_tells_both_and_the_item_that_nobody_has():
    (one,) = load(
        ("precios.csv", "referencia;precio;desde;hasta\nNO;-1;2026-03-01;2026-02-01\nNO2;dos;2026-03-01;2026-02-01\n")
    )
    assert faults(one) == [
        (2, "sku", "NO", "reference_unknown"), (2, "unit_price", "-1", "out_of_range"),
        (2, "valid_to", "2026-02-01", "ends_before_it_begins"),
        (3, "precio", "dos", "number_wrong"), (3, "sku", "NO2", "reference_unknown"),
        (3, "valid_to", "2026-02-01", "ends_before_it_begins"),
    ]  # fmt: skip
    assert not Price.objects.exists()


def test_packs_of_an_item_that_nobody_has_tell_their_own_faults_too():
    (one,) = load(("envases.csv", "sku;unidad;unidades\nNO;CS;0\nNO3;CS;muchas\n"), role="packs")
    assert faults(one) == [
        (2, "packs", "[{'level': 'case', 'unit_code': 'CS', 'numerator': Decimal('0')}]", "not_packs"),
        (2, "sku", "NO", "reference_unknown"), (3, "sku", "NO3", "reference_unknown"),
        (3, "unidades", "muchas", "number_wrong"),
    ]  # fmt: skip


def test_the_price_in_a_column_of_an_item_is_told_when_it_is_wrong_and_not_put_for_a_refused_item():
    (one,) = load(("articulos.csv", "sku;nombre;precio\nA1;Aceite;-1\nA2;;2\nA3;Sal;mucho\n"))
    assert faults(one) == [
        (2, "unit_price", "-1", "out_of_range"), (3, "name", "", "field_missing"), (4, "precio", "mucho", "number_wrong"),
    ]  # fmt: skip
    assert (list(Item.objects.values_list("sku", flat=True)), Price.objects.count()) == (["A1"], 0)


def test_an_empty_file_is_called_empty_whatever_was_to_be_in_it():
    stock = load_stock(filename="stock.csv", content=b"", by=BY, at=AT)
    (prices,) = load(("precios.csv", "\n"), role="prices")
    for loaded in (stock, prices):
        assert [(one["code"], one["sentence"]["es"]) for one in loaded.rejected] == [
            ("file_empty", "El archivo está vacío.")
        ]


def test_a_row_of_stock_tells_all_its_faults():
    loaded = load_stock(filename="s.csv", content=b"sku;cantidad;almacen\nNO;-3;X\nNO;muchas;X\n", by=BY, at=AT)
    assert faults(loaded) == [
        (3, "cantidad", "muchas", "number_wrong"),
        (2, "sku", "NO", "reference_unknown"), (2, "warehouse", "X", "reference_unknown"), (2, "quantity", "-3", "out_of_range"),
        (3, "sku", "NO", "reference_unknown"), (3, "warehouse", "X", "reference_unknown"),
    ]  # fmt: skip


def test_a_number_that_can_be_read_in_two_ways_is_refused_not_guessed():
    add_item("A1", None, stock=0)
    (one,) = load(("prices.csv", "sku;price\nA1;1.234\n"))
    assert [fault[3] for fault in faults(one)] == ["ambiguous_number"]
    assert Price.objects.count() == 0


def test_a_reference_that_does_not_exist_is_named():
    (one,) = load(("item_codes.csv", "customer;customer item code;sku\nC-9;7;A1\n"))
    assert {(fault[1], fault[3]) for fault in faults(one)} == {
        ("customer", "reference_unknown"),
        ("sku", "reference_unknown"),
    } or [fault[3] for fault in faults(one)] == ["reference_unknown"]


def test_headings_that_mean_nothing_are_said_and_nothing_is_loaded():
    (one,) = load(("x.csv", "alpha;beta\n1;2\n"))
    assert [(fault["code"], fault["received"]) for fault in one.rejected] == [("role_unknown", "alpha, beta")]
    assert one.rejected[0]["sentence"]["en"].startswith("What the file holds cannot be told from its headings")


def test_a_file_of_orders_is_no_master_although_customers_and_prices_stand_in_it():
    (one,) = load(("pedidos.csv", "pedido;cliente;SKU;cantidad;precio\n4500;C-1;A1;12;98,00\n"))
    assert [fault["code"] for fault in one.rejected] == ["role_unknown"]
    assert PriceAgreement.objects.count() == 0


def test_a_column_that_must_be_there_is_named():
    (one,) = load(("x.csv", "número;NIF\nC-1;B1\n"), role="customers")
    assert [(fault["field"], fault["code"]) for fault in one.rejected] == [("name", "column_needed")]


@pytest.mark.parametrize("role", [role.name for role in ROLES])
def test_every_role_is_told_by_its_own_field_names(role):
    found = next(one for one in ROLES if one.name == role)
    assert role_of(list(found.words), "x.csv") is found


def test_a_workbook_loads_as_a_table_does():
    book = io.BytesIO()
    with xlsxwriter.Workbook(book, {"in_memory": True}) as workbook:
        sheet = workbook.add_worksheet()
        for row, cells in enumerate([["SKU", "Nombre", "Precio"], ["00012", "Miel 1 kg", 3.5], ["A-7", "Vinagre", 2]]):
            sheet.write_row(row, 0, cells)
    (one,) = load_masters(files=[("articulos.xlsx", book.getvalue())], by=BY, at=AT)
    assert (one.created, faults(one)) == (2, [])
    assert list(Item.objects.order_by("sku").values_list("sku", flat=True)) == ["00012", "A-7"]
    assert Price.objects.get(item__sku="00012").unit_price == D("3.5")


# --- Stock ---------------------------------------------------------------------------------------------------------


def count(text, name="stock.csv"):
    return load_stock(filename=name, content=text.encode(), by=BY, at=AT)


def held():
    return {
        (one.item.sku, one.warehouse.code, one.lot): one.on_hand
        for one in Stock.objects.select_related("item", "warehouse")
    }


def test_stock_is_set_to_what_was_counted_as_one_move_whose_legs_sum_to_zero():
    open_shop()
    for sku in ("A1", "B2"):
        add_item(
            sku,
            None,
            stock=0,
            gtin="8412345004001" if sku == "A1" else "",
            packs=[{"level": "case", "unit_code": "CS", "numerator": 12}],
        )
    loaded = count("EAN;lote;caducidad;cantidad;unidad\n8412345004001;L1;2027-01-31;10;caja\n8412345004001;L2;;5;\n")
    assert (loaded.rows, loaded.created, loaded.changed, loaded.rejected) == (2, 2, 0, [])
    assert held() == {("A1", "DH", "L1"): D(120), ("A1", "DH", "L2"): D(5)}
    assert Stock.objects.get(lot="L1").expires_on.isoformat() == "2027-01-31"
    move = StockMove.objects.get()
    assert (move.kind, sum(StockLeg.objects.values_list("quantity", flat=True))) == ("count", D(0))
    again = count("EAN;lote;caducidad;cantidad;unidad\n8412345004001;L1;2027-01-31;10;caja\n8412345004001;L2;;5;\n")
    assert (again.created, again.changed, StockMove.objects.count()) == (0, 0, 1)
    changed = count("sku;lote;cantidad\nA1;L2;7\n")
    assert (changed.changed, held()["A1", "DH", "L2"]) == (1, D(7))


def test_stock_of_an_unknown_item_warehouse_or_below_zero_is_listed_and_the_rest_counts():
    open_shop()
    add_item("A1", None, stock=0)
    loaded = count("sku;almacén;cantidad\nZZ;DH;1\nA1;XX;1\nA1;DH;-1\nA1;DH;4\n")
    assert [(one["row"], one["field"], one["code"]) for one in loaded.rejected] == [
        (2, "sku", "reference_unknown"), (3, "warehouse", "reference_unknown"), (4, "quantity", "out_of_range"),
    ]  # fmt: skip
    assert held() == {("A1", "DH", ""): D(4)}


def test_the_first_stock_of_an_installation_makes_its_first_warehouse():
    add_item("A1", None, stock=0)
    count("sku;cantidad\nA1;4\n")
    assert held() == {("A1", "CENTRAL", ""): D(4)}


@pytest.mark.django_db(transaction=True)
def test_a_count_below_what_customers_were_promised_is_refused_and_the_others_count():
    open_shop()
    add_item("A1", None, stock=100)
    add_item("B2", None, stock=100)
    Stock.objects.filter(item__sku="A1").update(claimed=60)
    loaded = count("sku;lote;cantidad\nA1;L1;59\nB2;L1;59\n")
    assert [(one["row"], one["code"]) for one in loaded.rejected] == [(2, "not_enough_stock")]
    assert (held()["A1", "DH", "L1"], held()["B2", "DH", "L1"]) == (D(100), D(59))
    assert add_customer("C-1")
