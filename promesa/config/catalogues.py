"""Translations: compile the .po files of all rooms to .mo. Needs Babel alone, so that a build can use it."""

from collections.abc import Iterator
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po


def po_files(package: Path) -> Iterator[Path]:
    """Every catalogue of every room."""
    yield from sorted(package.glob("**/locale/*/LC_MESSAGES/django.po"))


def compile_catalogues(package: Path) -> int:
    """Compile what is newer than its compiled file; say how many were compiled."""
    done = 0
    for po in po_files(package):
        mo = po.with_suffix(".mo")
        if mo.exists() and mo.stat().st_mtime >= po.stat().st_mtime:
            continue
        with po.open("rb") as source:
            catalogue = read_po(source, locale=po.parents[1].name)
        unfinished = mo.with_suffix(".mo.new")
        with unfinished.open("wb") as target:
            write_mo(target, catalogue)
        unfinished.replace(mo)
        done += 1
    return done
