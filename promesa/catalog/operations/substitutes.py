"""Writing which items may stand in for which."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from promesa.access.queries import insist
from promesa.catalog.events import ItemChanged
from promesa.core import masters
from promesa.core.actors import Actor
from promesa.core.events import emit
from promesa.core.masters import Faults, Field, Put, Row, text, whole
from promesa.core.verbs import verb

SUBSTITUTIONS = (
    Field("sku", text(60, empty=False), "bigint", column="item_id", is_key=True),
    Field("substitute", text(60, empty=False), "bigint", column="substitute_id", is_key=True),
    Field("valid_from", masters.day, "date", is_key=True),
    Field("rank", whole(least=1, most=999), "smallint", default=1),
    Field("numerator", whole(least=1, most=1_000_000), "integer", default=1),
    Field("denominator", whole(least=1, most=1_000_000), "integer", default=1),
    Field("valid_to", masters.optional_day, "date"),
)


@verb
def put_substitutions(*, rows: Sequence[Row], by: Actor, at: datetime, keep_good: bool = False) -> Put:
    """Say which items may stand in for which, by SKU, substitute's SKU and first day; the lower rank is offered first.

    One base unit of the item is replaced by numerator/denominator base units of the substitute. `valid_to` is the first
    day on which it no longer counts.

    :raises Invalid: with all faults, unless `keep_good`.
    """
    insist(by, "change_item")
    faults = Faults()
    read = masters.read_rows(rows, SUBSTITUTIONS, faults)
    named = [clean[name] for clean in read.values() for name in ("sku", "substitute") if clean.get(name)]
    ids = masters.ids_of("catalog_item", "sku", named)
    for place, clean in read.items():
        if clean.get("sku") and clean.get("sku") == clean.get("substitute"):
            faults.add(place, "substitute", "substitute_of_itself", clean["substitute"])
    for name in ("sku", "substitute"):
        masters.replace_references(read, name, ids, faults, what="item")
    faults.settle(read, keep_good=keep_good)
    done = masters.upsert(table="catalog_substitution", fields=SUBSTITUTIONS, read=read)
    emit(*(ItemChanged(item_id=one, what="substitutes") for one in sorted({key[0] for key in done.ids})), by=by, at=at)
    return Put(len(rows), done.created, done.changed, faults.found, done.ids)
