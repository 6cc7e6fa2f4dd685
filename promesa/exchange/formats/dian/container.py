"""The container (AttachedDocument) that an invoice of DIAN travels in: the invoice, and DIAN's word that it is valid."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from lxml import etree

from promesa.exchange.formats.dian import codes
from promesa.exchange.formats.given import Given
from promesa.exchange.formats.neutral import Envelope, NeutralDocument, unreadable
from promesa.exchange.formats.ubl.parties import Element
from promesa.exchange.formats.xml import parsing
from promesa.exchange.formats.xml.values import Walk

INSIDE = "cac:Attachment/cac:ExternalReference/cbc:Description"
_VERIFIED = "cac:ParentDocumentLineReference/cac:DocumentReference"
FORMAT = "dian-attached-document"

ReadRoot = Callable[[etree._Element, Given], list[NeutralDocument]]


def read(walk: Walk, root: Element, given: Given, *, alone: ReadRoot) -> list[NeutralDocument]:
    """The documents in a container, with who sent it and what DIAN answered.

    :param alone: reads a root when there is no reading of files within files.
    """
    text = _text_inside(walk, root)
    if text is None:
        walk.fault("container_empty", root, right=INSIDE)
        return [replace(unreadable(FORMAT, envelope=_envelope(walk, root)), faults=walk.found())]
    content = text.encode()
    documents = given.inside(content, "")
    if not documents:
        inner, faults = parsing.parse(content)
        documents = alone(inner, given) if inner is not None else [unreadable(FORMAT, *faults)]
    first = documents[0]
    _check(walk, root, first)
    said = _verified(walk, root)
    common = walk.found()
    return [
        replace(
            document,
            envelope=_with_test(_envelope(walk, root), document),
            references={**document.references, **said},
            faults=(*common, *document.faults),
        )
        for document in documents
    ]


def _text_inside(walk: Walk, root: Element) -> str | None:
    for found in walk.all(root, INSIDE):
        text = (found.text or "").strip()
        if text:
            return text
    return None


def _envelope(walk: Walk, root: Element) -> Envelope | None:
    found = Envelope(
        sender=walk.text(root, "cac:SenderParty/cac:PartyTaxScheme/cbc:CompanyID"),
        receiver=walk.text(root, "cac:ReceiverParty/cac:PartyTaxScheme/cbc:CompanyID"),
        reference=walk.text(root, "cbc:ID"),
        test=walk.text(root, "cbc:ProfileExecutionID") == codes.TEST,
    )
    return found if found != Envelope() else None


def _with_test(envelope: Envelope | None, document: NeutralDocument) -> Envelope | None:
    if envelope is None or (document.envelope is not None and document.envelope.test):
        return replace(envelope or Envelope(), test=True) if document.envelope is not None else envelope
    return envelope


def _check(walk: Walk, root: Element, document: NeutralDocument) -> None:
    """The number that the container names, and the CUFE that DIAN answered, are those of what is inside."""
    said = walk.text(root, "cbc:ParentDocumentID")
    if said is not None and document.number is not None and said != document.number:
        walk.fault("container_differs", root, "cbc:ParentDocumentID", received=said, right=document.number)
    uuid = walk.text(root, f"{_VERIFIED}/cbc:UUID")
    inside = next((document.references[name] for name in ("cufe", "cude", "cuds") if name in document.references), None)
    if uuid is not None and inside is not None and uuid.lower() != inside.lower():
        walk.fault("container_differs", root, f"{_VERIFIED}/cbc:UUID", received=uuid, right=inside)
    result = walk.text(root, f"{_VERIFIED}/cac:ResultOfVerification/cbc:ValidationResultCode")
    if result is not None and result != codes.VALIDATED:
        path = f"{_VERIFIED}/cac:ResultOfVerification/cbc:ValidationResultCode"
        walk.fault("not_validated", root, path, received=result, right=codes.VALIDATED)


def _verified(walk: Walk, root: Element) -> dict[str, str]:
    """What DIAN answered: the code of its result and when."""
    result = f"{_VERIFIED}/cac:ResultOfVerification"
    day, hour = walk.text(root, f"{result}/cbc:ValidationDate"), walk.text(root, f"{result}/cbc:ValidationTime")
    said = {
        "validation": walk.text(root, f"{result}/cbc:ValidationResultCode"),
        "validated_at": " ".join(part for part in (day, hour) if part) or None,
        "validator": walk.text(root, f"{result}/cbc:ValidatorID"),
    }
    return {name: text for name, text in said.items() if text is not None}
