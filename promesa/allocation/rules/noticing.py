"""What a customer may still answer to a notice: what stood then is held against what stands now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from promesa.allocation.states import Answer, PlanState

ZERO = Decimal(0)
# Answers of which the order is changed; who waits changes nothing.
CHANGES = frozenset({Answer.ACCEPT_PARTIAL, Answer.SUBSTITUTE, Answer.CANCEL})


@dataclass(frozen=True, slots=True)
class ToldLine:
    """A line of a notice, then and now, in base units. `sent` is what left since; `claimed` the goods that are its own now."""

    line_id: int
    choices: tuple[str, ...]
    share: Decimal
    open: Decimal
    open_now: Decimal
    sent: Decimal
    claimed: Decimal
    released: bool
    gone: bool
    newer: bool

    @property
    def kept(self) -> Decimal:
        """What of it is served: what the notice gave and has not left yet, or what it has by now if that is more."""
        return min(self.open_now, max(self.share - self.sent, self.claimed, ZERO))

    @property
    def missing(self) -> Decimal:
        """What nobody can send yet."""
        return self.open_now - self.kept


def why_over(*, state: str, answer_by: date | None, today: date, theirs: bool) -> str:
    """Why a notice is answered no more, as a code; empty while it is. Only customers (`theirs`) have until a day: what they
    say later by telephone is written down all the same."""
    if state == PlanState.CLOSED:
        return "notice_over"
    if theirs and answer_by is not None and today > answer_by:
        return "notice_late"
    return ""


def why_not(line: ToldLine, answer: str) -> str:
    """Why a line cannot be answered like that any more, as a code; empty if it can."""
    if answer not in CHANGES:
        return ""
    if line.newer:
        return "notice_line_newer"
    if line.gone:
        return "notice_line_gone"
    if line.open_now + line.sent != line.open:
        return "notice_line_changed"
    if line.missing <= 0:
        return "notice_line_served"
    if answer == Answer.CANCEL and line.released:
        return "notice_line_released"
    return ""


def still_offered(line: ToldLine) -> tuple[str, ...]:
    """The choices of a line that can still be made; none where nothing is left to choose."""
    open_ones = tuple(one for one in line.choices if not why_not(line, one))
    return open_ones if any(one in CHANGES for one in open_ones) else ()


def cancelled_by(line: ToldLine, answer: str) -> Decimal:
    """How much of a line an answer takes off it (a substitute takes its place)."""
    if answer not in CHANGES:
        return ZERO
    return line.open_now if answer == Answer.CANCEL else line.missing
