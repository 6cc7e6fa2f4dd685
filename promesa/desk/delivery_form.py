"""The form of a delivery: for each line what became of it, who signed, when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy

from promesa.core import words
from promesa.core.ui.format import format_number
from promesa.core.ui.speech import current_language
from promesa.desk import typed
from promesa.desk.fields import LocalMomentField
from promesa.desk.queries.deliveries import NoteLine
from promesa.fulfilment.operations.proofs import LARGEST
from promesa.fulfilment.rules import NEEDS_REASON, Part
from promesa.fulfilment.states import Outcome, Reason
from promesa.orders.states import Cause

ZERO = Decimal(0)
OUTCOMES = (Outcome.ACCEPTED, Outcome.RESERVE, Outcome.SHORT, Outcome.DAMAGED, Outcome.REFUSED, Outcome.REDELIVER)


def outcome_word(outcome: str, lang: str) -> str:
    return words.say(f"outcome_{outcome}", {}, lang)


def reason_words(lang: str) -> list[tuple[str, str]]:
    return [(one.value, words.say(f"reason_{one.value}", {}, lang)) for one in Reason]


def cause_words(lang: str) -> list[tuple[str, str]]:
    return [(one.value, words.say(f"cause_{one.value}", {}, lang)) for one in Cause if one != Cause.UNKNOWN]


class DeliveryForm(forms.Form):
    """Who signed and when; the lines are read apart."""

    signed_by = forms.CharField(label=gettext_lazy("Signed by"), max_length=120)
    delivered_at = LocalMomentField(
        label=gettext_lazy("Signed at"), help_text=gettext_lazy("Hour of this page's time zone.")
    )
    arrived_at = LocalMomentField(
        label=gettext_lazy("Arrived at the dock"),
        required=False,
        help_text=gettext_lazy("If it was proved, and earlier."),
    )
    signature = forms.FileField(
        label=gettext_lazy("Picture of the signature"), required=False,
        help_text=gettext_lazy("PNG, JPEG or GIF, half a megabyte at most."),
    )  # fmt: skip
    note = forms.CharField(
        label=gettext_lazy("Note"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, left_at: datetime, now: datetime, **kwargs: Any) -> None:
        self.left_at, self.now = left_at, now
        super().__init__(*args, **kwargs)

    def clean_delivered_at(self) -> datetime:
        found: datetime = self.cleaned_data["delivered_at"]
        if found > self.now:
            raise forms.ValidationError(gettext("That moment is still to come."))
        if found < self.left_at:
            raise forms.ValidationError(gettext("It left later than that."))
        return found

    def clean_signature(self) -> Any:
        found = self.cleaned_data["signature"]
        if found is not None and (found.size or 0) > LARGEST:
            raise forms.ValidationError(gettext("Half a megabyte is the most."))
        return found

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        arrived, signed = said.get("arrived_at"), said.get("delivered_at")
        if arrived and signed and arrived > signed:
            self.add_error("arrived_at", gettext("It arrived before it was signed for."))
        return said


@dataclass(slots=True)
class LineForm:
    """One order line of the note: how much was on it, what was typed, and what is wrong with that."""

    number: int
    sku: str
    item: str
    unit: str
    quantity: Decimal
    lots: list[str] = field(default_factory=list)
    typed: dict[str, str] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)

    @property
    def cells(self) -> list[tuple[str, str, str]]:
        """Outcome, name of its field, what stands in it."""
        return [(outcome.value, f"{self.number}-{outcome.value}", self.typed.get(outcome, "")) for outcome in OUTCOMES]

    def parts(self) -> list[Part]:
        """What was typed, as parts; what cannot be read is told in `errors`."""
        lang, found = current_language(), []
        for outcome in OUTCOMES:
            text = self.typed.get(outcome, "").strip()
            quantity = typed.number(text, lang) if text else ZERO
            if quantity is None or quantity < 0:
                self.errors.append(gettext("“%(text)s” is no quantity.") % {"text": text})
            elif quantity:
                with_reason = outcome != Outcome.ACCEPTED
                found.append(
                    Part(
                        outcome.value, quantity, self.typed.get("reason", "") if with_reason else "",
                        self.typed.get("cause", "") if with_reason else "", self.typed.get("note", "") if with_reason else "",
                    )
                )  # fmt: skip
        if any(part.outcome in NEEDS_REASON and not part.reason for part in found):
            self.errors.append(gettext("Say the reason."))
        return found


def lines_of(lots: Sequence[NoteLine]) -> list[LineForm]:
    """The lines of a note of which nothing has been said, each accepted whole until somebody says otherwise."""
    lang, found = current_language(), dict[int, LineForm]()
    for lot in lots:
        if lot.outcomes:
            continue
        line = found.setdefault(lot.line_number, LineForm(lot.line_number, lot.sku, lot.item, lot.unit, ZERO))
        line.quantity += lot.quantity
        if lot.lot:
            line.lots.append(lot.lot)
    for line in found.values():
        line.typed = {Outcome.ACCEPTED: format_number(line.quantity, lang)}
    return list(found.values())


def read(lines: Sequence[LineForm], data: Mapping[str, str]) -> dict[int, list[Part]]:
    """What was typed for each line."""
    said = {}
    for line in lines:
        names = (*(outcome.value for outcome in OUTCOMES), "reason", "cause", "note")
        line.typed = {name: typed.line(data.get(f"{line.number}-{name}", ""), 300) for name in names}
        said[line.number] = line.parts()
    return said
