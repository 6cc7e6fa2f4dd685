-- Claims fit: their sum is within the stock or receipt, each is of an open line (of a draft's only until a moment), and no line
-- claims more than it wants.
-- es: Las reservas caben: su suma no pasa del stock o de la entrada, cada una es de una línea abierta (de un borrador, solo hasta un
-- momento), y ninguna línea reserva más de lo que pide.
SELECT 'stock ' || c.stock_id AS key FROM inventory_claim c JOIN inventory_stock s ON s.id = c.stock_id
GROUP BY c.stock_id, s.on_hand HAVING sum(c.quantity) > s.on_hand
UNION ALL
SELECT 'receipt ' || c.receipt_id FROM inventory_claim c JOIN inventory_receipt r ON r.id = c.receipt_id
GROUP BY c.receipt_id, r.quantity, r.state HAVING sum(c.quantity) > r.quantity OR r.state <> 'expected'
UNION ALL
SELECT 'claim ' || c.id FROM inventory_claim c LEFT JOIN orders_orderline l ON l.id = c.demand_line_id
LEFT JOIN orders_order o ON o.id = l.order_id
WHERE l.id IS NULL OR o.state NOT IN ('draft', 'submitted', 'confirmed') OR o.origin = 'history'
    OR (o.state = 'draft') <> (c.expires_at IS NOT NULL)
UNION ALL
SELECT 'line ' || l.id FROM orders_orderline l JOIN inventory_claim c ON c.demand_line_id = l.id
GROUP BY l.id HAVING sum(c.quantity) > l.ordered_quantity - l.cancelled_by_customer - l.cancelled_by_us - l.substituted
    - l.refused_final - l.accepted - (l.despatched - l.accepted - l.refused_final - l.brought_back)
