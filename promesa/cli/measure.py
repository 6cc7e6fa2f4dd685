"""`promesa measure`: a figure, how it is counted, and from when it is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import click

from promesa.cli.options import DAY, MOMENT, Amount, json_option, lang_option, print_json, print_rows, warn
from promesa.cli.start import Problem, with_database
from promesa.core import words
from promesa.core.ui.format import format_number, format_percent
from promesa.results.measures import MEASURES
from promesa.results.measures.base import DIMENSIONS, NotMeasurable
from promesa.results.queries import MeasureAnswer, Row, orders_behind
from promesa.results.queries import measure as answer_of
from promesa.results.rules.facts import Basis, Point, Unit

HEADINGS = (
    ("Grupo", "Group"), ("Nombre", "Name"), ("Cumplen", "Kept"), ("De", "Of"), ("Valor", "Value"),
    ("Intervalo 95 %", "95% interval"), ("Provisional", "Provisional"),
)  # fmt: skip
SAID = {
    "es": {
        "excluded": "Fuera de la cuenta: {reasons}.", "nothing": "Nada que contar en este periodo.",
        "indices": "A la vez {and_index}; producto de tasas {product_index}; diferencia {gap} puntos; finales {final}.",
        "rule": "Cómo se cuenta (regla {version}): {rule}", "fresh": "Datos de {moment}.", "never": "Aún no hay datos.",
        "strict": "Sin sustitutos: {strict}.", "escaped": "Escapados al almacén o al cliente: {escaped}.",
        "engine": "El motor {engine} no está instalado; use postgres.",
        "behind": "Pedidos ({total}):",
    },
    "en": {
        "excluded": "Not counted: {reasons}.", "nothing": "Nothing to count in this period.",
        "indices": "All at once {and_index}; product of rates {product_index}; gap {gap} points; final {final}.",
        "rule": "How this is counted (rule {version}): {rule}", "fresh": "Data of {moment}.", "never": "There are no data yet.",
        "strict": "Without substitutes: {strict}.", "escaped": "Escaped to the warehouse or the customer: {escaped}.",
        "engine": "The engine {engine} is not installed; use postgres.",
        "behind": "Orders ({total}):",
    },
}  # fmt: skip


@click.command()
@click.argument("name", type=click.Choice(list(MEASURES)))
@click.option("--from", "from_", type=DAY, help="First day of the period.")
@click.option("--to", type=DAY, help="Last day of the period; it belongs to it.")
@click.option("--as-of", type=MOMENT, help="What was known at this moment; default now.")
@click.option(
    "--basis",
    type=click.Choice([b.value for b in Basis]),
    default="first",
    show_default=True,
    help="Against which word.",
)
@click.option(
    "--point",
    type=click.Choice([p.value for p in Point]),
    default="pod",
    show_default=True,
    help="Where the clock is read.",
)
@click.option(
    "--unit", type=click.Choice([u.value for u in Unit]), default="order", show_default=True, help="What is counted."
)
@click.option("--by", type=click.Choice(DIMENSIONS), help="Divide the figure.")
@click.option("--engine", type=click.Choice(["postgres", "duckdb", "spark"]), default="postgres", show_default=True)
@click.option(
    "--orders", "behind", type=click.Choice(["failed", "kept", "all"]), help="Name the orders behind the figure."
)
@json_option()
@lang_option()
@with_database
def measure(
    name: str,
    from_: date | None,
    to: date | None,
    as_of: datetime | None,
    basis: str,
    point: str,
    unit: str,
    by: str | None,
    engine: str,
    behind: str | None,
    as_json: bool,
    lang: str,
) -> None:
    """How well the promise was kept: perfect-order, on-time, fill-rate or order-quality.

    \b
      promesa measure perfect-order --from 2026-10-01 --to 2026-10-31
      promesa measure on-time --basis requested --point ship --json
      promesa measure fill-rate --unit case --by customer
      promesa measure perfect-order --orders failed
    Orders belong to the period in which they were due, shipped or not. Every figure tells its rule.
    """
    if engine != "postgres":
        raise Problem(SAID[lang]["engine"].format(engine=engine))
    moment = as_of or datetime.now(UTC)
    asked: dict[str, Any] = {
        "name": name, "from_": from_, "to": to, "as_of": moment, "basis": Basis(basis), "point": Point(point),
    }  # fmt: skip
    try:
        answer = answer_of(**asked, unit=Unit(unit), by=by)
        listed = _listed(asked, behind) if behind else None
    except NotMeasurable as refusal:
        raise click.UsageError(refusal.sentence(lang)) from refusal
    if as_json:
        print_json({**answer.as_json(), **({"orders": listed} if listed is not None else {})})
        return
    _show(answer, lang)
    if listed is not None:
        click.echo(SAID[lang]["behind"].format(total=len(listed)))
        for number in listed:
            click.echo(f"  {number}")


def _listed(asked: Mapping[str, Any], outcome: str) -> list[str]:
    """The numbers of all orders behind a figure."""
    found = orders_behind(**asked, outcome=outcome, limit=1_000_000)
    return [row.number for row in found.rows]


def _show(answer: MeasureAnswer, lang: str) -> None:
    """The figure as people read it."""
    said = SAID[lang]
    cells = [_cells(row, lang) for row in answer.rows]
    used = [n for n in range(len(HEADINGS)) if any(row[n] != "" for row in cells)]
    print_rows(lang, [HEADINGS[n] for n in used], [[row[n] for n in used] for row in cells])
    for row in answer.rows:
        if answer.by is None:
            for sentence in _beside(row, lang):
                click.echo(sentence)
    if not any(row.denominator for row in answer.rows):
        warn(said["nothing"])
    click.echo()
    click.echo(said["rule"].format(version=answer.measure.version, rule=answer.rule[lang]))
    click.echo(
        said["fresh"].format(moment=f"{answer.fresh_at:%Y-%m-%d %H:%M} UTC") if answer.fresh_at else said["never"]
    )


def _cells(row: Row, lang: str) -> list[Any]:
    group = words.say(f"cause_{row.group}", lang=lang) if row.group and words.known(f"cause_{row.group}") else row.label
    interval = "" if row.interval is None else f"{_percent(row.interval[0], lang)} - {_percent(row.interval[1], lang)}"
    return [
        row.group or "", group or "", _plain(row.numerator), _plain(row.denominator), Amount(_percent(row.value, lang)),
        interval, row.provisional,
    ]  # fmt: skip


def _beside(row: Row, lang: str) -> list[str]:
    said, more = SAID[lang], row.more
    found = []
    if more.get("and_index") is not None:
        parts = (
            f"{words.say(f'component_{name}', lang=lang)} {_percent(rate, lang)}"
            for name, rate in more["components"].items()
        )
        found.append("; ".join(parts) + ".")
        shown = {name: _percent(more[name], lang) for name in ("and_index", "product_index")}
        gap = format_number(more["gap"] * 100, lang, 1, sign=True)
        found.append(said["indices"].format(**shown, gap=gap, final=more["final"]))
    for name in ("strict", "escaped"):
        if name in more:
            found.append(said[name].format(**{name: _plain(more[name])}))
    if row.excluded:
        reasons = ", ".join(f"{count} {words.say(f'excluded_{why}', lang=lang)}" for why, count in row.excluded.items())
        found.append(said["excluded"].format(reasons=reasons))
    return found


def _percent(share: Decimal | None, lang: str) -> str:
    if share is None:
        return ""
    return format_percent(share, lang, 2)


def _plain(number: Decimal | int) -> Decimal | int:
    if isinstance(number, int):
        return number
    rounded = number.quantize(Decimal("0.01"))
    return rounded.to_integral_value() if rounded == rounded.to_integral_value() else rounded
