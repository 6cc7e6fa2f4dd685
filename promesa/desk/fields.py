"""Fields of the staff's forms: numbers as people write them, moments in the reader's zone, codes with suggestions."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy

from promesa.core.ui.format import UNITS, format_number
from promesa.core.ui.speech import current_language
from promesa.desk import typed

LARGEST = Decimal("1e12")


class NumberField(forms.Field):
    """A decimal number as the reader's language writes it: `1.234,5` or `1,234.5`."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "maxlength": "30"})

    def __init__(
        self, *, least: Decimal | None = None, most: Decimal = LARGEST, places: int = 6, above: Decimal | None = None,
        **kwargs: Any,
    ) -> None:  # fmt: skip
        self.least, self.most, self.places, self.above = least, most, places, above
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> Any:
        return (
            format_number(value, current_language()).replace("\N{MINUS SIGN}", "-")
            if isinstance(value, Decimal)
            else value
        )

    def to_python(self, value: Any) -> Any:
        text = str(value or "").strip()[:40]
        if not text:
            return None
        found = typed.number(text, current_language())
        if found is None:
            raise ValidationError(gettext("“%(text)s” is no number.") % {"text": text})
        exponent = found.normalize().as_tuple().exponent
        if isinstance(exponent, int) and -exponent > self.places:
            raise ValidationError(gettext("At most %(places)s decimals.") % {"places": self.places})
        shown = {"least": self.least, "most": self.most, "above": self.above}
        if self.above is not None and found <= self.above:
            raise ValidationError(gettext("It must be more than %(above)s.") % shown)
        if self.least is not None and found < self.least:
            raise ValidationError(gettext("It must be at least %(least)s.") % shown)
        if found > self.most:
            raise ValidationError(
                gettext("It must be at most %(most)s.") % {"most": format_number(self.most, current_language())}
            )
        return found


class LocalMomentField(forms.CharField):
    """A moment in the reader's zone, as `datetime-local` sends it."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={"type": "datetime-local"}))
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> Any:
        return f"{timezone.localtime(value):%Y-%m-%dT%H:%M}" if isinstance(value, datetime) else value

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        if not text:
            return None
        try:
            found = datetime.fromisoformat(text)
        except ValueError:
            raise ValidationError(gettext("“%(text)s” is no moment.") % {"text": text}) from None
        if not 1990 <= found.year < 2200:
            raise ValidationError(gettext("Look at the year."))
        return found if found.tzinfo else timezone.make_aware(found)


class DayField(forms.DateField):
    """A day, with the browser's own calendar."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
        kwargs.setdefault("input_formats", ["%Y-%m-%d"])
        super().__init__(**kwargs)


def _combo(url: str, words: Promise | str) -> dict[str, Any]:
    return {
        "autocomplete": "off", "spellcheck": "false", "role": "combobox", "aria-expanded": "false",
        "aria-autocomplete": "list", "data-combo-url": reverse_lazy(url), "data-combo-list": words,
    }  # fmt: skip


class CustomerField(forms.CharField):
    """The number of a customer, found by typing name or number."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 40)
        kwargs.setdefault("label", gettext_lazy("Customer"))
        kwargs["widget"] = forms.TextInput(attrs=_combo("customer_options", gettext_lazy("Customers that match")))
        super().__init__(**kwargs)


class ItemField(forms.CharField):
    """The SKU of an item, found by typing name or code."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 60)
        kwargs.setdefault("label", gettext_lazy("Item"))
        kwargs["widget"] = forms.TextInput(attrs=_combo("item_options", gettext_lazy("Items that match")))
        super().__init__(**kwargs)


def unit_choices(*, empty: bool = False) -> list[tuple[str, str]]:
    """Every unit by its word, with its code beside it: two codes may have one word."""
    found = sorted(
        ((code, f"{one} ({code})") for code, (one, _) in UNITS[current_language()].items()), key=lambda pair: pair[1]
    )
    return [("", "—"), *found] if empty else found
