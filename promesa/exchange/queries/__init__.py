"""Questions about what came in."""

from promesa.exchange.queries.buyers import Names, names_known
from promesa.exchange.queries.documents import (
    DocumentFound,
    document_page,
    documents,
    documents_by_id,
    documents_of_file,
    findings_of,
)
from promesa.exchange.queries.inbox import FileWaiting, counts, erp_systems, pending_files, stuck_files
from promesa.exchange.queries.near import near_matches
from promesa.exchange.queries.repairs import Repair, repairs

__all__ = [
    "DocumentFound",
    "FileWaiting",
    "Names",
    "Repair",
    "counts",
    "document_page",
    "documents",
    "documents_by_id",
    "documents_of_file",
    "erp_systems",
    "findings_of",
    "names_known",
    "near_matches",
    "pending_files",
    "repairs",
    "stuck_files",
]
