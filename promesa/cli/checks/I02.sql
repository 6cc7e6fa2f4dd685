-- Nothing is below zero, and no more is claimed than there is or is coming.
-- es: Nada está bajo cero, y no se reserva más de lo que hay o va a llegar.
SELECT 'stock ' || id AS key FROM inventory_stock WHERE on_hand < 0 OR claimed < 0 OR claimed > on_hand
UNION ALL
SELECT 'receipt ' || id FROM inventory_receipt WHERE claimed < 0 OR claimed > quantity OR quantity <= 0
