"""Reading customers."""

from __future__ import annotations

from collections.abc import Iterable

from promesa.core import bulk
from promesa.customers.terms import terms_of as terms_of


def ids_by_number(*, numbers: Iterable[str]) -> dict[str, int]:
    """Ids of these customers; those that are not there are left out."""
    wanted = sorted(set(numbers))
    return dict(bulk.rows("SELECT number, id FROM customers_customer WHERE number = ANY(%s)", [wanted])) if wanted else {}
