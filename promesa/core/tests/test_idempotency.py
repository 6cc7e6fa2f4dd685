from __future__ import annotations

import threading
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from promesa.core import idempotency
from promesa.core.errors import NotFound, Refused
from promesa.core.idempotency import Answer
from promesa.core.models import IdempotentAnswer, Parameter

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


class Effect:
    """Something that is done, and how often."""

    def __init__(self, body: str = '{"made":1}', name: str = "", **answer: object) -> None:
        self.times = 0
        self.name = name
        self.answer = Answer(201, body, **answer)

    def __call__(self) -> Answer:
        self.times += 1
        Parameter.objects.create(
            code=f"effect-{self.name}-{self.times}", value=1, valid_from=AT.date(), changed_by="test"
        )
        return self.answer


def asked(effect, key="k1", print_="p1", principal="key:a", route="create_order", at=AT) -> Answer:
    return idempotency.once(principal=principal, route=route, key=key, print_=print_, act=effect, at=at)


def test_the_same_request_twice_is_done_once_and_answered_the_same() -> None:
    effect = Effect()
    first, second = asked(effect), asked(effect)
    assert (first.status, first.body, first.replayed) == (201, '{"made":1}', False)
    assert (second.status, second.body, second.replayed) == (201, '{"made":1}', True)
    assert (effect.times, Parameter.objects.count()) == (1, 1)


def test_the_same_key_with_another_body_is_refused() -> None:
    effect = Effect()
    asked(effect)
    with pytest.raises(idempotency.IdempotencyKeyReused):
        asked(effect, print_="p2")
    assert effect.times == 1


def test_the_same_key_of_another_principal_or_route_is_another_request() -> None:
    effect = Effect()
    asked(effect)
    asked(effect, principal="key:b")
    asked(effect, route="create_payment")
    assert effect.times == 3


def test_a_refusal_is_not_stored_and_leaves_nothing() -> None:
    def refuse() -> Answer:
        Effect()()
        raise Refused

    with pytest.raises(Refused):
        asked(refuse)
    assert (IdempotentAnswer.objects.count(), Parameter.objects.count()) == (0, 0)
    assert asked(Effect()).replayed is False


def test_a_refusal_that_wrote_something_down_stays_written_and_is_not_stored() -> None:
    assert asked(Effect(kept=False)).status == 201
    assert (IdempotentAnswer.objects.count(), Parameter.objects.count()) == (0, 1)


def test_an_answer_that_the_database_writes_is_stored_as_it_was_said() -> None:
    composed = Effect("", composed="(SELECT json_build_object('n', %(n)s::int)::text)", params={"n": 7})
    assert asked(composed).body == '{"n" : 7}'
    assert asked(composed).replayed is True


def test_what_is_out_of_reach_is_not_made() -> None:
    with pytest.raises(NotFound):
        asked(Effect("", composed="(SELECT '')"))
    assert (IdempotentAnswer.objects.count(), Parameter.objects.count()) == (0, 0)


def test_after_seventy_two_hours_the_key_is_new_again() -> None:
    effect = Effect()
    asked(effect)
    assert asked(effect, at=AT + timedelta(hours=71, minutes=59)).replayed is True
    assert asked(effect, at=AT + timedelta(hours=72)).replayed is False
    assert IdempotentAnswer.objects.count() == 1


def test_old_answers_are_forgotten_and_young_ones_kept() -> None:
    asked(Effect(), key="old")
    asked(Effect(name="b"), key="young", at=AT + timedelta(hours=1))
    assert idempotency.clean_up(at=AT + timedelta(hours=72, minutes=30)) == 1
    assert IdempotentAnswer.objects.get().key == "young"


def test_looking_and_storing_are_two_statements() -> None:
    with CaptureQueriesContext(connection) as told:
        asked(lambda: Answer(201, "{}"))
    assert len([one for one in told.captured_queries if "SAVEPOINT" not in one["sql"]]) == 2


@pytest.mark.parametrize("key", ["a" * 256, "clé", "a\tb", "a\x00b", "\n"])
def test_a_key_that_no_header_should_carry_is_refused(key: str) -> None:
    with pytest.raises(idempotency.IdempotencyKeyUnusable):
        idempotency.usable_key(key)


@pytest.mark.parametrize("key", [None, ""])
def test_a_missing_key_is_refused_with_its_own_sentence(key: str | None) -> None:
    with pytest.raises(idempotency.IdempotencyKeyMissing) as refused:
        idempotency.usable_key(key)
    assert refused.value.status == 400
    assert "UUID" in refused.value.sentence("es")


