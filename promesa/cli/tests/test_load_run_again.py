"""What loading a master says of the documents that waited for it."""

import pytest
from click.testing import CliRunner

from promesa.cli.main import promesa
from promesa.exchange.operations.rerun import Rerun
from promesa.exchange.tests.company import CSV, add_customer, add_item, open_shop, take_in
from promesa.orders.models import Order

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.wired]


def load(path):
    return CliRunner().invoke(promesa, ["load", "masters", str(path), "--lang", "en"])


def test_documents_that_go_on_are_said_to_with_the_orders_that_they_became(tmp_path):
    open_shop()
    add_customer("C-1")
    add_item("A1")
    take_in((CSV + "PO-1;C-9;A1;4;2026-03-10\n").encode())
    (tmp_path / "clientes.csv").write_text("numero cliente;nombre\nC-9;Vega\n", encoding="utf-8")
    (tmp_path / "direcciones.csv").write_text(
        "cliente;destino;nombre;calle;codigo postal;ciudad;pais\nC-9;1;Vega;Mayor 1;41001;Sevilla;ES\n",
        encoding="utf-8",
    )
    done = load(tmp_path)
    order = Order.objects.get()
    assert f"1 document that waited went on: {order.number}" in done.stderr


def test_a_document_that_goes_on_and_is_no_order_is_not_called_one(tmp_path, monkeypatch):
    monkeypatch.setattr("promesa.cli.loading.rerun", lambda **said: Rerun(tried=1, documents=1))
    (tmp_path / "clientes.csv").write_text("numero cliente;nombre\nC-9;Vega\n", encoding="utf-8")
    assert load(tmp_path).stderr == "1 document that waited went on\n"
