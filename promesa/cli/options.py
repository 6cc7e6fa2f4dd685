"""Options that many commands share, and the two ways of printing: for people, and one JSON document for programs."""

import json
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

import click

from promesa.core.ui.format import format_number


class Moment(click.ParamType):
    """`2026-03-02`, `2026-03-02T09:30` or with a zone; without a zone it is UTC, a day alone is its noon."""

    name = "moment"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        if isinstance(value, datetime):
            return value
        try:
            if len(str(value)) == 10:
                return datetime.combine(date.fromisoformat(value), time(12), UTC)
            found = datetime.fromisoformat(str(value).replace("Z", "+00:00"))
        except ValueError:
            self.fail(f"{value!r} is not a moment: 2026-03-02, 2026-03-02T09:30 or 2026-03-02T09:30+01:00", param, ctx)
        return found if found.tzinfo else found.replace(tzinfo=UTC)


class Day(click.ParamType):
    """`2026-03-02`."""

    name = "day"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(str(value))
        except ValueError:
            self.fail(f"{value!r} is not a day: 2026-03-02", param, ctx)


class Number(click.ParamType):
    """A decimal number with a point."""

    name = "number"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Decimal:
        try:
            found = Decimal(str(value))
        except ArithmeticError:
            self.fail(f"{value!r} is not a number: 12 or 12.5", param, ctx)
        if not found.is_finite():
            self.fail(f"{value!r} is not a number: 12 or 12.5", param, ctx)
        return found


MOMENT, DAY, NUMBER = Moment(), Day(), Number()

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]


def json_option() -> Decorator:
    """`--json`, given to the command as `as_json`."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON for a program instead of words for people.")


def lang_option() -> Decorator:
    """`--lang es|en`, given as `lang`."""
    return click.option(
        "--lang",
        type=click.Choice(["es", "en"]),
        default="es",
        envvar="PROMESA_LANG",
        show_default=True,
        help="Language of what is printed.",
    )


def at_option() -> Decorator:
    """`--at MOMENT`, given as `at`: when it happened; now when not said."""
    return click.option(
        "--at",
        type=MOMENT,
        default=lambda: datetime.now(UTC),
        metavar="MOMENT",
        help="When it happened (2026-03-02 or 2026-03-02T09:30+01:00); default now.",
    )


def engine_option() -> Decorator:
    """`--engine ADDRESS`, given as `engine`: where to work a sharing out; empty for here."""
    return click.option(
        "--engine",
        default="",
        metavar="ADDRESS",
        help="Spread it over a running cluster: tcp://HOST:PORT (Dask) or ray://HOST:PORT. The result is the same.",
    )


def as_plain(value: Any) -> Any:
    """JSON of the contracts: decimals as strings, moments with their zone, days as YYYY-MM-DD."""
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, set | frozenset):
        return sorted(value)
    return str(value)


def print_json(document: Any) -> None:
    """One JSON document on standard output."""
    click.echo(json.dumps(document, ensure_ascii=False, indent=2, default=as_plain))


def print_line(document: Any) -> None:
    """One line of JSON Lines on standard output."""
    click.echo(json.dumps(document, ensure_ascii=False, separators=(",", ":"), default=as_plain))


def print_rows(lang: str, headings: Sequence[tuple[str, str]], rows: Sequence[Sequence[Any]]) -> None:
    """A table for people: headings are (Spanish, English); numbers and days in the reader's way, numbers to the right."""
    spoken = [heading[0 if lang == "es" else 1] for heading in headings]
    texts = [[_spoken(cell, lang) for cell in row] for row in rows]
    widths = [max([len(heading), *(len(row[n]) for row in texts)]) for n, heading in enumerate(spoken)]
    right = [any(isinstance(row[n], Decimal | int | Amount) for row in rows) for n in range(len(spoken))]
    for line in [spoken, ["─" * width for width in widths], *texts]:
        cells = (
            cell.rjust(width) if end else cell.ljust(width)
            for cell, width, end in zip(line, widths, right, strict=True)
        )
        click.echo("  ".join(cells).rstrip())


class Amount(str):
    """Text that stands to the right, as numbers do: money, shares."""


def _spoken(cell: Any, lang: str) -> str:
    if cell is None:
        return ""
    if isinstance(cell, Decimal | int):
        return format_number(cell, lang)
    if isinstance(cell, date) and not isinstance(cell, datetime):
        return f"{cell:%d/%m/%Y}" if lang == "es" else f"{cell:%Y-%m-%d}"
    return str(cell)


def counted(number: int, lang: str, *, es: tuple[str, str], en: tuple[str, str]) -> str:
    """A number with the word that fits it: `1 fila`, `2 filas`."""
    one, several = es if lang == "es" else en
    return f"{format_number(number, lang)} {one if number == 1 else several}"


def warn(sentence: str) -> None:
    """A word on standard error, which never mixes with what a program reads."""
    click.echo(sentence, err=True)
