"""Stock for the year: a new lot of everything each month, and the items that run dry."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, timedelta
from decimal import Decimal

from promesa.core.verbs import verb
from promesa.demo import queries
from promesa.demo.life import Life, clock
from promesa.demo.tale import DrySpell
from promesa.inventory import operations as inventory
from promesa.inventory.operations import ReceiptPlan, StockRow

SPARE = Decimal("1.3")
SPARE_CASES = 24
# Lots that would reach customers too near their date do not count as supply.
DYING = timedelta(days=45)


def next_month(day: date) -> date:
    """The first day of the month after a day."""
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def demand(life: Life, start: date, end: date) -> dict[str, int]:
    """Pieces of each item that will be ordered from a day until before another."""
    found: dict[str, int] = defaultdict(int)
    for wish in life.tale.wishes:
        if start <= wish.day < end:
            for sku, cases in wish.lines:
                found[sku] += cases * life.tale.company.items[sku].case
    return found


def top_up(*, life: Life, day: date, at: datetime) -> None:
    """A lot of every item, so that the month's orders are covered; nothing of what is to run dry."""
    until = next_month(day)
    wanted = demand(life, day, until + timedelta(days=4))
    free = queries.free_stock(on=day)
    rows: list[StockRow] = []
    for spell in life.tale.spells:
        if day < spell.starts < until:  # it comes to an end: no more than will be sold until then
            wanted[spell.sku] = demand(life, day, spell.starts).get(spell.sku, 0)
    for n, (sku, item) in enumerate(life.tale.company.items.items()):
        if item.is_service or spell_has_begun(life, sku, day):
            continue
        lives = timedelta(days=item.life_days - n % 20)
        there = sum(
            (
                quantity
                for expires, quantity in free.get(life.items[sku], ())
                if expires is None or expires > until + timedelta(days=item.minimum_life_days) + DYING
            ),
            Decimal(0),
        )
        target = int(wanted.get(sku, 0) * SPARE) + SPARE_CASES * item.case
        missing = -(-max(0, target - int(there)) // item.case) * item.case
        if missing:
            lot = f"L{day:%y%m}{n % 10}"
            rows.append(StockRow(life.items[sku], life.warehouse, lot, day + lives, Decimal(missing)))
    inventory.add_stock(rows=rows, kind="receipt", reference=f"EN-{day:%Y-%m}", by=life.users["antonio"], at=at)


def spell_has_begun(life: Life, sku: str, day: date) -> bool:
    """Whether an item lacks already on a day."""
    return any(spell.sku == sku and spell.starts <= day <= spell.arrives for spell in life.tale.spells)


@verb
def run_dry(*, life: Life, spell: DrySpell, at: datetime) -> None:
    """What is free of an item is counted away; what comes next is a receipt."""
    by = life.users["antonio"]
    item = life.tale.company.items[spell.sku]
    lots = queries.free_lots(item_id=life.items[spell.sku])
    inventory.add_stock(rows=lots, kind="scrap", reference=f"BA-{spell.starts:%Y%m%d}", by=by, at=at)
    end = next_month(next_month(spell.arrives)) + timedelta(days=4)
    later = demand(life, spell.arrives, end).get(spell.sku, 0)
    cases = spell.cases + -(-int(later * SPARE) // item.case) + SPARE_CASES
    plan = ReceiptPlan(
        number=receipt_number(spell), item_id=life.items[spell.sku], warehouse_id=life.warehouse,
        quantity=Decimal(cases * item.case), expected_at=clock(spell.expected, 7),
        supplier="Cooperativa Sierra de las Nieves", lot=f"L{spell.arrives:%y%m}R",
        expires_on=spell.arrives + timedelta(days=item.life_days),
    )  # fmt: skip
    inventory.plan_receipts(plans=[plan], by=by, at=at)


def receipt_number(spell: DrySpell) -> str:
    """What the receipt is called."""
    return f"EN-{spell.starts:%Y-%m}-{spell.sku}"
