"""What results answer: measures, the orders behind them, and causes."""

from promesa.results.queries.answers import MeasureAnswer, Row
from promesa.results.queries.behind import BehindRow, OrdersBehind, orders_behind
from promesa.results.queries.causes import (
    CauseRow,
    LossRow,
    Waterfall,
    cause_waterfall,
    lost_quantities,
    pareto,
)
from promesa.results.queries.measuring import measure
from promesa.results.queries.trends import trend_by_month

__all__ = [
    "BehindRow",
    "CauseRow",
    "LossRow",
    "MeasureAnswer",
    "OrdersBehind",
    "Row",
    "Waterfall",
    "cause_waterfall",
    "lost_quantities",
    "measure",
    "orders_behind",
    "pareto",
    "trend_by_month",
]
