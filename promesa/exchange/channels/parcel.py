"""What is brought to the other side, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Parcel:
    """The bytes of a document with all that a channel needs. `message_id` and `name` are the same for every try."""

    content: bytes
    name: str
    content_type: str
    message_id: str
    partner: str
    address: str
    secret: str
    kind: str
    number: str
    language: str = "es"


@dataclass(frozen=True, slots=True)
class Brought:
    """It got there. `acknowledged`: the answer itself says that they have it; `kept`: it is only kept, nothing was sent."""

    message_id: str = ""
    acknowledged: bool = False
    kept: bool = False


class NotBrought(Exception):
    """It did not get there: the code and parameters of a sentence. `for_good`: trying again would change nothing. `wait`: the
    other side asks us not to try again before so many seconds."""

    def __init__(self, code: str, *, for_good: bool = False, wait: float = 0, **params: Any) -> None:
        super().__init__(code)
        self.code, self.for_good, self.wait, self.params = code, for_good, wait, params
