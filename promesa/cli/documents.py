"""`promesa document show`: what a file says, in the neutral form, without taking it in. No database is needed."""

from __future__ import annotations

from pathlib import Path

import click

from promesa.cli.options import counted, json_option, lang_option, print_line
from promesa.exchange import formats


@click.group()
def document() -> None:
    """Look at documents without taking them in."""


@document.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--technical-key", "keys", multiple=True, help="Key of a DIAN numbering range, to check CUFE with.")
@click.option("--software-pin", "pins", multiple=True, help="PIN of a DIAN software, to check CUDE and CUDS with.")
@lang_option()
@json_option()
def show(files: tuple[Path, ...], keys: tuple[str, ...], pins: tuple[str, ...], lang: str, as_json: bool) -> None:
    """Say what each document in FILES is and what is wrong in it.

    \b
      promesa document show order.edi
      promesa document show *.edi --json      one line a document
      promesa document show fe.xml --technical-key fc8eac422eba16e22ffd8c6f94b3f40a6e38162c
    Exit 1 if nothing of a file can be read.
    """
    unreadable = False
    given = [{"technical_key": list(keys), "software_pin": list(pins)}] if keys or pins else []
    for file in files:
        for found in formats.documents(file.read_bytes(), filename=file.name, templates=given):
            unreadable = unreadable or found.kind == "unreadable"
            if as_json:
                print_line({"file": str(file), **found.as_json()})
                continue
            lines = counted(len(found.lines), lang, es=("línea", "líneas"), en=("line", "lines"))
            click.echo(f"{file.name}: {found.kind} {found.number} ({found.format}), {lines}")
            for fault in found.faults:
                click.echo(f"  {fault.severity}: {fault.sentence(lang)}")
    if unreadable:
        raise SystemExit(1)
