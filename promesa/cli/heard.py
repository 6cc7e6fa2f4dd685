"""docs/events.md, from the wiring table and the events themselves."""

import dataclasses
import inspect
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Any

from django.conf import settings

HEAD = """# Events

Written by `promesa docs events` from `promesa/config/wiring.py`; do not edit.

Each verb writes one event into the journal, in its own transaction. **Now** listeners act in that transaction and may
refuse it all. **Later** listeners are called by the worker after the commit, at least once, in order for each subject;
they read the truth again.
"""


def known_events() -> list[type]:
    """Every event of every room, from the ground floor up."""
    found: list[type] = []
    for room in settings.ROOMS:
        name = f"promesa.{room}.events"
        if room == "core" or find_spec(name) is None:
            continue
        module: ModuleType = import_module(name)
        own = [cls for cls in vars(module).values() if inspect.isclass(cls) and cls.__module__ == name]
        found += [cls for cls in own if dataclasses.is_dataclass(cls) and not cls.__name__.startswith("_")]
    return found


def listeners() -> tuple[dict[type, list[Any]], dict[type, list[Any]], list[type]]:
    """The wiring table: now, later, journal only."""
    wiring = import_module("promesa.config.wiring")
    return dict(wiring.NOW), dict(wiring.LATER), list(wiring.JOURNAL_ONLY)


def events_page() -> str:
    """The page."""
    now, later, _ = listeners()
    lines = [HEAD]
    room = ""
    for event in known_events():
        here = event.__module__.split(".")[1]
        if here != room:
            room = here
            lines += [
                f"## {room}",
                "",
                "| event | what it says | facts | heard now by | heard later by |",
                "|---|---|---|---|---|",
            ]
        facts = ", ".join(f"`{field.name}`" for field in dataclasses.fields(event))
        heard_now = ", ".join(f"`{_name(listener)}`" for listener in now.get(event, []))
        heard_later = ", ".join(f"`{name}`" for name, _ in later.get(event, []))
        if not heard_now and not heard_later:
            heard_later = "(journal only)"
        lines.append(f"| `{event.__name__}` | {_sentence(event)} | {facts} | {heard_now} | {heard_later} |")
    return _tables_apart(lines)


def _tables_apart(lines: list[str]) -> str:
    text = "\n".join(lines) + "\n"
    return text.replace("|\n## ", "|\n\n## ")


def _name(listener: Any) -> str:
    return f"{listener.__module__.split('.')[1]}.{listener.__name__}"


def _sentence(event: type) -> str:
    """The first line of its docstring; a dataclass without one gets its signature, which says nothing."""
    said = (event.__doc__ or "").strip().splitlines()
    return "" if not said or said[0].startswith(f"{event.__name__}(") else said[0]
