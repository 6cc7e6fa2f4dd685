"""Signing in, as a person does it."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.company import PASSWORD
from tests.browser.conftest import Site
from tests.browser.steps import sign_in


def test_a_wrong_password_says_so_in_a_sentence_and_keeps_the_name(site: Site, page: Page) -> None:
    page.goto(site.url + "/orders")
    expect(page).to_have_url(f"{site.url}/sign-in?next=%2Forders")
    page.keyboard.type("manager")
    page.keyboard.press("Tab")
    page.keyboard.type("no-es-esta")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("contraseña")
    expect(page.locator("input[name=username]")).to_have_value("manager")
    expect(page.locator("input[name=password]")).to_have_value("")


def test_the_right_password_leads_to_where_the_person_wanted_to_go(site: Site, page: Page) -> None:
    page.goto(site.url + "/orders")
    page.locator("input[name=username]").fill("manager")
    page.locator("input[name=password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{site.url}/orders")


def test_the_right_password_leads_to_today_with_what_waits(site: Site, page: Page) -> None:
    sign_in(page, site.url, "customer_service")
    expect(page.locator("h1")).to_contain_text("Hoy hay")
    expect(page.get_by_role("link", name=site.company.held).first).to_be_visible()


def test_whoever_signs_out_is_out(site: Site, page: Page) -> None:
    sign_in(page, site.url, "manager")
    page.locator("summary.me").click()
    page.get_by_role("button", name="Salir").click()
    page.goto(site.url + "/orders")
    expect(page).to_have_url(f"{site.url}/sign-in?next=%2Forders")
