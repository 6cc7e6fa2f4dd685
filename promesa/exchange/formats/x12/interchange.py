"""One interchange, from ISA to IEA: its groups, its sets, its counts and its control numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from promesa.exchange.formats import labels
from promesa.exchange.formats.neutral import Envelope, Fault, NeutralDocument, fault, unreadable, with_faults
from promesa.exchange.formats.x12 import codes
from promesa.exchange.formats.x12.acknowledgement import AcknowledgementReader, interchange_acknowledgement
from promesa.exchange.formats.x12.answers import InvoiceReader, ResponseReader
from promesa.exchange.formats.x12.despatch import DespatchReader
from promesa.exchange.formats.x12.header import Elements, SetReader, element
from promesa.exchange.formats.x12.lines import OrderReader
from promesa.exchange.formats.x12.remittance import RemittanceReader
from promesa.exchange.formats.x12.syntax import BLANK, RawInterchange, Segments, Separators, pieces, text_of

MAX_SEGMENT = 8_000
MAX_ELEMENT = 2_000
MAX_FAULTS = 40
NO_END = 1 << 62
READERS: dict[str, type[SetReader]] = {
    "850": OrderReader,
    "860": OrderReader,
    "855": ResponseReader,
    "810": InvoiceReader,
    "856": DespatchReader,
    "820": RemittanceReader,
    "997": AcknowledgementReader,
    "999": AcknowledgementReader,
}
ENVELOPE = frozenset({"ISA", "IEA", "GS", "GE", "ST", "SE", "TA1"})


_HANDLERS: dict[type[SetReader], dict[str, Any]] = {}


def _handlers_of(reader: SetReader) -> dict[str, Any]:
    """The function of each tag, looked up once a kind of set: a file may hold thousands of sets of two segments."""
    kind = type(reader)
    if kind not in _HANDLERS:
        _HANDLERS[kind] = {tag: handler.__func__ for tag, handler in reader.handlers().items()}  # type: ignore[attr-defined]
    return _HANDLERS[kind]


class InterchangeReader:
    """Walks the segments of an interchange once; what is wrong with its envelope is a fault of every document in it."""

    def __init__(self, text: str, separators: Separators, faults: Sequence[Fault], *, room: int) -> None:
        self.text, self.separators = text, separators
        self.segments = Segments("", separators)
        self.faults: list[Fault] = [*faults]
        self.room = room
        self.documents: list[NeutralDocument] = []
        self.count = 0  # of the documents so far, those that were handed on among them
        self.survey: Survey | None = None
        self.set: SetReader | None = None
        self.envelope = Envelope()
        self.version = ""
        self.headed = self.closed = self.overfull = self.folded = False
        self.group: Elements | None = None
        self.groups = self.group_start = self.of_group = self.at = 0
        self.group_faults: list[Fault] = []
        self.seen: set[str] = set()

    def read(self) -> list[NeutralDocument]:
        """All documents at once, in one pass."""
        self.segments = Segments(self.text, self.separators)
        for _ in self._walk():
            pass
        self._close()
        if not self.documents:
            return [self._nothing()]
        if self.faults:
            return [with_faults(one, self.faults) for one in self.documents]
        return self.documents

    def stream(self) -> Iterator[NeutralDocument]:
        """The same, one by one: a first pass says what is wrong with the envelopes before the first is handed on."""
        self.survey = Survey(self.text, self.separators, self.faults)
        for _ in self.survey._by_pieces():
            pass
        if not self.survey.count:
            yield self.survey._nothing()
            return
        yield from self._by_pieces()

    def _by_pieces(self) -> Iterator[NeutralDocument]:
        """Piece by piece, since the segments of a file take several times its room."""
        for piece in pieces(self.text, self.separators):
            self.segments = piece
            yield from self._walk()
            if self.overfull or piece.too_many:
                break
        self._close()
        yield from self._handed_on()

    def _nothing(self) -> NeutralDocument:
        self._fault("x12_no_sets", "ST")
        return unreadable("x12", *self.faults, envelope=self.envelope)

    def _handed_on(self) -> Iterator[NeutralDocument]:
        """What is ready, with all that is wrong with what it stands in, if this is known already."""
        if self.survey is not None:
            faults = [*self.survey.told.get(self.of_group, ()), *self.survey.faults]
            ready, self.documents = self.documents, []
            for one in ready:
                yield with_faults(one, faults) if faults else one

    def _walk(self) -> Iterator[NeutralDocument]:
        """Hand each segment to the handler of its tag; the loop is what a file of 20 MB spends its time in."""
        segments = self.segments
        separator, folded, long = segments.separators.element, segments.folded, segments.longest > MAX_SEGMENT
        handlers: dict[str, Any] = {}
        current: SetReader | None = None
        for index, raw in enumerate(segments.raws, segments.first):
            if raw[:1] <= " ":  # blanks before a tag, or nothing at all; those at the end are cut off with the elements
                raw = raw.lstrip(BLANK)
            if not raw:
                if current is not None:
                    current.at = index
                    current.empty_segments += 1
                    current.once("segment_empty", "?", segments.separators.terminator.strip() or "LF", line=False)
                continue
            if folded and ("\n" in raw or "\r" in raw):
                raw = self._unfolded(raw, index)
            elements = raw.split(separator)
            if long and len(raw) > MAX_SEGMENT:
                elements = self._shortened(elements, index)
            handler = handlers.get(elements[0])
            if handler is not None and current is not None:
                current.at = index
                handler(current, elements)
                continue
            self.at = index
            tag = elements[0].strip()
            if tag in ENVELOPE:
                current = self._service(tag, elements)
                handlers = _handlers_of(current) if current is not None else {}
                if self.documents:
                    yield from self._handed_on()
                if self.overfull:
                    return
            elif current is not None:
                current.at = index
                if tag in handlers:
                    handlers[tag](current, [tag, *elements[1:]])
                else:
                    current.other(tag)
            else:
                self._outside(tag)

    def _service(self, tag: str, elements: Elements) -> SetReader | None:
        if tag == "SE":
            if self.set is None:
                self._fault("segment_out_of_place", "SE", received="SE", right="ST")
                return None
            self.set.at = self.at
            self.set.trailer(elements)
            self._finish()
            return None
        if self.set is not None:  # a set that is still open when something else begins has lost its end
            self.set.unfinished()
            self._finish()
        if tag == "ST":
            return self._set(elements)
        {"ISA": self._isa, "IEA": self._iea, "GS": self._gs, "GE": self._ge, "TA1": self._ta1}[tag](elements)
        return None

    def _finish(self) -> None:
        assert self.set is not None
        self.documents.append(self.set.finished())
        self.of_group = self.groups if self.group is not None else 0
        self.count += 1
        self.set = None

    def _set(self, elements: Elements) -> SetReader | None:
        if self.room <= 0:
            self._fault("too_many_messages", "ST", limit=self.count)
            self.closed = self.overfull = True
            return None
        self.room -= 1
        self.set = self._reader(elements)(self.segments, elements, self.at, self.envelope)
        expected = codes.SETS.get(self.set.set_id, ("", ""))[1]
        if self.group is not None and expected and self.envelope.group_kind != expected:
            self.set.fault("x12_group_kind", "GS01", received=self.envelope.group_kind, right=expected,
                           document=self.set.set_id)  # fmt: skip
        if self.set.control in self.seen:
            self.set.fault("message_reference_repeated", "ST02", received=self.set.control)
        self.seen.add(self.set.control)
        return self.set

    def _reader(self, elements: Elements) -> type[SetReader]:
        return READERS.get(element(elements, 1), SetReader)

    def _isa(self, elements: Elements) -> None:
        if self.headed:
            self._fault("segment_out_of_place", "ISA", received="ISA", right="IEA")
            return
        self.headed = True
        self.version = element(elements, 12)[:8]
        test = element(elements, 15) == "T"
        self.envelope = Envelope(
            element(elements, 6)[:200] or None, element(elements, 8)[:200] or None, element(elements, 13)[:200] or None,
            None, test,
        )  # fmt: skip
        if test:
            self._fault("test_indicator", "ISA15", received="T")

    def _gs(self, elements: Elements) -> None:
        self._open_group_lost()
        self.group, self.groups, self.group_start = elements, self.groups + 1, self.count
        self.seen = set()
        if self.headed or self.envelope.sender:
            sender, receiver = self.envelope.sender, self.envelope.receiver
        else:
            sender, receiver = element(elements, 2)[:200] or None, element(elements, 3)[:200] or None
        self.envelope = replace(
            self.envelope, sender=sender, receiver=receiver, group=element(elements, 6)[:200] or None,
            group_kind=element(elements, 1)[:200] or None, version=element(elements, 8)[:12] or None,
        )  # fmt: skip

    def _open_group_lost(self) -> None:
        if self.group is not None:
            self._group_fault(
                "interchange_trailer_missing", "GE", right=self._joined("GE", self._in_group(), element(self.group, 6))
            )
            self._close_group()

    def _in_group(self) -> int:
        return self.count - self.group_start

    def _joined(self, *parts: object) -> str:
        return self.segments.separators.element.join(map(str, parts))

    def _ge(self, elements: Elements) -> None:
        """GE: how many sets the group holds, and its control number again."""
        if self.group is None:
            self._fault("segment_out_of_place", "GE", received="GE", right="GS")
            return
        declared, control, expected = element(elements, 1), element(elements, 2), element(self.group, 6)
        if not _is(declared, self._in_group()):
            self._group_fault("group_count_wrong", "GE01", received=declared, right=str(self._in_group()))
        if control != expected:
            self._group_fault("reference_mismatch", "GE02", received=control, right=expected, first="GS06",
                              severity=_how_different(control, expected))  # fmt: skip
        self._close_group()

    def _group_fault(self, code: str, where: str, **said: Any) -> None:
        self.group_faults.append(
            fault(code, where=where, segment=self.at + 1, offset=self.segments.offset(self.at), **said)
        )

    def _close_group(self) -> None:
        """What is wrong with a group is a fault of each of its documents, and of no other's."""
        if self.group_faults:
            if self.group_start == self.count:
                self.faults.extend(self.group_faults[: max(0, MAX_FAULTS - len(self.faults))])
            else:
                self._tell_group()
            self.group_faults = []
        self.group = None
        self.envelope = replace(self.envelope, group=None, group_kind=None, version=None)

    def _tell_group(self) -> None:
        if self.survey is None:
            for place in range(self.group_start, self.count):
                self.documents[place] = with_faults(self.documents[place], self.group_faults)

    def _iea(self, elements: Elements) -> None:
        """IEA: how many groups, and the control number of ISA again."""
        self._open_group_lost()
        self.closed = True
        declared, control, expected = element(elements, 1), element(elements, 2), self.envelope.reference or ""
        if not _is(declared, self.groups):
            self._fault("group_count_wrong", "IEA01", received=declared, right=str(self.groups))
        if self.headed and control != expected:
            self._fault("reference_mismatch", "IEA02", received=control, right=expected, first="ISA13",
                        severity=_how_different(control, expected))  # fmt: skip

    def _ta1(self, elements: Elements) -> None:
        if self.count < self.room:
            self.documents.append(interchange_acknowledgement(elements, self.envelope, self.version))
            self.of_group = 0
            self.count += 1
            self.group_start += 1

    def _close(self) -> None:
        cut = self.segments.cut_short
        if cut:
            self.at = self.segments.first + len(self.segments.raws)
            if self.closed:
                self._fault("noise_around", "IEA", received=cut[:60])
            else:
                self._tail(cut)
        if self.segments.too_many:
            self._fault("too_many_segments", "IEA", limit=len(self.segments.raws))
        if self.set is not None:
            self.set.unfinished()
            self._finish()
        if self.overfull:
            return
        self._open_group_lost()
        if not self.headed:
            self.at = 0
            self._fault(
                "x12_header_missing",
                "ISA",
                received=self.text.lstrip(BLANK).partition(self.separators.terminator)[0][:20],
            )
        elif not self.closed:
            right = self._joined("IEA", self.groups, self.envelope.reference or "")
            self._fault("interchange_trailer_missing", "IEA", right=right)

    def _tail(self, cut: str) -> None:
        """The last segment has no terminator: a whole IEA is believed, anything else was cut short."""
        elements = cut.split(self.segments.separators.element)
        if elements[0] == "IEA" and len(elements) == 3:
            if self.set is not None:
                self.set.unfinished()
                self._finish()
            self._iea(elements)
        else:
            if self.set is not None:
                self.set.at = self.at
            self._fault("segment_cut_short", cut[:3], received=cut[:60])

    def _fault(self, code: str, where: str, **said: Any) -> None:
        blocks = (said.get("severity") or labels.SEVERITIES[code]) == labels.BLOCKING
        if len(self.faults) < (2 * MAX_FAULTS if blocks else MAX_FAULTS):
            self.faults.append(
                fault(code, where=where, segment=self.at + 1, offset=self.segments.offset(self.at), **said)
            )

    def _outside(self, tag: str) -> None:
        if self.closed:
            self._fault("noise_around", "IEA", received=tag[:60])
        else:
            self._fault("segment_out_of_place", tag[:20] or "?", received=tag[:20], right="ST")

    def _unfolded(self, raw: str, index: int) -> str:
        """A segment without line breaks inside: some systems fold files at 80 columns."""
        if not self.folded:
            self.folded, self.at = True, index
            self._fault("line_breaks_inside", raw[:3], received=raw.replace("\r", "").replace("\n", " ")[:60])
        return raw.replace("\r", "").replace("\n", "")

    def _shortened(self, elements: Elements, index: int) -> Elements:
        self.at = index
        self._fault("segment_too_long", elements[0][:20], limit=MAX_SEGMENT)
        return [one[:MAX_ELEMENT] for one in elements[:100]]


