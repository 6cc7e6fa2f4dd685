"""What happened to work."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class WorkOpened:
    """Something needs a person."""

    SUBJECT: ClassVar[str] = "work_item"
    work_item_id: int
    kind: str
    about: str
    role: str


@dataclass(frozen=True, slots=True)
class WorkTaken:
    """A person took it."""

    SUBJECT: ClassVar[str] = "work_item"
    work_item_id: int
    owner_id: int


@dataclass(frozen=True, slots=True)
class WorkClosed:
    """It was done, or is needed no more."""

    SUBJECT: ClassVar[str] = "work_item"
    work_item_id: int
    state: str
