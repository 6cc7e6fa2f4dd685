"""What was decided on the board, as a decision: shares by lot, an outcome with its trace for every line, what could not be kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from promesa.allocation.rules.board import Board
from promesa.allocation.rules.instance import MILLION, Decision, Id, Instance, Lot, Outcome, Share, Trace
from promesa.allocation.rules.lots import Pool
from promesa.allocation.rules.valuing import objective_of, unkept_of

Members = Sequence[Sequence[int]]
# Steps that tell of no quantity of the line's own.
FIRST = frozenset({"share_supply", "share_usable"})


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
        outcomes=_outcomes(instance, board, lots_of, places_of, _stopped(instance, totals, asks, members[1])),
        exceptions=unkept_of(instance, totals, members),
        objective=objective_of(instance, totals, floor_members=members[0]),
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
        in_turn = sorted(places, key=board.priority) if isinstance(shelf, Pool) else places
        served = [(place, given[place]) for place in in_turn if given[place]]
        for place, at, quantity in shelf.placed(served):
            share = Share(lines[place].id, lots[at].id, quantity)
            found[place] = (*found[place], share) if found[place] else (share,)
    return tuple([share for shares in found if shares for share in shares])


def _stopped(instance: Instance, totals: Sequence[int], asks: Sequence[int], members: Members) -> dict[int, int]:
    """Lines that a ceiling keeps from getting more, and that ceiling."""
    found: dict[int, int] = {}
    for ceiling, places in zip(instance.ceilings, members, strict=True):
        left = ceiling.quantity - sum([totals[place] for place in places])
        for place in places:
            if totals[place] < asks[place] and left < instance.lines[place].pack:
                found[place] = min(ceiling.quantity, found.get(place, ceiling.quantity))
    return found


def _outcomes(
    instance: Instance,
    board: Board,
    lots_of: Mapping[Id, Sequence[Lot]],
    places_of: Mapping[Id, Sequence[int]],
    stopped: Mapping[int, int],
) -> tuple[Outcome, ...]:
    lines = instance.lines
    found: list[Any] = [None] * len(lines)
    given, notes, closed = board.given, board.notes, board.closed
    for item, places in places_of.items():
        lots, shelf = lots_of.get(item, ()), board.shelf_of[item]
        supply = sum([lot.quantity for lot in lots])
        there = ("share_supply", supply, sum([lines[place].open_quantity for place in places]))
        alone = (there,)
        for place in places:
            line, got = lines[place], given[place]
            bare: tuple[Any, ...] = alone
            if got < line.open_quantity:
                usable = shelf.usable(place) if place not in closed else 0
                if place in closed and supply:
                    bare = (there, ("share_no_lot", len(lots)))
                elif usable < supply and place not in closed:
                    bare = (there, ("share_usable", usable))
            said = notes.get(place)
            if said is not None:
                bare = (*bare, *said)
            ending = _ending(bare, got, line.open_quantity, line.pack)
            if place in stopped:
                ending = (("share_ceiling", stopped[place]), *ending)
            found[place] = Outcome(line.id, got, Trace((*bare, *ending)))
    return tuple(found)


def _ending(bare: tuple[Any, ...], got: int, open_quantity: int, pack: int) -> tuple[tuple[Any, ...], ...]:
    """How the trace ends: with all, in whole packs, with a part, with nothing."""
    if got >= open_quantity:
        return (("share_all", got),)
    last = bare[-1]
    if last[0].startswith("share_by_") and last[2] != got and pack > 1 and bare[-2][0] in FIRST:
        return (("share_units", got) if pack == MILLION else ("share_packs", pack, got),)
    return (("share_part", got, open_quantity),) if got else (("share_nothing",),)
