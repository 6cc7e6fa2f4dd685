"""Goods arrive."""

import hashlib
from datetime import date, timedelta
from decimal import Decimal

import pytest

from promesa.core import store
from promesa.core.models import Event
from promesa.customers.models import CreditStanding
from promesa.fulfilment import operations
from promesa.fulfilment.models import Delivery, DeliveryLine
from promesa.fulfilment.rules import Arrival, Part
from promesa.fulfilment.tests import ground
from promesa.fulfilment.tests.ground import BY
from promesa.inventory.models import Claim, Stock, StockLeg
from promesa.orders.models import LineEntry, OrderLine
from promesa.work.models import WorkItem

pytestmark = pytest.mark.django_db
D = Decimal
PNG = b"\x89PNG\r\n\x1a\n" + b"firma" * 10


def left(at, *lines, **kwargs):
    """An order of oil (and tuna), despatched whole; returns its delivery note."""
    order = ground.order(at, *lines, **kwargs)
    return operations.despatch(order_id=order.pk, by=BY, at=at)


def oil_note(at, quantity=40, lots=((100, "L1"),), **kwargs):
    oil = ground.item(name="Aceite")
    rows = [ground.stock(oil, on_hand, lot, date(2027, n, 1)) for n, (on_hand, lot) in enumerate(lots, 1)]
    each = D(quantity) / len(rows)
    return left(at, (oil, quantity, [(row, each) for row in rows]), **kwargs)


def progress():
    return OrderLine.objects.values_list("despatched", "accepted", "refused_final", "brought_back").get()


def rows() -> tuple:
    """All that a refused delivery must leave as it was."""
    return (
        list(OrderLine.objects.order_by("id").values_list("accepted", "refused_final", "brought_back")),
        list(Stock.objects.order_by("id").values_list("on_hand", "claimed")),
        Delivery.objects.count(), LineEntry.objects.count(), Event.objects.count(), WorkItem.objects.count(),
        StockLeg.objects.count(), list(CreditStanding.objects.values_list("delivered_not_invoiced")),
    )  # fmt: skip


def test_a_delivery_without_remark_is_accepted_whole(at):
    note = oil_note(at)
    made = operations.deliver(number=note.number, signed_by="Ana Gil", by=BY, at=at + timedelta(days=1))
    delivery = Delivery.objects.get()
    assert (made.number[:7], delivery.signed_by, delivery.delivered_at) == (
        "E-2026-",
        "Ana Gil",
        at + timedelta(days=1),
    )
    assert progress() == (40, 40, 0, 0)
    entry = LineEntry.objects.get(kind="accepted")
    assert (entry.quantity, entry.reference, entry.happened_at, entry.cause) == (
        40,
        note.number,
        delivery.delivered_at,
        "",
    )
    told = Event.objects.get(kind="Delivered")
    assert (told.facts["whole"], told.facts["accepted"], told.facts["advice"]) == (True, True, note.number)
    assert not WorkItem.objects.exists()


def test_what_arrives_moves_from_released_to_delivered_in_the_credit(at):
    note = oil_note(at)
    operations.deliver(
        advice_id=note.advice_id,
        outcomes={1: [Part("accepted", D(30)), Part("redeliver", D(10), "absent")]},
        by=BY,
        at=at,
    )
    standing = CreditStanding.objects.get()
    assert (standing.delivered_not_invoiced, standing.released_not_delivered) == (D("66.00"), D("22.00"))


def test_by_despatch_terms_it_counts_as_delivered_when_it_leaves(at):
    note = oil_note(at, invoice_from="despatch")
    standing = CreditStanding.objects.get()
    assert (standing.delivered_not_invoiced, standing.released_not_delivered) == (D("88.00"), 0)
    operations.deliver(
        advice_id=note.advice_id, outcomes={1: [Part("refused", D(10), "late"), Part("accepted", D(30))]}, by=BY, at=at
    )
    standing.refresh_from_db()
    assert (standing.delivered_not_invoiced, standing.released_not_delivered) == (D("66.00"), 0)


