"""Values read from XML elements: texts, decimals, days, moments; what is wrong with one is noted with its place.

    walk = Walk({"cac": "urn:…:CommonAggregateComponents-2", "cbc": "urn:…:CommonBasicComponents-2"})
    walk.text(root, "cbc:ID")                       the text, stripped; nothing when it isn't there
    walk.decimal(line, "cbc:Quantity")              nothing and a fault when it is no number
    walk.first(root, "cac:BuyerCustomerParty/cac:Party"), walk.all(root, "cac:OrderLine")
    walk.fault("element_missing", root, "cbc:ID", right="cbc:ID")

Paths are steps `prefix:Name` (or `Name` without namespace) parted by `/`; the last may be `@attribute`. The empty path is
the element itself. A place is shown as `/Order/OrderLine[2]/LineItem/Quantity`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from lxml import etree

from promesa.exchange.formats import labels
from promesa.exchange.formats.neutral import Fault, fault

MAX_FAULTS = 300
MAX_TEXT = 2000
MAX_WHOLE_FIGURES = 12
MAX_DECIMALS = 6
MAX_REMEMBERED = 4000
_DECIMAL = re.compile(r"[+-]?(?:[0-9]{1,40}(?:\.[0-9]{0,40})?|\.[0-9]{1,40})")
_LEADING = re.compile(r"\s*([+-]?[0-9]{1,40}(?:[.,][0-9]{1,40})?)")
_COMMA = re.compile(r"[+-]?[0-9]{1,40},[0-9]{1,40}")
_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})(?:Z|[+-][0-9]{2}:?[0-9]{2})?")
_OTHER_DAYS = re.compile(r"([0-9]{4})-?([0-9]{2})-?([0-9]{2})(?:[T ].{1,40})?")
_TIME = re.compile(r"([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\.[0-9]{1,12})?)?(?:Z|[+-][0-9]{2}:?[0-9]{2})?")

Element = etree._Element
Path = tuple[tuple[str, ...], str]


def local(element: Element) -> str:
    """The name of an element without its namespace."""
    return str(element.tag).rpartition("}")[2]


def path_of(element: Element) -> str:
    """Where an element stands, by local names, with a count (from 1) where it has brothers of its name."""
    steps: list[str] = []
    current: Element | None = element
    while current is not None:
        parent = current.getparent()
        step = local(current)
        if parent is not None:
            tag = current.tag
            before = sum(1 for _ in current.itersiblings(tag, preceding=True))
            if before or next(current.itersiblings(tag), None) is not None:
                step += f"[{before + 1}]"
        steps.append(step)
        current = parent
    return "/" + "/".join(reversed(steps))


def decimal_of(text: str) -> Decimal | None:
    """The number that a text says as XML writes decimals; nothing when it is none."""
    return Decimal(text) if _DECIMAL.fullmatch(text) else None


def day_of(text: str) -> date | None:
    """The day that a text says as XML writes dates, its zone set aside; nothing when it is none."""
    found = _DAY.fullmatch(text)
    return _real_day(found) if found else None


def _real_day(found: re.Match[str]) -> date | None:
    try:
        return date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        return None


class Walk:
    """The reading of one document: how its prefixes are meant, what was found wrong, and the line being read."""

    def __init__(self, spaces: Mapping[str, str]) -> None:
        self.spaces = spaces
        self.faults: list[Fault] = []
        self.line: str | None = None
        self.dropped = 0
        self._paths: dict[str, Path] = _PATHS.setdefault(tuple(spaces.items()), {})
        self._children: dict[Element, dict[str, Element]] = {}

    # -- finding

    def _path(self, path: str) -> Path:
        """A path as steps in lxml's names, and the attribute at its end or an empty text."""
        known = self._paths.get(path)
        if known is None:
            steps = path.split("/") if path else []
            attribute = steps.pop()[1:] if steps and steps[-1].startswith("@") else ""
            known = self._paths[path] = (tuple(self._clark(step) for step in steps), attribute)
        return known

    def _clark(self, step: str) -> str:
        prefix, colon, name = step.partition(":")
        return f"{{{self.spaces[prefix]}}}{name}" if colon else step

    def _find(self, element: Element, steps: tuple[str, ...]) -> Element | None:
        """The first element at some steps. The first child of each name is remembered: looking again costs nothing."""
        found: Element | None = element
        for step in steps:
            children = self._children.get(found)  # type: ignore[arg-type]
            if children is None:
                if len(self._children) > MAX_REMEMBERED:
                    self._children.clear()
                children = self._children[found] = {}  # type: ignore[index]
                for child in found:  # type: ignore[union-attr]
                    children.setdefault(child.tag, child)
            found = children.get(step)
            if found is None:
                # The first of several holders may lack what another has.
                return element.find("/".join(steps)) if len(steps) > 1 and step is not steps[0] else None
        return found

    def first(self, element: Element | None, path: str) -> Element | None:
        if element is None:
            return None
        steps = self._path(path)[0]
        return self._find(element, steps) if steps else element

    def all(self, element: Element | None, path: str) -> list[Element]:
        if element is None:
            return []
        steps = self._path(path)[0]
        if self._find(element, steps) is None:
            return []
        return list(element.iterchildren(steps[0])) if len(steps) == 1 else element.findall("/".join(steps))

    # -- values

    def raw(self, element: Element | None, path: str = "") -> str | None:
        """The text or attribute at a path with its spaces, or nothing."""
        if element is None:
            return None
        steps, attribute = self._paths.get(path) or self._path(path)
        found = self._find(element, steps) if steps else element
        if found is None:
            return None
        return found.get(attribute) if attribute else found.text

    def text(self, element: Element | None, path: str = "", *, limit: int = MAX_TEXT) -> str | None:
        """The text at a path, its runs of spaces made one; cut to `limit` characters with a fault."""
        raw = self.raw(element, path)
        if raw is None:
            return None
        text = " ".join(raw.split())
        if len(text) > limit:
            self.fault(
                "value_too_long", element, path, received=text, right=str(limit), limit=limit, severity="warning"
            )
            text = text[:limit]
        return text or None

    def texts(self, element: Element | None, path: str) -> tuple[str, ...]:
        """All texts at a path that say something."""
        return tuple(text for found in self.all(element, path) if (text := self.text(found)) is not None)

    def decimal(self, element: Element | None, path: str = "", *, severity: str = "warning") -> Decimal | None:
        """The decimal at a path; what is no number is a fault `number_wrong` of this severity."""
        raw = self.raw(element, path)
        if raw is None or not (text := raw.strip()):
            return None
        value = decimal_of(text)
        if value is None:
            leading = _LEADING.match(text)
            right = text.replace(",", ".") if _COMMA.fullmatch(text) else leading.group(1) if leading else None
            self.fault("number_wrong", element, path, received=text, right=right, severity=severity)
        return value

    def quantity(self, element: Element | None, path: str = "", *, severity: str = "blocking") -> Decimal | None:
        """A decimal that an order can hold: at most twelve figures before the point and six behind it."""
        value = self.decimal(element, path, severity=severity)
        if value is None:
            return None
        text = format(value, "f")
        whole, _, decimals = text.lstrip("+-").partition(".")
        if len(whole.lstrip("0")) > MAX_WHOLE_FIGURES:
            self.fault("number_too_large", element, path, received=text, severity=severity)
            return None
        if len(decimals.rstrip("0")) > MAX_DECIMALS:
            self.fault("too_many_decimals", element, path, received=text, severity=severity)
            return None
        return value

    def day(self, element: Element | None, path: str = "", *, severity: str = "warning") -> date | None:
        """The day at a path. One written otherwise (20180901, with an hour) is read and noted; what is none is a fault."""
        raw = self.raw(element, path)
        if raw is None or not (text := raw.strip()):
            return None
        value = day_of(text)
        if value is None:
            other = _OTHER_DAYS.fullmatch(text)
            value = _real_day(other) if other else None
            severity = severity if value is None else "warning"
            right = value.isoformat() if value else None
            self.fault("date_wrong", element, path, received=text, right=right, severity=severity)
        return value

    def moment(
        self, element: Element | None, day_path: str, time_path: str, *, severity: str = "warning"
    ) -> date | datetime | None:
        """The day at one path with the hour at another, as the clock on the wall; only the day when no hour is said."""
        day = self.day(element, day_path, severity=severity)
        raw = self.raw(element, time_path) if day is not None else None
        if day is None or raw is None or not (text := raw.strip()):
            return day
        found = _TIME.fullmatch(text)
        hour, minute, second = (int(part or 0) for part in found.groups()) if found else (99, 0, 0)
        if hour == 24 and not minute and not second:
            hour, minute, second = 23, 59, 59
        if hour > 23 or minute > 59 or second > 59:
            self.fault("date_wrong", element, time_path, received=text, right="HH:MM:SS", severity="warning")
            return day
        return datetime(day.year, day.month, day.day, hour, minute, second)  # noqa: DTZ001 - the clock on the wall

    # -- faults

    def where(self, element: Element | None, path: str = "") -> str:
        if element is None:
            return path
        steps, attribute = self._path(path)
        found = self._find(element, steps) if steps else element
        base = path_of(element if found is None else found)
        if found is None:
            base += "/" + "/".join(step.rpartition(":")[2] for step in path.split("/") if not step.startswith("@"))
        return f"{base}/@{attribute}" if attribute else base

    def fault(self, code: str, element: Element | None = None, path: str = "", **said: Any) -> None:
        """Note something wrong at an element. After `MAX_FAULTS` they are only counted, and blocking ones still told."""
        severity = said.get("severity") or labels.SEVERITIES[code]
        if len(self.faults) >= MAX_FAULTS:
            self.dropped += 1
            if severity != labels.BLOCKING or any(one.blocking for one in self.faults):
                return
        said.setdefault("where", self.where(element, path))
        said.setdefault("line", self.line)
        self.faults.append(fault(code, **said))

    def found(self) -> tuple[Fault, ...]:
        """All faults, with a last one when there were more than are kept."""
        if self.dropped:
            return (*self.faults, fault("more_faults", limit=MAX_FAULTS))
        return tuple(self.faults)


_PATHS: dict[tuple[tuple[str, str], ...], dict[str, Path]] = {}
