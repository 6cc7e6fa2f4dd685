"""What a promise costs, of an order of 10 lines and of 1,000, and the first page of the shortage board on a large company.

`promise_times` and `board_times` work on the database of the process, filled by `seed.masters` first. By itself the module
prints one JSON document.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from importlib import import_module
from itertools import pairwise
from typing import Any

from promesa.cli.bench.meter import in_milliseconds, tree_cpu
from promesa.cli.bench.seed import masters
from promesa.cli.bench.sizes import ITEMS
from promesa.cli.start import start

# Runs together of which the CPU is counted: the server's is told in hundredths of a second.
BATCH = 10

# Of each item ten lines of ten units. One item in twenty has stock for six of them only; two more wait for a receipt that
# comes too late, two have nothing.
_COMPANY = """
INSERT INTO catalog_item (sku, gtin, name, name_en, kind, family, base_unit, sales_unit, tax_code, lead_days, minimum_life_days,
    minimum_quantity, version)
SELECT 'SB-' || lpad(g::text, 6, '0'), '', 'Short ' || g, '', 'goods', 'F' || g %% 40, 'C62', 'C62', 'general', 0, 0, 0, 1
FROM generate_series(0, %(items)s - 1) g;
INSERT INTO inventory_stock (item_id, warehouse_id, lot, on_hand, claimed, blocked)
SELECT i.id, w.id, '1', CASE WHEN substr(i.sku, 4)::int %% 20 = 0 THEN 60 ELSE 130 END,
    CASE WHEN substr(i.sku, 4)::int %% 20 = 0 THEN 60 ELSE 100 END, false
FROM catalog_item i CROSS JOIN inventory_warehouse w WHERE i.sku LIKE 'SB-%%';
INSERT INTO inventory_receipt (number, item_id, warehouse_id, supplier, expected_at, quantity, claimed, received, lot, state)
SELECT 'RB-' || i.sku, i.id, w.id, '', now() + interval '12 days', 40,
    CASE WHEN substr(i.sku, 4)::int %% 20 = 0 THEN 20 ELSE 0 END, 0, '', 'expected'
FROM catalog_item i CROSS JOIN inventory_warehouse w WHERE i.sku LIKE 'SB-%%' AND substr(i.sku, 4)::int %% 4 = 0;
INSERT INTO inventory_demandrate (item_id, daily_quantity, daily_deviation, unit_value, days, counted_to)
SELECT id, 8, 3, 10, 56, current_date FROM catalog_item WHERE sku LIKE 'SB-%%';
INSERT INTO orders_order (number, customer_id, ship_to_id, warehouse_id, po_number, channel, origin, state, captured_by,
    ordered_at, received_at, captured_at, submitted_at, confirmed_at, requested_from, requested_to, first_promised_to,
    promised_to, currency, payment_days, invoice_from, early_days, late_days, under_percent, over_percent, one_delivery,
    partial_deliveries, substitutes, segment, tier, line_count, net_amount, tax_amount, total_amount, content_hash)
SELECT 'SB-' || g, c.id, s.id, w.id, 'SB' || g, 'edi', 'live', 'confirmed', 'bench', t.at, t.at, t.at, t.at, t.at,
    now() + interval '2 days', now() + interval '3 days', now() + interval '3 days', now() + interval '3 days', 'EUR', 30,
    'delivery', 1, 0, 0, 0, false, true, false, '', 9, 10, 1000, 100, 1100, md5('s' || g)
FROM generate_series(0, %(items)s - 1) g CROSS JOIN LATERAL (SELECT now() - (g * interval '1 minute') AS at) t
JOIN (SELECT id, row_number() OVER (ORDER BY id) - 1 AS n, count(*) OVER () AS of FROM customers_customer) c ON c.n = g %% c.of
JOIN customers_site s ON s.customer_id = c.id CROSS JOIN (SELECT id FROM inventory_warehouse LIMIT 1) w;
INSERT INTO orders_orderline (order_id, line_number, item_id, received, ordered_quantity, unit_quantity, unit_code, pack_numerator,
    pack_denominator, unit_price, price_basis, price_origin, price_reference, net_amount, tax_category, tax_rate, free, promised,
    promise_sequence, lacking)
