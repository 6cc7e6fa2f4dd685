"""What a customer sees when goods are scarce: what they get and why, their answer, and what may go in its place."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django import DjangoDbBlocker

from promesa.allocation.models import Notice
from promesa.orders.models import Order
from tests.browser.conftest import Site
from tests.browser.shared_out import SharedOut, share_out
from tests.browser.steps import prefer
from tests.browser.test_axe import faults_of
from tests.browser.test_portal import enter


@pytest.fixture(scope="module")
def shared(site: Site, django_db_blocker: DjangoDbBlocker) -> SharedOut:
    with django_db_blocker.unblock():
        return share_out(site.company.world)


def test_why_do_i_get_this_tells_ones_own_reasons_and_nothing_of_others(
    site: Site, page: Page, shared: SharedOut
) -> None:
    enter(page, site.url)
    page.goto(f"{site.url}/portal/orders/{shared.order}")
    page.get_by_role("link", name="¿Por qué recibo esto?").click()
    page.wait_for_url(f"{site.url}/portal/orders/{shared.order}/why")
    said = page.locator("main")
    expect(said).to_contain_text("Aceite de nuez")
    expect(said).to_contain_text("43 de 60 prometidas")
    expect(said).to_contain_text("Se reparte en proporción a lo que pide cada uno: le tocan 42,857")
    expect(said).to_contain_text("Lo que hay se reparte con reglas iguales para todos.")
    for secret in ("Rival Secreto", shared.other_order, "NUEZ-80", "nivel", "segmento"):
        expect(said).not_to_contain_text(secret)
    # What others ask and get, and what there is, is nobody's business.
    assert set(re.findall(r"[0-9]+", said.inner_text())) & {"80", "57", "140", "100"} == set()
    answer = page.goto(f"{site.url}/portal/orders/{shared.other_order}/why")
    assert answer is not None
    assert answer.status == 404
    expect(page.locator("main")).not_to_contain_text("Rival Secreto")


def test_a_notice_is_answered_without_any_script_and_only_once(site: Site, browser: Browser, shared: SharedOut) -> None:
    context = browser.new_context(java_script_enabled=False, locale="es-ES", viewport={"width": 390, "height": 844})
    page = context.new_page()
    try:
        enter(page, site.url)
        page.goto(f"{site.url}/portal/notices")
        expect(page.locator("main")).to_contain_text("1 aviso espera su respuesta.")
        page.get_by_role("link", name="Qué recibe").click()
        expect(page.locator("main")).to_contain_text("43 unidades")
        page.locator("input[value=accept_partial]").check()
        page.get_by_role("button", name="Enviar la respuesta").click()
        expect(page.locator("main")).to_contain_text("Acepto lo que hay y anulen el resto")
        expect(page.locator("body")).to_contain_text("Gracias. Tenemos su respuesta")
        assert page.locator("input[type=radio]").count() == 0
        answer = page.goto(f"{site.url}/portal/notices/{shared.other_notice}")
        assert answer is not None
        assert answer.status == 404
    finally:
        context.close()
    line = Order.objects.get(number=shared.order).lines.get()
    assert (int(line.cancelled_by_customer), int(line.open_quantity)) == (17, 43)
    assert Notice.objects.get(pk=shared.notice).told_how == "portal"


def test_a_substitute_is_offered_while_one_types_and_sent_only_when_it_is_ticked(
    site: Site, page: Page, shared: SharedOut
) -> None:
    enter(page, site.url)
    page.goto(site.url + "/portal/orders/new")
    row = page.locator("[data-lines] tr").nth(0)
    row.locator("input[name=code]").fill(shared.item.sku)
    row.locator("input[name=quantity]").fill("5")
    offer = row.get_by_label("Enviar en su lugar")
    expect(offer).not_to_be_checked()
    expect(row).to_contain_text("5 unidades de Aceite de avellana")
    offer.check()
    expect(row.locator("[data-promise]")).to_contain_text("5 del sustituto, ")
    expect(offer).to_be_checked()
    page.locator("[data-pad-confirm]").click()
    expect(page.locator("h1")).to_contain_text("P-")
    made = Order.objects.order_by("pk").last()
    assert made is not None
    first, second = made.lines.order_by("line_number")
    assert (int(first.substituted), second.item_id, int(second.ordered_quantity)) == (5, shared.instead.pk, 5)


@pytest.mark.parametrize("language", ["es", "en"])
def test_no_page_of_what_is_shared_has_anything_that_axe_objects_to(
    site: Site, page: Page, shared: SharedOut, language: str
) -> None:
    enter(page, site.url)
    prefer(page, site.url, language=language, theme="light")
    faults = []
    for address in ("/portal/notices", f"/portal/notices/{shared.notice}", f"/portal/orders/{shared.order}/why"):
        page.goto(site.url + address)
        faults += [f"{address}: {fault}" for fault in faults_of(page, language)]
    assert faults == []
