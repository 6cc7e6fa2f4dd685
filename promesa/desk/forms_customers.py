"""Forms of a customer: what was agreed, places with their hours, people."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext, gettext_lazy

from promesa.core.ui.format import LONG_DAYS
from promesa.core.ui.speech import current_language
from promesa.desk.fields import NumberField
from promesa.desk.queries.customers import owners, segments

ZERO, HUNDRED = Decimal(0), Decimal(100)
CREDIT = ("payment_days", "credit_limit", "invoice_from")


def _segments() -> list[tuple[str, str]]:
    lang = current_language()
    return [("", "—"), *((one["code"], one[f"name_{lang}"]) for one in segments())]


def _owners() -> list[tuple[str, str]]:
    return [("", "—"), *((username, name) for _, username, name in owners())]


def _percent(label: Any, **kwargs: Any) -> NumberField:
    return NumberField(label=label, least=ZERO, most=HUNDRED, places=4, **kwargs)


def _days(label: Any) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=0, max_value=365)


class TermsForm(forms.Form):
    """A customer and what was agreed with it."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    tax_id = forms.CharField(label=gettext_lazy("Tax number"), max_length=30, required=False)
    gln = forms.CharField(label=gettext_lazy("GLN"), max_length=13, required=False)
    email = forms.EmailField(label=gettext_lazy("Email"), max_length=254, required=False)
    phone = forms.CharField(label=gettext_lazy("Phone"), max_length=40, required=False)
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=[("es", "español"), ("en", "English")])
    segment = forms.ChoiceField(label=gettext_lazy("Segment"), choices=_segments, required=False)
    service_owner = forms.ChoiceField(label=gettext_lazy("Looked after by"), choices=_owners, required=False)
    payment_days = _days(gettext_lazy("Days to pay"))
    credit_limit = NumberField(
        label=gettext_lazy("Credit limit"),
        least=ZERO,
        places=2,
        required=False,
        help_text=gettext_lazy("Empty: none is checked."),
    )
    invoice_from = forms.ChoiceField(
        label=gettext_lazy("Invoiced from"),
        choices=[("delivery", gettext_lazy("delivery")), ("despatch", gettext_lazy("despatch"))],
    )
    early_days = _days(gettext_lazy("Days early that are fine"))
    late_days = _days(gettext_lazy("Days late that are fine"))
    under_percent = _percent(gettext_lazy("Less that is fine, %"))
    over_percent = _percent(gettext_lazy("More that is fine, %"))
    price_tolerance_percent = _percent(gettext_lazy("Difference of price that is let pass, %"))
    one_delivery = forms.BooleanField(label=gettext_lazy("All lines in one delivery"), required=False)
    partial_deliveries = forms.BooleanField(label=gettext_lazy("A line may come in parts"), required=False)
    substitutes = forms.BooleanField(label=gettext_lazy("Takes substitutes"), required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, with_credit: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not with_credit:
            for name in CREDIT:
                del self.fields[name]

    def row(self, number: str) -> dict[str, Any]:
        """The master row that was meant."""
        return {"number": number, **self.cleaned_data}


_HOURS = re.compile(r"([01]?\d|2[0-3])[:.]([0-5]\d)\s*[-\u2013a]\s*([01]?\d|2[0-3]|24)[:.]([0-5]\d)")


class HoursField(forms.CharField):
    """When goods are taken on one weekday: `07:00-12:00, 15:00-17:00`; nothing is closed."""

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        found = []
        for part in filter(None, (part.strip() for part in (text or "").split(","))):
            match = _HOURS.fullmatch(part)
            opens, closes = (f"{int(match[1]):02}:{match[2]}", f"{int(match[3]):02}:{match[4]}") if match else ("", "")
            closes = "23:59" if closes == "24:00" else closes
            if not match or opens >= closes:
                raise ValidationError(gettext("Write hours such as 07:00-12:00, 15:00-17:00."))
            found.append((opens, closes))
        return found


class SiteForm(forms.Form):
    """A place of delivery."""

    number = forms.CharField(label=gettext_lazy("Number"), max_length=40)
    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    gln = forms.CharField(label=gettext_lazy("GLN"), max_length=13, required=False)
    street = forms.CharField(label=gettext_lazy("Street"), max_length=200, required=False)
    postcode = forms.CharField(label=gettext_lazy("Postcode"), max_length=20, required=False)
    city = forms.CharField(label=gettext_lazy("City"), max_length=100, required=False)
    region = forms.CharField(label=gettext_lazy("Region"), max_length=100, required=False)
    country = forms.RegexField(r"^[A-Za-z]{2}$", label=gettext_lazy("Country"), max_length=2, initial="ES")
    time_zone = forms.CharField(label=gettext_lazy("Time zone"), max_length=60, initial="Europe/Madrid")
    transit_days = forms.IntegerField(label=gettext_lazy("Days on the road"), min_value=0, max_value=90, initial=1)
    is_default = forms.BooleanField(label=gettext_lazy("The usual place"), required=False)

    def __init__(self, *args: Any, is_new: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not is_new:
            self.fields["number"].disabled = True
        for weekday, word in enumerate(LONG_DAYS[current_language()]):
            self.fields[f"day{weekday}"] = HoursField(
                label=word.capitalize(), required=False, max_length=60,
                widget=forms.TextInput(attrs={"placeholder": gettext("closed"), "autocomplete": "off"}),
            )  # fmt: skip

    @property
    def place_fields(self) -> list[forms.BoundField]:
        return [field for field in self if not field.name.startswith("day")]

    @property
    def hour_fields(self) -> list[forms.BoundField]:
        return [field for field in self if field.name.startswith("day")]

    def row(self, customer: str) -> dict[str, Any]:
        """The master row that was meant; a place without any hours takes goods all day."""
        plain = {name: value for name, value in self.cleaned_data.items() if not name.startswith("day")}
        if not plain["is_default"]:
            del plain["is_default"]  # a customer keeps its usual place until another takes its turn
        windows = [
            {"weekday": weekday, "opens": opens, "closes": closes}
            for weekday in range(7)
            for opens, closes in self.cleaned_data.get(f"day{weekday}") or ()
        ]
        return {"customer": customer, **plain, "country": plain["country"].upper(), "windows": windows}


def site_initial(site: Mapping[str, Any]) -> dict[str, Any]:
    """A stored place as its form shows it."""
    hours: dict[int, list[str]] = {}
    for one in site["windows"]:
        hours.setdefault(one["weekday"], []).append(f"{one['opens']}-{one['closes']}")
    return {**site, **{f"day{weekday}": ", ".join(found) for weekday, found in hours.items()}}


class PersonForm(forms.Form):
    """Somebody at the customer's."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    position = forms.CharField(label=gettext_lazy("Position"), max_length=80, required=False)
    email = forms.EmailField(label=gettext_lazy("Email"), max_length=254, required=False)
    phone = forms.CharField(label=gettext_lazy("Phone"), max_length=40, required=False)

    def __init__(self, *args: Any, is_new: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not is_new:
            self.fields["name"].disabled = True
