"""Whether the price on an invoice is the price of the order."""

from __future__ import annotations

from decimal import Decimal

from promesa.core.money import round_money


def price_is_right(
    *,
    agreed_amount: Decimal,
    order_currency: str,
    invoiced_amount: Decimal,
    invoice_currency: str,
    rate: Decimal = Decimal(1),
) -> bool:
    """Whether an invoiced amount is the agreed one, judged in the order's currency.

    `rate` is what one unit of the order's currency costs in the invoice's, frozen on the invoice: a currency that moved
    between order and invoice is no price error. Half a smallest coin of the invoice's currency is rounding.

    :raises ValueError: if the rate isn't positive.
    """
    if rate <= 0:
        raise ValueError("an exchange rate is positive")
    if invoice_currency == order_currency:
        return round_money(invoiced_amount, order_currency) == round_money(agreed_amount, order_currency)
    return round_money(invoiced_amount, invoice_currency) == round_money(agreed_amount * rate, invoice_currency)
