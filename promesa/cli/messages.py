"""Translations: collect the sentences of templates and views, and compile the catalogues."""

import io
import re
from collections.abc import Iterator
from pathlib import Path

import click
from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

from promesa.cli.options import warn
from promesa.cli.start import Problem
from promesa.config.catalogues import compile_catalogues

PACKAGE = Path(__file__).resolve().parents[1]
KEYWORDS = {
    "gettext": None, "gettext_lazy": None, "gettext_noop": None, "_": None,
    "ngettext": (1, 2), "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2), "pgettext_lazy": ((1, "c"), 2), "npgettext": ((1, "c"), 2, 3),
}  # fmt: skip
Message = tuple[str | tuple[str, ...], str | None, str]


@click.group()
def messages() -> None:
    """Collect and compile translations.

    \b
      promesa messages extract     after writing {% translate %} or gettext
      promesa messages compile     after translating
    """


@messages.command(name="compile")
def compile_() -> None:
    """Compile what has changed."""
    done = compile_catalogues(PACKAGE)
    if done:
        warn(f"{done} catalogues compiled")


@messages.command(name="extract")
@click.option("--room", "only", default="", metavar="ROOM", help="One room; all of them when not said.")
def extract_(only: str) -> None:
    """Bring each room's Spanish catalogue up to date with its sentences.

    Translations are kept; sentences that are gone go; what has no Spanish yet is listed, and the exit code is 1.
    """
    missing = 0
    for room in rooms():
        if only and room.name != only:
            continue
        bring_up_to_date(room)
        for sentence in untranslated(room):
            missing += 1
            warn(f"{room.name}: {sentence!r}")
    compile_catalogues(PACKAGE)
    if missing:
        raise Problem(f"{missing} sentences have no Spanish yet.")


def rooms() -> list[Path]:
    """Every package of the house."""
    return sorted(path.parent for path in PACKAGE.glob("*/__init__.py"))


def sentences(room: Path) -> Iterator[Message]:
    """What the templates and the Python files of a room say through gettext: message, context, place."""
    for path in sorted(room.rglob("*.html")) + sorted(room.rglob("*.txt")):
        if "templates" in path.parts:
            source = templatize(path.read_text(), origin=str(path))
            yield from _found(source, path, room)
    for path in sorted(room.rglob("*.py")):
        if "tests" not in path.parts and "migrations" not in path.parts:
            yield from _found(path.read_text(), path, room)


def _found(source: str, path: Path, room: Path) -> Iterator[Message]:
    place = str(path.relative_to(room.parent.parent))
    # A call may begin on its own line in the middle of what templatize made of a page.
    source = re.sub(r"\bgettext\(u'", "gettext('", source)
    for _, message, _, context in extract("python", io.BytesIO(source.encode()), keywords=KEYWORDS):
        if message:
            yield message, context, place


def catalogue_of(room: Path) -> Catalog:
    """The room's Spanish catalogue as it is written; empty when there is none."""
    place = po_of(room)
    if not place.exists():
        return Catalog(locale="es")
    with place.open("rb") as file:
        return read_po(file, locale="es")


def po_of(room: Path) -> Path:
    return room / "locale" / "es" / "LC_MESSAGES" / "django.po"


def wanted(room: Path) -> Catalog:
    """What the room's catalogue must hold."""
    template = Catalog(locale="es")
    for message, context, place in sentences(room):
        flags = ["python-format"] if "%(" in str(message) else []
        template.add(message, locations=[(place, 0)], context=context, flags=flags)
    return template


def untranslated(room: Path) -> list[str]:
    """The sentences of a room that have no Spanish: neither in its own catalogue nor in one that every room uses."""
    own, shared = (
        catalogue_of(room),
        [catalogue_of(PACKAGE / name) for name in ("core", "config") if PACKAGE / name != room],
    )
    return [
        _id(message.id) for message in wanted(room) if message.id and not any(_says(c, message) for c in (own, *shared))
    ]


def _says(catalogue: Catalog, message: object) -> bool:
    found = catalogue.get(message.id, context=message.context)  # type: ignore[attr-defined]
    if found is None or found.fuzzy:
        return False
    return all(found.string) if isinstance(found.string, tuple | list) else bool(found.string)


def _id(message_id: object) -> str:
    return str(message_id[0] if isinstance(message_id, tuple | list) else message_id)


def bring_up_to_date(room: Path) -> None:
    """Merge a room's sentences into its catalogue, keeping every translation."""
    template, old = wanted(room), catalogue_of(room)
    shared = [catalogue_of(PACKAGE / name) for name in ("core", "config") if PACKAGE / name != room]
    merged = Catalog(locale="es", project="Promesa", charset="utf-8", fuzzy=False, header_comment="# Promesa")
    for message in sorted(template, key=lambda one: (_id(one.id), one.context or "")):
        if not message.id:
            continue
        known = old.get(message.id, context=message.context)
        if known is None and any(_says(catalogue, message) for catalogue in shared):
            continue
        string = known.string if known is not None and not known.fuzzy else None
        merged.add(
            message.id, string, context=message.context, locations=sorted(set(message.locations)), flags=message.flags,
            user_comments=known.user_comments if known is not None else (),
        )  # fmt: skip
    if not len(merged):
        return
    place = po_of(room)
    place.parent.mkdir(parents=True, exist_ok=True)
    buffer = io.BytesIO()
    write_po(buffer, merged, width=120, include_lineno=False, sort_output=False)
    # The header's dates change with every run and say nothing: leave them out.
    text = re.sub(
        r'^"(POT-Creation-Date|PO-Revision-Date|Last-Translator|Language-Team|Generated-By|Report-Msgid-Bugs-To):.*\n',
        "",
        buffer.getvalue().decode(),
        flags=re.M,
    )
    place.write_text(text)
