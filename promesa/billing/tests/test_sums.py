"""What invoices and credit notes add up to, when they are wrong, and what a payment pays."""

import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promesa.billing import labels as labels
from promesa.billing import rules
from promesa.billing.rules import (
    Agreed,
    Applied,
    Billable,
    BilledLine,
    Draft,
    DraftLine,
    InvoiceSums,
    OpenInvoice,
    TaxSum,
    apply_money,
    credit_net,
    credit_sums,
    due_date,
    faults_of,
    invoice_sums,
    left_to_credit,
)
from promesa.core import money, words

D = Decimal
TODAY = date(2026, 11, 23)


def line(net: str, rate: str = "21", category: str = "S") -> BilledLine:
    return BilledLine(D(net), category, D(rate))


def test_an_invoice_adds_rounded_lines_and_taxes_each_rate_once() -> None:
    sums = invoice_sums(lines=[line("10.01"), line("10.01"), line("10.02"), line("5.55", "10")], currency="EUR")
    assert sums == InvoiceSums(
        line_amount=D("35.59"),
        net_amount=D("35.59"),
        tax_amount=D("6.87"),
        gross_amount=D("42.46"),
        prepaid_amount=D(0),
        rounding_amount=D(0),
        payable_amount=D("42.46"),
        taxes=(TaxSum("S", D(10), D("5.55"), D("0.56")), TaxSum("S", D(21), D("30.04"), D("6.31"))),
    )


def test_tax_is_rounded_on_the_sum_and_not_line_by_line() -> None:
    # 0.21 x 0.21 = 0.0441 a line: rounded by line it would be 0.12, on the sum it is 0.13.
    assert invoice_sums(lines=[line("0.21")] * 3, currency="EUR").tax_amount == D("0.13")


def test_what_is_prepaid_and_the_rounding_change_only_what_is_payable() -> None:
    sums = invoice_sums(lines=[line("100")], currency="EUR", prepaid_amount=D("50"), rounding_amount=D("-0.01"))
    assert (sums.gross_amount, sums.payable_amount) == (D("121.00"), D("70.99"))


def test_pesos_have_no_cents() -> None:
    sums = invoice_sums(lines=[line("1999", "19"), line("1", "19")], currency="COP")
    assert str(sums.tax_amount) == "380"
    assert str(invoice_sums(lines=[line("50", "19")], currency="COP").tax_amount) == "10"
    assert str(invoice_sums(lines=[line("50", "19")], currency="COP").payable_amount) == "60"


def test_categories_without_tax_are_summed_apart() -> None:
    sums = invoice_sums(lines=[line("10", "0", "E"), line("20", "0", "AE"), line("30")], currency="EUR")
    assert [(row.category, row.base_amount) for row in sums.taxes] == [("AE", D(20)), ("E", D(10)), ("S", D(30))]
    assert sums.tax_amount == D("6.30")


def test_an_invoice_without_lines_adds_up_to_nothing() -> None:
    sums = invoice_sums(lines=[], currency="EUR")
    assert (sums.payable_amount, sums.taxes) == (D(0), ())


CURRENCIES = st.sampled_from(["EUR", "COP", "KWD"])


@st.composite
def billed(draw: st.DrawFn, currency: str) -> list[BilledLine]:
    places = money.digits(currency)
    return draw(
        st.lists(
            st.builds(
                BilledLine,
                st.decimals(0, 10**6, places=places),
                st.just("S"),
                st.sampled_from([D(0), D(4), D(10), D("5.5"), D(21)]),
            ),
            min_size=1,
            max_size=8,
        )
    )


@given(st.data(), CURRENCIES, st.decimals(0, 1000, places=0))
def test_the_totals_of_every_invoice_obey_the_identities_of_the_norm(
    data: st.DataObject, currency: str, prepaid: D
) -> None:
    lines = data.draw(billed(currency))
    sums = invoice_sums(lines=lines, currency=currency, prepaid_amount=prepaid)
    assert sums.line_amount == sum(row.net_amount for row in lines)
    assert sums.net_amount == sum(row.base_amount for row in sums.taxes)
    assert sums.tax_amount == sum(row.tax_amount for row in sums.taxes)
    assert sums.gross_amount == sums.net_amount + sums.tax_amount
    assert sums.payable_amount == sums.gross_amount - prepaid + sums.rounding_amount
    for row in sums.taxes:
        assert abs(row.tax_amount - row.base_amount * row.rate / 100) * 2 <= money.quantum(currency)
    amounts = (sums.net_amount, sums.tax_amount, sums.gross_amount)
    assert all(amount == money.round_money(amount, currency) for amount in amounts)


@given(st.data(), CURRENCIES)
def test_the_order_of_the_lines_does_not_change_the_sums(data: st.DataObject, currency: str) -> None:
    lines = data.draw(billed(currency))
    mixed = data.draw(st.permutations(lines))
    assert invoice_sums(lines=mixed, currency=currency) == invoice_sums(lines=lines, currency=currency)


