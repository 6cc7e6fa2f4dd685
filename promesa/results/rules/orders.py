"""The verdict on an order: the product of its lines, and the causes of its failure in three views."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from promesa.results.rules.causes import Blame
from promesa.results.rules.facts import CUSTOMERS_OWN, Basis, Stage
from promesa.results.rules.verdicts import LineVerdict


@dataclass(frozen=True, slots=True)
class OrderVerdict:
    """What is to be said of one order on one basis.

    `kept` are full, on time, documents, condition; `full_at` and `on_time_at` at shipping, arrival, signature.
    """

    basis: Basis
    exclusion: str
    in_service: bool
    counted: bool
    due_at: datetime | None = None
    countable_at: datetime | None = None
    matures_at: datetime | None = None
    shipped: bool = False
    kept: tuple[bool, ...] = (False,) * 4
    full_at: tuple[bool, ...] = (False,) * 3
    on_time_at: tuple[bool, ...] = (False,) * 3
    delivery_note: bool = False
    invoice_by: datetime | None = None
    excused: str = ""
    cause: str = ""
    stage: Stage = Stage.UNKNOWN
    causes: tuple[str, ...] = ()

    @property
    def perfect(self) -> bool:
        return self.counted and all(self.kept)

    @property
    def sole_cause(self) -> str:
        """The cause without which the order would have been perfect; empty if there are several."""
        return self.causes[0] if len(self.causes) == 1 else ""

    @property
    def as_controllable(self) -> bool:
        """Perfect, or failed only by causes of the customer's own."""
        return self.perfect or (bool(self.causes) and all(cause in CUSTOMERS_OWN for cause in self.causes))


def judge_order(lines: Sequence[LineVerdict], *, basis: Basis) -> OrderVerdict:
    """Multiply the lines: an order keeps a component only if all its counted lines do.

    An order without any line to count is in no population. It is due when its last line is.
    """
    counted = [line for line in lines if line.counted]
    service = [line for line in lines if line.in_service]
    judged = counted or service
    if not judged:
        reason = _exclusion(lines)
        due = max((line.due_at for line in lines if line.due_at), default=None)
        return OrderVerdict(basis=basis, exclusion=reason, in_service=False, counted=False, due_at=due)
    clocks = list(zip(*(line.clocks for line in service), strict=True)) or [(), (), ()]
    primary = min((blame for line in counted for blame in line.blames), key=lambda b: (b.stage, b.cause), default=None)
    causes = _ordered(blame for line in counted for blame in line.blames)
    return OrderVerdict(
        basis=basis,
        exclusion="" if counted and service else _exclusion(lines),
        in_service=bool(service),
        counted=bool(counted),
        due_at=max(line.due_at for line in judged if line.due_at),
        countable_at=_last(line.countable_at for line in judged),
        matures_at=_last(line.matures_at for line in judged),
        shipped=bool(service) and all(line.shipped for line in service),
        kept=tuple(map(all, zip(*(line.marks for line in judged), strict=True))),
        full_at=tuple(all(one.full for one in point) for point in clocks),
        on_time_at=tuple(all(one.on_time for one in point) for point in clocks),
        delivery_note=all(line.delivery_note for line in counted),
        invoice_by=min((line.invoice_by for line in judged if line.invoice_by), default=None),
        excused=next((why for line in counted if (why := line.clocks[2].excused)), ""),
        cause=primary.cause if primary else "",
        stage=primary.stage if primary else Stage.UNKNOWN,
        causes=causes,
    )


def _last(moments: Iterable[datetime | None]) -> datetime | None:
    """The last of them; none if one of them is not known yet."""
    known = list(moments)
    return None if None in known else max(moment for moment in known if moment is not None)


def _exclusion(lines: Sequence[LineVerdict]) -> str:
    """Why the order is not counted: its lines' reason, the one that says most first."""
    reasons = {line.exclusion.reason for line in lines if line.exclusion is not None}
    for reason in ("delivery_unknown", "not_promised", "cancelled_after_release", "cancelled_by_customer"):
        if reason in reasons:
            return reason
    return "empty"


def _ordered(blames: Iterable[Blame]) -> tuple[str, ...]:
    found = sorted({(blame.stage, blame.cause) for blame in blames})
    return tuple(dict.fromkeys(cause for _, cause in found))


def by_primary_cause(verdicts: Sequence[OrderVerdict]) -> dict[str, int]:
    """Failed orders by their one primary cause; the counts sum to the failed orders."""
    counts: dict[str, int] = {}
    for verdict in _failed(verdicts):
        counts[verdict.cause] = counts.get(verdict.cause, 0) + 1
    return counts


def by_split_cause(verdicts: Sequence[OrderVerdict]) -> dict[str, Fraction]:
    """Each failed order divided equally among its distinct causes; the shares sum to the failed orders."""
    shares: dict[str, Fraction] = {}
    for verdict in _failed(verdicts):
        for cause in verdict.causes:
            shares[cause] = shares.get(cause, Fraction(0)) + Fraction(1, len(verdict.causes))
    return shares


def by_sole_cause(verdicts: Sequence[OrderVerdict]) -> dict[str, int]:
    """Orders that would have been perfect without that cause; they do not sum to the failed orders."""
    counts: dict[str, int] = {}
    for verdict in _failed(verdicts):
        if verdict.sole_cause:
            counts[verdict.sole_cause] = counts.get(verdict.sole_cause, 0) + 1
    return counts


def _failed(verdicts: Sequence[OrderVerdict]) -> list[OrderVerdict]:
    return [verdict for verdict in verdicts if verdict.counted and not verdict.perfect]
