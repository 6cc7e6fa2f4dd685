"""Neutral documents written as UBL and read again are equal; orders with bytes changed at random never break the reader."""

import random
import string
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from promesa.core.identifiers import with_check_digit
from promesa.exchange import formats
from promesa.exchange.formats.neutral import (
    Allowance,
    Lot,
    NeutralDocument,
    NeutralLine,
    Package,
    Party,
    Reported,
    Tax,
    Window,
)
from promesa.exchange.formats.ubl.write import write

QUICK = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
_LETTERS = string.ascii_letters + string.digits + "áéñÑü&<>\"'/-.,;€漢😀"


def maybe(strategy):
    return st.none() | strategy


# Words parted by single spaces: readers make runs of spaces one.
words = st.text(_LETTERS, min_size=1, max_size=12).map(lambda word: word + " & <co>" if len(word) > 6 else word)
# What the many fields of a party hold: drawn at once, since drawing each would take most of the time.
SAID = ["C/ Mayor, 1", "Ñandú & Cía", "<b>", "0", "28001", "a@b.es", "+34 600", "漢 字", "x" * 120]
CODES = ["A-1", "0", "x_9/z.", "000123", "ES-B12345674", "Z" * 60]
OUR_GLN = "8412345000010"
code = st.sampled_from(CODES)
amounts = st.decimals("-99999999", "99999999", places=2, allow_nan=False, allow_infinity=False)
counts = st.decimals("0", "999999", places=3, allow_nan=False, allow_infinity=False)
days = st.dates(date(2000, 1, 1), date(2099, 12, 31))
moments = st.datetimes(datetime.fromisoformat("2000-01-01"), datetime.fromisoformat("2099-12-31")).map(
    lambda moment: moment.replace(microsecond=0)
)
gln = st.text("0123456789", min_size=12, max_size=12).map(lambda body: with_check_digit(body + "0"))
gtin = st.text("0123456789", min_size=13, max_size=13).map(lambda body: with_check_digit(body + "0"))


@st.composite
def windows(draw):
    one = draw(days | moments)
    return draw(st.sampled_from([Window(one, None), Window(None, one), Window(one, one)]))


@st.composite
def parties(draw, *, accounts="91"):
    """A party as a reader makes it: its GLN is the first of its codes that is one, else its electronic address."""
    chance = random.Random(draw(st.integers(0, 2**32)))

    def maybe_said(values=SAID):
        return chance.choice(values) if chance.random() < 0.5 else None

    is_gln = chance.random() < 0.5
    number, agency = (draw(gln), "0088") if is_gln else (maybe_said(CODES), None)
    further = {
        scheme: chance.choice(CODES) for scheme in ("DUNS", accounts) if scheme and number and chance.random() < 0.4
    }
    name, trade_name, legal, endpoint = chance.choice(SAID), maybe_said(), maybe_said(CODES), maybe_said([OUR_GLN])
    fields = {key: value for key in _PARTY_FIELDS if (value := maybe_said()) is not None}
    return Party(
        gln=number if is_gln else endpoint, code=number, agency=agency, codes=further, name=name,
        trade_name=trade_name if trade_name != name else None, legal_id=legal,
        legal_id_scheme=maybe_said(["0088", "0192"]) if legal else None, endpoint=endpoint,
        endpoint_scheme="0088" if endpoint else None, **fields,
    )  # fmt: skip


_PARTY_FIELDS = (
    "tax_id", "tax_registration", "street", "street_2", "street_3", "city", "region", "postcode", "country", "contact",
    "phone", "email",
)  # fmt: skip
allowances = st.builds(
    Allowance,
    charge=st.booleans(), amount=amounts, base=maybe(amounts), percent=maybe(counts), reason=maybe(words),
    reason_code=maybe(code), tax_category=maybe(st.sampled_from(["S", "Z", "E"])), tax_rate=maybe(counts),
)  # fmt: skip
lots = st.builds(Lot, number=code, expires_on=maybe(days), serial=maybe(code)) | st.builds(Lot, expires_on=days)
attributes = st.dictionaries(words.filter(lambda name: not name.startswith("classification")), words, max_size=2)


