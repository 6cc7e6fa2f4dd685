"""Several statements in one journey to PostgreSQL: libpq's pipeline mode, with nothing of a cursor around it.

A journey costs both sides a sleep and an awakening, and what runs after an awakening runs on cold caches.
"""

from __future__ import annotations

import os
import select
import socket
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import psycopg
from psycopg import pq

# Bytes that may be on their way: some turns of a large capture. The system may give less.
ROOM = 1 << 20


def make_room(server: Any) -> None:
    """Let the system hold much of what is sent on a connection: with the little that it holds by itself the server waits in
    the midst of a large statement for the rest, until the program comes to send it."""
    with suppress(OSError), socket.socket(fileno=os.dup(server.socket)) as own:
        own.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, ROOM)


class Pipeline:
    """Statements on their way: PostgreSQL works on the first while the next are still being made."""

    def __init__(self, server: Any) -> None:
        self._server = server
        server.enter_pipeline_mode()

    def send(self, command: bytes, values: Sequence[bytes | None] | None) -> None:
        """Lay out a prepared statement by its name, or a plain command without values; `go` sends what is laid out."""
        try:
            if values is None:
                self._server.send_query_params(command, None)
            else:
                self._server.send_query_prepared(command, values)
        except BaseException:
            self._server.finish()
            raise

    def go(self) -> None:
        """Send what is laid out, as far as it goes without waiting: every awakening of the server costs both."""
        try:
            self._server.flush()
        except BaseException:
            self._server.finish()
            raise

    def results(self) -> list[Any]:
        """Wait for all; their results in order, good or bad: after a bad one none was run."""
        try:
            self._server.pipeline_sync()
            found = _received(self._server)
            self._server.exit_pipeline_mode()
        except BaseException:
            # Half an answer may be under way: nobody can use this connection any more.
            self._server.finish()
            raise
        return found


def _received(server: Any) -> list[Any]:
    """All results up to the end of the pipeline."""
    waiting = select.poll()
    waiting.register(server.socket, select.POLLIN | select.POLLOUT)
    while server.flush():
        # The server may want to be read before it reads on.
        if any(event & select.POLLIN for _, event in waiting.poll()):
            server.consume_input()
    waiting.modify(server.socket, select.POLLIN)
    results: list[Any] = []
    ended = True  # a statement's results end with nothing; nothing twice is the end of the connection
    while True:
        while server.is_busy():
            waiting.poll()
            server.consume_input()
        result = server.get_result()
        if result is None:
            if ended:
                raise psycopg.OperationalError("the connection to the database was lost")
            ended = True
            continue
        ended = False
        if result.status == pq.ExecStatus.PIPELINE_SYNC:
            return results
        results.append(result)
