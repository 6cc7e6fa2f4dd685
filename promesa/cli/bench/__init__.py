"""Benches: what Promesa costs beside the least that the same work can cost, in one run on one database."""

import importlib

import click

from promesa.cli.bench.capture import capture
from promesa.cli.bench.exchange import exchange

# Loaded only when they run: name -> module and attribute.
LATER = {
    "allocate": ("promesa.cli.bench.allocate", "allocate"),
    "best": ("promesa.cli.bench.allocate_best", "allocate_best"),
    "spread": ("promesa.cli.bench.allocate_spread", "spread"),
}


class Lazy(click.Group):
    """A group of which some commands bring libraries that the others do not need."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted((*super().list_commands(ctx), *LATER))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in LATER:
            return super().get_command(ctx, cmd_name)
        module, attribute = LATER[cmd_name]
        found: click.Command = getattr(importlib.import_module(module), attribute)
        return found


@click.group(cls=Lazy)
def bench() -> None:
    """Measure speed, each thing beside the least that it can cost or a rival, in the same run.

    \b
      promesa bench capture             orders: over the API, in bulk, and the pages that show them
      promesa bench capture --quick     a smaller dose, in a few minutes
      promesa bench exchange            documents: reading them, and a file of 10,000 orders up to its answers
      promesa bench allocate            sharing 200,000 open lines, beside one SQL statement that writes the same rows
      promesa bench best                which orders to complete from scarce stock, beside four other ways
      promesa bench spread ADDRESS      one sharing here and over a cluster, and whether it is the same
    """


bench.add_command(capture)
bench.add_command(exchange)

__all__ = ["bench"]
