"""Claims: who has first right to which stock. Stock that is claimed is never promised twice."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import NamedTuple

from promesa.core import bulk, prepared
from promesa.core.actors import Actor
from promesa.core.errors import Refused
from promesa.core.rowtext import array
from promesa.core.verbs import verb

ClaimRow = tuple[int, int | None, int | None, Decimal, str]
ZERO = Decimal(0)


class Given(NamedTuple):
    """A quantity (base units) that a line had claimed of a stock row or a receipt."""

    stock_id: int | None
    receipt_id: int | None
    quantity: Decimal


class ClaimRefused(Refused):
    """There is less free than what should be claimed: nothing was claimed."""


# The counters rise only where the claim fits (second belt; the CHECK is the third); if any row does not fit, fewer rows
# rose than were wanted and the statement fails.
_STOCK = """s AS (
    UPDATE inventory_stock x SET claimed = x.claimed + w.qty
    FROM (SELECT stock, sum(qty) AS qty FROM t WHERE stock IS NOT NULL GROUP BY stock) w
    WHERE x.id = w.stock AND x.claimed + w.qty <= x.on_hand AND NOT x.blocked RETURNING 1
)"""
_RECEIPTS = """r AS (
    UPDATE inventory_receipt x SET claimed = x.claimed + w.qty
    FROM (SELECT receipt, sum(qty) AS qty FROM t WHERE receipt IS NOT NULL GROUP BY receipt) w
    WHERE x.id = w.receipt AND x.claimed + w.qty <= x.quantity AND x.state = 'expected' RETURNING 1
)"""
_ROWS = """c AS (
    INSERT INTO inventory_claim (demand_line_id, stock_id, receipt_id, quantity, strength)
    SELECT line, stock, receipt, qty, strength FROM t
)"""
_RESERVE = """
WITH t AS MATERIALIZED (
    SELECT * FROM unnest(%(claims)s::inventory_claimrow[])
), {parts}
SELECT 1 / ({risen} = %(rows)s::int)::int
"""
_ENTER = f"WITH t AS (SELECT * FROM unnest(%(claims)s::inventory_claimrow[])), {_ROWS} SELECT 1"


@cache
def _reserve(on_stock: bool, on_receipts: bool) -> str:
    """Write claims and let the counters rise; what nobody claims is not in the statement."""
    return _rising(on_stock, on_receipts, _ROWS)


@cache
def _raise(on_stock: bool, on_receipts: bool) -> str:
    """Let the counters rise by claims that are written."""
    return _rising(on_stock, on_receipts)


def _rising(on_stock: bool, on_receipts: bool, *more: str) -> str:
    rise = [text for text, asked in ((_STOCK, on_stock), (_RECEIPTS, on_receipts)) if asked]
    risen = " + ".join(f"(SELECT count(*) FROM {text[0]})" for text in rise)
    return _RESERVE.format(parts=", ".join([*rise, *more]), risen=risen)


@verb
def reserve(*, claims: Sequence[ClaimRow], by: Actor, at: datetime) -> None:
    """Claim quantities (base units) of stock rows or receipts for demand lines: (line, stock, receipt, quantity, strength).

    The caller holds the locks of the rows (`queries.lock_free_supply`).

    :raises ClaimRefused: if any row has less free than claimed; then nothing is.
    """
    if claims:
        _rise(_reserve, claims, len(claims))


class Reserving:
    """Claims of one transaction that come bit by bit: their rows are written as they come, and each counter rises once, at
    the end, by all of them. The caller holds the locks of the rows, and ends it before its verb does."""

    def __init__(self) -> None:
        self._sums: dict[tuple[int | None, int | None], Decimal] = {}
        self._count = 0

    def add(self, claims: Sequence[ClaimRow]) -> None:
        """Write these claims."""
        prepared.effect(_ENTER, {"claims": array([_row(claim) for claim in claims])})
        self._count += len(claims)
        sums = self._sums
        for _, stock, receipt, quantity, _ in claims:
            sums[stock, receipt] = sums.get((stock, receipt), ZERO) + quantity

    def end(self) -> None:
        """Let the counters rise.

        :raises ClaimRefused: if any row has less free than was claimed; then nothing is.
        """
        risen = [(0, stock, receipt, quantity, "") for (stock, receipt), quantity in self._sums.items()]
        if risen:
            _rise(_raise, risen, self._count)


def _rise(statement: Callable[[bool, bool], str], claims: Sequence[ClaimRow], count: int) -> None:
    stocks, receipts = {claim[1] for claim in claims} - {None}, {claim[2] for claim in claims} - {None}
    prepared.effect(
        statement(bool(stocks), bool(receipts)),
        {"claims": array([_row(claim) for claim in claims]), "rows": len(stocks) + len(receipts)},
        lambda: ClaimRefused(count=count),
    )


def _row(claim: ClaimRow) -> str:
    line, stock, receipt, quantity, strength = claim
    return f"{line},{'' if stock is None else stock},{'' if receipt is None else receipt},{quantity},{strength}"


_FREE = """
WITH gone AS (
    DELETE FROM inventory_claim WHERE demand_line_id = ANY(%(lines)s::bigint[])
    RETURNING demand_line_id, stock_id, receipt_id, quantity
), s AS (
    UPDATE inventory_stock x SET claimed = x.claimed - w.qty
    FROM (SELECT stock_id, sum(quantity) AS qty FROM gone WHERE stock_id IS NOT NULL GROUP BY 1) w WHERE x.id = w.stock_id
), r AS (
    UPDATE inventory_receipt x SET claimed = x.claimed - w.qty
    FROM (SELECT receipt_id, sum(quantity) AS qty FROM gone WHERE receipt_id IS NOT NULL GROUP BY 1) w
    WHERE x.id = w.receipt_id
)
SELECT coalesce(sum(quantity), 0) FROM gone
"""


@verb
def free_claims(*, line_ids: Iterable[int], by: Actor, at: datetime) -> Decimal:
    """Give up all claims of these demand lines; returns the quantity freed. The caller holds the stock locks."""
    found = bulk.row(_FREE, {"lines": list(line_ids)})
    return found[0] if found else Decimal(0)


_GIVE_UP = _FREE.replace(
    "SELECT coalesce(sum(quantity), 0) FROM gone",
    "SELECT demand_line_id, stock_id, receipt_id, sum(quantity) FROM gone GROUP BY 1, 2, 3 ORDER BY 1, 2, 3",
)


@verb
def give_up_claims(*, line_ids: Iterable[int], by: Actor, at: datetime) -> dict[int, list[Given]]:
    """As `free_claims`, and tells what each line had, so that it can be offered to that line again before others."""
    found: dict[int, list[Given]] = {}
    for line, *given in bulk.rows(_GIVE_UP, {"lines": list(line_ids)}):
        found.setdefault(line, []).append(Given(*given))
    return found


@verb
def set_expiry(*, line_ids: Iterable[int], until: datetime | None, by: Actor, at: datetime) -> int:
    """Say until when the soft claims of these lines stand; returns how many lines have any."""
    return len(
        bulk.rows(
            """WITH kept AS (
                   UPDATE inventory_claim SET expires_at = %s WHERE strength = 'soft' AND demand_line_id = ANY(%s::bigint[])
                   RETURNING demand_line_id
               ) SELECT DISTINCT demand_line_id FROM kept""",
            [until, list(line_ids)],
        )
    )


_CONSUME = """
WITH t AS MATERIALIZED (
    SELECT * FROM json_to_recordset(%(picks)s::json) AS t(line bigint, stock bigint, qty numeric, ref text, at_ timestamptz)
), c AS MATERIALIZED (
    SELECT c.id, c.quantity, c.demand_line_id AS line, c.stock_id AS stock,
        coalesce(sum(c.quantity) OVER (PARTITION BY c.demand_line_id, c.stock_id ORDER BY c.id
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS before
    FROM inventory_claim c WHERE c.demand_line_id IN (SELECT line FROM t) AND c.stock_id IS NOT NULL
), used AS MATERIALIZED (
    SELECT c.id, c.quantity, least(c.quantity, greatest(t.qty - c.before, 0)) AS used FROM c
    JOIN (SELECT line, stock, sum(qty) AS qty FROM t GROUP BY line, stock) t ON t.line = c.line AND t.stock = c.stock
), gone AS (
    DELETE FROM inventory_claim x USING used u WHERE x.id = u.id AND u.used = u.quantity
), less AS (
    UPDATE inventory_claim x SET quantity = x.quantity - u.used FROM used u
    WHERE x.id = u.id AND u.used > 0 AND u.used < u.quantity
), s AS (
    UPDATE inventory_stock x SET on_hand = x.on_hand - w.qty, claimed = x.claimed - w.qty
    FROM (SELECT stock, sum(qty) AS qty FROM t GROUP BY stock) w WHERE x.id = w.stock RETURNING x.id, x.item_id
), moves AS MATERIALIZED (
    SELECT nextval('inventory_stockmove_id_seq') AS id, d.ref, d.at_ FROM (SELECT DISTINCT ref, at_ FROM t) d
), m AS (
    INSERT INTO inventory_stockmove (id, kind, reference, actor, happened_at, recorded_at)
    SELECT id, 'despatch', ref, %(by)s, at_, now() FROM moves
), left_ AS MATERIALIZED (
    SELECT moves.id AS move, s.item_id, s.id AS stock, sum(t.qty) AS qty
    FROM t JOIN s ON s.id = t.stock JOIN moves ON moves.ref = t.ref AND moves.at_ = t.at_ GROUP BY moves.id, s.item_id, s.id
), legs AS (
    INSERT INTO inventory_stockleg (move_id, item_id, stock_id, account, quantity)
    SELECT move, item_id, stock, '', -qty FROM left_
    UNION ALL SELECT move, item_id, NULL, 'customer', qty FROM left_
)
SELECT (SELECT coalesce(sum(used), 0) FROM used) = (SELECT coalesce(sum(qty), 0) FROM t)
"""


class Left(NamedTuple):
    """Goods that leave under one reference: (demand line, stock row, quantity in base units)."""

    reference: str
    at: datetime
    picks: Sequence[tuple[int, int, Decimal]]


@verb
def consume(*, picks: Sequence[tuple[int, int, Decimal]], reference: str, by: Actor, at: datetime) -> None:
    """Goods leave: (demand line, stock row, quantity). Claims and stock fall, and a double-entry move is written.

    The caller holds the stock locks.

    :raises ClaimRefused: if a line has no claim on so much of that stock; then nothing leaves.
    """
    consume_many(left=[Left(reference, at, picks)], by=by)


@verb
def consume_many(*, left: Sequence[Left], by: Actor) -> None:
    """As `consume`, for many references in one statement, a move each."""
    rows = [
        {"line": line, "stock": stock, "qty": quantity, "ref": one.reference, "at_": one.at}
        for one in left
        for line, stock, quantity in one.picks
    ]
    if not rows:
        return
    whole = bulk.row(_CONSUME, {"picks": bulk.as_json(rows), "by": by})
    if not whole or not whole[0]:
        raise ClaimRefused(count=len(rows))


_CONVERT = """
WITH c AS MATERIALIZED (
    SELECT id, quantity, coalesce(sum(quantity) OVER (ORDER BY id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS before
    FROM inventory_claim WHERE receipt_id = %(receipt)s
), moved AS MATERIALIZED (
    SELECT id, quantity, least(quantity, greatest(%(quantity)s::numeric - before, 0)) AS fits FROM c
), whole AS (
    UPDATE inventory_claim x SET stock_id = %(stock)s, receipt_id = NULL FROM moved m WHERE x.id = m.id AND m.fits = m.quantity
), part AS (
    INSERT INTO inventory_claim (demand_line_id, stock_id, quantity, strength, expires_at)
    SELECT x.demand_line_id, %(stock)s, m.fits, x.strength, x.expires_at FROM moved m JOIN inventory_claim x ON x.id = m.id
    WHERE m.fits > 0 AND m.fits < m.quantity
), less AS (
    UPDATE inventory_claim x SET quantity = x.quantity - m.fits FROM moved m
    WHERE x.id = m.id AND m.fits > 0 AND m.fits < m.quantity
), s AS (
    UPDATE inventory_stock SET claimed = claimed + (SELECT coalesce(sum(fits), 0) FROM moved) WHERE id = %(stock)s
), r AS (
    UPDATE inventory_receipt SET claimed = claimed - (SELECT coalesce(sum(fits), 0) FROM moved) WHERE id = %(receipt)s
)
SELECT coalesce(sum(fits), 0) FROM moved
"""


def convert_claims(*, receipt_id: int, stock_id: int, quantity: Decimal) -> Decimal:
    """Claims on a receipt become claims on the stock that came of it, the oldest first; part of `receive`."""
    found = bulk.row(_CONVERT, {"receipt": receipt_id, "stock": stock_id, "quantity": quantity})
    return found[0] if found else Decimal(0)
