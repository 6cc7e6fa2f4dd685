"""The four petals of orders, from their verdicts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from promesa.core import bulk
from promesa.orders.stages import Line, Standing
from promesa.orders.states import OrderState


def verdicts(order_ids: Sequence[int], now: datetime) -> dict[int, str]:
    """Order -> its flower by the first promise; orders that cannot be judged yet are left out. One statement."""
    found = bulk.rows(
        """SELECT order_id, in_full, on_time, documents, condition, matures_at IS NOT NULL AND matures_at <= %s
           FROM results_orderverdict WHERE basis = 'first' AND counted AND countable_at <= %s
             AND order_id = ANY(%s::bigint[])""",
        [now, now, list(order_ids)],
    )
    return {order_id: flower_of(kept, final) for order_id, *kept, final in found}


def flower_of(kept: Sequence[bool], final: bool) -> str:
    """Complete and on time are known on arrival; documents and condition only when nothing can be claimed any more."""
    open_ends = (False, False, True, True)
    return "".join(
        "b" if not one else "p" if may_change and not final else "k"
        for one, may_change in zip(kept, open_ends, strict=True)
    )


def flower(standing: Standing, line: Line, judged: Mapping[int, str]) -> str:
    """The verdict; before there is one, which petals are in danger."""
    known = judged.get(standing.id)
    if known:
        return known
    if standing.state in (OrderState.CANCELLED, OrderState.REFUSED):
        return "nnnn"
    if standing.delivered_at and not standing.open:
        return "nbnn" if line.days_late is not None else "nnnn"
    full = "r" if standing.missing else "n"
    time = "b" if line.days_late is not None else "r" if line.stages[4].state == "r" else "n"
    return f"{full}{time}nn"
