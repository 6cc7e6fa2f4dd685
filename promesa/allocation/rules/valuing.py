"""What a sharing is worth, by the same measures whoever decided it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from promesa.allocation.rules.instance import MILLION, Id, Instance, Objective, Strategy, Unkept
from promesa.allocation.rules.limits import ask_of, floor_target, group_text, is_fixed, kept_of, members_of


def shortfalls(instance: Instance, totals: Sequence[int]) -> list[int]:
    """How much of each floor is missing (`totals` in the order of the instance's lines)."""
    return [
        max(0, floor_target(floor, [instance.lines[at] for at in members]) - sum(totals[at] for at in members))
        for floor, members in zip(instance.floors, members_of(instance.floors, instance.lines), strict=True)
    ]


def objective_of(instance: Instance, totals: Sequence[int]) -> Objective:
    """The objective of a sharing: floors missed, units by weight for each tier, complete orders, margin."""
    tiers: dict[int, int] = {}
    margin = 0
    whole: dict[Id, bool] = {}
    weight: dict[Id, int] = defaultdict(int)
    for line, total in zip(instance.lines, totals, strict=True):
        tiers[line.tier] = tiers.get(line.tier, 0) + total * line.weight
        margin += total * line.margin
        order = line.order
        whole[order] = whole.get(order, True) and total >= ask_of(line)
        if line.weight > weight[order]:
            weight[order] = line.weight
    return Objective(
        floors_missed=sum(shortfalls(instance, totals)) if instance.floors else 0,
        tiers=tuple(tiers[tier] // MILLION for tier in sorted(tiers)),
        complete_orders=sum(whole.values()),
        weighted_complete=sum(weight[order] for order, full in whole.items() if full),
        margin=margin // MILLION,
    )


def unkept_of(instance: Instance, totals: Sequence[int]) -> tuple[Unkept, ...]:
    """What was agreed and could not be kept, whoever decided (`totals` in the order of the instance's lines)."""
    return (*_lines_unkept(instance, totals), *_limits_unkept(instance, totals))


def _lines_unkept(instance: Instance, totals: Sequence[int]) -> Iterator[Unkept]:
    for line, total in zip(instance.lines, totals, strict=True):
        if is_fixed(line) or line.strategy == Strategy.KEEP_OR_BETTER:
            if total < kept_of(line):
                params = {"line": line.id, "quantity": kept_of(line), "given_quantity": total}
                yield Unkept("fixed_short" if is_fixed(line) else "kept_short", line.id, params)
        elif line.strategy == Strategy.GUARANTEE and total < ask_of(line):
            yield Unkept(
                "guarantee_short", line.id, {"line": line.id, "quantity": ask_of(line), "given_quantity": total}
            )


def _limits_unkept(instance: Instance, totals: Sequence[int]) -> Iterator[Unkept]:
    for at, missing in enumerate(shortfalls(instance, totals)):
        if missing:
            floor = instance.floors[at]
            params = {"group": group_text(floor), "quantity": floor.quantity, "missing_quantity": missing}
            yield Unkept("floor_short", at, params)
    members = members_of(instance.ceilings, instance.lines)
    for at, ceiling in enumerate(instance.ceilings):
        total = sum(totals[place] for place in members[at])
        if total > ceiling.quantity:
            params = {"group": group_text(ceiling), "quantity": ceiling.quantity, "given_quantity": total}
            yield Unkept("ceiling_passed", at, params)
