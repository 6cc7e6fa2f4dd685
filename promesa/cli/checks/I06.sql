-- Nothing is invoiced that was not delivered (or despatched, by terms), nothing credited that was not invoiced, and the
-- rooms that did it say the same as the ledger: despatch lines, delivery lines, invoice lines.
-- es: No se factura lo que no se entregó (o no salió, según condiciones), no se abona lo que no se facturó, y albaranes, entregas y
-- facturas dicen lo mismo que el libro de la línea.
SELECT 'line ' || l.id AS key FROM orders_orderline l JOIN orders_order o ON o.id = l.order_id
WHERE o.origin = 'live' AND (l.invoiced > CASE WHEN o.invoice_from = 'despatch' THEN l.despatched ELSE l.accepted END
    OR l.credited > l.invoiced OR l.accepted + l.refused_final + l.brought_back > l.despatched)
UNION ALL
SELECT 'despatched of line ' || l.id FROM orders_orderline l JOIN orders_order o ON o.id = l.order_id AND o.origin = 'live'
WHERE l.despatched IS DISTINCT FROM coalesce((SELECT sum(d.quantity) FROM fulfilment_despatchline d WHERE d.order_line_id = l.id), 0)
UNION ALL
SELECT 'invoiced of line ' || l.id FROM orders_orderline l JOIN orders_order o ON o.id = l.order_id AND o.origin = 'live'
WHERE l.invoiced IS DISTINCT FROM coalesce((SELECT sum(b.quantity) FROM billing_invoiceline b JOIN billing_invoice i ON i.id = b.invoice_id
    WHERE b.order_line_id = l.id AND i.kind = 'invoice'), 0)
UNION ALL
SELECT 'despatch line ' || d.id FROM fulfilment_despatchline d JOIN fulfilment_deliveryline x ON x.despatch_line_id = d.id
GROUP BY d.id HAVING sum(x.quantity) > d.quantity
