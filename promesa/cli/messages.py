"""Translations: collect the sentences of templates and views, and compile the catalogues."""

from pathlib import Path

import click

from promesa.config.catalogues import compile_catalogues

PACKAGE = Path(__file__).resolve().parents[1]


@click.group()
def messages() -> None:
    """Collect and compile translations.

    \b
      promesa messages extract     after writing {% translate %} or gettext
      promesa messages compile     after translating
    """


@messages.command(name="compile")
def compile_() -> None:
    """Compile what has changed."""
    done = compile_catalogues(PACKAGE)
    if done:
        click.echo(f"{done} catalogues compiled", err=True)
