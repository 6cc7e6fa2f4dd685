"""ZUGFeRD 1 (2014): the same invoice under older names, which are made new before it is read."""

from __future__ import annotations

from lxml import etree

from promesa.exchange.formats.cii.parts import SPACES
from promesa.exchange.formats.xml.values import Element

_OLD = "urn:ferd:CrossIndustryDocument:invoice:1p0"
_RAM = "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:12"
_UDT = "urn:un:unece:uncefact:data:standard:UnqualifiedDataType:15"
_SPACES = {_OLD: "rsm", _RAM: "ram", _UDT: "udt"}
_LINE = "IncludedSupplyChainTradeLineItem"
_NAMES = {
    "CrossIndustryDocument": "CrossIndustryInvoice",
    "SpecifiedExchangedDocumentContext": "ExchangedDocumentContext",
    "HeaderExchangedDocument": "ExchangedDocument",
    "SpecifiedSupplyChainTradeTransaction": "SupplyChainTradeTransaction",
    "ApplicableSupplyChainTradeAgreement": "ApplicableHeaderTradeAgreement",
    "ApplicableSupplyChainTradeDelivery": "ApplicableHeaderTradeDelivery",
    "ApplicableSupplyChainTradeSettlement": "ApplicableHeaderTradeSettlement",
    "SpecifiedSupplyChainTradeAgreement": "SpecifiedLineTradeAgreement",
    "SpecifiedSupplyChainTradeDelivery": "SpecifiedLineTradeDelivery",
    "SpecifiedSupplyChainTradeSettlement": "SpecifiedLineTradeSettlement",
    "ApplicablePercent": "RateApplicablePercent",
}


def recognises(root: Element) -> bool:
    return root.tag == f"{{{_OLD}}}CrossIndustryDocument"


def renewed(root: Element) -> Element:
    """The same tree with today's names; texts and attributes stay."""
    return _copy(root, in_line=False)


def _copy(element: Element, *, in_line: bool) -> Element:
    space, _, name = str(element.tag)[1:].rpartition("}")
    in_line = in_line or name == _LINE
    if name == "SpecifiedTradeSettlementMonetarySummation":
        name = f"SpecifiedTradeSettlement{'Line' if in_line else 'Header'}MonetarySummation"
    prefix = _SPACES.get(space)
    new = etree.Element(f"{{{SPACES[prefix] if prefix else space}}}{_NAMES.get(name, name)}")
    new.text = element.text
    for key, value in element.attrib.items():
        new.set(key, value)
    for child in element:
        new.append(_copy(child, in_line=in_line))
    return new
