"""What the worker does: the relay in a thread, the jobs beside it."""

import asyncio
import contextlib
import logging
import signal
import threading
import time

from procrastinate import App
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued, UniqueViolation
from procrastinate.jobs import Status

from promesa.core import relay

log = logging.getLogger("promesa.worker")

# A worker says every few seconds that it lives. The jobs of one that has been silent for longer are taken over.
HEARTBEAT_SECONDS, SILENT_SECONDS = 5.0, 20.0
# A job that has killed so many workers is left alone, for a person to look at.
MOST_STARTS = 5


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
            await _sweep_at_once(jobs)
            working = asyncio.ensure_future(
                jobs.run_worker_async(
                    concurrency=concurrency, install_signal_handlers=False, shutdown_graceful_timeout=20,
                    update_heartbeat_interval=HEARTBEAT_SECONDS, stalled_worker_timeout=SILENT_SECONDS,
                )
            )  # fmt: skip
            taking_over = asyncio.ensure_future(_take_over(jobs))
            loop = asyncio.get_running_loop()
            for sign in (signal.SIGINT, signal.SIGTERM):
                loop.add_signal_handler(sign, working.cancel)
            log.info("worker started")
            try:
                await working
            except asyncio.CancelledError:
                log.info("worker ended")
            finally:
                taking_over.cancel()


async def _sweep_at_once(jobs: App) -> None:
    """Files that nobody has read, because a process died, need not wait for the next minute."""
    sweep = jobs.configure_task("exchange.sweep", queue="exchange", queueing_lock="exchange.sweep")
    with contextlib.suppress(AlreadyEnqueued):
        await sweep.defer_async(timestamp=int(time.time()))


async def _take_over(jobs: App) -> None:
    """Put the jobs of workers that died back into the queue, now and again."""
    while True:
        try:
            await take_over(jobs)
        except Exception:
            log.exception("the jobs of dead workers could not be looked through")
        await asyncio.sleep(HEARTBEAT_SECONDS)


async def take_over(jobs: App) -> int:
    """Put the jobs of workers that died back into the queue; returns how many.

    A job whose successor waits already is closed as failed, and so is one that was started too often.
    """
    count = 0
    for job in await jobs.job_manager.get_stalled_jobs(seconds_since_heartbeat=SILENT_SECONDS):
        try:
            if job.attempts + 1 >= MOST_STARTS:
                log.error("job %s (%s) was started %s times and ended its worker", job.id, job.task_name, MOST_STARTS)
                await jobs.job_manager.finish_job(job, Status.FAILED, delete_job=False)
                continue
            await jobs.job_manager.retry_job(job)
            log.warning("job %s (%s) of a dead worker is taken up again", job.id, job.task_name)
            count += 1
        except UniqueViolation:
            await jobs.job_manager.finish_job(job, Status.FAILED, delete_job=False)
    return count
