"""Values that the company may change, by the day on which they are asked; the code holds only the defaults."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date
from typing import Any, TypeVar

from promesa.core import bulk

T = TypeVar("T")

COMPANY_ZONE = "Europe/Madrid"


def values(*, codes: Iterable[str], on: date) -> dict[str, Any]:
    """The values in force on a day; a code that was never set is absent."""
    found = bulk.rows(
        """SELECT DISTINCT ON (code) code, value::text FROM core_parameter
           WHERE code = ANY(%s::text[]) AND valid_from <= %s::date ORDER BY code, valid_from DESC""",
        [list(codes), on],
    )
    return {code: json.loads(text) for code, text in found}


def value(*, code: str, on: date, default: T) -> T:
    """The value in force on a day, or the default."""
    found: T = values(codes=[code], on=on).get(code, default)
    return found


def company_zone(*, on: date) -> str:
    """The IANA zone in which months and legal dates of the company are judged."""
    return value(code="company.time_zone", on=on, default=COMPANY_ZONE)
