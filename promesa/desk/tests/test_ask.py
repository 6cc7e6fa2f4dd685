"""Asking the customer about what stands in the way: a letter in their language, and a note on each order."""

from __future__ import annotations

import pytest

from promesa.core.models import Event
from promesa.desk.tests.conftest import SignedIn
from promesa.exchange.tests.company import add_customer, add_item, open_shop, take_in

pytestmark = [pytest.mark.django_db, pytest.mark.wired]
HEAD = "pedido;cliente;ean;descripcion;cantidad\n"


@pytest.fixture
def waiting(db: None) -> None:
    open_shop()
    add_item("AC-05", "31.20")
    add_customer("C-1", name="Vega", email="compras@vega.example")
    add_customer("C-2", name="Albert Smith", language="en")
    take_in(
        (HEAD + "P1;C-1;8437002000226;Aceite;1\nP2;C-1;8437002000226;Aceite;2\nP3;C-2;8437002000226;Oil;3\n").encode()
    )


def test_each_customer_gets_a_letter_about_their_own_orders_in_their_language(
    waiting: None, signed_in: SignedIn
) -> None:
    client = signed_in("back_office")
    assert (
        "/intake/mend/ask?code=unknown_item&amp;received=8437002000226" in client.get("/intake/mend").content.decode()
    )
    page = client.get("/intake/mend/ask?code=unknown_item&received=8437002000226&customer_id=").content.decode()
    assert "En su pedido P1, P2 viene el código «8437002000226» (Aceite), que no conocemos." in page
    assert "Your order P3 has the code “8437002000226” (Aceite), which we do not know." in page
    assert "2 customers to ask" in page
    assert "Preguntar al cliente" in signed_in("manager", "es").get("/intake/mend").content.decode()
    assert "mailto:compras@vega.example?subject=Su%20pedido%20P1%2C%20P2" in page
    assert client.get("/intake/mend/ask?code=unknown_item&received=nothing").status_code == 404


def test_that_they_were_asked_is_noted_on_each_order(waiting: None, signed_in: SignedIn) -> None:
    client = signed_in("back_office")
    said = {"code": "unknown_item", "received": "8437002000226", "customer_id": "", "how": "phone"}
    assert client.post("/intake/mend/asked", said).status_code == 302
    notes = Event.objects.filter(kind="OrderNoted")
    assert notes.count() == 3
    assert notes[0].facts["text"] == "Se preguntó al cliente por «8437002000226», por teléfono."
    assert signed_in("finance").post("/intake/mend/asked", said).status_code == 403
