"""Lines of orders without anything remarkable in them, read in one go.

Nearly all that a large file holds are lines of a few plain segments in their usual order. One expression takes as many of
them as it can from where LIN begins; whatever it leaves, and every line with something to be said about, is read segment by
segment. Both ways give the same lines.
"""

from __future__ import annotations

import re
from functools import lru_cache

from promesa.core import identifiers
from promesa.exchange.formats.edifact import codes
from promesa.exchange.formats.edifact.draft import number_of
from promesa.exchange.formats.edifact.lines import unit_known
from promesa.exchange.formats.edifact.message import MessageReader
from promesa.exchange.formats.edifact.syntax import ASIDE, Separators
from promesa.exchange.formats.neutral import NeutralLine

_ITEM = r"(V)(?::(V)(?::V)*)?"
_PIA = rf"(?:PIA\+[15]\+{_ITEM}(?:\+{_ITEM})?')?"
_PRI = r"(?:PRI\+(AAA|NTP|INV|AAB|GRP):(V)(?::V(?::(V)(?::(V)(?::V)*)?)?)?')?"
_MOA = r"(?:MOA\+203:(V)(?::V)*')?"
_LINE = (
    rf"LIN\+(V)(?:\+V(?:\+{_ITEM})?)?'{_PIA}{_PIA}"
    r"(?:IMD\+V\+V\+V:V:V:(V)(?::(V)(?::[A-Z]{0,3})?)?')?"
    rf"(?:QTY\+21:(V)(?::(V))?')?{_MOA}{_PRI}{_PRI}{_MOA}"
)


@lru_cache(maxsize=64)
def pattern_of(separators: Separators) -> re.Pattern[str]:
    """The expression of a plain line in these separators."""
    component, element, terminator = separators.component, separators.element, separators.terminator
    value = f"[^{re.escape(component + element + terminator)}{ASIDE[0]}-{ASIDE[3]}\r\n]*"
    parts = {":": re.escape(component), "'": re.escape(terminator), r"\+": re.escape(element), "V": value}
    return re.compile(re.sub(r"\(\?:|:|'|\\\+|\bV\b", lambda found: parts.get(found.group(), found.group()), _LINE))


def take(reader: MessageReader, found: re.Match[str], index: int) -> bool:
    """Make a line of a match at a segment; False, with nothing done, when there is something to say about it."""
    (number, item, kind, pia_1, kind_1, pia_2, kind_2, pia_3, kind_3, pia_4, kind_4, text, more, quantity, unit, amount, price_kind,
     price, specification, basis, other_kind, other_price, other_specification, other_basis, last_amount) = found.groups()  # fmt: skip
    if not number or number[-1] == " ":
        return False
    line = NeutralLine(number)
    line.place = index + 1
    if item and not _keep(line, item, kind):
        return False
    if pia_1 is not None and not (
        _keep(line, pia_1, kind_1)
        and (pia_2 is None or _keep(line, pia_2, kind_2))
        and (pia_3 is None or _keep(line, pia_3, kind_3))
        and (pia_4 is None or _keep(line, pia_4, kind_4))
    ):
        return False
    if text is not None:
        line.text = (f"{text.strip()} {more.strip()}".strip() if more else text.strip()) or None
    if quantity is not None:
        value, code, _ = number_of(quantity, reader.mark)
        if code or value is None or value <= 0 or (unit and not unit_known(unit)):
            return False
        line.quantity, line.quantity_received = value, quantity
        if unit:
            line.unit_code = line.unit_received = unit
    rank = 9
    if price_kind is not None:
        rank, line.price_kind = codes.PRICES[price_kind]
        if other_kind is not None and codes.PRICES[other_kind][0] < rank:
            rank, line.price_kind = codes.PRICES[other_kind]
            price, specification, basis, other_specification = (
                other_price,
                other_specification,
                other_basis,
                specification,
            )
        if specification in codes.RETAIL_PRICES or other_specification in codes.RETAIL_PRICES:
            return False
        line.price, code, _ = number_of(price, reader.mark)
        if code or line.price is None or line.price < 0:
            return False
        if basis:
            line.price_basis, code, _ = number_of(basis, reader.mark)
            if code or line.price_basis is None or line.price_basis <= 0:
                return False
    if amount is None:
        amount = last_amount
    elif last_amount is not None:
        return False
    if amount is not None:
        line.amount, code, _ = number_of(amount, reader.mark)
        if code or line.amount is None:
            return False
    reader.take_line(line, measured=quantity is not None, price_rank=rank, amount_rank=9 if amount is None else 0)
    return True


def _keep(line: NeutralLine, code: str, kind: str | None) -> bool:
    """Keep an item code of a plain kind, if it is the line's first of the kind."""
    if not code or code[0] == " " or code[-1] == " " or len(code) > codes.MAX_CODE:
        return False
    if kind in codes.GTIN_TYPES:
        if line.gtin is None:
            line.gtin = code
            return identifiers.is_gtin(code)
    elif kind in codes.SELLER_TYPES:
        line.seller_code = line.seller_code or code
    elif kind in codes.BUYER_TYPES:
        line.buyer_code = line.buyer_code or code
    else:
        return False
    return True
