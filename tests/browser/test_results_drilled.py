"""From the figure to its cause, to the orders behind it, to the order."""

from __future__ import annotations

import re

from django.db.models import QuerySet
from django.utils import timezone
from playwright.sync_api import Page, expect

from promesa.results.models import OrderVerdict
from tests.browser.conftest import Site
from tests.browser.steps import sign_in


def counted_already() -> QuerySet[OrderVerdict]:
    """The verdicts that the page shows: what fell due only today is not counted yet."""
    return OrderVerdict.objects.filter(basis="first", counted=True, countable_at__lte=timezone.now())


def test_the_figure_leads_to_its_cause_to_the_orders_behind_it_and_to_the_order(site: Site, page: Page) -> None:
    verdicts = counted_already()
    failed = verdicts.get(order__number=site.company.refused)
    assert failed.due_at is not None
    month = {"due_at__year": failed.due_at.year, "due_at__month": failed.due_at.month}
    due, missed = verdicts.filter(**month).count(), verdicts.filter(**month, perfect=False).count()
    behind_it = verdicts.filter(**month, cause=failed.cause)
    assert failed.cause == "C4"
    sign_in(page, site.url, "manager")
    page.goto(site.url + "/results")
    page.locator("select[name=month]").select_option(f"{failed.due_at:%Y-%m}")
    expect(page.locator("h1")).to_contain_text(f"{due - missed} de {due} pedidos")
    cause = page.get_by_role("row").filter(has=page.get_by_role("link", name="Rechazo en la entrega"))
    expect(cause.locator("td[data-label=Pedidos]")).to_have_text(str(behind_it.count()))
    cause.get_by_role("link", name="Rechazo en la entrega").click()
    expect(page).to_have_url(re.compile("/results/orders"))
    behind = page.locator("table[data-list] tbody tr")
    expect(behind).to_have_count(behind_it.count())
    shown = {row.get_by_role("link").first.inner_text() for row in behind.all()}
    assert shown == set(behind_it.values_list("order__number", flat=True))
    page.get_by_role("link", name=site.company.refused).click()
    expect(page).to_have_url(f"{site.url}/orders/{site.company.refused}")
    expect(page.locator("h1")).to_contain_text(site.company.refused)


def test_all_that_failed_are_behind_the_link_at_the_foot_of_the_causes(site: Site, page: Page) -> None:
    verdicts = counted_already()
    failed = verdicts.get(order__number=site.company.refused)
    assert failed.due_at is not None
    missed = verdicts.filter(
        due_at__year=failed.due_at.year, due_at__month=failed.due_at.month, perfect=False
    ).count()  # fmt: skip
    sign_in(page, site.url, "manager")
    page.goto(f"{site.url}/results?month={failed.due_at:%Y-%m}")
    page.get_by_role("link", name=re.compile("^Ver (el pedido|los .* pedidos)$")).click()
    expect(page.locator("table[data-list] tbody tr")).to_have_count(missed)
