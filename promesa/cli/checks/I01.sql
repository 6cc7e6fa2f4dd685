-- Stock is conserved: what is on hand is the sum of its moves, and the legs of every move sum to zero for each item.
-- es: El stock se conserva: lo que hay es la suma de sus movimientos, y los apuntes de cada movimiento suman cero por artículo.
SELECT 'stock ' || s.id AS key FROM inventory_stock s
WHERE s.on_hand IS DISTINCT FROM coalesce((SELECT sum(l.quantity) FROM inventory_stockleg l WHERE l.stock_id = s.id), 0)
UNION ALL
SELECT 'move ' || l.move_id FROM inventory_stockleg l GROUP BY l.move_id, l.item_id HAVING sum(l.quantity) <> 0
UNION ALL
SELECT 'move ' || m.id FROM inventory_stockmove m WHERE NOT EXISTS (SELECT 1 FROM inventory_stockleg l WHERE l.move_id = m.id)
