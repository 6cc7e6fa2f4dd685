"""One client of the API: posts orders of ten lines over one connection and prints what it took."""

from __future__ import annotations

import http.client
import json
import random
import sys
import time
import uuid

from promesa.cli.bench.sizes import LINES

WARM = 30


def body(chance: random.Random, customers: int, items: int) -> bytes:
    """An order of ten different items."""
    return json.dumps(
        {
            "customer": f"B-{chance.randint(1, customers):04d}",
            "po_number": uuid.UUID(int=chance.getrandbits(128)).hex[:16],
            "lines": [
                {"item": f"BI-{item:05d}", "quantity": str(chance.randint(1, 9))}
                for item in chance.sample(range(1, items + 1), LINES)
            ],
            "submit": True,
        }
    ).encode()


def main() -> None:
    """Port, key, how many orders, seed, customers, items."""
    port, key, count, seed, customers, items = sys.argv[1], sys.argv[2], *map(int, sys.argv[3:7])
    chance = random.Random(seed)
    connection = http.client.HTTPConnection("127.0.0.1", int(port))
    times: list[float] = []
    for n in range(count + WARM):
        if n == WARM:
            print("ready", flush=True)
            sys.stdin.readline()
        headers = {
            "Authorization": f"Bearer {key}", "Content-Type": "application/json", "Idempotency-Key": uuid.uuid4().hex,
        }  # fmt: skip
        start = time.perf_counter()
        connection.request("POST", "/api/v1/orders", body(chance, customers, items), headers)
        answer = connection.getresponse()
        text = answer.read()
        if n >= WARM:
            times.append(time.perf_counter() - start)
        if answer.status != 201 or b'"confirmed"' not in text:
            sys.exit(f"{answer.status}: {text[:500]!r}")
    print(json.dumps({"times": times}))


if __name__ == "__main__":
    main()
