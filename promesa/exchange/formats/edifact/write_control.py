"""CONTRL: what our check of the syntax found in an interchange, said to whoever sent it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime

from promesa.exchange.formats.edifact.codes import SYNTAX_ERRORS
from promesa.exchange.formats.edifact.compose import Composer, Sheet, enclosed
from promesa.exchange.formats.neutral import CannotWrite, Envelope, Fault, NeutralDocument, Reported

# Our faults as the codes of list 0085; what isn't here is an error of the application, and belongs in an APERAK.
SYNTAX_CODES = {
    "interchange_header_missing": "13", "interchange_trailer_missing": "13", "message_trailer_missing": "13",
    "segment_missing": "13", "no_messages": "32", "message_count_wrong": "29", "group_count_wrong": "29", "segment_count_wrong": "29",
    "line_count_wrong": "29", "quantity_total_wrong": "29", "reference_mismatch": "28", "message_reference_repeated": "26",
    "segment_unknown": "15", "segment_unreadable": "15", "segment_out_of_place": "15", "segment_late": "15",
    "segment_cut_short": "13", "segment_too_long": "39", "value_too_long": "39", "too_many_segments": "35", "too_many_messages": "35",
    "charset_unknown": "2", "charset_wrong": "21", "text_damaged": "21", "nul_characters": "21", "service_string_wrong": "22",
    "number_wrong": "37", "decimal_mark_other": "19", "ambiguous_number": "19", "number_too_large": "39", "too_many_decimals": "39",
    "date_wrong": "12", "date_format_unknown": "12", "currency_wrong": "12", "check_digit_wrong": "12", "number_missing": "13",
    "quantity_missing": "13", "buyer_missing": "13", "no_lines": "13", "item_missing": "13",
}  # fmt: skip
ENVELOPE = frozenset({
    "interchange_header_missing", "interchange_trailer_missing", "message_count_wrong", "group_count_wrong", "charset_unknown",
    "no_messages", "too_many_messages", "service_string_wrong",
})  # fmt: skip
REJECTED, ACKNOWLEDGED, RECEIVED = "4", "7", "8"
ACTIONS = {"rejected": REJECTED, "changed": ACKNOWLEDGED, "accepted": ACKNOWLEDGED, "received": RECEIVED}
KEPT_SEVERITIES = ("blocking", "warning")


def control_of(documents: Sequence[NeutralDocument]) -> NeutralDocument:
    """The acknowledgement of an interchange whose documents were read: accepted, rejected, or accepted but for some.

    Only what blocks rejects; warnings are told of what is rejected. The envelope is turned around.
    """
    if not documents:
        raise CannotWrite("CONTRL: no documents")
    first = documents[0].envelope or Envelope()
    shared = [
        one for one in documents[0].faults if _outer(one) and all(one in document.faults for document in documents)
    ]
    reported = [_of_interchange(one) for one in shared if one.blocking]
    rejected = bool(reported)
    for place, document in enumerate(documents, 1):
        own = [one for one in document.faults if one not in shared]
        blocked = any(one.blocking and one.code in SYNTAX_CODES for one in own)
        if blocked:
            named = _name(document, place)
            start = _start(document)
            reported.append(Reported(where=named))
            reported += [_of_message(one, named, start) for one in own if _told(one)]
    failed = sum(1 for one in reported if one.code is None)
    response = "rejected" if rejected or failed == len(documents) else "changed" if failed else "accepted"
    reference = first.reference or "0"
    return NeutralDocument(
        format="edifact-contrl", kind="acknowledgement", number=reference, response=response,
        references={"acknowledged": reference}, reported=tuple(reported),
        envelope=Envelope(first.receiver, first.sender, f"C{reference}"[:14], None, first.test),
    )  # fmt: skip


def _told(fault: Fault) -> bool:
    return fault.severity in KEPT_SEVERITIES and fault.code in SYNTAX_CODES


def _outer(fault: Fault) -> bool:
    return fault.code in ENVELOPE or fault.where in ("UNB", "UNZ", "UNE", "UNG", "UNA")


def _name(document: NeutralDocument, place: int) -> str:
    said = document.envelope.message_reference if document.envelope else None
    return f"{document.format.rpartition('-')[2].upper()} {said or place}"


def _start(document: NeutralDocument) -> int:
    """The number of the segment before UNH: CONTRL counts segments within their message."""
    began = document.envelope.first_segment if document.envelope else None
    return (began or 1) - 1


def _of_interchange(fault: Fault) -> Reported:
    where = f"UCI, {fault.where[:3]}" if fault.where[:2] == "UN" else "UCI"
    return _reported(SYNTAX_CODES.get(fault.code, "18"), where)


def _of_message(fault: Fault, named: str, start: int) -> Reported:
    place = f", {fault.segment - start}" if fault.segment is not None else ""
    return _reported(SYNTAX_CODES[fault.code], f"{named}{place}")


def _reported(code: str, where: str) -> Reported:
    return Reported(code=code, text=SYNTAX_ERRORS.get(code), where=where)


def write_control(document: NeutralDocument, *, prepared_at: datetime | None = None) -> bytes:
    """The CONTRL of an acknowledgement: UCI, and UCM, UCS and UCD for what was found.

    :raises CannotWrite: if it names no interchange.
    """
    composer = Composer("96A", "EAN002", version="3")  # CONTRL is of the syntax, and has versions of its own
    said = document.envelope or Envelope()
    reference = document.references.get("acknowledged")
    if not reference:
        raise CannotWrite("UCI 0020")
    sender, receiver = said.receiver or "", said.sender or ""
    outer = next((one for one in document.reported if (one.where or "").startswith("UCI")), None)
    action = ACTIONS.get(document.response or "", RECEIVED)
    tag = (outer.where or "").partition(", ")[2] if outer else ""
    composer.say(
        "UCI", composer.text(reference, 14, "UCI 0020"), _partner(composer, sender), _partner(composer, receiver), action,
        (outer.code or "") if outer else "", tag,
    )  # fmt: skip
    _messages(composer, document)
    issued = document.issued_on or date(2000, 1, 1)
    day = prepared_at or said.prepared_at or datetime(issued.year, issued.month, issued.day, tzinfo=UTC)
    sheet = Sheet(
        said.sender or sender, said.receiver or receiver, said.reference or f"C{reference}"[:14], day, said.test
    )
    return enclosed([("CONTRL", composer)], sheet)


def _partner(composer: Composer, code: str) -> list[str]:
    found = composer.text(code, 35, "UCI 0004")
    return [found, "14"] if len(code) == 13 and code.isdigit() else [found]


def _messages(composer: Composer, document: NeutralDocument) -> None:
    named = segment = None
    for one in document.reported:
        pieces = (one.where or "").split(", ")
        if pieces[0].startswith("UC"):
            continue
        if pieces[0] != named:
            named, segment = pieces[0], None
            kind, _, number = named.partition(" ")
            direct = one.code or "" if len(pieces) == 1 else ""
            identity = [composer.text(kind, 6, "UCM 0065"), "D", "96A", "UN"]
            composer.say("UCM", composer.text(number, 14, "UCM 0062"), identity, REJECTED, direct)
            if len(pieces) == 1:
                continue
        if len(pieces) < 2:
            continue
        if len(pieces) == 2 or pieces[1] != segment:
            segment = pieces[1]
            composer.say("UCS", composer.text(segment, 6, "UCS 0096"), (one.code or "") if len(pieces) == 2 else "")
        if len(pieces) > 2:
            place = pieces[2].split(":")
            composer.say("UCD", one.code or "", place)
