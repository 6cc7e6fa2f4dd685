"""Which columns of the orders list a reader wants to see; kept in a cookie."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext, pgettext

COOKIE = "promesa_orders_columns"
USUAL = ("customer", "po", "promise", "promised", "petals", "hands", "next", "net")


def names() -> dict[str, str]:
    """All columns in the order in which they stand."""
    return {
        "customer": gettext("Customer"),
        "po": gettext("Their order"),
        "received": gettext("Received"),
        "channel": gettext("Channel"),
        "state": gettext("State"),
        "promise": gettext("Promise"),
        "promised": gettext("Promised"),
        "petals": gettext("Petals"),
        "hands": gettext("In the hands of"),
        "next": gettext("Next step"),
        "net": pgettext("amount", "Net"),
    }


def chosen(request: HttpRequest) -> list[str]:
    """The columns of this reader, in the order in which they stand."""
    wanted = [name for name in request.COOKIES.get(COOKIE, "").split("-") if name in names()]
    return [name for name in names() if name in (wanted or USUAL)]
