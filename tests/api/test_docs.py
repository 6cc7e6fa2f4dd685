"""The description of the API, for programs and for people."""

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


def test_the_description_needs_no_key_and_names_every_refusal() -> None:
    described = Client().get("/api/v1/openapi.json").json()
    assert described["openapi"].startswith("3.1")
    assert described["components"]["securitySchemes"]["key"] == {"type": "http", "scheme": "bearer"}
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            answers = set(operation["responses"])
            assert {"400", "401", "403", "404", "422", "503"} <= answers, (method, path)
            assert method == "get" or {"409", "413"} <= answers, (method, path)
            assert operation["summary"]
            assert operation["security"] == [{"key": []}]
            headers = [one["name"] for one in operation.get("parameters", []) if one["in"] == "header"]
            assert headers == (["Idempotency-Key"] if method == "post" else [])


def test_the_page_of_the_description_draws_with_our_own_files_under_the_strict_policy(live_server, browser) -> None:
    page = browser.new_page()
    complaints: list[str] = []
    hosts: set[str] = set()
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("request", lambda request: hosts.add(request.url.split("/")[2]) if request.url.startswith("http") else None)
    page.goto(f"{live_server.url}/api/v1/docs")
    page.get_by_text("Capture an order").wait_for(timeout=60_000)
    assert hosts == {live_server.url.split("/")[2]}
    assert complaints == []
    page.close()
