-- Documents add up: lines to net, taxes by category and rate to tax, net and tax to gross, gross to payable.
-- es: Los documentos suman: líneas hasta el neto, impuestos por categoría y tipo, neto e impuesto hasta el total, total hasta lo que se
-- paga.
SELECT 'invoice ' || i.number AS key FROM billing_invoice i
WHERE i.net_amount IS DISTINCT FROM (SELECT sum(l.net_amount) FROM billing_invoiceline l WHERE l.invoice_id = i.id)
   OR i.tax_amount IS DISTINCT FROM (SELECT sum(t.tax_amount) FROM billing_invoicetax t WHERE t.invoice_id = i.id)
   OR i.net_amount IS DISTINCT FROM (SELECT sum(t.base_amount) FROM billing_invoicetax t WHERE t.invoice_id = i.id)
   OR i.gross_amount IS DISTINCT FROM i.net_amount + i.tax_amount
   OR i.payable_amount IS DISTINCT FROM i.gross_amount - i.prepaid_amount + i.rounding_amount
UNION ALL
SELECT 'tax of invoice ' || i.number FROM billing_invoice i JOIN billing_invoicetax t ON t.invoice_id = i.id
WHERE t.base_amount IS DISTINCT FROM (SELECT sum(l.net_amount) FROM billing_invoiceline l
    WHERE l.invoice_id = i.id AND l.tax_category = t.category AND l.tax_rate = t.rate)
UNION ALL
SELECT 'order ' || o.number FROM orders_order o WHERE o.origin = 'live' AND o.total_amount <> o.net_amount + o.tax_amount
