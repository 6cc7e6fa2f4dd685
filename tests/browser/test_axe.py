"""Every page, in both themes and both languages: nothing that axe objects to, one h1, no sideways scroll on a telephone."""

from __future__ import annotations

from urllib.parse import urlencode, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import Resolver404, resolve
from django.utils import timezone
from playwright.sync_api import Page
from pytest_django import DjangoDbBlocker

from promesa.allocation.models import Plan, Run, RunLine
from promesa.allocation.operations import propose_plan
from promesa.exchange.queries import repairs
from tests.architecture.test_routes import filled, pages
from tests.browser.company import Company
from tests.browser.conftest import Site
from tests.browser.exchanged import PARTNER
from tests.browser.shortage import BY, Shortage, open_shortage
from tests.browser.steps import prefer, sign_in

# What answers a GET with something else than a page: files, pictures, fragments and JSON for a page that is there already.
NO_PAGES = {
    "account/second-factor/qr.svg",
    "catalogue/export.<kind>", "customers/export.<kind>", "deliveries/export.<kind>", "intake/documents.<kind>",
    "invoices/export.<kind>", "invoices/payments/export.<kind>", "orders/export.<kind>", "results/<name>.<kind>",
    "results/orders.<kind>", "intake/files/<int:file_id>/bytes", "deliveries/<number>/signature/<delivery_number>",
    "options/customers", "options/items", "orders/new/items", "orders/new/sites", "intake/outgoing.<kind>",
    "intake/outgoing/<int:outgoing_id>/bytes", "intake/files/<int:file_id>/pages/<int:page>.png",
    "customers/<number>/catalogue.<kind>", "shortages/export.<kind>",
}  # fmt: skip
AXE = Axe()
COLOURS = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
# Pages of somebody who isn't in yet.
BEFORE = {"sign-in", "sign-in/code"}


@pytest.fixture(scope="module", autouse=True)
def shortage(site: Site, django_db_blocker: DjangoDbBlocker) -> Shortage:
    """Oil is short, and a plan is proposed."""
    with django_db_blocker.unblock():
        found = open_shortage(site.company.world)
        plan = Plan.objects.get(number=found.plan)
        propose_plan(plan_id=plan.pk, letter="B", by=BY, at=timezone.now())
    return found


def addresses(company: Company) -> list[str]:
    """One address or more of every page."""
    customer, exchanged = company.world.customer.number, company.exchanged
    return [
        "/", "/orders", "/orders?held=1", "/orders?q=nobody", f"/orders/{company.delivered}", f"/orders/{company.held}",
        "/orders/new", "/intake", f"/intake/documents/{company.waiting_document}",
        f"/intake/files/{company.waiting_file}", "/intake/mend", "/intake/partners", "/intake/undelivered",
        "/deliveries", "/deliveries?view=arrived", f"/deliveries/{company.despatch}", f"/deliveries/{company.on_its_way}",
        "/invoices", f"/invoices/{company.invoice}", f"/invoices/{company.credit_note}", "/invoices/payments",
        "/invoices/payments/new", "/customers", f"/customers/{customer}", f"/customers/{customer}/terms",
        f"/customers/{customer}/sites/new", f"/customers/{customer}/sites/{company.world.site.number}",
        f"/customers/{customer}/people/new", f"/customers/{customer}/people/{company.person}",
        "/catalogue", f"/catalogue/{company.world.items[0].sku}", "/catalogue/receipts/R-1",
        "/results", "/results/on-time", "/results/fill-rate", "/results/order-quality", "/results/orders",
        "/results/audit", f"/results/audit/{exchanged.audited}", f"/customers/{customer}/scorecard",
        "/customers/alignment", f"/customers/{customer}/alignment", f"/intake/documents/{exchanged.paper}/check",
        f"/intake/documents/{exchanged.mail}", f"/intake/documents/{exchanged.reply}", "/intake/outgoing",
        "/intake/outgoing?state=refused&q=nobody", f"/intake/outgoing/{exchanged.late}", f"/intake/outgoing/{exchanged.failed}",
        f"/intake/outgoing/{exchanged.refused}", "/intake/connections", "/intake/partners/new", f"/intake/partners/{PARTNER}",
        f"/intake/partners/{PARTNER}/change", f"/intake/partners/{PARTNER}/answers/invoice",
        *_short(), "/search?q=PO-1", "/account", "/account/second-factor", "/account/second-factor/off", "/changes",
        "/nothing-here", *_asked(),
    ]  # fmt: skip


