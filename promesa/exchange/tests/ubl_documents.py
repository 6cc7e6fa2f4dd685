"""Small UBL documents for tests: a right Peppol order, and the same with pieces put in place of others."""

SPACES = (
    'xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2" '
    'xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"'
)
PEPPOL = "urn:fdc:peppol.eu:poacc:"

ORDER_HEAD = """
<cbc:CustomizationID>urn:fdc:peppol.eu:poacc:trns:order:3</cbc:CustomizationID>
<cbc:ProfileID>urn:fdc:peppol.eu:poacc:bis:ordering:3</cbc:ProfileID>
<cbc:ID>PO-77</cbc:ID><cbc:IssueDate>2026-03-02</cbc:IssueDate>
<cbc:DocumentCurrencyCode>EUR</cbc:DocumentCurrencyCode>
<cac:ValidityPeriod><cbc:EndDate>2026-04-01</cbc:EndDate></cac:ValidityPeriod>
<cac:BuyerCustomerParty><cac:Party><cbc:EndpointID schemeID="0088">8412345000010</cbc:EndpointID>
<cac:PartyIdentification><cbc:ID schemeID="0088">8412345000010</cbc:ID></cac:PartyIdentification>
<cac:PartyName><cbc:Name>Clínica Ñandú</cbc:Name></cac:PartyName>
<cac:PartyTaxScheme><cbc:CompanyID>ESA12345674</cbc:CompanyID><cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:PartyTaxScheme>
</cac:Party></cac:BuyerCustomerParty>
<cac:SellerSupplierParty><cac:Party><cbc:EndpointID schemeID="0088">8498765000014</cbc:EndpointID>
<cac:PartyName><cbc:Name>Aceites del Sur</cbc:Name></cac:PartyName></cac:Party></cac:SellerSupplierParty>
<cac:Delivery><cac:RequestedDeliveryPeriod><cbc:StartDate>2026-03-09</cbc:StartDate>
<cbc:EndDate>2026-03-10</cbc:EndDate></cac:RequestedDeliveryPeriod></cac:Delivery>
"""
ALLOWANCE = """
<cac:AllowanceCharge><cbc:ChargeIndicator>false</cbc:ChargeIndicator>
<cbc:AllowanceChargeReasonCode>95</cbc:AllowanceChargeReasonCode>
<cbc:AllowanceChargeReason>Descuento</cbc:AllowanceChargeReason>
<cbc:MultiplierFactorNumeric>10</cbc:MultiplierFactorNumeric><cbc:Amount currencyID="EUR">13.00</cbc:Amount>
<cbc:BaseAmount currencyID="EUR">130.00</cbc:BaseAmount></cac:AllowanceCharge>
"""
TOTALS = """
<cac:TaxTotal><cbc:TaxAmount currencyID="EUR">24.57</cbc:TaxAmount></cac:TaxTotal>
<cac:AnticipatedMonetaryTotal><cbc:LineExtensionAmount currencyID="EUR">130.00</cbc:LineExtensionAmount>
<cbc:TaxExclusiveAmount currencyID="EUR">117.00</cbc:TaxExclusiveAmount>
<cbc:TaxInclusiveAmount currencyID="EUR">141.57</cbc:TaxInclusiveAmount>
<cbc:AllowanceTotalAmount currencyID="EUR">13.00</cbc:AllowanceTotalAmount>
<cbc:PayableAmount currencyID="EUR">141.57</cbc:PayableAmount></cac:AnticipatedMonetaryTotal>
"""


def line(number, quantity, price, amount):
    return f"""
<cac:OrderLine><cac:LineItem><cbc:ID>{number}</cbc:ID><cbc:Quantity unitCode="CS">{quantity}</cbc:Quantity>
<cbc:LineExtensionAmount currencyID="EUR">{amount}</cbc:LineExtensionAmount>
<cac:Price><cbc:PriceAmount currencyID="EUR">{price}</cbc:PriceAmount><cbc:BaseQuantity unitCode="CS">1</cbc:BaseQuantity></cac:Price>
<cac:Item><cbc:Name>Aceite 5 L</cbc:Name><cac:SellersItemIdentification><cbc:ID>AC-{number}</cbc:ID></cac:SellersItemIdentification>
<cac:ClassifiedTaxCategory><cbc:ID>S</cbc:ID><cbc:Percent>21</cbc:Percent><cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme>
</cac:ClassifiedTaxCategory></cac:Item></cac:LineItem></cac:OrderLine>
"""


LINES = line(1, 4, "20.00", "80.00") + line(2, 5, "10.00", "50.00")


def document(name, inner):
    return f'<{name} xmlns="urn:oasis:names:specification:ubl:schema:xsd:{name}-2" {SPACES}>{inner}</{name}>'.encode()


def order(*changes, name="Order"):
    """The right order with pieces of its text put in place of others: `("old", "new")`; each must be there."""
    inner = ORDER_HEAD + ALLOWANCE + TOTALS + LINES
    if name == "OrderChange":
        inner = inner.replace("trns:order:3", "trns:order_change:3").replace(
            "bis:ordering:3", "bis:advanced_ordering:3"
        )
        reference = "<cac:OrderReference><cbc:ID>PO-76</cbc:ID></cac:OrderReference>"
        inner = inner.replace("<cac:BuyerCustomerParty>", reference + "<cac:BuyerCustomerParty>")
    for old, new in changes:
        assert old in inner, old
        inner = inner.replace(old, new, 1)
    return document(name, inner)


def response(code="CA", lines=1, *, transaction="order_response", profile="ordering", more="", inside=""):
    rows = "".join(
        f"<cac:OrderLine><cac:LineItem><cbc:ID>{number}</cbc:ID><cbc:LineStatusCode>3</cbc:LineStatusCode>{inside}"
        f"<cac:Item><cbc:Name>Aceite</cbc:Name></cac:Item></cac:LineItem><cac:OrderLineReference>"
        f"<cbc:LineID>{number}</cbc:LineID></cac:OrderLineReference></cac:OrderLine>"
        for number in range(1, lines + 1)
    )
    party = (
        '<cac:Party><cac:PartyIdentification><cbc:ID schemeID="0088">{}</cbc:ID></cac:PartyIdentification></cac:Party>'
    )
    return document(
        "OrderResponse",
        f"<cbc:CustomizationID>{PEPPOL}trns:{transaction}:3</cbc:CustomizationID><cbc:ProfileID>{PEPPOL}bis:{profile}:3"
        f"</cbc:ProfileID><cbc:ID>R1</cbc:ID><cbc:IssueDate>2026-03-02</cbc:IssueDate><cbc:OrderResponseCode>{code}"
        "</cbc:OrderResponseCode><cbc:DocumentCurrencyCode>EUR</cbc:DocumentCurrencyCode><cac:OrderReference><cbc:ID>PO-77"
        f"</cbc:ID></cac:OrderReference><cac:SellerSupplierParty>{party.format('8498765000014')}</cac:SellerSupplierParty>"
        f"<cac:BuyerCustomerParty>{party.format('8412345000010')}</cac:BuyerCustomerParty>{more}{rows}",
    )
