"""What must hold of every sharing, checked line by line and lot by lot in plain words: shared with no engine, slow on purpose.

`verify` says what is wrong with a decision; an empty list is a sharing that keeps every rule. `no_waste` and `no_undercutting` hold of
sharings by rule; `best` may leave something over when its objective is worth more.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import timedelta
from typing import Any

from promesa.allocation.rules.instance import Ceiling, Decision, Floor, Instance, Line, Lot


def kept(line: Line) -> int:
    """What nobody may take: all of a frozen or untouched line, and what keep-or-better has."""
    if line.frozen or line.strategy in ("untouched", "keep_or_better"):
        return min(line.confirmed, line.open_quantity)
    return 0


def fixed(line: Line) -> bool:
    return line.frozen or line.strategy == "untouched"


def most(line: Line) -> int:
    """The most that the line itself allows."""
    if fixed(line):
        return kept(line)
    wanted = line.open_quantity if line.strategy != "spare" else min(line.open_quantity, line.confirmed)
    whole = kept(line) + (wanted - kept(line)) // line.pack * line.pack
    return whole if whole >= line.minimum else kept(line)


def may_use(lot: Lot, line: Line, instance: Instance) -> bool:
    if lot.item != line.item:
        return False
    day = max(instance.as_of, line.requested_on or instance.as_of)
    latest = line.latest_on or line.requested_on
    if latest is not None and lot.available_on > max(instance.as_of, latest):
        return False
    return lot.expires_on is None or lot.expires_on - max(day, lot.available_on) >= timedelta(line.minimum_life_days)


def belongs(line: Line, limit: Floor | Ceiling) -> bool:
    if limit.item is not None and limit.item != line.item:
        return False
    own = {
        "customer": line.customer,
        "segment": line.segment,
        "tier": line.tier,
        "order": line.order,
        "item": line.item,
    }
    return all(own[name] == value if name in own else (name, value) in line.groups for name, value in limit.group)


def verify(instance: Instance, decision: Decision) -> list[str]:
    """What the decision breaks; nothing if it keeps every rule that binds all engines."""
    held: dict[Any, Counter[Any]] = defaultdict(Counter)
    for share in decision.shares:
        held[share.line][share.lot] += share.quantity
    got = {line.id: sum(held[line.id].values()) for line in instance.lines}
    wrong = _of_form(instance, decision, got)
    wrong += _of_lots(instance, decision, held)
    for line in instance.lines:
        wrong += _of_line(instance, line, held[line.id], got[line.id])
    wrong += _of_ceilings(instance, got)
    wrong += _of_orders(instance, got)
    wrong += _of_frozen(instance, got, held)
    return wrong


def _of_form(instance: Instance, decision: Decision, got: dict[Any, int]) -> list[str]:
    wrong = []
    if [one.line for one in decision.outcomes] != [line.id for line in instance.lines]:
        wrong.append("the outcomes are not those of the lines, in their order")
    wrong += [
        f"{one.line}: says {one.quantity}, holds {got[one.line]}"
        for one in decision.outcomes
        if one.quantity != got[one.line]
    ]
    wrong += [f"{one.line}: nothing says why" for one in decision.outcomes if not one.why]
    wrong += [f"{share.line}: a share of {share.quantity}" for share in decision.shares if share.quantity <= 0]
    pairs = Counter((share.line, share.lot) for share in decision.shares)
    return wrong + [f"{pair}: two shares" for pair, count in pairs.items() if count > 1]


def _of_lots(instance: Instance, decision: Decision, held: dict[Any, Counter[Any]]) -> list[str]:
    lots = {lot.id: lot for lot in instance.supply}
    used: Counter[Any] = Counter()
    for share in decision.shares:
        used[share.lot] += share.quantity
    return [
        f"lot {lot}: {total} of {lots[lot].quantity} used" for lot, total in used.items() if total > lots[lot].quantity
    ]


def _of_line(instance: Instance, line: Line, held: Counter[Any], got: int) -> list[str]:
    wrong = []
    lots = {lot.id: lot for lot in instance.supply}
    wrong += [f"{line.id}: may not use {lot}" for lot in held if not may_use(lots[lot], line, instance)]
    if got > line.open_quantity or got > max(most(line), kept(line)):
        wrong.append(f"{line.id}: gets {got}, most is {most(line)}")
    if got > kept(line):
        if (got - kept(line)) % line.pack:
            wrong.append(f"{line.id}: {got} is not whole packs of {line.pack}")
        if got < line.minimum:
            wrong.append(f"{line.id}: {got} is less than its minimum {line.minimum}")
    if not kept(line):
        wrong += [f"{line.id}: {one} of {lot} is not whole packs" for lot, one in held.items() if one % line.pack]
    return wrong


def _of_ceilings(instance: Instance, got: dict[Any, int]) -> list[str]:
    wrong = []
    for place, ceiling in enumerate(instance.ceilings):
        members = [line for line in instance.lines if belongs(line, ceiling)]
        total, had = sum(got[line.id] for line in members), sum(min(got[line.id], kept(line)) for line in members)
        if total > max(ceiling.quantity, had):
            wrong.append(f"ceiling {place}: {total} of {ceiling.quantity}")
        if had > ceiling.quantity:
            wrong += [f"{line.id}: gets more above ceiling {place}" for line in members if got[line.id] > kept(line)]
    return wrong


def _of_orders(instance: Instance, got: dict[Any, int]) -> list[str]:
    whole: dict[Any, list[Line]] = defaultdict(list)
    for line in instance.lines:
        if line.complete_order and not fixed(line):
            whole[line.order].append(line)
    return [
        f"order {order}: neither all nor nothing"
        for order, lines in whole.items()
        if not all(got[line.id] >= line.open_quantity for line in lines)
        and not all(got[line.id] <= kept(line) for line in lines)
    ]


def _of_frozen(instance: Instance, got: dict[Any, int], held: dict[Any, Counter[Any]]) -> list[str]:
    """Less than what is kept only where no lot that the line may use has anything left, or gives to who has less right."""
    wrong = []
    used: Counter[Any] = Counter()
    for lots in held.values():
        used.update(lots)
    lines = {line.id: line for line in instance.lines}
    for line in instance.lines:
        if got[line.id] >= kept(line):
            continue
        for lot in instance.supply:
            if not may_use(lot, line, instance):
                continue
            if used[lot.id] < lot.quantity:
                wrong.append(f"{line.id}: loses what it has while {lot.id} has some left")
            for other, lots in held.items():
                if lots[lot.id] and not kept(lines[other]):
                    wrong.append(f"{line.id}: loses what it has to {other}")
    return wrong


def no_waste(instance: Instance, decision: Decision) -> list[str]:
    """Supply that lies idle while a line could use it: not for a sharing by rule."""
    wrong = []
    got = {one.line: one.quantity for one in decision.outcomes}
    free = {lot.id: lot.quantity for lot in instance.supply}
    for share in decision.shares:
        free[share.lot] -= share.quantity
    torn = {
        line.order
        for line in instance.lines
        if line.complete_order and not fixed(line) and got[line.id] < line.open_quantity
    }
    for line in instance.lines:
        if fixed(line) or (line.complete_order and line.order in torn):
            continue
        step = max(line.pack, -(-(line.minimum - got[line.id]) // line.pack) * line.pack)
        if got[line.id] + step > most(line) or not _below_ceilings(instance, line, got, step):
            continue
        usable = sum(free[lot.id] // line.pack * line.pack for lot in instance.supply if may_use(lot, line, instance))
        if usable >= step:
            wrong.append(f"{line.id}: could still get {step}")
    return wrong


def _below_ceilings(instance: Instance, line: Line, got: dict[Any, int], more: int) -> bool:
    return all(
        sum(got[other.id] for other in instance.lines if belongs(other, ceiling)) + more <= ceiling.quantity
        for ceiling in instance.ceilings
        if belongs(line, ceiling)
    )


def no_undercutting(instance: Instance, decision: Decision) -> list[str]:
    """A floor that is missed while a line outside all floors of its rank or better holds what would mend it."""
    wrong = []
    got = {one.line: one.quantity for one in decision.outcomes}
    held: dict[Any, Counter[Any]] = defaultdict(Counter)
    for share in decision.shares:
        held[share.line][share.lot] += share.quantity
    lots = {lot.id: lot for lot in instance.supply}
    for place, floor in enumerate(instance.floors):
        members = [line for line in instance.lines if belongs(line, floor) and line.strategy != "donor"]
        target = min(floor.quantity, sum(most(line) for line in members))
        if sum(got[line.id] for line in instance.lines if belongs(line, floor)) >= target:
            continue
        better = [one for one in instance.floors if one.rank <= floor.rank]
        for line in members:
            step = max(line.pack, -(-(line.minimum - got[line.id]) // line.pack) * line.pack)
            if line.complete_order or got[line.id] + step > most(line):
                continue
            for other in instance.lines:
                if kept(other) or any(belongs(other, one) for one in better):
                    continue
                for lot, quantity in held[other.id].items():
                    after = {**got, other.id: got[other.id] - quantity}
                    if (
                        quantity >= step
                        and may_use(lots[lot], line, instance)
                        and _below_ceilings(instance, line, after, step)
                    ):
                        wrong.append(
                            f"floor {place}: missed while {other.id} holds {quantity} that {line.id} could have"
                        )
    return wrong
