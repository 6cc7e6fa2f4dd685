"""One person looking at the order list and at order pages over HTTP; prints the times."""

from __future__ import annotations

import http.client
import json
import random
import secrets
import sys
import time
from datetime import UTC, datetime
from importlib import import_module

from promesa.cli.bench.meter import in_milliseconds
from promesa.cli.start import start

LISTS = (
    "/orders",
    "/orders?state=confirmed",
    "/orders?held=1",
    "/orders?channel=edi&sort=-net",
    "/orders?customer=B-0007",
    "/orders?q=PO777",
)


def _cookie() -> str:
    """Sign a person in: the session as the sign-in page leaves it."""
    access = import_module("promesa.access.operations")
    actors = import_module("promesa.core.actors")
    client = import_module("django.test").Client()
    models = import_module("promesa.access.models")
    user = models.User.objects.filter(username="bench").first() or access.add_user(
        username="bench",
        password=secrets.token_urlsafe(24),
        role="manager",
        by=actors.PROMESA,
        at=datetime.now(UTC),
    )
    client.force_login(user)
    return "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())


def _times(port: int, cookie: str, addresses: list[str]) -> list[float]:
    connection = http.client.HTTPConnection("127.0.0.1", port)
    times: list[float] = []
    for n, address in enumerate(addresses):
        began = time.perf_counter()
        connection.request("GET", address, headers={"Cookie": cookie})
        answer = connection.getresponse()
        answer.read()
        if n >= len(LISTS):
            times.append(time.perf_counter() - began)
        if answer.status != 200:
            sys.exit(f"{address}: {answer.status}")
    return times


def main() -> None:
    """The port of the server."""
    start()
    port = int(sys.argv[1])
    cookie = _cookie()
    orders = import_module("promesa.orders.models").Order.objects.order_by("?").values_list("number", flat=True)[:120]
    lists = _times(port, cookie, [LISTS[n % len(LISTS)] for n in range(126)])
    pages = _times(port, cookie, [f"/orders/{number}" for number in orders])
    random.shuffle(lists)
    print(json.dumps({"list": in_milliseconds(lists), "page": in_milliseconds(pages)}))


if __name__ == "__main__":
    main()
