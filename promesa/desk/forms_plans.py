"""The form that opens a plan."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from promesa.desk.fields import DayField


class OpenForm(forms.Form):
    """What a plan begins with: items, a horizon, a reason."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    reason = forms.CharField(
        label=gettext_lazy("Why there is not enough"), max_length=200, required=False,
        help_text=gettext_lazy("Customers are not told this."),
    )  # fmt: skip
    items = forms.CharField(
        label=gettext_lazy("Items that are shared"), max_length=12_000,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
        help_text=gettext_lazy("Our codes (SKU), one a line or with commas."),
    )  # fmt: skip
    horizon_to = DayField(
        label=gettext_lazy("Share what comes before"),
        help_text=gettext_lazy("Receipts of this day and later are left out."),
    )
    valid_to = DayField(
        label=gettext_lazy("In force until before"),
        help_text=gettext_lazy("Minimums and quotas bind promises until then."),
    )
    warehouse = forms.ChoiceField(label=gettext_lazy("Warehouse"))

    def __init__(self, *args: Any, places: Sequence[tuple[int, str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["warehouse"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(code, name) for _, code, name in places]

    def said(self, today: date) -> dict[str, Any]:
        """The arguments of `open_plan`."""
        plain = dict(self.cleaned_data)
        return {**plain, "items": codes_in(plain["items"]), "valid_from": min(today, plain["valid_to"])}


def codes_in(text: str) -> list[str]:
    """Codes one a line or with commas, each once."""
    found = [one.strip() for one in text.replace(";", "\n").replace(",", "\n").splitlines()]
    return list(dict.fromkeys(one[:60] for one in found if one))
