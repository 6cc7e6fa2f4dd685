"""The one place where rows are locked, always in the same order: credit, orders, stock, receipts; legal series last."""

from __future__ import annotations

from collections.abc import Iterable

from promesa.core import bulk, verbs

# Rank, table and key of each kind of lock. Table names, not models: core stands below the rooms.
_KINDS: dict[str, tuple[int, str, str]] = {
    "credit": (1, "customers_creditstanding", "customer_id"),
    "orders": (2, "orders_order", "id"),
    "stock": (3, "inventory_stock", "id"),
    "receipts": (4, "inventory_receipt", "id"),
}
SERIES_RANK = 9


class LockOrder(RuntimeError):
    """Locks were asked for out of order: two such transactions could wait for each other for ever."""


def take(
    *,
    credit: Iterable[int] = (),
    orders: Iterable[int] = (),
    stock: Iterable[int] = (),
    receipts: Iterable[int] = (),
) -> None:
    """Lock these rows until the transaction ends; rows already held are not asked for again.

    Read what you decide on after this call, in a new statement.

    :raises LockOrder: if a kind that ranks before one already held is asked for.
    """
    for kind, keys in (("credit", credit), ("orders", orders), ("stock", stock), ("receipts", receipts)):
        wanted = sorted(set(keys) - verbs.current().held.get(kind, set()))
        if wanted:
            note(kind, wanted)
            _, table, key = _KINDS[kind]
            bulk.run(f"SELECT 1 FROM {table} WHERE {key} = ANY(%s) ORDER BY {key} FOR UPDATE", [wanted])


def note(kind: str, keys: Iterable[int]) -> None:
    """Say that these rows are (about to be) locked by a statement of one's own, so that the order is still watched."""
    work = verbs.current()
    keys = set(keys)
    if keys <= work.held.get(kind, set()):
        return
    rank = SERIES_RANK if kind == "series" else _KINDS[kind][0]
    if rank < work.rank:
        raise LockOrder(f"{kind} asked for after rank {work.rank}")
    work.rank = rank
    work.held.setdefault(kind, set()).update(keys)


def held(kind: str, keys: Iterable[int]) -> bool:
    """Whether this transaction holds all these rows."""
    return set(keys) <= verbs.current().held.get(kind, set())
