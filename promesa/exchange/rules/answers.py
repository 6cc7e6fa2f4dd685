"""The neutral documents that we send, out of plain facts: order response, despatch advice, invoice, credit note.

They say quantities in the unit that was ordered, days in the zone of the place of delivery, and each difference with its
reason: a code, and the sentence of that code in the customer's language.
"""

from __future__ import annotations

import hashlib
import json
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from promesa.core import quantities, words
from promesa.core.money import line_net
from promesa.exchange.formats.neutral import (
    Envelope,
    Lot,
    NeutralDocument,
    NeutralLine,
    Party,
    Payment,
    Tax,
    Window,
)
from promesa.exchange.rules.answering import (
    BilledFacts,
    DespatchFacts,
    InvoiceFacts,
    ItemFacts,
    LineFacts,
    LotFacts,
    OrderFacts,
    PartFacts,
    Us,
)
from promesa.orders.labels_customer import code_for_customers, outward

ZERO, ONE = Decimal(0), Decimal(1)
ACCEPTED, CHANGED, REJECTED = "accepted", "changed", "rejected"
_TYPE_CODES = {"order_response": "231", "despatch_advice": "351", "invoice": "380", "credit_note": "381"}
# What of a document does not belong to what it says: two that differ only here say the same.
_APART = frozenset({"number", "issued_on", "envelope", "references", "faults", "function"})

_WHY = ("reason", "reason_code", "notes")


