"""Quantities: units as the standards and the files call them, and exact pack factors.

Units are UN/ECE Recommendation 20 codes (and the package codes of Recommendation 21
that trade documents use). A code that nobody knows is kept as it was received.
"""

from decimal import ROUND_HALF_UP, Context, Decimal
from functools import lru_cache
from math import gcd
from typing import NamedTuple

from promesa.core.ui.format import format_unit

QUANTITY_DIGITS = 6

_WIDE = Context(prec=96, rounding=ROUND_HALF_UP)
_STEP = Decimal(1).scaleb(-QUANTITY_DIGITS)
_LIMIT = Decimal(10) ** 12
_ABSURD = 60
_NONE, _ONE = Decimal(0), Decimal(1)

_quantize = _WIDE.quantize
_multiply = _WIDE.multiply
_divide = _WIDE.divide
_remainder = _WIDE.remainder


PIECE = "C62"

# What files write for each code. PCE is EANCOM's piece, H87 and EA are Rec 20's; all mean one consumer unit here.
_WRITTEN: dict[str, str] = {
    "C62": "PCE H87 EA EACH NAR PC PCS PZ PZA PZAS PIEZA PIEZAS UN UD UDS UND UNI UNID UNIDAD UNIDADES U UNIT UNITS "
    "ST STK NMB XPP XUN",
    "PR": "PAR PARES PAIR NPR",
    "DZN": "DOC DOCENA DOCENAS DOZ DOZEN DZ",
    "SET": "JGO JUEGO KIT",
    "PK": "PACK PACKS PAQ PAQUETE PAQUETES XPK PA",
    "BX": "BOX BOXES XBX",
    "CS": "CAJ CAJA CAJAS CJ CJA CASE CASES XCS",
    "CT": "CARTON CARTONES CARTONS CTN XCT KAR",
    "BO": "BOT BOTELLA BOTELLAS BOTTLE BOTTLES XBO BTL",
    "CA": "LATA LATAS CAN CANS XCA XCX",
    "JR": "TARRO TARROS JAR JARS XJR",
    "BG": "BOLSA BOLSAS BAG BAGS XBG",
    "SA": "SACO SACOS SACK SACKS XSA",
    "DR": "BIDON BIDONES DRUM DRUMS XDR",
    "TY": "BANDEJA BANDEJAS TRAY TRAYS XTY XPU",
    "RO": "ROLLO ROLLOS ROLL ROLLS XRO",
    "LR": "CAPA CAPAS LAYER LAYERS LAY MANTO",
    "PX": "PF PAL PALE PALES PALET PALETS PALLET PALLETS PLT PL XPX XPF TARIMA ESTIBA 201 EUR-PAL",
    "GRM": "G GR GRS GRAMO GRAMOS",
    "KGM": "KG KGS KILO KILOS KILOGRAMO KILOGRAMOS",
    "TNE": "T TN TON TONELADA TONELADAS",
    "MLT": "ML",
    "CLT": "CL",
    "LTR": "L LT LTS LITRO LITROS LITRE LITER",
    "HLT": "HL",
    "MTQ": "M3",
    "MTR": "M MT MTS METRO METROS",
    "MTK": "M2",
    "HUR": "H HR HRS HORA HORAS HOUR HOURS",
    "DAY": "DIA DIAS D",
    "MON": "MES MESES MONTH",
    "E48": "SERV SERVICIO SERVICIOS",
}

UNITS: frozenset[str] = frozenset(_WRITTEN)

ALIASES: dict[str, str] = {
    **{written: code for code, words in _WRITTEN.items() for written in words.split()},
    **{code: code for code in _WRITTEN},
}

# Codes that partners use for the same outer pack: tried in turn when an item has no pack of the exact code.
_ALIKE: dict[str, tuple[str, ...]] = {
    "CS": ("CS", "CT", "BX"),
    "CT": ("CT", "CS", "BX"),
    "BX": ("BX", "CS", "CT"),
}

# Measures that convert whatever the item is, as (dimension, numerator, denominator) to the dimension's first unit.
_MEASURES: dict[str, tuple[str, int, int]] = {
    "GRM": ("mass", 1, 1),
    "KGM": ("mass", 1_000, 1),
    "TNE": ("mass", 1_000_000, 1),
    "MLT": ("volume", 1, 1),
    "CLT": ("volume", 10, 1),
    "LTR": ("volume", 1_000, 1),
    "HLT": ("volume", 100_000, 1),
    "MTQ": ("volume", 1_000_000, 1),
    "C62": ("count", 1, 1),
    "PR": ("count", 2, 1),
    "DZN": ("count", 12, 1),
}

_UNACCENTED = str.maketrans("ÁÉÍÓÚÜÑ", "AEIOUUN")


