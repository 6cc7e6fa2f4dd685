"""What the envelope of an interchange says before it is read: who sent it, and whether its receipt is to be acknowledged."""

from __future__ import annotations

import re

_HEAD = 2_000
_UNB = re.compile(rb"UNB(.)", re.DOTALL)


def asks_for_acknowledgement(content: bytes) -> bool:
    """Whether the envelope of a file asks that its receipt be acknowledged (UNB 0031, ISA14)."""
    isa = _isa(content)
    if isa:
        return len(isa) > 14 and isa[14] == b"1"
    unb, _ = _unb(content)
    return len(unb) > 9 and unb[9].strip() == b"1"


def sender_of(content: bytes) -> str:
    """The identifier of whoever sent an interchange (UNB 0004, ISA06); empty for files of other kinds."""
    isa = _isa(content)
    if isa:
        return isa[6].decode("latin-1").strip() if len(isa) > 6 else ""
    unb, component = _unb(content)
    return unb[2].split(component, 1)[0].decode("latin-1").strip() if len(unb) > 2 else ""


def _isa(content: bytes) -> list[bytes]:
    head = content[:_HEAD].lstrip(b"\xef\xbb\xbf \t\r\n")
    return head[:106].split(head[3:4]) if head.startswith(b"ISA") and len(head) > 106 else []


def _unb(content: bytes) -> tuple[list[bytes], bytes]:
    """The elements of UNB, and what parts their components."""
    head = content[:_HEAD].lstrip(b"\xef\xbb\xbf \t\r\n")
    has_una = head.startswith(b"UNA") and len(head) > 9
    if not has_una and not head.startswith(b"UNB"):
        return [], b":"
    terminator, component = (head[8:9], head[3:4]) if has_una else (b"'", b":")
    found = _UNB.search(head)
    if found is None:
        return [], component
    return head[found.start() :].split(terminator, 1)[0].split(found.group(1)), component
