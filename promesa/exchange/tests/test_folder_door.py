"""The folder door: files are taken in once, moved, and what could not be taken says why beside it."""

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings

from promesa.exchange import formats, operations
from promesa.exchange.formats import large_table
from promesa.exchange.models import InboxFile
from promesa.exchange.operations import watching
from promesa.exchange.tests.company import BY, CSV, add_customer, add_item, open_shop
from promesa.exchange.tests.partners import add_partner
from promesa.orders.models import Order

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(watching, "QUIET_SECONDS", 0.05)


@pytest.fixture
def box():
    open_shop()
    add_customer("C-1", name="Almacenes Uno")
    add_item("A1")
    add_partner(kinds=())
    folder = Path(settings.HOME) / "exchange" / "inbox" / "P-1"
    folder.mkdir(parents=True)
    return folder


def order(number="PO-1", item="A1"):
    return (CSV + f"{number};C-1;{item};4;2026-03-10\n").encode()


def watch():
    return operations.watch_inbox(by=BY, now=lambda: datetime.now(UTC))


def names(*parts):
    folder = Path(settings.HOME, "exchange", *parts)
    return sorted(path.name for path in folder.rglob("*") if path.is_file() and not path.name.startswith("."))


def test_the_folder_of_a_partner_is_read_until_its_last_day(box):
    today = datetime.now(UTC).date()
    (box / "one.csv").write_bytes(order())
    operations.put_partner(code="P-1", active_to=today, by=BY, at=datetime.now(UTC))
    assert watch() == []
    operations.put_partner(code="P-1", active_to=today + timedelta(days=3), by=BY, at=datetime.now(UTC))
    assert [one.outcomes for one in watch()] == [("orders",)]


def test_a_file_becomes_an_order_and_moves_to_done(box):
    (box / "one.csv").write_bytes(order())
    (taken,) = watch()
    assert (taken.name, taken.partner, taken.place, taken.outcomes) == (
        "one.csv",
        "P-1",
        "done/P-1/one.csv",
        ("orders",),
    )
    assert (names("inbox"), names("done"), names("refused")) == ([], ["one.csv"], [])
    assert Order.objects.get().po_number == "PO-1"
    assert watch() == []


def test_a_file_that_is_refused_has_a_note_beside_it_in_the_partners_language(box):
    (box / "odd.bin").write_bytes(b"\x00\x01\x02\x03 nothing that anybody reads \x00")
    (taken,) = watch()
    assert (taken.place, taken.outcomes) == ("refused/P-1/odd.bin", ("rejected",))
    note = Path(settings.HOME, "exchange", "refused", "P-1", "odd.bin.txt").read_text()
    assert note.startswith("1. —: Rechazado (No se puede leer)\n")


def test_what_waits_is_done_and_its_note_says_for_what(box):
    (box / "one.csv").write_bytes(order(item="ZZ"))
    (taken,) = watch()
    assert (taken.place, taken.outcomes) == ("done/P-1/one.csv", ("waiting",))
    note = Path(settings.HOME, "exchange", "done", "P-1", "one.csv.txt").read_text()
    assert note.startswith("1. PO-1: Espera a una persona\n")
    assert "\n   1: No conocemos el artículo ZZ (ZZ)." in note


def test_the_same_name_again_gets_a_number(box):
    for number in ("PO-1", "PO-2", "PO-3"):
        (box / "order.csv").write_bytes(order(number))
        watch()
    assert names("done") == ["order-2.csv", "order-3.csv", "order.csv"]
    assert Order.objects.count() == 3


def test_unfinished_hidden_and_linked_files_are_left(box, tmp_path):
    (box / "one.csv.part").write_bytes(order())
    (box / ".two.csv").write_bytes(order())
    (box / "three.csv.tmp").write_bytes(order())
    secret = tmp_path / "secret.csv"
    secret.write_bytes(order())
    (box / "four.csv").symlink_to(secret)
    assert watch() == []
    assert not InboxFile.objects.exists()


