"""Whether a plan was kept: what it gave, against what was confirmed, released, despatched and delivered; and what leaked.

Adherence of a customer is 1 - sum |A - P| / sum P over the lines that the plan gave something (P planned, A what the line has
or got); a leak is what was despatched or is claimed above the plan, or outside it, of what was shared.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from promesa.allocation.queries.protection import CLAIMED, HAD, OF_GROUP, OVER, STANDS
from promesa.allocation.rules.protecting import standing
from promesa.core import bulk

ZERO = Decimal(0)
ONE = Decimal(1)


class KeptLine(NamedTuple):
    """A line of the plan's items. Base units; `planned` is None for a line that came after the run or was no part of it.

    `holds` is what it has claimed now and what of it left since the plan was published: what it got of what was shared.
    """

    line_id: int
    order_id: int
    order_number: str
    line_number: int
    customer_id: int
    customer: str
    segment: str
    sku: str
    strategy: str
    pack: Decimal
    planned: Decimal | None
    claimed: Decimal
    despatched: Decimal
    delivered: Decimal
    released: bool
    open_quantity: Decimal

    @property
    def holds(self) -> Decimal:
        return self.claimed + self.despatched

    @property
    def leaked(self) -> Decimal:
        """What it has or got above the plan."""
        return max(ZERO, self.holds - (self.planned or ZERO))


_LINES = """
WITH run AS MATERIALIZED (
    SELECT r.* FROM allocation_run r WHERE r.plan_id = %(plan)s AND r.state = 'published' ORDER BY r.published_at DESC, r.id DESC LIMIT 1
), items AS MATERIALIZED (
    SELECT DISTINCT s.item_id FROM allocation_runsupply s JOIN run ON run.id = s.run_id
), gone AS MATERIALIZED (
    SELECT e.line_id, coalesce(sum(e.quantity) FILTER (WHERE e.kind = 'despatched'), 0)
            - coalesce(sum(e.quantity) FILTER (WHERE e.kind = 'brought_back'), 0) AS despatched,
        sum(e.quantity) FILTER (WHERE e.kind = 'accepted') AS delivered
    FROM orders_lineentry e JOIN orders_orderline l ON l.id = e.line_id, run
    WHERE l.item_id IN (SELECT item_id FROM items) AND e.happened_at >= run.published_at
      AND e.kind IN ('despatched', 'brought_back', 'accepted') GROUP BY 1
), claimed AS MATERIALIZED (
    SELECT c.demand_line_id AS line_id, sum(c.quantity) AS quantity
    FROM inventory_claim c JOIN orders_orderline l ON l.id = c.demand_line_id
    WHERE l.item_id IN (SELECT item_id FROM items) GROUP BY 1
), planned AS MATERIALIZED (
    SELECT x.line_id, x.share_quantity, x.strategy, x.segment FROM allocation_runline x JOIN run ON run.id = x.run_id
)
SELECT l.id, o.id, o.number, l.line_number, o.customer_id, c.name, coalesce(p.segment, o.segment), i.sku, coalesce(p.strategy, ''),
    l.pack_numerator::numeric / l.pack_denominator, p.share_quantity, coalesce(k.quantity, 0), coalesce(g.despatched, 0),
    coalesce(g.delivered, 0), l.released_at IS NOT NULL,
    l.ordered_quantity - l.cancelled_by_customer - l.cancelled_by_us - l.substituted - l.despatched + l.brought_back
