-- What was published was done: every part of a published run is settled, its lines were promised no less than their shares (save where
-- all goes in one delivery) and no more than they asked, and each customer whom it moved has one notice.
-- es: Lo publicado se hizo: toda parte de un cálculo publicado está resuelta, a sus líneas se les prometió no menos que su parte (salvo
-- donde todo va en una entrega) ni más de lo pedido, y cada cliente a quien afectó tiene un aviso.
SELECT 'run ' || r.id AS key FROM allocation_run r WHERE r.state = 'published'
    AND EXISTS (SELECT 1 FROM allocation_runpart p WHERE p.run_id = r.id AND p.state = 'waiting')
UNION ALL
SELECT 'run line ' || l.id FROM allocation_runline l
JOIN allocation_runpart p ON p.run_id = l.run_id AND p.number = l.part AND p.state = 'published'
JOIN orders_orderline x ON x.id = l.line_id JOIN orders_order o ON o.id = x.order_id
JOIN LATERAL (SELECT sum(q.quantity) AS quantity FROM orders_promise q WHERE q.line_id = l.line_id AND q.made_at = p.settled_at
    AND q.sequence = (SELECT min(m.sequence) FROM orders_promise m WHERE m.line_id = l.line_id AND m.made_at = p.settled_at)) w
    ON w.quantity IS NOT NULL
WHERE (w.quantity < l.share_quantity AND NOT o.one_delivery) OR w.quantity > l.open_quantity
UNION ALL
SELECT 'notice of run ' || t.run_id || ' to customer ' || t.customer_id FROM (
    SELECT DISTINCT l.run_id, o.customer_id FROM allocation_runline l
    JOIN allocation_run r ON r.id = l.run_id AND r.state = 'published'
    JOIN allocation_runpart p ON p.run_id = l.run_id AND p.number = l.part AND p.state = 'published'
    JOIN orders_orderline x ON x.id = l.line_id JOIN orders_order o ON o.id = x.order_id
    WHERE l.share_quantity <> l.before_quantity) t
WHERE NOT EXISTS (SELECT 1 FROM allocation_notice n WHERE n.run_id = t.run_id AND n.customer_id = t.customer_id)