def _short() -> list[str]:
    """The pages of what runs short and of the plan that shares it."""
    run = Run.objects.select_related("plan").order_by("-id")[0]
    line = RunLine.objects.filter(run=run).select_related("line__order", "line__item").order_by("id")[0].line
    assert line.item is not None
    plan = f"/shortages/plans/{run.plan.number}"
    return [
        "/shortages", "/shortages?receipt=*&late=21&less=30", "/shortages?q=nothing", "/shortages/service",
        f"/shortages/items/{line.item.sku}",
        f"/shortages/items/{line.item.sku}/desk", f"{plan}/kept",
        "/shortages/plans", "/shortages/plans?state=closed", f"/shortages/plans/new?item={line.item.sku}", plan,
        f"{plan}/scenarios/A", f"{plan}/scenarios/new", f"{plan}/sign", f"{plan}/publish", f"{plan}/letters", f"{plan}/agreement",
        f"{plan}/runs/{run.number}/lines/{line.pk}", f"/orders/{line.order.number}/why",
    ]  # fmt: skip


def _asked() -> list[str]:
    """The letter to the customers of each cause that keeps orders waiting."""
    asked = [
        {"code": one.code, "received": one.received, "customer_id": one.customer_id or ""}
        for one in repairs()
        if one.order_ids
    ]
    return [f"/intake/mend/ask?{urlencode(one)}" for one in asked[:1]]


def test_every_page_for_staff_is_among_the_pages_that_are_looked_at(site: Site) -> None:
    names = {pattern.name: path for path, pattern in pages()}
    seen = set()
    for address in addresses(site.company):
        try:
            seen.add(names[resolve(urlsplit(address).path).url_name])
        except Resolver404:
            assert address == "/nothing-here"
    client = Client()
    client.force_login(get_user_model().objects.get(username="administrator"))
    unseen = [path for path, _ in pages() if path not in seen | NO_PAGES | BEFORE and not path.startswith("portal")]
    assert [path for path in unseen if client.get(filled(path)).status_code != 405] == []
    assert seen & NO_PAGES == set()


@pytest.mark.parametrize("language", ["es", "en"])
def test_no_page_has_anything_that_axe_objects_to(site: Site, page: Page, language: str) -> None:
    sign_in(page, site.url, "administrator")
    prefer(page, site.url, language=language, theme="light")
    faults: list[str] = []
    for address in addresses(site.company):
        answer = page.goto(site.url + address)
        if answer is None or answer.status != (404 if address == "/nothing-here" else 200):
            faults.append(f"{address}: {answer and answer.status}")
        faults += [f"{address}: {fault}" for fault in faults_of(page, language)]
    assert faults == []


@pytest.mark.parametrize("language", ["es", "en"])
def test_the_appearance_that_a_person_chose_stays_on_every_page(site: Site, page: Page, language: str) -> None:
    sign_in(page, site.url, "manager")
    prefer(page, site.url, language=language, theme="dark")
    for address in ("/", "/orders", "/results", "/account"):
        page.goto(site.url + address)
        assert (address, _look(page)) == (address, (language, "dark"))
    page.locator("[data-theme-flip]").click()
    page.reload()
    assert _look(page) == (language, "light")


@pytest.mark.parametrize("language", ["es", "en"])
def test_the_sign_in_page_is_open_to_everyone(site: Site, page: Page, language: str) -> None:
    page.context.add_cookies([
        {"name": "promesa_theme", "value": "light", "url": site.url},
        {"name": "promesa_language", "value": language, "url": site.url},
    ])  # fmt: skip
    page.goto(site.url + "/sign-in")
    assert faults_of(page, language) == []


def _look(page: Page) -> tuple[str | None, str | None]:
    root = page.locator("html")
    return root.get_attribute("lang"), root.get_attribute("data-theme")


def faults_of(page: Page, language: str) -> list[str]:
    """What is wrong with the page that is open: wide, dark, and on a telephone."""
    page.set_viewport_size({"width": 1440, "height": 900})
    faults = [] if _look(page) == (language, "light") else [f"looks {_look(page)}"]
    if page.locator("h1").count() != 1:
        faults.append(f"{page.locator('h1').count()} h1")
    page.evaluate(AXE.axe_script)
    faults += _violations(page, {})
    # the dark theme is the same page in other colours
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    faults += [f"dark: {fault}" for fault in _violations(page, {"runOnly": COLOURS})]
    page.set_viewport_size({"width": 390, "height": 844})
    wide = page.evaluate("document.documentElement.scrollWidth")
    if wide > 390:
        faults.append(f"{wide} px wide on a telephone")
    return faults


def _violations(page: Page, options: dict[str, object]) -> list[str]:
    found = page.evaluate("options => axe.run(document, options)", {"resultTypes": ["violations"], **options})
    return [f"{one['id']} {one['nodes'][0]['html'][:120]}" for one in found["violations"]]
