"""The numbers of the shortage board: what there is of an item, to whom it is promised, what is missing, how long it lasts.

Pure: quantities of one item in base units in, numbers out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

ZERO = Decimal(0)
_TENTH = Decimal("0.1")
_SHARE = Decimal("0.0001")


class Figures(NamedTuple):
    """One item up to a horizon, in base units.

    `supply` is usable stock and firm receipts; `promised` what lines have claimed of it; `protected` what floors of plans in
    force still keep back; `free` what nobody has a right to; `lacking` what lines ask for and have not got in time; `missing` what
    of it they have not got at all up to the horizon, the rest being late; `short` what nothing that is there can serve.
    """

    supply: Decimal
    promised: Decimal
    protected: Decimal
    free: Decimal
    lacking: Decimal
    short: Decimal
    demand: Decimal
    loss: Decimal
    days_of_cover: Decimal | None
    missing: Decimal = ZERO


def figures(
    *,
    supply: Decimal,
    promised: Decimal,
    protected: Decimal,
    lacking: Decimal,
    late: Decimal,
    daily_demand: Decimal | None,
) -> Figures:
    """Work them out. What is promised and protected never adds up to more than there is: floors get what is left.

    `late` is the part of both `promised` and `lacking` that comes inside the horizon, but too late for its line.
    `loss` is the share of the demand that will not be served in time; `days_of_cover` how long the supply lasts at the usual
    rate, none where no rate is known.
    """
    left = max(supply - promised, ZERO)
    kept = min(max(protected, ZERO), left)
    demand = promised + lacking - late
    short = max(lacking - late - left, ZERO)
    cover = (supply / daily_demand).quantize(_TENTH) if daily_demand else None
    loss = (lacking / demand).quantize(_SHARE) if demand else ZERO
    return Figures(supply, promised, kept, left - kept, lacking, short, demand, loss, cover, lacking - late)


def fitting(claims: Sequence[tuple[int, Decimal]], quantity: Decimal) -> Mapping[int, Decimal]:
    """Which claims (claim's id, quantity; the oldest id first) still fit into a receipt of a quantity, and how much of each:
    the oldest stay, as when goods arrive."""
    kept: dict[int, Decimal] = {}
    for claim, claimed in sorted(claims):
        room = min(claimed, quantity)
        if room > 0:
            kept[claim] = room
        quantity = max(quantity - claimed, ZERO)
    return kept
