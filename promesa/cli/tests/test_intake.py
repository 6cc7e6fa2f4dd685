"""What programs rely on of `take-in` and `load`: lines of JSON, and exit codes."""

import hashlib
import json

import pytest
from click.testing import CliRunner

from promesa.cli.main import promesa
from promesa.orders.models import Order

pytestmark = [pytest.mark.django_db, pytest.mark.wired]

FILES = {
    "almacenes.csv": "almacén;nombre\nDH;Dos Hermanas\n",
    "impuestos.csv": "impuesto;país;tipo\ngeneral;ES;10\n",
    "clientes.csv": "código;nombre\nC-1;Uno, S.L.\n",
    "destinos.csv": "cliente;destino;nombre\nC-1;1;Nave\n",
    "articulos.csv": "sku;nombre;precio\nA1;Aceite;10,00\n",
}
ORDER = "pedido;cliente;referencia;cantidad;fecha entrega\nPO-1;C-1;A1;3;2026-03-10\n"


@pytest.fixture
def folder(tmp_path, settings):
    settings.HOME = tmp_path / "home"
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "stock.csv").write_text("sku;cantidad\nA1;100\n", encoding="utf-8")
    (tmp_path / "orders.csv").write_text(ORDER, encoding="utf-8")
    return tmp_path


def run(*words, given=None):
    answer = CliRunner().invoke(promesa, [str(word) for word in words], input=given)
    assert answer.exception is None or isinstance(answer.exception, SystemExit), answer.exception
    return answer


def lines(answer):
    return [json.loads(line) for line in answer.stdout.splitlines()]


def masters(folder):
    return run("load", "masters", *(folder / name for name in FILES), "--json")


def test_masters_stock_and_an_order_go_all_the_way_on_the_command_line(folder):
    loaded = masters(folder)
    assert loaded.exit_code == 0, loaded.stdout
    assert [(one["file"], one["rows"], one["created"], one["changed"], one["rejected"]) for one in lines(loaded)] == [
        (name, 1, 1, 0, []) for name in FILES
    ]
    stock = run("load", "stock", folder / "stock.csv", "--json")
    assert (stock.exit_code, lines(stock)[0]["created"]) == (0, 1)
    taken = run("take-in", folder / "orders.csv", "--at", "2026-03-02", "--json")
    assert taken.exit_code == 0
    (line,) = lines(taken)
    order = Order.objects.get()
    assert (order.state, order.number) == ("confirmed", line["orders"][0])
    assert line == {
        "file": str(folder / "orders.csv"), "sha256": hashlib.sha256(ORDER.encode()).hexdigest(), "document": line["document"],
        "number": "PO-1", "outcome": "orders", "reason": None, "orders": [order.number], "findings": [], "duplicate_of": None,
    }  # fmt: skip


def test_a_repeated_file_names_the_first_document_and_exits_1(folder):
    masters(folder)
    first = lines(run("take-in", folder / "orders.csv", "--at", "2026-03-02", "--json"))[0]
    again = run("take-in", folder / "orders.csv", "--at", "2026-03-02", "--json")
    assert again.exit_code == 1
    assert (lines(again)[0]["outcome"], lines(again)[0]["duplicate_of"]) == ("duplicate", first["document"])


def test_findings_have_the_shape_of_the_contract(folder):
    answer = run("take-in", folder / "orders.csv", "--at", "2026-03-02", "--json")
    assert answer.exit_code == 1
    (line,) = lines(answer)
    (finding,) = [one for one in line["findings"] if one["severity"] == "blocking"]
    assert set(finding) == {"code", "aspect", "line", "field", "received", "right", "severity", "sentence"}
    assert (finding["code"], finding["received"], finding["field"]) == ("unknown_buyer", "C-1", "buyer")
    assert finding["sentence"]["en"].startswith("It is not known who buys")


def test_bad_rows_are_listed_with_row_field_and_received_and_exit_1(folder):
    (folder / "clientes.csv").write_text("código;nombre;plazo\nC-1;Uno;30\nC-2;;x\n", encoding="utf-8")
    answer = run("load", "masters", folder / "clientes.csv", "--json")
    (line,) = lines(answer)
    assert (answer.exit_code, line["rows"], line["created"]) == (1, 2, 1)
    assert [(one["row"], one["received"]) for one in line["rejected"]] == [(3, ""), (3, "x")]
    assert set(line["rejected"][0]["sentence"]) == {"es", "en"}


