"""Voxel Bavel orders: attributes to fields, and what is wrong in them."""

from datetime import date
from decimal import Decimal

from promesa.exchange import formats
from promesa.exchange.formats.neutral import Allowance, Window

ORDER = """<?xml version="1.0" encoding="ISO-8859-1"?>
<Transaction>
 <GeneralData Ref="P-9" Type="Pedido" Date="2026-03-02" Currency="EUR" BeginDate="2026-03-09" EndDate="2026-03-10"/>
 <Supplier CustomerSupplierID="S1" CIF="ESB98765432" Company="Aceites del Sur"/>
 <Client SupplierClientID="K-100" ClientID="77" CIF="ESA12345674" Company="Hoteles Ñandú" Country="ESP"/>
 <Customers><Customer CustomerID="H1" Customer="Hotel Mar" City="Vila-seca" Country="ESP"/></Customers>
 <Comments><Comment Subject="Varios" Msg="Entregar por la mañana"/></Comments>
 <ProductList>
  <Product SupplierSKU="AC-5" CustomerSKU="0055" EAN="8412345678905" Item="Aceite 5 L" Qty="12.0" MU="Cajas" UP="18.50"
   Total="199.80" Comment="Sin palé"><Discounts><Discount Qualifier="Descuento" Type="Comercial" Rate="10" Amount="22.20"/>
   </Discounts><Taxes><Tax Type="IVA" Rate="10.00" Amount="19.98"/></Taxes></Product>
  <Product SupplierSKU="AC-1" Item="Aceite 1 L" Qty="3.5" MU="Kgs" UP="4"/>
 </ProductList>
 <TotalSummary SubTotal="213.80" Tax="21.38" Total="235.18"/>
</Transaction>
"""


def read(text=ORDER, *changes):
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    (document,) = formats.read(text.encode("latin-1"), filename="pedido.xml")
    return document


def said(document):
    return [(fault.code, fault.where, fault.received, fault.line) for fault in document.faults]


def test_a_whole_order_is_read():
    order = read()
    assert (order.number, order.issued_on, order.currency) == ("P-9", date(2026, 3, 2), "EUR")
    assert order.requested == Window(date(2026, 3, 9), date(2026, 3, 10))
    buyer = order.party("buyer")
    assert (buyer.code, buyer.agency, buyer.codes, buyer.tax_id) == ("K-100", "91", {"92": "77"}, "ESA12345674")
    assert (buyer.name, buyer.country) == ("Hoteles Ñandú", "ES")
    assert (order.party("ship_to").code, order.party("ship_to").name) == ("H1", "Hotel Mar")
    assert order.notes == ("Entregar por la mañana",)
    assert {key: str(value) for key, value in order.totals.items()} == {
        "lines": "213.80",
        "tax": "21.38",
        "payable": "235.18",
    }
    first, second = order.lines
    assert (first.gtin, first.seller_code, first.buyer_code) == ("8412345678905", "AC-5", "0055")
    assert (first.quantity, first.unit_code, first.unit_received) == (Decimal("12.0"), "CS", "Cajas")
    assert (first.price, first.price_kind, first.amount, first.tax_rate) == (
        Decimal("18.50"),
        "gross",
        Decimal("199.80"),
        10,
    )
    assert first.allowances == (Allowance(False, Decimal("22.20"), None, Decimal(10), "Comercial"),)
    assert first.notes == ("Sin palé",)
    assert (second.quantity, second.unit_code, second.price_kind) == (Decimal("3.5"), "KGM", "net")
    assert order.faults == ()


def test_what_is_wrong_is_named_where_it_stands():
    order = read(
        ORDER,
        ('Qty="3.5"', 'Qty="tres"'),
        ('MU="Cajas"', 'MU="Xyz"'),
        ('Ref="P-9" ', ""),
        ('"2026-03-10"', '"2026-03-01"'),
    )
    assert said(order) == [
        ("number_missing", "/Transaction/GeneralData/@Ref", None, None),
        ("window_reversed", "/Transaction/GeneralData/@EndDate", "2026-03-09 > 2026-03-01", None),
        ("unit_unknown", "/Transaction/ProductList/Product[1]/@MU", "Xyz", "1"),
        ("number_wrong", "/Transaction/ProductList/Product[2]/@Qty", "tres", "2"),
    ]
    assert order.blocked


def test_a_quantity_that_is_missing_or_nothing_blocks():
    order = read(ORDER, ('Qty="3.5" ', ""), ('Qty="12.0"', 'Qty="0"'))
    assert [(fault.code, fault.severity, fault.line) for fault in order.faults] == [
        ("quantity_not_positive", "blocking", "1"), ("quantity_missing", "blocking", "2"),
    ]  # fmt: skip


def test_a_transaction_that_is_no_order_says_what_it_is():
    document = read(ORDER, ('Type="Pedido"', 'Type="FacturaComercial"'))
    assert (document.format, document.kind) == ("voxel-facturacomercial", "not_an_order")
    assert said(document) == [("not_an_order", "/Transaction/GeneralData/@Type", "FacturaComercial", None)]


def test_a_transaction_without_general_data_is_an_xml_of_unknown_kind():
    (document,) = formats.read(b"<Transaction><Other/></Transaction>")
    assert [fault.code for fault in document.faults] == ["xml_kind_unknown"]
