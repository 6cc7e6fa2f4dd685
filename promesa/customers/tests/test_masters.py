from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from promesa.access.rules import Principal
from promesa.core.actors import Actor
from promesa.core.errors import Invalid, NotAllowed, Stale
from promesa.core.models import Calendar, Event
from promesa.customers import operations, queries
from promesa.customers.models import CreditStanding, Customer, Person, Segment, Site

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
LOADER = Actor("promesa")
D = Decimal
GLN = "8412345000003"


def put(*rows, **changes):
    return operations.put_customers(rows=rows, by=LOADER, at=AT, **changes)


def test_new_customers_get_defaults_a_credit_standing_and_an_event_each() -> None:
    done = put({"number": "C-1", "name": "Ribera"}, {"number": "C-2", "name": "Bahía", "credit_limit": "1500.50"})
    assert (done.rows, done.created, done.changed, done.rejected) == (2, 2, 0, [])
    one, two = Customer.objects.order_by("number")
    assert (one.currency, one.payment_days, one.credit_limit, one.partial_deliveries, one.version) == (
        "EUR",
        30,
        None,
        True,
        1,
    )
    assert two.credit_limit == D("1500.50")
    assert CreditStanding.objects.count() == 2
    assert list(Event.objects.values_list("kind", "subject_kind", "subject_id")) == [
        ("CustomerChanged", "customer", one.pk),
        ("CustomerChanged", "customer", two.pk),
    ]


def test_the_same_rows_again_change_nothing_and_tell_nothing() -> None:
    rows = [{"number": "C-1", "name": "Ribera", "gln": GLN, "late_days": "2"}]
    put(*rows)
    done = put(*rows)
    assert (done.created, done.changed) == (0, 0)
    assert (Customer.objects.get().version, Event.objects.count()) == (1, 1)


def test_fields_that_a_row_does_not_have_keep_what_is_stored() -> None:
    put({"number": "C-1", "name": "Ribera", "email": "a@b.es", "payment_days": 45})
    done = put({"number": "C-1", "name": "Ribera Alta"})
    customer = Customer.objects.get()
    assert (done.created, done.changed) == (0, 1)
    assert (customer.name, customer.email, customer.payment_days, customer.version) == ("Ribera Alta", "a@b.es", 45, 2)


def test_a_thousand_rows_take_as_many_statements_as_one() -> None:
    counts = []
    for batch in ([0], range(1, 1001)):
        with CaptureQueriesContext(connection) as told:
            put(*({"number": f"C-{n:05d}", "name": f"N {n}", "gln": ""} for n in batch))
        counts.append(len(told.captured_queries))
    assert counts[0] == counts[1]
    assert counts[0] <= 10


def test_all_faults_are_told_at_once_and_nothing_is_written() -> None:
    put({"number": "C-1", "name": "Ribera", "gln": GLN})
    with pytest.raises(Invalid) as refused:
        put(
            {"number": "C-2", "name": "", "payment_days": "1.5", "credit_limit": "NaN"},
            {"number": "C-3", "name": "x", "gln": "8412345000004", "country": "España", "segment": "none"},
            {"number": "C-4", "name": "x", "gln": GLN},
            {"number": "C-4", "name": "again"},
            {"name": "without number", "colour": "red"},
        )
    found = {(one["row"], one["field"], one["code"]) for one in refused.value.errors}
    assert found == {
        (1, "name", "field_missing"),
        (1, "payment_days", "not_whole"),
        (1, "credit_limit", "not_a_number"),
        (2, "gln", "bad_check_digit"),
        (2, "country", "not_letters"),
        (2, "segment", "reference_unknown"),
        (3, "gln", "value_taken"),
        (4, "number", "row_repeated"),
        (5, "colour", "field_unknown"),
        (5, "number", "field_missing"),
    }
    assert all(one["sentence"]["es"] and one["sentence"]["en"] for one in refused.value.errors)
    assert Customer.objects.count() == 1


