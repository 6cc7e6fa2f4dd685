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
        for warm in range(30):
            capture_one(connection, chance, f"W{seed}-{count}-{warm}-{time.time_ns()}")
        print("ready", flush=True)
        sys.stdin.readline()
        cpu = time.process_time()
        for n in range(count):
            start = time.perf_counter()
            capture_one(connection, chance, f"F{seed}-{n}-{time.time_ns()}")
            times.append(time.perf_counter() - start)
    print(json.dumps({"cpu": time.process_time() - cpu, "times": times}))


if __name__ == "__main__":
    main()
