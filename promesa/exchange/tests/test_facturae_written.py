"""Facturae written: whatever is said comes back, and what it cannot say is not written."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from promesa.exchange import formats
from promesa.exchange.formats.facturae import codes
from promesa.exchange.formats.facturae.write import write
from promesa.exchange.formats.neutral import Allowance, CannotWrite, NeutralLine, Payment, Tax, Window
from promesa.exchange.tests.test_facturae import BUYER, SELLER, D, again, differences, invoice, line


@pytest.mark.parametrize(
    ("change", "lacks"),
    [
        ({"number": None}, "number"),
        ({"lines": ()}, "lines"),
        ({"number": "A" * 21}, "> 20"),
        ({"parties": {"seller": SELLER}}, "buyer tax_id"),
        (
            {"parties": {"seller": SELLER, "buyer": replace(BUYER, postcode=None, region=None)}},
            "buyer region, postcode",
        ),
        ({"totals": {"rounding": D("0.01")}}, "rounding"),
        ({"kind": "order"}, "order"),
    ],
)
def test_what_facturae_cannot_say_is_not_written(change, lacks):
    with pytest.raises(CannotWrite, match=lacks):
        write(replace(invoice(), **change))


def test_an_invoice_that_says_only_what_it_must_gets_totals_taxes_and_province():
    bare = NeutralLine(
        "1", text="Aceite", quantity=D("3"), price=D("10"), amount=D("30"), tax_rate=D("10"), tax_category="S"
    )
    parties = {"seller": replace(SELLER, region=None), "buyer": BUYER}
    document = invoice(line(), lines=(bare,), taxes=(), totals={}, profile={}, parties=parties)
    back = again(document)
    assert back.party("seller").region == "Jaén"
    assert back.taxes == (Tax("S", D("10"), D("30"), D("3"), "VAT"),)
    assert (back.totals["taxable"], back.totals["tax"], back.totals["payable"]) == (D("30"), D("3"), D("33"))
    assert back.faults == ()


def test_the_registry_of_writers_writes_facturae_3_2_2_only():
    written = formats.write(invoice(), format_="facturae-3.2.2")
    assert (written.content, written.content_type, written.extension) == (write(invoice()), "application/xml", "xml")
    with pytest.raises(CannotWrite):
        formats.write(invoice(), format_="facturae-3.2.1")


WORDS = (
    st.text("abcdefg hÑñáéÁ&<>'\"0123456789.-/", min_size=1, max_size=30)
    .map(lambda text: " ".join(text.split()))
    .filter(bool)
)
NUMBERS = st.text("ABCabc0123456789-/", min_size=1, max_size=20)
DAYS = st.dates(date(2010, 1, 1), date(2035, 12, 31))
AMOUNTS = st.decimals(-(10**6), 10**6, places=2, allow_nan=False, allow_infinity=False)
PRICES = st.decimals(0, 10**5, places=6, allow_nan=False, allow_infinity=False)
REFERENCES = st.sampled_from(["order", "contract", "file", "seller_order", "despatch_advice"])
UNITS = st.sampled_from(sorted(codes.UNITS))


def optional(strategy):
    return st.none() | strategy


@st.composite
def taxes(draw, base):
    kind, category = draw(st.sampled_from([("VAT", "S"), ("IGIC", "L"), ("IPSI", "M")]))
    rate = draw(st.sampled_from([D("4"), D("10"), D("21")]))
    return (
        Tax(category, rate, base, draw(AMOUNTS), kind),
        *draw(st.lists(st.builds(Tax, st.none(), st.just(D("15")), AMOUNTS, AMOUNTS, st.just("IRPF"), withheld=st.just(True)), max_size=1)),
    )  # fmt: skip


@st.composite
def lines(draw, place):
    amount = draw(AMOUNTS)
    unit = draw(optional(UNITS))
    rows = draw(taxes(amount))
    quantity = draw(st.decimals(-999, 999, places=3))
    first = draw(optional(DAYS))
    allowances = draw(
        st.lists(st.builds(Allowance, st.booleans(), AMOUNTS, percent=optional(PRICES), reason=WORDS), max_size=2)
    )
    return NeutralLine(
        line_number=str(place),
        seller_code=draw(optional(NUMBERS)),
        text=draw(WORDS),
        quantity=quantity,
        quantity_received=format(quantity, "f"),
        unit_code=codes.UNITS[unit] if unit else None,
        unit_received=unit,
        price=draw(PRICES),
        price_kind="net",
        amount=amount,
        tax_rate=rows[0].rate,
        tax_category=rows[0].category,
        notes=tuple(draw(st.lists(WORDS, max_size=1))),
        references=draw(st.dictionaries(REFERENCES, NUMBERS)) or None,
        period=Window(first, draw(st.dates(first, date(2036, 1, 1)))) if first else None,
        allowances=tuple(sorted(allowances, key=lambda one: one.charge)),
        amounts={"cost": draw(AMOUNTS)},
        taxes=rows,
    )  # fmt: skip


@st.composite
def invoices(draw):
    made = [draw(lines(place)) for place in range(1, draw(st.integers(1, 3)) + 1)]
    allowances = draw(
        st.lists(st.builds(Allowance, st.booleans(), AMOUNTS, percent=optional(PRICES), reason=WORDS), max_size=2)
    )
    totals = {
        name: draw(AMOUNTS) for name in ("lines", "taxable", "tax", "withheld", "with_tax", "outstanding", "payable")
    }
    further = st.sampled_from(
        ["allowances", "charges", "prepaid", "retained", "reimbursed", "in_kind", "financial", "subsidies"]
    )
    references = draw(st.dictionaries(st.sampled_from(["series", "order", "file", "contract"]), NUMBERS))
    totals |= draw(st.dictionaries(further, AMOUNTS))
    payments = draw(st.lists(st.builds(
        Payment, due_on=DAYS, amount=AMOUNTS, account=optional(st.just("ES9121000418450200051332")), quote=optional(NUMBERS),
        text=st.sampled_from([text for _, text in codes.MEANS.values()]),
    ), max_size=2))  # fmt: skip
    payments = [replace(one, code=codes.MEANS[codes.MEANS_BY_TEXT[one.text]][0]) for one in payments]
    dues = {one.due_on for one in payments}
    return invoice(
        line(),
        lines=tuple(made),
        taxes=tuple(sorted((row for one in made for row in one.taxes), key=lambda row: row.withheld)),
        totals=totals,
        allowances=tuple(sorted(allowances, key=lambda one: one.charge)),
        references=references | ({"subsidy": "Subvención"} if "subsidies" in totals else {}),
        payments=tuple(payments),
        due_on=dues.pop() if len(dues) == 1 else None,
        number=draw(NUMBERS),
        issued_on=draw(DAYS),
        delivered_on=draw(optional(DAYS)),
        parties={"seller": replace(SELLER, name=draw(WORDS)), "buyer": replace(BUYER, trade_name=draw(optional(WORDS)))},
    )  # fmt: skip


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(invoices())
def test_whatever_is_written_is_read_equal(document):
    assert differences(document, again(document)) == {}
