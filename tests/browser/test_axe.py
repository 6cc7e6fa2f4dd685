"""Every page, in both themes and both languages: nothing that axe objects to, one h1, no sideways scroll on a telephone."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from tests.browser.company import Company, open_company
from tests.browser.steps import sign_in

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.wired]


def addresses(company: Company) -> list[str]:
    """One address of every page."""
    return [
        "/", "/orders", "/orders?held=1", f"/orders/{company.delivered}", f"/orders/{company.held}", "/orders/new",
        "/intake", f"/intake/documents/{company.waiting_document}", "/intake/mend", "/intake/partners", "/deliveries",
        f"/deliveries/{company.despatch}", "/invoices", f"/invoices/{company.invoice}", "/invoices/payments",
        "/invoices/payments/new", "/customers", f"/customers/{company.world.customer.number}",
        "/catalogue", f"/catalogue/{company.world.items[0].sku}", "/results", "/results/on-time", "/results/fill-rate",
        "/results/order-quality", "/results/orders", "/search?q=PO-1", "/account", "/changes", "/nothing-here",
    ]  # fmt: skip


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("language", ["es", "en"])
def test_no_page_has_anything_that_axe_objects_to(
    live_server: LiveServer, page: Page, theme: str, language: str
) -> None:
    company = open_company()
    sign_in(page, live_server.url, "administrator")
    page.context.add_cookies([
        {"name": "promesa_theme", "value": theme, "url": live_server.url},
        {"name": "promesa_language", "value": language, "url": live_server.url},
    ])  # fmt: skip
    faults: list[str] = []
    for address in addresses(company):
        page.goto(live_server.url + address)
        if page.locator("html").get_attribute("lang") != language:
            faults.append(f"{address}: language {page.locator('html').get_attribute('lang')}")
        if page.locator("h1").count() != 1:
            faults.append(f"{address}: {page.locator('h1').count()} h1")
        found = Axe().run(page)
        faults += [f"{address}: {one['id']} {one['nodes'][0]['html'][:120]}" for one in found.response["violations"]]
        page.set_viewport_size({"width": 390, "height": 844})
        wide = page.evaluate("document.documentElement.scrollWidth")
        if wide > 390:
            faults.append(f"{address}: {wide} px wide on a telephone")
        page.set_viewport_size({"width": 1440, "height": 900})
    assert faults == []


def test_the_sign_in_page_is_open_to_everyone(live_server: LiveServer, page: Page) -> None:
    page.goto(live_server.url + "/sign-in")
    found = Axe().run(page)
    assert [one["id"] for one in found.response["violations"]] == []
