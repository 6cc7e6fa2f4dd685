"""What a piece of work is when it is asked for, and how soon each kind should be done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

# Minutes from opening to due, by kind; the parameter `work.standard_minutes` overrides them one by one.
STANDARD_MINUTES: dict[str, int] = {
    "hold": 120,
    "draft": 120,
    "document": 60,
    "shortage": 240,
    "protected_short": 60,
    "late_line": 240,
    "redeliver": 480,
    "replace": 240,
    "count_stock": 480,
    "refused_goods": 480,
    "invoice_blocked": 240,
    "reminder": 1_440,
    "dispute": 480,
}
OTHER_MINUTES = 480
STANDARDS_PARAMETER = "work.standard_minutes"


@dataclass(frozen=True, slots=True)
class WorkDraft:
    """Something that needs a person. `key` names the thing: while an item with that key is open, asking again does
    nothing. `code` and `params` are its sentence. Without `due_at` the standard of its kind says when it is due."""

    kind: str
    subject: str
    key: str
    role: str
    code: str
    params: Mapping[str, Any] = field(default_factory=dict)
    owner_id: int | None = None
    customer_id: int | None = None
    due_at: datetime | None = None


def due_after(kind: str, opened_at: datetime, standards: Mapping[str, int] = STANDARD_MINUTES) -> datetime:
    """When a piece of work opened at a moment should be done."""
    return opened_at + timedelta(minutes=standards.get(kind, STANDARD_MINUTES.get(kind, OTHER_MINUTES)))
