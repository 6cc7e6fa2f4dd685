"""Sharings worked out on a cluster: to the same result, or a clear refusal and nothing written."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import types
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import pytest
from distributed import Client

from promesa.allocation import engines, operations
from promesa.allocation.engines import Here, address_of, opened
from promesa.allocation.models import Run, RunLine, RunShare, RunSupply
from promesa.allocation.rules.deciding import decide
from promesa.allocation.rules.instance import MILLION, Instance, Line, Lot, Rule
from promesa.allocation.rules.sharing import share_out
from promesa.allocation.tests.clusters import OLD, SLOW, WITHOUT, Cluster, cluster
from promesa.allocation.tests.scarce import BOSS, LATER, several_items
from promesa.allocation.tests.sharings import TODAY
from promesa.core.errors import Refused

pytestmark = [pytest.mark.durable, pytest.mark.xdist_group("cluster")]


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A cluster of two workers."""
    with cluster(tmp_path_factory.mktemp("two")) as made:
        made.work(2)
        yield made


def oil(items: int = 24, lines: int = 480, **more: Any) -> Instance:
    """Many items of which there is too little, lines of several tiers and strategies, some orders that want all."""
    wanted = [
        Line(
            f"l{n}", f"o{n // 2}", f"c{n % 11}", f"s{n % 3}", 1 + n % 3, (1 + n % 4) * MILLION, f"i{n * 7 % items}",
            (1 + n * 13 % 29) * MILLION,
            pack=(1, 1, 6)[n % 3] * MILLION, strategy=("share", "keep_or_better", "improve", "spare", "donor")[n % 5],
            confirmed=(0, 0, 6, 12)[n % 4] * MILLION, complete_order=n % 20 == 0, entered_at=f"2026-11-{1 + n % 28:02}",
        )
        for n in range(lines)
    ]  # fmt: skip
    supply = [
        Lot(
            f"{item}.{k}",
            f"i{item}",
            60 * MILLION,
            TODAY,
            None if k else TODAY.replace(month=12),
        )
        for item in range(items)
        for k in range(2)
    ]
    return replace(Instance(TODAY, Rule.PROPORTIONAL, supply, wanted), **more)


@pytest.mark.parametrize("rule", [rule for rule in Rule if rule != Rule.BEST])
def test_a_cluster_of_two_decides_as_one_process_does(two: Cluster, rule: Rule) -> None:
    instance = oil(rule=rule)
    with opened(two.address) as engine:
        assert engine.share_out(instance) == decide(instance)
        assert engine.told() == {"address": two.address, "workers": 2, "bundles": 8}


def test_the_best_sharing_of_a_cluster_is_that_of_one_process(two: Cluster) -> None:
    instance = oil(items=10, lines=40, rule=Rule.BEST, objective=("floors", "tiers", "margin"), time_limit_s=600)
    with opened(two.address.replace("tcp", "dask")) as engine:
        found = engine.share_out(instance)
        assert engine.told() == {"address": two.address, "workers": 2, "bundles": 8}
    assert found == share_out(instance)
    assert found.proved


def test_workers_need_neither_settings_nor_django(two: Cluster) -> None:
    with opened(two.address) as engine:
        engine.share_out(oil())

    def seen() -> tuple[bool, bool, str | None]:
        loaded = [name in sys.modules for name in ("promesa.allocation.rules.spreading", "django")]
        return loaded[0], loaded[1], os.environ.get("DJANGO_SETTINGS_MODULE")

    with Client(two.address, set_as_default=False) as client:
        assert list(client.run(seen).values()) == [(True, False, None)] * 2


def test_without_an_address_it_is_worked_out_here() -> None:
    instance = oil(items=3, lines=9)
    with opened("") as engine:
        assert isinstance(engine, Here)
        assert (engine.share_out(instance), engine.told()) == (decide(instance), None)


# runs


