"""Files become documents, and every document an order, a named rejection, a wait or a repeat."""

import hashlib
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection

from promesa.core import store
from promesa.core.actors import Actor
from promesa.core.errors import NotAllowed
from promesa.core.events import Heard
from promesa.core.models import Event
from promesa.exchange import handlers, operations, queries, tasks
from promesa.exchange.models import Document, InboxFile
from promesa.exchange.operations import outcomes
from promesa.exchange.tests.company import (
    AT,
    BY,
    CSV,
    add_customer,
    add_item,
    codes,
    lines_of,
    open_shop,
    receive,
    take_in,
)
from promesa.orders.models import Order, OrderLine
from promesa.orders.operations import cancel_order
from promesa.work.models import WorkItem

D = Decimal
pytestmark = pytest.mark.django_db


@pytest.fixture
def shop():
    open_shop()
    add_item("A1", "10")
    add_item("B2", "2.5")
    return add_customer("C-1", name="Distribuciones Ribera Alta")


def rows(*lines):
    return (CSV + "".join(f"{line}\n" for line in lines)).encode()


# --- The inbox -----------------------------------------------------------------------------------------------------


def test_the_bytes_are_on_the_disk_under_their_digest_before_the_row_is_there(files_folder, monkeypatch):
    seen = []
    monkeypatch.setattr(
        "promesa.exchange.operations.inbox._enter", lambda **said: seen.append(store.load(said["sha256"])) or "entered"
    )
    content = b"pedido;cliente\n"
    assert receive(content) == "entered"
    sha256 = hashlib.sha256(content).hexdigest()
    assert seen == [content]
    assert (files_folder / sha256[:2] / sha256).read_bytes() == content


def test_a_file_that_was_received_waits_to_be_read_and_alarms_after_five_minutes():
    file = receive(b"x")
    assert queries.pending_files() == [file.pk]
    assert queries.stuck_files(at=AT + timedelta(minutes=5)) == []
    assert [one.id for one in queries.stuck_files(at=AT + timedelta(minutes=5, seconds=1))] == [file.pk]
    assert operations.read_file(file_id=file.pk, by=BY, at=AT)
    assert queries.pending_files() == []


def test_a_partner_that_does_not_exist_is_refused_and_nothing_is_entered():
    operations.put_partner(code="MERCASUR", by=BY, at=AT)
    with pytest.raises(operations.PartnerUnknown) as refusal:
        receive(b"x", partner_code="MERCA")
    assert refusal.value.sentence("en") == "There is no partner “MERCA”. There are: MERCASUR."
    assert InboxFile.objects.count() == 0


def test_a_name_with_a_path_and_strange_characters_keeps_its_last_part():
    assert receive(b"x", "..\\..\\etc/pa\x00ss\udcffwd.csv").name == "pass?wd.csv"


# --- Orders --------------------------------------------------------------------------------------------------------


@pytest.mark.wired
def test_a_table_of_two_orders_becomes_two_confirmed_orders(shop):
    first, second = take_in(rows("PO-1;C-1;A1;3;2026-03-05", "PO-1;C-1;B2;4;2026-03-05", "PO-2;C-1;B2;8;2026-03-06"))
    assert [first.outcome, second.outcome] == ["orders", "orders"]
    order = Order.objects.get(pk=first.order_id)
    assert (order.po_number, order.state, order.channel, order.captured_by) == ("PO-1", "confirmed", "csv", "command")
    assert lines_of(order) == [("A1", D(3), D(10), D("30.00")), ("B2", D(4), D("2.5"), D("10.00"))]
    assert (order.net_amount, order.tax_amount, order.total_amount) == (D("40.00"), D("4.00"), D("44.00"))
    # 5 March in Madrid, from midnight to midnight
    assert order.requested_from.isoformat() == "2026-03-04T23:00:00+00:00"
    assert order.requested_to.isoformat() == "2026-03-05T23:00:00+00:00"
    assert lines_of(Order.objects.get(pk=second.order_id)) == [("B2", D(8), D("2.5"), D("20.00"))]
    assert InboxFile.objects.get().state == "done"


def test_the_journal_tells_that_the_file_came_and_what_each_document_became(shop):
    (document,) = take_in(rows("PO-1;C-1;A1;3;2026-03-05"))
    kinds = list(
        Event.objects.filter(subject_kind__in=["file", "document"]).order_by("id").values_list("kind", flat=True)
    )
    assert kinds == ["FileReceived", "DocumentRead", "FileRead"]
    read = Event.objects.get(kind="DocumentRead")
    assert read.facts == {
        "document_id": document.pk, "file_id": document.file_id, "outcome": "orders", "reason": "", "order_id": document.order_id,
    }  # fmt: skip


