"""Work shared with copies of this process, for what takes long and asks nobody: each copy sees all that is here, and answers once."""

from __future__ import annotations

import gc
import os
import pickle
import signal
import warnings
from collections.abc import Callable
from contextlib import suppress
from typing import Any, NamedTuple, TypeVar

T = TypeVar("T")

MOST = 8
_HEAD = 8  # bytes that say how long an answer is


def processors() -> int:
    """How many copies can work at the same time, this process among them; 1 where a process cannot be copied."""
    if not hasattr(os, "fork"):
        return 1
    there = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(there, MOST))


def shared(work: Callable[[int], T], count: int) -> list[T]:
    """`work(0)` here and `work(1)` to `work(count - 1)` in copies of this process, at the same time; the answers in their order.

    The work must touch no connection, file or lock: it reckons with what is in memory, and its answer can be pickled. What a copy
    did not bring to an end (killed, out of memory, an exception) is done again here, where an exception can be seen.
    """
    copies: list[_Copy | None] = []
    try:
        for at in range(1, count):
            copies.append(_begun(work, at))
        answers = [work(0)]
        for at, copy in enumerate(copies, start=1):
            found = copy and _answer(copy)
            answers.append(found[0] if found else work(at))
    finally:
        for copy in copies:
            _ended(copy)
    return answers


class _Copy(NamedTuple):
    pid: int
    answers: int


def _begun(work: Callable[[int], Any], at: int) -> _Copy | None:
    """A copy that has begun its part; None if the machine gives no more processes."""
    reads, writes = os.pipe()
    try:
        with warnings.catch_warnings():
            # Newer Pythons warn of threads that hold locks; the work takes none.
            warnings.simplefilter("ignore", DeprecationWarning)
            pid = os.fork()
    except OSError:
        os.close(reads)
        os.close(writes)
        return None
    if pid:
        os.close(writes)
        return _Copy(pid, reads)
    # Nothing below returns or unwinds: connections and files belong to the process that was copied.
    try:
        gc.disable()
        os.close(reads)
        said = pickle.dumps(work(at), 5)
        with os.fdopen(writes, "wb", closefd=False) as stream:
            stream.write(len(said).to_bytes(_HEAD, "big"))
            stream.write(said)
        os._exit(0)
    finally:
        os._exit(1)


def _answer(copy: _Copy) -> tuple[Any] | None:
    """What a copy came to, in a tuple of one; None if it came to nothing."""
    with os.fdopen(copy.answers, "rb", closefd=False) as stream:
        size = int.from_bytes(stream.read(_HEAD), "big")
        said = stream.read(size) if size else b""
    if not size or len(said) < size:
        return None
    return (pickle.loads(said),)  # noqa: S301 (from a copy of this process)


def _ended(copy: _Copy | None) -> None:
    """No copy outlives the work."""
    if copy is None:
        return
    os.close(copy.answers)
    with suppress(OSError):
        os.kill(copy.pid, signal.SIGKILL)
    with suppress(OSError):
        os.waitpid(copy.pid, 0)
