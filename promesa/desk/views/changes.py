"""What changed since somebody last looked."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from promesa.access import operations as access
from promesa.access.doors import requires
from promesa.access.models import User
from promesa.access.queries import names_of
from promesa.core.ui.speech import current_language
from promesa.desk import telling
from promesa.desk.queries.changes import SHOWN, changes_since


@requires("see_orders")
@require_http_methods(["GET", "POST"])
def changes(request: HttpRequest) -> HttpResponse:
    """The changes by others, newest first; POST says that they were seen."""
    user = request.user
    assert isinstance(user, User)
    if request.method == "POST":
        access.record_look(user_id=user.pk, at=timezone.now())
        return redirect("changes")
    since = user.seen_at or user.date_joined
    found = changes_since(since, f"user:{user.pk}")
    names, lang = names_of({one.actor for one in found}), current_language()
    rows = [
        {"order": one.order, "customer": one.customer, "at": one.happened_at,
         **telling.told(one.kind, one.facts, one.actor, names, lang)}
        for one in found
    ]  # fmt: skip
    return render(request, "desk/changes.html", {"rows": rows, "since": since, "more": len(found) == SHOWN})


urlpatterns = [path("changes", changes, name="changes")]
