"""Keeping a customer's catalogue beside our masters: what they say is kept, compared, and every difference has an owner."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from promesa.catalog import operations as catalog
from promesa.core import bulk, identifiers
from promesa.core.actors import Actor
from promesa.core.errors import NotFound, Refused
from promesa.core.events import emit
from promesa.core.masters import TOLD, Faults, Put
from promesa.core.quantities import unit_code
from promesa.core.verbs import verb
from promesa.exchange.events import MastersAligned
from promesa.exchange.formats.neutral import NeutralDocument
from promesa.exchange.models import Misalignment
from promesa.exchange.queries.alignment import entries_of, missing_of, ours_for
from promesa.exchange.rules.alignment import OWNED_BY, Difference, Field, Theirs, compare

LONGEST_UNIT = 6
DELETING = frozenset({"cancel", "deletion"})  # functions of a catalogue that takes its items out


class CannotTake(Refused):
    """Their value cannot be taken over by itself."""


_SAY = """
INSERT INTO exchange_catalogueentry (customer_id, key, buyer_code, gtin, seller_code, text, unit_code, pack, price, price_basis,
    currency, document_id, said_at)
SELECT %(customer)s, key, buyer_code, gtin, seller_code, text, unit_code, pack, price, basis, currency, %(document)s, %(at)s
FROM unnest(%(keys)s::text[], %(buyer_codes)s::text[], %(gtins)s::text[], %(seller_codes)s::text[], %(texts)s::text[],
    %(units)s::text[], %(packs)s::numeric[], %(prices)s::numeric[], %(bases)s::numeric[], %(currencies)s::text[])
    t(key, buyer_code, gtin, seller_code, text, unit_code, pack, price, basis, currency)
ON CONFLICT (customer_id, key) DO UPDATE SET buyer_code = excluded.buyer_code, gtin = excluded.gtin,
    seller_code = excluded.seller_code, text = excluded.text, unit_code = excluded.unit_code, pack = excluded.pack,
    price = excluded.price, price_basis = excluded.price_basis, currency = excluded.currency,
    document_id = excluded.document_id, said_at = excluded.said_at
"""
_DROP = """
DELETE FROM exchange_catalogueentry e USING unnest(%(keys)s::text[], %(codes)s::text[], %(gtins)s::text[]) t(key, code, gtin)
WHERE e.customer_id = %(customer)s AND (e.key = t.key OR (
    (t.gtin <> '' OR t.code <> '') AND (t.gtin = '' OR e.gtin = t.gtin) AND (t.code = '' OR e.buyer_code = t.code)))
