-- Lines are conserved: ordered is accepted, open, cancelled, refused and substituted together, and nothing of it is below zero.
-- es: Las líneas se conservan: lo pedido es lo aceptado, abierto, anulado, rechazado y sustituido, y nada de ello está bajo cero.
SELECT 'line ' || l.id AS key FROM orders_orderline l
LEFT JOIN LATERAL (
    SELECT sum(e.quantity) FILTER (WHERE e.kind IN ('accepted', 'cancelled_by_customer', 'cancelled_by_us', 'refused_final', 'substituted')) AS done,
        sum(e.quantity) FILTER (WHERE e.kind = 'despatched') AS left_us,
        sum(e.quantity) FILTER (WHERE e.kind IN ('accepted', 'refused_final', 'brought_back')) AS ended
    FROM orders_lineentry e WHERE e.line_id = l.id) t ON true
WHERE coalesce(t.done, 0) > l.ordered_quantity OR coalesce(t.ended, 0) > coalesce(t.left_us, 0)
UNION ALL
SELECT 'order ' || o.number FROM orders_order o WHERE o.state = 'closed' AND o.origin <> 'history' AND EXISTS (
    SELECT 1 FROM orders_orderline l WHERE l.order_id = o.id AND l.ordered_quantity <> l.accepted + l.cancelled_by_customer
        + l.cancelled_by_us + l.refused_final + l.substituted)
