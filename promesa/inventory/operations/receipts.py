"""Receipts: goods on their way, moved, and arrived."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from promesa.core import bulk, locks
from promesa.core.actors import Actor
from promesa.core.errors import NotFound, Refused
from promesa.core.events import emit
from promesa.core.verbs import verb
from promesa.inventory.events import ReceiptArrived, ReceiptMoved, ReceiptPlanned
from promesa.inventory.models import Receipt
from promesa.inventory.operations.claims import convert_claims
from promesa.inventory.operations.stock import StockRow, add_stock


class ReceiptPlan(NamedTuple):
    """A receipt to expect. Quantity in base units."""

    number: str
    item_id: int
    warehouse_id: int
    quantity: Decimal
    expected_at: datetime
    supplier: str = ""
    lot: str = ""
    expires_on: date | None = None


class ReceiptNotExpected(Refused):
    """It has arrived already, or was cancelled."""


@verb
def plan_receipts(*, plans: Sequence[ReceiptPlan], by: Actor, at: datetime) -> list[int]:
    """Expect these receipts; a number that is known already is left as it is. Returns the ids of the new ones."""
    if not plans:
        return []
    records = [plan._asdict() for plan in plans]
    written = bulk.rows(
        """INSERT INTO inventory_receipt (number, item_id, warehouse_id, supplier, expected_at, quantity, claimed, received,
               lot, expires_on, state)
           SELECT number, item_id, warehouse_id, supplier, expected_at, quantity, 0, 0, lot, expires_on, 'expected'
           FROM json_to_recordset(%s::json) AS t(number text, item_id bigint, warehouse_id bigint, supplier text,
               expected_at timestamptz, quantity numeric, lot text, expires_on date)
           ON CONFLICT (number) DO NOTHING RETURNING id, number, item_id, quantity""",
        [bulk.as_json(records)],
    )
    emit(
        *(
            ReceiptPlanned(receipt_id=receipt, number=number, item_id=item, quantity=f"{quantity.normalize():f}")
            for receipt, number, item, quantity in written
        ),
        by=by,
        at=at,
    )
    return [row[0] for row in written]


@verb
def move_receipt(*, number: str, expected_at: datetime, by: Actor, at: datetime, reason: str = "") -> Receipt:
    """Say that a receipt will come at another time. Promises that hang on it are told, and given anew.

    :raises ReceiptNotExpected: if it has arrived or was cancelled.
    """
    receipt = _locked(number)
    before, receipt.expected_at = receipt.expected_at, expected_at
    receipt.save(update_fields=["expected_at"])
    emit(
        ReceiptMoved(
            receipt_id=receipt.pk, number=number, expected_before=before.isoformat(),
            expected_at=expected_at.isoformat(), quantity=f"{receipt.quantity.normalize():f}", reason=reason[:200],
        ),
        by=by, at=at,
    )  # fmt: skip
    return receipt


@verb
def receive(
    *, number: str, by: Actor, at: datetime, quantity: Decimal | None = None, lot: str | None = None,
    expires_on: date | None = None,
) -> int:  # fmt: skip
    """Goods have arrived: stock rises, and claims on the receipt become claims on the stock, the oldest first.

    With less than expected, claims that no longer fit are given up (their lines want a new promise). Returns the
    stock row.

    :raises ReceiptNotExpected: if it has arrived or was cancelled.
    """
    receipt = _locked(number)
    arrived = receipt.quantity if quantity is None else quantity
    lot = receipt.lot if lot is None else lot
    row = StockRow(receipt.item_id, receipt.warehouse_id, lot, expires_on or receipt.expires_on, arrived)
    stock_id = add_stock(rows=[row], kind="receipt", reference=number, by=by, at=at)[row.item_id, row.warehouse_id, lot]
    convert_claims(receipt_id=receipt.pk, stock_id=stock_id, quantity=arrived)
    bulk.run("DELETE FROM inventory_claim WHERE receipt_id = %s", [receipt.pk])
    bulk.run(
        "UPDATE inventory_receipt SET state = 'received', received = %s, claimed = 0 WHERE id = %s",
        [arrived, receipt.pk],
    )
    emit(
        ReceiptArrived(
            receipt_id=receipt.pk, number=number, item_id=receipt.item_id, quantity=f"{arrived.normalize():f}"
        ),
        by=by,
        at=at,
    )
    return stock_id


def _locked(number: str) -> Receipt:
    receipt = Receipt.objects.filter(number=number).first()
    if receipt is None:
        raise NotFound(what=number)
    stock = bulk.rows(
        "SELECT id FROM inventory_stock WHERE item_id = %s AND warehouse_id = %s",
        [receipt.item_id, receipt.warehouse_id],
    )
    locks.take(stock=[row[0] for row in stock], receipts=[receipt.pk])
    receipt.refresh_from_db()
    if receipt.state != "expected":
        raise ReceiptNotExpected(number, receipt=number)
    return receipt