def test_the_order_of_names_does_not_make_another_request_but_the_address_does() -> None:
    one = idempotency.fingerprint("/a", {"x": 1, "y": [1, 2]})
    assert one == idempotency.fingerprint("/a", {"y": [1, 2], "x": 1})
    assert one != idempotency.fingerprint("/a", {"x": 1, "y": [2, 1]})
    assert one != idempotency.fingerprint("/b", {"x": 1, "y": [1, 2]})
    assert len(idempotency.fingerprint("/a", "\ud800")) == 64


@pytest.mark.django_db(transaction=True)
def test_while_the_first_runs_the_second_is_told_to_wait() -> None:
    inside, go_on, said = threading.Event(), threading.Event(), []

    def slow() -> Answer:
        inside.set()
        assert go_on.wait(10)
        return Answer(201, '{"made":1}')

    def first() -> None:
        said.append(asked(slow))
        connection.close()

    thread = threading.Thread(target=first)
    thread.start()
    assert inside.wait(10)
    with pytest.raises(idempotency.StillRunning) as refused:
        asked(Effect())
    go_on.set()
    thread.join()
    assert (refused.value.status, refused.value.retry_after) == (409, 1)
    assert asked(Effect()).replayed is True
    assert Parameter.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_twenty_repetitions_at_once_do_the_work_once() -> None:
    start = threading.Barrier(20)

    def act() -> Answer:
        Parameter.objects.create(code=uuid.uuid4().hex, value=1, valid_from=AT.date(), changed_by="test")
        return Answer(201, "{}")

    def ask() -> None:
        start.wait()
        try:
            asked(act)
        except idempotency.StillRunning:
            pass
        finally:
            connection.close()

    threads = [threading.Thread(target=ask) for _ in range(20)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert Parameter.objects.count() == 1
    assert IdempotentAnswer.objects.count() == 1
    assert asked(act).replayed is True


@pytest.mark.django_db(transaction=True)
def test_an_answer_stored_between_look_and_store_is_found_and_our_own_work_undone(monkeypatch) -> None:
    """The wall behind the lock: with the lock off, the unique index still lets only one effect stand."""
    monkeypatch.setattr(idempotency, "_LOOK", idempotency._LOOK.replace("pg_try_advisory_xact_lock", "abs"))
    effect = Effect()

    def overtaken() -> Answer:
        if effect.times == 0:
            thread = threading.Thread(target=lambda: (asked(effect), connection.close()))
            thread.start()
            thread.join()
        Parameter.objects.create(code="ours", value=1, valid_from=AT.date(), changed_by="test")
        return Answer(201, '{"ours":1}')

    answer = asked(overtaken)
    assert (answer.body, answer.replayed) == ('{"made":1}', True)
    assert list(Parameter.objects.values_list("code", flat=True)) == ["effect--1"]


# --- Work of several transactions -----------------------------------------------------------------------------------


def stepped(effect, key="k1", print_="p1", at=AT) -> Answer:
    return idempotency.in_steps(principal="key:a", route="publish", key=key, print_=print_, act=effect, at=at)


def broken_off() -> Answer:
    raise RuntimeError("killed")


def test_work_in_steps_that_was_broken_off_goes_on_when_it_is_asked_for_again() -> None:
    with pytest.raises(RuntimeError, match="killed"):
        stepped(broken_off)
    effect = Effect()
    with pytest.raises(idempotency.IdempotencyKeyReused):
        stepped(effect, print_="another")
    assert effect.times == 0
    first, second = stepped(effect), stepped(effect)
    assert (first.status, first.body, first.replayed) == (201, '{"made":1}', False)
    assert (second.status, second.body, second.replayed) == (201, '{"made":1}', True)
    assert (effect.times, IdempotentAnswer.objects.count()) == (1, 1)


def test_work_in_steps_that_is_refused_at_once_keeps_nothing_and_its_key_may_come_with_another_request() -> None:
    def refused() -> Answer:
        raise NotFound(what="x")

    with pytest.raises(Refused):
        stepped(refused)
    assert IdempotentAnswer.objects.count() == 0
    assert stepped(Effect(), print_="another").replayed is False


def test_who_ends_second_gives_the_answer_of_who_ended_first() -> None:
    inner = Effect('{"made":"first"}', name="inner")

    def meanwhile() -> Answer:
        stepped(inner)
        return Answer(201, '{"made":"second"}')

    outer = stepped(meanwhile)
    assert (outer.body, outer.replayed, inner.times) == ('{"made":"first"}', True, 1)


def test_a_key_of_work_in_steps_is_free_again_after_72_hours() -> None:
    with pytest.raises(RuntimeError, match="killed"):
        stepped(broken_off)
    assert stepped(Effect(), print_="another", at=AT + idempotency.KEPT).replayed is False
