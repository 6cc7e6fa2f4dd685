"""Where segments stand: the pieces of an interchange that the message being read began in, and those after."""

from __future__ import annotations

from promesa.exchange.formats.edifact.syntax import Segments


class Places:
    """Knows the offset and the name of every segment since the message began; forgets what is before."""

    __slots__ = ("_kept",)

    def __init__(self) -> None:
        self._kept: list[Segments] = []

    def add(self, segments: Segments, since: int) -> None:
        self._kept.append(segments)
        self.drop(since)

    def drop(self, since: int) -> None:
        """Forget the pieces that end before a segment."""
        while len(self._kept) > 1 and self._kept[1].first <= since:
            del self._kept[0]

    def offset(self, index: int) -> int:
        return self._piece(index).offset(index) if self._kept else 0

    def tag(self, index: int) -> str:
        return self._piece(index).tag(index) if self._kept else ""

    def _piece(self, index: int) -> Segments:
        return next((piece for piece in reversed(self._kept) if piece.first <= index), self._kept[0])
