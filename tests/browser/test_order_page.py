"""One order on one page: the promise, the flower, what stands in its way, what happened."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from promesa.orders.models import Hold, Order
from tests.browser.conftest import Site
from tests.browser.steps import settle, sign_in


def test_the_page_of_a_delivered_order_tells_its_whole_way(site: Site, page: Page) -> None:
    company = site.company
    sign_in(page, site.url, "customer_service")
    page.goto(f"{site.url}/orders/{company.delivered}")
    line = page.get_by_role("region", name="Promesa")
    stages = ["Generación", "Adquisición", "Proceso", "Despacho", "Entrega", "Pago"]
    assert re.findall("|".join(stages), line.inner_text())[:6] == stages
    flower = page.get_by_role("region", name=re.compile("^Pedido perfecto"))
    for petal in ("Completo", "A tiempo", "Documentos", "Buen estado"):
        expect(flower).to_contain_text(petal)
    for number in (company.despatch, company.invoice):
        expect(page.get_by_role("link", name=number).first).to_be_visible()
    happened = page.get_by_role("region", name="Qué ha pasado")
    for word in ("Entró el pedido con 2 líneas", "Se confirmó el pedido", company.despatch, company.invoice):
        expect(happened).to_contain_text(word)


def test_a_hold_is_released_with_a_reason_and_the_order_goes_on(site: Site, page: Page) -> None:
    order = Order.objects.get(number=site.company.held)
    sign_in(page, site.url, "manager")
    page.goto(f"{site.url}/orders/{order.number}")
    expect(page.locator(".title .chip")).to_have_text("Retenido")
    expect(page.locator("#next")).to_contain_text("9,50")
    findings = page.get_by_role("region", name="Un hallazgo abierto").get_by_role("listitem")
    expect(findings).to_have_count(1)
    expect(findings).to_contain_text("9,50")
    page.get_by_role("button", name="Aplicar").click()
    expect(page.locator("#reason-e")).to_have_text("Diga por qué: queda escrito en el pedido.")
    assert Hold.objects.get(order=order).released_at is None
    page.locator("#reason").fill("Acordado con Luis Vega por teléfono")
    page.get_by_role("button", name="Aplicar").click()
    expect(page.locator("[role=status]")).not_to_be_empty()
    settle()
    page.reload()
    expect(page.locator(".title .chip")).to_have_text("En almacén")
    hold = Hold.objects.get(order=order)
    assert (hold.released_at is not None, hold.release_reason) == (True, "Acordado con Luis Vega por teléfono")
    expect(page.get_by_role("region", name="Qué ha pasado")).to_contain_text("Acordado con Luis Vega por teléfono")