class Survey(InterchangeReader):
    """What is wrong with an interchange and, by their numbers, with its groups; of what stands in the sets nothing is kept."""

    def __init__(self, text: str, separators: Separators, faults: Sequence[Fault]) -> None:
        super().__init__(text, separators, faults, room=NO_END)
        self.told: dict[int, list[Fault]] = {}

    def _reader(self, elements: Elements) -> type[SetReader]:
        return _Passed

    def _finish(self) -> None:
        self.count += 1
        self.set = None

    def _tell_group(self) -> None:
        self.told[self.groups] = self.group_faults

    def _handed_on(self) -> Iterator[NeutralDocument]:
        self.documents = []
        return iter(())


class _Passed(SetReader):
    """A set that is passed over."""

    def handlers(self) -> dict[str, Any]:
        return {}

    def other(self, tag: str) -> None:
        """Whatever stands in it."""


def opened(raw: RawInterchange, *, room: int) -> InterchangeReader:
    """A reader of an interchange, with its characters told."""
    text, faults = text_of(raw)
    return InterchangeReader(text, raw.separators, [*raw.faults, *faults], room=room)


def _is(declared: str, counted: int) -> bool:
    return declared.isascii() and declared.isdigit() and int(declared[:18]) == counted


def _how_different(control: str, expected: str) -> str | None:
    """Numbers that differ in their leading zeros alone are worth a word, not a rejection."""
    figures = (control + expected).isascii() and control.isdigit() and expected.isdigit()
    same = figures and int(control[:18]) == int(expected[:18])
    return "warning" if same else None
