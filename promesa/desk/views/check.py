"""A paper beside what was read of it: the picture left with its boxes, the fields right, the keyboard through them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET, require_http_methods

from promesa.access.doors import actor, requires
from promesa.core import store
from promesa.core.errors import Invalid, NotAllowed, NotFound, Refused
from promesa.core.ui.speech import current_language
from promesa.desk.queries import intake as queries
from promesa.desk.views.intake_mend import told
from promesa.exchange.formats.pdf.picture import page_png
from promesa.exchange.operations.checking import check_document
from promesa.exchange.queries import document_page, findings_of
from promesa.exchange.rules.checking import HEAD, LINE, values_of
from promesa.exchange.states import Outcome
from promesa.exchange.tasks import defer_learning

WIDTH = 1400  # pixels across: sharp on a wide screen, some 200 kB
MOST_PAGES = 20
SURE = Decimal("0.8")
MORE_LINES = 2  # empty rows below the last


@requires("see_documents")
@require_GET
@cache_control(private=True, max_age=3600)
def page_picture(request: HttpRequest, file_id: int, page: int) -> HttpResponse:
    """One page of a paper as a picture."""
    found = queries.file_of(file_id=file_id)
    try:
        content = store.load(found.sha256) if found is not None else None
    except FileNotFoundError:
        content = None
    picture = page_png(content, page, WIDTH) if content is not None and 1 <= page <= MOST_PAGES else None
    if picture is None:
        raise NotFound(what=f"page {page} of file {file_id}")
    response = HttpResponse(picture, content_type="image/png")
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


@requires("see_documents")
@require_http_methods(["GET", "POST"])
def check(request: HttpRequest, document_id: int) -> HttpResponse:
    """Check a paper: every field with its place on the page; what is corrected makes the order and teaches the layout."""
    found = document_page(document_id=document_id)
    if found is None or not found.neutral.get("places"):
        raise NotFound(what=f"paper {document_id}")
    typed = {name: request.POST[name] for name in request.POST if name in HEAD or name.startswith("lines.")}
    errors: dict[str, str] = {}
    status = 200
    if request.method == "POST":
        who, now, lang = actor(request), timezone.now(), current_language()
        if "take_in" not in who.verbs:
            raise NotAllowed(verb="take_in")
        try:
            done = check_document(document_id=document_id, said=typed, by=who, at=now)
        except Invalid as refused:
            errors, status = {one["field"]: one["sentence"][lang] for one in refused.errors}, 422
        except Refused as refused:
            errors, status = {"": refused.sentence(lang)}, refused.status
        else:
            defer_learning(document_id=document_id, by=str(who))
            messages.success(request, told([done]))
            return redirect("document", document_id)
    return render(request, "desk/intake/check.html", _context(request, found, typed, errors), status=status)


def _context(request: HttpRequest, found: Any, typed: dict[str, str], errors: dict[str, str]) -> dict[str, Any]:
    neutral, lang = found.neutral, current_language()
    values = values_of(neutral) | typed
    places = {_checked_key(key): place for key, place in neutral["places"].items()}
    findings = [one for one in findings_of(document_ids=[found.id]).get(found.id, []) if one.open]
    boxes = [
        {
            "key": key,
            "page": place.get("page", 1),
            "x": x0,
            "y": y0,
            "width": x1 - x0,
            "height": y1 - y0,
            "doubt": _doubt(place),
        }
        for key, place in places.items()
        if key in values and place.get("box")
        for x0, y0, x1, y1 in [[int(Decimal(str(one)) * 1000) for one in place["box"]]]
    ]
    pages = sorted({one["page"] for one in boxes} | {1})[:MOST_PAGES]
    count = max(
        [len(neutral.get("lines", ())), *(int(key.split(".")[1]) for key in typed if key.startswith("lines."))],
        default=0,
    )
    words = _words()

    def shown(key: str, name: str) -> dict[str, Any]:
        place = places.get(key, {})
        return {
            "key": key, "word": words[name], "value": values.get(key, ""), "doubt": _doubt(place), "error": errors.get(key, ""),
            "type": "date" if name in ("issued_on", "requested") else "text", "numeric": name in ("quantity", "price", "amount"),
        }  # fmt: skip

    return {
        "document": found, "file": found.file, "waits": found.outcome == Outcome.WAITING and found.order_id is None,
        "head": [shown(key, key) for key in HEAD],
        "lines": [{"n": n, "cells": [shown(f"lines.{n}.{name}", name) for name in LINE]} for n in range(1, count + 1 + MORE_LINES)],
        "heads": [words[name] for name in LINE],
        "pages": [{"n": page, "boxes": [one for one in boxes if one["page"] == page]} for page in pages],
        "findings": [one.sentence(lang) for one in findings if one.code != "low_confidence"],
        "doubts": sum(one["doubt"] for one in boxes),
        "errors": errors, "may": actor(request).verbs, "pictured": _is_pictured(found.file.name, neutral),
    }  # fmt: skip


def _is_pictured(name: str, neutral: dict[str, Any]) -> bool:
    """Whether the file itself is the paper; one that came inside a mail is opened from there."""
    return not name.lower().endswith((".eml", ".msg", ".zip"))


def _checked_key(key: str) -> str:
    """The key of the field that a person checks: every kind of code is the code."""
    head, _, name = key.rpartition(".")
    if head.startswith("lines.") and name in ("seller_code", "buyer_code", "gtin"):
        return f"{head}.code"
    return f"{head}.unit" if head.startswith("lines.") and name == "unit_code" else key


def _doubt(place: dict[str, Any]) -> bool:
    return bool(place) and Decimal(str(place.get("confidence", "1"))) < SURE


def _words() -> dict[str, str]:
    return {
        "number": gettext("Order number of the customer"), "issued_on": gettext("Day of the order"), "requested": gettext("Wanted"),
        "currency": gettext("Currency"), "parties.buyer.name": gettext("Buyer"), "parties.buyer.tax_id": gettext("Tax number"),
        "parties.ship_to.name": gettext("Deliver to"), "parties.ship_to.street": gettext("Street"),
        "parties.ship_to.postcode": gettext("Postcode"), "code": gettext("Code"), "text": gettext("Description"),
        "quantity": gettext("Quantity"), "unit": gettext("Unit"), "price": gettext("Price"), "amount": gettext("Amount"),
    }  # fmt: skip


urlpatterns = [
    path("intake/files/<int:file_id>/pages/<int:page>.png", page_picture, name="page_picture"),
    path("intake/documents/<int:document_id>/check", check, name="document_check"),
]
