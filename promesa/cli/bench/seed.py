"""What the bench works on: masters, one file taken in, and many orders behind the pages. Prints one JSON document."""

from __future__ import annotations

import json
import sys
import time
from datetime import UTC, date, datetime
from decimal import Decimal
from importlib import import_module
from pathlib import Path
from typing import Any

from promesa.cli.bench.sizes import CUSTOMERS, ITEMS
from promesa.cli.start import start

STOCK = Decimal("1e9")
OPENED = date(2020, 1, 1)


def masters() -> dict[str, Any]:
    """The same number of customers and items as the floor has, with prices, stock, and a key."""
    core = import_module("promesa.core.models")
    customers = import_module("promesa.customers.models")
    catalog = import_module("promesa.catalog.models")
    inventory = import_module("promesa.inventory.models")
    keys = import_module("promesa.access.operations")
    import_module("django.core.management").call_command("migrate", verbosity=0)
    now = datetime.now(UTC)
    week = core.Calendar.objects.create(code="BENCH", name="bench")
    buyers = customers.Customer.objects.bulk_create(
        [
            customers.Customer(number=f"B-{n:04d}", name=f"Bench {n}", credit_limit=Decimal("1e12"))
            for n in range(1, CUSTOMERS + 1)
        ]
    )
    customers.CreditStanding.objects.bulk_create([customers.CreditStanding(customer=one) for one in buyers])
    customers.Site.objects.bulk_create(
        [customers.Site(customer=one, number="1", name="Dock", is_default=True, calendar=week) for one in buyers]
    )
    warehouse = inventory.Warehouse.objects.create(code="B", name="Bench", calendar=week, is_default=True)
    catalog.TaxRate.objects.create(code="general", country="ES", category="S", rate=Decimal(10), valid_from=OPENED)
    prices = catalog.PriceList.objects.create(code="B", name="bench", currency="EUR", is_default=True)
    items = catalog.Item.objects.bulk_create(
        [catalog.Item(sku=f"BI-{n:05d}", name=f"Item {n}") for n in range(1, ITEMS + 1)]
    )
    catalog.Price.objects.bulk_create(
        [
            catalog.Price(price_list=prices, item=one, unit_price=Decimal(1 + n % 97), valid_from=OPENED)
            for n, one in enumerate(items, 1)
        ]
    )
    inventory.Stock.objects.bulk_create(
        [inventory.Stock(item=one, warehouse=warehouse, lot="1", on_hand=STOCK) for one in items]
    )
    # Only what is filled: statistics of an empty table would say that reading it whole is best.
    import_module("django.db").connection.cursor().execute(
        "ANALYZE customers_customer, customers_creditstanding, customers_site, catalog_item, catalog_price, inventory_stock"
    )
    key = keys.create_key(
        name="bench", scopes=["orders:write"], by=import_module("promesa.core.actors").PROMESA, at=now
    )
    return {"customers": CUSTOMERS, "items": ITEMS, "key": key.token}


def take_in(*paths: str) -> dict[str, Any]:
    """Take files in one after another, and say how long the last took from its bytes to the orders."""
    exchange = import_module("promesa.exchange.operations")
    actors = import_module("promesa.core.actors")
    seconds, file_id = 0.0, 0
    for path in paths:
        content = Path(path).read_bytes()
        now = datetime.now(UTC)
        began = time.perf_counter()
        file = exchange.receive_file(content=content, name=Path(path).name, channel="csv", by=actors.PROMESA, at=now)
        exchange.read_file(file_id=file.pk, by=actors.PROMESA, at=now)
        seconds, file_id = time.perf_counter() - began, file.pk
    document = import_module("promesa.exchange.models").Document
    return {"seconds": seconds, "orders": document.objects.filter(file_id=file_id, outcome="orders").count()}


_MANY = """
INSERT INTO orders_order (number, customer_id, ship_to_id, warehouse_id, po_number, channel, origin, state, captured_by,
    ordered_at, received_at, captured_at, submitted_at, confirmed_at, requested_from, requested_to, first_promised_to,
    promised_to, currency, payment_days, invoice_from, early_days, late_days, under_percent, over_percent, one_delivery,
    partial_deliveries, substitutes, segment, tier, line_count, net_amount, tax_amount, total_amount, content_hash)
SELECT 'M-' || g, c.id, s.id, w.id, 'PO' || g, 'edi', 'live',
    CASE WHEN g %% 20 = 0 THEN 'submitted' WHEN g %% 10 < 3 THEN 'confirmed' ELSE 'closed' END,
    'bench', t.at, t.at, t.at, t.at, t.at, t.at + interval '1 day', t.at + interval '2 days', t.at + interval '2 days',
    t.at + interval '2 days', 'EUR', 30, 'delivery', 1, 0, 0, 0, false, true, false, '', 9, 5, 500, 50, 550, md5(g::text)
FROM generate_series(1, %(many)s) g
CROSS JOIN LATERAL (SELECT now() - (g * interval '5 minutes') AS at) t
JOIN LATERAL (SELECT id FROM customers_customer ORDER BY id OFFSET g %% 200 LIMIT 1) c ON true
JOIN customers_site s ON s.customer_id = c.id CROSS JOIN (SELECT id FROM inventory_warehouse LIMIT 1) w;
INSERT INTO orders_orderline (order_id, line_number, item_id, received, ordered_quantity, unit_quantity, unit_code, pack_numerator,
    pack_denominator, unit_price, price_basis, price_origin, price_reference, net_amount, tax_category, tax_rate, free,
    promised, promise_sequence, released_at, despatched, accepted)
SELECT o.id, n, i.id, '{}', 10, 10, 'C62', 1, 1, 10, 1, 'default', 'B', 100, 'S', 10, false, 10, 1,
    CASE WHEN o.state <> 'submitted' THEN o.confirmed_at END, CASE WHEN o.state = 'closed' THEN 10 ELSE 0 END,
    CASE WHEN o.state = 'closed' THEN 10 ELSE 0 END
FROM orders_order o CROSS JOIN generate_series(1, 5) n
JOIN LATERAL (SELECT id FROM catalog_item WHERE id > 0 ORDER BY id OFFSET (o.id + n) %% 500 LIMIT 1) i ON true
WHERE o.number LIKE 'M-%%';
INSERT INTO orders_promise (line_id, sequence, part, quantity, ship_date, window_from, window_to, is_first, initiator, cause, reason,
    actor, made_at)
SELECT l.id, 1, 1, 10, (o.ordered_at + interval '1 day')::date, o.requested_from, o.requested_to, true, 'us', '',
    '{"code": "promise_as_requested", "params": {}}', 'bench', o.ordered_at
FROM orders_orderline l JOIN orders_order o ON o.id = l.order_id WHERE o.number LIKE 'M-%%';
ANALYZE orders_order; ANALYZE orders_orderline; ANALYZE orders_promise;
"""


def many(count: int) -> dict[str, Any]:
    """Fill the order tables by SQL: the pages read them as they read any other."""
    with import_module("django.db").connection.cursor() as cursor:
        for statement in _MANY.split(";\n"):
            if statement.strip():
                cursor.execute(statement, {"many": count} if "%(many)s" in statement else {})
    return {"orders": count}


def main() -> None:
    """`masters`, `take-in FILE` or `many COUNT`."""
    start()
    what, *rest = sys.argv[1:]
    answer = masters() if what == "masters" else take_in(*rest) if what == "take-in" else many(int(rest[0]))
    print(json.dumps(answer))


if __name__ == "__main__":
    main()
