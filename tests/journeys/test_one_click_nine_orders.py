"""A customer changes a GTIN: nine orders wait for one cause, and one click mends it and sends them all on."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from promesa.access.models import User
from promesa.catalog.models import ItemCode
from promesa.exchange import operations
from promesa.exchange.models import Document
from promesa.exchange.tests.company import BY, add_customer, add_item, open_shop
from promesa.orders.models import Order

HEAD = "pedido;cliente;ean;descripcion;cantidad\n"
OLD, NEW = "8437002000202", "8437002000226"


def take_in(rows: str, at) -> None:
    file = operations.receive_file(content=(HEAD + rows).encode(), name="pedidos.csv", by=BY, at=at, received_at=at)
    assert operations.read_file(file_id=file.pk, by=BY, at=at)


@pytest.mark.django_db
@pytest.mark.wired
def test_a_gtin_changed_by_the_customer_is_mended_in_nine_orders_with_one_click():
    now = timezone.now()
    open_shop(now - timedelta(days=20))
    add_item("AC-05", "31.20", gtin=OLD, name="Aceite de oliva 5 L", at=now - timedelta(days=20))
    for n in range(3):
        add_customer(f"C-{n}", at=now - timedelta(days=20))
    take_in("".join(f"H{n};C-{n % 3};{OLD};Aceite de oliva 5 L;2\n" for n in range(6)), now - timedelta(days=10))

    # The new code comes: fourteen lines of nine orders of three customers wait, for one cause.
    rows = [f"P{n};C-{n % 3};{NEW};Aceite de oliva 5 L;{n + 1}\n" for n in range(9)]
    rows += [f"P{n};C-{n % 3};{NEW};Aceite de oliva 5 L;20\n" for n in range(5)]
    take_in("".join(rows), now - timedelta(hours=1))
    assert Document.objects.filter(outcome="waiting").count() == 9

    # The back office sees the cause once, with the old item proposed and why.
    desk = Client()
    desk.force_login(User.objects.create(username="bo", role="back_office", language="es"))
    page = desk.get("/intake/mend").content.decode()
    assert "Código 8437002000226 desconocido: 14 líneas, 9 pedidos, 3 clientes" in page
    assert (
        "El código se parece a 08437002000202, el texto es el mismo, este cliente lo ha comprado 2 veces en un año."
        in page
    )
    forms = re.findall(r'<ul class="near">.*?</ul>', page, re.DOTALL)
    assert len(forms) == 1
    said = dict(re.findall(r'name="(door|code|received|customer_id|next|sku)" value="([^"]*)"', forms[0]))
    assert said["sku"] == "AC-05"
    assert ItemCode.objects.count() == 0  # proposed, never applied by itself

    # One click.
    assert desk.post("/intake/mend/one", said).status_code == 302
    assert Document.objects.filter(outcome="waiting").count() == 0
    assert Document.objects.filter(outcome="orders").count() == 15
    assert Order.objects.filter(state="confirmed").count() == 15
    assert set(ItemCode.objects.values_list("customer__number", "code", "item__sku")) == {
        (f"C-{n}", NEW, "AC-05") for n in range(3)
    }

    # The next order with the new code needs nobody.
    take_in(f"P99;C-1;{NEW};Aceite de oliva 5 L;3\n", now)
    assert Order.objects.get(po_number="P99").state == "confirmed"