class PackFactor(NamedTuple):
    """How many base units one ordered unit holds, as an exact fraction of whole numbers."""

    numerator: int = 1
    denominator: int = 1

    def to_base(self, ordered: Decimal) -> Decimal:
        """Base quantity of so many ordered units, to 6 decimals half up."""
        return to_base(ordered, self.numerator, self.denominator)

    def from_base(self, base: Decimal) -> Decimal:
        """Ordered units in a base quantity, to 6 decimals half up."""
        return to_base(base, self.denominator, self.numerator)

    def is_multiple(self, base: Decimal) -> bool:
        """Whether a base quantity is a whole number of these units."""
        return is_multiple(base, self.numerator, self.denominator)


ONE_TO_ONE = PackFactor(1, 1)


def round_quantity(quantity: Decimal) -> Decimal:
    """A quantity as it is kept: 6 decimals, half up."""
    return _quantize(quantity, _STEP)


def to_base(ordered: Decimal, numerator: int, denominator: int = 1) -> Decimal:
    """Quantity in base units: ordered x numerator / denominator, rounded once to 6 decimals.

    A quantity beyond all sense comes back as it is, so that whoever asks whether it `fits` hears no.

    :raises ValueError: if the factor is not a positive fraction.
    """
    if numerator < 1 or denominator < 1:
        raise ValueError(f"a pack factor is a positive fraction, not {numerator}/{denominator}")
    if not ordered.is_finite() or ordered.adjusted() > _ABSURD:
        return ordered
    if denominator == 1:
        return _quantize(ordered if numerator == 1 else _multiply(ordered, Decimal(numerator)), _STEP)
    return _quantize(_divide(_multiply(ordered, Decimal(numerator)), Decimal(denominator)), _STEP)


def is_exact(ordered: Decimal, numerator: int, denominator: int = 1) -> bool:
    """Whether the conversion to base units needs no rounding."""
    return _multiply(to_base(ordered, numerator, denominator), Decimal(denominator)) == _multiply(
        ordered, Decimal(numerator)
    )


def is_multiple(base: Decimal, numerator: int, denominator: int = 1) -> bool:
    """Whether a base quantity is a whole number of packs of numerator/denominator base units."""
    return not _remainder(_multiply(base, Decimal(denominator)), Decimal(numerator))


def next_multiple(base: Decimal, numerator: int, denominator: int = 1) -> Decimal:
    """The smallest whole number of packs that holds a base quantity, in base units, to 6 decimals."""
    packs = _divide(_multiply(base, Decimal(denominator)), Decimal(numerator))
    whole = packs.to_integral_value(rounding="ROUND_CEILING", context=_WIDE)
    return to_base(whole, numerator, denominator)


@lru_cache(maxsize=4_096)
def whole_pack(numerator: int, denominator: int, unit: str = "") -> Decimal:
    """Base units in one pack, where packs stay whole; 0 for single units, weights, volumes and what has no exact value."""
    if numerator == denominator or _MEASURES.get(unit, ("count",))[0] != "count":
        return _NONE
    held = to_base(_ONE, numerator, denominator)
    return held if is_exact(_ONE, numerator, denominator) else _NONE


def measured_units() -> list[str]:
    """Codes of the units that are weighed or measured, not counted: of these any part can be had."""
    return sorted(unit for unit, measure in _MEASURES.items() if measure[0] != "count")


def fits(quantity: Decimal) -> bool:
    """Whether a quantity can be kept: finite and at most 12 figures before the point (`numeric(18,6)`)."""
    return quantity.is_finite() and abs(quantity) < _LIMIT


def unit_code(received: str) -> str:
    """The code of a unit as received (`CAJ`, `Pza.`, `PCE`), or what was received when nobody knows it."""
    written = received.strip()
    return ALIASES.get(written) or ALIASES.get(written.upper().translate(_UNACCENTED).rstrip("."), written)


def is_known(code: str) -> bool:
    """Whether the code, as kept, is one that we know."""
    return code in UNITS


def alike(code: str) -> tuple[str, ...]:
    """Codes that mean the same outer pack, the given one first."""
    return _ALIKE.get(code, (code,))


def same_unit(one: str, other: str) -> bool:
    """Whether two codes, as received or as kept, name the same unit."""
    return one == other or unit_code(one) == unit_code(other)


def measure_factor(unit: str, base_unit: str) -> PackFactor | None:
    """Factor between two measures of one dimension (kg to g, dozen to unit), or None."""
    if unit == base_unit:
        return ONE_TO_ONE
    ours, theirs = _MEASURES.get(unit), _MEASURES.get(base_unit)
    if ours is None or theirs is None or ours[0] != theirs[0]:
        return None
    numerator, denominator = ours[1] * theirs[2], ours[2] * theirs[1]
    divisor = gcd(numerator, denominator)
    return PackFactor(numerator // divisor, denominator // divisor)


def unit_word(code: str, quantity: Decimal | int, lang: str) -> str:
    """The unit's word for so many of it (`caja`, `cajas`); the code itself when it is not known."""
    return format_unit(quantity, unit_code(code), lang)
