"""What is wrong with a code that is said to be a GTIN: the same finding in every format."""

from __future__ import annotations

from typing import NamedTuple

from promesa.core import identifiers


class WrongGtin(NamedTuple):
    """The fault's code, and the GTIN that would be right if only the check digit is wrong."""

    code: str
    right: str | None


def wrong_gtin(gtin: str) -> WrongGtin | None:
    """None when it is a GTIN."""
    if identifiers.is_gtin(gtin):
        return None
    right = identifiers.with_check_digit(gtin) if len(gtin) in identifiers.GTIN_LENGTHS else None
    return WrongGtin("check_digit_wrong" if right else "not_a_gtin", right)
