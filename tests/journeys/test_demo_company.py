"""The demo company lived through: what is measured is what was planted, order for order, and the books agree."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.contrib.auth.hashers import check_password
from django.db.models import F
from pytest_django import DjangoDbBlocker

from promesa.access.models import User
from promesa.allocation.models import Plan
from promesa.allocation.queries.adherence import adherence, floors_standing, overrides_by_requester
from promesa.billing import queries as billing
from promesa.billing.models import Invoice
from promesa.cli.check import broken
from promesa.core import bulk, events, relay
from promesa.demo import operations, queries
from promesa.demo.tale import Tale
from promesa.exchange.models import Document, InboxFile, Misalignment, OutgoingDocument
from promesa.orders.models import Hold, Order
from promesa.results import queries as results
from promesa.results.models import Audit
from promesa.work.models import WorkItem
from tests.running import own_database

# The company is built once for all these stories, in a database of its own: a tenth of the orders, all of the chapters.
pytestmark = pytest.mark.xdist_group("demo")
NOW = datetime(2027, 3, 10, 10, 30, tzinfo=UTC)
SCALE = Decimal("0.1")


@pytest.fixture(scope="module")
def tale(django_db_modify_db_settings: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Tale]:
    """The company, built in a copy of the migrated database and thrown away with it."""
    events.mute(False)
    with own_database(django_db_blocker, "demo"):
        yield operations.build(progress=lambda done, total, what: None, now=NOW, scale=SCALE)


def test_the_failures_measured_are_the_failures_planted_order_for_order_with_their_causes(tale: Tale) -> None:
    behind = results.orders_behind(name="perfect-order", as_of=NOW, limit=10_000)
    called = dict(bulk.rows("SELECT id, po_number FROM orders_order"))
    measured = {
        called[row.order_id]: (
            {letter for letter, kept in zip("FTDC", (row.full, row.on_time, row.documents, row.condition), strict=True)
             if not kept},
            row.cause,
        )
        for row in behind.rows
    }  # fmt: skip
    assert behind.total == len(behind.rows)
    assert measured == {one.po: (set(one.breaks), one.cause) for one in tale.planted}


def test_the_perfect_order_lies_between_75_and_85_in_a_hundred(tale: Tale) -> None:
    (row,) = results.measure(name="perfect-order", as_of=NOW).rows
    assert row.denominator - row.numerator == len(tale.planted)
    assert 75 <= 100 * row.numerator / row.denominator <= 85


def test_the_quality_of_capture_lies_between_96_and_99_in_a_hundred(tale: Tale) -> None:
    (row,) = results.measure(name="order-quality", as_of=NOW).rows
    ours = sum(wish.chapter is not None and wish.chapter.fault == "ours" for wish in tale.wishes)
    assert row.denominator - row.numerator == ours
    assert 96 <= 100 * row.numerator / row.denominator <= 99


def test_the_books_agree_in_every_invariant(tale: Tale) -> None:
    assert [(one["invariant"], one["keys"]) for one in broken() if one["rows"]] == []
    assert relay.waiting() == 0
    assert not bulk.rows("SELECT 1 FROM core_eventdelivery WHERE state = 'dead'")


def test_every_order_of_the_tale_was_placed_and_nobody_was_forgotten(tale: Tale) -> None:
    placed = set(Order.objects.values_list("po_number", flat=True))
    assert {wish.po for wish in tale.wishes} <= placed
    assert Order.objects.filter(state="closed").count() > len(tale.wishes) * 0.7
    assert Order.objects.filter(captured_at__gt=NOW).count() == 0


def test_every_kind_of_hold_and_draft_waits_for_a_person_today(tale: Tale) -> None:
    standing = set(Hold.objects.filter(released_at=None).values_list("kind", flat=True))
    assert standing == {"price", "credit", "duplicate", "shortage", "manual"}
    assert Order.objects.filter(state="draft").count() == 5
    assert {"hold", "draft", "shortage", "late_line", "dispute", "reminder"} <= set(
        WorkItem.objects.filter(state="open").values_list("kind", flat=True)
    )


def test_what_the_year_left_at_peoples_desks_is_settled_and_today_holds_the_work_of_the_last_days(tale: Tale) -> None:
    kinds = ["count_stock", "redeliver", "refused_goods", "reminder", "replace"]
    asked = WorkItem.objects.filter(kind__in=kinds)
    assert asked.filter(state="done").count() > 4 * asked.filter(state="open").count()
    assert not asked.filter(state="open", opened_at__lt=NOW - timedelta(days=16)).exists()
    assert 15 <= WorkItem.objects.filter(state="open").count() <= 40
    staff = User.objects.filter(customer=None)
    assert set(staff.values_list("seen_at__date", flat=True)) == {tale.today - timedelta(days=1)}


def test_customers_know_what_they_are_promised_but_for_the_latest(tale: Tale) -> None:
    known, unknown, too_early = bulk.rows(
        """SELECT count(p.told_at), count(*) - count(p.told_at), count(*) FILTER (WHERE p.told_at < p.made_at)
           FROM orders_promise p JOIN orders_orderline l ON l.id = p.line_id AND l.promise_sequence = p.sequence
           JOIN orders_order o ON o.id = l.order_id WHERE o.state IN ('confirmed', 'closed')"""
    )[0]
    assert known > 0.9 * (known + unknown)
    assert (unknown > 0, too_early) == (True, 0)


def test_the_inbox_holds_a_document_of_every_outcome(tale: Tale) -> None:
    outcomes = {"orders", "applied", "filed", "waiting", "rejected", "duplicate"}
    assert set(Document.objects.values_list("outcome", flat=True)) == outcomes
    assert Document.objects.filter(outcome="waiting", order=None).count() == 3
    assert not InboxFile.objects.exclude(state="done").exists()


def test_partners_exchange_documents_of_every_kind_and_all_but_the_newest_are_acknowledged(tale: Tale) -> None:
    taken = set(Document.objects.filter(outcome="orders").values_list("format", flat=True))
    assert {"edifact-d96a-orders", "csv", "ubl-order", "pdf-order"} <= taken
    sent = set(OutgoingDocument.objects.exclude(sha256="").values_list("format", "kind"))
    assert {("edifact-d96a", kind) for kind in ("order_response", "despatch_advice", "invoice")} <= sent
    assert {("ubl", kind) for kind in ("order_response", "despatch_advice", "invoice")} <= sent
    assert ("edifact-contrl", "acknowledgement") in sent
    assert not OutgoingDocument.objects.filter(state__in=["failed", "refused"]).exists()
    unsaid = OutgoingDocument.objects.filter(state="sent", acknowledge_by__lt=NOW)
    called = WorkItem.objects.filter(state="open", kind="outgoing_unanswered")
    assert [f"outgoing:{one.pk}" for one in unsaid] == [one.subject for one in called]
    assert unsaid.count() == 1
    assert OutgoingDocument.objects.filter(state="acknowledged").count() > 2


def test_somebody_has_to_read_a_paper_and_to_confirm_a_letter(tale: Tale) -> None:
    waiting = Document.objects.filter(outcome="waiting", order=None)
    found = {one.number: set(one.findings.filter(resolved_at=None).values_list("code", flat=True)) for one in waiting}
    assert "paper_in_doubt" in found["CA-1187"]
    assert {"order_in_text"} <= found["BU-2277"]
    assert waiting.get(number="CA-1187").neutral["places"]


def test_a_catalogue_of_a_customer_differs_and_a_sample_is_drawn_for_the_auditor(tale: Tale) -> None:
    assert set(Misalignment.objects.values_list("field", flat=True)) == {
        "description",
        "codes",
        "pack",
        "price",
        "missing",
    }
    assert Audit.objects.filter(audited_at=None).count() > 0


def test_a_plan_in_force_moved_goods_was_answered_once_and_is_not_wholly_kept(tale: Tale) -> None:
    plan = Plan.objects.get(state="published")
    run = plan.runs.get(state="published")
    moved = run.run_lines.exclude(share_quantity=F("before_quantity"))
    assert moved.filter(share_quantity__lt=F("before_quantity")).count() == 3
    assert moved.filter(share_quantity__gt=F("before_quantity")).count() == 2
    assert (run.notices.count(), run.notices.exclude(answered_at=None).count()) == (5, 1)
    kept = adherence(plan_id=plan.pk)
    assert kept.leaked == 24
    assert kept.adherence is not None
    assert kept.adherence < 1
    (floor,) = floors_standing(on=NOW.date(), plan_id=plan.pk)
    assert (floor.signed, floor.short) == (144, 24)
    assert (
        WorkItem.objects.filter(state="open", kind="protected_short", key__startswith=f"plan_short:{plan.pk}:").count()
        == 1
    )
    (moves,) = overrides_by_requester(plan_id=plan.pk)
    assert (moves.requested_by, moves.quantity) == ("Lucía Navarro", 24)


def test_another_plan_waits_for_its_second_signature_and_would_change_who_is_served(tale: Tale) -> None:
    plan = Plan.objects.get(state="proposed")
    assert [one.side for one in plan.signatures.all()] == ["sales"]
    latest = plan.runs.order_by("-number")[0]
    assert latest.scenario_id == plan.scenario_id
    moved = latest.run_lines.exclude(share_quantity=F("before_quantity"))
    assert moved.filter(share_quantity__lt=F("before_quantity")).count() >= 3
    assert moved.filter(line__order__customer__number__in=["C-001", "C-002"]).count() == 2


def test_money_is_owed_overdue_and_disputed(tale: Tale) -> None:
    (owed,) = billing.ageing(on=tale.today)
    assert owed.current > 0
    assert owed.to_30 > 0
    assert owed.disputed > 0
    assert Invoice.objects.filter(kind="credit_note").exists()


def test_everybody_may_sign_in_with_the_word_that_is_printed(tale: Tale) -> None:
    assert queries.is_built()
    accounts = queries.accounts()
    assert len(accounts) == 9  # one for each role, a customer's own person among them
    for account in accounts:
        user = User.objects.get(username=account.username)
        assert (user.role, user.language) == (account.role, account.language)
        assert check_password(account.password, user.password)
