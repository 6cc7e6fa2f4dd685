"""A seller for tests of what comes in: a warehouse, taxes, and the masters that documents name."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

from promesa.catalog import operations as catalog
from promesa.core import bulk
from promesa.core.actors import Actor
from promesa.customers import operations as customers
from promesa.exchange import operations, queries
from promesa.exchange.models import Document, InboxFile
from promesa.inventory.operations import StockRow, add_stock, put_warehouses
from promesa.orders.models import Order

BY = Actor("command")
AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def open_shop(at: datetime = AT) -> None:
    """A warehouse and the taxes of two countries."""
    put_warehouses(rows=[{"code": "DH", "name": "Dos Hermanas", "cut_off": "14:00"}], by=BY, at=at)
    catalog.put_tax_rates(
        rows=[
            {"code": "general", "country": country, "rate": rate, "category": "S", "valid_from": "2000-01-01"}
            for country, rate in (("ES", 10), ("DE", 19), ("GB", 20))
        ],
        by=BY, at=at,
    )  # fmt: skip


def add_customer(
    number: str, *, name: str = "", sites: Sequence[str] = ("1",), at: datetime = AT, **fields: object
) -> int:
    """A customer with places of these numbers; the first is the usual one."""
    customers.put_customers(rows=[{"number": number, "name": name or number, **fields}], by=BY, at=at)
    rows = [{"customer": number, "number": site, "name": site} for site in sites]
    customers.put_sites(rows=rows, by=BY, at=at)
    return bulk.row("SELECT id FROM customers_customer WHERE number = %s", [number])[0]


def add_item(sku: str, price: str | None = "10", *, stock: int = 1000, at: datetime = AT, **fields: object) -> None:
    """An item with a price and stock in one lot."""
    catalog.put_items(rows=[{"sku": sku, "name": f"Artículo {sku}", **fields}], by=BY, at=at)
    if price is not None:
        operations.put_general_prices(rows=[{"sku": sku, "unit_price": price}], by=BY, at=at)
    if stock:
        give_stock(sku, stock, at=at)


def give_stock(sku: str, quantity: int, *, at: datetime = AT) -> None:
    item, warehouse = (
        bulk.row("SELECT id FROM catalog_item WHERE sku = %s", [sku]),
        bulk.row("SELECT id FROM inventory_warehouse WHERE is_default"),
    )
    row = StockRow(item[0], warehouse[0], "L1", None, Decimal(quantity))
    add_stock(rows=[row], kind="opening", reference="test", by=BY, at=at)


def receive(content: bytes, name: str = "orders.csv", *, at: datetime = AT, **said: str) -> InboxFile:
    return operations.receive_file(content=content, name=name, by=BY, at=at, received_at=at, **said)


def take_in(content: bytes, name: str = "orders.csv", *, at: datetime = AT, **said: str) -> list[Document]:
    """Receive and read a file; its documents in order."""
    file = receive(content, name, at=at, **said)
    assert operations.read_file(file_id=file.pk, by=BY, at=at)
    return queries.documents_of_file(file_id=file.pk)


def take_in_file(path: Path, *, at: datetime = AT) -> list[Document]:
    return take_in(path.read_bytes(), path.name, at=at)


def codes(document: Document) -> list[str]:
    """What is open in a document and its order."""
    found = queries.findings_of(document_ids=[document.pk]).get(document.pk, [])
    return sorted(one.code for one in found if one.open and one.severity == "blocking")


def lines_of(order: Order) -> list[tuple[str, Decimal, Decimal | None, Decimal]]:
    """SKU, base quantity, price and amount of each line."""
    rows = order.lines.order_by("line_number").values_list("item__sku", "ordered_quantity", "unit_price", "net_amount")
    return [
        (sku, quantity.normalize(), price.normalize() if price is not None else None, net)
        for sku, quantity, price, net in rows
    ]


CSV = "pedido;cliente;referencia;cantidad;fecha entrega\n"