def rows_of(run: Run) -> list[Any]:
    """All that was written of a run, without what differs between any two: its ids."""
    return [
        list(RunLine.objects.filter(run=run).order_by("line_id").values_list(
            "line_id", "part", "segment", "tier", "strategy", "frozen", "open_quantity", "before_quantity", "share_quantity",
            "unit_price", "penalty_amount", "ready_on", "asked", "steps")),
        list(RunShare.objects.filter(run_line__run=run).order_by("run_line__line_id", "id").values_list(
            "run_line__line_id", "stock_id", "receipt_id", "quantity")),
        list(RunSupply.objects.filter(run=run).order_by("id").values_list(
            "item_id", "stock_id", "receipt_id", "quantity", "others_quantity", "available_on", "expires_on")),
        run.exceptions, run.snapshot_hash, run.lines, run.rule,
        {name: value for name, value in run.stats.items() if name not in ("seconds", "engine")},
    ]  # fmt: skip


@pytest.mark.django_db
@pytest.mark.wired
def test_a_run_on_a_cluster_writes_the_rows_that_it_writes_without(two: Cluster) -> None:
    plan = several_items(rule="max_min")
    here = operations.simulate(plan_id=plan.pk, by=BOSS, at=LATER)
    with opened(two.address) as engine:
        there = operations.simulate(plan_id=plan.pk, by=BOSS, at=LATER, engine=engine)
    assert rows_of(there) == rows_of(here)
    assert len(rows_of(here)[0]) == 16
    assert here.stats["engine"] is None
    assert there.stats["engine"] == {"address": two.address, "workers": 2, "bundles": 4}


# what goes wrong


def while_running(engine: Any, act: Any, after: float) -> None:
    """Do something so many seconds after bundles were sent."""
    workers = engine.workers
    run = workers.run

    def watched(packed: Sequence[bytes]) -> list[bytes]:
        timer = threading.Timer(after, act)
        timer.start()
        try:
            return run(packed)
        finally:
            timer.join()

    workers.run = watched


def test_what_a_killed_worker_had_begun_is_decided_by_the_other(tmp_path: Any) -> None:
    instance = oil()
    with cluster(tmp_path) as made:
        made.work(2, SLOW)
        with opened(made.address) as engine:
            while_running(engine, made.workers[0].kill, 0.7)
            assert engine.share_out(instance) == decide(instance)
            assert engine.told() == {"address": made.address, "workers": 2, "bundles": 8}
        assert made.workers[0].wait() == -9
        assert made.workers[1].poll() is None


@pytest.mark.django_db
@pytest.mark.wired
def test_when_all_workers_are_killed_it_is_refused_and_nothing_written(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines, "PATIENCE", 2.0)
    plan = several_items(rule="max_min")
    with cluster(tmp_path) as made:
        made.work(2, SLOW)

        def kill() -> None:
            for one in made.workers:
                one.kill()

        with opened(made.address) as engine:
            while_running(engine, kill, 0.3)
            with pytest.raises(engines.EngineLost) as refusal:
                operations.simulate(plan_id=plan.pk, by=BOSS, at=LATER, engine=engine)
    assert refusal.value.sentence("en") == (
        f"The cluster at {made.address} was lost in the midst of the sharing. Nothing was written. Try again, or without --engine."
    )
    assert Run.objects.count() == 0


def test_when_the_scheduler_is_killed_it_is_refused(tmp_path: Any) -> None:
    with cluster(tmp_path) as made:
        made.work(1, SLOW)
        with opened(made.address) as engine:
            while_running(engine, made.scheduler.kill, 0.7)
            with pytest.raises(engines.EngineLost):
                engine.share_out(oil())


def test_a_cluster_without_workers_is_told(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "PATIENCE", 1.0)
    with cluster(tmp_path) as made, opened(made.address) as engine, pytest.raises(engines.EngineIdle) as refusal:
        engine.share_out(oil())
    assert refusal.value.sentence("es") == (
        f"El clúster de {made.address} no tiene a nadie que trabaje. No se ha escrito nada. Arranque allí un proceso de trabajo."
    )


@pytest.mark.parametrize(
    ("preload", "refusal", "said"),
    [
        (OLD, engines.EngineOtherVersion, "has Promesa 0.0.9, and here it is"),
        (WITHOUT, engines.EngineFailed, "could not do the sharing (ModuleNotFoundError: No module named 'promesa')"),
    ],
)
def test_workers_with_another_version_or_none_are_told(
    tmp_path: Any, preload: str, refusal: type[Refused], said: str
) -> None:
    with cluster(tmp_path) as made:
        made.work(1, preload)
        with opened(made.address) as engine, pytest.raises(refusal) as told:
            engine.share_out(oil())
    assert said in told.value.sentence("en")


