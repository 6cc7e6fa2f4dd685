"""Forms of stock: expect, move and take in a receipt; count a lot."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy

from promesa.desk.fields import DayField, LocalMomentField, NumberField
from promesa.desk.queries.catalogue import warehouses

ZERO = Decimal(0)


def _warehouses() -> list[tuple[str, str]]:
    return [(str(id_), name) for id_, _, name in warehouses()]


class MoveForm(forms.Form):
    """When a receipt will come now, and why."""

    expected_at = LocalMomentField(label=gettext_lazy("Expected"))
    reason = forms.CharField(label=gettext_lazy("Why"), max_length=200)


class ReceiveForm(forms.Form):
    """What arrived."""

    quantity = NumberField(label=gettext_lazy("Arrived, base units"), above=ZERO)
    lot = forms.CharField(label=gettext_lazy("Lot"), max_length=40, required=False)
    expires_on = DayField(label=gettext_lazy("Expires"), required=False)


class ExpectForm(forms.Form):
    """A receipt to expect."""

    number = forms.CharField(label=gettext_lazy("Number of the receipt"), max_length=40)
    quantity = NumberField(label=gettext_lazy("Quantity, base units"), above=ZERO)
    expected_at = LocalMomentField(label=gettext_lazy("Expected"), initial=lambda: timezone.now() + timedelta(days=7))
    supplier = forms.CharField(label=gettext_lazy("Supplier"), max_length=120, required=False)
    warehouse = forms.ChoiceField(label=gettext_lazy("Warehouse"), choices=_warehouses)


class CountForm(forms.Form):
    """What was counted of one lot."""

    warehouse = forms.ChoiceField(label=gettext_lazy("Warehouse"), choices=_warehouses)
    lot = forms.CharField(label=gettext_lazy("Lot"), max_length=40, required=False)
    quantity = NumberField(label=gettext_lazy("Counted, base units"), least=ZERO)
    expires_on = DayField(label=gettext_lazy("Expires"), required=False)
    reference = forms.CharField(label=gettext_lazy("Reference"), max_length=60, required=False)

    def said(self) -> dict[str, Any]:
        """The values, with the warehouse as its id."""
        return {**self.cleaned_data, "warehouse": int(self.cleaned_data["warehouse"])}
