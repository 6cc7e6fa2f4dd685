"""What only a person may let go on: an order written in running text, a sender that anybody could have pretended to be, a
customer's order in another's box."""

from __future__ import annotations

from collections.abc import Iterable

from promesa.exchange.formats.neutral import Fault, NeutralDocument

SENDER_UNPROVEN = "mail_sender_unproven"
PAPER_IN_DOUBT = "paper_in_doubt"
BUYER_IS_ANOTHER = "buyer_is_another"
# Faults and findings with these codes do not reject a document: it waits until a person confirms it.
AWAITS_A_PERSON = frozenset({"order_in_text", "low_confidence", SENDER_UNPROVEN, PAPER_IN_DOUBT, BUYER_IS_ANOTHER})


def awaits_a_person(faults: Iterable[Fault]) -> bool:
    """Whether a person has to confirm a document before anything is made of it."""
    return any(one.blocking and one.code in AWAITS_A_PERSON for one in faults)


def is_paper_in_doubt(document: NeutralDocument) -> bool:
    """Whether it is an order on paper of which something could not be read: a person can, beside its picture."""
    on_paper = document.format.startswith(("pdf-", "scan-")) and bool(document.places)
    return document.kind == "order" and on_paper and document.blocked