SELECT o.id, r + 1, i.id, '{}', 10, 10, 'C62', 1, 1, 10, 1, 'default', 'B', 100, 'S', 10, false,
    CASE WHEN i.n %% 20 = 0 AND r >= 8 THEN 0 ELSE 10 END, 1, i.n %% 20 = 0 AND r >= 8
FROM (SELECT id, substr(sku, 4)::int AS n FROM catalog_item WHERE sku LIKE 'SB-%%') i CROSS JOIN generate_series(0, 9) r
JOIN orders_order o ON o.number = 'SB-' || ((i.n + r * 1999) %% %(items)s);
INSERT INTO orders_promise (line_id, sequence, part, quantity, ship_date, window_from, window_to, is_first, initiator, cause, reason,
    actor, made_at)
SELECT l.id, 1, 1, l.promised, CASE WHEN l.promised > 0 THEN current_date + 1 END,
    CASE WHEN i.n %% 20 = 0 AND l.line_number > 6 THEN now() + interval '13 days' ELSE o.requested_from END,
    CASE WHEN i.n %% 20 = 0 AND l.line_number > 6 THEN now() + interval '14 days' ELSE o.requested_to END, true, 'us', '',
    '{"code": "promise_as_requested", "params": {}}', 'bench', o.ordered_at
FROM orders_orderline l JOIN orders_order o ON o.id = l.order_id AND o.number LIKE 'SB-%%'
JOIN (SELECT id, substr(sku, 4)::int AS n FROM catalog_item WHERE sku LIKE 'SB-%%') i ON i.id = l.item_id;
INSERT INTO inventory_claim (demand_line_id, stock_id, receipt_id, quantity, strength)
SELECT l.id, CASE WHEN i.n %% 20 = 0 AND l.line_number > 6 THEN NULL ELSE s.id END,
    CASE WHEN i.n %% 20 = 0 AND l.line_number > 6 THEN r.id END, 10, 'hard'
