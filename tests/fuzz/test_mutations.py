"""Thousands of damaged files to every reader: each is read or refused by name, in time, and never an exception."""

from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from promesa.exchange import formats
from promesa.exchange.formats.neutral import NeutralDocument
from tests.fuzz.judged import Hangs, judge, wrong_in
from tests.fuzz.readers import READERS

SEEDS = Path(__file__).parent / "seeds"


@pytest.mark.parametrize("name", READERS)
def test_damaged_files_are_read_or_refused_by_name_and_in_time(name: str) -> None:
    reader = READERS[name]
    wrong = {}
    for number in range(reader.few):
        found = judge(reader.damaged(Random(f"{name}{number}")), reader.read, floor=reader.floor)
        if found.problem:
            wrong[number] = found.problem
    assert wrong == {}, "the number is the seed: READERS[name].damaged(Random(f'{name}{number}'))"


@pytest.mark.parametrize("name", [name for name, reader in READERS.items() if reader.few >= 400])
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck), database=None)
@given(chance=st.randoms(use_true_random=False))
def test_no_choice_of_damage_that_is_thought_out_raises(name: str, chance: Random) -> None:
    """The choices themselves are what Hypothesis varies, and makes simpler when one fails."""
    assert wrong_in(READERS[name].read(READERS[name].damaged(chance))) == ""


@pytest.mark.parametrize("name", [name for name in READERS if name != "picture"])
def test_samples_are_read_without_being_refused(name: str) -> None:
    """What is damaged is right before; else the damage would never reach what is behind the door."""
    reader = READERS[name]
    documents = [one for seed in range(6) for one in reader.read(reader.sample(Random(seed)))]
    assert "unreadable" not in {one.kind for one in documents}
    assert sum(len(one.lines) for one in documents) > 0


@pytest.mark.parametrize(
    "path", sorted(path for path in SEEDS.rglob("*") if path.is_file()), ids=lambda path: path.name
)
def test_what_once_failed_does_not_fail_again(path: Path) -> None:
    reader = READERS[path.parent.name]
    assert judge(path.read_bytes(), reader.read, floor=reader.floor).problem == ""


def test_an_exception_a_hang_and_slowness_are_seen() -> None:
    """The judge bites."""

    def raises(content: bytes) -> list[NeutralDocument]:
        raise KeyError("x")

    def hangs(content: bytes) -> list[NeutralDocument]:
        raise Hangs

    assert judge(b"x", raises).problem.startswith("KeyError: 'x'")
    assert judge(b"x", hangs).problem.startswith("hangs")
    assert judge(b"x", lambda content: []).problem == "no document at all"

    def slow(content: bytes) -> list[NeutralDocument]:
        sum(range(4_000_000))
        return formats.read(content)

    assert judge(b"Pedido;SKU;Cantidad\n1;A;5\n", slow, floor=0.01).problem.endswith("0.01 s are allowed")