@st.composite
def lines(draw, number, *, quantity="quantity", **more):
    """A line of any document; `more` are fields of its kind."""
    count = draw(maybe(counts))
    price = draw(maybe(counts))
    fields = {
        "line_number": str(number), "gtin": draw(maybe(gtin)), "seller_code": draw(maybe(code)),
        "buyer_code": draw(maybe(code)), "text": draw(words), "codes": draw(st.sampled_from([None, {"MF": "x1"}, {"SRV2": "9"}])),
        "quantity": count, "quantity_received": None if count is None else format(count, "f"),
        "unit_code": "CS" if count is not None else None, "lots": tuple(draw(st.lists(lots, max_size=2))),
        "attributes": draw(attributes) or None, "origin_country": draw(maybe(st.just("ES"))), "place": number,
        "notes": tuple(draw(st.lists(words, max_size=2))),
    }  # fmt: skip
    description = draw(maybe(words))
    fields["description"] = description if description != fields["text"] else None
    if quantity == "ordered":
        fields |= {
            "price": price, "price_kind": None if price is None else "net",
            "price_basis": draw(maybe(st.just(Decimal(10)))) if price is not None else None,
            "amount": draw(maybe(amounts)), "requested": draw(maybe(windows())), "tax_rate": draw(maybe(counts)),
            "tax_category": draw(maybe(st.just("S"))), "allowances": tuple(draw(st.lists(allowances, max_size=2))),
        }  # fmt: skip
        if price is not None and draw(st.booleans()):
            fields |= {"gross_price": price + 1, "price_discount": Decimal(1)}
    return NeutralLine(**fields, **{key: draw(value) for key, value in more.items()})


def heads(kind, format_, currency="EUR", **more):
    """The head of a document that was read from UBL: what says its profile is written as it is."""
    return st.builds(
        NeutralDocument,
        format=st.just(format_), kind=st.just(kind), number=code, issued_on=days, currency=st.just(currency),
        notes=st.lists(words, max_size=2).map(tuple), profile=st.just({"customization": "urn:x:1", "process": "p"}), **more,
    )  # fmt: skip


ordering = {
    "type_code": maybe(st.just("220")), "requested": maybe(windows()), "period": maybe(windows()), "terms": maybe(words),
    "allowances": st.lists(allowances, max_size=2).map(tuple),
    "totals": st.dictionaries(st.sampled_from(["lines", "payable", "tax", "taxable", "with_tax", "prepaid"]), amounts),
    "taxes": st.lists(st.builds(Tax, category=st.just("S"), rate=counts, base=amounts, amount=amounts, kind=st.just("VAT"),
                                reason=maybe(words)), max_size=2).map(tuple),
    "attachments": st.lists(st.fixed_dictionaries(
        {"number": code}, optional={"type": words, "uri": code, "content": st.binary(min_size=1, max_size=20)}
    ), max_size=2).map(tuple),
}  # fmt: skip


def people(**more):
    return st.fixed_dictionaries(
        {"buyer": parties(), "seller": parties(accounts="92")}, optional={"originator": parties(), **more}
    )


@st.composite
def orders(draw):
    document = draw(
        heads("order", "ubl-order", **ordering, parties=people(invoicee=parties(), ship_to=parties(accounts="")))
    )
    rows = tuple(draw(lines(number, quantity="ordered")) for number in range(1, draw(st.integers(1, 3)) + 1))
    optional = draw(
        st.fixed_dictionaries({}, optional=dict.fromkeys(("contract", "customer", "project", "quotation"), words))
    )
    return replace(document, lines=rows, references=optional)


@st.composite
def responses(draw):
    document = draw(heads("order_response", "ubl-order-response", parties=people(), promised=maybe(windows())))
    answers = {"1": "accepted", "2": "changed", "3": "rejected"}
    rows = []
    for number, answer in answers.items():
        line = draw(lines(int(number), quantity="ordered", promised=maybe(windows()), response=st.just(answer)))
        reason = draw(words) if answer != "accepted" and (line.notes or draw(st.booleans())) else None
        back = draw(maybe(counts))
        rows.append(replace(line, reason=reason, quantities={"back_ordered": back} if back is not None else None))
    return replace(document, lines=tuple(rows), response="changed", references={"order": draw(code), "status": "CA"})