def test_every_outcome_has_its_place_in_the_ledger(at):
    note = oil_note(at)
    parts = [
        Part("accepted", D(10)), Part("reserve", D(5), "damage"), Part("short", D(4)), Part("damaged", D(3)),
        Part("refused", D(2), "not_ordered"), Part("redeliver", D(16), "no_appointment"),
    ]  # fmt: skip
    operations.deliver(advice_id=note.advice_id, outcomes={1: parts}, by=BY, at=at)
    assert progress() == (40, 15, 2, 23)
    assert sorted(LineEntry.objects.exclude(kind="despatched").values_list("kind", "quantity", "reason", "cause")) == [
        ("accepted", 5, "damage", "C4"),
        ("accepted", 10, "", ""),
        ("brought_back", 3, "damage", "C4"),
        ("brought_back", 4, "left_behind", "C5"),
        ("brought_back", 16, "no_appointment", "C4"),
        ("refused_final", 2, "not_ordered", "U"),
    ]
    assert sorted(WorkItem.objects.values_list("kind", "role")) == [
        ("count_stock", "warehouse"), ("redeliver", "transport"), ("refused_goods", "warehouse"), ("replace", "customer_service"),
    ]  # fmt: skip


def test_what_comes_back_is_in_stock_again_doubtful_goods_apart(at):
    note = oil_note(at)
    parts = [
        Part("accepted", D(30)),
        Part("damaged", D(3)),
        Part("refused", D(2), "price"),
        Part("redeliver", D(5), "absent"),
    ]
    operations.deliver(advice_id=note.advice_id, outcomes={1: parts}, by=BY, at=at)
    assert list(Stock.objects.order_by("lot").values_list("lot", "on_hand", "claimed", "blocked")) == [
        ("L1", 67, 5, False), ("L1*", 3, 0, True),
    ]  # fmt: skip
    assert sum(StockLeg.objects.values_list("quantity", flat=True)) == 0


def test_goods_to_be_brought_again_are_claimed_at_once_and_leave_again(at):
    note = oil_note(at)
    operations.deliver(advice_id=note.advice_id, outcomes={1: [Part("redeliver", D(40), "absent", "K3")]}, by=BY, at=at)
    assert Claim.objects.values_list("quantity", "strength").get() == (40, "hard")
    again = operations.despatch(order_id=note.order_id, by=BY, at=at + timedelta(days=1))
    operations.deliver(advice_id=again.advice_id, by=BY, at=at + timedelta(days=1))
    assert progress() == (80, 40, 0, 40)


def test_parts_are_laid_over_the_lots_in_the_order_given(at):
    note = oil_note(at, lots=((20, "A"), (20, "B")))
    operations.deliver(
        advice_id=note.advice_id, outcomes={1: [Part("accepted", D(25)), Part("damaged", D(15))]}, by=BY, at=at
    )
    assert list(DeliveryLine.objects.order_by("id").values_list("despatch_line__lot", "outcome", "quantity")) == [
        ("A", "accepted", 20), ("B", "accepted", 5), ("B", "damaged", 15),
    ]  # fmt: skip


def test_everything_that_does_not_add_up_is_told_at_once(at):
    oil, tuna, salt = (ground.item() for _ in range(3))
    note = left(at, *((of, 10, [(ground.stock(of, 10), 10)]) for of in (oil, tuna, salt)))
    before = rows()
    outcomes = {
        1: [Part("accepted", D(9))],
        2: [Part("refused", D(10))],
        3: [Part("eaten", D(10))],
        9: [Part("accepted", D(1))],
    }
    with pytest.raises(operations.DeliveryDoesNotAddUp) as refusal:
        operations.deliver(advice_id=note.advice_id, outcomes=outcomes, by=BY, at=at)
    assert [fault["code"] for fault in refusal.value.errors] == [
        "delivery_below_note", "delivery_needs_reason", "delivery_unknown_outcome", "delivery_no_such_line",
    ]  # fmt: skip
    assert rows() == before


