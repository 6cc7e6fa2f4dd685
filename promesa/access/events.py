"""What happened to people and keys."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class PersonAdded:
    SUBJECT: ClassVar[str] = "user"
    user_id: int
    role: str


@dataclass(frozen=True, slots=True)
class PersonChanged:
    """`what`: role, password, deactivated, activated, second_factor_on, second_factor_off."""

    SUBJECT: ClassVar[str] = "user"
    user_id: int
    what: str
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class KeyCreated:
    SUBJECT: ClassVar[str] = "key"
    key_id: int
    name: str
    scopes: str


@dataclass(frozen=True, slots=True)
class KeyRevoked:
    SUBJECT: ClassVar[str] = "key"
    key_id: int
    name: str
