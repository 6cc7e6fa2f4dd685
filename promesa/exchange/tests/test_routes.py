"""What is read and is no order does what it asks for, once; what cannot be done waits and says why."""

from datetime import timedelta
from decimal import Decimal

import pytest

from promesa.billing import operations as billing
from promesa.billing.models import Application, Invoice, Payment
from promesa.core import bulk, relay
from promesa.exchange import operations
from promesa.exchange.models import Document
from promesa.exchange.tests.company import AT, BY, CSV, add_customer, add_item, codes, open_shop, take_in
from promesa.exchange.tests.partners import add_partner, bring, order_change
from promesa.fulfilment import operations as fulfilment
from promesa.fulfilment.models import DeliveryLine, DespatchAdvice
from promesa.orders.models import LineEntry, Order, OrderChange
from promesa.work.models import WorkItem

pytestmark = [pytest.mark.django_db, pytest.mark.wired]
LATER = AT + timedelta(days=2)


@pytest.fixture
def order():
    open_shop()
    add_customer("C-1", name="Almacenes Uno")
    add_customer("C-2")
    add_item("A1", "10")
    add_item("A2", "5")
    (document,) = take_in((CSV + "PO-1;C-1;A1;40;2026-03-10\nPO-1;C-1;A2;6;2026-03-10\n").encode())
    relay.drain()
    return document.order


def line(number, quantity=None, code="A1", **said):
    return {
        "line_number": str(number),
        "seller_code": code,
        **({} if quantity is None else {"quantity": str(quantity)}),
        **said,
    }


def stands(order):
    rows = order.lines.order_by("line_number")
    return [row.ordered_quantity - row.cancelled_by_customer - row.cancelled_by_us for row in rows]


# --- Changes -------------------------------------------------------------------------------------------------------


def test_a_change_sets_quantities_and_the_day_by_the_orders_own_verbs(order, monkeypatch):
    (document,) = bring(
        monkeypatch,
        order_change(line(1, 30), line(2, 8, "A2"), requested={"from": "2026-03-12", "to": "2026-03-12"}), at=LATER,
    )  # fmt: skip
    order.refresh_from_db()
    assert (document.outcome, document.order_id, document.subject) == ("applied", order.pk, f"order:{order.pk}")
    assert stands(order) == [30, 8]
    assert (order.requested_from.isoformat(), order.requested_to.isoformat()) == (
        "2026-03-11T23:00:00+00:00", "2026-03-12T23:00:00+00:00",
    )  # fmt: skip
    assert list(OrderChange.objects.order_by("id").values_list("kind", "initiator", "cause")) == [
        ("quantity", "customer", "K4"), ("quantity", "customer", "K4"), ("window", "customer", ""),
    ]  # fmt: skip
    assert LineEntry.objects.get(kind="cancelled_by_customer").quantity == 10


def test_the_same_change_in_another_file_does_nothing_and_says_what_it_repeats(order, monkeypatch):
    first = bring(monkeypatch, order_change(line(1, 30)), at=LATER)[0]
    second = bring(monkeypatch, order_change(line(1, 20), number="CH-2"), at=LATER)[0]
    again = bring(monkeypatch, order_change(line(1, 30), envelope={"reference": "2"}), at=LATER)[0]
    assert (first.outcome, second.outcome) == ("applied", "applied")
    assert (again.outcome, again.duplicate_of_id) == ("duplicate", first.pk)
    assert stands(order) == [20, 6]


def test_a_change_of_an_order_that_nobody_knows_is_rejected_by_name(order, monkeypatch):
    (document,) = bring(monkeypatch, order_change(line(1, 30), po="PO-9"), at=LATER)
    assert (document.outcome, document.reason) == ("rejected", "CHANGE_OF_UNKNOWN")
    found = document.findings.get()
    assert (found.code, found.received) == ("change_of_unknown", "PO-9")


def test_another_customers_order_of_that_number_is_not_changed(order, monkeypatch):
    said = order_change(line(1, 30))
    said["parties"] = {"buyer": {"code": "C-2"}}
    (document,) = bring(monkeypatch, said, at=LATER)
    assert (document.outcome, document.reason) == ("rejected", "CHANGE_OF_UNKNOWN")
    assert stands(order) == [40, 6]


