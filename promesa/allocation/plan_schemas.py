"""What the API takes and tells of scarcity plans."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from pydantic import Field

from promesa.core.api import Body, Code, Day, Page, Short, Told


class NewPlan(Body):
    """Which items to share, of what comes before `horizon_to`; floors and ceilings bind promises until `valid_to`."""

    name: Annotated[Short, Field(min_length=1)]
    items: Annotated[list[Code], Field(min_length=1, max_length=20_000)]
    horizon_to: Day
    valid_to: Day
    valid_from: Day | None = None
    warehouse: Code = ""
    reason: Short = ""
    content: dict[str, Any] = Field(default_factory=dict)


class NewScenario(Body):
    """One way of sharing; over the draft of `letter`, or as a new one."""

    content: dict[str, Any]
    letter: Annotated[str, Field(max_length=2)] = ""
    name: Short = ""


class Proposed(Body):
    letter: Annotated[str, Field(min_length=1, max_length=2)]


class NewRun(Body):
    """Which scenario to work out; the proposed one if none is named."""

    letter: Annotated[str, Field(max_length=2)] = ""


class PlanFilters(Page):
    state: Annotated[str, Field(max_length=10)] = ""


class PlanInList(Told):
    number: str
    name: str
    state: str
    warehouse: str
    horizon_to: date
    valid_from: date
    valid_to: date
    items: int
    signatures: int


class PlansTold(Told):
    items: list[PlanInList]
    next: str | None = None


class SignatureTold(Told):
    side: str
    name: str
    hash: str
    signed_at: datetime


class ScenarioTold(Told):
    letter: str
    name: str
    hash: str
    content: dict[str, Any]
    proposed_at: datetime | None
    is_chosen: bool
    signatures: list[SignatureTold]


class RunTold(Told):
    number: int
    letter: str
    state: str
    rule: str
    lines: int
    seconds: str
    stats: dict[str, Any]
    made_at: datetime
    published_at: datetime | None
    refused_parts: int


class PlanTold(Told):
    number: str
    name: str
    state: str
    reason: str
    warehouse: str
    horizon_to: date
    valid_from: date
    valid_to: date
    published_at: datetime | None
    version: int
    scenarios: list[ScenarioTold]
    runs: list[RunTold]


class FiguresTold(Told):
    """Quantities and money as decimal texts; fill rates and Jain's index are fractions."""

    units_asked: str
    units: str
    fill: str
    orders: int
    complete_orders: int
    on_time_orders: int
    money: str
    missing_money: str
    broken_promises: int
    penalties: str
    moved_units: str
    minimum_fill: str
    jain: str


class GroupTold(Told):
    key: str
    name: str
    today: FiguresTold
    first: FiguresTold
    second: FiguresTold | None


class ComparisonTold(Told):
    first: str
    second: str | None
    today: FiguresTold
    first_figures: FiguresTold
    second_figures: FiguresTold | None
    customers: list[GroupTold]
    segments: list[GroupTold]


class ComparisonFilters(Body):
    beside: Annotated[int | None, Field(ge=1, le=10**6)] = None


class ChangeTold(Told):
    code: str
    params: dict[str, Any]
    sentence: dict[str, str]


class PublicationTold(Told):
    """Parts in force, parts refused since something changed, and what; how many customers have a notice."""

    published: list[int]
    refused: list[int]
    changes: list[ChangeTold]
    notices: int


class ReasonsTold(Told):
    order: str
    line: int
    item: str
    strategy: str
    tier: int
    open_quantity: str
    before_quantity: str
    share_quantity: str
    why: dict[str, list[str]]
