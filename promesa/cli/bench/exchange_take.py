"""Takes one large EDIFACT file in, in a process of its own, and prints what it took: seconds, memory, answers."""

from __future__ import annotations

import json
import sys
import threading
import time
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any

from promesa.cli.bench.exchange_files import GLN, SELLER
from promesa.cli.start import start

EVERY_SECONDS = 0.25
PARTNER = "BENCH"
# Judges the orders again: no part of an answer, so it is timed by itself, and comes last as it does in the worker.
LATER = ("results.facts",)


class Memory:
    """Samples what this process has in memory while something runs."""

    def __init__(self) -> None:
        self.samples: list[int] = []
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Memory:
        self._thread.start()
        return self

    def __exit__(self, *_said: object) -> None:
        self._stop.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._stop.wait(EVERY_SECONDS):
            self.samples.append(resident())

    def told(self) -> dict[str, float]:
        """Megabytes: the peak, and the mean of each third; a flat run ends as it went on after its first third."""
        if len(self.samples) < 3:
            return {"peak": _megabytes(max([resident(), *self.samples]))}
        third = len(self.samples) // 3
        means = [sum(self.samples[n * third : (n + 1) * third]) / third for n in range(3)]
        return {
            "peak": _megabytes(max(self.samples)),
            **{f"third_{n}": _megabytes(one) for n, one in enumerate(means, 1)},
        }


def resident() -> int:
    """Bytes of this process that are in memory; 0 where /proc is absent."""
    status = Path("/proc/self/status")
    if not status.exists():
        return 0
    return next(int(line.split()[1]) * 1024 for line in status.read_text().splitlines() if line.startswith("VmRSS:"))


def _megabytes(count: float) -> float:
    return round(count / 1e6, 1)


def take(path: str) -> dict[str, Any]:
    """Receive, read, check, promise, answer and judge all orders of a file; answers are written as EDIFACT and kept."""
    exchange = import_module("promesa.exchange.operations")
    models = import_module("promesa.exchange.models")
    by = import_module("promesa.core.actors").PROMESA
    relay = import_module("promesa.core.relay")
    send_due = import_module("promesa.exchange.operations.sending").send_due
    partner, _ = models.Partner.objects.get_or_create(
        code=PARTNER, defaults={"name": "Bench", "identifier": GLN, "our_identifier": SELLER}
    )
    models.PartnerAnswer.objects.get_or_create(
        partner=partner, kind="order_response", defaults={"format": "edifact-d96a", "channel": "none"}
    )
    now = datetime.now(UTC)
    before = resident()
    with Memory() as memory:
        began, cpu = time.perf_counter(), time.process_time()
        content = Path(path).read_bytes()
        file = exchange.receive_file(
            content=content, name=Path(path).name, channel="edi", partner_code=PARTNER, by=by, at=now
        )
        del content
        received = time.perf_counter()
        exchange.read_file(file_id=file.pk, by=by, at=now)
        read = time.perf_counter()
        relay.drain(leaving=LATER)
        answered = time.perf_counter()
        while send_due(by=by, at=datetime.now(UTC)):
            pass
        sent = time.perf_counter()
        relay.drain()
        judged = time.perf_counter()
    documents = models.Document.objects.filter(file_id=file.pk)
    return {
        "seconds": {
            "receive": round(received - began, 2), "take_in": round(read - received, 2), "answer": round(answered - read, 2),
            "write": round(sent - answered, 2), "judge": round(judged - sent, 2), "all": round(judged - began, 2),
            "cpu": round(time.process_time() - cpu, 2),
        },
        "memory_mb": {"before": _megabytes(before), **memory.told()},
        "orders": documents.filter(outcome="orders").count(),
        "answers": models.OutgoingDocument.objects.filter(
            kind="order_response", state="kept", order__in=documents.values("order_id")
        ).count(),
    }  # fmt: skip


def main() -> None:
    start()
    print(json.dumps(take(sys.argv[1])))


if __name__ == "__main__":
    main()
