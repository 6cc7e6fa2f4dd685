"""The floor: the least that capturing an order of ten lines can cost, in bare psycopg, one transaction an order.

Eleven statements: 1 + 10 + 10 + 3 rows inserted, 11 updated.
"""

from __future__ import annotations

import io
import random
import time
from typing import Any

import psycopg

from promesa.cli.bench.sizes import CUSTOMERS, ITEMS, LINES

SCHEMA = """
DROP SCHEMA IF EXISTS floor CASCADE;
CREATE SCHEMA floor;
CREATE TABLE floor.customer (id bigint PRIMARY KEY, credit_limit numeric(18,2), open_amount numeric(18,2) NOT NULL DEFAULT 0)
    WITH (fillfactor = 60);
CREATE TABLE floor.item (id bigint PRIMARY KEY, price numeric(18,6) NOT NULL, tax numeric(7,4) NOT NULL, active boolean NOT NULL);
CREATE TABLE floor.stock (item_id bigint PRIMARY KEY REFERENCES floor.item, on_hand numeric(18,6) NOT NULL,
    reserved numeric(18,6) NOT NULL DEFAULT 0, CHECK (reserved <= on_hand)) WITH (fillfactor = 60);
CREATE TABLE floor.orders (id bigserial PRIMARY KEY, number text NOT NULL UNIQUE, customer_id bigint NOT NULL REFERENCES floor.customer,
    po_number text NOT NULL, state text NOT NULL, net numeric(18,2) NOT NULL, tax numeric(18,2) NOT NULL,
    total numeric(18,2) NOT NULL, created_at timestamptz NOT NULL);
CREATE INDEX ON floor.orders (customer_id, created_at);
CREATE TABLE floor.line (id bigserial PRIMARY KEY, order_id bigint NOT NULL REFERENCES floor.orders, n int NOT NULL,
    item_id bigint NOT NULL REFERENCES floor.item, quantity numeric(18,6) NOT NULL, price numeric(18,6) NOT NULL,
    net numeric(18,2) NOT NULL, tax_rate numeric(7,4) NOT NULL, UNIQUE (order_id, n));
CREATE TABLE floor.reservation (id bigserial PRIMARY KEY, line_id bigint NOT NULL REFERENCES floor.line,
    item_id bigint NOT NULL REFERENCES floor.stock, quantity numeric(18,6) NOT NULL);
CREATE TABLE floor.event (id bigserial PRIMARY KEY, order_id bigint NOT NULL, kind text NOT NULL, at timestamptz NOT NULL,
    facts jsonb NOT NULL);
"""

FILL = f"""
INSERT INTO floor.customer SELECT g, 1e12 FROM generate_series(1, {CUSTOMERS}) g;
INSERT INTO floor.item SELECT g, 1 + g %% 97, CASE WHEN g %% 3 = 0 THEN 10 ELSE 21 END, true FROM generate_series(1, {ITEMS}) g;
INSERT INTO floor.stock SELECT g, 1e9 FROM generate_series(1, {ITEMS}) g;
ANALYZE floor.customer; ANALYZE floor.item; ANALYZE floor.stock;
"""


def prepare(connection: psycopg.Connection[Any]) -> None:
    """Make the floor's own tables, empty."""
    connection.execute(SCHEMA)
    connection.execute(FILL.replace("%%", "%"))
    connection.commit()


