"""Identifiers of parties by their scheme (ISO 6523): whether one can be right, by its shape and check digits."""

from __future__ import annotations

import re
from collections.abc import Callable

from promesa.core import identifiers

_ITALIAN_PERSON = re.compile(r"[A-Za-z]{6}[0-9]{2}[A-Za-z][0-9]{2}...[0-9][A-Za-z]", re.DOTALL)


def _figures(code: str, length: int) -> bool:
    return len(code) == length and code.isascii() and code.isdigit()


def _gln(code: str) -> bool:
    return code.isascii() and code.isdigit() and len(code) > 1 and identifiers.with_check_digit(code) == code


def _norwegian(code: str) -> bool:
    if not _figures(code, 9) or int(code) == 0:
        return False
    total = sum(int(figure) * (place % 6 + 2) for place, figure in enumerate(reversed(code[:8])))
    return (11 - total % 11) % 11 == int(code[8])


def _belgian(code: str) -> bool:
    return _figures(code, 10) and 97 - int(code[:8]) % 97 == int(code[8:])


def _italian_office(code: str) -> bool:
    return len(code) == 6 and code.isascii() and code.isalnum()


def _italian_tax(code: str) -> bool:
    return _figures(code, 11) or _ITALIAN_PERSON.fullmatch(code) is not None


def _italian_vat(code: str) -> bool:
    if code[:2].upper() != "IT":
        return True
    body = code[2:]
    if not _figures(body, 11):
        return False
    total = sum(int(figure) if place % 2 == 0 else int("0246813579"[int(figure)]) for place, figure in enumerate(body))
    return total % 10 == 0


def _swedish(code: str) -> bool:
    if not _figures(code, 10):
        return False
    total = 0
    for place, figure in enumerate(reversed(code[:9]), 1):
        value = int(figure) * 2 if place % 2 else int(figure)
        total += value // 10 + value % 10
    return (10 - total % 10) % 10 == int(code[9])


def _australian(code: str) -> bool:
    if not _figures(code, 11):
        return False
    weights = (10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19)
    figures = [int(code[0]) - 1, *(int(figure) for figure in code[1:])]
    return sum(weight * figure for weight, figure in zip(weights, figures, strict=True)) % 89 == 0


# Scheme -> the common rule of Peppol that it breaks, how it is told, what would be right, whether endpoints only.
CHECKS: dict[str, tuple[str, Callable[[str], bool], str, bool]] = {
    "0088": ("R040", _gln, "GLN", False),
    "0192": ("R041", _norwegian, "9 cifras, módulo 11", False),
    "0208": ("R043", _belgian, "10 cifras, módulo 97", False),
    "0201": ("R044", _italian_office, "6 letras o cifras", False),
    "0210": ("R045", _italian_tax, "11 cifras o 16 signos", False),
    "9907": ("R046", _italian_tax, "11 cifras o 16 signos", True),
    "0211": ("R047", _italian_vat, "IT y 11 cifras", False),
    "9906": ("R048", _italian_vat, "IT y 11 cifras", True),
    "0007": ("R049", _swedish, "10 cifras, módulo 10", False),
    "0151": ("R050", _australian, "11 cifras, módulo 89", False),
}
