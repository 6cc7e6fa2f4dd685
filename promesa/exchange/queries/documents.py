"""Documents with what each became and everything that was found in them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, QuerySet

from promesa.core import bulk, words
from promesa.core.words import Sentence
from promesa.exchange.formats import labels as format_labels
from promesa.exchange.models import Document, DocumentFinding


@dataclass(frozen=True, slots=True)
class DocumentFound:
    """One thing that is wrong or remarkable, in the document itself or in the order made of it."""

    code: str
    aspect: str
    severity: str
    line: str
    field: str
    received: str
    right: str
    params: Mapping[str, Any]
    open: bool
    in_order: bool = False

    def sentence(self, lang: str = "es") -> str:
        """What it is and what would be right, for a person."""
        values = {"received": self.received, "right": self.right, "line": self.line, "where": self.field, **self.params}
        if self.aspect == "format" and self.code in format_labels.SEVERITIES:
            return format_labels.sentence(self.code, values, lang)
        return words.say(self.code, values, lang)

    def as_json(self) -> dict[str, Any]:
        """The shape of the contracts."""
        return {
            "code": self.code, "aspect": self.aspect, "line": self.line or None, "field": self.field or None,
            "received": self.received or None, "right": self.right or None, "severity": self.severity,
            "sentence": {lang: self.sentence(lang) for lang in words.LANGUAGES},
        }  # fmt: skip


def documents(*, outcome: str = "", channel: str = "", text: str = "") -> QuerySet[Document]:
    """Documents, newest first, with their file, order and customer; filtered for the list of the intake page."""
    found = Document.objects.select_related("file", "file__partner", "order", "order__customer").order_by("-id")
    if outcome:
        found = found.filter(outcome=outcome)
    if channel:
        found = found.filter(file__channel=channel)
    if text:
        found = found.filter(number__icontains=text) | found.filter(file__name__icontains=text)
    return found


_WHOLE = Document.objects.select_related("file", "order", "duplicate_of__file", "duplicate_of__order")


def documents_of_file(*, file_id: int) -> list[Document]:
    """All documents of a file in their order, with orders and what they repeat."""
    return list(_WHOLE.filter(file_id=file_id).order_by("position"))


def documents_by_id(*, ids: Sequence[int]) -> list[Document]:
    """These documents in the order asked, with orders and what they repeat."""
    found = {one.pk: one for one in _WHOLE.filter(pk__in=ids)}
    return [found[id_] for id_ in ids]


def document_page(*, document_id: int) -> Document | None:
    """One document with its file, order, findings and repeats."""
    return (
        Document.objects.select_related("file", "file__partner", "order", "order__customer", "duplicate_of")
        .prefetch_related(Prefetch("findings", DocumentFinding.objects.order_by("id")), "repeats")
        .filter(pk=document_id)
        .first()
    )


_FINDINGS = """
SELECT f.document_id, f.code, f.aspect, f.severity, f.line, f.field, f.received, f."right", f.params::text,
       f.resolved_at IS NULL, false, f.id
FROM exchange_documentfinding f WHERE f.document_id = ANY(%(documents)s::bigint[])
UNION ALL
SELECT d.id, f.code, f.aspect, f.severity, coalesce(nullif(l.received->>'line', ''), l.line_number::text, ''), f.field,
       f.received, f."right", f.params::text, f.resolved_at IS NULL, true, f.id
FROM exchange_document d JOIN orders_finding f ON f.order_id = d.order_id
LEFT JOIN orders_orderline l ON l.id = f.line_id
WHERE d.id = ANY(%(documents)s::bigint[])
ORDER BY 1, 11, 12
"""


def findings_of(*, document_ids: Iterable[int]) -> dict[int, list[DocumentFound]]:
    """Everything found in these documents and in the orders made of them, in one statement."""
    found: dict[int, list[DocumentFound]] = {}
    for document, *plain, params, is_open, in_order, _ in bulk.rows(_FINDINGS, {"documents": list(document_ids)}):
        code, aspect, severity, line, field, received, right = plain
        found.setdefault(document, []).append(
            DocumentFound(code, aspect, severity, line, field, received, right, json.loads(params), is_open, in_order)
        )
    return found


def reason_sentence(reason: str) -> Sentence:
    """The name of a rejection as a sentence."""
    return Sentence("rejected_" + reason.lower())
