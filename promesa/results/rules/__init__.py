"""The judgement of orders: pure functions over plain facts."""

from promesa.results.rules.comparison import compared_parts, exclusion_of
from promesa.results.rules.facts import Basis, Component, LineFacts, Party, Point, Unit
from promesa.results.rules.orders import OrderVerdict, judge_order
from promesa.results.rules.verdicts import LineVerdict, judge

__all__ = [
    "Basis",
    "Component",
    "LineFacts",
    "LineVerdict",
    "OrderVerdict",
    "Party",
    "Point",
    "Unit",
    "compared_parts",
    "exclusion_of",
    "judge",
    "judge_order",
]
