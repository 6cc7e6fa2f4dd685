"""An ERP that writes and reads files: `in/` has its CSV or XLSX, `done/` and `refused/` what became of them, `out/` is ours.

Settings: `path`; `columns` = {role: {their heading: our field}} where headings are not understood by themselves; `language`
of what is written, `kind` csv or xlsx. Files are told by name and headings, as `promesa load masters` does; stock by a name that
begins with stock, deliveries with deliveries or albaranes (order, sku, quantity, reference, date).
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

from promesa.core import sheets, words
from promesa.core.masters import TOLD
from promesa.exchange.connectors.contract import Connector, Delivered, Page, Unreachable
from promesa.exchange.loading.headings import ROLES, STOCK, Role
from promesa.exchange.loading.tables import Rows, read_master
from promesa.exchange.rules.answering import InvoiceFacts, OrderFacts

FILE_TYPES = (".csv", ".txt", ".tsv", ".xlsx")
PARTIAL = (".part", ".tmp", ".filepart")
STOCK_NAMES, DELIVERY_NAMES = ("stock", "existencias"), ("deliver", "despatch", "albaran", "entrega")
DELIVERIES = Role(
    "deliveries",
    {
        "order": "order, order number, pedido, numero de pedido, num pedido",
        "sku": "sku, articulo, referencia, item, codigo",
        "quantity": "quantity, cantidad, qty, unidades", "reference": "reference, albaran, delivery note, numero, number",
        "day": "date, fecha, day, despatched on, fecha salida", "carrier": "carrier, transportista",
    },
    ("order", "sku", "quantity", "reference"), (),
)  # fmt: skip
_ORDER = {role.name: place for place, role in enumerate(ROLES)}


class FolderConnector(Connector):
    """Files in a folder that both systems see."""

    def _folder(self, name: str) -> Path:
        root = Path(str(self.system.settings.get("path", "")))
        if not root.is_absolute() or not root.is_dir():
            raise Unreachable("erp_no_folder", path=str(root))
        folder = root / name
        folder.mkdir(exist_ok=True)
        return folder

    def _waiting(self) -> list[Path]:
        found = [
            path
            for path in sorted(self._folder("in").iterdir())
            if path.is_file() and path.suffix.lower() in FILE_TYPES and not path.name.startswith(".")
        ]
        return [path for path in found if not path.name.lower().endswith(PARTIAL)]

    def _role(self, role: Role) -> Role:
        """The role with the headings that the settings name for it."""
        named: Mapping[str, str] = self.system.settings.get("columns", {}).get(role.name, {})
        words = {
            field: ", ".join([text, *(theirs for theirs, ours in named.items() if ours == field)])
            for field, text in role.words.items()
        }
        return Role(role.name, words, role.needed, role.files, role.either)

    def masters(self, *, since: Mapping[str, str]) -> Iterator[Page]:
        read: list[tuple[Path, Rows]] = []
        for path in self._waiting():
            if path.name.lower().startswith((*STOCK_NAMES, *DELIVERY_NAMES)):
                continue
            named = next((role for role in ROLES if path.name.lower().startswith((role.name, *role.files))), None)
            role = self._role(named) if named and self.system.settings.get("columns", {}).get(named.name) else None
            read.append((path, read_master(path.read_bytes(), filename=path.name, role=role)))
        for path, rows in sorted(read, key=lambda one: _ORDER.get(one[1].loaded.role, 99)):
            good = [value for value in rows.values if TOLD not in value.values()]
            yield Page(rows.loaded.role, good, token=path.name, rejected=_unread(rows))

    def stock(self) -> Iterator[Page]:
        for path in self._waiting():
            if path.name.lower().startswith(STOCK_NAMES):
                rows = read_master(path.read_bytes(), filename=path.name, role=self._role(STOCK))
                good = [value for value in rows.values if TOLD not in value.values()]
                yield Page("stock", good, token=path.name, rejected=_unread(rows))

    def deliveries(self, *, since: str) -> Iterator[Delivered]:
        for path in self._waiting():
            if not path.name.lower().startswith(DELIVERY_NAMES):
                continue
            rows = read_master(path.read_bytes(), filename=path.name, role=self._role(DELIVERIES))
            gathered: dict[tuple[str, str], dict[str, Any]] = {}
            for value in rows.values:
                if TOLD in value.values():
                    continue
                one = gathered.setdefault((value["reference"], value["order"]), {"quantities": {}, **value})
                so_far = one["quantities"].get(value["sku"], Decimal(0))
                one["quantities"][value["sku"]] = so_far + value["quantity"]
            last = len(gathered) - 1
            for place, ((reference, order), one) in enumerate(gathered.items()):
                day: date | None = one.get("day")
                at = datetime.combine(day, time(12), UTC) if day else datetime.now(UTC)
                token, unread = (path.name, _unread(rows)) if place == last else ("", [])
                yield Delivered(
                    reference, order, one["quantities"], at, one.get("carrier", ""), token=token, rejected=unread
                )
            if not gathered:
                nothing = {
                    "row": None,
                    "field": None,
                    "received": "",
                    "code": "erp_no_rows",
                    "sentence": words.both("erp_no_rows"),
                }
                unread = _unread(rows) or [nothing]
                yield Delivered("", "", {}, datetime.now(UTC), token=path.name, rejected=unread)

    def taken(self, token: str, *, rejected: Sequence[Mapping[str, Any]] = ()) -> None:
        """Put a file that was taken in where it says what became of it; what was refused stands beside it."""
        source = self._folder("in") / Path(token).name
        if not token or not source.is_file():
            return
        target = self._folder("refused" if rejected else "done")
        place = _free(target / source.name)
        if rejected:
            _write(
                place.with_name(place.name + ".json"),
                json.dumps(list(rejected), ensure_ascii=False, indent=1, default=str).encode(),
            )
        os.replace(source, place)

    def push_order(self, order: OrderFacts) -> str:
        heads = [
            "order",
            "po_number",
            "customer",
            "ship_to",
            "line",
            "sku",
            "quantity",
            "unit",
            "price",
            "price_basis",
            "requested",
            "promised",
        ]
        rows: list[list[sheets.Cell]] = [
            [
                order.number, order.po_number, order.buyer.code, order.ship_to.code, line.item.line_number, line.item.sku, line.wanted,
                line.item.base_unit, line.price, line.price_basis, _day(line.requested_to or order.requested_to),
                _day(max((part.window_to for part in line.parts if part.window_to), default=None)),
            ]
            for line in order.lines
        ]  # fmt: skip
        return self._put(f"order-{order.number}", heads, rows)

    def push_invoice(self, invoice: InvoiceFacts) -> str:
        heads = [
            "number",
            "kind",
            "corrects",
            "customer",
            "order",
            "issued_on",
            "due_on",
            "line",
            "sku",
            "text",
            "quantity",
        ]
        heads += ["unit", "price", "net", "tax_rate", "total"]
        rows: list[list[sheets.Cell]] = [
            [
                invoice.number, invoice.kind, invoice.corrects, invoice.buyer.code, invoice.order, invoice.issued_on, invoice.due_on,
                line.position, line.item.sku if line.item else "", line.text, line.quantity, line.unit_code, line.price, line.net_amount,
                line.tax_rate, invoice.gross_amount,
            ]
            for line in invoice.lines
        ]  # fmt: skip
        return self._put(f"{invoice.kind}-{invoice.number}", heads, rows)

    def _put(self, name: str, heads: list[str], rows: list[list[sheets.Cell]]) -> str:
        """Write a list under a name that says what it is: the same again is the same file."""
        kind = "xlsx" if self.system.settings.get("kind") == "xlsx" else "csv"
        ours: Mapping[str, str] = self.system.settings.get("columns", {}).get("out", {})
        theirs = {field: heading for heading, field in ours.items()}
        named = [theirs.get(head, head) for head in heads]
        spanish = str(self.system.settings.get("language", "es")).startswith("es")
        content = (
            sheets.xlsx(name, named, rows)
            if kind == "xlsx"
            else b"".join(sheets.csv_lines(named, rows, spanish=spanish))
        )
        plain = "".join(letter if letter.isalnum() or letter in "-_" else "-" for letter in name)
        place = self._folder("out") / f"{plain}.{kind}"
        _write(place, content)
        return place.name


def _unread(rows: Rows) -> list[dict[str, Any]]:
    """What could not be read, with what could be of the same row: it says which one it is."""
    by_number = dict(zip(rows.numbers, rows.values, strict=True))
    told = []
    for fault in rows.loaded.rejected:
        value = by_number.get(fault["row"], {})
        told.append({**fault, "values": {name: one for name, one in value.items() if one is not TOLD}})
    return told


def _day(moment: datetime | None) -> date | None:
    return moment.date() if moment else None


def _free(place: Path) -> Path:
    """A name that nobody has: a file of the same name came before."""
    n, free = 1, place
    while free.exists():
        n, free = n + 1, place.with_name(f"{place.stem}-{n}{place.suffix}")
    return free


def _write(place: Path, content: bytes) -> None:
    """Whole or not at all: readers never see half a file."""
    partial = place.with_name(f".{place.name}.part")
    with partial.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    os.replace(partial, place)
