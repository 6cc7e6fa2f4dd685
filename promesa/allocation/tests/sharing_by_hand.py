"""Every sharing of a small instance, one after the other: what the best one is by definition, without any cleverness.

Nothing here is shared with the engine but the plain values. Slow on purpose.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import product

from promesa.allocation.rules.instance import MILLION, Ceiling, Floor, Instance, Line, Lot, Share, Strategy

TODAY = date(2026, 11, 21)
OBJECTIVES = (
    ("floors", "tiers", "complete", "margin", "drops", "churn", "fefo"),
    ("floors", "weighted_complete"),
    ("floors", "complete", "margin"),
    ("weighted_complete", "floors", "tiers", "fefo"),
    ("margin", "drops"),
    ("churn", "tiers"),
)
Given = dict[tuple[int, int], int]


def instance_of(draw: random.Random) -> Instance:
    """A small instance with everything in it now and then: up to 6 lines, 3 lots, 2 items."""
    lots = [
        Lot(
            f"L{k}", draw.choice("AAB"), draw.randint(0, 5) * MILLION, TODAY + timedelta(draw.choice((0, 0, 2))),
            draw.choice((None, TODAY + timedelta(draw.randint(0, 6)))),
        )
        for k in range(draw.randint(1, 3))
    ]  # fmt: skip
    plain = draw.random() < 0.3
    lines = [_line(draw, n, plain) for n in range(draw.randint(1, 6))]
    groups = [(("customer", "C0"),), (("segment", "S"),), (("order", "O1"), ("tier", 1)), (("region", "north"),), ()]
    some = () if plain else range(draw.choice((0, 0, 1, 2)))
    floors = [
        Floor(draw.choice(groups), draw.choice(("A", "B", None)), draw.randint(1, 5) * MILLION, draw.randint(1, 2))
        for _ in some
    ]
    ceilings = [
        Ceiling(draw.choice(groups), draw.choice(("A", "B", None)), draw.randint(0, 6) * MILLION)
        for _ in range(draw.choice((0, 0, 0 if plain else 1)))
    ]
    return Instance(TODAY, "best", lots, lines, floors, ceilings, draw.choice(OBJECTIVES))


def _line(draw: random.Random, n: int, plain: bool) -> Line:
    open_quantity = draw.randint(0, 4)
    return Line(
        id=f"{n}", order=f"O{draw.randint(0, 3)}", customer=f"C{draw.randint(0, 2)}", segment=draw.choice("ST"),
        tier=draw.choice((1, 1, 2)), weight=draw.choice((1, 1, 2, 3)) * MILLION, item=draw.choice("AAB"),
        open_quantity=open_quantity * MILLION, pack=draw.choice((1, 1, 1, 2)) * MILLION,
        minimum=draw.choice((0, 0, 0, 2)) * MILLION, complete_order=draw.random() < 0.25,
        requested_on=draw.choice((None, TODAY, TODAY + timedelta(3))), entered_at=f"2026-11-{draw.randint(10, 20)}",
        minimum_life_days=draw.choice((0, 0, 2)),
        strategy=Strategy.SHARE if plain else draw.choice((*Strategy, Strategy.SHARE, Strategy.SHARE, Strategy.SHARE)),
        confirmed=draw.choice((0, 0, draw.randint(0, open_quantity))) * MILLION,
        margin=draw.choice((-1, 0, 1, 2)) * MILLION, service_debt=draw.choice((0, 0, 1)) * MILLION,
        frozen=not plain and draw.random() < 0.1, groups=draw.choice(((), (("region", "north"),))),
    )  # fmt: skip


class ByHand:
    """One instance, all its sharings and their values."""

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self.lines, self.lots = list(instance.lines), list(instance.supply)
        self.fixed = [line.frozen or line.strategy == Strategy.UNTOUCHED for line in self.lines]
        self.keep = [self._keep(n) for n in range(len(self.lines))]
        self.asks = [
            kept + (line.open_quantity - kept) // line.pack * line.pack
            for line, kept in zip(self.lines, self.keep, strict=True)
        ]
        self.most = [self._most(n) for n in range(len(self.lines))]
        self.passed = [cap for cap in instance.ceilings if sum(self.keep[n] for n in self._members(cap)) > cap.quantity]
        for cap in self.passed:
            for n in self._members(cap):
                self.most[n] = self.keep[n]
        self.options = [list(self._options(n)) for n in range(len(self.lines))]

    def _most(self, n: int) -> int:
        line = self.lines[n]
        if self.fixed[n]:
            return self.keep[n]
        most = min(self.asks[n], line.confirmed // line.pack * line.pack) if line.strategy == "spare" else self.asks[n]
        return most if most >= line.minimum else self.keep[n]

    def _keep(self, n: int) -> int:
        line = self.lines[n]
        return min(line.open_quantity, line.confirmed) if self.fixed[n] or line.strategy == "keep_or_better" else 0

    def _members(self, one: Floor | Ceiling) -> list[int]:
        def has(line: Line, name: str, value: object) -> bool:
            known = {"customer": line.customer, "segment": line.segment, "tier": line.tier, "order": line.order}
            return known[name] == value if name in known else dict(line.groups).get(name) == value

        return [
            n for n, line in enumerate(self.lines)
            if (one.item is None or one.item == line.item) and all(has(line, *pair) for pair in one.group)
        ]  # fmt: skip

    def _may_use(self, line: Line, lot: Lot) -> bool:
        if line.item != lot.item or (line.requested_on and lot.available_on > max(line.requested_on, TODAY)):
            return False
        if lot.expires_on is None:
            return True
        left = (lot.expires_on - max(day for day in (TODAY, lot.available_on, line.requested_on) if day)).days
        return left >= 0 and left >= line.minimum_life_days

    def _options(self, n: int) -> Iterator[dict[int, int]]:
        """What the line may get of each lot: whole packs, and loose units as far as it keeps what it has."""
        line, keep = self.lines[n], self.keep[n]
        usable = [k for k, lot in enumerate(self.lots) if self._may_use(line, lot)]
        for amounts in product(*(range(0, self.lots[k].quantity + 1, MILLION) for k in usable)):
            total = sum(amounts)
            packs = sum(amount // line.pack * line.pack for amount in amounts)
            loose_enough = any(
                total - taken <= keep
                and (total - taken == 0 or self.fixed[n] or keep % line.pack)
                and taken <= self.most[n] - (keep if self.fixed[n] or keep % line.pack else 0)
                for taken in range(0, packs + 1, line.pack)
            )
            if loose_enough and (self.fixed[n] or total <= keep or total >= line.minimum):
                yield {k: amount for k, amount in zip(usable, amounts, strict=True) if amount}

    def count(self) -> int:
        """How many sharings there are before supply is looked at."""
        total = 1
        for options in self.options:
            total *= len(options)
        return total

    def sharings(self) -> Iterator[Given]:
        for chosen in product(*self.options):
            given = {(n, k): amount for n, option in enumerate(chosen) for k, amount in option.items()}
            if self.is_allowed(given):
                yield given

    def is_allowed(self, given: Given) -> bool:
        used: dict[int, int] = defaultdict(int)
        for (_, k), amount in given.items():
            used[k] += amount
        if any(used[k] > lot.quantity for k, lot in enumerate(self.lots)):
            return False
        share = self._share(given)
        for cap in self.instance.ceilings:
            if cap not in self.passed and sum(share[n] for n in self._members(cap)) > cap.quantity:
                return False
        for order in {line.order for line in self.lines}:
            together = [n for n, line in enumerate(self.lines) if line.order == order and line.complete_order]
            together = [n for n in together if not self.fixed[n]]
            whole = all(share[n] == self.lines[n].open_quantity for n in together)
            if not whole and any(share[n] > self.keep[n] for n in together):
                return False
        return True

    def _share(self, given: Given) -> list[int]:
        share = [0] * len(self.lines)
        for (n, _), amount in given.items():
            share[n] += amount
        return share

    def value(self, given: Given) -> tuple[int, ...]:
        """All goals in their order, larger is better."""
        share = self._share(given)
        lines = range(len(self.lines))
        donors = [n for n in lines if self.lines[n].strategy == "donor" and not self.fixed[n]]
        others = [n for n in lines if n not in donors]
        found = [
            sum(share[n] for n in lines if self.fixed[n]),
            sum(min(share[n], self.keep[n]) for n in others if not self.fixed[n]),
            sum(share[n] for n in others if self.lines[n].strategy == "guarantee"),
        ]
        keys = list(dict.fromkeys(self.instance.objective))
        if "tiers" not in keys:
            late = [keys.index(key) for key in ("drops", "churn", "fefo") if key in keys]
            keys.insert(min(late, default=len(keys)), "tiers")
        keys += [key for key in ("churn", "fefo") if key not in keys]
        for who in (others, list(lines)) if donors else (others,):
            for key in keys:
                if key != "floors" or who is others:
                    found += self._goal(key, who, share, given)
        return tuple(found)

    def _goal(self, key: str, who: list[int], share: list[int], given: Given) -> list[int]:
        lines, lots = self.lines, self.lots
        if key == "floors":
            ranks = sorted({floor.rank for floor in self.instance.floors})
            return [-sum(self._missed(f, share) for f in self.instance.floors if f.rank == rank) for rank in ranks]
        if key == "tiers":
            tiers = sorted({lines[n].tier for n in who})
            return [sum(share[n] * lines[n].weight for n in who if lines[n].tier == tier) for tier in tiers]
        if key in ("complete", "weighted_complete"):
            full = [self._members_of(order) for order in {line.order for line in lines}]
            full = [mine for mine in full if all(n in who and share[n] >= lines[n].open_quantity for n in mine)]
            return [len(full) if key == "complete" else sum(max(lines[n].weight for n in mine) for mine in full)]
        if key == "margin":
            return [sum(share[n] * lines[n].margin for n in who)]
        if key == "drops":
            return [-len({(lines[n].order, lots[k].available_on) for n, k in given if n in who})]
        if key == "churn":
            return [-sum(abs(share[n] - lines[n].confirmed) for n in who)]
        ranks = {k: len({self._expiry(o) for o in lots if o.item == lot.item and o.quantity and self._expiry(o) < self._expiry(lot)})
                 for k, lot in enumerate(lots)}  # fmt: skip
        return [-sum(amount * ranks[k] for (n, k), amount in given.items() if n in who)]

    def _members_of(self, order: object) -> list[int]:
        return [n for n, line in enumerate(self.lines) if line.order == order]

    def _expiry(self, lot: Lot) -> date:
        return lot.expires_on or date.max

    def _missed(self, floor: Floor, share: list[int]) -> int:
        mine = [n for n in self._members(floor) if self.lines[n].strategy != "donor" or self.fixed[n]]
        return max(0, min(floor.quantity, sum(self.most[n] for n in mine)) - sum(share[n] for n in mine))

    def best(self) -> tuple[int, ...]:
        return max(self.value(given) for given in self.sharings())

    def given(self, shares: tuple[Share, ...]) -> Given:
        line = {one.id: n for n, one in enumerate(self.lines)}
        lot = {one.id: k for k, one in enumerate(self.lots)}
        return {(line[share.line], lot[share.lot]): share.quantity for share in shares}


def small_instances(seed: int, count: int, most: int = 4_000) -> Iterator[tuple[ByHand, Instance]]:
    """So many instances of which all sharings can be looked at in a blink."""
    draw = random.Random(seed)
    while count:
        instance = instance_of(draw)
        by_hand = ByHand(instance)
        if by_hand.count() <= most:
            count -= 1
            yield by_hand, instance
