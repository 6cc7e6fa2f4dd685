"""What the one who lives the year has in hand: ids by name, what is on its way, and what is to be done on which day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from promesa.core.actors import Actor
from promesa.core.calendars import local_day, start_of_day
from promesa.demo.company import ZONE, Customer, Item, Site
from promesa.demo.story import Act
from promesa.demo.tale import ONE_DAY, Tale, Wish

MADRID = ZoneInfo(ZONE)
WHOLE_DAY = timedelta(hours=20)
# At a place that takes goods at any hour, lorries come from half past eight on.
FIRST_LORRY = timedelta(hours=8, minutes=30)
PROMESA, DEMO = Actor("promesa"), Actor("demo")


def clock(day: date, hour: int, minute: int = 0) -> datetime:
    """An hour of a day at the company."""
    return datetime.combine(day, time(hour, minute), MADRID)


@dataclass(slots=True)
class Coming:
    """Goods on their way: the note, when they will stand at the door, and the quantity of each line."""

    advice_id: int
    order_id: int
    at: datetime
    lines: dict[int, Decimal]


@dataclass(slots=True)
class Life:
    """The state of the telling."""

    tale: Tale
    users: dict[str, Actor]
    customers: dict[str, int]
    items: dict[str, int]
    warehouse: int
    wishes: dict[int, Wish] = field(default_factory=dict)  # by order
    coming: dict[date, list[Coming]] = field(default_factory=lambda: defaultdict(list))
    mornings: dict[date, list[Callable[[], None]]] = field(default_factory=lambda: defaultdict(list))
    noons: dict[date, list[Callable[[], None]]] = field(default_factory=lambda: defaultdict(list))
    to_be_paid: dict[date, list[int]] = field(default_factory=lambda: defaultdict(list))
    befell: set[int] = field(default_factory=set)  # orders whose chapter has happened
    left_standing: set[int] = field(default_factory=set)  # orders that nobody loads though they are due
    last_invoice: int = 0
    last_event: int = 0

    def customer(self, wish: Wish) -> Customer:
        return self.tale.company.customers[wish.customer]

    def site(self, wish: Wish) -> Site:
        return next(site for site in self.customer(wish).sites if site.number == wish.site)

    def item(self, wish: Wish, line_number: int) -> Item:
        return self.tale.company.items[wish.lines[line_number - 1][0]]

    def act(self, order_id: int) -> Act | None:
        """What is still to befall an order."""
        wish = self.wishes.get(order_id)
        if wish is None or wish.chapter is None or order_id in self.befell:
            return None
        return wish.chapter.act

    def someone(self, wish: Wish) -> Actor:
        """The agent who looks after a customer."""
        return self.users[("carmen", "javier", "marta")[int(wish.customer[2:]) % 3]]

    # --- The road ---------------------------------------------------------------------------------------------------

    def arrival(self, wish: Wish, leaves: date, not_before: datetime | None, late: bool) -> datetime:
        """When goods that leave on a day stand at the door: in the window they were promised, or as soon as they can."""
        site = self.site(wish)
        zone = site.row["time_zone"]
        there = start_of_day(self.tale.company.warehouse.next_open(leaves, int(site.row["transit_days"])), zone)
        when = there if not_before is None else max(there, not_before)
        window = site.windows.first_window_at_or_after(when)
        assert window is not None
        if late:
            day = site.windows.calendar.add_business_days(local_day(window.opens, zone), 1 + wish.amount % 2)
            window = site.windows.first_window_at_or_after(day)
            assert window is not None
        if window.closes - window.opens > WHOLE_DAY:
            return window.opens + FIRST_LORRY + timedelta(minutes=15 * (wish.amount % 16))
        opens = max(window.opens, when)
        return opens + min(timedelta(minutes=10 + 5 * (wish.amount % 24)), (window.closes - opens) / 2)

    def comes(self, one: Coming) -> None:
        self.coming[one.at.astimezone(MADRID).date()].append(one)

    def working_day(self, day: date, n: int) -> date:
        """The n-th working day of the warehouse after a day; 0: the first at or after it."""
        return self.tale.company.warehouse.add_business_days(day, n)

    def pay_day(self, day: date) -> date:
        """The next Tuesday or Friday, when transfers are booked."""
        while day.weekday() not in (1, 4):
            day += ONE_DAY
        return day