def test_a_change_below_what_has_left_waits_whole_and_changes_nothing(order, monkeypatch):
    fulfilment.despatch(order_id=order.pk, quantities={1: Decimal(25)}, by=BY, at=LATER)
    (document,) = bring(monkeypatch, order_change(line(1, 20), line(2, 3, "A2")), at=LATER)
    assert (document.outcome, codes(document)) == ("waiting", ["change_below_floor"])
    assert stands(order) == [40, 6]
    assert not OrderChange.objects.exists()
    item = WorkItem.objects.get(key=f"document:{document.pk}")
    assert item.title["params"]["problem"]["es"] == (
        "La línea 1 no puede bajar de 25: eso ya ha salido, ha llegado o está facturado."
    )


def test_a_partner_who_holds_the_rest_has_what_is_right_done(order, monkeypatch):
    add_partner(kinds=(), tolerance="hold_rest")
    fulfilment.despatch(order_id=order.pk, quantities={1: Decimal(25)}, by=BY, at=LATER)
    (document,) = bring(monkeypatch, order_change(line(1, 20), line(2, 3, "A2")), at=LATER, partner_code="P-1")
    assert (document.outcome, codes(document)) == ("waiting", ["change_below_floor"])
    assert stands(order) == [40, 3]


def test_lines_may_be_deleted_and_unknown_lines_and_units_are_named(order, monkeypatch):
    (document,) = bring(
        monkeypatch,
        order_change(
            line(2, None, "A2", references={"action": "deleted"}), line(1, 3, unit_code="KGM"), line(7, 1, "ZZ"),
            line(8, 1, "A9", references={"action": "added"}),
        ),
        at=LATER,
    )  # fmt: skip
    assert codes(document) == ["change_line_unknown", "change_unit_differs", "unknown_item"]
    assert stands(order) == [40, 6]
    (document,) = bring(
        monkeypatch, order_change(line(2, None, "A2", references={"action": "deleted"}), number="CH-2"), at=LATER
    )
    assert document.outcome == "applied"
    assert stands(order) == [40, 0]


def added(number, quantity, code, **said):
    return line(number, quantity, code, references={"action": "added"}, **said)


def test_a_line_that_a_change_adds_is_priced_checked_and_promised_like_any_other(order, monkeypatch):
    add_item("A3", "7")
    (document,) = bring(monkeypatch, order_change(line(1, 30), added(3, 5, "A3")), at=LATER)
    relay.drain()
    order.refresh_from_db()
    assert (document.outcome, stands(order)) == ("applied", [30, 6, 5])
    new = order.lines.get(line_number=3)
    assert (new.net_amount, new.promised, new.received["line"], new.released_at is not None) == (35, 5, "3", True)
    assert [one.is_first for one in new.promises.all()] == [True]
    assert (order.line_count, order.net_amount) == (3, Decimal("365.00"))
    assert list(order.changes.order_by("id").values_list("kind", "initiator")) == [
        ("quantity", "customer"), ("add_line", "customer"),
    ]  # fmt: skip


def test_a_line_that_cannot_be_added_leaves_the_whole_change_to_a_person(order, monkeypatch):
    add_item("A3", "7")
    (document,) = bring(
        monkeypatch,
        order_change(line(1, 30), added(3, 5, "A3"), added(4, 5, "A9"), added(5, 1, "A3", price="1")),
        at=LATER,
    )
    assert (document.outcome, codes(document)) == ("waiting", ["price_mismatch", "unknown_item"])
    assert stands(order) == [40, 6]
    assert not order.holds.exists()


def test_a_partner_who_holds_the_rest_has_right_lines_added_once_and_the_others_when_they_are_mended(
    order, monkeypatch
):
    add_partner(kinds=(), tolerance="hold_rest")
    add_item("A3", "7")
    (document,) = bring(monkeypatch, order_change(added(3, 5, "A3"), added(4, 2, "A9")), at=LATER, partner_code="P-1")
    assert (document.outcome, codes(document), stands(order)) == ("waiting", ["unknown_item"], [40, 6, 5])
    add_item("A9", "1")
    operations.rerun(document_ids=[document.pk], by=BY, at=LATER)
    document.refresh_from_db()
    assert (document.outcome, stands(order)) == ("applied", [40, 6, 5, 2])


