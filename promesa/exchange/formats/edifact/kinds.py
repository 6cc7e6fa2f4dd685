"""Which reader a message has, by its type."""

from __future__ import annotations

from promesa.exchange.formats.edifact import codes
from promesa.exchange.formats.edifact.answers import AperakReader, ControlReader, RemittanceReader, SalesReader
from promesa.exchange.formats.edifact.goods import GoodsReader
from promesa.exchange.formats.edifact.header import Elements, identity_of
from promesa.exchange.formats.edifact.message import MessageReader
from promesa.exchange.formats.edifact.syntax import Separators

READERS: dict[str, type[MessageReader]] = {
    "ORDERS": MessageReader,
    "APERAK": AperakReader,
    "CONTRL": ControlReader,
    "REMADV": RemittanceReader,
    "SLSRPT": SalesReader,
}


def reader_of(header: Elements, separators: Separators) -> type[MessageReader]:
    """The reader of the message that a UNH begins."""
    type_ = identity_of(header[2], separators.component)[0] if len(header) > 2 else ""
    return READERS.get(type_, GoodsReader if type_ in codes.KINDS else MessageReader)
