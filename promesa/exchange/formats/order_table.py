"""Order files in tables: the rows of one order number become one neutral document, with all the faults of its rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from functools import lru_cache
from typing import Any

from promesa.core import identifiers
from promesa.core.quantities import unit_code
from promesa.exchange.formats.cells import Trouble
from promesa.exchange.formats.gtins import wrong_gtin
from promesa.exchange.formats.headings import HEADER_FIELDS, ITEM_FIELDS, WEAK, meaning, plain
from promesa.exchange.formats.neutral import (
    Fault,
    NeutralDocument,
    NeutralLine,
    Party,
    Window,
    fault,
    line_of,
    unreadable,
    with_faults,
)
from promesa.exchange.formats.tabular import Mapping, Table, letters, read_rows, text_of

MAX_NUMBER = 70
_TOTALS = ("total", "suma", "sum", "subtotal", "totales")


def read(content: bytes, *, filename: str = "", mapping: Mapping | None = None) -> list[NeutralDocument]:
    """Read an order file (CSV or XLSX). Never raises."""
    return list(read_each(content, filename=filename, mapping=mapping))


def read_each(
    content: bytes, *, filename: str = "", mapping: Mapping | None = None, skipped: int = 0
) -> Iterator[NeutralDocument]:
    """The same orders one by one. All is checked before the first is handed on, the lines of each are made when it is its turn.

    `skipped` rows of the file are left out below the headings.
    """
    table = read_rows(content, filename=filename, mapping=mapping, skipped=skipped)
    if not table.rows or not table.columns:
        return iter([unreadable(table.format, *table.faults)])
    _weigh_headings(table)
    if "quantity" not in table.columns:
        table.faults.append(fault("column_missing", field="quantity", received=", ".join(table.headers)))
    if not any(table.has(name) for name in ITEM_FIELDS):
        table.faults.append(fault("item_column_missing", received=", ".join(table.headers)))
    _read_above(table)
    return _OrderTable(table).documents()


def _weigh_headings(table: Table) -> None:
    """Give headings their second meaning where nothing says the first, unless what stands under them only counts the lines."""
    free = {plain(header): place for place, header in reversed(list(enumerate(table.headers))) if header}
    taken = set(table.columns.values())
    for name in ("quantity", "text"):
        place = next((at for word, at in free.items() if word in WEAK[name] and at not in taken), None)
        if place is not None and not table.has(name):
            table.columns[name] = place
            table.faults = [one for one in table.faults if one.code != "column_repeated" or one.where != letters(place)]
    lines = table.columns.get("line_number")
    if lines is None or any(table.has(name) for name in ITEM_FIELDS) or "line_number" in table.mapping.columns:
        return
    if plain(table.headers[lines]) in WEAK["item_code"] and not _counts([row[lines] for row in table.rows]):
        table.columns["item_code"] = table.columns.pop("line_number")


def _counts(cells: Sequence[Any]) -> bool:
    """Whether cells only count the lines: 1, 2, 3 or 10, 20, 30, starting again with each order."""
    texts = [text_of(cell) for cell in cells]
    return all(text.isascii() and text.isdigit() and len(text) < 7 for text in texts if text) and any(
        text.lstrip("0") in ("1", "10") for text in texts
    )


def _read_above(table: Table) -> None:
    """Values written beside their name above the headings (`Pedido: | 4501`) hold for the whole file."""
    constants = dict(table.mapping.constants)
    for row in table.above:
        for place, cell in enumerate(row[:-1]):
            name = meaning(cell) if isinstance(cell, str) and cell else None
            if name in HEADER_FIELDS and name not in table.columns and name not in constants:
                value = next((other for other in row[place + 1 :] if other not in (None, "")), None)
                if value is not None and meaning(text_of(value)) is None:
                    constants[name] = value
    table.mapping = replace(table.mapping, constants=constants)


def is_total(text: str) -> bool:
    """Whether a cell says that its row holds totals."""
    return text.strip().lower().rstrip(":.").split(" ")[0] in _TOTALS


class _OrderTable:
    """The columns of an order file, read once each, and the orders in them."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self._said_total: dict[str, bool] = {}
        self._leave_totals_out()
        self.text = {
            name: table.texts(name)
            for name in (
                "po_number", "buyer", "buyer_name", "buyer_tax", "ship_to", "ship_to_name", "currency", "line_number", "gtin",
                "seller_code", "buyer_code", "item_code", "text", "unit", "note",
            )
        }  # fmt: skip
        self.received = table.texts("quantity")
        self.quantity = table.quantities("quantity")
        self.price = table.moneys("price")
        self.basis = table.quantities("price_basis")
        self.amount = table.moneys("amount")
        self.free = table.quantities("free")
        self.issued = table.dates("issued_on")
        self.on = table.dates("requested_on")
        self.not_before = table.dates("requested_from")
        self.not_after = table.dates("requested_to")
        self.windows = self._windows()
        self.line_numbers: dict[int, str] = {}

    def documents(self) -> Iterator[NeutralDocument]:
        groups = self._groups()
        self._number_lines(groups)
        self._check_rows()
        self.table.rows.clear()  # all that is wanted of them stands in the columns
        by_row: dict[int, list[Fault]] = {}
        shared: list[Fault] = []
        for one in self.table.faults:
            row = one.params.get("row")
            if row is None:
                shared.append(one)
            else:
                line = self.line_numbers.get(row)
                by_row.setdefault(row, []).append(replace(one, line=line) if line else one)
        # Rows that no order has: their faults are faults of all.
        homeless = [one for row, found in by_row.items() if row not in self.line_numbers for one in found]
        if not groups:
            yield unreadable(self.table.format, *shared, *homeless, fault("no_rows"))
        numbers = self.table.numbers
        for number, rows in groups:
            found = [one for row in rows for one in by_row.get(numbers[row], ())] if by_row else []
            document = self._document(number, rows, self._lines(rows), found, shared)
            yield with_faults(document, homeless) if homeless else document

    def _number_lines(self, groups: Sequence[tuple[str, Sequence[int]]]) -> None:
        """The number of the line in each row: its own, or its place in its order."""
        named, numbers = self.text["line_number"], self.table.numbers
        for _, rows in groups:
            for count, place in enumerate(rows, 1):
                self.line_numbers[numbers[place]] = named[place] or str(count)

    def _groups(self) -> list[tuple[str, list[int]]]:
        """Rows by order number and buyer, in the order of the file; a row without number belongs to the one above."""
        numbers, buyers = self.text["po_number"], self.text["buyer"]
        has_numbers = self.table.has("po_number")
        groups: dict[tuple[str, str], list[int]] = {}
        above = buyer_above = ""
        carried = None
        for place, number in enumerate(numbers):
            if number or not has_numbers:
                above, buyer_above = number, buyers[place]
            else:
                carried = carried or (self.table.numbers[place], above)
            groups.setdefault((above, buyers[place] or buyer_above), []).append(place)
        if carried is not None and carried[1]:
            column = self.table.heading("po_number")
            self.table.faults.append(fault("number_carried_down", where=column, received=carried[1], first=carried[0]))
        return [(number, rows) for (number, _), rows in groups.items()]

    def _items(self) -> list[str]:
        return ["".join(codes) for codes in zip(*(self.text[name] for name in ITEM_FIELDS), strict=True)]

    def _leave_totals_out(self) -> None:
        """Rows of totals name no item: they go before their numbers are read, since what stands there is of no line."""
        table = self.table
        places = [table.columns[name] for name in ITEM_FIELDS if name in table.columns]
        totals = {
            place for place, row in enumerate(table.rows) if not any(row[at] for at in places) and self._is_total(place)
        }
        if not totals:
            return
        for place in sorted(totals):
            row = table.numbers[place]
            said = next(text_of(cell) for cell in table.rows[place] if text_of(cell))
            table.faults.append(fault("total_row_ignored", where=f"A{row}", received=said, row=row))
        table.numbers = [row for place, row in enumerate(table.numbers) if place not in totals]
        table.rows = [row for place, row in enumerate(table.rows) if place not in totals]

    def _is_total(self, place: int) -> bool:
        """Whether a cell says total; each text is looked at once, however many rows say it."""
        known = self._said_total
        for cell in self.table.rows[place]:
            if not cell or not isinstance(cell, str):
                continue
            total = known.get(cell)
            if total is None:
                total = known[cell] = is_total(cell)
            if total:
                return True
        return False

    def _lines(self, rows: Sequence[int]) -> list[NeutralLine]:
        """The lines of one order; the loop that files of many thousand rows are spent in."""
        text, basis, amount, free = self.text, self.basis, self.amount, self.free
        gtins, sellers, buyers, items = (text[name] for name in ("gtin", "seller_code", "buyer_code", "item_code"))
        texts, units, notes = text["text"], text["unit"], text["note"]
        windows = [self.windows[place] for place in rows]
        several = windows.count(windows[0]) != len(windows)
        lines = []
        for count, place in enumerate(rows):
            row = self.table.numbers[place]
            gtin, seller = gtins[place], sellers[place]
            if items[place]:
                gtin, seller = _placed(items[place], gtin, seller)
            unit, price = units[place], self.price[place]
            said: dict[str, Any] = {
                "line_number": self.line_numbers[row],
                "quantity": self.quantity[place],
                "quantity_received": self.received[place],
                "place": row,
            }
            if gtin:
                said["gtin"] = gtin
            if seller:
                said["seller_code"] = seller
            if buyers[place]:
                said["buyer_code"] = buyers[place]
            if texts[place]:
                said["text"] = texts[place]
            if unit:
                said["unit_code"], said["unit_received"] = _unit(unit), unit
            if price is not None:
                said["price"], said["price_kind"] = price, "net"
            if basis[place] is not None:
                said["price_basis"] = basis[place]
            if amount[place] is not None:
                said["amount"] = amount[place]
            if several:
                said["requested"] = windows[count]
            if free[place] is not None:
                said["free"] = free[place]
            if notes[place]:
                said["notes"] = (notes[place],)
            lines.append(line_of(said))
        return lines

    def _windows(self) -> list[Window | None]:
        """The requested window of each row; equal ones are the same object."""
        if not any(self.table.has(name) for name in ("requested_on", "requested_from", "requested_to")):
            return [None] * len(self.on)
        return [
            _window(first or on, last or on)
            for first, on, last in zip(self.not_before, self.on, self.not_after, strict=True)
        ]

    def _check_rows(self) -> None:
        """What a row must have and mustn't have, whatever its order."""
        table = self.table
        prices, received = self.price, self.received
        gtins, items = self.text["gtin"], self._items()
        counts = table.has("quantity")
        priced = table.cells("price")
        item_field = next((name for name in ITEM_FIELDS if table.has(name)), "")
        known = set(table.numbers) & self.line_numbers.keys()
        for place, row in enumerate(table.numbers):
            if row not in known:
                continue
            quantity, gtin, price = self.quantity[place], gtins[place], prices[place]
            if quantity is None:
                if counts and not received[place] and not table.full:
                    table.trouble("quantity", Trouble("quantity_missing", place, ""))
            elif quantity <= 0:
                table.trouble("quantity", Trouble("quantity_not_positive", place, received[place]))
            if gtin and (wrong := wrong_gtin(gtin)) is not None:
                table.trouble("gtin", Trouble(wrong.code, place, gtin, wrong.right), field="GTIN")
            if price is not None and price < 0:
                table.trouble("price", Trouble("price_negative", place, text_of(priced[place])))
            if self.basis[place] is not None and self.basis[place] <= 0:  # type: ignore[operator]
                table.trouble("price_basis", Trouble("price_basis_wrong", place, str(self.basis[place]), "1"))
            if item_field and not items[place] and not table.full:
                table.trouble(item_field, Trouble("item_missing", place, ""))

    def _document(
        self, number: str, rows: Sequence[int], lines: list[NeutralLine], found: list[Fault], shared: list[Fault]
    ) -> NeutralDocument:
        faults = [*shared, *found]
        if not number:
            faults.append(fault("order_number_unknown"))
        elif len(number) > MAX_NUMBER:
            faults.append(fault("value_too_long", received=number, right=MAX_NUMBER, limit=MAX_NUMBER))
        values = {
            name: self._one(self.text[name], name, rows, faults)
            for name in ("buyer", "buyer_name", "buyer_tax", "ship_to", "ship_to_name", "currency")
        }
        currency = values["currency"].upper()
        if currency and not (len(currency) == 3 and currency.isascii() and currency.isalpha()):
            faults.append(fault("currency_wrong", received=currency, right="EUR", where=self.table.heading("currency")))
            currency = ""
        repeated = _first_repeated([line.line_number for line in lines])
        if repeated:
            faults.append(fault("line_number_repeated", received=repeated, line=repeated))
        windows = {id(one): one for place in rows if (one := self.windows[place]) is not None}
        window = self.windows[rows[0]] if all(line.requested is None for line in lines) else None
        for one in windows.values():
            if one.first_day and one.last_day and one.first_day > one.last_day:
                faults.append(fault("window_reversed", received=f"{one.first_day} – {one.last_day}"))
        parties = {
            role: _party(code, name, tax_id)
            for role, code, name, tax_id in (
                ("buyer", values["buyer"], values["buyer_name"], values["buyer_tax"]),
                ("ship_to", values["ship_to"], values["ship_to_name"], ""),
            )
            if code or name or tax_id
        }
        return NeutralDocument(
            format=self.table.format,
            kind="order",
            number=number[:MAX_NUMBER] or None,
            function="original",
            issued_on=next((day for place in rows if (day := self.issued[place]) is not None), None),
            currency=currency or None,
            parties=parties,
            requested=window,
            lines=tuple(lines),
            faults=tuple(faults),
        )

    def _one(self, values: list[str], name: str, rows: Sequence[int], faults: list[Fault]) -> str:
        """The one value of an order in a field of its head; two of them are a fault."""
        if not self.table.has(name):
            return ""
        first = values[rows[0]]
        if first and all(values[place] == first for place in rows):
            return first
        found = list(dict.fromkeys(value for place in rows if (value := values[place])))
        if len(found) > 1:
            faults.append(
                fault(
                    "values_conflict",
                    where=self.table.heading(name),
                    field=self.table.heading(name),
                    received=found[1],
                    right=found[0],
                )
            )
        return found[0] if found else ""


@lru_cache(maxsize=4096)
def _window(first: date | None, last: date | None) -> Window | None:
    return Window(first, last) if first or last else None


@lru_cache(maxsize=4096)
def _unit(received: str) -> str:
    return unit_code(received)


def _placed(code: str, gtin: str, seller: str) -> tuple[str, str]:
    """A code that doesn't say whose it is: a GTIN when it is one, else the seller's, since the order goes to the seller."""
    if not gtin and identifiers.is_gtin(code):
        return code, seller
    return gtin, seller or code


@lru_cache(maxsize=4096)
def _party(code: str, name: str, tax_id: str) -> Party:
    gln = code if len(code) == 13 and code.isascii() and code.isdigit() else None
    return Party(gln=gln, code=code or None, tax_id=tax_id or None, name=name or None)


def _first_repeated(numbers: list[str]) -> str:
    if len(set(numbers)) == len(numbers):
        return ""
    seen: set[str] = set()
    return next(number for number in numbers if number in seen or seen.add(number))  # type: ignore[func-returns-value]