def test_a_file_that_is_still_being_written_is_left_until_it_is_whole(box, monkeypatch):
    monkeypatch.setattr(watching, "QUIET_SECONDS", 0.3)
    path = box / "slow.csv"
    path.write_bytes(order()[:20])
    writer = threading.Timer(0.1, lambda: path.write_bytes(order()))
    writer.start()
    assert watch() == []
    writer.join()
    (taken,) = watch()
    assert taken.outcomes == ("orders",)


def test_a_file_too_large_is_refused_without_reading_it(box, monkeypatch):
    monkeypatch.setattr(watching, "MAX_FILE", 10)
    (box / "one.csv").write_bytes(order())
    (taken,) = watch()
    assert taken.place == "refused/P-1/one.csv"
    note = Path(settings.HOME, "exchange", "refused", "P-1", "one.csv.txt").read_text()
    assert note == f"El archivo tiene {len(order())} bytes; se admiten 10. Divídalo en varios.\n"
    assert not InboxFile.objects.exists()


def test_a_list_of_many_orders_may_be_larger_than_any_document(box, monkeypatch):
    monkeypatch.setattr(formats, "MAX_BYTES", 100)
    monkeypatch.setattr(large_table, "PIECE", 1)
    head, row = order().splitlines()[:2]
    content = b"\n".join([head, *(row.replace(b"PO-1", b"PO-%d" % n) for n in range(1, 6))])
    assert len(content) > 100
    (box / "many.csv").write_bytes(content)
    (taken,) = watch()
    assert (taken.place, taken.outcomes) == ("done/P-1/many.csv", ("orders",) * 5)


def test_files_of_a_folder_that_is_no_partners_stay(box):
    other = box.parent / "nobody"
    other.mkdir()
    (other / "one.csv").write_bytes(order())
    assert watch() == []
    assert (other / "one.csv").exists()


def test_files_without_a_partner_may_lie_in_the_inbox_itself(box):
    (box.parent / "one.csv").write_bytes(order())
    (taken,) = watch()
    assert (taken.partner, taken.place, taken.outcomes) == ("", "done/one.csv", ("orders",))


def test_a_watcher_that_died_before_it_moved_the_file_takes_it_in_once(box, monkeypatch):
    (box / "one.csv").write_bytes(order())

    def dies(*args):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(watching, "_away", dies)
        with pytest.raises(KeyboardInterrupt):
            watch()
    assert (InboxFile.objects.count(), Order.objects.count(), names("done")) == (1, 1, [])
    (taken,) = watch()
    assert (taken.outcomes, InboxFile.objects.count(), Order.objects.count()) == (("orders",), 1, 1)


def test_the_same_bytes_brought_again_are_a_repeat_and_no_second_order(box):
    (box / "one.csv").write_bytes(order())
    watch()
    (box / "one.csv").write_bytes(order())
    (taken,) = watch()
    assert (taken.place, taken.outcomes) == ("done/P-1/one-2.csv", ("duplicate",))
    assert Order.objects.count() == 1


def test_while_one_watches_another_leaves_everything(box):
    (box / "one.csv").write_bytes(order())
    root = Path(settings.HOME) / "exchange"
    with watching._alone(root) as ours:
        assert ours
        assert watch() == []
    assert len(watch()) == 1


def test_a_file_that_cannot_be_read_now_stays_and_the_others_go_on(box):
    (box / "a.csv").write_bytes(order("PO-1"))
    (box / "b.csv").write_bytes(order("PO-2"))
    real = watching.receive_file

    def fails_once(**said):
        if said["name"] == "a.csv":
            raise OSError("disk")
        return real(**said)

    watching.receive_file = fails_once
    try:
        (taken,) = watch()
    finally:
        watching.receive_file = real
    assert taken.name == "b.csv"
    assert names("inbox") == ["a.csv"]
    assert [one.name for one in watch()] == ["a.csv"]
