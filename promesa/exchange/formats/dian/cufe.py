"""CUFE, CUDE and CUDS: the SHA-384 by which DIAN knows an invoice, a note or a support document. Pure functions.

The composition is that of the technical annex 1.8 and 1.9 (11.2): number, day, hour, value before taxes, IVA (01), INC (04),
ICA (03), total, issuer, buyer, key, environment, run together; amounts with two decimals, cut and not rounded. The key is the
technical key of the numbering range for a CUFE, and the PIN of the software for a CUDE or CUDS.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from decimal import ROUND_DOWN, Decimal, InvalidOperation, localcontext

# Ours <- as the annex calls them, in any case and with or without dashes.
NAMES = {
    "number": ("numfac", "numcr", "numnc", "numnd", "numds", "numdoc", "numde", "number"),
    "issue_date": ("fecfac", "feccr", "fecnc", "fecnd", "fecds", "fecdoc", "issuedate", "date"),
    "issue_time": ("horfac", "horafac", "horcr", "hornc", "hornd", "hords", "hordoc", "issuetime", "time"),
    "amount": ("valfac", "valorbruto", "valcrl", "valcr", "valnc", "valnd", "valds", "valdoc", "amount"),
    "iva": ("valimp1", "iva", "vat"),
    "inc": ("valimp2", "inc"),
    "ica": ("valimp3", "ica"),
    "total": ("valtot", "valtol", "valorpagar", "valortotalpagar", "total", "payable"),
    "issuer": ("nitofe", "nitfe", "numsno", "issuer", "seller"),
    "buyer": ("numadq", "docadq", "nitabs", "buyer"),
    "key": ("cltec", "clavetecnica", "softwarepin", "pin", "technicalkey", "key"),
    "environment": ("tipoamb", "tipoambiente", "tipoambie", "environment"),
}
_OURS = {theirs: ours for ours, names in NAMES.items() for theirs in (*names, ours.replace("_", ""))}
_AMOUNTS = ("amount", "iva", "inc", "ica", "total")
_CODES = {"iva": "01", "inc": "04", "ica": "03"}
_CODE_PLACES = {"codimp1": "iva", "codimp2": "inc", "codimp3": "ica"}
_ORDER = (
    "number",
    "issue_date",
    "issue_time",
    "amount",
    "iva",
    "inc",
    "ica",
    "total",
    "issuer",
    "buyer",
    "key",
    "environment",
)


def cufe(values: Mapping[str, object]) -> str:
    """The CUFE (or CUDE, CUDS) of a document, 96 hexadecimal figures.

    :param values: by our names (`number`, `issue_date`, `issue_time`, `amount`, `iva`, `inc`, `ica`, `total`, `issuer`, `buyer`,
        `key`, `environment`) or those of the annex (NumFac, FecFac, HorFac, ValFac, ValImp1, …, ClTec or Software-PIN,
        TipoAmb). Taxes not said are zero.
    :raises ValueError: if one is missing or no amount.
    """
    return hashlib.sha384(composition(values).encode()).hexdigest()


def composition(values: Mapping[str, object]) -> str:
    """The text whose hash the CUFE is.

    :raises ValueError: if a value is missing or no amount.
    """
    said, codes = _named(values)
    parts = []
    for name in _ORDER:
        value = said.get(name, Decimal(0) if name in _CODES else None)
        if value is None or value == "":
            raise ValueError(f"cufe: {name}")
        if name in _CODES:
            parts.append(codes.get(name, _CODES[name]))
        parts.append(truncated(value, name) if name in _AMOUNTS else str(value).strip())
    return "".join(parts)


def _named(values: Mapping[str, object]) -> tuple[dict[str, object], dict[str, str]]:
    said: dict[str, object] = {}
    codes: dict[str, str] = {}
    for key, value in values.items():
        plain = "".join(letter for letter in str(key).lower() if letter.isalnum())
        if plain in _CODE_PLACES:
            codes[_CODE_PLACES[plain]] = str(value)
        elif plain in _OURS:
            said[_OURS[plain]] = value
    for name, code in codes.items():
        if code != _CODES[name]:
            raise ValueError(f"cufe: {code} {name}")
    return said, codes


def truncated(value: object, name: str = "amount") -> str:
    """An amount with two decimals, what is beyond them cut off.

    :raises ValueError: if it is no amount.
    """
    try:
        amount = Decimal(str(value).strip())
        with localcontext(prec=60):
            return format(amount.quantize(Decimal("0.01"), rounding=ROUND_DOWN), "f")
    except InvalidOperation as error:
        raise ValueError(f"cufe: {name} {value}") from error
