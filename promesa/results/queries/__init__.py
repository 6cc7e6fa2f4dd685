"""What results answer: measures, the orders behind them, and causes."""

from promesa.results.queries.answers import MeasureAnswer, Row
from promesa.results.queries.auditing import Audited, Drawn, Source, audited, drawn_order, kept_order, sample
from promesa.results.queries.behind import BehindRow, OrdersBehind, orders_behind
from promesa.results.queries.capture import (
    DIVISIONS,
    Errors,
    Repairs,
    Touchless,
    capture_errors,
    repair_times,
    touchless,
)
from promesa.results.queries.causes import (
    CauseRow,
    LossRow,
    Waterfall,
    cause_waterfall,
    lost_quantities,
    pareto,
)
from promesa.results.queries.measuring import measure
from promesa.results.queries.scorecard import Mistake, Scorecard, scorecard
from promesa.results.queries.trends import trend_by_month

__all__ = [
    "DIVISIONS",
    "Audited",
    "BehindRow",
    "CauseRow",
    "Drawn",
    "Errors",
    "LossRow",
    "MeasureAnswer",
    "Mistake",
    "OrdersBehind",
    "Repairs",
    "Row",
    "Scorecard",
    "Source",
    "Touchless",
    "Waterfall",
    "audited",
    "capture_errors",
    "cause_waterfall",
    "drawn_order",
    "kept_order",
    "lost_quantities",
    "measure",
    "orders_behind",
    "pareto",
    "repair_times",
    "sample",
    "scorecard",
    "touchless",
    "trend_by_month",
]
