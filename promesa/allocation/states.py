"""What people decide of a plan, and how far a run has come."""

from __future__ import annotations

from enum import StrEnum


class PlanState(StrEnum):
    """A plan is written, laid before both sides, signed by them, put in force, and ended."""

    DRAFT = "draft"
    PROPOSED = "proposed"
    SIGNED = "signed"
    PUBLISHED = "published"
    CLOSED = "closed"


# A change of what was proposed or signed is another scenario: the plan is a draft again and old signatures do not count.
# A plan in force may be published anew (a later run of the same agreement), or changed under new signatures.
NEXT: dict[str, frozenset[str]] = {
    PlanState.DRAFT: frozenset({PlanState.PROPOSED, PlanState.CLOSED}),
    PlanState.PROPOSED: frozenset({PlanState.DRAFT, PlanState.PROPOSED, PlanState.SIGNED, PlanState.CLOSED}),
    PlanState.SIGNED: frozenset({PlanState.DRAFT, PlanState.PROPOSED, PlanState.PUBLISHED, PlanState.CLOSED}),
    PlanState.PUBLISHED: frozenset({PlanState.PROPOSED, PlanState.PUBLISHED, PlanState.CLOSED}),
    PlanState.CLOSED: frozenset(),
}


class Side(StrEnum):
    """Who must agree."""

    SALES = "sales"
    CUSTOMER_SERVICE = "customer_service"


class RunState(StrEnum):
    SIMULATED = "simulated"
    PUBLISHED = "published"


class PartState(StrEnum):
    """Of one part of a run (what hangs together by items and orders): each is put in force by itself, or not at all."""

    WAITING = "waiting"
    PUBLISHED = "published"
    REFUSED = "refused"


class Answer(StrEnum):
    """What a customer may say to getting less."""

    ACCEPT_PARTIAL = "accept_partial"
    SUBSTITUTE = "substitute"
    WAIT = "wait"
    CANCEL = "cancel"


class ProtectionKind(StrEnum):
    FLOOR = "floor"
    CEILING = "ceiling"
