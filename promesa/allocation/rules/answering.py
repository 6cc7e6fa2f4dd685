"""What was decided on the board, as a decision: shares by lot, an outcome with its trace for every line, what could not be kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from promesa.allocation.rules.board import Board
from promesa.allocation.rules.instance import MILLION, Decision, Id, Instance, Line, Lot, Outcome, Share, Trace
from promesa.allocation.rules.valuing import objective_of, unkept_of

Members = Sequence[Sequence[int]]


def answer(
    instance: Instance,
    board: Board,
    lots_of: Mapping[Id, Sequence[Lot]],
    places_of: Mapping[Id, Sequence[int]],
    asks: Sequence[int],
    members: tuple[Members, Members],
) -> Decision:
    """The decision that stands on the board."""
    totals = board.given
    return Decision(
        shares=_shares(instance, board, places_of),
        outcomes=_outcomes(instance.lines, board, lots_of, places_of),
        exceptions=unkept_of(instance, totals, members),
        objective=objective_of(instance, totals, asks=asks, floor_members=members[0]),
    )


def _shares(instance: Instance, board: Board, places_of: Mapping[Id, Sequence[int]]) -> tuple[Share, ...]:
    """Shares by line, in the order of the lines."""
    lines, given = instance.lines, board.given
    found: list[Any] = [None] * len(lines)
    for item, places in places_of.items():
        shelf = board.shelf_of[item]
        lots = shelf.lots
        if len(lots) == 1:
            lot = lots[0].id
            for place in places:
                if given[place]:
                    found[place] = (Share(lines[place].id, lot, given[place]),)
            continue
        served = [(place, given[place]) for place in sorted(places, key=board.priority) if given[place]]
        for place, at, quantity in shelf.placed(served):
            share = Share(lines[place].id, lots[at].id, quantity)
            found[place] = (*found[place], share) if found[place] else (share,)
    return tuple([share for shares in found if shares for share in shares])


def _outcomes(
    lines: Sequence[Line], board: Board, lots_of: Mapping[Id, Sequence[Lot]], places_of: Mapping[Id, Sequence[int]]
) -> tuple[Outcome, ...]:
    found: list[Any] = [None] * len(lines)
    given, notes, closed = board.given, board.notes, board.closed
    for item, places in places_of.items():
        lots = lots_of.get(item, ())
        there = (
            "share_supply", sum([lot.quantity for lot in lots]), sum([lines[place].open_quantity for place in places]),
        )  # fmt: skip
        alone = (there,)
        for place in places:
            line, got = lines[place], given[place]
            said = notes.get(place)
            bare: tuple[Any, ...] = alone
            if said is not None or place in closed:
                bare = (there, *((("share_no_lot", len(lots)),) if place in closed else ()), *(said or ()))
            found[place] = Outcome(line.id, got, Trace((*bare, *_ending(bare[-1], got, line.open_quantity, line.pack))))
    return tuple(found)


def _ending(last: tuple[Any, ...], got: int, open_quantity: int, pack: int) -> tuple[tuple[Any, ...], ...]:
    """How the trace ends: in whole packs, with all, with a part, with nothing."""
    if got >= open_quantity:
        return (("share_all", got),)
    if last[0].startswith("share_by_") and last[2] != got and pack > 1:
        return (("share_units", got) if pack == MILLION else ("share_packs", pack, got),)
    return (("share_part", got, open_quantity),) if got else (("share_nothing",),)
