"""Benches: what Promesa costs beside the least that the same work can cost, in one run on one database."""

import click

from promesa.cli.bench.capture import capture


@click.group()
def bench() -> None:
    """Measure speed against a floor written in bare SQL, in the same run.

    \b
      promesa bench capture             orders: over the API, in bulk, and the pages that show them
      promesa bench capture --quick     a smaller dose, in a few minutes
    """


bench.add_command(capture)

__all__ = ["bench"]
