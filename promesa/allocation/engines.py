"""Where a sharing is worked out: here, or spread over a cluster that is running elsewhere.

A cluster is named by the address of its scheduler: `tcp://`, `tls://` or `dask://` for Dask, `ray://` for Ray. Its workers need this
package of the same version and no settings. Nobody but those who may run programs there should reach it: a cluster runs whatever it
is sent. What comes back equals what is worked out here (`rules.spreading`).
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any, Protocol
from urllib.parse import urlsplit

from promesa import __version__
from promesa.allocation import labels_engines as labels_engines
from promesa.allocation.rules.instance import Decision, Instance
from promesa.allocation.rules.sharing import share_out
from promesa.allocation.rules.spreading import OtherVersion, spread
from promesa.core.errors import Refused

CONNECTS_IN = 10  # seconds in which a scheduler must answer
PATIENCE = 15.0  # seconds for which a cluster may be without anybody to work
LOOK = 0.5  # seconds between two looks at who is there
DASK, RAY = ("dask", "tcp", "tls"), ("ray",)


class EngineAddressWrong(Refused):
    """The text is no address of a cluster."""


class EngineMissing(Refused):
    """The package that speaks with such a cluster is not installed."""


class EngineUnreachable(Refused):
    """Nobody answers at the address."""


class EngineIdle(Refused):
    """The cluster has nobody to work."""


class EngineLost(Refused):
    """The cluster went away in the midst of the work."""


class EngineFailed(Refused):
    """The work failed at the cluster."""


class EngineOtherVersion(Refused):
    """The cluster has another version of this package."""


class Engine(Protocol):
    """Something that decides sharings, and says where it did."""

    def share_out(self, instance: Instance) -> Decision:
        """Decide an instance by its rule."""

    def told(self) -> dict[str, Any] | None:
        """Where the last sharing was worked out; None if here."""


class Here:
    """This process."""

    def share_out(self, instance: Instance) -> Decision:
        """Decide an instance by its rule."""
        return share_out(instance)

    def told(self) -> dict[str, Any] | None:
        """Here."""
        return None


HERE = Here()


class Workers(Protocol):
    """A connection to a cluster."""

    def places(self) -> int:
        """How many bundles it works on at the same time."""

    def run(self, packed: Sequence[bytes]) -> list[bytes]:
        """Have bundles decided; the answers in their order."""


@dataclass
class Elsewhere:
    """A cluster, as an engine."""

    address: str
    workers: Workers
    bundles: int = 0
    places: int = field(default=0, init=False)

    def share_out(self, instance: Instance) -> Decision:
        """Decide an instance by its rule, spread over the cluster; here, if all of it hangs together."""
        self.places = self.workers.places()
        try:
            found = spread(instance, places=self.places, run=self.workers.run)
        except OtherVersion as other:
            raise EngineOtherVersion(address=self.address, theirs=other.args[0], version=__version__) from other
        self.bundles = found.bundles
        return found.decision

    def told(self) -> dict[str, Any] | None:
        """Where, among how many workers and in how many bundles (0: it all hung together and was worked out here)."""
        return {"address": self.address, "workers": self.places, "bundles": self.bundles}


def address_of(text: str) -> tuple[str, str]:
    """What kind of cluster an address names, and the address as that kind takes it.

    :raises EngineAddressWrong: if it is none.
    """
    try:
        found = urlsplit(text.strip())
        port, host = found.port, found.hostname
    except ValueError:
        raise EngineAddressWrong(received=text) from None
    rest = found.path.strip("/") or found.query or found.fragment or found.username or found.password
    if found.scheme not in (*DASK, *RAY) or not host or not port or rest:
        raise EngineAddressWrong(received=text)
    name = f"[{host}]" if ":" in host else host
    if found.scheme in RAY:
        return "ray", f"ray://{name}:{port}"
    return "dask", f"{'tcp' if found.scheme == 'dask' else found.scheme}://{name}:{port}"


@contextmanager
def opened(text: str = "") -> Iterator[Engine]:
    """The engine at an address, connected; this process if there is none.

    :raises EngineAddressWrong: if the text is no address.
    :raises EngineMissing: if what it takes to speak with such a cluster is not installed.
    :raises EngineUnreachable: if nobody answers.
    """
    if not text:
        yield HERE
        return
    kind, address = address_of(text)
    with (_dask if kind == "dask" else _ray)(address) as workers:
        yield Elsewhere(address, workers)


def _there(packed: bytes) -> bytes:
    answer: bytes = import_module("promesa.allocation.rules.spreading").decide_bundle(packed)
    return answer


# It is sent whole and not by name: a worker without this package can say so then, instead of ending.
_there.__module__ = "__main__"


def _package(address: str, name: str, install: str) -> Any:
    try:
        return import_module(name)
    except ImportError as error:
        raise EngineMissing(address=address, package=name, install=install) from error


# --- Dask ------------------------------------------------------------------------------------------------------------


@contextmanager
def _dask(address: str) -> Iterator[Workers]:
    distributed = _package(address, "distributed", "distributed")
    # Its own lines about lost connections say less than the sentence that follows.
    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    client = _connected(distributed, address)
    try:
        yield DaskWorkers(distributed, client, address)
    finally:
        with suppress(Exception):
            client.close(timeout=2)
        client.status = "closed"  # also if nobody is there any more to say goodbye to


def _connected(distributed: Any, address: str) -> Any:
    """A client of the scheduler. It is made aside, since it would wait for ever for one that takes the call and says nothing."""
    made: list[Any] = []

    def connect() -> None:
        with suppress(OSError, ValueError, RuntimeError):
            made.append(distributed.Client(address, timeout=CONNECTS_IN, set_as_default=False, name="promesa"))

    aside = threading.Thread(target=connect, daemon=True)
    aside.start()
    aside.join(1.5 * CONNECTS_IN)
    if not made:
        raise EngineUnreachable(address=address, seconds=CONNECTS_IN)
    return made[0]


@dataclass
class DaskWorkers:
    """The workers of a Dask cluster. One that is lost has its bundles decided by others, which the scheduler sees to."""

    distributed: Any
    client: Any
    address: str

    def places(self) -> int:
        """Worker processes: what is decided in the threads of one would wait for each other."""
        until = time.monotonic() + PATIENCE
        while not (count := self._there()):
            if time.monotonic() > until:
                raise EngineIdle(address=self.address, seconds=int(PATIENCE))
            time.sleep(LOOK)
        return count

    def run(self, packed: Sequence[bytes]) -> list[bytes]:
        """Have bundles decided; the answers in their order."""
        futures = [self.client.submit(_there, one, pure=False) for one in packed]
        something = threading.Event()
        for future in futures:
            future.add_done_callback(lambda _: something.set())
        answers: dict[int, bytes] = {}
        alone_since: float | None = None
        while len(answers) < len(futures):
            something.wait(LOOK)
            something.clear()
            before = len(answers)
            for at, future in enumerate(futures):
                if at not in answers and (answer := self._answer(future)) is not None:
                    answers[at] = answer
            if len(answers) > before:
                alone_since = None
                continue
            now = time.monotonic()
            alone_since = None if self._there() else alone_since or now
            if alone_since is not None and now - alone_since > PATIENCE:
                raise EngineLost(address=self.address)
        return [answers[at] for at in range(len(futures))]

    def _answer(self, future: Any) -> bytes | None:
        """What a bundle came to; None if it goes on."""
        if future.status in ("pending", "lost"):  # lost with a worker: it will be decided again
            return None
        if future.status == "cancelled":
            raise EngineLost(address=self.address)
        try:
            answer: bytes = future.result(timeout=LOOK * 20)
        except TimeoutError:
            return None  # the worker that has it does not answer
        except Exception as error:
            if future.status != "error":  # it was decided, or could have been: it is the way there that is gone
                raise EngineLost(address=self.address) from error
            raise EngineFailed(address=self.address, error=_said(error), version=__version__) from error
        return answer

    def _there(self) -> int:
        try:
            return len(self.client.nthreads(callback_timeout=5))
        except (OSError, TimeoutError, self.distributed.CancelledError) as error:
            raise EngineLost(address=self.address) from error


def _said(error: BaseException) -> str:
    """The error that is at the bottom, in one line."""
    while error.__cause__ is not None:
        error = error.__cause__
    return f"{type(error).__name__}: {error}".splitlines()[0][:200]


# --- Ray -------------------------------------------------------------------------------------------------------------


@contextmanager
def _ray(address: str) -> Iterator[Workers]:
    ray = _package(address, "ray", "'ray[client]'")
    try:
        ray.init(address=address, logging_level=logging.CRITICAL, log_to_driver=False)
    except (OSError, ValueError, RuntimeError) as error:
        raise EngineUnreachable(address=address, seconds=CONNECTS_IN) from error
    try:
        yield RayWorkers(ray, address)
    finally:
        with suppress(Exception):
            ray.shutdown()


@dataclass
class RayWorkers:
    """The processors of a Ray cluster. It tries again by itself what a lost one had begun."""

    ray: Any
    address: str

    def places(self) -> int:
        """Processors."""
        count = int(self.ray.cluster_resources().get("CPU", 0))
        if not count:
            raise EngineIdle(address=self.address, seconds=0)
        return count

    def run(self, packed: Sequence[bytes]) -> list[bytes]:
        """Have bundles decided; the answers in their order."""
        work = self.ray.remote(_there)
        try:
            answers: list[bytes] = self.ray.get([work.remote(one) for one in packed])
        except ConnectionError as error:
            raise EngineLost(address=self.address) from error
        except Exception as error:
            raise EngineFailed(address=self.address, error=_said(error), version=__version__) from error
        return answers
