"""Instances and runs worked out on a cluster, from the command line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from click.testing import CliRunner

from promesa.allocation.models import Run
from promesa.allocation.tests.clusters import Cluster, cluster
from promesa.allocation.tests.scarce import LATER, several_items
from promesa.cli.allocating.plans import run
from promesa.cli.allocating.solve import solve

pytestmark = [pytest.mark.durable, pytest.mark.xdist_group("cluster")]


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A cluster of two workers."""
    with cluster(tmp_path_factory.mktemp("two")) as made:
        made.work(2)
        yield made


def test_an_instance_is_solved_on_a_cluster_as_without(two: Cluster, tmp_path: Any) -> None:
    file = tmp_path / "instance.json"
    file.write_text(json.dumps({
        "as_of": "2026-11-22", "rule": "equal_losses",
        "supply": [{"lot": f"L{n}", "item": f"I{n}", "quantity": "20", "available_on": "2026-11-22"} for n in range(3)],
        "lines": [
            {"line": f"{n}", "order": f"O{n}", "customer": f"C{n % 4}", "segment": "S", "tier": 1, "item": f"I{n % 3}",
             "open_quantity": str(5 + n), "weight": "1"} for n in range(12)
        ],
    }))  # fmt: skip
    here = CliRunner().invoke(solve, [str(file), "--json"])
    there = CliRunner().invoke(solve, [str(file), "--json", "--engine", two.address])
    assert (here.exit_code, there.exit_code) == (0, 0)
    one, other = json.loads(here.stdout), json.loads(there.stdout)
    assert one.pop("seconds") != other.pop("seconds")
    assert one == other
    refused = CliRunner().invoke(solve, [str(file), "--engine", "planner", "--lang", "en"])
    assert (refused.exit_code, refused.stdout, refused.stderr) == (
        1, "", "“planner” is not the address of a cluster: tcp://host:8786 (Dask) or ray://host:10001 is wanted.\n",
    )  # fmt: skip


@pytest.mark.django_db
@pytest.mark.wired
def test_a_plan_is_run_on_a_cluster_or_refused_and_nothing_kept(two: Cluster) -> None:
    number = several_items(rule="max_min").number
    words = [number, "--at", LATER.isoformat(), "--json"]
    here, there = (
        json.loads(CliRunner().invoke(run, [*words, *more]).stdout) for more in ([], ["--engine", two.address])
    )
    assert there["stats"].pop("engine") == {"address": two.address, "workers": 2, "bundles": 4}
    assert here["stats"].pop("engine") is None
    for one in (here, there):
        del one["run"], one["stats"]["seconds"]
    assert here == there
    refused = CliRunner().invoke(run, [*words, "--engine", "tcp://planner"])
    assert (refused.exit_code, refused.stdout, refused.stderr) == (
        1, "", "«tcp://planner» no es la dirección de un clúster: se espera tcp://equipo:8786 (Dask) o ray://equipo:10001.\n",
    )  # fmt: skip
    assert Run.objects.count() == 2
