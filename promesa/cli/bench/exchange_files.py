"""Files for the bench of the exchange: EDIFACT orders of a given size, as partners send them."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

from promesa.cli.bench.sizes import CUSTOMERS, ITEMS
from promesa.core.identifiers import with_check_digit

GLN = with_check_digit("5412345000010") or ""
SELLER = with_check_digit("8437002000010") or ""


def orders(
    count: int, *, lines: int, seed: int = 1, prefix: str = "PO", day: date = date(2026, 3, 2)
) -> Iterator[bytes]:
    """An interchange of so many orders, message by message: half of the lines of a catalogue, quantities by chance."""
    chance = random.Random(seed)
    yield f"UNA:+.? '\nUNB+UNOC:3+{GLN}:14+{SELLER}:14+{day:%y%m%d}:1000+{prefix}1'\n".encode()
    for number in range(1, count + 1):
        yield _order(chance, number, lines, prefix, day)
    yield f"UNZ+{count}+{prefix}1'\n".encode()


def _order(chance: random.Random, number: int, lines: int, prefix: str, day: date) -> bytes:
    buyer = chance.randint(1, CUSTOMERS)
    segments = [
        f"UNH+{number}+ORDERS:D:96A:UN:EAN008", f"BGM+220+{prefix}-{number:06}+9", f"DTM+137:{day:%Y%m%d}:102",
        f"DTM+2:{day + timedelta(days=chance.randint(3, 9)):%Y%m%d}:102", f"NAD+BY+B-{buyer:04}::92", f"NAD+SU+{SELLER}::9",
        "CUX+2:EUR:9",
    ]  # fmt: skip
    for place, item in enumerate(chance.sample(range(1, ITEMS + 1), lines), 1):
        quantity, price = chance.randint(1, 48), 1 + item % 97
        segments += [
            f"LIN+{place}", f"PIA+5+BI-{item:05}:SA::91", f"IMD+F++:::Aceite de oliva virgen extra {item}", f"QTY+21:{quantity}:PCE",
            f"MOA+203:{quantity * price}.00", f"PRI+AAA:{price}.00::NTP",
        ]  # fmt: skip
    segments += ["UNS+S", f"CNT+2:{lines}"]
    segments.append(f"UNT+{len(segments) + 1}+{number}")
    return ("'\n".join(segments) + "'\n").encode()


def write_orders(file: Path, count: int, *, lines: int, prefix: str) -> int:
    """Write such a file without holding it; returns its size."""
    with file.open("wb") as out:
        for piece in orders(count, lines=lines, prefix=prefix):
            out.write(piece)
    return file.stat().st_size
