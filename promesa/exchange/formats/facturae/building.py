"""Pieces of XML for the writer of Facturae: elements in order, figures as the schema asks for them."""

from __future__ import annotations

import re
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, localcontext

from lxml import etree

from promesa.exchange.formats.xml.values import Element

_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def add(parent: Element, name: str, text: str | None = None, *, limit: int = 2500) -> Element:
    """A new last child, with its text cut to what the schema takes."""
    element = etree.SubElement(parent, name)
    if text is not None:
        element.text = _FORBIDDEN.sub("", text)[:limit]
    return element


def say(parent: Element, name: str, text: str | None, *, limit: int = 2500) -> None:
    """A child, when there is something to say."""
    if text:
        add(parent, name, text, limit=limit)


def day(parent: Element, name: str, value: date | None) -> None:
    if value is not None:
        add(parent, name, value.isoformat()[:10])


def amount(parent: Element, name: str, value: Decimal | None) -> None:
    """A figure of two to eight decimals, when there is one."""
    if value is not None:
        add(parent, name, figure(value))


def total(parent: Element, name: str, value: Decimal | None) -> None:
    """An amount in an element of its own, as bases and taxes are."""
    if value is not None:
        add(add(parent, name), "TotalAmount", figure(value))


def two(parent: Element, name: str, value: Decimal | None) -> None:
    """A figure of exactly two decimals, when there is one."""
    if value is not None:
        add(parent, name, format(rounded(value, 2), "f"))


def figure(value: Decimal) -> str:
    whole, _, decimals = format(rounded(value, 8), "f").partition(".")
    return f"{whole}.{decimals.rstrip('0').ljust(2, '0')}"


def rounded(value: Decimal, decimals: int) -> Decimal:
    with localcontext(prec=80):
        return value.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
