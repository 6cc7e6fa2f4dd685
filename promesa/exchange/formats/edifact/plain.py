"""Lines of orders without anything remarkable in them, read in one go.

Nearly all that a large file holds are lines of a few plain segments in their usual order. One expression takes as many of
them as it can from where LIN begins; whatever it leaves, and every line with something to be said about, is read segment by
segment. Both ways give the same lines.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from promesa.core import identifiers
from promesa.exchange.formats.edifact import codes
from promesa.exchange.formats.edifact.draft import number_of
from promesa.exchange.formats.edifact.lines import WORST, unit_known
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
    said: dict[str, Any] = {"line_number": number, "place": index + 1}
    if (item and not _keep(said, item, kind)) or (
        pia_1 is not None
        and not (
            _keep(said, pia_1, kind_1)
            and (pia_2 is None or _keep(said, pia_2, kind_2))
            and (pia_3 is None or _keep(said, pia_3, kind_3))
            and (pia_4 is None or _keep(said, pia_4, kind_4))
        )
    ):
        return False
    if text is not None:
        said["text"] = (f"{text.strip()} {more.strip()}".strip() if more else text.strip()) or None
    if quantity is not None:
        value, code, _ = number_of(quantity, reader.mark)
        if code or value is None or value <= 0 or (unit and not unit_known(unit)):
            return False
        said["quantity"], said["quantity_received"] = value, quantity
        if unit:
            said["unit_code"] = said["unit_received"] = unit
    rank = WORST
    if price_kind is not None:
        rank, said["price_kind"] = codes.PRICES[price_kind]
        if other_kind is not None and codes.PRICES[other_kind][0] < rank:
            rank, said["price_kind"] = codes.PRICES[other_kind]
            price, basis, specification, other_specification = (
                other_price,
                other_basis,
                other_specification,
                specification,
            )
        if specification in codes.RETAIL_PRICES or other_specification in codes.RETAIL_PRICES:
            return False
        value, code, _ = number_of(price, reader.mark)
        if code or value is None or value < 0:
            return False
        said["price"] = value
        if basis:
            value, code, _ = number_of(basis, reader.mark)
            if code or value is None or value <= 0:
                return False
            said["price_basis"] = value
    if amount is not None and last_amount is not None:
        return False
    amount = last_amount if amount is None else amount
    if amount is not None:
        value, code, _ = number_of(amount, reader.mark)
        if code or value is None:
            return False
        said["amount"] = value
    (line := _new(NeutralLine)).__dict__ = said
    reader.take_line(line, quantity is not None, rank, WORST if amount is None else 0)
    return True


_new = object.__new__


def _keep(said: dict[str, Any], code: str, kind: str | None) -> bool:
    """Keep an item code of a plain kind, if it is the line's first of the kind."""
    if not code or code[0] == " " or code[-1] == " " or len(code) > codes.MAX_CODE:
        return False
    if kind in codes.SELLER_TYPES:
        said.setdefault("seller_code", code)
    elif kind in codes.BUYER_TYPES:
        said.setdefault("buyer_code", code)
    elif kind in codes.GTIN_TYPES:
        if "gtin" not in said:
            said["gtin"] = code
            return identifiers.is_gtin(code)
    else:
        return False
    return True
