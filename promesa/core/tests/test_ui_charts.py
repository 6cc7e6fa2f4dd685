"""Charts: where the marks stand, what they lead to, and that labels stay text."""

from decimal import Decimal
from xml.etree import ElementTree

import pytest

from promesa.core.ui import charts
from promesa.core.ui.charts import Loss, Part, Point, Scale, ticks
from promesa.core.ui.charts.waterfall import axis_start

HOSTILE = '"><script>alert(1)</script>'
BAND = (Decimal("0.75"), Decimal("0.85"))


def month(word: str, value: str | None, href: str = "") -> Point:
    if value is None:
        return Point(word, None)
    share = Decimal(value)
    return Point(word, share, share - Decimal("0.02"), share + Decimal("0.02"), href)


def drawing(markup: str) -> ElementTree.Element:
    return ElementTree.fromstring(markup)


def of_class(markup: str, css: str) -> list[ElementTree.Element]:
    return [element for element in drawing(markup).iter() if css in (element.get("class") or "").split()]


@pytest.mark.parametrize(
    ("low", "high", "wanted", "steps"),
    [
        (65, 90, 6, [65, 70, 75, 80, 85, 90]),
        (75, 100, 5, [75, 80, 85, 90, 95, 100]),
        (0, 100, 5, [0, 20, 40, 60, 80, 100]),
        (0, 1, 5, [0, 0.2, 0.4, 0.6, 0.8, 1.0]),
        (3, 3, 5, [3]),
        (72, 95, 5, [75, 80, 85, 90, 95]),
    ],
)
def test_an_axis_has_round_steps(low: float, high: float, wanted: int, steps: list[float]) -> None:
    assert ticks(low, high, wanted) == steps


def test_a_scale_maps_ends_to_ends_and_nothing_to_its_start() -> None:
    scale = Scale(65, 90, 208, 12)
    assert (scale(65), scale(90)) == (208, 12)
    assert Scale(5, 5, 208, 12)(5) == 208


def test_the_trend_draws_its_points_where_their_rates_are() -> None:
    svg = charts.trend([month("sep", "0.80"), month("oct", "0.85")], BAND, label="x", lang="es")
    assert [(p.get("cx"), p.get("cy")) for p in of_class(svg, "pt")] == [("2.00%", "142.7"), ("94.00%", "77.3")]


def test_the_trend_shows_band_interval_and_the_open_month_apart() -> None:
    points = [month("ago", "0.78"), month("sep", "0.80"), month("oct", "0.81")]
    svg = charts.trend(points, BAND, Point("nov", Decimal("0.823")), label="x", lang="es")
    assert len(of_class(svg, "band")) == 1
    assert len((of_class(svg, "range")[0].get("points") or "").split()) == 6
    assert len((of_class(svg, "soft")[0].get("points") or "").split()) == 2
    assert [text.text for text in of_class(svg, "prov")] == ["nov", "82,3\N{NO-BREAK SPACE}%"]
    assert of_class(svg, "target")[0].text == "meta 75 a 85\N{NO-BREAK SPACE}%"


def test_a_month_in_which_nothing_fell_due_breaks_the_line_and_its_interval() -> None:
    words = ("ene", "feb", "mar", "abr", "may")
    values = ("0.7", "0.72", None, "0.74", "0.73")
    svg = charts.trend([month(w, v) for w, v in zip(words, values, strict=True)], BAND, label="x", lang="es")
    assert [len((line.get("points") or "").split()) for line in of_class(svg, "trend")] == [2, 2]
    assert len(of_class(svg, "range")) == 2
    assert len(of_class(svg, "pt")) == 4


def test_points_with_rows_behind_them_are_links_and_the_chart_is_a_group() -> None:
    svg = charts.trend(
        [month("sep", "0.80", "/r?m=9&x=1"), month("oct", "0.81", "/r?m=10")], BAND, label="x", lang="en"
    )
    links = [element for element in drawing(svg).iter() if element.tag == "a"]
    assert [(one.get("href"), one.get("aria-label")) for one in links] == [
        ("/r?m=9&x=1", "sep: 80.0%"),
        ("/r?m=10", "oct: 81.0%"),
    ]
    assert of_class(svg, "chart")[0].get("role") == "group"
    still = charts.trend([month("sep", "0.80"), month("oct", "0.81")], BAND, label="x")
    assert of_class(still, "chart")[0].get("role") == "img"


@pytest.mark.parametrize(
    "points", [[], [month("oct", "0.8")], [month("oct", None)], [month("a", "0"), month("b", "1")]]
)
def test_the_trend_bears_few_points_and_extreme_ones(points: list[Point]) -> None:
    svg = charts.trend(points, None, label="x", lang="es")
    assert len(of_class(svg, "pt")) == sum(point.value is not None for point in points)


