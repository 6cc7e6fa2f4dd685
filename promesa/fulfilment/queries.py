"""Reading what is due to leave, on its way, and arrived."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Exists, OuterRef, QuerySet

from promesa.core import bulk
from promesa.fulfilment.models import Delivery, DeliveryLine, DespatchAdvice, DespatchLine


@dataclass(frozen=True, slots=True)
class DueToShip:
    """An order with something that can leave, or should have left."""

    order_id: int
    order: str
    customer_id: int
    customer: str
    ship_to: str
    city: str
    lines: int
    ready: int
    ship_date: date | None
    held: bool
    released: bool


# A line is ready when it is released and something is claimed on stock that may leave (services always are).
_DUE = """
SELECT o.id, o.number, o.customer_id, c.name, coalesce(s.name, ''), coalesce(s.city, ''), count(*),
    count(*) FILTER (WHERE d.ready), min(d.ship_date), EXISTS (
        SELECT 1 FROM orders_hold h WHERE h.order_id = o.id AND h.released_at IS NULL), bool_or(l.released_at IS NOT NULL)
FROM orders_order o JOIN customers_customer c ON c.id = o.customer_id LEFT JOIN customers_site s ON s.id = o.ship_to_id
JOIN orders_orderline l ON l.order_id = o.id JOIN catalog_item i ON i.id = l.item_id
CROSS JOIN LATERAL (SELECT
    l.released_at IS NOT NULL AND (i.kind = 'service' OR EXISTS (SELECT 1 FROM inventory_claim k
        JOIN inventory_stock t ON t.id = k.stock_id WHERE k.demand_line_id = l.id AND NOT t.blocked)) AS ready,
    (SELECT min(p.ship_date) FROM (
        SELECT ship_date, sum(quantity) OVER (ORDER BY part) AS upto FROM orders_promise
        WHERE line_id = l.id AND sequence = l.promise_sequence) p WHERE p.upto > l.despatched - l.brought_back) AS ship_date) d
WHERE o.state = 'confirmed' AND o.origin <> 'history'
  AND l.ordered_quantity - l.cancelled_by_customer - l.cancelled_by_us - l.substituted - l.refused_final
      > l.despatched - l.refused_final - l.brought_back
GROUP BY o.id, c.id, s.id HAVING %(until)s::date IS NULL OR min(d.ship_date) <= %(until)s::date
ORDER BY min(d.ship_date) NULLS LAST, o.id LIMIT %(limit)s
"""


def due_to_ship(*, until: date | None = None, limit: int = 500) -> list[DueToShip]:
    """Confirmed orders of which something is still to leave, by ship date; up to a day, if one is given."""
    return [DueToShip(*row) for row in bulk.rows(_DUE, {"until": until, "limit": limit})]


def despatches() -> QuerySet[DespatchAdvice]:
    """Delivery notes, the newest first, each with `in_transit`."""
    return (
        DespatchAdvice.objects.select_related("order__customer", "ship_to", "warehouse")
        .annotate(in_transit=Exists(_unsaid()))
        .order_by("-despatched_at", "-id")
    )


def _unsaid() -> QuerySet[DespatchLine]:
    """Lines of a note of which nothing is said yet: either all of a line has outcomes, or none of it."""
    said = DeliveryLine.objects.filter(despatch_line=OuterRef("pk"))
    return DespatchLine.objects.filter(~Exists(said), advice=OuterRef("pk"))


def in_transit(*, order_id: int | None = None) -> QuerySet[DespatchAdvice]:
    """Delivery notes of which no delivery is recorded, the oldest first."""
    found = despatches().filter(Exists(_unsaid())).order_by("despatched_at", "id")
    return found if order_id is None else found.filter(order_id=order_id)


def of_order(*, order_id: int) -> QuerySet[DespatchAdvice]:
    """Delivery notes of an order with their lines, deliveries and outcomes, the oldest first."""
    return (
        despatches()
        .filter(order_id=order_id)
        .prefetch_related("lines__order_line__item", "lines__outcomes__delivery", "deliveries__lines")
        .order_by("despatched_at", "id")
    )


def despatch(*, number: str) -> DespatchAdvice | None:
    """One delivery note with all that belongs to it."""
    return (
        despatches()
        .filter(number=number)
        .prefetch_related("lines__order_line__item", "lines__outcomes__delivery", "deliveries__lines")
        .first()
    )


def deliveries() -> QuerySet[Delivery]:
    """Deliveries, the newest first."""
    return Delivery.objects.select_related("advice__order__customer", "site").order_by("-delivered_at", "-id")


@dataclass(frozen=True, slots=True)
class LineOutcome:
    """What became of a part of an order line at the door."""

    line_id: int
    line_number: int
    advice: str
    delivery: str
    delivered_at: datetime
    outcome: str
    quantity: Decimal
    reason: str
    cause: str


def outcomes_of_orders(*, order_ids: Collection[int]) -> list[LineOutcome]:
    """Every outcome of these orders' deliveries, in the order in which they happened."""
    return [
        LineOutcome(*row)
        for row in bulk.rows(
            """SELECT ol.id, ol.line_number, a.number, d.number, d.delivered_at, x.outcome, sum(x.quantity), x.reason, x.cause
               FROM fulfilment_deliveryline x JOIN fulfilment_delivery d ON d.id = x.delivery_id
               JOIN fulfilment_despatchline l ON l.id = x.despatch_line_id JOIN fulfilment_despatchadvice a ON a.id = l.advice_id
               JOIN orders_orderline ol ON ol.id = l.order_line_id WHERE a.order_id = ANY(%s::bigint[])
               GROUP BY ol.id, a.id, d.id, x.outcome, x.reason, x.cause
               ORDER BY d.delivered_at, d.id, ol.line_number, min(x.id)""",
            [list(order_ids)],
        )
    ]
