"""The work that a delivery gives to people."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from promesa.core.actors import Actor
from promesa.fulfilment.rules import Part, comes_back_blocked
from promesa.fulfilment.states import Outcome
from promesa.work.operations import open_items
from promesa.work.rules import WorkDraft

# Kind of work, who does it, and the outcomes that call for it.
_CALLS_FOR: tuple[tuple[str, str, frozenset[Outcome]], ...] = (
    ("redeliver", "transport", frozenset({Outcome.REDELIVER})),
    ("replace", "customer_service", frozenset({Outcome.SHORT, Outcome.DAMAGED})),
    ("count_stock", "warehouse", frozenset({Outcome.SHORT})),
)


def open_work(
    *,
    order_id: int,
    order: str,
    customer_id: int,
    customer: str,
    number: str,
    parts: Sequence[Part],
    by: Actor,
    at: datetime,
) -> None:
    """Ask transport to bring again, customer service to replace, the warehouse to count and to look at what came back."""
    params = {"order": order, "customer": customer, "number": number}
    wanted: list[tuple[str, str, Decimal]] = []
    for kind, role, outcomes in _CALLS_FOR:
        wanted.append((kind, role, sum((p.quantity for p in parts if p.outcome in outcomes), Decimal(0))))
    doubtful = (p for p in parts if p.outcome in (Outcome.DAMAGED, Outcome.REFUSED) and comes_back_blocked(p))
    wanted.append(("refused_goods", "warehouse", sum((p.quantity for p in doubtful), Decimal(0))))
    drafts = [
        WorkDraft(
            kind=kind, subject=f"order:{order_id}", key=f"{kind}:{number}", role=role, customer_id=customer_id,
            code=f"work_{kind}", params={**params, "quantity": quantity},
        )
        for kind, role, quantity in wanted if quantity
    ]  # fmt: skip
    if drafts:
        open_items(items=drafts, by=by, at=at)