@pytest.mark.parametrize(
    ("parts", "codes"),
    [
        ([Part("accepted", D(0)), Part("accepted", D(40))], ["delivery_not_positive"]),
        ([Part("accepted", D(41)), Part("short", D(-1))], ["delivery_not_positive"]),
        ([Part("refused", D(41), "late")], ["delivery_beyond_note"]),
        ([Part("refused", D(40), "because")], ["delivery_unknown_reason"]),
        ([], ["delivery_below_note"]),
    ],
)
def test_parts_must_be_positive_and_reasons_known(at, parts, codes):
    note = oil_note(at)
    before = rows()
    with pytest.raises(operations.DeliveryDoesNotAddUp) as refusal:
        operations.deliver(advice_id=note.advice_id, outcomes={1: parts}, by=BY, at=at)
    assert [fault["code"] for fault in refusal.value.errors] == codes
    assert rows() == before


def test_a_note_is_delivered_once(at):
    note = oil_note(at)
    operations.deliver(advice_id=note.advice_id, by=BY, at=at)
    before = rows()
    with pytest.raises(operations.DeliveryDoesNotAddUp) as refusal:
        operations.deliver(advice_id=note.advice_id, by=BY, at=at)
    assert refusal.value.errors[0]["code"] == "already_delivered"
    assert rows() == before


def test_a_device_ahead_of_the_server_is_held_to_the_servers_time(at):
    note = oil_note(at)
    received = at + timedelta(hours=5)
    operations.deliver(
        advice_id=note.advice_id, device_at=received + timedelta(minutes=6), server_at=received, by=BY, at=received
    )
    delivery = Delivery.objects.get()
    assert (delivery.delivered_at, delivery.clock_suspect) == (received, True)
    assert delivery.device_at == received + timedelta(minutes=6)


def test_clocks_within_five_minutes_are_believed(at):
    note = oil_note(at)
    received = at + timedelta(hours=5)
    device = received - timedelta(minutes=5)
    operations.deliver(advice_id=note.advice_id, device_at=device, server_at=received, by=BY, at=received)
    assert Delivery.objects.values_list("delivered_at", "clock_suspect").get() == (device, False)


def test_nothing_is_signed_for_before_it_left(at):
    note = oil_note(at)
    received = at + timedelta(hours=5)
    operations.deliver(
        advice_id=note.advice_id, device_at=at - timedelta(days=900), server_at=received, by=BY, at=received
    )
    assert Delivery.objects.values_list("delivered_at", "clock_suspect").get() == (at, True)


def test_a_signature_is_kept_under_the_hash_of_its_bytes(at, settings, tmp_path):
    settings.HOME = tmp_path
    note = oil_note(at)
    operations.deliver(advice_id=note.advice_id, signature=PNG, by=BY, at=at)
    sha = hashlib.sha256(PNG).hexdigest()
    assert Delivery.objects.get().signature_sha256 == sha
    assert store.place_of(sha).read_bytes() == PNG


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (b"<svg onload=alert(1)>", operations.ProofNotAnImage),
        (PNG + b"x" * 524_288, operations.ProofTooLarge),
    ],
)
def test_a_signature_is_a_small_image_and_nothing_else(at, settings, tmp_path, content, refusal):
    settings.HOME = tmp_path
    note = oil_note(at)
    before = rows()
    with pytest.raises(refusal):
        operations.deliver(advice_id=note.advice_id, signature=content, by=BY, at=at)
    assert rows() == before
    assert list(tmp_path.iterdir()) == []


def test_services_that_are_refused_bring_nothing_back(at):
    note = left(at, (ground.item("service"), 3, []))
    operations.deliver(
        advice_id=note.advice_id, outcomes={1: [Part("refused", D(3), "not_ordered", "K1")]}, by=BY, at=at
    )
    assert progress() == (3, 0, 3, 0)
    assert not Stock.objects.exists()


