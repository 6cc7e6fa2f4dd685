"""Instances that reach the hard cases: lots that some lines may not use, packs, minimums, limits, orders that want all or nothing."""

from __future__ import annotations

import random
from datetime import date, timedelta

from hypothesis import strategies as st

from promesa.allocation.rules.instance import MILLION, Ceiling, Floor, Instance, Line, Lot, Rule, Strategy

TODAY = date(2026, 11, 21)
RULES = tuple(rule for rule in Rule if rule != Rule.BEST)
DAYS = st.none() | st.integers(0, 4).map(lambda days: TODAY + timedelta(days))
NAMED: list[tuple[tuple[str, str | int], ...]] = [
    (("customer", "C0"),), (("customer", "C1"),), (("segment", "S0"),), (("tier", 1),), (("channel", "web"),),
    (("segment", "S1"), ("tier", 1)), (),
]  # fmt: skip
GROUPS = st.sampled_from(NAMED)


@st.composite
def lots(draw: st.DrawFn, items: int, fine: int) -> list[Lot]:
    return [
        Lot(
            f"L{place}",
            f"I{draw(st.integers(0, items - 1))}",
            draw(st.integers(0, 30)) * fine,
            TODAY + timedelta(draw(st.sampled_from([0, 0, 1, 3]))),
            draw(st.none() | st.integers(0, 6).map(lambda days: TODAY + timedelta(days))),
        )
        for place in range(draw(st.integers(0, 5)))
    ]


@st.composite
def lines(draw: st.DrawFn, items: int, packs: tuple[int, ...], strategies: tuple[str, ...], whole: bool) -> list[Line]:
    found = []
    for place in range(draw(st.integers(1, 9))):
        open_quantity = draw(st.integers(0, 24)) * MILLION
        found.append(
            Line(
                id=f"{place}",
                order=f"O{draw(st.integers(0, 4))}",
                customer=f"C{draw(st.integers(0, 2))}",
                segment=f"S{draw(st.integers(0, 1))}",
                tier=draw(st.sampled_from([1, 1, 2])),
                weight=draw(st.sampled_from([0, 1, 1, 3])) * MILLION,
                item=f"I{draw(st.integers(0, items - 1))}",
                open_quantity=open_quantity,
                pack=draw(st.sampled_from(packs)) * MILLION,
                minimum=draw(st.sampled_from([0, 0, 0, 5])) * MILLION,
                complete_order=whole and draw(st.sampled_from([False, False, True])),
                requested_on=draw(DAYS),
                entered_at=draw(st.sampled_from(["", "2026-11-01", "2026-11-02"])),
                minimum_life_days=draw(st.sampled_from([0, 0, 2])),
                strategy=draw(st.sampled_from(strategies)),
                confirmed=draw(st.sampled_from([0, 0, 4, 7, 30])) * MILLION,
                service_debt=draw(st.sampled_from([0, 0, 5])) * MILLION,
                frozen=draw(st.sampled_from([False] * 6 + [True])),
                base=draw(st.sampled_from([None, None, 0, 10 * MILLION])),
                stock=draw(st.integers(0, 10)) * MILLION,
                daily_demand=draw(st.integers(0, 3)) * MILLION,
                groups=draw(st.sampled_from([(), (("channel", "web"),)])),
            )
        )
    return found


@st.composite
def instances(
    draw: st.DrawFn,
    *,
    rules: tuple[str, ...] = RULES,
    packs: tuple[int, ...] = (1, 1, 1, 6, 4),
    strategies: tuple[str, ...] = tuple(Strategy),
    whole: bool = True,
    limits: bool = True,
) -> Instance:
    """An instance of any kind; narrower kinds for what holds only of them."""
    items = draw(st.integers(1, 3))
    named = st.none() | st.integers(0, items - 1).map(lambda place: f"I{place}")
    floors = [
        Floor(draw(GROUPS), draw(named), draw(st.integers(1, 20)) * MILLION, draw(st.integers(1, 2)))
        for _ in range(draw(st.integers(0, 2)) if limits else 0)
    ]
    ceilings = [
        Ceiling(draw(GROUPS), draw(named), draw(st.integers(0, 30)) * MILLION)
        for _ in range(draw(st.integers(0, 2)) if limits else 0)
    ]
    return Instance(
        as_of=TODAY,
        rule=draw(st.sampled_from(rules)),
        supply=draw(lots(items, MILLION)),
        lines=draw(lines(items, packs, strategies, whole)),
        floors=floors,
        ceilings=ceilings,
        retain=draw(st.sampled_from([{}, {}, {"I0": 5 * MILLION}])),
    )


def drawn(seed: int) -> Instance:
    """An instance of any kind by a seed: quicker than the above, for thousands of them."""
    draw = random.Random(seed)
    items = draw.randint(1, 3)
    packs = (1,) if seed % 2 else (1, 1, 1, 6, 4)

    def some_day() -> date | None:
        return draw.choice([None, None, *(TODAY + timedelta(days) for days in range(5))])

    def some_item() -> str | None:
        return draw.choice([None, *(f"I{place}" for place in range(items))])

    supply = [
        Lot(
            f"L{place}",
            f"I{draw.randrange(items)}",
            draw.randint(0, 30) * MILLION,
            TODAY + timedelta(draw.choice([0, 0, 1, 3])),
            some_day(),
        )
        for place in range(draw.randint(1, 5))
    ]
    found = [
        Line(
            f"{place}", f"O{draw.randrange(5)}", f"C{draw.randrange(3)}", f"S{draw.randrange(2)}", draw.choice([1, 1, 2]),
            draw.choice([0, 1, 1, 3]) * MILLION, f"I{draw.randrange(items)}", draw.randint(0, 24) * MILLION, draw.choice(packs) * MILLION,
            draw.choice([0, 0, 0, 5]) * MILLION, draw.random() < 0.3, some_day(), draw.choice(["", "a", "b"]), draw.choice([0, 0, 2]),
            draw.choice(tuple(Strategy)), draw.choice([0, 0, 4, 7, 30]) * MILLION, 0, draw.choice([0, 0, 5]) * MILLION,
            draw.random() < 0.12, draw.choice([None, None, 0, 10 * MILLION]), draw.randint(0, 10) * MILLION, draw.randint(0, 3) * MILLION,
            draw.choice([(), (("channel", "web"),)]),
        )
        for place in range(draw.randint(1, 9))
    ]  # fmt: skip
    floors = [
        Floor(draw.choice(NAMED), some_item(), draw.randint(1, 20) * MILLION, draw.randint(1, 2))
        for _ in range(draw.randint(0, 2))
    ]
    ceilings = [
        Ceiling(draw.choice(NAMED), some_item(), draw.randint(0, 30) * MILLION) for _ in range(draw.randint(0, 2))
    ]
    retain = draw.choice([{}, {}, {"I0": 5 * MILLION}])
    return Instance(TODAY, draw.choice(RULES), supply, found, floors, ceilings, retain=retain)
