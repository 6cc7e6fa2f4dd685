"""What may be done to a customer."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from promesa.core import bulk
from promesa.core.verbs import verb
from promesa.customers.masters import put_customers as put_customers
from promesa.customers.masters import put_people as put_people
from promesa.customers.masters import put_segments as put_segments
from promesa.customers.masters import put_sites as put_sites
from promesa.customers.rules import CreditMove

_MOVE = """
UPDATE customers_creditstanding k SET receivable = k.receivable + m.r,
    delivered_not_invoiced = k.delivered_not_invoiced + m.d, released_not_delivered = k.released_not_delivered + m.l,
    unapplied_credit = k.unapplied_credit + m.u
FROM json_to_recordset(%s::json) AS m(c bigint, r numeric, d numeric, l numeric, u numeric)
WHERE k.customer_id = m.c
"""


@verb
def move_credit(*, moves: Mapping[int, CreditMove | tuple[Decimal, Decimal, Decimal, Decimal]]) -> None:
    """Add to the counters of exposure, by customer id: receivable, delivered and not invoiced, released and not
    delivered, unapplied credit; each in the company's currency, with tax. The caller holds the credit locks.

    :raises LookupError: if one of them is no customer.
    """
    records = [
        {"c": customer_id, "r": move[0], "d": move[1], "l": move[2], "u": move[3]}
        for customer_id, move in sorted(moves.items())
        if any(move)
    ]
    if records and bulk.run(_MOVE, [bulk.as_json(records)]) != len(records):
        raise LookupError("credit of a customer that is not there")
