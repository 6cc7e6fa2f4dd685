"""Acknowledging the files of partners: always, or when the file asks for it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from promesa.core import store
from promesa.core.actors import Actor
from promesa.core.verbs import verb
from promesa.exchange import formats
from promesa.exchange.formats.neutral import NeutralDocument
from promesa.exchange.models import InboxFile
from promesa.exchange.operations.outgoing import ToSend, put_out
from promesa.exchange.operations.reading import mapping_of
from promesa.exchange.queries.answering import company
from promesa.exchange.queries.documents import documents_of_file, findings_of
from promesa.exchange.queries.recipients import Recipient, partner_named, recipient_of_partner
from promesa.exchange.rules.acknowledging import Became, acknowledgements
from promesa.exchange.rules.envelopes import asks_for_acknowledgement, sender_of


def acknowledge_files(*, file_ids: Collection[int], by: Actor, at: datetime) -> list[int]:
    """Make the acknowledgements of these files for partners that are to get them; once for each. Returns their ids.

    A file is read once more, since what is answered tells where in it a fault is. One that came by nobody's door is of the
    partner that its envelope names: what is answered goes where that partner has said, whoever brought the file.
    """
    made: list[int] = []
    for file in InboxFile.objects.filter(pk__in=list(file_ids)).select_related("partner__customer").order_by("pk"):
        if file.partner is None and file.size > formats.MAX_BYTES:
            continue
        content = store.load(file.sha256)
        partner = file.partner = file.partner or partner_named(sender_of(content), on=at.date())
        if partner is None or partner.acknowledges == "never":
            continue
        recipient = recipient_of_partner(partner_id=partner.pk, kind="acknowledgement")
        if recipient is None or (partner.acknowledges == "on_request" and not asks_for_acknowledgement(content)):
            continue
        documents = formats.read(content, filename=file.name, mapping=mapping_of(file))
        made += _put(file=file, recipient=recipient, documents=documents, by=by, at=at)
    return made


@verb
def _put(
    *, file: InboxFile, recipient: Recipient, documents: Sequence[NeutralDocument], by: Actor, at: datetime
) -> list[int]:
    customer = file.partner.customer if file.partner is not None else None
    lang = customer.language if customer is not None else "es"
    said = acknowledgements(
        documents, _became(file, lang), format_=recipient.format, number=f"AR-{file.pk}", issued_on=at.date(), lang=lang
    )
    drafts = [
        ToSend(recipient, f"file:{file.pk}" + (f"/{n}" if n > 1 else ""), 1, one, customer.pk if customer else None)
        for n, one in enumerate(said, 1)
    ]
    return put_out(drafts=drafts, us=company(on=at.date()), by=by, at=at)


def _became(file: InboxFile, lang: str) -> dict[int, Became]:
    rows = documents_of_file(file_id=file.pk)
    found = findings_of(document_ids=[row.pk for row in rows])
    return {
        row.position: Became(
            row.outcome, row.reason,
            [(one.code, one.sentence(lang), one.line) for one in found.get(row.pk, []) if one.severity != "note"],
        )
        for row in rows
    }  # fmt: skip
