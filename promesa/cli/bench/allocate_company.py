"""A company that has less than it is asked for, of any size, for the bench of sharing; and the whole run on it, with its floor.

`make LINES`, `run RULE`, `floor` or `greedy`: each prints one JSON document. Per 200,000 lines there are 20,000 items and 5,000 customers.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from datetime import UTC, date, datetime, timedelta
from importlib import import_module
from typing import Any

from promesa.cli.start import start

AS_OF = date(2026, 3, 2)
AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
HORIZON = AS_OF + timedelta(days=30)
LINES_AN_ITEM, LINES_AN_ORDER, LINES_A_CUSTOMER = 10, 10, 40
WITH_LIMIT = 40  # one item in so many has a floor for a group and a quota for another

# Half the lines have claims of what is on hand; there are 7 units for 10 that are asked for, in three lots and a receipt.
_COMPANY = """
INSERT INTO customers_segment (code, name_es, name_en, tier) SELECT 'S' || g, 'S' || g, 'S' || g, g FROM generate_series(1, 4) g;
INSERT INTO customers_customer (number, name, tax_id, gln, email, phone, language, currency, country, segment_id, payment_days,
    invoice_from, early_days, late_days, under_percent, over_percent, one_delivery, partial_deliveries, substitutes,
    price_tolerance_percent, version)
SELECT 'B-' || g, 'Bench ' || g, '', '', '', '', 'es', 'EUR', 'ES', s.id, 30, 'delivery', 1, 0, 0, 0, false, true, false, 0, 1
FROM generate_series(1, %(customers)s) g JOIN customers_segment s ON s.tier = 1 + g %% 4;
INSERT INTO customers_site (customer_id, number, name, gln, street, postcode, city, region, country, time_zone, transit_days, is_default)
SELECT id, '1', 'Dock', '', '', '', '', 'R' || id %% 7, 'ES', 'Europe/Madrid', 1, true FROM customers_customer;
INSERT INTO inventory_warehouse (code, name, time_zone, cut_off, ships_at, is_default)
VALUES ('B', 'Bench', 'Europe/Madrid', '14:00', '17:00', true);
INSERT INTO catalog_item (sku, gtin, name, name_en, kind, family, base_unit, sales_unit, tax_code, lead_days, minimum_life_days,
    minimum_quantity, version)
SELECT 'A-' || g, '', 'Item ' || g, '', 'goods', '', 'C62', 'C62', 'general', 0, CASE WHEN g %% 3 = 0 THEN 30 ELSE 0 END, 0, 1
FROM generate_series(1, %(items)s) g;
INSERT INTO orders_order (number, customer_id, ship_to_id, warehouse_id, po_number, channel, origin, state, captured_by,
    ordered_at, received_at, captured_at, submitted_at, confirmed_at, requested_from, requested_to, currency, payment_days, invoice_from,
    early_days, late_days, under_percent, over_percent, one_delivery, partial_deliveries, substitutes, segment, tier, line_count,
    net_amount, tax_amount, total_amount, content_hash)
SELECT 'B-' || g, c.id, s.id, w.id, 'PO' || g, CASE g %% 3 WHEN 0 THEN 'edi' ELSE 'desk' END, 'live', 'confirmed', 'bench', t.at, t.at,
    t.at, t.at, t.at, timestamptz '2026-03-05 00:00Z', timestamptz '2026-03-06 00:00Z' + g %% 20 * interval '1 day', 'EUR', 30,
    'delivery', 1, 0, 0, 0, false, true, false, x.code, x.tier, 10, 0, 0, 0, md5(g::text)
FROM generate_series(1, %(orders)s) g
CROSS JOIN LATERAL (SELECT timestamptz '2026-03-01 00:00Z' - g * interval '1 minute' AS at) t
JOIN customers_customer c ON c.number = 'B-' || 1 + g %% %(customers)s JOIN customers_site s ON s.customer_id = c.id
JOIN customers_segment x ON x.id = c.segment_id CROSS JOIN inventory_warehouse w;
INSERT INTO orders_orderline (order_id, line_number, item_id, received, ordered_quantity, unit_quantity, unit_code, pack_numerator,
    pack_denominator, unit_price, price_basis, price_origin, price_reference, net_amount, tax_category, tax_rate, free)
