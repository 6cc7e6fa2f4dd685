-- Every event that somebody must hear is on its way to them or was heard, and none was given up.
-- es: Todo suceso que alguien debe oír va de camino o fue oído, y ninguno se dio por perdido.
SELECT 'event ' || e.id AS key FROM core_event e
JOIN (VALUES ('OrderConfirmed', 'orders.release'), ('HoldReleased', 'allocation.settle'), ('PromisesChanged', 'orders.release'),
    ('ReceiptArrived', 'orders.release_arrived'), ('Delivered', 'results.facts'), ('InvoiceIssued', 'results.facts')) AS must(kind, listener)
    ON must.kind = e.kind
WHERE e.actor NOT IN ('history')
  AND NOT EXISTS (SELECT 1 FROM core_eventdelivery d WHERE d.event_id = e.id AND d.listener = must.listener)
UNION ALL
SELECT 'delivery ' || d.id FROM core_eventdelivery d WHERE d.state = 'dead'
UNION ALL
SELECT 'delivery ' || d.id FROM core_eventdelivery d JOIN core_event e ON e.id = d.event_id
WHERE d.state = 'waiting' AND d.attempts = 0 AND e.recorded_at < now() - interval '1 hour'
  AND EXISTS (SELECT 1 FROM core_eventdelivery x WHERE x.id > d.id AND x.state = 'done')
UNION ALL
SELECT 'delivery ' || d.id FROM core_eventdelivery d
WHERE NOT EXISTS (SELECT 1 FROM core_event e WHERE e.id = d.event_id)
