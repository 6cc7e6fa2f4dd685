"""What can happen to a customer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class CustomerChanged:
    """`what`: created, changed, site, person."""

    SUBJECT: ClassVar[str] = "customer"
    customer_id: int
    what: str
    detail: str = ""
