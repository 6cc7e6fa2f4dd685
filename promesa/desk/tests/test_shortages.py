"""What runs short, plans, their editor, signatures, publishing, and why."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from promesa.access.models import User
from promesa.allocation import operations
from promesa.allocation.models import Notice, Plan, Run
from promesa.allocation.queries.comparing import compare
from promesa.allocation.tests.scarce import Scarce, plan_of, scarce, signed
from promesa.core.actors import Actor
from promesa.desk.tests.conftest import SignedIn
from promesa.desk.tests.ground import D, text_of
from promesa.inventory.models import Receipt
from promesa.orders.models import Order, OrderLine
from promesa.orders.operations import capture_order
from promesa.orders.tests.world import AT, CLERK, another_customer, expect, make_item, make_world

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("wired")]
BOSS = Actor("command")


@pytest.fixture
def case() -> Scarce:
    return scarce()


def statements(client: Client, address: str) -> int:
    """How many statements a page takes when it is asked for the second time."""
    assert client.get(address).status_code == 200
    with CaptureQueriesContext(connection) as told:
        client.get(address)
    return len(told)


# --- The board -----------------------------------------------------------------------------------------------------------


def test_the_board_says_how_much_is_missing_of_how_many_items_and_what_it_is_worth(
    signed_in: SignedIn, case: Scarce
) -> None:
    page = text_of(signed_in().get("/shortages").content)
    assert "40 units of one item are missing" in page
    assert "3 orders of 3 customers and €400.00 of sales are at stake." in page
    assert "71.4% of what is asked of them can be served." in page
    spanish = text_of(signed_in(language="es").get("/shortages").content)
    assert "Faltan 40 unidades de un artículo" in spanish


def test_what_waits_for_another_line_of_its_order_is_told_from_what_has_no_goods(signed_in: SignedIn) -> None:
    """In one delivery the whole order waits: of the first item 10 are missing, and 20 lie there."""
    world = make_world(items=2, stock=20, one_delivery=True)
    capture_order(draft=world.draft(10, 50), by=CLERK, at=AT)
    page = text_of(signed_in().get("/shortages").content)
    assert page.count("10 goods for 10") == 1
    assert page.count("goods for 20") == 1  # of the second item 30 have none
    assert "hay para 10" in text_of(signed_in(language="es").get(f"/shortages/items/{world.items[0].sku}").content)


def test_a_receipt_that_would_come_short_or_late_is_reckoned_without_being_touched(signed_in: SignedIn) -> None:
    world = make_world(stock=100)
    receipt = expect(world, 40)
    capture_order(draft=world.draft(130), by=CLERK, at=AT)
    client = signed_in()
    assert "Nothing is missing" in text_of(client.get("/shortages").content)
    light = text_of(client.get("/shortages?receipt=R-1&less=50", headers={"HX-Request": "true"}).content)
    assert "10 units of one item are missing" in light
    assert "Shortages" not in light
    late = text_of(client.get("/shortages?receipt=*&late=21&days=7&view=all").content)
    assert "Nothing is missing" in late  # it was to come months ago
    Receipt.objects.filter(pk=receipt.pk).update(expected_at=timezone.now())
    late = text_of(client.get("/shortages?receipt=*&late=21&days=7").content)
    assert "30 units of one item are missing" in late
    again = Receipt.objects.get()
    assert (again.quantity, again.claimed) == (D(40), D(30))


def test_a_guaranteed_minimum_in_force_is_protected_until_it_is_used(signed_in: SignedIn) -> None:
    case = scarce(asked=(60, 20), stock=100)
    floor = {"group": {"segment": "build"}, "item": case.world.items[0].sku, "quantity": "15"}
    plan = plan_of(case, floors=[floor])
    operations.publish_run(
        run_id=operations.simulate(plan_id=signed(plan).pk, by=BOSS, at=AT).pk, by=BOSS, at=AT
    )  # fmt: skip
    Plan.objects.update(valid_to=timezone.localdate())
    connection.cursor().execute("UPDATE allocation_protection SET valid_to = CURRENT_DATE + 30")
    rows = signed_in().get("/shortages?view=all").content.decode()
    assert re.search(r'data-label="Protected">15<', rows)


def test_the_board_takes_the_same_statements_for_few_items_and_for_many(signed_in: SignedIn) -> None:
    world = make_world(stock=10, items=2)
    capture_order(draft=world.draft(20, 20), by=CLERK, at=AT)
    client = signed_in()
    few = statements(client, "/shortages")
    world.items += [make_item(n, world.prices, world.warehouse, 10) for n in range(3, 15)]
    capture_order(draft=world.draft(*[20] * 14), by=CLERK, at=AT)
    page = client.get("/shortages").content
    assert page.count(b'name="item"') == 14
    assert statements(client, "/shortages") == few <= 10


def test_the_board_is_taken_away_as_a_file(signed_in: SignedIn, case: Scarce) -> None:
    answer = signed_in(language="es").get("/shortages/export.csv")
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert lines[0].startswith("Nuestro código (SKU);")
    assert lines[1].split(";")[0] == case.world.items[0].sku
    assert lines[1].split(";")[10] == "40"
    assert signed_in().get("/shortages/export.xlsx").content[:2] == b"PK"


def test_an_item_says_who_goes_short_today(signed_in: SignedIn, case: Scarce) -> None:
    page = text_of(signed_in().get(f"/shortages/items/{case.world.items[0].sku}").content)
    assert "There are 100 for 140 asked. 40 are missing : 3 customers, €400.00." in page
    assert "3 of 4 lines go short today" in page


# --- Plans ---------------------------------------------------------------------------------------------------------------


def test_a_plan_is_opened_with_the_items_that_were_chosen(signed_in: SignedIn, case: Scarce) -> None:
    client, sku = signed_in(), case.world.items[0].sku
    assert sku in client.get(f"/shortages/plans/new?item={sku}").content.decode()
    said = {
        "name": "Aceite", "items": f"{sku}, nothing", "horizon_to": "2026-12-20", "valid_to": "2027-01-10", "warehouse": "DH",
    }  # fmt: skip
    refused = client.post("/shortages/plans/new", said)
    assert refused.status_code == 422
    assert "There is no item: nothing." in text_of(refused.content)
    assert not Plan.objects.exists()
    made = client.post("/shortages/plans/new", {**said, "items": sku})
    plan = Plan.objects.get()
    assert made["Location"] == f"/shortages/plans/{plan.number}/scenarios/A"
    assert plan.scenarios.get().content["items"] == [sku]


@pytest.mark.parametrize("more", [0, 9])
def test_a_plan_takes_the_same_statements_for_few_lines_and_for_many(
    signed_in: SignedIn, case: Scarce, more: int
) -> None:
    for n in range(more):
        customer = another_customer(case.world, 20 + n)
        capture_order(draft=case.world.draft(10, customer_id=customer.pk, po_number=f"X-{n}"), by=CLERK, at=AT)
    plan = plan_of(case)
    operations.simulate(plan_id=plan.pk, by=BOSS, at=AT)
    client = signed_in()
    page = client.get(f"/shortages/plans/{plan.number}").content.decode()
    assert page.count(f"/shortages/plans/{plan.number}/runs/1/lines/") == 4 + more
    assert statements(client, f"/shortages/plans/{plan.number}") <= 21


def typed(page: bytes) -> dict[str, str]:
    """What stands in the editor's fields."""
    html = page.decode()
    form = html[html.index('class="split scenario"') :]
    found = dict(re.findall(r'<input class="input[^"]*" id="[^"]+" name="([^"]+)"[^>]* value="([^"]*)"', form))
    found |= dict(re.findall(r'<input type="hidden" name="((?!csrf|segment)[^"]+)" value="([^"]*)"', form))
    found |= dict(re.findall(r'<textarea id="[^"]+" name="([^"]+)"[^>]*>([^<]*)</textarea>', form))
    for name, options in re.findall(r'<select id="[^"]+" name="([^"]+)"[^>]*>(.*?)</select>', form):
        chosen = re.search(r'value="([^"]*)" selected', options)
        found[name] = chosen[1] if chosen else re.search(r'value="([^"]*)"', options)[1]  # type: ignore[index]
    return found


