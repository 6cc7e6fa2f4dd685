-- What is sent again is the same: every try of a document bore its own bytes, and of one state there is one version.
-- es: Lo que se envía otra vez es lo mismo: cada intento de un documento llevó sus propios bytes, y de un estado hay una versión.
SELECT 'outgoing ' || d.id AS key FROM exchange_outgoingdocument d
WHERE EXISTS (SELECT 1 FROM exchange_sendingattempt a WHERE a.outgoing_id = d.id AND a.sha256 <> d.sha256)
UNION ALL
SELECT 'outgoing ' || b.id FROM exchange_outgoingdocument b JOIN exchange_outgoingdocument a
    ON a.partner_id = b.partner_id AND a.kind = b.kind AND a.subject = b.subject AND b.version = a.version + 1
WHERE a.state_hash = b.state_hash
UNION ALL
SELECT 'outgoing ' || d.id FROM exchange_outgoingdocument d
WHERE d.state IN ('sent', 'acknowledged', 'refused') AND d.acknowledged_how <> 'person' AND NOT EXISTS (
    SELECT 1 FROM exchange_sendingattempt a WHERE a.outgoing_id = d.id)
