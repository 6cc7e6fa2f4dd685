"""Building the company: its masters, its year in batches, its last weeks one by one, and what waits today."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Protocol

from django.db import connection

from promesa.core import bulk, relay
from promesa.core.actors import Actor
from promesa.core.errors import Refused
from promesa.core.models import Parameter
from promesa.demo import queries
from promesa.demo.clock import story_now
from promesa.demo.life import DEMO, Life, clock
from promesa.demo.operations import lately, masters, partners, today
from promesa.demo.operations.days import hear, live_day
from promesa.demo.tale import ONE_DAY, Tale, Wish, tell


class OtherCompanyHere(Refused):
    """The database holds another company."""


class Progress(Protocol):
    """Told how far the building is: steps done, steps in all, and what is being done."""

    def __call__(self, done: int, total: int, what: str) -> None: ...


def build(*, progress: Progress, now: datetime | None = None, scale: Decimal = Decimal(1)) -> Tale:
    """Build the company up to `now` (by default the last half past eleven of a working day), through the verbs of
    the rooms, and return the tale that was lived.

    `scale` is the share of the story's 3,000 orders. What an interrupted building left is taken away first.

    :raises OtherCompanyHere: if the database holds anything that the demo did not write.
    """
    tale = tell(now=now or story_now(), scale=scale)
    _clear()
    begun = tale.first - timedelta(days=60)
    Parameter.objects.create(code=queries.BEGUN, value=tale.now.isoformat(), valid_from=begun, changed_by=DEMO)
    # The disk need not confirm every step of a year; the last one is confirmed, and with it all before.
    bulk.run("SET synchronous_commit TO off")
    relay.prepare_repeated()
    try:
        _live(tale, progress)
    finally:
        bulk.run("RESET synchronous_commit")
    Parameter.objects.create(code=queries.BUILT, value=tale.now.isoformat(), valid_from=begun, changed_by=DEMO)
    return tale


def _live(tale: Tale, progress: Progress) -> None:
    days = (tale.today - tale.first).days + 1
    progress(0, days + 2, "masters")
    opened = clock(tale.first - ONE_DAY, 9)
    users = masters.hire(at=opened)
    masters.set_up(company=tale.company, at=opened)
    life = _life(tale, users)
    by_day: dict[int, list[Wish]] = {}
    for wish in tale.wishes:
        by_day.setdefault(wish.day.toordinal(), []).append(wish)
    day = tale.first
    while day <= tale.today:
        if day == tale.first + timedelta(days=45):
            bulk.run("ANALYZE")
        live = lately.live_day if day >= tale.lately else live_day
        if day == tale.company.warehouse.previous_open(tale.today - ONE_DAY):
            life.noons[day].append(partial(today.leave_standing, life=life, day=day))
        if day == tale.lately:
            partners.agree(company=tale.company, at=clock(day, 6))
        if day == tale.today:
            today.eve(life=life)
        live(life=life, day=day, wishes=by_day.get(day.toordinal(), []))
        day += ONE_DAY
        if day.day == 1 and day.month % 3 == 0:
            progress((day - tale.first).days, days + 2, "figures")
            hear(facts=True)
        progress((day - tale.first).days, days + 2, f"{day:%Y-%m}")
    progress(days + 1, days + 2, "today")
    hear()
    today.set_out(life=life)
    hear(facts=True)
    bulk.run("ANALYZE")
    progress(days + 2, days + 2, "done")


def _life(tale: Tale, users: dict[str, int]) -> Life:
    customers = dict(bulk.rows("SELECT number, id FROM customers_customer"))
    items = dict(bulk.rows("SELECT sku, id FROM catalog_item"))
    found = bulk.row("SELECT id FROM inventory_warehouse WHERE is_default")
    assert found is not None
    actors = {name: Actor(f"user:{id_}") for name, id_ in users.items()}
    return Life(tale, actors, customers, items, found[0])


def _clear() -> None:
    """Take away what an interrupted building left."""
    if queries.is_begun():
        tables = [
            name
            for name in connection.introspection.table_names()
            if name.split("_")[0] in _ROOMS and not name.startswith("auth_")
        ]
        bulk.run(f"TRUNCATE {', '.join(sorted(tables))} RESTART IDENTITY CASCADE")
        for (name,) in bulk.rows("SELECT sequencename FROM pg_sequences WHERE schemaname = current_schema()"):
            if name.split("_")[0] in _ROOMS:
                bulk.run(f"ALTER SEQUENCE {name} RESTART")
    elif not queries.is_empty():
        raise OtherCompanyHere


_ROOMS = frozenset(
    ["access", "core", "customers", "catalog", "work", "inventory", "orders", "allocation", "fulfilment", "billing",
     "exchange", "results", "procrastinate"]
)  # fmt: skip