SELECT o.id, n, i.id, '{}', q.packs * p.pack, q.packs, CASE p.pack WHEN 1 THEN 'C62' ELSE 'CS' END, p.pack, 1, 1 + i.id %% 97, 1, 'default',
    'B', 0, 'S', 10, false
FROM orders_order o CROSS JOIN generate_series(0, 9) n
JOIN catalog_item i ON i.sku = 'A-' || 1 + (substr(o.number, 3)::bigint * 7919 + n * 104729) %% %(items)s
CROSS JOIN LATERAL (SELECT CASE WHEN i.id %% 4 = 0 THEN 6 ELSE 1 END AS pack) p
CROSS JOIN LATERAL (SELECT 1 + (o.id * 31 + n * 17) %% 40 AS packs) q;
INSERT INTO inventory_stock (item_id, warehouse_id, lot, expires_on, on_hand, claimed, blocked)
SELECT d.item_id, w.id, 'L' || n, date '2026-03-20' + n * 30, ceil(d.asked * (CASE n WHEN 1 THEN 0.05 WHEN 2 THEN 0.15 ELSE 0.35 END)),
    0, false
FROM (SELECT item_id, sum(ordered_quantity) AS asked FROM orders_orderline GROUP BY 1) d
CROSS JOIN generate_series(1, 3) n CROSS JOIN inventory_warehouse w;
INSERT INTO inventory_receipt (number, item_id, warehouse_id, supplier, expected_at, quantity, claimed, received, lot, state)
SELECT 'R-' || d.item_id, d.item_id, w.id, '', timestamptz '2026-03-08 09:00Z', ceil(d.asked * 0.15), 0, 0, '', 'expected'
FROM (SELECT item_id, sum(ordered_quantity) AS asked FROM orders_orderline GROUP BY 1) d CROSS JOIN inventory_warehouse w;
INSERT INTO inventory_claim (demand_line_id, stock_id, quantity, strength)
SELECT l.id, s.id, l.ordered_quantity, 'hard' FROM (
    SELECT id, item_id, ordered_quantity, sum(ordered_quantity) OVER (PARTITION BY item_id ORDER BY id) AS upto FROM orders_orderline) l
