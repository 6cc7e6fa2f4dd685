"""What the worker does: the relay in a thread, the jobs beside it."""

import asyncio
import logging
import signal
import threading

from procrastinate.contrib.django import app

from promesa.core import relay

log = logging.getLogger("promesa.worker")


def work(*, concurrency: int = 1) -> None:
    """Deliver events and do jobs until told to end; then finish what is under way."""
    stop = threading.Event()
    relaying = threading.Thread(target=relay.run, args=(stop,), name="relay")
    relaying.start()
    try:
        asyncio.run(_jobs(concurrency))
    finally:
        stop.set()
        relaying.join(30)


async def _jobs(concurrency: int) -> None:
    connector = app.connector.get_worker_connector()  # type: ignore[attr-defined]
    with app.replace_connector(connector) as jobs:
        async with jobs.open_async():
            working = asyncio.ensure_future(
                jobs.run_worker_async(
                    concurrency=concurrency, install_signal_handlers=False, shutdown_graceful_timeout=20
                )
            )
            loop = asyncio.get_running_loop()
            for sign in (signal.SIGINT, signal.SIGTERM):
                loop.add_signal_handler(sign, working.cancel)
            log.info("worker started")
            try:
                await working
            except asyncio.CancelledError:
                log.info("worker ended")
