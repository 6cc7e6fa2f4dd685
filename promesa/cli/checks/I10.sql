-- No document is lost: a file that was read has documents, each is orders, applied, filed, rejected by name, waiting or a repeat, and no
-- file stays unread.
-- es: Ningún documento se pierde: un fichero leído tiene documentos, cada uno es pedidos, aplicado, archivado, rechazo con nombre, espera o repetición, y
-- ningún fichero queda sin leer.
SELECT 'file ' || f.id AS key FROM exchange_inboxfile f WHERE f.state = 'done' AND f.duplicate_of_id IS NULL
  AND NOT EXISTS (SELECT 1 FROM exchange_document d WHERE d.file_id = f.id)
UNION ALL
SELECT 'file ' || f.id FROM exchange_inboxfile f WHERE f.state = 'received' AND f.received_at < now() - interval '5 minutes'
UNION ALL
SELECT 'document ' || d.id FROM exchange_document d
WHERE (d.outcome = 'orders') <> (d.order_id IS NOT NULL AND d.outcome NOT IN ('waiting', 'applied')) OR (d.outcome = 'rejected' AND d.reason = '')
   OR (d.outcome = 'duplicate' AND d.duplicate_of_id IS NULL AND NOT EXISTS (
        SELECT 1 FROM exchange_inboxfile f WHERE f.id = d.file_id AND f.duplicate_of_id IS NOT NULL))
UNION ALL
SELECT 'document ' || d.id FROM exchange_document d JOIN orders_order o ON o.id = d.order_id
WHERE d.outcome = 'waiting' AND o.state IN ('confirmed', 'closed')
UNION ALL
SELECT 'file ' || d.file_id FROM exchange_document d GROUP BY d.file_id HAVING max(d.position) <> count(*) OR min(d.position) <> 1
