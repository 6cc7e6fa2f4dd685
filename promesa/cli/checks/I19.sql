-- Plans in force were agreed: the scenario of every signed or published plan, and of every published run, bears the signatures of sales
-- and of customer service, by two people, on the hash that it has.
-- es: Los planes vigentes se acordaron: el escenario de todo plan firmado o publicado, y de todo cálculo publicado, lleva las firmas de
-- ventas y de atención al cliente, de dos personas, sobre la huella que tiene.
WITH agreed AS (
    SELECT s.id FROM allocation_scenario s JOIN allocation_signature g ON g.scenario_id = s.id AND g.hash = s.hash AND g.plan_id = s.plan_id
    GROUP BY s.id HAVING count(DISTINCT g.side) = 2 AND count(DISTINCT g.user_id) = 2
)
SELECT 'plan ' || p.number AS key FROM allocation_plan p
WHERE p.state IN ('signed', 'published') AND NOT EXISTS (SELECT 1 FROM agreed a WHERE a.id = p.scenario_id)
UNION ALL
SELECT 'run ' || r.id FROM allocation_run r
WHERE r.state = 'published' AND NOT EXISTS (SELECT 1 FROM agreed a WHERE a.id = r.scenario_id)
