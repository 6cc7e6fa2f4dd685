"""Keys of goods, places and parcels by GS1: GTIN, GLN and SSCC, with their check digit.

All are text: a key is never a number, its zeros count. Nothing here raises; a wrong key is a fact to report.
"""

from functools import lru_cache

GTIN_LENGTHS = frozenset({8, 12, 13, 14})


def check_digit(body: str) -> str:
    """The GS1 digit that closes `body` (digits without their check digit): weights 3 and 1 from the right.

    :raises ValueError: if the body is empty or holds anything but the digits 0 to 9.
    """
    if not _digits(body):
        raise ValueError(f"not digits: {body[:40]!r}")
    total = 3 * sum(map(int, body[-1::-2])) + sum(map(int, body[-2::-2]))
    return str(-total % 10)


@lru_cache(maxsize=65536)
def is_gtin(code: str) -> bool:
    """Whether a code is a GTIN of 8, 12, 13 or 14 digits with the right check digit."""
    return len(code) in GTIN_LENGTHS and _closes(code)


@lru_cache(maxsize=16384)
def is_gln(code: str) -> bool:
    """Whether a code is a global location number: 13 digits with the right check digit."""
    return len(code) == 13 and _closes(code)


def is_sscc(code: str) -> bool:
    """Whether a code is a serial shipping container code: 18 digits with the right check digit."""
    return len(code) == 18 and _closes(code)


def pad_gtin(code: str) -> str:
    """A GTIN as 14 digits, the form in which GTINs are compared; anything else comes back as it was."""
    return code.zfill(14) if len(code) in GTIN_LENGTHS and _digits(code) else code


def same_gtin(first: str, second: str) -> bool:
    """Whether two GTINs of any length name the same trade item."""
    return pad_gtin(first) == pad_gtin(second)


def with_check_digit(code: str) -> str | None:
    """The code with the check digit that would be right for its first digits; nothing when it isn't digits."""
    return code[:-1] + check_digit(code[:-1]) if len(code) > 1 and _digits(code) else None


def _digits(code: str) -> bool:
    return code.isascii() and code.isdigit()


def _closes(code: str) -> bool:
    return _digits(code) and check_digit(code[:-1]) == code[-1]
