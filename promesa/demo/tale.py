"""The year as it will be lived: every order before it is placed, and what is going to happen to it. Pure and repeatable.

The same moment, scale and seed give the same tale. The last day is the day of `now`; the first lies a year before.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from random import Random
from zoneinfo import ZoneInfo

from promesa.demo.company import ZONE, Company, Customer, Item, Site
from promesa.demo.story import CHAPTERS, DRY_SPELLS, ORDERS, SEED, Act, Chapter

ONE_DAY = timedelta(days=1)
MADRID = ZoneInfo(ZONE)
BY_DOCUMENT = ("edi", "csv")
BY_MACHINE = ("edi", "portal")
# Minutes of the day at which the orders of machines and of people are captured together.
MACHINES_AT, PEOPLE_AT = 8 * 60, 10 * 60
LATELY = timedelta(days=28)
BY_HAND = ("phone", "csv", "email")
# How much is ordered in each month, and of what more than else.
MONTHS = {1: 0.72, 2: 0.85, 3: 0.95, 4: 0.95, 5: 1.0, 6: 1.12, 7: 1.1, 8: 0.72, 9: 1.0, 10: 1.05, 11: 1.3, 12: 1.2}
SEASONS: dict[str, dict[int, float]] = {
    "oil": {11: 1.7, 12: 1.9, 1: 1.3},
    "summer": {5: 1.4, 6: 1.9, 7: 1.9, 8: 1.4},
    "winter": {10: 1.3, 11: 1.5, 12: 1.4, 1: 1.6, 2: 1.4},
    "cold": {1: 0.2, 2: 0.3, 3: 0.5, 5: 1.6, 6: 2.4, 7: 2.6, 8: 2.2, 11: 0.2, 12: 0.2},
    "christmas": {**dict.fromkeys(range(1, 10), 0.0), 10: 0.8, 11: 5.0, 12: 4.0},
    "flat": {},
    "service": dict.fromkeys(range(1, 13), 0.0),
}
CASES = {"protect": (2, 24), "cost": (2, 12), "build": (1, 6), "danger": (1, 5)}
LINES = {"protect": (4, 9), "cost": (3, 7), "build": (2, 6), "danger": (2, 4)}
ALL = "FTDC"


@dataclass(frozen=True, slots=True)
class Wish:
    """An order to be placed: `lines` are (SKU, cases); `asked` is the day on which it is wanted, if they say one."""

    po: str
    at: datetime
    customer: str
    site: str
    channel: str
    asked: date | None
    lines: tuple[tuple[str, int], ...]
    chapter: Chapter | None = None
    amount: int = 0  # a draw that the chapter uses as it likes

    @property
    def day(self) -> date:
        """The day on which it is placed."""
        return self.at.astimezone(MADRID).date()


@dataclass(frozen=True, slots=True)
class DrySpell:
    """An item of which nothing is left from `starts` on, but a receipt that is told twice."""

    sku: str
    starts: date
    expected: date
    moved_on: date
    arrives: date
    cases: int


@dataclass(frozen=True, slots=True)
class Planted:
    """A failure that must be measured: which components, and the cause."""

    po: str
    chapter: str
    cause: str
    breaks: str


@dataclass(frozen=True, slots=True)
class Tale:
    """All of it."""

    company: Company
    now: datetime
    first: date
    wishes: tuple[Wish, ...]
    spells: tuple[DrySpell, ...]
    planted: tuple[Planted, ...] = field(default=())

    @property
    def today(self) -> date:
        return self.now.astimezone(MADRID).date()

    @property
    def lately(self) -> date:
        """From this day on orders are lived one by one."""
        return lately_from(self.now)


def lately_from(now: datetime) -> date:
    """From this day on orders are lived one by one."""
    return now.astimezone(MADRID).date() - LATELY


def tell(*, now: datetime, scale: Decimal = Decimal(1)) -> Tale:
    """The tale that ends at a moment, with so much of the 3,000 orders."""
    today = now.astimezone(MADRID).date()
    first = today - timedelta(days=365)
    company = Company(first, today)
    rng = Random(SEED)
    wishes = _placed(company, rng, now, first, scale)
    wishes, spells = _dried(company, rng, wishes, first, today)
    wishes = _befallen(company, rng, wishes, today)
    planted = tuple(
        Planted(wish.po, wish.chapter.name, wish.chapter.cause, wish.chapter.breaks)
        for wish in wishes
        if wish.chapter is not None and wish.chapter.breaks
    )
    return Tale(company, now, first, tuple(wishes), tuple(spells), planted)


# --- Orders --------------------------------------------------------------------------------------------------------


def _placed(company: Company, rng: Random, now: datetime, first: date, scale: Decimal) -> list[Wish]:
    """Orders of every customer in their rhythm, in order of time, up to now."""
    rhythm = float(sum(customer.orders_a_week for customer in company.customers.values())) * 52
    factor = ORDERS * float(scale) / rhythm
    baskets = {number: _assortment(company, rng, one) for number, one in company.customers.items()}
    wishes: list[Wish] = []
    day, today, lately = first, now.astimezone(MADRID).date(), lately_from(now)
    while day <= today:
        if company.warehouse.is_open(day):
            for number, customer in company.customers.items():
                # Five working days a week, less holidays: a little more than a fifth of the week's orders each.
                chance = float(customer.orders_a_week) / 4.78 * factor * MONTHS[day.month]
                for _ in range(int(chance) + (rng.random() < chance % 1)):
                    wishes.append(
                        _wish(company, rng, customer, baskets[number], day, len(wishes), lately=day >= lately)
                    )
        day += ONE_DAY
    wishes.sort(key=lambda wish: (wish.at, wish.po))
    return [wish for wish in wishes if wish.at <= now]


def _assortment(company: Company, rng: Random, customer: Customer) -> list[Item]:
    """What a customer buys: part of the catalogue, the better known items more likely."""
    goods = [item for item in company.items.values() if not item.is_service]
    count = {"protect": 70, "cost": 36, "build": 30, "danger": 18}[customer.segment]
    return sorted(goods, key=lambda item: rng.random() ** (1 / item.weight), reverse=True)[:count]


def _minute(rng: Random, channel: str, *, lately: bool) -> int:
    """When in the day an order comes: in the morning before it is captured with the others; lately at any hour."""
    if lately:
        return rng.randrange(7 * 60, 18 * 60)
    machine = channel in BY_MACHINE
    return rng.randrange(MACHINES_AT - 14, MACHINES_AT) if machine else rng.randrange(PEOPLE_AT - 110, PEOPLE_AT - 5)


def _wish(
    company: Company, rng: Random, customer: Customer, basket: Sequence[Item], day: date, n: int, *, lately: bool
) -> Wish:
    site = rng.choice(customer.sites)
    at = datetime.combine(day, time(), MADRID) + timedelta(minutes=_minute(rng, customer.channel, lately=lately))
    fewest, most = LINES[customer.segment]
    weights = [item.weight * SEASONS[item.season].get(day.month, 1.0) for item in basket]
    chosen: dict[str, int] = {}
    least, largest = CASES[customer.segment]
    for item in rng.choices(basket, weights, k=rng.randint(fewest, most)):
        bulky = 4 if item.case == 1 else 1
        chosen.setdefault(item.sku, max(1, round(rng.triangular(least, largest, least + 1) / bulky)))
    return Wish(
        po=_po_number(customer, day, n), at=at, customer=customer.number, site=site.number, channel=customer.channel,
        asked=_asked(company, rng, site, day), lines=tuple(chosen.items()), amount=rng.randrange(1_000),
    )  # fmt: skip


def _po_number(customer: Customer, day: date, n: int) -> str:
    """Each customer numbers their orders in their own way."""
    serial = 10_000 + n
    style = int(customer.number[2:]) % 4
    if style == 0:
        return f"45{day:%y}{serial:06d}"
    if style == 1:
        return f"PC-{day:%y}/{serial}"
    return f"OC{serial}" if style == 2 else f"{serial}-{day:%y%m}"


def _asked(company: Company, rng: Random, site: Site, day: date) -> date | None:
    """The day on which the goods are wanted: some days after they can be there; some customers name none."""
    transit = int(site.row["transit_days"])
    if rng.random() < 0.06:
        return None
    there = company.warehouse.add_business_days(day, transit)
    spare = rng.choice((1, 1, 2, 2, 3, 4))
    window = site.windows.first_window_at_or_after(site.windows.calendar.add_business_days(there, spare))
    assert window is not None
    return window.opens.astimezone(ZoneInfo(site.row["time_zone"])).date()


# --- Dry spells ----------------------------------------------------------------------------------------------------


def _dried(
    company: Company, rng: Random, wishes: list[Wish], first: date, today: date
) -> tuple[list[Wish], list[DrySpell]]:
    """Run a few items dry: only the orders chosen here hold them while they lack."""
    chapter = next(one for one in CHAPTERS if one.act is Act.DRY)
    wanted = round(chapter.per_thousand * len(wishes) / 1000 / len(DRY_SPELLS))
    spells: list[DrySpell] = []
    for sku, when in DRY_SPELLS:
        span = (today - first).days
        starts = company.warehouse.next_open(first + timedelta(days=round(span * when)))
        plus = company.warehouse.add_business_days
        expected, moved_on, arrives = plus(starts, 7), plus(starts, 5), plus(starts, 15)
        wishes = [_without(wish, sku, company) if starts <= wish.day <= arrives else wish for wish in wishes]
        able = [n for n, wish in enumerate(wishes) if starts <= wish.day < moved_on and _may_wait(company, wish)]
        cases = 0
        for n in sorted(rng.sample(able, min(max(1, wanted), len(able)))):
            wishes[n] = _with(wishes[n], sku, 2 + wishes[n].amount % 5, chapter)
            cases += wishes[n].lines[-1][1]
        later = [n for n, wish in enumerate(wishes) if moved_on <= wish.day < arrives and wish.chapter is None]
        for n in sorted(rng.sample(later, min(max(1, wanted // 2), len(later)))):
            wishes[n] = _with(wishes[n], sku, 2 + wishes[n].amount % 4, None)
            cases += wishes[n].lines[-1][1]
        spells.append(DrySpell(sku, starts, expected, moved_on, arrives, cases))
    return wishes, spells


def _may_wait(company: Company, wish: Wish) -> bool:
    """Overseas orders take weeks anyway: a receipt a week later would break nothing."""
    return wish.chapter is None and not company.customers[wish.customer].is_abroad


def _without(wish: Wish, sku: str, company: Company) -> Wish:
    """The order with another item in the place of one that is lacking."""
    lines = {name: cases for name, cases in wish.lines if name != sku}
    if len(lines) == len(wish.lines):
        return wish
    spare = [one for one in ("VIN-01", "VEG-09", "ARR-01") if one not in lines]
    lines[spare[0]] = 2
    return replace(wish, lines=tuple(lines.items()))


def _with(wish: Wish, sku: str, cases: int, chapter: Chapter | None) -> Wish:
    return replace(wish, lines=(*wish.lines, (sku, cases)), chapter=chapter)


# --- Everything else -----------------------------------------------------------------------------------------------


def _befallen(company: Company, rng: Random, wishes: list[Wish], today: date) -> list[Wish]:
    """Draw the orders of every other chapter."""
    total = len(wishes)
    for chapter in CHAPTERS:
        if chapter.act is Act.DRY:
            continue
        able = [n for n, wish in enumerate(wishes) if _can_befall(company, chapter, wish, today)]
        count = min(max(1, round(chapter.per_thousand * total / 1000)), len(able))
        for n in sorted(_drawn(rng, able, [_likely(chapter, wishes[n]) for n in able], count)):
            wishes[n] = replace(wishes[n], chapter=chapter)
    return wishes


def _can_befall(company: Company, chapter: Chapter, wish: Wish, today: date) -> bool:
    """Whether there is time for it to happen and to be seen, and whether it is that kind of order."""
    if wish.chapter is not None or wish.asked is None or company.customers[wish.customer].is_abroad:
        return False
    if chapter.by_hand and wish.channel not in BY_HAND:
        return False
    if chapter.act is Act.PRICE_HOLD and wish.channel not in BY_DOCUMENT:
        return False
    if any(sku in {name for name, _ in DRY_SPELLS} for sku, _ in wish.lines) or wish.lines[0][1] < 2:
        return False
    weeks = 5 if chapter.act in (Act.RETURNED, Act.WRONG_INVOICE) else 2
    return wish.asked + timedelta(weeks=weeks) <= today


def _likely(chapter: Chapter, wish: Wish) -> float:
    return 4.0 if wish.day.month in chapter.months else 1.0


def _drawn(rng: Random, places: Sequence[int], weights: Sequence[float], count: int) -> Iterable[int]:
    """So many different places, the heavier ones more likely."""
    keyed = sorted(zip(places, weights, strict=True), key=lambda one: rng.random() ** (1 / one[1]), reverse=True)
    return [place for place, _ in keyed[:count]]
