"""Events rise: each is heard by someone, or said to be kept only."""

import dataclasses
import typing
from importlib import import_module
from pathlib import Path

from promesa.cli import heard
from promesa.cli.help import cli_page

DOCS = Path(__file__).resolve().parents[2] / "docs"


def test_every_event_is_heard_or_marked_as_kept_only() -> None:
    now, later, kept = heard.listeners()
    told = set(now) | set(later)
    events = set(heard.known_events())
    assert len(events) > 10
    assert sorted(event.__name__ for event in events - told - set(kept)) == []
    assert sorted(event.__name__ for event in told & set(kept)) == []
    assert sorted(event.__name__ for event in (told | set(kept)) - events) == []


def test_no_two_events_share_a_name() -> None:
    names = [event.__name__ for event in heard.known_events()]
    assert sorted(names) == sorted(set(names))


def test_only_the_promise_acts_in_the_transaction_of_what_it_hears() -> None:
    now, _, _ = heard.listeners()
    assert {event.__name__ for event in now} == {"OrderSubmitted"}


def test_every_event_is_a_frozen_dataclass_of_scalars_about_one_subject() -> None:
    scalars = {int, str, bool, int | None, str | None}
    for event in heard.known_events():
        assert event.__dataclass_params__.frozen, event.__name__  # type: ignore[attr-defined]
        hints = typing.get_type_hints(event, vars(import_module(event.__module__)))
        odd = {field.name for field in dataclasses.fields(event) if hints[field.name] not in scalars}  # type: ignore[arg-type]
        assert odd == set() or all("tuple" in str(hints[name]) or "list" in str(hints[name]) for name in odd), (
            event,
            odd,
        )
        subject = event.SUBJECT  # type: ignore[attr-defined]
        assert f"{subject}_id" in {field.name for field in dataclasses.fields(event)}, event.__name__  # type: ignore[arg-type]


def test_the_page_of_events_is_up_to_date() -> None:
    assert (DOCS / "events.md").read_text() == heard.events_page(), "run `make docs`"


def test_the_page_of_commands_is_up_to_date() -> None:
    assert (DOCS / "commands.md").read_text() == cli_page(), "run `make docs`"
