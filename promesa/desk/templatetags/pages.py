"""`{% load pages %}`: unit prices, which may have more decimals than money."""

from decimal import Decimal

from django import template

from promesa.core.money import digits
from promesa.core.ui.format import format_money
from promesa.core.ui.speech import current_language

register = template.Library()


@register.filter
def price(value: Decimal | None, currency: str | None = "EUR") -> str:
    """`{{ one.unit_price|price:one.currency }}` -> 1,4575 €: at least the currency's decimals, at most six."""
    if value is None:
        return "—"
    exact = value.normalize().as_tuple().exponent
    decimals = max(digits(currency or "EUR"), min(6, -exact if isinstance(exact, int) else 0))
    return format_money(value, currency or "EUR", current_language(), decimals=decimals)
