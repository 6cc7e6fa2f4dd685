"""An order written in the text of an e-mail. (In the making.)"""
from __future__ import annotations
from datetime import date
from collections.abc import Mapping, Sequence
from promesa.exchange.formats.neutral import NeutralDocument


def order_in(text: str, *, mentioned: Sequence[str] = (), sender: Mapping[str, str] | None = None, issued_on: date | None = None) -> NeutralDocument | None:
    return None
