"""Lines that nobody ordered: goods that came on top of an order and were kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from promesa.core import bulk
from promesa.core.actors import Actor
from promesa.core.verbs import verb

_ADD = """
WITH t AS MATERIALIZED (
    SELECT nextval('orders_orderline_id_seq') AS id, t.* FROM json_to_recordset(%(rows)s::json) AS t(n int, line bigint, qty numeric)
), l AS (
    INSERT INTO orders_orderline (id, order_id, line_number, item_id, received, ordered_quantity, unit_quantity, unit_code,
        pack_numerator, pack_denominator, unit_price, price_basis, price_origin, price_reference, net_amount, tax_category,
        tax_rate, free, released_at)
    SELECT t.id, x.order_id, (SELECT max(y.line_number) FROM orders_orderline y WHERE y.order_id = x.order_id)
            + row_number() OVER (PARTITION BY x.order_id ORDER BY t.n),
        x.item_id, jsonb_build_object('unordered', x.line_number), t.qty, t.qty, i.base_unit, 1, 1, x.unit_price,
        x.price_basis, x.price_origin, x.price_reference, round(t.qty * coalesce(x.unit_price, 0) / x.price_basis, 2),
        x.tax_category, x.tax_rate, x.free, %(at)s
    FROM t JOIN orders_orderline x ON x.id = t.line JOIN catalog_item i ON i.id = x.item_id
    RETURNING id, order_id, line_number, net_amount, tax_rate, ordered_quantity
), o AS (
    UPDATE orders_order o SET line_count = o.line_count + s.lines, net_amount = o.net_amount + s.net,
        tax_amount = o.tax_amount + s.tax, total_amount = o.total_amount + s.net + s.tax, version = o.version + 1
    FROM (SELECT order_id, count(*) AS lines, sum(net_amount) AS net, sum(round(net_amount * tax_rate / 100, 2)) AS tax
          FROM l GROUP BY order_id) s WHERE o.id = s.order_id
), c AS (
    INSERT INTO orders_orderchange (order_id, line_id, kind, initiator, before, after, reason, cause, actor, happened_at,
        recorded_at)
    SELECT order_id, id, 'add_line', 'us', '{}', jsonb_build_object('quantity', ordered_quantity::text), 'unordered_accepted',
        'C5', %(by)s, %(at)s, now() FROM l
)
SELECT t.id, l.line_number FROM t JOIN l ON l.id = t.id ORDER BY t.n
"""


@verb
def add_unordered_lines(*, like: Sequence[tuple[int, Decimal]], by: Actor, at: datetime) -> list[tuple[int, int]]:
    """Add a released line for each (line, quantity in base units) that came on top of that line and was kept.

    It bears the price and tax of the line it is like, has no promise, and is told by `received.unordered`. Returns ids
    and line numbers in order. The caller holds the orders' locks.
    """
    if not like:
        return []
    rows = [{"n": n, "line": line_id, "qty": quantity} for n, (line_id, quantity) in enumerate(like)]
    return [(row[0], row[1]) for row in bulk.rows(_ADD, {"rows": bulk.as_json(rows), "by": by, "at": at})]