def capture_one(connection: psycopg.Connection[Any], chance: random.Random, number: str) -> None:
    """One order in one transaction: BEGIN, nine statements, COMMIT."""
    items = sorted(chance.sample(range(1, ITEMS + 1), LINES))
    asked = [chance.randint(1, 9) for _ in items]
    customer = chance.randint(1, CUSTOMERS)
    with connection.transaction(), connection.cursor() as cursor:
        cursor.execute("SELECT credit_limit, open_amount FROM floor.customer WHERE id = %s", [customer])
        limit, used = cursor.fetchall()[0]
        cursor.execute("SELECT id, price, tax FROM floor.item WHERE id = ANY(%s) AND active", [items])
        known = {row[0]: row for row in cursor.fetchall()}
        priced = [(known[item][1], quantity, known[item][2]) for item, quantity in zip(items, asked, strict=True)]
        nets = [round(price * quantity, 2) for price, quantity, _ in priced]
        tax = round(sum(net * rate / 100 for net, (_, _, rate) in zip(nets, priced, strict=True)), 2)
        net = sum(nets)
        cursor.execute("SELECT item_id FROM floor.stock WHERE item_id = ANY(%s) ORDER BY item_id FOR UPDATE", [items])
        cursor.fetchall()
        cursor.execute(
            """UPDATE floor.stock s SET reserved = reserved + q.quantity FROM unnest(%s::bigint[], %s::numeric[]) q(item, quantity)
               WHERE s.item_id = q.item AND s.reserved + q.quantity <= s.on_hand""",
            [items, asked],
        )
        if cursor.rowcount != LINES or used + net + tax > limit:
            raise RuntimeError("the floor ran out of stock or credit")
        cursor.execute(
            """INSERT INTO floor.orders (number, customer_id, po_number, state, net, tax, total, created_at)
               VALUES (%s, %s, %s, 'confirmed', %s, %s, %s, now()) RETURNING id""",
            [number, customer, number, net, tax, net + tax],
        )
        (order_id,) = cursor.fetchall()[0]
        cursor.execute(
            """INSERT INTO floor.line (order_id, n, item_id, quantity, price, net, tax_rate)
               SELECT %s, n, item, quantity, price, net, rate
               FROM unnest(%s::int[], %s::bigint[], %s::numeric[], %s::numeric[], %s::numeric[], %s::numeric[])
                   t(n, item, quantity, price, net, rate) RETURNING id""",
            [order_id, list(range(1, LINES + 1)), items, asked, [p[0] for p in priced], nets, [p[2] for p in priced]],
        )
        lines = [row[0] for row in cursor.fetchall()]
        cursor.execute(
            """INSERT INTO floor.reservation (line_id, item_id, quantity)
               SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::numeric[])""",
            [lines, items, asked],
        )
        cursor.execute(
            """INSERT INTO floor.event (order_id, kind, at, facts)
               SELECT %s, kind, now(), '{}' FROM unnest(%s::text[]) kind""",
            [order_id, ["created", "promised", "confirmed"]],
        )
        cursor.execute("UPDATE floor.customer SET open_amount = open_amount + %s WHERE id = %s", [net + tax, customer])


IMPORT = """
CREATE TEMP TABLE raw (po text, customer bigint, item bigint, quantity text, price text) ON COMMIT DROP
"""
IMPORT_STEPS = (
    """CREATE TEMP TABLE good ON COMMIT DROP AS
       SELECT r.po, r.customer, r.item, r.quantity::numeric AS quantity, i.price, round(i.price * r.quantity::numeric, 2) AS net, i.tax,
           dense_rank() OVER (ORDER BY r.po) AS o, row_number() OVER (PARTITION BY r.po ORDER BY r.item) AS n
       FROM raw r JOIN floor.item i ON i.id = r.item AND i.active JOIN floor.customer c ON c.id = r.customer
       WHERE r.quantity ~ '^[0-9]+$' AND r.price::numeric = i.price""",
    """CREATE TEMP TABLE made ON COMMIT DROP AS
       WITH new AS (INSERT INTO floor.orders (number, customer_id, po_number, state, net, tax, total, created_at)
           SELECT 'B' || po, customer, po, 'confirmed', sum(net), sum(round(net * tax / 100, 2)),
               sum(net) + sum(round(net * tax / 100, 2)), now() FROM good GROUP BY po, customer RETURNING id, po_number)
       SELECT * FROM new""",
    """WITH l AS (INSERT INTO floor.line (order_id, n, item_id, quantity, price, net, tax_rate)
           SELECT m.id, g.n, g.item, g.quantity, g.price, g.net, g.tax FROM good g JOIN made m ON m.po_number = g.po
           RETURNING id, item_id, quantity)
       INSERT INTO floor.reservation (line_id, item_id, quantity) SELECT id, item_id, quantity FROM l""",
    """UPDATE floor.stock s SET reserved = reserved + q.quantity
       FROM (SELECT item, sum(quantity) AS quantity FROM good GROUP BY item) q
       WHERE s.item_id = q.item AND s.reserved + q.quantity <= s.on_hand""",
    """UPDATE floor.customer c SET open_amount = open_amount + q.total
       FROM (SELECT customer, sum(net + round(net * tax / 100, 2)) AS total FROM good GROUP BY customer) q WHERE c.id = q.customer""",
    """INSERT INTO floor.event (order_id, kind, at, facts) SELECT id, kind, now(), '{}'
       FROM made, unnest(ARRAY['created', 'promised', 'confirmed']) kind""",
)


def import_validated(connection: psycopg.Connection[Any], rows: list[tuple[str, int, int, int, str]]) -> float:
    """The floor of a bulk load: COPY into a temporary table, then validate, price, insert and reserve by sets; seconds."""
    text = io.StringIO()
    for row in rows:
        text.write("\t".join(map(str, row)) + "\n")
    began = time.perf_counter()
    with connection.transaction(), connection.cursor() as cursor:
        cursor.execute(IMPORT)
        with cursor.copy("COPY raw FROM STDIN") as copy:
            copy.write(text.getvalue())
        for step in IMPORT_STEPS:
            cursor.execute(step)
    return time.perf_counter() - began
