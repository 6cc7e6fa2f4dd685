"""Whether the CUFE (CUDE, CUDS) of a document is the one of its values, with whatever key there is to check it by."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from promesa.exchange.formats.dian import codes
from promesa.exchange.formats.dian.cufe import composition, cufe
from promesa.exchange.formats.neutral import Party
from promesa.exchange.formats.ubl.parties import Element
from promesa.exchange.formats.xml.values import Walk

FIGURES = 96
KEY_NAMES = ("technical_key", "software_pin", "cltec")
_HEXADECIMAL = re.compile(r"[0-9a-fA-F]+")
# What may follow the composition in a note: nothing, or words after a mark.
_TAIL = re.compile(r"([0-9A-Za-z-]{1,100})(?:[^0-9A-Za-z-].{0,60})?")


def values_of(walk: Walk, root: Element, total: str, parties: Mapping[str, Party]) -> dict[str, object]:
    """What the composition names, of a document; the key is not in it."""
    quiet = Walk(walk.spaces)
    taxes: dict[str, Decimal] = dict.fromkeys(codes.CUFE_TAXES, Decimal(0))
    for row in walk.all(root, "cac:TaxTotal/cac:TaxSubtotal"):
        code = quiet.text(row, "cac:TaxCategory/cac:TaxScheme/cbc:ID") or ""
        if code in taxes:
            taxes[code] += quiet.decimal(row, "cbc:TaxAmount") or 0
    said: dict[str, object] = {
        "number": quiet.text(root, "cbc:ID"),
        "issue_date": quiet.text(root, "cbc:IssueDate"),
        "issue_time": quiet.text(root, "cbc:IssueTime"),
        "amount": quiet.decimal(root, f"{total}/cbc:LineExtensionAmount"),
        "iva": taxes["01"],
        "inc": taxes["04"],
        "ica": taxes["03"],
        "total": quiet.decimal(root, f"{total}/cbc:PayableAmount"),
        "issuer": (parties.get("seller") or Party()).tax_id,
        "buyer": (parties.get("buyer") or Party()).tax_id,
        "environment": quiet.text(root, "cbc:ProfileExecutionID"),
    }
    return {name: value for name, value in said.items() if value is not None}


def given_keys(templates: Sequence[Mapping[str, Any]]) -> list[str]:
    """The keys that are known of a sender: `technical_key` or `software_pin`, one or several."""
    found: list[str] = []
    for template in templates:
        for name in KEY_NAMES:
            said = template.get(name)
            found.extend(str(one) for one in (said if isinstance(said, list | tuple) else [said]) if one)
    return found


def scheme_of(walk: Walk, root: Element, kind: str) -> str:
    """CUFE, CUDE or CUDS, as the document calls it or as its kind has it."""
    said = (walk.text(root, "cbc:UUID/@schemeName") or "").upper()
    return next((name for name in ("CUFE", "CUDE", "CUDS") if name in said), "CUFE" if kind == "invoice" else "CUDE")


def check(walk: Walk, root: Element, *, scheme: str, values: Mapping[str, object], keys: Sequence[str]) -> None:
    """Note a CUFE that is missing, that cannot be, that is not that of the values, or that could not be checked."""
    said = walk.text(root, "cbc:UUID")
    if said is None:
        walk.fault("cufe_missing", root, "cbc:UUID", scheme=scheme)
        return
    if len(said) != FIGURES or not _HEXADECIMAL.fullmatch(said):
        walk.fault("cufe_malformed", root, "cbc:UUID", received=said, right=str(FIGURES), scheme=scheme)
        return
    note = _composition_note(walk, root, values)
    if keys:
        # A technical key is long and makes a CUFE, a PIN is short and makes a CUDE: the first is the one that is told.
        ordered = sorted(keys, key=len, reverse=scheme == "CUFE")
        _compare(walk, root, scheme, said.lower(), values, ordered)
    elif note is not None:
        _check_note(walk, root, scheme, said.lower(), values, note)
    else:
        right = "la clave técnica" if scheme == "CUFE" else "el PIN del software"
        walk.fault("cufe_not_checked", root, "cbc:UUID", right=right, scheme=scheme)


def _composition_note(walk: Walk, root: Element, values: Mapping[str, object]) -> str | None:
    """The note that holds the composition: it begins with the document's number and a day."""
    number = str(values.get("number") or "")
    for note in walk.all(root, "cbc:Note"):
        text = (note.text or "").strip()
        if number and text.startswith(number) and re.match(r"\d{4}-\d{2}-\d{2}", text[len(number) :]):
            return text
    return None


def _keys_in(note: str, values: Mapping[str, object]) -> list[str]:
    """The keys that a printed composition may end with: what follows the buyer's number, less the environment."""
    buyer, environment = str(values.get("buyer") or ""), str(values.get("environment") or "")
    _, found, tail = note.rpartition(buyer) if buyer else ("", "", "")
    matched = _TAIL.fullmatch(tail.strip()) if found else None
    if matched is None:
        return []
    key = matched.group(1)
    return [key[: -len(environment)], key] if environment and key.endswith(environment) and len(key) > 4 else [key]


def _check_note(walk: Walk, root: Element, scheme: str, said: str, values: Mapping[str, object], note: str) -> None:
    """By the composition that the issuer printed: its hash, and whether it is that of the document's values."""
    note_hash = hashlib.sha384(note.encode()).hexdigest()
    keys = _keys_in(note, values)
    if any(_right(values, key) == said for key in keys):
        return
    if note_hash != said:
        rights = [right for key in keys if (right := _right(values, key)) is not None]
        if note_hash not in rights:  # else both would say the same
            _wrong(walk, root, "cufe_note_wrong", scheme, said, note_hash)
        _wrong(walk, root, "cufe_wrong", scheme, said, note_hash if note_hash in rights else (rights or [note_hash])[0])
    if keys:
        _differs(walk, root, scheme, values, note, keys[0])


def _differs(walk: Walk, root: Element, scheme: str, values: Mapping[str, object], note: str, key: str) -> None:
    """The printed composition against that of the values, without the key, which is nobody's business."""
    try:
        right = composition({**values, "key": key})
    except ValueError:
        return
    shown, wanted = note.replace(key, "…"), right.replace(key, "…")
    if shown != wanted:
        walk.fault("cufe_note_differs", root, "cbc:Note", received="", scheme=scheme)
        walk.faults[-1] = replace(walk.faults[-1], received=shown[:400], right=wanted[:400])


def _compare(
    walk: Walk, root: Element, scheme: str, said: str, values: Mapping[str, object], keys: Sequence[str]
) -> None:
    rights = [right for key in keys if (right := _right(values, key)) is not None]
    if not rights:
        right = next(
            (name for name in ("issue_time", "environment", "total", "issuer", "buyer") if name not in values), "?"
        )
        walk.fault("cufe_not_checked", root, "cbc:UUID", right=right, scheme=scheme)
    elif said not in rights:
        _wrong(walk, root, "cufe_wrong", scheme, said, rights[0])


def _right(values: Mapping[str, object], key: str) -> str | None:
    try:
        return cufe({**values, "key": key})
    except ValueError:
        return None


def _wrong(walk: Walk, root: Element, code: str, scheme: str, received: str, right: str) -> None:
    """A fault that shows both in full: they are of no use when cut."""
    walk.fault(code, root, "cbc:UUID", received=received, right=right, scheme=scheme)
    if walk.faults and walk.faults[-1].code == code:
        walk.faults[-1] = replace(walk.faults[-1], received=received, right=right)
