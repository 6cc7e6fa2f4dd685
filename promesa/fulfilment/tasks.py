"""What fulfilment does by the clock."""

from __future__ import annotations

from datetime import UTC, datetime

from django.db import close_old_connections
from procrastinate.contrib.django import app

from promesa.core.actors import Actor
from promesa.fulfilment import operations


@app.periodic(cron="*/15 * * * *")
@app.task(name="fulfilment.late_lines", queueing_lock="fulfilment.late_lines", pass_context=False)
def late_lines_task(timestamp: int) -> None:
    """Every quarter of an hour: call somebody for lines that should have left or arrived."""
    close_old_connections()
    operations.call_late_lines(by=Actor("schedule:late-lines"), at=datetime.fromtimestamp(timestamp, UTC))
