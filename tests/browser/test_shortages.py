"""Oil is short: seen on the board, planned, signed by two people, published, and asked why."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Page, expect

from promesa.allocation.models import Notice, Plan, Run, Signature
from promesa.inventory.models import Claim, Receipt
from tests.browser.conftest import Site
from tests.browser.shortage import Shortage, open_shortage, publish_proposal
from tests.browser.steps import aside, sign_in


@dataclass
class Ground:
    """What runs short, as walks find it; None after one that shared it out."""

    shortage: Shortage | None = None
    walked: bool = False


@pytest.fixture(scope="module")
def ground() -> Ground:
    """One for all walks, since building it takes longer than walking."""
    return Ground()


@pytest.fixture
def shortage(site: Site, ground: Ground) -> Shortage:
    """What runs short. No walk finds what another one has published: then all of it is made anew."""

    def opened() -> Shortage:
        if ground.walked:
            site.start_again()
        ground.walked = True
        return open_shortage(site.company.world)

    if ground.shortage is None:
        ground.shortage = aside(opened)
    return ground.shortage


@pytest.fixture
def shared_out(ground: Ground) -> Iterator[None]:
    """Asked for by walks that publish: who comes after them finds a new ground."""
    yield
    ground.shortage = None


@pytest.fixture
def published(shortage: Shortage, shared_out: None) -> Shortage:
    """B of the oil's plan is proposed, signed by both and in force, as the rooms do it."""
    aside(lambda: publish_proposal(shortage.plan, "B"))
    return shortage


@pytest.fixture
def pablo(browser: Browser, site: Site, shortage: Shortage) -> Iterator[Page]:
    """The person of sales, at another desk."""
    context = browser.new_context(locale="es-ES", timezone_id="Europe/Madrid", reduced_motion="reduce")
    page = context.new_page()
    sign_in(page, site.url, "pablo")
    yield page
    context.close()


def row_of(page: Page, name: str) -> dict[str, str]:
    """The figures of one row, by the word of their column."""
    row = page.locator("tr").filter(has=page.get_by_role("rowheader").filter(has_text=name))
    cells = row.locator("td[data-label]").all()
    return {
        cell.get_attribute("data-label") or "": cell.inner_text().split("\n")[0].split(":")[0].strip() for cell in cells
    }


def test_the_board_says_what_is_missing_and_a_supposition_is_reckoned_at_once_without_writing(
    site: Site, page: Page, shortage: Shortage
) -> None:
    sign_in(page, site.url, "lucia")
    page.get_by_role("navigation", name="Principal").get_by_role("link", name="Faltantes").click()
    expect(page.locator("h1")).to_have_text("Faltantes")
    expect(page.locator("#finding")).to_contain_text("en 4 artículos")
    oil = row_of(page, "Aceite de oliva virgen 5 L")
    assert (oil["Hay"], oil["Prometido"], oil["Libre"], oil["Faltan"]) == ("316", "316", "0", "86")
    before = list(Receipt.objects.order_by("pk").values_list("number", "quantity", "expected_at"))
    page.get_by_label("la entrada").select_option(f"R-{shortage.items[0].sku}")
    page.get_by_label("llega corta").select_option("50")
    expect(page.get_by_text("Está viendo un supuesto")).to_be_visible()
    oil = row_of(page, "Aceite de oliva virgen 5 L")
    assert (oil["Hay"], oil["Faltan"]) == ("256", "146")
    expect(page).to_have_url(re.compile(f"receipt=R-{shortage.items[0].sku}&late=0&less=50"))
    assert list(Receipt.objects.order_by("pk").values_list("number", "quantity", "expected_at")) == before


def test_an_item_says_who_goes_short_today_and_why(site: Site, page: Page, shortage: Shortage) -> None:
    sign_in(page, site.url, "lucia")
    page.goto(site.url + "/shortages")
    page.get_by_role("link", name="Aceite de oliva virgen 5 L").click()
    expect(page.locator("#who-h")).to_have_text("3 de 8 líneas se quedan cortas hoy")
    assert row_of(page, "Mayorista Bahía Norte")["Faltan"] == "46"
    page.get_by_role("link", name=re.compile("Por qué.*Mayorista Bahía Norte")).click()
    expect(page.locator("h1")).to_contain_text(shortage.orders[5])
    expect(page.locator("#line-1")).to_contain_text("8 de 54 prometidas")


