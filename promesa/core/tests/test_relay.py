"""The relay brings each event to its listeners; some may be left for later."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import ClassVar

import pytest

from promesa.core import bulk, events, relay
from promesa.core.actors import Actor
from promesa.core.events import Heard, connect, emit
from promesa.core.verbs import verb

pytestmark = [pytest.mark.django_db, pytest.mark.wired]
AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
heard: list[tuple[str, int]] = []


@dataclass(frozen=True, slots=True)
class Knocked:
    SUBJECT: ClassVar[str] = "door"
    door_id: int


def quick(told: Sequence[Heard]) -> None:
    heard.extend(("quick", one.subject_id) for one in told)


def slow(told: Sequence[Heard]) -> None:
    heard.extend(("slow", one.subject_id) for one in told)


@pytest.fixture(autouse=True)
def _two_listeners() -> Iterator[None]:
    wiring = events._wiring
    usual = (wiring.now, wiring.later, wiring.listeners, wiring.patient)
    connect(now={}, later={Knocked: [("door.quick", quick), ("door.slow", slow)]})
    heard.clear()
    yield
    wiring.now, wiring.later, wiring.listeners, wiring.patient = usual


@verb
def knock(*, door: int) -> None:
    emit(Knocked(door_id=door), by=Actor("demo"), at=AT)


def test_everything_that_waits_is_heard_once_in_batches_of_any_size() -> None:
    for door in (1, 2, 3):
        knock(door=door)
    assert relay.drain(batch=2) == 6
    assert sorted(heard) == [(name, door) for name in ("quick", "slow") for door in (1, 2, 3)]
    assert relay.drain() == 0


def test_a_listener_that_is_left_hears_the_same_later() -> None:
    knock(door=7)
    assert relay.drain(leaving=["door.slow"]) == 1
    assert (heard, relay.waiting()) == ([("quick", 7)], 1)
    assert relay.drain() == 1
    assert heard == [("quick", 7), ("slow", 7)]


def test_whoever_stands_first_in_the_wiring_hears_an_event_first() -> None:
    named = [f"door.{name}" for name in ("late", "quick", "again", "slow", "zeal", "any")]
    connect(now={}, later={Knocked: [(name, quick) for name in named]})
    for door in (1, 2):
        knock(door=door)
    rows = bulk.rows("SELECT subject_id, listener FROM core_eventdelivery ORDER BY id")
    assert rows == [(door, name) for door in (1, 2) for name in named]


def test_what_failed_too_often_is_listed_and_heard_once_it_is_tried_again() -> None:
    knock(door=7)
    bulk.run(
        "UPDATE core_eventdelivery SET state = 'dead', attempts = 12, last_error = 'Boom' WHERE listener = 'door.quick'"
    )
    assert relay.drain() == 1
    (failed,) = relay.failed()
    assert (failed.listener, failed.kind, failed.subject_kind, failed.subject_id) == (
        "door.quick",
        "Knocked",
        "door",
        7,
    )
    assert (failed.attempts, failed.error, failed.happened_at) == (12, "Boom", AT)
    assert relay.retry(ids=[failed.id + 1_000]) == 0
    assert relay.retry(ids=[failed.id]) == 1
    assert relay.unheard(ids=[failed.id]) == {failed.id}
    assert relay.drain() == 1
    assert heard == [("slow", 7), ("quick", 7)]
    assert (relay.failed(), relay.unheard(ids=[failed.id])) == ([], set())


def test_all_that_failed_is_tried_again_at_once() -> None:
    knock(door=7)
    bulk.run("UPDATE core_eventdelivery SET state = 'dead', attempts = 12")
    assert relay.retry() == 2
    assert relay.drain() == 2
    assert relay.retry() == 0


def test_what_waits_about_the_same_subject_is_heard_together_wherever_a_batch_ends() -> None:
    calls: list[list[int]] = []
    connect(now={}, later={Knocked: [("door.quick", lambda told: calls.append([one.subject_id for one in told]))]})
    for door in (1, 2, 1, 3):
        knock(door=door)
    assert relay.drain(batch=2) == 4
    assert calls == [[1, 2, 1], [3]]


def test_an_event_does_not_overtake_an_earlier_one_of_its_subject_that_is_to_be_tried_again() -> None:
    for _ in range(3):
        knock(door=1)
    bulk.run(
        """UPDATE core_eventdelivery SET next_try_at = now() + interval '1 hour' WHERE listener = 'door.quick'
           AND event_id = (SELECT event_id FROM core_eventdelivery ORDER BY id OFFSET 2 LIMIT 1)"""
    )
    assert relay.drain(batch=1) == 4
    assert heard == [("quick", 1), ("slow", 1), ("slow", 1), ("slow", 1)]


def test_a_patient_listener_hears_when_the_others_have_heard_and_at_last_in_any_case(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    listeners = [("door.slow", slow), ("door.quick", quick)]
    connect(now={}, later={Knocked: listeners}, patient=["door.slow"])
    for door in (1, 2, 3):
        knock(door=door)
    assert relay.drain(batch=1) == 6
    assert heard == [("quick", 1), ("quick", 2), ("quick", 3), ("slow", 1), ("slow", 2), ("slow", 3)]
    heard.clear()
    monkeypatch.setattr(relay, "PATIENCE", 1)
    for door in (4, 5, 6):
        knock(door=door)
    assert relay.drain(batch=1) == 6
    assert heard == [("quick", 4), ("slow", 4), ("quick", 5), ("slow", 5), ("quick", 6), ("slow", 6)]