def test_the_same_number_of_statements_takes_in_one_order_or_fifty(shop, django_assert_num_queries):
    def content(count, mark):
        return rows(*(f"{mark}-{n};C-1;A1;1;2026-03-05" for n in range(count)))

    one, fifty = receive(content(1, "X")), receive(content(50, "Y"))
    operations.read_file(file_id=receive(content(1, "W")).pk, by=BY, at=AT)
    with django_assert_num_queries(28):
        operations.read_file(file_id=one.pk, by=BY, at=AT)
    with django_assert_num_queries(28):
        operations.read_file(file_id=fifty.pk, by=BY, at=AT)
    assert Document.objects.filter(outcome="orders").count() == 52


def test_reading_a_file_again_does_nothing(shop):
    (document,) = take_in(rows("PO-1;C-1;A1;3;2026-03-05"))
    assert operations.read_file(file_id=document.file_id, by=BY, at=AT)
    assert (Document.objects.count(), Order.objects.count()) == (1, 1)


# --- Waiting -------------------------------------------------------------------------------------------------------


def test_an_unknown_buyer_makes_no_order_but_a_document_that_waits_with_work_for_a_person(shop):
    (document,) = take_in(rows("PO-1;NOBODY;A1;3;2026-03-05"))
    assert (document.outcome, document.order_id, document.buyer_code) == ("waiting", None, "NOBODY")
    assert codes(document) == ["unknown_buyer"]
    assert Order.objects.count() == 0
    work = WorkItem.objects.get()
    assert (work.kind, work.subject, work.role) == ("document", f"document:{document.pk}", "back_office")


def test_a_line_that_cannot_be_resolved_leaves_a_draft_order_and_the_document_waits(shop):
    (document,) = take_in(rows("PO-1;C-1;A1;3;2026-03-05", "PO-1;C-1;ZZ;4;2026-03-05"))
    assert document.outcome == "waiting"
    order = Order.objects.get(pk=document.order_id)
    assert order.state == "draft"
    assert codes(document) == ["unknown_item"]
    assert OrderLine.objects.get(order=order, line_number=2).received["sku"] == "ZZ"


def test_a_table_without_buyers_waits_and_comes_through_with_its_partner(shop):
    content = b"pedido;referencia;cantidad\nPO-1;A1;3\n"
    (document,) = take_in(content)
    assert codes(document) == ["no_buyer"]
    operations.put_partner(code="RIBERA", customer_id=shop, by=BY, at=AT)
    (document,) = take_in(content.replace(b"PO-1", b"PO-2"), partner_code="RIBERA")
    assert document.outcome == "orders"
    assert document.order.customer_id == shop


def test_a_draft_that_a_person_gives_up_rejects_its_document_under_the_name_of_its_finding(shop):
    (document,) = take_in(rows("PO-1;C-1;ZZ;4;2026-03-05"))
    cancel_order(order_id=document.order_id, initiator="us", cause="C3", reason="no lo vendemos", by=BY, at=AT)
    heard = Event.objects.filter(kind="OrderCancelled").get()
    handlers.settle([_heard(heard)])
    document.refresh_from_db()
    assert (document.outcome, document.reason) == ("rejected", "UNKNOWN_ITEM")
    handlers.settle([_heard(heard)])
    assert Event.objects.filter(kind="DocumentSettled").count() == 1


def _heard(event):
    return Heard(event.kind, event.subject_kind, event.subject_id, event.facts, Actor(event.actor), event.happened_at)


def test_a_person_rejects_a_waiting_document_by_one_of_the_names_and_only_once(shop):
    (document,) = take_in(rows("PO-1;NOBODY;A1;3;2026-03-05"))
    operations.reject_document(document_id=document.pk, reason="UNKNOWN_BUYER", note="no son clientes", by=BY, at=AT)
    document.refresh_from_db()
    assert (document.outcome, document.reason) == ("rejected", "UNKNOWN_BUYER")
    assert WorkItem.objects.get().state == "done"
    with pytest.raises(operations.DocumentNotWaiting):
        operations.reject_document(document_id=document.pk, reason="EMPTY", by=BY, at=AT)
    (other,) = take_in(rows("PO-2;NOBODY;A1;3;2026-03-05"))
    with pytest.raises(ValueError, match="no name of a rejection"):
        operations.reject_document(document_id=other.pk, reason="BORED", by=BY, at=AT)


