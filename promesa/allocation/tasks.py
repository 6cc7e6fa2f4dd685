"""What allocation does by the clock."""

from __future__ import annotations

from datetime import UTC, datetime

from django.db import close_old_connections
from procrastinate.contrib.django import app

from promesa.allocation import operations
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