def test_a_scenario_goes_through_its_editor_and_comes_out_as_it_was(signed_in: SignedIn, case: Scarce) -> None:
    number, sku = case.customers[0].number, case.world.items[0].sku
    plan = plan_of(
        case, rule="weighted_max_min", frozen_days=2, late_days=5,
        treatments=[
            {"group": {"region": "Sur", "channel": "edi"}, "strategy": "donor"}, {"group": {"segment": "build"}, "weight": "2.5"},
        ],
        exceptions=[{"group": {"customer": number}, "strategy": "guarantee", "reason": "Contrato"}],
        floors=[{"group": {"segment": "build"}, "item": sku, "quantity": "1250.5", "rank": 2, "decay": "linear"}],
        ceilings=[{"group": {}, "item": sku, "quantity": "80", "valid_from": "2026-03-05", "valid_to": "2026-03-08"}],
        penalties=[{"group": {}, "percent": "2"}], quotas=[{"customer": number, "item": sku, "quantity": "40"}],
        stocks=[{"customer": number, "item": sku, "stock": "5", "daily_demand": "1.5"}], retain={sku: "3"},
    )  # fmt: skip
    before = plan.scenarios.get()
    for language in ("es", "en"):
        client = signed_in(language=language)
        address = f"/shortages/plans/{plan.number}/scenarios/A"
        fields = typed(client.get(address).content)
        answer = client.post(address, fields)
        assert answer.status_code == 302
        after = plan.scenarios.get()
        assert (after.hash, after.content) == (before.hash, before.content)