"""


@verb
def take_catalogue(
    *,
    customer_id: int,
    entries: Sequence[Theirs],
    whole: bool = True,
    dropped: Sequence[Theirs] = (),
    by: Actor,
    at: datetime,
    document_id: int | None = None,
) -> dict[str, int]:
    """Keep what a customer's catalogue says, and compare it. A `whole` catalogue replaces what they said before; another
    adds to it, and takes out what is `dropped`. Of entries with one key, GTIN and unit the last counts. Returns items,
    found (new differences), open, settled."""
    bulk.rows("SELECT id FROM customers_customer WHERE id = %s FOR NO KEY UPDATE", [customer_id])
    last = _by_key(entries, set() if whole else {one.key for one in entries_of(customer_id=customer_id)})
    if whole:
        bulk.run(
            "DELETE FROM exchange_catalogueentry WHERE customer_id = %s AND NOT key = ANY(%s::text[])",
            [customer_id, list(last)],
        )
    elif dropped:
        bulk.run(_DROP, {
            "customer": customer_id, "keys": [one.key for one in dropped], "codes": [one.buyer_code for one in dropped],
            "gtins": [one.gtin for one in dropped],
        })  # fmt: skip
    rows = list(last.values())
    bulk.run(
        _SAY,
        {
            "customer": customer_id, "document": document_id, "at": at, "keys": [one.key for one in rows],
            "buyer_codes": [one.buyer_code for one in rows], "gtins": [one.gtin for one in rows],
            "seller_codes": [one.seller_code for one in rows], "texts": [one.text[:300] for one in rows],
            "units": [one.unit_code for one in rows], "packs": [one.pack for one in rows],
            "prices": [one.price for one in rows], "bases": [one.price_basis for one in rows],
            "currencies": [one.currency for one in rows],
        },
    )  # fmt: skip
    return _align(customer_id, by, at)


def _by_key(entries: Sequence[Theirs], known: Collection[str]) -> dict[str, Theirs]:
    """Entries by a key that is theirs alone: a piece and its case that go by one code of theirs are two."""
    kinds: dict[str, set[str]] = {}
    for one in entries:
        kinds.setdefault(one.key, set()).add(one.gtin or one.unit_code)
    found = {}
    for one in entries:
        longer = f"{one.key} {one.gtin or one.unit_code}".strip()[:80]
        key = longer if len(kinds[one.key]) > 1 or longer in known else one.key
        if key:
            found[key] = replace(one, key=key)
    return found


@verb
def align(*, customer_id: int, by: Actor, at: datetime) -> dict[str, int]:
    """Compare a customer's catalogue with our masters as they are now: new differences get an owner, those that are gone
    are settled. Comparing again changes nothing."""
    bulk.rows("SELECT id FROM customers_customer WHERE id = %s FOR NO KEY UPDATE", [customer_id])
    return _align(customer_id, by, at)


def put_catalogues(*, rows: Sequence[Mapping[str, Any]], by: Actor, at: datetime, keep_good: bool = False) -> Put:
    """Keep rows of customers' catalogues (customer, buyer_code, gtin, sku, text, unit_code, numerator = base units in one,
    unit_price, basis_quantity, currency), each customer's as a whole, and compare them. What a customer whose rows are
    not all right said before stays beside what is.

    :raises Invalid: with all faults, unless the good rows are to be kept.
    """
    faults, of_customer = Faults(), dict[int, list[Theirs]]()
    numbers = {str(row["customer"]) for row in rows if isinstance(row.get("customer"), str)}
    ids = dict(bulk.rows("SELECT number, id FROM customers_customer WHERE number = ANY(%s::text[])", [list(numbers)]))
    for place, row in enumerate(rows, start=1):
        wrong = [name for name, value in row.items() if value is TOLD]
        for name in wrong:
            faults.mark(place, name)
        if not wrong and row.get("customer") not in ids:
            faults.add(place, "customer", "reference_unknown", row.get("customer"), what="customer")
        elif not wrong and not (row.get("buyer_code") or row.get("gtin") or row.get("sku")):
            faults.add(place, "buyer_code", "field_missing")
        elif not wrong:
            of_customer.setdefault(ids[row["customer"]], []).append(_theirs(row))
    faults.settle(keep_good=keep_good)
    # Of a row that names nobody it is not known whose it is: then nobody's rows are sure to be all they have.
    unsure = {ids.get(str(rows[place - 1].get("customer"))) for place in faults.rows}
    found = [
        take_catalogue(customer_id=one, entries=entries, whole=unsure.isdisjoint((one, None)), by=by, at=at)
        for one, entries in of_customer.items()
    ]
    return Put(rows=len(rows), created=sum(one["items"] for one in found), rejected=faults.found)


def _theirs(row: Mapping[str, Any]) -> Theirs:
    gtin = str(row.get("gtin", "")).replace(" ", "")[:14]
    codes = [str(row.get("buyer_code", ""))[:60], gtin, str(row.get("sku", ""))[:60]]
    number = {
        name: Decimal(str(row[name])) if row.get(name) is not None else None for name in ("numerator", "unit_price")
    }
    return Theirs(
        key=next(code for code in codes if code), buyer_code=codes[0], gtin=gtin, seller_code=codes[2],
        text=str(row.get("text", "")), unit_code=_unit(str(row.get("unit_code", ""))), pack=number["numerator"],
        price=number["unit_price"], price_basis=Decimal(str(row.get("basis_quantity") or 1)),
        currency=str(row.get("currency", ""))[:3].upper(),
    )  # fmt: skip


def _unit(received: str) -> str:
    """A unit as it is kept: as the customer writes it, who may mean something of their own by it; longer words by our code."""
    written = received.strip().upper()
    return written if len(written) <= LONGEST_UNIT else unit_code(written)[:LONGEST_UNIT]


_FIND = """
INSERT INTO exchange_misalignment (customer_id, key, item_id, field, ours, theirs, owner, found_at)
SELECT %(customer)s, key, item, field, ours, theirs, owner, %(at)s
FROM unnest(%(keys)s::text[], %(items)s::bigint[], %(fields)s::text[], %(ours)s::text[], %(theirs)s::text[], %(owners)s::text[])
    t(key, item, field, ours, theirs, owner)
ON CONFLICT (customer_id, key, field) WHERE settled_at IS NULL DO UPDATE SET item_id = excluded.item_id, ours = excluded.ours,
    theirs = excluded.theirs
RETURNING (xmax = 0)
"""
_SETTLE = """
UPDATE exchange_misalignment m SET settled_at = %(at)s WHERE customer_id = %(customer)s AND settled_at IS NULL
  AND NOT EXISTS (SELECT 1 FROM unnest(%(keys)s::text[], %(fields)s::text[]) t(key, field)
                  WHERE t.key = m.key AND t.field = m.field)
