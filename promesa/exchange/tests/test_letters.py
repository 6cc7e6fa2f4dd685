"""Letters of what is shared out: one a customer and run, by e-mail, in their language, and never twice."""

from __future__ import annotations

from datetime import timedelta
from email import message_from_bytes
from email.message import Message
from typing import Any

import pytest
from django.db import IntegrityError
from django.db import transaction as transactions
from django.test import Client

from promesa.access.models import User
from promesa.allocation import operations as allocation
from promesa.allocation.models import Notice, Plan, Run
from promesa.allocation.operations import publishing
from promesa.allocation.tests.scarce import BOSS, LATER, Scarce, more_stock, plan_of, scarce, signed
from promesa.core import relay
from promesa.core.tests.races import race
from promesa.customers.models import Customer
from promesa.exchange import operations
from promesa.exchange.models import OutgoingDocument, SendingAttempt
from promesa.exchange.operations import mailbox as mailing
from promesa.exchange.operations.bounces import tell_bounce
from promesa.exchange.operations.letters import write_letters
from promesa.exchange.tests.postmen import smtp
from promesa.work.models import WorkItem

__all__ = ["smtp"]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.wired]

PUBLISHED = LATER + timedelta(hours=1)
SENT = PUBLISHED + timedelta(minutes=2)


@pytest.fixture
def case(settings: Any) -> Scarce:
    """Four customers with addresses, the second of whom reads English; 43, 36, 14 and 7 of 60, 50, 20 and 10."""
    settings.PUBLIC_ADDRESS = "https://pedidos.seller.example"
    case = scarce()
    for n, customer in enumerate(case.customers):
        Customer.objects.filter(pk=customer.pk).update(email=f"c{n}@buyer.example", language="en" if n == 1 else "es")
    return case


def ready(case: Scarce) -> Run:
    plan = signed(plan_of(case, tiers={"protect": 1, "build": 1}))
    return allocation.simulate(plan_id=plan.pk, by=BOSS, at=LATER)


def publish(case: Scarce) -> Run:
    run = ready(case)
    allocation.publish_run(run_id=run.pk, by=BOSS, at=PUBLISHED)
    relay.drain()
    return run


def post_office(smtp: Any) -> None:
    values = {
        "smtp_host": "127.0.0.1",
        "smtp_port": smtp.port,
        "smtp_security": "plain",
        "address": "pedidos@seller.example",
    }
    mailing.put_mailbox(name="orders", values=values, by=BOSS, at=PUBLISHED)


def send(at: Any = SENT) -> int:
    return operations.send_due(by=BOSS, at=at)


def letters(smtp: Any) -> dict[str, Message]:
    """What was handed to the server, by address."""
    found = [(to, message_from_bytes(content)) for _, to, content in smtp.letters.taken]
    assert len({to[0] for to, _ in found}) == len(found)
    return {to[0]: message for to, message in found}


def text_of(message: Message) -> str:
    said = message.get_payload(decode=True)
    assert isinstance(said, bytes)
    return said.decode().replace("\r\n", "\n").replace("\xa0", " ")


def rows() -> list[OutgoingDocument]:
    return list(OutgoingDocument.objects.filter(kind="plan_notice").order_by("customer_id"))


def test_every_customer_gets_one_letter_in_their_language_with_the_page_to_answer_on(case: Scarce, smtp: Any) -> None:
    post_office(smtp)
    publish(case)
    assert [(row.subject, row.state, row.partner_id, row.address) for row in rows()] == [
        (f"notice:{Notice.objects.get(customer=customer).pk}", "to_send", None, f"c{n}@buyer.example")
        for n, customer in enumerate(case.customers)
    ]
    assert send() == 4
    told, notice = letters(smtp), Notice.objects.get(customer=case.customers[0])
    text = text_of(told["c0@buyer.example"])
    order = case.line(0).order
    for said in (
        f"Estimado equipo de {case.customers[0].name}:",
        f"- Su pedido {order.po_number}: recibe 43 de 60 unidades de {case.world.items[0].name}. Llegan 43 unidades el ",
        "Puede elegir: Acepto lo que hay y anulen el resto; Espero lo que falta; Anulen la línea.",
        "Puede contestar hasta el jueves 5 de marzo de 2026 aquí:",
        f"https://pedidos.seller.example/portal/notices/{notice.pk}",
    ):
        assert said in text, (said, text)
    english = told["c1@buyer.example"]
    assert english["Content-Language"] == "en"
    assert "you get 36 of 50 units of" in text_of(english)
    assert english["Subject"] == f"What you get of your orders ({Plan.objects.get().number})"
    assert english["Auto-Submitted"] == "auto-generated"
    assert not english.is_multipart()