FROM orders_orderline l JOIN orders_order o ON o.id = l.order_id JOIN customers_customer c ON c.id = o.customer_id
JOIN catalog_item i ON i.id = l.item_id
LEFT JOIN planned p ON p.line_id = l.id LEFT JOIN gone g ON g.line_id = l.id LEFT JOIN claimed k ON k.line_id = l.id
WHERE l.item_id IN (SELECT item_id FROM items) AND (p.line_id IS NOT NULL OR g.line_id IS NOT NULL OR k.line_id IS NOT NULL)
ORDER BY c.name, o.number, l.line_number
"""


def kept_lines(*, plan_id: int) -> list[KeptLine]:
    """Every line that the plan in force gave something, or that has or got of its items. One statement."""
    return [KeptLine(*row) for row in bulk.rows(_LINES, {"plan": plan_id})]


@dataclass(frozen=True, slots=True)
class KeptCustomer:
    """One customer in a plan: what it gave them, what they have or got, and how near the two are (None: it gave nothing)."""

    customer_id: int
    customer: str
    segment: str
    planned: Decimal
    holds: Decimal
    released: Decimal
    despatched: Decimal
    delivered: Decimal
    leaked: Decimal
    adherence: Decimal | None
    protected: bool
    short: Decimal

    @property
    def realisation(self) -> Decimal | None:
        """What they took of what was planned."""
        return self.delivered / self.planned if self.planned else None


@dataclass(frozen=True, slots=True)
class Adherence:
    """How a plan is kept. Shares are fractions; None where there is nothing to measure."""

    plan: str
    published_at: datetime | None
    planned: Decimal
    holds: Decimal
    released: Decimal
    despatched: Decimal
    delivered: Decimal
    leaked: Decimal
    supply: Decimal
    adherence: Decimal | None
    protected_service: Decimal | None
    customers: Sequence[KeptCustomer]
    leaks: Sequence[KeptLine]

    @property
    def leak_share(self) -> Decimal | None:
        return self.leaked / self.supply if self.supply else None


# Strategies under which somebody was promised to be served whatever happens.
PROTECTED = ("guarantee", "keep_or_better")


def adherence(*, plan_id: int, floors: Sequence[StandingFloor] = ()) -> Adherence:
    """How the plan in force is kept, in all and by customer. Two statements.

    :param floors: its floors that stand (`floors_standing`): what they keep for somebody who asks is protected too.
    """
    lines = kept_lines(plan_id=plan_id)
    head = bulk.row(
        """SELECT p.number, r.published_at, (SELECT coalesce(sum(s.quantity), 0) FROM allocation_runsupply s WHERE s.run_id = r.id)
           FROM allocation_plan p LEFT JOIN LATERAL (
               SELECT * FROM allocation_run r WHERE r.plan_id = p.id AND r.state = 'published'
               ORDER BY r.published_at DESC, r.id DESC LIMIT 1) r ON true
           WHERE p.id = %s""",
        [plan_id],
    )
    number, published_at, supply = head or ("", None, ZERO)
    by_customer: dict[int, list[KeptLine]] = defaultdict(list)
    for line in lines:
        by_customer[line.customer_id].append(line)
    guarded = [line for line in lines if line.strategy in PROTECTED and line.planned]
    return Adherence(
        plan=number, published_at=published_at,
        planned=_sum(line.planned or ZERO for line in lines), holds=_sum(line.holds for line in lines),
        released=_sum(line.holds for line in lines if line.released), despatched=_sum(line.despatched for line in lines),
        delivered=_sum(line.delivered for line in lines), leaked=_sum(line.leaked for line in lines), supply=supply,
        adherence=_nearness(lines), protected_service=_share_held(guarded, floors),
        customers=[_customer(found, floors) for found in by_customer.values()],
        leaks=sorted((line for line in lines if line.leaked), key=lambda line: -line.leaked),
    )  # fmt: skip


def _customer(lines: Sequence[KeptLine], floors: Sequence[StandingFloor]) -> KeptCustomer:
    first = lines[0]
    planned = _sum(line.planned or ZERO for line in lines)
    return KeptCustomer(
        customer_id=first.customer_id, customer=first.customer, segment=first.segment, planned=planned,
        holds=_sum(line.holds for line in lines), released=_sum(line.holds for line in lines if line.released),
        despatched=_sum(line.despatched for line in lines), delivered=_sum(line.delivered for line in lines),
        leaked=_sum(line.leaked for line in lines), adherence=_nearness(lines),
        protected=any(line.strategy in PROTECTED for line in lines)
        or any(one.customer_id == first.customer_id for one in floors),
        short=_sum(max(ZERO, (line.planned or ZERO) - line.holds) for line in lines),
    )  # fmt: skip


def _nearness(lines: Sequence[KeptLine]) -> Decimal | None:
    """1 - sum |A - P| / sum P over what was planned; never below 0."""
    planned = [line for line in lines if line.planned is not None]
    whole = _sum(line.planned or ZERO for line in planned)
    if not whole:
        return None
    return max(ZERO, ONE - _sum(abs(line.holds - (line.planned or ZERO)) for line in planned) / whole)


def _share_held(lines: Sequence[KeptLine], floors: Sequence[StandingFloor]) -> Decimal | None:
    """What part is held of what guaranteed lines were given and of what floors keep for those who ask."""
    whole = _sum(line.planned or ZERO for line in lines) + _sum(one.due for one in floors)
    held = _sum(min(line.holds, line.planned or ZERO) for line in lines) + _sum(one.due - one.short for one in floors)
    return held / whole if whole else None


def _sum(values: Iterable[Decimal]) -> Decimal:
    return sum(values, ZERO)


class KeptDay(NamedTuple):
    """What happened of the plan's lines on a day, and until its end, in base units."""

    day: date
    promised: Decimal
    released: Decimal
    despatched: Decimal
    delivered: Decimal
    leaked: Decimal


