"""Orders on paper that others made, against values read from them by hand; as PDF with text, and as a noisy, turned scan."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from promesa.exchange import formats
from promesa.exchange.tests import scans

CONTOSO = ("Contoso Electronics", "3800 148th Ave NE", "Redmond", "WA", "98052")
SHIP_TO = ("Contoso Electronics", "21930 SE 51st St", "Issaquah", "WA", "98029")
ORDERS = {
    "Contoso-PO-Adatum-Adel.pdf": (
        "190122", date(2019, 7, 27), "Adel Vance", ("Adatum Corporation", "3333 Bristol Street South Coast", "Costa Mesa", "CA", "92626"),
        [("MM4-4010", "89", "62.00", "5518.00"), ("SH-L2216", "11", "22.00", "242.00")], ("5760.00", "512.64", "274.91", "6547.55"),
    ),
    "Contoso-PO-Fabrikam-Christie.pdf": (
        "190555", date(2019, 10, 4), "Christie Cline", ("Fabrikam, Inc.", "10900 Stonelake Blvd", "Austin", "TX", "78759"),
        [("GB3-1022", "24", "123.00", "2952.00"), ("CBG-BS306", "8", "65.00", "520.00"), ("CP-00111", "25", "17", "425.00")],
        ("3897.00", "346.83", "193.75", "4437.58"),
    ),
    "Contoso-PO-WWI-Lidia.pdf": (
        "190435", date(2019, 9, 26), "Lidia Holloway",
        ("Wide World Importers", "7000 State Highway 161, Building LC1", "Irving", "TX", "75039"),
        [("CHAS-305", "15", "32.00", "480.00"), ("BC-P323", "15", "11.00", "165.00"), ("BCF6-304", "15", "18.00", "270.00")],
        ("915.00", "81.44", "63.86", "1060.30"),
    ),
}  # fmt: skip
TEXTS = {
    "Contoso-PO-Adatum-Adel.pdf": ["Micro-Motor #4", "Standard Housing, Large"],
    "Contoso-PO-Fabrikam-Christie.pdf": [
        "Graphene Battery 3000mAh 100C 44.4V", "Charger - Graphene Battery 3000mAh", "Cable Pack – for GB3-1022",
    ],
    "Contoso-PO-WWI-Lidia.pdf": ["Chassis, Type III", "Body Components (Polyester), Type III", "Blades (Carbon-Fiber) 6 pack, Type III"],
}  # fmt: skip


def right(name):
    number, day, contact, seller, lines, totals = ORDERS[name]
    said = {"kind": "order", "number": number, "issued_on": day, "currency": "USD", "ship_to.contact": contact}
    for role, party in (("buyer", CONTOSO), ("seller", seller), ("ship_to", SHIP_TO)):
        said |= {
            f"{role}.{key}": value
            for key, value in zip(("name", "street", "city", "region", "postcode"), party, strict=True)
        }
    said |= {
        f"totals.{key}": Decimal(value)
        for key, value in zip(("lines", "tax", "charges", "payable"), totals, strict=True)
    }
    for place, line in enumerate(lines):
        said |= {
            f"{place}.{key}": value for key, value in zip(("code", "quantity", "price", "amount"), line, strict=True)
        }
    return said | {"lines": len(lines)}


def read(document):
    said = {
        "kind": document.kind,
        "number": document.number,
        "issued_on": document.issued_on,
        "currency": document.currency,
    }
    said |= {"ship_to.contact": document.party("ship_to").contact, "lines": len(document.lines)}
    for role in ("buyer", "seller", "ship_to"):
        said |= {
            f"{role}.{key}": getattr(document.party(role), key)
            for key in ("name", "street", "city", "region", "postcode")
        }
    said |= {f"totals.{key}": value for key, value in document.totals.items()}
    for place, line in enumerate(document.lines):
        said |= {f"{place}.code": line.seller_code, f"{place}.quantity": str(line.quantity), f"{place}.price": str(line.price),
                 f"{place}.amount": str(line.amount)}  # fmt: skip
    return said


@pytest.mark.parametrize("name", ORDERS)
def test_every_field_of_the_order_is_right(shared_data, name):
    (document,) = formats.read((shared_data / "po-pdf" / name).read_bytes(), filename=name)
    assert read(document) == right(name)
    assert [line.text for line in document.lines] == TEXTS[name]
    assert [fault.code for fault in document.faults if fault.blocking] == []


def test_the_quotation_is_not_an_order_and_its_lines_are_read_all_the_same(shared_data):
    (document,) = formats.pdf.read((shared_data / "po-pdf/quote-PO00004.pdf").read_bytes(), formats.Given())
    assert document.kind == "not_an_order"
    assert [(line.seller_code, str(line.quantity), str(line.price), str(line.amount)) for line in document.lines] == [
        ("PROD_DEL02", "6.000", "90.00", "540.00"), ("MBi9", "5.000", "1500.00", "7500.00"),
        ("E-COM07", "7.000", "330.00", "2310.00"), ("E-COM09", "1.000", "1799.00", "1799.00"),
    ]  # fmt: skip
    assert [(fault.code, fault.received) for fault in document.faults if fault.blocking] == [
        ("says_no_order", "Quotation # SO008")
    ]


def test_the_confirmation_of_a_trade_is_not_an_order(shared_data):
    (document,) = formats.read((shared_data / "po-pdf/TradeConfirmation114400.pdf").read_bytes())
    assert document.kind == "not_an_order"
    assert [(fault.code, fault.received) for fault in document.faults if fault.blocking] == [
        ("says_no_order", "CONFIRMATION")
    ]


def test_scans_of_the_orders_turned_and_with_noise_give_nearly_all_fields(shared_data):
    fields, wrong = 0, {}
    for name in ORDERS:
        picture = scans.scanned((shared_data / "po-pdf" / name).read_bytes())
        (document,) = formats.read(picture, filename="scan.png")
        assert document.format == "scan-order"
        expected, found = right(name), read(document)
        fields += len(expected)
        wrong |= {(name, key): found.get(key) for key, value in expected.items() if found.get(key) != value}
    assert len(wrong) / fields <= 0.05, wrong


def test_a_scan_of_what_is_not_an_order_is_not_one(shared_data):
    (document,) = formats.read(scans.scanned((shared_data / "po-pdf/TradeConfirmation114400.pdf").read_bytes()))
    assert (document.format, document.kind) == ("scan", "not_an_order")
