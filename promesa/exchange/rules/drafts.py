"""How a neutral document becomes the draft of an order: nothing guessed, nothing lost."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from decimal import Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo

from promesa.core import identifiers
from promesa.core.quantities import same_unit
from promesa.exchange.formats.neutral import NeutralDocument, NeutralLine, Party, Window
from promesa.exchange.rules.names import buyer_of
from promesa.orders.rules import DraftLine, OrderDraft

ONE = Decimal(1)
_NET = ("", "net")
Moment = datetime | date | None


@dataclass(frozen=True, slots=True)
class Place:
    """A site of the buyer's: its number, its GLN, its time zone and its address."""

    number: str
    gln: str
    zone: str
    is_default: bool = False
    street: str = ""
    postcode: str = ""


@dataclass(frozen=True, slots=True)
class Buyer:
    """The customer that a document comes from, with the places it may name."""

    customer_id: int
    places: tuple[Place, ...] = field(default=())

    def place(self, *, number: str, gln: str) -> Place | None:
        """The site so named; the default (or the only) one when no name is given."""
        for one in self.places:
            if (gln and one.gln == gln) or (number and number in (one.number, one.gln)):
                return one
        if number or gln:
            return None
        return self.default

    def placed(self, *, street: str, postcode: str) -> Place | None:
        """The only site at this postcode; of several, the only one in this street too."""
        there = [one for one in self.places if one.postcode and _plain(one.postcode) == _plain(postcode)]
        if len(there) > 1:
            there = [one for one in there if street and _plain(one.street) == _plain(street)]
        return there[0] if len(there) == 1 else None

    @property
    def default(self) -> Place | None:
        for one in self.places:
            if one.is_default:
                return one
        return self.places[0] if len(self.places) == 1 else None


def draft_of(
    document: NeutralDocument,
    *,
    buyer: Buyer,
    channel: str,
    happened_at: datetime,
    received_at: datetime,
    hold_rest: bool = False,
    cut_off: time | None = None,
) -> OrderDraft:
    """The draft of an order. Days stay days, read in the zone of the place of delivery.

    `happened_at` is when the file counts as having come; the order was placed on the document's own day, never later
    than that moment.
    """
    number, gln, place = _ship_to(document, buyer)
    zone = place.zone if place else "UTC"
    start, end = window(document.requested, zone)
    return OrderDraft(
        lines=tuple(draft_lines(document.lines, zone)),
        customer_id=buyer.customer_id,
        ship_to_number=number,
        ship_to_gln=gln,
        po_number=(document.number or "")[:60],
        channel=channel,
        currency=(document.currency or "").upper(),
        requested_from=start,
        requested_to=end,
        ordered_at=ordered_at(document.issued_on, happened_at, zone),
        received_at=received_at,
        note="\n".join(document.notes)[:4000],
        hold_rest=hold_rest,
        cut_off=cut_off,
    )


def ordered_at(issued_on: date | None, happened_at: datetime, zone: str) -> datetime:
    """When the customer placed the order: on the document's day, at its start when that day has passed."""
    if issued_on is None or issued_on >= happened_at.astimezone(ZoneInfo(zone)).date():
        return happened_at
    try:
        return datetime.combine(issued_on, time.min, ZoneInfo(zone)).astimezone(UTC)
    except (OverflowError, ValueError):
        return happened_at


def window(requested: Window | None, zone: str) -> tuple[Moment, Moment]:
    """A requested window for the draft: days, or moments told in the zone of the place; one moment means its day."""
    if requested is None:
        return None, None
    start, end = requested.from_, requested.to
    if not (isinstance(start, datetime) and isinstance(end, datetime)) or start == end:
        return requested.first_day, requested.last_day
    return _moment(start, zone), _moment(end, zone)


def _moment(clock: datetime, zone: str) -> datetime:
    try:
        return clock.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    except (OverflowError, ValueError):
        return clock.replace(tzinfo=UTC)


def _ship_to(document: NeutralDocument, buyer: Buyer) -> tuple[str, str, Place | None]:
    """Number and GLN for the draft, and the place if it is known. Goods sent to the buyer itself go to its usual place."""
    party = document.party("ship_to")
    gln, code = party.gln or "", (party.code or "")[:60]
    if not (gln or code) and party.postcode and len(buyer.places) > 1:
        return _by_address(party, buyer_of(document), buyer)
    place = buyer.place(number=code, gln=gln)
    if place is not None:
        return ("", "", place) if not (gln or code) else (place.number, "", place)
    if _same(party, buyer_of(document)):
        return "", "", buyer.default
    return ("", gln, None) if gln else (code, "", None)