# Promises as they stood at the end of each day; goods that left and arrived until then.
_DAYS = """
WITH run AS MATERIALIZED (
    SELECT r.* FROM allocation_run r WHERE r.plan_id = %(plan)s AND r.state = 'published' ORDER BY r.published_at DESC, r.id DESC LIMIT 1
), planned AS MATERIALIZED (
    SELECT x.line_id, x.share_quantity FROM allocation_runline x JOIN run ON run.id = x.run_id
), items AS MATERIALIZED (
    SELECT DISTINCT s.item_id FROM allocation_runsupply s JOIN run ON run.id = s.run_id
), days AS MATERIALIZED (
    SELECT d::date AS day, ((d::date + 1)::timestamp AT TIME ZONE %(zone)s) AS ends
    FROM run, generate_series((run.published_at AT TIME ZONE %(zone)s)::date, least(%(until)s::date,
        (run.published_at AT TIME ZONE %(zone)s)::date + 92), interval '1 day') d
), entries AS MATERIALIZED (
    SELECT e.line_id, e.kind, e.quantity, e.happened_at, p.line_id IS NOT NULL AS inside FROM orders_lineentry e
    JOIN orders_orderline l ON l.id = e.line_id CROSS JOIN run LEFT JOIN planned p ON p.line_id = e.line_id
    WHERE l.item_id IN (SELECT item_id FROM items) AND e.happened_at >= run.published_at
      AND e.kind IN ('despatched', 'brought_back', 'accepted')
)
SELECT d.day,
    (SELECT coalesce(sum(x.quantity), 0) FROM planned p CROSS JOIN LATERAL (
        SELECT sum(q.quantity) AS quantity FROM orders_promise q WHERE q.line_id = p.line_id AND q.sequence = (
            SELECT max(z.sequence) FROM orders_promise z WHERE z.line_id = p.line_id AND z.made_at < d.ends)) x),
    (SELECT coalesce(sum(least(p.share_quantity, l.ordered_quantity)), 0) FROM planned p JOIN orders_orderline l ON l.id = p.line_id
     WHERE l.released_at < d.ends),
    (SELECT coalesce(sum(CASE e.kind WHEN 'despatched' THEN e.quantity WHEN 'brought_back' THEN -e.quantity ELSE 0 END), 0)
     FROM entries e WHERE e.inside AND e.happened_at < d.ends),
    (SELECT coalesce(sum(e.quantity), 0) FROM entries e WHERE e.inside AND e.kind = 'accepted' AND e.happened_at < d.ends),
    (SELECT coalesce(sum(greatest(0, t.gone - t.planned)), 0) FROM (
        SELECT sum(CASE e.kind WHEN 'despatched' THEN e.quantity WHEN 'brought_back' THEN -e.quantity ELSE 0 END) AS gone,
            coalesce(max(p.share_quantity), 0) AS planned
        FROM entries e LEFT JOIN planned p ON p.line_id = e.line_id WHERE e.happened_at < d.ends GROUP BY e.line_id) t)
FROM days d ORDER BY d.day
"""


def kept_days(*, plan_id: int, until: date, zone: str) -> list[KeptDay]:
    """Day by day from the one on which the plan was published (at most three months). One statement."""
    return [KeptDay(*row) for row in bulk.rows(_DAYS, {"plan": plan_id, "until": until, "zone": zone})]


class Requester(NamedTuple):
    """Who asked for goods to be moved against a plan, how often, and how much."""

    requested_by: str
    moves: int
    quantity: Decimal
    worth: Decimal


def overrides_by_requester(*, plan_id: int) -> list[Requester]:
    """The moves against a plan by who asked for them, the most first."""
    return [
        Requester(*row)
        for row in bulk.rows(
            """SELECT requested_by, count(*), sum(quantity), sum(worth_amount) FROM allocation_override WHERE plan_id = %s
               GROUP BY 1 ORDER BY 3 DESC, 1""",
            [plan_id],
        )
    ]


class StandingFloor(NamedTuple):
    """A floor in force: what was signed, what is left of it by its decay, what its group asks for and holds.

    Forgotten is one that nobody asks for: it keeps goods from others for nothing.
    """

    protection_id: int
    plan: str
    who: str
    sku: str
    signed: Decimal
    stands: Decimal
    asked: Decimal
    holds: Decimal
    valid_to: date
    days_idle: int
    customer_id: int | None = None

    @property
    def due(self) -> Decimal:
        """What the group is to have: so much, or all it asks if that is less."""
        return min(self.stands, self.asked + self.holds)

    @property
    def forgotten(self) -> bool:
        return self.stands > self.asked + self.holds and self.days_idle >= FORGOTTEN_DAYS

    @property
    def short(self) -> Decimal:
        return max(ZERO, self.due - self.holds)


