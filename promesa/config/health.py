"""/health says that the process lives; /ready says that it can do its work."""

from collections.abc import Callable
from typing import Any

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse

from promesa.config.logs import request_id

_migrated = False
# A relay that was silent for longer is not running: pages still work, but what follows an order waits.
PATIENCE_SECONDS = 120


def answers(answer: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Answer the two before anything that may itself be broken."""

    def answered(request: HttpRequest) -> HttpResponse:
        if request.path == "/health":
            return JsonResponse({"status": "ok"})
        if request.path == "/ready":
            facts = readiness()
            return JsonResponse(facts, status=200 if facts["status"] == "ready" else 503)
        return answer(request)

    return answered


def readiness() -> dict[str, Any]:
    """What works and what does not: the database, its tables, the worker's relay."""
    facts: dict[str, Any] = {"status": "ready", "database": "ok", "migrations": "ok", "relay_age_seconds": None}
    try:
        facts["migrations"] = "ok" if _is_migrated() else "pending"
        facts["relay_age_seconds"] = _relay_age() if facts["migrations"] == "ok" else None
    except DatabaseError:
        facts["database"] = "unreachable"
    late = facts["relay_age_seconds"] is not None and facts["relay_age_seconds"] > PATIENCE_SECONDS
    facts["relay"] = "late" if late else "ok"
    if facts["database"] != "ok" or facts["migrations"] != "ok":
        facts["status"] = "not ready"
    facts["request_id"] = request_id.get()
    return facts


def _is_migrated() -> bool:
    """Whether every migration is applied; once true it is only checked that the database answers."""
    global _migrated  # noqa: PLW0603
    if _migrated:
        with connection.cursor() as cursor:
            cursor.execute("select 1")
        return True
    executor = MigrationExecutor(connection)
    _migrated = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    return _migrated


def _relay_age() -> float | None:
    """Seconds since the relay last gave a sign of life; None when it never did."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select extract(epoch from now() - (value #>> '{}')::timestamptz)"
            " from core_parameter where code = 'relay.alive' order by valid_from desc limit 1"
        )
        found = cursor.fetchone()
    return None if found is None else round(float(found[0]), 1)
