"""The best sharing as a decision: shares, what became of each line and why, what agreed things could not be kept, and the proof."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from promesa.allocation.rules.best_stages import Stage
from promesa.allocation.rules.instance import (
    MILLION,
    Decision,
    Id,
    Instance,
    Line,
    Outcome,
    Share,
    Step,
    Unkept,
)
from promesa.allocation.rules.limits import ask_of, is_fixed
from promesa.allocation.rules.valuing import objective_of, unkept_of

WHOLE = ("complete", "weighted_complete")
COUNTED = ("complete", "drops")
IN_PRODUCTS = ("tiers", "margin")  # a product of two millionths


@dataclass
class Proof:
    """How good a sharing is known to be: the bound of the first goal that is not proved, or of the last one named."""

    bound: int | None = None
    gap: float | None = None
    proved: bool = True


@dataclass
class Scarcity:
    """What there is of an item and what is asked of it; its price in the objective for one unit, where that was reckoned."""

    there: dict[Id, int] = field(default_factory=lambda: defaultdict(int))
    asked: dict[Id, int] = field(default_factory=lambda: defaultdict(int))
    ask: dict[Id, int] = field(default_factory=dict)  # by line
    price: Mapping[Id, float] = field(default_factory=dict)

    def short(self, item: Id) -> bool:
        return self.asked[item] > self.there[item]

    def weighs(self, line: Line) -> float:
        """What serving the line whole takes from the others: its price, or how far its item is short."""
        if self.price:
            return self.price.get(line.item, 0.0) * self.ask[line.id]
        there = self.there[line.item]
        return self.asked[line.item] / there if there else float("inf")


def proof_of(stages: Sequence[Stage], objective: Sequence[str]) -> Proof:
    """The bound and the gap of the first goal that is not proved, else of the last that the objective names."""
    named = [stage for stage in stages if stage.key in objective]
    stage = next((one for one in stages if not one.reached.proved), named[-1] if named else None)
    if stage is None:
        return Proof()
    value, bound = (_millionths(stage.key, one) for one in stage.reached[:2])
    return Proof(bound, abs(bound - value) / max(abs(value), 1), all(one.reached.proved for one in stages))


def _millionths(key: str, value: int) -> int:
    """What a goal reached, in millionths."""
    return value // MILLION if key in IN_PRODUCTS else value * MILLION if key in COUNTED else value


def scarcity_of(instance: Instance, price: Mapping[Id, float] | None = None) -> Scarcity:
    """What is asked of each item, and what there is."""
    found = Scarcity(price=price or {})
    for lot in instance.supply:
        found.there[lot.item] += max(0, lot.quantity)
    for line in instance.lines:
        found.ask[line.id] = ask_of(line)
        found.asked[line.item] += found.ask[line.id]
    return found


def told(
    instance: Instance, shares: Sequence[Share], stages: Sequence[Stage], price: Mapping[Id, float], troubles: int = 0
) -> Decision:
    """The decision with its trace; outcomes come in the order of the instance's lines."""
    got: dict[Id, int] = defaultdict(int)
    for share in shares:
        got[share.line] += share.quantity
    totals = [got.get(line.id, 0) for line in instance.lines]
    trouble = (Unkept("best_trouble", "", {"parts": troubles}),) if troubles else ()
    proof = proof_of(stages, instance.objective)
    return Decision(
        shares=tuple(shares),
        outcomes=tuple(outcomes(instance, got, scarcity_of(instance, price), proof)),
        exceptions=(*unkept_of(instance, totals), *trouble),
        objective=objective_of(instance, totals),
        bound=proof.bound,
        gap=proof.gap,
        proved=proof.proved,
    )


def outcomes(instance: Instance, got: Mapping[Id, int], scarcity: Scarcity, proof: Proof) -> Iterable[Outcome]:
    """What each line gets and why: what it is short of, what that costs, how sure it is."""
    by_order: dict[Id, list[Line]] = defaultdict(list)
    for line in instance.lines:
        by_order[line.order].append(line)
    by_whole = any(key in WHOLE for key in instance.objective)
    hardest = {order: _hardest(lines, scarcity) for order, lines in by_order.items()}
    sure = Step("best_proved", {}) if proof.proved else Step("best_gap", {"percent": f"{(proof.gap or 0.0) * 100:.2f}"})
    for line in instance.lines:
        share = got.get(line.id, 0)
        why = _why(line, share, hardest[line.order] if by_whole else None, scarcity)
        yield Outcome(line.id, share, why if is_fixed(line) else (*why, sure))


def _hardest(lines: Sequence[Line], scarcity: Scarcity) -> Line | None:
    """The line of an order whose item is the scarcest for it."""
    short = [line for line in lines if scarcity.short(line.item) and scarcity.ask[line.id] and not is_fixed(line)]
    beyond = [line for line in short if scarcity.ask[line.id] > scarcity.there[line.item]]
    return max(beyond or short, key=lambda line: (scarcity.weighs(line), scarcity.ask[line.id]), default=None)


def _why(line: Line, share: int, hardest: Line | None, scarcity: Scarcity) -> tuple[Step, ...]:
    if is_fixed(line):
        return (Step("best_stays", {"quantity": share}),)
    facts = {"item": line.item, "asked_quantity": scarcity.ask[line.id], "share_quantity": share}
    if share >= scarcity.ask[line.id]:
        short = scarcity.short(line.item)
        return (Step("best_full_scarce" if short else "best_full", facts),)
    steps = [Step("best_part" if share else "best_none", facts)]
    if scarcity.there[line.item] <= 0:
        return (*steps, Step("best_no_supply", {"item": line.item}))
    if scarcity.short(line.item):
        facts = {
            "item": line.item,
            "supply_quantity": scarcity.there[line.item],
            "asked_quantity": scarcity.asked[line.item],
        }
        steps.append(Step("best_scarce", facts))
    if hardest is not None:
        needs = {"item": hardest.item, "quantity": scarcity.ask[hardest.id]}
        there = scarcity.there[hardest.item]
        price = scarcity.price.get(hardest.item)
        if scarcity.ask[hardest.id] > there:
            steps.append(Step("best_order_beyond", {**needs, "supply_quantity": there}))
        else:
            steps.append(Step("best_order_gives_way", needs))
        if price:
            steps.append(Step("best_price", {"item": hardest.item, "price": f"{price:.4g}"}))
    return tuple(steps)
