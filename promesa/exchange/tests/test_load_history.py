"""The orders of the past by a mapping: numbers and days kept, nothing reserved, the same again changes nothing."""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from django.db.models import Sum

from promesa.core.actors import Actor
from promesa.core.models import Event
from promesa.customers.models import Customer, Site
from promesa.exchange.loading.history import MappingRefused, load_history, read_mapping
from promesa.exchange.tests.company import AT
from promesa.inventory.models import Claim, Stock, StockMove
from promesa.orders.models import LineEntry, Order, OrderLine, Promise, RequestedWindow

CHECKOUT = Path(__file__).parents[3]
D = Decimal
pytestmark = pytest.mark.django_db

FLAT = """
time_zone = "America/Bogota"
currency = "COP"
[file]
delimiter = ";"
decimal = ","
dates = "d/m/y"
[columns]
order = "Pedido"
customer = "Cliente"
item = "Artículo"
quantity_ordered = "Pedida"
quantity_delivered = "Entregada"
price = "Precio"
ordered_on = "Fecha"
requested_on = "Para"
promised_on = "Prometido"
shipped_on = "Salida"
delivered_on = "Llegada"
returned_quantity = "Devuelta"
reason = "Motivo"
"""
ROWS = """Pedido;Cliente;Artículo;Pedida;Entregada;Precio;Fecha;Para;Prometido;Salida;Llegada;Devuelta;Motivo
H1;Ana;X;10;10;1.500,50;01/02/2025;05/02/2025;06/02/2025;04/02/2025;05/02/2025;2;rotas
H1;Ana;Y;5;3;2;01/02/2025;05/02/2025;;04/02/2025;05/02/2025;;
H2;Beto;X;7;;2;03/02/2025;;;;;;
P-2025-9;Beto;X;1;;2;03/02/2025;;;;;;
H3;Beto;X;-7;;2;03/02/2025;;;;;;
H4;Beto;X;7;;2;;;;;;;
"""


def history(text=ROWS, mapping=FLAT, name="all.csv"):
    return load_history(files=[(name, text.encode())], mapping=read_mapping(mapping), by=Actor("history"), at=AT)


def test_a_flat_table_becomes_orders_with_their_own_days_and_ledger():
    loaded = history()
    assert (loaded.orders, loaded.lines, loaded.unchanged) == (4, 4, 0)
    assert [(one["row"], one["field"], one["code"]) for one in loaded.files[0].rejected] == [
        (6, "quantity_ordered", "out_of_range"), (7, "ordered_on", "field_missing"),
    ]  # fmt: skip
    order = Order.objects.get(number="H1")
    # 1 February in Bogotá begins at five in the morning of Greenwich
    assert order.ordered_at == order.confirmed_at == datetime(2025, 2, 1, 5, tzinfo=UTC)
    assert (order.origin, order.state, order.currency, order.net_amount) == (
        "history",
        "confirmed",
        "COP",
        D("15015.00"),
    )
    assert (order.requested_from, order.requested_to) == (
        datetime(2025, 2, 5, 5, tzinfo=UTC),
        datetime(2025, 2, 6, 5, tzinfo=UTC),
    )
    first, second = OrderLine.objects.filter(order=order).order_by("line_number")
    assert (first.despatched, first.accepted, first.returned) == (D(10), D(10), D(2))
    assert (second.ordered_quantity, second.despatched, second.accepted) == (D(5), D(3), D(3))
    assert sorted(LineEntry.objects.filter(line=first).values_list("kind", "quantity", "happened_at", "reason")) == [
        ("accepted", D(10), datetime(2025, 2, 5, 17, tzinfo=UTC), ""),
        ("despatched", D(10), datetime(2025, 2, 4, 17, tzinfo=UTC), ""),
        ("returned", D(2), datetime(2025, 2, 5, 17, tzinfo=UTC), "rotas"),
    ]
    promise = Promise.objects.get()
    assert (promise.line, promise.is_first, promise.window_from) == (first, True, datetime(2025, 2, 6, 5, tzinfo=UTC))
    assert (RequestedWindow.objects.count(), Claim.objects.count(), StockMove.objects.count()) == (1, 0, 0)
    assert not Event.objects.filter(subject_kind="order").exists()


