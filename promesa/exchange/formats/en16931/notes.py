"""Notes with a subject: EN 16931 writes `#AAR#text` in one element where other syntaxes have two."""

from __future__ import annotations

import re
from collections.abc import Sequence

_SUBJECT = re.compile(r"#([A-Z0-9]{3})#\s*(.*)", re.DOTALL)


def split_notes(notes: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The words of notes and what each is about (nothing at all when none says)."""
    found = [match.groups() if (match := _SUBJECT.fullmatch(note)) else ("", note) for note in notes]
    codes = tuple(code for code, _ in found)
    return tuple(text for _, text in found), codes if any(codes) else ()


def joined_note(text: str, code: str) -> str:
    """A note as one text again."""
    return f"#{code}#{text}" if code else text
