"""docs/commands.md, from the commands themselves."""

import click

from promesa.cli import main

HEAD = """# Commands

Written by `promesa docs cli` from the commands' own help; do not edit. `docs/cli.md` tells how they are used together.
"""


def cli_page() -> str:
    """Every command that exists, with its help as it is printed."""
    # The width is fixed: what is written must not depend on somebody's terminal.
    top = click.Context(
        main.promesa, info_name="promesa", help_option_names=["-h", "--help"], max_content_width=110, terminal_width=110
    )
    lines = [HEAD]
    for name in main.COMMANDS:
        command = main.promesa.get_command(top, name)
        if command is not None:
            lines += _pages(command, name, top)
    return "\n".join(lines)


def _pages(command: click.Command, name: str, above: click.Context) -> list[str]:
    # click keeps the help option of whoever asked first, perhaps without our short name for it.
    command._help_option = None
    context = click.Context(command, info_name=name, parent=above)
    lines = [f"## {context.command_path}", "", "```", command.get_help(context).rstrip(), "```", ""]
    if isinstance(command, click.Group):
        for below in command.list_commands(context):
            found = command.get_command(context, below)
            if found is not None:
                lines += _pages(found, below, context)
    return lines
