"""Bytes of X12 out of segments: the envelope, the control numbers, and separators that stand in no value."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from zlib import crc32

from promesa.core import identifiers
from promesa.exchange.formats.neutral import CannotWrite, Fault, NeutralDocument, Party, fault
from promesa.exchange.formats.x12 import codes
from promesa.exchange.formats.x12.syntax import Separators

VERSION = "004010"
Segment = list[str]
# Tried in this order, until one stands in no value. The last are control characters, which no value may have.
SEPARATORS = (
    Separators("*", ">", "~", "^"),
    Separators("|", ">", "~", "^"),
    Separators("|", "<", "~", "^"),
    Separators("\x1d", "\x1f", "\x1c", "\x1e"),
)
_CONTROL = re.compile(r"[\x00-\x1f\x7f\ufdd0-\ufdef\ufffd\ud800-\udfff]")
_VERSION = re.compile(r"[0-9]{6}[A-Z0-9]{0,6}")
_GROUP_KINDS = {
    "order_response": ("855", "PR"),
    "despatch_advice": ("856", "SH"),
    "invoice": ("810", "IN"),
    "credit_note": ("810", "IN"),
    "debit_note": ("810", "IN"),
    "acknowledgement": ("997", "FA"),
}


class NotInX12(CannotWrite):
    """A document that X12 cannot say as it stands; `fault` tells where, what, and what would do."""

    def __init__(self, said: Fault) -> None:
        self.fault = said
        super().__init__(said.sentence("en"))


def refuse(code: str, where: str, **said: object) -> NotInX12:
    return NotInX12(fault(code, where=where, **said))  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Wrapping:
    """What an envelope says that the document does not. `separators` are those agreed with a partner; without them the
    usual ones are taken, or others if a value has one of those. `version` is the document's own, or 004010, if it is not
    said; `at` is when it was made (the document's day if not said)."""

    version: str = ""
    sender_qualifier: str = ""
    receiver_qualifier: str = ""
    separators: Separators | None = None
    at: datetime | None = None
    line_ends: bool = True


def wrapped(segments: Sequence[Segment], document: NeutralDocument, wrapping: Wrapping) -> bytes:
    """The bytes of one interchange with one group with one set; `segments` are those between ST and SE.

    :raises NotInX12: if a value cannot stand in X12, or nobody is named as sender or receiver.
    """
    set_id, kind = _GROUP_KINDS[document.kind]
    interchange, group, control = control_numbers(document)
    sender, receiver = ends(document)
    version = _version(document, wrapping)
    body = [["ST", set_id, control], *segments]
    body.append(["SE", str(len(body) + 1), control])
    moment = _moment(document, wrapping)
    separators = _separators(body, [sender, receiver], wrapping.separators, version)
    envelope = document.envelope
    head = [
        ["ISA", "00", " " * 10, "00", " " * 10, wrapping.sender_qualifier or _qualifier(sender), f"{sender:<15}",
         wrapping.receiver_qualifier or _qualifier(receiver), f"{receiver:<15}", f"{moment:%y%m%d}", f"{moment:%H%M}",
         "U" if version < "004020" else separators.repetition, f"{version[:3]}{version[3:5]}", interchange, "0",
         "T" if envelope is not None and envelope.test else "P", separators.component],
        ["GS", kind, sender, receiver, f"{moment:%Y%m%d}", f"{moment:%H%M}", group, "X", version],
    ]  # fmt: skip
    tail = [["GE", "1", group], ["IEA", "1", interchange]]
    end = separators.terminator + ("\n" if wrapping.line_ends and separators.terminator != "\n" else "")
    joined = [separators.element.join(one) for one in (*head, *map(_trimmed, body), *tail)]
    return (end.join(joined) + end).encode()


def _trimmed(segment: Segment) -> Segment:
    end = len(segment)
    while end > 1 and not segment[end - 1]:
        end -= 1
    return segment[:end]


def _version(document: NeutralDocument, wrapping: Wrapping) -> str:
    known = wrapping.version or (document.envelope.version if document.envelope else None) or VERSION
    return known if _VERSION.fullmatch(known) else VERSION


def _separators(body: Iterable[Segment], ends_: Sequence[str], agreed: Separators | None, version: str) -> Separators:
    """The separators agreed, or the first of ours that stand in no value. A value with an agreed one is refused."""
    values = [(f"{one[0]}{place:02d}", value) for one in body for place, value in enumerate(one) if place and value]
    values += [(f"ISA{place:02d}", value) for place, value in zip((6, 8), ends_, strict=True)]
    for where, value in values:
        if _CONTROL.search(value):
            raise refuse("x12_character_inside", where, received=value)
    if agreed is not None:
        for where, value in values:
            for char in _cutting(agreed, version):
                if char in value:
                    raise refuse("x12_separator_inside", where, received=value, right=char)
        return agreed
    used = set().union(*(value for _, value in values))
    return next(one for one in SEPARATORS if not used & set(_cutting(one, version)))


def _cutting(separators: Separators, version: str) -> list[str]:
    repetition = separators.repetition if version >= "004020" else ""
    return [char for char in (separators.element, separators.component, separators.terminator, repetition) if char]


def control_numbers(document: NeutralDocument) -> tuple[str, str, str]:
    """ISA13, GS06 and ST02: the envelope's references where they are numbers, else numbers made of what it says.

    A reference of four to nine figures that begins with none that is zero stands in all three, so that an
    acknowledgement repeats it as it is.
    """
    envelope = document.envelope
    reference = (envelope.reference if envelope else None) or document.number or document.kind
    interchange = _figures(reference)
    group = envelope.group if envelope is not None and envelope.group else str(int(interchange))
    message = (envelope.message_reference if envelope else None) or interchange
    if not (4 <= len(message) <= 9 and message.isascii() and message.isalnum()):
        message = f"{int(_figures(message)):04d}"
    if not (group.isascii() and group.isdigit() and len(group) <= 9):
        group = str(int(_figures(group)))
    return interchange, group, message


def _figures(reference: str) -> str:
    if reference.isascii() and reference.isdigit():
        return reference[-9:].zfill(9)
    return f"{crc32(reference.encode()) % 1_000_000_000:09d}"


def ends(document: NeutralDocument) -> tuple[str, str]:
    """Who sends to whom: as the envelope says, else seller and buyer.

    :raises NotInX12: if nobody is named, or a name is longer than the fifteen characters of ISA.
    """
    envelope = document.envelope
    sender = (envelope.sender if envelope else None) or _name(document.party("seller"))
    receiver = (
        (envelope.receiver if envelope else None) or _name(document.party("buyer")) or _name(document.party("invoicee"))
    )
    for where, name in (("ISA06", sender), ("ISA08", receiver)):
        if not name:
            raise refuse("x12_element_missing", where, right="GLN, DUNS")
        if len(name) > 15:
            raise refuse("value_too_long", where, received=name, right="15", limit=15)
    return sender.strip(), receiver.strip()


def _name(party: Party) -> str:
    return party.gln or party.code or party.tax_id or ""


def _qualifier(name: str) -> str:
    """Element I05: what kind of name it is, where its figures tell."""
    if identifiers.is_gln(name):
        return "07"
    return "01" if len(name) == 9 and name.isdigit() else "ZZ"


def _moment(document: NeutralDocument, wrapping: Wrapping) -> datetime:
    if wrapping.at is not None:
        return wrapping.at
    if document.envelope is not None and document.envelope.prepared_at is not None:
        return document.envelope.prepared_at
    day = document.issued_on or document.despatched_on or date(2000, 1, 1)
    return datetime(day.year, day.month, day.day)  # noqa: DTZ001 - X12 names no zone


# --- values -------------------------------------------------------------------------------------------------------------


def text(value: str | None, where: str, *, limit: int) -> str:
    """A text as an element; one that is too long is refused."""
    said = (value or "").strip()
    if len(said) > limit:
        raise refuse("value_too_long", where, received=said, right=str(limit), limit=limit)
    return said


def pieces(value: str, *, limit: int) -> list[str]:
    """A long text as elements of at most so many characters, cut at blanks where there are some."""
    found: list[str] = []
    for paragraph in value.splitlines():
        rest = " ".join(re.sub(r"[\x00-\x1f\x7f]", " ", paragraph).split(" ")).strip()
        while len(rest) > limit:
            cut = rest.rfind(" ", 1, limit + 1)
            cut = cut if cut > 0 else limit
            found.append(rest[:cut].strip())
            rest = rest[cut:].strip()
        if rest:
            found.append(rest)
    return found


def number(value: Decimal | None) -> str:
    return "" if value is None else format(value, "f")


def hundredths(value: Decimal | None, where: str) -> str:
    """An amount of type N2.

    :raises NotInX12: if it has more than two decimals.
    """
    if value is None:
        return ""
    scaled = value.scaleb(2)
    whole = scaled.to_integral_value()
    if whole != scaled:
        raise refuse("x12_only_hundredths", where, received=format(value, "f"))
    return format(whole, "f")


def day(value: date | None) -> str:
    """Eight figures; of a moment, its day."""
    return "" if value is None else f"{value.year:04d}{value.month:02d}{value.day:02d}"


def clock(value: date | None) -> str:
    if not isinstance(value, datetime):
        return ""
    return f"{value:%H%M%S}" if value.second else f"{value:%H%M}"


def unit(code: str | None, received: str | None) -> str:
    """The code of element 355: as it was received where it means the same, else ours."""
    if received and len(received) == 2:
        return received
    return codes.UNIT_CODES.get(code or "", code or "")
