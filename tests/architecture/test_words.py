"""Everything a person reads is there in Spanish and in English."""

import re
from pathlib import Path

import pytest

from promesa.cli import messages
from promesa.core import words
from tests.architecture.sources import PACKAGE, templates

ROOMS = messages.rooms()


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.name)
def test_every_sentence_of_a_room_has_its_spanish(room: Path) -> None:
    assert messages.untranslated(room) == []


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.name)
def test_a_translation_keeps_the_places_of_its_sentence(room: Path) -> None:
    """What stands in %(...)s or {...} must stand in the translation too, or the page breaks."""
    odd = []
    for message in messages.catalogue_of(room):
        if not message.id or not message.string:
            continue
        sources = message.id if isinstance(message.id, tuple | list) else (message.id,)
        targets = message.string if isinstance(message.string, tuple | list) else (message.string,)
        places = {place for text in sources for place in re.findall(r"%\(\w+\)[sd]", text)}
        odd += [target for target in targets if not set(re.findall(r"%\(\w+\)[sd]", target)) <= places]
        odd += [targets[-1]] if not places <= set(re.findall(r"%\(\w+\)[sd]", targets[-1])) else []
    assert odd == []


def test_every_stored_sentence_keeps_its_places_in_both_languages() -> None:
    odd = []
    for code in words.codes():
        spanish, english = words._SENTENCES[code]
        assert spanish.strip(), code
        assert english.strip(), code
        if set(re.findall(r"{(\w+)", spanish)) != set(re.findall(r"{(\w+)", english)):
            odd.append(code)
    assert odd == []


VISIBLE = re.compile(r">([^<>{}]*[A-Za-zÁÉÍÓÚáéíóúñ]{3,}[^<>{}]*)<")
# Names and keys that are the same in every language.
SAME = {
    "Promesa",
    "CSV",
    "XLSX",
    ", CSV",
    ", XLSX",
    "SHA-256",
    ", PRICAT",
    "Ctrl",
    "Enter",
    "Esc",
    "EDIFACT",
    "GTIN",
    "SKU",
}


def test_no_template_speaks_without_gettext() -> None:
    found = []
    for path in templates():
        if path.name == "gallery.html":
            continue  # specimens of every component, which only the tests serve
        text = re.sub(r"{%\s*(blocktranslate|blocktrans|comment)\b.*?{%\s*end\1\s*%}", "", path.read_text(), flags=re.S)
        # A language is called by its own name in every language: <button lang="en">English</button>.
        text = re.sub(r"<(a|button|span|option)\b[^>]*\slang=[^>]*>.*?</\1>", "", text, flags=re.S)
        text = re.sub(r"<(script|style|svg)\b.*?</\1>|{#.*?#}", "", text, flags=re.S)
        text = re.sub(r"{%.*?%}|{{.*?}}", "", text, flags=re.S)
        said = [bare.strip(" \n·/") for bare in VISIBLE.findall(text)]
        found += [f"{path.relative_to(PACKAGE)}: {words_}" for words_ in said if words_ not in SAME]
    assert found == []