FROM orders_orderline l JOIN orders_order o ON o.id = l.order_id AND o.number LIKE 'SB-%%'
JOIN (SELECT id, substr(sku, 4)::int AS n FROM catalog_item WHERE sku LIKE 'SB-%%') i ON i.id = l.item_id
JOIN inventory_stock s ON s.item_id = l.item_id LEFT JOIN inventory_receipt r ON r.item_id = l.item_id
WHERE l.promised > 0;
VACUUM ANALYZE catalog_item; VACUUM ANALYZE inventory_stock; VACUUM ANALYZE inventory_receipt; VACUUM ANALYZE inventory_claim;
VACUUM ANALYZE orders_order; VACUUM ANALYZE orders_orderline; VACUUM ANALYZE orders_promise
"""


def promise_times(*, rounds: int = 20) -> dict[str, Any]:
    """Milliseconds that promising one submitted order takes: locks, reading, deciding, claims, promises, confirmation. And
    those of the question alone, which claims nothing."""
    operations, told = import_module("promesa.orders.operations"), import_module("promesa.allocation.quoting")
    rules, actors = import_module("promesa.orders.rules"), import_module("promesa.core.actors")
    bulk, allocation = import_module("promesa.core.bulk"), import_module("promesa.allocation.operations")
    found: dict[str, Any] = {}
    for lines, times in ((10, 5 * rounds), (1_000, rounds)):
        codes = [f"BI-{1 + n % ITEMS:05d}" for n in range(lines)]
        ids = []
        for n in range(times + 2):
            draft = rules.OrderDraft(
                lines=tuple(rules.DraftLine(sku=code, quantity=Decimal(3)) for code in codes),
                customer_number=f"B-{1 + n % 200:04d}", channel="desk",
            )  # fmt: skip
            captured = operations.capture_order(draft=draft, by=actors.PROMESA, at=datetime.now(UTC), submit=False)
            ids.append(captured.order_id)
        bulk.run("UPDATE orders_order SET state = 'submitted' WHERE id = ANY(%s)", [ids])

        def promise(n: int, ids: list[int] = ids) -> None:
            confirmed = allocation.promise_orders(order_ids=[ids[n]], by=actors.PROMESA, at=datetime.now(UTC))
            assert confirmed == [ids[n]]

        typed = [told.Typed(n, code, Decimal(3), "3", "", None) for n, code in enumerate(codes, 1)]

        def ask(n: int, typed: list[Any] = typed) -> None:
            answer = told.quote(
                customer=f"B-{1 + n % 200:04d}",
                ship_to="",
                po_number="",
                requested_on=None,
                lines=typed,
                at=datetime.now(UTC),
            )
            assert answer is not None
            assert len(answer.promises) == len(typed)

        found[f"promise_{lines}_lines_ms"] = _times(promise, times)
        found[f"question_{lines}_lines_ms"] = _times(ask, times)
    return found


def fill_company(*, items: int = 20_000) -> None:
    """So many items with ten open lines each, one in twenty of them short."""
    with import_module("django.db").connection.cursor() as cursor:
        for statement in _COMPANY.split(";"):
            cursor.execute(statement, {"items": items} if "%(items)s" in statement else {})


def board_times(*, items: int = 20_000, rounds: int = 40) -> dict[str, Any]:
    """Milliseconds of the board's first page, by each order, and of a question what if, on what `fill_company` made."""
    board, slipping = (
        import_module("promesa.allocation.queries.shortage"),
        import_module("promesa.allocation.queries.slipping"),
    )
    at = datetime.now(UTC)
    horizon = (at + timedelta(days=7)).date()
    found: dict[str, Any] = {"items": items, "lines": 10 * items}
    for sort in ("cover", "value"):

        def page(_: int, sort: str = sort) -> None:
            shown = board.shortage_board(horizon_to=horizon, at=at, sort=sort)
            assert (len(shown.items), shown.short_items) == (50, items // 20)

        found[f"board_by_{sort}_ms"] = _times(page, rounds)

    def question(n: int) -> None:
        answer = slipping.what_if(receipt=f"RB-SB-{n * 20:06d}", at=at, horizon_to=horizon, short_percent=Decimal(75))
        assert answer.worse

    found["what_if_ms"] = _times(question, rounds)
    return found


def _times(act: Callable[[int], None], times: int) -> dict[str, float]:
    """Percentiles of so many runs, after two to warm up; and the CPU that one takes here and in its session's server, on the
    average and in the best of several batches, which is what it would take on a machine that does nothing else."""
    taken: list[float] = []
    marks: list[tuple[int, float]] = []
    for n in range(times + 2):
        if n >= 2 and (n - 2) % BATCH == 0:
            marks.append((n, _cpu()))
        began = time.perf_counter()
        act(n)
        taken.append(time.perf_counter() - began)
    marks.append((times + 2, _cpu()))
    spent = [
        (later - cpu) / (end - n) for (n, cpu), (end, later) in pairwise(marks) if end - n == BATCH or len(marks) == 2
    ]
    return {
        **in_milliseconds(taken[2:]), "cpu": round((marks[-1][1] - marks[0][1]) / times * 1000, 2),
        "cpu_best": round(min(spent) * 1000, 2),
    }  # fmt: skip


def _cpu() -> float:
    """CPU seconds of this process and of the server's process of its session."""
    row = import_module("promesa.core.bulk").row("SELECT pg_backend_pid()")
    return time.process_time() + tree_cpu(row[0])


def main() -> None:
    """Fill a database and print both: on one that is new and the bench's own."""
    start()
    masters()
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    fill_company()
    print(json.dumps({**promise_times(rounds=rounds), **board_times(rounds=2 * rounds)}))


if __name__ == "__main__":
    main()
