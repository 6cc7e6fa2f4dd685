"""What a connector to another system offers. It reads and writes over there, and knows nothing of our database.

Pulling is repeatable: a page that comes again changes nothing. Pushing is recognisable: the number of the order or invoice is
given with it, and a connector looks for that number before it makes anything, so that a push after a lost answer finds what
the first one made.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from promesa.exchange.rules.answering import InvoiceFacts, OrderFacts

MASTERS = ("customers", "sites", "items", "packs", "price_lists", "prices", "agreements", "item_codes")


class Unreachable(Exception):
    """The other system cannot be asked, or refuses: the code and parameters of a sentence."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(f"{code} {params}" if params else code)
        self.code, self.params = code, params


@dataclass(frozen=True, slots=True)
class System:
    """How to reach another system. `settings` depend on the kind of connector; the secret was read where its name says."""

    code: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    secret: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """Rows of one role (a name of `MASTERS`, or `stock`), as `load masters` knows them. `mark` is from where to go on next time;
    `token` tells the connector which page was taken; `whole` says that it is all the stock there is: what was counted there
    before and is not in it is gone. Of a rejected row, `values` are what could be read."""

    role: str
    rows: Sequence[Mapping[str, Any]]
    mark: str = ""
    token: str = ""
    rejected: Sequence[Mapping[str, Any]] = ()
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Delivered:
    """Goods that left over there: our order number, our quantities in base units by SKU, their number for it. With the last of
    a page (`token`) come the rows of the page that could not be read; a page of nothing else has no reference."""

    reference: str
    order: str
    quantities: Mapping[str, Decimal]
    despatched_at: datetime
    carrier: str = ""
    mark: str = ""
    token: str = ""
    rejected: Sequence[Mapping[str, Any]] = ()


class Connector(ABC):
    """One system that is reached in one way."""

    def __init__(self, system: System) -> None:
        self.system = system

    @abstractmethod
    def masters(self, *, since: Mapping[str, str]) -> Iterator[Page]:
        """Masters that changed since the marks (by role), what others refer to first.

        :raises Unreachable: if it cannot be asked.
        """

    @abstractmethod
    def stock(self) -> Iterator[Page]:
        """What is on hand, every row of it: role `stock` (sku, warehouse, lot, expires_on, quantity)."""

    @abstractmethod
    def deliveries(self, *, since: str) -> Iterator[Delivered]:
        """Goods that left since a mark, the oldest first."""

    @abstractmethod
    def push_order(self, order: OrderFacts) -> str:
        """Make the order over there, or find it by its number; returns their reference."""

    @abstractmethod
    def push_invoice(self, invoice: InvoiceFacts) -> str:
        """Make the invoice or credit note over there, or find it by its number; returns their reference."""

    def taken(self, token: str, *, rejected: Sequence[Mapping[str, Any]] = ()) -> None:
        """Told when a page was taken in, with the rows of it that were not; nothing to do unless it says otherwise."""
        return
