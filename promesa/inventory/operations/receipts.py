"""Receipts: goods on their way, moved, and arrived."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from promesa.core import bulk, locks
from promesa.core.actors import Actor
from promesa.core.errors import Invalid, NotFound, Refused
from promesa.core.events import emit
from promesa.core.quantities import fits
from promesa.core.verbs import verb
from promesa.inventory.events import ReceiptArrived, ReceiptCancelled, ReceiptMoved, ReceiptPlanned
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
    _tell_moved(receipt, before, reason, by, at)
    return receipt


@verb
def change_receipt_quantity(*, number: str, quantity: Decimal, by: Actor, at: datetime, reason: str = "") -> Receipt:
    """Say that a receipt will come with another quantity (base units, above zero). Where it is less than what is claimed, the
    latest claims are given up; promises that hang on it are told, and given anew.

    :raises ReceiptNotExpected: if it has arrived or was cancelled.
    :raises Invalid: if the quantity is none: cancel the receipt instead.
    """
    receipt = _locked(number)
    if not quantity.is_finite() or quantity <= 0 or not fits(quantity):
        raise Invalid(number, [{"field": "quantity", "received": str(quantity), "code": "bad_quantity"}])
    if quantity < receipt.claimed:
        bulk.run(_FIT, {"receipt": receipt.pk, "quantity": quantity})
    receipt.quantity = quantity
    receipt.claimed = min(receipt.claimed, quantity)
    receipt.save(update_fields=["quantity", "claimed"])
    _tell_moved(receipt, receipt.expected_at, reason, by, at)
    return receipt


# The oldest claims stay, as when goods arrive.
_FIT = """
WITH c AS MATERIALIZED (
    SELECT id, quantity, greatest(%(quantity)s::numeric - coalesce(sum(quantity) OVER (
        ORDER BY id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0), 0) AS room
    FROM inventory_claim WHERE receipt_id = %(receipt)s
), gone AS (
    DELETE FROM inventory_claim x USING c WHERE x.id = c.id AND c.room = 0
)
UPDATE inventory_claim x SET quantity = c.room FROM c WHERE x.id = c.id AND c.room > 0 AND c.room < c.quantity
"""


@verb
def cancel_receipt(*, number: str, by: Actor, at: datetime, reason: str = "") -> Receipt:
    """Say that goods will not come. All claims on them are given up; their lines are promised anew, and told why.

    :raises ReceiptNotExpected: if it has arrived or was cancelled.
    """
    receipt = _locked(number)
    bulk.run("DELETE FROM inventory_claim WHERE receipt_id = %s", [receipt.pk])
    receipt.state, receipt.claimed = "cancelled", Decimal(0)
    receipt.save(update_fields=["state", "claimed"])
    emit(
        ReceiptCancelled(
            receipt_id=receipt.pk, number=number, item_id=receipt.item_id,
            quantity=f"{receipt.quantity.normalize():f}", reason=reason[:200],
        ),
        by=by, at=at,
    )  # fmt: skip
    return receipt


def _tell_moved(receipt: Receipt, before: datetime, reason: str, by: Actor, at: datetime) -> None:
    emit(
        ReceiptMoved(
            receipt_id=receipt.pk, number=receipt.number, expected_before=before.isoformat(),
            expected_at=receipt.expected_at.isoformat(), quantity=f"{receipt.quantity.normalize():f}", reason=reason[:200],
        ),
        by=by, at=at,
    )  # fmt: skip


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
