"""Partners for tests of what goes out: who is answered, where their folder is, what they send back."""

from __future__ import annotations

import json
from pathlib import Path

from django.conf import settings

from promesa.core import bulk
from promesa.exchange import operations
from promesa.exchange.formats.neutral import NeutralDocument
from promesa.exchange.models import Document, OutgoingDocument
from promesa.exchange.rules import revived
from promesa.exchange.tests.company import AT, BY, take_in

KINDS = ("order_response", "despatch_advice", "invoice", "credit_note")


def add_partner(
    code: str = "P-1", *, customer: str = "C-1", format_: str = "json", channel: str = "folder", kinds=KINDS, **said
):
    """A partner of a customer that is sent documents of these kinds."""
    row = bulk.row("SELECT id FROM customers_customer WHERE number = %s", [customer])
    own = {name: said.pop(name) for name in ("identifier", "tolerance", "acknowledges") if name in said}
    partner = operations.put_partner(code=code, customer_id=row[0] if row else None, by=BY, at=AT, **own)
    for kind in kinds:
        operations.set_answer(partner_code=code, kind=kind, format_=format_, channel=channel, by=BY, at=AT, **said)
    return partner


def outbox(code: str = "P-1") -> list[Path]:
    """The files that lie in a partner's box, by name."""
    return sorted((Path(settings.HOME) / "exchange" / "outbox" / code).glob("*"))


def sent_json(path: Path) -> dict:
    return json.loads(path.read_bytes())


def only_row(kind: str = "order_response") -> OutgoingDocument:
    return OutgoingDocument.objects.get(kind=kind)


def application_response(
    number: str, *, code: str = "AP", id_: str = "AR-1", sender: str = "C-1", reason: str = ""
) -> bytes:
    """A UBL ApplicationResponse of a customer to a document of ours."""
    status = f"<cac:Status><cbc:StatusReason>{reason}</cbc:StatusReason></cac:Status>" if reason else ""
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<ApplicationResponse xmlns="urn:oasis:names:specification:ubl:schema:xsd:ApplicationResponse-2"
 xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
 xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">
 <cbc:CustomizationID>urn:fdc:peppol.eu:poacc:trns:mlr:3</cbc:CustomizationID>
 <cbc:ProfileID>urn:fdc:peppol.eu:poacc:bis:mlr:3</cbc:ProfileID>
 <cbc:ID>{id_}</cbc:ID><cbc:IssueDate>2026-03-03</cbc:IssueDate>
 <cac:SenderParty><cbc:EndpointID schemeID="0088">{sender}</cbc:EndpointID>
  <cac:PartyIdentification><cbc:ID>{sender}</cbc:ID></cac:PartyIdentification></cac:SenderParty>
 <cac:ReceiverParty><cbc:EndpointID schemeID="0088">8400000000017</cbc:EndpointID></cac:ReceiverParty>
 <cac:DocumentResponse><cac:Response><cbc:ResponseCode>{code}</cbc:ResponseCode>{status}</cac:Response>
  <cac:DocumentReference><cbc:ID>{number}</cbc:ID></cac:DocumentReference></cac:DocumentResponse>
</ApplicationResponse>""".encode()


def read_neutral(content: bytes, **given) -> list[NeutralDocument]:
    """Stands in for the readers: the bytes are neutral forms as JSON."""
    said = json.loads(content)
    return [revived(one) for one in (said if isinstance(said, list) else [said])]


def bring(monkeypatch, *documents: dict, name: str = "", at=AT, **said) -> list[Document]:
    """Take in documents that are given as neutral forms, by the usual way but for their reader."""
    content = json.dumps(list(documents)).encode()
    with monkeypatch.context() as patched:
        patched.setattr("promesa.exchange.operations.reading.formats.documents", read_neutral)
        return take_in(content, name or "neutral.json", at=at, **said)


def order_change(*lines: dict, po: str = "PO-1", number: str = "CH-1", kind: str = "order_change", **said) -> dict:
    """A change of an order in the neutral form; `lines` have `line_number`, `seller_code`, `quantity` ..."""
    return {
        "format": "test", "kind": kind, "number": number, "parties": {"buyer": {"code": "C-1"}},
        "references": {"order": po}, "lines": list(lines), **said,
    }  # fmt: skip
