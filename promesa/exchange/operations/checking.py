"""A person checks a paper beside its picture: what they correct makes the order, and teaches the sender's layout."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from promesa.access.queries import insist
from promesa.core import store, words
from promesa.core.actors import Actor
from promesa.core.errors import Invalid, NotFound
from promesa.core.events import emit
from promesa.core.verbs import verb
from promesa.exchange.events import LayoutLearnt
from promesa.exchange.formats import pdf, scan
from promesa.exchange.formats.pdf.learning import learn
from promesa.exchange.formats.scan import picture
from promesa.exchange.models import Document, Layout
from promesa.exchange.operations.outcomes import storable
from promesa.exchange.operations.rerun import DocumentNotWaiting, Rerun, confirm_document
from promesa.exchange.rules.checking import checked, values_of
from promesa.exchange.states import Outcome


def check_document(*, document_id: int, said: Mapping[str, str], by: Actor, at: datetime) -> Rerun:
    """Take what a person read on a paper (keys of `rules.checking.values_of`; days as YYYY-MM-DD, numbers with a point) in
    the place of what the reader read, and let the document go on. What they corrected is kept for its layout.

    :raises Invalid: with every field that cannot be read; nothing is changed then.
    :raises DocumentNotWaiting: if it does not wait for a person.
    :raises NotAllowed: without the right to take in documents.
    """
    insist(by, "take_in")
    _correct(document_id=document_id, said=said, by=by, at=at)
    return confirm_document(document_id=document_id, by=by, at=at)


@verb
def _correct(*, document_id: int, said: Mapping[str, str], by: Actor, at: datetime) -> None:
    document = Document.objects.select_for_update(of=("self",)).filter(pk=document_id).first()
    if document is None:
        raise NotFound(what=f"document {document_id}")
    if document.outcome != Outcome.WAITING or document.order_id is not None:
        raise DocumentNotWaiting(subject=f"document:{document_id}", outcome=document.outcome)
    result = checked(document.neutral, said)
    if result.faults:
        raise Invalid(
            f"document:{document_id}",
            [
                {
                    "field": key,
                    "code": code,
                    "received": text,
                    "sentence": words.both(code, {"received": text, "most": 300}),
                }
                for key, code, text in result.faults
            ],
        )
    places: dict[str, Any] = dict(result.neutral.get("places", {}))
    for key in result.changed:
        places[key] = {**places.get(key, {}), "confidence": "1", "corrected": True}
    neutral = {**result.neutral, "places": places}
    document.neutral = json.loads(storable(json.dumps(neutral)))
    document.number = str(neutral.get("number") or "")[:80]
    document.save(update_fields=["neutral", "number"])
    # What was unsure, missing or disagreed was looked at by a person now.
    document.findings.filter(resolved_at=None, severity="blocking").update(resolved_at=at)


@verb
def learn_layout(*, document_id: int, by: Actor, at: datetime) -> bool:
    """Learn a sender's layout from a checked paper; says whether there was anything to learn. Reads the pages again, which
    takes seconds for a scan: a job of the worker.

    :raises NotFound: if there is no such document.
    """
    document = Document.objects.select_related("file__partner").filter(pk=document_id).first()
    if document is None:
        raise NotFound(what=f"document {document_id}")
    content = store.load(document.file.sha256)
    if pdf.looks_like(content):
        pages = pdf.pages_of(content)
    elif scan.looks_like(content) and scan.engine.available():
        pages, _ = scan.pages_of(picture.frames_of(content)[0])
    else:
        return False
    right = {_column(key, document.neutral): value for key, value in values_of(document.neutral).items() if value}
    buyer = document.neutral.get("parties", {}).get("buyer", {})
    sender = str(buyer.get("tax_id") or buyer.get("gln") or buyer.get("name") or "")[:80]
    template = learn(pages, right, name=sender or document.file.name)
    if not template.get("anchors") or not (template.get("fields") or template.get("columns")):
        return False
    Layout.objects.update_or_create(
        learnt_from=document,
        defaults={
            "partner": document.file.partner, "sender": sender, "template": json.loads(storable(json.dumps(template, default=str))),
            "taught_by": str(by), "taught_at": at, "active": True,
        },
    )  # fmt: skip
    emit(LayoutLearnt(document_id=document_id, sender=sender), by=by, at=at)
    return True


def _column(key: str, neutral: Mapping[str, Any]) -> str:
    """The key by which the reader knows a checked field: a code by its kind."""
    head, _, name = key.rpartition(".")
    if name != "code" or not head.startswith("lines."):
        return key
    line = neutral["lines"][int(head.split(".")[1]) - 1]
    return f"{head}.{next((code for code in ('seller_code', 'buyer_code', 'gtin') if line.get(code)), 'seller_code')}"
