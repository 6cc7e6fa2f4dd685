"""The gallery in a browser: what the kit draws is reachable, legible and quiet, and the keyboard alone will do."""

import gzip
import threading
from collections.abc import Iterator
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.handlers.wsgi import WSGIHandler
from django.test import override_settings
from playwright.sync_api import Browser, Page, expect

pytestmark = pytest.mark.browser
PAGES = ("gallery?say=1", "error/400", "error/403", "error/404", "error/409", "error/500", "error/csrf", "sign-in")
# the kit alone, under the policy of the whole: no database, nobody signed in
ALONE: dict[str, Any] = {
    "MIDDLEWARE": [
        "whitenoise.middleware.WhiteNoiseMiddleware",
        "promesa.config.middleware.content_security",
        "promesa.config.middleware.language",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
    ],
    "MESSAGE_STORAGE": "django.contrib.messages.storage.cookie.CookieStorage",
    "TEMPLATES": [
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "APP_DIRS": True,
            "OPTIONS": {
                "context_processors": [
                    "django.template.context_processors.request",
                    "django.contrib.messages.context_processors.messages",
                ]
            },
        }
    ],
}


class Quiet(WSGIRequestHandler):
    def log_message(self, *args: object) -> None:
        """Say nothing."""


class Threads(ThreadingMixIn, WSGIServer):
    daemon_threads = True


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with override_settings(ROOT_URLCONF="promesa.core.tests.gallery_urls", **ALONE):
        server = make_server("127.0.0.1", 0, WSGIHandler(), server_class=Threads, handler_class=Quiet)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1440, "height": 900}, base_url=address, locale="es-ES")
    context.set_default_timeout(10_000)
    here = context.new_page()
    here.goto("/gallery")
    here.evaluate("document.activeElement.blur()")
    yield here
    context.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("locale", ["es-ES", "en-GB"])
@pytest.mark.parametrize("size", [(1440, 900), (390, 844)])
def test_every_piece_is_accessible_fits_and_breaks_no_policy(
    browser: Browser, address: str, theme: str, locale: str, size: tuple[int, int]
) -> None:
    width, height = size
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme=theme,
        locale=locale,
        base_url=address,  # type: ignore[arg-type]
    )
    here, said = context.new_page(), list[str]()
    here.on("console", lambda line: said.append(line.text) if line.type in ("error", "warning") else None)
    here.on("pageerror", lambda error: said.append(str(error)))
    faults = []
    for name in PAGES:
        here.goto(f"/{name}")
        here.wait_for_load_state("networkidle")
        faults += [(name, fault["id"], fault["nodes"][0]["html"]) for fault in Axe().run(here).response["violations"]]
        assert here.evaluate("document.documentElement.scrollWidth") <= width, name
        assert here.evaluate("document.documentElement.lang") == locale[:2]
    context.close()
    assert faults == []
    assert said == []


def test_the_first_page_weighs_less_than_120_kb_in_all(browser: Browser, address: str) -> None:
    context = browser.new_context(base_url=address)
    here, weights = context.new_page(), dict[str, int]()
    here.on("response", lambda answer: weights.setdefault(answer.url, len(gzip.compress(answer.body()))))
    here.goto("/gallery")
    here.wait_for_load_state("networkidle")
    context.close()
    assert {url.partition("//")[2].partition("/")[0] for url in weights} == {address.partition("//")[2]}
    assert sum(weights.values()) < 120_000
    assert sum(weight for url, weight in weights.items() if "/static/" not in url) < 40_000


def test_a_slash_opens_the_search_and_enter_goes_to_what_is_marked(page: Page) -> None:
    page.keyboard.press("/")
    page.keyboard.type("rib")
    page.wait_for_selector("#found:not([hidden]) [role=option]")
    assert page.get_attribute("#q", "aria-activedescendant") == "found-1-1"
    page.keyboard.press("ArrowDown")
    assert page.get_attribute("#found [aria-selected=true]", "href") == "#2"
    page.keyboard.press("Enter")
    assert page.url.endswith("#2")
    page.keyboard.press("Control+k")
    page.keyboard.press("Escape")
    assert page.get_attribute("#q", "aria-expanded") == "false"