def _by_address(party: Party, ordered_by: Party, buyer: Buyer) -> tuple[str, str, Place | None]:
    """The site that an address means when no code names it. Where it may mean several, or another than the usual one, nothing is
    guessed: the address is what a person looks for. The buyer's own address means the usual one, as does any other while
    nobody wrote down where that is."""
    street, postcode = party.street or "", party.postcode or ""
    place = buyer.placed(street=street, postcode=postcode)
    if place is not None:
        return place.number, "", place
    usual = buyer.default
    is_own = _plain(postcode + street) == _plain((ordered_by.postcode or "") + (ordered_by.street or ""))
    if usual is not None and (is_own or not usual.postcode):
        return "", "", usual
    return " ".join(f"{postcode} {street}".split())[:60], "", None


def _plain(text: str) -> str:
    """An address as it is compared: its letters and figures only, without accents."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(one for one in decomposed if one.isalnum())


def _same(one: Party, other: Party) -> bool:
    return bool(one.gln or one.code) and (one.gln or one.code) == (other.gln or other.code)


def draft_lines(lines: Iterable[NeutralLine], zone: str) -> Iterable[DraftLine]:
    """The lines of a draft: free goods beside paid ones are a line more."""
    for line in lines:
        draft = _line(line, zone)
        # A line of free goods only keeps its quantity in `free`.
        if line.free and line.quantity is None and not line.quantity_received:
            yield _free(draft, line.free)
            continue
        yield draft
        if line.free:
            yield _free(draft, line.free)


def _free(draft: DraftLine, quantity: Decimal) -> DraftLine:
    return DraftLine(
        line=draft.line, sku=draft.sku, gtin=draft.gtin, buyer_code=draft.buyer_code, code=draft.code, text=draft.text,
        quantity=quantity, quantity_text=f"{quantity:f}", unit=draft.unit, requested_from=draft.requested_from,
        requested_to=draft.requested_to, free=True,
    )  # fmt: skip


def _line(line: NeutralLine, zone: str) -> DraftLine:
    start, end = window(line.requested, zone) if line.requested is not None else (None, None)
    seller, buyer = line.seller_code, line.buyer_code
    gtin, code = item_codes(line) if line.gtin or not (seller or buyer) else ("", "")
    # Gross and informative prices are no statement about what will be paid, so they are not compared with ours.
    price = line.price if (line.price_kind or "") in _NET else None
    quantity = line.quantity
    return DraftLine(
        line=line.line_number,
        sku=seller[:60] if seller else "",
        gtin=gtin,
        buyer_code=buyer[:60] if buyer else "",
        code=code,
        text=line.text or "",
        quantity=quantity,
        # A number that was read is kept as a number: what waits is checked again by it, whatever mark it was written with.
        quantity_text="" if quantity is not None else line.quantity_received or "",
        unit=_unit(line.unit_received, line.unit_code) if line.unit_code or line.unit_received else "",
        price=price,
        price_basis=line.price_basis or ONE,
        requested_from=start,
        requested_to=end,
    )


@lru_cache(maxsize=4_096)
def _unit(received: str | None, meant: str | None) -> str:
    """The unit as it came, where everybody reads it the same way; else as its format means it (X12's CA is a case)."""
    received, meant = received or meant or "", meant or ""
    return received if not meant or same_unit(received, meant) else meant


def item_codes(line: NeutralLine) -> tuple[str, str]:
    """GTIN and code of unknown kind. What is sent as a GTIN and is none may still be somebody's code."""
    if line.gtin:
        return (line.gtin, "") if identifiers.is_gtin(line.gtin) else ("", line.gtin[:60])
    if line.seller_code or line.buyer_code:
        return "", ""
    return "", other_code(line.codes)


def other_code(codes: Mapping[str, str] | None) -> str:
    """The first code of a line that is neither a GTIN, nor ours, nor the buyer's."""
    return next(iter(codes.values()), "")[:60] if codes else ""
