"""The cycle from the command line: the contract's shapes and exit codes."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import click
import pytest
from click.testing import CliRunner

from promesa.cli.cycle import LineSaid, deliver, despatch, invoice, pay
from promesa.cli.main import promesa
from promesa.core.models import Parameter
from promesa.customers.models import CreditStanding
from promesa.fulfilment.tests import ground
from promesa.orders.models import Order, OrderLine
from promesa.orders.operations.sums import resum

pytestmark = pytest.mark.django_db
AT = ["--at", "2026-03-02T09:00+00:00"]


def run(command, *words, code=0):
    done = CliRunner().invoke(command, [*words, *AT])
    assert done.exit_code == code, done.output + done.stderr + str(done.exception)
    return done


def answer(command, *words):
    return json.loads(run(command, *words, "--json").stdout)


@pytest.fixture
def order(at):
    oil, tuna = ground.item(name="Aceite"), ground.item(name="Atún")
    return ground.order(at, (oil, 40, [(ground.stock(oil, 100), 40)]), (tuna, 10, [(ground.stock(tuna, 10), 10)]))


@pytest.mark.wired
def test_an_order_goes_from_despatch_to_cash(order):
    left = answer(despatch, order.number, "--line", "1=30", "--line", "2=10")
    assert (left["order"], left["number"][:7]) == (order.number, "A-2026-")
    assert left["lines"][0] == {
        "line_number": 1, "quantity": "30", "lots": [{"lot": "L1", "expires_on": None, "quantity": "30"}],
    }  # fmt: skip
    arrived = answer(deliver, order.number, "--line", "2=3:refused:damage", "--signed-by", "Ana")
    assert [(row["line_number"], row["outcome"], row["quantity"], row["reason"]) for row in arrived["lines"]] == [
        (1, "accepted", "30", ""), (2, "refused", "3", "damage"), (2, "accepted", "7", ""),
    ]  # fmt: skip
    bill = answer(invoice, order.number)
    assert bill["totals"] == {"lines": "74.00", "tax": "7.40", "payable": "81.40"}
    assert [(row["line_number"], row["quantity"], row["despatch"]) for row in bill["lines"]] == [
        (1, "30", left["number"]), (2, "7", left["number"]),
    ]  # fmt: skip
    answer(despatch, order.number)
    answer(deliver, order.number)
    assert answer(invoice, order.number)["totals"]["payable"] == "22.00"
    paid = answer(pay, order.customer.number, "103.40")
    assert ([row["amount"] for row in paid["invoices"]], paid["unapplied_amount"]) == (["81.40", "22.00"], "0.00")
    assert Order.objects.get().state == "closed"
    assert set(
        CreditStanding.objects.values_list("receivable", "delivered_not_invoiced", "released_not_delivered")
    ) == {(0, 0, 0)}


@pytest.mark.wired
def test_a_company_that_invoices_by_hand_does_so(order, at):
    Parameter.objects.create(code="billing.automatic", value=False, valid_from=at.date(), changed_by="user:1")
    run(despatch, order.number)
    run(deliver, order.number)
    assert not OrderLine.objects.filter(invoiced__gt=0).exists()
    assert answer(invoice, order.number, "--line", "1=1")["totals"]["payable"] == "2.20"


def test_an_accepted_quantity_leaves_the_rest_short(order):
    run(despatch, order.number)
    told = answer(deliver, order.number, "--line", "1=35")
    assert [(row["line_number"], row["outcome"], row["quantity"]) for row in told["lines"]] == [
        (1, "accepted", "35"), (1, "short", "5"), (2, "accepted", "10"),
    ]  # fmt: skip


def test_a_refusal_is_a_sentence_and_exit_1(order):
    done = run(despatch, order.number, "--line", "1=41", code=1)
    assert (done.stdout, "Línea 1, Aceite: se piden 41" in done.stderr) == ("", True)
    assert "P-0" in run(deliver, "P-0", code=1).stderr
    assert order.number in run(deliver, order.number, "--lang", "en", code=1).stderr
    assert "no existe" in run(pay, "nobody", "1", code=1).stderr.lower()
    assert run(invoice, order.number, code=1).stdout == ""


@pytest.mark.parametrize("words", [["--line", "x"], ["--line", "1=a"], ["--line", "1=2:refused:damage"], []])
def test_wrong_use_is_exit_2(order, words):
    run(despatch, *([order.number] if words else []), *words, code=2)


def test_people_read_a_table(order):
    said = run(despatch, order.number).stdout
    assert "con 2 líneas" in said
    assert "Lote" in said
    assert "Faltaba" in run(deliver, order.number, "--line", "1=39", "--signed-by", "Ana").stdout
    assert "Se emitió la factura F2026-000001" in run(invoice, order.number).stdout
    assert "sin aplicar" in run(pay, order.customer.number, "5").stdout
    assert Decimal(5) == OrderLine.objects.get(line_number=1).brought_back + 4


def test_tables_speak_the_readers_language(order):
    said = CliRunner().invoke(promesa, ["orders", "list", "--lang", "es"]).stdout.splitlines()
    assert said[0].split()[:2] == ["Número", "Cliente"]
    assert "Confirmado" in said[2]
    assert "Confirmed" in CliRunner().invoke(promesa, ["orders", "list", "--lang", "en"]).stdout
    shown = CliRunner().invoke(promesa, ["orders", "show", order.number, "--lang", "es"]).stdout.splitlines()
    assert shown[1].split()[0] == "Línea"
    left = run(despatch, order.number, "--line", "1=2.5", "--lang", "es").stdout
    assert "2,5" in left
    assert "2.5" not in left


def test_the_lines_of_an_order_shown_add_up_to_its_header_when_some_of_it_was_cancelled(order):
    whole = Decimal(OrderLine.objects.get(order=order, line_number=1).net_amount)
    OrderLine.objects.filter(order=order, line_number=1).update(cancelled_by_us=Decimal(10))
    resum(order)
    shown = CliRunner().invoke(promesa, ["orders", "show", order.number, "--lang", "en"]).stdout.splitlines()
    assert "Cancelled" in shown[1].split()
    nets = [Decimal(row.split("€")[-1] if row.split("€")[-1].strip() else row.split()[-2]) for row in shown[3:5]]
    assert (nets[0] < whole, sum(nets)) == (True, Order.objects.get(pk=order.pk).net_amount)
    told = json.loads(CliRunner().invoke(promesa, ["orders", "show", order.number, "--json"]).stdout)
    assert sum(Decimal(line["net_amount"]) for line in told["lines"]) == Decimal(told["net_amount"])


def test_the_list_says_the_day_of_the_company_not_of_utc(order):
    Order.objects.update(ordered_at="2026-03-01T23:30:00+00:00")
    line = CliRunner().invoke(promesa, ["orders", "list", "--lang", "es"]).stdout.splitlines()[2]
    assert "02/03/2026" in line


def test_what_did_not_leave_cannot_arrive_nor_be_invoiced_and_each_says_why(order):
    assert run(deliver, order.number, "--lang", "es", code=1).stderr.startswith(
        f"No hay nada en camino de {order.number}."
    )
    assert "nada se ha entregado" in run(invoice, order.number, "--lang", "es", code=1).stderr


def test_a_closed_order_says_that_it_is_closed(order):
    Order.objects.update(state="closed")
    assert "está cerrado" in run(despatch, order.number, "--lang", "es", code=1).stderr
    assert "is closed" in run(despatch, order.number, "--lang", "en", code=1).stderr


@pytest.mark.wired
def test_an_order_whose_goods_cost_nothing_closes_when_it_has_arrived(at):
    oil = ground.item()
    order = ground.order(at, (oil, 10, [(ground.stock(oil, 10), 10)]))
    OrderLine.objects.update(unit_price=0, net_amount=0)
    run(despatch, order.number)
    run(deliver, order.number)
    assert Order.objects.get().state == "closed"


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("es", "aún no ha llegado: registre solo lo que ya ocurrió."),
        ("en", "has not come yet: record only what has happened."),
    ],
)
def test_what_has_not_happened_yet_is_not_recorded(order, lang, said):
    far = ["--at", "2199-01-01", "--lang", lang]
    for command, words in (
        (despatch, [order.number]),
        (deliver, [order.number]),
        (invoice, [order.number]),
        (pay, ["C-1", "5"]),
    ):
        done = CliRunner().invoke(command, [*words, *far])
        assert (done.exit_code, done.stdout, said in done.stderr) == (1, "", True)
    soon = (datetime.now(UTC) + timedelta(minutes=2)).isoformat()
    assert CliRunner().invoke(despatch, [order.number, "--at", soon]).exit_code == 0


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("es", "El importe 1.005 tiene demasiados decimales: EUR lleva 2."),
        ("en", "The amount 1.005 has too many decimals: EUR has 2."),
    ],
)
def test_an_amount_finer_than_its_currency_is_refused_saying_how_many_decimals_it_has(order, lang, said):
    number = Order.objects.values_list("customer__number", flat=True).get()
    done = run(pay, number, "1.005", "--lang", lang, code=1)
    assert said in done.stderr


@pytest.mark.parametrize("text", ["²=5", "1²=5"])
def test_a_line_named_by_raised_figures_is_told_as_wrong_use(text: str) -> None:
    with pytest.raises(click.BadParameter, match="is not a line"):
        LineSaid().convert(text, None, None)
