"""Benches: what Promesa costs beside the least that the same work can cost, in one run on one database."""

import click

from promesa.cli.bench.capture import capture
from promesa.cli.bench.exchange import exchange


@click.group()
def bench() -> None:
    """Measure speed, each thing beside the least that it can cost or a rival, in the same run.

    \b
      promesa bench capture             orders: over the API, in bulk, and the pages that show them
      promesa bench capture --quick     a smaller dose, in a few minutes
      promesa bench exchange            documents: reading them, and a file of 10,000 orders up to its answers
    """


bench.add_command(capture)
bench.add_command(exchange)

__all__ = ["bench"]
