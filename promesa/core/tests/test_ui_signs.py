"""The two signatures: each state has its mark, and what others wrote stays text."""

from datetime import UTC, date, datetime
from xml.etree import ElementTree

import pytest

from promesa.core.ui import signs
from promesa.core.ui.signs import Stage

HOSTILE = '<script>alert(1)</script>" onload="x'


@pytest.mark.parametrize(
    ("state", "mark"),
    [
        ("k", '<circle class="m-kept" cx="6.5" cy="10" r="4.5"/>'),
        ("d", '<circle class="m-done" cx="6.5" cy="10" r="3.5"/>'),
        ("g", '<circle class="m-going" cx="6.5" cy="10" r="5"/><circle class="m-dot" cx="6.5" cy="10" r="2"/>'),
        ("r", '<path class="m-risk" d="M6.5 3.5l6.5 6.5-6.5 6.5-6.5-6.5z"/>'),
        ("n", '<circle class="m-wait" cx="6.5" cy="10" r="3.25"/>'),
        ("x", '<path class="m-off" d="M3.5 7l6 6m0-6l-6 6"/>'),
    ],
)
def test_each_state_of_a_stage_has_its_own_mark(state: str, mark: str) -> None:
    svg = signs.promise_mini(f"{state} n n n n n", "es")
    assert mark in svg


@pytest.mark.parametrize(("state", "text"), [("b2", "+2"), ("b0", "!"), ("b", "!"), ("b120", "99+")])
def test_a_broken_promise_says_how_many_days_late(state: str, text: str) -> None:
    svg = signs.promise_mini(f"k k k {state} n n", "es")
    assert '<rect class="m-broken" x="67.3" y="3" width="20" height="14" rx="7"/>' in svg
    assert f">{text}</text>" in svg


def test_the_track_to_a_stage_has_the_look_of_that_stage() -> None:
    svg = signs.promise_mini("k k g r b2 n", "es")
    classes = [path.get("class") for path in ElementTree.fromstring(svg) if (path.get("class") or "").startswith("t-")]
    assert classes == ["t-kept", "t-going", "t-risk", "t-broken", "t-wait"]


def test_the_small_line_reads_as_one_sentence_in_either_language() -> None:
    es, en = (ElementTree.fromstring(signs.promise_mini("d k g r b1 n", lang)) for lang in ("es", "en"))
    assert es.findtext("title") == (
        "Promesa: generación hecha; adquisición cumplida; proceso en curso; despacho en riesgo; entrega 1 día tarde; pago aún no"
    )
    assert en.findtext("title") == (
        "Promise: generation done; acquisition kept; processing in progress; despatch at risk; delivery 1 day late; payment not yet"
    )
    assert es.get("role") == "img"


@pytest.mark.parametrize("code", ["", "k k k k k", "k k k k k z", "k2 k k k k k", "b-1 k k k k k", "bx k k k k k"])
def test_a_code_that_is_none_is_a_mistake_in_the_program(code: str) -> None:
    with pytest.raises(ValueError, match=r"stage"):
        signs.promise_mini(code, "es")


def line(**first: object) -> list[Stage]:
    return [Stage("k", **first), *(Stage("n") for _ in range(5))]  # type: ignore[arg-type]


def test_the_large_line_says_planned_above_and_what_was_below() -> None:
    planned, fact = datetime(2026, 11, 24, 9, 30, tzinfo=UTC), datetime(2026, 11, 24, 9, tzinfo=UTC)
    html = signs.promise_line(
        line(planned=planned, fact=fact, hands="Ruta 4"), "es", "Europe/Madrid", date(2026, 11, 1)
    )
    assert (
        '<span class="plan"><span class="vh">Previsto: </span><time datetime="2026-11-24T10:30:00+01:00" '
        'title="martes 24 de noviembre de 2026, 10:30:00 (Europe/Madrid, UTC+1)">mar 24 nov, 10:30</time></span>'
    ) in html
    assert '>mar 24 nov, 10:00</time></span><span class="hands">Ruta 4</span>' in html


def test_a_stage_without_a_plan_leaves_it_blank_and_is_not_green() -> None:
    html = signs.promise_line([Stage("d", None, "hecho"), *(Stage("n") for _ in range(5))], "es", "UTC")
    assert '<li class="done"><span class="stage">Generación</span><span class="plan"></span>' in html
    assert "m-kept" not in html


def test_the_stage_that_has_the_ball_is_the_current_step() -> None:
    stages = [Stage("k"), Stage("r", now=True), *(Stage("n") for _ in range(4))]
    assert signs.promise_line(stages, "es", "UTC").count('<li class="risk now" aria-current="step">') == 1


def test_what_others_wrote_stays_text() -> None:
    html = signs.promise_line(line(planned=HOSTILE, fact=HOSTILE, hands=HOSTILE), "es", "UTC")
    assert "<script" not in html
    assert html.count("&lt;script&gt;alert(1)&lt;/script&gt;&quot; onload=&quot;x") == 3
    flower = signs.petals("kkkk", 264, texts=[(HOSTILE, HOSTILE)] * 4)
    assert "<script" not in flower


# --- petals --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "css", "shapes"),
    [("k", "p-kept", 1), ("p", "p-prov", 1), ("b", "p-broken", 2), ("r", "p-risk", 1), ("n", "p-wait", 1)],
)
def test_each_state_of_a_petal_has_its_own_shape(state: str, css: str, shapes: int) -> None:
    assert signs.petals(state * 4, lang="es").count(f'<path class="{css}"') == 4 * shapes


def test_no_two_states_of_a_petal_share_a_shape() -> None:
    shapes = {tuple(e.get("d") for e in ElementTree.fromstring(signs.petals(s * 4, label=False))) for s in "kpbrn"}
    assert len(shapes) == 5


def test_a_flower_reads_as_one_sentence_or_is_decoration() -> None:
    flower = ElementTree.fromstring(signs.petals("kpbn", lang="es"))
    assert (
        flower.findtext("title")
        == "completo cumplido, a tiempo provisional, documentos roto, buen estado aún sin veredicto"
    )
    assert ElementTree.fromstring(signs.petals("kpbn", label=False)).get("aria-hidden") == "true"


def test_a_flower_is_as_large_as_it_is_asked_to_be() -> None:
    small, large = ElementTree.fromstring(signs.petals("kkkk", 20)), ElementTree.fromstring(signs.petals("kkkk", 96))
    assert (small.get("width"), large.get("width")) == ("20", "96")
    assert small.get("viewBox") == large.get("viewBox") == "0 0 20 20"


@pytest.mark.parametrize("code", ["kkk", "kkkkk", "kkkz", "o" * 4])
def test_a_flower_with_an_unknown_petal_is_a_mistake_in_the_program(code: str) -> None:
    with pytest.raises(ValueError, match="no such flower"):
        signs.petals(code)


def test_one_petal_stands_in_its_place_among_pale_ones() -> None:
    leaves = [path.get("class") for path in ElementTree.fromstring(signs.one_petal(2, "b"))]
    assert leaves == ["p-other", "p-other", "p-broken", "p-broken", "p-other"]