def test_the_waterfall_falls_from_all_to_what_was_reached() -> None:
    losses = [
        Loss("C1", "Falta de stock", Decimal("0.075"), "/c1"),
        Loss("C5", "Retraso", Decimal("0.049")),
        Loss("U", "Otra", Decimal("0.067")),
    ]
    svg = charts.waterfall(losses, label="x", lang="es")
    bars = list(drawing(svg).iter("rect"))
    assert [bar.get("class") for bar in bars] == ["bar-ink", "bar-lost", "bar-lost", "bar-light", "bar-kept"]
    edges = [(float(bar.get("y") or 0), float(bar.get("height") or 0)) for bar in bars]
    assert edges[1][0] == edges[0][0]
    assert edges[2][0] == pytest.approx(edges[1][0] + edges[1][1], abs=0.11)
    assert edges[4][0] == pytest.approx(edges[3][0] + edges[3][1], abs=0.11)
    assert [t.text for t in of_class(svg, "strong")] == [
        "100\N{NO-BREAK SPACE}%",
        "−7,5",
        "−4,9",
        "−6,7",
        "80,9\N{NO-BREAK SPACE}%",
    ]
    assert [one.get("href") for one in drawing(svg).iter("a")] == ["/c1"]


@pytest.mark.parametrize(("reached", "start"), [("0.809", 0.75), ("0.75", 0.7), ("0.81", 0.8), ("0.02", 0), ("0", 0)])
def test_the_axis_of_the_waterfall_starts_beneath_what_was_reached(reached: str, start: float) -> None:
    assert axis_start(Decimal(reached)) == start


def test_labels_of_others_stay_text_in_every_chart() -> None:
    drawn = [
        charts.trend([Point(HOSTILE, 0.8, href=HOSTILE, note=HOSTILE), Point(HOSTILE, 0.7)], BAND, label=HOSTILE),
        charts.waterfall(
            [Loss(HOSTILE, HOSTILE, 0.1, HOSTILE)], label=HOSTILE, start=HOSTILE, end=HOSTILE, end_href=HOSTILE
        ),
        charts.hours([Part(HOSTILE, 1, href=HOSTILE)], label=HOSTILE),
        charts.meter(1, 2, label=HOSTILE),
        charts.key([(HOSTILE, HOSTILE)]),
    ]
    for markup in drawn:
        assert "<script" not in markup
        assert not [element for element in drawing(markup).iter() if element.tag == "script"]


def test_a_bar_is_as_long_as_its_part_of_the_longest() -> None:
    bar, stroke = drawing(charts.pareto_bar(61, 48, 94))
    assert (bar.get("width"), stroke.get("x1")) == ("64.89%", "51.06%")
    assert next(iter(drawing(charts.plain_bar(1, 4)))).get("width") == "25.00%"
    assert next(iter(drawing(charts.plain_bar(0, 0)))).get("width") == "0.00%"


def test_hours_stack_what_is_kept_going_at_risk_and_late() -> None:
    svg = charts.hours([Part("8", 9), Part("9", 5, 2, 1, 1, "/h9"), Part("10")], label="x")
    assert [bar.get("class") for bar in drawing(svg).iter("rect")] == [
        "bar-kept",
        "bar-kept",
        "bar-ghost",
        "bar-amber",
        "bar-lost",
    ]
    assert [text.text for text in of_class(svg, "strong")] == ["9", "9"]
    assert [one.get("aria-label") for one in drawing(svg).iter("a")] == ["9: 9"]


def test_a_limit_that_is_passed_turns_red_and_ends_at_the_edge() -> None:
    def drawn(used: int, limit: int, this: int) -> tuple[list[tuple[str | None, str | None]], str | None]:
        svg = drawing(charts.meter(used, limit, this, lang="en"))
        return [(bar.get("class"), bar.get("width")) for bar in svg][1:], svg.get("aria-label")

    assert drawn(50, 100, 25) == ([("bar-ink", "50.00%"), ("bar-kept", "25.00%")], "75% of the limit is used")
    assert drawn(90, 100, 30) == ([("bar-ink", "90.00%"), ("bar-lost", "10.00%")], "120% of the limit is used")
    assert drawn(5, 0, 1) == ([("bar-ink", "100.00%"), ("bar-lost", "0.00%")], "100% of the limit is used")


def test_scarce_supply_shows_what_hangs_over_the_edge() -> None:
    svg = charts.scarcity(196, 120, 276, 40, 0, 86, lang="en")
    widths = [(bar.get("class"), bar.get("width")) for bar in drawing(svg).iter("rect")]
    assert widths == [
        ("bar-soft", "48.56%"),
        ("coming", "29.73%"),
        ("bar-ink", "68.38%"),
        ("protect", "9.91%"),
        ("miss", "21.31%"),
    ]
    assert (
        drawing(svg).get("aria-label") == "In stock 196, arriving 120; promised 276, protected 40, free 0, missing 86"
    )
