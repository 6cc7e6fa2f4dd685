"""What billing does by the clock."""

from __future__ import annotations

from datetime import UTC, datetime

from django.db import close_old_connections
from procrastinate.contrib.django import app

from promesa.billing import operations
from promesa.core.actors import Actor


@app.periodic(cron="0 6 * * *")
@app.task(name="billing.overdue", queueing_lock="billing.overdue", pass_context=False)
def overdue_task(timestamp: int) -> None:
    """Every morning: what is overdue and undisputed becomes somebody's reminder to send."""
    close_old_connections()
    operations.remind_overdue(by=Actor("schedule:dunning"), at=datetime.fromtimestamp(timestamp, UTC))