def test_all_faults_of_a_scenario_are_told_at_once_beside_their_fields_and_nothing_typed_is_lost(
    signed_in: SignedIn, case: Scarce
) -> None:
    plan = plan_of(case)
    client, address = signed_in(), f"/shortages/plans/{plan.number}/scenarios/A"
    wrong = {
        **typed(client.get(address).content), "horizon_to": "soon", "items": "none-such", "segment-build-weight": "heavy",
        "floors-0-trait": "customer", "floors-0-value": "C-9999", "floors-0-quantity": "many",
    }  # fmt: skip
    answer = client.post(address, wrong)
    html = answer.content.decode()
    assert answer.status_code == 422
    assert "5 things to correct" in html
    for field in ("horizon_to", "segment-build-weight", "floors-0-quantity"):
        assert re.search(rf'id="{field}"[^>]* aria-invalid="true"', html), field
    for said in ("soon", "none-such", "heavy", "C-9999", "many"):
        assert said in html
    assert plan.scenarios.get().content["items"] == [case.world.items[0].sku]


def test_what_somebody_else_changed_meanwhile_is_shown_and_what_was_typed_stays(
    signed_in: SignedIn, case: Scarce
) -> None:
    plan = plan_of(case)
    client, address = signed_in(), f"/shortages/plans/{plan.number}/scenarios/A"
    fields = typed(client.get(address).content)
    content = {**plan.scenarios.get().content, "rule": "max_min"}
    operations.save_scenario(plan_id=plan.pk, letter="A", content=content, by=BOSS, at=AT)
    answer = client.post(address, {**fields, "name": "Mine"})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "It shares in equal parts" in page
    assert 'value="Mine"' in page
    assert plan.scenarios.get().content["rule"] == "max_min"


def test_weighing_writes_nothing(signed_in: SignedIn, case: Scarce) -> None:
    plan = plan_of(case)
    client = signed_in()
    fields = typed(client.get(f"/shortages/plans/{plan.number}/scenarios/A").content)
    answer = client.post(f"/shortages/plans/{plan.number}/weigh", {**fields, "rule": "priority"})
    assert "100 for 140 asked" in text_of(answer.content)
    assert "Nothing is written." in text_of(answer.content)
    assert plan.scenarios.get().content["rule"] == "proportional"
    assert not Run.objects.exists()


def test_weighing_counts_complete_orders_as_the_run_does_those_that_are_left_alone_too(
    signed_in: SignedIn, case: Scarce
) -> None:
    plan = plan_of(case, strategy="untouched")
    run = operations.simulate(plan_id=plan.pk, by=BOSS, at=AT)
    complete = compare(first=run.pk).first_figures.complete_orders
    assert complete > 0
    client = signed_in()
    fields = typed(client.get(f"/shortages/plans/{plan.number}/scenarios/A").content)
    answer = client.post(f"/shortages/plans/{plan.number}/weigh", fields)
    assert f"{complete} complete order" in text_of(answer.content)


# --- Signing and publishing ----------------------------------------------------------------------------------------------


@pytest.fixture
def proposed(case: Scarce) -> Plan:
    plan = plan_of(case)
    operations.simulate(plan_id=plan.pk, by=BOSS, at=AT)
    return operations.propose_plan(plan_id=plan.pk, letter="A", by=BOSS, at=AT)


def sign(client: Client, plan: Plan, side: str, *, read: str = "1") -> int:
    chosen = plan.scenario
    assert chosen is not None
    said = {"side": side, "hash": chosen.hash, "read": read}
    return client.post(f"/shortages/plans/{plan.number}/sign", said).status_code


def test_each_side_signs_with_its_own_right_what_it_has_read(signed_in: SignedIn, proposed: Plan) -> None:
    service, sales = signed_in(), signed_in("sales")
    assert sign(service, proposed, "sales") == 403
    assert sign(service, proposed, "customer_service", read="") == 422
    assert sign(service, proposed, "customer_service") == 302
    assert sign(sales, proposed, "sales") == 302
    proposed.refresh_from_db()
    assert proposed.state == "signed"
    assert [one.user.role for one in proposed.signatures.order_by("id")] == ["customer_service", "sales"]


def test_one_person_with_both_rights_cannot_sign_for_both_sides(signed_in: SignedIn, proposed: Plan) -> None:
    boss = signed_in("manager")
    assert sign(boss, proposed, "sales") == 302
    assert sign(boss, proposed, "customer_service") == 409
    assert "Another person signs for the other side." in text_of(
        boss.get(f"/shortages/plans/{proposed.number}/sign").content
    )
    proposed.refresh_from_db()
    assert proposed.state == "proposed"


