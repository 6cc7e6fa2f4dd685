-- No order came in twice: the same bytes became orders once, and a repeated purchase order with the same lines was held.
-- es: Ningún pedido entró dos veces: los mismos bytes fueron pedidos una vez, y un número de pedido repetido con las mismas líneas quedó
-- retenido.
SELECT 'file ' || f.sha256 AS key FROM exchange_inboxfile f JOIN exchange_document d ON d.file_id = f.id AND d.outcome = 'orders'
GROUP BY f.sha256 HAVING count(DISTINCT f.id) > 1
UNION ALL
SELECT 'document ' || d.file_id || '/' || d.position FROM exchange_document d WHERE d.order_id IS NOT NULL AND d.outcome = 'orders'
GROUP BY d.file_id, d.position HAVING count(*) > 1
UNION ALL
SELECT 'order ' || b.number FROM orders_order a JOIN orders_order b ON b.customer_id = a.customer_id AND b.po_number = a.po_number
    AND b.content_hash = a.content_hash AND b.id > a.id
WHERE a.po_number <> '' AND a.origin = 'live' AND b.origin = 'live' AND b.state IN ('confirmed', 'closed')
  AND a.state NOT IN ('cancelled', 'refused') AND b.channel IN ('edi', 'csv', 'xlsx')
  AND NOT EXISTS (SELECT 1 FROM orders_hold h WHERE h.order_id = b.id AND h.kind = 'duplicate')
