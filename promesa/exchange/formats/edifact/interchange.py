"""One interchange, from UNB to UNZ: its messages, its counts and its references."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from promesa.exchange.formats import labels
from promesa.exchange.formats.edifact import syntax
from promesa.exchange.formats.edifact.header import Elements
from promesa.exchange.formats.edifact.kinds import reader_of
from promesa.exchange.formats.edifact.message import Handlers, MessageReader
from promesa.exchange.formats.edifact.places import Places
from promesa.exchange.formats.edifact.plain import pattern_of, take
from promesa.exchange.formats.edifact.syntax import Characters, RawInterchange, Segments
from promesa.exchange.formats.neutral import Envelope, Fault, NeutralDocument, fault, unreadable, with_faults

MAX_SEGMENT = 8_000
MAX_ELEMENT = 2_000
MAX_ENVELOPE_FAULTS = 20
FOLD = 80  # a line break after more than so many characters is one of the text
SERVICE = frozenset({"UNH", "UNT", "UNB", "UNZ", "UNG", "UNE"})


class InterchangeReader:
    """Walks the segments of an interchange once; what is wrong with the envelope is a fault of every document in it."""

    def __init__(self, raw: RawInterchange, *, room: int | None = None) -> None:
        self.raw = raw
        self.places = Places()
        self.faults: list[Fault] = []
        self.room = room
        self.count = 0
        self.ready: list[NeutralDocument] = []
        self.message: MessageReader | None = None
        self.handlers: Handlers = {}
        self.envelope = Envelope()
        self.headed = self.closed = self.overfull = False
        self.groups = self.group_start = 0
        self.at = 0
        self.seen: set[str] = set()
        self.wrapped = False

    def read(self) -> list[NeutralDocument]:
        """All documents at once, in one pass."""
        documents = list(self.walk())
        if not documents:
            return [self._nothing()]
        if self.faults:
            return [with_faults(one, self.faults) for one in documents]
        return documents

    def stream(self) -> Iterator[NeutralDocument]:
        """The same, one by one: a first pass over the envelope says what is wrong with it before the first is handed on."""
        survey = Survey(self.raw)
        for _ in survey.walk():
            pass
        if not survey.count:
            yield survey._nothing()
            return
        for document in self.walk():
            yield with_faults(document, survey.faults) if survey.faults else document

    def walk(self) -> Iterator[NeutralDocument]:
        """The documents without the faults of the envelope, which are all known at the end."""
        characters = Characters(self.raw)
        first = start = 0
        cut = ""
        for chunk in self.raw.chunks():
            segments = Segments(characters.text(chunk), self.raw.separators, first=first, start=start)
            self.places.add(segments, self.message.start if self.message else first)
            yield from self._segments(segments)
            if self.overfull:
                break
            self._check_size(first + segments.count)
            first, start, cut = first + segments.count, segments.end, segments.cut_short
        self._close(cut, first)
        yield from self._taken()
        self.faults = [*self.raw.faults, *characters.found(), *self.faults]

    def _nothing(self) -> NeutralDocument:
        self._fault("no_messages", where="UNZ", right="UNH")
        return unreadable("edifact", *self.faults, envelope=self.envelope)

    def _taken(self) -> list[NeutralDocument]:
        ready, self.ready = self.ready, []
        return ready

    def _segments(self, segments: Segments) -> Iterator[NeutralDocument]:
        """Hand each segment to the handler of its tag; this loop is what a large file spends its time in."""
        element, terminator = segments.separators.element, segments.separators.terminator
        careful = segments.released or segments.folded
        text, index, place, end = segments.text, segments.first, 0, 0
        begins, find = "LIN" + element, segments.text.find
        plain = pattern_of(segments.separators).match
        message = self.message
        get = self.handlers.get
        while (end := find(terminator, place)) >= 0:
            tag = text[place : place + 4]
            while tag == begins and message is not None and message.reads_plain_lines:
                found = plain(text, place)
                if found is None or not take(message, found, index):
                    break
                end = found.end()
                index += text.count(terminator, place, end)
                place = end
                message.at = index - 1
                tag = text[place : place + 4]
                end = -1
            if end < 0:
                continue
            raw = text[place:end]
            place = end + 1
            handler = get(tag)
            if handler is not None and message is not None:
                message.at = index
                if (careful and not raw.isprintable()) or len(raw) > MAX_SEGMENT:
                    handler(message, self._carefully(segments, raw, index))
                else:
                    handler(message, raw.split(element))
                index += 1
                continue
            self._other(segments, raw, index)
            index += 1
            if self.ready:
                yield from self._taken()
            if self.overfull:
                return
            message = self.message
            get = self.handlers.get

    def _carefully(self, segments: Segments, raw: str, index: int) -> Elements:
        """The elements of a segment with released characters, line breaks inside, or of great length."""
        if segments.folded and ("\n" in raw or "\r" in raw):
            raw = self._unwrapped(raw, index)
        elements = segments.elements(raw)
        return self._shortened(elements, index) if len(raw) > MAX_SEGMENT else elements

    def _other(self, segments: Segments, raw: str, index: int) -> None:
        """A segment that no handler waits for by how it begins: of the envelope, with something before it, or unknown."""
        self.at = index
        raw = raw.strip()
        message = self.message
        if not raw:
            self._empty(message)
            return
        elements = self._carefully(segments, raw, index)
        tag = elements[0].split(segments.separators.component)[0]
        if tag in SERVICE:
            self.message = self._service(tag, elements)
            self.handlers = self.message.handlers if self.message is not None else {}
        elif message is None:
            self._outside(tag)
        else:
            message.at = index
            handler = message.handlers.get(tag + segments.separators.element)
            if handler is not None:
                handler(message, [tag, *elements[1:]])
            else:
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
            self.groups, self.group_start = self.groups + 1, self.count
        elif tag == "UNE":
            self._group_counted(elements)
        else:
            self._counted(elements)
        return None

    def _header(self, elements: Elements) -> MessageReader | None:
        if self.room is not None and self.count >= self.room:
            self._fault("too_many_messages", where="UNH", limit=self.count)
            self.closed = self.overfull = True
            return None
        self.places.drop(self.at)
        message = self._opened_message(elements)
        reference = message.reference
        if reference in self.seen:
            message.fault("message_reference_repeated", received=reference)
        self.seen.add(reference)
        return message

    def _opened_message(self, elements: Elements) -> MessageReader:
        separators = self.raw.separators
        return reader_of(elements, separators)(self.places, separators, elements, self.at, self.envelope)

    def _trailer(self, elements: Elements) -> None:
        if self.message is None:
            self._fault("segment_out_of_place", where="UNT", received="UNT", right="UNH")
            return
        self.message.at = self.at
        self.message.trailer(elements)
        self._finish(self.message)

    def _break_off(self) -> None:
        """A message that is still open when something else begins has lost its end."""
        if self.message is not None:
            self.message.unfinished()
            self._finish(self.message)

    def _finish(self, message: MessageReader) -> None:
        if self.at - message.start > syntax.MAX_SEGMENTS:
            message.too_many(syntax.MAX_SEGMENTS)
        self.ready.append(message.finished())
        self.count += 1
        self.message, self.handlers = None, {}

    def _check_size(self, index: int) -> None:
        """A message that has grown too long is read no further; its end is still looked for."""
        if self.message is not None and index - self.message.start > syntax.MAX_SEGMENTS:
            self.message.too_many(syntax.MAX_SEGMENTS)
            self.message.handlers = self.handlers = dict.fromkeys(self.message.handlers, _ignored)
            self.message.reads_plain_lines = False

    def _opened(self, elements: Elements) -> None:
        if self.headed:
            self._fault("segment_out_of_place", where="UNB", received="UNB", right="UNZ")
            return
        self.headed = True
        elements += [""] * (12 - len(elements))
        component = self.raw.separators.component
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
        counted = self.groups or self.count
        if not declared.isascii() or not declared.isdigit() or int(declared[:18]) != counted:
            self._fault("message_count_wrong", where="UNZ", received=declared, right=counted)
        expected = self.envelope.reference or ""
        if self.headed and reference[:200] != expected:
            self._fault("reference_mismatch", where="UNZ", received=reference, right=expected, first="UNB")

    def _group_counted(self, elements: Elements) -> None:
        declared, counted = elements[1].strip() if len(elements) > 1 else "", self.count - self.group_start
        if declared != str(counted):
            self._fault("group_count_wrong", where="UNE", received=declared, right=counted)

    def _close(self, cut: str, index: int) -> None:
        if cut and not self.overfull:
            self.at = index
            if self.message is not None:
                self.message.at = self.at
            self._fault("segment_cut_short", where=cut[:3], received=cut[:60])
        elif self.message is not None:
            self.at = self.message.at
        self._break_off()
        if not self.headed:
            self._fault("interchange_header_missing", where="UNB", right="UNB")
        elif not self.closed:
            right = f"UNZ+{self.count}+{self.envelope.reference or ''}"
            self._fault("interchange_trailer_missing", where="UNZ", right=right)

    def _fault(self, code: str, **said: Any) -> None:
        """Every document of the interchange bears these, so that there must not be many: what stops is said longest."""
        blocks = (said.get("severity") or labels.SEVERITIES[code]) == labels.BLOCKING
        if len(self.faults) < (2 * MAX_ENVELOPE_FAULTS if blocks else MAX_ENVELOPE_FAULTS):
            self.faults.append(fault(code, segment=self.at + 1, offset=self.places.offset(self.at), **said))

    def _empty(self, message: MessageReader | None) -> None:
        if message is not None:
            message.at = self.at
            message.empty_segments += 1
            message.once("segment_empty", self.raw.separators.terminator, line=False)

    def _outside(self, tag: str) -> None:
        self._fault("segment_out_of_place", where=tag[:20] or "?", received=tag[:20], right="UNH")

    def _unwrapped(self, raw: str, index: int) -> str:
        """A segment without line breaks inside: some senders fold their files at 80 columns; in a text they part words."""
        if not self.wrapped:
            self.wrapped, self.at = True, index
            self._fault("line_breaks_inside", where=raw[:3], received=raw.replace("\r", "").replace("\n", " ")[:60])
        lines = raw.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        return "".join(line + (" " if len(line) > FOLD else "") for line in lines)

    def _shortened(self, elements: Elements, index: int) -> Elements:
        self.at = index
        self._fault("segment_too_long", where=elements[0][:20], limit=MAX_SEGMENT)
        return [element[:MAX_ELEMENT] for element in elements[:100]]


class Survey(InterchangeReader):
    """Walks over an interchange without reading its messages, to know what is wrong with its envelope."""

    def _segments(self, segments: Segments) -> Iterator[NeutralDocument]:
        """Of a message only its ends matter; what is odd by its characters or its length is looked at one by one."""
        raws = segments.text.split(segments.separators.terminator)
        del raws[-1]
        if segments.released or segments.folded or max(map(len, raws), default=0) > MAX_SEGMENT:
            yield from super()._segments(segments)
            return
        for index, raw in enumerate(raws, segments.first):
            if self.message is not None and raw[:2] != "UN" and raw[:1] > " ":
                self.message.at = index
            else:
                self._other(segments, raw, index)

    def _opened_message(self, elements: Elements) -> MessageReader:
        message = super()._opened_message(elements)
        message.handlers = dict.fromkeys(message.handlers, _ignored)
        message.reads_plain_lines = False
        return message

    def _finish(self, message: MessageReader) -> None:
        self.count += 1
        self.message, self.handlers = None, {}


def _ignored(_message: MessageReader, _elements: Elements) -> None:
    """What isn't read."""
