"""What allocation does by the clock."""

from __future__ import annotations

from datetime import UTC, datetime

from django.db import close_old_connections
from procrastinate.contrib.django import app

from promesa.allocation import operations
from promesa.allocation.operations.watching import watch_plans
from promesa.core.actors import Actor


@app.periodic(cron="* * * * *")
@app.task(name="allocation.lapsed", queueing_lock="allocation.lapsed", pass_context=False)
def lapsed_task(timestamp: int) -> None:
    """Every minute: goods held for a quotation whose time is up are free for others."""
    close_old_connections()
    operations.give_up_lapsed(by=Actor("schedule:lapsed"), at=datetime.fromtimestamp(timestamp, UTC))


@app.periodic(cron="10 2 * * *")
@app.task(name="allocation.demand", queueing_lock="allocation.demand", pass_context=False)
def demand_task(timestamp: int) -> None:
    """Every night: how much of each item is asked for in a day."""
    close_old_connections()
    operations.count_demand(to=datetime.fromtimestamp(timestamp, UTC).date())


@app.periodic(cron="*/20 * * * *")
@app.task(name="allocation.watch", queueing_lock="allocation.watch", pass_context=False)
def watch_task(timestamp: int) -> None:
    """Every twenty minutes: somebody is called for a protected customer who holds less than the plan gave them."""
    close_old_connections()
    watch_plans(by=Actor("schedule:plans"), at=datetime.fromtimestamp(timestamp, UTC))
