"""The checks of a draft: pure, over terms and a catalogue that are already read. All faults at once, nothing guessed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from promesa.catalog.resolution import Catalogue, Hit, ItemRecord
from promesa.catalog.rules import Price, PriceBook, price_difference
from promesa.core import identifiers, money, quantities
from promesa.core.calendars import end_of_day, start_of_day
from promesa.customers.rules import SiteTerms, Terms
from promesa.orders.rules import DraftLine, Found, OrderDraft, found
from promesa.orders.states import Severity

ZERO = Decimal(0)
ONE = Decimal(1)
MOST_LINES = 5_000
MOST_OF_A_LINE = 10_000_000
FARTHEST = timedelta(days=730)


@dataclass(slots=True)
class CheckedLine:
    """A line resolved as far as it could be."""

    draft: DraftLine
    item: ItemRecord | None = None
    unit_code: str = ""
    numerator: int = 1
    denominator: int = 1
    unit_quantity: Decimal = ZERO
    quantity: Decimal = ZERO
    unit_price: Decimal | None = None
    price_basis: Decimal = ONE
    price_origin: str = ""
    price_reference: str = ""
    net: Decimal = ZERO
    tax_category: str = "S"
    tax_rate: Decimal = ZERO
    requested_from: datetime | None = None
    requested_to: datetime | None = None
    held: bool = False  # waits for its blocking findings while the order goes on


@dataclass(slots=True)
class CheckedOrder:
    """A draft with its terms, lines, sums and findings."""

    draft: OrderDraft
    terms: Terms
    site: SiteTerms | None
    currency: str
    lines: list[CheckedLine]
    ordered_at: datetime
    received_at: datetime
    requested_from: datetime | None = None
    requested_to: datetime | None = None
    net: Decimal = ZERO
    tax: Decimal = ZERO
    findings: list[Found] = field(default_factory=list)
    content_hash: str = ""

    @property
    def total(self) -> Decimal:
        return self.net + self.tax

    @property
    def stopped(self) -> bool:
        """Whether a blocking finding keeps the whole order a draft; lines that are held stop nobody but themselves."""
        return any(
            one.severity == Severity.BLOCKING and not (one.line and self.lines[one.line - 1].held)
            for one in self.findings
        )


def check(draft: OrderDraft, terms: Terms, catalogue: Catalogue, at: datetime) -> CheckedOrder:
    """Resolve and check every line of a draft whose buyer is known."""
    site = terms.site(number=draft.ship_to_number, gln=draft.ship_to_gln)
    currency = draft.currency or terms.currency
    ordered_at = draft.ordered_at or at
    order = CheckedOrder(
        draft=draft, terms=terms, site=site, currency=currency, lines=[], ordered_at=ordered_at,
        received_at=draft.received_at or at, findings=list(draft.findings),
    )  # fmt: skip
    _check_header(order, at)
    zone = site.time_zone if site else "UTC"
    day = ordered_at.astimezone(ZoneInfo(zone)).date()
    book = catalogue.prices(terms.id, currency, day)
    for position, line in enumerate(draft.lines, 1):
        order.lines.append(_check_line(order, position, line, catalogue, book, day, zone, at))
    if draft.hold_rest:
        _hold_rest(order)
    _sum(order)
    return order


def _hold_rest(order: CheckedOrder) -> None:
    """What nothing can be made of waits by itself. Not when the head is wrong, when no line is right, or when the
    customer wants it all in one delivery: then all of it waits."""
    wrong = {one.line for one in order.findings if one.severity == Severity.BLOCKING}
    if not wrong or 0 in wrong or order.terms.one_delivery or len(wrong) == len(order.lines):
        return
    for position in wrong:
        line = order.lines[position - 1]
        line.held = True
        asked = line.draft.quantity
        if not line.quantity and asked is not None and asked.is_finite() and 0 < asked <= MOST_OF_A_LINE:
            # How much they want is known, though not of what or in which unit: it counts as ordered and not given.
            line.quantity = line.unit_quantity = asked


def _check_header(order: CheckedOrder, at: datetime) -> None:
    draft, terms, site = order.draft, order.terms, order.site
    say = order.findings.append
    if site is None:
        named = draft.ship_to_number or draft.ship_to_gln
        say(found("unknown_ship_to" if named else "no_ship_to", field="ship_to", received=named, customer=terms.name))
    elif site.active_to is not None and site.active_to <= at.date():
        say(found("unknown_ship_to", field="ship_to", received=site.number, customer=terms.name))
    if order.currency != terms.currency and not _is_currency(order.currency):
        say(found("currency_mismatch", field="currency", received=order.currency, right=terms.currency))
    zone = site.time_zone if site else "UTC"
    order.requested_from, order.requested_to = _window(order, 0, draft.requested_from, draft.requested_to, zone, at)
    if not draft.lines:
        say(found("no_lines"))
    elif len(draft.lines) > MOST_LINES:
        say(found("too_large", received=len(draft.lines), right=MOST_LINES))


def _is_currency(code: str) -> bool:
    return len(code) == 3 and code.isascii() and code.isupper()


def _window(
    order: CheckedOrder, line: int, start: datetime | date | None, end: datetime | date | None, zone: str, at: datetime
) -> tuple[datetime | None, datetime | None]:
    """Days are the whole local day at the ship-to; only one end given means that day."""
    start = end if start is None else start
    end = start if end is None else end
    if start is None or end is None:
        return None, None
    try:
        opens = start if isinstance(start, datetime) else start_of_day(start, zone)
        closes = end if isinstance(end, datetime) else end_of_day(end, zone)
    except (OverflowError, ValueError):
        order.findings.append(found("bad_date", line=line, field="requested", received=start))
        return None, None
    if closes < opens:
        order.findings.append(found("bad_date", line=line, field="requested", received=f"{start} – {end}"))
        return None, None
    if opens - order.ordered_at > FARTHEST:
        order.findings.append(found("far_date", line=line, field="requested", received=start, limit_days=FARTHEST.days))
        return None, None
    if closes < min(order.ordered_at, at):
        order.findings.append(found("past_date", line=line, field="requested", received=end))
    return opens, closes


def _check_line(
    order: CheckedOrder,
    position: int,
    draft: DraftLine,
    catalogue: Catalogue,
    book: PriceBook,
    day: date,
    zone: str,
    at: datetime,
) -> CheckedLine:
    line = CheckedLine(draft)
    if draft.requested_from is not None or draft.requested_to is not None:
        line.requested_from, line.requested_to = _window(
            order, position, draft.requested_from, draft.requested_to, zone, at
        )
    hit = _item(order, position, draft, catalogue)
    quantity_ok = _quantity_ok(order, position, draft)
    if hit is None:
        return line
    line.item = item = catalogue.items[hit.item_id]
    if item.active_to is not None and item.active_to <= day:
        order.findings.append(found("inactive_item", line=position, field="item", received=draft.named, item=item.name))
    unit = catalogue.unit(order.terms.id, item, draft.unit or hit.unit_code)
    if unit is None:
        known = ", ".join(sorted({item.base_unit, *item.packs}))
        order.findings.append(
            found("unknown_unit", line=position, field="unit", received=draft.unit, right=known, item=item.name)
        )
        return line
    line.unit_code, line.numerator, line.denominator = unit
    if quantity_ok:
        _measure(order, position, line, item)
    _price(order, position, line, book, day)
    _tax(order, position, line, catalogue, day)
    return line


def _item(order: CheckedOrder, position: int, draft: DraftLine, catalogue: Catalogue) -> Hit | None:
    """The item that all given codes agree on; two codes that name different items are not guessed between."""
    hits: list[Hit] = []
    customer = order.terms.id
    # A customer's cross-reference may hold any code they send, also what they take for our SKU or for a GTIN.
    if draft.sku and (hit := catalogue.by_sku.get(draft.sku) or catalogue.by_customer_code.get((customer, draft.sku))):
        hits.append(hit)
    if draft.gtin and (
        hit := catalogue.by_gtin.get(identifiers.pad_gtin(draft.gtin))
        or catalogue.by_customer_code.get((customer, draft.gtin))
    ):
        hits.append(hit)
    if draft.buyer_code and (hit := catalogue.by_customer_code.get((customer, draft.buyer_code))):
        hits.append(hit)
    if draft.code:
        # Our own SKU goes first; then the customer's code, then a GTIN.
        hit = (
            catalogue.by_sku.get(draft.code)
            or catalogue.by_customer_code.get((customer, draft.code))
            or catalogue.by_gtin.get(identifiers.pad_gtin(draft.code))
        )
        if hit:
            hits.append(hit)
    if not hits:
        order.findings.append(
            found("unknown_item", line=position, field="item", received=draft.named, text=draft.text or draft.named)
        )
        return None
    if len(hits) > 1 and len({hit.item_id for hit in hits}) > 1:
        names = " / ".join(catalogue.items[hit.item_id].name for hit in hits)
        order.findings.append(found("codes_disagree", line=position, field="item", received=draft.named, items=names))
        return None
    return hits[0]


def _quantity_ok(order: CheckedOrder, position: int, draft: DraftLine) -> bool:
    quantity = draft.quantity
    if quantity is not None and quantity.is_finite() and ZERO < quantity <= MOST_OF_A_LINE:
        return True
    received = draft.quantity_text or ("" if quantity is None else str(quantity))
    if quantity is None or not quantity.is_finite() or quantity <= 0:
        order.findings.append(found("bad_quantity", line=position, field="quantity", received=received))
    else:
        order.findings.append(
            found("too_large", line=position, field="quantity", received=received, right=MOST_OF_A_LINE)
        )
    return False


def _measure(order: CheckedOrder, position: int, line: CheckedLine, item: ItemRecord) -> None:
    draft = line.draft
    assert draft.quantity is not None
    line.unit_quantity = draft.quantity
    line.quantity = base = quantities.to_base(draft.quantity, line.numerator, line.denominator)
    if not quantities.fits(base):
        order.findings.append(
            found("too_large", line=position, field="quantity", received=draft.quantity, right=MOST_OF_A_LINE)
        )
        line.quantity = line.unit_quantity = ZERO
        return
    if item.minimum_quantity and base < item.minimum_quantity:
        order.findings.append(
            found(
                "below_minimum",
                line=position,
                field="quantity",
                received=base,
                right=item.minimum_quantity,
                item=item.name,
            )
        )
    sold_in = item.packs.get(item.sales_unit)
    if sold_in is not None and not sold_in.is_multiple(base):
        right = quantities.next_multiple(base, sold_in.numerator, sold_in.denominator)
        order.findings.append(
            found("not_pack_multiple", line=position, field="quantity", received=base.normalize(),
                  right=right.normalize(), item=item.name, pack=sold_in.numerator)
        )  # fmt: skip


def _price(order: CheckedOrder, position: int, line: CheckedLine, book: PriceBook, day: date) -> None:
    draft, item = line.draft, line.item
    assert item is not None
    if draft.price is not None and (not draft.price.is_finite() or draft.price < 0):
        order.findings.append(
            found("negative_price", line=position, field="price", received=draft.price, item=item.name)
        )
        return
    if draft.free:
        line.unit_price, line.price_origin = ZERO, "free"
        return
    ours = book.price(item.id, line.quantity, day)
    if ours is None:
        reason, params = book.missing(item.id, line.quantity, day)
        order.findings.append(
            found(
                "no_price",
                line=position,
                field="price",
                received=draft.price or "",
                item=item.name,
                reason=reason,
                **_plain(params),
            )
        )
        return
    line.unit_price, line.price_basis = ours.unit_price, ours.basis_quantity
    line.price_origin, line.price_reference = ours.origin, ours.reference
    if draft.price is not None:
        _compare(order, position, line, ours)
    if line.quantity:
        line.net = money.line_net(line.quantity, ours.unit_price, ours.basis_quantity, order.currency)
        if not money.fits(line.net):
            order.findings.append(
                found("too_large", line=position, field="quantity", received=draft.quantity, right=MOST_OF_A_LINE)
            )
            line.net = ZERO


def _plain(params: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in params.items() if key not in {"line", "field", "received", "right"}}


def _compare(order: CheckedOrder, position: int, line: CheckedLine, ours: Price) -> None:
    draft, item = line.draft, line.item
    assert draft.price is not None
    assert item is not None
    # Their price is for so many of the unit they ordered in; ours is for base units.
    basis = quantities.to_base(draft.price_basis, line.numerator, line.denominator)
    if basis <= 0 or not quantities.fits(basis) or not quantities.fits(draft.price):
        return
    seen = price_difference(
        received=draft.price, received_basis=basis, ours=ours, tolerance_percent=order.terms.price_tolerance_percent
    )
    if not seen.difference:
        return
    right = (ours.unit_price / ours.basis_quantity * basis).quantize(Decimal("0.000001")).normalize()
    order.findings.append(
        found("price_within_tolerance" if seen.within else "price_mismatch", line=position, field="price",
              received=draft.price, right=f"{right:f}", item=item.name,
              theirs_price=draft.price, ours_price=right, origin=ours.origin)
    )  # fmt: skip


def _tax(order: CheckedOrder, position: int, line: CheckedLine, catalogue: Catalogue, day: date) -> None:
    item = line.item
    assert item is not None
    country = order.site.country if order.site else order.terms.country
    tax = catalogue.taxes.tax(item.tax_code, country, day)
    if tax is None:
        order.findings.append(
            found("no_tax_rate", line=position, field="tax", received=item.tax_code, item=item.name, country=country)
        )
        return
    line.tax_category, line.tax_rate = tax


def _sum(order: CheckedOrder) -> None:
    """Net rounded per line; tax per category and rate, as the invoice will have it."""
    bases: dict[tuple[str, Decimal], Decimal] = {}
    for line in order.lines:
        if line.net:
            order.net += line.net
            key = (line.tax_category, line.tax_rate)
            bases[key] = bases.get(key, ZERO) + line.net
    for (_, rate), base in bases.items():
        order.tax += money.round_money(base * rate / 100, order.currency)
    order.content_hash = content_hash(
        order.terms.id,
        (
            (one.item.sku if one.item else one.draft.named, one.quantity or one.draft.quantity or ZERO)
            for one in order.lines
        ),
    )


def content_hash(customer_id: int, lines: Iterable[tuple[str, Decimal]]) -> str:
    """What an order is of, as a digest: its buyer, and the item and quantity of each line."""
    content = "\n".join(sorted(f"{item}|{quantity.normalize():f}" for item, quantity in lines))
    return hashlib.sha256(f"{customer_id}\n{content}".encode()).hexdigest()


def midnight(day: date, zone: str) -> datetime:
    """The start of a local day as a moment with its zone."""
    return datetime.combine(day, time.min, ZoneInfo(zone))
