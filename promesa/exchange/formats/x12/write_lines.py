"""Order responses and invoices as segments, and what despatch advices share with them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal

from promesa.core import identifiers
from promesa.exchange.formats.neutral import Allowance, NeutralDocument, NeutralLine, Party, Tax, Window
from promesa.exchange.formats.x12 import codes
from promesa.exchange.formats.x12.wrapping import Segment, clock, day, hundredths, number, pieces, refuse, text, unit

ZERO = Decimal(0)
# References that stand in an element of their own; what stands in a segment REF is all the others that X12 has a code for.
_APART = frozenset(
    {"order", "order_date", "release", "contract", "seller_order", "cancel_after", "document", "substitute"}
)
_PRICE_CODES = {
    ("net", 1): "", ("net", 10): "PN", ("net", 12): "PD", ("net", 100): "HP", ("net", 1000): "TP", ("net", 10_000): "TT",
    ("net", 100_000): "HT", ("gross", 1): "CA", ("gross", 12): "LD", ("gross", 100): "LC", ("gross", 1000): "LM",
    ("information", 1): "SR", ("information", 12): "RD", ("information", 100): "RC", ("information", 1000): "RM",
}  # fmt: skip


# --- what all share -----------------------------------------------------------------------------------------------------


def parties(document: NeutralDocument) -> Iterable[Segment]:
    """A loop N1 for each party that X12 has a code for."""
    for role, party in document.parties.items():
        code = codes.ROLE_CODES.get(role) or (role.upper() if len(role) == 2 else "")
        if code and party != Party():
            yield from _party(code, party)


def _party(code: str, party: Party) -> Iterable[Segment]:
    qualifier, named = _code_of(party)
    tax = party.tax_id if named != party.tax_id else None
    yield ["N1", code, text(party.name, "N102", limit=60), qualifier, text(named, "N104", limit=80)]
    more = party.references.get("additional_name")
    if more:
        yield ["N2", text(more, "N201", limit=60)]
    if party.street:
        yield from (["N3", one] for one in pieces(party.street, limit=55))
    if party.city or party.region or party.postcode or party.country:
        yield ["N4", text(party.city, "N401", limit=30), text(party.region, "N402", limit=30),
               text(party.postcode, "N403", limit=15), text(party.country, "N404", limit=3)]  # fmt: skip
    if tax:
        yield ["REF", "TJ", text(tax, "REF02", limit=50)]
    for name, value in party.references.items():
        qualifier = codes.REFERENCE_CODES.get(name) or (name if len(name) in (2, 3) and name.isupper() else "")
        if qualifier and qualifier not in codes.PARTY_TAX_REFERENCES:
            yield ["REF", qualifier, text(value, "REF02", limit=50)]
    if party.contact or party.phone or party.email:
        said = [("TE", party.phone), ("EM", party.email)]
        channels = [part for kind, value in said if value for part in (kind, text(value, "PER04", limit=80))]
        yield ["PER", "IC", text(party.contact, "PER02", limit=60), *channels]


def _code_of(party: Party) -> tuple[str, str]:
    """Element 66 and the code: the GLN, the code that came, or the tax number."""
    if party.gln:
        return codes.GLN, party.gln
    if party.code:
        agency = party.agency or ""
        if agency == "16":
            return ("1" if len(party.code) == 9 else "9"), party.code
        if agency.startswith("x12-"):
            return agency[4:], party.code
        return {"9": codes.GLN, "91": "91", "92": "92"}.get(agency, "92"), party.code
    return ("FI", party.tax_id) if party.tax_id else ("", "")


def references(named: Mapping[str, str] | None, *, apart: frozenset[str] = _APART) -> Iterable[Segment]:
    for name, value in (named or {}).items():
        qualifier = codes.REFERENCE_CODES.get(name) or (name if len(name) in (2, 3) and name.isupper() else "")
        if qualifier and name not in apart:
            yield ["REF", qualifier, text(value, "REF02", limit=50)]


def notes(said: Iterable[str]) -> Iterable[Segment]:
    """Free texts as references of letters and notes, which every set and every loop has."""
    for one in said:
        yield from (["REF", "L1", "", part] for part in pieces(one, limit=80))


def currency(document: NeutralDocument) -> Iterable[Segment]:
    if document.currency:
        yield ["CUR", "SE", document.currency]


def window(said: Window | None, exact: str, first: str, last: str) -> Iterable[Segment]:
    """A window: one day or moment, or its two ends."""
    if said is None:
        return
    if said.from_ == said.to and said.from_ is not None:
        yield moment(exact, said.from_)
        return
    if said.from_ is not None:
        yield moment(first, said.from_)
    if said.to is not None:
        yield moment(last, said.to)


def moment(qualifier: str, value: date) -> Segment:
    return ["DTM", qualifier, day(value), clock(value)]


def item_codes(line: NeutralLine) -> list[str]:
    """Pairs of qualifier and code."""
    found: list[str] = []
    others = line.codes or {}
    if line.gtin and not _closes(line.gtin, others):
        found += [codes.GTIN_CODE.get(len(line.gtin), "UP"), text(line.gtin, "PO107", limit=48)]
    if line.seller_code:
        found += ["VP", text(line.seller_code, "PO107", limit=48)]
    if line.buyer_code:
        found += ["BP", text(line.buyer_code, "PO107", limit=48)]
    for kind, code in others.items():
        if len(kind) == 2 and kind.isalnum() and kind.isupper() and len(found) < 20:
            found += [kind, text(code, "PO107", limit=48)]
    return found


def _closes(gtin: str, others: Mapping[str, str]) -> bool:
    """Whether the GTIN is one of the codes without their check digit, or a book's number, and so is said by it."""
    unclosed = [others.get(kind, "") for kind in sorted(codes.UNCLOSED_TYPES)]
    return (
        any(one.isascii() and one.isdigit() and one + identifiers.check_digit(one) == gtin for one in unclosed)
        or others.get("IB") == gtin
    )


