-- The ledger is the truth: every quantity of a line is the sum of its entries, and its promise the sum of the one in force.
-- es: El libro es la verdad: cada cantidad de una línea es la suma de sus apuntes, y su promesa la suma de la vigente.
SELECT 'line ' || l.id AS key FROM orders_orderline l
LEFT JOIN LATERAL (
    SELECT coalesce(sum(e.quantity) FILTER (WHERE e.kind = 'cancelled_by_customer'), 0) AS a,
        coalesce(sum(e.quantity) FILTER (WHERE e.kind = 'cancelled_by_us'), 0) AS b,
        coalesce(sum(e.quantity) FILTER (WHERE e.kind = 'substituted'), 0) AS c,
        coalesce(sum(e.quantity) FILTER (WHERE e.kind = 'despatched'), 0) AS d,
        coalesce(sum(e.quantity) FILTER (WHERE e.kind = 'accepted'), 0) AS f,
        coalesce(sum(e.quantity) FILTER (WHERE e.kind = 'refused_final'), 0) AS g,
        coalesce(sum(e.quantity) FILTER (WHERE e.kind = 'brought_back'), 0) AS h,
        coalesce(sum(e.quantity) FILTER (WHERE e.kind = 'returned'), 0) AS i,
        coalesce(sum(e.quantity) FILTER (WHERE e.kind = 'invoiced'), 0) AS j,
        coalesce(sum(e.quantity) FILTER (WHERE e.kind = 'credited'), 0) AS k
    FROM orders_lineentry e WHERE e.line_id = l.id) t ON true
WHERE (l.cancelled_by_customer, l.cancelled_by_us, l.substituted, l.despatched, l.accepted, l.refused_final, l.brought_back,
       l.returned, l.invoiced, l.credited) IS DISTINCT FROM (t.a, t.b, t.c, t.d, t.f, t.g, t.h, t.i, t.j, t.k)
UNION ALL
SELECT 'promise of line ' || l.id FROM orders_orderline l
WHERE l.promised IS DISTINCT FROM coalesce((SELECT sum(p.quantity) FROM orders_promise p
    WHERE p.line_id = l.id AND p.sequence = l.promise_sequence), 0)
UNION ALL
SELECT 'promise ' || p.id FROM orders_promise p WHERE NOT EXISTS (SELECT 1 FROM orders_orderline l WHERE l.id = p.line_id)
