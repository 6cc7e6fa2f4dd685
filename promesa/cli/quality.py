"""`promesa quality`: errors of capture, orders that nobody touched, the daily audit, a customer's scorecard."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import click

from promesa.cli.options import DAY, Amount, json_option, lang_option, print_json, print_rows
from promesa.cli.start import with_database
from promesa.core.actors import Actor
from promesa.core.ui.format import format_number, format_percent
from promesa.results import operations, queries

SAID = {
    "es": {
        "errors": "Errores: {errors} en {lines} líneas, {rate} por cada 100.",
        "nothing": "Nada que contar en este periodo.",
        "touchless": "{n} de {all} pedidos llegaron a preparación sin que nadie los tocara: {rate} (intervalo del 95 %: {interval}).",
        "touches": "Toques por pedido: {touches}. Sin liberar todavía: {waiting}.",
        "repairs": "Hallazgos resueltos: {settled}, la mitad en {half} horas, nueve de cada diez en {most}. "
        "Minutos de personas: {minutes} en {told}.",
        "drawn": "Muestra del {day}: {n} pedidos.", "still": "El {day} no ha terminado o no tuvo pedidos: no hay muestra.",
        "example": "     {order}: «{received}»",
    },
    "en": {
        "errors": "Errors: {errors} in {lines} lines, {rate} per 100.",
        "nothing": "Nothing to count in this period.",
        "touchless": "{n} of {all} orders reached preparation untouched: {rate} (95% interval: {interval}).",
        "touches": "Touches per order: {touches}. Not released yet: {waiting}.",
        "repairs": "Findings settled: {settled}, half within {half} hours, nine of ten within {most}. "
        "Minutes of people: {minutes} in {told}.",
        "drawn": "Sample of {day}: {n} orders.", "still": "{day} has not ended or had no orders: there is no sample.",
        "example": "     {order}: “{received}”",
    },
}  # fmt: skip
HEADINGS = (
    ("Grupo", "Group"), ("Nombre", "Name"), ("Líneas", "Lines"), ("Errores", "Errors"), ("Por 100", "Per 100"),
    ("Nuestros", "Ours"), ("Del cliente", "Customer's"), ("Maestros", "Masters"),
)  # fmt: skip
SAMPLE_HEADINGS = (
    ("Pedido", "Order"),
    ("Cliente", "Customer"),
    ("Canal", "Channel"),
    ("Líneas", "Lines"),
    ("Auditado", "Audited"),
)


@click.group()
def quality() -> None:
    """Order quality at capture: what went wrong, whose it was, and what it cost.

    \b
      promesa quality errors --by customer        errors per 100 lines
      promesa quality touchless --by channel      orders that nobody had to touch
      promesa quality sample --day 2026-11-20     the day's audit sample
      promesa quality scorecard C-0012            what one customer could mend
    """


def _period(from_: date | None, to: date | None, now: datetime) -> dict[str, Any]:
    """The last ninety days unless somebody says otherwise."""
    last = to or now.date()
    return {"from_": from_ or last - timedelta(days=90), "to": last, "as_of": now}


def _in_period(command: Any) -> Any:
    command = click.option("--to", type=DAY, help="Last day of capture; it belongs to it. Default today.")(command)
    return click.option("--from", "from_", type=DAY, help="First day of capture. Default 90 days before the last.")(
        command
    )


@quality.command()
@_in_period
@click.option("--by", type=click.Choice(queries.DIVISIONS), default=None, help="Divide them; the most errors first.")
@json_option()
@lang_option()
@with_database
def errors(from_: date | None, to: date | None, by: str | None, as_json: bool, lang: str) -> None:
    """Errors of capture per hundred lines, by whose they are: ours, the customer's, the masters'."""
    asked = _period(from_, to, datetime.now(UTC))
    found = queries.capture_errors(by=by or "", **asked)
    if as_json:
        print_json(
            {"by": by, "from": str(asked["from_"]), "to": str(asked["to"]), "rows": [one.as_json() for one in found]}
        )
        return
    if by:
        rows = [
            [
                one.group,
                one.label,
                one.lines,
                one.errors,
                Amount(_number(one.per_hundred, lang)),
                one.ours,
                one.customers,
                one.masters,
            ]
            for one in found
        ]
        print_rows(lang, HEADINGS, rows)
        return
    (one,) = found
    said = SAID[lang]
    told = said["errors"].format(errors=one.errors, lines=one.lines, rate=_number(one.per_hundred, lang))
    click.echo(told if one.lines else said["nothing"])


@quality.command()
@_in_period
@click.option("--by", type=click.Choice(["channel", "customer", "month"]), default=None, help="Divide it.")
@json_option()
@lang_option()
@with_database
def touchless(from_: date | None, to: date | None, by: str | None, as_json: bool, lang: str) -> None:
    """Orders released without a person between receipt and release, and not corrected within a week after it."""
    asked = _period(from_, to, datetime.now(UTC))
    found = queries.touchless(by=by or "", **asked)
    repairs = queries.repair_times(**asked)
    if as_json:
        timed = {
            "settled": repairs.settled, "minutes": str(repairs.minutes), "minutes_told": repairs.told,
            "hours_p50": repairs.hours_half and str(repairs.hours_half), "hours_p90": repairs.hours_most and str(repairs.hours_most),
        }  # fmt: skip
        print_json(
            {
                "by": by,
                "from": str(asked["from_"]),
                "to": str(asked["to"]),
                "rows": [one.as_json() for one in found],
                "repairs": timed,
            }
        )
        return
    said = SAID[lang]
    for one in found:
        if one.group:
            click.echo(f"{one.group}:")
        if not one.released:
            click.echo(said["nothing"])
            continue
        interval = " - ".join(format_percent(limit, lang, 1) for limit in one.interval or ())
        rate = format_percent(one.rate, lang, 1) if one.rate is not None else ""
        click.echo(said["touchless"].format(n=one.untouched, all=one.released, rate=rate, interval=interval))
        click.echo(said["touches"].format(touches=_number(one.touches_per_order, lang), waiting=one.not_released))
    if repairs.settled:
        click.echo(
            said["repairs"].format(
                settled=repairs.settled, minutes=_number(repairs.minutes, lang), told=repairs.told,
                half=_number(repairs.hours_half, lang), most=_number(repairs.hours_most, lang),
            )
        )  # fmt: skip


@quality.command()
@click.option("--day", type=DAY, default=None, help="Day of capture; default yesterday.")
@json_option()
@lang_option()
@with_database
def sample(day: date | None, as_json: bool, lang: str) -> None:
    """Draw the audit sample of a day (1 %, 20 orders at least) and list it. Drawing again draws nobody else."""
    now = datetime.now(UTC)
    day = day or now.date() - timedelta(days=1)
    count = operations.draw_sample(day=day, by=Actor("command"), at=now)
    rows = queries.sample(from_=day, to=day, limit=max(count, 1))
    if as_json:
        orders = [
            {"order": one.number, "customer": one.customer, "channel": one.channel, "lines": one.lines,
             "audited_at": one.audited_at and one.audited_at.isoformat(), "wrong": one.wrong, "differences": one.found}
            for one in rows
        ]  # fmt: skip
        print_json({"day": str(day), "drawn": count, "orders": orders})
        return
    said = SAID[lang]
    click.echo(said["drawn" if count else "still"].format(day=day, n=count))
    if rows:
        print_rows(
            lang, SAMPLE_HEADINGS,
            [[one.number, one.customer, one.channel, one.lines, f"{one.audited_at:%Y-%m-%d}" if one.audited_at else ""] for one in rows],
        )  # fmt: skip


@quality.command()
@click.argument("customer")
@click.option("--last", type=click.IntRange(1, 1000), default=100, show_default=True, help="How many orders.")
@json_option()
@lang_option()
@with_database
def scorecard(customer: str, last: int, as_json: bool, lang: str) -> None:
    """What was wrong in a customer's last orders, and what it cost them: to be sent to them."""
    found = queries.scorecard(customer_number=customer, as_of=datetime.now(UTC), last=last)
    if as_json:
        print_json(found.as_json())
        return
    click.echo(f"{found.number} {found.name}")
    click.echo(found.sentence(lang))
    for one in found.mistakes:
        click.echo(f"  - {one.sentence(lang)}")
        for order, received, _ in one.examples:
            if received:
                click.echo(SAID[lang]["example"].format(order=order, received=received))


def _number(value: Decimal | None, lang: str) -> str:
    return "–" if value is None else format_number(value, lang, 2)