def test_a_number_that_could_be_ours_is_kept_beside_a_number_of_its_own():
    history()
    order = Order.objects.get(po_number="P-2025-9")
    assert order.number.startswith("H-")
    assert len(order.number) == 20


def test_the_same_history_again_changes_nothing_and_still_names_its_orders():
    first = history()
    before = list(Order.objects.order_by("id").values())
    again = history()
    assert (again.orders, again.lines, again.unchanged) == (0, 0, 4)
    assert sorted(again.order_ids) == sorted(first.order_ids)
    assert list(Order.objects.order_by("id").values()) == before
    assert (OrderLine.objects.count(), LineEntry.objects.count()) == (4, 5)


def test_the_columns_of_a_line_are_the_sums_of_its_ledger():
    history()
    for line in OrderLine.objects.all():
        for kind in ("despatched", "accepted", "returned"):
            total = LineEntry.objects.filter(line=line, kind=kind).aggregate(n=Sum("quantity"))["n"] or D(0)
            assert getattr(line, kind) == total


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (("order = ", "ordre = "), "ordre"),
        (('quantity_ordered = "Pedida"', ""), "quantity_ordered"),
        (('decimal = ","', 'decimal = ";"'), "decimal"),
        (("America/Bogota", "America/Macondo"), "Macondo"),
        (("[columns]", "[columns"), ""),
    ],
)
def test_a_mapping_that_cannot_be_used_says_where_it_is_wrong(change, problem):
    with pytest.raises(MappingRefused) as refusal:
        read_mapping(FLAT.replace(*change))
    assert problem in refusal.value.sentence("en")


def test_a_column_that_the_file_lacks_is_said_and_nothing_is_loaded():
    loaded = history(ROWS.replace("Pedida", "Otra"))
    assert [one["code"] for one in loaded.files[0].rejected] == ["mapping_column_missing"]
    assert Order.objects.count() == 0


# --- Northwind -----------------------------------------------------------------------------------------------------


def northwind(shared_data):
    mapping = read_mapping((CHECKOUT / "docs/examples/northwind.toml").read_text(encoding="utf-8"))
    folder = shared_data / "datasets/northwind"
    files = [(str(path), path.read_bytes()) for path in sorted(folder.glob("*.csv"))]
    return load_history(files=files, mapping=mapping, by=Actor("history"), at=AT)


def test_northwind_loads_whole_and_again_without_a_change(shared_data):
    loaded = northwind(shared_data)
    assert [(one.role, one.rows, one.created, one.rejected) for one in loaded.files] == [
        ("customers", 91, 91, []), ("items", 77, 77, []), ("stock", 77, 77, []), ("orders", 830, 830, []), ("lines", 2155, 2155, []),
    ]  # fmt: skip
    assert (Customer.objects.count(), Stock.objects.count(), Order.objects.count(), OrderLine.objects.count()) == (
        91,
        77,
        830,
        2155,
    )
    # Of the file: units in stock add up to 3119; 809 orders left; 10248 was ordered on 4, wanted on 1 August, left on 16 July.
    assert Stock.objects.aggregate(n=Sum("on_hand"))["n"] == D(3119)
    assert Order.objects.filter(state="closed").count() == 809
    order = Order.objects.get(number="10248")
    assert (order.customer.number, order.customer.country, order.ship_to.city) == ("VINET", "FR", "Reims")
    assert order.ordered_at.isoformat() == "1996-07-03T22:00:00+00:00"
    assert order.requested_to.isoformat() == "1996-08-01T22:00:00+00:00"
    assert order.closed_at.date().isoformat() == "1996-07-16"
    lines = [
        (one.item.sku, one.ordered_quantity, one.unit_price, one.net_amount)
        for one in order.lines.order_by("line_number")
    ]
    assert lines == [
        ("11", D(12), D(14), D("168.00")), ("42", D(10), D("9.8"), D("98.00")), ("72", D(5), D("34.8"), D("174.00")),
    ]  # fmt: skip
    # Each line rounds by itself: 1,265,793.04 before rounding.
    assert Order.objects.aggregate(n=Sum("net_amount"))["n"] == D("1265793.29")
    assert Site.objects.filter(customer__number="BLONP", street="24, place Kléber").count() == 1
    again = northwind(shared_data)
    assert [(one.created, one.changed, one.rejected) for one in again.files] == [(0, 0, [])] * 5
    assert (again.orders, again.unchanged) == (0, 830)
