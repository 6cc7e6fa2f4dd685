"""A document waits for a master record; a person creates it, and the order goes on."""

from __future__ import annotations

from decimal import Decimal

from playwright.sync_api import Page, expect

from promesa.catalog.models import Item
from promesa.exchange.models import Document
from promesa.orders.models import OrderLine
from tests.browser.conftest import Site
from tests.browser.steps import sign_in

GTIN = "08410000999990"


def test_the_missing_item_is_created_on_the_page_and_the_document_becomes_an_order(site: Site, page: Page) -> None:
    waiting = site.company.waiting_document
    sign_in(page, site.url, "administrator")
    page.goto(site.url + "/intake")
    page.get_by_role("link", name="PO-55").first.click()
    expect(page).to_have_url(f"{site.url}/intake/documents/{waiting}")
    expect(page.locator("main")).to_contain_text(GTIN[1:])
    page.get_by_role("button", name="Crear y volver a probar").click()
    # the item is there now, and what it costs is the next thing that is missing
    expect(page.locator("main")).to_contain_text(f"{GTIN[1:]} no tiene precio en EUR")
    assert Item.objects.filter(gtin=GTIN).count() == 1
    page.get_by_label("Precio de una unidad base").fill("2,50")
    page.get_by_role("button", name="Poner el precio y volver a probar").click()
    expect(page.locator(".title .chip")).to_have_text("Pedido")
    order = Document.objects.get(pk=waiting).order
    assert order is not None
    page.get_by_role("main").get_by_role("link", name=order.number).first.click()
    expect(page).to_have_url(f"{site.url}/orders/{order.number}")
    expect(page.locator(".title .chip")).to_have_text("Confirmado")
    lines = OrderLine.objects.filter(order=order).order_by("line_number")
    assert [(line.ordered_quantity, line.unit_price) for line in lines] == [
        (Decimal(12), Decimal(10)), (Decimal(24), Decimal("2.50")),
    ]  # fmt: skip
