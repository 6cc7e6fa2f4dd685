"""`promesa events`: what happened and could not be heard."""

from __future__ import annotations

from typing import Any

import click

from promesa.cli.options import json_option, lang_option, print_json, print_rows
from promesa.cli.start import Problem, with_database
from promesa.core import relay


@click.group()
def events() -> None:
    """Events that could not be heard, and another try.

    \b
      promesa events failed
      promesa events retry --all
    """


@events.command()
@json_option()
@lang_option()
@with_database
def failed(as_json: bool, lang: str) -> None:
    """List what could not be heard after twelve tries: the event, who should have heard it, and why not."""
    found = relay.failed()
    if as_json:
        print_json({"failed": [_told(one) for one in found]})
        return
    if not found:
        click.echo({"es": "Todo se ha oído.", "en": "Everything was heard."}[lang])
        return
    print_rows(
        lang,
        [("Entrega", "Delivery"), ("Cuándo", "When"), ("Suceso", "Event"),
         ("De", "Of"), ("Quién", "Listener"), ("Por qué no", "Why not")],
        [[str(one.id), f"{one.happened_at:%Y-%m-%d %H:%M}", one.kind, f"{one.subject_kind} {one.subject_id}", one.listener,
          _last_line(one.error)] for one in found],
    )  # fmt: skip


@events.command()
@click.argument("ids", nargs=-1, type=click.IntRange(1), metavar="[DELIVERY...]")
@click.option("--all", "everything", is_flag=True, help="All that failed.")
@json_option()
@lang_option()
@with_database
def retry(ids: tuple[int, ...], everything: bool, as_json: bool, lang: str) -> None:
    """Try again what could not be heard: the deliveries named, or all. Exit 1 if any fails again.

    \b
      promesa events retry 4711 4712
      promesa events retry --all
    """
    if bool(ids) is everything:
        raise click.UsageError("name the deliveries (`promesa events failed` lists them), or say --all")
    wanted = {one.id for one in relay.failed() if everything or one.id in ids}
    missing = sorted(set(ids) - wanted)
    if missing:
        numbers = ", ".join(map(str, missing))
        raise Problem(
            {"es": f"No están entre las fallidas: {numbers}.", "en": f"Not among the failed: {numbers}."}[lang]
        )
    relay.retry(ids=wanted)
    relay.drain()
    waiting = relay.unheard(ids=wanted)
    if as_json:
        print_json({"retried": len(wanted), "heard": len(wanted) - len(waiting), "waiting": sorted(waiting)})
    else:
        click.echo(
            {
                "es": f"Se han vuelto a intentar {len(wanted)}; se han oído {len(wanted) - len(waiting)}.",
                "en": f"{len(wanted)} tried again; {len(wanted) - len(waiting)} heard.",
            }[lang]
        )
    if waiting:
        click.get_current_context().exit(1)


def _told(one: relay.Failed) -> dict[str, Any]:
    return {
        "delivery": one.id, "event": one.kind, "subject": one.subject_kind, "subject_id": one.subject_id,
        "listener": one.listener, "happened_at": one.happened_at, "attempts": one.attempts, "error": _last_line(one.error),
    }  # fmt: skip


def _last_line(error: str) -> str:
    lines = error.strip().splitlines()
    return lines[-1][:200] if lines else ""
