"""Today: whose work is shown, when it is due, what becomes of it."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from promesa.core.actors import Actor
from promesa.core.models import Event, EventDelivery
from promesa.desk.tests.conftest import SignedIn
from promesa.desk.tests.ground import capture, text_of
from promesa.orders.models import Order
from promesa.orders.tests.world import World, make_world
from promesa.work.models import WorkItem
from promesa.work.operations import open_items
from promesa.work.rules import WorkDraft

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("wired")]
BY = Actor("demo")


@pytest.fixture
def world() -> World:
    return make_world(stock=100)


def to_do(
    order: Order, kind: str = "replace", role: str = "customer_service", due: timedelta = timedelta(days=2)
) -> int:
    now: datetime = timezone.now()
    draft = WorkDraft(
        kind=kind, subject=f"order:{order.pk}", key=f"{kind}:{order.pk}:{WorkItem.objects.count()}", role=role,
        code="work_replace", params={"order": order.number, "customer": "Ribera", "quantity": "3"}, due_at=now + due,
    )  # fmt: skip
    return open_items(items=[draft], by=BY, at=now)[0]


def test_work_of_my_role_stands_under_when_it_is_due(signed_in: SignedIn, world: World) -> None:
    order = capture(world)
    to_do(order, due=timedelta(hours=-2))
    to_do(order, due=timedelta(days=3))
    to_do(order, role="finance", due=timedelta(hours=-2))
    answer = signed_in().get("/").content
    page = text_of(answer)
    assert "1 decision is due today" in page
    assert "1 is overdue." in page
    assert answer.count(b'class="what"') == 2
    assert page.index("Overdue 1") < page.index("Later 1")


def test_a_piece_of_work_that_was_taken_is_mine_and_leaves_the_others(signed_in: SignedIn, world: World) -> None:
    item = to_do(capture(world))
    mine = signed_in()
    assert mine.post(f"/work/{item}", {"action": "take"}).status_code == 302
    assert WorkItem.objects.get(pk=item).owner.username == "customer_service-en"
    assert "yours" in text_of(mine.get("/").content)
    other = signed_in(language="es")
    assert "Nada le espera" in text_of(other.get("/").content)


def test_work_that_is_done_leaves_the_list(signed_in: SignedIn, world: World) -> None:
    item = to_do(capture(world))
    client = signed_in()
    assert client.post(f"/work/{item}", {"action": "done"}).status_code == 302
    assert WorkItem.objects.get(pk=item).state == "done"
    assert "Nothing waits for you" in text_of(client.get("/").content)


def test_those_who_lead_see_the_work_of_everybody(signed_in: SignedIn, world: World) -> None:
    order = capture(world)
    to_do(order)
    to_do(order, role="finance")
    assert signed_in("manager").get("/").content.count(b'class="what"') == 2
    only = signed_in("manager", language="es").get("/?role=finance").content
    assert only.count(b'class="what"') == 1


def test_the_day_takes_the_same_statements_for_one_piece_of_work_and_for_nine(
    signed_in: SignedIn, world: World
) -> None:
    client, told = signed_in(), []
    for pieces in (1, 8):
        for _ in range(pieces):
            to_do(capture(world))
        client.get("/")
        with CaptureQueriesContext(connection) as found:
            client.get("/")
        told.append(len(found))
    assert told[0] == told[1]


def test_an_order_promised_for_today_stands_in_its_hour(signed_in: SignedIn, world: World) -> None:
    order = capture(world)
    end = timezone.localtime(timezone=ZoneInfo("Europe/Madrid")).replace(hour=11, minute=0, second=0, microsecond=0)
    Order.objects.filter(pk=order.pk).update(promised_to=end, first_promised_to=end)
    page = text_of(signed_in().get("/").content)
    assert "1 delivery was promised for today" in page


def test_administrators_alone_are_told_of_events_that_nobody_could_digest(signed_in: SignedIn, world: World) -> None:
    capture(world)
    event = Event.objects.order_by("pk").first()
    EventDelivery.objects.create(
        event=event,
        listener="x.y",
        subject_kind="order",
        subject_id=1,
        state="dead",
        attempts=12,
        last_error="it broke",
    )
    assert "1 event could not be delivered" in text_of(signed_in("administrator").get("/").content)
    assert "could not be delivered" not in text_of(signed_in().get("/").content)
    assert "it broke" in text_of(signed_in("administrator", language="es").get("/intake/undelivered").content)
    assert signed_in("manager").get("/intake/undelivered").status_code == 403


def test_much_work_of_one_kind_shows_its_first_few_and_leads_to_all_of_it(signed_in: SignedIn, world: World) -> None:
    order = capture(world)
    mine = [to_do(order, due=timedelta(days=n - 9)) for n in range(5)][-1]
    to_do(order, kind="reminder", due=timedelta(days=-1))
    client = signed_in()
    client.post(f"/work/{mine}", {"action": "take"})
    answer = client.get("/").content
    page = text_of(answer)
    assert answer.count(b'class="what"') == 4
    assert "Overdue 6" in page
    assert "Replace for the customer: and 2 more See all 5" in page
    # my own stands before those that are due sooner
    assert page.index("yours") < page.index("take it")
    all_of_it = client.get("/?kind=replace").content
    assert all_of_it.count(b'class="what"') == 5
    assert "and 2 more" not in text_of(all_of_it)
    assert client.get("/?kind=nonsense").content.count(b'class="what"') == 4
