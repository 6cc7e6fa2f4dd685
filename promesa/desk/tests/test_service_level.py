"""What service pays: the level of each family, a target that is judged, and the curve."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.utils import timezone

from promesa.allocation.queries.economic import service_of_classes
from promesa.core.ui.format import format_percent
from promesa.desk.tests.conftest import SignedIn
from promesa.desk.tests.ground import text_of
from promesa.inventory.models import DemandRate
from promesa.orders.tests.world import make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def families() -> None:
    """Oil whose demand varies, soap whose demand never does."""
    world = make_world(items=2)
    for item, family, deviation in zip(world.items, ("Aceites", "Jabones"), (12, 0), strict=True):
        item.family = family
        item.save(update_fields=["family"])
        DemandRate.objects.create(
            item=item, daily_quantity=40, daily_deviation=deviation, unit_value=10, days=56, counted_to=timezone.localdate()
        )  # fmt: skip


def test_each_family_shows_the_level_that_pays_and_what_half_a_point_more_would_cost(
    signed_in: SignedIn, families: None
) -> None:
    page = text_of(signed_in().get("/shortages/service").content)
    (oil, _) = service_of_classes(on=timezone.localdate())
    assert oil.curve is not None
    assert "What service pays" in page
    assert format_percent(oil.curve.economic, "en") in page
    assert "Its demand never varies." in page
    level = next(one for one in oil.curve.levels if one.service == oil.curve.economic)
    assert f"€{level.stock_cost:,.2f}" in page
    assert f"€{level.short_cost:,.2f}" in page


def test_a_target_above_what_pays_is_warned_of_with_what_it_costs(signed_in: SignedIn, families: None) -> None:
    page = text_of(signed_in(language="es").get("/shortages/service?target=99,9").content)
    (oil, _) = service_of_classes(on=timezone.localdate(), target=Decimal("0.999"))
    assert oil.excess is not None
    assert "1 familia apunta más alto de lo que compensa" in page
    assert "El objetivo del 99,9" in page
    assert "Compensaría si una falta costara" in page
    low = text_of(signed_in(language="en").get("/shortages/service?target=60").content)
    assert "aims higher" not in low


@pytest.mark.parametrize("target", ["100", "0", "-3", "much", "1e9"])
def test_a_target_that_can_not_be_is_told_and_kept_in_its_field(
    signed_in: SignedIn, families: None, target: str
) -> None:
    answer = signed_in().get("/shortages/service", {"target": target})
    assert answer.status_code == 400
    assert "A target is a number above 0 and below 100" in text_of(answer.content)
    assert f'value="{target}"' in answer.content.decode()


def test_the_curve_is_drawn_for_the_family_that_is_asked_for_and_says_its_finding(
    signed_in: SignedIn, families: None
) -> None:
    page = signed_in().get("/shortages/service?family=Aceites").content.decode()
    assert page.count('class="course ') == 3
    assert "is the last that pays." in page
    assert 'class="course ' not in signed_in(role="manager").get("/shortages/service?family=Jabones").content.decode()


def test_without_counted_demand_the_page_says_when_it_is_counted(signed_in: SignedIn) -> None:
    make_world()
    assert "No demand has been counted yet" in text_of(signed_in().get("/shortages/service").content)
