"""One interchange, from UNB to UNZ: its messages, its counts and its references."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from promesa.exchange.formats.edifact.header import Elements
from promesa.exchange.formats.edifact.message import MessageReader
from promesa.exchange.formats.edifact.syntax import RawInterchange, Segments, text_of
from promesa.exchange.formats.neutral import Envelope, Fault, NeutralDocument, fault, unreadable

MAX_SEGMENT = 8_000
MAX_ELEMENT = 2_000


class InterchangeReader:
    """Walks the segments of an interchange once; what is wrong with the envelope is a fault of every document in it."""

    def __init__(self, raw: RawInterchange, *, room: int) -> None:
        text, faults = text_of(raw)
        self.segments = Segments(text, raw.separators)
        self.faults: list[Fault] = [*raw.faults, *faults]
        self.room = room
        self.documents: list[NeutralDocument] = []
        self.message: MessageReader | None = None
        self.envelope = Envelope()
        self.headed = self.closed = self.overfull = False
        self.groups = self.group_start = 0
        self.at = 0
        self.seen: set[str] = set()
        self.wrapped = False

    def read(self) -> list[NeutralDocument]:
        self._walk()
        self._close()
        if not self.documents:
            self._fault("no_messages", where="UNZ", right="UNH")
            return [unreadable("edifact", *self.faults, envelope=self.envelope)]
        if self.faults:
            return [replace(one, faults=(*one.faults, *self.faults)) for one in self.documents]
        return self.documents

    def _walk(self) -> None:
        """Hand each segment to the handler of its tag; the loop is what a file of 20 MB spends its time in."""
        segments = self.segments
        element = segments.separators.element
        released, folded, long = segments.released, segments.folded, segments.longest > MAX_SEGMENT
        handlers: dict[str, Any] = {}
        message: MessageReader | None = None
        for index, raw in enumerate(segments.raws):
            raw = raw.strip()
            if not raw:
                self._empty(message)
                continue
            if folded and ("\n" in raw or "\r" in raw):
                raw = self._unwrapped(raw, index)
            elements = segments.elements(raw) if released else raw.split(element)
            if long and len(raw) > MAX_SEGMENT:
                elements = self._shortened(elements, index)
            handler = handlers.get(elements[0])
            if handler is not None and message is not None:
                message.at = index
                handler(elements)
                continue
            self.at = index
            tag = elements[0].split(segments.separators.component)[0]
            if tag in ("UNH", "UNT", "UNB", "UNZ", "UNG", "UNE"):
                message = self._service(tag, elements)
                handlers = message.handlers() if message is not None else {}
                if self.overfull:
                    return
            elif message is None:
                self._outside(tag)
            elif tag in handlers:
                message.at = index
                handlers[tag]([tag, *elements[1:]])
            else:
                message.at = index
                message.other(tag)

    def _service(self, tag: str, elements: Elements) -> MessageReader | None:
        if tag == "UNT":
            self._trailer(elements)
            return None
        self._break_off()
        if tag == "UNH":
            return self._header(elements)
        if tag == "UNB":
            self._opened(elements)
        elif tag == "UNG":
            self.groups, self.group_start = self.groups + 1, len(self.documents)
        elif tag == "UNE":
            self._group_counted(elements)
        else:
            self._counted(elements)
        return None

    def _header(self, elements: Elements) -> MessageReader | None:
        if self.room <= 0:
            self._fault("too_many_messages", where="UNH", limit=len(self.documents))
            self.closed = self.overfull = True
            return None
        self.room -= 1
        self.message = MessageReader(self.segments, elements, self.at, self.envelope)
        reference = self.message.reference
        if reference in self.seen:
            self.message.fault("message_reference_repeated", received=reference)
        self.seen.add(reference)
        return self.message

    def _trailer(self, elements: Elements) -> None:
        if self.message is None:
            self._fault("segment_out_of_place", where="UNT", received="UNT", right="UNH")
            return
        self.message.at = self.at
        self.message.trailer(elements)
        self.documents.append(self.message.finished())
        self.message = None

    def _break_off(self) -> None:
        """A message that is still open when something else begins has lost its end."""
        if self.message is not None:
            self.message.unfinished()
            self.documents.append(self.message.finished())
            self.message = None

    def _opened(self, elements: Elements) -> None:
        if self.headed:
            self._fault("segment_out_of_place", where="UNB", received="UNB", right="UNZ")
            return
        self.headed = True
        elements += [""] * (12 - len(elements))
        component = self.segments.separators.component
        sender, receiver = (element.split(component)[0].strip()[:200] for element in elements[2:4])
        reference = elements[5].split(component)[0].strip()[:200]
        test = elements[11].strip() == "1"
        self.envelope = Envelope(sender or None, receiver or None, reference or None, None, test)
        if test:
            self._fault("test_indicator", where="UNB", received="1")

    def _counted(self, elements: Elements) -> None:
        """UNZ: the number of messages and the reference of UNB again."""
        elements += [""] * (3 - len(elements))
        self.closed = True
        declared, reference = elements[1].strip(), elements[2].strip()
        counted = self.groups or len(self.documents)
        if not declared.isascii() or not declared.isdigit() or int(declared[:18]) != counted:
            self._fault("message_count_wrong", where="UNZ", received=declared, right=counted)
        expected = self.envelope.reference or ""
        if self.headed and reference[:200] != expected:
            self._fault("reference_mismatch", where="UNZ", received=reference, right=expected, first="UNB")

    def _group_counted(self, elements: Elements) -> None:
        declared, counted = elements[1].strip() if len(elements) > 1 else "", len(self.documents) - self.group_start
        if declared != str(counted):
            self._fault("group_count_wrong", where="UNE", received=declared, right=counted)

    def _close(self) -> None:
        cut = self.segments.cut_short
        if cut:
            self.at = len(self.segments.raws)
            if self.message is not None:
                self.message.at = self.at
            self._fault("segment_cut_short", where=cut[:3], received=cut[:60])
        if self.segments.too_many:
            self._fault("too_many_segments", where="UNZ", limit=len(self.segments.raws))
        self._break_off()
        if not self.headed:
            self._fault("interchange_header_missing", where="UNB", right="UNB")
        elif not self.closed:
            right = f"UNZ+{len(self.documents)}+{self.envelope.reference or ''}"
            self._fault("interchange_trailer_missing", where="UNZ", right=right)

    def _fault(self, code: str, **said: Any) -> None:
        self.faults.append(fault(code, segment=self.at + 1, offset=self.segments.offset(self.at), **said))

    def _empty(self, message: MessageReader | None) -> None:
        if message is not None:
            message.empty_segments += 1
            message.once("segment_empty", self.segments.separators.terminator, line=False)

    def _outside(self, tag: str) -> None:
        if len(self.faults) < 20:
            self._fault("segment_out_of_place", where=tag[:20] or "?", received=tag[:20], right="UNH")

    def _unwrapped(self, raw: str, index: int) -> str:
        """A segment without line breaks inside: some senders fold their files at 80 columns."""
        if not self.wrapped:
            self.wrapped, self.at = True, index
            self._fault("line_breaks_inside", where=raw[:3], received=raw.replace("\r", "").replace("\n", " ")[:60])
        return raw.replace("\r", "").replace("\n", "")

    def _shortened(self, elements: Elements, index: int) -> Elements:
        self.at = index
        if len(self.faults) < 20:
            self._fault("segment_too_long", where=elements[0][:20], limit=MAX_SEGMENT)
        return [element[:MAX_ELEMENT] for element in elements[:100]]
