"""Charts drawn on the server: percent for x and pixels for y, so that one drawing serves every width and words never stretch.

Every chart takes plain values and returns markup; shares are of one (0.809 is 80,9 %). Beside a chart the page renders the same
values as a table. A bar or point with `href` is a link to the rows behind it.
"""

from promesa.core.ui.charts.axis import Scale, ticks
from promesa.core.ui.charts.bars import Part, hours, meter, pareto_bar, plain_bar, scarcity
from promesa.core.ui.charts.curves import Course, Mark, curves
from promesa.core.ui.charts.keys import key, swatch
from promesa.core.ui.charts.trend import Point, trend
from promesa.core.ui.charts.waterfall import Loss, waterfall

__all__ = [
    "Course",
    "Loss",
    "Mark",
    "Part",
    "Point",
    "Scale",
    "curves",
    "hours",
    "key",
    "meter",
    "pareto_bar",
    "plain_bar",
    "scarcity",
    "swatch",
    "ticks",
    "trend",
    "waterfall",
]
