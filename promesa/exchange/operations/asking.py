"""Asking the customer about what stands in the way: the words ready in their language, and the note of who asked how."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from promesa.access.queries import insist
from promesa.core import bulk, words
from promesa.core.actors import Actor
from promesa.core.verbs import verb
from promesa.exchange.queries.repairs import Repair
from promesa.orders.operations import note_order

NAMED = 8
HOW = ("email", "phone", "in_person")


@dataclass(frozen=True, slots=True)
class Question:
    """What to ask one customer: where to write, and the letter in their language."""

    customer: str
    name: str
    email: str
    language: str
    subject: str
    text: str


_ASKED = """
SELECT c.number, c.name, coalesce(nullif(c.email, ''), ''), CASE WHEN c.language LIKE 'en%%' THEN 'en' ELSE 'es' END,
       array_agg(coalesce(nullif(o.po_number, ''), o.number) ORDER BY o.id)
FROM orders_order o JOIN customers_customer c ON c.id = o.customer_id WHERE o.id = ANY(%s::bigint[])
GROUP BY c.id ORDER BY c.name, c.id
"""


def questions(*, cause: Repair) -> list[Question]:
    """The letter to each customer whose orders wait for a cause: which of their orders, what came, what we need to know."""
    found = []
    for number, name, email, lang, orders in bulk.rows(_ASKED, [cause.order_ids]):
        shown = ", ".join(orders[:NAMED]) + (" …" if len(orders) > NAMED else "")
        params = {**cause.params, "orders": shown, "text": cause.text or cause.received}
        code = f"ask_{cause.code}"
        text = words.say(code if words.known(code) else "ask_other", params, lang)
        letter = "\n\n".join([words.say("ask_greeting", {"name": name}, lang), text, words.say("ask_end", {}, lang)])
        found.append(Question(number, name, email, lang, words.say("ask_subject", params, lang), letter))
    return found


@verb
def note_asked(*, order_ids: Sequence[int], code: str, received: str, how: str, by: Actor, at: datetime) -> int:
    """Write into the journal of each order that its customer was asked, and how; returns how many orders.

    :raises NotAllowed: without the right to take in documents.
    """
    insist(by, "take_in")
    said = words.say("asked_customer", {"received": received, "how": words.say(f"told_by_{how}", {}, "es")}, "es")
    for order_id in sorted(set(order_ids)):
        note_order(order_id=order_id, text=said[:500], by=by, at=at)
    return len(set(order_ids))
