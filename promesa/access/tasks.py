"""What access does by the clock."""

from __future__ import annotations

from datetime import UTC, datetime

from django.db import close_old_connections, connection
from procrastinate.contrib.django import app

from promesa.access.operations.sign_in import clean_up_attempts


@app.periodic(cron="47 3 * * *")
@app.task(name="access.forget_attempts", queueing_lock="access.forget_attempts", pass_context=False)
def forget_attempts_task(timestamp: int) -> None:
    """Every night: forget tries to sign in that are older than a month."""
    if not connection.in_atomic_block:
        close_old_connections()
    clean_up_attempts(at=datetime.fromtimestamp(timestamp, UTC))
