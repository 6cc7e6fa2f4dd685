"""What happens at the customers' doors: each chapter's outcome for the goods that it is told of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from promesa.demo.life import Coming, Life
from promesa.demo.story import Act, Chapter
from promesa.demo.tale import Wish
from promesa.fulfilment.rules import Arrival, Part
from promesa.fulfilment.states import Outcome

ONE_LINE = {
    Act.REFUSED: Outcome.REFUSED,
    Act.SHORT: Outcome.SHORT,
    Act.DAMAGED: Outcome.DAMAGED,
    Act.RESERVE: Outcome.RESERVE,
}
WHOLE_NOTE = (Act.BROUGHT_AGAIN, Act.ABSENT)
NAMES = ("R. Vidal", "M. Serrano", "P. Luque", "A. Ferrer", "J. Montes", "C. Rivas", "I. Parra", "L. Nieto")


def arrival_of(life: Life, one: Coming) -> Arrival:
    """The arrival of goods at their door, with what its chapter does to them."""
    wish = life.wishes[one.order_id]
    act = life.act(one.order_id)
    outcomes: Mapping[int, Sequence[Part]] | None = None
    cause = ""
    chapter = wish.chapter
    if act in ONE_LINE and chapter is not None and 1 in one.lines:
        outcomes = {1: _parts_of_line(life, wish, chapter, one.lines[1])}
        life.befell.add(one.order_id)
    elif act in WHOLE_NOTE and chapter is not None:
        outcomes = {
            line: [Part(Outcome.REDELIVER, quantity, chapter.reason, chapter.cause)]
            for line, quantity in one.lines.items()
        }
        life.befell.add(one.order_id)
    elif act is Act.ARRIVES_LATE and chapter is not None:
        cause = chapter.cause
        life.befell.add(one.order_id)
    taken = act not in WHOLE_NOTE
    return Arrival(
        advice_id=one.advice_id, outcomes=outcomes, cause=cause, at=one.at,
        signed_by=NAMES[wish.amount % len(NAMES)] if taken else "",
        arrived_at=one.at if act is Act.ABSENT else None,
    )  # fmt: skip


def _parts_of_line(life: Life, wish: Wish, chapter: Chapter, offered: Decimal) -> list[Part]:
    """A case or a few of the first line are not simply taken; the rest is."""
    case = life.item(wish, 1).case
    cases = max(1, int(offered) // case * (1 + wish.amount % 3) // 4)
    quantity = min(Decimal(cases * case), offered - case if offered > case else offered)
    # With a reserve the goods are accepted: nobody is to blame yet.
    cause = "" if chapter.act is Act.RESERVE else chapter.cause
    told = Part(ONE_LINE[chapter.act], quantity, chapter.reason, cause)
    rest = offered - quantity
    return [told, Part(Outcome.ACCEPTED, rest)] if rest else [told]