def test_a_plan_is_made_of_chosen_items_by_keyboard_alone(site: Site, page: Page, shortage: Shortage) -> None:
    sign_in(page, site.url, "lucia")
    page.goto(site.url + "/shortages?view=short")
    page.get_by_role("checkbox", name="Elegir Atún claro 120 g").focus()
    page.keyboard.press("Space")
    page.get_by_role("checkbox", name="Elegir Aceituna manzanilla 3 kg").focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Nuevo plan con ellos").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Artículos que se reparten")).to_have_value(
        f"{shortage.items[1].sku}\n{shortage.items[2].sku}"
    )
    page.get_by_label("Nombre").focus()
    page.keyboard.type("Atún y aceituna")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Escenario A")
    expect(page.locator("#weigh")).to_contain_text("310 para 374 pedidas")
    page.get_by_role("button", name="Guardar y calcular").focus()
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Atún y aceituna")
    made = Run.objects.get(plan__name="Atún y aceituna")
    assert (made.state, made.lines) == ("simulated", 10)


def test_the_editor_weighs_what_is_typed_tells_all_faults_at_once_and_loses_nothing(
    site: Site, page: Page, shortage: Shortage
) -> None:
    sign_in(page, site.url, "lucia")
    page.goto(f"{site.url}/shortages/plans/{shortage.plan}/scenarios/new")
    page.get_by_label("Nombre del escenario").fill("Con los comedores primero")
    page.get_by_label("Regla de reparto en cada nivel").select_option("proportional")
    page.locator("#segment-build-weight").fill("mucho")
    page.locator("#floors-0-quantity").fill("cuarenta")
    page.locator("#exceptions-0-reason").fill("")
    expect(page.locator("#weigh")).to_contain_text("3 datos no están bien todavía")
    page.get_by_role("button", name="Guardar", exact=True).click()
    expect(page.locator("[data-errors] h2")).to_have_text("3 datos que corregir")
    expect(page.locator("#floors-0-quantity")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#exceptions-0-reason-error")).to_have_text("Toda excepción necesita su motivo.")
    expect(page.locator("#segment-build-weight")).to_have_value("mucho")
    expect(page.get_by_label("Nombre del escenario")).to_have_value("Con los comedores primero")
    page.locator("#segment-build-weight").fill("2")
    page.locator("#floors-0-quantity").fill("40")
    page.locator("#exceptions-0-reason").fill("Comedores escolares")
    expect(page.locator("#weigh")).to_contain_text("pedidos completos")
    page.get_by_role("button", name=re.compile("Otra fila.*Mínimos garantizados")).click()
    page.locator("#floors-2-value").fill("C-057")
    page.locator("#floors-2-quantity").fill("10")
    page.get_by_role("button", name="Guardar y calcular").click()
    expect(page.locator("h1")).to_have_text("Aceite antes de Navidad")
    made = Plan.objects.get(number=shortage.plan).scenarios.get(letter="C").content
    assert [one["quantity"] for one in made["floors"]] == ["40", "10"]
    expect(page.locator(".scenarios")).to_contain_text("Catering Tres Olivos: 10 garantizadas")


def test_scenarios_stand_side_by_side_and_each_number_says_why(site: Site, page: Page, shortage: Shortage) -> None:
    sign_in(page, site.url, "lucia")
    page.goto(f"{site.url}/shortages/plans/{shortage.plan}")
    encina = row_of(page, "Supermercados La Encina")
    assert (encina["Pide"], encina["Hoy"], encina["A"], encina["B"]) == ("96", "96", "76", "71")
    expect(page.locator("#eff")).to_contain_text("B completa")
    page.get_by_role("link", name=re.compile(r"Comedores Escolares del Segura B$")).click()
    expect(page.locator("h1")).to_have_text("¿Por qué recibe Comedores Escolares del Segura 48 de 48?")
    expect(page.locator("ol.said")).to_contain_text("Recibe todo lo que pide: 48.")
    expect(page.locator(".foot")).to_contain_text("sale lo mismo")


def test_two_people_sign_and_one_publishes_what_both_have_read(
    site: Site, page: Page, pablo: Page, shortage: Shortage, shared_out: None
) -> None:
    plan = f"{site.url}/shortages/plans/{shortage.plan}"
    sign_in(page, site.url, "lucia")
    page.goto(plan)
    page.get_by_role("button", name="Proponer B").click()
    page.get_by_role("link", name="Leer y firmar").click()
    expect(page.locator("ol.said")).to_contain_text("Comedores Escolares del Segura: recibe todo lo que pide.")
    page.get_by_role("button", name="Firmar por Atención al cliente").click()
    expect(page.locator("[data-errors]")).to_contain_text("Marque que lo ha leído")
    page.get_by_label("He leído la propuesta B").check()
    page.get_by_role("button", name="Firmar por Atención al cliente").click()
    expect(page.get_by_text("Lucía Vidal").first).to_be_visible()
    page.goto(f"{plan}/sign")
    expect(page.get_by_text("Usted ya firmó.")).to_be_visible()
    assert Plan.objects.get(number=shortage.plan).state == "proposed"
    pablo.goto(f"{plan}/sign")
    expect(pablo.get_by_role("button", name="Firmar por Atención al cliente")).to_have_count(0)
    pablo.get_by_label("He leído la propuesta B").check()
    pablo.get_by_role("button", name="Firmar por Ventas").click()
    expect(pablo.locator(".title .chip")).to_have_text("Firmado")
    signed = list(Signature.objects.order_by("pk").values_list("side", "user__username"))
    assert signed == [("customer_service", "lucia"), ("sales", "pablo")]
    page.goto(f"{plan}/publish")
    expect(page.locator(".will")).to_contain_text("clientes reciben aviso")
    page.get_by_role("button", name="Publicar").click()
    expect(page.get_by_role("dialog")).to_contain_text("Las reservas se mueven al momento.")
    page.get_by_role("dialog").get_by_role("button", name="No, volver").click()
    assert Plan.objects.get(number=shortage.plan).state == "signed"
    page.get_by_role("button", name="Publicar").click()
    page.get_by_role("dialog").get_by_role("button", name="Publicar").click()
    expect(page.locator(".title .chip")).to_have_text("Publicado")
    run = Run.objects.get(plan__number=shortage.plan, state="published")
    assert Notice.objects.filter(run=run).count() == 6
    share = run.run_lines.get(line__order__number=shortage.orders[0], line__line_number=1)
    claimed = sum(one.quantity for one in Claim.objects.filter(demand_line_id=share.line_id))
    assert claimed == share.share_quantity == 71
    page.goto(f"{plan}/agreement")
    expect(page.locator(".signing")).to_contain_text("Pablo Sanz")
    expect(page.locator(".signing")).to_contain_text("Lucía Vidal")


def test_after_publishing_letters_wait_and_the_order_says_by_which_plan(
    site: Site, page: Page, published: Shortage
) -> None:
    sign_in(page, site.url, "lucia")
    page.goto(f"{site.url}/shortages/plans/{published.plan}/letters")
    expect(page.locator("h1")).to_have_text("Se avisó a 0 de 6 clientes")
    letter = page.get_by_role("article").filter(has_text="Mayorista Bahía Norte").first
    expect(letter).to_contain_text("recibe 24 de 54 de Aceite de oliva virgen 5 L")
    page.goto(f"{site.url}/orders/{published.orders[5]}")
    page.get_by_role("link", name="¿Por qué esta promesa?").click()
    expect(page.locator("#line-1")).to_contain_text("Según el plan «Aceite antes de Navidad»")
    expect(page.locator("#line-1")).to_contain_text("En unidades enteras, 24.")


def test_the_page_for_sales_can_be_printed_and_has_room_for_both_names(
    site: Site, page: Page, shortage: Shortage
) -> None:
    sign_in(page, site.url, "lucia")
    page.goto(f"{site.url}/shortages/plans/{shortage.plan}/agreement")
    expect(page.locator("h1")).to_have_text("Cómo repartimos lo que escasea")
    expect(page.locator(".signing")).to_contain_text("Ventas")
    expect(page.locator(".signing")).to_contain_text("Atención al cliente")
    page.emulate_media(media="print", color_scheme="dark")
    expect(page.locator("#rail")).to_be_hidden()
    expect(page.get_by_role("button", name="Imprimir")).to_be_hidden()
    expect(page.locator(".signing")).to_be_visible()
    expect(page.locator("html")).to_have_css("background-color", "rgb(255, 255, 255)")
