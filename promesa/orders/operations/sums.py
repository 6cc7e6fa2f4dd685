"""The sums of an order follow what is still ordered of its lines."""

from __future__ import annotations

from decimal import Decimal

from promesa.core.money import line_net, round_money
from promesa.orders.checks import content_hash
from promesa.orders.models import Order, OrderLine

ZERO = Decimal(0)


def resum(order: Order) -> None:
    """Add up the header anew; its version rises."""
    net, bases = ZERO, dict[tuple[str, Decimal], Decimal]()
    for line in OrderLine.objects.filter(order=order):
        stands = line.ordered_quantity - line.cancelled_by_customer - line.cancelled_by_us - line.substituted
        amount = line_net(stands, line.unit_price or ZERO, line.price_basis, order.currency) if stands else ZERO
        net += amount
        key = (line.tax_category, line.tax_rate)
        bases[key] = bases.get(key, ZERO) + amount
    order.net_amount = net
    order.tax_amount = sum((round_money(base * rate / 100, order.currency) for (_, rate), base in bases.items()), ZERO)
    order.total_amount = order.net_amount + order.tax_amount
    order.version += 1
    order.save(update_fields=["net_amount", "tax_amount", "total_amount", "version"])


def resum_with_lines(order: Order) -> None:
    """As `resum`, when lines became others or came to it: what the order is of is said anew too."""
    rows = list(OrderLine.objects.filter(order=order).values_list("item__sku", "received", "ordered_quantity"))
    order.line_count = len(rows)
    named = ((sku or _named(received), quantity) for sku, received, quantity in rows)
    order.content_hash = content_hash(order.customer_id, named)
    order.save(update_fields=["line_count", "content_hash"])
    resum(order)


def _named(received: dict[str, str]) -> str:
    return next((received[name] for name in ("sku", "gtin", "buyer_code", "code", "text") if received.get(name)), "")
