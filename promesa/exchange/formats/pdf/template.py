"""Layouts learnt per sender: where its fields stand, so that what a person corrected once is read right from then on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from promesa.exchange.formats.pdf.fields import Value
from promesa.exchange.formats.pdf.page import Page
from promesa.exchange.formats.pdf.parties import Found
from promesa.exchange.formats.pdf.table import Table


@dataclass(slots=True)
class Layout:
    name: str = ""
    decimal: str | None = None
    date_order: str | None = None
    currency: str | None = None
    values: dict[str, Value] = field(default_factory=dict)
    table: Table | None = None


def fitting(pages: Sequence[Page], templates: Sequence[Mapping[str, Any]]) -> Layout:
    return Layout()


def put_parties(parties: dict[str, Found], layout: Layout) -> None:
    return
