"""The Greek rules of Peppol BIS Billing: of sellers in Greece, and between parties in Greece."""

from __future__ import annotations

import re

from promesa.exchange.formats.en16931 import identifiers
from promesa.exchange.formats.en16931.breaches import Breaches
from promesa.exchange.formats.en16931.codes import listed
from promesa.exchange.formats.en16931.model import BUYER, SELLER
from promesa.exchange.formats.en16931.tree import Node

_DAY = re.compile(r"(0?[1-9]|[12][0-9]|3[01])[-\\/ ]?(0?[1-9]|1[0-2])[-\\/ ]?(19|20)[0-9]{2}")
_KINDS = listed("1.1 1.6 2.1 2.4 5.1 5.2")
_MARK, _URL = "##M.AR.K##", "##INVOICE|URL##"


def check(found: Breaches, sender: bool, receiver: bool) -> None:
    root = found.tree.root
    if sender:
        _number(found, root)
        _seller(found, root)
        if root.text_at(f"{SELLER}/PostalAddress/Country/IdentificationCode") == "GR":
            _tax_office(found, root)
        for reference in _described(root, _URL):
            found.need_text("GR-R-008-3", reference, "Attachment/ExternalReference/URI")
        for party in root.all(BUYER):
            found.need_text("GR-R-005", party, "PartyName/Name")
    if found.tree.country("AccountingSupplierParty") in ("GR", "EL"):
        for endpoint in root.all(f"{SELLER}/EndpointID"):
            _address(found, "GR-R-009", endpoint)
    if sender and receiver:
        for party in root.all(BUYER):
            numbers = _vat_numbers(party)
            ok = len(numbers) == 1 and _is_number(numbers[0].text)
            found.true("GR-R-006", party, ok, "PartyTaxScheme/CompanyID", right="EL999999999")
        for endpoint in root.all(f"{BUYER}/EndpointID"):
            _address(found, "GR-R-010", endpoint)


def _number(found: Breaches, root: Node) -> None:
    """An invoice number is six parts: tax number|day|branch|kind|series|number."""
    number = root.first("ID")
    if number is None:
        return
    parts = number.text.split("|")
    found.true("GR-R-001-1", number, len(parts) == 6, right="A|B|C|D|E|F")
    parts += [""] * (6 - len(parts))
    own = [one.text_at("CompanyID")[2:11] for one in root.all(f"{SELLER}/PartyTaxScheme")]
    own += [one.text_at("CompanyID")[2:11] for one in root.all("TaxRepresentativeParty/PartyTaxScheme")]
    tin = len(parts[0].strip()) == 9 and identifiers.greek(parts[0]) and parts[0] in own
    found.true("GR-R-001-2", number, tin, right="AFM", received=parts[0])
    issued = root.text_at("IssueDate").split("-")
    day = _DAY.match(parts[1]) is not None and parts[1].split("/")[:3] == list(reversed(issued))
    found.true("GR-R-001-3", number, day, right="DD/MM/YYYY = IssueDate", received=parts[1])
    branch = parts[2].strip().isascii() and parts[2].strip().isdigit()
    found.true("GR-R-001-4", number, branch, right="0, 1, 2 …", received=parts[2])
    found.true("GR-R-001-5", number, parts[3] in _KINDS, right=" | ".join(sorted(_KINDS)), received=parts[3])
    found.true("GR-R-001-6", number, bool(parts[4]), right="A|B|C|D|E|F", received=parts[4])
    found.true("GR-R-001-7", number, bool(parts[5]), right="A|B|C|D|E|F", received=parts[5])


def _seller(found: Breaches, root: Node) -> None:
    for party in root.all(SELLER):
        found.need_text("GR-R-002", party, "PartyName/Name")
        numbers = _vat_numbers(party)
        one = len(numbers) == 1 and _is_number(numbers[0].text)
        found.true("GR-S-011", party, one, "PartyTaxScheme/CompanyID", right="EL999999999")
        for number in numbers:
            found.true("GR-R-003", number, _is_number(number.text), right="EL999999999")


def _tax_office(found: Breaches, root: Node) -> None:
    marks, addresses = _described(root, _MARK), _described(root, _URL)
    if len(marks) != 1:
        found.broken("rule_value", "GR-R-004-1", root, received=str(len(marks)), right=f"count({_MARK}) = 1")
    if len(addresses) != 1:
        found.broken("rule_value", "GR-S-008-1", root, received=str(len(addresses)), right=f"count({_URL}) = 1")
    if len(addresses) > 1:
        found.broken("rule_value", "GR-R-008-2", root, received=str(len(addresses)), right=f"count({_URL}) <= 1")
    for mark in marks:
        for number in mark.all("ID"):
            found.true("GR-R-004-2", number, re.match(r"[1-9][0-9]*", number.text) is not None, right="1, 2 …")


def _described(root: Node, text: str) -> list[Node]:
    references = root.all("AdditionalDocumentReference")
    return [one for one in references if any(said.text == text for said in one.all("DocumentDescription"))]


def _vat_numbers(party: Node) -> list[Node]:
    schemes = [one for one in party.all("PartyTaxScheme") if one.text_at("TaxScheme/ID") == "VAT"]
    return [number for one in schemes for number in one.all("CompanyID")]


def _is_number(text: str) -> bool:
    return text[:2] == "EL" and identifiers.greek(text[2:])


def _address(found: Breaches, rule: str, endpoint: Node) -> None:
    ok = endpoint.attribute("schemeID") == "9933" and identifiers.greek(endpoint.text)
    found.true(rule, endpoint, ok, right="9933, AFM")