def test_with_keep_good_the_good_rows_are_written_and_the_others_told() -> None:
    done = put({"number": "C-1", "name": "Ribera"}, {"number": "C-2", "segment": "x", "name": "y"}, keep_good=True)
    assert (done.rows, done.created, len(done.rejected)) == (2, 1, 1)
    assert done.rejected[0]["sentence"]["es"] == "No existe el segmento x. Dé de alta lo que falta o corrija el código."
    assert Customer.objects.get().number == "C-1"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "x" * 201), ("name", "a\x00b"), ("name", "\ud800"), ("name", {"a": 1}), ("name", True),
        ("credit_limit", "1e30"), ("credit_limit", "-1"), ("credit_limit", "1.005"), ("credit_limit", "1,5"),
        ("credit_limit", float("nan")), ("credit_limit", D("Infinity")), ("credit_limit", "9" * 40),
        ("payment_days", 366), ("late_days", -1), ("late_days", "x"), ("under_percent", "100.5"),
        ("active_to", "31/12/2026"), ("active_to", "2026-02-30"), ("active_to", 20261231),
        ("one_delivery", "maybe"), ("currency", "eur"), ("language", "fr"), ("invoice_from", "order"),
    ],
)  # fmt: skip
def test_a_hostile_value_is_a_fault_of_its_row(field: str, value: object) -> None:
    with pytest.raises(Invalid) as refused:
        put({"number": "C-1", "name": "Ribera", field: value})
    assert [(one["row"], one["field"]) for one in refused.value.errors] == [(1, field)]
    assert Customer.objects.count() == 0


def test_an_old_version_is_stale_and_changes_nothing() -> None:
    put({"number": "C-1", "name": "Ribera"})
    put({"number": "C-1", "name": "Ribera Alta", "version": 1})
    with pytest.raises(Stale):
        put({"number": "C-1", "name": "Ribera Baja", "version": 1})
    assert (Customer.objects.get().name, Customer.objects.get().version) == ("Ribera Alta", 2)


def test_credit_terms_are_changed_only_by_who_may() -> None:
    put({"number": "C-1", "name": "Ribera", "credit_limit": "100"})
    clerk, finance = Principal("user:1", ["change_customer"]), Principal("user:2", ["change_credit"])
    operations.put_customers(rows=[{"number": "C-1", "phone": "1"}], by=clerk, at=AT)
    with pytest.raises(NotAllowed):
        operations.put_customers(rows=[{"number": "C-1", "credit_limit": "900"}], by=clerk, at=AT)
    operations.put_customers(rows=[{"number": "C-1", "credit_limit": "900"}], by=finance, at=AT)
    with pytest.raises(NotAllowed):
        operations.put_customers(rows=[{"number": "C-1", "phone": "2"}], by=finance, at=AT)
    assert (Customer.objects.get().credit_limit, Customer.objects.get().phone) == (D(900), "1")


def test_a_customer_can_be_given_back_its_lack_of_limit_and_segment() -> None:
    operations.put_segments(
        rows=[{"code": "build", "name_es": "Hacer", "name_en": "Build", "tier": 2}], by=LOADER, at=AT
    )
    put({"number": "C-1", "name": "Ribera", "credit_limit": "100", "segment": "build"})
    assert Customer.objects.get().segment == Segment.objects.get()
    put({"number": "C-1", "credit_limit": None, "segment": None})
    assert (Customer.objects.get().credit_limit, Customer.objects.get().segment) == (None, None)


# --- Sites -----------------------------------------------------------------------------------------------------------


def put_sites(*rows, **changes):
    return operations.put_sites(rows=rows, by=LOADER, at=AT, **changes)


