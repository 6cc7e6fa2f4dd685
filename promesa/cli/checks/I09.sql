-- Legal numbers: without gap in each series and year, dates never falling, and the counter agrees with the documents.
-- es: Números legales: sin huecos en cada serie y año, con fechas que nunca retroceden, y el contador de acuerdo con los documentos.
SELECT 'invoice ' || number AS key FROM (
    SELECT number, sequence, issued_on, lag(sequence) OVER w AS before, lag(issued_on) OVER w AS day_before
    FROM billing_invoice WINDOW w AS (PARTITION BY series, year ORDER BY sequence)) t
WHERE sequence <> coalesce(before, 0) + 1 OR issued_on < day_before
UNION ALL
SELECT 'series ' || coalesce(s.series, i.series) || ' ' || coalesce(s.year, i.year) FROM core_numberseries s
FULL JOIN (SELECT series, year, max(sequence) AS last FROM billing_invoice GROUP BY series, year) i ON i.series = s.series AND i.year = s.year
WHERE s.last_number IS DISTINCT FROM i.last AND coalesce(s.series, i.series) IN ('F', 'R')
UNION ALL
SELECT 'credit note ' || n.number FROM billing_invoice n LEFT JOIN billing_invoice i ON i.id = n.corrects_id
WHERE n.kind = 'credit_note' AND (i.id IS NULL OR i.kind <> 'invoice' OR n.cause = '' OR i.customer_id <> n.customer_id)
