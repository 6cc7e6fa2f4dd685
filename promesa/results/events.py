"""What results say happened."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class OrderAudited:
    """Somebody keyed an order again from its source and compared."""

    SUBJECT: ClassVar[str] = "order"
    order_id: int
    differences: int
    wrong: bool