def test_a_search_that_finds_nothing_says_so(page: Page) -> None:
    page.keyboard.press("/")
    page.keyboard.type("zz<b>")
    page.locator("#found", has_text="zz<b>").wait_for()
    assert "Nada se llama «zz<b>»." in page.inner_text("#found")


def test_rows_are_walked_and_chosen_by_keyboard_and_the_bar_says_what_it_will_do(page: Page) -> None:
    for key in ("j", "j", "x", "j", "x"):
        page.keyboard.press(key)
    assert page.evaluate("document.activeElement.textContent") == "P-2026-000833"
    assert page.inner_text("[data-bulk] b") == "2 elegidos"
    assert page.inner_text("[data-bulk] .btn") == "Liberar 2 pedidos"
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    assert page.url.endswith("#P-2026-000817")
    page.click("[data-bulk-clear]")
    assert page.is_hidden("[data-bulk]")


def test_theme_and_rail_are_remembered(page: Page) -> None:
    page.click("[data-theme-flip]")
    page.click("[data-rail-fold]")
    page.goto("/gallery")
    assert page.evaluate("[document.documentElement.dataset.theme, document.documentElement.dataset.rail]") == [
        "dark",
        "narrow",
    ]
    page.click(".menu summary")
    page.click("[data-theme-set='']")
    page.goto("/gallery")
    assert page.get_attribute("html", "data-theme") is None


LINES = """[...document.querySelectorAll("[data-lines] tr")].map((row) =>
    ["code", "quantity", "price"].map((name) => row.querySelector(`[name=${name}]`).value).join("|"))"""


def test_an_order_is_typed_pasted_and_sent_by_keyboard_alone(page: Page) -> None:
    page.focus("[data-lines] tr:nth-child(3) [name=code]")
    page.keyboard.type("pim")
    page.wait_for_selector("#combo-list")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.keyboard.type("5")
    page.keyboard.press("Enter")
    page.evaluate(
        """() => { const rows = new DataTransfer(); rows.setData("text/plain", "Código\\tCantidad\\n10001\\t3\\n10002\\t4,5\\t12,30\\n");
        document.activeElement.dispatchEvent(new ClipboardEvent("paste", { clipboardData: rows, bubbles: true, cancelable: true })); }"""
    )
    assert page.evaluate(LINES) == ["10061|20|", "10052|24|", "30221|5|", "10001|3|", "10002|4,5|12,30", "||"]
    expect(page.locator("[data-amount]").nth(4)).to_have_text("4,5 × 2,50")
    assert page.inner_text("[data-pad-findings] h2") == "1 aviso"
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Control+Delete")
    assert page.evaluate(LINES)[-2:] == ["10001|3|", "||"]
    with page.expect_request(lambda request: request.method == "POST" and request.url.endswith("/gallery")) as sent:
        page.keyboard.press("Control+Enter")
    assert "intent=confirm" in (sent.value.post_data or "")


def test_a_repeated_order_number_is_marked_at_its_field_and_summed_up(page: Page) -> None:
    page.fill("#po", "again")
    page.wait_for_selector("#po[aria-invalid=true]")
    assert page.inner_text("[data-error-for=po_number]") == "Su orden de compra está repetida"
    assert page.inner_text("[data-pad-findings] h2") == "1 error y 1 aviso"
    assert page.get_attribute("[data-pad-findings] a", "href") == "#po"


def test_what_was_typed_comes_back_after_the_page_was_left(page: Page) -> None:
    page.fill("#po", "4500-7731")
    page.focus("[data-lines] tr:nth-child(3) [name=code]")
    page.keyboard.type("99999")
    page.keyboard.press("Enter")
    page.keyboard.type("7")
    page.keyboard.press("Enter")
    page.on("dialog", lambda question: question.accept())
    page.goto("/gallery?say=1")
    page.wait_for_selector(".notice[role=status]")
    assert page.input_value("#po") == "4500-7731"
    assert page.evaluate(LINES)[:3] == ["10061|20|", "10052|24|", "99999|7|"]
