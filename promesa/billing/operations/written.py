"""How invoices and credit notes are written: numbered last, in one statement, dates never falling in a series."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple
from zoneinfo import ZoneInfo

from promesa.billing.rules import InvoiceSums, due_date
from promesa.core import bulk, parameters, series
from promesa.core.actors import Actor

SERIES = {"invoice": "F", "credit_note": "R"}


class WrittenLine(NamedTuple):
    """A line as it is written."""

    position: int
    order_line_id: int
    entry_id: int | None
    despatch_number: str
    text: str
    quantity: Decimal
    unit_code: str
    unit_price: Decimal
    price_basis: Decimal
    net_amount: Decimal
    tax_category: str
    tax_rate: Decimal


@dataclass(frozen=True, slots=True)
class ToWrite:
    """An invoice or credit note that has passed its checks and only wants its number."""

    kind: str
    customer_id: int
    order_id: int
    currency: str
    exchange_rate: Decimal
    payment_days: int
    at: datetime
    lines: tuple[WrittenLine, ...]
    sums: InvoiceSums
    corrects_id: int | None = None
    cause: str = ""
    note: str = ""


class Written(NamedTuple):
    """What it became."""

    id: int
    number: str
    issued_on: date
    due_on: date


_WRITE = """
WITH src AS MATERIALIZED (
    SELECT nextval('billing_invoice_id_seq') AS id, t.* FROM json_to_recordset(%(documents)s::json) AS t(
        n int, number text, kind text, series text, year int, sequence int, customer bigint, o bigint, corrects bigint,
        cause text, note text, issued date, at_ timestamptz, due date, currency text, rate numeric, net numeric, tax numeric,
        gross numeric, prepaid numeric, rounding numeric, payable numeric)
), i AS (
    INSERT INTO billing_invoice (id, number, kind, series, year, sequence, customer_id, order_id, corrects_id, cause,
        cause_note, issued_on, issued_at, recorded_at, due_on, currency, exchange_rate, net_amount, tax_amount, gross_amount,
        prepaid_amount, rounding_amount, payable_amount, actor, dispute_reason)
    SELECT id, number, kind, series, year, sequence, customer, o, corrects, cause, note, issued, at_, now(), due, currency,
        rate, net, tax, gross, prepaid, rounding, payable, %(by)s, '' FROM src ORDER BY n
), l AS (
    INSERT INTO billing_invoiceline (invoice_id, position, order_line_id, entry_id, despatch_number, text, quantity, unit_code,
        unit_price, price_basis, net_amount, tax_category, tax_rate)
    SELECT s.id, t.position, t.order_line_id, t.entry_id, t.despatch_number, t.text, t.quantity, t.unit_code, t.unit_price,
        t.price_basis, t.net_amount, t.tax_category, t.tax_rate
    FROM json_to_recordset(%(lines)s::json) AS t(n int, position int, order_line_id bigint, entry_id bigint,
        despatch_number text, text text, quantity numeric, unit_code text, unit_price numeric, price_basis numeric,
        net_amount numeric, tax_category text, tax_rate numeric) JOIN src s ON s.n = t.n ORDER BY t.n, t.position
), x AS (
    INSERT INTO billing_invoicetax (invoice_id, category, rate, base_amount, tax_amount)
    SELECT s.id, t.category, t.rate, t.base_amount, t.tax_amount
    FROM json_to_recordset(%(taxes)s::json) AS t(n int, category text, rate numeric, base_amount numeric, tax_amount numeric)
    JOIN src s ON s.n = t.n ORDER BY t.n, t.category, t.rate
)
SELECT id FROM src ORDER BY n
"""


def write(documents: Sequence[ToWrite], by: Actor) -> list[Written]:
    """Number and write these documents, in the order given. The series stay locked until the transaction ends.

    The law wants dates that never fall along a series: a document of an earlier moment than the last one issued
    bears the date of that one.
    """
    if not documents:
        return []
    zone = ZoneInfo(parameters.company_zone(on=documents[0].at.date()))
    last_dates: dict[tuple[str, int], date] = {}
    numbered: list[tuple[str, str, int, int, date, date]] = []
    for document in documents:
        name = SERIES[document.kind]
        day = document.at.astimezone(zone).date()
        sequence = series.next_number(series=name, year=day.year)
        issued_on = max(day, last_dates.get((name, day.year)) or _last_date(name, day.year) or day)
        last_dates[name, day.year] = issued_on
        due_on = due_date(issued_on=issued_on, payment_days=document.payment_days)
        numbered.append((f"{name}{day.year}-{sequence:06d}", name, day.year, sequence, issued_on, due_on))
    rows = bulk.rows(_WRITE, {**_records(documents, numbered), "by": by})
    return [
        Written(row[0], number, issued_on, due_on)
        for row, (number, _, _, _, issued_on, due_on) in zip(rows, numbered, strict=True)
    ]


def _last_date(name: str, year: int) -> date | None:
    found = bulk.row(
        "SELECT issued_on FROM billing_invoice WHERE series = %s AND year = %s ORDER BY sequence DESC LIMIT 1",
        [name, year],
    )
    return found[0] if found else None


def _records(documents: Sequence[ToWrite], numbered: Sequence[tuple[str, str, int, int, date, date]]) -> dict[str, str]:
    heads: list[dict[str, object]] = []
    lines: list[dict[str, object]] = []
    taxes: list[dict[str, object]] = []
    for n, (document, (number, name, year, sequence, issued_on, due_on)) in enumerate(
        zip(documents, numbered, strict=True)
    ):
        sums = document.sums
        heads.append({
            "n": n, "number": number, "kind": document.kind, "series": name, "year": year, "sequence": sequence,
            "customer": document.customer_id, "o": document.order_id, "corrects": document.corrects_id,
            "cause": document.cause, "note": document.note[:200], "issued": issued_on, "at_": document.at, "due": due_on,
            "currency": document.currency, "rate": document.exchange_rate, "net": sums.net_amount, "tax": sums.tax_amount,
            "gross": sums.gross_amount, "prepaid": sums.prepaid_amount, "rounding": sums.rounding_amount,
            "payable": sums.payable_amount,
        })  # fmt: skip
        lines.extend({"n": n, **line._asdict()} for line in document.lines)
        taxes.extend({"n": n, **tax._asdict()} for tax in sums.taxes)
    return {"documents": bulk.as_json(heads), "lines": bulk.as_json(lines), "taxes": bulk.as_json(taxes)}
