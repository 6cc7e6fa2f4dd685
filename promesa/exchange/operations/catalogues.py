"""Our catalogue, sent to the partner of a customer: made once for each state of it."""

from __future__ import annotations

from datetime import datetime

from promesa.access.queries import insist
from promesa.core import bulk
from promesa.core.actors import Actor
from promesa.core.errors import NotFound
from promesa.core.verbs import verb
from promesa.exchange.operations.outgoing import ToSend, put_out
from promesa.exchange.queries.answering import company
from promesa.exchange.queries.our_catalogue import catalogue_of_us
from promesa.exchange.queries.recipients import recipient_of_partner
from promesa.exchange.rules.answers import state_hash

KIND = "price_catalogue"


@verb
def send_catalogue(*, partner_code: str, by: Actor, at: datetime, every: bool = False) -> int | None:
    """Lay our catalogue out for a partner's customer, in the format that it gets price catalogues in; what they buy, or
    every item. Returns its id; None when the last one that was made says the same.

    :raises NotFound: if there is no such partner, it is of no customer, or gets no catalogues.
    """
    insist(by, "see_prices")
    row = bulk.row(
        """SELECT p.id, c.id, c.number FROM exchange_partner p JOIN customers_customer c ON c.id = p.customer_id
           WHERE p.code = %s""",
        [partner_code],
    )
    recipient = recipient_of_partner(partner_id=row[0], kind=KIND) if row else None
    if row is None or recipient is None:
        raise NotFound(what=f"{partner_code} {KIND}")
    subject = f"catalogue:{row[1]}"
    last = bulk.row(
        """SELECT version, state_hash FROM exchange_outgoingdocument WHERE kind = %s AND subject = %s AND partner_id = %s
           ORDER BY version DESC LIMIT 1""",
        [KIND, subject, row[0]],
    ) or (0, "")  # fmt: skip
    document = catalogue_of_us(customer_number=row[2], number=f"{row[2]}-{last[0] + 1}", at=at, every=every)
    hash_ = state_hash(document)
    if hash_ == last[1]:
        return None
    draft = ToSend(recipient, subject, last[0] + 1, document, row[1], hash=hash_)
    return put_out(drafts=[draft], us=company(on=at.date()), by=by, at=at)[0]