def test_nobody_at_an_address_is_told_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "CONNECTS_IN", 1)
    with socket.socket() as silent:  # accepts, and never says a word
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        for port in (1, silent.getsockname()[1]):
            with pytest.raises(engines.EngineUnreachable) as refusal, opened(f"tcp://127.0.0.1:{port}"):
                pass
            assert refusal.value.sentence("en") == (
                f"Nobody answers at tcp://127.0.0.1:{port} within 1 seconds. Nothing was written. Is the cluster running?"
            )


@pytest.mark.parametrize(
    ("text", "kind", "address"),
    [
        ("tcp://10.0.0.5:8786", "dask", "tcp://10.0.0.5:8786"),
        ("dask://planner.example:8786", "dask", "tcp://planner.example:8786"),
        ("tls://planner.example:8786/", "dask", "tls://planner.example:8786"),
        ("dask://[::1]:8786", "dask", "tcp://[::1]:8786"),
        (" ray://10.0.0.5:10001 ", "ray", "ray://10.0.0.5:10001"),
    ],
)
def test_addresses_of_clusters_are_understood(text: str, kind: str, address: str) -> None:
    assert address_of(text) == (kind, address)


@pytest.mark.parametrize(
    "text",
    [
        "planner", "planner:8786", "tcp://planner", "tcp://:8786", "tcp://planner:0", "tcp://planner:99999", "tcp://planner:x",
        "http://planner:8786", "tcp://planner:8786/path", "tcp://me@planner:8786", "tcp://planner:8786?x=1", "ray://", "tcp://[::1:8786",
    ],
)  # fmt: skip
def test_what_is_no_address_is_told(text: str) -> None:
    with pytest.raises(engines.EngineAddressWrong) as refusal:
        address_of(text)
    assert refusal.value.params == {"received": text}


@pytest.mark.parametrize(("address", "package"), [("tcp://127.0.0.1:1", "distributed"), ("ray://127.0.0.1:1", "ray")])
def test_a_package_that_is_missing_is_named(address: str, package: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(engines.EngineMissing) as refusal, opened(address):
        pass
    assert refusal.value.params["package"] == package
    assert f"falta el paquete {package}" in refusal.value.sentence("es")


# Ray, by a stand-in that does what its documentation says


def stand_in(**more: Any) -> types.ModuleType:
    made = types.ModuleType("ray")
    made.init = lambda **said: None  # type: ignore[attr-defined]
    made.shutdown = lambda: None  # type: ignore[attr-defined]
    made.cluster_resources = lambda: {"CPU": 2.0}  # type: ignore[attr-defined]
    made.remote = lambda work: types.SimpleNamespace(remote=lambda one: (work, one))  # type: ignore[attr-defined]
    made.get = lambda found: [work(one) for work, one in found]  # type: ignore[attr-defined]
    for name, value in more.items():
        setattr(made, name, value)
    return made


def test_ray_is_asked_in_its_own_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", stand_in())
    with opened("ray://127.0.0.1:10001") as engine:
        assert engine.share_out(oil()) == decide(oil())
        assert engine.told() == {"address": "ray://127.0.0.1:10001", "workers": 2, "bundles": 8}


def test_what_goes_wrong_with_ray_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: Any, **__: Any) -> Any:
        raise ConnectionError

    def broken(*_: Any) -> Any:
        raise ValueError("out of memory")

    for more, refusal in (
        ({"init": away}, engines.EngineUnreachable),
        ({"cluster_resources": dict}, engines.EngineIdle),
        ({"get": away}, engines.EngineLost),
        ({"get": broken}, engines.EngineFailed),
    ):
        monkeypatch.setitem(sys.modules, "ray", stand_in(**more))
        with pytest.raises(refusal), opened("ray://127.0.0.1:10001") as engine:
            engine.share_out(oil())


def test_nothing_of_a_cluster_is_loaded_unless_one_is_named() -> None:
    program = (
        "import sys, promesa.allocation.engines;"
        "print([name for name in ('distributed', 'dask', 'ray', 'django') if name in sys.modules])"
    )
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert said.stdout == "[]\n"
