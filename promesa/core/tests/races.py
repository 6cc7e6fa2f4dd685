"""Races on real connections: the same verb in several threads, held at the point between reading and writing."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any

from django.db import connection

MEETING_SECONDS = 0.6


class Meeting:
    """A point at which all racers wait for each other, if they can all reach it: with a lock they cannot."""

    def __init__(self, racers: int) -> None:
        self._barrier = threading.Barrier(racers)
        self.met = False

    def wait(self) -> None:
        try:
            self._barrier.wait(MEETING_SECONDS)
            self.met = True
        except threading.BrokenBarrierError:
            pass

    def before(self, step: Callable[..., Any]) -> Callable[..., Any]:
        """The step, reached only after the meeting."""

        def met(*args: Any, **kwargs: Any) -> Any:
            self.wait()
            return step(*args, **kwargs)

        return met


def race(acts: Sequence[Callable[[], Any]]) -> list[Any]:
    """Run all at once, each on a connection of its own; what each returned, or the exception that it ended with."""
    results: list[Any] = [None] * len(acts)

    def run(n: int, act: Callable[[], Any]) -> None:
        try:
            results[n] = act()
        except Exception as error:
            results[n] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(n, act)) for n, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results
