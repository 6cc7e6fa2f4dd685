"""The kit in templates: `{% load ui %}`."""

from datetime import UTC, date, datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import timezone, translation

NB = "\N{NO-BREAK SPACE}"
MOMENT = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)


def drawn(text: str, lang: str = "es", **values: Any) -> str:
    with translation.override(lang), timezone.override("Europe/Madrid"):
        return Template("{% load ui %}" + text).render(Context(values))


@pytest.fixture(autouse=True)
def this_year(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("promesa.core.templatetags.ui.timezone.localdate", lambda: date(2026, 11, 20))


def test_a_moment_is_said_in_the_readers_zone_or_in_the_one_named() -> None:
    assert ">mar 24 nov, 10:30</time>" in drawn("{{ at|when }}", at=MOMENT)
    assert ">Tue 24 Nov, 04:30</time>" in drawn('{{ at|when:"America/Bogota" }}', "en", at=MOMENT)
    assert drawn("{% when at zone %}", at=MOMENT, zone="Europe/Madrid") == drawn("{{ at|when }}", at=MOMENT)


def test_a_moment_keeps_its_full_stamp_for_who_hovers() -> None:
    assert drawn("{{ at|when }}", at=MOMENT) == (
        '<time datetime="2026-11-24T10:30:00+01:00" title="martes 24 de noviembre de 2026, 10:30:00 (Europe/Madrid, UTC+1)">'
        "mar 24 nov, 10:30</time>"
    )


def test_the_day_of_a_moment_is_the_day_where_the_reader_is() -> None:
    late = datetime(2026, 11, 23, 23, 30, tzinfo=UTC)
    assert ">mar 24 nov</time>" in drawn("{{ at|day }}", at=late)
    assert ">lun 23 nov</time>" in drawn('{{ at|day:"UTC" }}', at=late)
    assert ">jue 4 dic 2025</time>" in drawn("{{ at|day }}", at=date(2025, 12, 4))


def test_a_window_and_a_distance_are_said_as_people_say_them() -> None:
    end = datetime(2026, 11, 24, 11, tzinfo=UTC)
    assert ">mar 24 nov, 10:30–12:00</time>" in drawn("{% window start end %}", start=MOMENT, end=end)
    assert f">hace 90{NB}min</time>" not in drawn("{{ at|ago:now }}", at=MOMENT, now=end)
    assert f">hace 1{NB}h</time>" in drawn("{{ at|ago:now }}", at=MOMENT, now=end)


def test_values_are_said_in_the_readers_language() -> None:
    values = {"net": Decimal("7681.52"), "share": Decimal("0.954265"), "cases": Decimal("12.000000")}
    template = '{{ net|money:"EUR" }} {{ share|percent }} {{ net|number }} {% quantity cases "CS" %} {{ "CS"|unit:1 }}'
    assert drawn(template, **values) == f"7.681,52{NB}€ 95,4{NB}% 7.681,52 12{NB}cajas caja"
    assert drawn(template, "en", **values) == f"€7,681.52 95.4% 7,681.52 12{NB}cases case"


def test_what_is_absent_is_a_dash_and_never_an_error() -> None:
    empty = '{{ x|when }}{{ x|day }}{{ x|ago }}{{ x|money:"EUR" }}{{ x|number }}{{ x|percent }}{% quantity x "CS" %}{% window x x %}'
    assert drawn(empty, x=None).count("—") == 8


def test_an_icon_leads_to_the_sprite_and_is_decoration() -> None:
    icon = drawn('{% icon "truck" %}')
    assert icon.startswith('<svg class="icon" aria-hidden="true"><use href="/static/promesa/icons.svg')
    assert icon.endswith('#truck"/></svg>')


def test_a_chip_says_its_word_with_its_mark_and_only_known_tones() -> None:
    chip = drawn('{% state_chip words "risk" "r" %}', words="<b>Retenido")
    assert chip.startswith('<span class="chip risk"><svg class="mark"')
    assert chip.endswith("&lt;b&gt;Retenido</span>")
    with pytest.raises(ValueError, match="no such tone"):
        drawn('{% state_chip "x" "red" %}')


@pytest.mark.parametrize(
    ("cookies", "attributes"),
    [
        ({}, ' lang="es"'),
        ({"promesa_theme": "dark", "promesa_rail": "narrow"}, ' lang="es" data-theme="dark" data-rail="narrow"'),
        ({"promesa_theme": '"><script>', "promesa_rail": "wide"}, ' lang="es"'),
    ],
)
def test_the_page_carries_the_theme_and_rail_that_were_chosen_and_nothing_else(
    cookies: dict[str, str], attributes: str
) -> None:
    request = RequestFactory().get("/")
    request.COOKIES.update(cookies)
    assert drawn("{% html_attributes %}", request=request) == attributes


@pytest.mark.parametrize(
    ("cookie", "kept", "shown"), [("", "dark", "dark"), ("light", "dark", "light"), ("system", "dark", "")]
)
def test_the_theme_chosen_on_this_device_goes_before_the_one_that_the_person_keeps(
    cookie: str, kept: str, shown: str
) -> None:
    request = RequestFactory().get("/")
    request.COOKIES["promesa_theme"] = cookie
    request._cached_user = SimpleNamespace(theme=kept)  # type: ignore[attr-defined]
    assert drawn("{% html_attributes %}", request=request) == ' lang="es"' + (f' data-theme="{shown}"' if shown else "")


def test_a_page_without_a_request_still_says_its_language() -> None:
    assert drawn("{% html_attributes %}", "en") == ' lang="en"'


def test_a_column_sorts_up_then_down_keeps_the_filters_and_starts_from_the_first_page() -> None:
    head = '{% sort_head "net" "Base" "num" %}'

    def link(query: str) -> str:
        return drawn(head, request=RequestFactory().get("/orders?" + query))

    assert 'href="?state=open&amp;sort=net"' in link("state=open&after=17")
    assert 'href="?sort=-net"' in link("sort=net")
    assert '<th scope="col" class="num" aria-sort="ascending">' in link("sort=net")
    assert 'href="?sort=net"' in link("sort=-net")
    assert "aria-sort" not in link("sort=customer")


def test_a_hostile_filter_stays_inside_its_address() -> None:
    head = drawn('{% sort_head "net" "Base" %}', request=RequestFactory().get("/orders", {"q": '"><script>'}))
    assert "<script" not in head
    assert "q=%22%3E%3Cscript%3E" in head