# --- Rejections ----------------------------------------------------------------------------------------------------


def test_a_document_with_faults_is_rejected_by_name_with_all_of_them_at_once(shop):
    content = (
        b"pedido;cliente;referencia;cantidad;fecha entrega\nPO-1;C-1;A1;-3;2026-03-05\nPO-1;C-1;B2;muchos;31/02/2026\n"
    )
    (document,) = take_in(content)
    assert (document.outcome, document.order_id) == ("rejected", None)
    assert document.reason in {"BAD_QUANTITY", "BAD_DATE"}
    found = queries.findings_of(document_ids=[document.pk])[document.pk]
    blocking = [one for one in found if one.severity == "blocking"]
    assert len(blocking) == 3
    assert {one.received for one in blocking} == {"-3", "muchos", "31/02/2026"}
    assert all(
        one.sentence("es") and one.sentence("en") and one.sentence("es") != one.sentence("en") for one in blocking
    )
    assert Order.objects.count() == 0


def test_a_good_order_beside_a_bad_one_in_the_same_file_goes_through(shop):
    documents = take_in(rows("PO-1;C-1;A1;0;2026-03-05", "PO-2;C-1;A1;1;2026-03-05"))
    assert [one.outcome for one in documents] == ["rejected", "orders"]


# --- Duplicates ----------------------------------------------------------------------------------------------------


def test_the_same_bytes_again_are_a_duplicate_that_points_at_the_first(shop):
    content = rows("PO-1;C-1;A1;3;2026-03-05", "PO-2;C-1;A1;3;2026-03-05")
    first = take_in(content)
    again = take_in(content, "otro nombre.csv")
    assert [(one.outcome, one.duplicate_of_id) for one in again] == [
        ("duplicate", first[0].pk),
        ("duplicate", first[1].pk),
    ]
    assert Order.objects.count() == 2
    assert InboxFile.objects.get(name="otro nombre.csv").duplicate_of_id == first[0].file_id


def test_bytes_that_wait_are_a_duplicate_when_they_come_again(shop):
    content = rows("PO-1;NOBODY;A1;3;2026-03-05")
    (first,) = take_in(content)
    (again,) = take_in(content)
    assert (again.outcome, again.duplicate_of_id) == ("duplicate", first.pk)


def test_bytes_that_were_rejected_may_come_again(shop):
    content = b"nothing of use"
    (first,) = take_in(content)
    (again,) = take_in(content)
    assert (first.outcome, again.outcome, again.duplicate_of_id) == ("rejected", "rejected", None)


@pytest.mark.wired
def test_the_same_order_number_with_other_bytes_becomes_an_order_with_a_hold(shop):
    take_in(rows("PO-1;C-1;A1;3;2026-03-05"))
    (same,) = take_in(rows("PO-1;C-1;A1;3;2026-03-06"))
    (other,) = take_in(rows("PO-1;C-1;A1;5;2026-03-06"))
    assert (same.outcome, other.outcome) == ("orders", "orders")
    found = [list(one.order.findings.values_list("code", flat=True)) for one in (same, other)]
    assert found == [["po_repeated_same"], ["po_repeated_other"]]
    assert {one.order.state for one in (same, other)} == {"submitted"}


# --- Faults of our own ---------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_a_fault_of_ours_stops_one_document_and_not_the_file_and_can_be_tried_again(shop, monkeypatch):
    real = outcomes.capture_orders

    def capture(*, drafts, by, at):
        if any(draft.po_number == "PO-13" for draft in drafts):
            raise ZeroDivisionError
        return real(drafts=drafts, by=by, at=at)

    monkeypatch.setattr(outcomes, "capture_orders", capture)
    documents = take_in(rows(*(f"PO-{n};C-1;A1;1;2026-03-05" for n in range(20))))
    assert [one.number for one in documents if one.outcome != "orders"] == ["PO-13"]
    (failed,) = [one for one in documents if one.outcome == "waiting"]
    assert codes(failed) == ["reading_failed"]
    assert Order.objects.count() == 19
    monkeypatch.setattr(outcomes, "capture_orders", real)
    done = operations.rerun(document_ids=[failed.pk], by=BY, at=AT)
    failed.refresh_from_db()
    assert (done.documents, failed.outcome, codes(failed)) == (1, "orders", [])
    assert Order.objects.count() == 20


