"""Sentences by code: what is stored is a code with parameters, what is read is Spanish or English.

No Django here, so that a document can be explained without settings or database.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from promesa.core.ui import format as written

LANGUAGES = ("es", "en")
_SENTENCES: dict[str, tuple[str, str]] = {}


@dataclass(frozen=True, slots=True)
class Sentence:
    """A code and its parameters (JSON scalars), rendered by `say`."""

    code: str
    params: Mapping[str, Any] = field(default_factory=dict)

    def __call__(self, lang: str = "es") -> str:
        return say(self.code, self.params, lang)

    def as_json(self) -> dict[str, Any]:
        return {"code": self.code, "params": plain(self.params)}


def register(sentences: Mapping[str, tuple[str, str]]) -> None:
    """Add sentences; saying a code in two different ways is a mistake in the program."""
    for code, pair in sentences.items():
        known = _SENTENCES.get(code)
        if known is not None and known != pair:
            raise ValueError(f"two wordings for {code!r}")
        _SENTENCES[code] = pair


def known(code: str) -> bool:
    return code in _SENTENCES


def codes() -> list[str]:
    return sorted(_SENTENCES)


def plain(params: Mapping[str, Any]) -> dict[str, Any]:
    """Parameters as JSON can hold them: decimals, dates and moments as tagged-free strings."""
    return {key: str(value) if isinstance(value, Decimal) else value.isoformat() if isinstance(value, date) else value
            for key, value in params.items()}  # fmt: skip


def say(code: str, params: Mapping[str, Any] | None = None, lang: str = "es") -> str:
    """The sentence of a code in Spanish or English; a missing parameter shows as an ellipsis, never as an error."""
    pair = _SENTENCES.get(code)
    if pair is None:
        return code.replace("_", " ")
    template = pair[0 if lang.startswith("es") else 1]
    text = template.format_map(_Shown(params or {}, "es" if lang.startswith("es") else "en"))
    # a name that ends in a full stop, as "S.L." does, ends the sentence too
    return _TWO_STOPS.sub(".", text)


def both(code: str, params: Mapping[str, Any] | None = None) -> dict[str, str]:
    """The sentence in both languages, as the contracts print it."""
    return {lang: say(code, params, lang) for lang in LANGUAGES}


_TWO_STOPS = re.compile(r"(?<!\.)\.\.(?!\.)")


class _Shown(dict[str, Any]):
    """Parameters as people read them in one language."""

    def __init__(self, params: Mapping[str, Any], lang: str) -> None:
        super().__init__(params)
        self._lang = lang

    def __missing__(self, key: str) -> str:
        return "…"

    def __getitem__(self, key: str) -> str:
        if key not in self:
            return self.__missing__(key)
        value = super().__getitem__(key)
        return _Counted(shown(key, value, self._lang), value)


class _Counted(str):
    """A parameter in a sentence: `{lines:línea|líneas}` says the number with the word that fits it."""

    value: Any

    def __new__(cls, text: str, value: Any) -> _Counted:
        self = super().__new__(cls, text)
        self.value = value
        return self

    def __format__(self, words: str) -> str:
        one, bar, several = words.partition("|")
        if not bar:
            return super().__format__(words)
        return f"{self!s} {one if str(self.value) in _ONES else several}"


_ONES = ("1", "-1")


def shown(name: str, value: Any, lang: str) -> str:
    """One parameter as people read it. Stored parameters come back from JSON as text: names tell dates and numbers."""
    if value is None or value == "":
        return "—"
    if isinstance(value, dict):
        return str(value.get(lang) or next(iter(value.values()), "—"))
    if name == "what" and lang == "es":
        return _thing(str(value))
    if isinstance(value, str):
        value = _revived(name, value)
    if isinstance(value, datetime):
        return written.format_moment(value, lang)
    if isinstance(value, date):
        return written.format_date(value, lang)
    if isinstance(value, Decimal | int | float) and not isinstance(value, bool):
        number = Decimal(str(value))
        # money is written with its cents, a price with all the decimals that it has
        decimals = max(2, _decimals(number)) if name.endswith(("amount", "price")) else None
        return written.format_number(number, lang, decimals)
    return str(value)


# What the program calls by an English word in `what`, by itself or before a number ("document 17").
_THINGS = {
    "calendar": "el calendario", "customer": "el cliente", "document": "el documento", "file": "el archivo",
    "item": "el artículo", "order": "el pedido", "person": "la persona", "price list": "la tarifa", "segment": "el segmento",
    "site": "el destino", "unit": "la unidad", "user": "el usuario", "warehouse": "el almacén", "work item": "la tarea",
}  # fmt: skip


def _thing(what: str) -> str:
    if what in _THINGS:
        return _THINGS[what]
    thing, _, rest = what.rpartition(" ")
    return f"{_THINGS[thing]} {rest}" if thing in _THINGS else what


def _decimals(number: Decimal) -> int:
    exponent = number.normalize().as_tuple().exponent
    return -exponent if isinstance(exponent, int) else 0


def _revived(name: str, value: str) -> Any:
    try:
        if name.endswith(("_on", "_date")) or name in {"day", "date"}:
            return date.fromisoformat(value[:10])
        if name.endswith(("_at", "_from", "_to")):
            return datetime.fromisoformat(value)
        if name.endswith(("quantity", "amount", "price", "limit", "excess")) or name in {"least", "most", "below"}:
            return Decimal(value)
    except (ValueError, ArithmeticError):
        return value
    return value