def test_the_first_site_is_the_default_and_naming_another_takes_its_place() -> None:
    put({"number": "C-1", "name": "Ribera"})
    put_sites({"customer": "C-1", "number": "1", "name": "Nave"}, {"customer": "C-1", "number": "2", "name": "Tienda"})
    assert Site.objects.get(is_default=True).number == "1"
    done = put_sites({"customer": "C-1", "number": "2", "is_default": "sí"})
    assert (Site.objects.get(is_default=True).number, done.changed) == ("2", 1)
    again = put_sites({"customer": "C-1", "number": "2", "is_default": True})
    assert (again.changed, Site.objects.get(is_default=True).number) == (0, "2")


def test_windows_are_read_as_text_or_objects_and_replace_the_stored_ones() -> None:
    put({"number": "C-1", "name": "Ribera"})
    put_sites({"customer": "C-1", "number": "1", "name": "Nave", "windows": "0-4 08:00-14:00; 5 09:00-12:00"})
    site = Site.objects.get()
    assert list(site.windows.order_by("weekday").values_list("weekday", flat=True)) == [0, 1, 2, 3, 4, 5]
    events = Event.objects.count()
    put_sites({"customer": "C-1", "number": "1", "windows": "5 09:00-12:00; 0-4 08:00-14:00"})
    assert Event.objects.count() == events
    put_sites({"customer": "C-1", "number": "1", "windows": [{"weekday": 2, "opens": "07:00", "closes": "09:30"}]})
    assert [str(one) for one in site.windows.all()] == ["2 07:00-09:30"]
    put_sites({"customer": "C-1", "number": "1", "windows": ""})
    assert site.windows.count() == 0


@pytest.mark.parametrize(
    ("field", "value"),
    [("windows", "Mon 8-14"), ("windows", "0 14:00-08:00"), ("windows", "0 24:00-25:00"), ("windows", [1]),
     ("time_zone", "Madrid"), ("calendar", "XX"), ("transit_days", "91"), ("customer", "C-9"), ("gln", "123")],
)  # fmt: skip
def test_a_site_that_cannot_be_is_told(field: str, value: object) -> None:
    put({"number": "C-1", "name": "Ribera"})
    with pytest.raises(Invalid) as refused:
        put_sites({"customer": "C-1", "number": "1", "name": "Nave", field: value})
    assert [one["field"] for one in refused.value.errors] == [field]
    assert Site.objects.count() == 0


def test_a_site_takes_the_newest_version_of_its_calendar() -> None:
    put({"number": "C-1", "name": "Ribera"})
    Calendar.objects.create(code="ES", version=1, name="old")
    newest = Calendar.objects.create(code="ES", version=2, name="new")
    put_sites({"customer": "C-1", "number": "1", "name": "Nave", "calendar": "ES"})
    assert Site.objects.get().calendar == newest


def test_people_are_put_by_customer_and_name() -> None:
    put({"number": "C-1", "name": "Ribera"})
    for phone, counts in (("1", (1, 0)), ("1", (0, 0)), ("2", (0, 1))):
        done = operations.put_people(rows=[{"customer": "C-1", "name": "Eva", "phone": phone}], by=LOADER, at=AT)
        assert (done.created, done.changed) == counts
    assert Person.objects.get().phone == "2"


# --- Reading ---------------------------------------------------------------------------------------------------------


def test_a_page_of_customers_goes_on_where_the_last_ended_and_stays_within_reach() -> None:
    put(*({"number": f"C-{n}", "name": "x", "active_to": "2026-01-01" if n == 3 else None} for n in range(1, 6)))
    assert [one["number"] for one in queries.customers_page(limit=2)] == ["C-1", "C-2", "C-3"]
    assert [one["number"] for one in queries.customers_page(after="C-4")] == ["C-5"]
    assert [one["number"] for one in queries.customers_page(active_on=date(2026, 3, 1))] == ["C-1", "C-2", "C-4", "C-5"]
    two = queries.id_of(number="C-2")
    assert [one["number"] for one in queries.customers_page(within=two)] == ["C-2"]
