"""Lines that should have left are given to a person, the others are left in peace."""

from datetime import timedelta

import pytest

from promesa.fulfilment.operations import call_late_lines
from promesa.fulfilment.tests.ground import BY, item, order, stock
from promesa.work.models import WorkItem

pytestmark = pytest.mark.django_db


def test_an_order_whose_day_has_passed_is_called_once(at):
    oil = item()
    late = order(at, (oil, 10, [(stock(oil, 10), 10)]))
    assert call_late_lines(by=BY, at=at + timedelta(days=1)) == 1
    assert call_late_lines(by=BY, at=at + timedelta(days=1, hours=1)) == 0
    assert [one.title["params"]["order"] for one in WorkItem.objects.all()] == [late.number]


def test_an_order_that_leaves_today_or_later_is_not_called(at):
    oil = item()
    order(at, (oil, 10, [(stock(oil, 10), 10)]))
    assert call_late_lines(by=BY, at=at) == 0
    assert not WorkItem.objects.exists()
