"""Two suppliers of the demo company, with their August and their town's holidays."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from promesa.catalog.models import Item, Supplier
from promesa.core.calendar_store import calendar
from promesa.demo.company import Company
from promesa.demo.operations import masters


@pytest.mark.django_db
def test_the_oil_and_the_tuna_come_from_suppliers_who_close_in_august() -> None:
    company = Company(date(2025, 11, 1), date(2026, 11, 22))
    masters.hire(at=datetime(2025, 10, 1, 8, tzinfo=UTC))
    masters.set_up(company=company, at=datetime(2025, 10, 1, 8, tzinfo=UTC))
    assert list(Supplier.objects.order_by("code").values_list("code", "name", "calendar__code")) == [
        ("ALM-SI", "Almazara San Isidro", "ALM-SI"), ("CON-ES", "Conservas del Estrecho", "CON-ES"),
    ]  # fmt: skip
    press, cannery = (
        calendar(calendar_id=one.calendar_id, zone=one.time_zone) for one in Supplier.objects.order_by("code")
    )
    assert [press.is_open(date(2026, 8, day)) for day in (7, 10, 21, 24)] == [True, False, False, True]
    assert press.next_open(date(2026, 5, 15)) == date(2026, 5, 18)  # San Isidro is a Friday
    assert cannery.next_open(date(2026, 7, 31), 1) == date(2026, 9, 1)
    assert {one.supplier_id for one in Item.objects.filter(family="Aceite de oliva")} == {
        Supplier.objects.get(code="ALM-SI").pk
    }
