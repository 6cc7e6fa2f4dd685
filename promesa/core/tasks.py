"""What the ground floor does by the clock: it forgets what nobody needs any more."""

from __future__ import annotations

from datetime import UTC, datetime

from django.db import close_old_connections, connection
from procrastinate import JobContext
from procrastinate.contrib.django import app

from promesa.core import idempotency

KEPT_HOURS = 24 * 7


@app.periodic(cron="17 * * * *")
@app.task(name="core.forget_answers", queueing_lock="core.forget_answers", pass_context=False)
def forget_answers_task(timestamp: int) -> None:
    """Once an hour: forget answers to requests that are too old to be repeated."""
    if not connection.in_atomic_block:
        close_old_connections()
    idempotency.clean_up(at=datetime.fromtimestamp(timestamp, UTC))


@app.periodic(cron="37 3 * * *")
@app.task(name="core.forget_jobs", queueing_lock="core.forget_jobs", pass_context=True)
async def forget_jobs_task(context: JobContext, timestamp: int) -> None:
    """Every night: forget jobs that ended more than a week ago; those that failed stay."""
    await context.app.job_manager.delete_old_jobs(nb_hours=KEPT_HOURS, include_cancelled=True, include_aborted=True)
