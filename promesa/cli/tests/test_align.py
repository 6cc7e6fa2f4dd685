"""`promesa align` and the catalogue of a customer that `promesa load` brings, as a person uses them."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from promesa.cli.align import align
from promesa.cli.loading import load
from promesa.core.models import Parameter
from promesa.exchange.tests.company import add_customer, add_item, open_shop

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop():
    open_shop()
    add_item("AC-05", "31.20", gtin="8437002000202", name="Aceite de oliva 5 L")
    add_customer("C-1")


def test_their_own_file_names_no_customer_and_is_said_whose_it_is(shop, tmp_path):
    theirs = tmp_path / "theirs.csv"
    theirs.write_text("su codigo;ean;descripcion;unidad;precio\n7;8437002000202;Aceite de oliva 5 L;Ud;30,00\n")
    whose = CliRunner().invoke(load, ["masters", str(theirs), "--role", "customer_catalogue", "--customer", "C-1"])
    assert (whose.exit_code, whose.stdout) == (
        0,
        "theirs.csv  customer_catalogue: 1 fila, 1 nueva, 0 cambiadas, 0 rechazadas\n",
    )
    shown = CliRunner().invoke(align, ["show", "C-1"])
    assert shown.exit_code == 1
    assert "su precio es 30, el nuestro 31,2. (" in shown.stdout
    assert shown.stdout.endswith("días, ventas)\n")


def test_a_pricat_without_an_identifier_of_ours_is_refused_in_a_sentence(shop, tmp_path):
    place = tmp_path / "ours.edi"
    refused = CliRunner().invoke(align, ["send", "C-1", "--every", "--out", str(place)])
    assert refused.exit_code == 1
    assert "corrija esto antes: company.gln." in refused.output
    Parameter.objects.create(code="company.gln", value="8400000000017", valid_from="2020-01-01", changed_by="test")
    written = CliRunner().invoke(align, ["send", "C-1", "--every", "--out", str(place)])
    assert written.stdout == f"1 artículos en {place}.\n"
    assert b"LIN+1++8437002000202:EN'" in place.read_bytes()
