"""`promesa check`: the invariants, in plain SQL on one snapshot of a running system."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

import click
from django.db import connection

from promesa.cli.options import json_option, lang_option, print_line
from promesa.cli.start import with_database

MOST_KEYS = 20
MARKS = {"es": ("se cumple", "ROTA     "), "en": ("holds ", "BROKEN")}


def invariants() -> dict[str, tuple[dict[str, str], str]]:
    """Name -> (what must hold, in the words of each language; the query whose rows break it)."""
    found: dict[str, tuple[dict[str, str], str]] = {}
    for file in sorted(files("promesa.cli.checks").iterdir(), key=lambda one: one.name):
        if file.name.endswith(".sql"):
            text = file.read_text(encoding="utf-8")
            said = " ".join(line[2:].strip() for line in text.splitlines() if line.startswith("--"))
            english, _, spanish = said.partition(" es: ")
            found[f"I{int(file.name[1:3])}"] = ({"es": spanish, "en": english}, text)
    return found


def broken() -> list[dict[str, Any]]:
    """Each invariant with the keys that break it. One read-only snapshot, so a running system can be checked."""
    answers: list[dict[str, Any]] = []
    with connection.cursor() as cursor:
        cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        try:
            for name, (said, query) in invariants().items():
                cursor.execute(query)
                keys = [row[0] for row in cursor.fetchall()]
                answers.append({"invariant": name, "rows": len(keys), "keys": keys[:MOST_KEYS], "holds": said})
        finally:
            cursor.execute("ROLLBACK")
    return answers


@click.command()
@json_option()
@lang_option()
@with_database
def check(as_json: bool, lang: str) -> None:
    """Verify that the books agree: every invariant is a query that must find nothing.

    \b
      promesa check
      promesa check --json        one line an invariant, with the keys that break it
    Exit 1 if any row breaks one.
    """
    answers = broken()
    for answer in answers:
        if as_json:
            print_line({key: answer[key] for key in ("invariant", "rows", "keys")})
        else:
            mark = MARKS[lang][bool(answer["rows"])]
            click.echo(f"{answer['invariant']:>4}  {mark}  {answer['holds'][lang]}")
            for key in answer["keys"]:
                click.echo(f"              {key}")
    if any(answer["rows"] for answer in answers):
        raise SystemExit(1)
