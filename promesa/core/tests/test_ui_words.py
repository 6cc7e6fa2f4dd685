"""Every word of the kit has its Spanish, and says the same placeholders."""

import re
from pathlib import Path

from babel.messages.pofile import read_po

CORE = Path(__file__).resolve().parents[1]
CATALOGUE = CORE / "locale/es/LC_MESSAGES/django.po"
TRANSLATE = re.compile(r'\{%\s*translate\s+"([^"]*)"(?:\s+context\s+"([^"]*)")?')
BLOCK = re.compile(r"\{%\s*blocktranslate\b[^%]*%\}(.*?)\{%\s*endblocktranslate\s*%\}", re.DOTALL)
CALLS = re.compile(r'\b(p|n|)gettext(?:_lazy)?\(\s*["\']([^"\']+)["\'](?:,\s*["\']([^"\']+)["\'])?')
PLACES = re.compile(r"%\((\w+)\)s|\{(\w+)\}")


def words_of_the_kit() -> set[tuple[str | None, str]]:
    """(context, msgid) of every word that a template or a piece of the kit says."""
    found: set[tuple[str | None, str]] = set()
    for page in CORE.glob("templates/**/*.html"):
        text = page.read_text()
        found |= {(context or None, word) for word, context in TRANSLATE.findall(text)}
        for body in BLOCK.findall(text):
            first = re.split(r"\{%\s*plural\s*%\}", body)[0]
            found.add((None, re.sub(r"\{\{\s*(\w+)\s*\}\}", r"%(\1)s", first)))
    for module in [*CORE.glob("ui/**/*.py"), *CORE.glob("templatetags/*.py")]:
        for kind, first, second in CALLS.findall(module.read_text()):
            found.add((first, second) if kind == "p" else (None, first))
    return found


def catalogue() -> dict[tuple[str | None, str], tuple[str, ...]]:
    with CATALOGUE.open("rb") as source:
        read = read_po(source, locale="es")
    out: dict[tuple[str | None, str], tuple[str, ...]] = {}
    for message in read:
        if message.id:
            key = message.id[0] if isinstance(message.id, tuple) else message.id
            said = message.string if isinstance(message.string, tuple) else (message.string,)
            out[message.context, key] = tuple(map(str, said))
    return out


def test_every_word_of_the_kit_has_its_spanish() -> None:
    spanish = catalogue()
    missing = sorted(
        f"{context}|{word}" for context, word in words_of_the_kit() if not all(spanish.get((context, word), ("",)))
    )
    assert missing == []


def test_the_catalogue_holds_no_word_that_nobody_says() -> None:
    assert sorted(str(key) for key in set(catalogue()) - words_of_the_kit()) == []


def test_the_spanish_keeps_every_placeholder() -> None:
    with CATALOGUE.open("rb") as source:
        pairs = [(_last(message.id), _last(message.string)) for message in read_po(source, locale="es") if message.id]
    assert [word for word, said in pairs if set(PLACES.findall(word)) != set(PLACES.findall(said))] == []


def _last(said: object) -> str:
    """Of a word with a plural, the plural."""
    return str(said[-1] if isinstance(said, list | tuple) else said)