def described(line: NeutralLine) -> Iterable[Segment]:
    for one in pieces(line.text or "", limit=80):
        yield ["PID", "F", "08", "", "", one]
    kinds = {"color": "73", "size": "91", "brand": "BND", "model": "MOD", "trade_name": "TRN"}
    for name, value in (line.attributes or {}).items():
        if name in kinds:
            yield ["PID", "F", kinds[name], "", "", text(value, "PID05", limit=80)]


def priced(line: NeutralLine) -> tuple[str, str]:
    """The price and the code of its kind and its basis.

    :raises NotInX12: if X12 has no code for a price of so many units and it does not divide.
    """
    if line.price is None:
        return "", ""
    kind, basis = line.price_kind or "net", line.price_basis or Decimal(1)
    code = _PRICE_CODES.get((kind, int(basis))) if basis == int(basis) else None
    if code is not None:
        return number(line.price), code
    one = line.price / basis
    if one * basis != line.price or one != round(one, 6):
        raise refuse("x12_price_basis", "PO105", received=number(basis), right="1, 10, 12, 100, 1000")
    return number(one), _PRICE_CODES.get((kind, 1), "")


def allowances(said: Iterable[Allowance]) -> Iterable[Segment]:
    for one in said:
        reason = text(one.reason, "SAC15", limit=80)
        code = text(one.reason_code, "SAC02", limit=4) if len(one.reason_code or "") == 4 else ""
        yield ["SAC", "C" if one.charge else "A", code, "", "", hundredths(one.amount, "SAC05"),
               "Z" if one.percent is not None else "", number(one.percent), "", "", "", "", "", "", "", reason]  # fmt: skip


def pack(line: NeutralLine) -> Iterable[Segment]:
    held = (line.quantities or {}).get("per_pack")
    if held is not None:
        yield ["PO4", number(held)]


