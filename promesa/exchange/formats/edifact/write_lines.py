"""The lines of a document as segments, and the packages that they travel in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from promesa.core import identifiers
from promesa.exchange.formats.edifact import codes
from promesa.exchange.formats.edifact.compose import Composer, NoPlaceFor
from promesa.exchange.formats.edifact.write_money import write_allowances
from promesa.exchange.formats.neutral import Lot, NeutralDocument, NeutralLine, Package

QUANTITY_CODES = {name: code for code, name in reversed(list(codes.QUANTITIES.items()))}
PRICE_CODES = {"net": "AAA", "gross": "AAB", "information": "AAE"}
LINE_RESPONSE_CODES = {"accepted": "5", "changed": "3", "rejected": "7"}
ACTION_CODES = {name: code for code, name in codes.ACTIONS.items()}
AMOUNT_CODES = {name: code for code, name in codes.LINE_AMOUNT_NAMES.items()}
REFERENCE_CODES = {name: code for code, name in reversed(list(codes.REFERENCES.items()))}
PLACE_CODES = {name: code for code, name in reversed(list(codes.ROLES.items()))} | {
    "ship_to": "DP",
    "location": "7",
    "sscc": "BJ",
}
MAIN = {"order": "21", "order_response": "21", "despatch_advice": "12"}
INVOICES = frozenset({"invoice", "credit_note", "debit_note"})
NO_CODES = frozenset({"price_basis_unit"})


def write_lines(composer: Composer, document: NeutralDocument, lines: Iterable[NeutralLine]) -> None:
    for line in lines:
        _line(composer, document, line)


def write_packages(composer: Composer, document: NeutralDocument) -> None:
    """Consignment first, with all that is in no package; then each package with what is in it."""
    packages = document.packages
    taken = {one.number for one in packages if one.number}
    loose = [line for line in document.lines if line.package not in taken]
    if loose or not packages:
        number = next(str(place) for place in range(1, len(taken) + 2) if str(place) not in taken)
        composer.say("CPS", number)
        write_lines(composer, document, loose)
    for package in packages:
        if not package.number:
            raise NoPlaceFor(what="CPS 7164", value="—")
        _package(composer, package)
        write_lines(composer, document, [line for line in document.lines if line.package == package.number])
    if document.lines:
        composer.say("CNT", ["2", str(len(document.lines))])


def _package(composer: Composer, package: Package) -> None:
    width = composer.widths.package
    composer.say(
        "CPS",
        composer.text(package.number or "", width, "CPS 7164"),
        composer.text(package.within or "", width, "CPS 7166"),
    )
    count = composer.number(package.count, "PAC 7224", limit=8) if package.count is not None else ""
    composer.say("PAC", count, "", [composer.text(package.kind or "", 17, "PAC 7065")])
    if package.weight is not None:
        measured = [
            composer.text(package.weight_unit or "", 3, "MEA 6411"),
            composer.number(package.weight, "MEA 6314"),
        ]
        composer.say("MEA", "PD", "AAB", measured)
    if package.sscc:
        composer.say("PCI", "33E")
        composer.say("GIN", "BJ", composer.text(package.sscc, 35, "GIN 7402"))


def _line(composer: Composer, document: NeutralDocument, line: NeutralLine) -> None:
    action = LINE_RESPONSE_CODES.get(line.response or "", "")
    attributes = dict(line.attributes or {})
    if "action" in attributes:
        action = ACTION_CODES.get(attributes.pop("action"), action)
    item: Sequence[str] | str = ""
    if line.gtin:
        item = [composer.text(line.gtin, 35, "LIN 7140"), "EN" if composer.directory == "96A" else "SRV"]
    composer.say("LIN", composer.text(line.line_number, 6, "LIN 1082"), action, item)
    _codes(composer, line)
    _texts(composer, document, line)
    _quantities(composer, document, line)
    _days(composer, document, line)
    for name, value in attributes.items():
        if document.kind not in INVOICES:
            raise NoPlaceFor(what="FTX", value=name)
        width = composer.widths.text
        pair = [composer.text(name.partition("#")[0], width, "FTX 4440"), composer.text(value, width, "FTX 4440")]
        composer.say("FTX", "ACF", "", "", pair)
    for note in line.notes:
        composer.say("FTX", "AAI", "", "", composer.words(note, composer.widths.text, 5, "FTX 4440"))
    _reason(composer, document, line)
    _money(composer, document, line)
    _references(composer, line)
    _tax(composer, document, line)
    write_allowances(composer, line.allowances)
    for lot in line.lots:
        _lot(composer, document, lot)


def _codes(composer: Composer, line: NeutralLine) -> None:
    said = {"SA": line.seller_code, "IN": line.buyer_code} | dict(line.codes or {})
    for kind, code in said.items():
        if not code or kind in NO_CODES:
            continue
        if not 0 < len(kind) <= 3:
            raise NoPlaceFor(what="PIA 7143", value=kind)
        composer.say("PIA", "1", [composer.text(code, 35, "PIA 7140"), composer.text(kind, 3, "PIA 7143")])
    substitute = (line.references or {}).get("substitute")
    if substitute:
        kind = "EN" if identifiers.is_gtin(substitute) else "SA"
        composer.say("PIA", "3", [composer.text(substitute, 35, "PIA 7140"), kind])


def _texts(composer: Composer, document: NeutralDocument, line: NeutralLine) -> None:
    width = composer.widths.description
    if line.text:
        for words in composer.parts(line.text, width, 2, "IMD 7008"):
            composer.say("IMD", "F", "", ["", "", "", *words])
    if line.description and line.text and document.kind in INVOICES:
        for words in composer.parts(line.description, width, 2, "IMD 7008"):
            composer.say("IMD", "A", "", ["", "", "", *words])


def _quantities(composer: Composer, document: NeutralDocument, line: NeutralLine) -> None:
    main = MAIN.get(document.kind, "47")
    unit = composer.text(line.unit_code or "", composer.widths.unit, "QTY 6411")
    if line.quantity is not None:
        composer.say("QTY", [main, composer.number(line.quantity, f"QTY+{main} 6060"), unit])
    if line.free is not None:
        composer.say("QTY", ["192", composer.number(line.free, "QTY+192 6060"), unit])
    for name, value in (line.quantities or {}).items():
        code = QUANTITY_CODES.get(name)
        if name == "variance" or (code == main and value == line.quantity):
            continue
        if code is None or document.kind == "order":
            raise NoPlaceFor(what="QTY 6063", value=name)
        composer.say("QTY", [code, composer.number(value, f"QTY+{code} 6060"), unit])
    if line.origin_country:
        composer.say("ALI", composer.text(line.origin_country, 3, "ALI 3239"))


def _days(composer: Composer, document: NeutralDocument, line: NeutralLine) -> None:
    composer.window(line.requested, exact="2", first="64", last="63")
    composer.span(line.promised, "17" if document.kind == "despatch_advice" else "69")
    if line.period is not None:
        for qualifier, end in (("167", line.period.from_), ("168", line.period.to)):
            if end is not None:
                composer.day(qualifier, end)


def _reason(composer: Composer, document: NeutralDocument, line: NeutralLine) -> None:
    variance = (line.quantities or {}).get("variance")
    if document.kind == "order_response" and variance is None:
        if line.reason_code or line.reason:
            words = composer.words(line.reason, composer.widths.text, 5, "FTX 4440") if line.reason else ""
            composer.say(
                "FTX", "LIN", "", composer.text(line.reason_code or "", composer.widths.service, "FTX 4441"), words
            )
    elif line.reason_code or line.reason or variance is not None:
        if document.kind in INVOICES or document.kind == "order":
            raise NoPlaceFor(what="QVR", value=line.reason_code or line.reason)
        said = composer.number(variance, "QVR 6064") if variance is not None else ""
        words = composer.text(line.reason or "", composer.widths.reason, "QVR 4294")
        composer.say(
            "QVR",
            [said, MAIN.get(document.kind, "47")],
            composer.text(line.reason_code or "", 3, "QVR 4221"),
            ["", "", "", words],
        )


def _money(composer: Composer, document: NeutralDocument, line: NeutralLine) -> None:
    if line.amount is not None:
        composer.say("MOA", ["203", composer.number(line.amount, "MOA+203 5004")])
    for name, value in (line.amounts or {}).items():
        if name not in AMOUNT_CODES:
            raise NoPlaceFor(what="MOA 5025", value=name)
        composer.say("MOA", [AMOUNT_CODES[name], composer.number(value, "MOA 5004")])
    if line.price is not None:
        basis = composer.number(line.price_basis, "PRI 5284", limit=9) if line.price_basis is not None else ""
        unit = (
            (line.codes or {}).get("price_basis_unit")
            or (line.unit_code if basis or document.kind == "price_catalogue" else "")
            or ""
        )
        kind = PRICE_CODES.get(line.price_kind or "net", "AAA")
        price = composer.number(line.price, "PRI 5118", limit=15)
        composer.say("PRI", [kind, price, "", "", basis, composer.text(unit, composer.widths.unit, "PRI 6411")])
    if line.gross_price is not None:
        composer.say("PRI", ["AAB", composer.number(line.gross_price, "PRI 5118", limit=15)])


def _references(composer: Composer, line: NeutralLine) -> None:
    said = dict(line.references or {})
    said.pop("substitute", None)
    width = composer.widths.reference
    if "seller_order_line" in said and "seller_order" in said:
        number = composer.text(said.pop("seller_order"), width, "RFF+VN 1154")
        composer.say("RFF", ["VN", number, composer.text(said.pop("seller_order_line"), 6, "RFF+VN 1156")])
    places = {name: said.pop(name) for name in list(said) if name in PLACE_CODES}
    for name, value in said.items():
        qualifier = "LI" if name == "order_line" else REFERENCE_CODES.get(name, name)
        if len(qualifier) > 3 or not qualifier.isalnum():
            raise NoPlaceFor(what="RFF 1153", value=name)
        composer.say("RFF", [qualifier, composer.text(value, width, f"RFF+{qualifier} 1154")])
    for name, value in places.items():
        if name == "location":
            composer.say("LOC", "7", composer.text(value, 25, "LOC 3225"))
        elif name == "sscc":
            composer.say("GIN", "BJ", composer.text(value, 35, "GIN 7402"))
        else:
            composer.say("NAD", PLACE_CODES[name], composer.text(value, composer.widths.code, "NAD 3039"))


def _tax(composer: Composer, document: NeutralDocument, line: NeutralLine) -> None:
    if line.tax_rate is None and not line.tax_category:
        return
    rate = composer.number(line.tax_rate, "TAX 5278") if line.tax_rate is not None else ""
    composer.say("TAX", "7", "VAT", "", "", ["", "", "", rate], composer.text(line.tax_category or "", 3, "TAX 5305"))


def _lot(composer: Composer, document: NeutralDocument, lot: Lot) -> None:
    composer.say("PCI", "36E")
    if lot.expires_on is not None:
        composer.day("361", lot.expires_on)
    if lot.quantity is not None:
        main = MAIN.get(document.kind, "47")
        composer.say("QTY", [main, composer.number(lot.quantity, f"QTY+{main} 6060")])
    if lot.number:
        composer.say("GIN", "BX", composer.text(lot.number, 35, "GIN 7402"))
    if lot.serial:
        composer.say("GIN", "BN", composer.text(lot.serial, 35, "GIN 7402"))