"""


def _align(customer_id: int, by: Actor, at: datetime) -> dict[str, int]:
    entries = entries_of(customer_id=customer_id)
    named = ours_for(customer_id=customer_id, entries=entries, day=at.date())
    found: list[Difference] = [one for theirs in entries for one in compare(theirs, named.get(theirs.key, ()))]
    covered = {ours.item_id for some in named.values() for ours in some}
    lacking = missing_of(customer_id=customer_id, covered=covered, at=at) if entries else []
    found += [Difference(sku, item_id, Field.MISSING, name, "") for item_id, sku, name in lacking]
    params = {
        "customer": customer_id, "at": at, "keys": [one.key for one in found], "items": [one.item_id for one in found],
        "fields": [str(one.field) for one in found], "ours": [one.ours[:300] for one in found],
        "theirs": [one.theirs[:300] for one in found], "owners": [one.owner for one in found],
    }  # fmt: skip
    fresh = sum(new for (new,) in bulk.rows(_FIND, params)) if found else 0
    settled = bulk.run(_SETTLE, params)
    if fresh or settled:
        emit(MastersAligned(customer_id=customer_id, items=len(entries), found=fresh, settled=settled), by=by, at=at)
    return {"items": len(entries), "found": fresh, "open": len(found), "settled": settled}


@verb
def give_misalignment(*, misalignment_id: int, owner: str, by: Actor, at: datetime) -> None:
    """Say who has to mend a difference: back_office, sales, or the customer, who counts as told from then on.

    :raises NotFound: if there is no such open difference, or no such owner.
    """
    if owner not in OWNED_BY:
        raise NotFound(what=owner)
    told = at if owner == "customer" else None
    done = Misalignment.objects.filter(pk=misalignment_id, settled_at=None).update(owner=owner, told_at=told)
    if not done:
        raise NotFound(what=f"misalignment {misalignment_id}")


@verb
def take_theirs(*, misalignment_id: int, sku: str = "", by: Actor, at: datetime) -> dict[str, int]:
    """Take over what the customer says: a code or GTIN becomes a cross-reference of theirs (to `sku` where we did not know
    the item), a unit and pack become a pack of the item. Then compare again. Prices are agreed, not taken.

    :raises NotFound: if there is no such open difference.
    :raises CannotTake: if it is a price, a description, or an item that is named by nobody.
    """
    one = (
        Misalignment.objects.select_for_update(of=("self",))
        .filter(pk=misalignment_id, settled_at=None)
        .select_related("item")
        .first()
    )
    if one is None:
        raise NotFound(what=f"misalignment {misalignment_id}")
    row = bulk.row("SELECT number FROM customers_customer WHERE id = %s", [one.customer_id])
    entry = bulk.named(
        "SELECT * FROM exchange_catalogueentry WHERE customer_id = %s AND key = %s", [one.customer_id, one.key]
    )
    target = sku or (one.item.sku if one.item else "")
    if (
        row is None
        or not entry
        or not target
        or one.field not in (Field.ITEM, Field.CODES, Field.GTIN, Field.UNIT, Field.PACK)
    ):
        raise CannotTake(field=one.field)
    said = entry[0]
    if one.field in (Field.ITEM, Field.CODES, Field.GTIN):
        codes = _own_codes(said, gtin_only=one.field == Field.GTIN)
        catalog.put_item_codes(rows=[{"customer": row[0], "code": code, "sku": target} for code in codes], by=by, at=at)
    else:
        if not said["unit_code"] or said["pack"] is None or said["pack"] != int(said["pack"]):
            raise CannotTake(field=one.field)
        pack = {"level": "case", "unit_code": said["unit_code"], "numerator": int(said["pack"])}
        catalog.put_items(rows=[{"sku": target, "packs": [pack]}], by=by, at=at)
    return _align(one.customer_id, by, at)


def _own_codes(said: dict[str, Any], *, gtin_only: bool) -> list[str]:
    codes = [said["gtin"]] if gtin_only else [said["buyer_code"], said["gtin"]]
    return [code for code in dict.fromkeys(codes) if code]


def entries_in(document: NeutralDocument) -> list[Theirs]:
    """What a price catalogue that was read says of each item that is in it."""
    return list(_entries(document, dropped=False))


def dropped_in(document: NeutralDocument) -> list[Theirs]:
    """The items that a price catalogue says are in it no more."""
    return list(_entries(document, dropped=True))


def _entries(document: NeutralDocument, *, dropped: bool) -> Iterable[Theirs]:
    for line in document.lines:
        if dropped != (document.function in DELETING or (line.attributes or {}).get("action") == "deleted"):
            continue
        key = line.buyer_code or line.gtin or line.seller_code or ""
        said = line.quantities or {}
        pack = said.get("per_pack") or said.get("consumer_units")
        yield Theirs(
            key=key[:80], buyer_code=(line.buyer_code or "")[:60],
            gtin=line.gtin if line.gtin and identifiers.is_gtin(line.gtin) else "", seller_code=(line.seller_code or "")[:60],
            text=line.text or line.name or "", unit_code=_unit(line.unit_code or ""), pack=pack,
            price=line.price if line.price_kind != "information" else None,
            price_basis=line.price_basis or Decimal(1), currency=document.currency or "",
        )  # fmt: skip
