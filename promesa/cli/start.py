"""What a command needs before it may touch the database: the server held, Django set up."""

import functools
import os
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TypeVar

import click
import django
from django.utils import translation

from promesa.config import collector, server
from promesa.core.errors import Refused
from promesa.core.moments import happened

F = TypeVar("F", bound=Callable[..., Any])


class Problem(click.ClickException):
    """Refused, or found broken: the sentence goes to standard error, the exit code is 1."""

    exit_code = 1

    def show(self, file: Any = None) -> None:
        click.echo(self.format_message(), err=True)


def set_up() -> None:
    """Set Django up without touching the database, so that modules which name models can be imported."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "promesa.config.settings")
    os.environ.setdefault("PROMESA_DOOR", "command")
    django.setup()


def start(*, door: str = "command") -> None:
    """Hold the embedded server (or use the user's) and set Django up. Repeating it does nothing.

    :raises Problem: if no server can be had.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "promesa.config.settings")
    os.environ.setdefault("PROMESA_DOOR", door)
    try:
        server.hold()
    except server.ServerRefused as refusal:
        raise Problem(str(refusal)) from refusal
    django.setup()
    collector.settle()


def with_database(command: F) -> F:
    """Decorate a command that uses the database. A refusal becomes its sentence and exit 1.

    `--at` says when something happened: a moment that has not come is refused here for all commands.
    """

    @functools.wraps(command)
    def started(*args: Any, **kwargs: Any) -> Any:
        start()
        lang = kwargs.get("lang") or "es"
        with translation.override(lang):
            try:
                happened(kwargs.get("at"), datetime.now(UTC))
                return command(*args, **kwargs)
            except Refused as refusal:
                raise Problem(refusal.sentence(lang)) from refusal

    return started  # type: ignore[return-value]
