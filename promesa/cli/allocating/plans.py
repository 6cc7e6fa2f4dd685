"""`promesa allocate plan|run|compare|publish|explain`: scarcity plans from the command line. People sign them, in the application."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, BinaryIO

import click

from promesa.allocation import operations
from promesa.allocation.engines import opened
from promesa.allocation.queries import comparing, explaining, plans
from promesa.allocation.rules.figures import Figures
from promesa.cli.options import DAY, at_option, engine_option, json_option, lang_option, print_json, print_rows
from promesa.cli.start import with_database
from promesa.core import words
from promesa.core.actors import Actor
from promesa.core.ui.format import format_number

BY = Actor("command")
SAID = {
    "none": ("No hay planes.", "There are no plans."),
    "proposed": ("{0}: propuesta {1}. Ahora la firman ventas y atención al cliente.",
                 "{0}: proposal {1}. Sales and customer service sign it now."),
    "ran": ("{0}: {1} líneas, {2} de {3} unidades en {4} s.", "{0}: {1} lines, {2} of {3} units in {4} s."),
    "published": ("{0}: {1} partes en vigor, {2} rechazadas, {3} avisos a clientes.",
                  "{0}: {1} parts in force, {2} refused, {3} notices to customers."),
    "again": ("Calculado otra vez da lo mismo: {0}.", "Worked out again it comes to the same: {0}."),
    "other": ("Calculado otra vez da otra cosa: {0}.", "Worked out again it comes to something else: {0}."),
}  # fmt: skip


def _say(name: str, lang: str, *values: Any) -> None:
    click.echo(SAID[name][0 if lang == "es" else 1].format(*values))


@click.group()
def plan() -> None:
    """Write and propose scarcity plans.

    \b
      promesa allocate plan list
      promesa allocate plan open "Oil before Christmas" --item 10001 --item 10002 --horizon 2026-12-20 --until 2027-01-07
      promesa allocate plan save R-2026-000001 scenario.json
      promesa allocate plan propose R-2026-000001 B
      promesa allocate plan show R-2026-000001 --json
    Sales and customer service sign in the application: two people, each for one side.
    """


@plan.command(name="list")
@click.option("--state", default="", metavar="STATE", help="Only plans in this state.")
@lang_option()
@json_option()
@with_database
def list_(state: str, lang: str, as_json: bool) -> None:
    """List plans, the newest first."""
    found = plans.plans_page(state=state, limit=500)
    if as_json:
        print_json({"plans": [dataclasses.asdict(one) for one in found]})
        return
    if not found:
        _say("none", lang)
        return
    print_rows(
        lang,
        [("Número", "Number"), ("Nombre", "Name"), ("Estado", "State"), ("Artículos", "Items"), ("Hasta", "Until"), ("Firmas", "Signed")],
        [
            [one.number, one.name[:40], words.say(f"plan_state_{one.state}", {}, lang), one.items, one.valid_to, one.signatures]
            for one in found
        ],
    )  # fmt: skip


@plan.command(name="open")
@click.argument("name")
@click.option("--item", "items", multiple=True, required=True, metavar="SKU", help="An item to share; may come again.")
@click.option("--horizon", "horizon_to", type=DAY, required=True, help="Supply that comes before this day is shared.")
@click.option("--until", "valid_to", type=DAY, required=True, help="From this day on the plan binds nobody any more.")
@click.option("--from", "valid_from", type=DAY, help="From this day it binds promises; today if not said.")
@click.option("--warehouse", default="", metavar="CODE", help="The default one if not said.")
@click.option("--reason", default="", help="Why there is not enough.")
@at_option()
@lang_option()
@json_option()
@with_database
def open_(
    name: str, items: Sequence[str], horizon_to: date, valid_to: date, valid_from: date | None, warehouse: str, reason: str,
    at: datetime, lang: str, as_json: bool,
) -> None:  # fmt: skip
    """Begin a plan with its scenario A: in proportion to the orders, by the tiers of the segments."""
    made = operations.open_plan(
        name=name, items=items, horizon_to=horizon_to, valid_to=valid_to, valid_from=valid_from, warehouse=warehouse,
        reason=reason, by=BY, at=at,
    )  # fmt: skip
    _show(made.number, lang, as_json)


@plan.command()
@click.argument("number")
@lang_option()
@json_option()
@with_database
def show(number: str, lang: str, as_json: bool) -> None:
    """Show a plan: scenarios, signatures, runs."""
    _show(number, lang, as_json)


@plan.command()
@click.argument("number")
@click.argument("content", type=click.File("rb"))
@click.option("--letter", default="", help="Write over the draft of this letter; else a new scenario.")
@click.option("--name", default="", help="What people call it.")
@at_option()
@lang_option()
@json_option()
@with_database
def save(number: str, content: BinaryIO, letter: str, name: str, at: datetime, lang: str, as_json: bool) -> None:
    """Write a scenario of a plan from CONTENT (a JSON file, or - for standard input). Every fault is told at once."""
    try:
        read = json.loads(content.read())
    except (ValueError, RecursionError) as error:
        raise click.BadParameter(str(error), param_hint="CONTENT") from None
    if not isinstance(read, dict):
        raise click.BadParameter('not a JSON object: {"items": [...], "rule": ...}', param_hint="CONTENT")
    operations.save_scenario(plan_id=plans.plan_id(number=number), content=read, letter=letter, name=name, by=BY, at=at)
    _show(number, lang, as_json)


@plan.command()
@click.argument("number")
@click.argument("letter")
@at_option()
@lang_option()
@with_database
def propose(number: str, letter: str, at: datetime, lang: str) -> None:
    """Lay a scenario before both sides. It never changes any more."""
    made = operations.propose_plan(plan_id=plans.plan_id(number=number), letter=letter, by=BY, at=at)
    _say("proposed", lang, made.number, made.scenario.letter if made.scenario else letter)


@plan.command()
@click.argument("number")
@click.option("--reason", default="")
@at_option()
@lang_option()
@json_option()
@with_database
def close(number: str, reason: str, at: datetime, lang: str, as_json: bool) -> None:
    """End a plan: its floors and ceilings bind nobody any more."""
    operations.close_plan(plan_id=plans.plan_id(number=number), reason=reason, by=BY, at=at)
    _show(number, lang, as_json)


def _show(number: str, lang: str, as_json: bool) -> None:
    page = plans.plan_page(number=number)
    if as_json:
        print_json(dataclasses.asdict(page))
        return
    click.echo(f"{page.number}  {page.name}  {words.say(f'plan_state_{page.state}', {}, lang)}  {page.horizon_to}")
    for one in page.scenarios:
        sides = ", ".join(words.say(f"plan_side_{sign.side}", {}, lang) + f" ({sign.name})" for sign in one.signatures)
        mark = "*" if one.is_chosen else " "
        click.echo(f" {mark}{one.letter} {one.content.get('rule', '')} {one.hash[:12]} {sides}".rstrip())
    for run_ in page.runs:
        stats = run_.stats
        click.echo(f"  {page.number}/{run_.number} {run_.letter} {run_.state} {stats.get('share')}/{stats.get('open')}")


@click.command()
@click.argument("number")
@click.option("--letter", default="", help="The scenario to work out; the proposed one if not said.")
@click.option("--as-of", type=DAY, help="The day on which supply counts as there; today if not said.")
@engine_option()
@at_option()
@lang_option()
@json_option()
@with_database
def run(number: str, letter: str, as_of: date | None, engine: str, at: datetime, lang: str, as_json: bool) -> None:
    """Work a plan out on what there is now. Nothing but the run is written.

    \b
      promesa allocate run R-2026-000001
      promesa allocate run R-2026-000001 --letter B --json
      promesa allocate run R-2026-000001 --engine tcp://10.0.0.5:8786
    """
    plan_id = plans.plan_id(number=number)
    with opened(engine) as where:
        made = operations.simulate(plan_id=plan_id, letter=letter, as_of=as_of, engine=where, by=BY, at=at)
    label = f"{number}/{made.number}"
    if as_json:
        print_json({"run": label, "state": made.state, "rule": made.rule, "snapshot": made.snapshot_hash, "lines": made.lines,
                    "stats": made.stats, "exceptions": made.exceptions})  # fmt: skip
        return
    _say("ran", lang, label, made.lines, made.stats["share"], made.stats["open"], made.seconds)


FIGURES: tuple[tuple[str, str, str], ...] = (
    ("units", "Unidades", "Units"), ("fill", "Servicio", "Fill"), ("complete_orders", "Completos", "Complete"),
    ("on_time_orders", "Completos y a tiempo", "Complete on time"), ("money", "Valor", "Value"),
    ("penalties", "Penalizaciones", "Penalties"),
    ("broken_promises", "Promesas rotas", "Broken promises"), ("moved_units", "Movido", "Moved"),
    ("minimum_fill", "Mínimo", "Lowest fill"), ("jain", "Jain", "Jain"),
)  # fmt: skip


@click.command()
@click.argument("first")
@click.argument("second", required=False)
@lang_option()
@json_option()
@with_database
def compare(first: str, second: str | None, lang: str, as_json: bool) -> None:
    """A run beside what customers have today, or beside another run.

    \b
      promesa allocate compare R-2026-000001/1
      promesa allocate compare R-2026-000001/1 R-2026-000001/2 --json
    """
    found = comparing.compare(
        first=comparing.run_id(label=first), second=comparing.run_id(label=second) if second else None
    )
    if as_json:
        print_json(dataclasses.asdict(found))
        return
    heads = [("", ""), ("Hoy", "Today"), (found.first.label, found.first.label)]
    heads += [(found.second.label, found.second.label)] if found.second else []
    sides = [found.today, found.first_figures, *([found.second_figures] if found.second_figures else [])]
    print_rows(
        lang, heads, [_figures(name, spanish if lang == "es" else english, sides) for name, spanish, english in FIGURES]
    )


def _figures(name: str, said: str, sides: Sequence[Figures]) -> list[Any]:
    return [said, *(getattr(side, name) for side in sides)]


@click.command()
@click.argument("label")
@at_option()
@lang_option()
@json_option()
@with_database
def publish(label: str, at: datetime, lang: str, as_json: bool) -> None:
    """Put a run of a signed plan in force: claims move, promises are given anew, customers get their notices.

    What changed since the run is refused and told; the rest goes through. Exit 1 if anything was refused.
    """
    made = operations.publish_run(run_id=comparing.run_id(label=label), by=BY, at=at)
    if as_json:
        print_json(dataclasses.asdict(made))
    else:
        _say("published", lang, label, len(made.published), len(made.refused), made.notices)
        for change in made.changes:
            click.echo("  " + words.say(change["code"], change["params"], lang))
    if made.refused:
        raise SystemExit(1)


@click.command()
@click.argument("label")
@click.argument("order")
@click.argument("line", type=int)
@lang_option()
@json_option()
@with_database
def explain(label: str, order: str, line: int, lang: str, as_json: bool) -> None:
    """Why a line of an order got what it got in a run, worked out again to see that it comes to the same.

    \b
      promesa allocate explain R-2026-000001/1 P-2026-000123 2
    """
    line_id = explaining.line_id(order=order, line_number=line)
    found = explaining.explain(run_id=comparing.run_id(label=label), line_id=line_id)
    if as_json:
        print_json({**dataclasses.asdict(found), "why": {one: found.sentences(one) for one in words.LANGUAGES}})
        return
    for sentence in found.sentences(lang):
        click.echo(sentence)
    if found.again is not None:
        same = found.again == found.share_quantity
        _say("again" if same else "other", lang, format_number(Decimal(found.again), lang))