def test_a_letter_that_got_there_is_when_the_customer_was_told(case: Scarce, smtp: Any) -> None:
    publish(case)
    assert set(Notice.objects.values_list("told_at", "told_how")) == {(None, "")}
    assert send() == 0  # nobody can send yet: one was tried, says why, and is tried again; the others wait behind it
    assert sorted((row.state, row.attempts) for row in rows()) == [("to_send", 0)] * 3 + [("to_send", 1)]
    (row,) = [row for row in rows() if row.attempts]
    assert row.last_error["code"] == "mail_not_set_up"
    assert row.next_try_at is not None
    assert row.next_try_at > SENT
    post_office(smtp)
    later = row.next_try_at + timedelta(seconds=1)
    assert send(later) == 4
    assert set(Notice.objects.values_list("told_at", "told_how")) == {(later, "email")}
    assert SendingAttempt.objects.filter(outgoing=row).count() == 2


def test_publishing_again_and_hearing_of_it_again_write_no_second_letter(case: Scarce) -> None:
    run = publish(case)
    allocation.publish_run(run_id=run.pk, by=BOSS, at=PUBLISHED)
    ids = list(Notice.objects.values_list("pk", flat=True))
    assert write_letters(notice_ids=ids, by=BOSS, at=SENT) == 0
    relay.drain()
    assert len(rows()) == 4


def test_two_who_write_at_once_write_one_letter_each(case: Scarce) -> None:
    run = ready(case)
    allocation.publish_run(run_id=run.pk, by=BOSS, at=PUBLISHED)
    ids = list(Notice.objects.values_list("pk", flat=True))
    found = race([lambda: write_letters(notice_ids=ids, by=BOSS, at=SENT)] * 2)
    assert (sum(found), len(rows())) == (4, 4)


def test_without_the_index_a_second_letter_could_be_laid_out_and_with_it_it_cannot(case: Scarce) -> None:
    publish(case)
    copy = rows()[0]
    copy.pk = None
    with pytest.raises(IntegrityError, match="outgoing_letter_once"), transactions.atomic():
        copy.save()


