"""Saving the bytes of what goes out, and what is said of a document that has none yet."""

import json

import pytest
from click.testing import CliRunner

from promesa.cli.main import promesa
from promesa.core import relay
from promesa.exchange import operations
from promesa.exchange.models import OutgoingDocument
from promesa.exchange.tests.company import AT, BY, CSV, add_customer, add_item, open_shop, take_in
from promesa.exchange.tests.partners import add_partner

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.wired]


@pytest.fixture
def row():
    open_shop()
    add_customer("C-1", name="Almacenes Uno")
    add_item("A1")
    add_partner(kinds=["order_response"])
    take_in((CSV + "PO-1;C-1;A1;4;2026-03-10\n").encode())
    relay.drain()
    return OutgoingDocument.objects.get()


def test_a_document_that_is_not_written_yet_is_said_to_be_so_with_what_to_do(row, tmp_path):
    done = CliRunner().invoke(promesa, ["outgoing", "save", str(row.pk), str(tmp_path), "--lang", "es"])
    assert (done.exit_code, f"{row.number} aún no se ha escrito" in done.stderr) == (1, True)
    assert "«promesa outgoing send»" in done.stderr
    operations.send_due(by=BY, at=AT)
    assert CliRunner().invoke(promesa, ["outgoing", "save", str(row.pk), str(tmp_path)]).exit_code == 0
    assert len(list(tmp_path.iterdir())) == 1


def test_sending_again_says_what_happened(row, monkeypatch):
    operations.send_due(by=BY, at=AT)
    done = CliRunner().invoke(promesa, ["outgoing", "resend", str(row.pk), "--lang", "en"])
    assert (done.exit_code, done.stdout) == (0, f"{row.number}: Sent.\n")
    told = CliRunner().invoke(promesa, ["outgoing", "resend", str(row.pk), "--json"])
    assert (told.exit_code, json.loads(told.stdout)["state"]) == (0, "sent")
    operations.set_answer(
        partner_code="P-1",
        kind="order_response",
        format_="json",
        channel="http",
        address="https://127.0.0.1.invalid/in",
        by=BY,
        at=AT,
    )
    done = CliRunner().invoke(promesa, ["outgoing", "resend", str(row.pk), "--lang", "en"])
    assert done.exit_code == 1
    assert done.stdout.startswith(f"{row.number}: To send. 127.0.0.1.invalid cannot be reached")
