"""`promesa quality`, as a person and as a program use it."""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal

import pytest
from click.testing import CliRunner

from promesa.cli.quality import quality
from promesa.orders.models import Finding
from promesa.results.tests.companies import TUESDAY, company

pytestmark = pytest.mark.django_db
DAY = str(TUESDAY - timedelta(days=5))


def run(*words):
    result = CliRunner().invoke(quality, [*words])
    assert result.exit_code == 0, result.output
    return result.stdout


@pytest.fixture
def wrong():
    made = company()
    order = made.order(lines=4, po_number="PO-1")
    Finding.objects.create(
        order=order, code="not_pack_multiple", aspect="quantity", severity="blocking", fault="customer", brought_in_by="edi:1",
        found_at=order.captured_at, resolved_at=order.captured_at + timedelta(days=2), received="10", minutes=Decimal(6),
    )  # fmt: skip
    return made


def test_errors_are_told_in_a_sentence_and_as_json(wrong):
    assert run("errors", "--from", DAY, "--to", DAY, "--lang", "en") == "Errors: 1 in 4 lines, 25.00 per 100.\n"
    (row,) = json.loads(run("errors", "--from", DAY, "--to", DAY, "--by", "channel", "--json"))["rows"]
    assert (row["group"], row["lines"], row["errors"], row["per_hundred_lines"]) == ("edi", 4, 1, "25.0000")
    assert "edi" in run("errors", "--from", DAY, "--to", DAY, "--by", "channel")


def test_touchless_tells_repairs_too(wrong):
    answer = json.loads(run("touchless", "--from", DAY, "--to", DAY, "--json"))
    assert answer["rows"][0]["value"] == "1.000000"
    assert answer["repairs"] == {
        "settled": 1,
        "minutes": "6.00",
        "minutes_told": 1,
        "hours_p50": "48.00",
        "hours_p90": "48.00",
    }
    assert "1 de 1 pedidos" in run("touchless", "--from", DAY, "--to", DAY, "--lang", "es")


def test_the_sample_of_a_day_is_drawn_and_listed(wrong):
    answer = json.loads(run("sample", "--day", DAY, "--json"))
    assert (answer["drawn"], [one["lines"] for one in answer["orders"]]) == (1, [4])
    assert run("sample", "--day", "2031-01-01", "--lang", "en").startswith("2031-01-01 has not ended")


def test_a_scorecard_can_be_sent(wrong):
    text = run("scorecard", "C-1", "--lang", "en")
    assert "Your last 1 orders: 1 with a mistake. It cost you 2 days of waiting." in text
    assert "1 order with a wrong pack: it stood still for 2 days." in text
    assert json.loads(run("scorecard", "C-1", "--json"))["wrong"] == 1
