"""What a person does again and again."""

from __future__ import annotations

from playwright.sync_api import Page

from tests.browser.company import PASSWORD


def sign_in(page: Page, url: str, username: str) -> None:
    """Sign in as this person, and land on Today."""
    page.goto(url + "/sign-in")
    page.locator("input[name=username]").fill(username)
    page.locator("input[name=password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(url + "/")
