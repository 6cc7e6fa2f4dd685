"""A customer's person: signs in, pastes an order, sees price and promise, sends it, and finds it; every page as axe wants it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from promesa.orders.models import Order
from tests.browser.company import PASSWORD
from tests.browser.conftest import Site
from tests.browser.steps import prefer
from tests.browser.test_axe import faults_of


def enter(page: Page, url: str) -> None:
    """Sign in as the customer's person, and land in the portal."""
    page.goto(url + "/sign-in")
    page.locator("input[name=username]").fill("rosa")
    page.locator("input[name=password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(url + "/portal")


def test_rows_pasted_from_a_spreadsheet_become_one_order(site: Site, page: Page) -> None:
    enter(page, site.url)
    page.goto(site.url + "/portal/orders/new")
    page.locator("#po_number").fill("PEDIDO-77")
    page.locator("[data-pad-paste]").click()
    page.locator("#pad-paste-text").fill("código\tcantidad\n10001\t12\n10002\t24\n99999\t3\n")
    page.locator("#pad-paste button[value=yes]").click()
    expect(page.locator("[data-lines] tr").nth(1).locator("[data-amount]")).to_have_text("240,00")
    expect(page.locator("[data-lines] tr").nth(0).locator("[data-promise]")).not_to_be_empty()
    expect(page.locator("[data-lines] tr").nth(2)).to_contain_text("No conocemos el código 99999")
    before = Order.objects.count()
    page.locator("[data-pad-confirm]").click()
    expect(page.locator(".errors")).to_contain_text("No conocemos el código 99999")
    assert Order.objects.count() == before
    page.locator("button[name=wait]").click()
    expect(page.locator("h1")).to_contain_text("P-")
    expect(page.locator("main")).to_contain_text("En espera: falta algo")
    made = Order.objects.get(po_number="PEDIDO-77")
    assert (made.state, made.channel, made.line_count) == ("draft", "portal", 3)


@pytest.mark.parametrize("language", ["es", "en"])
def test_no_page_of_the_portal_has_anything_that_axe_objects_to(site: Site, page: Page, language: str) -> None:
    enter(page, site.url)
    prefer(page, site.url, language=language, theme="light")
    company, faults = site.company, []
    for address in (
        "/portal", f"/portal/orders/{company.delivered}", f"/portal/orders/{company.held}", "/portal/orders/new",
        f"/portal/orders/new?like={company.delivered}", "/portal/orders/nothing-here", "/orders",
    ):  # fmt: skip
        page.goto(site.url + address)
        faults += [f"{address}: {fault}" for fault in faults_of(page, language)]
    assert faults == []