def test_one_line_may_be_wanted_on_another_day_and_is_promised_for_it(order, monkeypatch):
    wanted = {"from": "2026-03-17", "to": "2026-03-17"}
    (document,) = bring(monkeypatch, order_change(line(2, 6, "A2", requested=wanted)), at=LATER)
    relay.drain()
    first, second = order.lines.order_by("line_number")
    assert document.outcome == "applied"
    assert (first.requested_from, second.requested_from.isoformat()) == (None, "2026-03-16T23:00:00+00:00")
    assert order.requested_windows.get(line=second).window_to.isoformat() == "2026-03-17T23:00:00+00:00"
    newest = second.promises.order_by("-sequence").first()
    assert (newest.sequence, newest.window_from.isoformat()) == (2, "2026-03-16T23:00:00+00:00")
    order.refresh_from_db()
    assert order.promised_to == newest.window_to
    (again,) = bring(monkeypatch, order_change(line(2, 6, "A2", requested=wanted), number="CH-2"), at=LATER)
    assert (again.outcome, OrderChange.objects.filter(kind="window").count()) == ("applied", 1)


def test_a_cancellation_cancels_the_order_once(order, monkeypatch):
    (document,) = bring(monkeypatch, order_change(kind="order_cancellation"), at=LATER)
    order.refresh_from_db()
    assert (document.outcome, order.state) == ("applied", "cancelled")
    (again,) = bring(monkeypatch, order_change(kind="order_cancellation", number="CH-2"), at=LATER)
    assert again.outcome == "applied"
    assert OrderChange.objects.filter(kind="cancel_order").count() == 1


def test_a_cancellation_of_what_has_left_waits_and_a_rerun_finds_it_as_it_stands(order, monkeypatch):
    fulfilment.despatch(order_id=order.pk, by=BY, at=LATER)
    (document,) = bring(monkeypatch, order_change(kind="order_cancellation"), at=LATER)
    order.refresh_from_db()
    assert (document.outcome, codes(document), order.state) == ("waiting", ["order_not_cancellable"], "confirmed")
    assert operations.rerun(document_ids=[document.pk], by=BY, at=LATER).documents == 0
    assert codes(document) == ["order_not_cancellable"]


# --- What was received ---------------------------------------------------------------------------------------------


def receipt(note, *lines, number="RA-1"):
    return {
        "format": "test", "kind": "receipt_advice", "number": number, "delivered_on": "2026-03-03",
        "parties": {"buyer": {"code": "C-1"}}, "references": {"despatch_advice": note}, "lines": list(lines),
    }  # fmt: skip


@pytest.fixture
def note(order):
    fulfilment.despatch(order_id=order.pk, by=BY, at=AT)
    relay.drain()
    return DespatchAdvice.objects.get()


def outcomes():
    rows = DeliveryLine.objects.order_by("despatch_line__order_line__line_number", "id")
    return [(row.despatch_line.order_line.line_number, row.outcome, row.quantity) for row in rows]


def test_what_a_customer_received_is_recorded_with_what_was_short_and_damaged(note, monkeypatch):
    (document,) = bring(
        monkeypatch,
        receipt(note.number, line(1, quantities={"received": "40", "rejected": "2"}, reason="Cajas dañadas"),
                line(2, code="A2", quantities={"received": "5"})),
        at=LATER,
    )  # fmt: skip
    assert (document.outcome, document.subject) == ("applied", f"despatch:{note.pk}")
    assert outcomes() == [(1, "accepted", 38), (1, "damaged", 2), (2, "accepted", 5), (2, "short", 1)]
    assert note.deliveries.get().delivered_at.isoformat() == "2026-03-03T11:00:00+00:00"
    differences = document.findings.order_by("id").values_list("code", "severity", "line", "received")
    assert list(differences) == [("receipt_damaged", "warning", "1", "2"), ("receipt_short", "warning", "2", "1")]


