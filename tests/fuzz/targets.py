"""Readers explored by what their code does (atheris): EDIFACT, X12, CSV and MIME, each for as long as is said.

    python -m tests.fuzz.targets edifact --seconds 60

Started from the samples of the table of readers. A crash, a hang or a slow input is kept in `var/fuzz` as it was found.
`make fuzz` installs what this needs (requirements-fuzz.txt) and runs all four.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from random import Random

import atheris

TARGETS = ("edifact", "x12", "csv", "mail")
KEPT = Path(__file__).resolve().parents[2] / "var" / "fuzz"
SAMPLES = 60

# Nothing that imports a reader may stand above: what is imported already is not watched.
with atheris.instrument_imports(include=["promesa.exchange.formats"], enable_loader_override=False):
    from tests.fuzz.judged import judge
    from tests.fuzz.readers import READERS


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz.targets")
    parser.add_argument("reader", choices=TARGETS)
    parser.add_argument("--seconds", type=int, default=60)
    said = parser.parse_args()
    reader = READERS[said.reader]
    corpus, found = KEPT / f"corpus-{said.reader}", KEPT / "found"
    for folder in (corpus, found):
        folder.mkdir(parents=True, exist_ok=True)
    for number in range(SAMPLES):
        (corpus / f"sample-{number}").write_bytes(reader.sample(Random(number)))

    def one(content: bytes) -> None:
        problem = (
            judge(content, reader.read, floor=4 * reader.floor).problem if content else ""
        )  # watched code is slower
        if problem:
            raise AssertionError(problem)

    words = [
        f"-max_total_time={said.seconds}",
        "-max_len=20000",
        "-rss_limit_mb=2048",
        f"-artifact_prefix={found}/{said.reader}-",
    ]
    atheris.Setup([sys.argv[0], *words, "-print_final_stats=1", str(corpus)], one)
    atheris.Fuzz()
    return 0


if __name__ == "__main__":
    sys.exit(main())
