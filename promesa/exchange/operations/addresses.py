"""Addresses that said themselves that they want nothing now: one that is gone for good (410), one that asks us to wait."""

from __future__ import annotations

from datetime import datetime

from promesa.core import bulk

GONE, BUSY = "http_gone", "http_busy"

_REFUSING = """
SELECT address, true FROM exchange_outgoingdocument
WHERE state = 'failed' AND last_error->>'code' = %(gone)s AND (last_error->'params'->>'closed')::boolean
UNION
SELECT address, false FROM exchange_outgoingdocument
WHERE state = 'to_send' AND next_try_at > %(at)s AND last_error->>'code' = %(busy)s
  AND (last_error->'params'->>'retry_at')::timestamptz > %(at)s
"""
_HOLD = """
UPDATE exchange_outgoingdocument SET last_error = %(error)s
WHERE state = 'to_send' AND address = ANY(%(addresses)s::text[]) AND channel IN ('http', 'webhook') AND last_error = '{}'
"""
_OPEN = """
UPDATE exchange_outgoingdocument SET last_error = jsonb_set(last_error, '{params,closed}', 'false')
WHERE state = 'failed' AND last_error->>'code' = %s AND address = %s
"""


def refusing_addresses(*, at: datetime) -> set[str]:
    """Addresses to which nothing is sent now. What waits for one that is gone says so."""
    found = bulk.rows(_REFUSING, {"gone": GONE, "busy": BUSY, "at": at})
    gone = sorted({address for address, is_gone in found if is_gone})
    if gone:
        bulk.run(_HOLD, {"addresses": gone, "error": bulk.as_json({"code": "http_waits_gone", "params": {}})})
    return {address for address, _ in found}


def open_address(*, address: str) -> None:
    """Somebody wants documents to go there again: what was said before counts no more."""
    if address:
        bulk.run(_OPEN, [GONE, address])