@st.composite
def despatches(draw):
    shippers = people(carrier=parties(accounts=""), ship_from=parties(accounts="92"), ship_to=parties())
    document = draw(heads("despatch_advice", "ubl-despatch-advice", None, parties=shippers, promised=maybe(windows()),
                          despatched_on=maybe(days)))  # fmt: skip
    packages = (
        Package("P1", None, "PX", None, None, Decimal("4.5"), "KGM"),
        Package("C1", None, "BX", None, "P1"),
        Package("P2"),
    )
    rows = []
    for number in (1, 2):
        line = draw(lines(number, reason=maybe(words), package=st.sampled_from([None, "P1", "P2"])))
        said = {} if line.quantity is None else {"despatched": line.quantity}
        said |= draw(st.fixed_dictionaries({}, optional={"back_ordered": counts, "oversupplied": counts}))
        rows.append(replace(line, quantities=said or None, references={"order": "PO"}))
    held = {row.package for row in rows}
    # Units that no line names come first, as the head does; the others in the order of their lines.
    loose = [one for one in packages if one.within is None and one.number not in held]
    named = [one for row in rows for one in packages if one.number == row.package]
    ordered = [
        inner
        for one in dict.fromkeys(loose + named)
        for inner in (one, *(p for p in packages if p.within == one.number))
    ]
    return replace(
        document, lines=tuple(rows), packages=tuple(ordered), references={"order": "PO", "tracking": draw(code)}
    )


@st.composite
def changes(draw):
    document = draw(
        heads("order_change", "ubl-order-change", **(ordering | {"type_code": st.none()}), parties=people())
    )
    actions = st.sampled_from(["added", "deleted", "changed"])
    rows = tuple(
        replace(draw(lines(number, quantity="ordered")), references={"action": draw(actions)}) for number in (1, 2)
    )
    return replace(document, lines=rows, function="change", references={"order": draw(code), "sequence": "2"})


@st.composite
def receipts(draw):
    document = draw(
        heads("receipt_advice", "ubl-receipt-advice", None, parties=people(ship_to=parties()), delivered_on=maybe(days))
    )
    document = replace(document, parties={key: one for key, one in document.parties.items() if key != "originator"})
    rows = []
    for number in (1, 2):
        line = draw(lines(number, reason=maybe(words), reason_code=maybe(code)))
        said = {} if line.quantity is None else {"received": line.quantity}
        said |= draw(st.fixed_dictionaries({}, optional={"short": counts, "rejected": counts}))
        unit = "CS" if said else None
        rows.append(
            replace(line, quantities=said or None, unit_code=unit, references={"order": "PO", "despatch_line": "7"})
        )
    return replace(document, lines=tuple(rows), references={"order": "PO", "despatch_advice": draw(code)})


def same_again(document):
    content = write(document)
    (again,) = formats.read(content)
    assert replace(again, faults=()) == document
    assert write(again) == content


@QUICK
@given(orders())
def test_an_order_written_and_read_is_equal(document):
    same_again(document)


@QUICK
@given(responses())
def test_a_response_written_and_read_is_equal(document):
    same_again(document)


@QUICK
@given(despatches())
def test_a_despatch_advice_written_and_read_is_equal(document):
    same_again(document)


@QUICK
@given(changes())
def test_a_change_written_and_read_is_equal(document):
    same_again(document)


@QUICK
@given(receipts())
def test_a_receipt_advice_written_and_read_is_equal(document):
    same_again(document)


# -- documents of our own: what Peppol asks for


def own(kind, **said):
    return NeutralDocument(
        "", kind, number="R-1", issued_on=date(2026, 3, 2), currency="EUR",
        parties={"buyer": Party(gln="8412345000010", name="Clínica"), "seller": Party(gln="8498765000014", name="Aceites")},
        references={"order": "PO-77", "seller_order": "P-2026-000001", "order_date": "2026-03-01"}, **said,
    )  # fmt: skip


LINE = NeutralLine("1", seller_code="AC-1", text="Aceite 5 L", quantity=Decimal(4), unit_code="CS", response="accepted")


def broken(content):
    (document,) = formats.read(content)
    return document, [fault.params.get("rule") or fault.code for fault in document.faults]


