"""Commands of Django's, with the server held."""

import click
from django.core.management import call_command, execute_from_command_line

from promesa.cli.start import start

AS_GIVEN = {"ignore_unknown_options": True, "allow_extra_args": True, "allow_interspersed_args": False}


@click.command(context_settings=AS_GIVEN)
@click.argument("words", nargs=-1, type=click.UNPROCESSED)
def migrate(words: tuple[str, ...]) -> None:
    """Bring the database's tables up to date. Safe to repeat.

    \b
      promesa migrate
      promesa migrate --plan
    """
    start()
    execute_from_command_line(["promesa", "migrate", "--skip-checks", *words])


@click.command(context_settings=AS_GIVEN)
@click.argument("words", nargs=-1, type=click.UNPROCESSED)
def makemigrations(words: tuple[str, ...]) -> None:
    """Write migrations for changed models: `promesa makemigrations orders`."""
    start()
    execute_from_command_line(["promesa", "makemigrations", "--skip-checks", *words])


@click.command(context_settings=AS_GIVEN)
@click.argument("words", nargs=-1, type=click.UNPROCESSED)
def shell(words: tuple[str, ...]) -> None:
    """Open a Python shell with everything loaded."""
    start()
    execute_from_command_line(["promesa", "shell", *words])


@click.command(context_settings=AS_GIVEN, name="django")
@click.argument("words", nargs=-1, type=click.UNPROCESSED)
def anything(words: tuple[str, ...]) -> None:
    """Run any command of Django's: `promesa django check`, `promesa django dbshell`."""
    start()
    execute_from_command_line(["promesa", *words])


def migrate_quietly() -> None:
    """Bring the tables up to date without a word."""
    call_command("migrate", verbosity=0, interactive=False)