def test_lines_that_a_receipt_advice_does_not_name_were_taken_whole(note, monkeypatch):
    bring(monkeypatch, receipt(note.number, line(1, quantities={"received": "38", "rejected": "2"})), at=LATER)
    assert outcomes() == [(1, "accepted", 38), (1, "refused", 2), (2, "accepted", 6)]


def test_what_does_not_add_up_waits_and_records_nothing(note, monkeypatch):
    (document,) = bring(
        monkeypatch, receipt(note.number, line(1, quantities={"received": "30", "short": "2"})), at=LATER
    )
    assert (document.outcome, codes(document), outcomes()) == ("waiting", ["receipt_does_not_add_up"], [])


def test_a_receipt_that_says_otherwise_than_the_door_waits_with_the_differences(note, monkeypatch):
    fulfilment.deliver(advice_id=note.pk, by=BY, at=LATER)
    (same,) = bring(monkeypatch, receipt(note.number, line(1, quantities={"received": "40"})), at=LATER)
    (other,) = bring(monkeypatch, receipt(note.number, line(1, quantities={"received": "39"}), number="RA-2"), at=LATER)
    assert same.outcome == "applied"
    assert (other.outcome, codes(other)) == ("waiting", ["receipt_recorded_otherwise"])
    found = other.findings.get()
    assert (found.received, found.right) == ("accepted 39, short 1", "accepted 40")


def test_a_receipt_of_a_note_that_nobody_knows_waits(note, monkeypatch):
    (document,) = bring(monkeypatch, receipt("D-2020-000009", line(1, quantities={"received": "40"})), at=LATER)
    assert (document.outcome, codes(document)) == ("waiting", ["receipt_of_unknown"])


# --- What was paid -------------------------------------------------------------------------------------------------


@pytest.fixture
def invoice(note):
    fulfilment.deliver(advice_id=note.pk, by=BY, at=AT)
    billing.issue_invoice(order_id=note.order_id, by=BY, at=AT)
    relay.drain()
    return Invoice.objects.get()


def remittance(total, *lines, number="REM-1"):
    return {
        "format": "test", "kind": "remittance_advice", "number": number, "currency": "EUR",
        "parties": {"buyer": {"code": "C-1"}}, "lines": list(lines), "totals": {"payable": str(total)},
    }  # fmt: skip


def pays(number, amount, n=1, **said):
    return {"line_number": str(n), "references": {"invoice": number}, "amount": str(amount), **said}


def test_a_remittance_pays_its_invoices_and_a_deduction_leaves_the_rest_open_with_its_reason(invoice, monkeypatch):
    assert invoice.payable_amount == Decimal("473.00")
    (document,) = bring(
        monkeypatch,
        remittance(440, pays(invoice.number, 440, amounts={"paid": "440", "due": "473"},
                             allowances=[{"charge": False, "amount": "33", "reason": "Cajas dañadas"}])),
        at=LATER,
    )  # fmt: skip
    payment = Payment.objects.get()
    assert (document.outcome, document.subject) == ("applied", f"payment:{payment.pk}")
    assert (payment.amount, payment.reference) == (440, "REM-1")
    assert Application.objects.get().amount == 440
    invoice.refresh_from_db()
    assert invoice.dispute_reason == f"De {invoice.number} retienen 33,00: Cajas dañadas."
    found = document.findings.get()
    assert (found.code, found.severity, found.received) == ("remittance_kept_back", "warning", "33")


def test_the_same_remittance_twice_pays_once(invoice, monkeypatch):
    first = bring(monkeypatch, remittance(473, pays(invoice.number, 473)), at=LATER)[0]
    again = bring(monkeypatch, remittance(473, pays(invoice.number, 473), number="REM-1"), name="b.json", at=LATER)[0]
    other = bring(monkeypatch, remittance(473, pays(invoice.number, 473, notes=["x"])), name="c.json", at=LATER)[0]
    assert (first.outcome, again.outcome, other.outcome) == ("applied", "duplicate", "duplicate")
    assert Payment.objects.count() == 1