def totals(lines: Iterable[NeutralLine], quantities: Iterable[Decimal | None]) -> Segment:
    """CTT: how many lines, and the sum of their quantities."""
    known = list(quantities)
    hash_total = number(sum((one for one in known if one is not None), ZERO)) if known and None not in known else ""
    return ["CTT", str(len(list(lines))), hash_total if len(hash_total) <= 10 else ""]


# --- 855 ----------------------------------------------------------------------------------------------------------------


def response_segments(document: NeutralDocument) -> list[Segment]:
    said = document.references
    order = said.get("order") or document.number
    if not order:
        raise refuse("number_missing", "BAK03")
    code = codes.ACKNOWLEDGEMENT_CODES.get(document.response or "", "AK")
    answered = day(document.issued_on)
    # A day of its own is said for the answer only beside the day of the order, which X12 cannot be without.
    ordered, answered = (said["order_date"].replace("-", ""), answered) if said.get("order_date") else (answered, "")
    segments: list[Segment] = [
        ["BAK", codes.FUNCTION_CODES.get(document.function or "original", "00"), code, text(order, "BAK03", limit=22), ordered,
         text(said.get("release"), "BAK05", limit=30), "", text(said.get("contract"), "BAK07", limit=30),
         text(said.get("seller_order"), "BAK08", limit=50), answered],
        *currency(document),
    ]  # fmt: skip
    if document.number and document.number != order:
        segments.append(["REF", "TN", text(document.number, "REF02", limit=50)])
    segments += [
        *references(said),
        *notes(document.notes),
        *window(document.promised, "067", "070", "073"),
        *parties(document),
    ]
    for line in document.lines:
        segments += _response_line(line)
    segments.append(totals(document.lines, [_ordered(line) for line in document.lines]))
    return segments


def _ordered(line: NeutralLine) -> Decimal | None:
    return (line.quantities or {}).get("ordered", line.quantity)


def _response_line(line: NeutralLine) -> Iterable[Segment]:
    price, basis = priced(line)
    measure = unit(line.unit_code, line.unit_received)
    yield [
        "PO1",
        text(line.line_number, "PO101", limit=20),
        number(_ordered(line)),
        measure,
        price,
        basis,
        *item_codes(line),
    ]
    yield from described(line)
    yield from pack(line)
    yield from references(line.references)
    yield from notes((*line.notes, *([line.reason] if line.reason else ())))
    yield from allowances(line.allowances)
    promised = line.promised
    single = promised is not None and promised.from_ is not None and promised.from_ == promised.to
    for place, (code, quantity) in enumerate(_answers(line)):
        dated = (
            ["067", day(promised.from_)]
            if promised is not None and single and place == 0 and not clock(promised.from_)
            else []
        )
        yield ["ACK", code, number(quantity), measure if quantity is not None else "", *dated]
        if place == 0 and not dated:
            yield from window(promised, "067", "070", "073")


def _answers(line: NeutralLine) -> list[tuple[str, Decimal | None]]:
    """The parts of an answer: what is accepted, what comes later, what is refused."""
    said = line.quantities or {}
    given = said.get("accepted", line.quantity if "ordered" in said else None)
    known = line.reason_code or ""
    if known in codes.HOLDS:
        return [(known, None)]
    if line.response is None:
        return []
    kept = known if codes.RESPONSES.get(known) == line.response else ""
    if line.response == "accepted":
        return [(kept or "IA", given)]
    if line.response == "rejected":
        return [(kept or "IR", said.get("rejected"))]
    return _changed(line, known, given)


def _changed(line: NeutralLine, known: str, given: Decimal | None) -> list[tuple[str, Decimal | None]]:
    said = line.quantities or {}
    later: list[tuple[str, Decimal | None]] = [
        (code, said[name]) for code, name in (("IB", "back_ordered"), ("IR", "rejected")) if name in said
    ]
    if later and (given is None or (not given and "accepted" not in said)):
        return later
    if codes.RESPONSES.get(known) in ("accepted", "changed") and known != "IB" and not (later and known == "IC"):
        return [(known, given), *later]
    return [("IA" if later else "IC" if given is None else "IQ", given), *later]