@pytest.mark.parametrize("answer", ["accepted", "rejected", "received"])
def test_our_answer_to_the_whole_order_has_no_lines_and_breaks_no_rule(answer):
    line = replace(LINE, response="rejected", reason="Sin existencias") if answer == "rejected" else LINE
    document, rules = broken(write(own("order_response", response=answer, lines=(line,))))
    assert rules == []
    assert (document.response, document.lines) == (answer, ())
    assert document.notes == (("Sin existencias",) if answer == "rejected" else ())
    assert document.references == {
        "status": document.references["status"],
        "order": "PO-77",
        "seller_order": "P-2026-000001",
    }


def test_our_answer_that_changes_a_line_says_the_reason_and_breaks_no_rule():
    lines_ = (
        replace(LINE, promised=Window(date(2026, 3, 9), date(2026, 3, 9))),
        replace(
            LINE,
            line_number="2",
            response="changed",
            quantity=Decimal(3),
            reason="Faltan 2 cajas",
            quantities={"back_ordered": Decimal(2)},
        ),
    )
    document, rules = broken(write(own("order_response", response="changed", lines=lines_)))
    assert rules == []
    assert [(line.response, line.quantity, line.reason) for line in document.lines] == [
        ("accepted", Decimal(4), None), ("changed", Decimal(3), "Faltan 2 cajas"),
    ]  # fmt: skip
    assert document.lines[1].quantities == {"back_ordered": Decimal(2)}
    assert document.lines[0].promised == Window(date(2026, 3, 9), date(2026, 3, 9))


def test_lines_accepted_for_days_of_their_own_are_told():
    line = replace(LINE, promised=Window(date(2026, 3, 9), date(2026, 3, 9)))
    whole = own(
        "order_response", response="accepted", promised=Window(date(2026, 3, 9), date(2026, 3, 12)), lines=(line,)
    )
    document, rules = broken(write(whole))
    assert rules == []
    assert [line.response for line in document.lines] == ["accepted"]


def test_our_despatch_advice_breaks_no_rule_and_has_a_line_for_each_lot():
    held = (Lot("L1", date(2027, 1, 1), Decimal(1)), Lot("L2", None, Decimal(3)))
    line = replace(LINE, response=None, lots=held, quantities={"despatched": Decimal(4), "ordered": Decimal(4)})
    document, rules = broken(write(own("despatch_advice", lines=(line,), despatched_on=date(2026, 3, 5))))
    assert rules == []
    assert [(one.line_number, one.quantity, one.lots[0].number, one.references["line"]) for one in document.lines] == [
        ("1.1", Decimal(1), "L1", "1"), ("1.2", Decimal(3), "L2", "1"),
    ]  # fmt: skip
    assert (document.party("ship_from").name, document.party("ship_to").name) == ("Aceites", "Clínica")
    assert document.despatched_on == date(2026, 3, 5)


def test_our_order_breaks_no_rule_but_says_no_end_of_validity():
    line = replace(LINE, response=None, price=Decimal(20), amount=Decimal(80), tax_rate=Decimal(21), tax_category="S")
    document, rules = broken(write(own("order", lines=(line,), totals={"lines": Decimal(80)})))
    assert rules == ["PEPPOL-T01-R002"]
    assert [one.amount for one in document.lines] == [Decimal(80)]


def test_our_message_response_says_what_was_wrong_and_where():
    answer = NeutralDocument(
        "", "acknowledgement", number="A1", issued_on=date(2026, 3, 2), response="rejected",
        references={"acknowledged": "PO-77", "order": "PO-77"},
        reported=(Reported("SV", "Falta la cantidad", "/Order/OrderLine[2]"), Reported("BV", "Artículo desconocido", None, "3")),
    )  # fmt: skip
    (again,) = formats.read(write(answer))
    assert (again.kind, again.response) == ("acknowledgement", "rejected")
    assert again.references == {"status": "RE", "acknowledged": "PO-77", "order": "PO-77"}
    assert again.reported == answer.reported


def test_characters_that_xml_has_not_are_left_out():
    document, _ = broken(write(own("order", notes=("uno\x00\x0bdos\ud800\ufffe",), lines=(LINE,))))
    assert document.notes == ("unodos",)
