"""Meters: CPU seconds of process trees and of the PostgreSQL server, and percentiles of times."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


def _stat(pid: int) -> tuple[int, float, float] | None:
    """Parent, CPU seconds of its own, CPU seconds of children that have ended."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    fields = text[text.rindex(")") + 2 :].split()
    return int(fields[1]), (int(fields[11]) + int(fields[12])) / TICKS, (int(fields[13]) + int(fields[14])) / TICKS


def tree_cpu(root: int) -> float:
    """CPU seconds of a process and all below it, those that have ended included; 0 where /proc is absent."""
    if not Path("/proc").is_dir():
        return 0.0
    stats = {int(name): found for name in os.listdir("/proc") if name.isdigit() and (found := _stat(int(name)))}
    children: dict[int, list[int]] = {}
    for pid, (parent, _, _) in stats.items():
        children.setdefault(parent, []).append(pid)
    total, queue = 0.0, [root]
    while queue:
        pid = queue.pop()
        if pid in stats:
            total += stats[pid][1] + stats[pid][2]
        queue.extend(children.get(pid, ()))
    return total


def parent_of(pid: int) -> int:
    """The process above, or 0."""
    found = _stat(pid)
    return found[0] if found else 0


def percentile(times: Sequence[float], share: float) -> float:
    """The value that `share` of the times do not exceed (nearest rank)."""
    if not times:
        return 0.0
    ordered = sorted(times)
    return ordered[min(len(ordered) - 1, max(0, round(share * len(ordered) + 0.5) - 1))]


def in_milliseconds(times: Sequence[float]) -> dict[str, float]:
    """p50, p95 and p99 in milliseconds."""
    return {f"p{int(share * 100)}": round(percentile(times, share) * 1000, 2) for share in (0.5, 0.95, 0.99)}
