"""What is forgotten by the clock, and that the clock knows of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from procrastinate.contrib.django import app

from promesa.access.models import SignInAttempt
from promesa.access.tasks import forget_attempts_task
from promesa.core import bulk
from promesa.core.models import IdempotentAnswer
from promesa.core.tasks import forget_answers_task

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 2, 9, 17, tzinfo=UTC)
MOMENT = int(NOW.timestamp())


def test_answers_older_than_three_days_are_forgotten_hourly_and_younger_ones_kept() -> None:
    for key, hours in (("old", 72), ("young", 71)):
        IdempotentAnswer.objects.create(
            principal="key:a",
            route="r",
            key=key,
            fingerprint="x",
            status=201,
            body="{}",
            created_at=NOW - timedelta(hours=hours),
        )
    forget_answers_task(timestamp=MOMENT)
    assert list(IdempotentAnswer.objects.values_list("key", flat=True)) == ["young"]


def test_tries_to_sign_in_older_than_a_month_are_forgotten_nightly() -> None:
    for days in (31, 29):
        bulk.run(
            "INSERT INTO access_signinattempt (username, address, tried_at, succeeded) VALUES (%s, '::1', %s, false)",
            [f"ana{days}", NOW - timedelta(days=days)],
        )
    forget_attempts_task(timestamp=MOMENT)
    assert list(SignInAttempt.objects.values_list("username", flat=True)) == ["ana29"]


def test_the_clock_knows_every_job_of_its_own() -> None:
    found = {task.task.name: task.cron for task in app.periodic_registry.periodic_tasks.values()}
    assert found == {
        "core.forget_answers": "17 * * * *",
        "core.forget_jobs": "37 3 * * *",
        "access.forget_attempts": "47 3 * * *",
        "allocation.lapsed": "* * * * *",
        "allocation.demand": "10 2 * * *",
        "allocation.watch": "*/20 * * * *",
        "exchange.sweep": "* * * * *",
        "exchange.watch": "* * * * *",
        "exchange.send": "* * * * *",
        "exchange.unanswered": "*/5 * * * *",
        "exchange.mail": "*/2 * * * *",
        "exchange.erp": "*/10 * * * *",
        "results.audit_sample": "20 * * * *",
        "fulfilment.late_lines": "*/15 * * * *",
        "billing.overdue": "0 6 * * *",
    }
