"""Whether a plan is kept, and the release desk: goods that go from one order to another at the last minute."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import re_path
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods

from promesa.access.doors import actor, requires
from promesa.allocation.operations.moving import REASONS, Impact, check_possible, impact_of, move_share
from promesa.allocation.queries import adherence as kept_queries
from promesa.allocation.queries.moving import DeskLine, lines_of_item
from promesa.allocation.queries.plans import plan_page
from promesa.catalog.queries import item as item_of
from promesa.core import parameters, typed, words
from promesa.core.errors import Refused
from promesa.core.ui.speech import current_language
from promesa.desk import asked
from promesa.desk.queries.plans import segments
from promesa.desk.views.plans import NUMBER
from promesa.desk.views.shortages import SKU
from promesa.inventory.queries import default_warehouse


@requires("see_plans")
@require_GET
def kept(request: HttpRequest, number: str) -> HttpResponse:
    """A plan in force against what became of it."""
    page, now = plan_page(number=number), timezone.now()
    names = {one["code"]: one[f"name_{current_language()}"] for one in segments()}
    zone = parameters.company_zone(on=now.date())
    floors = kept_queries.floors_standing(on=timezone.localdate(), plan_id=page.id)
    found = kept_queries.adherence(plan_id=page.id, floors=floors)
    context = {
        "plan": page,
        "kept": found,
        "customers": [
            {"one": one, "segment": names.get(one.segment, one.segment)}
            for one in sorted(found.customers, key=lambda one: (2 if one.adherence is None else one.adherence, one.customer))
        ],
        "days": kept_queries.kept_days(plan_id=page.id, until=timezone.localdate(), zone=zone),
        "requesters": kept_queries.overrides_by_requester(plan_id=page.id),
        "floors": floors,
        "now": now,
        "may": actor(request).verbs,
    }  # fmt: skip
    return render(request, "desk/plans/kept.html", context)


@requires("see_plans")
@require_http_methods(["GET", "POST"])
def desk(request: HttpRequest, sku: str) -> HttpResponse:
    """The release desk of an item. With a receiver and a quantity it shows what the move would do; posted, it makes it."""
    item: dict[str, Any] = item_of(sku=sku)
    warehouse = default_warehouse()
    lines = lines_of_item(item_id=item["id"], warehouse_id=warehouse.id) if warehouse else []
    given = request.POST if request.method == "POST" else request.GET
    receiver, donor = asked.key_of(given.get("to", "")), asked.key_of(given.get("from", ""))
    text = given.get("quantity", "").strip()
    quantity = typed.number(text, current_language()) if text else None
    impact: Impact | None = None
    said, status = "", 200
    if text and quantity is None:
        said, status = gettext("%(text)s is no quantity.") % {"text": text}, 422
    elif receiver and quantity:
        try:
            if request.method == "POST":
                return _moved(request, sku, receiver, donor, quantity)
            found = impact_of(
                receiver_id=receiver, donor_id=donor or None, quantity=quantity, by=actor(request), at=timezone.now()
            )
            check_possible(found)
            impact = found
        except Refused as refused:
            if refused.status in (403, 404):
                raise
            said, status = refused.sentence(current_language()), refused.status
    context = {
        "item": item, "impact": impact, "said": said, "typed": given, "receiver": receiver, "donor": donor,
        "givers": [one for one in lines if one.claimed > 0 and one.released_at is None],
        "takers": [one for one in lines if one.lacking > 0],
        "rows": _rows(impact) if impact else [],
        "reasons": [(code, words.say(f"move_{code}", {}, current_language())) for code in REASONS],
        "may": actor(request).verbs,
    }  # fmt: skip
    return render(request, "desk/shortages/desk.html", context, status=status)


def _moved(request: HttpRequest, sku: str, receiver: int, donor: int | None, quantity: Decimal) -> HttpResponse:
    made = move_share(
        receiver_id=receiver, donor_id=donor or None, quantity=quantity, reason_code=request.POST.get("reason", ""),
        reason=request.POST.get("note", ""), requested_by=request.POST.get("requested_by", ""), by=actor(request),
        at=timezone.now(),
    )  # fmt: skip
    order = made.impact["receiver"]["order"]
    messages.success(request, gettext("Moved to %(order)s. Whoever gave is promised anew and told.") % {"order": order})
    return redirect("release_desk", sku)


def _rows(impact: Impact) -> list[dict[str, Any]]:
    """Both sides before and after, with bars in per cent of what the larger asks."""
    sides: list[tuple[str, DeskLine, Decimal]] = [("gets", impact.receiver, impact.quantity)]
    if impact.donor is not None:
        sides.insert(0, ("gives", impact.donor, -impact.quantity))
    whole = max((line.open_quantity for _, line, _ in sides), default=Decimal(1)) or Decimal(1)

    def share(quantity: Decimal) -> str:
        return f"{max(0.0, min(100.0, float(quantity / whole * 100))):.2f}"

    return [
        {
            "side": side, "line": line, "after": line.claimed + change, "asked_bar": share(line.open_quantity),
            "before_bar": share(line.claimed), "after_bar": share(line.claimed + change),
        }
        for side, line, change in sides
    ]  # fmt: skip


urlpatterns = [
    re_path(rf"^shortages/plans/{NUMBER}/kept$", kept, name="plan_kept"),
    re_path(rf"^shortages/items/{SKU}/desk$", desk, name="release_desk"),
]
