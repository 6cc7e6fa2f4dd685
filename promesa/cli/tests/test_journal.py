"""Events that could not be heard are listed and tried again from the command line."""

import json

import pytest
from click.testing import CliRunner

from promesa.cli.main import promesa
from promesa.core import bulk, events, relay
from promesa.fulfilment.tests import ground
from promesa.orders import operations as orders

pytestmark = [pytest.mark.django_db, pytest.mark.wired]


def run(*words):
    answer = CliRunner().invoke(promesa, ["events", *words])
    assert answer.exception is None or isinstance(answer.exception, SystemExit), answer.exception
    return answer


@pytest.fixture
def failed(at):
    oil = ground.item()
    order = ground.order(at, (oil, 4, [(ground.stock(oil, 4), 4)]))
    orders.open_hold(order_id=order.pk, kind="manual", reason_code="by_hand", by=ground.BY, at=at)
    relay.drain()
    bulk.run(
        "UPDATE core_eventdelivery SET state = 'dead', attempts = 12, last_error = E'Traceback\nKeyError: 7' WHERE subject_id = %s",
        [order.pk],
    )
    (one,) = relay.failed()
    return one


def test_what_failed_is_listed_with_its_reason(failed):
    (told,) = json.loads(run("failed", "--json").stdout)["failed"]
    assert told == {
        "delivery": failed.id, "event": "OrderHeld", "subject": "order", "subject_id": failed.subject_id,
        "listener": "results.facts", "happened_at": failed.happened_at.isoformat(), "attempts": 12, "error": "KeyError: 7",
    }  # fmt: skip
    assert "KeyError: 7" in run("failed", "--lang", "es").stdout


def test_it_is_heard_once_it_is_tried_again(failed):
    answer = run("retry", str(failed.id), "--json")
    assert (answer.exit_code, json.loads(answer.stdout)) == (0, {"retried": 1, "heard": 1, "waiting": []})
    assert run("failed", "--lang", "en").stdout.strip() == "Everything was heard."
    assert json.loads(run("retry", "--all", "--json").stdout)["retried"] == 0


def test_what_fails_again_waits_for_its_next_try_and_the_command_says_so(failed, monkeypatch):
    def broken(_):
        raise KeyError(7)

    monkeypatch.setitem(events._wiring.listeners, "results.facts", broken)
    answer = run("retry", "--all", "--json")
    assert (answer.exit_code, json.loads(answer.stdout)["waiting"]) == (1, [failed.id])
    assert relay.failed() == []


def test_a_delivery_that_did_not_fail_is_not_tried_again(failed):
    answer = run("retry", "999999999", "--lang", "en")
    assert (answer.exit_code, "999999999" in answer.stderr) == (1, True)
    assert len(relay.failed()) == 1
    assert run("retry").exit_code == 2
    assert run("retry", "1", "--all").exit_code == 2
