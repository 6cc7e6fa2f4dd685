"""What the tests of invoices share: documents as plain values, an invoice of our own, fragments of the published rule tests."""

import tarfile
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from lxml import etree

from promesa.exchange.formats.neutral import (
    Allowance,
    NeutralDocument,
    NeutralLine,
    Party,
    Payment,
    Tax,
    Window,
)

VEFA = "{http://difi.no/xsd/vefa/validator/1.0}"
# What isn't what a document says: how it came, where it stood, what was found in it.
NOT_SAID = frozenset({"format", "faults", "envelope", "quantity_received", "unit_received", "place", "version"})


def values(thing: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every value of a document with its path; decimals compare by value."""
    if is_dataclass(thing):
        thing = {field.name: getattr(thing, field.name) for field in fields(thing)}
    if isinstance(thing, Mapping):
        for key, value in thing.items():
            if key not in NOT_SAID:
                yield from values(value, f"{path}.{key}" if path else str(key))
    elif isinstance(thing, (tuple, list)):
        for place, value in enumerate(thing):
            yield from values(value, f"{path}[{place}]")
    elif thing not in (None, "", False):
        yield path, thing


def differences(one: NeutralDocument, other: NeutralDocument) -> dict[str, tuple[Any, Any]]:
    first, second = dict(values(one)), dict(values(other))
    paths = sorted(first.keys() | second.keys())
    return {path: (first.get(path), second.get(path)) for path in paths if first.get(path) != second.get(path)}


class Case(NamedTuple):
    """A fragment of an invoice with the rule that it must break, or must not."""

    name: str
    rule: str
    broken: bool
    content: bytes


def cases(archive) -> list[Case]:
    """Every case of a pack of rule tests."""
    found = []
    with tarfile.open(archive) as pack:
        for member in pack.getmembers():
            if not member.isfile() or ".xm" not in member.name:
                continue
            root = etree.fromstring(pack.extractfile(member).read(), etree.XMLParser(remove_comments=True))
            for place, test in enumerate(root.iterfind(f"{VEFA}test")):
                document = next(one for one in test if one.tag != f"{VEFA}assert")
                content = etree.tostring(document)
                for wanted in test.find(f"{VEFA}assert"):
                    kind = wanted.tag.rpartition("}")[2]
                    if kind in ("success", "error", "warning", "fatal"):
                        name = f"{member.name.rpartition('/')[2]}#{place}"
                        found.append(Case(name, wanted.text.strip(), kind != "success", content))
    return found


def rules_in(document: NeutralDocument) -> set[str]:
    return {str(fault.params["rule"]) for fault in document.faults if "rule" in fault.params}


def our_invoice(**said: Any) -> NeutralDocument:
    """An invoice as we issue it: two lines at 21 %, one exempt, an allowance, to be paid by transfer."""
    standard = {"tax_category": "S", "tax_rate": Decimal(21)}
    lines = (
        NeutralLine(
            "1", gtin="8412345678905", seller_code="AC-5", buyer_code="77-1", text="Aceite 5 L", quantity=Decimal(12),
            unit_code="PCE", price=Decimal("20.50"), amount=Decimal("246.00"), references={"order_line": "10"}, **standard,
        ),
        NeutralLine(
            "2", seller_code="VI-1", text="Vinagre", quantity=Decimal(5), unit_code="CS", price=Decimal("10.00"),
            amount=Decimal("45.00"), description="De Jerez, 750 ml",
            allowances=(Allowance(amount=Decimal("5.00"), reason="Promoción", reason_code="95"),), **standard,
        ),
        NeutralLine("3", text="Seguro", quantity=Decimal(1), unit_code="C62", price=Decimal("9.00"),
                    amount=Decimal("9.00"), tax_category="E", tax_rate=Decimal(0)),
    )  # fmt: skip
    fields_ = {
        "format": "", "kind": "invoice", "number": "F-2026-000017", "issued_on": date(2026, 11, 20), "currency": "EUR",
        "due_on": date(2026, 12, 20), "delivered_on": date(2026, 11, 19), "type_code": "380", "lines": lines,
        "parties": {
            "seller": Party(gln="8412345000010", tax_id="B12345674", name="Almacenes del Norte S.L.", street="Calle Mayor 1",
                            city="Burgos", postcode="09001", country="ES", email="ventas@norte.example", contact="Ventas",
                            phone="+34 947 000 000"),
            "buyer": Party(code="C-77", tax_id="ESA28000123", name="Cadena Sur S.A.", street="Avenida del Sur 2", city="Sevilla",
                           postcode="41001", country="ES"),
            "ship_to": Party(gln="8480000000019", name="Plataforma Sevilla", street="Polígono 3", city="Sevilla",
                             postcode="41020", country="ES"),
        },
        "references": {"order": "PO-4711", "seller_order": "P-2026-000123", "despatch_advice": "A-2026-000009"},
        "period": Window(date(2026, 11, 1), date(2026, 11, 30)),
        "payments": (Payment("30", account="ES9121000418450200051332", bank="CAIXESBBXXX", quote="F-2026-000017"),),
        "allowances": (Allowance(amount=Decimal("10.00"), reason="Descuento", reason_code="95", **standard),),
        "taxes": (Tax("S", Decimal(21), Decimal("281.00"), Decimal("59.01"), "VAT"),
                  Tax("E", Decimal(0), Decimal("9.00"), Decimal("0.00"), "VAT")),
        "totals": {"lines": Decimal("300.00"), "taxable": Decimal("290.00"), "tax": Decimal("59.01"),
                   "with_tax": Decimal("349.01"), "payable": Decimal("349.01")},
    }  # fmt: skip
    return NeutralDocument(**(fields_ | said))
