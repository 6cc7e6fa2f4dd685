-- What a run of a plan wrote hangs together: its lines, shares and supply are of a run, of order lines and of goods that are there.
-- es: Lo que escribió un cálculo de un plan cuadra: sus líneas, partes y existencias son de un cálculo, de líneas de pedido y de género que existen.
SELECT 'run line ' || x.id AS key FROM allocation_runline x
WHERE NOT EXISTS (SELECT 1 FROM allocation_run r WHERE r.id = x.run_id)
   OR NOT EXISTS (SELECT 1 FROM orders_orderline l WHERE l.id = x.line_id)
UNION ALL
SELECT 'run share ' || x.id FROM allocation_runshare x
WHERE NOT EXISTS (SELECT 1 FROM allocation_runline l WHERE l.id = x.run_line_id)
   OR x.stock_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM inventory_stock s WHERE s.id = x.stock_id)
   OR x.receipt_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM inventory_receipt r WHERE r.id = x.receipt_id)
UNION ALL
SELECT 'run supply ' || x.id FROM allocation_runsupply x
WHERE NOT EXISTS (SELECT 1 FROM allocation_run r WHERE r.id = x.run_id)
   OR NOT EXISTS (SELECT 1 FROM catalog_item i WHERE i.id = x.item_id)
   OR x.stock_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM inventory_stock s WHERE s.id = x.stock_id)
   OR x.receipt_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM inventory_receipt r WHERE r.id = x.receipt_id)
