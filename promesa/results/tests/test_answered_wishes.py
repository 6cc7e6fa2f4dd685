"""The customer wants it at another time: what we answer to that is the word that counts."""

from __future__ import annotations

from datetime import date

from promesa.results.rules.facts import Basis, Change, Party
from promesa.results.tests.lines import came, day_part, line, on, verdict

THURSDAY, FRIDAY = date(2026, 11, 26), date(2026, 11, 27)
WISHED_AT = on(date(2026, 11, 23))


def test_our_answer_of_the_same_moment_goes_before_the_wish_that_could_not_be_met() -> None:
    facts = line(
        changes=(Change(at=WISHED_AT, initiator=Party.CUSTOMER, parts=(day_part(THURSDAY),)),),
        promise_changes=(Change(at=WISHED_AT, initiator=Party.CUSTOMER, parts=(day_part(FRIDAY),)),),
        deliveries=(came(at=on(FRIDAY)),),
    )
    assert verdict(facts).perfect
    assert not verdict(facts, Basis.REQUESTED).perfect


def test_a_wish_after_our_answer_replaces_it() -> None:
    facts = line(
        changes=(Change(at=on(date(2026, 11, 24)), initiator=Party.CUSTOMER, parts=(day_part(THURSDAY),)),),
        promise_changes=(Change(at=WISHED_AT, initiator=Party.CUSTOMER, parts=(day_part(FRIDAY),)),),
        deliveries=(came(at=on(FRIDAY)),),
    )
    assert not verdict(facts).perfect
