"""The `promesa` command: one group; each topic lives in a file of its own and is loaded only when it is asked for."""

import importlib
import os
from importlib.util import find_spec

import click

from promesa import __version__
from promesa.cli.start import set_up

# name: (module, attribute, what the list of commands says)
COMMANDS: dict[str, tuple[str, str, str]] = {
    "demo": ("promesa.cli.demo", "demo", "Start everything with the demo company."),
    "serve": ("promesa.cli.serve", "serve", "Start the web server."),
    "worker": ("promesa.cli.serve", "worker", "Start the worker."),
    "migrate": ("promesa.cli.django", "migrate", "Bring the database's tables up to date."),
    "makemigrations": ("promesa.cli.django", "makemigrations", "Write migrations for changed models (for developers)."),
    "shell": ("promesa.cli.django", "shell", "Open a Python shell with everything loaded."),
    "django": ("promesa.cli.django", "anything", "Run any command of Django's."),
    "messages": ("promesa.cli.messages", "messages", "Collect and compile translations."),
    "user": ("promesa.cli.people", "user", "People who may sign in."),
    "key": ("promesa.cli.people", "key", "Keys for other programs."),
    "load": ("promesa.cli.loading", "load", "Load masters, stock or history."),
    "take-in": ("promesa.cli.intake", "take_in", "Take in documents: every one becomes orders, is rejected, or waits."),
    "mail": ("promesa.cli.mail", "mail", "Take in e-mail from mailboxes and maildirs."),
    "document": ("promesa.cli.documents", "document", "Look at a document without taking it in."),
    "partner": ("promesa.cli.partners", "partner", "Who documents are exchanged with, and what they are answered."),
    "inbox": ("promesa.cli.sending", "inbox", "The folder that other programs lay documents into."),
    "outgoing": ("promesa.cli.sending", "outgoing", "Documents to partners: list, send, send again."),
    "orders": ("promesa.cli.orders", "orders", "List and show orders."),
    "promise": ("promesa.cli.promise", "promise", "What can be promised; goods held for a quotation; substitutes."),
    "despatch": ("promesa.cli.cycle", "despatch", "Send what was released."),
    "deliver": ("promesa.cli.cycle", "deliver", "Record what happened at the customer's door."),
    "invoice": ("promesa.cli.cycle", "invoice", "Invoice what was delivered."),
    "pay": ("promesa.cli.cycle", "pay", "Record a payment."),
    "measure": ("promesa.cli.measure", "measure", "Perfect order, order quality, fill rate, on time."),
    "quality": ("promesa.cli.quality", "quality", "Errors of capture, touchless orders, the audit, scorecards."),
    "allocate": ("promesa.cli.allocate", "allocate", "Share out what is scarce, with the reason for every line."),
    "align": ("promesa.cli.align", "align", "Customers' catalogues beside our masters."),
    "erp": ("promesa.cli.erp", "erp", "The ERP beside Promesa: read from it, give to it."),
    "events": ("promesa.cli.journal", "events", "What could not be heard, and another try."),
    "check": ("promesa.cli.check", "check", "Verify the books: the invariants, in plain SQL."),
    "bench": ("promesa.cli.bench", "bench", "Measure speed."),
    "docs": ("promesa.cli.docs", "docs", "Write the documentation that is generated."),
    "server": ("promesa.cli.serve", "server", "The embedded PostgreSQL: where it is, stop it."),
}

# Their modules name models, so Django is set up (which starts no server) before they are imported.
NAME_MODELS = frozenset(
    {
        "partner",
        "inbox",
        "outgoing",
        "user",
        "key",
        "load",
        "take-in",
        "mail",
        "orders",
        "promise",
        "despatch",
        "deliver",
        "invoice",
        "pay",
        "measure",
        "quality",
        "align",
        "erp",
        "check",
        "events",
    }
)

HELP = """Promesa: total order management.

Every order from the document that asked for it to the cash it brought, and whether its promise was kept.

\b
  promesa demo                               a whole company to look at, in your browser
  promesa load masters customers.csv         your customers, items and prices
  promesa take-in orders/*.edi --json        documents become orders
  promesa orders show P-2026-000123          one order, whole
  promesa despatch P-2026-000123             the goods leave
  promesa measure perfect-order --from 2026-01-01

Each command explains itself: `promesa take-in --help`. Data live in PROMESA_HOME (`promesa server where`);
DATABASE_URL names a PostgreSQL of your own instead of the embedded one.

Exit codes: 0 done, 1 something was refused or found broken, 2 wrong use.
"""


def exists(name: str) -> bool:
    """Whether the command's file is there."""
    return find_spec(COMMANDS[name][0]) is not None


class Lazy(click.Group):
    """A group that imports a command only when it runs, so that `--help` is quick."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS or not exists(cmd_name):
            return None
        module, attribute, _ = COMMANDS[cmd_name]
        if cmd_name in NAME_MODELS:
            set_up()
        found: click.Command = getattr(importlib.import_module(module), attribute)
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        rows = [(name, text) for name, (_, _, text) in COMMANDS.items() if exists(name)]
        with formatter.section("Commands"):
            formatter.write_dl(rows)


@click.command(cls=Lazy, help=HELP, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__, prog_name="promesa")
def promesa() -> None:
    """The whole command."""


def main() -> None:
    """Run the command; a refusal is a sentence on standard error and exit 1."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "promesa.config.settings")
    promesa(prog_name="promesa")


if __name__ == "__main__":
    main()