FORGOTTEN_DAYS = 7


class OtherFloor(NamedTuple):
    """A floor of another plan in force that a run would leave short: what its group is due, and what it would have."""

    protection_id: int
    plan: str
    who: str
    sku: str
    due: Decimal
    given: Decimal


_FLOORS = f"""
WITH p AS MATERIALIZED (
    SELECT p.*, {OVER} AS over FROM allocation_protection p
    WHERE p.kind = 'floor' AND {STANDS} AND (%(plan)s::bigint IS NULL OR p.plan_id = %(plan)s)
)
SELECT p.id, n.number, coalesce(c.name, nullif(p.segment, ''), nullif(p.region, ''), nullif(p.channel, ''), ''), coalesce(i.sku, ''),
    p.quantity, p.decay, p.valid_from, p.valid_to, coalesce(t.asked, 0), {HAD},
    greatest(0, %(on)s::date - greatest(p.valid_from, coalesce(t.last_on, p.valid_from))), p.customer_id
FROM p JOIN allocation_plan n ON n.id = p.plan_id LEFT JOIN customers_customer c ON c.id = p.customer_id
LEFT JOIN catalog_item i ON i.id = p.item_id
LEFT JOIN LATERAL (
    SELECT sum(greatest(0, l.ordered_quantity - l.cancelled_by_customer - l.cancelled_by_us - l.substituted - l.despatched
                + l.brought_back - {CLAIMED})) FILTER (WHERE o.state IN ('submitted', 'confirmed')) AS asked,
        max(o.ordered_at)::date AS last_on
    FROM orders_orderline l JOIN orders_order o ON o.id = l.order_id LEFT JOIN customers_site s ON s.id = o.ship_to_id
    WHERE {OF_GROUP}
) t ON true
ORDER BY n.number, p.rank, p.id
"""


_OTHERS = f"""
WITH p AS MATERIALIZED (
    SELECT p.*, {OVER} AS over FROM allocation_protection p JOIN allocation_plan mine ON mine.id = %(plan)s
    WHERE p.kind = 'floor' AND {STANDS} AND p.plan_id <> mine.id AND p.warehouse_id = mine.warehouse_id
)
SELECT p.id, n.number, coalesce(c.name, nullif(p.segment, ''), nullif(p.region, ''), nullif(p.channel, ''), p.tier::text, ''),
    coalesce(i.sku, ''), p.quantity, p.decay, p.valid_from, p.valid_to, {HAD}, t.asked, t.moved
FROM p JOIN allocation_plan n ON n.id = p.plan_id LEFT JOIN customers_customer c ON c.id = p.customer_id
LEFT JOIN catalog_item i ON i.id = p.item_id
CROSS JOIN LATERAL (
    SELECT sum(x.open_quantity - x.before_quantity) AS asked, sum(x.share_quantity - x.before_quantity) AS moved
    FROM orders_orderline l JOIN orders_order o ON o.id = l.order_id LEFT JOIN customers_site s ON s.id = o.ship_to_id
    JOIN allocation_runline x ON x.run_id = %(run)s AND x.line_id = l.id
    WHERE {OF_GROUP}
) t
WHERE t.moved IS NOT NULL ORDER BY n.number, p.rank, p.id
"""


def floors_of_others(*, run_id: int, plan_id: int, on: date) -> list[OtherFloor]:
    """The floors of other plans in force that the run would leave short of what they are due. One statement."""
    found = []
    for row in bulk.rows(_OTHERS, {"run": run_id, "plan": plan_id, "on": on}):
        id_, plan, who, sku, signed, decay, begins, ends, had, asked, moved = row
        due, given = min(standing(signed, decay, begins, ends, on), had + asked), had + moved
        if given < due:
            found.append(OtherFloor(id_, plan, who, sku, due, given))
    return found


def floors_standing(*, on: date, plan_id: int | None = None) -> list[StandingFloor]:
    """The floors in force on a day (of one plan), with what is left of them, asked and held. One statement."""
    found = []
    for row in bulk.rows(_FLOORS, {"on": on, "plan": plan_id}):
        id_, plan, who, sku, signed, decay, begins, ends, asked, holds, idle, customer = row
        left = standing(signed, decay, begins, ends, on)
        found.append(StandingFloor(id_, plan, who, sku, signed, left, asked, holds, ends, idle, customer))
    return found
