"""What results do by the clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.db import close_old_connections
from procrastinate.contrib.django import app

from promesa.core.actors import Actor
from promesa.core.calendars import local_day
from promesa.core.parameters import company_zone
from promesa.results import operations


@app.periodic(cron="20 * * * *")
@app.task(name="results.audit_sample", queueing_lock="results.audit_sample", pass_context=False)
def audit_sample_task(timestamp: int) -> None:
    """Every hour, so that no time zone is forgotten: draw yesterday's sample for the audit of capture, once."""
    close_old_connections()
    at = datetime.fromtimestamp(timestamp, UTC)
    yesterday = local_day(at, company_zone(on=at.date())) - timedelta(days=1)
    operations.draw_sample(day=yesterday, by=Actor("schedule:audit"), at=at)
