"""`promesa allocate`: who gets what when there is not enough. Each subcommand lives in a module of its own."""

import importlib
from importlib.util import find_spec

import click

from promesa.cli.start import set_up

# name: (module, attribute, whether its module names models)
SUBCOMMANDS: dict[str, tuple[str, str, bool]] = {
    "plan": ("promesa.cli.allocating.plans", "plan", True),
    "run": ("promesa.cli.allocating.plans", "run", True),
    "compare": ("promesa.cli.allocating.plans", "compare", True),
    "publish": ("promesa.cli.allocating.plans", "publish", True),
    "explain": ("promesa.cli.allocating.plans", "explain", True),
    "shortages": ("promesa.cli.allocating.shortages", "shortages", True),
    "what-if": ("promesa.cli.allocating.shortages", "what_if_", True),
    "service-level": ("promesa.cli.allocating.service", "service_level", True),
    "adherence": ("promesa.cli.allocating.adherence", "adherence_", True),
    "move": ("promesa.cli.allocating.adherence", "move", True),
    "solve": ("promesa.cli.allocating.solve", "solve", False),
}


class Lazy(click.Group):
    """A group that imports a subcommand only when it runs: `solve` needs neither database nor settings."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [name for name, (module, _, _) in SUBCOMMANDS.items() if find_spec(module) is not None]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in SUBCOMMANDS:
            return None
        module, attribute, names_models = SUBCOMMANDS[cmd_name]
        if names_models:
            set_up()
        found: click.Command = getattr(importlib.import_module(module), attribute)
        return found


@click.group(cls=Lazy)
def allocate() -> None:
    """Share out what is scarce: by rule, with the reason for every line.

    \b
      promesa allocate solve instance.json          who gets what, in words
      promesa allocate solve instance.json --json   the same for a program; - reads standard input
    """
