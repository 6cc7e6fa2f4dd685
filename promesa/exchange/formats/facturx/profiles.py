"""The profiles of Factur-X, ZUGFeRD and Order-X: how the XML names them, and how the metadata of the PDF do."""

from __future__ import annotations

import re

MINIMUM, BASIC_WL, BASIC, EN16931, EXTENDED = "MINIMUM", "BASIC WL", "BASIC", "EN 16931", "EXTENDED"
WITHOUT_LINES = frozenset({MINIMUM, BASIC_WL})
_CEN = "urn:cen.eu:en16931:2017"
NAMES = {
    "urn:factur-x.eu:1p0:minimum": MINIMUM,
    "urn:factur-x.eu:1p0:basicwl": BASIC_WL,
    f"{_CEN}#compliant#urn:factur-x.eu:1p0:basic": BASIC,
    _CEN: EN16931,
    f"{_CEN}#conformant#urn:factur-x.eu:1p0:extended": EXTENDED,
    "urn:zugferd.de:2p0:minimum": MINIMUM,
    "urn:zugferd.de:2p0:basicwl": BASIC_WL,
    f"{_CEN}#compliant#urn:zugferd.de:2p0:basic": BASIC,
    f"{_CEN}#conformant#urn:zugferd.de:2p0:extended": EXTENDED,
    "urn:ferd:CrossIndustryDocument:invoice:1p0:basic": BASIC,
    "urn:ferd:CrossIndustryDocument:invoice:1p0:comfort": "COMFORT",
    "urn:ferd:CrossIndustryDocument:invoice:1p0:extended": EXTENDED,
    "urn:ferd:invoice:1.0:basic": BASIC,
    "urn:ferd:invoice:1.0:comfort": "COMFORT",
    "urn:ferd:invoice:1.0:extended": EXTENDED,
    "urn:order-x.eu:1p0:basic": BASIC,
    "urn:order-x.eu:1p0:comfort": "COMFORT",
    "urn:order-x.eu:1p0:extended": EXTENDED,
}
# Other agreements on top of EN 16931 (XRechnung, the French reform) are profiles too.
_ON_TOP = re.compile(rf"{re.escape(_CEN)}#(?:compliant|conformant)#urn[:.]\S{{1,200}}")
_RIGHT = {
    "minimum": "urn:factur-x.eu:1p0:minimum",
    "basicwl": "urn:factur-x.eu:1p0:basicwl",
    "basic": f"{_CEN}#compliant#urn:factur-x.eu:1p0:basic",
    "en16931": _CEN,
    "comfort": _CEN,
    "extended": f"{_CEN}#conformant#urn:factur-x.eu:1p0:extended",
}


def profile_of(name: str) -> str | None:
    """The profile that the XML names (BT-24); nothing when there is none of that name."""
    known = NAMES.get(name)
    if known is not None:
        return known
    if not _ON_TOP.fullmatch(name):
        return None
    return "XRECHNUNG" if "xrechnung" in name else "EXTENDED-CTC-FR" if "extended-ctc-fr" in name else EN16931


def right_name(name: str) -> str:
    """How the profile that a wrong name seems to mean is written."""
    last = re.split(r"[:#.]", name.lower())[-1].replace("-", "").replace("_", "")
    return _RIGHT.get(last, " / ".join(_RIGHT.values()))


def same(one: str, other: str) -> bool:
    """Whether two words mean the same profile: the metadata write them with and without spaces."""
    return _plain(one) == _plain(other)


def _plain(name: str) -> str:
    plain = re.sub(r"[^A-Z0-9]", "", name.upper())
    return "EN16931" if plain == "COMFORT" else plain
