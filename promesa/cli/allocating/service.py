"""`promesa allocate service-level`: how much service pays, by item class."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

import click

from promesa.allocation.operations import count_demand
from promesa.allocation.queries.economic import ClassService, service_of_classes
from promesa.cli.options import NUMBER, Amount, at_option, json_option, lang_option, print_json, print_rows
from promesa.cli.start import with_database
from promesa.core.ui.format import format_number


@click.command(name="service-level")
@click.argument("classes", nargs=-1, metavar="[FAMILY]...")
@click.option(
    "--target", type=NUMBER, metavar="PERCENT", help="A target to judge, such as 99; else that of the parameter."
)
@click.option("--count", is_flag=True, help="Count the demand of the last eight weeks anew first.")
@at_option()
@lang_option()
@json_option()
@with_database
def service_level(
    classes: tuple[str, ...], target: Decimal | None, count: bool, at: datetime, lang: str, as_json: bool
) -> None:
    """The level of service that pays, by item class: stock cost against shortages, half point by half point.

    Exit 1 if a target lies above the level that pays: the sentence says what it costs.
    """
    if target is not None and not 0 < target < 100:
        raise click.BadParameter("above 0 and below 100: 100 % needs stock without end", param_hint="--target")
    if count:
        count_demand(to=at.date())
    found = service_of_classes(on=at.date(), names=classes or None, target=None if target is None else target / 100)
    if as_json:
        print_json({"classes": [_told(one) for one in found]})
    else:
        _print(found, lang)
    if any(one.excess for one in found):
        raise SystemExit(1)


def _told(one: ClassService) -> dict[str, Any]:
    curve = one.curve
    return {
        "class": one.name,
        "items": one.items,
        "best": curve.best if curve else None,
        "economic": curve.economic if curve else None,
        "levels": [
            {name: getattr(level, name) for name in (
                "service", "z", "fill", "safety_stock", "stock_cost", "short_units", "short_cost", "step_cost", "step_gain",
                "total")}
            for level in (curve.levels if curve else ())
        ],
        "warning": {
            "target": one.excess.target, "economic": one.excess.economic, "cost": one.excess.cost,
            "underage_factor": one.excess.underage_factor,
            "sentence": {lang: _warning(one, lang) for lang in ("es", "en")},
        } if one.excess else None,
    }  # fmt: skip


def _warning(one: ClassService, lang: str) -> str:
    assert one.excess is not None
    over = one.excess
    target, economic = (format_number(share * 100, lang, 1) for share in (over.target, over.economic))
    cost, factor = format_number(over.cost, lang, 2), format_number(over.underage_factor, lang, 1)
    return {
        "es": f"{one.name}: un objetivo del {target} % cuesta {cost} al año más que el {economic} %, el último que compensa. "
        f"Compensaría si una falta costara {factor} veces más.",
        "en": f"{one.name}: a target of {target} % costs {cost} a year more than {economic} %, the last that pays. "
        f"It would pay if a shortage cost {factor} times as much.",
    }[lang]


def _print(found: list[ClassService], lang: str) -> None:
    print_rows(
        lang,
        [("Clase", "Class"), ("Artículos", "Items"), ("Compensa", "Pays"), ("Servido", "Fill"), ("Stock/año", "Stock/year"),
         ("Faltas/año", "Shortages/year"), ("Medio punto más", "Half a point more")],
        [
            [one.name, one.items, *[Amount("—")] * 5] if one.curve is None else _row(one, lang)
            for one in found
        ],
    )  # fmt: skip
    for one in found:
        if one.excess:
            click.echo(_warning(one, lang))


def _row(one: ClassService, lang: str) -> list[Any]:
    assert one.curve is not None
    levels = one.curve.levels
    place = next(n for n, level in enumerate(levels) if level.service == one.curve.economic)
    level, after = levels[place], levels[min(place + 1, len(levels) - 1)]
    return [
        one.name, one.items, Amount(f"{format_number(level.service * 100, lang, 1)} %"),
        Amount(f"{format_number(level.fill * 100, lang, 1)} %"), Amount(format_number(level.stock_cost, lang, 2)),
        Amount(format_number(level.short_cost, lang, 2)),
        Amount(f"+{format_number(after.step_cost, lang, 2)} / −{format_number(after.step_gain, lang, 2)}"),
    ]  # fmt: skip
