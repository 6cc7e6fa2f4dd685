"""`promesa allocate solve`: the engine alone, from a file to a file, without web or database."""

from __future__ import annotations

import time
from decimal import Decimal
from typing import BinaryIO

import click

from promesa.allocation import labels_best as labels_best
from promesa.allocation import labels_sharing as labels_sharing
from promesa.allocation.engines import opened
from promesa.allocation.rules.instance import MILLION, Decision, Instance
from promesa.allocation.rules.reading import Fault, Unreadable, read_instance
from promesa.allocation.rules.writing import shown_params, why, write_decision
from promesa.cli.options import engine_option, json_option, lang_option, print_json, print_rows
from promesa.core import words
from promesa.core.errors import Refused

MOST_MEGABYTES = 512
HEADINGS = (
    ("Línea", "Line"), ("Cliente", "Customer"), ("Artículo", "Item"), ("Pedido", "Asked"), ("Le toca", "Share"), ("Por qué", "Why"),
)  # fmt: skip


@click.command()
@click.argument("instance", type=click.File("rb"))
@engine_option()
@json_option()
@lang_option()
def solve(instance: BinaryIO, engine: str, as_json: bool, lang: str) -> None:
    """Share out the supply of INSTANCE (a JSON file, or - for standard input).

    Exit 1 if the instance has faults: all of them are told; or if the cluster that was named did not do it.
    """
    began = time.perf_counter()
    try:
        text = instance.read(MOST_MEGABYTES * 1_000_000 + 1)
        if len(text) > MOST_MEGABYTES * 1_000_000:
            raise Unreadable([Fault("", "instance_too_big", {"most": MOST_MEGABYTES})])
        found = read_instance(text)
    except Unreadable as refusal:
        _tell_faults(refusal, as_json, lang)
        raise SystemExit(1) from None
    try:
        with opened(engine) as where:
            decision = where.share_out(found)
    except Refused as refusal:
        click.echo(refusal.sentence(lang), err=True)
        raise SystemExit(1) from None
    if as_json:
        print_json(write_decision(found, decision, seconds=time.perf_counter() - began))
    else:
        _tell(found, decision, lang)


def _tell_faults(refusal: Unreadable, as_json: bool, lang: str) -> None:
    if as_json:
        found = [
            {
                "where": one.where,
                "code": one.code,
                "params": dict(one.params),
                "message": words.both(one.code, one.params),
            }
            for one in refusal.faults
        ]
        print_json({"findings": found})
    for one in refusal.faults:
        said = words.say(one.code, one.params, lang)
        click.echo(f"{one.where}: {said}" if one.where else said, err=True)


def _tell(instance: Instance, decision: Decision, lang: str) -> None:
    rows = [
        [line.id, line.customer, line.item, _units(line.open_quantity), _units(one.quantity), why(one.why)[lang]]
        for line, one in zip(instance.lines, decision.outcomes, strict=True)
    ]
    print_rows(lang, HEADINGS, rows)
    for one in decision.exceptions:
        click.echo(words.say(one.code, shown_params(one), lang))


def _units(millionths: int) -> Decimal:
    return Decimal(millionths) / MILLION
