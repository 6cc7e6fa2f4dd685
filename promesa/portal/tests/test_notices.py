"""A customer is told of what is shared out, and answers it in the portal."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from promesa.access.models import User
from promesa.allocation import operations
from promesa.allocation.models import Notice, NoticeLine, Plan
from promesa.allocation.tests.scarce import BOSS, Scarce, plan_of, scarce, signed
from promesa.catalog.models import Item
from promesa.fulfilment.operations import despatch
from promesa.orders.models import OrderLine
from promesa.orders.operations import cancel_order, capture_order, release_lines
from promesa.orders.tests.world import AT, CLERK
from promesa.portal.tests.conftest import person_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("wired")]


@pytest.fixture
def case() -> Scarce:
    """Oil was shared out just now: 43 of 60, 36 of 50, 14 of 20, 7 of 10."""
    case = scarce()
    publish_now(case)
    return case


def publish_now(case: Scarce) -> None:
    """Its oil is shared in proportion, signed by two and in force as of this moment."""
    plan, now = signed(plan_of(case, tiers={"protect": 1, "build": 1})), timezone.now()
    run = operations.simulate(plan_id=plan.pk, by=BOSS, at=now)
    operations.publish_run(run_id=run.pk, by=BOSS, at=now)


@pytest.fixture
def eva(case: Scarce) -> Client:
    """Signed in for the customer who gets 43 of 60."""
    return person_of(case.customers[0].pk)


def address(case: Scarce, customer: int = 0) -> str:
    return f"/portal/notices/{Notice.objects.get(customer=case.customers[customer]).pk}"


def page(client: Client, there: str) -> str:
    """What a page says, with plain spaces."""
    return client.get(there).content.decode().replace("\xa0", " ")


def untouched(case: Scarce) -> bool:
    return (
        not OrderLine.objects.exclude(cancelled_by_customer=0).exists()
        and not Notice.objects.exclude(answered_at=None).exists()
        and not NoticeLine.objects.exclude(answer="").exists()
    )


def test_the_list_and_every_page_say_that_a_notice_waits(case: Scarce, eva: Client) -> None:
    html = page(eva, "/portal/notices")
    assert "1 notice waits for your answer." in html
    assert f'href="{address(case)}"' in html
    assert address(case, 1) not in html
    assert '<span class="count">1<span class="vh"> waiting</span></span>' in page(eva, "/portal")


def test_a_notice_says_what_was_asked_had_and_is_had_now_with_its_choices(case: Scarce, eva: Client) -> None:
    html = page(eva, address(case))
    line, order = case.line(0).pk, case.line(0).order
    facts = html.split("<dl")[1].split("</dl>")[0]
    assert [one.split("</dd>")[0].split(">")[-1] for one in facts.split("<dd")[1:4]] == [
        "60 units",
        "60 units",
        "43 units",
    ]
    assert "43 units, " in facts
    assert html.count(f'name="line-{line}"') == 3
    assert 'value="wait" checked' in html
    for said in ("17 units are cancelled.", "17 units stay on order.", "You get nothing: 60 units are cancelled."):
        assert said in html
    assert f"/portal/orders/{order.number}" in html


def test_an_answer_changes_the_order_and_the_page_says_so(case: Scarce, eva: Client) -> None:
    sent = eva.post(f"{address(case)}/answer", {f"line-{case.line(0).pk}": "accept_partial"})
    assert (sent.status_code, sent.headers["Location"]) == (302, address(case))
    assert int(case.line(0).cancelled_by_customer) == 17
    html = page(eva, address(case))
    assert "I take what there is; cancel the rest" in html
    assert "Send the answer" not in html
    assert 'type="radio"' not in html
    assert "No notice waits for your answer." in page(eva, "/portal/notices")
    notice = Notice.objects.get(customer=case.customers[0])
    assert notice.answered_by == f"user:{eva.session['_auth_user_id']}"


def test_a_form_sent_empty_waits(case: Scarce, eva: Client) -> None:
    assert eva.post(f"{address(case)}/answer", {}).status_code == 302
    assert NoticeLine.objects.get(notice__customer=case.customers[0]).answer == "wait"
    assert int(case.line(0).cancelled_by_customer) == 0


def test_answered_twice_says_so_and_changes_nothing_more(case: Scarce, eva: Client) -> None:
    line = f"line-{case.line(0).pk}"
    eva.post(f"{address(case)}/answer", {line: "accept_partial"})
    again = eva.post(f"{address(case)}/answer", {line: "cancel"})
    html = again.content.decode()
    assert again.status_code == 409
    assert "Nothing was changed" in html
    assert "This notice was answered already" in html
    assert int(case.line(0).open_quantity) == 43


@pytest.mark.parametrize(
    ("spoil", "said", "sentence"),
    [
        ("close", "cancel", "is over, and this notice takes no answer any more"),
        ("late", "accept_partial", "Answers were taken until"),
        ("release", "cancel", "the warehouse has it already and it cannot be cancelled"),
        ("cancel", "accept_partial", "the order is open no more"),
        ("offer", "substitute", "is not among the answers offered"),
        ("offer", "give_me_all", "is not among the answers offered"),
    ],
)
def test_what_cannot_be_answered_any_more_says_why_and_changes_nothing(
    case: Scarce, eva: Client, spoil: str, said: str, sentence: str
) -> None:
    now = timezone.now()
    if spoil == "close":
        operations.close_plan(plan_id=Plan.objects.get().pk, by=BOSS, at=now)
    elif spoil == "late":
        Notice.objects.update(answer_by=now.date() - timedelta(days=2))
    elif spoil == "release":
        release_lines(order_ids=[case.orders[0]], by=CLERK, at=now)
    elif spoil == "cancel":
        cancel_order(order_id=case.orders[0], by=CLERK, at=now, initiator="us")
    answered = eva.post(f"{address(case)}/answer", {f"line-{case.line(0).pk}": said})
    html = answered.content.decode()
    assert answered.status_code == 409
    assert sentence in html
    assert untouched(case)
    assert eva.get(address(case)).status_code == 200


def test_anothers_notice_is_as_if_it_did_not_exist(case: Scarce, eva: Client) -> None:
    stranger = person_of(case.customers[1].pk)
    line = f"line-{case.line(0).pk}"
    for there in (address(case), "/portal/notices/999999"):
        assert stranger.get(there).status_code == 404
        assert stranger.post(f"{there}/answer", {line: "cancel"}).status_code == 404
    # Nor may a line of another be answered through one's own notice.
    answered = stranger.post(f"{address(case, 1)}/answer", {line: "cancel"})
    assert answered.status_code == 409
    assert untouched(case)


@pytest.mark.parametrize("there", ["0", "9" * 18, "-1", "x", "1/answer/2"])
def test_an_address_that_is_none_is_not_found(eva: Client, there: str) -> None:
    assert eva.get(f"/portal/notices/{there}").status_code == 404


def test_notices_are_for_customers_people_and_forms_need_their_token(case: Scarce, eva: Client) -> None:
    staff = Client()
    staff.force_login(User.objects.create(username="adm", role="administrator"))
    for there in ("/portal/notices", address(case)):
        assert staff.get(there).status_code == 403
        assert Client().get(there).status_code == 302
    assert staff.post(f"{address(case)}/answer").status_code == 403
    assert eva.get(f"{address(case)}/answer").status_code == 405
    careless = Client(enforce_csrf_checks=True)
    careless.cookies = eva.cookies
    assert careless.post(f"{address(case)}/answer", {f"line-{case.line(0).pk}": "cancel"}).status_code == 403
    assert untouched(case)


def test_a_line_that_has_gone_on_offers_only_what_can_still_be_done(case: Scarce, eva: Client) -> None:
    release_lines(order_ids=[case.orders[0]], by=CLERK, at=timezone.now())
    html = page(eva, address(case))
    assert 'value="cancel"' not in html
    assert 'value="accept_partial"' in html
    cancel_order(order_id=case.orders[0], by=CLERK, at=timezone.now(), initiator="us")
    html = page(eva, address(case))
    assert 'type="radio"' not in html
    assert "there is nothing left to choose" in html


def test_what_left_since_is_served_and_only_the_rest_is_given_up(case: Scarce, eva: Client) -> None:
    release_lines(order_ids=[case.orders[0]], by=CLERK, at=timezone.now())
    despatch(order_id=case.orders[0], by=CLERK, at=timezone.now())
    assert int(case.line(0).despatched) == 43
    eva.post(f"{address(case)}/answer", {f"line-{case.line(0).pk}": "accept_partial"})
    line = case.line(0)
    assert (int(line.cancelled_by_customer), int(line.open_quantity), int(line.despatched)) == (17, 43, 43)


def test_a_substitute_is_named_with_its_quantity_before_it_is_taken() -> None:
    case = scarce(items=2)
    Item.objects.filter(pk=case.world.items[0].pk).update(substitute=case.world.items[1])
    publish_now(case)
    eva = person_of(case.customers[0].pk)
    html = page(eva, address(case))
    assert f"17 units of {case.world.items[1].name} in place of 17 units." in html
    line = case.line(0).pk
    eva.post(f"{address(case)}/answer", {f"line-{line}": "substitute"})
    other = OrderLine.objects.get(order_id=case.orders[0], item=case.world.items[1])
    assert (int(other.ordered_quantity), other.substitute_of_id) == (17, line)


def test_the_pages_speak_spanish(case: Scarce) -> None:
    eva = person_of(case.customers[0].pk, "es")
    html = page(eva, "/portal/notices") + page(eva, address(case))
    for words in (
        "1 aviso espera su respuesta.", "Qué recibe", "Pidió", "Recibe ahora", "¿Qué hacemos con el resto?", "Enviar la respuesta",
        "Acepto lo que hay y anulen el resto", "Se anulan 17 unidades.",
    ):  # fmt: skip
        assert words in html, words


@pytest.mark.parametrize("more", [0, 3])
def test_a_notice_takes_the_same_statements_for_one_line_and_for_four(more: int) -> None:
    case = scarce(asked=(60, 50))
    for n in range(more):
        draft = case.world.draft(40, customer_id=case.customers[0].pk, po_number=f"MORE-{n}")
        capture_order(draft=draft, by=CLERK, at=AT + timedelta(hours=n + 1))
    publish_now(case)
    eva = person_of(case.customers[0].pk)
    assert page(eva, address(case)).count("<fieldset") == 1 + more
    with CaptureQueriesContext(connection) as told:
        page(eva, address(case))
    assert len(told) <= 9, [one["sql"] for one in told]
