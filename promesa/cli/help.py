"""docs/commands.md, from the commands themselves."""

import click

from promesa.cli import main

HEAD = """# Commands

Written by `promesa docs cli` from the commands' own help; do not edit. `docs/cli.md` tells how they are used together.
"""


def cli_page() -> str:
    """Every command that exists, with its help as it is printed."""
    lines = [HEAD]
    for name in main.COMMANDS:
        if main.exists(name):
            command = main.promesa.get_command(click.Context(main.promesa), name)
            assert command is not None
            lines += _pages(command, f"promesa {name}")
    return "\n".join(lines) + "\n"


def _pages(command: click.Command, path: str) -> list[str]:
    # The width is fixed: what is written must not depend on somebody's terminal.
    context = click.Context(command, info_name=path, max_content_width=110, terminal_width=110)
    lines = [f"## {path}", "", "```", command.get_help(context).rstrip(), "```", ""]
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            if below is not None:
                lines += _pages(below, f"{path} {name}")
    return lines
