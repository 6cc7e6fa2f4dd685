"""One client of the floor; prints what it took."""

from __future__ import annotations

import json
import random
import sys
import time

import psycopg

from promesa.cli.bench.floor import capture_one


def main() -> None:
    """One client: address, how many orders, seed."""
    address, count, seed = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    chance = random.Random(seed)
    times: list[float] = []
    with psycopg.connect(address, autocommit=True, prepare_threshold=1) as connection:
        for warm in range(20):
            capture_one(connection, chance, f"W{seed}-{count}-{warm}-{time.time_ns()}")
        cpu = time.process_time()
        began = time.perf_counter()
        for n in range(count):
            start = time.perf_counter()
            capture_one(connection, chance, f"F{seed}-{n}-{time.time_ns()}")
            times.append(time.perf_counter() - start)
        seconds = time.perf_counter() - began
    print(json.dumps({"cpu": time.process_time() - cpu, "seconds": seconds, "times": times}))


if __name__ == "__main__":
    main()
