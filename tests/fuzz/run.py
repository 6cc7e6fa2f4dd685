"""The long run, `make fuzz`: damaged files to every reader, what they came to in `docs/fuzz.md`.

    python -m tests.fuzz.run [--only READER ...] [--many N] [--minutes M] [--processes P] [--anew]

A run that was stopped goes on where it was: input number n of a reader is always the same file. What fails is kept in
`var/fuzz` to be made small, mended and put into `tests/fuzz/seeds`.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import resource
import sys
import time
import warnings
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path

from tests.fuzz.judged import SECONDS_PER_MEGABYTE, judge
from tests.fuzz.readers import READERS

ROOT = Path(__file__).resolve().parents[2]
KEPT = ROOT / "var" / "fuzz"
PAGE = ROOT / "docs" / "fuzz.md"
FAILURES_TOLD = 20
MEMORY = 6_000_000_000  # of address space: a file that makes a reader ask for more ends its process
HEADINGS = ("reader", "inputs", "of", "wrong", "worst s/MB", "worst s", "peak MB", "MB read", "s of work", "until")


@dataclass(frozen=True, slots=True)
class Row:
    """What came of the inputs 0 to `inputs` of a reader."""

    reader: str
    inputs: int = 0
    wrong: int = 0
    rate: float = 0.0
    slowest: float = 0.0
    peak: int = 0
    read: float = 0.0
    seconds: float = 0.0
    day: str = ""


def main() -> int:
    said = _said()
    warnings.simplefilter("ignore")  # packages with two members of one name are meant
    KEPT.mkdir(parents=True, exist_ok=True)
    names = said.only or list(READERS)
    if said.anew:
        for name in names:
            (KEPT / f"{name}.json").unlink(missing_ok=True)
    rows = {name: row for name, row in _rows().items() if not (said.anew and name in names)}
    ends = time.monotonic() + said.minutes * 60
    with ThreadPoolExecutor(said.processes) as pool:
        runs = [
            pool.submit(_outlive, name, rows.get(name, Row(name)), said.many or READERS[name].many, ends)
            for name in names
        ]
        for run in as_completed(runs):
            row = run.result()
            rows[row.reader] = row
            print(f"{row.reader}: {row.inputs} inputs, {row.wrong} wrong", flush=True)
            _write(rows)
    return 1 if any(row.wrong for row in rows.values()) else 0


def _said() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make fuzz", description="Read damaged files of every format.")
    parser.add_argument("--only", action="append", choices=list(READERS), help="this reader; may be said several times")
    parser.add_argument("--many", type=int, help="inputs a reader; else what the table of readers says")
    parser.add_argument(
        "--minutes", type=float, default=600, help="stop after so long; the next run goes on from there"
    )
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--anew", action="store_true", help="forget what earlier runs found")
    return parser.parse_args()


def _outlive(name: str, row: Row, many: int, ends: float) -> Row:
    """Run a reader in a process of its own; an input that takes the process with it is wrong, and the next comes after it."""
    while True:
        _note(row)
        process = get_context("spawn").Process(target=_run, args=(name, row, many, ends))
        process.start()
        process.join()
        row = Row(**json.loads((KEPT / f"{name}.json").read_text()))
        if process.exitcode == 0:
            return row
        number = int((KEPT / f"{name}.at").read_text())
        _keep(name, number, READERS[name].numbered(number), f"the process died ({process.exitcode})", told=True)
        row = replace(row, inputs=number + 1, wrong=row.wrong + 1)


def _note(row: Row) -> None:
    (KEPT / f"{row.reader}.json").write_text(json.dumps(asdict(row)))


def _run(name: str, row: Row, many: int, ends: float) -> None:
    """Inputs of one reader until there are as many as asked for, or it is time; its progress is kept each few seconds."""
    warnings.simplefilter("ignore")
    reader, kept = READERS[name], time.monotonic()
    started, before = time.process_time(), row.seconds
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    at = os.open(KEPT / f"{name}.at", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    for number in range(row.inputs, many):
        os.pwrite(at, b"%d" % number, 0)
        content = reader.numbered(number)
        found = judge(content, reader.read, floor=reader.floor)
        row = replace(
            row, inputs=number + 1, wrong=row.wrong + bool(found.problem), rate=max(row.rate, found.rate),
            slowest=max(row.slowest, found.seconds), read=row.read + found.size / 1_000_000,
        )  # fmt: skip
        if found.problem:
            _keep(name, number, content, found.problem, told=row.wrong <= FAILURES_TOLD)
        if found.problem or time.monotonic() - kept > 10 or number + 1 == many or time.monotonic() > ends:
            row = _measured(row, before + time.process_time() - started)
            _note(row)
            kept = time.monotonic()
            if kept > ends:
                break


def _measured(row: Row, seconds: float) -> Row:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return replace(row, seconds=seconds, peak=max(row.peak, peak), day=f"{datetime.now(UTC):%Y-%m-%d}")


def _keep(name: str, number: int, content: bytes, problem: str, *, told: bool) -> None:
    path = KEPT / f"{name}-{hashlib.sha256(content).hexdigest()[:12]}"
    path.write_bytes(content)
    if told:
        print(f"{name} {number}: {problem}\n    {path.relative_to(ROOT)}", file=sys.stderr, flush=True)


def _rows() -> dict[str, Row]:
    """What earlier runs found: on the page, or farther on in the folder where a run keeps its progress."""
    rows = {row.reader: row for row in _rows_of_page()}
    for path in KEPT.glob("*.json"):
        row = Row(**json.loads(path.read_text()))
        if row.inputs >= rows.get(row.reader, Row("")).inputs:
            rows[row.reader] = row
    return {name: rows[name] for name in READERS if name in rows}


def _rows_of_page() -> Iterator[Row]:
    if not PAGE.exists():
        return
    for line in PAGE.read_text().splitlines():
        cells = [cell.strip().replace(" ", "") for cell in line.strip("|").split("|")]
        if len(cells) == len(HEADINGS) and cells[0] in READERS:
            yield Row(
                cells[0], int(cells[1]), int(cells[3]), float(cells[4]), float(cells[5]), int(cells[6]), float(cells[7]),
                float(cells[8]), cells[9],
            )  # fmt: skip


def _write(rows: dict[str, Row]) -> None:
    table = [" | ".join(HEADINGS), " | ".join("---" if place in (0, 9) else "---:" for place in range(len(HEADINGS)))]
    for name in READERS:
        row = rows.get(name, Row(name))
        table.append(
            f"{name} | {row.inputs:,} | {READERS[name].many:,} | {row.wrong} | {row.rate:.2f} | {row.slowest:.3f} | {row.peak} | "
            f"{row.read:.1f} | {row.seconds:.0f} | {row.day}".replace(",", " ")
        )
    floors = ", ".join(f"{reader.floor:g} s for a {name}" for name, reader in READERS.items() if reader.floor > 1)
    usual = min(reader.floor for reader in READERS.values())
    PAGE.write_text(
        INTRODUCTION.format(rate=f"{SECONDS_PER_MEGABYTE:g}", floors=floors, usual=f"{usual:g}")
        + "".join(f"| {line} |\n" for line in table)
    )


INTRODUCTION = """# Damaged files, read

Written by `make fuzz`, never by hand: what came of files that were valid until one to eight things were done to each (bytes
flipped, pieces cut, doubled, spliced in from another, numbers blown up, separators swapped, characters coded otherwise; in XML
elements gone, twice or elsewhere; in workbooks the members of the package). Input number n of a reader is the same file in every
run. A run that was stopped goes on from the number in the table (`make fuzz ARGS="--only edifact --minutes 10"`).

*Wrong* counts the inputs that ended in an exception, without a document, with a refusal that has no reason, a fault without words,
or a text that no database stores; and those that took more than {rate} s of work a megabyte, where {usual} s are
allowed to any file however small ({floors}: letters are recognised by the page and not by the byte, and a
pdf whose text is gone is read as a picture).
*Worst s/MB* is of files of 100 kB and more (every 500th of a text reader has a piece of it repeated to a megabyte), *worst s* of
all files. *Peak MB* is the memory of the whole process, program and samples included. `make test` tries the first 2 000 of each
text reader, without the large ones. What failed once is kept in `tests/fuzz/seeds`.

"""

if __name__ == "__main__":
    sys.exit(main())
