"""Oil is short before Christmas: a plan that waits for its second signature, and another one in force."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Protocol

from promesa.allocation import operations as allocation
from promesa.allocation.operations.moving import ReceiverCannotUse, move_share
from promesa.allocation.operations.watching import watch_plans
from promesa.allocation.queries.moving import DeskLine, lines_of_item
from promesa.allocation.states import Side
from promesa.core.actors import Actor
from promesa.demo import queries
from promesa.demo.company import WAREHOUSE
from promesa.demo.life import MADRID, Life
from promesa.demo.tale import Wish
from promesa.inventory import operations as inventory
from promesa.inventory.operations import ReceiptPlan

OIL, TUNA = "AOV-08", "ATU-02"
KEPT_CASES, COMING_CASES = 54, 60
# Who wants oil for Christmas, in cases; protected ones came late.
WANTED = (
    ("C-019", 30, 232), ("C-040", 18, 228), ("C-048", 24, 224), ("C-013", 16, 218), ("C-030", 10, 214), ("C-002", 36, 206),
    ("C-001", 28, 203), ("C-051", 12, 198),
)  # fmt: skip
SCHEDULE = Actor("schedule:plans")


class Day(Protocol):
    """The last day of the story, as its chapters see it."""

    life: Life
    now: datetime

    def ago(self, minutes: int) -> datetime: ...
    def wish(self, customer: str, lines: Any, *, minutes: int, po: str, days: int = 4) -> Wish: ...
    def capture(self, wish: Wish) -> int: ...


def oil_runs_short(today: Day) -> None:
    """The press delivers half of what was agreed, and eight customers want more than there is and comes."""
    life = today.life
    item, by = life.tale.company.items[OIL], life.users["antonio"]
    lots = queries.free_lots(item_id=life.items[OIL])
    left = Decimal(KEPT_CASES * item.case)
    rows = []
    for row in reversed(lots):  # the youngest lots stay
        stays = min(left, -row.quantity)
        left -= stays
        rows.append(row._replace(quantity=row.quantity + stays))
    inventory.add_stock(
        rows=[row for row in rows if row.quantity], kind="count", reference="RECUENTO", by=by, at=today.ago(238)
    )
    expected = life.working_day(today.now.astimezone(MADRID).date(), 3)
    plan = ReceiptPlan(
        number=f"EN-{expected:%Y-%m}-{OIL}", item_id=life.items[OIL], warehouse_id=life.warehouse,
        quantity=Decimal(COMING_CASES * item.case), supplier="Almazara San Isidro", lot=f"L{expected:%y%m}P",
        expected_at=datetime.combine(expected, datetime.min.time(), MADRID) + timedelta(hours=8),
        expires_on=expected + timedelta(days=item.life_days),
    )  # fmt: skip
    inventory.plan_receipts(plans=[plan], by=by, at=today.ago(236))
    for customer, cases, minutes in WANTED:
        today.capture(today.wish(customer, [(OIL, cases)], minutes=minutes, po=f"NAV-{customer[2:]}", days=6))


def plans(today: Day) -> None:
    """Carmen proposes how to share the oil, Lucía has signed for sales; the tuna is shared by a plan in force since an hour."""
    _oil(today)
    _tuna(today)


def _oil(today: Day) -> None:
    life = today.life
    carmen, lucia = life.users["carmen"], life.users["lucia"]
    case = life.tale.company.items[OIL].case
    day = today.now.astimezone(MADRID).date()
    plan = allocation.open_plan(
        name="Aceite picual 5 L hasta Navidad", items=[OIL], warehouse=WAREHOUSE, horizon_to=day + timedelta(days=14),
        valid_to=day + timedelta(days=45), reason="La almazara entrega la mitad de lo acordado", by=carmen, at=today.ago(190),
    )  # fmt: skip
    allocation.simulate(plan_id=plan.pk, letter="A", by=carmen, at=today.ago(188))
    agreed = allocation.save_scenario(
        plan_id=plan.pk, name="Mínimos acordados; después, por peso", by=carmen, at=today.ago(180),
        content={
            "items": [OIL], "rule": "weighted_max_min", "tiers": {"protect": 1, "cost": 1, "build": 2, "danger": 3},
            "floors": [
                {"group": {"customer": "C-001"}, "item": OIL, "quantity": str(20 * case)},
                {"group": {"customer": "C-002"}, "item": OIL, "quantity": str(24 * case)},
            ],
            "ceilings": [{"group": {"segment": "danger"}, "item": OIL, "quantity": str(30 * case)}],
            "treatments": [
                {"group": {"segment": "protect"}, "strategy": "share", "weight": 3},
                {"group": {"customer": "C-040"}, "strategy": "keep_or_better", "reason": "Cena de Navidad del hotel, ya anunciada"},
            ],
        },
    )  # fmt: skip
    allocation.simulate(plan_id=plan.pk, letter=agreed.letter, by=carmen, at=today.ago(178))
    proposed = allocation.propose_plan(plan_id=plan.pk, letter=agreed.letter, by=carmen, at=today.ago(170))
    assert proposed.scenario is not None
    allocation.sign_plan(
        plan_id=plan.pk, side=Side.SALES, agreed_hash=proposed.scenario.hash, by=lucia, at=today.ago(120)
    )


def _tuna(today: Day) -> None:
    """Published, and an hour later one customer gets more than the plan says, because sales asked for it."""
    life = today.life
    carmen, lucia = life.users["carmen"], life.users["lucia"]
    case = life.tale.company.items[TUNA].case
    day = today.now.astimezone(MADRID).date()
    plan = allocation.open_plan(
        name="Atún 400 g hasta que llegue el barco", items=[TUNA], warehouse=WAREHOUSE, horizon_to=day + timedelta(days=14),
        valid_to=day + timedelta(days=21), reason="El barco llega una semana tarde", by=carmen, at=today.ago(88),
        content={"rule": "proportional", "tiers": {"protect": 1, "cost": 1, "build": 1, "danger": 2}},
    )  # fmt: skip
    proposed = allocation.propose_plan(plan_id=plan.pk, letter="A", by=carmen, at=today.ago(86))
    assert proposed.scenario is not None
    for side, who in ((Side.SALES, lucia), (Side.CUSTOMER_SERVICE, carmen)):
        allocation.sign_plan(plan_id=plan.pk, side=side, agreed_hash=proposed.scenario.hash, by=who, at=today.ago(80))
    run = allocation.simulate(plan_id=plan.pk, by=carmen, at=today.ago(78))
    allocation.publish_run(run_id=run.pk, by=carmen, at=today.ago(76))
    lines = lines_of_item(item_id=life.items[TUNA], warehouse_id=life.warehouse)
    donor = max((one for one in lines if one.released_at is None), key=lambda one: one.claimed, default=None)
    if donor is not None and donor.claimed >= case:
        _move(today, donor, [one for one in lines if one is not donor and one.lacking >= case], Decimal(case))
    watch_plans(by=SCHEDULE, at=life.tale.now)


def _move(today: Day, donor: DeskLine, receivers: Sequence[DeskLine], quantity: Decimal) -> None:
    """To the first whom the goods suit: who lacks the most before others."""
    for receiver in sorted(receivers, key=lambda one: -one.lacking):
        try:
            move_share(
                receiver_id=receiver.line_id, donor_id=donor.line_id, quantity=quantity, reason_code="sales_request",
                reason="Promoción ya impresa", requested_by="Lucía Navarro", by=today.life.users["isabel"], at=today.ago(30),
            )  # fmt: skip
        except ReceiverCannotUse:
            continue
        return
