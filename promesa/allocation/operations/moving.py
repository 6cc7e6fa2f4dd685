"""The release desk: at the last minute goods go from one line to another, within the authority of who decides, with a reason.

The donor is promised anew and told like everybody whose promise changes; what the move did is kept as it was shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from promesa.access.queries import insist, may
from promesa.allocation.events import ShareMoved
from promesa.allocation.models import Override
from promesa.allocation.operations.promising import answer_of, as_promise
from promesa.allocation.queries.moving import DeskLine, FloorHit, Goods, desk_lines, floors_hit, goods_of, moved_by
from promesa.allocation.rules import RECEIPT, STOCK, Claim, Supply, SupplyPool
from promesa.core import locks, parameters
from promesa.core.actors import Actor
from promesa.core.calendars import local_day, start_of_day
from promesa.core.errors import NotFound, Refused
from promesa.core.events import emit
from promesa.core.verbs import verb
from promesa.inventory import operations as inventory
from promesa.inventory import queries as supply
from promesa.inventory.operations.claims import ClaimRow, Given
from promesa.inventory.queries import FreeRow
from promesa.orders import operations as orders
from promesa.orders.queries import Wanted, lines_to_promise
from promesa.orders.rules import PromisedLine

ZERO = Decimal(0)
LIMIT_PARAMETER = "allocation.release_desk_percent"
LIMIT = 2
# Why goods are moved: the words are in labels.
REASONS = ("emergency", "contract_penalty", "our_error", "promise_at_risk", "customer_agreed", "sales_request", "other")


class LinesNotAlike(Refused):
    """Goods go from a line to another line of the same item in the same warehouse."""


class LineNotOpen(Refused):
    """Nothing can be moved to or from an order that is closed or cancelled."""


class DonorInTheWarehouse(Refused):
    """What is being picked is not taken away."""


class DonorHasLess(Refused):
    """A line can give no more than it has."""


class NothingToMove(DonorHasLess):
    """A move is of more than nothing."""


class ReceiverWantsLess(Refused):
    """A line is given no more than it lacks."""


class ReceiverCannotUse(Refused):
    """The goods would not live long enough, or come too late, for the receiver."""


class BeyondAuthority(Refused):
    """So much is decided by somebody else."""


class FloorUndercut(Refused):
    """A minimum that was signed would not be kept."""


class MoveReasonMissing(Refused):
    """Every move says why, and who asked for it."""


@dataclass(frozen=True, slots=True)
class Impact:
    """What a move does, before it is made: the two lines before and after, the item's supply, what authority is left
    (None: any), the floors that would be undercut, and what the goods are worth (net, company currency)."""

    donor: DeskLine | None
    receiver: DeskLine
    quantity: Decimal
    goods: Goods
    authority: Decimal | None
    floors: Sequence[FloorHit]
    worth: Decimal

    @property
    def allowed(self) -> bool:
        return self.authority is None or (self.quantity <= self.authority and not self.floors)

    def kept(self) -> dict[str, Any]:
        """As it is kept with the move."""

        def side(line: DeskLine, change: Decimal) -> dict[str, Any]:
            return {
                "order": line.order_number, "line": line.line_number, "customer": line.customer, "segment": line.segment,
                "open": _plain(line.open_quantity), "before": _plain(line.claimed), "after": _plain(line.claimed + change),
                "planned": None if line.planned is None else _plain(line.planned),
            }  # fmt: skip

        return {
            "donor": None if self.donor is None else side(self.donor, -self.quantity),
            "receiver": side(self.receiver, self.quantity),
            "supply": _plain(self.goods.supply),
            "floors": [
                {name: _plain(value) if isinstance(value, Decimal) else value for name, value in asdict(one).items()}
                for one in self.floors
            ],
        }


def _plain(quantity: Decimal) -> str:
    return f"{quantity.normalize():f}"


def impact_of(*, receiver_id: int, donor_id: int | None, quantity: Decimal, by: Actor, at: datetime) -> Impact:
    """What moving so much (base units) to a line would do; from what nobody has claimed, without a donor. Writes nothing.

    :raises NotFound: if a line is not there.
    :raises LinesNotAlike: if they are not of one item and warehouse.
    """
    insist(by, "see_plans")
    found = desk_lines(line_ids=[one for one in (receiver_id, donor_id) if one is not None])
    if receiver_id not in found or (donor_id is not None and donor_id not in found):
        raise NotFound(what=str(receiver_id if receiver_id not in found else donor_id))
    receiver, donor = found[receiver_id], None if donor_id is None else found[donor_id]
    if donor is not None and (
        donor.line_id == receiver.line_id
        or (donor.item_id, donor.warehouse_id) != (receiver.item_id, receiver.warehouse_id)
    ):
        raise LinesNotAlike(receiver.order_number, donor=donor.order_number, receiver=receiver.order_number)
    goods = goods_of(item_id=receiver.item_id, warehouse_id=receiver.warehouse_id)
    floors: Sequence[FloorHit] = ()
    if donor is not None:
        floors = floors_hit(
            item_id=receiver.item_id, warehouse_id=receiver.warehouse_id, donor=donor, receiver=receiver,
            quantity=quantity, on=at.date(),
        )  # fmt: skip
    worth = (quantity * receiver.unit_price).quantize(Decimal("0.01"))
    return Impact(donor, receiver, quantity, goods, _authority(receiver, goods, by, at), floors, worth)


def _authority(receiver: DeskLine, goods: Goods, by: Actor, at: datetime) -> Decimal | None:
    """How much of the item this person may still move today; None for who may move any."""
    if may(by, "move_share_freely"):
        return None
    if not may(by, "move_share"):
        return ZERO
    percent = Decimal(str(parameters.value(code=LIMIT_PARAMETER, on=at.date(), default=LIMIT)))
    zone = parameters.company_zone(on=at.date())
    today = start_of_day(local_day(at, zone), zone)
    used = moved_by(actor=str(by), item_id=receiver.item_id, since=today)
    return max(ZERO, goods.supply * percent / 100 - used)


@verb
def move_share(
    *,
    receiver_id: int,
    donor_id: int | None,
    quantity: Decimal,
    reason_code: str,
    requested_by: str,
    by: Actor,
    at: datetime,
    reason: str = "",
) -> Override:
    """Give a line so much (base units) of what another has, or of what nobody has claimed. Both are promised anew.

    Who has the right `move_share` moves at most `allocation.release_desk_percent` of an item's supply a day, and no floor of a
    plan is undercut; who may `move_share_freely` has no limit. Both are kept with reason, who asked, and what it did.

    :raises MoveReasonMissing: without reason or without saying who asked.
    :raises BeyondAuthority: over the limit.
    :raises FloorUndercut: if a signed minimum would not be kept.
    :raises DonorHasLess: if the donor has less.
    :raises ReceiverWantsLess: if the receiver lacks less.
    :raises ReceiverCannotUse: if the goods do not suit it.
    """
    insist(by, "move_share")
    if reason_code not in REASONS or not requested_by.strip() or (reason_code == "other" and not reason.strip()):
        raise MoveReasonMissing(known=", ".join(REASONS))
    named = desk_lines(line_ids=[one for one in (receiver_id, donor_id) if one is not None])
    order_ids = sorted({line.order_id for line in named.values()})
    locks.take(orders=order_ids)
    wanted = {order.order_id: order for order in lines_to_promise(order_ids)}
    items = {line.item_id for order in wanted.values() for line in order.lines}
    items |= {line.item_id for line in named.values()}
    rows: dict[int, list[FreeRow]] = {}
    for row in supply.lock_free_supply(items=items, warehouses={line.warehouse_id for line in named.values()}):
        rows.setdefault(row.item_id, []).append(row)
    impact = impact_of(receiver_id=receiver_id, donor_id=donor_id, quantity=quantity, by=by, at=at)
    check_possible(impact)
    _check_authority(impact)
    moved = _move(impact, wanted, rows, by, at)
    stock_id, receipt_id = moved[0]
    override = Override.objects.create(
        plan_id=impact.donor.plan_id if impact.donor and impact.donor.plan_id else impact.receiver.plan_id,
        item_id=impact.receiver.item_id, donor_id=donor_id, receiver_id=receiver_id, stock_id=stock_id, receipt_id=receipt_id,
        quantity=quantity, worth_amount=impact.worth, reason_code=reason_code, reason=reason.strip()[:200],
        impact=impact.kept(), requested_by=requested_by.strip()[:80], decided_by=str(by), decided_at=at,
    )  # fmt: skip
    emit(
        ShareMoved(order_id=impact.receiver.order_id, override=override.pk, quantity=_plain(quantity), reason=reason_code),
        by=by, at=at,
    )  # fmt: skip
    return override


def check_possible(impact: Impact) -> None:
    """Refuse what nobody can move, whoever decides it.

    :raises LineNotOpen: if an order is open no more.
    :raises DonorInTheWarehouse: if the donor's goods are being picked.
    :raises DonorHasLess: if the donor has less, or nothing is to be moved.
    :raises ReceiverWantsLess: if the receiver lacks less.
    """
    receiver, donor, quantity = impact.receiver, impact.donor, impact.quantity
    if quantity <= 0:
        raise NothingToMove(receiver.order_number, quantity=quantity)
    for line in (receiver, donor):
        if line is not None and line.order_state not in ("submitted", "confirmed"):
            raise LineNotOpen(line.order_number, order=line.order_number)
    if donor is not None and donor.released_at is not None:
        raise DonorInTheWarehouse(donor.order_number, order=donor.order_number)
    has = impact.goods.supply - impact.goods.claimed if donor is None else donor.claimed
    if quantity > has:
        raise DonorHasLess(donor.order_number if donor else "", quantity=quantity, has_quantity=max(ZERO, has))
    if quantity > receiver.lacking:
        raise ReceiverWantsLess(
            receiver.order_number, order=receiver.order_number, quantity=quantity, lacking_quantity=receiver.lacking
        )


def _check_authority(impact: Impact) -> None:
    receiver, quantity = impact.receiver, impact.quantity
    if impact.authority is not None and quantity > impact.authority:
        raise BeyondAuthority(receiver.order_number, quantity=quantity, left_quantity=impact.authority)
    if impact.authority is not None and impact.floors:
        hit = impact.floors[0]
        raise FloorUndercut(
            receiver.order_number, plan=hit.plan, who=hit.who, floor=hit.floor, keeps=max(ZERO, hit.keeps)
        )


def _move(
    impact: Impact, wanted: dict[int, Wanted], rows: dict[int, list[FreeRow]], by: Actor, at: datetime
) -> list[tuple[int | None, int | None]]:
    """Give up the claims of both lines and make them anew; says from which stock row or receipt the goods came."""
    receiver, donor = impact.receiver, impact.donor
    serving = {one.order_id: _to_serve(wanted[one.order_id], one) for one in (receiver, donor) if one is not None}
    if donor is not None and donor.order_id == receiver.order_id:
        serving[donor.order_id] = _to_serve(wanted[donor.order_id], donor, receiver)
    lines = [line.id for order in serving.values() for line in order.lines]
    had = {one: list(given) for one, given in inventory.give_up_claims(line_ids=lines, by=by, at=at).items()}
    pieces = _pieces(impact, had, rows.get(receiver.item_id, []))
    claims: list[ClaimRow] = []
    promised: dict[int, list[PromisedLine]] = {}
    for order in serving.values():
        # Line by line, so that what goes to one line of an order is not taken by another.
        answers = [
            one
            for part in ([order] if order.one_delivery else [replace(order, lines=(line,)) for line in order.lines])
            for one in _served(part, had, rows, at)
        ]
        promised[order.order_id] = [as_promise(one, claims, "soft" if order.held else "hard") for one in answers]
    got = sum((claim[3] for claim in claims if claim[0] == receiver.line_id), ZERO)
    if got != receiver.claimed + impact.quantity:
        raise ReceiverCannotUse(receiver.order_number, order=receiver.order_number, quantity=impact.quantity)
    inventory.reserve(claims=claims, by=by, at=at)
    sequences = {
        line.id: line.promise_sequence for order in serving.values() for line in order.lines if line.promise_sequence
    }
    changed = orders.only_changed(promises=promised)
    orders.settle_orders(promises=changed, by=by, at=at, sequences=sequences, cause="C1")
    return pieces


def _to_serve(order: Wanted, *lines: DeskLine) -> Wanted:
    """Of an order, the lines that the move touches; where all is one delivery, all lines."""
    if order.one_delivery:
        return order
    touched = {line.line_id for line in lines}
    return replace(order, lines=tuple(line for line in order.lines if line.id in touched))


def _served(order: Wanted, had: dict[int, list[Given]], rows: dict[int, list[FreeRow]], at: datetime) -> Sequence[Any]:
    """Promises of an order from its own goods alone."""
    own = [
        Claim(STOCK, one.stock_id, one.quantity) if one.stock_id is not None else Claim(RECEIPT, one.receipt_id or 0, one.quantity)
        for line in order.lines for one in had.get(line.id, ())
    ]  # fmt: skip
    shelf = SupplyPool(
        Supply(row.id, row.item_id, ZERO, row.expires_on, row.expected_at, row.supplier)
        for item in {line.item_id for line in order.lines} for row in rows.get(item, ())
    )  # fmt: skip
    return answer_of(order, {order.warehouse_id: shelf}, {order.order_id: own}, at).lines


def _pieces(
    impact: Impact, had: dict[int, list[Given]], rows: Sequence[FreeRow]
) -> list[tuple[int | None, int | None]]:
    """Take the quantity from the donor's goods (or from what is free) and put it to the receiver's: goods on hand first, the
    longest-lived of them, then what comes first."""
    expiry = {(row.expected_at is None, row.id): row.expires_on for row in rows}
    arrival = {row.id: row.expected_at for row in rows if row.expected_at is not None}
    if impact.donor is None:
        offered = [
            Given(row.id, None, row.free) if row.expected_at is None else Given(None, row.id, row.free)
            for row in rows if row.free > 0
        ]  # fmt: skip
    else:
        offered = had.get(impact.donor.line_id, [])

    def suits(one: Given) -> tuple[Any, ...]:
        if one.stock_id is not None:
            lives = expiry.get((True, one.stock_id))
            return (0, -(lives.toordinal() if lives else 10**7), one.stock_id)
        comes = arrival.get(one.receipt_id or 0)
        return (1, comes.timestamp() if comes else 0, one.receipt_id)

    left = impact.quantity
    moved: list[tuple[int | None, int | None]] = []
    keeps: list[Given] = []
    for one in sorted(offered, key=suits):
        part = min(left, one.quantity)
        if part > 0:
            had.setdefault(impact.receiver.line_id, []).append(one._replace(quantity=part))
            moved.append((one.stock_id, one.receipt_id))
            left -= part
        if one.quantity > part:
            keeps.append(one._replace(quantity=one.quantity - part))
    if impact.donor is not None:
        had[impact.donor.line_id] = keeps
    return moved