JOIN inventory_stock s ON s.item_id = l.item_id AND s.lot = 'L3' WHERE l.upto <= s.on_hand;
UPDATE inventory_stock s SET claimed = c.quantity FROM (SELECT stock_id, sum(quantity) AS quantity FROM inventory_claim GROUP BY 1) c
WHERE c.stock_id = s.id;
ANALYZE
"""


def make(lines: int) -> dict[str, Any]:
    """Make the company in the database of the process, with a plan of all its items."""
    import_module("django.core.management").call_command("migrate", verbosity=0)
    counts = {
        "items": max(1, lines // LINES_AN_ITEM), "orders": lines // LINES_AN_ORDER,
        "customers": max(4, lines // LINES_A_CUSTOMER),
    }  # fmt: skip
    with import_module("django.db").connection.cursor() as cursor:
        for statement in _COMPANY.strip().split(";\n"):
            cursor.execute(statement, counts)
        cursor.execute("SELECT sku FROM catalog_item ORDER BY id")
        skus = [row[0] for row in cursor.fetchall()]
    for rule in ("proportional", "priority"):
        import_module("promesa.allocation.operations").open_plan(
            name=rule, items=skus, horizon_to=HORIZON, valid_to=HORIZON, warehouse="B", by=_by(), at=AT,
            content={**agreement(skus, counts["customers"]), "rule": rule},
        )  # fmt: skip
    return {"lines": lines, **counts}


def agreement(skus: list[str], customers: int) -> dict[str, Any]:
    """Tiers by segment, weights, strategies, floors and quotas: what people would sign, and much of it."""
    some = skus[::WITH_LIMIT]
    return {
        "tiers": {f"S{n}": n for n in range(1, 5)},
        "treatments": [
            {"group": {"segment": "S1"}, "strategy": "keep_or_better"},
            {"group": {"segment": "S2"}, "strategy": "improve", "weight": "2"},
            {"group": {"segment": "S4", "channel": "edi"}, "strategy": "spare"},
        ],
        "exceptions": [
            {"group": {"customer": f"B-{n}"}, "weight": "5", "reason": "campaign"}
            for n in range(1, min(customers, 50), 7)
        ],
        "floors": [
            {"group": {"segment": "S3"}, "item": sku, "quantity": "20", "rank": 1 + n % 3} for n, sku in enumerate(some)
        ],
        "ceilings": [
            {"group": {"segment": "S1"} if n % 2 else {"region": f"R{n % 7}"}, "item": sku, "quantity": "60"}
            for n, sku in enumerate(some)
        ],
    }


def run(rule: str) -> dict[str, Any]:
    """One whole run: load, decide, trace, write, committed; seconds of each step and the memory that the process took."""
    models = import_module("promesa.allocation.models")
    operations = import_module("promesa.allocation.operations")
    plan = models.Plan.objects.get(name=rule)
    began, cpu = time.perf_counter(), _processor_time()
    made = operations.simulate(plan_id=plan.pk, by=_by(), at=AT, as_of=AS_OF)
    seconds, used = time.perf_counter() - began, _processor_time() - cpu
    # Of this process and the largest copy of it, which share much of what both are counted for here.
    peak = sum(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) // 1024
    worth = import_module("promesa.allocation.queries.comparing").compare(first=made.pk).first_figures
    return {
        "seconds": round(seconds, 3), "cpu": round(used, 3), "memory_mb": peak, "steps": made.stats["seconds"], "lines": made.lines,
        "shares": models.RunShare.objects.filter(run_line__run=made).count(), "fill": str(worth.fill), "jain": str(worth.jain),
        "minimum_fill": str(worth.minimum_fill), "complete_orders": worth.complete_orders, "money": str(worth.money),
    }  # fmt: skip


def _processor_time() -> float:
    """Seconds of work of this process and of its copies that have ended."""
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system


# The least that it can cost: one statement gives by tier, date and line, lot by lot, and writes the same rows of lines (with what
# was asked and why) and of shares.
_FLOOR = """
WITH demand AS MATERIALIZED (
    SELECT nextval(pg_get_serial_sequence('allocation_runline', 'id')) AS id, l.id AS line, l.item_id, o.segment, o.tier,
        l.ordered_quantity AS open, o.requested_to, o.ordered_at, i.minimum_life_days, coalesce(c.quantity, 0) AS had, l.unit_price,
        sum(l.ordered_quantity) OVER (PARTITION BY l.item_id ORDER BY o.tier, o.ordered_at, l.id) AS upto
    FROM orders_orderline l JOIN orders_order o ON o.id = l.order_id JOIN catalog_item i ON i.id = l.item_id
    LEFT JOIN (SELECT demand_line_id, sum(quantity) AS quantity FROM inventory_claim GROUP BY 1) c ON c.demand_line_id = l.id
    WHERE o.state IN ('submitted', 'confirmed')
), supply AS MATERIALIZED (
    SELECT s.*, sum(s.quantity) OVER (PARTITION BY s.item_id ORDER BY s.expires_on NULLS LAST, s.available_on, s.stock_id) AS upto
    FROM (SELECT item_id, id AS stock_id, NULL::bigint AS receipt_id, on_hand AS quantity, date '2026-03-02' AS available_on, expires_on
          FROM inventory_stock WHERE NOT blocked
          UNION ALL SELECT item_id, NULL, id, quantity, expected_at::date, expires_on FROM inventory_receipt WHERE state = 'expected') s
), given AS MATERIALIZED (
    SELECT d.id, s.stock_id, s.receipt_id,
        least(d.upto, s.upto) - greatest(d.upto - d.open, s.upto - s.quantity) AS quantity
    FROM demand d JOIN supply s ON s.item_id = d.item_id AND s.upto > d.upto - d.open AND s.upto - s.quantity < d.upto
), kept AS (
    INSERT INTO allocation_runsupply (run_id, item_id, stock_id, receipt_id, quantity, others_quantity, available_on, expires_on)
    SELECT %(run)s, item_id, stock_id, receipt_id, quantity, 0, available_on, expires_on FROM supply
), lines AS (
    INSERT INTO allocation_runline (id, run_id, line_id, part, segment, tier, strategy, frozen, open_quantity, before_quantity,
        share_quantity, unit_price, penalty_amount, asked, steps)
    SELECT d.id, %(run)s, d.line, 1, d.segment, d.tier, 'share', false, d.open, d.had, coalesce(g.quantity, 0), d.unit_price, 0,
        jsonb_build_object('entered_at', d.ordered_at, 'requested_on', d.requested_to::date, 'minimum_life_days', d.minimum_life_days),
        jsonb_build_array(jsonb_build_array('share_supply', d.upto, d.open), jsonb_build_array('share_by_priority', d.tier, d.upto),
            jsonb_build_array('share_result', coalesce(g.quantity, 0), d.open))
    FROM demand d LEFT JOIN (SELECT id, sum(quantity) AS quantity FROM given GROUP BY 1) g ON g.id = d.id
)
INSERT INTO allocation_runshare (run_line_id, stock_id, receipt_id, quantity)
SELECT id, stock_id, receipt_id, quantity FROM given
"""

_AWAY = """
DELETE FROM allocation_runshare WHERE run_line_id IN (SELECT id FROM allocation_runline WHERE run_id = %(run)s);
DELETE FROM allocation_runline WHERE run_id = %(run)s;
DELETE FROM allocation_runsupply WHERE run_id = %(run)s;
DELETE FROM allocation_run WHERE id = %(run)s
"""


def floor() -> dict[str, Any]:
    """The one statement, with its commit; what it wrote is taken out again."""
    models = import_module("promesa.allocation.models")
    database = import_module("django.db")
    plan = models.Plan.objects.get(name="priority")
    made = models.Run.objects.create(
        plan=plan, scenario=plan.scenarios.get(), number=90_000, rule="floor", snapshot_hash="", as_of=AS_OF, made_by="bench", made_at=AT
    )  # fmt: skip
    began = time.perf_counter()
    with database.transaction.atomic(), database.connection.cursor() as cursor:
        cursor.execute(_FLOOR, {"run": made.pk})
    seconds = time.perf_counter() - began
    worth = import_module("promesa.allocation.queries.comparing").compare(first=made.pk).first_figures
    found = {
        "seconds": round(seconds, 3), "lines": models.RunLine.objects.filter(run=made).count(),
        "shares": models.RunShare.objects.filter(run_line__run=made).count(), "fill": str(worth.fill), "jain": str(worth.jain),
        "minimum_fill": str(worth.minimum_fill), "complete_orders": worth.complete_orders, "money": str(worth.money),
    }  # fmt: skip
    with database.connection.cursor() as cursor:
        for statement in _AWAY.strip().split(";\n"):
            cursor.execute(statement, {"run": made.pk})
    return found


def _by() -> Any:
    return import_module("promesa.core.actors").PROMESA


def main() -> None:
    """One step of the bench."""
    start()
    what, *rest = sys.argv[1:]
    answer = make(int(rest[0])) if what == "make" else run(rest[0]) if what == "run" else floor()
    print(json.dumps(answer))


if __name__ == "__main__":
    main()