def test_publishing_says_what_it_will_do_and_does_that(signed_in: SignedIn, case: Scarce, proposed: Plan) -> None:
    signed_plan = _signed(proposed)
    client, address = signed_in(), f"/shortages/plans/{signed_plan.number}/publish"
    page = text_of(client.get(address).content)
    assert "2 customers are told, each once" in page
    assert "1 promise falls" in page
    assert client.post(address, {"run": "1"}).status_code == 302
    assert Notice.objects.count() == 2
    assert "in force" in text_of(client.get(f"/shortages/plans/{signed_plan.number}").content)


def test_what_a_customer_answers_is_written_down_once_and_changes_the_line(
    signed_in: SignedIn, case: Scarce, proposed: Plan
) -> None:
    plan = _signed(proposed)
    operations.publish_run(run_id=Run.objects.get().pk, by=BOSS, at=timezone.now())
    client, notice = signed_in(), Notice.objects.get(customer=case.customers[1])
    letters = f"/shortages/plans/{plan.number}/letters"
    page = client.get(letters).content.decode()
    assert "Write down what they answer" in page
    said = {f"line-{case.line(1).pk}": "accept_partial"}
    assert client.post(f"{letters}/{notice.pk}", said)["Location"] == letters
    line = case.line(1)
    assert (line.ordered_quantity - line.cancelled_by_customer, line.cancelled_by_us) == (D(45), D(0))
    again = client.post(f"{letters}/{notice.pk}", {f"line-{line.pk}": "cancel"}, follow=True)
    assert "The customer answered this notice already" in text_of(again.content)
    assert case.line(1).cancelled_by_customer == D(5)
    assert signed_in("finance").post(f"{letters}/{notice.pk}", said).status_code == 403


def test_what_changed_since_is_refused_and_shown_and_can_be_worked_out_again(
    signed_in: SignedIn, case: Scarce, proposed: Plan
) -> None:
    signed_plan = _signed(proposed)
    OrderLine.objects.filter(pk=case.line(1).pk).update(ordered_quantity=D(52))
    client, address = signed_in(), f"/shortages/plans/{signed_plan.number}/publish"
    assert "1 thing changed since it was worked out" in text_of(client.get(address).content)
    answer = client.post(address, {"run": "1"})
    assert answer.status_code == 409
    order = Order.objects.get(pk=case.orders[1]).number
    assert f"{order}, line 1: 50 were open, now 52." in text_of(answer.content)
    assert not Notice.objects.exists()
    again = client.post(f"/shortages/plans/{signed_plan.number}/run/A", {"next": "publish"})
    assert again["Location"] == address
    assert client.post(address, {"run": "2"}).status_code == 302
    assert Run.objects.get(number=2).state == "published"


def _signed(plan: Plan) -> Plan:
    for side, role in (("sales", "sales"), ("customer_service", "customer_service")):
        client = Client()
        client.force_login(User.objects.create(username=f"{side}-signs", role=role, language="en"))
        assert sign(client, plan, side) == 302
    plan.refresh_from_db()
    return plan


# --- Why -----------------------------------------------------------------------------------------------------------------


def test_every_line_says_why_on_the_plan_and_on_the_order(signed_in: SignedIn, case: Scarce, proposed: Plan) -> None:
    client, line = signed_in(), case.line(0)
    page = text_of(client.get(f"/shortages/plans/{proposed.number}/runs/1/lines/{line.pk}").content)
    assert "There are 100 for 140 asked." in page
    assert "Worked out again from what the run kept: the same." in page
    number = Order.objects.get(pk=case.orders[0]).number
    assert "By the plan" not in text_of(client.get(f"/orders/{number}/why").content)
    _signed(proposed)
    operations.publish_run(run_id=Run.objects.get().pk, by=BOSS, at=AT)
    assert "By the plan “Aceite antes de Navidad”" in text_of(client.get(f"/orders/{number}/why").content)
    assert statements(client, f"/orders/{number}/why") <= 6


def test_customers_read_why_of_their_own_lines_and_nothing_of_others(case: Scarce, proposed: Plan) -> None:
    _signed(proposed)
    operations.publish_run(run_id=Run.objects.get().pk, by=BOSS, at=AT)
    client = Client()
    client.force_login(
        User.objects.create(username="rosa", role="customer", customer=case.customers[1].pk, language="en")
    )
    mine, theirs = (Order.objects.get(pk=case.orders[at]).number for at in (1, 0))
    page = text_of(client.get(f"/portal/orders/{mine}/why").content)
    assert "There are 100 for 140 asked." not in page
    assert "shared by rules that are the same for all" in page
    assert "In whole units, 45." in page
    assert client.get(f"/portal/orders/{theirs}/why").status_code == 404