def test_a_reader_that_breaks_leaves_the_file_waiting_for_a_person(shop, monkeypatch):
    def broken(content, **said):
        raise RecursionError

    monkeypatch.setattr("promesa.exchange.formats.documents", broken)
    (document,) = take_in(b"anything")
    assert (document.outcome, codes(document)) == ("waiting", ["reading_failed"])


# --- Moments -------------------------------------------------------------------------------------------------------


def test_a_file_of_the_past_counts_from_its_own_moment_and_a_late_reading_from_now(shop):
    past = AT - timedelta(days=900)
    file = operations.receive_file(
        content=rows("PO-1;C-1;A1;3;2023-09-20"), name="a.csv", by=BY, at=past, received_at=AT
    )
    operations.read_file(file_id=file.pk, by=BY, at=AT)
    order = Order.objects.get()
    assert (order.ordered_at, order.received_at, order.captured_at) == (past, past, past)
    live = receive(rows("PO-2;C-1;A1;3;2026-03-05"))
    operations.read_file(file_id=live.pk, by=BY, at=AT + timedelta(hours=2))
    order = Order.objects.get(po_number="PO-2")
    assert (order.received_at, order.captured_at) == (AT, AT + timedelta(hours=2))


# --- The worker ----------------------------------------------------------------------------------------------------


def test_the_sweep_reads_what_waits_and_settles_what_events_left_behind(shop):
    file = receive(rows("PO-1;C-1;A1;3;2026-03-05"))
    (waiting,) = take_in(rows("PO-2;C-1;ZZ;3;2026-03-05"))
    Order.objects.filter(pk=waiting.order_id).update(state="cancelled")
    tasks.sweep_task(int(AT.timestamp()))
    assert queries.pending_files() == []
    assert Document.objects.get(file=file).outcome == "orders"
    waiting.refresh_from_db()
    assert (waiting.outcome, waiting.reason) == ("rejected", "UNKNOWN_ITEM")


def test_a_file_that_breaks_the_sweep_stays_and_the_others_are_read(shop, monkeypatch):
    broken, good = receive(rows("PO-1;C-1;A1;3;2026-03-05")), receive(rows("PO-2;C-1;A1;3;2026-03-05"))
    store.place_of(broken.sha256).unlink()
    tasks.sweep_task(int(AT.timestamp()))
    assert queries.pending_files() == [broken.pk]
    assert Document.objects.get().file_id == good.pk


@pytest.mark.django_db(transaction=True)
def test_a_file_is_deferred_once_however_often_it_is_asked_for():
    file = receive(b"x")
    for _ in range(3):
        tasks.defer_reading(file_id=file.pk)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE queueing_lock = %s", [f"file:{file.pk}"])
        assert cursor.fetchone() == (1,)


# --- Who sends -----------------------------------------------------------------------------------------------------

EDI = (
    "UNB+UNOA:2+VAN1:14+US:14+260302:0134+7'UNH+1+ORDERS:D:96A:UN'BGM+220+PO-9+9'DTM+137:20260302:102'{buyer}"
    "LIN+1++A1:SA'QTY+21:5'UNS+S'UNT+{count}+1'UNZ+1+7'"
)


def test_the_sender_stands_for_a_buyer_that_is_not_named_and_never_for_one_that_is_unknown(shop):
    operations.put_partner(code="VAN", identifier="VAN1", customer_id=shop, by=BY, at=AT)
    (unnamed,) = take_in(EDI.format(buyer="", count=7).encode(), "a.edi")
    (unknown,) = take_in(EDI.format(buyer="NAD+BY+WHO::91'", count=8).encode(), "b.edi")
    assert (unnamed.outcome, unnamed.order.customer_id) == ("orders", shop)
    assert (unknown.outcome, codes(unknown)) == ("waiting", ["unknown_buyer"])


def test_a_name_that_two_customers_share_names_nobody(shop):
    add_customer("C-2", tax_id="B-1")
    add_customer("C-3", tax_id="B 1")
    (document,) = take_in(EDI.format(buyer="NAD+BY+X::91'RFF+VA:B1'", count=9).encode(), "a.edi")
    assert codes(document) == ["unknown_buyer"]


def test_who_may_not_take_in_documents_brings_none():
    with pytest.raises(NotAllowed):
        operations.receive_file(content=b"x", name="a.csv", by=Actor("user:999"), at=AT)
    assert InboxFile.objects.count() == 0