@given(st.data(), CURRENCIES)
def test_crediting_a_whole_invoice_mirrors_it_and_line_by_line_cancels_it_to_the_cent(
    data: st.DataObject, currency: str
) -> None:
    lines = data.draw(billed(currency))
    invoice = invoice_sums(lines=lines, currency=currency)
    whole = credit_sums(lines=lines, currency=currency, left=left_to_credit(invoiced=invoice.taxes))
    assert whole == invoice
    credited: list[TaxSum] = []
    total = D(0)
    for each in lines:
        left = left_to_credit(invoiced=invoice.taxes, credited=credited)
        note = credit_sums(lines=[each], currency=currency, left=left)
        assert note.gross_amount >= 0
        credited += note.taxes
        total += note.gross_amount
    assert total == invoice.gross_amount


def test_more_than_was_invoiced_cannot_be_credited() -> None:
    left = left_to_credit(invoiced=[TaxSum("S", D(21), D(100), D(21))], credited=[TaxSum("S", D(21), D(60), D("12.6"))])
    assert left == {("S", D(21)): TaxSum("S", D(21), D(40), D("8.4"))}
    with pytest.raises(ValueError, match="exceeds"):
        credit_sums(lines=[line("40.01")], currency="EUR", left=left)
    with pytest.raises(ValueError, match="exceeds"):
        credit_sums(lines=[line("1", "10")], currency="EUR", left=left)


def test_the_last_part_of_a_credited_line_takes_what_rounding_left() -> None:
    # Three at 3.33 invoiced as 10.00: one by one 3.33, 3.33 and 3.34.
    invoice = {"invoiced_quantity": D(3), "invoiced_amount": D("10.00"), "currency": "EUR"}
    assert credit_net(quantity=D(1), **invoice) == D("3.33")
    assert credit_net(quantity=D(1), credited_quantity=D(2), credited_amount=D("6.66"), **invoice) == D("3.34")
    with pytest.raises(ValueError, match="are left"):
        credit_net(quantity=D(2), credited_quantity=D(2), credited_amount=D("6.66"), **invoice)
    with pytest.raises(ValueError, match="are left"):
        credit_net(quantity=D(0), **invoice)


@given(st.lists(st.integers(1, 20), min_size=1, max_size=8), st.decimals(-1000, 1000, places=2))
def test_the_parts_of_a_credited_line_add_up_to_it(parts: list[int], amount: D) -> None:
    quantity, credited = D(0), D(0)
    for part in parts:
        share = credit_net(
            quantity=D(part),
            invoiced_quantity=D(sum(parts)),
            invoiced_amount=amount,
            credited_quantity=quantity,
            credited_amount=credited,
            currency="EUR",
        )
        assert share * amount >= 0
        quantity, credited = quantity + part, credited + share
    assert credited == amount


def test_an_invoice_is_due_so_many_calendar_days_after_its_issue() -> None:
    assert due_date(issued_on=TODAY, payment_days=30) == date(2026, 12, 23)
    assert due_date(issued_on=TODAY, payment_days=0) == TODAY
    assert due_date(issued_on=date(2028, 1, 31), payment_days=30) == date(2028, 3, 1)


BILLABLE = Billable(5, 1, D(40), D("12.40"), D(100), "S", D(21))
GOOD = DraftLine(5, D(40), D("0.124"), D(1), D("4.96"), "S", D(21))


def checked(*lines: DraftLine, billable: Billable = BILLABLE, **more: object) -> list[tuple[str, int | None]]:
    sums = invoice_sums(lines=[BilledLine(*row[4:]) for row in lines], currency="EUR")
    draft = Draft(1, "EUR", TODAY, date(2026, 12, 23), lines, sums)._replace(**more)
    agreed = Agreed(1, "EUR", 30, (billable,))
    return [(fault.code, fault.line_number) for fault in faults_of(draft=draft, agreed=agreed)]


def test_an_invoice_like_its_order_and_delivery_has_no_fault() -> None:
    assert checked(GOOD) == []
    assert checked(GOOD._replace(quantity=D(15)), GOOD._replace(quantity=D(25))) == []


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"quantity": D(41)}, "invoice_wrong_quantity"),
        ({"quantity": D(0)}, "invoice_wrong_quantity"),
        ({"unit_price": D("0.125")}, "invoice_wrong_price"),
        ({"tax_rate": D(10)}, "invoice_wrong_tax"),
        ({"tax_category": "E", "tax_rate": D(0)}, "invoice_wrong_tax"),
    ],
)
def test_a_line_unlike_its_order_or_delivery_is_a_fault(wrong: dict[str, object], code: str) -> None:
    assert checked(GOOD._replace(**wrong)) == [(code, 1)]


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"customer_id": 2}, "invoice_wrong_customer"),
        ({"currency": "USD"}, "invoice_wrong_currency"),
        ({"due_on": TODAY}, "invoice_wrong_terms"),
        ({"sums": invoice_sums(lines=[line("4.97")], currency="EUR")}, "invoice_wrong_sum"),
    ],
)
def test_an_invoice_unlike_its_order_is_a_fault(wrong: dict[str, object], code: str) -> None:
    assert checked(GOOD, **wrong) == [(code, None)]