def test_a_sender_that_dies_and_is_started_again_brings_what_is_left(
    case: Scarce, smtp: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    post_office(smtp)
    publish(case)
    assert operations.send_due(by=BOSS, at=SENT, limit=2) == 2  # it stops half way
    assert len(smtp.letters.taken) == 2
    assert Notice.objects.exclude(told_at=None).count() == 2
    assert send(SENT + timedelta(hours=1)) == 2
    assert len(letters(smtp)) == 4
    assert send(SENT + timedelta(hours=2)) == 0


def test_nobody_is_written_to_while_a_publishing_is_half_done(case: Scarce, monkeypatch: pytest.MonkeyPatch) -> None:
    run = ready(case)

    def dies(**_: Any) -> bool:
        raise RuntimeError("killed")

    monkeypatch.setattr(publishing, "finish_publishing", dies)
    with pytest.raises(RuntimeError, match="killed"):
        allocation.publish_run(run_id=run.pk, by=BOSS, at=PUBLISHED)
    relay.drain()
    assert rows() == []
    monkeypatch.undo()
    allocation.publish_run(run_id=run.pk, by=BOSS, at=PUBLISHED)
    relay.drain()
    assert len(rows()) == 4


def test_a_later_run_writes_to_whom_it_touches_of_what_it_changes(case: Scarce) -> None:
    run = ready(case)
    allocation.publish_run(run_id=run.pk, by=BOSS, at=PUBLISHED)  # nothing is heard yet, so that nothing is released
    more_stock(case.world, 30)
    again = allocation.simulate(plan_id=run.plan_id, by=BOSS, at=PUBLISHED)
    allocation.publish_run(run_id=again.pk, by=BOSS, at=PUBLISHED + timedelta(hours=1))
    relay.drain()
    assert len(rows()) == 4 + again.notices.count()
    assert again.notices.count() == 4


def test_a_customer_without_an_address_is_called_and_can_be_written_to_later(case: Scarce, smtp: Any) -> None:
    post_office(smtp)
    Customer.objects.filter(pk=case.customers[2].pk).update(email="")
    publish(case)
    assert send() == 3
    row = OutgoingDocument.objects.get(customer=case.customers[2], kind="plan_notice")
    assert (row.state, row.last_error["code"]) == ("failed", "letter_no_address")
    assert Notice.objects.get(customer=case.customers[2]).told_at is None
    work = WorkItem.objects.get(kind="outgoing_failed")
    assert work.key == f"outgoing-failed:{row.pk}"
    Customer.objects.filter(pk=case.customers[2].pk).update(email="nuevo@buyer.example")
    operations.send_again(outgoing_id=row.pk, by=BOSS, at=SENT)
    assert send(SENT + timedelta(minutes=1)) == 1
    assert "nuevo@buyer.example" in letters(smtp)
    work.refresh_from_db()
    assert work.state != "open"
    assert Notice.objects.get(customer=case.customers[2]).told_how == "email"


def test_staff_see_on_the_letters_of_a_plan_how_far_each_e_mail_has_come(case: Scarce, smtp: Any) -> None:
    post_office(smtp)
    Customer.objects.filter(pk=case.customers[2].pk).update(email="")
    run = publish(case)
    send()
    client = Client()
    client.force_login(User.objects.create(username="ana", role="manager", language="en"))
    html = client.get(f"/shortages/plans/{run.plan.number}/letters").content.decode()
    row = OutgoingDocument.objects.get(customer=case.customers[2], kind="plan_notice")
    assert (
        f'<a class="link" href="/intake/outgoing/{row.pk}">Could not be sent</a> · The customer has no e-mail' in html
    )
    assert html.count(">Sent</a>") == 3
    page = client.get(f"/intake/outgoing/{row.pk}").content.decode()
    assert f'href="/customers/{case.customers[2].number}"' in page
    assert "notice of sharing" in page.lower()
    listed = client.get("/intake/outgoing?kind=plan_notice").content.decode()
    assert all(customer.name in listed for customer in case.customers)


def test_a_letter_that_comes_back_calls_a_person_by_the_customers_name(case: Scarce, smtp: Any) -> None:
    post_office(smtp)
    publish(case)
    send()
    row = rows()[0]
    assert tell_bounce(message_id=row.message_id, reason="550 no such user", by=BOSS, at=SENT)
    row.refresh_from_db()
    assert (row.state, row.last_error["code"]) == ("failed", "mail_bounced")
    assert WorkItem.objects.get(kind="outgoing_failed").title["params"]["partner"] == case.customers[0].name


def test_a_letter_that_came_back_told_nothing_unless_they_answered(case: Scarce, smtp: Any) -> None:
    post_office(smtp)
    publish(case)
    send()
    first, second = (Notice.objects.get(customer=one) for one in case.customers[:2])
    allocation.answer_notice(notice_id=second.pk, answers={}, by=BOSS, at=SENT)
    for row in rows()[:2]:
        assert tell_bounce(message_id=row.message_id, reason="550 no such user", by=BOSS, at=SENT)
    told = {one.customer_id: (one.told_at, one.told_how) for one in Notice.objects.all()}
    assert told[first.customer_id] == (None, "")
    assert told[second.customer_id] == (SENT, "email")


def test_who_answers_counts_as_told_even_before_the_letter_left(case: Scarce) -> None:
    publish(case)
    notice = Notice.objects.get(customer=case.customers[0])
    allocation.answer_notice(notice_id=notice.pk, answers={}, by=BOSS, at=SENT)
    notice.refresh_from_db()
    assert (notice.told_at, notice.told_how) == (SENT, "phone")
