"""`promesa bench exchange`: reading documents, and a large file of orders from its bytes to the answers."""

from __future__ import annotations

import json
import os
import statistics
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

import click
import psycopg

from promesa.cli.bench.capture import _say, _url
from promesa.cli.bench.exchange_files import orders, write_orders
from promesa.cli.bench.runs import ask
from promesa.cli.start import start
from promesa.config import address
from promesa.exchange import formats
from promesa.exchange.formats.neutral import NeutralDocument, NeutralLine, Party, Tax

DATABASE = "promesa_bench_exchange"
ROUNDS = 7
RIVAL_ORDERS = 60
LINES_IN_FILE = 30
REACH = {"edifact_mb_s": 10, "times_pydifact": 10, "ubl_order_ms": 5, "invoice_ms": 50, "minutes": 10}


@click.command()
@click.option("--orders", "count", default=10_000, show_default=True, help="Orders of 30 lines in the file taken in.")
@click.option("--quick", is_flag=True, help="Fewer rounds and 300 orders.")
@click.option("--read-only", is_flag=True, help="Only reading: no database.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
def exchange(count: int, quick: bool, read_only: bool, as_json: bool) -> None:
    """Measure the exchange: EDIFACT beside pydifact, UBL orders, checked invoices, and one file of many orders taken in,
    checked, promised, answered and judged, with the memory it takes."""
    if quick:
        count = min(count, 300)
    rounds = 3 if quick else ROUNDS
    report = {
        "edifact": _edifact(rounds),
        "ubl": _ubl(rounds),
        "invoice": _invoice(rounds),
        "long_invoice": _long_invoice(rounds),
    }
    if not read_only:
        report["take_in"] = _take_in(count)
    click.echo(json.dumps(report) if as_json else told(report))


def _seconds(work: Callable[[], object], rounds: int) -> float:
    """The median of the CPU seconds that some work takes."""
    times = []
    for _ in range(rounds):
        began = time.process_time()
        work()
        times.append(time.process_time() - began)
    return statistics.median(times)


def _edifact(rounds: int) -> dict[str, Any]:
    """ORDERS D.96A to the neutral form with all checks and positions, and pydifact's tree of the same kind of bytes, in turns."""
    found: dict[str, Any] = {}
    for lines in (10, LINES_IN_FILE):
        _say(f"EDIFACT orders of {lines} lines")
        content = b"".join(orders(12_000 // lines, lines=lines))
        small = b"".join(orders(RIVAL_ORDERS * 10 // lines, lines=lines))
        documents = formats.read(content)
        if any(one.blocked for one in documents):
            raise click.ClickException("the bench's own file is refused: " + documents[0].faults[0].sentence("en"))
        del documents
        ours, theirs = [], []
        for _ in range(rounds):
            ours.append(len(content) / 1e6 / _seconds(partial(formats.read, content), 1))
            rival = _pydifact(small)
            if rival is not None:
                theirs.append(len(small) / 1e6 / rival)
        streamed = len(content) / 1e6 / _seconds(partial(_streamed, content), rounds)
        found[f"lines_{lines}"] = {
            "mb_s": round(statistics.median(ours), 2),
            "streamed_mb_s": round(streamed, 2),
            "pydifact_mb_s": round(statistics.median(theirs), 3) if theirs else None,
            "times_pydifact": round(statistics.median(a / b for a, b in zip(ours, theirs, strict=True)), 1) if theirs else None,
        }  # fmt: skip
    return found


def _streamed(content: bytes) -> int:
    return sum(1 for _ in formats.documents(content))


def _pydifact(content: bytes) -> float | None:
    """CPU seconds of pydifact for the same; none where it isn't installed."""
    try:
        collection = import_module("pydifact.segmentcollection")
    except ImportError:
        return None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        text = content.decode("latin-1")
        return _seconds(lambda: list(collection.Interchange.from_str(text).get_messages()), 1)


def _document(kind: str, lines: int) -> NeutralDocument:
    """A plain document that every writer can say."""
    parties = {
        "buyer": Party(gln="5412345000013", code="5412345000013", agency="9", name="Mercados del Sur, S.A.", tax_id="ESA12345674",
                       street="Calle Mayor 1", city="Madrid", postcode="28001", country="ES"),
        "seller": Party(gln="8437002000011", code="8437002000011", agency="9", name="Promesa Demo, S.L.", tax_id="ESB12345674",
                        street="Gran Vía 2", city="Bilbao", postcode="48001", country="ES"),
    }  # fmt: skip
    made = tuple(
        NeutralLine(
            str(n), seller_code=f"BI-{n:05}", text=f"Aceite {n}", quantity=Decimal(n), quantity_received=str(n),
            unit_code="C62", price=Decimal("2.50"), price_kind="net", amount=Decimal("2.50") * n, tax_rate=Decimal(10), tax_category="S",
        )
        for n in range(1, lines + 1)
    )  # fmt: skip
    net = sum((line.amount or Decimal(0) for line in made), Decimal(0))
    tax = (net / 10).quantize(Decimal("0.01"))
    totals = {"lines": net, "taxable": net, "tax": tax, "with_tax": net + tax, "payable": net + tax}
    return NeutralDocument(
        format="", kind=kind, number="F-1", issued_on=date(2026, 3, 2), due_on=date(2026, 4, 1), currency="EUR", parties=parties,
        lines=made, totals=totals, taxes=(Tax("S", Decimal(10), net, tax, "VAT"),),
        profile={"process": "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0",
                 "customization": "urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0"},
    )  # fmt: skip


def _milliseconds(kind: str, rounds: int, times: int, *, lines: int = 10) -> dict[str, Any]:
    _say(f"UBL: {kind} of {lines} lines")
    try:
        content = formats.write(_document(kind, lines), format_="ubl").content
    except formats.CannotWrite as refusal:
        return {"refused": str(refusal)}
    formats.read(content)
    return {
        "ms": round(_seconds(lambda: [formats.read(content) for _ in range(times)], rounds) / times * 1000, 2),
        "bytes": len(content),
    }


def _ubl(rounds: int) -> dict[str, Any]:
    """A UBL order of 10 lines, read with its rules, in bulk."""
    return _milliseconds("order", rounds, 50)


def _invoice(rounds: int) -> dict[str, Any]:
    """A UBL invoice of 10 lines, read and checked by the rules of EN 16931 and Peppol, warm."""
    return _milliseconds("invoice", rounds, 20)


def _long_invoice(rounds: int) -> dict[str, Any]:
    """The same of 100 lines."""
    return _milliseconds("invoice", rounds, 4, lines=100)


def _take_in(count: int) -> dict[str, Any]:
    """One file of many orders of 30 lines: taken in, checked, promised, answered, judged, in a database of its own."""
    start()
    with psycopg.connect(_url(address.database()["NAME"]), autocommit=True) as admin:
        admin.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
        admin.execute(f"CREATE DATABASE {DATABASE} TEMPLATE template0")
    environment = {**os.environ, "DATABASE_URL": _url(DATABASE), "PROMESA_LOG": "WARNING"}
    try:
        _say("tables, customers, items, stock")
        ask([sys.executable, "-m", "promesa.cli.bench.seed", "masters"], environment)
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "orders.edi"
            size = write_orders(file, count, lines=LINES_IN_FILE, prefix=f"P{time.time_ns() % 10**9}")
            _say(f"{count} orders of {LINES_IN_FILE} lines, {size / 1e6:.1f} MB")
            taken = ask([sys.executable, "-m", "promesa.cli.bench.exchange_take", str(file)], environment)
    finally:
        with psycopg.connect(_url(address.database()["NAME"]), autocommit=True) as admin:
            admin.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
    if taken["orders"] != count:
        raise click.ClickException(f"{taken['orders']} of {count} orders were taken in")
    return {"count": count, "lines": LINES_IN_FILE, "mb": round(size / 1e6, 1), **taken}


def told(report: dict[str, Any]) -> str:
    """The report in words."""
    lines = [""]
    for name, one in report["edifact"].items():
        rival = f", {one['times_pydifact']} times pydifact's {one['pydifact_mb_s']}" if one["pydifact_mb_s"] else ""
        lines.append(
            f"EDIFACT orders of {name.removeprefix('lines_')} lines: {one['mb_s']} MB/s{rival} (reach {REACH['edifact_mb_s']} and "
            f"{REACH['times_pydifact']}); one by one, in little memory: {one['streamed_mb_s']} MB/s"
        )
    for name, key, reach in (
        ("UBL order of 10 lines", "ubl", "ubl_order_ms"),
        ("UBL invoice of 10 lines, checked", "invoice", "invoice_ms"),
        ("UBL invoice of 100 lines, checked", "long_invoice", "invoice_ms"),
    ):
        one = report[key]
        lines.append(f"{name}: {one['ms']} ms (reach {REACH[reach]})" if "ms" in one else f"{name}: {one['refused']}")
    taken = report.get("take_in")
    if taken:
        seconds, memory = taken["seconds"], taken["memory_mb"]
        thirds = ", ".join(str(memory[f"third_{n}"]) for n in (1, 2, 3) if f"third_{n}" in memory)
        lines += [
            (
                f"{taken['orders']} orders of {taken['lines']} lines ({taken['mb']} MB): {seconds['all']} s from bytes to facts "
                f"(reading and promising {seconds['take_in']}, answering {seconds['answer']}, writing the answers {seconds['write']}, "
                f"judging {seconds['judge']}; {seconds['cpu']} s CPU of the program; reach {REACH['minutes']} minutes); "
                f"{taken['answers']} answers"
            ),
            f"memory: {memory['before']} MB before, {memory['peak']} MB at its peak; mean of each third {thirds} MB",
        ]
    return "\n".join(lines)
