"""What stands around every page of a customer's person: their orders, a new one, their notices, who they are; no desk."""

from __future__ import annotations

from typing import Any

from django.core.cache import cache
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy

from promesa.access.models import User
from promesa.core.parameters import values
from promesa.core.ui.frame import Entry, Me
from promesa.portal.queries import around


def frame(request: HttpRequest) -> dict[str, Any]:
    """The context of `core/frame.html` for people of customers; staff get nothing of it."""
    user = getattr(request, "user", None)
    if not isinstance(user, User) or user.customer is None or getattr(request, "htmx", False):
        return {}
    home, new, path = reverse("portal"), reverse("portal_new"), request.path
    told, now = reverse("portal_notices"), around(customer_id=user.customer, on=timezone.localdate())
    theirs = path == home or (path.startswith(f"{home}/orders/") and path != new)
    return {
        "rail": [
            [
                Entry("orders", gettext_lazy("My orders"), home, here=theirs, tab=True),
                Entry("plus", gettext_lazy("New order"), new, here=path == new, tab=True),
                Entry("mail", gettext_lazy("Notices"), told, now.notices, here=path.startswith(told), tab=True),
            ]
        ],
        "home_url": home,
        "new_order_url": new,
        "me": Me(str(user), now.name, reverse("account"), reverse("sign_out")),
        "company": cache.get_or_set("portal:company", _company, 60),
    }


def _company() -> str:
    return str(values(codes=["company.name"], on=timezone.now().date()).get("company.name", ""))
