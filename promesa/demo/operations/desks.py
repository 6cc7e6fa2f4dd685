"""What people settle that the year left at their desks: goods to bring again, to replace, to look at or to count, and
money to ask for. Each takes some days; what is open at the end is the work of the last days."""

from __future__ import annotations

from datetime import date

from promesa.access.operations import record_look
from promesa.billing import operations as billing
from promesa.core.actors import Actor
from promesa.demo import queries
from promesa.demo.life import Life, clock
from promesa.demo.tale import ONE_DAY
from promesa.work import operations as work

# Who settles which kind, and from how many working days on: the fifth part each takes up to four days more.
DESKS = {
    "replace": ("carmen", 2),
    "redeliver": ("sofia", 3),
    "count_stock": ("antonio", 3),
    "refused_goods": ("antonio", 5),
    "reminder": ("emma", 1),
}
SPREAD = 5
SCHEDULE = Actor("schedule:reminders")


def settle(*, life: Life, day: date) -> None:
    """Settle what has lain long enough, on a day on which people work; ask for what is overdue in the last weeks."""
    if not life.tale.company.warehouse.is_open(day):
        return
    at, since = clock(day, 8, 40), {days: life.working_day(day, -days) for _, days in DESKS.values()}
    done: dict[str, list[str]] = {}
    for kind, key, n, opened in queries.open_work(kinds=list(DESKS), before=at):
        who, days = DESKS[kind]
        spread = 0 if kind == "reminder" else n % SPREAD
        if opened <= since[days] - spread * ONE_DAY:
            done.setdefault(who, []).append(key)
    for who, keys in done.items():
        work.close_items(keys=keys, by=life.users[who], at=at)
    if life.tale.lately <= day < life.tale.today:
        billing.remind_overdue(by=SCHEDULE, at=clock(day, 8))


def look_back(*, life: Life) -> None:
    """Everybody read what had changed before they went home the evening before."""
    evening = clock(life.working_day(life.tale.today, -1), 18)
    for actor in life.users.values():
        record_look(user_id=int(actor.reference), at=evening)
