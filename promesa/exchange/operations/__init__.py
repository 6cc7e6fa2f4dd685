"""What may be done with what comes in."""

from promesa.exchange.operations.inbox import PartnerUnknown, receive_file
from promesa.exchange.operations.reading import read_file
from promesa.exchange.operations.rerun import DocumentNotWaiting, Rerun, reject_document, rerun, settle_documents

__all__ = [
    "DocumentNotWaiting",
    "PartnerUnknown",
    "Rerun",
    "read_file",
    "receive_file",
    "reject_document",
    "rerun",
    "settle_documents",
]
