"""What a person does again and again."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from django.db import connection
from playwright.sync_api import Page

from promesa.core import relay
from tests.browser.company import PASSWORD

T = TypeVar("T")


def sign_in(page: Page, url: str, username: str) -> None:
    """Sign in as this person, and land on Today."""
    page.goto(url + "/sign-in")
    page.locator("input[name=username]").fill(username)
    page.locator("input[name=password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(url + "/")


def prefer(page: Page, url: str, *, language: str, theme: str) -> None:
    """Choose language and appearance where a person does: on the page of the account."""
    page.goto(url + "/account")
    page.locator("select[name=look-language]").select_option(language)
    page.locator("select[name=look-theme]").select_option(theme)
    page.locator("button[form=look]").click()
    page.wait_for_load_state()


def settle() -> None:
    """Let the worker do what it has heard. It has a connection of its own, as in a running system."""
    aside(relay.drain)


def aside(work: Callable[[], T]) -> T:
    """Do something on a connection of its own, so that the served pages see it whatever the test has open."""

    def worked() -> T:
        try:
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as other:
        return other.submit(worked).result()
