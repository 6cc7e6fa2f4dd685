-- Sequences have no gap: events of each subject, promises of each line, the wishes of each order.
-- es: Las secuencias no tienen huecos: sucesos de cada sujeto, promesas de cada línea, deseos de cada pedido.
SELECT subject_kind || ' ' || subject_id AS key FROM core_event GROUP BY subject_kind, subject_id
HAVING min(number) <> 1 OR max(number) <> count(*)
UNION ALL
SELECT 'promises of line ' || line_id FROM orders_promise GROUP BY line_id
HAVING min(sequence) <> 1 OR max(sequence) <> count(DISTINCT sequence)
UNION ALL
SELECT 'promises of line ' || l.id FROM orders_orderline l
WHERE l.promise_sequence IS DISTINCT FROM coalesce((SELECT max(p.sequence) FROM orders_promise p WHERE p.line_id = l.id), 0)
UNION ALL
SELECT 'wishes of order ' || order_id FROM orders_requestedwindow GROUP BY order_id, line_id
HAVING min(sequence) <> 1 OR max(sequence) <> count(*)
UNION ALL
SELECT 'wishes of order ' || o.id FROM orders_order o
WHERE o.requested_from IS NOT NULL AND NOT EXISTS (SELECT 1 FROM orders_requestedwindow r WHERE r.order_id = o.id AND r.line_id IS NULL)
