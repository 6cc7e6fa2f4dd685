"""Oil is short before Christmas: its plan waits for a second signature. Tuna is short too, and shared by a plan in force."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Protocol

from promesa.allocation import operations as allocation
from promesa.allocation.models import Run
from promesa.allocation.operations.moving import move_share
from promesa.allocation.operations.watching import watch_plans
from promesa.allocation.queries.moving import DeskLine, lines_of_item
from promesa.allocation.states import Answer, Side
from promesa.core.actors import Actor
from promesa.demo import queries
from promesa.demo.company import SEGMENTS, WAREHOUSE
from promesa.demo.life import MADRID, Life
from promesa.demo.tale import Wish
from promesa.inventory import operations as inventory
from promesa.inventory.operations import ReceiptPlan

OIL, TUNA = "AOV-08", "ATU-02"
# Cases that come, and in how many working days. What is in stock is all in orders that are in the warehouse already.
OIL_COMES, OIL_IN = 104, 3
TUNA_COMES, TUNA_IN = 32, 5
# Who wants them, in cases, and how many minutes ago they said so. The better customers came late.
OIL_WANTED = (
    ("C-019", 30, 232), ("C-040", 18, 228), ("C-048", 24, 224), ("C-013", 16, 218), ("C-030", 10, 214), ("C-002", 36, 206),
    ("C-001", 28, 203), ("C-051", 12, 198),
)  # fmt: skip
TUNA_WANTED = (("C-048", 9, 196), ("C-019", 12, 187), ("C-042", 8, 176), ("C-009", 12, 150), ("C-001", 12, 131))
GUARDED, GUARDED_CASES = "C-009", 12  # by the minimum of their contract
WEIGHTS = {"protect": "3", "cost": "2", "build": "2", "danger": "1"}
FAVOURED, GIVES_WAY = "C-019", "C-048"
SCHEDULE = Actor("schedule:plans")


class Day(Protocol):
    """The last day of the story, as its chapters see it."""

    life: Life
    now: datetime

    def ago(self, minutes: int) -> datetime: ...
    def wish(self, customer: str, lines: Any, *, minutes: int, po: str, days: int = 4) -> Wish: ...
    def capture(self, wish: Wish) -> int: ...


def goods_run_short(today: Day) -> None:
    """The press delivers half of what was agreed, the boat comes a week late, and many want more than there is and comes."""
    _run_short(today, OIL, OIL_COMES, OIL_IN, "Almazara San Isidro")
    for customer, cases, minutes in OIL_WANTED:
        today.capture(today.wish(customer, [(OIL, cases)], minutes=minutes, po=f"NAV-{customer[2:]}", days=6))
    _run_short(today, TUNA, TUNA_COMES, TUNA_IN, "Conservas del Estrecho")
    for customer, cases, minutes in TUNA_WANTED:
        beside = ("AOV-02", 8) if customer == GUARDED else ("VEG-01", 4)
        today.capture(
            today.wish(customer, [(TUNA, cases), beside], minutes=minutes, po=f"ATU-{customer[2:]}/{minutes}", days=6)
        )


def _run_short(today: Day, sku: str, comes: int, days: int, supplier: str) -> None:
    """A count finds that nothing is free, and a receipt is on its way."""
    life = today.life
    item, by = life.tale.company.items[sku], life.users["antonio"]
    inventory.add_stock(
        rows=queries.free_lots(item_id=life.items[sku]), kind="count", reference="RECUENTO", by=by, at=today.ago(238)
    )
    expected = life.working_day(today.now.astimezone(MADRID).date(), days)
    plan = ReceiptPlan(
        number=f"EN-{expected:%Y-%m}-{sku}", item_id=life.items[sku], warehouse_id=life.warehouse,
        quantity=Decimal(comes * item.case), supplier=supplier, lot=f"L{expected:%y%m}P",
        expected_at=datetime.combine(expected, datetime.min.time(), MADRID) + timedelta(hours=8),
        expires_on=expected + timedelta(days=item.life_days),
    )  # fmt: skip
    inventory.plan_receipts(plans=[plan], by=by, at=today.ago(236))


def plans(today: Day) -> None:
    """Carmen proposes how to share the oil, Lucía has signed for sales; the tuna is shared by a plan in force since an hour."""
    _oil(today)
    _tuna(today)
    allocation.count_demand(to=today.life.tale.today)


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
            "items": [OIL], "rule": "weighted_max_min", "tiers": dict.fromkeys(SEGMENTS, 1),
            "floors": [
                {"group": {"customer": "C-001"}, "item": OIL, "quantity": str(20 * case)},
                {"group": {"customer": "C-002"}, "item": OIL, "quantity": str(24 * case)},
            ],
            "ceilings": [{"group": {"segment": "danger"}, "item": OIL, "quantity": str(30 * case)}],
            "treatments": [
                {"group": {"customer": "C-040"}, "strategy": "keep_or_better", "reason": "Cena de Navidad del hotel, ya anunciada"},
                *({"group": {"segment": segment}, "weight": weight} for segment, weight in WEIGHTS.items()),
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
    """Published, told, and answered by one; then sales ask for more than the plan gives, and somebody has to be called."""
    life = today.life
    carmen, lucia = life.users["carmen"], life.users["lucia"]
    case = life.tale.company.items[TUNA].case
    day = today.now.astimezone(MADRID).date()
    plan = allocation.open_plan(
        name="Atún 400 g hasta que llegue el barco", items=[TUNA], warehouse=WAREHOUSE, horizon_to=day + timedelta(days=14),
        valid_to=day + timedelta(days=21), reason="El barco llega una semana tarde", by=carmen, at=today.ago(100),
        content={
            "rule": "weighted_max_min", "tiers": dict.fromkeys(SEGMENTS, 1),
            "floors": [
                {"group": {"customer": GUARDED}, "item": TUNA, "quantity": str(GUARDED_CASES * case),
                 "reason": "Mínimo de su contrato"}
            ],
            "ceilings": [{"group": {"segment": "danger"}, "item": TUNA, "quantity": str(6 * case)}],
            "treatments": [
                {"group": {"segment": segment}, "weight": weight} for segment, weight in WEIGHTS.items()
            ],
        },
    )  # fmt: skip
    proposed = allocation.propose_plan(plan_id=plan.pk, letter="A", by=carmen, at=today.ago(98))
    assert proposed.scenario is not None
    for side, who, minutes in ((Side.SALES, lucia, 92), (Side.CUSTOMER_SERVICE, carmen, 89)):
        allocation.sign_plan(
            plan_id=plan.pk, side=side, agreed_hash=proposed.scenario.hash, by=who, at=today.ago(minutes)
        )
    run = allocation.simulate(plan_id=plan.pk, by=carmen, at=today.ago(85))
    allocation.publish_run(run_id=run.pk, by=carmen, at=today.ago(84))
    _answer(today, run)
    _favour(today, Decimal(2 * case))
    watch_plans(by=SCHEDULE, at=life.tale.now)


def _answer(today: Day, run: Run) -> None:
    """Who gets least says that it will do."""
    notice = run.notices.get(customer_id=today.life.customers[GIVES_WAY])
    answers = {line.line_id: str(Answer.ACCEPT_PARTIAL) for line in notice.notice_lines.all()}
    allocation.answer_notice(notice_id=notice.pk, answers=answers, by=today.life.users["marta"], at=today.ago(58))


def _favour(today: Day, quantity: Decimal) -> None:
    """A promotion is printed already: goods of the customer with the minimum go to another one, against the plan."""
    life = today.life
    lines = lines_of_item(item_id=life.items[TUNA], warehouse_id=life.warehouse)
    donor, receiver = _line_of(lines, life.customers[GUARDED]), _line_of(lines, life.customers[FAVOURED])
    move_share(
        receiver_id=receiver.line_id, donor_id=donor.line_id, quantity=quantity, reason_code="sales_request",
        reason="Promoción ya impresa", requested_by="Lucía Navarro", by=life.users["isabel"], at=today.ago(30),
    )  # fmt: skip


def _line_of(lines: Collection[DeskLine], customer_id: int) -> DeskLine:
    """The line that this customer ordered last."""
    return max((one for one in lines if one.customer_id == customer_id), key=lambda one: one.line_id)