def test_what_is_missing_is_listed_and_made_only_with_consent(folder):
    run("load", "masters", folder / "almacenes.csv", folder / "impuestos.csv")
    rows = "pedido;cliente;nombre cliente;referencia;descripcion;cantidad;precio\nPO-1;NEW;Nuevo;N1;Pan;5;1,50\n"
    (folder / "new.csv").write_text(rows, encoding="utf-8")
    refused = run("take-in", folder / "new.csv", "--at", "2026-03-02", "--create-missing", "--lang", "en", given="n\n")
    assert (refused.exit_code, Order.objects.count()) == (1, 0)
    assert "customer NEW Nuevo" in refused.stderr
    agreed = run("take-in", folder / "new.csv", "--at", "2026-03-02", "--create-missing", "--yes", "--lang", "en")
    assert "item N1 Pan" in agreed.stderr
    order = Order.objects.get()
    assert order.lines.get().unit_price == 1.5
    # It is the document that waited that became an order; the second bringing of it is not worth a word.
    assert (agreed.exit_code, agreed.stdout.split()[:4]) == (0, ["new.csv", "PO-1", "Order", order.number])
    again = run("take-in", folder / "new.csv", "--at", "2026-03-02", "--create-missing", "--yes", "--json")
    assert (again.exit_code, lines(again)[0]["outcome"]) == (1, "duplicate")


def test_another_moment_for_what_waits_is_refused_not_left_aside_in_silence(folder):
    run("load", "masters", folder / "almacenes.csv", folder / "impuestos.csv")
    rows = "pedido;cliente;nombre cliente;referencia;descripcion;cantidad;precio\nPO-1;NEW;Nuevo;N1;Pan;5;1,50\n"
    (folder / "new.csv").write_text(rows, encoding="utf-8")
    again = ("take-in", folder / "new.csv", "--create-missing", "--yes", "--json")
    assert run(*again[:2], "--at", "2026-03-02").exit_code == 1
    refused = run(*again, "--at", "2026-02-02", "--lang", "en")
    assert (refused.exit_code, refused.stdout, Order.objects.count()) == (1, "", 0)
    assert refused.stderr.startswith("PO-1 waits already and counts from ")
    assert "Run it without --at." in refused.stderr
    assert run(*again).exit_code == 0
    assert Order.objects.get().received_at.isoformat() == "2026-03-02T12:00:00+00:00"


def test_a_folder_is_taken_in_file_by_file_and_hidden_ones_are_left(folder):
    masters(folder)
    inside = folder / "in"
    (inside / "deep").mkdir(parents=True)
    (inside / "b.csv").write_text(ORDER.replace("PO-1", "PO-2"), encoding="utf-8")
    (inside / "deep/a.csv").write_text(ORDER.replace("PO-1", "PO-3"), encoding="utf-8")
    (inside / ".hidden.csv").write_text(ORDER, encoding="utf-8")
    answer = run("take-in", inside, "--at", "2026-03-02", "--json")
    assert [one["number"] for one in lines(answer)] == ["PO-2", "PO-3"]


def test_words_for_people_say_what_each_document_became(folder):
    masters(folder)
    run("load", "stock", folder / "stock.csv")
    answer = run("take-in", folder / "orders.csv", "--at", "2026-03-02", "--lang", "es")
    assert answer.stdout.split() == ["orders.csv", "PO-1", "Pedido", Order.objects.get().number]


@pytest.mark.parametrize(
    "words", [("take-in",), ("take-in", "/no/such/file"), ("load", "masters"), ("load", "history", "x")]
)
def test_wrong_use_exits_2(words):
    assert run(*words).exit_code == 2


def test_an_unknown_partner_is_refused_with_its_sentence(folder):
    answer = run("take-in", folder / "orders.csv", "--partner", "NADIE", "--lang", "en")
    assert (answer.exit_code, answer.stderr.strip()) == (1, "There is no partner “NADIE”. There are: —.")


def test_one_row_is_one_row_in_both_languages(folder):
    (folder / "clientes2.csv").write_text("código;nombre\nC-8;Ocho, S.L.\nC-9;Nueve, S.L.\n", encoding="utf-8")
    one = run("load", "masters", folder / "clientes.csv", "--lang", "en")
    assert one.stdout.strip().endswith("1 row, 1 new, 0 changed, 0 refused")
    two = run("load", "masters", folder / "clientes2.csv", "--role", "customers", "--lang", "es")
    assert two.stdout.strip().endswith("2 filas, 2 nuevas, 0 cambiadas, 0 rechazadas")
