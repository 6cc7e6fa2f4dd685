-- Partners that must be answered are: every confirmed order has an order response of its promises in force, or one on its way.
-- es: A quien hay que contestar se le contesta: todo pedido confirmado tiene una respuesta con sus promesas vigentes, o en camino.
WITH told AS (
    SELECT DISTINCT ON (o.id) o.id, o.number, a.partner_id, a.since FROM orders_order o
    JOIN exchange_partner p ON p.customer_id = o.customer_id AND p.active_to IS NULL
    JOIN exchange_partneranswer a ON a.partner_id = p.id AND a.kind = 'order_response' AND a.active
    WHERE o.state = 'confirmed' AND o.origin = 'live' ORDER BY o.id, p.id
)
SELECT 'order ' || t.number AS key FROM told t
WHERE EXISTS (SELECT 1 FROM core_event e WHERE e.subject_kind = 'order' AND e.subject_id = t.id
        AND e.kind = 'OrderConfirmed' AND e.recorded_at >= t.since)
  AND NOT EXISTS (SELECT 1 FROM core_eventdelivery d WHERE d.subject_kind = 'order' AND d.subject_id = t.id
        AND d.listener IN ('exchange.answer', 'allocation.change') AND d.state <> 'done')
  AND NOT EXISTS (
    SELECT 1 FROM (
        SELECT DISTINCT ON (g.partner_id) g.basis FROM exchange_outgoingdocument g
        WHERE g.kind = 'order_response' AND g.subject = 'order:' || t.id ORDER BY g.partner_id, g.version DESC) last
    WHERE last.basis = (SELECT jsonb_object_agg(l.line_number::text, l.promise_sequence) FROM orders_orderline l
        WHERE l.order_id = t.id))
