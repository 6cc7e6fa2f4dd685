"""What exchange keeps: partners, what came in, what goes out."""

from promesa.exchange.models.inbox import Document, DocumentFinding, InboxFile
from promesa.exchange.models.outgoing import OutgoingDocument, SendingAttempt
from promesa.exchange.models.partners import Partner, PartnerAnswer, PartyCode

__all__ = [
    "Document",
    "DocumentFinding",
    "InboxFile",
    "OutgoingDocument",
    "Partner",
    "PartnerAnswer",
    "PartyCode",
    "SendingAttempt",
]