@pytest.mark.parametrize(
    ("said", "code"),
    [
        (("NO-1", 10), "remittance_invoice_unknown"),
        (("", 474), "remittance_beyond_open"),
    ],
)
def test_an_invoice_that_is_unknown_or_overpaid_leaves_it_all_to_a_person(invoice, monkeypatch, said, code):
    number, amount = said
    (document,) = bring(monkeypatch, remittance(amount, pays(number or invoice.number, amount)), at=LATER)
    assert (document.outcome, codes(document)) == ("waiting", [code])
    assert not Payment.objects.exists()
    assert not Application.objects.exists()


def test_a_remittance_whose_lines_do_not_add_up_waits(invoice, monkeypatch):
    (document,) = bring(monkeypatch, remittance(500, pays(invoice.number, 473)), at=LATER)
    assert (document.outcome, codes(document)) == ("waiting", ["remittance_does_not_add_up"])


def test_a_credit_note_set_off_pays_before_the_money(invoice, monkeypatch):
    bring(monkeypatch, remittance(100, pays(invoice.number, 100), number="REM-0"), at=LATER)
    other = take_in((CSV + "PO-2;C-1;A1;10;2026-03-10\n").encode(), at=AT)[0].order
    relay.drain()
    fulfilment.despatch(order_id=other.pk, by=BY, at=AT)
    fulfilment.deliver(advice_id=DespatchAdvice.objects.get(order=other).pk, by=BY, at=AT)
    second = billing.issue_invoice(order_id=other.pk, by=BY, at=AT)
    bring(monkeypatch, remittance(110, pays(second.number, 110), number="REM-1"), at=LATER)
    credit = billing.issue_credit_note(invoice=second.number, cause="C4", lines={1: Decimal(2)}, by=BY, at=AT)
    assert credit.open_amount == Decimal("22.00")
    (document,) = bring(
        monkeypatch,
        remittance(351, pays(invoice.number, 373), {"line_number": "2", "references": {"credit_note": credit.number},
                                                    "amount": "22"}, number="REM-2"),
        at=LATER,
    )  # fmt: skip
    assert (document.outcome, codes(document)) == ("applied", [])
    applied = Application.objects.filter(invoice=invoice).order_by("id").values_list("amount", "credit_note__number")
    assert list(applied) == [(100, None), (22, credit.number), (351, None)]


# --- What is only kept ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "kind",
    ["invoice", "order_response", "despatch_advice", "price_catalogue", "sales_report", "quotation_request", "e_mail"],
)
def test_documents_that_ask_for_nothing_are_filed_and_call_nobody(order, monkeypatch, kind):
    before = WorkItem.objects.count()
    (document,) = bring(monkeypatch, {"format": "test", "kind": kind, "number": "X-1", "lines": [line(1, 2)]})
    assert (document.outcome, document.reason, document.neutral["lines"][0]["quantity"]) == ("filed", "", "2")
    assert WorkItem.objects.count() == before
    (again,) = bring(monkeypatch, {"format": "test", "kind": kind, "number": "X-1", "lines": [line(1, 2)]})
    assert (again.outcome, again.duplicate_of_id) == ("duplicate", document.pk)


def test_a_document_of_a_sender_whom_nobody_knows_waits_until_it_is_said_who_that_is(order, monkeypatch):
    said = order_change(line(1, 30))
    said["parties"] = {"buyer": {"code": "THEIRS"}}
    (document,) = bring(monkeypatch, said, at=LATER)
    assert (document.outcome, codes(document)) == ("waiting", ["unknown_buyer"])
    operations.map_party(code="THEIRS", customer_id=order.customer_id, by=BY, at=LATER)
    document.refresh_from_db()
    assert document.outcome == "applied"
    assert stands(order) == [30, 6]
    assert bulk.row(
        "SELECT count(*) FROM work_workitem WHERE key = %s AND state = 'open'", [f"document:{document.pk}"]
    ) == (0,)
    assert Document.objects.filter(outcome="applied").count() == 1
    assert Order.objects.count() == 1
