"""One company and one server for all walks of a module: building them takes longer than walking."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from django.test.utils import modify_settings
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page
from pytest_django import DjangoDbBlocker
from pytest_django.live_server_helper import LiveServer

from promesa.core import events
from tests.browser.company import Company, open_company


@dataclass
class Site:
    """Where the pages are, and what the company behind them consists of."""

    url: str
    company: Company

    def start_again(self) -> None:
        """Forget everything and open the company anew; the server stays."""
        cache.clear()
        call_command("flush", verbosity=0, interactive=False)
        self.company = open_company()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The walks of a module share a company, so they stay together; modules and languages may be walked side by side.

    First of all hooks: the groups are named by the next ones.
    """
    for item in items:
        if item.path.parent.name == "browser" and item.path.parent.parent.name == "tests":
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.wired)
            item.add_marker(pytest.mark.django_db)
            asked = item.callspec.params.get("language", "") if hasattr(item, "callspec") else ""
            item.add_marker(pytest.mark.xdist_group(f"{item.path.stem} {asked}"))


@pytest.fixture(scope="module")
def site(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Site]:
    """The company, committed and served. Everything is forgotten when the module ends."""
    events.mute(False)
    with django_db_blocker.unblock(), modify_settings(ALLOWED_HOSTS={"append": "localhost"}):
        cache.clear()
        call_command("flush", verbosity=0, interactive=False)
        server = LiveServer("localhost")
        try:
            yield Site(server.url, open_company())
        finally:
            server.stop()
            call_command("flush", verbosity=0, interactive=False)
            cache.clear()
            connection.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A person's browser: Spanish, light, wide; nothing remembered from other tests."""
    opened = browser.new_context(
        locale="es-ES", timezone_id="Europe/Madrid", viewport={"width": 1440, "height": 900}, reduced_motion="reduce"
    )  # fmt: skip
    opened.set_default_timeout(10_000)
    yield opened
    opened.close()


@pytest.fixture
def page(site: Site, context: BrowserContext) -> Iterator[Page]:
    """A page that fails its test when a script fails, the content policy refuses something or the console complains."""
    opened = context.new_page()
    faults: list[str] = []
    opened.on("pageerror", lambda error: faults.append(str(error)))
    opened.on("console", lambda message: faults.extend(_complaint(message, opened)))
    opened.on("requestfailed", lambda request: faults.extend([] if _left(request.failure) else [request.url]))
    yield opened
    assert faults == []


def _complaint(message: ConsoleMessage, page: Page) -> list[str]:
    """What the console says in red. The answer 404 or 409 of the page itself is no fault: the page says it in words."""
    of_the_page = message.location.get("url", "").split("?")[0] == page.url.split("?")[0]
    if message.type != "error" or ("Failed to load resource" in message.text and of_the_page):
        return []
    return [f"{page.url}: {message.text}"]


def _left(failure: str | None) -> bool:
    """The person went on before the answer came."""
    return failure is None or "ERR_ABORTED" in failure
