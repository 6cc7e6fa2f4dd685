"""Under which names a document knows its buyer and the place of delivery."""

from __future__ import annotations

import re
from typing import NamedTuple

from promesa.exchange.formats.neutral import NeutralDocument, Party

# Who may stand for the buyer when none is named, the likeliest first.
BUYER_ROLES = ("buyer", "ordered_by", "message_sender", "invoicee")
_FILLING = re.compile(r"[^0-9A-Z]")


class Named(NamedTuple):
    """All that a document says about its buyer. `sender` is the name on the envelope."""

    gln: str = ""
    code: str = ""
    tax_id: str = ""
    name: str = ""
    sender: str = ""

    @property
    def key(self) -> str:
        """The one name under which a missing buyer is listed and repaired."""
        return self.gln or self.code or self.tax_id or self.sender

    @property
    def codes(self) -> tuple[str, ...]:
        """The names under which the buyer is looked for, the most exact first. Who sent the envelope stands for the buyer
        only when the document names none: it may send for many."""
        named = [code for code in (self.gln, self.code, self.tax_id) if code]
        return tuple(dict.fromkeys(named)) if named else tuple(filter(None, [self.sender]))


def buyer_of(document: NeutralDocument) -> Party:
    """The party that buys: the buyer, else who stands for it."""
    for role in BUYER_ROLES:
        party = document.parties.get(role)
        if party is not None and (party.gln or party.code or party.tax_id or party.name):
            return party
    return Party()


def names_of(document: NeutralDocument) -> Named:
    """The names of a document's buyer; empty texts where it is silent."""
    party = buyer_of(document)
    sender = (document.envelope.sender if document.envelope else "") or ""
    # The tax number often stands beside the invoicee only; it is the buyer's when no other party says otherwise.
    tax_id = party.tax_id or document.party("invoicee").tax_id or ""
    return Named(
        gln=party.gln or "",
        code=(party.code or "")[:60],
        tax_id=plain_tax_id(tax_id)[:60],
        name=(party.name or document.party("invoicee").name or "")[:200],
        sender=sender[:60],
    )


def plain_tax_id(tax_id: str) -> str:
    """A tax number without spaces, dots and dashes, as they are compared."""
    return _FILLING.sub("", tax_id.upper())
