"""The rules of Peppol's order documents: our own faults name the one that is broken, and none in right documents."""

import sys
import tarfile
import time
from collections import Counter

import pytest
from lxml import etree

from promesa.exchange import formats
from promesa.exchange.formats.ubl import identifiers
from promesa.exchange.tests.ubl_documents import ALLOWANCE, LINES, PEPPOL, document, line, order, response

PACK = "rule-tests/peppol_poacc_unit_tests.tar.gz"
_TEST = "{http://difi.no/xsd/vefa/validator/1.0}"
_KINDS = [f"{_TEST}{kind}" for kind in ("success", "warning", "error", "fatal")]


def rules_of(content):
    (read,) = formats.read(content)
    return Counter(fault.params.get("rule") for fault in read.faults if fault.params.get("rule"))


@pytest.mark.parametrize("name", ["Order", "OrderChange"])
def test_a_right_order_breaks_no_rule(name):
    (read,) = formats.read(order(name=name))
    assert read.faults == ()


@pytest.mark.parametrize("code", ["CA"])
@pytest.mark.parametrize("transaction", ["order_response", "order_response_advanced"])
def test_a_right_response_breaks_no_rule(code, transaction):
    (read,) = formats.read(response(code, transaction=transaction))
    assert read.faults == ()


_AMOUNT = '<cbc:Amount currencyID="EUR">13.00</cbc:Amount>'
_PRICE = '<cbc:PriceAmount currencyID="EUR">20.00</cbc:PriceAmount>'
_BASIS = '<cbc:BaseQuantity unitCode="CS">1</cbc:BaseQuantity>'
_GROSS = (
    "<cac:AllowanceCharge><cbc:ChargeIndicator>false</cbc:ChargeIndicator><cbc:Amount>{}</cbc:Amount>"
    "<cbc:BaseAmount>{}</cbc:BaseAmount></cac:AllowanceCharge>"
)
_SECOND = "<cac:LineItem><cbc:ID>2</cbc:ID>"
_REASON = ALLOWANCE[
    ALLOWANCE.index("<cbc:AllowanceChargeReasonCode>") : ALLOWANCE.index("<cbc:MultiplierFactorNumeric>")
]
BROKEN = [
    ("R001", (_SECOND, "<cac:LineItem><cbc:ID>1</cbc:ID>")),
    ("R001", (_SECOND, "<cac:LineItem>")),
    ("R002", ("<cac:ValidityPeriod><cbc:EndDate>2026-04-01</cbc:EndDate></cac:ValidityPeriod>", "")),
    ("R003", (_AMOUNT, '<cbc:Amount currencyID="USD">13.00</cbc:Amount>')),
    ("R003", ('<cbc:PayableAmount currencyID="EUR">', '<cbc:PayableAmount currencyID="SEK">')),
    ("R003", (_PRICE, '<cbc:PriceAmount currencyID="DKK">20.00</cbc:PriceAmount>')),
    ("R004", ('<cbc:Quantity unitCode="CS">4<', '<cbc:Quantity unitCode="CS">-4<')),
    ("R005", (_PRICE, '<cbc:PriceAmount currencyID="EUR">-20.00</cbc:PriceAmount>')),
    ("R005", (_PRICE, "")),
    ("R006", (">141.57</cbc:PayableAmount>", ">-1</cbc:PayableAmount>")),
    ("R007", (">130.00</cbc:LineExtensionAmount>", ">-130.00</cbc:LineExtensionAmount>")),
    ("R008", (">130.00</cbc:LineExtensionAmount>", ">130.01</cbc:LineExtensionAmount>")),
    ("R009", (">13.00</cbc:AllowanceTotalAmount>", ">12.00</cbc:AllowanceTotalAmount>")),
    ("R009", ('<cbc:AllowanceTotalAmount currencyID="EUR">13.00</cbc:AllowanceTotalAmount>', "")),
    ("R010", ("<cbc:PayableAmount", '<cbc:ChargeTotalAmount currencyID="EUR">1</cbc:ChargeTotalAmount><cbc:PayableAmount')),
    ("R011", (">117.00</cbc:TaxExclusiveAmount>", ">117.01</cbc:TaxExclusiveAmount>")),
    ("R013", ('<cbc:Quantity unitCode="CS">4</cbc:Quantity>', "")),
    ("R014", ("<cac:Delivery>", "<cac:OriginatorCustomerParty><cac:Party/></cac:OriginatorCustomerParty><cac:Delivery>")),
    ("R016", (">141.57</cbc:PayableAmount>", ">141.56</cbc:PayableAmount>")),
    ("R017", (">24.57</cbc:TaxAmount>", ">24.56</cbc:TaxAmount>")),
    ("R019", (_BASIS, _BASIS + _GROSS.format("5.00", "24.00"))),
    ("R020", ('<cbc:BaseAmount currencyID="EUR">130.00</cbc:BaseAmount>', "")),
    ("R021", ("<cbc:MultiplierFactorNumeric>10</cbc:MultiplierFactorNumeric>", "")),
    ("R022", ("<cbc:MultiplierFactorNumeric>10<", "<cbc:MultiplierFactorNumeric>11<")),
    ("R023", (_REASON, "")),
    ("R024", (">80.00</cbc:LineExtensionAmount>", ">80.03</cbc:LineExtensionAmount>")),
    ("R025", (_BASIS, '<cbc:BaseQuantity unitCode="CS">0</cbc:BaseQuantity>')),
    ("R026", ("<cbc:CompanyID>ESA12345674<", "<cbc:CompanyID>A12345674<")),
    ("R027", (_BASIS, _BASIS + _GROSS.format("-25.00", "-5.00"))),
    ("R028", (_AMOUNT, '<cbc:Amount currencyID="EUR">13.000</cbc:Amount>')),
    ("R029", ("<cbc:Percent>21</cbc:Percent>", "")),
    ("R030", ("<cbc:Percent>21</cbc:Percent>", "<cbc:Percent>0</cbc:Percent>")),
    ("R031", ("bis:", "bis:catalogue_only:3#")),
    ("R032", (_AMOUNT, '<cbc:Amount currencyID="EUR">-13.00</cbc:Amount>')),
    ("R033", (_BASIS, _BASIS + _GROSS.format("-5.00", "15.00"))),
    ("R034", ("trns:order", "trns:invoice")),
    ("CL001", ("<cbc:AllowanceChargeReasonCode>95<", "<cbc:AllowanceChargeReasonCode>ZZZ<")),
    ("CL002", (
        "<cbc:ChargeIndicator>false</cbc:ChargeIndicator>\n<cbc:AllowanceChargeReasonCode>95<",
        "<cbc:ChargeIndicator>true</cbc:ChargeIndicator>\n<cbc:AllowanceChargeReasonCode>95<",
    )),
]  # fmt: skip