def test_a_delivery_that_is_invoiced_already_is_a_duplicate() -> None:
    assert checked(GOOD, billable=BILLABLE._replace(left_quantity=D(0))) == [("invoice_duplicate", 1)]
    assert checked(GOOD, GOOD) == [("invoice_duplicate", 1)]


def test_what_was_never_delivered_cannot_be_billed_and_neither_can_nothing() -> None:
    assert checked(GOOD._replace(entry_id=6)) == [("invoice_not_delivered", None)]
    assert checked() == [("invoice_empty", None)]


def test_the_price_agreement_goes_before_the_price_of_the_order() -> None:
    agreed = BILLABLE._replace(agreed_price=D("0.12"))
    assert checked(GOOD, billable=agreed) == [("invoice_wrong_price", 1)]
    assert checked(GOOD._replace(unit_price=D("12"), basis_quantity=D(100)), billable=agreed) == []


def test_a_tax_that_the_norm_does_not_allow_is_a_fault_even_when_the_order_has_it() -> None:
    free = {"tax_category": "E", "tax_rate": D(21)}
    assert checked(GOOD._replace(**free), billable=BILLABLE._replace(**free)) == [("invoice_wrong_tax", 1)]
    zero = {"tax_rate": D(0)}
    assert checked(GOOD._replace(**zero), billable=BILLABLE._replace(**zero)) == [("invoice_wrong_tax", 1)]


def test_all_faults_are_told_at_once() -> None:
    wrong = GOOD._replace(quantity=D(41), unit_price=D(1), tax_rate=D(4))
    assert [code for code, _ in checked(wrong, customer_id=2, due_on=TODAY)] == [
        "invoice_wrong_customer", "invoice_wrong_terms",
        "invoice_wrong_quantity", "invoice_wrong_price", "invoice_wrong_tax",
    ]  # fmt: skip


def owed(number: int, day: int, amount: str, *, disputed: bool = False) -> OpenInvoice:
    return OpenInvoice(number, date(2026, 11, day), date(2026, 10, day), D(amount), disputed)


def test_a_payment_pays_the_oldest_invoice_first_and_the_rest_stays_unapplied() -> None:
    invoices = [owed(1, 20, "50"), owed(2, 10, "30"), owed(3, 10, "20")]
    assert apply_money(amount=D("40"), invoices=invoices) == Applied(((2, D(30)), (3, D(10))), D(0))
    assert apply_money(amount=D("120"), invoices=invoices) == Applied(((2, D(30)), (3, D(20)), (1, D(50))), D(20))
    assert apply_money(amount=D("5"), invoices=[]) == Applied((), D(5))


def test_disputed_invoices_wait_for_the_others() -> None:
    invoices = [owed(1, 10, "50", disputed=True), owed(2, 20, "30")]
    assert apply_money(amount=D("40"), invoices=invoices) == Applied(((2, D(30)), (1, D(10))), D(0))


def test_a_payer_who_names_invoices_pays_those_and_no_other() -> None:
    invoices = [owed(1, 20, "50"), owed(2, 10, "30")]
    assert apply_money(amount=D("60"), invoices=invoices, named=[1]) == Applied(((1, D(50)),), D(10))
    assert apply_money(amount=D("60"), invoices=invoices, named=[1, 2, 1]) == Applied(((1, D(50)), (2, D(10))), D(0))
    with pytest.raises(ValueError, match="nothing open"):
        apply_money(amount=D("60"), invoices=invoices, named=[3])
    with pytest.raises(ValueError, match="positive"):
        apply_money(amount=D("0"), invoices=invoices)


@given(
    st.decimals("0.01", 10_000, places=2),
    st.lists(st.tuples(st.integers(1, 28), st.decimals("0.01", 1000, places=2), st.booleans()), max_size=10),
)
def test_money_applied_and_unapplied_is_the_money_received_and_no_invoice_is_overpaid(
    amount: D, rows: list[tuple[int, D, bool]]
) -> None:
    invoices = [
        OpenInvoice(number, date(2026, 11, day), TODAY, left, disputed)
        for number, (day, left, disputed) in enumerate(rows)
    ]
    result = apply_money(amount=amount, invoices=invoices)
    assert sum((paid for _, paid in result.applications), result.unapplied_amount) == amount
    owing = {row.id: row.open_amount for row in invoices}
    assert all(0 < paid <= owing[number] for number, paid in result.applications)
    if result.unapplied_amount:
        assert dict(result.applications) == owing


def test_every_fault_has_a_sentence_in_both_languages() -> None:
    written = set(re.findall(r'"(invoice_[a-z_]+)"', Path(rules.__file__).read_text(encoding="utf-8")))
    assert len(written) == 10
    for code in written:
        assert words.known(code)
        assert words.say(code, {}, "es") != words.say(code, {}, "en")
