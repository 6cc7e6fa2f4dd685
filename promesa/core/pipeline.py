"""Several statements in one journey to PostgreSQL: libpq's pipeline mode, with nothing of a cursor around it.

A journey costs both sides a sleep and an awakening, and what runs after an awakening runs on cold caches.
"""

from __future__ import annotations

import select
from collections.abc import Sequence
from typing import Any

import psycopg
from psycopg import pq

# A prepared statement's name and its values, or the text of a plain command and None.
Sent = tuple[bytes, Sequence[bytes | None] | None]


def run(server: Any, sent: Sequence[Sent]) -> list[Any]:
    """Send all, then wait for all; returns their results in order, good or bad: after a bad one none was run."""
    server.enter_pipeline_mode()
    try:
        for command, values in sent:
            if values is None:
                server.send_query_params(command, None)
            else:
                server.send_query_prepared(command, values)
        server.pipeline_sync()
        results = _received(server)
        server.exit_pipeline_mode()
    except BaseException:
        # Half an answer may be under way: nobody can use this connection any more.
        server.finish()
        raise
    return results


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
