"""Whether an identifier is one of its scheme: the check figures of those that Peppol checks."""

from __future__ import annotations

import re

_ASCII_DIGITS = re.compile(r"[0-9]+")


def digits(text: str, count: int | None = None) -> bool:
    return _ASCII_DIGITS.fullmatch(text) is not None and (count is None or len(text) == count)


def gs1(text: str) -> bool:
    """GLN and other keys of GS1: weights 3 and 1 from the right."""
    if not digits(text):
        return False
    figures = [int(figure) for figure in reversed(text)]
    return (figures[0] + sum(one * (3 if place % 2 == 0 else 1) for place, one in enumerate(figures[1:]))) % 10 == 0


def mod11(text: str) -> bool:
    """Norwegian organisation numbers: weights 2 to 7 from the right."""
    if not digits(text) or int(text) == 0:
        return False
    figures = [int(figure) for figure in reversed(text[:-1])]
    weighed = sum(one * (place % 6 + 2) for place, one in enumerate(figures))
    return (11 - weighed % 11) % 11 == int(text[-1])


def norwegian(text: str) -> bool:
    return digits(text, 9) and mod11(text)


def danish(text: str) -> bool:
    """A CVR number: eight figures, with DK before them or not."""
    return digits(text, 8) or (len(text) == 10 and text.startswith("DK") and digits(text[2:], 8))


def belgian(text: str) -> bool:
    """An enterprise number: the last two figures complete the rest to 97."""
    return digits(text, 10) and 97 - int(text[:8]) % 97 == int(text[8:])


def italian_office(text: str) -> bool:
    """Codice IPA: six letters and figures."""
    return re.fullmatch(r"[A-Za-z0-9]{6}", text) is not None


def italian_fiscal(text: str) -> bool:
    """Codice fiscale: of a person (16 signs), or of a company (11 figures)."""
    if len(text) == 11:
        return digits(text)
    return re.fullmatch(r"[A-Za-z]{6}[0-9]{2}[A-Za-z][0-9]{2}.{3}[0-9][A-Za-z]", text) is not None


def italian_vat(text: str) -> bool:
    """Partita IVA: IT and eleven figures by Luhn; what isn't Italian is not checked."""
    if text[:2].upper() != "IT":
        return True
    number = text[2:]
    if not digits(number, 11):
        return False
    doubled = "0246813579"
    return sum(int(doubled[int(one)]) if place % 2 else int(one) for place, one in enumerate(number)) % 10 == 0


def swedish(text: str) -> bool:
    """An organisation number: ten figures by Luhn."""
    if not digits(text, 10):
        return False
    figures = [int(figure) for figure in reversed(text[:9])]
    doubled = [one * 2 if place % 2 == 0 else one for place, one in enumerate(figures)]
    return (10 - sum(one // 10 + one % 10 for one in doubled) % 10) % 10 == int(text[9])


def australian(text: str) -> bool:
    """An ABN: eleven figures by 89."""
    if not digits(text, 11):
        return False
    weights = (10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19)
    figures = [int(figure) for figure in text]
    figures[0] -= 1
    return sum(one * weight for one, weight in zip(figures, weights, strict=True)) % 89 == 0


def greek(text: str) -> bool:
    """A TIN: the first eight figures by powers of two."""
    if not digits(text[:9]) or len(text) < 9:
        return False
    weighed = sum(int(text[place]) * 2 ** (8 - place) for place in range(8))
    return weighed % 11 % 10 == int(text[8])


def iban(text: str) -> bool:
    """An IBAN: letters as numbers, by 97."""
    number = re.sub(r"\s", "", text)
    if re.fullmatch(r"[A-Z]{2}[0-9]{2}[a-zA-Z0-9]{0,30}", number) is None:
        return False
    turned = number[4:].upper() + number[:4]
    return int("".join(str(int(sign, 36)) for sign in turned)) % 97 == 1