@pytest.mark.parametrize(
    ("number", "change"), BROKEN, ids=[f"{number}-{place}" for place, (number, _) in enumerate(BROKEN)]
)
@pytest.mark.parametrize(("name", "transaction"), [("Order", "T01"), ("OrderChange", "T114")])
def test_a_broken_rule_of_orders_is_named(number, change, name, transaction):
    assert f"PEPPOL-{transaction}-{number}" in rules_of(order(change, name=name))


def test_a_price_basis_and_a_rounding_of_two_cents_are_right():
    basis = line(1, 5, "1.99", "0.10").replace(_BASIS, '<cbc:BaseQuantity unitCode="CS">100</cbc:BaseQuantity>')
    assert "PEPPOL-T01-R024" not in rules_of(order((LINES, basis)))


def test_a_thousand_lines_of_one_number_are_told_within_bounds():
    (read,) = formats.read(order((LINES, line(1, 4, "20.00", "80.00") * 1000)))
    assert len(read.faults) == 301
    assert read.faults[-1].code == "more_faults"


@pytest.mark.parametrize(
    ("code", "lines", "number"),
    [("CA", 0, "R007"), ("AP", 1, "R008"), ("RE", 2, "R009"), ("AB", 1, "R010")],
)
@pytest.mark.parametrize(("transaction", "short"), [("order_response", "T76"), ("order_response_advanced", "T116")])
def test_lines_that_do_not_go_with_the_answer_are_named(code, lines, number, transaction, short):
    assert rules_of(response(code, lines, transaction=transaction)) == {f"PEPPOL-{short}-{number}": 1}


def test_a_promise_that_ends_before_it_begins_is_named():
    period = (
        "<cac:Delivery><cac:PromisedDeliveryPeriod><cbc:StartDate>2026-03-11</cbc:StartDate>"
        "<cbc:EndDate>2026-03-10</cbc:EndDate></cac:PromisedDeliveryPeriod></cac:Delivery>"
    )
    assert rules_of(response(more=period)) == {"PEPPOL-T76-R004": 1}


