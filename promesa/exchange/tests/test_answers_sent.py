"""An order that is confirmed is answered: a row, bytes, a file in a folder, an acknowledgement that comes back."""

from datetime import timedelta
from decimal import Decimal

import pytest

from promesa.core import relay
from promesa.exchange import operations
from promesa.exchange.models import OutgoingDocument, SendingAttempt
from promesa.exchange.tests.company import AT, BY, CSV, add_customer, add_item, codes, open_shop, take_in
from promesa.exchange.tests.partners import add_partner, application_response, only_row, outbox, sent_json
from promesa.orders import operations as orders
from promesa.orders.models import Order, Promise
from promesa.work.models import WorkItem

pytestmark = [pytest.mark.django_db, pytest.mark.wired]

ORDER = CSV + "PO-1;C-1;A1;4;2026-03-10\nPO-1;C-1;A2;6;2026-03-10\n"


@pytest.fixture
def shop():
    open_shop()
    add_customer("C-1", name="Almacenes Uno", gln="8412345000010")
    add_item("A1", "10", gtin="8410000000016")
    add_item("A2", "5", stock=2)


def settle_and_send(at=AT):
    relay.drain()
    return operations.send_due(by=BY, at=at)


def test_a_confirmed_order_is_answered_in_a_folder_and_acknowledged(shop):
    add_partner(acknowledge_minutes=60)
    (document,) = take_in(ORDER.replace(";6;", ";2;").encode())
    assert document.outcome == "orders"
    assert settle_and_send() == 1

    row, order = only_row(), Order.objects.get()
    assert (row.state, row.version, row.attempts, row.number) == ("sent", 1, 1, f"{order.number}-1")
    assert row.acknowledge_by == AT + timedelta(minutes=60)
    (file,) = outbox()
    assert file.name == f"order_response-{order.number}-1-{row.reference}.json"
    said = sent_json(file)
    assert (said["kind"], said["number"], said["response"]) == ("order_response", row.number, "accepted")
    assert said["references"]["order"] == "PO-1"
    assert [(line["seller_code"], line["quantity"], line["response"]) for line in said["lines"]] == [
        ("A1", "4", "accepted"), ("A2", "2", "accepted"),
    ]  # fmt: skip
    assert said["lines"][0]["promised"] == {"from": "2026-03-10", "to": "2026-03-10"}
    assert set(Promise.objects.values_list("told_at", flat=True)) == {AT}

    (answer,) = take_in(application_response(row.number), "answer.xml", partner_code="P-1")
    row.refresh_from_db()
    assert (answer.kind, answer.outcome, answer.subject) == ("acknowledgement", "applied", f"outgoing:{row.pk}")
    assert (row.state, row.acknowledged_how, row.acknowledgement_id) == ("acknowledged", "document", answer.pk)


def test_what_is_short_is_said_line_by_line_with_its_reason_in_the_customers_language(shop):
    add_partner()
    take_in(ORDER.encode())
    settle_and_send()
    (file,) = outbox()
    said = sent_json(file)
    assert said["response"] == "changed"
    short = said["lines"][1]
    assert (short["response"], short["quantity"], short["quantities"]) == (
        "changed", "2", {"ordered": "6", "back_ordered": "4"},
    )  # fmt: skip
    assert short["reason_code"] == "answer_short"
    assert short["reason"] == "Faltan 4 de 6: todavía no hay fecha para el resto."


def test_what_lacks_is_told_in_the_quantities_that_the_line_has_now(shop):
    add_partner()
    add_item("A3", "5", stock=0)
    take_in(ORDER.replace("A2;6", "A3;6").encode())
    settle_and_send()
    (file,) = outbox()
    assert sent_json(file)["lines"][1]["reason"].startswith("Faltan 6 de 6")
    orders.change_line(order_id=Order.objects.get().pk, line_number=2, quantity=Decimal(4), by=BY, at=AT)
    settle_and_send()
    line = sent_json(outbox()[-1])["lines"][1]
    assert line["quantities"] == {"ordered": "4", "back_ordered": "4"}
    assert line["reason"].startswith("Faltan 4 de 4")


def test_a_changed_promise_is_answered_once_more_and_the_same_state_never_twice(shop):
    add_partner()
    take_in(ORDER.replace(";6;", ";2;").encode())
    settle_and_send()
    order = Order.objects.get()
    assert operations.answer_orders(order_ids=[order.pk], by=BY, at=AT) == []
    orders.change_line(order_id=order.pk, line_number=1, quantity=Decimal(3), by=BY, at=AT)
    settle_and_send()
    rows = list(OutgoingDocument.objects.order_by("version"))
    assert [(row.version, row.number, row.state) for row in rows] == [
        (1, f"{order.number}-1", "sent"), (2, f"{order.number}-2", "sent"),
    ]  # fmt: skip
    assert rows[1].neutral["lines"][0]["quantity"] == "3"
    settle_and_send()
    assert OutgoingDocument.objects.count() == 2
    assert SendingAttempt.objects.count() == 2


def test_a_refusal_by_the_other_side_gives_work_to_a_person(shop):
    add_partner()
    take_in(ORDER.encode())
    settle_and_send()
    row = only_row()
    take_in(application_response(row.number, code="RE", reason="Precio"), "answer.xml", partner_code="P-1")
    row.refresh_from_db()
    assert row.state == "refused"
    assert row.reported == [{"text": "Precio"}]
    (item,) = WorkItem.objects.filter(kind="outgoing_refused", state="open")
    assert item.key == f"outgoing-refused:{row.pk}"


def test_an_answer_to_what_we_never_sent_waits(shop):
    add_partner()
    (answer,) = take_in(application_response("F-999"), "answer.xml", partner_code="P-1")
    assert (answer.outcome, codes(answer)) == ("waiting", ["acknowledgement_of_unknown"])


def test_what_is_not_acknowledged_in_time_calls_a_person_once_and_no_more_when_it_comes(shop):
    add_partner(acknowledge_minutes=30)
    take_in(ORDER.encode())
    settle_and_send()
    row = only_row()
    assert operations.call_unanswered(by=BY, at=AT + timedelta(minutes=29)) == 0
    assert operations.call_unanswered(by=BY, at=AT + timedelta(minutes=31)) == 1
    assert operations.call_unanswered(by=BY, at=AT + timedelta(minutes=40)) == 0
    assert WorkItem.objects.get(kind="outgoing_unanswered").state == "open"
    take_in(application_response(row.number), "answer.xml", partner_code="P-1")
    assert WorkItem.objects.get(kind="outgoing_unanswered").state == "done"
    assert operations.call_unanswered(by=BY, at=AT + timedelta(minutes=90)) == 0


def test_what_is_sent_again_and_not_acknowledged_again_calls_a_person_again(shop):
    add_partner(acknowledge_minutes=30)
    take_in(ORDER.encode())
    settle_and_send()
    row = only_row()
    assert operations.call_unanswered(by=BY, at=AT + timedelta(minutes=31)) == 1
    again = AT + timedelta(minutes=40)
    operations.send_again(outgoing_id=row.pk, by=BY, at=again)
    assert not WorkItem.objects.filter(kind="outgoing_unanswered", state="open").exists()
    assert operations.send_due(by=BY, at=again) == 1
    assert operations.call_unanswered(by=BY, at=again + timedelta(minutes=29)) == 0
    assert operations.call_unanswered(by=BY, at=again + timedelta(minutes=31)) == 1
    assert operations.call_unanswered(by=BY, at=again + timedelta(minutes=50)) == 0
