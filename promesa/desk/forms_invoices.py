"""Forms of invoices and cash: give back, dispute, record money."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy

from promesa.core import words
from promesa.core.ui.speech import current_language
from promesa.desk.fields import CustomerField, LocalMomentField, NumberField
from promesa.orders.states import Cause

ZERO = Decimal(0)


def _causes() -> list[tuple[str, str]]:
    lang = current_language()
    found = [(one.value, words.say(f"cause_{one.value}", {}, lang)) for one in Cause]
    return [("", "—"), *((code, word[:1].upper() + word[1:]) for code, word in found)]


class CreditForm(forms.Form):
    """Why something is given back; how much of each line is read apart."""

    cause = forms.ChoiceField(label=gettext_lazy("Cause"), choices=_causes)
    note = forms.CharField(label=gettext_lazy("What the customer reads"), max_length=200, required=False)

    def __init__(self, *args: Any, positions: list[int], **kwargs: Any) -> None:
        self.positions = positions
        super().__init__(*args, **kwargs)
        for position in positions:
            self.fields[f"quantity{position}"] = NumberField(
                label=gettext("Quantity, line %(n)s") % {"n": position}, least=ZERO, required=False
            )
            self.fields[f"amount{position}"] = NumberField(
                label=gettext("Amount, line %(n)s") % {"n": position}, least=ZERO, places=2, required=False
            )

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        for position in self.positions:
            if said.get(f"quantity{position}") and said.get(f"amount{position}"):
                self.add_error(f"amount{position}", gettext("A quantity or an amount, not both."))
        if not self.errors and not self.quantities and not self.amounts:
            self.add_error(None, gettext("Say how much of which line is given back."))
        return said

    def _given(self, kind: str) -> dict[int, Decimal]:
        found = {position: self.cleaned_data.get(f"{kind}{position}") for position in self.positions}
        return {position: value for position, value in found.items() if value}

    @property
    def quantities(self) -> dict[int, Decimal]:
        return self._given("quantity")

    @property
    def amounts(self) -> dict[int, Decimal]:
        return self._given("amount")


class DisputeForm(forms.Form):
    """Why the customer does not pay."""

    reason = forms.CharField(label=gettext_lazy("What the customer says"), max_length=200)


class PaymentForm(forms.Form):
    """Money that came in."""

    customer = CustomerField()
    amount = NumberField(label=gettext_lazy("Amount"), above=ZERO, places=2)
    received_at = LocalMomentField(label=gettext_lazy("Received"))
    method = forms.ChoiceField(
        label=gettext_lazy("How"),
        choices=[
            ("transfer", gettext_lazy("transfer")),
            ("direct_debit", gettext_lazy("direct debit")),
            ("card", gettext_lazy("card")),
            ("cheque", gettext_lazy("cheque")),
            ("cash", gettext_lazy("cash")),
        ],
    )
    reference = forms.CharField(label=gettext_lazy("Reference"), max_length=80, required=False)

    def __init__(self, *args: Any, invoices: list[str], **kwargs: Any) -> None:
        self.invoices = invoices
        super().__init__(*args, **kwargs)
        for number in invoices:
            self.fields[f"pays-{number}"] = NumberField(label=number, least=ZERO, places=2, required=False)

    @property
    def head_fields(self) -> list[forms.BoundField]:
        return [field for field in self if not field.name.startswith("pays-")]

    @property
    def applications(self) -> dict[str, Decimal]:
        """What of it pays which invoice, in the order shown."""
        found = {number: self.cleaned_data.get(f"pays-{number}") for number in self.invoices}
        return {number: value for number, value in found.items() if value}
