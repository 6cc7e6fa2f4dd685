"""Instances of any size for the bench: the same for the same seed, and shared out as small ones are."""

from __future__ import annotations

import pytest

from promesa.allocation.rules.deciding import decide
from promesa.allocation.tests.verified import no_undercutting, verify
from promesa.cli.bench.allocate_instances import FAMILIES, instance_of


@pytest.mark.parametrize("family", FAMILIES)
def test_a_family_is_the_same_for_the_same_seed_and_is_shared_by_the_rules(family: str) -> None:
    size = {"lines": 400, "items": 40, "customers": 20}
    instance = instance_of(family=family, **size)
    assert instance == instance_of(family=family, **size)
    assert instance != instance_of(family=family, seed=2, **size)
    decision = decide(instance)
    assert verify(instance, decision) == []
    assert no_undercutting(instance, decision) == []
    assert 0 < sum(one.quantity for one in decision.outcomes) < sum(line.open_quantity for line in instance.lines)