def test_one_by_one_and_all_at_once_give_the_same_rows(at):
    oil = ground.item()
    row = ground.stock(oil, 100)
    single, many = ([left(at, (oil, 4, [(row, 4)])) for _ in range(3)] for _ in range(2))
    outcomes = [
        None,
        {1: [Part("refused", D(4), "late")]},
        {1: [Part("accepted", D(1)), Part("redeliver", D(3), "absent")]},
    ]
    moments = [at + timedelta(hours=n) for n in range(3)]
    for note, parts, moment in zip(single, outcomes, moments, strict=True):
        operations.deliver(advice_id=note.advice_id, outcomes=parts, signed_by="A", cause="K3", by=BY, at=moment)
    operations.deliver_many(
        arrivals=[
            Arrival(note.advice_id, parts, "A", cause="K3", at=moment)
            for note, parts, moment in zip(many, outcomes, moments, strict=True)
        ],
        by=BY, at=at,
    )  # fmt: skip

    def seen(notes):
        ids = [note.order_id for note in notes]
        deliveries = Delivery.objects.filter(advice__order__in=ids).order_by("id")
        lines = DeliveryLine.objects.filter(delivery__advice__order__in=ids).order_by("id")
        entries = LineEntry.objects.filter(line__order__in=ids).order_by("line_id", "id")
        told = Event.objects.filter(kind="Delivered", subject_id__in=ids).order_by("id")
        return (
            list(deliveries.values_list("delivered_at", "server_at", "signed_by", "cause")),
            list(lines.values_list("outcome", "quantity", "reason", "cause")),
            list(entries.values_list("kind", "quantity", "happened_at", "reason", "cause")),
            list(OrderLine.objects.filter(order__in=ids).order_by("id").values_list("accepted", "refused_final", "brought_back")),
            list(CreditStanding.objects.filter(customer__orders__in=ids).order_by("customer_id")
                 .values_list("delivered_not_invoiced", "released_not_delivered")),
            list(told.values_list("happened_at", "facts__whole", "facts__accepted")),
        )  # fmt: skip

    assert seen(single) == seen(many)


def test_over_delivery_accepted_becomes_a_new_line_unordered_accepted(at):
    note = oil_note(at, quantity=40, lots=((100, "L1"),))
    operations.deliver(
        advice_id=note.advice_id, outcomes={1: [Part("accepted", D(43)), Part("damaged", D(2))]}, by=BY, at=at
    )
    ordered, extra = OrderLine.objects.order_by("line_number")
    assert (ordered.despatched, ordered.accepted, ordered.brought_back) == (40, 38, 2)
    assert (extra.line_number, extra.received, extra.ordered_quantity, extra.accepted, extra.net_amount, extra.promised) == (
        2, {"unordered": 1}, 5, 5, D("10.00"), 0,
    )  # fmt: skip
    assert Stock.objects.values_list("on_hand", "claimed").get(lot="L1") == (55, 0)
    assert sum(StockLeg.objects.values_list("quantity", flat=True)) == 0
    standing = CreditStanding.objects.get()
    assert (standing.delivered_not_invoiced, standing.released_not_delivered) == (D("94.60"), D("4.40"))
    assert DeliveryLine.objects.filter(reason="excess").values_list("quantity", "outcome").get() == (5, "accepted")
    order = extra.order
    assert (order.line_count, order.net_amount, order.total_amount) == (2, D("10.00"), D("11.00"))


def test_an_excess_that_the_lot_does_not_have_is_refused(at):
    note = oil_note(at, quantity=40, lots=((44, "L1"),))
    before = rows()
    with pytest.raises(operations.DeliveryDoesNotAddUp) as refusal:
        operations.deliver(advice_id=note.advice_id, outcomes={1: [Part("accepted", D(45))]}, by=BY, at=at)
    assert [fault["code"] for fault in refusal.value.errors] == ["excess_without_stock"]
    assert rows() == before
