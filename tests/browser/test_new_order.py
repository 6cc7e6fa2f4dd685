"""A new order, by keyboard alone."""

from __future__ import annotations

from decimal import Decimal

from playwright.sync_api import Page, expect

from promesa.core.ui.format import format_date
from promesa.orders.models import Order, OrderLine, Promise
from tests.browser.conftest import Site
from tests.browser.steps import sign_in


def test_an_order_is_typed_pasted_and_confirmed_by_keyboard_alone(site: Site, page: Page) -> None:
    items = site.company.world.items
    sign_in(page, site.url, "customer_service")
    page.keyboard.press("n")
    page.wait_for_url(site.url + "/orders/new")
    page.keyboard.type("Ribera")
    expect(page.locator("[role=listbox] [role=option]").first).to_contain_text("Distribuciones Ribera Alta")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#ship_to option:checked")).to_contain_text("Nave 4")
    page.locator("#po_number").focus()
    page.keyboard.type("PC-9001")
    page.keyboard.press("Enter")
    _type_line(page, items[0].sku, "12")
    # the next line is there already, and takes rows from a spreadsheet
    page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=site.url)
    page.evaluate(
        "rows => navigator.clipboard.writeText(rows)",
        f"Código\tCantidad\r\n{items[1].sku}\t24\r\n{items[3].sku}\t1.200\r\n",
    )
    page.keyboard.press("Control+v")
    lines = page.locator("[data-lines] tr")
    expect(lines).to_have_count(4)
    expect(lines.nth(2).locator("[data-amount]")).to_have_text("12.000,00")
    expect(page.locator("[data-pad-totals]")).to_contain_text("A pagar")
    promised = lines.nth(2).locator("[data-promise]").inner_text().strip()
    page.keyboard.press("Control+Enter")
    page.wait_for_url(site.url + "/orders/P-*")
    order = Order.objects.get(po_number="PC-9001")
    expect(page).to_have_url(f"{site.url}/orders/{order.number}")
    assert [(one.item.sku, one.ordered_quantity, one.promised) for one in _lines(order)] == [
        (items[n].sku, Decimal(quantity), Decimal(quantity)) for n, quantity in ((0, 12), (1, 24), (3, 1200))
    ]
    assert order.state == "confirmed"
    expect(page.locator(".title .chip")).to_have_text("Confirmado")
    first = Promise.objects.filter(line__order=order).earliest("pk")
    assert first.window_to is not None
    assert promised == format_date(first.window_to.date(), "es")
    expect(page.locator("#line-3")).to_contain_text(promised)


def _type_line(page: Page, code: str, quantity: str) -> None:
    page.keyboard.type(code)
    page.keyboard.press("Enter")
    page.keyboard.type(quantity)
    page.keyboard.press("Enter")


def _lines(order: Order) -> list[OrderLine]:
    return list(OrderLine.objects.filter(order=order).select_related("item").order_by("line_number"))
