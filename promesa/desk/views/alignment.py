"""Masters that a customer and we share: how well they agree, what differs, and the ways to mend it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, re_path
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from promesa.access.doors import actor, requires
from promesa.core.errors import Refused
from promesa.core.ui.speech import current_language
from promesa.customers.queries import customer as customer_of
from promesa.customers.queries import id_of
from promesa.desk import asked
from promesa.exchange.formats.lists import write_list
from promesa.exchange.loading.masters import load_masters
from promesa.exchange.operations import alignment as operations
from promesa.exchange.queries.alignment import healths, misaligned
from promesa.exchange.queries.our_catalogue import CatalogueUnwritable, catalogue_for, catalogue_written
from promesa.exchange.rules.alignment import OWNED_BY, Field

LARGEST = 20_000_000
SHOWN = 200
CAN_TAKE = frozenset({Field.GTIN, Field.UNIT, Field.PACK})
NUMBER = r"(?P<number>[^/]{1,40})"


def owner_words() -> dict[str, str]:
    return {"back_office": gettext("Back office"), "sales": gettext("Sales"), "customer": gettext("The customer")}


@requires("see_customers")
@require_GET
def health(request: HttpRequest) -> HttpResponse:
    """Every customer with a catalogue, the worst first."""
    return render(request, "desk/alignment/health.html", {"rows": healths()})


@requires("see_customers")
@require_GET
def aligned(request: HttpRequest, number: str) -> HttpResponse:
    """What differs between a customer's catalogue and our masters."""
    return _page(request, number)


def _page(request: HttpRequest, number: str, error: str = "", status: int = 200) -> HttpResponse:
    found = customer_of(number=number)
    lang, now = current_language(), timezone.now()
    owner = asked.one_of(request.GET.get("owner", ""), OWNED_BY)
    rows = misaligned(customer_id=id_of(number=number), owner=owner)
    context = {
        "customer": found,
        "rows": [
            {"one": one, "text": one.sentence(lang), "days": one.days(now), "can_take": one.field in CAN_TAKE}
            for one in rows[:SHOWN]
        ],
        "more": max(0, len(rows) - SHOWN),
        "health": next(iter(healths(number=number)), None),
        "owners": owner_words(),
        "owner": owner,
        "may": actor(request).verbs,
        "error": error,
    }
    return render(request, "desk/alignment/customer.html", context, status=status)


@requires("change_item_code")
@require_POST
def give(request: HttpRequest, number: str) -> HttpResponse:
    """Say who has to mend one difference."""
    return _done(
        request, number,
        lambda: operations.give_misalignment(
            misalignment_id=asked.key_of(request.POST.get("misalignment", "")), owner=request.POST.get("owner", ""),
            by=actor(request), at=timezone.now(),
        ),
    )  # fmt: skip


@requires("change_item_code")
@require_POST
def take(request: HttpRequest, number: str) -> HttpResponse:
    """Take over what the customer says of a code, a unit or a pack."""
    return _done(
        request, number,
        lambda: operations.take_theirs(
            misalignment_id=asked.key_of(request.POST.get("misalignment", "")), by=actor(request), at=timezone.now()
        ),
    )  # fmt: skip


@requires("change_item_code")
@require_POST
def compare(request: HttpRequest, number: str) -> HttpResponse:
    """Compare again, after masters were mended."""
    customer_id = id_of(number=number)
    return _done(
        request, number, lambda: operations.align(customer_id=customer_id, by=actor(request), at=timezone.now())
    )


def _done(request: HttpRequest, number: str, act: Any) -> HttpResponse:
    try:
        done = act()
    except Refused as refused:
        return _page(request, number, refused.sentence(current_language()), 409)
    if done:
        said = gettext("%(items)s items compared: %(open)s differences are open, %(settled)s were settled.")
        messages.success(request, said % done)
    return redirect("alignment", number)


@requires("change_item_code")
@require_POST
def bring(request: HttpRequest, number: str) -> HttpResponse:
    """Take in the customer's catalogue from a file: its rows are this customer's, whatever they say."""
    file = request.FILES.get("file")
    if file is None or (file.size or 0) > LARGEST:
        said = gettext("Choose a CSV or XLSX file of at most %(most)s MB.") % {"most": LARGEST // 1_000_000}
        return _page(request, number, said, 422)
    id_of(number=number)  # nobody's catalogue is not read
    now = timezone.now()
    (loaded,) = load_masters(
        files=[(file.name or "?", file.read())],
        role="customer_catalogue",
        usual={"customer": number},
        by=actor(request),
        at=now,
    )
    if loaded.rejected:
        lang = current_language()
        said = " ".join(
            f"{gettext('Row')} {one['row']}: {one['sentence'][lang]}" if one["row"] else one["sentence"][lang]
            for one in loaded.rejected[:8]
        )
        if not loaded.created:
            return _page(request, number, said, 422)
        messages.warning(request, said)
    messages.success(request, gettext("%(n)s items of their catalogue were compared.") % {"n": loaded.created})
    return redirect("alignment", number)


@requires("see_prices")
@require_GET
def ours(request: HttpRequest, number: str, kind: str) -> HttpResponse:
    """Our catalogue for the customer, in their language, as a file."""
    found = customer_of(number=number)
    now = timezone.now()
    every = request.GET.get("every") == "1"
    named = f"{number}-{now:%Y%m%d}"
    if kind == "edi":
        try:
            written = catalogue_written(customer_number=number, number=named, at=now, every=every)
        except CatalogueUnwritable as refused:
            return _page(request, number, refused.sentence(current_language()), 409)
        response = HttpResponse(written.content, content_type=written.content_type)
    else:
        document = catalogue_for(customer_number=number, number=named, at=now, every=every)
        content = write_list(document, kind=kind, lang=found["language"])
        response = HttpResponse(content, content_type=asked.FILE_TYPES[kind])
    plain = "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in named)
    response["Content-Disposition"] = f'attachment; filename="catalogue-{plain}.{kind}"'
    return response


urlpatterns = [
    path("customers/alignment", health, name="alignments"),
    re_path(rf"^customers/{NUMBER}/alignment$", aligned, name="alignment"),
    re_path(rf"^customers/{NUMBER}/alignment/give$", give, name="alignment_give"),
    re_path(rf"^customers/{NUMBER}/alignment/take$", take, name="alignment_take"),
    re_path(rf"^customers/{NUMBER}/alignment/compare$", compare, name="alignment_compare"),
    re_path(rf"^customers/{NUMBER}/alignment/bring$", bring, name="alignment_bring"),
    re_path(rf"^customers/{NUMBER}/catalogue\.(?P<kind>csv|xlsx|edi)$", ours, name="catalogue_for"),
]
