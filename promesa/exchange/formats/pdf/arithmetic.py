"""Sums as witnesses: quantity x price = amount, lines add up to the subtotal, subtotal and the rest make the total.

What closes raises the certainty of what was read. What was read from a picture is corrected only where one change, and
no other, makes the sums close.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

from promesa.exchange.formats.pdf.values import number, numeral, readings

CENT = Decimal("0.01")
_HALF = Decimal("0.00501")
_PROVED, _SEEN = 0.995, 0.97
_LETTERS = {"O": "0", "o": "0", "D": "0", "Q": "0", "l": "1", "I": "1", "|": "1", "i": "1", "!": "1", "S": "5", "s": "5",
"B": "8", "Z": "2",
            "z": "2", "g": "9", "q": "9", "G": "6", "b": "6", "T": "7", "A": "4"}  # fmt: skip
_ALIKE = {
    "0": "86",
    "1": "74",
    "2": "7",
    "3": "85",
    "4": "19",
    "5": "368",
    "6": "58",
    "7": "12",
    "8": "3065",
    "9": "4708",
}
NAMES = ("quantity", "price", "amount")


@dataclass(slots=True)
class Figures:
    """The figures of a line: texts as read, values, and how sure they are."""

    texts: dict[str, str] = field(default_factory=dict)
    values: dict[str, Decimal] = field(default_factory=dict)
    sure: dict[str, float] = field(default_factory=dict)
    basis: Decimal | None = None
    with_tax: bool = False
    closes: bool = False
    corrected: dict[str, str] = field(default_factory=dict)  # field: the proof

    def get(self, name: str) -> Decimal | None:
        return self.values.get(name)


def discounted(net: Decimal, discount: str, decimal: str | None) -> Iterator[Decimal]:
    """What may be left of a net amount after a discount as written: `10`, `10 %`, `10+5`, or an amount."""
    rates = [number(numeral(part) or "", decimal) for part in discount.replace("%", "").split("+")]
    if any(rate is None for rate in rates):
        return
    left = net
    for rate in rates:
        assert rate is not None
        left = left * (100 - abs(rate)) / 100
    yield left
    if len(rates) == 1 and rates[0] is not None:
        yield net - abs(rates[0])


def product(quantity: Decimal, price: Decimal, figures: Figures, decimal: str | None) -> list[tuple[Decimal, str]]:
    """What the amount of a line may be, and in which way."""
    net = quantity * price
    ways = []
    discount = figures.texts.get("discount", "")
    if discount and any(character.isdigit() for character in discount):
        ways += [(value, "discount") for value in discounted(net, discount, decimal)]
    ways.append((net, ""))
    ways += [(net / 100, "100"), (net / 1000, "1000")]
    rate = number(numeral(figures.texts.get("tax", "")) or "", decimal)
    if rate is not None and 0 < rate < 100:
        ways += [(value * (100 + rate) / 100, "tax") for value, way in ways[:2] if way != "100"]
    return ways


def equal(first: Decimal, second: Decimal) -> bool:
    return abs(first - second) <= _HALF


def close_line(figures: Figures, decimal: str | None) -> bool:
    """Whether a line's sum closes; sets its price basis when that is what closes it."""
    quantity, price, amount = (figures.get(name) for name in NAMES)
    if quantity is None or price is None or amount is None:
        return False
    for value, way in product(quantity, price, figures, decimal):
        if equal(value, amount) or (way in ("", "discount") and _by_rounding(quantity, price, value, amount)):
            figures.basis = Decimal(way) if way in ("100", "1000") and amount else None
            figures.with_tax = way == "tax"
            figures.closes = True
            return True
    return False


def _by_rounding(quantity: Decimal, price: Decimal, value: Decimal, amount: Decimal) -> bool:
    """Whether a price that is shown rounded explains the difference."""
    exponent = price.as_tuple().exponent
    unit = Decimal(1).scaleb(exponent if isinstance(exponent, int) else 0) / 2
    far = abs(quantity) * unit
    return abs(value - amount) <= far and far * 200 <= abs(amount) and unit <= CENT


def settle(lines: Sequence[Figures], decimal: str | None, subtotal: Decimal | None, *, scanned: bool) -> None:
    """Read the figures of all lines, choose between two readings where only one closes, correct what is proved."""
    for one in lines:
        _read(one, decimal)
        if not close_line(one, decimal):
            _choose(one, decimal)
    if scanned:
        for one in lines:
            if not one.closes:
                _correct(one, lines, decimal, subtotal)
    total = lines_sum(lines)
    summed = subtotal is not None and total is not None and equal(total, subtotal)
    for one in lines:
        for name in NAMES:
            if name in one.values and one.closes:
                one.sure[name] = max(one.sure.get(name, 0.0), _PROVED if summed else _SEEN)
        if summed and "amount" in one.values:
            one.sure["amount"] = max(one.sure.get("amount", 0.0), _SEEN)


