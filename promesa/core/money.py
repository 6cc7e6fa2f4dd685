"""Money: how many decimals a currency has, and the one way to round.

Every amount of the system is rounded here: half up, away from zero, so that a
credit note is the exact mirror of its invoice. The wide context keeps absurd
input (1e30 units at a million each) exact instead of silently losing digits.
"""

from decimal import ROUND_HALF_UP, Context, Decimal, InvalidOperation

# Wide enough for 10**30 with 6 decimals times a numeric(18,6) price, divided by a price basis.
WIDE = Context(prec=96, rounding=ROUND_HALF_UP)

DEFAULT_DIGITS = 2

# ISO 4217 minor units where they are not 2. COP has 2 there, but its cents are not in use: whole pesos are billed.
DIGITS: dict[str, int] = {
    **dict.fromkeys(
        (
            "BIF", "CLP", "COP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG",
            "RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF",
        ),
        0,
    ),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
    **dict.fromkeys(("CLF", "UYW"), 4),
}  # fmt: skip

_QUANTA = {digits: Decimal(1).scaleb(-digits) for digits in (0, 2, 3, 4)}
_QUANTUM = {currency: _QUANTA[digits] for currency, digits in DIGITS.items()}
_CENT = _QUANTA[DEFAULT_DIGITS]
_ONE = Decimal(1)
_LIMIT = Decimal(10) ** 16

_quantize = WIDE.quantize
_multiply = WIDE.multiply
_divide = WIDE.divide


def digits(currency: str) -> int:
    """Decimals of an amount in this currency (ISO 4217 code); 2 when the code is not in the table."""
    return DIGITS.get(currency, DEFAULT_DIGITS)


def quantum(currency: str) -> Decimal:
    """The smallest amount of the currency: 0.01 for EUR, 1 for COP."""
    return _QUANTUM.get(currency, _CENT)


def round_money(amount: Decimal, currency: str) -> Decimal:
    """Round half up (away from zero) to the decimals of the currency; never a negative zero.

    :raises decimal.InvalidOperation: if the amount is not finite.
    """
    if not amount.is_finite():
        raise InvalidOperation(f"{amount} is no amount of money")
    rounded = _quantize(amount, _QUANTUM.get(currency, _CENT))
    return rounded if rounded else rounded.copy_abs()


def line_net(quantity: Decimal, unit_price: Decimal, basis_quantity: Decimal, currency: str) -> Decimal:
    """Net amount of a line: quantity x price / price basis, rounded once.

    `quantity` and `basis_quantity` are in the same unit: 250 at 12.40 a hundred is 31.00.

    :raises ValueError: if the basis is not positive.
    """
    if basis_quantity == _ONE:
        return round_money(_multiply(quantity, unit_price), currency)
    if basis_quantity <= 0:
        raise ValueError(f"price basis must be positive, not {basis_quantity}")
    return round_money(_divide(_multiply(quantity, unit_price), basis_quantity), currency)


def fits(amount: Decimal) -> bool:
    """Whether an amount can be kept: at most 16 figures before the point (`numeric(18,2)`)."""
    return amount.is_finite() and abs(amount) < _LIMIT
