"""`promesa allocate adherence` and `move`: whether a plan is kept, and goods that go elsewhere at the last minute."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

import click

from promesa.allocation.models import Plan
from promesa.allocation.operations.moving import REASONS, Impact, check_possible, impact_of, move_share
from promesa.allocation.queries.adherence import (
    Adherence,
    KeptCustomer,
    adherence,
    floors_standing,
    kept_days,
    overrides_by_requester,
)
from promesa.allocation.queries.moving import line_named
from promesa.cli.options import NUMBER, at_option, json_option, lang_option, print_json, print_rows
from promesa.cli.start import with_database
from promesa.core import parameters, words
from promesa.core.actors import Actor
from promesa.core.errors import NotFound
from promesa.core.ui.format import format_number

BY = Actor("command")
SIDES = {"es": {"donor": "cede", "receiver": "recibe"}, "en": {"donor": "gives", "receiver": "gets"}}


@click.command(name="adherence")
@click.argument("plan")
@click.option("--days", is_flag=True, help="Day by day since it was published.")
@at_option()
@lang_option()
@json_option()
@with_database
def adherence_(plan: str, days: bool, at: datetime, lang: str, as_json: bool) -> None:
    """Whether a plan in force is kept: planned against held, released, despatched and delivered, by customer; leaks."""
    found = Plan.objects.filter(number=plan).first()
    if found is None:
        raise NotFound(plan, what=plan)
    floors = floors_standing(on=at.date(), plan_id=found.pk)
    kept = adherence(plan_id=found.pk, floors=floors)
    zone = parameters.company_zone(on=at.date())
    by_day = kept_days(plan_id=found.pk, until=at.date(), zone=zone) if days or as_json else []
    if as_json:
        print_json({
            **_told(kept), "days": [one._asdict() for one in by_day],
            "overrides": [one._asdict() for one in overrides_by_requester(plan_id=found.pk)],
            "floors": [{**one._asdict(), "forgotten": one.forgotten, "short": one.short} for one in floors],
        })  # fmt: skip
        return
    if kept.published_at is None:
        click.echo(
            {"es": f"Del plan {plan} no hay nada publicado.", "en": f"Nothing of plan {plan} is published."}[lang]
        )
        return
    if days:
        print_rows(
            lang,
            [("Día", "Day"), ("Prometido", "Promised"), ("En almacén", "Released"), ("Expedido", "Despatched"),
             ("Entregado", "Delivered"), ("Fugas", "Leaks")],
            [list(one) for one in by_day],
        )  # fmt: skip
    print_rows(
        lang,
        [("Cliente", "Customer"), ("Segmento", "Segment"), ("Plan", "Planned"), ("Tiene", "Holds"), ("Expedido", "Despatched"),
         ("Entregado", "Delivered"), ("Fuga", "Leak"), ("Cumplido", "Kept")],
        [
            [one.customer[:40], one.segment, one.planned, one.holds, one.despatched, one.delivered, one.leaked,
             _percent(one.adherence, lang)]
            for one in kept.customers
        ],
    )  # fmt: skip
    whole, leak = _percent(kept.adherence, lang), _percent(kept.leak_share, lang)
    click.echo({"es": f"El plan {plan} se cumple al {whole}; fugas, {leak} de lo que había.",
                "en": f"Plan {plan} is kept by {whole}; leaks are {leak} of what there was."}[lang])  # fmt: skip


def _percent(share: Decimal | None, lang: str) -> str:
    return "-" if share is None else f"{format_number(share * 100, lang, 1)} %"


def _told(kept: Adherence) -> dict[str, Any]:
    return {
        "plan": kept.plan, "published_at": kept.published_at, "supply": kept.supply, "planned": kept.planned, "holds": kept.holds,
        "released": kept.released, "despatched": kept.despatched, "delivered": kept.delivered, "leaked": kept.leaked,
        "adherence": kept.adherence, "leak_share": kept.leak_share, "protected_service": kept.protected_service,
        "customers": [_customer(one) for one in kept.customers],
        "leaks": [
            {"order": one.order_number, "line": one.line_number, "customer": one.customer, "item": one.sku,
             "planned": one.planned, "holds": one.holds, "leaked": one.leaked}
            for one in kept.leaks
        ],
    }  # fmt: skip


def _customer(one: KeptCustomer) -> dict[str, Any]:
    return {
        "customer": one.customer, "segment": one.segment, "planned": one.planned, "holds": one.holds, "released": one.released,
        "despatched": one.despatched, "delivered": one.delivered, "leaked": one.leaked, "short": one.short,
        "adherence": one.adherence, "realisation": one.realisation, "protected": one.protected,
    }  # fmt: skip


@click.command(name="move")
@click.argument("to", metavar="ORDER/LINE")
@click.option(
    "--from", "donor", default="", metavar="ORDER/LINE", help="Who gives; what nobody has claimed, if not said."
)
@click.option("--quantity", type=NUMBER, required=True, help="How much, in base units.")
@click.option("--reason", type=click.Choice(REASONS), help="Why; needed unless --dry-run.")
@click.option("--note", default="", help="Why, in words.")
@click.option("--requested-by", default="", metavar="WHO", help="Who asked for it; needed unless --dry-run.")
@click.option("--dry-run", is_flag=True, help="Say what it would do, and do nothing.")
@at_option()
@lang_option()
@json_option()
@with_database
def move(
    to: str, donor: str, quantity: Decimal, reason: str | None, note: str, requested_by: str, dry_run: bool, at: datetime,
    lang: str, as_json: bool,
) -> None:  # fmt: skip
    """Give a line goods of another at the last minute: P-2026-000123/2 --from P-2026-000120/1 --quantity 12.

    Exit 1 if it cannot be done; with --dry-run what it would do is told all the same.
    """
    receiver_id = _line(to)
    donor_id = _line(donor) if donor else None
    impact = impact_of(receiver_id=receiver_id, donor_id=donor_id, quantity=quantity, by=BY, at=at)
    if not dry_run:
        override = move_share(
            receiver_id=receiver_id, donor_id=donor_id, quantity=quantity, reason_code=reason or "", requested_by=requested_by,
            reason=note, by=BY, at=at,
        )  # fmt: skip
        if as_json:
            print_json({"moved": override.pk, **override.impact, "quantity": quantity, "worth": override.worth_amount})
        else:
            _print(impact, lang)
        return
    if as_json:
        print_json({**impact.kept(), "quantity": quantity, "worth": impact.worth, "allowed": impact.allowed})
    else:
        _print(impact, lang)
    check_possible(impact)


def _line(named: str) -> int:
    order, _, number = named.rpartition("/")
    found = line_named(order=order, line=int(number)) if number.isdecimal() else None
    if found is None:
        raise NotFound(named, what=named)
    return found


def _print(impact: Impact, lang: str) -> None:
    kept = impact.kept()
    print_rows(
        lang,
        [("", ""), ("Pedido", "Order"), ("Cliente", "Customer"), ("Antes", "Before"), ("Después", "After"), ("Plan", "Planned")],
        [
            [SIDES[lang][name], f"{side['order']}/{side['line']}", side["customer"], side["before"], side["after"], side["planned"] or "-"]
            for name in ("donor", "receiver") if (side := kept[name])
        ],
    )  # fmt: skip
    for hit in impact.floors:
        params = {"plan": hit.plan, "who": hit.who, "floor": hit.floor, "keeps": max(Decimal(0), hit.keeps)}
        click.echo(words.say("floor_hit", params, lang))