def state_hash(document: NeutralDocument) -> str:
    """What a document says, as a digest: the same for two versions that tell the other side nothing new. Why a day or a
    quantity is as it is may change without the day or the quantity."""
    said = {name: value for name, value in document.as_json().items() if name not in _APART}
    for line in said.get("lines", ()):
        for name in _WHY:
            line.pop(name, None)
    return hashlib.sha256(json.dumps(said, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def addressed(document: NeutralDocument, *, us: str, them: str, reference: str) -> NeutralDocument:
    """The document in its envelope: from our name to theirs, under a control reference that an acknowledgement repeats."""
    return replace(
        document,
        envelope=Envelope(sender=us or None, receiver=them or None, reference=reference, message_reference=reference),
    )


def standing(document: NeutralDocument, parties: Mapping[str, Party], format_: str) -> NeutralDocument:
    """The document with these parties in the roles that it names, as the format has room for them."""
    known = {role: one for role, one in parties.items() if role in document.parties}
    if format_.startswith("edifact"):
        known = {role: _party_in_edifact(one) for role, one in known.items()}
    return replace(document, parties={**document.parties, **known})


def in_terms_of(document: NeutralDocument, format_: str) -> NeutralDocument:
    """The document as a family of formats speaks: EDIFACT counts what was ordered and says beside it what will come, and
    has no room for our codes of reasons, whose sentence stands there all the same."""
    if not format_.startswith("edifact"):
        return document
    document = replace(document, parties={role: _party_in_edifact(one) for role, one in document.parties.items()})
    if document.kind != "order_response":
        return document
    return replace(document, lines=tuple(_in_edifact(line) for line in document.lines))


def _party_in_edifact(party: Party) -> Party:
    """A region has nine letters there, and a street three lines of 35: the postcode and the town say where it is."""
    streets = textwrap.wrap(" ".join(filter(None, (party.street, party.street_2, party.street_3))), 35)[:3]
    streets += [""] * (3 - len(streets))
    return replace(
        party, region=party.region if len(party.region or "") <= 9 else None, street=streets[0] or None,
        street_2=streets[1] or None, street_3=streets[2] or None,
    )  # fmt: skip


def _in_edifact(line: NeutralLine) -> NeutralLine:
    said = dict(line.quantities or {})
    ordered = said.pop("ordered", line.quantity)
    if line.quantity is not None and line.quantity != ordered:
        said["accepted"] = line.quantity
    return replace(line, quantity=ordered, quantities=said or None, reason_code=None)


# --- Order response ------------------------------------------------------------------------------------------------


def order_response(facts: OrderFacts, *, us: Us, number: str, issued_on: date) -> NeutralDocument:
    """What we answer to an order: each line accepted, changed or rejected, with the promise in force and the reason."""
    if facts.state in ("cancelled", "refused"):
        lines = tuple(_not_done(line, facts) for line in facts.lines)
    else:
        lines = tuple(_response_line(line, facts) for line in facts.lines if _is_told(line))
    response = _of_all(lines)
    net = sum((line.amount for line in lines if line.amount is not None), ZERO)
    promised = [line.promised for line in lines if line.promised is not None]
    return NeutralDocument(
        format="", kind="order_response", number=number, issued_on=issued_on, currency=facts.currency,
        type_code=_TYPE_CODES["order_response"], response=response,
        parties={"buyer": facts.buyer, "seller": us.party, "ship_to": facts.ship_to},
        requested=_days(facts.requested_from, facts.requested_to, facts.zone),
        references=_filled({"order": facts.po_number or facts.number, "seller_order": facts.number}),
        promised=_spanned(promised), lines=lines, totals={"lines": net},
    )  # fmt: skip


def _of_all(lines: Sequence[NeutralLine]) -> str:
    said = {line.response for line in lines}
    if len(said) == 1:
        return str(next(iter(said)))
    return CHANGED if said else REJECTED


def _not_done(line: LineFacts, facts: OrderFacts) -> NeutralLine:
    """A line of an order that was cancelled or refused: what the customer cancelled is agreed to."""
    theirs = facts.state == "cancelled" and facts.cancelled_by == "customer"
    code = "answer_cancelled_as_asked" if theirs else "answer_refused"
    return _line(
        line.item, quantity=ZERO, amount=ZERO, response=ACCEPTED if theirs else REJECTED, reason_code=code,
        reason=words.say(code, {}, facts.language), quantities={"ordered": line.ordered},
    )  # fmt: skip


def _response_line(line: LineFacts, facts: OrderFacts) -> NeutralLine:
    given, zone = line.given, facts.zone
    price, basis = _price(line.item, line.price, line.price_basis)
    amount = ZERO if line.price is None else line_net(given, line.price, line.price_basis, facts.currency)
    reasons = list(_differences(line, facts))
    if not line.wanted:
        reasons = [("answer_cancelled_as_asked", {})]
    response = CHANGED if reasons else ACCEPTED
    if line.held_code:
        reasons = [
            (
                "answer_held",
                {"problem": words.say(code_for_customers(line.held_code), line.held_params, facts.language)},
            )
        ]
        response = CHANGED
    elif line.wanted and not given and not _comes_later(line):
        response = REJECTED
    elif not line.wanted:
        response = ACCEPTED
    gone = _days(line.gone_from, line.gone_to, zone) if line.gone else None
    promised = _spanned([gone, *(_days(part.window_from, part.window_to, zone) for part in line.parts)])
    quantities_said = {"ordered": line.wanted}
    if line.wanted > given:
        quantities_said["back_ordered" if _comes_later(line) else "rejected"] = line.wanted - given
    return _line(
        line.item, quantity=given, price=price, price_basis=basis, amount=amount, response=response,
        requested=_days(line.requested_from, line.requested_to, zone), promised=promised if given else None,
        tax_rate=line.tax_rate, tax_category=line.tax_category, quantities=quantities_said,
        reason_code=reasons[0][0] if reasons else None,
        reason=" ".join(dict.fromkeys(words.say(code, params, facts.language) for code, params in reasons)) or None,
        notes=tuple(_parts_said(line, facts)),
    )  # fmt: skip


def _is_told(line: LineFacts) -> bool:
    return bool(line.wanted or line.cancelled_by_customer or line.held_code)


def _comes_later(line: LineFacts) -> bool:
    """Whether what is missing is still open: not cancelled, only without a date."""
    return line.wanted - line.cancelled_by_us - line.substituted > line.given


def _differences(line: LineFacts, facts: OrderFacts) -> Iterable[tuple[str, Mapping[str, Any]]]:
    """Every way in which what is given differs from what was asked, the most important first."""
    zone = facts.zone
    if line.given < line.wanted:
        if line.missing_code:
            yield line.missing_code, _as_it_stands(line)
        elif line.substituted:
            yield "answer_substituted", {}
        elif line.cancelled_by_us:
            yield "answer_cancelled_by_us", {}
        else:
            missing, unit = _in_unit(line.item, line.wanted - line.given)
            wanted_quantity = _in_unit(line.item, line.wanted, unit)[0]
            yield "answer_short", {"missing_quantity": missing, "quantity": wanted_quantity}
    wanted = _days(line.requested_from or facts.requested_from, line.requested_to or facts.requested_to, zone)
    for part in line.parts:
        days = _days(part.window_from, part.window_to, zone)
        if wanted is not None and days is not None and not _within(days, wanted):
            yield (
                outward(part.code, part.params)
                if part.code and part.code not in _AS_ASKED
                else ("answer_other_day", {})
            )
    if _price_differs(line):
        yield "answer_other_price", {"received": line.price_received, "right": line.price}


def _as_it_stands(line: LineFacts) -> Mapping[str, Any]:
    """Why something is missing, in the quantities of today: since it was found out, the line may have been changed."""
    counted = {"quantity": line.wanted, "missing_quantity": line.wanted - line.given}
    said = line.missing_params
    return {**said, **counted} if counted.keys() <= said.keys() else said


_AS_ASKED = frozenset({"promise_as_requested", "promise_receipt_in_time", "promise_service"})


def _within(days: Window, wanted: Window) -> bool:
    last, until = days.last_day, wanted.last_day
    first, since = days.first_day, wanted.first_day
    return not (last and until and last > until) and not (first and since and first < since)


def _price_differs(line: LineFacts) -> bool:
    """Whether they named another price: for the unit they ordered in, or for ours."""
    if line.price is None or line.price_received is None:
        return False
    theirs, their_basis = line.price_received, line.basis_received or ONE
    ours = line.price * their_basis
    per_base = ours == theirs * line.price_basis
    return not per_base and ours * line.item.numerator != theirs * line.price_basis * line.item.denominator


def _parts_said(line: LineFacts, facts: OrderFacts) -> Iterable[str]:
    """A line that comes in parts says how many come when."""
    if len(line.parts) < 2:
        return
    for part in line.parts:
        days = _days(part.window_from, part.window_to, facts.zone)
        yield words.say("answer_part", _part_params(line.item, part, days), facts.language)


def _part_params(item: ItemFacts, part: PartFacts, days: Window | None) -> dict[str, Any]:
    quantity, unit = _in_unit(item, part.quantity)
    return {"quantity": quantity, "unit": unit, "arrives_on": days.last_day if days else None}


# --- Despatch advice -----------------------------------------------------------------------------------------------


def despatch_advice(facts: DespatchFacts, *, us: Us, issued_on: date) -> NeutralDocument:
    """What left with one delivery note: a line for each order line, its lots inside."""
    by_line: dict[int, list[LotFacts]] = {}
    for lot in facts.lots:
        by_line.setdefault(lot.item.line_number, []).append(lot)
    parties = {"buyer": facts.buyer, "seller": us.party, "ship_to": facts.ship_to}
    if facts.carrier:
        parties["carrier"] = Party(name=facts.carrier)
    return NeutralDocument(
        format="", kind="despatch_advice", number=facts.number, issued_on=issued_on,
        type_code=_TYPE_CODES["despatch_advice"], parties=parties,
        references=_filled({"order": facts.po_number or facts.order, "seller_order": facts.order}),
        despatched_on=facts.despatched_at.astimezone(ZoneInfo(facts.zone)).date(),
        promised=_days(facts.arrives_from, facts.arrives_to, facts.zone),
        lines=tuple(_despatch_line(lots) for lots in by_line.values()),
    )  # fmt: skip


def _despatch_line(lots: Sequence[LotFacts]) -> NeutralLine:
    item = lots[0].item
    total = sum((lot.quantity for lot in lots), ZERO)
    named = tuple(
        Lot(number=lot.lot or None, expires_on=lot.expires_on, quantity=_in_unit(item, lot.quantity)[0])
        for lot in lots if lot.lot or lot.expires_on
    )  # fmt: skip
    line = _line(item, quantity=total, lots=named)
    _, unit = _in_unit(item, total)
    ordered, ordered_unit = _in_unit(item, lots[0].ordered)
    if ordered_unit == unit:
        return replace(line, quantities={"despatched": line.quantity or ZERO, "ordered": ordered})
    return replace(line, quantities={"despatched": line.quantity or ZERO})


# --- Invoice and credit note ---------------------------------------------------------------------------------------


def invoice(facts: InvoiceFacts, *, us: Us) -> NeutralDocument:
    """An invoice or credit note as it was issued; its sums are those of its row, nothing is summed anew."""
    references = {
        "order": facts.po_number or facts.order, "seller_order": facts.order, "invoice": facts.corrects,
        "despatch_advice": next((line.despatch for line in facts.lines if line.despatch), ""),
    }  # fmt: skip
    totals = {
        "lines": facts.net_amount, "taxable": facts.net_amount, "tax": facts.tax_amount, "with_tax": facts.gross_amount,
        "payable": facts.payable_amount,
    }  # fmt: skip
    if facts.prepaid_amount:
        totals["prepaid"] = facts.prepaid_amount
    if facts.rounding_amount:
        totals["rounding"] = facts.rounding_amount
    return NeutralDocument(
        format="", kind=facts.kind, number=facts.number, issued_on=facts.issued_on, currency=facts.currency,
        type_code=_TYPE_CODES[facts.kind], due_on=facts.due_on if facts.kind == "invoice" else None,
        delivered_on=facts.delivered_on,
        parties={"buyer": facts.buyer, "seller": us.party, "ship_to": facts.ship_to}, references=_filled(references),
        terms=words.say("answer_terms", {"days": facts.payment_days}, facts.language) if facts.kind == "invoice" else None,
        payments=_payments(facts, us), taxes=tuple(Tax(one.category, one.rate, one.base_amount, one.tax_amount, "VAT")
                                                   for one in facts.taxes),
        notes=(facts.cause_note,) if facts.cause_note else (), totals=totals,
        preceding=_preceding(facts), lines=tuple(_billed_line(line) for line in facts.lines),
    )  # fmt: skip


def _preceding(facts: InvoiceFacts) -> tuple[Mapping[str, Any], ...]:
    if not facts.corrects:
        return ()
    said: dict[str, Any] = {"number": facts.corrects}
    if facts.corrects_on is not None:
        said["issued_on"] = facts.corrects_on
    return (said,)


def _payments(facts: InvoiceFacts, us: Us) -> tuple[Payment, ...]:
    if facts.kind != "invoice" or not us.account:
        return ()
    return (
        Payment(
            code="30", account=us.account, account_name=us.party.name, bank=us.bank or None, quote=facts.number
        ),
    )  # fmt: skip


def _billed_line(line: BilledFacts) -> NeutralLine:
    references = _filled({"despatch_advice": line.despatch})
    said: dict[str, Any] = {}
    if line.item is not None:
        references |= {"order_line": line.item.their_line}
        said = {
            "gtin": line.item.gtin or None,
            "seller_code": line.item.sku or None,
            "buyer_code": line.item.buyer_code or None,
        }
    return NeutralLine(
        line_number=str(line.position), text=line.text, quantity=plain(line.quantity), unit_code=line.unit_code,
        price=plain(line.price), price_kind="net", price_basis=None if line.price_basis == 1 else plain(line.price_basis),
        amount=line.net_amount, tax_rate=plain(line.tax_rate), tax_category=line.tax_category, references=references or None,
        **said,
    )  # fmt: skip


# --- What they share -----------------------------------------------------------------------------------------------


def _line(
    item: ItemFacts, *, quantity: Decimal, quantities: Mapping[str, Decimal] | None = None, **said: Any
) -> NeutralLine:
    """A line under the number that the other side gave it, in the unit that it ordered in."""
    shown, unit = _in_unit(item, quantity)
    others = {name: _in_unit(item, value, unit)[0] for name, value in (quantities or {}).items()}
    if said.get("tax_rate") is not None:
        said["tax_rate"] = plain(said["tax_rate"])
    theirs = item.unit_received if item.unit_received and item.unit_received != unit else None
    return NeutralLine(
        line_number=item.their_line, gtin=item.gtin or None, seller_code=item.sku or None, buyer_code=item.buyer_code or None,
        text=item.text or None, quantity=shown, unit_code=unit, unit_received=theirs if unit == item.unit_code else None,
        quantities=others or None, **said,
    )  # fmt: skip


def _in_unit(item: ItemFacts, base: Decimal, unit: str = "") -> tuple[Decimal, str]:
    """A base quantity in the ordered unit, when that is exact; else in base units. `unit` insists on one of the two."""
    ordered = quantities.to_base(base, item.denominator, item.numerator)
    exact = quantities.is_exact(ordered, item.numerator, item.denominator) and (
        quantities.to_base(ordered, item.numerator, item.denominator) == base
    )
    if unit == item.unit_code or (exact and not unit):
        return plain(ordered), item.unit_code
    return plain(base), item.base_unit


def _price(item: ItemFacts, price: Decimal | None, basis: Decimal) -> tuple[Decimal | None, Decimal | None]:
    """A price for base units as one for the unit that was ordered, exactly: for more units where it must be."""
    if price is None:
        return None, None
    over = basis * item.denominator
    return plain(price * item.numerator), None if over == 1 else plain(over)


def plain(value: Decimal) -> Decimal:
    """A number without the zeros that only its column has."""
    return Decimal(format(value.normalize(), "f"))


def _days(start: datetime | None, end: datetime | None, zone: str) -> Window | None:
    """The days of a window of which the end does not belong to it."""
    return None if start is None and end is None else _days_of(start, end, zone)


@lru_cache(maxsize=8192)
def _days_of(start: datetime | None, end: datetime | None, zone: str) -> Window:
    place = ZoneInfo(zone)
    first = start.astimezone(place).date() if start else None
    last = (end - timedelta(microseconds=1)).astimezone(place).date() if end else None
    if first is not None and last is not None:
        last = max(first, last)
    return Window(first, last)


def _spanned(windows: Sequence[Window | None]) -> Window | None:
    """From the first day of the first to the last day of the last."""
    firsts = [one.first_day for one in windows if one is not None and one.first_day]
    lasts = [one.last_day for one in windows if one is not None and one.last_day]
    return Window(min(firsts), max(lasts)) if firsts and lasts else None


def _filled(values: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in values.items() if value}
