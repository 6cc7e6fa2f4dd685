"""Who sends documents, and under which codes they name buyers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from promesa.access.queries import insist
from promesa.core import bulk, masters
from promesa.core.actors import Actor
from promesa.core.errors import Refused
from promesa.core.masters import Faults, Field, Put, Row, text
from promesa.core.verbs import verb
from promesa.exchange.formats import Mapping
from promesa.exchange.models import Partner

PARTIES = (
    Field("code", text(60, empty=False), "text", is_key=True),
    Field("customer", text(40, empty=False), "bigint", column="customer_id", is_needed=True),
)


class MappingUnknown(Refused):
    """The mapping is none that the readers of tables understand."""


@verb
def put_parties(*, rows: Sequence[Row], by: Actor, at: datetime, keep_good: bool = False) -> Put:
    """Say which customer a code in documents stands for (cross-reference of parties).

    :raises Invalid: with all faults, unless `keep_good`.
    """
    insist(by, "change_item_code")
    faults = Faults()
    read = masters.read_rows(rows, PARTIES, faults)
    wanted = (clean["customer"] for clean in read.values() if clean.get("customer"))
    known = masters.ids_of("customers_customer", "number", wanted)
    masters.replace_references(read, "customer", known, faults, what="customer")
    stored = bulk.rows(
        "SELECT code FROM exchange_partycode WHERE code = ANY(%s)", [[one["code"] for one in read.values()]]
    )
    masters.check_needed(read, PARTIES, dict.fromkeys(stored, True), faults)
    faults.settle(read, keep_good=keep_good)
    done = masters.upsert(table="exchange_partycode", fields=PARTIES, read=read)
    return Put(len(rows), done.created, done.changed, faults.found, done.ids)


@verb
def put_partner(*, code: str, by: Actor, at: datetime, **values: Any) -> Partner:
    """Create or change a partner: name, identifier, customer_id, channel, mapping (how it writes tables).

    :raises MappingUnknown: if the mapping is none that the readers of tables understand.
    """
    insist(by, "change_item_code")
    if values.get("mapping"):
        faults = Mapping.of(values["mapping"]).faults()
        if faults:
            raise MappingUnknown(problem=faults[0].sentence("es"))
    partner, _ = Partner.objects.update_or_create(code=code[:40], defaults={"name": code[:120], **values})
    return partner
