"""A stored neutral document, as an object again: what waited is tried anew, and what is to be sent is written, without
the bytes that it came in."""

from __future__ import annotations

import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from promesa.exchange.formats.neutral import NeutralDocument, NeutralLine, Window

_ENDS = {"from": "from_"}


def revived(stored: Mapping[str, Any]) -> NeutralDocument:
    """The document that `as_json` was written of; its faults are rows of their own and stay there."""
    known = {field.name for field in fields(NeutralDocument)} - {"faults", "mail"}
    said = {name: value for name, value in stored.items() if name in known}
    said = {"format": "", "kind": "", **said}
    if "lines" in said:
        said["lines"] = [{"line_number": "", **line} for line in said["lines"]]
    document: NeutralDocument = _maker(NeutralDocument)(said)
    beside = {name: value for name, value in stored.items() if name not in known and name != "faults"}
    return replace(document, mail=beside) if beside else document


@lru_cache(maxsize=256)
def _maker(kind: Any) -> Callable[[Any], Any]:
    """What makes a value of this type out of its JSON."""
    if kind in (NeutralDocument, NeutralLine) or is_dataclass(kind):
        return _of_fields(kind)
    origin, inner = typing.get_origin(kind), typing.get_args(kind)
    if origin in (typing.Union, types.UnionType):
        return _of_union(inner)
    if origin is tuple:
        make = _maker(inner[0])
        return lambda value: tuple(make(one) for one in value)
    if origin is not None and issubclass(origin, Mapping):
        if inner[1] is Any:
            return lambda value: {name: _by_name(name, one) for name, one in value.items()}
        of_value = _maker(inner[1])
        return lambda value: {name: of_value(one) for name, one in value.items()}
    if kind is Decimal:
        return lambda value: Decimal(str(value))
    if kind is date:
        return lambda value: date.fromisoformat(value[:10])
    return lambda value: value


def _by_name(name: str, value: Any) -> Any:
    """What has no type of its own: days are known by their name."""
    return date.fromisoformat(value) if name.endswith("_on") and isinstance(value, str) else value


def _of_fields(kind: Any) -> Callable[[Any], Any]:
    hints = typing.get_type_hints(kind)
    makers = {field.name: _maker(hints[field.name]) for field in fields(kind)}
    names = _ENDS if kind is Window else {}

    def make(said: Mapping[str, Any]) -> Any:
        values = {names.get(name, name): value for name, value in said.items()}
        return kind(
            **{name: makers[name](value) for name, value in values.items() if name in makers and value is not None}
        )

    return make


def _of_union(kinds: tuple[Any, ...]) -> Callable[[Any], Any]:
    some = [kind for kind in kinds if kind is not type(None)]
    if set(some) == {date, datetime}:
        return lambda text: datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)
    return _maker(some[0])
