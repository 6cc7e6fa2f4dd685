"""A program that uses the API with a key of its own, and checks each answer against the description."""

from __future__ import annotations

import json
import re
import uuid
from typing import Any

from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from pydantic import TypeAdapter

from promesa.access.operations import create_key
from promesa.access.rules import SCOPES
from promesa.config.api import api
from promesa.core.actors import Actor


class Program:
    """Sends what it is told, with all scopes unless some are named."""

    def __init__(self, *scopes: str, customer_id: int | None = None) -> None:
        made = create_key(
            name="test", scopes=scopes or tuple(SCOPES), by=Actor("promesa"), at=timezone.now(), customer_id=customer_id
        )
        self.client = Client(headers={"Authorization": f"Bearer {made.token}", "Accept-Language": "en"})

    def get(self, path: str) -> HttpResponse:
        return self.sent("GET", path)

    def post(self, path: str, body: Any = None, key: str = "") -> HttpResponse:
        return self.sent("POST", path, body, key)

    def patch(self, path: str, body: Any) -> HttpResponse:
        return self.sent("PATCH", path, body)

    def sent(self, method: str, path: str, body: Any = None, key: str = "") -> HttpResponse:
        """The answer, after checking that the description of the API has it."""
        data = body if isinstance(body, bytes) else json.dumps(body)
        answer = self.client.generic(
            method, f"/api/v1/{path}", data if method != "GET" else b"", "application/json",
            headers={"Idempotency-Key": key or str(uuid.uuid4())},
        )  # fmt: skip
        check(method, path.partition("?")[0], answer)
        return answer


def check(method: str, path: str, answer: HttpResponse) -> None:
    """The status is among those described, and the body has exactly the fields described for it."""
    operation = _operation(method, path)
    assert answer["Content-Type"] == "application/json"
    body = json.loads(answer.content)
    if operation is None:
        assert answer.status_code in (404, 405), (answer.status_code, body)
        return
    assert answer.status_code in operation.response_models, (answer.status_code, body)
    model = operation.response_models[answer.status_code].model_fields["response"].annotation
    TypeAdapter(model).validate_python(body, extra="forbid")


def _operation(method: str, path: str) -> Any:
    found = None
    for _, router in api._routers:
        for template, view in router.path_operations.items():
            pattern = re.sub(r"\{path:\w+\}", ".+", template.lstrip("/"))
            pattern = re.sub(r"\{\w+\}", "[^/]+", pattern)
            if re.fullmatch(pattern, path):
                for operation in view.operations:
                    if method in operation.methods and (found is None or "{" not in template):
                        found = operation
    return found
