-- Money is applied once: no payment or credit note pays more than it is, no invoice is paid more than it asks.
-- es: El dinero se aplica una vez: ningún pago ni abono paga más de lo que es, y ninguna factura cobra más de lo que pide.
SELECT 'payment ' || p.number AS key FROM billing_payment p JOIN billing_application a ON a.payment_id = p.id
GROUP BY p.id HAVING sum(a.amount) > p.amount
UNION ALL
SELECT 'credit note ' || n.number FROM billing_invoice n JOIN billing_application a ON a.credit_note_id = n.id
GROUP BY n.id HAVING sum(a.amount) > n.payable_amount OR n.kind <> 'credit_note'
UNION ALL
SELECT 'invoice ' || i.number FROM billing_invoice i JOIN billing_application a ON a.invoice_id = i.id
GROUP BY i.id HAVING sum(a.amount) > i.payable_amount OR i.kind <> 'invoice'
UNION ALL
SELECT 'application ' || a.id FROM billing_application a JOIN billing_invoice i ON i.id = a.invoice_id
LEFT JOIN billing_payment p ON p.id = a.payment_id LEFT JOIN billing_invoice n ON n.id = a.credit_note_id
WHERE coalesce(p.customer_id, n.customer_id) <> i.customer_id
