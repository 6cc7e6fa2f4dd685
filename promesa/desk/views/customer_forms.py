"""Changing a customer: terms, places, people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import re_path
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from promesa.access.doors import actor, requires
from promesa.core.errors import NotFound, Refused, Stale
from promesa.customers import operations
from promesa.customers.queries import customer as customer_of
from promesa.desk import refusals
from promesa.desk.forms_customers import PersonForm, SiteForm, TermsForm, site_initial

NUMBER = r"(?P<number>(?!export\.)[^/]{1,40})"
FORM = "desk/customers/form.html"


@requires("change_customer")
@require_http_methods(["GET", "POST"])
def terms(request: HttpRequest, number: str) -> HttpResponse:
    """The customer itself and what was agreed."""
    stored = customer_of(number=number)
    with_credit = "change_credit" in actor(request).verbs
    initial = {name: "" if value is None else value for name, value in stored.items()}
    if request.method == "GET":
        return _drawn(request, stored, TermsForm(initial=initial, with_credit=with_credit), _terms_words())
    form = TermsForm(request.POST, initial=initial, with_credit=with_credit)
    differences: list[dict[str, str]] = []
    if form.is_valid():
        try:
            operations.put_customers(rows=[form.row(number)], by=actor(request), at=timezone.now())
        except Stale:
            differences = _differences(form, stored)
            form = _rebased(form, stored, with_credit)
        except Refused as refused:
            refusals.show(form, refused)
        else:
            messages.success(request, gettext("Saved. New orders use these terms."))
            return redirect("customer", number)
    return _drawn(request, stored, form, _terms_words(), differences=differences)


def _terms_words() -> dict[str, str]:
    return {"title": gettext("Change the customer and its terms"), "send": gettext("Save")}


def _differences(form: forms.Form, stored: Mapping[str, Any]) -> list[dict[str, str]]:
    """What is stored now and what was typed, field by field, where the two differ."""
    found = []
    for field in form:
        if field.name == "version":
            continue
        theirs, yours = stored.get(field.name), form.cleaned_data.get(field.name)
        if (theirs or "") == (yours or ""):
            continue
        shown = form.fields[field.name].prepare_value(theirs)
        found.append(
            {
                "label": str(field.label), "field_id": field.id_for_label or "", "theirs": _word(shown), "yours": _word(field.value()),
                "theirs_raw": "" if shown is None else str(shown),
            }
        )  # fmt: skip
    return found


def _word(value: Any) -> str:
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    return "—" if value in (None, "") else str(value)


def _rebased(form: TermsForm, stored: Mapping[str, Any], with_credit: bool) -> TermsForm:
    """The same form with what was typed, on top of what is stored now."""
    typed = dict(form.data.items())
    typed["version"] = str(stored["version"])
    return TermsForm(typed, initial=form.initial, with_credit=with_credit)


@requires("change_customer")
@require_http_methods(["GET", "POST"])
def site(request: HttpRequest, number: str, place: str = "") -> HttpResponse:
    """A place of delivery with its hours."""
    stored = customer_of(number=number)
    known = next((one for one in stored["sites"] if one["number"] == place), None)
    if place and known is None:
        raise NotFound(what=place)
    initial = site_initial(known) if known else {}
    form = SiteForm(request.POST or None, initial=initial, is_new=known is None)
    if request.method == "POST" and form.is_valid():
        try:
            operations.put_sites(rows=[form.row(number)], by=actor(request), at=timezone.now())
        except Refused as refused:
            refusals.show(form, refused)
        else:
            messages.success(request, gettext("The place is saved."))
            return redirect("customer", number)
    title = gettext("Change the place of delivery") if known else gettext("New place of delivery")
    return _drawn(request, stored, form, {"title": title, "send": gettext("Save")}, template="desk/customers/site.html")


@requires("change_customer")
@require_http_methods(["GET", "POST"])
def person(request: HttpRequest, number: str, name: str = "") -> HttpResponse:
    """Somebody at the customer's."""
    stored = customer_of(number=number)
    known = next((one for one in stored["people"] if one["name"] == name), None)
    if name and known is None:
        raise NotFound(what=name)
    form = PersonForm(request.POST or None, initial=known or {}, is_new=known is None)
    if request.method == "POST" and form.is_valid():
        try:
            operations.put_people(
                rows=[{"customer": number, **form.cleaned_data}], by=actor(request), at=timezone.now()
            )
        except Refused as refused:
            refusals.show(form, refused)
        else:
            messages.success(request, gettext("The person is saved."))
            return redirect("customer", number)
    title = gettext("Change the person") if known else gettext("New person")
    return _drawn(request, stored, form, {"title": title, "send": gettext("Save")})


def _drawn(
    request: HttpRequest, stored: Mapping[str, Any], form: forms.Form, said: Mapping[str, str], *, template: str = FORM,
    differences: list[dict[str, str]] | None = None,
) -> HttpResponse:  # fmt: skip
    status = 409 if differences else 422 if form.errors else 200
    context = {"customer": stored, "form": form, "differences": differences or [], "keep": request.path, **said}
    return render(request, template, context, status=status)


urlpatterns = [
    re_path(rf"^customers/{NUMBER}/terms$", terms, name="customer_terms"),
    re_path(rf"^customers/{NUMBER}/sites/new$", site, name="customer_site_new"),
    re_path(rf"^customers/{NUMBER}/sites/(?P<place>[^/]{{1,40}})$", site, name="customer_site"),
    re_path(rf"^customers/{NUMBER}/people/new$", person, name="customer_person_new"),
    re_path(rf"^customers/{NUMBER}/people/(?P<name>[^/]{{1,120}})$", person, name="customer_person"),
]
