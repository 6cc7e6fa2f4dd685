"""Bills of others that are filed: the same one twice is a duplicate, another under a known number is told."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from promesa.core import bulk
from promesa.exchange.formats.neutral import NeutralDocument
from promesa.exchange.rules.names import plain_tax_id
from promesa.exchange.rules.routing import content_hash
from promesa.exchange.states import Outcome

if TYPE_CHECKING:
    from promesa.exchange.operations.outcomes import Decision

BILLS = frozenset({"invoice", "credit_note", "debit_note"})
NUMBER_AGAIN = "bill_number_again"
_KNOWN = """
SELECT subject, content_hash, id FROM exchange_document WHERE subject = ANY(%s::text[]) AND outcome = 'filed' ORDER BY id DESC
"""


def bill_of(document: NeutralDocument) -> str:
    """What makes a bill the only one of its kind: who issued it, its number, its year (many begin anew each year)."""
    seller = document.party("seller")
    issuer = plain_tax_id(seller.tax_id or "") or seller.gln or seller.code or (seller.name or "").casefold()
    if document.kind not in BILLS or not document.number or not issuer:
        return ""
    year = str(document.issued_on)[:4]
    said = "\n".join((document.kind, issuer, document.number.strip().upper(), year))
    return "bill:" + hashlib.sha256(said.encode()).hexdigest()[:40]


def is_bill(subject: str) -> bool:
    """Whether the subject of a document only says which bill it is: that is for nobody's eyes."""
    return subject.startswith("bill:")


def compare_bills(decisions: Sequence[Decision], ids: Mapping[int, int]) -> None:
    """Say of each bill that is to be filed whether it is here already, or another one of its number. `ids` by position.

    Inside the reader's transaction: who brings the same bill at the same time waits here.
    """
    bills = [(subject, one) for one in decisions if one.outcome == Outcome.FILED and (subject := bill_of(one.document))]
    if not bills:
        return
    subjects = sorted({subject for subject, _ in bills})
    for subject in subjects:
        bulk.rows("SELECT pg_advisory_xact_lock(%s)", [int(subject[5:20], 16)])
    known: dict[str, dict[str, int]] = {}
    for subject, hash_, id_ in bulk.rows(_KNOWN, [subjects]):
        known.setdefault(subject, {})[hash_] = id_
    for subject, one in bills:
        one.subject, one.content_hash = subject, content_hash(one.document)
        before = known.setdefault(subject, {})
        if one.content_hash in before:
            one.outcome, one.reason = Outcome.DUPLICATE, "DUPLICATE"
            one.duplicate_of = before[one.content_hash]
            continue
        if before:
            one.findings.append(
                {"code": NUMBER_AGAIN, "aspect": "reference", "severity": "warning", "line": "", "field": "number",
                 "received": (one.document.number or "")[:300], "right": "", "params": {"document_id": min(before.values())}}
            )  # fmt: skip
        before[one.content_hash] = ids[one.position]