def test_a_price_of_a_response_in_another_currency_is_named():
    price = '<cac:Price><cbc:PriceAmount currencyID="USD">1</cbc:PriceAmount></cac:Price>'
    assert rules_of(response(inside=price)) == {"PEPPOL-T76-R005": 1}


def test_an_agreement_is_judged_by_its_own_rules():
    total = (
        '<cac:LegalMonetaryTotal><cbc:LineExtensionAmount currencyID="EUR">5</cbc:LineExtensionAmount>'
        '<cbc:TaxInclusiveAmount currencyID="EUR">6</cbc:TaxInclusiveAmount></cac:LegalMonetaryTotal>'
    )
    found = rules_of(response("CA", transaction="order_agreement", profile="order_agreement", more=total))
    assert found == {f"PEPPOL-T110-{number}": 1 for number in ("R002", "R007", "R011", "R014")}


def test_an_empty_element_and_a_wrong_day_are_named():
    found = rules_of(order(("<cbc:IssueDate>2026-03-02<", "<cbc:IssueDate>02/03/2026<"), ("Clínica Ñandú", " ")))
    assert found == {"PEPPOL-COMMON-R030": 1, "PEPPOL-COMMON-R001": 1}


def test_a_specification_that_is_not_peppol_s_is_judged_only_by_what_holds_in_any_order():
    foreign = (f"{PEPPOL}trns:order:3", "urn:www.cenbii.eu:transaction:biicoretrdm001:ver1.0")
    (read,) = formats.read(
        order(
            foreign,
            (f"{PEPPOL}bis:ordering:3", "BII01"),
            (">80.00</cbc:LineExtensionAmount>", ">81.00</cbc:LineExtensionAmount>"),
        )
    )
    assert [(fault.code, fault.severity, fault.line) for fault in read.faults] == [
        ("customization_other", "note", None), ("sum_wrong", "warning", None), ("sum_wrong", "warning", "1"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("scheme", "right", "wrong"),
    [
        ("0088", "8412345000010", "8412345000011"),
        ("0192", "987654325", "987654321"),
        ("0208", "0202239951", "0202239952"),
        ("0201", "UFK3P2", "UFK3P"),
        ("0210", "RSSMRA85T10A562S", "RSSMRA85T10A56"),
        ("9907", "97735020584", "977350205"),
        ("0211", "IT06363391001", "IT06363391002"),
        ("9906", "IT06363391001", "IT0636339100"),
        ("0007", "5541277710", "5541277711"),
        ("0151", "51824753556", "51824753557"),
    ],
)
def test_identifiers_are_checked_by_their_scheme(scheme, right, wrong):
    number = identifiers.CHECKS[scheme][0]
    endpoint = '<cbc:EndpointID schemeID="0088">8412345000010</cbc:EndpointID>'
    place = f"PEPPOL-COMMON-{number}"
    assert place not in rules_of(order((endpoint, f'<cbc:EndpointID schemeID="{scheme}">{right}</cbc:EndpointID>')))
    assert place in rules_of(order((endpoint, f'<cbc:EndpointID schemeID="{scheme}">{wrong}</cbc:EndpointID>')))


def test_what_an_invoice_response_must_explain_is_named():
    inner = (
        f"<cbc:CustomizationID>{PEPPOL}trns:invoice_response:3</cbc:CustomizationID><cbc:ProfileID>{PEPPOL}bis:invoice_response:3"
        "</cbc:ProfileID><cbc:ID>1</cbc:ID><cbc:IssueDate>2026-03-02</cbc:IssueDate><cac:SenderParty><cbc:EndpointID>1"
        "</cbc:EndpointID></cac:SenderParty><cac:ReceiverParty><cbc:EndpointID>1</cbc:EndpointID></cac:ReceiverParty>"
        "<cac:DocumentResponse><cac:Response><cbc:ResponseCode>UQ</cbc:ResponseCode>{}</cac:Response></cac:DocumentResponse>"
    )
    status = '<cac:Status><cbc:StatusReasonCode listID="{}">{}</cbc:StatusReasonCode></cac:Status>'
    expected = {
        "": {"PEPPOL-T111-R001": 1},
        status.format("OPStatusReason", "OTH"): {"PEPPOL-T111-R002": 1},
        status.format("OPStatusReason", "PPD"): {"PEPPOL-T111-R004": 1, "PEPPOL-T111-R005": 1},
        status.format("OPStatusAction", "LEG"): {"PEPPOL-T111-R006": 1},
        status.format("OPStatusReason", "NOA"): {"PEPPOL-T111-R007": 1},
        status.format("OPStatusReason", "LEG"): {},
    }
    for said, rules in expected.items():
        assert rules_of(document("ApplicationResponse", inner.format(said))) == rules


def test_a_despatch_line_without_code_name_or_quantity_is_named():
    inner = (
        f"<cbc:CustomizationID>{PEPPOL}trns:despatch_advice:3</cbc:CustomizationID><cbc:ProfileID>x</cbc:ProfileID><cbc:ID>1"
        "</cbc:ID><cbc:IssueDate>2026-03-02</cbc:IssueDate><cac:DespatchSupplierParty><cac:Party><cac:PartyName><cbc:Name>a"
        "</cbc:Name></cac:PartyName></cac:Party></cac:DespatchSupplierParty><cac:DeliveryCustomerParty><cac:Party>"
        "<cac:PartyName><cbc:Name>b</cbc:Name></cac:PartyName></cac:Party></cac:DeliveryCustomerParty>"
        "<cac:BuyerCustomerParty><cac:Party><cac:Contact><cbc:Name>c</cbc:Name></cac:Contact></cac:Party></cac:BuyerCustomerParty>"
        "<cac:DespatchLine><cbc:ID>1</cbc:ID><cbc:OutstandingQuantity>2</cbc:OutstandingQuantity><cac:Item>"
        "<cbc:Description>d</cbc:Description></cac:Item></cac:DespatchLine>"
    )
    assert rules_of(document("DespatchAdvice", inner)) == {
        f"PEPPOL-T16-{number}": 1 for number in ("R003", "R004", "R005", "R006", "R007", "R008")
    }


def test_the_order_packs_of_peppol_are_named_in_every_case(shared_data, capsys):
    """Every fragment of the published packs: what it breaks is named, what it keeps is not."""
    found, missed = Counter(), []
    with tarfile.open(shared_data / PACK) as archive:
        members = [member for member in archive if member.name.endswith(".xml")]
        for member in members:
            root = etree.fromstring(archive.extractfile(member).read())
            for test in root.findall(f"{_TEST}test"):
                content = next(child for child in test if not str(child.tag).startswith(_TEST))
                rules = rules_of(etree.tostring(content))
                for said in test.find(f"{_TEST}assert").iterchildren(*_KINDS):
                    kept = said.tag == f"{_TEST}success"
                    right = (said.text.strip() in rules) is not kept
                    found["kept" if kept else "broken", right] += 1
                    if not right:
                        missed.append((member.name, said.text.strip()))
    broken = found["broken", True] + found["broken", False]
    with capsys.disabled():
        sys.stdout.write(
            f"\nPeppol order packs: {found['broken', True]} of {broken} broken rules named, "
            f"{found['kept', False]} of {found['kept', True]} kept ones named wrongly\n"
        )
    assert missed == []
    assert (broken, found["kept", True]) == (83, 152)


@pytest.mark.parametrize("lines", ["<cac:OrderLine/>", "<cac:OrderLine><cac:LineItem/></cac:OrderLine>"])
def test_more_lines_than_are_read_block_quickly(lines):
    started = time.process_time()
    (read,) = formats.read(document("Order", lines * 60_000))
    assert "too_many_lines" in [fault.code for fault in read.faults]
    assert read.rejection_reason is not None
    assert len(read.lines) == 10_000
    assert time.process_time() - started < 4


def test_sums_that_a_quantity_that_could_not_be_read_goes_into_are_left_unjudged():
    (read,) = formats.read(order(('<cbc:Quantity unitCode="CS">4<', '<cbc:Quantity unitCode="CS">cuatro<')))
    assert "number_wrong" in {fault.code for fault in read.faults}
    assert [fault.where for fault in read.faults if fault.code == "sum_wrong"] == []


def test_a_wrong_day_is_told_as_days_are_written_in_each_language():
    (read,) = formats.read(order(("<cbc:EndDate>2026-04-01<", "<cbc:EndDate>pronto<")))
    assert {(fault.sentence("es"), fault.sentence("en")) for fault in read.faults if fault.code == "date_wrong"} == {
        (
            "«pronto» no es una fecha; debería escribirse AAAA-MM-DD.",
            "“pronto” is not a date; it should be written YYYY-MM-DD.",
        )
    }
