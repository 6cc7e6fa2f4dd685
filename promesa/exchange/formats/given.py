"""What a reader is given beside the bytes: the file's name, what is known of its sender, and the way to read what is inside."""

from __future__ import annotations

import mmap
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from promesa.exchange.formats.neutral import NeutralDocument
from promesa.exchange.formats.tabular import Mapping as Columns

MAX_DEPTH = 8
Buffer = bytes | mmap.mmap


@dataclass(frozen=True, slots=True)
class Given:
    """What a reader may know. `templates` are the layouts learnt for the sender; `inside` reads a file within the file
    (an attachment, an XML in a PDF); `depth` counts how deep we are."""

    filename: str = ""
    mapping: Columns | None = None
    templates: Sequence[Mapping[str, Any]] = ()
    depth: int = 0
    inside: Callable[[bytes, str], list[NeutralDocument]] = field(default=lambda content, name: [])


class Format(Protocol):
    """What each folder of a format offers at its top."""

    def looks_like(self, content: bytes) -> bool:
        """Whether bytes are of this format; quick, by how they begin."""

    def read(self, content: bytes, given: Given) -> list[NeutralDocument]:
        """Every document in the bytes, each with all its faults; at least one, and never an exception."""