def lines_sum(lines: Sequence[Figures]) -> Decimal | None:
    """What the lines add up to; None when an amount is missing."""
    amounts = [one.get("amount") for one in lines]
    if not amounts or any(amount is None for amount in amounts):
        return None
    return sum((amount for amount in amounts if amount is not None), Decimal(0))


def _read(figures: Figures, decimal: str | None) -> None:
    for name in NAMES:
        value = number(figures.texts.get(name, ""), decimal)
        if value is not None:
            figures.values[name] = value


def _both(text: str) -> list[Decimal]:
    return list(dict.fromkeys(one for one in readings(text) if one is not None))


def _choose(figures: Figures, decimal: str | None) -> None:
    """Of numbers with two readings, take the ones that close the sum, if only one choice does."""
    options = [_both(figures.texts.get(name, "")) for name in NAMES]
    if not all(options) or all(len(one) == 1 for one in options):
        return
    before, found = dict(figures.values), []
    for quantity in options[0]:
        for price in options[1]:
            for amount in options[2]:
                figures.values.update(quantity=quantity, price=price, amount=amount)
                if amount and equal(quantity * price, amount):
                    found.append((quantity, price, amount))
    figures.values = before
    plain = (
        {tuple(round(part / found[0][place], 9) for place, part in enumerate(one)) for one in found} if found else set()
    )
    if len(found) == 1 and len(plain) == 1:
        figures.values.update(zip(NAMES, found[0], strict=True))
        close_line(figures, decimal)


def variants(text: str, decimal: str | None, *, alike: bool) -> Iterator[tuple[str, Decimal]]:
    """Other readings of a picture's text: letters that look like figures, a lost decimal mark, figures that look alike."""
    bare = "".join(_LETTERS.get(character, character) for character in text.strip().strip("$€£ "))
    seen: set[Decimal] = set()
    tries = [bare, bare.replace(" ", ""), bare.replace(",", "."), bare.replace(".", ",")]
    figures = "".join(character for character in bare if character.isdigit())
    if figures and 3 <= len(figures) <= 12:
        tries.append(f"{figures[:-2]}.{figures[-2:]}")
    if alike:
        for place, character in enumerate(bare):
            tries += [bare[:place] + other + bare[place + 1 :] for other in _ALIKE.get(character, "")]
    for one in tries:
        for value in _both(one):
            if value not in seen:
                seen.add(value)
                yield one, value


def _correct(figures: Figures, lines: Sequence[Figures], decimal: str | None, subtotal: Decimal | None) -> None:
    """Change one figure of a line, where exactly one change closes its sum and nothing of the whole contradicts it."""
    if sum(bool(figures.texts.get(name)) for name in NAMES) < 3:
        return
    for alike in (False, True):
        found: list[tuple[str, Decimal]] = []
        for name in NAMES:
            others = [other for other in NAMES if other != name]
            if any(other not in figures.values for other in others):
                continue
            if alike and min(figures.sure.get(other, 0.0) for other in others) < 0.9:
                continue
            kept = figures.values.get(name)
            for _, value in variants(figures.texts[name], decimal, alike=alike):
                if value == kept or value <= 0:
                    continue
                figures.values[name] = value
                if _closes_plainly(figures, decimal) and _sum_agrees(lines, subtotal, must=alike):
                    found.append((name, value))
            figures.values.pop(name, None)
            if kept is not None:
                figures.values[name] = kept
        if len(set(found)) == 1:
            name, value = found[0]
            figures.values[name] = value
            figures.closes = True
            proof = f"{figures.values['quantity']} × {figures.values['price']} = {figures.values['amount']}"
            figures.corrected[name] = proof if subtotal is None else f"{proof}, Σ = {subtotal}"
            return
        if found:
            return


def _closes_plainly(figures: Figures, decimal: str | None) -> bool:
    quantity, price, amount = (figures.values[name] for name in NAMES)
    ways = product(quantity, price, figures, decimal)
    return any(way in ("", "discount") and equal(value, amount) for value, way in ways[:3])


def _sum_agrees(lines: Sequence[Figures], subtotal: Decimal | None, *, must: bool) -> bool:
    total = lines_sum(lines)
    if subtotal is None or total is None:
        return not must
    return equal(total, subtotal)


def rounded(value: Decimal) -> Decimal:
    return value.quantize(CENT, ROUND_HALF_UP)
