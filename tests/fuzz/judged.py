"""What reading a file must come to, whatever is in the file: documents, each with named faults, in bounded time."""

from __future__ import annotations

import json
import resource
import signal
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType

from promesa.exchange.formats import labels
from promesa.exchange.formats.neutral import NeutralDocument

SECONDS_PER_MEGABYTE = 2.0
HANGS = 30  # seconds of work after which a reader is interrupted
KINDS_THAT_ARE_NONE = ("unreadable", "not_an_order")
_SEVERITIES = (labels.BLOCKING, labels.WARNING, labels.NOTE)


class Hangs(BaseException):
    """Raised into a reader that works without end; no reader may swallow it."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """How long the reading took, in seconds of work, and what was wrong with it, if anything."""

    seconds: float
    size: int
    problem: str = ""

    @property
    def rate(self) -> float:
        """Seconds a megabyte, of files large enough for that to be a measure; nothing of smaller ones."""
        return self.seconds / (self.size / 1_000_000) if self.size >= 100_000 else 0.0


def judge(content: bytes, read: Callable[[bytes], list[NeutralDocument]], *, floor: float = 0.25) -> Judgement:
    """Read a file. `floor` is the time that any file may take, however small."""
    allowed = max(floor, SECONDS_PER_MEGABYTE * len(content) / 1_000_000)
    seconds, problem = _once(content, read)
    if seconds > allowed and not problem:  # the machine may have been at something else: the better of two counts
        seconds = min(seconds, _once(content, read)[0])
        if seconds > allowed:
            problem = f"took {seconds:.2f} s where {allowed:.2f} s are allowed"
    return Judgement(seconds, len(content), problem)


def _once(content: bytes, read: Callable[[bytes], list[NeutralDocument]]) -> tuple[float, str]:
    started = _worked()
    try:
        with interrupted(HANGS):
            documents = read(content)
        seconds = _worked() - started
        return seconds, wrong_in(documents)
    except Hangs:
        return _worked() - started, f"hangs: {_last_line()}"
    except Exception as error:
        return _worked() - started, f"{type(error).__name__}: {error} {_last_line()}"


def _last_line() -> str:
    return " ".join(traceback.format_exc().strip().splitlines()[-3:-1])


def _worked() -> float:
    """Seconds of work of this process and of those it started and that ended: a busy machine does not count."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


@contextmanager
def interrupted(seconds: float) -> Iterator[None]:
    def stop(number: int, frame: FrameType | None) -> None:
        raise Hangs

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def wrong_in(documents: list[NeutralDocument]) -> str:
    """What is wrong with an outcome, or nothing: no document, no reason, a fault without words, JSON that nobody can store."""
    if not documents:
        return "no document at all"
    for document in documents:
        if document.kind in KINDS_THAT_ARE_NONE and document.rejection_reason is None:
            return f"{document.kind} without a reason"
        if document.kind == "order" and not document.lines and not document.faults:
            return "an order without lines and without a fault"
        for fault in document.faults[:5]:
            if fault.code not in labels.FAULTS or fault.severity not in _SEVERITIES:
                return f"fault {fault.code!r} is not in the list"
            for lang in ("es", "en"):
                said = fault.sentence(lang)
                if not said or len(said) > 2000:
                    return f"fault {fault.code!r} is said in {len(said)} characters"
        text = json.dumps(document.as_json(), ensure_ascii=False, allow_nan=False)
        text.encode()  # a half of a surrogate pair can't be stored
        if "\\u0000" in text:
            return "a character that the database does not store: U+0000"
    return ""
