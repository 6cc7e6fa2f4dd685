-- Sharing is within supply: no run gives more of a stock row or receipt than there was, or a line other than the sum of its shares.
-- es: Se reparte lo que hay: ningún cálculo da de un lote o entrada más de lo que había, ni a una línea otra cosa que la suma de sus partes.
WITH given AS (
    SELECT r.run_id, coalesce(x.stock_id, -x.receipt_id) AS lot, sum(x.quantity) AS quantity
    FROM allocation_runshare x JOIN allocation_runline r ON r.id = x.run_line_id AND NOT r.frozen AND r.strategy <> 'untouched'
    GROUP BY 1, 2
), supply AS (
    SELECT run_id, coalesce(stock_id, -receipt_id) AS lot, sum(quantity) AS quantity FROM allocation_runsupply GROUP BY 1, 2
), line AS (
    SELECT run_line_id, sum(quantity) AS quantity FROM allocation_runshare GROUP BY 1
)
SELECT 'run ' || g.run_id || ' lot ' || g.lot AS key FROM given g LEFT JOIN supply s ON s.run_id = g.run_id AND s.lot = g.lot
WHERE g.quantity > coalesce(s.quantity, 0)
UNION ALL
SELECT 'run line ' || r.id FROM allocation_runline r LEFT JOIN line x ON x.run_line_id = r.id
WHERE r.share_quantity <> coalesce(x.quantity, 0)
