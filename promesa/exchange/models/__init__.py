"""What exchange keeps: partners, what came in, what goes out."""

from promesa.exchange.models.alignment import CatalogueEntry, Misalignment
from promesa.exchange.models.erp import ErpLink, ErpRefused, ErpSystem
from promesa.exchange.models.inbox import Document, DocumentFinding, InboxFile
from promesa.exchange.models.layouts import Layout
from promesa.exchange.models.mail import MailAddress, Mailbox, MailMessage
from promesa.exchange.models.outgoing import OutgoingDocument, SendingAttempt
from promesa.exchange.models.partners import Partner, PartnerAnswer, PartyCode

__all__ = [
    "CatalogueEntry",
    "Document",
    "DocumentFinding",
    "ErpLink",
    "ErpRefused",
    "ErpSystem",
    "InboxFile",
    "Layout",
    "MailAddress",
    "MailMessage",
    "Mailbox",
    "Misalignment",
    "OutgoingDocument",
    "Partner",
    "PartnerAnswer",
    "PartyCode",
    "SendingAttempt",
]
