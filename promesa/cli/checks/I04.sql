-- Every counter is the sum of its rows: claims on stock and receipts, and the four counters of a customer's credit.
-- es: Cada contador es la suma de sus filas: las reservas de stock y entradas, y los cuatro contadores del crédito de un cliente.
SELECT 'stock ' || s.id AS key FROM inventory_stock s
WHERE s.claimed IS DISTINCT FROM coalesce((SELECT sum(c.quantity) FROM inventory_claim c WHERE c.stock_id = s.id), 0)
UNION ALL
SELECT 'receipt ' || r.id FROM inventory_receipt r
WHERE r.claimed IS DISTINCT FROM coalesce((SELECT sum(c.quantity) FROM inventory_claim c WHERE c.receipt_id = r.id), 0)
UNION ALL
SELECT 'credit of customer ' || c.number FROM customers_customer c LEFT JOIN customers_creditstanding k ON k.customer_id = c.id
LEFT JOIN LATERAL (
    SELECT sum(round(i.payable_amount * i.exchange_rate, 2) - coalesce((
        SELECT round(i.payable_amount * i.exchange_rate, 2) - round((i.payable_amount - sum(a.amount)) * i.exchange_rate, 2)
        FROM billing_application a WHERE a.invoice_id = i.id), 0)) AS owed
    FROM billing_invoice i WHERE i.customer_id = c.id AND i.kind = 'invoice') r ON true
LEFT JOIN LATERAL (
    SELECT sum(x.amount) AS free FROM (
        SELECT round((p.amount - coalesce((SELECT sum(a.amount) FROM billing_application a WHERE a.payment_id = p.id), 0))
            * p.exchange_rate, 2) AS amount FROM billing_payment p WHERE p.customer_id = c.id
        UNION ALL
        SELECT round((n.payable_amount - coalesce((SELECT sum(a.amount) FROM billing_application a WHERE a.credit_note_id = n.id), 0))
            * n.exchange_rate, 2) FROM billing_invoice n WHERE n.customer_id = c.id AND n.kind = 'credit_note') x) u ON true
LEFT JOIN LATERAL (
    SELECT sum(CASE WHEN v.ordered > 0 AND v.taken > v.invoiced THEN round(v.worth * v.taken / v.ordered, 2)
            - round(v.worth * v.invoiced / v.ordered, 2) ELSE 0 END) AS delivered,
        sum(CASE WHEN v.ordered > 0 THEN round(v.worth, 2)
            - round(v.worth * (v.ordered - v.open_released) / v.ordered, 2) ELSE 0 END) AS released
    FROM (
        SELECT l.ordered_quantity AS ordered, l.invoiced, t.taken,
            l.net_amount * (1 + l.tax_rate / 100) * o.exchange_rate AS worth,
            CASE WHEN l.released_at IS NULL THEN 0 ELSE greatest(l.ordered_quantity - l.cancelled_by_customer - l.cancelled_by_us
                - l.substituted - l.refused_final - t.taken, 0) END AS open_released
        FROM orders_order o JOIN orders_orderline l ON l.order_id = o.id
        CROSS JOIN LATERAL (SELECT CASE WHEN o.invoice_from = 'despatch' THEN l.despatched - l.brought_back - l.refused_final
            ELSE l.accepted END AS taken) t
        WHERE o.customer_id = c.id AND o.origin <> 'history') v) d ON true
WHERE k.customer_id IS NULL
   OR k.receivable IS DISTINCT FROM coalesce(r.owed, 0)
   OR k.unapplied_credit IS DISTINCT FROM coalesce(u.free, 0)
   OR k.delivered_not_invoiced IS DISTINCT FROM coalesce(d.delivered, 0)
   OR k.released_not_delivered IS DISTINCT FROM coalesce(d.released, 0)
