"""Acknowledgements (997): as segments, and made out of the faults of what was read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from promesa.exchange.formats.neutral import Envelope, Fault, NeutralDocument, Reported
from promesa.exchange.formats.x12.wrapping import VERSION, Segment, refuse, text

_ANSWERS = {"accepted": "A", "changed": "P", "rejected": "R"}
_SET = re.compile(r"[0-9]{3} .+")
# What a fault is, as the codes of 997 say it: (level, code). A fault of business, such as an unknown item, is none of syntax.
SET_CODES = {"message_trailer_missing": "2", "segment_count_wrong": "4", "not_an_order": "1"}
GROUP_CODES = {"group_count_wrong": "5", "interchange_trailer_missing": "3"}
SEGMENT_CODES = {"segment_unknown": "1", "segment_unreadable": "1", "segment_out_of_place": "2", "no_lines": "3"}
ELEMENT_CODES = {
    "number_missing": "1", "quantity_missing": "1", "x12_element_missing": "1", "x12_unit_missing": "2", "value_too_long": "5",
    "number_wrong": "6", "ambiguous_number": "6", "number_too_large": "5", "too_many_decimals": "5", "x12_decimal_comma": "6",
    "x12_implied_decimals": "6", "date_wrong": "8", "currency_wrong": "7", "x12_code_unknown": "7", "function_unusual": "7",
    "segment_too_long": "5",
}  # fmt: skip
_ELEMENT = re.compile(r"([A-Z][A-Z0-9]{1,2}?)([0-9]{2})")


def acknowledge(documents: Sequence[NeutralDocument]) -> list[NeutralDocument]:
    """An acknowledgement for each group of the sets that were read from a file, in the order of the file.

    A set is rejected (R) if its syntax blocks it, accepted with a word (E) if its syntax is wrong and was understood, and
    accepted (A) otherwise. Acknowledgements are never acknowledged.
    """
    groups: dict[tuple[str, str, str, str], list[NeutralDocument]] = {}
    for one in documents:
        envelope = one.envelope
        if envelope is None or not envelope.group or one.kind in ("acknowledgement", "unreadable"):
            continue
        key = (envelope.sender or "", envelope.reference or "", envelope.group, envelope.group_kind or "")
        groups.setdefault(key, []).append(one)
    return [_of_group(group) for group in groups.values()]


def _of_group(documents: Sequence[NeutralDocument]) -> NeutralDocument:
    first = documents[0].envelope
    assert first is not None
    references = {"acknowledged": first.group or "", "acknowledged_kind": first.group_kind or ""}
    if first.version:
        references["acknowledged_version"] = first.version
    reported: list[Reported] = []
    accepted = 0
    for one in documents:
        said = list(_reported(one))
        name = _name(one)
        blocking = any(fault.blocking and _code(fault) is not None for fault in one.faults)
        references[name] = "R" if blocking else "E" if said else "A"
        accepted += not blocking
        reported += said
    group_faults = {GROUP_CODES[fault.code] for one in documents for fault in one.faults if _of_the_group(fault)}
    group_faults |= {"4" for one in documents for fault in one.faults if fault.where == "GE02"}
    reported += [Reported(code=f"group {code}") for code in sorted(group_faults)]
    response = "accepted" if accepted == len(documents) else "changed" if accepted else "rejected"
    if any(
        fault.blocking and (_of_the_group(fault) or fault.where == "GE02") for one in documents for fault in one.faults
    ):
        response = "rejected"
    count = Decimal(len(documents))
    return NeutralDocument(
        format=f"x12-{(first.version or VERSION)[:6].lower()}-997", kind="acknowledgement", references=references,
        response=response, reported=tuple(reported), totals={"included": count, "received": count, "accepted": Decimal(accepted)},
        envelope=Envelope(first.receiver, first.sender, first.reference, None, first.test, None, None, first.version),
    )  # fmt: skip


def _name(document: NeutralDocument) -> str:
    control = document.envelope.message_reference if document.envelope else None
    return f"{document.format.rpartition('-')[2].upper()} {control or ''}".strip()


def _of_the_group(fault: Fault) -> bool:
    return fault.where in ("GE", "GE01") and fault.code in GROUP_CODES


def _code(fault: Fault) -> tuple[str, str] | None:
    """The level of a fault (set, segment, element) and its code there; nothing for what is none of syntax."""
    if fault.code == "reference_mismatch" and fault.where == "SE02":
        return "set", "3"
    if fault.where.startswith(("ISA", "IEA", "GS", "GE")):
        return None
    if fault.code in SET_CODES:
        return "set", SET_CODES[fault.code]
    if fault.code in SEGMENT_CODES:
        return "segment", SEGMENT_CODES[fault.code]
    if fault.code in ELEMENT_CODES and not _ELEMENT.fullmatch(fault.where):
        return "segment", "3"  # the whole segment that says it is missing
    if fault.code in ELEMENT_CODES:
        return "element", ELEMENT_CODES[fault.code]
    return None


def _reported(document: NeutralDocument) -> Iterable[Reported]:
    name = _name(document)
    seen: set[str] = set()
    inside = False
    for fault in document.faults:
        found = _code(fault)
        if found is None or fault.severity == "note":
            continue
        level, code = found
        if level == "set":
            yield Reported(code=f"set {code}", where=name)
            continue
        inside = True
        place = str(fault.params.get("position", ""))
        element = _ELEMENT.fullmatch(fault.where)
        tag = element.group(1) if element else fault.where
        where = f"{name} / {tag} {place}".strip()
        if level == "segment":
            yield Reported(code=f"segment {code}", where=where)
            continue
        if where not in seen:
            seen.add(where)
            yield Reported(code="segment 8", where=where)
        shown = (fault.received or "")[:99]
        yield Reported(
            code=f"element {code}", where=f"{where} / {int(element.group(2)) if element else 0}", text=shown or None
        )
    if inside:
        yield Reported(code="set 5", where=name)


# --- segments -----------------------------------------------------------------------------------------------------------


def acknowledgement_segments(document: NeutralDocument) -> list[Segment]:
    said = document.references
    if not said.get("acknowledged"):
        raise refuse("x12_element_missing", "AK102", right="GS06")
    answer = _ANSWERS.get(document.response or "")
    if answer is None:
        raise refuse("x12_element_missing", "AK901", right="accepted, changed, rejected")
    segments: list[Segment] = [["AK1", said.get("acknowledged_kind", ""), text(said["acknowledged"], "AK102", limit=9)]]
    version = said.get("acknowledged_version")
    if version and (document.envelope is None or (document.envelope.version or VERSION) >= "005010"):
        segments[0].append(version)
    sets = {name: code for name, code in said.items() if _SET.fullmatch(name)}
    for name, code in sets.items():
        segments += _set(name, code, [one for one in document.reported if (one.where or "").split(" / ")[0] == name])
    group = [one.code.split()[1] for one in document.reported if one.code and one.code.startswith("group ")]
    if answer == "A" and (group or any(one.code for one in document.reported)):
        answer = "E"
    counts = [document.totals.get(name) for name in ("included", "received", "accepted")]
    if None in counts:
        good = sum(1 for code in sets.values() if code in ("A", "E"))
        counts = [
            Decimal(len(sets) or 1),
            Decimal(len(sets) or 1),
            Decimal(good if sets else int(answer in ("A", "E"))),
        ]
    segments.append(["AK9", answer, *(format(one or Decimal(0), "f") for one in counts), *group[:5]])
    return segments


def _set(name: str, code: str, reported: Sequence[Reported]) -> Iterable[Segment]:
    kind, _, control = name.partition(" ")
    yield ["AK2", kind, control]
    final: list[str] = []
    for one in reported:
        level, _, number = (one.code or "").partition(" ")
        parts = (one.where or "").split(" / ")
        if level == "segment" and len(parts) > 1:
            tag, _, place = parts[1].partition(" ")
            yield ["AK3", tag[:3], place or "1", one.text or "", number]
        elif level == "element" and len(parts) > 2:
            yield ["AK4", parts[2], "", number, _plain(one.text)]
        elif level == "set":
            final.append(number)
    yield ["AK5", code or "A", *final[:5]]


def _plain(received: str | None) -> str:
    """A copy of what was received, without what cannot stand in an element."""
    return re.sub(r"[\x00-\x1f\x7f*|~^><:]", " ", received or "")[:99].strip()


def addressed(document: NeutralDocument, *, reference: str, issued_on: date) -> NeutralDocument:
    """An acknowledgement under a control reference of our own."""
    envelope = replace(document.envelope or Envelope(), reference=reference, message_reference=reference)
    return replace(document, envelope=envelope, issued_on=issued_on)
