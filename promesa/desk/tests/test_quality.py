"""Order quality at the desk: the audit of capture is keyed blind and compared, and a customer's scorecard can be sent."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from promesa.access.models import User
from promesa.core.actors import Actor
from promesa.core.calendars import local_day
from promesa.desk.tests.conftest import SignedIn
from promesa.orders.models import Finding, Order
from promesa.results import operations
from promesa.results.models import Audit
from promesa.results.tests.companies import MADRID, Company
from promesa.results.tests.companies import company as a_company

pytestmark = pytest.mark.django_db


@pytest.fixture
def drawn(db: None) -> tuple[Company, Order]:
    """An order of yesterday, by telephone, drawn for the audit."""
    made, now = a_company(), timezone.now()
    yesterday = local_day(now, MADRID) - timedelta(days=1)
    order = made.order(po_number="PO-7", captured_by="user:999", channel="phone", due=yesterday + timedelta(days=5))
    operations.draw_sample(day=yesterday, by=Actor("schedule:audit"), at=now)
    assert Audit.objects.filter(order=order).exists()
    return made, order


def page(response) -> str:
    return response.content.decode()


def test_the_form_is_blank_and_shows_nothing_of_what_is_stored(drawn, signed_in: SignedIn):
    _, order = drawn
    client = signed_in("back_office")
    listed = page(client.get("/results/audit"))
    assert order.number in listed
    assert "1 order to key again" in listed
    shown = page(client.get(f"/results/audit/{order.number}"))
    assert "PO-7" not in shown
    assert "AC-5" not in shown
    assert shown.count('name="code"') == 10


def test_what_is_keyed_right_is_kept_at_once(drawn, signed_in: SignedIn):
    _, order = drawn
    client = signed_in("back_office")
    said = {"po_number": "po-7", "code": ["ac5", ""], "quantity": ["100", ""], "unit": ["", ""], "price": ["2", ""]}
    assert client.post(f"/results/audit/{order.number}", said).status_code == 302
    audit = Audit.objects.get(order=order)
    assert (audit.wrong, audit.found, Finding.objects.count()) == (False, [], 0)
    assert audit.audited_by == f"user:{User.objects.get().pk}"
    assert "It was captured as the source says." in page(client.get(f"/results/audit/{order.number}"))


def test_a_difference_is_shown_first_and_kept_with_whose_it_is(drawn, signed_in: SignedIn):
    _, order = drawn
    client = signed_in("back_office", language="es")
    said = {"po_number": "PO-8", "code": ["AC-5"], "quantity": ["90"], "unit": [""], "price": [""]}
    compared = client.post(f"/results/audit/{order.number}", said)
    assert compared.status_code == 200
    assert "2 diferencias: ¿de quién son?" in page(compared)
    assert Audit.objects.get(order=order).audited_at is None
    kept = client.post(
        f"/results/audit/{order.number}",
        said | {"judged": "1", "fault-0": "customer", "fault-1": "ours", "minutes": "2,5"},
    )
    assert kept.status_code == 302
    audit = Audit.objects.get(order=order)
    assert [(one["field"], one["fault"]) for one in audit.found] == [("po_number", "customer"), ("quantity", "ours")]
    assert (audit.wrong, str(audit.minutes)) == (True, "2.50")
    assert sorted(Finding.objects.values_list("aspect", "fault")) == [("quantity", "ours"), ("reference", "customer")]
    assert client.post(f"/results/audit/{order.number}", said | {"judged": "1"}).status_code == 409
    assert Finding.objects.count() == 2


def test_every_row_that_cannot_be_read_is_told_at_once_and_nothing_is_kept(drawn, signed_in: SignedIn):
    _, order = drawn
    client = signed_in("back_office")
    said = {
        "requested_from": "soon",
        "code": ["", "AC-5"],
        "quantity": ["5", "many"],
        "unit": ["", ""],
        "price": ["", "x"],
    }
    refused = client.post(f"/results/audit/{order.number}", said)
    assert refused.status_code == 422
    for sentence in (
        "Row 1 has no code.",
        "Row 2: “many” is no quantity.",
        "Row 2: “x” is no price.",
        "Wanted from: “soon” is no day.",
    ):
        assert sentence in page(refused)
    assert 'value="many"' in page(refused)
    assert Audit.objects.get(order=order).audited_at is None


def test_who_may_not_audit_is_refused(drawn, signed_in: SignedIn):
    _, order = drawn
    assert signed_in("sales").get(f"/results/audit/{order.number}").status_code == 403


def test_a_scorecard_speaks_both_languages(drawn, signed_in: SignedIn):
    made, order = drawn
    Finding.objects.create(
        order=order, code="not_pack_multiple", aspect="quantity", severity="blocking", fault="customer", brought_in_by="edi:1",
        found_at=order.captured_at, resolved_at=order.captured_at + timedelta(days=2), received="10", right="12",
    )  # fmt: skip
    client = signed_in("customer_service")
    spanish = page(client.get(f"/customers/{made.customer.number}/scorecard?lang=es"))
    assert "1 con un error. Le costó 2 días de espera." in spanish
    assert "PO-7: 10 → 12" in spanish
    assert "It cost you 2 days of waiting." in page(client.get(f"/customers/{made.customer.number}/scorecard?lang=en"))
    assert client.get("/customers/none/scorecard").status_code == 404


def test_order_quality_tells_errors_touchless_and_the_audit_with_a_constant_number_of_questions(
    drawn, signed_in: SignedIn, django_assert_max_num_queries
):
    client = signed_in("manager")
    month = f"{timezone.localdate() - timedelta(days=1):%Y-%m}"
    for by in ("customer", "channel", "sender", "item", "person", "field"):
        with django_assert_max_num_queries(24):
            shown = page(client.get(f"/results/order-quality?month={month}&errors={by}"))
        assert "Errors per 100 lines by" in shown
        assert "Nobody had to touch" in shown