# --- 810 ----------------------------------------------------------------------------------------------------------------


def invoice_segments(document: NeutralDocument) -> list[Segment]:
    said = document.references
    if document.issued_on is None:
        raise refuse("x12_element_missing", "BIG01", right="CCYYMMDD")
    if not document.number:
        raise refuse("number_missing", "BIG02")
    payable = document.totals.get("payable", document.totals.get("with_tax"))
    if payable is None:
        raise refuse("x12_element_missing", "TDS01", right="TDS01")
    kind = "" if document.kind == "invoice" else codes.INVOICE_CODES[document.kind]
    function = codes.FUNCTION_CODES.get(document.function, "") if document.function else ""
    segments: list[Segment] = [
        ["BIG", day(document.issued_on), text(document.number, "BIG02", limit=22), said.get("order_date", "").replace("-", ""),
         text(said.get("order"), "BIG04", limit=22), text(said.get("release"), "BIG05", limit=30), "", kind, function],
        *currency(document),
        *references(said, apart=_APART - {"seller_order", "contract"}),
        *notes(document.notes),
        *parties(document),
    ]  # fmt: skip
    if document.due_on or document.terms:
        segments.append(["ITD", "05", "", "", "", "", day(document.due_on), "", "", "", "", "",
                         text(document.terms, "ITD12", limit=80)])  # fmt: skip
    for qualifier, value in (("011", document.despatched_on), ("035", document.delivered_on)):
        if value is not None:
            segments.append(["DTM", qualifier, day(value)])
    segments += _period(document.period, "186", "187")
    for line in document.lines:
        segments += _invoice_line(line, document)
    segments.append(["TDS", hundredths(payable, "TDS01")])
    segments += _taxes(document.taxes)
    if "lines" in document.totals:
        segments.append(["AMT", "1", number(document.totals["lines"])])
    segments += allowances(document.allowances)
    segments.append(totals(document.lines, [line.quantity for line in document.lines]))
    return segments


def _period(said: Window | None, first: str, last: str) -> Iterable[Segment]:
    if said is not None:
        for qualifier, value in ((first, said.from_), (last, said.to)):
            if value is not None:
                yield moment(qualifier, value)


def _taxes(said: Iterable[Tax]) -> Iterable[Segment]:
    for one in said:
        kind = codes.TAX_KIND_CODES.get(one.kind or "", one.kind if len(one.kind or "") == 2 else "TX") or "TX"
        yield ["TXI", kind, number(one.amount), number(one.rate), "", "", "", "", number(one.base)]


def _invoice_line(line: NeutralLine, document: NeutralDocument) -> Iterable[Segment]:
    price, basis = priced(line)
    yield ["IT1", text(line.line_number, "IT101", limit=20), number(line.quantity), unit(line.unit_code, line.unit_received), price,
           basis, *item_codes(line)]  # fmt: skip
    amounts = line.amounts or {}
    for name, code in (("despatched", "SH"), ("back_ordered", "BO")):
        if name in (line.quantities or {}):
            yield ["IT3", number((line.quantities or {})[name]), "", code]
    if line.tax_rate is not None or "tax" in amounts:
        kind = next((tax.kind for tax in document.taxes if tax.rate == line.tax_rate and tax.kind), "VAT")
        yield ["TXI", codes.TAX_KIND_CODES.get(kind, kind if len(kind) == 2 else "TX"), number(amounts.get("tax")),
               number(line.tax_rate)]  # fmt: skip
    if line.amount is not None:
        yield ["PAM", "", "", "", "1", number(line.amount)]
    yield from described(line)
    yield from pack(line)
    yield from references(line.references, apart=frozenset())
    yield from notes(line.notes)
    yield from _period(line.period, "150", "151")
    yield from allowances(line.allowances)
