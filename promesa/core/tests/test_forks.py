"""Work shared with copies of this process: all of it is done, once, whatever becomes of a copy."""

from __future__ import annotations

import os
from typing import Any

import pytest

from promesa.core import forks


def test_each_part_is_done_in_a_process_of_its_own_and_the_answers_come_in_order() -> None:
    here = os.getpid()
    answers = forks.shared(lambda at: (at, os.getpid()), 3)
    assert [at for at, _ in answers] == [0, 1, 2]
    assert answers[0][1] == here
    assert len({pid for _, pid in answers}) == 3


def test_what_a_killed_copy_did_not_finish_is_done_here() -> None:
    here = os.getpid()

    def work(at: int) -> int:
        if os.getpid() != here:
            os.kill(os.getpid(), 9)
        return at

    assert forks.shared(work, 3) == [0, 1, 2]


def test_a_fault_in_a_copy_is_raised_here_and_no_copy_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[int] = []
    real = os.fork

    def fork() -> int:
        pid = real()
        begun.append(pid)
        return pid

    def work(at: int) -> int:
        if at == 1:
            raise ValueError("the second part cannot be done")
        return at

    monkeypatch.setattr(forks.os, "fork", fork)
    with pytest.raises(ValueError, match="second part"):
        forks.shared(work, 2)
    (copy,) = begun
    with pytest.raises(ProcessLookupError):
        os.kill(copy, 0)


def test_an_answer_larger_than_a_pipe_holds_comes_whole() -> None:
    first, second = forks.shared(lambda at: bytes([at]) * 3_000_000, 2)
    assert (first, second) == (b"\0" * 3_000_000, b"\1" * 3_000_000)


def test_where_no_process_can_be_copied_all_is_done_here(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_more() -> Any:
        raise BlockingIOError("no more processes")

    monkeypatch.setattr(forks.os, "fork", no_more)
    assert forks.shared(lambda at: at * at, 4) == [0, 1, 4, 9]
    monkeypatch.delattr(forks.os, "fork")
    assert forks.processors() == 1
