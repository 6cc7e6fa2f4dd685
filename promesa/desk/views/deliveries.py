"""Deliveries: to leave, on their way, arrived, to be brought again; a delivery note and what happened at the door."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, re_path
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_GET, require_POST

from promesa.access.doors import actor, requires
from promesa.access.queries import names_of
from promesa.core import sheets, store
from promesa.core.errors import NotFound, Refused
from promesa.core.ui.format import format_quantity, joined
from promesa.core.ui.speech import current_language
from promesa.desk import asked, delivery_form, refusals, sent_told, typed
from promesa.desk.labels import actor_word
from promesa.desk.queries import deliveries as queries
from promesa.desk.queries.outgoing import sent_about
from promesa.desk.queries.rows import rows_of
from promesa.fulfilment import operations
from promesa.fulfilment.queries import DueToShip, despatch, due_to_ship

VIEWS = ("ship", "transit", "today", "again", "all")
MOST_AT_ONCE = 100
IMAGES = ((b"\x89PNG", "image/png"), (b"\xff\xd8\xff", "image/jpeg"), (b"GIF8", "image/gif"))


@requires("see_deliveries")
@require_GET
def deliveries(request: HttpRequest) -> HttpResponse:
    """What has to leave, by ship date; what is on its way; what arrived; what has to be brought again."""
    view = asked.one_of(request.GET.get("view", ""), VIEWS, "ship")
    text, today, zone = asked.text_of(request.GET, "q"), timezone.localdate(), timezone.get_current_timezone_name()
    day = asked.day_of(request.GET.get("day", "")) or today
    due = due_to_ship()
    again = queries.to_bring_again(text=text) if view == "again" else []
    known = queries.counts(day=today, zone=zone)
    context = {
        "view": view,
        "text": text,
        "day": day,
        "today": today,
        "tabs": _tabs(view, {"ship": len(due), **known}),
        "may": actor(request).verbs,
        "export": request.GET.urlencode(),
        "now": timezone.now(),
        **_SHOWN[view](request, text, day, due, again),
    }
    return render(request, "desk/deliveries/list.html", context)


def _tabs(view: str, counts: dict[str, int]) -> list[dict[str, Any]]:
    words = {
        "ship": gettext("To leave"),
        "transit": gettext("On their way"),
        "today": gettext("Delivered today"),
        "again": gettext("To bring again"),
        "all": gettext("All delivery notes"),
    }
    return [
        {"word": words[name], "href": f"?view={name}", "here": view == name, "count": counts.get(name)}
        for name in VIEWS
    ]


def _to_ship(
    request: HttpRequest, text: str, day: date, due: Sequence[DueToShip], again: Sequence[queries.Again]
) -> dict[str, Any]:
    """By ship date, late ones first."""
    wanted = [one for one in due if _fits(one, text)]
    codes = {row.standing.id: row.line.code for row in rows_of([one.order_id for one in wanted[:200]], timezone.now())}
    today = timezone.localdate()
    groups: dict[str, dict[str, Any]] = {}
    for one in wanted[:200]:
        key = "late" if one.ship_date and one.ship_date < today else str(one.ship_date or "none")
        group = groups.setdefault(key, {"key": key, "day": one.ship_date, "rows": []})
        group["rows"].append({"one": one, "line": codes.get(one.order_id, ""), "can": bool(one.ready) and not one.held})
    return {"groups": list(groups.values()), "shown": len(wanted[:200]), "total": len(wanted)}


def _fits(one: DueToShip, text: str) -> bool:
    low = text.lower()
    return not text or low in one.order.lower() or low in one.customer.lower() or low in one.city.lower()


def _in_transit(request: HttpRequest, text: str, *_: Any) -> dict[str, Any]:
    rows = queries.in_transit(text=text, after=asked.key_of(request.GET.get("after", "")))
    return _paged(request, rows)


def _all(request: HttpRequest, text: str, *_: Any) -> dict[str, Any]:
    rows = queries.notes(text=text, after=asked.key_of(request.GET.get("after", "")))
    return _paged(request, rows)


def _paged(request: HttpRequest, rows: list[queries.Note]) -> dict[str, Any]:
    shown = rows[: queries.PAGE]
    return {
        "rows": shown,
        "next_url": asked.with_(request, after=shown[-1].id) if len(rows) > queries.PAGE else "",
        "first_url": asked.without(request) if request.GET.get("after") else "",
    }


def _arrived(request: HttpRequest, text: str, day: date, *_: Any) -> dict[str, Any]:
    return {"rows": queries.arrived(day=day, zone=timezone.get_current_timezone_name(), text=text)}


def _again(
    request: HttpRequest, text: str, day: date, due: Sequence[DueToShip], again: Sequence[queries.Again]
) -> dict[str, Any]:
    lang = current_language()
    reasons = dict(delivery_form.reason_words(lang))
    return {
        "rows": [
            {
                "one": one,
                "quantity": format_quantity(min(one.quantity, one.open), one.unit, lang),
                "why": reasons.get(one.reason, ""),
                "outcome": delivery_form.outcome_word(one.outcome, lang),
            }
            for one in again
        ]
    }


_SHOWN: dict[str, Callable[..., dict[str, Any]]] = {
    "ship": _to_ship, "transit": _in_transit, "today": _arrived, "again": _again, "all": _all,
}  # fmt: skip


# --- Sending -----------------------------------------------------------------------------------------------------------


@requires("despatch")
@require_POST
def send(request: HttpRequest) -> HttpResponse:
    """Send all that is reserved of the chosen orders, one delivery note each."""
    ids = queries.orders_by_number(numbers=request.POST.getlist("order")[:MOST_AT_ONCE])
    carrier, now = asked.text_of(request.POST, "carrier", 80), timezone.now()
    made, refused = [], []
    for order_id in ids.values():
        try:
            made.append(operations.despatch(order_id=order_id, carrier=carrier, by=actor(request), at=now).number)
        except Refused as error:
            refused.append(error.sentence(current_language()))
    if made:
        said = ngettext(
            "%(n)s delivery note was made: %(numbers)s.", "%(n)s delivery notes were made: %(numbers)s.", len(made)
        )
        shown = joined(made[:6], current_language()) + (" …" if len(made) > 6 else "")
        messages.success(request, said % {"n": len(made), "numbers": shown})
    for sentence in refused[:5]:
        messages.error(request, sentence)
    if not ids:
        messages.info(request, gettext("Choose the orders that leave."))
    return redirect("deliveries")


# --- One note ----------------------------------------------------------------------------------------------------------


@requires("see_deliveries")
@require_GET
def delivery(request: HttpRequest, number: str) -> HttpResponse:
    """A delivery note with its lots, its deliveries and their proofs, and the form for what happened at the door."""
    note = _note(number)
    lots = queries.note_lines(note_id=note.pk)
    return _page(request, note, lots, None, delivery_form.lines_of(lots))


def _note(number: str) -> Any:
    found = despatch(number=number)
    if found is None:
        raise NotFound(number, what=number)
    return found


def _page(
    request: HttpRequest, note: Any, lots: Sequence[queries.NoteLine], form: delivery_form.DeliveryForm | None,
    lines: Sequence[delivery_form.LineForm], status: int = 200,
) -> HttpResponse:  # fmt: skip
    lang, now = current_language(), timezone.now()
    verbs = actor(request).verbs
    order_rows = rows_of([note.order_id], now)
    proofs = list(note.deliveries.all())
    names = names_of({one.actor for one in (note, *proofs)})
    reasons = dict(delivery_form.reason_words(lang))
    if form is None and lines and "deliver" in verbs:
        form = delivery_form.DeliveryForm(initial={"delivered_at": now}, left_at=note.despatched_at, now=now)
    context = {
        "note": note,
        "row": order_rows[0] if order_rows else None,
        "zone": note.ship_to.time_zone,
        "lots": [
            {
                "lot": lot,
                "outcomes": [
                    {**one, "word": delivery_form.outcome_word(one["outcome"], lang), "why": reasons.get(one["reason"], ""),
                     "said": format_quantity(typed.number(one["quantity"], "en") or 0, lot.unit, lang),
                     "good": one["outcome"] == "accepted"}
                    for one in lot.outcomes
                ],
            }
            for lot in lots
        ],
        "proofs": [{"one": one, "who": actor_word(one.actor, names, lang)} for one in proofs],
        "sent_by": actor_word(note.actor, names, lang),
        "sent_rows": sent_told.rows(sent_about(subject=f"despatch:{note.pk}"), now, lang),
        "form": form,
        "lines": lines,
        "line_errors": [(line, error) for line in lines for error in line.errors],
        "reasons": reasons.items(),
        "causes": delivery_form.cause_words(lang),
        "outcome_words": [delivery_form.outcome_word(one, lang) for one in delivery_form.OUTCOMES],
        "may": verbs,
    }  # fmt: skip
    return render(request, "desk/deliveries/note.html", context, status=status)


@requires("deliver")
@require_POST
def record(request: HttpRequest, number: str) -> HttpResponse:
    """Write down what happened at the door."""
    note = _note(number)
    now, lots = timezone.now(), queries.note_lines(note_id=note.pk)
    lines = delivery_form.lines_of(lots)
    form = delivery_form.DeliveryForm(request.POST, request.FILES, left_at=note.despatched_at, now=now)
    outcomes = delivery_form.read(lines, request.POST)
    if not form.is_valid() or any(line.errors for line in lines):
        return _page(request, note, lots, form, lines, 422)
    said = form.cleaned_data
    picture = said["signature"]
    try:
        operations.deliver(
            advice_id=note.pk, outcomes=outcomes, signed_by=said["signed_by"], arrived_at=said["arrived_at"],
            signature=picture.read() if picture else None, note=said["note"], by=actor(request), at=said["delivered_at"],
        )  # fmt: skip
    except Refused as refused:
        _tell(form, lines, refused)
        return _page(request, note, lots, form, lines, 422)
    messages.success(request, gettext("The delivery is recorded."))
    return redirect("delivery", number)


def _tell(form: delivery_form.DeliveryForm, lines: Sequence[delivery_form.LineForm], refused: Refused) -> None:
    """Faults of a line go to the line, the others to the form."""
    lang = current_language()
    by_number = {f"lines.{line.number}": line for line in lines}
    rest = False
    for one in getattr(refused, "errors", ()):
        line = by_number.get(one["field"])
        if line is not None:
            line.errors.append(one["sentence"][lang])
        else:
            rest = True
    if rest or not any(line.errors for line in lines):
        refusals.show(form, refused, field="signature" if "proof" in refused.code else "")


@requires("see_deliveries")
@require_GET
def signature(request: HttpRequest, number: str, delivery_number: str) -> HttpResponse:
    """The picture of a signature."""
    note = _note(number)
    one = next((one for one in note.deliveries.all() if one.number == delivery_number and one.signature_sha256), None)
    place = store.place_of(one.signature_sha256) if one else None
    if place is None or not place.exists():
        raise NotFound(what=delivery_number)
    content = place.read_bytes()
    kind = next((mime for start, mime in IMAGES if content.startswith(start)), "application/octet-stream")
    response = HttpResponse(content, content_type=kind)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, max-age=86400"
    return response


# --- Files -------------------------------------------------------------------------------------------------------------


@requires("see_deliveries")
@require_GET
def export(request: HttpRequest, kind: str) -> HttpResponse:
    """All delivery notes that fit, or those on their way, as a file."""
    text = asked.text_of(request.GET, "q")
    find = queries.in_transit if request.GET.get("view") == "transit" else queries.notes
    heads = [
        gettext("Delivery note"), gettext("Order"), gettext("Customer number"), gettext("Customer"), gettext("Place"),
        gettext("City"), gettext("Carrier"), gettext("Left"), gettext("Promised"), gettext("Delivered"), gettext("Signed by"),
        gettext("Lines"),
    ]  # fmt: skip
    return asked.sheet(kind, gettext("deliveries"), heads, _cells(find(text=text, limit=asked.MOST_EXPORTED)))


def _cells(rows: Sequence[queries.Note]) -> Iterator[list[sheets.Cell]]:
    here = timezone.get_current_timezone()
    for one in rows:
        yield [
            one.number, one.order, one.customer_number, one.customer, one.place, one.city, one.carrier,
            *(moment.astimezone(here) if moment else None for moment in (one.despatched_at, one.promised_to, one.delivered_at)),
            one.signed_by, one.lines,
        ]  # fmt: skip


NUMBER = r"(?P<number>(?!export\.|send$)[^/]{1,20})"
urlpatterns = [
    path("deliveries", deliveries, name="deliveries"),
    path("deliveries/send", send, name="deliveries_send"),
    re_path(r"^deliveries/export\.(?P<kind>csv|xlsx)$", export, name="deliveries_export"),
    re_path(rf"^deliveries/{NUMBER}$", delivery, name="delivery"),
    re_path(rf"^deliveries/{NUMBER}/record$", record, name="delivery_record"),
    re_path(
        rf"^deliveries/{NUMBER}/signature/(?P<delivery_number>[^/]{{1,20}})$", signature, name="delivery_signature"
    ),
]
