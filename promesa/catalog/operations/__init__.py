"""What may be done to the catalogue."""

from promesa.catalog.operations.items import put_item_codes, put_items, put_tax_rates, put_unit_aliases
from promesa.catalog.operations.prices import put_agreements, put_customer_lists, put_price_lists, put_prices
from promesa.catalog.operations.substitutes import put_substitutions
from promesa.catalog.operations.suppliers import put_suppliers

__all__ = [
    "put_agreements",
    "put_customer_lists",
    "put_item_codes",
    "put_items",
    "put_price_lists",
    "put_prices",
    "put_substitutions",
    "put_suppliers",
    "put_tax_rates",
    "put_unit_aliases",
]
