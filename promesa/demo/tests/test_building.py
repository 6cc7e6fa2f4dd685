"""Building starts over what was interrupted, and never touches another company."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from promesa.core.models import Parameter
from promesa.customers.models import Customer
from promesa.demo import operations, queries
from promesa.demo.operations import building

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 10, 30, tzinfo=UTC)


def silent(done: int, total: int, what: str) -> None:
    """Nobody watches."""


def test_a_database_with_another_company_is_left_alone() -> None:
    Customer.objects.create(number="1", name="Otra")
    with pytest.raises(operations.OtherCompanyHere):
        operations.build(progress=silent, now=NOW)
    assert Customer.objects.count() == 1
    assert not queries.is_begun()


@pytest.mark.django_db(transaction=True)
def test_what_an_interrupted_building_left_is_taken_away(monkeypatch: pytest.MonkeyPatch) -> None:
    Parameter.objects.create(code=queries.BEGUN, value="x", valid_from=date(2020, 1, 1), changed_by="demo")
    Customer.objects.create(number="1", name="A medias")
    monkeypatch.setattr(building, "_live", lambda tale, progress: None)
    operations.build(progress=silent, now=NOW)
    assert Customer.objects.count() == 0
    assert queries.is_built()


def test_a_company_that_was_begun_is_not_built() -> None:
    Parameter.objects.create(code=queries.BEGUN, value="x", valid_from=date(2020, 1, 1), changed_by="demo")
    assert queries.is_begun()
    assert not queries.is_built()
    assert queries.is_empty()
