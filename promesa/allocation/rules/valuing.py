"""What a sharing is worth, by the same measures whoever decided it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from promesa.allocation.rules.instance import MILLION, Id, Instance, Objective, Strategy, Unkept
from promesa.allocation.rules.limits import floor_target, group_text, is_fixed, kept_of, members_of

Members = Sequence[Sequence[int]]


def shortfalls(instance: Instance, totals: Sequence[int], floor_members: Members | None = None) -> list[int]:
    """How much of each floor is missing (`totals` in the order of the instance's lines)."""
    found = members_of(instance.floors, instance.lines) if floor_members is None else floor_members
    return [
        max(0, floor_target(floor, [instance.lines[at] for at in members]) - sum(totals[at] for at in members))
        for floor, members in zip(instance.floors, found, strict=True)
    ]


def objective_of(
    instance: Instance,
    totals: Sequence[int],
    *,
    floor_members: Members | None = None,
) -> Objective:
    """The objective of a sharing: floors missed, units by weight for each tier, complete orders, margin."""
    tiers: dict[int, int] = {}
    margin = 0
    torn: set[Id] = set()
    weight: dict[Id, int] = {}
    for line, total in zip(instance.lines, totals, strict=True):
        order, tier = line.order, line.tier
        if total:
            tiers[tier] = tiers.get(tier, 0) + total * line.weight
            margin += total * line.margin
        elif tier not in tiers:
            tiers[tier] = 0
        if total < line.open_quantity:
            torn.add(order)
        if line.weight > weight.get(order, -1):
            weight[order] = line.weight
    return Objective(
        floors_missed=sum(shortfalls(instance, totals, floor_members)) if instance.floors else 0,
        tiers=tuple(tiers[tier] // MILLION for tier in sorted(tiers)),
        complete_orders=len(weight) - len(torn),
        weighted_complete=sum(one for order, one in weight.items() if order not in torn),
        margin=margin // MILLION,
    )


def unkept_of(
    instance: Instance, totals: Sequence[int], members: tuple[Members, Members] | None = None
) -> tuple[Unkept, ...]:
    """What was agreed and could not be kept, whoever decided (`totals` in the order of the instance's lines).

    `members`: the places of the lines of each floor and of each ceiling, if they are known already.
    """
    if members is None:
        members = members_of(instance.floors, instance.lines), members_of(instance.ceilings, instance.lines)
    return (*_lines_unkept(instance, totals), *_limits_unkept(instance, totals, *members))


def _lines_unkept(instance: Instance, totals: Sequence[int]) -> Iterator[Unkept]:
    for line, total in zip(instance.lines, totals, strict=True):
        if line.strategy == Strategy.SHARE and not line.frozen:
            continue
        if is_fixed(line) or line.strategy == Strategy.KEEP_OR_BETTER:
            if total < kept_of(line):
                params = {"line": line.id, "quantity": kept_of(line), "given_quantity": total}
                yield Unkept("fixed_short" if is_fixed(line) else "kept_short", line.id, params)
        elif line.strategy == Strategy.GUARANTEE and total < line.open_quantity:
            yield Unkept(
                "guarantee_short", line.id, {"line": line.id, "quantity": line.open_quantity, "given_quantity": total}
            )


def _limits_unkept(
    instance: Instance, totals: Sequence[int], floor_members: Members, members: Members
) -> Iterator[Unkept]:
    for at, missing in enumerate(shortfalls(instance, totals, floor_members)):
        if missing:
            floor = instance.floors[at]
            params = {"group": group_text(floor), "quantity": floor.quantity, "missing_quantity": missing}
            yield Unkept("floor_short", at, params)
    for at, ceiling in enumerate(instance.ceilings):
        total = sum(totals[place] for place in members[at])
        if total > ceiling.quantity:
            params = {"group": group_text(ceiling), "quantity": ceiling.quantity, "given_quantity": total}
            yield Unkept("ceiling_passed", at, params)
